/* The back ends that bring the values of a result into its frame (frame.h). */
#ifndef PARAUDIT_SRC_RESULT_WRITE_VALUES_H
#define PARAUDIT_SRC_RESULT_WRITE_VALUES_H

#include "items.h"
#include "paraudit/files/draft.h"
#include "paraudit/result/writing.h"

/* What they all need to know. */
typedef struct {
    pa_comm *comm;
    const pa_items *list;
    const int64_t *places; /* one an item: where its rows begin in the file */
    const char *path;      /* that of the result, for messages */
    const char *part;      /* that of its draft, which all ranks see */
    pa_draft *draft;       /* on rank 0 */
    const pa_writing *how;
    pa_log *log;
} pa_values;

/* Past the page cache. First, of each rank by itself, the whole blocks of its rows; local. */
pa_status pa_posix_write_own(const pa_values *values, pa_error *err);
/* Then what lies in a block of another rank, and datasets below PA_LARGE, which rank 0 writes.
 * Collective. PA_E_IO. */
pa_status pa_posix_write_rest(const pa_values *values, pa_error *err);

/* By parallel HDF5. Collective. A write that fails ends the job, as pa_values_give_up. */
pa_status pa_mpiio_write(const pa_values *values, pa_written *written, pa_error *err);

/* For a failure behind the values, which an MPI-IO that keeps its own to itself may have caused:
 * where rows of a dataset are not in the file, `err` says of which. Collective. */
void pa_values_lost(const pa_values *values, pa_error *err);

/* HDF5 goes on trying to write what it could not, and fails anew when the process ends: so the
 * process ends here, with the message and without the draft. Local. */
_Noreturn void pa_values_give_up(const pa_values *values, const pa_error *err);

#endif

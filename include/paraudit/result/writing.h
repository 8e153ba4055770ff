/* How the values of a result reach the file. The bytes are the same from every writer.
 *
 *   posix  each rank writes its rows past the page cache, whole blocks of the file by one rank:
 *          the fastest, right where all ranks see one file once it is closed and opened again
 *   mpiio  parallel HDF5 over MPI-IO, which locks where a file system needs that
 *   none   nobody writes: the content digest is all there is
 *
 * auto is posix, but mpiio on NFS with ranks on several machines. */
#ifndef PARAUDIT_RESULT_WRITING_H
#define PARAUDIT_RESULT_WRITING_H

#include <stdbool.h>

#include "paraudit/comm/comm.h"

typedef enum { PA_WRITER_AUTO, PA_WRITER_POSIX, PA_WRITER_MPIIO, PA_WRITER_NONE } pa_writer;

/* Whether the ranks write a dataset together: where they hold little of it, always, never. */
typedef enum { PA_TOGETHER_AUTO, PA_TOGETHER_YES, PA_TOGETHER_NO } pa_together;

/* All zero: auto. The same on all ranks. */
typedef struct {
    pa_writer writer;
    pa_together collective; /* of mpiio */
    const char *hints;      /* of MPI-IO, "striping_factor=8,striping_unit=4194304"; NULL: none */
} pa_writing;

/* Of small datasets rank 0 gathers so many bytes at a time, about. */
enum { PA_GATHERED_BYTES = 4 << 20 };

/* How it was done, for people. The same on all ranks. */
enum { PA_WRITTEN_TEXT = 200, PA_HINTS_TEXT = 1000 };
typedef struct {
    char writer[8]; /* "posix" */
    char why[PA_WRITTEN_TEXT];
    char component[PA_WRITTEN_TEXT]; /* of MPI-IO; "" where it took no part */
    char hints[PA_HINTS_TEXT];       /* as MPI-IO gave them back, "a=1,b=2" */
} pa_written;

/* What io.writer, io.collective and io.hints say; hints are borrowed. PA_E_CONFIG: hints that are
 * no NAME=VALUE between commas. Local. */
pa_status pa_writing_of(const char *writer, const char *collective, const char *hints,
                        pa_writing *how, pa_error *err);

/* The writer that `how` means for a file at `path`, never auto, and why. Collective. */
pa_status pa_writer_for(pa_comm *comm, const char *path, const pa_writing *how, pa_writer *writer,
                        pa_written *written, pa_error *err);

/* The rule of auto. Local. */
bool pa_wants_locks(bool is_nfs, int n_machines);

const char *pa_writer_name(pa_writer writer);

#endif

/* One score a row, as text: "row,score", rows from 1 in their order, scores with
 * the 9 digits from which a float32 is read back as it was. */
#ifndef PARAUDIT_RESULT_SCORES_H
#define PARAUDIT_RESULT_SCORES_H

#include "paraudit/comm/comm.h"

enum { PA_SCORES_PATH = 4096 };

typedef struct {
    const char *path; /* borrowed */
    char part[PA_SCORES_PATH];
} pa_scores_file;

/* Makes PATH.part, on rank 0, before the work begins: PA_E_CREATE where that
 * cannot be. input: n_inputs files that PATH must not be (PA_E_USAGE). Collective. */
pa_status pa_scores_open(pa_comm *comm, const char *path, size_t n_inputs,
                         const char *const input[], pa_scores_file *file, pa_error *err);

/* Writes all rows, each rank its own at their place, and gives the file its name.
 * The same bytes for any number of ranks. score: n values of the rows from
 * first_row (from 0) on. Every rank must see the file system. Collective. */
pa_status pa_scores_write(pa_comm *comm, pa_scores_file *file, int64_t first_row, size_t n,
                          const float score[], pa_error *err);

/* Removes PATH.part if it is still there. Local; of rank 0 alone. */
void pa_scores_drop(const pa_scores_file *file);

#endif

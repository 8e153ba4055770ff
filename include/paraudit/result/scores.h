/* One score a row, as text: "row,score", rows from 1 in their order, scores with
 * the 9 digits from which a float32 is read back as it was. */
#ifndef PARAUDIT_RESULT_SCORES_H
#define PARAUDIT_RESULT_SCORES_H

#include "paraudit/text/sink.h"

/* Makes the file before the work begins (text/sink.h); replace: one that is there may go.
 * input: n_inputs files that `path` must not be (PA_E_USAGE). Collective. */
pa_status pa_scores_open(pa_comm *comm, const char *path, bool replace, size_t n_inputs,
                         const char *const input[], pa_sink **sink, pa_error *err);

/* Writes all rows, each rank its own, and gives the file its name. The same bytes
 * for any number of ranks. score: n values of the rows from first_row (from 0) on.
 * Collective. */
pa_status pa_scores_write(pa_sink *sink, int64_t first_row, size_t n, const float score[],
                          pa_error *err);

#endif

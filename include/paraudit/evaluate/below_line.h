/* A random sample of what raised no alert: who reviews it learns what the audit missed. */
#ifndef PARAUDIT_EVALUATE_BELOW_LINE_H
#define PARAUDIT_EVALUATE_BELOW_LINE_H

#include "paraudit/evaluate/evaluate.h"

typedef struct {
    int64_t tx, time;
    double margin, amount;
    double probability; /* with which each of the rows was drawn; the same for all */
    int32_t account;
} pa_below_line_row;

/* This rank's slice, in table order. */
typedef struct {
    int64_t first, n_global;
    size_t n;
    pa_below_line_row *row;
} pa_below_line;

/* Draws options->below_line rows, or all if there are not as many, of the audit's that have a
 * margin and raised no alert, whatever is known of their labels: those of the smallest draws by
 * seed and tx (and so more than asked for where a tx is there twice). A sum over the sample
 * divided by the probability estimates the sum over all of them without bias. Labels of `in`
 * are not looked at. Collective. On failure *out is empty. */
pa_status pa_sample_below_line(pa_comm *comm, const pa_evaluation_input *in,
                               const pa_evaluation_options *options, pa_below_line *out,
                               pa_error *err);
void pa_below_line_free(pa_below_line *sample); /* local; a zeroed one may be freed */

#endif

/* What the parts of pa_evaluate share. */
#ifndef PARAUDIT_EVALUATE_PARTS_H
#define PARAUDIT_EVALUATE_PARTS_H

#include "paraudit/evaluate/episodes.h"
#include "paraudit/evaluate/evaluate.h"
#include "paraudit/evaluate/metrics.h"

typedef struct {
    pa_comm *comm;
    const pa_evaluation_input *in;
    const pa_evaluation_options *options;
    /* in->n values each */
    uint8_t *fraud;  /* known as such */
    uint8_t *judged; /* counts */
    int64_t *rank;   /* among the judged rows, from 1; 0: not judged */
    size_t n_judged; /* local */
} pa_judging;

/* Over the judged rows in the order of their margin: rank, AUROC, average
 * precision and the curve. Collective, as the others are. */
pa_status pa_judge_scores(pa_judging *j, pa_evaluation *e, pa_error *err);

/* Day by day: the first k rows and accounts, account-days, money. After ranks. */
pa_status pa_judge_days(const pa_judging *j, pa_evaluation *e, pa_error *err);

/* Episodes and lead times. */
pa_status pa_judge_episodes(const pa_judging *j, pa_evaluation *e, pa_error *err);

#endif

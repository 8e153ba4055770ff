/* What the parts of pa_evaluate share. */
#ifndef PARAUDIT_EVALUATE_PARTS_H
#define PARAUDIT_EVALUATE_PARTS_H

#include "paraudit/comm/view.h"
#include "paraudit/evaluate/areas.h"
#include "paraudit/evaluate/episodes.h"
#include "paraudit/evaluate/evaluate.h"
#include "paraudit/evaluate/metrics.h"

/* The judged rows in the order of their margin. */
typedef struct {
    pa_view view;
    uint8_t *fraud; /* view.n */
} pa_ordered_rows;

typedef struct {
    pa_comm *comm;
    const pa_evaluation_input *in;
    const pa_evaluation_options *options;
    /* in->n values each */
    uint8_t *fraud;     /* known as such */
    uint8_t *judged;    /* counts */
    uint8_t *top;       /* judged and among the first k of its day */
    int64_t *rank;      /* among the judged rows, from 1; 0: not judged */
    size_t n_judged;    /* local */
    int64_t n_labelled; /* local: rows with a label, known by now or not */
    pa_ordered_rows ordered;
} pa_judging;

/* The runs of equal score that belong to this rank, and what comes before. */
typedef struct {
    pa_score_run *made; /* room for all; owned */
    pa_score_run *run;  /* the first that belongs here, in made */
    size_t n;
    int64_t first, n_global;
    pa_counts before, all;
} pa_owned_runs;

/* Makes the runs of the n rows of a view (key, fraud as for pa_score_runs); those
 * over a cut go to the first rank that holds a part of them. The caller frees
 * runs->made. Collective. */
pa_status pa_share_runs(pa_comm *comm, size_t n, const uint64_t key[], const uint8_t fraud[],
                        pa_owned_runs *runs, pa_error *err);

/* Equal on all ranks. Collective. */
pa_areas pa_areas_of_runs(pa_comm *comm, const pa_owned_runs *runs);

/* Average precision of some of the judged rows: of those of j->ordered, numbered in their order,
 * that `keeps` says so of. Collective. */
pa_status pa_average_precision_of(const pa_judging *j, bool (*keeps)(const void *of, size_t i),
                                  const void *of, double *average_precision, pa_error *err);

/* What the alerts on judged rows are worth. */
void pa_judge_alerts(const pa_judging *j, pa_evaluation_summary *s);

/* Over the judged rows in the order of their margin: rank, AUROC, average
 * precision and the curve; sets j->ordered. Collective, as the others are. */
pa_status pa_judge_scores(pa_judging *j, pa_evaluation *e, pa_error *err);

void pa_ordered_rows_free(pa_ordered_rows *rows); /* zeroed ones may be freed */

/* A column (in->n values of `width` bytes) of the judged rows, in the order of j->ordered. */
pa_status pa_put_in_order(const pa_judging *j, size_t width, const void *column, void *ordered,
                          pa_error *err);

/* Day by day: the first k rows and accounts, account-days, money; sets j->top. After ranks. */
pa_status pa_judge_days(const pa_judging *j, pa_evaluation *e, pa_error *err);

/* The episodes of this rank; the caller frees them. Local. */
pa_status pa_list_episodes(const pa_judging *j, size_t *n, pa_episode **episode, pa_error *err);

/* Episodes and lead times. */
pa_status pa_judge_episodes(const pa_judging *j, pa_evaluation *e, pa_error *err);

/* e->kinds, where the input names them. */
pa_status pa_judge_kinds(const pa_judging *j, pa_evaluation *e, pa_error *err);

/* e->bands. */
pa_status pa_judge_bands(const pa_judging *j, pa_evaluation *e, pa_error *err);

/* What the alerts cost and save; and the threshold that costs least, unset where costs are not
 * known. */
void pa_judge_cost(const pa_judging *j, pa_evaluation_summary *s);
pa_status pa_judge_least_cost(const pa_judging *j, pa_evaluation_summary *s, pa_error *err);

/* e->low, e->high. */
pa_status pa_judge_intervals(const pa_judging *j, pa_evaluation *e, pa_error *err);

/* e->by_amount. After all others. */
pa_status pa_judge_by_amount(const pa_judging *j, pa_evaluation *e, pa_error *err);

#endif

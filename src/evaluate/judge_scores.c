/* What is judged over all rows in the order of their margin. */
#include "evaluate_parts.h"
#include "paraudit/base/sort.h"
#include "paraudit/order/ranks.h"

/* The judged rows' frauds in the order of their margin. */
static pa_status order_frauds(pa_judging *j, pa_view *view, uint8_t **ordered, pa_error *err)
{
    const pa_evaluation_input *in = j->in;
    PA_TRY(pa_rank_rows(j->comm, in->n, in->margin, in->tx, j->judged, j->rank, view, err));
    uint8_t *fraud = NULL;
    pa_status st = PA_NEW(fraud, j->n_judged, err);
    if (st == PA_OK) st = PA_NEW(*ordered, view->n, err);
    PA_GOTO(pa_agree(j->comm, st, err));
    for (size_t i = 0, n = 0; i < in->n; i++) {
        if (j->judged[i]) fraud[n++] = j->fraud[i];
    }
    st = pa_view_send(j->comm, view, 1, fraud, *ordered, err);
out:
    pa_free(fraud);
    return st;
}

static pa_status make_runs(pa_judging *j, pa_owned_runs *runs, pa_error *err)
{
    pa_view view = {0};
    uint8_t *fraud = NULL;
    pa_status st;
    PA_GOTO(order_frauds(j, &view, &fraud, err));
    st = pa_share_runs(j->comm, view.n, view.key, fraud, runs, err);
out:
    pa_view_free(&view);
    pa_free(fraud);
    return st;
}

static pa_curve_point point_at(const pa_score_run *run, pa_counts at, pa_counts all)
{
    pa_rates rates = pa_rates_of(at, all);
    return (pa_curve_point){
        .margin = pa_f64_of_key(~run->key),
        .flagged = at.frauds + at.others,
        .frauds = at.frauds,
        .precision = rates.precision,
        .recall = rates.recall,
        .false_positive_rate =
            pa_rates_of((pa_counts){at.others, 0}, (pa_counts){all.others, 0}).recall};
}

/* The runs here that the curve shows. */
static pa_status draw_curve(const pa_judging *j, const pa_owned_runs *runs, pa_evaluation *e,
                            pa_error *err)
{
    int64_t n_points = j->options->curve_points;
    size_t shown = 0;
    for (size_t i = 0; i < runs->n; i++) {
        shown += pa_curve_shows(runs->first + (int64_t)i, runs->n_global, n_points);
    }
    PA_AGREE(j->comm, PA_NEW(e->curve, shown, err), err);
    pa_counts at = runs->before;
    for (size_t i = 0; i < runs->n; i++) {
        at.frauds += runs->run[i].rows.frauds;
        at.others += runs->run[i].rows.others;
        if (!pa_curve_shows(runs->first + (int64_t)i, runs->n_global, n_points)) continue;
        e->curve[e->n_points++] = point_at(runs->run + i, at, runs->all);
    }
    e->n_points_global = (int64_t)shown;
    e->first_point = pa_sum_before_i64(j->comm, e->n_points_global);
    pa_sum_i64(j->comm, &e->n_points_global, 1);
    return PA_OK;
}

pa_status pa_judge_scores(pa_judging *j, pa_evaluation *e, pa_error *err)
{
    pa_owned_runs runs = {0};
    pa_status st;
    PA_GOTO(make_runs(j, &runs, err));
    pa_areas areas = pa_areas_of_runs(j->comm, &runs);
    e->summary.auroc = areas.auroc;
    e->summary.average_precision = areas.average_precision;
    st = draw_curve(j, &runs, e, err);
out:
    pa_free(runs.made);
    return st;
}

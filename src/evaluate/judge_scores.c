/* What is judged over all rows in the order of their margin. */
#include <string.h>

#include "evaluate_parts.h"
#include "paraudit/base/sort.h"
#include "paraudit/order/ranks.h"

pa_status pa_put_in_order(const pa_judging *j, size_t width, const void *column, void *ordered,
                          pa_error *err)
{
    char *judged = pa_alloc(j->n_judged, width, err);
    PA_AGREE(j->comm, judged ? PA_OK : PA_E_MEMORY, err);
    for (size_t i = 0, n = 0; i < j->in->n; i++) {
        if (j->judged[i]) memcpy(judged + width * n++, (const char *)column + width * i, width);
    }
    pa_status st = pa_view_send(j->comm, &j->ordered.view, width, judged, ordered, err);
    pa_free(judged);
    return st;
}

void pa_ordered_rows_free(pa_ordered_rows *rows)
{
    pa_view_free(&rows->view);
    pa_free(rows->fraud);
    *rows = (pa_ordered_rows){0};
}

static pa_status put_rows_in_order(pa_judging *j, pa_error *err)
{
    const pa_evaluation_input *in = j->in;
    pa_ordered_rows *o = &j->ordered;
    PA_TRY(pa_rank_rows(j->comm, in->n, in->margin, in->tx, j->judged, j->rank, &o->view, err));
    PA_AGREE(j->comm, PA_NEW(o->fraud, o->view.n, err), err);
    return pa_put_in_order(j, 1, j->fraud, o->fraud, err);
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
    PA_GOTO(put_rows_in_order(j, err));
    PA_GOTO(pa_share_runs(j->comm, j->ordered.view.n, j->ordered.view.key, j->ordered.fraud, &runs,
                          err));
    pa_areas areas = pa_areas_of_runs(j->comm, &runs);
    e->summary.auroc = areas.auroc;
    e->summary.average_precision = areas.average_precision;
    st = draw_curve(j, &runs, e, err);
out:
    pa_free(runs.made);
    return st;
}

/* What the simplest rule reaches: the largest amounts first, with as many alerts a day. */
#include "evaluate_parts.h"
#include "paraudit/alerts/account_days.h"
#include "paraudit/base/calendar.h"
#include "paraudit/order/ranks.h"

/* Places of n account-days in their days, by the rank of their largest amount. */
static pa_status place(const pa_judging *j, size_t n, const pa_account_day days[], int64_t places[],
                       pa_error *err)
{
    int64_t *day = NULL, *rank = NULL;
    pa_status st = PA_NEW(day, n, err);
    if (st == PA_OK) st = PA_NEW(rank, n, err);
    PA_GOTO(pa_agree(j->comm, st, err));
    for (size_t i = 0; i < n; i++) {
        day[i] = days[i].day;
        rank[i] = j->rank[days[i].best];
    }
    st = pa_place_in_day(j->comm, n, day, rank, places, err);
out:
    pa_free(day);
    pa_free(rank);
    return st;
}

/* An alert for the largest transaction of an account on a day, as the queue has it; a day has
 * as many as it had. */
static pa_status raise_alerts(const pa_judging *j, const pa_evaluation *had, uint8_t alert[],
                              pa_error *err)
{
    const pa_evaluation_input *in = j->in;
    pa_account_day *days = NULL;
    int64_t *places = NULL;
    size_t n = pa_account_days(in->n, in->account, in->time, j->rank, NULL);
    pa_status st = PA_NEW(days, n, err);
    if (st == PA_OK) st = PA_NEW(places, n, err);
    PA_GOTO(pa_agree(j->comm, st, err));
    pa_account_days(in->n, in->account, in->time, j->rank, days);
    PA_GOTO(place(j, n, days, places, err));
    int64_t first_day = pa_day_of(j->options->plan.audit_from);
    for (size_t i = 0; i < n; i++)
        alert[days[i].best] = places[i] < had->days[days[i].day - first_day].alerts;
out:
    pa_free(days);
    pa_free(places);
    return st;
}

/* Judges as pa_evaluate does, of the rows that are judged already. */
static pa_status judge(pa_judging *j, uint8_t alert[], const pa_evaluation *had,
                       pa_evaluation *twin, pa_error *err)
{
    PA_TRY(pa_judge_scores(j, twin, err));
    PA_TRY(raise_alerts(j, had, alert, err));
    pa_judge_alerts(j, &twin->summary);
    pa_judge_cost(j, &twin->summary);
    PA_TRY(pa_judge_least_cost(j, &twin->summary, err));
    PA_TRY(pa_judge_days(j, twin, err));
    return pa_judge_episodes(j, twin, err);
}

pa_status pa_judge_by_amount(const pa_judging *j, pa_evaluation *e, pa_error *err)
{
    const pa_evaluation_summary *s = &e->summary;
    uint8_t *alert = NULL;
    pa_evaluation_input in = *j->in;
    pa_evaluation_options options = *j->options;
    pa_judging own = *j;
    pa_evaluation twin = {.summary = {.rows = s->rows,
                                      .rows_judged = s->rows_judged,
                                      .rows_immature = s->rows_immature,
                                      .rows_unknown = s->rows_unknown,
                                      .rows_removed = s->rows_removed,
                                      .frauds = s->frauds,
                                      .k = s->k}};
    own.rank = NULL;
    own.top = NULL;
    own.ordered = (pa_ordered_rows){0};
    pa_status st = PA_NEW(alert, in.n, err);
    if (st == PA_OK) st = PA_NEW(own.rank, in.n, err);
    if (st == PA_OK) st = PA_NEW(own.top, in.n, err);
    PA_GOTO(pa_agree(j->comm, st, err));
    options.curve_points = 2; /* nobody sees it */
    in.margin = in.amount;
    in.alert = alert;
    own.in = &in;
    own.options = &options;
    PA_GOTO(judge(&own, alert, e, &twin, err));
    e->by_amount = twin.summary;
out:
    pa_evaluation_free(&twin);
    pa_free(alert);
    pa_free(own.rank);
    pa_free(own.top);
    pa_ordered_rows_free(&own.ordered);
    return st;
}

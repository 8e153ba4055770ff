/* What the simplest rule reaches: the largest amounts first, with as many alerts a day. */
#include "evaluate_parts.h"
#include "paraudit/base/calendar.h"

/* An alert for the largest transaction of an account on a day, as the queue has it; a day has
 * as many as it had. */
static void raise_alerts(const pa_judging *j, const pa_evaluation *had, uint8_t alert[])
{
    const pa_card_days *c = &j->cards;
    int64_t first_day = pa_day_of(j->options->plan.audit_from);
    for (size_t i = 0; i < c->n; i++)
        alert[c->item[i].best] = c->place[i] < had->days[c->item[i].day - first_day].alerts;
}

/* Judges as pa_evaluate does, of the rows that are judged already. */
static pa_status judge(pa_judging *j, uint8_t alert[], const pa_evaluation *had,
                       pa_evaluation *twin, pa_error *err)
{
    const pa_order_with with = {.amounts = j->options->cost_review > 0};
    pa_alert_sums sums = {0};
    pa_batch batch = {0};
    pa_status st;
    PA_GOTO(pa_put_in_order(j, &with, err));
    raise_alerts(j, had, alert);
    st = pa_count_alerts(j, &sums, &batch, twin, err);
    PA_GOTO(pa_batch_sum(j->comm, &batch, st, err));
    PA_GOTO(pa_conclude_alerts(j, &sums, twin, err));
    st = pa_judge_areas(j, PA_OK, 0, NULL, twin, err);
out:
    pa_alert_sums_free(&sums);
    return st;
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
    own.top = NULL;
    own.bands = NULL;
    own.cards = (pa_card_days){0};
    own.ordered = (pa_ordered_rows){0};
    pa_status st = PA_NEW(alert, in.n, err);
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
    pa_free(own.top);
    pa_cards_free(&own.cards);
    pa_ordered_rows_free(&own.ordered);
    return st;
}

/* What alerts are worth, whoever raised them. */
#include "evaluate_parts.h"

void pa_alert_sums_free(pa_alert_sums *s)
{
    pa_day_sums_free(&s->days);
    pa_episode_sums_free(&s->episodes);
}

static void count_flagged(const pa_judging *j, pa_alert_sums *s, pa_batch *batch)
{
    for (size_t i = 0; i < j->in->n; i++) {
        if (!j->judged[i] || !j->in->alert[i]) continue;
        s->alerts++;
        s->alerts_on_frauds += j->fraud[i];
    }
    pa_batch_i64(batch, &s->alerts, 1);
    pa_batch_i64(batch, &s->alerts_on_frauds, 1);
}

static pa_status make_tables(const pa_judging *j, const pa_alert_sums *s, pa_evaluation *e,
                             pa_error *err)
{
    PA_TRY(PA_NEW(e->days, s->days.n_days, err));
    return pa_list_leads(j, &s->episodes, e, err);
}

pa_status pa_count_alerts(pa_judging *j, pa_alert_sums *s, pa_batch *batch, pa_evaluation *e,
                          pa_error *err)
{
    pa_cards_alerts(j);
    pa_status st = pa_day_sums_new(&j->options->plan, &s->days, err);
    st = pa_count_cards(j, st, &s->days, err);
    st = pa_count_days(j, st, &s->days, batch);
    st = pa_count_episodes(j, st, &s->episodes, batch, err);
    count_flagged(j, s, batch);
    pa_count_cost(j, &s->cost, batch);
    return st == PA_OK ? make_tables(j, s, e, err) : st;
}

static void conclude_flagged(const pa_alert_sums *sums, pa_evaluation_summary *s)
{
    int64_t right = sums->alerts_on_frauds;
    s->alerts = sums->alerts;
    s->alerts_on_frauds = right;
    pa_rates rates = pa_rates_of((pa_counts){right, s->alerts - right},
                                 (pa_counts){s->frauds, s->rows_judged - s->frauds});
    s->precision = rates.precision;
    s->recall = rates.recall;
    s->f1 = rates.f1;
    s->false_positives_per_1000 = rates.false_per_1000;
}

pa_status pa_conclude_alerts(const pa_judging *j, const pa_alert_sums *s, pa_evaluation *e,
                             pa_error *err)
{
    conclude_flagged(s, &e->summary);
    pa_conclude_days(&s->days, j->options->k, e);
    pa_conclude_episodes(j, &s->episodes, e);
    pa_conclude_cost(j, &s->cost, &e->summary);
    return pa_judge_least_cost(j, &e->summary, err);
}

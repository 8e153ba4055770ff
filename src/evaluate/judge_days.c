/* What is judged day by day: the first k rows and accounts, alerts, money. */
#include <math.h>

#include "evaluate_parts.h"
#include "paraudit/base/calendar.h"

pa_status pa_day_sums_new(const pa_time_plan *plan, pa_day_sums *d, pa_error *err)
{
    d->first_day = pa_day_of(plan->audit_from);
    d->n_days = (size_t)(pa_day_of(plan->audit_until - 1) - d->first_day + 1);
    PA_TRY(PA_NEW(d->count, d->n_days, err));
    return PA_NEW(d->money, d->n_days, err);
}

void pa_day_sums_free(pa_day_sums *d)
{
    pa_free(d->count);
    pa_free(d->money);
}

static void count_rows(const pa_judging *j, pa_day_sums *d)
{
    for (size_t i = 0; i < j->in->n; i++) {
        if (!j->judged[i]) continue;
        size_t day = (size_t)(pa_day_of(j->in->time[i]) - d->first_day);
        bool fraud = j->fraud[i], alert = j->in->alert[i];
        d->count[day][PA_DAY_ROWS]++;
        d->count[day][PA_DAY_FRAUDS] += fraud;
        d->count[day][PA_DAY_ALERTS] += alert;
        d->count[day][PA_DAY_TRUE_ALERTS] += fraud && alert;
        d->count[day][PA_DAY_TOP_ROWS] += fraud && j->top[i];
        if (!fraud) continue;
        pa_i128 money = pa_fixed(j->in->amount[i], PA_AMOUNT_BITS);
        d->money[day][0] += money;
        if (alert) d->money[day][1] += money;
    }
}

pa_status pa_count_days(const pa_judging *j, pa_status st, pa_day_sums *d, pa_batch *batch)
{
    if (st == PA_OK) count_rows(j, d);
    pa_batch_i64(batch, (int64_t *)d->count, d->n_days * PA_DAY_COUNTS);
    pa_batch_i128(batch, (pa_i128 *)d->money, d->n_days * 2);
    pa_batch_i64(batch, d->cards, 3);
    return st;
}

static pa_evaluation_day day_of_sums(const pa_day_sums *d, size_t day, int64_t k)
{
    const int64_t *c = d->count[day];
    bool none = c[PA_DAY_ROWS] == 0;
    double rows = (double)c[PA_DAY_TOP_ROWS], cards = (double)c[PA_DAY_TOP_CARDS];
    return (pa_evaluation_day){.day = (d->first_day + (int64_t)day) * PA_DAY_SECONDS,
                               .rows = c[PA_DAY_ROWS],
                               .frauds = c[PA_DAY_FRAUDS],
                               .alerts = c[PA_DAY_ALERTS],
                               .alerts_on_frauds = c[PA_DAY_TRUE_ALERTS],
                               .frauds_in_top_k = c[PA_DAY_TOP_ROWS],
                               .compromised_accounts = c[PA_DAY_COMPROMISED],
                               .compromised_in_top_k = c[PA_DAY_TOP_CARDS],
                               .accounts = c[PA_DAY_ACCOUNTS],
                               .fraud_accounts = c[PA_DAY_FRAUD_ACCOUNTS],
                               .precision_at_k = none ? (double)NAN : rows / (double)k,
                               .card_precision_at_k = none ? (double)NAN : cards / (double)k,
                               .amount_fraud = pa_fixed_to_f64(d->money[day][0], PA_AMOUNT_BITS),
                               .amount_alerted = pa_fixed_to_f64(d->money[day][1], PA_AMOUNT_BITS)};
}

/* Means over the days that have a judged row, as the Handbook takes them. */
static void sum_up_days(const pa_day_sums *d, int64_t k, pa_evaluation_summary *s)
{
    int64_t rows = 0, cards = 0;
    pa_i128 money[2] = {0, 0};
    for (size_t i = 0; i < d->n_days; i++) {
        s->days += d->count[i][PA_DAY_ROWS] > 0;
        rows += d->count[i][PA_DAY_TOP_ROWS];
        cards += d->count[i][PA_DAY_TOP_CARDS];
        money[0] += d->money[i][0];
        money[1] += d->money[i][1];
    }
    double places = (double)(k * s->days);
    s->precision_at_k = s->days ? (double)rows / places : (double)NAN;
    s->card_precision_at_k = s->days ? (double)cards / places : (double)NAN;
    s->amount_fraud = pa_fixed_to_f64(money[0], PA_AMOUNT_BITS);
    s->amount_alerted = pa_fixed_to_f64(money[1], PA_AMOUNT_BITS);
}

/* Account-days that have a fraud, an alert, or both. */
static void sum_up_cards(const int64_t n[3], pa_evaluation_summary *s)
{
    s->compromised_account_days = n[0];
    s->alerts_on_fraud_days = n[1];
    pa_rates rates = pa_rates_of((pa_counts){n[1], n[2]}, (pa_counts){n[0], 0});
    s->account_day_precision = rates.precision;
    s->account_day_recall = rates.recall;
}

void pa_conclude_days(const pa_day_sums *d, int64_t k, pa_evaluation *e)
{
    e->n_days = d->n_days;
    for (size_t i = 0; i < d->n_days; i++) e->days[i] = day_of_sums(d, i, k);
    sum_up_days(d, k, &e->summary);
    sum_up_cards(d->cards, &e->summary);
}

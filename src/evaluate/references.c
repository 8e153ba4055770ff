/* What stands beside a figure. */
#include <math.h>
#include <string.h>

#include "paraudit/evaluate/evaluate.h"

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* Alerts that could have been right: a day's alerts open different accounts. */
static double best_alerts(const pa_evaluation *e)
{
    int64_t n = 0;
    for (size_t i = 0; i < e->n_days; i++) {
        const pa_evaluation_day *d = e->days + i;
        n += d->alerts < d->fraud_accounts ? d->alerts : d->fraud_accounts;
    }
    return (double)n;
}

static double account_days(const pa_evaluation *e)
{
    int64_t n = 0;
    for (size_t i = 0; i < e->n_days; i++) n += e->days[i].accounts;
    return (double)n;
}

typedef struct {
    double chance, best;
} reference;

/* Means over the days with a judged row, as precision at k is. */
static reference of_first_k(const pa_evaluation *e, bool of_accounts)
{
    reference sum = {0, 0};
    double k = (double)e->summary.k, days = 0;
    for (size_t i = 0; i < e->n_days; i++) {
        const pa_evaluation_day *d = e->days + i;
        double all = (double)(of_accounts ? d->accounts : d->rows);
        double bad = (double)(of_accounts ? d->fraud_accounts : d->frauds);
        if (d->rows == 0) continue;
        days++;
        sum.chance += bad / all * least(k, all) / k;
        sum.best += least(bad, k) / k;
    }
    return (reference){sum.chance / days, sum.best / days};
}

static double harmonic(double a, double b)
{
    return 2 * a * b / (a + b);
}

static reference of_alerts(const pa_evaluation *e, const char *metric)
{
    const pa_evaluation_summary *s = &e->summary;
    double rows = (double)s->rows_judged, frauds = (double)s->frauds, alerts = (double)s->alerts;
    double base = frauds / rows, flagged = alerts / rows, right = best_alerts(e);
    double card_days = account_days(e), bad_days = (double)s->compromised_account_days;
    const struct {
        const char *name;
        reference is;
    } known[] = {
        {"auroc", {0.5, 1}},
        {"average_precision", {base, 1}},
        {"alerts_on_frauds", {alerts * base, right}},
        {"precision", {base, right / alerts}},
        {"recall", {flagged, right / frauds}},
        {"f1", {harmonic(base, flagged), harmonic(right / alerts, right / frauds)}},
        {"false_positives_per_1000", {1000 * flagged * (1 - base), 1000 * (alerts - right) / rows}},
        {"alerts_on_fraud_days", {alerts * bad_days / card_days, right}},
        {"account_day_precision", {bad_days / card_days, right / alerts}},
        {"account_day_recall", {alerts / card_days, right / bad_days}},
        {"precision_at_k", of_first_k(e, false)},
        {"card_precision_at_k", of_first_k(e, true)},
        {"amount_alerted", {s->amount_fraud * flagged, (double)NAN}},
        {"cost", {s->cost_of_reviews + (1 - flagged) * s->cost_without_alerts, (double)NAN}},
        {"lead_hours_mean", {(double)NAN, s->lead_hours_bound}},
        {"lead_hours_mean_all", {(double)NAN, s->lead_hours_bound}},
        {"lead_share_of_bound", {(double)NAN, 1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (frauds > 0 && strcmp(known[i].name, metric) == 0) return known[i].is;
    return (reference){(double)NAN, (double)NAN};
}

pa_references pa_references_of(const pa_evaluation *e, const pa_metric *m)
{
    reference alerts = of_alerts(e, m->name);
    pa_references r = {{[PA_CHANCE] = alerts.chance,
                        [PA_BEST] = alerts.best,
                        [PA_BY_AMOUNT] = pa_metric_value(m, &e->by_amount),
                        [PA_LOW] = pa_metric_value(m, &e->low),
                        [PA_HIGH] = pa_metric_value(m, &e->high)}};
    for (int b = 0; b < PA_N_BESIDE; b++)
        if (!m->beside[b]) r.is[b] = (double)NAN;
    return r;
}

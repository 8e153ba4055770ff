/* An evaluation for people, and as JSON. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/calendar.h"
#include "paraudit/evaluate/evaluate.h"

#define METRIC(member, is_whole, of, text)                                                         \
    {                                                                                              \
        .name = #member, .offset = offsetof(pa_evaluation_summary, member), .whole = is_whole,     \
        .unit = of, .meaning = text                                                                \
    }
#define COUNT(member, of, text) METRIC(member, true, of, text)
#define RATIO(member, of, text) METRIC(member, false, of, text)

const pa_metric pa_metrics[] = {
    COUNT(rows, "1", "transactions of the audit"),
    COUNT(rows_judged, "1", "of them, those that the figures below are about"),
    COUNT(rows_immature, "1", "of them, those whose label is not known yet"),
    COUNT(rows_unknown, "1", "of them, those without a label"),
    COUNT(rows_removed, "1", "of them, those of accounts known as compromised (handbook protocol)"),
    COUNT(frauds, "1", "frauds among the judged transactions"),
    COUNT(days, "1", "days with a judged transaction"),
    RATIO(auroc, "1", "chance that a fraud has a larger margin than another transaction"),
    RATIO(average_precision, "1", "area under the precision-recall curve, step by step"),
    COUNT(alerts, "1", "judged transactions that raised an alert"),
    COUNT(alerts_on_frauds, "1", "of them, frauds"),
    RATIO(precision, "1", "share of frauds among the transactions that raised an alert"),
    RATIO(recall, "1", "share of the frauds that raised an alert themselves"),
    RATIO(f1, "1", "harmonic mean of the two"),
    RATIO(false_positives_per_1000, "1", "false alerts per 1000 judged transactions"),
    COUNT(compromised_account_days, "1", "pairs of an account and a day with a fraud"),
    COUNT(alerts_on_fraud_days, "1", "of them, those with an alert"),
    RATIO(account_day_precision, "1", "share of alerts on an account with a fraud that day"),
    RATIO(account_day_recall, "1", "share of compromised account-days with an alert"),
    COUNT(k, "1", "places a day of the next two"),
    RATIO(precision_at_k, "1", "frauds in the first k transactions of a day over k; mean of days"),
    RATIO(card_precision_at_k, "1",
          "compromised accounts in the first k of a day over k, found ones leave; mean of days"),
    COUNT(episodes, "1", "runs of fraud on an account that began in the audit"),
    COUNT(episodes_detected, "1", "of them, those with an alert before their label was known"),
    COUNT(episodes_missed, "1", "of them, those whose label came first"),
    COUNT(episodes_censored, "1", "of them, those undecided when the audit ended"),
    RATIO(lead_hours_mean, "h", "from the first alert to the label, mean of the detected"),
    RATIO(lead_hours_median, "h", "the same, median"),
    RATIO(lead_hours_bound, "h",
          "the same for an oracle: from the first fraud of an episode until it is known"),
    RATIO(lead_hours_mean_all, "h", "mean lead of all episodes, 0 for those not detected"),
    RATIO(lead_share_of_bound, "1", "the same as a share of the oracle's"),
    RATIO(amount_fraud, NULL, "money in judged frauds"),
    RATIO(amount_alerted, NULL, "money in frauds that raised an alert"),
    RATIO(amount_caught, NULL, "money in frauds from an alert on until the label is known"),
};
const size_t pa_n_metrics = sizeof pa_metrics / sizeof *pa_metrics;

static const char *const protocol_names[] = {"audit", "handbook"};

static int64_t whole_of(const pa_evaluation_summary *s, const pa_metric *m)
{
    int64_t v;
    memcpy(&v, (const char *)s + m->offset, sizeof v);
    return v;
}

static double real_of(const pa_evaluation_summary *s, const pa_metric *m)
{
    double v;
    memcpy(&v, (const char *)s + m->offset, sizeof v);
    return v;
}

/* ---- JSON ---- */

static json_t *number(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

static json_t *json_of_summary(const pa_evaluation_summary *s)
{
    json_t *o = json_object();
    for (size_t i = 0; i < pa_n_metrics; i++) {
        const pa_metric *m = pa_metrics + i;
        json_t *v = m->whole ? json_integer(whole_of(s, m)) : number(real_of(s, m));
        json_object_set_new(o, m->name, v);
    }
    return o;
}

/* By metric: what chance reaches, and the most that the alerts allow. */
static json_t *json_of_references(const pa_evaluation *e)
{
    json_t *all = json_object();
    for (size_t i = 0; i < pa_n_metrics; i++) {
        pa_reference r = pa_reference_of(e, pa_metrics[i].name);
        if (isnan(r.chance) && isnan(r.best)) continue;
        json_t *o = json_object();
        json_object_set_new(o, "chance", number(r.chance));
        json_object_set_new(o, "best", number(r.best));
        json_object_set_new(all, pa_metrics[i].name, o);
    }
    return all;
}

static json_t *json_of_day(const pa_evaluation_day *d)
{
    char day[24];
    pa_format_time(d->day, day);
    day[10] = 0; /* the date */
    json_t *o = json_object();
    json_object_set_new(o, "day", json_string(day));
    json_object_set_new(o, "rows", json_integer(d->rows));
    json_object_set_new(o, "frauds", json_integer(d->frauds));
    json_object_set_new(o, "alerts", json_integer(d->alerts));
    json_object_set_new(o, "alerts_on_frauds", json_integer(d->alerts_on_frauds));
    json_object_set_new(o, "frauds_in_top_k", json_integer(d->frauds_in_top_k));
    json_object_set_new(o, "compromised_accounts", json_integer(d->compromised_accounts));
    json_object_set_new(o, "compromised_in_top_k", json_integer(d->compromised_in_top_k));
    json_object_set_new(o, "precision_at_k", number(d->precision_at_k));
    json_object_set_new(o, "card_precision_at_k", number(d->card_precision_at_k));
    json_object_set_new(o, "amount_fraud", number(d->amount_fraud));
    json_object_set_new(o, "amount_alerted", number(d->amount_alerted));
    return o;
}

static pa_status print_json(const pa_evaluation *e, pa_buffer *text, pa_error *err)
{
    json_t *all = json_object(), *days = json_array();
    for (size_t i = 0; i < e->n_days; i++) json_array_append_new(days, json_of_day(e->days + i));
    json_object_set_new(all, "protocol", json_string(protocol_names[e->protocol]));
    json_object_set_new(all, "summary", json_of_summary(&e->summary));
    json_object_set_new(all, "per_day", days);
    json_object_set_new(all, "references", json_of_references(e));
    char *dumped = json_dumps(all, JSON_SORT_KEYS | JSON_INDENT(2));
    pa_status st = dumped ? pa_buffer_printf(text, err, "%s\n", dumped)
                          : pa_fail(err, PA_E_MEMORY, "out of memory: the evaluation as JSON");
    free(dumped);
    json_decref(all);
    return st;
}

/* ---- text ---- */

static void format_real(double v, int digits, char text[24])
{
    if (isnan(v)) {
        snprintf(text, 24, "-");
    } else {
        snprintf(text, 24, "%.*f", digits, v);
    }
}

/* The figure; beside it, where there are such, that of chance, how many times as good it is
 * (of false alerts: nothing), and the best. */
static pa_status print_metric(const pa_evaluation *e, const pa_metric *m, pa_buffer *text,
                              pa_error *err)
{
    const pa_evaluation_summary *s = &e->summary;
    pa_reference r = pa_reference_of(e, m->name);
    char value[24], chance[24] = "", lift[24] = "", best[24] = "";
    int digits = m->unit && strcmp(m->unit, "1") == 0 ? 4 : 2;
    if (m->whole) {
        snprintf(value, sizeof value, "%" PRId64, whole_of(s, m));
    } else {
        format_real(real_of(s, m), digits, value);
    }
    if (!m->whole && (!isnan(r.chance) || !isnan(r.best))) {
        bool more_is_better = strncmp(m->name, "false_", 6) != 0;
        format_real(r.chance, digits, chance);
        format_real(r.best, digits, best);
        if (more_is_better && r.chance > 0) format_real(real_of(s, m) / r.chance, 1, lift);
    }
    return pa_buffer_printf(text, err, "%-26s %12s %9s %6s %9s  %s\n", m->name, value, chance, lift,
                            best, m->meaning);
}

static pa_status print_day(const pa_evaluation_day *d, pa_buffer *text, pa_error *err)
{
    char day[24];
    pa_format_time(d->day, day);
    return pa_buffer_printf(text, err,
                            "%.10s %10" PRId64 " %7" PRId64 " %7" PRId64 " %7" PRId64
                            " %7.4f %12" PRId64 " %7.4f\n",
                            day, d->rows, d->frauds, d->alerts, d->alerts_on_frauds,
                            d->precision_at_k, d->compromised_accounts, d->card_precision_at_k);
}

pa_status pa_evaluation_explain(const pa_evaluation *e, pa_buffer *text, pa_error *err)
{
    const pa_evaluation_summary *s = &e->summary;
    if (!e->has_labels) {
        return pa_buffer_printf(text, err,
                                "no row of the book has a label, so nothing is judged: input.label "
                                "names the column that says what was found out");
    }
    PA_TRY(pa_buffer_printf(text, err,
                            "none of the audit's %lld transactions has a known label (%lld are too "
                            "recent, %lld have none), so nothing is judged",
                            (long long)s->rows, (long long)s->rows_immature,
                            (long long)s->rows_unknown));
    if (s->rows_immature == 0) return PA_OK;
    return pa_buffer_printf(text, err,
                            ": a later split.as_of judges the same audit once its labels are in, "
                            "an earlier split.audit_until another one whose labels are");
}

pa_status pa_evaluation_print(const pa_evaluation *e, bool json, pa_buffer *text, pa_error *err)
{
    if (json) return print_json(e, text, err);
    PA_TRY(pa_buffer_printf(text, err, "protocol %s\n", protocol_names[e->protocol]));
    if (e->summary.rows_judged == 0) {
        PA_TRY(pa_evaluation_explain(e, text, err));
        PA_TRY(pa_buffer_printf(text, err, "\n"));
    }
    PA_TRY(pa_buffer_printf(text, err, "%-26s %12s %9s %6s %9s\n", "", "figure", "chance", "lift",
                            "best"));
    for (size_t i = 0; i < pa_n_metrics; i++) {
        PA_TRY(print_metric(e, pa_metrics + i, text, err));
    }
    PA_TRY(pa_buffer_printf(text, err, "\n%-10s %10s %7s %7s %7s %7s %12s %7s\n", "day", "rows",
                            "frauds", "alerts", "right", "P@k", "compromised", "card@k"));
    for (size_t i = 0; i < e->n_days; i++) PA_TRY(print_day(e->days + i, text, err));
    return PA_OK;
}

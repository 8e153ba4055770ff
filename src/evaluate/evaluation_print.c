/* An evaluation for people, and as JSON. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/calendar.h"
#include "paraudit/base/escape.h"
#include "paraudit/evaluate/evaluate.h"
#include "paraudit/features/segments.h"

static const char *const protocol_names[] = {"audit", "handbook"};

static int64_t whole_of(const pa_evaluation_summary *s, const pa_metric *m)
{
    int64_t v;
    memcpy(&v, (const char *)s + m->offset, sizeof v);
    return v;
}

/* ---- JSON ---- */

static json_t *number(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

static json_t *json_of_summary(const pa_evaluation *e)
{
    json_t *o = json_object();
    for (size_t i = 0; i < pa_n_metrics; i++) {
        const pa_metric *m = pa_metrics + i;
        pa_references r = pa_references_of(e, m);
        json_t *v = m->whole ? json_integer(whole_of(&e->summary, m))
                             : number(pa_metric_value(m, &e->summary));
        json_object_set_new(o, m->name, v);
        for (int b = 0; b < PA_N_BESIDE; b++)
            if (m->beside[b]) json_object_set_new(o, m->beside[b], number(r.is[b]));
    }
    return o;
}

/* By metric: what chance, the alerts at most, and sorting by amount reach. */
static json_t *json_of_references(const pa_evaluation *e)
{
    static const char *const names[PA_N_BESIDE] = {"chance", "best", "by_amount", "low", "high"};
    json_t *all = json_object();
    for (size_t i = 0; i < pa_n_metrics; i++) {
        pa_references r = pa_references_of(e, pa_metrics + i);
        json_t *o = json_object();
        for (int b = 0; b < PA_N_BESIDE; b++)
            if (pa_metrics[i].beside[b]) json_object_set_new(o, names[b], number(r.is[b]));
        if (json_object_size(o)) json_object_set(all, pa_metrics[i].name, o);
        json_decref(o);
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

static json_t *json_of_kind(const pa_evaluation_kind *k)
{
    json_t *o = json_object();
    json_object_set_new(o, "kind", k->kind < 0 ? json_null() : json_string(k->name));
    json_object_set_new(o, "frauds", json_integer(k->frauds));
    json_object_set_new(o, "alerts_on_frauds", json_integer(k->alerts_on_frauds));
    json_object_set_new(o, "recall", number(k->recall));
    json_object_set_new(o, "average_precision", number(k->average_precision));
    json_object_set_new(o, "episodes", json_integer(k->episodes));
    json_object_set_new(o, "episodes_detected", json_integer(k->episodes_detected));
    json_object_set_new(o, "lead_hours_mean_all", number(k->lead_hours_mean_all));
    return o;
}

static json_t *json_of_band(const pa_evaluation_band *b)
{
    json_t *o = json_object();
    json_object_set_new(o, "of", json_string(pa_band_names[b->of]));
    json_object_set_new(o, "from", number(b->from));
    json_object_set_new(o, "until", number(b->until));
    if (b->of == PA_BAND_SEGMENT) {
        char name[PA_SEGMENT_NAME];
        pa_segment_name((int)b->from, name);
        json_object_set_new(o, "segment", json_string(name));
    }
    json_object_set_new(o, "rows", json_integer(b->rows));
    json_object_set_new(o, "frauds", json_integer(b->frauds));
    json_object_set_new(o, "alerts", json_integer(b->alerts));
    json_object_set_new(o, "alerts_on_frauds", json_integer(b->alerts_on_frauds));
    json_object_set_new(o, "precision", number(b->precision));
    json_object_set_new(o, "recall", number(b->recall));
    json_object_set_new(o, "average_precision", number(b->average_precision));
    json_object_set_new(o, "amount_fraud", number(b->amount_fraud));
    json_object_set_new(o, "amount_alerted", number(b->amount_alerted));
    return o;
}

static pa_status print_json(const pa_evaluation *e, pa_buffer *text, pa_error *err)
{
    json_t *all = json_object(), *days = json_array(), *kinds = json_array();
    json_t *bands = json_array();
    for (size_t i = 0; i < e->n_bands; i++)
        json_array_append_new(bands, json_of_band(e->bands + i));
    for (size_t i = 0; i < e->n_days; i++) json_array_append_new(days, json_of_day(e->days + i));
    for (size_t i = 0; i < e->n_kinds; i++)
        json_array_append_new(kinds, json_of_kind(e->kinds + i));
    json_object_set_new(all, "protocol", json_string(protocol_names[e->protocol]));
    json_object_set_new(all, "summary", json_of_summary(e));
    json_object_set_new(all, "per_day", days);
    json_object_set_new(all, "by_kind", kinds);
    json_object_set_new(all, "by_band", bands);
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
 * (of false alerts and costs: nothing), the best, and that of the largest amounts. */
static pa_status print_metric(const pa_evaluation *e, const pa_metric *m, pa_buffer *text,
                              pa_error *err)
{
    const pa_evaluation_summary *s = &e->summary;
    pa_references r = pa_references_of(e, m);
    char value[24], lift[24] = "", beside[PA_N_BESIDE][24] = {""};
    int digits = m->unit && strcmp(m->unit, "1") == 0 ? 4 : 2;
    if (m->whole) {
        snprintf(value, sizeof value, "%" PRId64, whole_of(s, m));
        digits = 1;
    } else {
        format_real(pa_metric_value(m, s), digits, value);
    }
    for (int b = 0; b < PA_N_BESIDE; b++)
        if (m->beside[b]) format_real(r.is[b], digits, beside[b]);
    bool more_is_better = strncmp(m->name, "false_", 6) != 0 && strncmp(m->name, "cost", 4) != 0;
    if (more_is_better && r.is[PA_CHANCE] > 0)
        format_real(pa_metric_value(m, s) / r.is[PA_CHANCE], 1, lift);
    return pa_buffer_printf(text, err, "%-26s %12s %9s %9s %9s %6s %9s %9s  %s\n", m->name, value,
                            beside[PA_LOW], beside[PA_HIGH], beside[PA_CHANCE], lift,
                            beside[PA_BEST], beside[PA_BY_AMOUNT], m->meaning);
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

static pa_status print_kind(const pa_evaluation_kind *k, pa_buffer *text, pa_error *err)
{
    char precision[24], lead[24];
    format_real(k->average_precision, 4, precision);
    format_real(k->lead_hours_mean_all, 2, lead);
    PA_TRY(pa_buffer_printf(text, err,
                            "%7" PRId64 " %7" PRId64 " %7.4f %9s %8" PRId64 " %7" PRId64 " %10s  ",
                            k->frauds, k->alerts_on_frauds, k->recall, precision, k->episodes,
                            k->episodes_detected, lead));
    PA_TRY(k->kind < 0 ? pa_buffer_printf(text, err, "(none given)")
                       : pa_escape(text, k->name, strlen(k->name), false, err));
    return pa_buffer_printf(text, err, "\n");
}

static pa_status print_kinds(const pa_evaluation *e, pa_buffer *text, pa_error *err)
{
    if (e->n_kinds == 0) return PA_OK;
    PA_TRY(pa_buffer_printf(text, err, "\n%7s %7s %7s %9s %8s %7s %10s  %s\n", "frauds", "right",
                            "recall", "AP", "episodes", "found", "lead hours", "kind of fraud"));
    for (size_t i = 0; i < e->n_kinds; i++) PA_TRY(print_kind(e->kinds + i, text, err));
    return PA_OK;
}

/* "12.5 to 80", "90 and more", "pace 1 of 4, amount 2 of 4". */
static void name_band(const pa_evaluation_band *b, char text[64])
{
    if (b->of == PA_BAND_SEGMENT)
        pa_segment_name((int)b->from, text);
    else if (isinf(b->until))
        snprintf(text, 64, "%.9g and more", b->from);
    else if (isinf(b->from))
        snprintf(text, 64, "below %.9g", b->until);
    else
        snprintf(text, 64, "%.9g to %.9g", b->from, b->until);
}

static pa_status print_bands(const pa_evaluation *e, pa_buffer *text, pa_error *err)
{
    if (e->n_bands == 0) return PA_OK;
    PA_TRY(pa_buffer_printf(text, err, "\n%9s %7s %7s %7s %9s %7s %9s  %s\n", "rows", "frauds",
                            "alerts", "right", "precision", "recall", "AP", "in a band"));
    for (size_t i = 0; i < e->n_bands; i++) {
        const pa_evaluation_band *b = e->bands + i;
        char precision[24], recall[24], average[24], name[64];
        if (b->of == PA_BAND_SEGMENT && b->frauds == 0) continue;
        format_real(b->precision, 4, precision);
        format_real(b->recall, 4, recall);
        format_real(b->average_precision, 4, average);
        name_band(b, name);
        PA_TRY(pa_buffer_printf(
            text, err, "%9" PRId64 " %7" PRId64 " %7" PRId64 " %7" PRId64 " %9s %7s %9s  %s %s\n",
            b->rows, b->frauds, b->alerts, b->alerts_on_frauds, precision, recall, average,
            pa_band_names[b->of], name));
    }
    return PA_OK;
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
    PA_TRY(pa_buffer_printf(text, err, "%-26s %12s %9s %9s %9s %6s %9s %9s\n", "", "figure", "low",
                            "high", "chance", "lift", "best", "by_amount"));
    for (size_t i = 0; i < pa_n_metrics; i++) {
        PA_TRY(print_metric(e, pa_metrics + i, text, err));
    }
    PA_TRY(pa_buffer_printf(text, err, "\n%-10s %10s %7s %7s %7s %7s %12s %7s\n", "day", "rows",
                            "frauds", "alerts", "right", "P@k", "compromised", "card@k"));
    for (size_t i = 0; i < e->n_days; i++) PA_TRY(print_day(e->days + i, text, err));
    PA_TRY(print_bands(e, text, err));
    return print_kinds(e, text, err);
}

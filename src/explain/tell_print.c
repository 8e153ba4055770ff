/* An explanation for people. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/calendar.h"
#include "paraudit/base/escape.h"
#include "paraudit/explain/explain.h"

/* A name of the input: on one line, whatever it holds. */
static pa_status add_name(const char *before, const char *name, pa_buffer *text, pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, "%s", before));
    return pa_escape(text, name, strlen(name), false, err);
}

/* ---- the transaction ---- */

static pa_status print_names(const pa_told_row *t, pa_buffer *text, pa_error *err)
{
    const char *const names[] = {t->merchant, t->category, t->channel, t->country};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i][0]) PA_TRY(add_name(", ", names[i], text, err));
    return PA_OK;
}

/* Also what is not known yet is said: the result has it. */
static pa_status print_label(const pa_told_row *t, const pa_time_plan *plan, pa_buffer *text,
                             pa_error *err)
{
    static const char *const words[] = {"genuine", "fraud"};
    char when[PA_TIME_TEXT];
    if (t->label != PA_LABEL_GENUINE && t->label != PA_LABEL_FRAUD)
        return pa_buffer_printf(text, err, "  label: not known\n");
    pa_format_time(t->label_known_from, when);
    PA_TRY(pa_buffer_printf(text, err, "  label: %s", words[t->label]));
    if (t->label == PA_LABEL_FRAUD && t->kind[0]) {
        PA_TRY(add_name(" (", t->kind, text, err));
        PA_TRY(pa_buffer_printf(text, err, ")"));
    }
    return pa_buffer_printf(text, err, ", known from %s on%s\n", when,
                            t->label_known_from > plan->as_of ? ", so not to this audit" : "");
}

static pa_status print_head(const pa_told *told, const pa_time_plan *plan, pa_buffer *text,
                            pa_error *err)
{
    const pa_told_row *t = &told->tx;
    char when[PA_TIME_TEXT];
    pa_format_time(t->time, when);
    PA_TRY(add_name("transaction ", t->tx, text, err));
    PA_TRY(pa_buffer_printf(text, err, "\n  %s", when));
    PA_TRY(add_name(", account ", t->account, text, err));
    PA_TRY(pa_buffer_printf(text, err, ", %.*f", t->decimals, t->amount));
    if (t->currency[0]) PA_TRY(add_name(" ", t->currency, text, err));
    PA_TRY(print_names(t, text, err));
    PA_TRY(pa_buffer_printf(text, err, "\n"));
    return print_label(t, plan, text, err);
}

/* ---- its place in the queue ---- */

static pa_status print_held(const pa_told_day *d, pa_buffer *text, pa_error *err)
{
    char until[PA_TIME_TEXT];
    pa_format_time(d->held.until, until);
    PA_TRY(add_name("  held back by the suppression of ", d->held.entity, text, err));
    PA_TRY(add_name(" ", d->held.value, text, err));
    PA_TRY(add_name(", rule ", d->held.rule, text, err));
    PA_TRY(pa_buffer_printf(text, err, ", until %s", until));
    if (d->held.reason[0]) PA_TRY(add_name(": ", d->held.reason, text, err));
    return pa_buffer_printf(text, err, "\n");
}

static pa_status print_alert(const pa_told *told, pa_buffer *text, pa_error *err)
{
    const pa_told_day *d = &told->day;
    if (d->held.entity[0]) return print_held(d, text, err);
    if (told->tx.alert)
        return pa_buffer_printf(text, err,
                                "  raised alert %s, number %" PRId64 " of %" PRId64 " on its day\n",
                                d->alert_id, d->day_rank, d->n_alerts);
    if (d->alert_id[0]) {
        PA_TRY(pa_buffer_printf(text, err,
                                "  raised no alert: its account has alert %s, number %" PRId64
                                " of %" PRId64 " on that day, by transaction ",
                                d->alert_id, d->day_rank, d->n_alerts));
        PA_TRY(add_name("", d->alert_tx, text, err));
        return pa_buffer_printf(text, err, "\n");
    }
    if (d->n_alerts == 0)
        return pa_buffer_printf(text, err, "  raised no alert: there was none on its day\n");
    return pa_buffer_printf(
        text, err,
        "  raised no alert: the %" PRId64
        " accounts that were alerted on its day have margins of %.4f and more\n",
        d->n_alerts, d->last_margin);
}

static const char *why_not_scored(const pa_told *told, const pa_time_plan *plan)
{
    if (told->tx.time >= plan->audit_until) return "the audit ends before it";
    if (told->tx.time < plan->train_from) return "models are fitted on what comes before training";
    return "no detector ran";
}

static pa_status print_score(const pa_told *told, const pa_time_plan *plan, pa_buffer *text,
                             pa_error *err)
{
    if (!told->scored)
        return pa_buffer_printf(text, err, "  part of the time plan: %s; not scored: %s\n",
                                told->split, why_not_scored(told, plan));
    PA_TRY(pa_buffer_printf(text, err, "  part of the time plan: %s; score %.6f, margin %.4f\n",
                            told->split, (double)told->tx.score, told->tx.margin));
    if (!told->audited) return PA_OK;
    PA_TRY(pa_buffer_printf(text, err, "  rank %" PRId64 " of the audit's %" PRId64 "\n",
                            told->day.rank, told->day.n_audit));
    return print_alert(told, text, err);
}

/* ---- what makes the margin ---- */

static pa_status print_detectors(const pa_told *told, pa_buffer *text, pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, "\n  %-12s %10s %12s %12s\n", "detector", "adds", "raw",
                            "tail"));
    for (size_t k = 0; k < told->n_detectors; k++) {
        const pa_scored_by *by = told->by + k;
        if (isnan(by->raw)) continue;
        PA_TRY(pa_buffer_printf(text, err, "  %-12s %+10.4f %12.6g %12.3g\n", by->name,
                                (double)by->contribution, (double)by->raw, (double)by->tail));
    }
    return PA_OK;
}

/* The others of a family, where they add something. */
static pa_status print_others(const pa_told_family *f, pa_buffer *text, pa_error *err)
{
    for (size_t i = 1; i < f->n; i++) {
        if (fabs(f->feature[i].adds) < .005) break;
        PA_TRY(pa_buffer_printf(text, err, "            %+.2f by %s %.4g\n", f->feature[i].adds,
                                f->feature[i].spec->name, (double)f->feature[i].value));
    }
    return PA_OK;
}

static pa_status print_family(const pa_told_family *f, pa_buffer *text, pa_error *err)
{
    const pa_told_feature *first = f->feature;
    PA_TRY(pa_buffer_printf(text, err, "  %+8.4f", f->adds));
    PA_TRY(add_name("  ", first->sentence, text, err));
    PA_TRY(pa_buffer_printf(text, err, "\n"));
    if (f->n > 1 && fabs(first->adds - f->adds) >= .005)
        PA_TRY(pa_buffer_printf(text, err, "            %+.2f by %s %.4g\n", first->adds,
                                first->spec->name, (double)first->value));
    return print_others(f, text, err);
}

static pa_status print_families(const pa_told *told, size_t most, pa_buffer *text, pa_error *err)
{
    size_t n = most && most < told->n_families ? most : told->n_families, shown = 0;
    double rest = 0;
    PA_TRY(pa_buffer_printf(text, err, "\n  what is known adds, to a start of %+.4f:\n",
                            told->again.start));
    for (; shown < n && told->family[shown].adds != 0; shown++)
        PA_TRY(print_family(told->family + shown, text, err));
    for (size_t k = shown; k < told->n_families; k++) rest += told->family[k].adds;
    if (shown == told->n_families) return PA_OK;
    return pa_buffer_printf(text, err, "  %+8.4f  by the other %zu together\n", rest,
                            told->n_families - shown);
}

/* Where nothing is scored: what its features are all the same. */
static pa_status print_values(const pa_told *told, size_t most, pa_buffer *text, pa_error *err)
{
    size_t n = most && most < told->n_families ? most : told->n_families;
    PA_TRY(pa_buffer_printf(text, err, "\n  what its features say:\n"));
    for (size_t k = 0; k < n; k++) {
        PA_TRY(add_name("  ", told->family[k].feature->sentence, text, err));
        PA_TRY(pa_buffer_printf(text, err, "\n"));
    }
    return PA_OK;
}

/* ---- what the account did before ---- */

static pa_status print_before(const pa_told_row *t, pa_buffer *text, pa_error *err)
{
    char when[PA_TIME_TEXT], score[24] = "-";
    pa_format_time(t->time, when);
    if (!isnan(t->margin)) snprintf(score, sizeof score, "%.4f", (double)t->score);
    const char *label = t->label == PA_LABEL_FRAUD     ? "fraud"
                        : t->label == PA_LABEL_GENUINE ? "genuine"
                                                       : "";
    PA_TRY(pa_buffer_printf(text, err, "  %-19s %10.*f", when, t->decimals, t->amount));
    PA_TRY(add_name(" ", t->currency, text, err));
    PA_TRY(pa_buffer_printf(text, err, " %8s %-5s %-7s", score, t->alert ? "alert" : "", label));
    PA_TRY(add_name(" ", t->tx, text, err));
    PA_TRY(print_names(t, text, err));
    return pa_buffer_printf(text, err, "\n");
}

static pa_status print_account(const pa_told *told, pa_buffer *text, pa_error *err)
{
    if (told->n_before == 0) return pa_buffer_printf(text, err, "\n  its account's first\n");
    PA_TRY(pa_buffer_printf(text, err, "\n  its account before (score, label, id, where):\n"));
    for (size_t i = 0; i < told->n_before; i++) PA_TRY(print_before(told->before + i, text, err));
    return PA_OK;
}

pa_status pa_told_print(const pa_told *told, const pa_time_plan *plan, size_t n_families,
                        pa_buffer *text, pa_error *err)
{
    PA_TRY(print_head(told, plan, text, err));
    PA_TRY(print_score(told, plan, text, err));
    if (told->scored) {
        PA_TRY(print_detectors(told, text, err));
        PA_TRY(print_families(told, n_families, text, err));
    } else {
        PA_TRY(print_values(told, n_families, text, err));
    }
    return print_account(told, text, err);
}

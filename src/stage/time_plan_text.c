/* The time plan for people: printed before anything runs, with what to mend in it. */
#include <stdio.h>

#include "paraudit/base/calendar.h"
#include "paraudit/stage/time_plan.h"

static const double day_seconds = 86400;

/* "2024-01-02" where a time is the start of a day, else with its clock. */
static void format(int64_t time, char text[PA_TIME_TEXT])
{
    pa_format_time(time, text);
    if (time % 86400 == 0) text[10] = '\0';
}

/* Rows and frauds, as far as they are known. */
static void format_counts(const pa_plan_rows *rows, pa_split split, char n[24], char frauds[24])
{
    snprintf(n, 24, "%s%lld", rows->estimated ? "~" : "", (long long)rows->rows[split]);
    snprintf(frauds, 24, "%lld", (long long)rows->frauds[split]);
    if (rows->estimated) frauds[0] = '\0';
}

static pa_status print_line(pa_split split, const char *from, const char *until, const char *days,
                            const pa_plan_rows *rows, const char *meaning, pa_buffer *text,
                            pa_error *err)
{
    char n[24], frauds[24];
    format_counts(rows, split, n, frauds);
    return pa_buffer_printf(text, err, "  %-9s  %19s  %19s  %7s  %12s  %9s  %s\n",
                            pa_split_names[split], from, until, days, n, frauds, meaning);
}

static pa_status print_part(pa_split split, int64_t from, int64_t until, const pa_plan_rows *rows,
                            const char *meaning, pa_buffer *text, pa_error *err)
{
    char first[PA_TIME_TEXT], last[PA_TIME_TEXT], days[32];
    format(from, first);
    format(until, last);
    snprintf(days, sizeof days, "%.4g", (double)(until - from) / day_seconds);
    return print_line(split, first, last, days, rows, meaning, text, err);
}

static pa_status print_outside(pa_split split, const pa_plan_rows *rows, const char *meaning,
                               pa_buffer *text, pa_error *err)
{
    if (rows->rows[split] == 0) return PA_OK;
    return print_line(split, "", "", "", rows, meaning, text, err);
}

static pa_status print_fold(const pa_time_plan *p, pa_buffer *text, pa_error *err)
{
    char from[PA_TIME_TEXT], until[PA_TIME_TEXT], as_of[PA_TIME_TEXT];
    format(p->earlier_from, from);
    format(p->earlier_until, until);
    format(p->as_of, as_of);
    PA_TRY(pa_buffer_printf(text, err, "  labels are known after %.4g days; known by %s\n",
                            (double)p->label_delay / day_seconds, as_of));
    if (p->earlier_from == p->earlier_until) return PA_OK;
    return pa_buffer_printf(text, err, "  the earlier fold is %s to %s\n", from, until);
}

pa_status pa_time_plan_print(const pa_time_plan *p, const pa_plan_rows *rows, pa_buffer *text,
                             pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, "time plan  %19s  %19s  %7s  %12s  %9s\n", "from", "until",
                            "days", "rows", rows->estimated ? "" : "frauds"));
    PA_TRY(print_outside(PA_SPLIT_BEFORE, rows, "in no part", text, err));
    PA_TRY(print_part(PA_SPLIT_HISTORY, p->history_from, p->reference_from, rows,
                      "pillars are fitted here", text, err));
    PA_TRY(print_part(PA_SPLIT_REFERENCE, p->reference_from, p->train_from, rows,
                      "detectors and tails", text, err));
    PA_TRY(print_part(PA_SPLIT_TRAIN, p->train_from, p->train_until, rows, "supervised models",
                      text, err));
    PA_TRY(
        print_part(PA_SPLIT_GAP, p->train_until, p->audit_from, rows, "labels come in", text, err));
    PA_TRY(print_part(PA_SPLIT_AUDIT, p->audit_from, p->audit_until, rows,
                      "scored, ranked, alerted", text, err));
    PA_TRY(print_outside(PA_SPLIT_AFTER, rows, "in no part", text, err));
    return print_fold(p, text, err);
}

/* ---- what to mend ---- */

/* Which key brings rows into an empty part: where none lies in the parts before it, they are
 * before the plan, or come later. */
static const char *key_to_mend(const pa_time_plan *p, const pa_plan_rows *rows, pa_split split)
{
    int64_t earlier = 0;
    for (int i = PA_SPLIT_HISTORY; i < (int)split; i++) earlier += rows->rows[i];
    if (earlier > 0)
        return split == PA_SPLIT_TRAIN ? "split.train_from earlier"
                                       : "split.reference_from earlier";
    if (rows->rows[PA_SPLIT_BEFORE] > 0) return "split.history_from earlier";
    if (p->history_early) return "split.history_from to where the rows begin";
    if (split == PA_SPLIT_HISTORY) return "split.reference_from later";
    return split == PA_SPLIT_TRAIN ? "split.train_until later" : "split.train_from later";
}

static pa_status warn_empty(const pa_time_plan *p, const pa_plan_rows *rows, pa_buffer *text,
                            pa_error *err)
{
    static const struct {
        pa_split split;
        const char *what;
    } parts[] = {
        {PA_SPLIT_HISTORY, "no pillar can be fitted"},
        {PA_SPLIT_REFERENCE, "no detector can be fitted"},
        {PA_SPLIT_TRAIN, "no supervised model can be fitted, and peers have no usual values"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        pa_split split = parts[i].split;
        if (rows->rows[split] > 0 || (p->widened && split == PA_SPLIT_HISTORY)) continue;
        PA_TRY(pa_buffer_printf(text, err,
                                PA_PLAN_WARNING
                                "no row lies in the part %s of the time plan, so %s: set %s\n",
                                pa_split_names[split], parts[i].what, key_to_mend(p, rows, split)));
    }
    return PA_OK;
}

static pa_status warn_short(const pa_time_plan *p, pa_buffer *text, pa_error *err)
{
    if (!p->shortened) return PA_OK;
    PA_TRY(pa_buffer_printf(text, err,
                            PA_PLAN_WARNING "the book is too short for the usual lengths, so it "
                                            "was cut in proportion"));
    if (p->delay_cut) {
        PA_TRY(pa_buffer_printf(text, err, ", and labels count as known after %.4g days",
                                (double)p->label_delay / day_seconds));
    }
    return pa_buffer_printf(text, err,
                            ": set split.audit_from, split.train_from, split.reference_from or "
                            "split.label_delay_days for another plan\n");
}

static pa_status warn_fold(const pa_time_plan *p, const pa_plan_rows *rows, pa_buffer *text,
                           pa_error *err)
{
    int64_t training = p->train_until - p->train_from, fold = p->earlier_until - p->earlier_from;
    if (fold < training) {
        PA_TRY(pa_buffer_printf(
            text, err,
            PA_PLAN_WARNING
            "the reference part leaves %.4g days for the earlier fold, on which supervised models "
            "choose, where training has %.4g: set split.reference_from earlier\n",
            (double)fold / day_seconds, (double)training / day_seconds));
    }
    if (fold == 0 || rows->earlier > 0) return PA_OK;
    char from[PA_TIME_TEXT], until[PA_TIME_TEXT];
    format(p->earlier_from, from);
    format(p->earlier_until, until);
    return pa_buffer_printf(text, err,
                            PA_PLAN_WARNING
                            "no row lies in the earlier fold, %s to %s, on which supervised models "
                            "choose: set split.train_from %s\n",
                            from, until, rows->rows[PA_SPLIT_TRAIN] > 0 ? "later" : "earlier");
}

static pa_status warn_lengths(const pa_time_plan *p, const pa_plan_rows *rows, pa_buffer *text,
                              pa_error *err)
{
    if (p->widened && rows->rows[PA_SPLIT_REFERENCE] > 0) {
        PA_TRY(pa_buffer_printf(text, err,
                                PA_PLAN_WARNING
                                "the usual reference part has fewer than two rows, so it takes the "
                                "history in, and no pillar can be fitted: set split.reference_from "
                                "where the rows are\n"));
    }
    PA_TRY(warn_short(p, text, err));
    int64_t gap = p->audit_from - p->train_until;
    if (p->label_delay <= gap) return PA_OK;
    return pa_buffer_printf(
        text, err,
        PA_PLAN_WARNING
        "the gap of %.4g days is shorter than the label delay of %.4g, so the last training "
        "rows have no known labels when the audit begins: set split.train_until earlier\n",
        (double)gap / day_seconds, (double)p->label_delay / day_seconds);
}

pa_status pa_time_plan_warn(const pa_time_plan *p, const pa_plan_rows *rows, pa_buffer *text,
                            pa_error *err)
{
    PA_TRY(warn_empty(p, rows, text, err));
    PA_TRY(warn_lengths(p, rows, text, err));
    PA_TRY(warn_fold(p, rows, text, err));
    int64_t audit = rows->rows[PA_SPLIT_AUDIT];
    if (rows->estimated || audit * 100 >= rows->median_week) return PA_OK;
    return pa_buffer_printf(text, err,
                            PA_PLAN_WARNING
                            "the audit has %lld row%s, less than a hundredth of the median week's "
                            "%lld: set split.audit_from and split.audit_until\n",
                            (long long)audit, audit == 1 ? "" : "s", (long long)rows->median_week);
}

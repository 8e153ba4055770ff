#include "paraudit/stage/time_plan.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "paraudit/base/calendar.h"

enum { DAY = 86400, DEFAULT_DAYS = 7 };

const char *const pa_split_names[PA_N_SPLITS] = {"before", "history", "train",
                                                 "gap",    "audit",   "after"};

const pa_option_spec pa_time_plan_options[] = {
    {.key = "split.history_from",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "start of what patterns and detectors are fitted on; empty: the first row's day"},
    {.key = "split.train_from",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "end of that, and start of what the supervised model is fitted on; empty: 7 days "
                "before train_until, or a quarter of a book of less than 28 days"},
    {.key = "split.train_until",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning =
         "end of training; empty: label_delay_days before audit_from, at most a quarter of a "
         "book of less than 28 days"},
    {.key = "split.audit_from",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "start of the audited period; empty: 7 days before audit_until, or a quarter of a "
                "book of less than 28 days"},
    {.key = "split.audit_until",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "end of the audited period; empty: the end of the last row's day"},
    {.key = "split.label_delay_days",
     .type = PA_OPTION_REAL,
     .fallback = "7",
     .min = 0,
     .max = 3650,
     .unit = "days",
     .meaning = "time from a transaction to the day its label is known"},
    {.key = "split.as_of",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "what is known when the audit runs; labels known later are unknown; empty: just "
                "after the last row"},
    {0}};

static int64_t day_of(int64_t time)
{
    return (time >= 0 ? time : time - (DAY - 1)) / DAY * DAY;
}

static int64_t time_or(const pa_config *config, const char *key, int64_t otherwise)
{
    int64_t time;
    return pa_config_time(config, key, &time) ? time : otherwise;
}

typedef struct {
    const char *key;
    int64_t time;
} plan_key;

/* "split.train_from (2018-07-25 00:00:00)". Nobody gave a derived one, so it is
 * said that it follows from the rows. */
static void describe(const pa_config *config, const plan_key *k, char text[128])
{
    int64_t given;
    char time[PA_TIME_TEXT];
    pa_format_time(k->time, time);
    snprintf(text, 128, "%s (%s%s)", k->key, time,
             pa_config_time(config, k->key, &given) ? "" : ", from the rows: it is not set");
}

static pa_status in_order(const pa_config *config, const plan_key *early, const plan_key *late,
                          bool may_be_equal, pa_error *err)
{
    if (early->time < late->time || (may_be_equal && early->time == late->time)) return PA_OK;
    char early_text[128], late_text[128];
    describe(config, early, early_text);
    describe(config, late, late_text);
    return pa_fail(err, PA_E_CONFIG, "contradictory time plan: %s must be %s %s", early_text,
                   may_be_equal ? "no later than" : "before", late_text);
}

static pa_status check(const pa_config *config, const pa_time_plan *p, pa_error *err)
{
    const plan_key history_from = {"split.history_from", p->history_from},
                   train_from = {"split.train_from", p->train_from},
                   train_until = {"split.train_until", p->train_until},
                   audit_from = {"split.audit_from", p->audit_from},
                   audit_until = {"split.audit_until", p->audit_until};
    PA_TRY(in_order(config, &history_from, &train_from, false, err));
    PA_TRY(in_order(config, &train_from, &train_until, false, err));
    PA_TRY(in_order(config, &train_until, &audit_from, true, err));
    return in_order(config, &audit_from, &audit_until, false, err);
}

/* A week, and the whole label delay behind the training; quarters of a book that
 * has no four weeks. */
typedef struct {
    int64_t period, gap;
} usual_lengths;

static usual_lengths find_lengths(const pa_time_plan *p)
{
    int64_t week = DEFAULT_DAYS * DAY, quarter = (p->audit_until - p->history_from) / 4;
    if (quarter >= week) return (usual_lengths){week, p->label_delay};
    return (usual_lengths){quarter, p->label_delay < quarter ? p->label_delay : quarter};
}

/* The audit begins before the present. Where nobody wrote a plan, nobody wrote a
 * contradiction: the book is too short for one. */
static pa_status check_present(const pa_config *config, const pa_time_plan *p, int64_t first_time,
                               int64_t last_time, pa_error *err)
{
    const plan_key audit_from = {"split.audit_from", p->audit_from},
                   as_of = {"split.as_of", p->as_of};
    int64_t given;
    if (p->audit_from <= p->as_of || pa_config_time(config, audit_from.key, &given) ||
        pa_config_time(config, as_of.key, &given)) {
        return in_order(config, &audit_from, &as_of, true, err);
    }
    char first[PA_TIME_TEXT], last[PA_TIME_TEXT];
    pa_format_time(first_time, first);
    pa_format_time(last_time, last);
    return pa_fail(err, PA_E_CONFIG,
                   "the rows, from %s to %s, span too little for a time plan that follows from "
                   "them: set split.train_from, split.train_until, split.audit_from and "
                   "split.audit_until",
                   first, last);
}

pa_status pa_time_plan_read(const pa_config *config, int64_t first_time, int64_t last_time,
                            pa_time_plan *p, pa_error *err)
{
    p->label_delay = llround(pa_config_real(config, "split.label_delay_days") * DAY);
    p->history_from = time_or(config, "split.history_from", day_of(first_time));
    p->audit_until = time_or(config, "split.audit_until", day_of(last_time) + DAY);
    usual_lengths usual = find_lengths(p);
    p->audit_from = time_or(config, "split.audit_from", p->audit_until - usual.period);
    p->train_until = time_or(config, "split.train_until", p->audit_from - usual.gap);
    p->train_from = time_or(config, "split.train_from", p->train_until - usual.period);
    p->reference_from = p->history_from;
    p->as_of = time_or(config, "split.as_of", last_time + 1);
    PA_TRY(check(config, p, err));
    return check_present(config, p, first_time, last_time, err);
}

pa_split pa_split_of(const pa_time_plan *p, int64_t time)
{
    if (time < p->history_from) return PA_SPLIT_BEFORE;
    if (time < p->train_from) return PA_SPLIT_HISTORY;
    if (time < p->train_until) return PA_SPLIT_TRAIN;
    if (time < p->audit_from) return PA_SPLIT_GAP;
    if (time < p->audit_until) return PA_SPLIT_AUDIT;
    return PA_SPLIT_AFTER;
}

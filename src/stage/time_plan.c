#include "paraudit/stage/time_plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/calendar.h"

enum { DAY = 86400, AUDIT_DAYS = 7, LEAST_TRAIN_DAYS = 7, MOST_TRAIN_DAYS = 60 };

const char *const pa_split_names[PA_N_SPLITS] = {"before", "history", "reference", "train",
                                                 "gap",    "audit",   "after"};

const pa_option_spec pa_time_plan_options[] = {
    {.key = "split.history_from",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "start of what patterns, forecasts and embeddings are fitted on; empty: the first "
                "row's day"},
    {.key = "split.reference_from",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "end of that, and start of what unsupervised detectors and tails are fitted on; "
                "empty: before train_from by the length of training and label delay together"},
    {.key = "split.train_from",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "end of that, and start of what the supervised model is fitted on; empty: before "
                "train_until by three tenths of the days up to there, 7 to 60"},
    {.key = "split.train_until",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "end of training; empty: label_delay_days before audit_from"},
    {.key = "split.audit_from",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "start of the audited period; empty: 7 days before audit_until"},
    {.key = "split.audit_until",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "end of the audited period; empty: the end of the last row's day. Where history "
                "would be less than a sixth of the book, what is empty is cut in proportion"},
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
                "after the last row, of those far outside only up to an audit_until that is set"},
    {0}};

static int64_t day_of(int64_t time)
{
    return (time >= 0 ? time : time - (DAY - 1)) / DAY * DAY;
}

/* ---- the cuts ---- */

enum { HISTORY_FROM, REFERENCE_FROM, TRAIN_FROM, TRAIN_UNTIL, AUDIT_FROM, AUDIT_UNTIL, N_CUTS };

static const char *const cut_keys[N_CUTS] = {"split.history_from", "split.reference_from",
                                             "split.train_from",   "split.train_until",
                                             "split.audit_from",   "split.audit_until"};

typedef struct {
    int64_t at[N_CUTS];
    bool set[N_CUTS]; /* by a key */
} cuts;

static cuts read_cuts(const pa_config *config, int64_t first_time, int64_t last_time)
{
    cuts c = {{0}, {0}};
    for (int i = 0; i < N_CUTS; i++) c.set[i] = pa_config_time(config, cut_keys[i], &c.at[i]);
    if (!c.set[HISTORY_FROM]) {
        int64_t day = day_of(first_time), reference = c.at[REFERENCE_FROM];
        c.at[HISTORY_FROM] = c.set[REFERENCE_FROM] && reference < day ? reference : day;
    }
    if (!c.set[AUDIT_UNTIL]) c.at[AUDIT_UNTIL] = day_of(last_time) + DAY;
    return c;
}

/* Three tenths of the days before the gap. A reference that is set must still hold the
 * earlier fold, so training takes no more than half of what the fold leaves there. */
static int64_t usual_training(const cuts *c, int64_t delay)
{
    int64_t until = c->at[TRAIN_UNTIL], days = (until - c->at[HISTORY_FROM]) / DAY * 3 / 10;
    if (c->set[REFERENCE_FROM]) {
        int64_t most = (until - c->at[REFERENCE_FROM] - delay) / 2 / DAY;
        if (days > most) days = most;
    }
    if (days < LEAST_TRAIN_DAYS) days = LEAST_TRAIN_DAYS;
    if (days > MOST_TRAIN_DAYS) days = MOST_TRAIN_DAYS;
    return days * DAY;
}

/* From the audit backwards. */
static void cut_as_usual(cuts *c, int64_t delay)
{
    int64_t *at = c->at;
    if (!c->set[AUDIT_FROM]) at[AUDIT_FROM] = at[AUDIT_UNTIL] - AUDIT_DAYS * DAY;
    if (!c->set[TRAIN_UNTIL]) at[TRAIN_UNTIL] = at[AUDIT_FROM] - delay;
    if (!c->set[TRAIN_FROM]) at[TRAIN_FROM] = at[TRAIN_UNTIL] - usual_training(c, delay);
    if (!c->set[REFERENCE_FROM])
        at[REFERENCE_FROM] = at[TRAIN_FROM] - (at[TRAIN_UNTIL] - at[TRAIN_FROM]) - delay;
}

/* An empty history or gap is allowed; an empty part of another kind is not. */
static bool may_be_empty(int part)
{
    return part == HISTORY_FROM || part == TRAIN_UNTIL;
}

static bool has_length(const cuts *c, int part)
{
    int64_t length = c->at[part + 1] - c->at[part];
    return length > 0 || (length == 0 && may_be_empty(part));
}

/* Whether the usual lengths fit in. Whoever sets where the reference begins has chosen the
 * history. */
static bool has_room(const cuts *c)
{
    int64_t book = c->at[AUDIT_UNTIL] - c->at[HISTORY_FROM];
    for (int part = REFERENCE_FROM; part < AUDIT_UNTIL; part++) {
        if (!has_length(c, part)) return false;
    }
    return c->set[REFERENCE_FROM] || c->at[REFERENCE_FROM] - c->at[HISTORY_FROM] >= book / 6;
}

/* What is derived behind the last cut that is set stays as usual, where it can: whoever
 * sets train_from still has an audit of a week. */
static void keep_behind_last_set(cuts *c)
{
    int last = AUDIT_FROM;
    while (last > REFERENCE_FROM && !c->set[last]) last--;
    if (last == REFERENCE_FROM) return;
    for (int part = last; part < AUDIT_UNTIL; part++) {
        if (!has_length(c, part)) return;
    }
    for (int i = last + 1; i < AUDIT_UNTIL; i++) c->set[i] = true;
}

/* Each run of cuts that are not set lies in proportion between those that are; the ends
 * count as set. */
static void cut_in_proportion(cuts *c, bool gap)
{
    const int share[N_CUTS - 1] = {1, gap ? 2 : 1, 1, gap ? 1 : 0, 1};
    for (int from = 0, until; from < N_CUTS - 1; from = until) {
        int all = share[from], sum = 0;
        until = from + 1;
        while (until < N_CUTS - 1 && !c->set[until]) all += share[until++];
        int64_t length = c->at[until] - c->at[from];
        for (int i = from; i + 1 < until; i++) {
            sum += share[i];
            c->at[i + 1] = c->at[from] + length / all * sum + length % all * sum / all;
        }
    }
}

/* As long as the training, a label delay before it, within the reference. */
static void find_earlier_fold(pa_time_plan *p)
{
    int64_t gap = p->audit_from - p->train_until;
    int64_t delay = p->shortened && gap < p->label_delay ? gap : p->label_delay;
    p->earlier_until = p->train_from - delay;
    p->earlier_from = p->earlier_until - (p->train_until - p->train_from);
    if (p->earlier_until < p->reference_from) p->earlier_until = p->reference_from;
    if (p->earlier_from < p->reference_from) p->earlier_from = p->reference_from;
}

/* ---- contradictions ---- */

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

/* Each cut against the next one; only_set: against the next that a key sets, where the ends
 * of the book count as set. */
static pa_status check_cuts(const pa_config *config, const cuts *c, bool only_set, pa_error *err)
{
    for (int i = 0, next; i < AUDIT_UNTIL; i = next) {
        next = i + 1;
        while (only_set && next < AUDIT_UNTIL && !c->set[next]) next++;
        const plan_key early = {cut_keys[i], c->at[i]}, late = {cut_keys[next], c->at[next]};
        PA_TRY(in_order(config, &early, &late, next == i + 1 && may_be_empty(i), err));
    }
    return PA_OK;
}

static bool any_is_set(const pa_config *config)
{
    int64_t given;
    bool found = pa_config_time(config, "split.as_of", &given);
    for (int i = 0; i < N_CUTS; i++) found |= pa_config_time(config, cut_keys[i], &given);
    return found;
}

/* The audit begins before the present. Where nobody wrote a plan, nobody wrote a
 * contradiction: the book is too short for one. */
static pa_status check_present(const pa_config *config, const pa_time_plan *p, int64_t first_time,
                               int64_t last_time, pa_error *err)
{
    const plan_key audit_from = {"split.audit_from", p->audit_from},
                   as_of = {"split.as_of", p->as_of};
    if (p->audit_from <= p->as_of || any_is_set(config)) {
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

static bool delay_is_set(const pa_config *config)
{
    const char *place;
    return strcmp(pa_config_origin(config, "split.label_delay_days", &place), "default") != 0;
}

/* The label delay of a book cut in proportion ends where its gap does: one that keys cut is
 * as it is, and labels come when they come. */
static void cut_delay(const pa_config *config, bool gap_is_set, pa_time_plan *p)
{
    int64_t gap = p->audit_from - p->train_until;
    p->delay_cut = p->shortened && !gap_is_set && p->label_delay > gap && !delay_is_set(config);
    if (p->delay_cut) p->label_delay = gap;
}

static int64_t present(const pa_config *config, const cuts *c, int64_t last_time,
                       int64_t latest_time)
{
    int64_t known = last_time + 1, until = c->at[AUDIT_UNTIL];
    if (pa_config_time(config, "split.as_of", &known)) return known;
    if (c->set[AUDIT_UNTIL] && until > known) known = until < latest_time ? until : latest_time + 1;
    return known;
}

pa_status pa_time_plan_read(const pa_config *config, int64_t first_time, int64_t last_time,
                            int64_t latest_time, pa_time_plan *p, pa_error *err)
{
    int64_t delay = llround(pa_config_real(config, "split.label_delay_days") * DAY);
    cuts c = read_cuts(config, first_time, last_time);
    bool gap_is_set = c.set[TRAIN_UNTIL] && c.set[AUDIT_FROM];
    PA_TRY(check_cuts(config, &c, true, err));
    cut_as_usual(&c, delay);
    bool shortened = !has_room(&c);
    if (shortened) {
        keep_behind_last_set(&c);
        cut_in_proportion(&c, delay > 0);
    }
    PA_TRY(check_cuts(config, &c, false, err));
    *p = (pa_time_plan){.history_from = c.at[HISTORY_FROM],
                        .reference_from = c.at[REFERENCE_FROM],
                        .train_from = c.at[TRAIN_FROM],
                        .train_until = c.at[TRAIN_UNTIL],
                        .audit_from = c.at[AUDIT_FROM],
                        .audit_until = c.at[AUDIT_UNTIL],
                        .label_delay = delay,
                        .as_of = present(config, &c, last_time, latest_time),
                        .shortened = shortened,
                        .history_early = c.set[HISTORY_FROM] && !c.set[REFERENCE_FROM] &&
                                         c.at[HISTORY_FROM] < day_of(first_time)};
    cut_delay(config, gap_is_set, p);
    find_earlier_fold(p);
    return check_present(config, p, first_time, last_time, err);
}

void pa_time_plan_widen(const pa_config *config, int64_t n, pa_time_plan *p)
{
    int64_t given;
    p->widened = n < 2 && !pa_config_time(config, cut_keys[REFERENCE_FROM], &given);
    if (!p->widened) return;
    p->reference_from = p->history_from;
    find_earlier_fold(p);
}

/* A plan that is derived or set may reach a while beyond the times of rows. */
static bool is_time(int64_t t)
{
    const int64_t beyond = 400 * DAY;
    return t >= PA_TIME_MIN - beyond && t <= PA_TIME_MAX + beyond;
}

pa_status pa_time_plan_check(const pa_time_plan *p, pa_error *err)
{
    const struct {
        const char *name;
        int64_t time;
    } part[] = {{"history_from", p->history_from}, {"reference_from", p->reference_from},
                {"train_from", p->train_from},     {"train_until", p->train_until},
                {"audit_from", p->audit_from},     {"audit_until", p->audit_until}};
    enum { N = sizeof part / sizeof *part };
    for (int i = 0; i < N; i++) {
        bool follows = i == 0 || part[i - 1].time < part[i].time ||
                       (i < N - 1 && part[i - 1].time == part[i].time);
        if (follows && is_time(part[i].time)) continue;
        return pa_fail(err, PA_E_DATA, "a time plan that no audit has: %s is %lld, after %lld",
                       part[i].name, (long long)part[i].time,
                       (long long)(i ? part[i - 1].time : PA_TIME_MIN));
    }
    if (p->label_delay < 0 || !is_time(p->label_delay))
        return pa_fail(err, PA_E_DATA, "a time plan that no audit has: label_delay is %lld",
                       (long long)p->label_delay);
    if (!is_time(p->as_of))
        return pa_fail(err, PA_E_DATA, "a time plan that no audit has: as_of is %lld",
                       (long long)p->as_of);
    return PA_OK;
}

pa_split pa_split_of(const pa_time_plan *p, int64_t time)
{
    if (time < p->history_from) return PA_SPLIT_BEFORE;
    if (time < p->reference_from) return PA_SPLIT_HISTORY;
    if (time < p->train_from) return PA_SPLIT_REFERENCE;
    if (time < p->train_until) return PA_SPLIT_TRAIN;
    if (time < p->audit_from) return PA_SPLIT_GAP;
    if (time < p->audit_until) return PA_SPLIT_AUDIT;
    return PA_SPLIT_AFTER;
}

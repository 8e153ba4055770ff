#include <stdio.h>
#include <string.h>

#include "paraudit/base/calendar.h"
#include "paraudit/stage/time_plan.h"
#include "unit.h"

enum { DAY = PA_DAY_SECONDS };

static int64_t time_of(const char *text)
{
    int64_t seconds = -1;
    CU_ASSERT(pa_parse_time(text, strlen(text), &seconds));
    return seconds;
}

/* The plan of a bulk of rows from `first` to `last`, with `set` ("key=value;key=value", or
 * NULL). latest: NULL where no row lies beyond. */
static pa_status plan_with_far(const char *first, const char *last, const char *latest,
                               const char *set, pa_time_plan *plan, pa_error *err)
{
    const pa_option_spec *tables[] = {pa_time_plan_options};
    pa_config *config = NULL;
    char assignments[256], *next = assignments;
    PA_TRY(pa_config_new(tables, 1, &config, err));
    snprintf(assignments, sizeof assignments, "%s", set ? set : "");
    pa_status st = PA_OK;
    while (st == PA_OK && *next) {
        char *one = next;
        next += strcspn(next, ";");
        if (*next) *next++ = '\0';
        st = pa_config_set(config, one, "command line", err);
    }
    if (st == PA_OK) st = pa_config_complete(config, err);
    if (st == PA_OK)
        st = pa_time_plan_read(config, time_of(first), time_of(last),
                               time_of(latest ? latest : last), plan, err);
    pa_config_free(config);
    return st;
}

static pa_status plan_of(const char *first, const char *last, const char *set, pa_time_plan *plan,
                         pa_error *err)
{
    return plan_with_far(first, last, NULL, set, plan, err);
}

static void check_cut(int64_t found, const char *expected)
{
    char text[PA_TIME_TEXT];
    pa_format_time(found, text);
    CU_ASSERT_STRING_EQUAL(text, expected);
}

/* 120 days; 106 before the gap, of which training takes 31. */
static void test_a_long_book_has_the_usual_lengths(void)
{
    pa_time_plan p;
    pa_error err = {0};
    CU_ASSERT_EQUAL(plan_of("2024-01-01 05:00:00", "2024-04-29 20:00:00", NULL, &p, &err), PA_OK);
    check_cut(p.history_from, "2024-01-01 00:00:00");
    check_cut(p.reference_from, "2024-02-07 00:00:00");
    check_cut(p.train_from, "2024-03-16 00:00:00");
    check_cut(p.train_until, "2024-04-16 00:00:00");
    check_cut(p.audit_from, "2024-04-23 00:00:00");
    check_cut(p.audit_until, "2024-04-30 00:00:00");
    check_cut(p.earlier_until, "2024-03-09 00:00:00");
    check_cut(p.earlier_from, "2024-02-07 00:00:00");
    check_cut(p.as_of, "2024-04-29 20:00:01");
    CU_ASSERT(!p.shortened);
}

static void test_training_is_a_week_to_sixty_days(void)
{
    pa_time_plan p;
    pa_error err = {0};
    CU_ASSERT_EQUAL(plan_of("2020-01-01", "2024-04-29", NULL, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.train_until - p.train_from, 60 * DAY);
    CU_ASSERT_EQUAL(p.train_from - p.reference_from, 67 * DAY);
}

static void test_a_long_book_keeps_the_whole_label_delay(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *delay = "split.label_delay_days=14";
    CU_ASSERT_EQUAL(plan_of("2023-11-01", "2024-04-29", delay, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.audit_from - p.train_until, 14 * DAY);
    CU_ASSERT_EQUAL(p.label_delay, 14 * DAY);
    CU_ASSERT(!p.shortened);
}

/* Sixths of two days, and of 28: 1:2:1:1:1. */
static void test_a_short_book_is_cut_in_proportion(void)
{
    pa_time_plan p;
    pa_error err = {0};
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-02 23:00:00", NULL, &p, &err), PA_OK);
    check_cut(p.reference_from, "2024-01-01 08:00:00");
    check_cut(p.train_from, "2024-01-02 00:00:00");
    check_cut(p.train_until, "2024-01-02 08:00:00");
    check_cut(p.audit_from, "2024-01-02 16:00:00");
    check_cut(p.audit_until, "2024-01-03 00:00:00");
    CU_ASSERT_EQUAL(p.label_delay, DAY / 3); /* nobody set it: no longer than the gap */
    check_cut(p.earlier_from, "2024-01-01 08:00:00");
    check_cut(p.earlier_until, "2024-01-01 16:00:00");
    CU_ASSERT(p.shortened);
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-28", NULL, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.train_from - p.reference_from, 2 * (p.reference_from - p.history_from));
    CU_ASSERT(p.shortened);
}

static void test_without_a_label_delay_a_short_book_has_no_gap(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *delay = "split.label_delay_days=0";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-02 23:00:00", delay, &p, &err), PA_OK);
    check_cut(p.reference_from, "2024-01-01 12:00:00");
    check_cut(p.train_from, "2024-01-02 00:00:00");
    check_cut(p.train_until, "2024-01-02 12:00:00");
    check_cut(p.audit_from, "2024-01-02 12:00:00");
}

/* A delay that somebody set is when labels come, whatever the plan would like. */
static void test_a_long_label_delay_that_is_set_holds(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *delay = "split.label_delay_days=60";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", delay, &p, &err), PA_OK);
    CU_ASSERT(p.shortened);
    CU_ASSERT_EQUAL(p.audit_from - p.train_until, 121 * DAY / 6 / DAY * DAY);
    CU_ASSERT_EQUAL(p.label_delay, 60 * DAY);
    CU_ASSERT(p.reference_from <= p.earlier_from && p.earlier_until < p.train_from);
}

/* What keys cut is meant: labels do not come earlier because nobody waits for them. */
static void test_a_gap_that_is_set_does_not_shorten_the_label_delay(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *gap = "split.train_until=2024-01-20;split.audit_from=2024-01-20";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-27", gap, &p, &err), PA_OK);
    CU_ASSERT(p.shortened && !p.delay_cut);
    CU_ASSERT_EQUAL(p.label_delay, 7 * DAY);
    const char *one = "split.train_until=2024-01-20";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-27", one, &p, &err), PA_OK);
    CU_ASSERT(p.shortened && p.delay_cut);
    CU_ASSERT_EQUAL(p.label_delay, p.audit_from - p.train_until);
}

static void test_a_book_of_one_day_has_a_plan(void)
{
    pa_time_plan p;
    pa_error err = {0};
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-01 23:10:00", NULL, &p, &err), PA_OK);
    check_cut(p.audit_from, "2024-01-01 20:00:00");
}

static void test_given_times_hold(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *from = "split.audit_from=2024-04-01";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", from, &p, &err), PA_OK);
    check_cut(p.audit_from, "2024-04-01 00:00:00");
    check_cut(p.train_until, "2024-03-25 00:00:00");
    const char *train = "split.train_from=2024-01-31";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", train, &p, &err), PA_OK);
    check_cut(p.reference_from, "2024-01-11 00:00:00");
    check_cut(p.audit_from, "2024-04-23 00:00:00");
    check_cut(p.train_until, "2024-04-16 00:00:00");
    const char *none = "split.reference_from=2024-01-01";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", none, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.reference_from, p.history_from);
    CU_ASSERT(!p.shortened);
}

/* Whatever the book and the delay: parts in order, the earlier fold inside the
 * reference and a delay before training. */
static void test_every_derived_plan_is_in_order(void)
{
    unsigned draw = 5;
    for (int k = 0; k < 2000; k++) {
        draw = draw * 1664525u + 1013904223u;
        int64_t first = (int64_t)(draw % 2000000000u);
        draw = draw * 1664525u + 1013904223u;
        int64_t length = DAY + (int64_t)(draw >> (k % 20)) % (1500 * (int64_t)DAY);
        char from[PA_TIME_TEXT], until[PA_TIME_TEXT], delay[64];
        pa_format_time(first, from);
        pa_format_time((first + length) / DAY * DAY + DAY - 1, until);
        snprintf(delay, sizeof delay, "split.label_delay_days=%d", k % 5 * (k % 31));
        pa_time_plan p;
        pa_error err = {0};
        pa_status st = plan_of(from, until, k % 3 ? delay : NULL, &p, &err);
        CU_ASSERT_EQUAL(st, PA_OK);
        if (st != PA_OK) continue;
        CU_ASSERT(p.history_from < p.reference_from && p.reference_from < p.train_from);
        CU_ASSERT(p.train_from < p.train_until && p.train_until <= p.audit_from);
        CU_ASSERT(p.audit_from < p.audit_until);
        CU_ASSERT((p.reference_from - p.history_from) * 6 + 6 >= p.audit_until - p.history_from ||
                  p.shortened);
        CU_ASSERT(p.reference_from <= p.earlier_from && p.earlier_from <= p.earlier_until);
        CU_ASSERT(p.earlier_until <= p.train_from);
        if (!(k % 3)) CU_ASSERT(p.label_delay <= p.audit_from - p.train_until);
    }
}

/* The reference holds the whole book, so nothing is left for the history. */
static void test_a_reference_may_begin_before_the_first_row(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *early = "split.reference_from=2023-12-01";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", early, &p, &err), PA_OK);
    check_cut(p.history_from, "2023-12-01 00:00:00");
    check_cut(p.reference_from, "2023-12-01 00:00:00");
    CU_ASSERT(!p.history_early);
}

/* A row of 2031 and one of 9999 lie far behind a book of 2024. */
static void test_the_present_follows_an_audit_that_is_set(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *last = "2024-04-29 20:00:00", *far = "2031-05-05 12:00:00", *none = "9999-12-31";
    CU_ASSERT_EQUAL(plan_with_far("2024-01-01", last, far, NULL, &p, &err), PA_OK);
    check_cut(p.as_of, "2024-04-29 20:00:01");
    const char *until = "split.audit_until=2031-05-06";
    CU_ASSERT_EQUAL(plan_with_far("2024-01-01", last, far, until, &p, &err), PA_OK);
    check_cut(p.as_of, "2031-05-05 12:00:01");
    CU_ASSERT_EQUAL(plan_with_far("2024-01-01", last, none, until, &p, &err), PA_OK);
    check_cut(p.as_of, "2031-05-06 00:00:00");
    const char *within = "split.audit_until=2024-04-20";
    CU_ASSERT_EQUAL(plan_with_far("2024-01-01", last, far, within, &p, &err), PA_OK);
    check_cut(p.as_of, "2024-04-29 20:00:01");
    const char *set = "split.audit_until=2031-05-06;split.as_of=2031-05-02";
    CU_ASSERT_EQUAL(plan_with_far("2024-01-01", last, far, set, &p, &err), PA_OK);
    check_cut(p.as_of, "2031-05-02 00:00:00");
}

static void test_an_empty_reference_takes_the_history_in(void)
{
    const pa_option_spec *tables[] = {pa_time_plan_options};
    pa_config *config = NULL;
    pa_time_plan p = {.history_from = 0, .reference_from = 5 * DAY, .train_from = 9 * DAY};
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, NULL), PA_OK);
    pa_time_plan_widen(config, 2, &p);
    CU_ASSERT(!p.widened && p.reference_from == 5 * DAY);
    pa_time_plan_widen(config, 1, &p);
    CU_ASSERT(p.widened && p.reference_from == 0);
    p.reference_from = 5 * DAY;
    CU_ASSERT_EQUAL(pa_config_set(config, "split.reference_from=1970-01-06", "command line", NULL),
                    PA_OK);
    pa_time_plan_widen(config, 0, &p);
    CU_ASSERT(!p.widened && p.reference_from == 5 * DAY);
    pa_config_free(config);
}

/* The plan of 1 to 1500 days with any of the cuts set, in order and on days of their own. */
static void draw_keyed_plan(unsigned *draw, int64_t at[6], bool set[6], pa_time_plan *p)
{
    static const char *const keys[6] = {"history_from", "reference_from", "train_from",
                                        "train_until",  "audit_from",     "audit_until"};
    const pa_option_spec *tables[] = {pa_time_plan_options};
    pa_config *config = NULL;
    pa_error err = {0};
    int64_t day = 19000;
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, &err), PA_OK);
    for (int i = 0; i < 6; i++) {
        *draw = *draw * 1664525u + 1013904223u;
        at[i] = day * DAY;
        set[i] = *draw >> 30 == 0 || *draw >> 29 == 7;
        day += 1 + (int64_t)(*draw >> 12 & 255) * (*draw >> 20 & 1);
        char assignment[64];
        snprintf(assignment, sizeof assignment, "split.%s=%lld", keys[i], (long long)at[i]);
        if (set[i]) CU_ASSERT_EQUAL(pa_config_set(config, assignment, "command line", &err), PA_OK);
    }
    CU_ASSERT_EQUAL(pa_time_plan_read(config, at[0] + 5, at[5] - 5, at[5] - 5, p, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    pa_config_free(config);
}

/* Whatever is set holds, and the rest finds its place around it. */
static void test_any_keys_hold_and_the_rest_is_in_order(void)
{
    unsigned draw = 9;
    for (int k = 0; k < 5000; k++) {
        int64_t at[6];
        bool set[6];
        pa_time_plan p = {0};
        draw_keyed_plan(&draw, at, set, &p);
        const int64_t found[6] = {p.history_from, p.reference_from, p.train_from,
                                  p.train_until,  p.audit_from,     p.audit_until};
        for (int i = 0; i < 6; i++) CU_ASSERT(!set[i] || found[i] == at[i]);
        CU_ASSERT_EQUAL(found[0], at[0]);
        CU_ASSERT_EQUAL(found[5], at[5]);
        CU_ASSERT(p.history_from <= p.reference_from && p.reference_from < p.train_from);
        CU_ASSERT(p.train_from < p.train_until && p.train_until <= p.audit_from);
        CU_ASSERT(p.audit_from < p.audit_until);
        CU_ASSERT(p.reference_from <= p.earlier_from && p.earlier_from <= p.earlier_until);
        CU_ASSERT(p.earlier_until <= p.train_from);
        int64_t training = p.train_until - p.train_from;
        if (p.shortened || set[2]) continue;
        CU_ASSERT(training >= 7 * DAY && training <= 60 * DAY && training % DAY == 0);
        if (!set[1]) CU_ASSERT_EQUAL(p.earlier_until - p.earlier_from, training);
    }
}

/* Three tenths of 169 days would begin before the reference: the fold has room instead. */
static void test_training_leaves_room_in_a_reference_that_is_set(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *late = "split.reference_from=2024-05-01";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-07-01", late, &p, &err), PA_OK);
    check_cut(p.train_from, "2024-05-29 00:00:00");
    check_cut(p.train_until, "2024-06-18 00:00:00");
    check_cut(p.audit_from, "2024-06-25 00:00:00");
    check_cut(p.earlier_from, "2024-05-02 00:00:00");
    CU_ASSERT(!p.shortened);
}

static void test_a_late_train_until_shares_the_rest_with_the_audit(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *late = "split.train_until=2024-04-24";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", late, &p, &err), PA_OK);
    check_cut(p.audit_from, "2024-04-27 00:00:00");
    check_cut(p.train_until, "2024-04-24 00:00:00");
}

/* ---- what is told of it ---- */

static bool warns(const pa_time_plan *p, const pa_plan_rows *rows, const char *of)
{
    pa_buffer text = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_time_plan_warn(p, rows, &text, &err), PA_OK);
    bool found = text.data && strstr(text.data, of);
    pa_buffer_free(&text);
    return found;
}

static void test_warnings_name_the_key_that_mends(void)
{
    pa_time_plan p;
    pa_error err = {0};
    pa_plan_rows rows = {
        .rows = {0, 100, 100, 100, 100, 100, 0}, .earlier = 50, .median_week = 100};
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", NULL, &p, &err), PA_OK);
    CU_ASSERT(!warns(&p, &rows, PA_PLAN_WARNING));
    rows.median_week = 10001;
    CU_ASSERT(warns(&p, &rows, "set split.audit_from and split.audit_until"));
    rows.earlier = 0;
    CU_ASSERT(warns(&p, &rows, "no row lies in the earlier fold, 2024-02-07 to 2024-03-09"));
    rows.rows[PA_SPLIT_REFERENCE] = 0;
    CU_ASSERT(warns(&p, &rows, "set split.reference_from earlier"));
    rows.rows[PA_SPLIT_HISTORY] = 0;
    CU_ASSERT(warns(&p, &rows, "in the part history of the time plan"));
    CU_ASSERT(warns(&p, &rows, "no detector can be fitted: set split.train_from later"));
    rows.rows[PA_SPLIT_BEFORE] = 100;
    CU_ASSERT(warns(&p, &rows, "no detector can be fitted: set split.history_from earlier"));
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-20", NULL, &p, &err), PA_OK);
    CU_ASSERT(warns(&p, &rows, "cut in proportion, and labels count as known after"));
}

/* Rows of 2024 under a plan from 2020 on, cut in proportion: the first part has none. */
static void test_a_plan_that_begins_before_the_rows_names_its_beginning(void)
{
    pa_time_plan p;
    pa_error err = {0};
    pa_plan_rows rows = {.rows = {0, 0, 0, 100, 100, 100, 0}};
    const char *early = "split.history_from=2020-01-01;split.train_from=2020-01-02";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", early, &p, &err), PA_OK);
    CU_ASSERT(warns(&p, &rows, "can be fitted: set split.history_from to where the rows begin"));
    CU_ASSERT(!warns(&p, &rows, "split.reference_from later"));
}

static void test_what_was_widened_is_not_called_empty(void)
{
    pa_error err = {0};
    pa_plan_rows rows = {.rows = {0, 0, 1, 100, 100, 100, 0}, .earlier = 1};
    pa_time_plan p;
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", NULL, &p, &err), PA_OK);
    p.reference_from = p.history_from;
    p.widened = true;
    CU_ASSERT(warns(&p, &rows, "the usual reference part has fewer than two rows"));
    CU_ASSERT(!warns(&p, &rows, "in the part history"));
    rows.rows[PA_SPLIT_REFERENCE] = 0;
    CU_ASSERT(!warns(&p, &rows, "the usual reference part"));
}

/* Its own delay of 60 days stays, whatever became of the gap. */
static void test_a_label_delay_that_stays_is_not_told_as_cut(void)
{
    pa_time_plan p;
    pa_error err = {0};
    pa_plan_rows rows = {.rows = {0, 100, 100, 100, 100, 100, 0}, .earlier = 50};
    const char *delay = "split.label_delay_days=60";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", delay, &p, &err), PA_OK);
    CU_ASSERT(warns(&p, &rows, "cut in proportion: set"));
    CU_ASSERT(warns(&p, &rows, "is shorter than the label delay of 60"));
}

static void test_the_plan_is_printed_with_dates_days_and_rows(void)
{
    pa_time_plan p;
    pa_error err = {0};
    pa_buffer text = {0};
    pa_plan_rows rows = {.rows = {0, 11, 22, 33, 44, 55, 66}, .frauds = {0, 0, 1, 2, 3, 4, 5}};
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", NULL, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_time_plan_print(&p, &rows, &text, &err), PA_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "reference           2024-02-07           2024-03-16"
                                             "       38            22          1"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\n  after "));
    CU_ASSERT_PTR_NULL(strstr(text.data, "\n  before "));
    pa_buffer_free(&text);
}

static void test_what_contradicts_is_named(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *from = "split.history_from=2024-05-01";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", from, &p, &err), PA_E_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "contradictory time plan: split.history_from"));
}

static void test_book_without_room_for_a_plan_is_told_apart(void)
{
    pa_time_plan p;
    pa_error err = {0}, given = {0};
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-01 00:00:01", NULL, &p, &err), PA_E_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message,
                                  "the rows, from 2024-01-01 00:00:00 to 2024-01-01 00:00:01, "
                                  "span too little for a time plan"));
    const char *from = "split.audit_from=2024-01-01 12:00:00";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-01 00:00:01", from, &p, &given), PA_E_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(given.message, "contradictory time plan: split."));
    pa_error late = {0};
    const char *until = "split.audit_until=2024-05-14";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", until, &p, &late), PA_E_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(late.message, "split.audit_from (2024-05-07 00:00:00, from the "
                                                "rows: it is not set) must be no later than "
                                                "split.as_of (2024-04-29 00:00:01, from"));
}

static void test_every_second_has_its_split(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *from = "split.history_from=2024-01-02";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", from, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.history_from - 1), PA_SPLIT_BEFORE);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.history_from), PA_SPLIT_HISTORY);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.reference_from - 1), PA_SPLIT_HISTORY);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.reference_from), PA_SPLIT_REFERENCE);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.train_from - 1), PA_SPLIT_REFERENCE);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.train_from), PA_SPLIT_TRAIN);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.train_until), PA_SPLIT_GAP);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.audit_from), PA_SPLIT_AUDIT);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.audit_until), PA_SPLIT_AFTER);
}

static void test_plan_of_a_file_is_checked(void)
{
    pa_time_plan p, sound;
    pa_error err = {0};
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", NULL, &sound, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_time_plan_check(&sound, &err), PA_OK);
    const struct {
        int64_t *at, value;
        const char *says;
    } odd[] = {{&p.history_from, INT64_MIN, "history_from is"},
               {&p.reference_from, sound.history_from - 1, "reference_from is"},
               {&p.train_from, sound.train_until + 1, "train_until is"},
               {&p.audit_until, sound.audit_from, "audit_until is"},
               {&p.audit_until, INT64_MAX, "audit_until is 9223372036854775807"},
               {&p.label_delay, -1, "label_delay is -1"},
               {&p.label_delay, INT64_MAX, "label_delay is"},
               {&p.as_of, INT64_MAX, "as_of is"}};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        pa_error told = {0};
        p = sound;
        *odd[i].at = odd[i].value;
        CU_ASSERT_EQUAL(pa_time_plan_check(&p, &told), PA_E_DATA);
        CU_ASSERT_PTR_NOT_NULL(strstr(told.message, odd[i].says));
    }
    p = sound;
    p.reference_from = p.history_from;
    p.audit_from = p.train_until;
    CU_ASSERT_EQUAL(pa_time_plan_check(&p, &err), PA_OK);
}

static const pa_test tests[] = {
    {"a long book has the usual lengths", test_a_long_book_has_the_usual_lengths},
    {"training is a week to sixty days", test_training_is_a_week_to_sixty_days},
    {"a long book keeps the whole label delay", test_a_long_book_keeps_the_whole_label_delay},
    {"a short book is cut in proportion", test_a_short_book_is_cut_in_proportion},
    {"without a label delay a short book has no gap",
     test_without_a_label_delay_a_short_book_has_no_gap},
    {"a long label delay that is set holds", test_a_long_label_delay_that_is_set_holds},
    {"a gap that is set does not shorten the label delay",
     test_a_gap_that_is_set_does_not_shorten_the_label_delay},
    {"a book of one day has a plan", test_a_book_of_one_day_has_a_plan},
    {"given times hold", test_given_times_hold},
    {"every derived plan is in order", test_every_derived_plan_is_in_order},
    {"a reference may begin before the first row", test_a_reference_may_begin_before_the_first_row},
    {"the present follows an audit that is set", test_the_present_follows_an_audit_that_is_set},
    {"an empty reference takes the history in", test_an_empty_reference_takes_the_history_in},
    {"any keys hold and the rest is in order", test_any_keys_hold_and_the_rest_is_in_order},
    {"training leaves room in a reference that is set",
     test_training_leaves_room_in_a_reference_that_is_set},
    {"a late train_until shares the rest with the audit",
     test_a_late_train_until_shares_the_rest_with_the_audit},
    {"warnings name the key that mends", test_warnings_name_the_key_that_mends},
    {"a plan that begins before the rows names its beginning",
     test_a_plan_that_begins_before_the_rows_names_its_beginning},
    {"what was widened is not called empty", test_what_was_widened_is_not_called_empty},
    {"a label delay that stays is not told as cut",
     test_a_label_delay_that_stays_is_not_told_as_cut},
    {"the plan is printed with dates, days and rows",
     test_the_plan_is_printed_with_dates_days_and_rows},
    {"what contradicts is named", test_what_contradicts_is_named},
    {"book without room for a plan is told apart", test_book_without_room_for_a_plan_is_told_apart},
    {"plan of a file is checked", test_plan_of_a_file_is_checked},
    {"every second has its split", test_every_second_has_its_split},
};
PA_TEST_MAIN("time plan", tests)

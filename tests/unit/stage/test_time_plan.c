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

/* The plan of rows from `first` to `last`, with `set` ("key=value", or NULL). */
static pa_status plan_of(const char *first, const char *last, const char *set, pa_time_plan *plan,
                         pa_error *err)
{
    const pa_option_spec *tables[] = {pa_time_plan_options};
    pa_config *config = NULL;
    PA_TRY(pa_config_new(tables, 1, &config, err));
    pa_status st = set ? pa_config_set(config, set, "command line", err) : PA_OK;
    if (st == PA_OK) st = pa_config_complete(config, err);
    if (st == PA_OK) st = pa_time_plan_read(config, time_of(first), time_of(last), plan, err);
    pa_config_free(config);
    return st;
}

static void test_a_long_book_ends_in_weeks(void)
{
    pa_time_plan p;
    pa_error err = {0};
    CU_ASSERT_EQUAL(plan_of("2024-01-01 05:00:00", "2024-04-29 20:00:00", NULL, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.history_from, time_of("2024-01-01"));
    CU_ASSERT_EQUAL(p.audit_until, time_of("2024-04-30"));
    CU_ASSERT_EQUAL(p.audit_from, time_of("2024-04-23"));
    CU_ASSERT_EQUAL(p.train_until, time_of("2024-04-16"));
    CU_ASSERT_EQUAL(p.train_from, time_of("2024-04-09"));
    CU_ASSERT_EQUAL(p.as_of, time_of("2024-04-29 20:00:01"));
}

static void test_a_long_book_keeps_the_whole_label_delay(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *delay = "split.label_delay_days=21";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", delay, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.audit_from - p.train_until, 21 * DAY);
    CU_ASSERT_EQUAL(p.label_delay, 21 * DAY);
}

static void test_a_short_book_is_cut_into_quarters(void)
{
    pa_time_plan p;
    pa_error err = {0};
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-04", NULL, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.audit_until, time_of("2024-01-05"));
    CU_ASSERT_EQUAL(p.audit_from, time_of("2024-01-04"));
    CU_ASSERT_EQUAL(p.train_until, time_of("2024-01-03"));
    CU_ASSERT_EQUAL(p.train_from, time_of("2024-01-02"));
    CU_ASSERT_EQUAL(p.label_delay, 7 * DAY); /* labels come no sooner for that */
    const char *delay = "split.label_delay_days=0.5";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-04", delay, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.train_until, time_of("2024-01-03 12:00:00"));
}

static void test_a_book_of_one_day_has_a_plan(void)
{
    pa_time_plan p;
    pa_error err = {0};
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-01-01 23:10:00", NULL, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.audit_from, time_of("2024-01-01 18:00:00"));
}

static void test_given_times_hold(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *from = "split.audit_from=2024-04-01";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", from, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(p.audit_from, time_of("2024-04-01"));
    CU_ASSERT_EQUAL(p.train_until, time_of("2024-03-25"));
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
}

static void test_every_second_has_its_split(void)
{
    pa_time_plan p;
    pa_error err = {0};
    const char *from = "split.history_from=2024-01-02";
    CU_ASSERT_EQUAL(plan_of("2024-01-01", "2024-04-29", from, &p, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.history_from - 1), PA_SPLIT_BEFORE);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.history_from), PA_SPLIT_HISTORY);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.train_from - 1), PA_SPLIT_HISTORY);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.train_from), PA_SPLIT_TRAIN);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.train_until), PA_SPLIT_GAP);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.audit_from), PA_SPLIT_AUDIT);
    CU_ASSERT_EQUAL(pa_split_of(&p, p.audit_until), PA_SPLIT_AFTER);
}

static const pa_test tests[] = {
    {"a long book ends in weeks", test_a_long_book_ends_in_weeks},
    {"a long book keeps the whole label delay", test_a_long_book_keeps_the_whole_label_delay},
    {"a short book is cut into quarters", test_a_short_book_is_cut_into_quarters},
    {"a book of one day has a plan", test_a_book_of_one_day_has_a_plan},
    {"given times hold", test_given_times_hold},
    {"what contradicts is named", test_what_contradicts_is_named},
    {"book without room for a plan is told apart", test_book_without_room_for_a_plan_is_told_apart},
    {"every second has its split", test_every_second_has_its_split},
};
PA_TEST_MAIN("time plan", tests)

#include <string.h>

#include "paraudit/alerts/account_days.h"
#include "unit.h"

/*  row       0    1    2    3    4    5    6
 *  account   4    4    4    4    9    9    9
 *  day       0    0    0    1    1    1    1      (rows 1 and 4 do not count)
 *  margin    2    9    4    1    9    4    4
 *  tx        5    0    2    6    1    3    1
 */
static const int32_t account[] = {4, 4, 4, 4, 9, 9, 9};
static const int64_t time[] = {0, 10, 86399, 86400, 86400, 86401, 100000};
static const int64_t tx[] = {5, 0, 2, 6, 1, 3, 1};
static const double margin[] = {2, 9, 4, 1, 9, 4, 4};
static const uint8_t chosen[] = {1, 0, 1, 1, 0, 1, 1};
static const pa_day_rows rows = {7, account, time, tx, margin, chosen};

static void test_rows_are_grouped_by_account_and_day(void)
{
    pa_account_day d[7];
    CU_ASSERT_EQUAL(pa_account_days(&rows, NULL), 3);
    CU_ASSERT_EQUAL(pa_account_days(&rows, d), 3);
    CU_ASSERT(d[0].account == 4 && d[0].day == 0 && d[0].n_rows == 2 && d[0].best == 2);
    CU_ASSERT(d[1].account == 4 && d[1].day == 1 && d[1].n_rows == 1 && d[1].best == 3);
    CU_ASSERT(d[2].account == 9 && d[2].day == 1 && d[2].n_rows == 2 && d[2].best == 6);
    CU_ASSERT(d[0].first == 0 && d[1].first == 3 && d[2].first == 5);
}

/* A row that is as odd as another and has its tx stands behind it. */
static void test_of_equal_rows_the_first_is_the_oddest(void)
{
    const int64_t same[] = {5, 0, 5, 6, 1, 1, 1};
    const double flat[7] = {0};
    pa_account_day d[7];
    const pa_day_rows equal = {7, account, time, same, flat, chosen};
    CU_ASSERT_EQUAL(pa_account_days(&equal, d), 3);
    CU_ASSERT(d[0].best == 0 && d[1].best == 3 && d[2].best == 5);
}

/* The rows above.
 *  row       0    1    2    3    4    5    6
 *  held by   -    -    0    7    -    -    -      day 0 goes on with row 0, day 1 of 4 has no other
 */
static void test_what_is_held_back_leaves_its_place_to_the_next(void)
{
    const int32_t held_by[] = {-1, -1, 0, 7, -1, -1, -1};
    pa_account_day d[3], held[3];
    size_t n = pa_account_days(&rows, d);
    CU_ASSERT_EQUAL(pa_hold_back(&rows, held_by, &n, d, held), 2);
    CU_ASSERT_EQUAL(n, 2);
    CU_ASSERT(d[0].account == 4 && d[0].day == 0 && d[0].n_rows == 2 && d[0].best == 0);
    CU_ASSERT(d[1].account == 9 && d[1].best == 6);
    CU_ASSERT(held[0].account == 4 && held[0].day == 0 && held[0].best == 2);
    CU_ASSERT(held[1].account == 4 && held[1].day == 1 && held[1].best == 3);
}

static void test_no_row_makes_no_group(void)
{
    const uint8_t none[7] = {0};
    const pa_day_rows left_out = {7, account, time, tx, margin, none};
    CU_ASSERT_EQUAL(pa_account_days(&(pa_day_rows){0}, NULL), 0);
    CU_ASSERT_EQUAL(pa_account_days(&left_out, NULL), 0);
}

static void test_alert_id_depends_on_account_and_day(void)
{
    char id[17] = {0}, other[17] = {0};
    pa_alert_id("customer-7", 10, 17744, id);
    CU_ASSERT_EQUAL(strspn(id, "0123456789abcdef"), 16);
    pa_alert_id("customer-7", 10, 17745, other);
    CU_ASSERT(memcmp(id, other, 16) != 0);
    pa_alert_id("customer-8", 10, 17744, other);
    CU_ASSERT(memcmp(id, other, 16) != 0);
    pa_alert_id("customer-7", 10, 17744, other);
    CU_ASSERT(memcmp(id, other, 16) == 0);
}

/* Case systems keep these ids over versions: XXH3_64bits("customer-7", seed 17744). */
static void test_alert_id_stays_what_it_was(void)
{
    char id[17] = {0};
    pa_alert_id("customer-7", 10, 17744, id);
    CU_ASSERT_STRING_EQUAL(id, "38e640f21dfc43c7");
}

static const pa_test tests[] = {
    {"what is held back leaves its place to the next",
     test_what_is_held_back_leaves_its_place_to_the_next},
    {"of equal rows the first is the oddest", test_of_equal_rows_the_first_is_the_oddest},
    {"rows are grouped by account and day", test_rows_are_grouped_by_account_and_day},
    {"no row makes no group", test_no_row_makes_no_group},
    {"alert id depends on account and day", test_alert_id_depends_on_account_and_day},
    {"alert id stays what it was", test_alert_id_stays_what_it_was},
};
PA_TEST_MAIN("account_days", tests)

#include "paraudit/base/eta.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const pa_eta_part parts[] = {{"read", 10}, {"fit", 30}, {"score", 40}, {"write", 20}};
enum { N = 4 };

static pa_eta begun(double now)
{
    pa_eta e;
    pa_eta_begin(&e, now);
    pa_eta_foresee(&e, N, parts);
    return e;
}

static void test_nothing_is_said_before_something_is_over(void)
{
    pa_eta e = begun(100);
    CU_ASSERT_EQUAL(pa_eta_left(&e, 100), -1);
    CU_ASSERT(pa_eta_enter(&e, "read", 100));
    CU_ASSERT_EQUAL(pa_eta_left(&e, 105), -1);
    pa_eta_count(&e, 0.5);
    CU_ASSERT_EQUAL(pa_eta_left(&e, 105), -1); /* 5 of 100 */
    CU_ASSERT_DOUBLE_EQUAL(pa_eta_done(&e, 105), 0.05, 1e-12);
}

/* All as foreseen, at 2 seconds a unit: exact at each moment. */
static void test_job_that_goes_as_foreseen_is_foretold_exactly(void)
{
    pa_eta e = begun(0);
    CU_ASSERT(pa_eta_enter(&e, "read", 0));
    CU_ASSERT(pa_eta_enter(&e, "fit", 20));
    CU_ASSERT_DOUBLE_EQUAL(pa_eta_left(&e, 20), 180, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(pa_eta_done(&e, 20), 0.1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(pa_eta_left(&e, 50), 150, 1e-9); /* nothing is counted */
    pa_eta_count(&e, 0.75);
    CU_ASSERT_DOUBLE_EQUAL(pa_eta_left(&e, 65), 135, 1e-9);
    CU_ASSERT(pa_eta_enter(&e, "score", 80));
    CU_ASSERT(pa_eta_enter(&e, "write", 160));
    CU_ASSERT_DOUBLE_EQUAL(pa_eta_left(&e, 190), 10, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(pa_eta_done(&e, 190), 0.95, 1e-12);
}

/* A part that counts its work is believed, the more the further it is. */
static void test_own_count_of_a_part_outweighs_what_was_foreseen(void)
{
    pa_eta e = begun(0);
    pa_eta_enter(&e, "read", 0);
    pa_eta_enter(&e, "fit", 10);
    pa_eta_count(&e, 0.9);
    /* 18 seconds for nine tenths, where 27 were foreseen: near 20 in all, and what is to
     * come by the speed of 37 units in 28 seconds. */
    double left = pa_eta_left(&e, 28);
    CU_ASSERT_DOUBLE_EQUAL(left, 2.3 + 60 * 28. / 37, 0.5);
}

static void test_what_was_told_never_rises(void)
{
    unsigned seed = 1;
    int wrong = 0;
    for (int round = 0; round < 200; round++) {
        pa_eta e = begun(0);
        double now = 0, left = INFINITY, done = 0;
        for (int i = 0; i < N; i++) {
            pa_eta_enter(&e, parts[i].name, now);
            for (int k = 0; k < 20; k++) {
                now += (double)(rand_r(&seed) % 100);
                if (rand_r(&seed) % 2) pa_eta_count(&e, (double)(rand_r(&seed) % 120) / 100);
                double l = pa_eta_left(&e, now), d = pa_eta_done(&e, now);
                if (l >= 0) {
                    wrong += l > left;
                    left = l;
                }
                wrong += d < done || d > 1;
                done = d;
            }
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_parts_that_never_come_cost_nothing(void)
{
    pa_eta e = begun(0);
    pa_eta_enter(&e, "read", 0);
    CU_ASSERT(pa_eta_enter(&e, "write", 10));
    CU_ASSERT_DOUBLE_EQUAL(pa_eta_left(&e, 10), 20, 1e-9);
    CU_ASSERT_FALSE(pa_eta_enter(&e, "fit", 11));
    CU_ASSERT_FALSE(pa_eta_enter(&e, "write", 11));
}

static void test_what_is_foreseen_anew_replaces_what_has_not_begun(void)
{
    static const pa_eta_part other[] = {{"train", 5}, {"write", 5}};
    pa_eta e = begun(0);
    pa_eta_enter(&e, "read", 0);
    pa_eta_foresee(&e, 2, other);
    CU_ASSERT_EQUAL(e.n, 3);
    CU_ASSERT_FALSE(pa_eta_enter(&e, "fit", 10));
    CU_ASSERT(pa_eta_enter(&e, "train", 10));
    CU_ASSERT_DOUBLE_EQUAL(pa_eta_left(&e, 10), 10, 1e-9);
}

static void test_more_parts_than_there_is_room_for_are_left_out(void)
{
    pa_eta_part many[PA_ETA_PARTS + 20];
    char name[PA_ETA_NAME + 40];
    pa_eta e;
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) many[i] = (pa_eta_part){name, 1};
    pa_eta_begin(&e, 0);
    pa_eta_foresee(&e, sizeof many / sizeof *many, many);
    CU_ASSERT_EQUAL(e.n, PA_ETA_PARTS);
    CU_ASSERT(pa_eta_enter(&e, name, 0));
    CU_ASSERT_EQUAL(strlen(e.entry[0].name), PA_ETA_NAME - 1);
}

static const pa_test tests[] = {
    {"nothing is said before something is over", test_nothing_is_said_before_something_is_over},
    {"job that goes as foreseen is foretold exactly",
     test_job_that_goes_as_foreseen_is_foretold_exactly},
    {"own count of a part outweighs what was foreseen",
     test_own_count_of_a_part_outweighs_what_was_foreseen},
    {"what was told never rises", test_what_was_told_never_rises},
    {"parts that never come cost nothing", test_parts_that_never_come_cost_nothing},
    {"what is foreseen anew replaces what has not begun",
     test_what_is_foreseen_anew_replaces_what_has_not_begun},
    {"more parts than there is room for are left out",
     test_more_parts_than_there_is_room_for_are_left_out},
};
PA_TEST_MAIN("eta", tests)

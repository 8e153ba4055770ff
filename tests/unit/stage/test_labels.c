#include "paraudit/stage/labels.h"
#include "unit.h"

/*  delay 7    row 0    1    2    3
 *  time           0    0    0    0
 *  found          -   20    3    -
 *  label          1    1    0   -1
 *  known from     7   20    7    7
 */
static void test_a_label_is_known_once_it_is_due_and_found(void)
{
    const int64_t time[] = {0, 0, 0, 0}, found[] = {INT64_MIN, 20, 3, INT64_MIN};
    const int8_t label[] = {1, 1, 0, -1};
    const pa_labels labels = {.time = time, .label = label, .label_time = found, .delay = 7};
    const int64_t from[] = {7, 20, 7, 7};
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(pa_label_known_from(&labels, i), from[i]);
        CU_ASSERT_EQUAL(pa_label_at(&labels, i, from[i] - 1), PA_LABEL_UNKNOWN);
        CU_ASSERT_EQUAL(pa_label_at(&labels, i, from[i]), (pa_label)label[i]);
    }
}

static void test_an_input_that_does_not_say_when_means_the_delay(void)
{
    const int64_t time[] = {100};
    const int8_t label[] = {1};
    const pa_labels labels = {.time = time, .label = label, .delay = 0};
    CU_ASSERT_EQUAL(pa_label_at(&labels, 0, 99), PA_LABEL_UNKNOWN);
    CU_ASSERT_EQUAL(pa_label_at(&labels, 0, 100), PA_LABEL_FRAUD);
}

/*  delay 7, time 0   row 0     1       2       3          4         5
 *  first               -       -       -       3          8         2
 *  before              -      (-)      9       8         10         3
 *  in the end     1 at 9  1 at 9  0 at 12  1 at 20   1 at 30   1 at 20
 *
 *  (-): it is not said when. Of what was found before it is due, as in the last row, the last
 * holds.
 */
static const int64_t never = INT64_MAX;

static void check_findings(const pa_labels *l, size_t row, size_t n, const pa_finding expected[])
{
    pa_finding found[PA_MOST_FINDINGS];
    CU_ASSERT_EQUAL_FATAL(pa_label_findings(l, row, found), n);
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_EQUAL(found[i].from, expected[i].from);
        CU_ASSERT_EQUAL(found[i].label, expected[i].label);
        CU_ASSERT_EQUAL(pa_label_at(l, row, expected[i].from), expected[i].label);
        CU_ASSERT_EQUAL(pa_label_at(l, row, expected[i].from - 1),
                        i > 0 ? expected[i - 1].label : PA_LABEL_UNKNOWN);
    }
    CU_ASSERT_EQUAL(pa_label_known_from(l, row), expected[0].from);
}

static void test_what_was_found_last_holds_at_every_moment(void)
{
    const int64_t time[6] = {0};
    const int8_t label[] = {1, 1, 0, 1, 1, 1};
    const int64_t found[] = {9, 9, 12, 20, 30, 20};
    const int64_t before[] = {never, INT64_MIN, 9, 8, 10, 3};
    const int64_t first[] = {never, never, never, 3, 8, 2};
    const pa_labels l = {time, label, found, 7, before, first};
    const pa_finding expected[6][PA_MOST_FINDINGS] = {
        {{9, PA_LABEL_FRAUD}},
        {{7, PA_LABEL_GENUINE}, {9, PA_LABEL_FRAUD}},
        {{9, PA_LABEL_FRAUD}, {12, PA_LABEL_GENUINE}},
        {{7, PA_LABEL_FRAUD}, {8, PA_LABEL_GENUINE}, {20, PA_LABEL_FRAUD}},
        {{8, PA_LABEL_FRAUD}, {10, PA_LABEL_GENUINE}, {30, PA_LABEL_FRAUD}},
        {{7, PA_LABEL_GENUINE}, {20, PA_LABEL_FRAUD}}};
    const size_t n[] = {1, 2, 2, 3, 3, 2};
    const int64_t fraud[] = {9, 9, 9, 7, 8, 20};
    const int64_t until[] = {never, never, 12, 8, 10, never};
    for (size_t i = 0; i < 6; i++) {
        check_findings(&l, i, n[i], expected[i]);
        CU_ASSERT_EQUAL(pa_fraud_known_from(&l, i), fraud[i]);
        CU_ASSERT_EQUAL(pa_fraud_known_until(&l, i), until[i]);
    }
}

static const pa_test tests[] = {
    {"what was found last holds at every moment", test_what_was_found_last_holds_at_every_moment},
    {"a label is known once it is due and found", test_a_label_is_known_once_it_is_due_and_found},
    {"an input that does not say when means the delay",
     test_an_input_that_does_not_say_when_means_the_delay},
};
PA_TEST_MAIN("labels", tests)

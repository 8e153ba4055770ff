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

static const pa_test tests[] = {
    {"a label is known once it is due and found", test_a_label_is_known_once_it_is_due_and_found},
    {"an input that does not say when means the delay",
     test_an_input_that_does_not_say_when_means_the_delay},
};
PA_TEST_MAIN("labels", tests)

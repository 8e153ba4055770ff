#include <math.h>

#include "paraudit/order/median.h"
#include "unit.h"

static void test_median_is_the_middle_or_the_mean_of_two(void)
{
    float odd[] = {3, -1, 2}, even[] = {4, 1, 3, 1.5f}, median;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_median_f32(3, odd, &median, &err), PA_OK);
    CU_ASSERT_EQUAL(median, 2);
    CU_ASSERT_EQUAL(pa_median_f32(4, even, &median, &err), PA_OK);
    CU_ASSERT_EQUAL(median, 2.25f);
    CU_ASSERT_EQUAL(pa_median_f32(0, even, &median, &err), PA_OK);
    CU_ASSERT(isnan(median));
}

static const pa_test tests[] = {
    {"median is the middle or the mean of two", test_median_is_the_middle_or_the_mean_of_two},
};
PA_TEST_MAIN("median", tests)

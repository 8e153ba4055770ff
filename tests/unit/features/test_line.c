#include "paraudit/features/line.h"

#include <string.h>

#include "unit.h"

/*   owner 0 at 100, 130     owner 2 at 100, 100        reach 50, span 30
 *   0 . . 30 |  50  | 80 ... 110 |  50  | 160 160 */
static void test_owners_are_further_apart_than_the_reach(void)
{
    const int32_t owner[] = {0, 0, 2, 2};
    const int64_t time[] = {100, 130, 100, 100};
    uint64_t stride = 0, at[4];
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_line_stride(100, 130, 50, 3, "accounts", &stride, &err), PA_OK);
    CU_ASSERT_EQUAL(stride, 80);
    pa_line_place(4, owner, time, 100, stride, at);
    CU_ASSERT_EQUAL(at[0], 0);
    CU_ASSERT_EQUAL(at[1], 30);
    CU_ASSERT_EQUAL(at[2], 160);
    CU_ASSERT_EQUAL(at[3], 160);
    CU_ASSERT(1 * stride - at[1] >= 50);
}

static void test_book_without_rows_has_a_line(void)
{
    uint64_t stride = 0;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_line_stride(INT64_MAX, INT64_MIN, 50, 0, "accounts", &stride, &err), PA_OK);
    CU_ASSERT_EQUAL(stride, 50);
}

static void test_line_that_does_not_fit_is_refused(void)
{
    uint64_t stride = 0;
    pa_error err = {0};
    CU_ASSERT_EQUAL(
        pa_line_stride(0, PA_TIME_LIMIT, 50, (int64_t)1 << 22, "merchants", &stride, &err), PA_OK);
    CU_ASSERT_EQUAL(
        pa_line_stride(0, PA_TIME_LIMIT, 50, (int64_t)1 << 23, "merchants", &stride, &err),
        PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "8388608 merchants"));
    CU_ASSERT_EQUAL(pa_line_stride(0, 1, INT64_MAX, 1, "merchants", &stride, &err), PA_E_DATA);
}

static void test_first_row_beyond_a_limit_is_named(void)
{
    const int64_t tx[] = {11, 12, 13}, time[] = {0, 5, PA_TIME_LIMIT + 1};
    const int64_t amount[] = {-PA_AMOUNT_LIMIT, PA_AMOUNT_LIMIT, 0},
                  large[] = {0, -PA_AMOUNT_LIMIT - 1, 0};
    pa_error err = {0}, later = {0};
    CU_ASSERT_EQUAL(pa_line_check(2, tx, time, amount, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_line_check(3, tx, time, amount, &err), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "transaction 13: time"));
    CU_ASSERT_EQUAL(pa_line_check(3, tx, time, large, &later), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(later.message, "transaction 12: amount"));
}

static const pa_test tests[] = {
    {"owners are further apart than the reach", test_owners_are_further_apart_than_the_reach},
    {"book without rows has a line", test_book_without_rows_has_a_line},
    {"line that does not fit is refused", test_line_that_does_not_fit_is_refused},
    {"first row beyond a limit is named", test_first_row_beyond_a_limit_is_named},
};
PA_TEST_MAIN("line", tests)

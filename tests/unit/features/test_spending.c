#include "paraudit/features/spending.h"

#include <math.h>

#include "naive_features.h"
#include "paraudit/features/line.h"
#include "unit.h"

enum { N = 700 };
static naive_row book[NAIVE_MOST_ROWS];
static naive_columns column;
static naive_outputs expected;
static float ratio[NAIVE_MOST_ROWS], z[NAIVE_MOST_ROWS];

static void test_columns_equal_the_naive_twin(void)
{
    static const int32_t accounts[] = {1, 9, 300};
    for (size_t k = 0; k < 3; k++) {
        naive_book(30 + k, N, accounts[k], 5, book);
        naive_sort(N, book, false);
        naive_to_columns(N, book, &column);
        naive_features(N, book, PA_WEEK, 64, expected);
        pa_account_spending(N, column.account, column.amount, 100, ratio, z);
        CU_ASSERT_EQUAL(naive_unlike(N, ratio, expected[PA_AMOUNT_RATIO_ACCOUNT]), 0);
        CU_ASSERT_EQUAL(
            naive_unlike_feature(PA_AMOUNT_Z_ACCOUNT, N, z, expected[PA_AMOUNT_Z_ACCOUNT]), 0);
    }
}

/* Ten amounts of 2.00, then 90.00 twice: the first counts as 6.00, and so does not make the
 * second a usual one. */
static void test_what_is_far_out_counts_as_three_times_the_mean(void)
{
    const int32_t account[13] = {0};
    const int64_t cents[] = {200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 9000, 9000, 200};
    pa_account_spending(13, account, cents, 100, ratio, z);
    CU_ASSERT_EQUAL(ratio[10], 45);
    CU_ASSERT_EQUAL(ratio[11], (float)(9000.0 * 11 / 2600));
    CU_ASSERT_EQUAL(z[10], 88); /* 1.00 at least */
    CU_ASSERT_DOUBLE_EQUAL(z[11], (9000 - 2600 / 11.0) / (400 * sqrt(10) / 11), 1e-3);
}

/*   account  0      1                        refunds leave a mean of 1.00 */
static void test_means_have_a_least_and_accounts_begin_anew(void)
{
    const int32_t account[] = {0, 1, 1, 1, 1};
    const int64_t cents[] = {5000, -300, 250, -100, 0};
    const float expected_ratio[] = {1, 1, 2.5f, -1, 0};
    pa_account_spending(5, account, cents, 100, ratio, z);
    CU_ASSERT_EQUAL(naive_unlike(5, ratio, expected_ratio), 0);
    CU_ASSERT_EQUAL(z[0], 0);
    CU_ASSERT_EQUAL(z[1], 0);
    CU_ASSERT_EQUAL(z[2], 5.5f);
}

static void test_largest_amounts_do_not_overflow(void)
{
    enum { MANY = 3000 };
    for (size_t i = 0; i < MANY; i++) {
        column.account[i] = 0;
        column.amount[i] = i % 2 ? PA_AMOUNT_LIMIT : -PA_AMOUNT_LIMIT;
        if (i > MANY / 2) column.amount[i] = PA_AMOUNT_LIMIT;
    }
    pa_account_spending(MANY, column.account, column.amount, 1, ratio, z);
    for (size_t i = 0; i < MANY; i++) CU_ASSERT(isfinite(ratio[i]) && isfinite(z[i]));
    for (size_t i = 0; i < MANY; i++) column.amount[i] = PA_AMOUNT_LIMIT;
    pa_account_spending(MANY, column.account, column.amount, 1, ratio, z);
    CU_ASSERT_EQUAL(ratio[MANY - 1], 1);
    CU_ASSERT_EQUAL(z[MANY - 1], 0);
}

static const pa_test tests[] = {
    {"columns equal the naive twin", test_columns_equal_the_naive_twin},
    {"what is far out counts as three times the mean",
     test_what_is_far_out_counts_as_three_times_the_mean},
    {"means have a least, and accounts begin anew",
     test_means_have_a_least_and_accounts_begin_anew},
    {"largest amounts do not overflow", test_largest_amounts_do_not_overflow},
};
PA_TEST_MAIN("spending", tests)

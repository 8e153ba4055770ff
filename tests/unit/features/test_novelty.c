#include "paraudit/features/novelty.h"

#include <math.h>

#include "naive_features.h"
#include "unit.h"

enum { N = 700 };
static naive_row book[NAIVE_MOST_ROWS];
static naive_columns column;
static naive_outputs expected;
static float got[NAIVE_MOST_ROWS], other[NAIVE_MOST_ROWS], ratio[NAIVE_MOST_ROWS];

static const pa_merchant_columns visits = {.earlier = got, .is_new = other, .days = ratio};

static void make_book(uint64_t seed, int32_t accounts)
{
    naive_book(seed, N, accounts, 12, book);
    naive_sort(N, book, false);
    naive_to_columns(N, book, &column);
    naive_features(N, book, PA_WEEK, 64, expected);
}

static void test_merchants_equal_the_naive_twin(void)
{
    static const int32_t accounts[] = {1, 3, 300};
    for (size_t k = 0; k < 3; k++) {
        make_book(80 + k, accounts[k]);
        pa_status st = pa_account_merchant(N, column.account, column.merchant, column.time,
                                           PA_VISIT_MEMORY, &visits, NULL);
        CU_ASSERT_EQUAL(st, PA_OK);
        CU_ASSERT_EQUAL(naive_unlike(N, got, expected[PA_ACCOUNT_MERCHANT_COUNT]), 0);
        CU_ASSERT_EQUAL(naive_unlike(N, other, expected[PA_MERCHANT_IS_NEW]), 0);
        CU_ASSERT_EQUAL(naive_unlike(N, ratio, expected[PA_ACCOUNT_MERCHANT_DAYS]), 0);
        st = pa_account_merchants(N, column.account, column.merchant, column.time, PA_DAY, got,
                                  NULL);
        CU_ASSERT_EQUAL(st, PA_OK);
        CU_ASSERT_EQUAL(naive_unlike(N, got, expected[PA_ACCOUNT_MERCHANTS_1D]), 0);
    }
}

static void test_codes_equal_the_naive_twin(void)
{
    static const pa_feature is_new[] = {PA_CATEGORY_IS_NEW, PA_CHANNEL_IS_NEW, PA_CURRENCY_IS_NEW,
                                        PA_COUNTRY_IS_NEW};
    static const pa_feature surprise[] = {PA_CATEGORY_SURPRISE, PA_CHANNEL_SURPRISE,
                                          PA_CURRENCY_SURPRISE, PA_COUNTRY_SURPRISE};
    const pa_code_columns out = {got, other, ratio};
    make_book(90, 4);
    for (int k = 0; k < NAIVE_CODES; k++) {
        pa_status st =
            pa_account_code(N, column.account, column.code[k], column.amount, &out, NULL);
        CU_ASSERT_EQUAL(st, PA_OK);
        CU_ASSERT_EQUAL(naive_unlike(N, got, expected[is_new[k]]), 0);
        CU_ASSERT_EQUAL(naive_unlike_feature(surprise[k], N, other, expected[surprise[k]]), 0);
        if (k == 0) {
            CU_ASSERT_EQUAL(naive_unlike(N, ratio, expected[PA_AMOUNT_RATIO_CATEGORY]), 0);
        }
    }
}

/* codes 5 - 5 7 5 of one account, 7 of another */
static void test_first_code_is_not_new_and_a_missing_one_says_nothing(void)
{
    const int32_t account[] = {0, 0, 0, 0, 0, 1}, code[] = {5, -1, 5, 7, 5, 7};
    const float is_new[] = {0, 0, 0, 1, 0, 0};
    const double share[] = {0.5, 1, 1.5 / 2, 0.5 / 3, 2.5 / 4, 0.5};
    const pa_code_columns out = {.is_new = got, .surprise = other};
    CU_ASSERT_EQUAL(pa_account_code(6, account, code, NULL, &out, NULL), PA_OK);
    CU_ASSERT_EQUAL(naive_unlike(6, got, is_new), 0);
    for (int i = 0; i < 6; i++) CU_ASSERT_DOUBLE_EQUAL(other[i], -log2(share[i]), 1e-6);
}

/*   merchant  a   b   a   a       c          window 10
 *   second    0   0   9   10      19 */
static void test_merchant_leaves_the_window_with_its_last_row(void)
{
    const int32_t account[5] = {0}, merchant[] = {3, 4, 3, 3, 5};
    const int64_t time[] = {0, 0, 9, 10, 19};
    const float different[] = {1, 2, 2, 1, 2};
    CU_ASSERT_EQUAL(pa_account_merchants(5, account, merchant, time, 10, got, NULL), PA_OK);
    CU_ASSERT_EQUAL(naive_unlike(5, got, different), 0);
}

static void test_no_rows_is_no_work(void)
{
    const pa_code_columns out = {got, other, ratio};
    pa_error err = {0};
    CU_ASSERT_EQUAL(
        pa_account_merchant(0, column.account, column.merchant, column.time, 1, &visits, &err),
        PA_OK);
    CU_ASSERT_EQUAL(
        pa_account_merchants(0, column.account, column.merchant, column.time, PA_DAY, got, &err),
        PA_OK);
    CU_ASSERT_EQUAL(pa_account_code(0, column.account, column.code[0], column.amount, &out, &err),
                    PA_OK);
}

static const pa_test tests[] = {
    {"merchants equal the naive twin", test_merchants_equal_the_naive_twin},
    {"codes equal the naive twin", test_codes_equal_the_naive_twin},
    {"first code is not new and a missing one says nothing",
     test_first_code_is_not_new_and_a_missing_one_says_nothing},
    {"merchant leaves the window with its last row",
     test_merchant_leaves_the_window_with_its_last_row},
    {"no rows is no work", test_no_rows_is_no_work},
};
PA_TEST_MAIN("novelty", tests)

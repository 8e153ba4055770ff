#include "paraudit/features/windows.h"

#include <math.h>

#include "naive_features.h"
#include "unit.h"

enum { N = 900 };
static naive_row book[NAIVE_MOST_ROWS];
static naive_columns column;
static float expected[PA_N_FEATURES][NAIVE_MOST_ROWS], got[NAIVE_MOST_ROWS], count[NAIVE_MOST_ROWS],
    mean[NAIVE_MOST_ROWS], ratio[NAIVE_MOST_ROWS];
static const pa_window_columns only_ratio = {.ratio = ratio},
                               sum_and_mean = {.sum = got, .mean = mean};
static uint64_t at[NAIVE_MOST_ROWS];

/* Rows in the order of owners, their twin's columns and their line. */
static void make_book(uint64_t seed, bool by_merchant)
{
    naive_book(seed, N, 7, 9, book);
    naive_sort(N, book, by_merchant);
    naive_to_columns(N, book, &column);
    naive_features(N, book, PA_WEEK, 64, expected);
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < N; i++) {
        if (column.time[i] < first) first = column.time[i];
        if (column.time[i] > last) last = column.time[i];
    }
    uint64_t stride = 0;
    CU_ASSERT_EQUAL(pa_line_stride(first, last, PA_MONTH, 9, "owners", &stride, NULL), PA_OK);
    pa_line_place(N, by_merchant ? column.merchant : column.account, column.time, first, stride,
                  at);
}

static const int64_t span[] = {PA_HOUR, PA_DAY, PA_WEEK, PA_MONTH};

static void test_account_windows_equal_the_naive_twin(void)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        make_book(seed, false);
        pa_line line = {.n = N, .at = at};
        for (int w = 0; w < 4; w++) {
            pa_window_count(&line, span[w], got);
            CU_ASSERT_EQUAL(naive_unlike(N, got, expected[PA_ACCOUNT_TX_COUNT_1H + w]), 0);
            const pa_window_columns all = {count, got, w ? mean : NULL, ratio};
            pa_window_amount(&line, column.amount, 100, span[w], &all);
            CU_ASSERT_EQUAL(naive_unlike(N, count, expected[PA_ACCOUNT_TX_COUNT_1H + w]), 0);
            CU_ASSERT_EQUAL(naive_unlike(N, got, expected[PA_ACCOUNT_AMOUNT_SUM_1H + w]), 0);
            if (w == 0) continue;
            CU_ASSERT_EQUAL(naive_unlike(N, mean, expected[PA_ACCOUNT_AMOUNT_MEAN_1D + w - 1]), 0);
        }
        CU_ASSERT_EQUAL(naive_unlike(N, ratio, expected[PA_AMOUNT_RATIO_30D]), 0);
        pa_window_count_above(&line, expected[PA_AMOUNT_ROBUST_Z], 3, PA_OUTLIER_SPAN, got);
        CU_ASSERT_EQUAL(naive_unlike(N, got, expected[PA_ACCOUNT_OUTLIERS_14D]), 0);
    }
}

/*   a line cut anywhere:   ... [begin   halo   first)[first   own   end) ...
 *   begin: any row that leaves at least the reach before `first` */
static void test_line_cut_anywhere_gives_the_same_rows(void)
{
    make_book(4, true);
    uint64_t random = 99;
    for (int i = 0; i < 200; i++) {
        size_t first = naive_random(&random, N), end = first + 1 + naive_random(&random, N - first);
        size_t begin = first;
        while (begin > 0 && at[first] - at[begin - 1] < PA_MONTH) begin--;
        begin -= naive_random(&random, begin + 1);
        pa_line line = {.n_halo = first - begin, .n = end - first, .at = at + begin};
        int w = (int)naive_random(&random, 4);
        pa_window_count(&line, span[w], got);
        CU_ASSERT_EQUAL(naive_unlike(line.n, got, expected[PA_MERCHANT_TX_COUNT_1H + w] + first),
                        0);
        pa_window_amount(&line, column.amount + begin, 100, PA_MONTH, &only_ratio);
        CU_ASSERT_EQUAL(naive_unlike(line.n, ratio, expected[PA_AMOUNT_RATIO_MERCHANT_30D] + first),
                        0);
    }
}

/* The share of flags is the mean of amounts of 1, in a line that is cut anywhere. */
static void test_flags_and_bursts_equal_the_naive_twin(void)
{
    static int8_t flag[NAIVE_MOST_ROWS];
    const pa_window_columns share = {.mean = mean};
    make_book(5, true);
    for (size_t i = 0; i < N; i++) {
        flag[i] = expected[PA_MERCHANT_IS_NEW][i] > 0;
        column.amount[i] = flag[i];
    }
    pa_line whole = {.n = N, .at = at};
    pa_window_flags(&whole, flag, PA_WEEK, count);
    pa_window_count(&whole, PA_WEEK, got);
    size_t unlike = 0;
    for (size_t i = 0; i < N; i++)
        unlike += expected[PA_MERCHANT_NEW_SHARE_7D][i] != (float)(count[i] / (double)got[i]);
    CU_ASSERT_EQUAL(unlike, 0);
    uint64_t random = 8;
    for (int i = 0; i < 100; i++) {
        size_t first = naive_random(&random, N), begin = first;
        while (begin > 0 && at[first] - at[begin - 1] < PA_WEEK) begin--;
        pa_line line = {.n_halo = first - begin, .n = N - first, .at = at + begin};
        pa_window_amount(&line, column.amount + begin, 1, PA_WEEK, &share);
        CU_ASSERT_EQUAL(naive_unlike(line.n, mean, expected[PA_MERCHANT_NEW_SHARE_7D] + first), 0);
    }
    pa_window_burst(N, expected[PA_MERCHANT_TX_COUNT_1D], expected[PA_MERCHANT_TX_COUNT_30D], got);
    CU_ASSERT_EQUAL(naive_unlike(N, got, expected[PA_MERCHANT_BURST_1D]), 0);
}

static void test_window_opens_just_after_its_length(void)
{
    const uint64_t seconds[] = {1000, 1000 + 59, 1000 + 60, 1000 + 60};
    pa_line line = {.n = 4, .at = seconds};
    pa_window_count(&line, 60, got);
    CU_ASSERT_EQUAL(got[0], 1);
    CU_ASSERT_EQUAL(got[1], 2);
    CU_ASSERT_EQUAL(got[2], 2); /* a row exactly 60 seconds old is out */
    CU_ASSERT_EQUAL(got[3], 3); /* the tie before it is in */
}

static void test_largest_amounts_do_not_overflow(void)
{
    enum { MANY = 3000 }; /* 3000 * 2^53 is beyond 64 bits */
    for (size_t i = 0; i < MANY; i++) {
        at[i] = 0;
        column.amount[i] = PA_AMOUNT_LIMIT;
    }
    pa_line line = {.n = MANY, .at = at};
    pa_window_amount(&line, column.amount, 100, 60, &sum_and_mean);
    double largest = (double)PA_AMOUNT_LIMIT;
    CU_ASSERT_EQUAL(got[MANY - 1], (float)(MANY * largest / 100.0));
    CU_ASSERT_EQUAL(mean[MANY - 1], (float)(largest / 100.0));
    pa_window_amount(&line, column.amount, 100, 60, &only_ratio);
    CU_ASSERT_EQUAL(ratio[MANY - 1], 1.0f);
}

static void test_ratio_to_refunds_is_finite(void)
{
    const uint64_t seconds[] = {0, 1, 2, 3};
    const int64_t cents[] = {-500, 500, 100, 700};
    pa_line line = {.n = 4, .at = seconds};
    pa_window_amount(&line, cents, 100, 60, &only_ratio);
    CU_ASSERT_EQUAL(ratio[0], 1.0f);  /* none before */
    CU_ASSERT_EQUAL(ratio[1], 1.0f);  /* sum -500 */
    CU_ASSERT_EQUAL(ratio[2], 1.0f);  /* sum 0 */
    CU_ASSERT_EQUAL(ratio[3], 21.0f); /* mean 100 / 3 */
}

/*   second   0   5   9  10  10  15  30       window 10
 *   value    2   3  -1   1   3   1   1 */
static void test_largest_is_of_the_rows_before(void)
{
    const uint64_t seconds[] = {0, 5, 9, 10, 10, 15, 30};
    const float value[] = {2, 3, -1, 1, 3, 1, 1}, largest[] = {0, 2, 3, 3, 3, 3, 0};
    pa_line line = {.n = 7, .at = seconds};
    CU_ASSERT_EQUAL(pa_window_largest_before(&line, value, 10, got, NULL), PA_OK);
    CU_ASSERT_EQUAL(naive_unlike(7, got, largest), 0);
}

static void test_no_rows_is_no_work(void)
{
    pa_line line = {.n = 0, .at = at};
    pa_window_count(&line, 60, got);
    pa_window_amount(&line, column.amount, 100, 60, &sum_and_mean);
    pa_window_amount(&line, column.amount, 100, 60, &only_ratio);
    CU_ASSERT_EQUAL(pa_window_largest_before(&line, ratio, 60, got, NULL), PA_OK);
    CU_ASSERT(isfinite(got[0]));
}

static const pa_test tests[] = {
    {"account windows equal the naive twin", test_account_windows_equal_the_naive_twin},
    {"line cut anywhere gives the same rows", test_line_cut_anywhere_gives_the_same_rows},
    {"flags and bursts equal the naive twin", test_flags_and_bursts_equal_the_naive_twin},
    {"window opens just after its length", test_window_opens_just_after_its_length},
    {"largest amounts do not overflow", test_largest_amounts_do_not_overflow},
    {"ratio to refunds is finite", test_ratio_to_refunds_is_finite},
    {"largest is of the rows before", test_largest_is_of_the_rows_before},
    {"no rows is no work", test_no_rows_is_no_work},
};
PA_TEST_MAIN("windows", tests)

#include "paraudit/features/account_fraud.h"

#include "naive_features.h"
#include "unit.h"

enum { N = 700 };
static naive_row book[NAIVE_MOST_ROWS];
static naive_columns column;
static naive_outputs expected;
static float count[NAIVE_MOST_ROWS], days[NAIVE_MOST_ROWS];

static void expect_the_twin(int64_t delay)
{
    pa_labels labels = {column.time,
                        column.label,
                        column.label_time,
                        delay,
                        column.label_before_time,
                        column.label_first_time};
    naive_to_columns(N, book, &column);
    naive_features(N, book, delay, 64, expected);
    CU_ASSERT_EQUAL(
        pa_account_fraud(N, column.account, &labels, PA_FRAUD_MEMORY, count, days, NULL), PA_OK);
    CU_ASSERT_EQUAL(naive_unlike(N, count, expected[PA_ACCOUNT_FRAUD_COUNT]), 0);
    CU_ASSERT_EQUAL(naive_unlike(N, days, expected[PA_ACCOUNT_FRAUD_AGE_DAYS]), 0);
}

static void test_columns_equal_the_naive_twin(void)
{
    static const int64_t delay[] = {0, 1, PA_HOUR, PA_WEEK, 100 * PA_DAY};
    for (size_t d = 0; d < sizeof delay / sizeof *delay; d++) {
        naive_book(110 + d, N, 7, 5, book);
        naive_sort(N, book, false);
        expect_the_twin(delay[d]);
        for (size_t i = 0; i < N; i++) book[i].label = 1; /* and in any order of knowing */
        expect_the_twin(delay[d]);
        naive_changes(d, N, book);
        expect_the_twin(delay[d]);
        naive_book(110 + d, N, 7, 5, book);
        naive_sort(N, book, false);
        naive_in_time(N, book);
        expect_the_twin(delay[d]);
    }
}

/*   second   0   3   5   5   9  12        delay 5
 *   label    1   1   1   0   0   0
 *   found    -  12   -   -   -   - */
static void test_label_is_known_when_due_and_found(void)
{
    const int32_t account[6] = {0};
    const int64_t time[] = {0, 3, 5, 5, 9, 12};
    const int64_t found[] = {INT64_MIN, 12, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN};
    const int8_t label[] = {1, 1, 1, 0, 0, 0};
    const float known[] = {0, 0, 1, 1, 1, 3}, since[] = {20, 20, 5, 5, 9, 7};
    const pa_labels labels = {time, label, found, 5, NULL, NULL};
    CU_ASSERT_EQUAL(pa_account_fraud(6, account, &labels, 20, count, days, NULL), PA_OK);
    CU_ASSERT_EQUAL(naive_unlike(6, count, known), 0);
    for (int i = 0; i < 6; i++) CU_ASSERT_EQUAL(days[i], (float)(since[i] / 86400.0));
}

static void test_without_a_delay_a_row_does_not_know_itself(void)
{
    const int32_t account[] = {0, 0, 1};
    const int64_t time[] = {3, 3, 3};
    const int8_t label[] = {1, 1, 1};
    const float known[] = {0, 1, 0};
    const pa_labels labels = {time, label, NULL, 0, NULL, NULL};
    CU_ASSERT_EQUAL(pa_account_fraud(3, account, &labels, 20, count, days, NULL), PA_OK);
    CU_ASSERT_EQUAL(naive_unlike(3, count, known), 0);
    CU_ASSERT_EQUAL(days[1], 0);
    CU_ASSERT_EQUAL(pa_account_fraud(0, account, &labels, 20, count, days, NULL), PA_OK);
}

static const pa_test tests[] = {
    {"columns equal the naive twin", test_columns_equal_the_naive_twin},
    {"label is known when it is due and found", test_label_is_known_when_due_and_found},
    {"without a delay a row does not know itself", test_without_a_delay_a_row_does_not_know_itself},
};
PA_TEST_MAIN("account_fraud", tests)

#include "paraudit/features/known_fraud.h"

#include <string.h>

#include "naive_features.h"
#include "unit.h"

enum { N = 600 };
static naive_row book[NAIVE_MOST_ROWS];
static naive_columns column;
static float expected[PA_N_FEATURES][NAIVE_MOST_ROWS], got[NAIVE_MOST_ROWS], rate[NAIVE_MOST_ROWS];
static uint64_t at[NAIVE_MOST_ROWS];
static int8_t label[NAIVE_MOST_ROWS];
static int32_t lateness[NAIVE_MOST_ROWS];

static bool changing; /* labels do */
static int8_t fraud[NAIVE_MOST_ROWS];
static pa_label_change change[NAIVE_MOST_ROWS];

static void make_book(uint64_t seed, int64_t delay, bool late)
{
    naive_book(seed, N, 7, 5, book);
    if (!late) naive_in_time(N, book);
    naive_sort(N, book, true);
    naive_to_columns(N, book, &column);
    naive_features(N, book, delay, 64, expected);
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < N; i++) {
        if (column.time[i] < first) first = column.time[i];
        if (column.time[i] > last) last = column.time[i];
    }
    uint64_t stride = 0;
    CU_ASSERT_EQUAL(
        pa_line_stride(first, last, delay + PA_FRAUD_MEMORY, 5, "merchants", &stride, NULL), PA_OK);
    pa_line_place(N, column.merchant, column.time, first, stride, at);
}

static void known_rate(const pa_line *line, const int8_t labels[], const pa_late_labels *late,
                       int64_t delay, int64_t window)
{
    const pa_known_window one = {window, 1, got, rate};
    pa_known_rates(line, labels, late, delay, 1, &one);
}

/* How many values of the windows differ: all in one pass. */
static size_t unlike_windows(const pa_line *line, const pa_late_labels *late, size_t first,
                             int64_t delay)
{
    static float count[3][NAIVE_MOST_ROWS], share[4][NAIVE_MOST_ROWS];
    const pa_known_window window[] = {{PA_DAY, 1, count[0], share[0]},
                                      {PA_WEEK, 1, count[1], share[1]},
                                      {PA_MONTH, 1, count[2], share[2]},
                                      {PA_FRAUD_SPAN, 2, NULL, share[3]}};
    size_t unlike = 0, n = line->n;
    pa_known_rates(line, label, late, delay, 4, window);
    for (int w = 0; w < 3; w++) {
        unlike += naive_unlike(n, count[w], expected[PA_MERCHANT_TX_COUNT_DELAYED_1D + w] + first);
        unlike += naive_unlike(n, share[w], expected[PA_MERCHANT_FRAUD_RATE_1D + w] + first);
        known_rate(line, label, late, delay, window[w].window);
        unlike += naive_unlike(n, got, count[w]) + naive_unlike(n, rate, share[w]);
    }
    return unlike + naive_unlike(n, share[3], expected[PA_MERCHANT_OWN_FRAUD_RATE_35D] + first);
}

/* How many values of the rows [first, first + n) differ from the twin's, with a
 * halo from `begin` on. Frauds that their account does not explain are of kind 2. */
static size_t unlike_twin(size_t begin, size_t first, size_t n, int64_t delay)
{
    pa_line line = {.n_halo = first - begin, .n = n, .at = at + begin};
    pa_late_labels late = {0};
    const pa_labels labels = {column.time,
                              column.label,
                              column.label_time,
                              delay,
                              column.label_before_time,
                              column.label_first_time};
    memcpy(fraud, column.label, N);
    pa_label_lateness(N, column.time, column.label_time, delay, PA_FRAUD_MEMORY, lateness);
    if (changing) pa_label_changes(&labels, N, PA_FRAUD_MEMORY, fraud, lateness, change);
    for (size_t i = begin; i < first + n; i++) {
        bool own = fraud[i] == 1 && expected[PA_AMOUNT_ROBUST_Z][i] <= 3;
        label[i - begin] = own ? 2 : fraud[i];
    }
    CU_ASSERT_EQUAL(pa_late_labels_make(&line, lateness + begin, changing ? change + begin : NULL,
                                        delay, label, &late, NULL),
                    PA_OK);
    const pa_late_labels *some = late.n ? &late : NULL;
    size_t unlike = unlike_windows(&line, some, first, delay);
    pa_known_fraud_recency(&line, label, some, delay, PA_FRAUD_MEMORY, got, rate);
    pa_late_labels_free(&late);
    unlike += naive_unlike(n, got, expected[PA_MERCHANT_FRAUD_AGE_DAYS] + first);
    unlike += naive_unlike(n, rate, expected[PA_MERCHANT_FRAUD_RUN] + first);
    return unlike;
}

static void test_known_frauds_equal_the_naive_twin(void)
{
    static const int64_t delay[] = {0, 1, PA_HOUR, PA_WEEK, PA_FRAUD_MEMORY + 5};
    for (size_t d = 0; d < sizeof delay / sizeof *delay; d++) {
        make_book(20 + d, delay[d], false);
        CU_ASSERT_EQUAL(unlike_twin(0, 0, N, delay[d]), 0);
    }
}

static void test_late_labels_equal_the_naive_twin(void)
{
    static const int64_t delay[] = {0, 1, PA_HOUR, PA_WEEK, PA_FRAUD_MEMORY + 5};
    for (size_t d = 0; d < sizeof delay / sizeof *delay; d++) {
        make_book(40 + d, delay[d], true);
        CU_ASSERT_EQUAL(unlike_twin(0, 0, N, delay[d]), 0);
    }
}

/* Frauds only, nearly all of them late: runs join as labels come in. */
static void test_late_labels_of_frauds_alone_equal_the_naive_twin(void)
{
    make_book(50, PA_DAY, true);
    for (size_t i = 0; i < N; i++) book[i].label = column.label[i] = 1;
    naive_features(N, book, PA_DAY, 64, expected);
    CU_ASSERT_EQUAL(unlike_twin(0, 0, N, PA_DAY), 0);
}

/*   second          0   5   6  25  29  31        delay 5, memory 100
 *   label           1   1   1   0   0   0
 *   found at        -  29  11   -   -   -        the second label is late */
static void test_late_label_counts_from_the_second_it_is_found(void)
{
    const uint64_t second[] = {0, 5, 6, 25, 29, 31};
    const int64_t time[] = {0, 5, 6, 25, 29, 31};
    const int64_t found[] = {INT64_MIN, 29, 11, 0, 0, 0};
    const float share[] = {0, 1, 1, 2.0f / 3, 1, 3.0f / 4};
    const float run[] = {0, 1, 1, 1, 3, 0};
    int8_t labels[] = {1, 1, 1, 0, 0, 0};
    int32_t late[6];
    pa_late_labels l = {0};
    pa_line line = {.n = 6, .at = second};
    pa_label_lateness(6, time, found, 5, 100, late);
    CU_ASSERT_EQUAL(late[0], 0);
    CU_ASSERT_EQUAL(late[1], 19);
    CU_ASSERT_EQUAL(late[2], 0);
    CU_ASSERT_EQUAL(pa_late_labels_make(&line, late, NULL, 5, labels, &l, NULL), PA_OK);
    CU_ASSERT_EQUAL(l.n, 1);
    known_rate(&line, labels, &l, 5, 100);
    CU_ASSERT_EQUAL(naive_unlike(6, rate, share), 0);
    pa_known_fraud_recency(&line, labels, &l, 5, 100, got, rate);
    CU_ASSERT_EQUAL(naive_unlike(6, rate, run), 0);
    pa_late_labels_free(&l);
}

/*   found           1 at 8, 0 at 12, 1 at 20     delay 5: known for a fraud from 8 until 12
 *                   1 at 2, 0 at 3, 1 at 20      from 20 on, and passes for genuine from 5 on
 *                   0 at 5, 1 at 200             forgotten before it is found
 *                   1 at 8, 0 at 200             so late is what is taken back */
static void test_changes_are_told_by_the_first_fraud(void)
{
    const int64_t time[4] = {0}, never = INT64_MAX;
    const int64_t found[] = {20, 20, 200, 200}, before[] = {12, 3, 5, 8};
    const int64_t first[] = {8, 2, never, never};
    int8_t labels[] = {1, 1, 1, 0};
    int32_t late[4];
    pa_label_change c[4];
    const pa_labels l = {time, labels, found, 5, before, first};
    pa_label_lateness(4, time, found, 5, 100, late);
    pa_label_changes(&l, 4, 100, labels, late, c);
    const int8_t label_then[] = {1, 1, 0, 1};
    const int32_t late_then[] = {3, 15, 0, 3}, good[] = {-1, 0, -1, -1}, back[] = {7, -1, -1, -1};
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(labels[i], label_then[i]);
        CU_ASSERT_EQUAL(late[i], late_then[i]);
        CU_ASSERT_EQUAL(c[i].good, good[i]);
        CU_ASSERT_EQUAL(c[i].back, back[i]);
    }
}

static void test_labels_that_change_equal_the_naive_twin(void)
{
    static const int64_t delay[] = {0, 1, PA_HOUR, PA_WEEK, PA_FRAUD_MEMORY + 5};
    changing = true;
    for (size_t d = 0; d < 4 * sizeof delay / sizeof *delay; d++) {
        make_book(300 + d, delay[d / 4], true);
        for (size_t i = 0; d % 2 && i < N; i++) book[i].label = 1;
        naive_changes(d, N, book);
        naive_to_columns(N, book, &column);
        naive_features(N, book, delay[d / 4], 64, expected);
        CU_ASSERT_EQUAL(unlike_twin(0, 0, N, delay[d / 4]), 0);
    }
    changing = false;
}

static void test_line_cut_anywhere_gives_the_same_rows(void)
{
    int64_t delay = PA_DAY;
    make_book(31, delay, true);
    uint64_t random = 7;
    for (int i = 0; i < 200; i++) {
        size_t first = naive_random(&random, N), n = 1 + naive_random(&random, N - first);
        size_t begin = first;
        while (begin > 0 && at[first] - at[begin - 1] < (uint64_t)(delay + PA_FRAUD_MEMORY))
            begin--;
        begin -= naive_random(&random, begin + 1);
        CU_ASSERT_EQUAL(unlike_twin(begin, first, n, delay), 0);
    }
}

/*   second   0      5      5      9     10     15     15
 *   label    1      1     -1      1      0      1      1     delay 5, memory 10 */
static void test_label_is_known_after_the_delay_and_not_before(void)
{
    const uint64_t second[] = {0, 5, 5, 9, 10, 15, 15};
    const int8_t labels[] = {1, 1, -1, 1, 0, 1, 1};
    pa_line line = {.n = 7, .at = second};
    const float rows[] = {0, 1, 1, 1, 3, 4, 4}, share[] = {0, 1, 1, 1, 2.0f / 3, 0.5f, 0.5f};
    const float run[] = {0, 1, 1, 1, 0, 0, 0};
    known_rate(&line, labels, NULL, 5, 10);
    CU_ASSERT_EQUAL(naive_unlike(7, got, rows), 0);
    CU_ASSERT_EQUAL(naive_unlike(7, rate, share), 0);
    pa_known_fraud_recency(&line, labels, NULL, 5, 10, got, rate);
    CU_ASSERT_EQUAL(naive_unlike(7, rate, run), 0);
    CU_ASSERT_EQUAL(got[0], (float)(10 / 86400.0));
    CU_ASSERT_EQUAL(got[1], (float)(5 / 86400.0));
    CU_ASSERT_EQUAL(got[3], (float)(9 / 86400.0));
    CU_ASSERT_EQUAL(got[5], (float)(6 / 86400.0));
}

static void test_without_a_delay_a_row_does_not_know_itself(void)
{
    const uint64_t second[] = {3, 3};
    const int8_t labels[] = {1, 1};
    pa_line line = {.n = 2, .at = second};
    known_rate(&line, labels, NULL, 0, 10);
    CU_ASSERT_EQUAL(got[0], 0);
    CU_ASSERT_EQUAL(rate[0], 0);
    CU_ASSERT_EQUAL(got[1], 1);
    CU_ASSERT_EQUAL(rate[1], 1);
}

static const pa_test tests[] = {
    {"labels that change equal the naive twin", test_labels_that_change_equal_the_naive_twin},
    {"changes are told by the first fraud", test_changes_are_told_by_the_first_fraud},
    {"known frauds equal the naive twin", test_known_frauds_equal_the_naive_twin},
    {"late labels equal the naive twin", test_late_labels_equal_the_naive_twin},
    {"late labels of frauds alone equal the naive twin",
     test_late_labels_of_frauds_alone_equal_the_naive_twin},
    {"late label counts from the second it is found",
     test_late_label_counts_from_the_second_it_is_found},
    {"line cut anywhere gives the same rows", test_line_cut_anywhere_gives_the_same_rows},
    {"label is known after the delay and not before",
     test_label_is_known_after_the_delay_and_not_before},
    {"without a delay a row does not know itself", test_without_a_delay_a_row_does_not_know_itself},
};
PA_TEST_MAIN("known_fraud", tests)

#include "paraudit/features/fraud_runs.h"

#include <string.h>

#include "naive_features.h"
#include "unit.h"

enum { N = 600, MERCHANTS = 5, N_COLUMNS = 5 };
static const pa_feature feature[N_COLUMNS] = {
    PA_MERCHANT_FRAUD_START_DAYS, PA_MERCHANT_FRAUD_SHARE_LAST, PA_MERCHANT_OWN_FRAUD_START_DAYS,
    PA_MERCHANT_OWN_FRAUD_AGE_DAYS, PA_MERCHANT_OWN_FRAUD_RUN};
static const int64_t delays[] = {0, 1, PA_HOUR, PA_WEEK, PA_FRAUD_MEMORY + 5};
enum { N_DELAYS = sizeof delays / sizeof *delays };

static naive_row book[NAIVE_MOST_ROWS];
static naive_columns column;
static naive_outputs expected;
static float got[N_COLUMNS][NAIVE_MOST_ROWS];
static uint64_t at[NAIVE_MOST_ROWS], stride;
static int8_t event[NAIVE_MOST_ROWS];
static int32_t lateness[NAIVE_MOST_ROWS];
static const pa_fraud_run_columns columns = {.start_days = got[0],
                                             .last_share = got[1],
                                             .unexplained_start_days = got[2],
                                             .unexplained_days = got[3],
                                             .unexplained = got[4]};

static bool changing; /* labels do */
static int8_t fraud[NAIVE_MOST_ROWS];
static pa_label_change change[NAIVE_MOST_ROWS];

static void place_book(int64_t delay)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    naive_sort(N, book, true);
    naive_to_columns(N, book, &column);
    naive_features(N, book, delay, 64, expected);
    for (size_t i = 0; i < N; i++) {
        if (column.time[i] < first) first = column.time[i];
        if (column.time[i] > last) last = column.time[i];
    }
    CU_ASSERT_EQUAL(
        pa_line_stride(first, last, delay + PA_FRAUD_MEMORY, MERCHANTS, "merchants", &stride, NULL),
        PA_OK);
    pa_line_place(N, column.merchant, column.time, first, stride, at);
    pa_label_lateness(N, column.time, column.label_time, delay, PA_FRAUD_MEMORY, lateness);
    const pa_labels labels = {column.time,
                              column.label,
                              column.label_time,
                              delay,
                              column.label_before_time,
                              column.label_first_time};
    memcpy(fraud, column.label, N);
    if (changing) pa_label_changes(&labels, N, PA_FRAUD_MEMORY, fraud, lateness, change);
}

/* The events from row `begin` on, with late ones. */
static void make_events(size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++) {
        event[i - begin] = fraud[i];
        if (fraud[i] == 1 && expected[PA_AMOUNT_ROBUST_Z][i] <= 3)
            event[i - begin] = PA_UNEXPLAINED_FRAUD;
        if (lateness[i] == PA_FRAUD_MEMORY) event[i - begin] = PA_NO_EVENT;
    }
}

/* Rows [first, end) as a rank would have them, `state` what it is told: it leaves there what
 * the next one is told. Returns how many values differ from the twin's. */
static size_t unlike_twin(size_t first, size_t end, size_t more, int64_t delay,
                          pa_fraud_state *state)
{
    size_t begin = first, unlike = 0;
    while (begin > 0 && at[first] - at[begin - 1] < (uint64_t)(delay + PA_FRAUD_MEMORY)) begin--;
    begin -= more < begin ? more : begin;
    pa_line line = {.n_halo = first - begin, .n = end - first, .at = at + begin};
    pa_late_labels late = {0};
    make_events(begin, end);
    pa_status st = pa_late_labels_make(&line, lateness + begin, changing ? change + begin : NULL,
                                       delay, event, &late, NULL);
    CU_ASSERT_EQUAL(st, PA_OK);
    pa_fraud_events events = {&line, event, late.n ? &late : NULL, stride, delay, PA_FRAUD_GAP};
    if (first == 0 || at[first - 1] / stride != at[first] / stride) *state = (pa_fraud_state){0};
    pa_fraud_runs(&events, state, PA_FRAUD_MEMORY, &columns);
    for (int c = 0; c < N_COLUMNS; c++) {
        unlike += naive_unlike(line.n, got[c], expected[feature[c]] + first);
    }
    if (end < N) {
        pa_fraud_state part;
        pa_fraud_state_of(&events, at[end], &part);
        if (at[end - 1] / stride != at[first] / stride) *state = (pa_fraud_state){0};
        pa_fraud_state_join(state, PA_FRAUD_GAP, &part);
        *state = part;
    }
    pa_late_labels_free(&late);
    return unlike;
}

static void test_columns_equal_the_naive_twin(void)
{
    for (size_t d = 0; d < 2 * N_DELAYS; d++) {
        pa_fraud_state state;
        naive_book(20 + d, N, 7, MERCHANTS, book);
        if (d % 2) naive_in_time(N, book);
        place_book(delays[d / 2]);
        CU_ASSERT_EQUAL(unlike_twin(0, N, 0, delays[d / 2], &state), 0);
    }
}

/* Frauds often, so that runs are long and many cuts run through them. */
static void more_frauds(uint64_t *random, int of_ten)
{
    for (size_t i = 0; i < N; i++) {
        if ((int)naive_random(random, 10) < of_ten) book[i].label = 1;
    }
}

static void test_line_cut_anywhere_gives_the_same_rows(void)
{
    uint64_t random = 7;
    for (size_t d = 0; d < 20 * N_DELAYS; d++) {
        int64_t delay = delays[d % N_DELAYS];
        naive_book(60 + d, N, 7, MERCHANTS, book);
        if (d / N_DELAYS % 2) naive_in_time(N, book);
        more_frauds(&random, (int)(d / N_DELAYS % 5) * 2);
        place_book(delay);
        pa_fraud_state state;
        for (size_t first = 0, end, unlike; first < N; first = end) {
            end = first + 1 + naive_random(&random, naive_random(&random, 3) ? 9 : 300);
            if (end > N) end = N;
            unlike = unlike_twin(first, end, naive_random(&random, 20), delay, &state);
            CU_ASSERT_EQUAL(unlike, 0);
        }
    }
}

/* States of three pieces of events joined in either order of joining. */
static void test_joining_is_associative(void)
{
    uint64_t random = 3;
    for (int round = 0; round < 150; round++) {
        pa_fraud_state part[3], left, right;
        int64_t delay = delays[round % N_DELAYS];
        if (round % 30 < N_DELAYS) {
            naive_book(200 + (uint64_t)round, N, 7, 1, book);
            more_frauds(&random, 5);
            place_book(delay);
        }
        size_t cut = 1 + naive_random(&random, N / 2), piece = 1 + naive_random(&random, 30);
        for (size_t p = 0; p < 3; p++, cut += piece) {
            pa_line line = {.n = piece, .at = at + cut};
            make_events(cut, cut + piece);
            pa_fraud_events events = {&line, event, NULL, stride, delay, PA_FRAUD_GAP};
            pa_fraud_state_of(&events, at[cut + piece - 1] + (uint64_t)delay, &part[p]);
        }
        left = part[1];
        pa_fraud_state_join(&part[0], PA_FRAUD_GAP, &left);
        right = part[2];
        pa_fraud_state_join(&left, PA_FRAUD_GAP, &right);
        left = part[2];
        pa_fraud_state_join(&part[1], PA_FRAUD_GAP, &left);
        pa_fraud_state_join(&part[0], PA_FRAUD_GAP, &left);
        CU_ASSERT_EQUAL(memcmp(&left, &right, sizeof left), 0);
    }
}

/*   second        0   4   8  20  21  31        delay 5, gap 10
 *   event         u   e   u   u   g   u        (unexplained, explained, genuine)
 *   known at      5   9  13  25  26  36
 *
 *   row at        9      14      24      25      26      40
 *   all           0 4    0 4 8   -       20      -       31
 *   unexplained   0      0 8     -       20      20      31 */
static void test_runs_end_by_the_gap_and_one_of_them_with_a_genuine_row(void)
{
    const uint64_t second[] = {0, 4, 8, 9, 14, 20, 21, 24, 25, 26, 31, 40};
    const int8_t what[] = {2, 1, 2, -1, -1, 2, 0, -1, -1, -1, 2, -1};
    const size_t row[] = {3, 4, 7, 8, 9, 11};
    const float start[] = {9, 14, 99, 5, 99, 9}, share[] = {1, 1, 1, 1, .8f, .8f};
    const float own_start[] = {9, 14, 99, 5, 6, 9}, own_last[] = {9, 6, 99, 5, 6, 9};
    const float own[] = {1, 2, 0, 1, 1, 1};
    pa_line line = {.n = 12, .at = second};
    pa_fraud_events events = {&line, what, NULL, 1000, 5, 10};
    pa_fraud_state none = {0};
    pa_fraud_runs(&events, &none, 99, &columns);
    for (int k = 0; k < 6; k++) {
        CU_ASSERT_EQUAL(got[0][row[k]], (float)(start[k] / 86400.0));
        CU_ASSERT_EQUAL(got[1][row[k]], share[k]);
        CU_ASSERT_EQUAL(got[2][row[k]], (float)(own_start[k] / 86400.0));
        CU_ASSERT_EQUAL(got[3][row[k]], (float)(own_last[k] / 86400.0));
        CU_ASSERT_EQUAL(got[4][row[k]], own[k]);
    }
}

static void test_no_rows_is_no_work(void)
{
    pa_line line = {.n = 0, .at = at};
    pa_fraud_events events = {&line, event, NULL, 1000, 5, 10};
    pa_fraud_state none = {0};
    pa_fraud_runs(&events, &none, 99, &columns);
}

/* And any cut. */
static void test_labels_that_change_equal_the_naive_twin(void)
{
    uint64_t random = 9;
    changing = true;
    for (size_t d = 0; d < 2 * N_DELAYS; d++) {
        int64_t delay = delays[d % N_DELAYS];
        size_t cut = 1 + naive_random(&random, N - 1);
        pa_fraud_state state = {0};
        naive_book(200 + d, N, 7, MERCHANTS, book);
        more_frauds(&random, d % 2 ? 6 : 0);
        naive_changes(d, N, book);
        place_book(delay);
        CU_ASSERT_EQUAL(unlike_twin(0, N, 0, delay, &state), 0);
        CU_ASSERT_EQUAL(unlike_twin(0, cut, 0, delay, &state), 0);
        CU_ASSERT_EQUAL(unlike_twin(cut, N, 0, delay, &state), 0);
    }
    changing = false;
}

/*  second        0   10   16   22   45       delay 5
 *  found         1    0    -    -    -       from 5 and from 20 on
 *                     1                      ... and from 40 on
 */
static void test_what_passed_for_genuine_ends_a_run_until_it_is_a_fraud(void)
{
    const uint64_t second[] = {0, 10, 16, 22, 45};
    const int64_t time[] = {0, 10, 16, 22, 45}, never = INT64_MAX;
    const int64_t found[] = {0, 40, 0, 0, 0}, before[] = {never, 20, never, never, never};
    const int64_t first[] = {never, never, never, never, never};
    int8_t told[] = {1, 1, -1, -1, -1};
    const pa_labels labels = {time, told, found, 5, before, first};
    int32_t late[5];
    pa_label_change changes[5];
    float start[5], share[5];
    pa_late_labels l = {0};
    const pa_line line = {.n = 5, .at = second};
    pa_label_lateness(5, time, found, 5, PA_FRAUD_MEMORY, late);
    pa_label_changes(&labels, 5, PA_FRAUD_MEMORY, told, late, changes);
    CU_ASSERT_EQUAL(pa_late_labels_make(&line, late, changes, 5, told, &l, NULL), PA_OK);
    const pa_fraud_events events = {
        .line = &line, .event = told, .late = &l, .stride = 1000, .delay = 5, .gap = 1000};
    const pa_fraud_state none = {0};
    const pa_fraud_run_columns out = {.start_days = start, .last_share = share};
    pa_fraud_runs(&events, &none, 86400, &out);
    CU_ASSERT_EQUAL(start[2], (float)(16 / 86400.0));
    CU_ASSERT_EQUAL(share[2], 1);
    CU_ASSERT_EQUAL(start[3], 1);
    CU_ASSERT_EQUAL(share[3], 0.5f);
    CU_ASSERT_EQUAL(start[4], (float)(35 / 86400.0));
    CU_ASSERT_EQUAL(share[4], 2 / 3.0f);
    pa_late_labels_free(&l);
}

static const pa_test tests[] = {
    {"labels that change equal the naive twin", test_labels_that_change_equal_the_naive_twin},
    {"what passed for genuine ends a run until it is a fraud",
     test_what_passed_for_genuine_ends_a_run_until_it_is_a_fraud},
    {"columns equal the naive twin", test_columns_equal_the_naive_twin},
    {"line cut anywhere gives the same rows", test_line_cut_anywhere_gives_the_same_rows},
    {"joining is associative", test_joining_is_associative},
    {"runs end by the gap, and one of them with a genuine row",
     test_runs_end_by_the_gap_and_one_of_them_with_a_genuine_row},
    {"no rows is no work", test_no_rows_is_no_work},
};
PA_TEST_MAIN("fraud_runs", tests)

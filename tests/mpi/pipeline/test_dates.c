#include "dates.h"

#include <math.h>
#include <stdlib.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"

enum { DAY = 86400, MOST = 4000 };

static unsigned draw(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* ---- books: each rank knows the whole and takes an uneven slice ---- */

typedef enum { EVEN, GROWING, ONE_DAY, TWO_HEAPS, N_KINDS } kind;

/* Growing: ten times as many rows each year, over five years. */
static int64_t honest_time(kind k, unsigned *state)
{
    unsigned u = draw(state);
    switch (k) {
    case EVEN:
        return 1700000000 + (int64_t)(u % (200u * DAY));
    case GROWING:
        return 1700000000 + (int64_t)(log10(1 + u % 100000) * 365 * DAY);
    case ONE_DAY:
        return 1700000000 + u % DAY;
    default:
        return 1700000000 + (int64_t)(u % (20u * DAY)) + (u & 1 ? 150ll * DAY : 0);
    }
}

/* Years before or behind the others, as in 1900, 2034 and 9999. */
static int64_t far_time(unsigned *state)
{
    static const int64_t years[] = {-900, -123, -53, 10, 1000, 7970};
    return 1700000000 + years[draw(state) % 6] * 365 * DAY + draw(state) % (40 * DAY);
}

static pa_date_bulk bulk_of(size_t n, const int64_t time[])
{
    pa_comm *comm = pa_test_comm();
    pa_error err = {0};
    pa_date_bulk bulk = {0};
    size_t rank = (size_t)pa_comm_rank(comm), size = (size_t)pa_comm_size(comm);
    size_t from = n * rank * rank / (size * size),
           end = n * (rank + 1) * (rank + 1) / (size * size);
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        if (time[i] < first) first = time[i];
        if (time[i] > last) last = time[i];
    }
    CU_ASSERT_EQUAL(pa_find_bulk(comm, end - from, time + from, first, last, &bulk, &err), PA_OK);
    return bulk;
}

static bool are_equal(const pa_date_bulk *a, const pa_date_bulk *b)
{
    return a->first_time == b->first_time && a->last_time == b->last_time &&
           a->n_before == b->n_before && a->n_after == b->n_after;
}

/* ---- the slow way: all in order, and outwards row by row ---- */

static int ascending(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static pa_date_bulk slow_bulk(size_t n, const int64_t time[])
{
    static int64_t t[MOST];
    for (size_t i = 0; i < n; i++) t[i] = time[i];
    qsort(t, n, sizeof *t, ascending);
    size_t few = n / 20 < 3 ? n / 20 : 3;
    if (n / 200 > few) few = n / 200;
    int64_t early_quartile = t[n / 4], late_quartile = t[n - 1 - n / 4];
    size_t first = few, last = n - 1 - few;
    while (last + 1 < n && t[last + 1] - t[last] <= longer(t[last] - early_quartile, 28 * DAY))
        last++;
    while (first > 0 && t[first] - t[first - 1] <= longer(late_quartile - t[first], 28 * DAY))
        first--;
    return (pa_date_bulk){.first_time = t[first],
                          .last_time = t[last],
                          .n_before = (int64_t)first,
                          .n_after = (int64_t)(n - 1 - last)};
}

static void test_bulk_equals_the_slow_twins(void)
{
    static int64_t time[MOST];
    unsigned state = 3;
    int wrong = 0, far = 0;
    for (int book = 0; book < 400; book++) {
        size_t n = 1 + draw(&state) % (book % 4 ? 300 : MOST - 1), n_far = draw(&state) % 6;
        for (size_t i = 0; i < n; i++) {
            bool is_far = draw(&state) % n < n_far;
            time[i] = is_far ? far_time(&state) : honest_time((kind)(book % N_KINDS), &state);
        }
        pa_date_bulk found = bulk_of(n, time), expected = slow_bulk(n, time);
        wrong += !are_equal(&found, &expected);
        far += expected.n_before > 0 || expected.n_after > 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(far > 50);
}

/* ---- what it is for ---- */

static void test_a_book_that_grows_from_few_rows_is_all_bulk(void)
{
    static int64_t time[MOST];
    unsigned state = 8;
    for (int i = 0; i < MOST; i++) time[i] = honest_time(GROWING, &state);
    pa_date_bulk b = bulk_of(MOST, time);
    CU_ASSERT_EQUAL(b.n_before, 0);
    CU_ASSERT_EQUAL(b.n_after, 0);
    CU_ASSERT_EQUAL(bulk_of(240, time).n_before, 0);
}

static void test_few_far_rows_do_not_move_the_bulk(void)
{
    static int64_t time[MOST];
    unsigned state = 5;
    for (int book = 0; book < 100; book++) {
        size_t n_far = 1 + draw(&state) % 3, n = 60 + draw(&state) % 240;
        for (size_t i = 0; i < n; i++) time[i] = honest_time(EVEN, &state);
        pa_date_bulk honest = bulk_of(n, time);
        CU_ASSERT_EQUAL(honest.n_before + honest.n_after, 0);
        for (size_t i = 0; i < n_far; i++) time[n + i] = far_time(&state);
        pa_date_bulk b = bulk_of(n + n_far, time);
        CU_ASSERT_EQUAL(b.first_time, honest.first_time);
        CU_ASSERT_EQUAL(b.last_time, honest.last_time);
        CU_ASSERT_EQUAL(b.n_before + b.n_after, (int64_t)n_far);
    }
}

/* 4000 rows of 2023 and 2024, of which one in 150 says 1990, and one of 2034. */
static void test_many_early_rows_do_not_hide_a_late_one(void)
{
    static int64_t time[MOST + 1];
    unsigned state = 4;
    for (int i = 0; i < MOST; i++)
        time[i] = i % 150 ? honest_time(EVEN, &state) : 631152000 + i % 9 * DAY;
    time[MOST] = 2035411200;
    pa_date_bulk b = bulk_of(MOST + 1, time);
    CU_ASSERT_EQUAL(b.n_after, 1);
    CU_ASSERT(b.last_time < 1720000000);
    CU_ASSERT_EQUAL(b.n_before, 0); /* more than a few */
}

/* One row in 200 at each end, or three, or one in 20 of a small book. */
static void test_more_rows_than_a_few_are_not_far(void)
{
    static int64_t time[MOST];
    static const struct {
        size_t n, few;
    } books[] = {{19, 0}, {20, 1}, {59, 2}, {240, 3}, {1000, 5}, {4000, 20}};
    for (size_t b = 0; b < sizeof books / sizeof *books; b++) {
        size_t n = books[b].n;
        for (size_t far = books[b].few; far <= books[b].few + 1; far++) {
            for (size_t i = 0; i < n; i++) time[i] = 1700000000 + (int64_t)(i % 100) * DAY;
            for (size_t i = 0; i < far; i++) time[i] = 4000000000 + (int64_t)i;
            size_t expected = far > books[b].few ? 0 : far;
            CU_ASSERT_EQUAL(bulk_of(n, time).n_after, (int64_t)expected);
        }
    }
}

/* ---- weeks ---- */

static int64_t median_week(size_t n, const int64_t time[], int64_t until)
{
    bool here = pa_comm_rank(pa_test_comm()) == pa_comm_size(pa_test_comm()) - 1;
    int64_t rows = -1;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_median_week(pa_test_comm(), here ? n : 0, time, 0, until, &rows, &err),
                    PA_OK);
    return rows;
}

static void test_median_week_is_the_lower_of_two_in_the_middle(void)
{
    const int64_t week = 7 * DAY;
    /* rows a week: 3 1 4 2; what lies outside does not count */
    const int64_t time[] = {0,        1,        week - 1, week,         2 * week, 2 * week,
                            2 * week, 2 * week, 3 * week, 4 * week - 1, 4 * week, -1};
    CU_ASSERT_EQUAL(median_week(12, time, 4 * week), 2);
    CU_ASSERT_EQUAL(median_week(0, time, 4 * week), 0);
}

/* Two rows, then 30 years of nothing, and weeks of 3, 4 and 5 rows. */
static void test_median_week_has_rows(void)
{
    const int64_t week = 7 * DAY, late = 1600 * week;
    int64_t time[14] = {0, 5};
    for (int k = 2, w = 0; w < 3; w++)
        for (int i = 0; i < 3 + w; i++) time[k++] = late + w * week + i;
    CU_ASSERT_EQUAL(median_week(14, time, late + 3 * week), 3);
}

static const pa_test tests[] = {
    {"bulk equals the slow twin's", test_bulk_equals_the_slow_twins},
    {"a book that grows from few rows is all bulk",
     test_a_book_that_grows_from_few_rows_is_all_bulk},
    {"few far rows do not move the bulk", test_few_far_rows_do_not_move_the_bulk},
    {"many early rows do not hide a late one", test_many_early_rows_do_not_hide_a_late_one},
    {"more rows than a few are not far", test_more_rows_than_a_few_are_not_far},
    {"median week is the lower of two in the middle",
     test_median_week_is_the_lower_of_two_in_the_middle},
    {"median week has rows", test_median_week_has_rows},
};
PA_MPI_TEST_MAIN("dates", tests)

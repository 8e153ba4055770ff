#include "paraudit/patterns/combinations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drawn_rows.h"
#include "unit.h"

enum { FIRST = 4 };

static drawn_rows r;
static size_t history; /* rows before this one are counted, the others told */

static int band_of(size_t i)
{
    return pa_amount_band(r.amount_minor[i]);
}

static int part_of(size_t i)
{
    return (int)(r.time[i] / 14400 % 6);
}

/* What two rows may have alike. */
enum { BAND = 1, PART = 2, MERCHANT = 4, CATEGORY = 8, SEGMENT = 16, ACCOUNT = 32 };

static bool alike(size_t a, size_t b, unsigned in)
{
    return (!(in & BAND) || band_of(a) == band_of(b)) &&
           (!(in & PART) || part_of(a) == part_of(b)) &&
           (!(in & MERCHANT) || r.merchant[a] == r.merchant[b]) &&
           (!(in & CATEGORY) || r.category[a] == r.category[b]) &&
           (!(in & SEGMENT) || r.segment[a] == r.segment[b]) &&
           (!(in & ACCOUNT) || r.account[a] == r.account[b]);
}

/* Rows before row `end` that are like row i. */
static double like(size_t i, size_t end, unsigned in)
{
    double n = 0;
    for (size_t k = 0; k < end; k++) n += alike(k, i, in);
    return n;
}

static int64_t categories(void)
{
    bool met[64] = {0};
    int64_t n = 0;
    for (size_t i = 0; i < history; i++) {
        n += !met[r.category[i] + 1];
        met[r.category[i] + 1] = true;
    }
    return n;
}

static double lean(double n, double m, double weight, double share)
{
    return (n + weight * share) / (m + weight);
}

static double all_of(size_t i, unsigned in, double parts)
{
    return (like(i, history, in) + .5) / ((double)history + .5 * parts);
}

/* of: BAND or PART. */
static double slow_account_bits(size_t i, unsigned of, double parts)
{
    double in_category =
        lean(like(i, history, CATEGORY | of), like(i, history, CATEGORY), 10, all_of(i, of, parts));
    double category = all_of(i, CATEGORY, (double)categories() + 1);
    double segment = lean(like(i, history, SEGMENT | CATEGORY | of), like(i, history, SEGMENT), 50,
                          category * in_category);
    double own = lean(like(i, i, ACCOUNT | CATEGORY | of), like(i, i, ACCOUNT), 5, segment);
    return -log2(own);
}

static double slow_merchant_bits(size_t i)
{
    double in_category = lean(like(i, history, CATEGORY | BAND), like(i, history, CATEGORY), 10,
                              all_of(i, BAND, 64));
    return -log2(
        lean(like(i, history, MERCHANT | BAND), like(i, history, MERCHANT), 30, in_category));
}

static pa_combined_rows some_rows(size_t from, size_t n, const int8_t segment[])
{
    return (pa_combined_rows){n,
                              r.account + from,
                              r.merchant + from,
                              r.category + from,
                              r.time + from,
                              r.amount_minor + from,
                              segment + from};
}

static uint32_t count_of(const pa_pair_list *pairs, uint64_t key)
{
    for (size_t i = 0; i < pairs->pair.n; i++)
        if (pairs->pair.key[i] == key) return pairs->count[i];
    return 0;
}

/* Rows of the history are walked over, and not told. */
static void check_rows(size_t tile, const pa_pair_list *pairs, const pa_combined_totals *totals)
{
    pa_combinations *c;
    int8_t segment[MOST_ROWS];
    float merchant[MOST_ROWS], amount[MOST_ROWS], hour[MOST_ROWS];
    for (size_t i = 0; i < r.n; i++) segment[i] = i < history ? -1 : r.segment[i];
    CU_ASSERT_EQUAL_FATAL(pa_combinations_open(FIRST, &c, NULL), PA_OK);
    for (size_t at = 0; at < r.n; at += tile) {
        const pa_pair_questions *q;
        const pa_combination_columns out = {merchant + at, amount + at, hour + at};
        const pa_combined_rows some = some_rows(at, r.n - at < tile ? r.n - at : tile, segment);
        CU_ASSERT_EQUAL_FATAL(pa_combinations_ask(c, &some, &q, NULL), PA_OK);
        uint32_t *count = calloc(q->n + 1, sizeof *count);
        for (size_t k = 0; k < q->n; k++) count[k] = count_of(pairs, q->key[k]);
        pa_combinations_tell(c, count, totals, &out);
        free(count);
    }
    for (size_t i = history; i < r.n; i++) {
        CU_ASSERT_DOUBLE_EQUAL(merchant[i], slow_merchant_bits(i), 1e-5);
        CU_ASSERT_DOUBLE_EQUAL(amount[i], slow_account_bits(i, BAND, 64), 1e-5);
        CU_ASSERT_DOUBLE_EQUAL(hour[i], slow_account_bits(i, PART, 6), 1e-5);
    }
    pa_combinations_close(c);
}

static void test_rows_equal_the_naive_twin(void)
{
    uint32_t state = 5;
    for (int k = 0; k < 6; k++) {
        pa_pair_list pairs = {0};
        pa_combined_totals totals = {0};
        draw_rows(&state, 250, 1 + 5 * k, 3 + 4 * k, &r);
        history = k == 5 ? 0 : 150;
        const pa_combined_rows some = some_rows(0, history, r.segment);
        CU_ASSERT_EQUAL(pa_combinations_count(FIRST, &some, &pairs, &totals, NULL), PA_OK);
        for (size_t i = 0; i < pairs.pair.n; i++)
            totals.categories += pa_is_category(pairs.pair.key[i], FIRST);
        CU_ASSERT_EQUAL(totals.categories, categories());
        check_rows(r.n, &pairs, &totals);
        check_rows(7, &pairs, &totals);
        pa_pair_list_free(&pairs);
    }
}

static void test_bands_are_half_octaves(void)
{
    CU_ASSERT_EQUAL(pa_amount_band(-5), 0);
    CU_ASSERT_EQUAL(pa_amount_band(0), 0);
    for (int64_t v = 1; v < 3000000; v += 1 + v / 50) {
        /* the largest b with 2^(b / 2) <= v: squares are whole */
        int half = 0;
        while ((double)((int64_t)1 << (half + 1)) <= (double)v * (double)v) half++;
        CU_ASSERT_EQUAL(pa_amount_band(v), 1 + half);
    }
    CU_ASSERT_EQUAL(pa_amount_band(INT64_MAX), PA_AMOUNT_BANDS - 1);
    CU_ASSERT_EQUAL(pa_day_part(0), 0);
    CU_ASSERT_EQUAL(pa_day_part(86399), PA_DAY_PARTS - 1);
}

static const pa_test tests[] = {
    {"rows equal the naive twin", test_rows_equal_the_naive_twin},
    {"bands are half octaves", test_bands_are_half_octaves},
};
PA_TEST_MAIN("combinations", tests)

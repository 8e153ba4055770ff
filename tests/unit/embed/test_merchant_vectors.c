#include "paraudit/embed/merchant_vectors.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "paraudit/embed/merchant_centroid.h"
#include "unit.h"

enum { MOST = 700, DIM = 7, ROWS = 900 };

static int32_t code[MOST];
static int64_t count[MOST];
static float vector[MOST * DIM], context[MOST * DIM], drawn[MOST], whole[MOST];
static pa_merchant_vectors v;

static uint64_t below(uint64_t what, uint64_t i, uint64_t n)
{
    return pa_draw_below(4, PA_DRAW_TEST, what, i, n);
}

/* scale: of the products, about. Every third merchant has no vector. */
static void draw_vectors(size_t n, double scale)
{
    v = (pa_merchant_vectors){n, DIM, code, vector, context, drawn, whole, NULL, 0};
    for (size_t i = 0; i < n; i++) {
        code[i] = (int32_t)(i + i / 2);
        count[i] = 1 + (int64_t)below(0, i, 1000);
    }
    for (size_t k = 0; k < n * DIM; k++) {
        vector[k] = (float)(scale * (pa_uniform(5, PA_DRAW_TEST, k, 0) - .5));
        context[k] = (float)(2 * pa_uniform(6, PA_DRAW_TEST, k, 0) - 1);
    }
    pa_merchant_drawn(n, count, .75, drawn);
    CU_ASSERT_EQUAL_FATAL(pa_merchant_vectors_index(&v, NULL), PA_OK);
}

static void sum_up(void)
{
    CU_ASSERT_EQUAL_FATAL(pa_merchant_wholes(&v, 0, v.n, whole, NULL), PA_OK);
}

static double pull(size_t last, size_t next)
{
    double s = drawn[next], most = 80;
    for (int d = 0; d < DIM; d++) s += (double)vector[last * DIM + d] * context[next * DIM + d];
    return exp(fmin(most, fmax(-most, s)));
}

static void test_shares_of_what_is_drawn_add_up_to_one(void)
{
    double sum = 0;
    draw_vectors(MOST, 1);
    for (size_t i = 0; i < MOST; i++) sum += exp(drawn[i]);
    CU_ASSERT_DOUBLE_EQUAL(sum, 1, 1e-5);
    CU_ASSERT_DOUBLE_EQUAL(drawn[3] - drawn[8], .75 * log((double)count[3] / (double)count[8]),
                           1e-5);
    pa_merchant_vectors_free(&v);
}

static void test_a_choice_is_one_among_all_others(void)
{
    static const size_t n[] = {2, 3, 255, 256, 257, MOST};
    static const double scale[] = {1, 20, 200};
    for (size_t k = 0; k < sizeof n / sizeof *n; k++) {
        for (size_t last = 0; last < n[k]; last += 1 + n[k] / 5) {
            double all = 0, sum = 0;
            int wrong = 0;
            draw_vectors(n[k], scale[k % 3]);
            sum_up();
            for (size_t next = 0; next < n[k]; next++) all += next == last ? 0 : pull(last, next);
            for (size_t next = 0; next < n[k]; next++) {
                double p = pa_merchant_choice(&v, (int32_t)last, (int32_t)next);
                wrong += fabs(p - (next == last ? 0 : pull(last, next) / all)) > 1e-3 * p + 1e-30;
                sum += p;
            }
            CU_ASSERT_EQUAL(wrong, 0);
            CU_ASSERT_DOUBLE_EQUAL(sum, 1, 1e-4);
            pa_merchant_vectors_free(&v);
        }
    }
}

static void test_sums_of_a_part_are_those_of_all(void)
{
    static float part[MOST];
    draw_vectors(MOST, 5);
    sum_up();
    CU_ASSERT_EQUAL_FATAL(pa_merchant_wholes(&v, 100, 457, part, NULL), PA_OK);
    CU_ASSERT_EQUAL(memcmp(part, whole + 100, 357 * sizeof *part), 0);
    CU_ASSERT_EQUAL_FATAL(pa_merchant_wholes(&v, 9, 9, part, NULL), PA_OK);
    pa_merchant_vectors_free(&v);
}

static void test_codes_have_places(void)
{
    draw_vectors(50, 1);
    for (int32_t i = 0; i < 50; i++) CU_ASSERT_EQUAL(pa_merchant_place(&v, code[i]), i);
    CU_ASSERT_EQUAL(pa_merchant_place(&v, 2), -1);
    CU_ASSERT_EQUAL(pa_merchant_place(&v, -1), -1);
    CU_ASSERT_EQUAL(pa_merchant_place(&v, code[49] + 1), -1);
    pa_merchant_vectors_free(&v);
    v = (pa_merchant_vectors){0};
    CU_ASSERT_EQUAL_FATAL(pa_merchant_vectors_index(&v, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_merchant_place(&v, 0), -1);
    pa_merchant_vectors_free(&v);
}

/* ---- centroids ---- */

static int32_t account[ROWS], merchant[ROWS];
static int64_t now[ROWS], fraud_from[ROWS], fraud_until[ROWS];
static bool wanted[ROWS];
static const double half_life = 3; /* days */

static void draw_rows(size_t n_merchants)
{
    for (size_t i = 0; i < ROWS; i++) {
        bool fraud = i / 60 % 2 == 0 && below(1, i, 4) == 0, back = below(2, i, 2);
        account[i] = (int32_t)(i / 60);
        merchant[i] = (int32_t)below(3, i, n_merchants + 1) - 1;
        now[i] = i % 60 ? now[i - 1] + (int64_t)below(5, i, 90000) : 0;
        if (i % 120 == 70) now[i] += (int64_t)3000 * 86400; /* a thousand half-lives */
        fraud_from[i] = fraud ? now[i] + (int64_t)below(6, i, 300000) : INT64_MAX;
        fraud_until[i] = fraud && back ? fraud_from[i] + (int64_t)below(7, i, 300000) : INT64_MAX;
        wanted[i] = below(8, i, 9) > 0;
    }
}

static double product(const double a[], const float b[])
{
    double sum = 0;
    for (int d = 0; d < DIM; d++) sum += a[d] * b[d];
    return sum;
}

static void tell_slowly(size_t i, double *similarity, double *affinity)
{
    double mean[DIM] = {0}, weight = 0, own[DIM];
    int32_t at = pa_merchant_place(&v, merchant[i]);
    for (size_t k = i / 60 * 60; k < i; k++) {
        int32_t place = pa_merchant_place(&v, merchant[k]);
        double w = exp2(-(double)(now[i] - now[k]) / 86400 / half_life);
        if (place < 0 || (fraud_from[k] <= now[i] && fraud_until[k] > now[i])) continue;
        weight += w;
        for (int d = 0; d < DIM; d++) mean[d] += w * vector[place * DIM + d];
    }
    *similarity = at >= 0 && weight == 0;
    *affinity = 0;
    if (at < 0 || weight == 0) return;
    double length = 0;
    for (int d = 0; d < DIM; d++) {
        mean[d] /= weight;
        own[d] = vector[at * DIM + d];
        length += mean[d] * mean[d];
    }
    *similarity = product(mean, vector + (ptrdiff_t)at * DIM) /
                  sqrt(length * product(own, vector + (ptrdiff_t)at * DIM));
    *affinity = product(mean, context + (ptrdiff_t)at * DIM);
}

static void tell(size_t tile, float similarity[], float affinity[])
{
    pa_centroid *c;
    CU_ASSERT_EQUAL_FATAL(pa_centroid_open(&v, half_life, &c, NULL), PA_OK);
    for (size_t at = 0; at < ROWS; at += tile) {
        const pa_centroid_rows rows = {ROWS - at < tile ? ROWS - at : tile,
                                       account + at,
                                       merchant + at,
                                       now + at,
                                       fraud_from + at,
                                       fraud_until + at,
                                       wanted + at};
        const pa_centroid_columns out = {similarity + at, affinity + at};
        CU_ASSERT_EQUAL_FATAL(pa_centroid_tell(c, &rows, &out, NULL), PA_OK);
    }
    pa_centroid_close(c);
}

static void check_rows(size_t n_vectors)
{
    static float similarity[ROWS], affinity[ROWS], again[2][ROWS];
    int wrong = 0, alone = 0;
    draw_vectors(n_vectors, 3);
    draw_rows(2 * n_vectors);
    for (size_t i = 0; i < ROWS; i++) similarity[i] = affinity[i] = again[0][i] = again[1][i] = 7;
    tell(ROWS, similarity, affinity);
    tell(13, again[0], again[1]);
    for (size_t i = 0; i < ROWS; i++) {
        double s = 7, a = 7;
        if (wanted[i]) tell_slowly(i, &s, &a);
        alone += s == 1;
        wrong += fabs(similarity[i] - s) > 1e-5 || fabs(affinity[i] - a) > 1e-5;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(alone > 3);
    CU_ASSERT_EQUAL(memcmp(similarity, again[0], sizeof similarity), 0);
    CU_ASSERT_EQUAL(memcmp(affinity, again[1], sizeof affinity), 0);
    pa_merchant_vectors_free(&v);
}

static void test_rows_equal_the_naive_twin(void)
{
    check_rows(3);
    check_rows(40);
}

/* An account that comes back after millions of half-lives is what it was. */
static void test_nothing_is_too_long_ago(void)
{
    const int32_t of[] = {0, 0, 0}, at[] = {1, 2, 1};
    const int64_t then[] = {0, INT64_C(1) << 40, INT64_C(1) << 41};
    const int64_t never[] = {INT64_MAX, INT64_MAX, INT64_MAX};
    const bool told[] = {false, true, true};
    const pa_centroid_rows rows = {3, of, at, then, never, never, told};
    float similarity[3], affinity[3];
    const pa_centroid_columns out = {similarity, affinity};
    pa_centroid *c;
    draw_vectors(3, 3);
    CU_ASSERT_EQUAL_FATAL(pa_centroid_open(&v, half_life, &c, NULL), PA_OK);
    CU_ASSERT_EQUAL_FATAL(pa_centroid_tell(c, &rows, &out, NULL), PA_OK);
    CU_ASSERT(isfinite(similarity[1]) && similarity[1] == 0 && affinity[1] == 0);
    CU_ASSERT_DOUBLE_EQUAL(similarity[2], 1, 1e-6);
    CU_ASSERT(isfinite(affinity[2]) && affinity[2] != 0);
    pa_centroid_close(c);
    pa_merchant_vectors_free(&v);
}

static const pa_test tests[] = {
    {"shares of what is drawn add up to one", test_shares_of_what_is_drawn_add_up_to_one},
    {"a choice is one among all others", test_a_choice_is_one_among_all_others},
    {"sums of a part are those of all", test_sums_of_a_part_are_those_of_all},
    {"codes have places", test_codes_have_places},
    {"rows equal the naive twin", test_rows_equal_the_naive_twin},
    {"nothing is too long ago", test_nothing_is_too_long_ago},
};
PA_TEST_MAIN("merchant_vectors", tests)

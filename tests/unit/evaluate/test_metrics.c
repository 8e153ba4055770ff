#include <math.h>
#include <string.h>

#include "paraudit/evaluate/metrics.h"
#include "unit.h"

enum { N = 400 };

static unsigned draw(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 10;
}

/* Rows by ascending key with heavy ties: n_keys distinct keys at most. */
typedef struct {
    size_t n;
    uint64_t key[N];
    uint8_t fraud[N];
} rows;

static rows drawn_rows(size_t n, unsigned n_keys, unsigned fraud_in, unsigned seed)
{
    rows r = {.n = n};
    unsigned state = seed;
    for (size_t i = 0; i < n; i++) {
        uint64_t key = draw(&state) % n_keys;
        size_t place = i;
        for (; place > 0 && r.key[place - 1] > key; place--) r.key[place] = r.key[place - 1];
        r.key[place] = key;
    }
    /* Frauds thin out further down. */
    for (size_t i = 0; i < n; i++) r.fraud[i] = draw(&state) % (fraud_in + (unsigned)i / 40) == 0;
    return r;
}

static pa_counts count(const rows *r)
{
    pa_counts c = {0, 0};
    for (size_t i = 0; i < r->n; i++) {
        c.frauds += r->fraud[i];
        c.others += !r->fraud[i];
    }
    return c;
}

/* Twice the pairs, one by one. */
static int64_t slow_pairs(const rows *r)
{
    int64_t pairs = 0;
    for (size_t i = 0; i < r->n; i++) {
        for (size_t j = 0; j < r->n; j++) {
            if (!r->fraud[i] || r->fraud[j]) continue;
            pairs += r->key[i] < r->key[j] ? 2 : r->key[i] == r->key[j];
        }
    }
    return pairs;
}

/* As scikit-learn: precision and recall at each threshold, then the steps. */
static double slow_average_precision(const rows *r)
{
    double sum = 0, before = 0, frauds = (double)count(r).frauds;
    for (size_t i = 0; i < r->n; i++) {
        if (i + 1 < r->n && r->key[i + 1] == r->key[i]) continue; /* not a threshold */
        double right = 0;
        for (size_t j = 0; j <= i; j++) right += r->fraud[j];
        sum += (right / frauds - before) * (right / (double)(i + 1));
        before = right / frauds;
    }
    return sum;
}

typedef struct {
    pa_i128 pairs, precision;
    int64_t n_runs;
} sums;

typedef size_t make_runs(size_t n, const uint64_t key[], const uint8_t fraud[],
                         pa_score_run runs[]);

/* The rows cut into `n_ranks` parts at the given places, each summed alone. */
static sums sums_of_runs(make_runs *make, const rows *r, int n_ranks, const size_t cut[])
{
    static pa_score_run runs[8][N];
    pa_run_ends ends[8];
    pa_counts before = {0, 0}, all = count(r);
    sums s = {0, 0, 0};
    for (int k = 0; k < n_ranks; k++) {
        size_t n = make(cut[k + 1] - cut[k], r->key + cut[k], r->fraud + cut[k], runs[k]);
        ends[k] = pa_ends_of_runs(n, runs[k]);
    }
    for (int k = 0; k < n_ranks; k++) {
        size_t skip, n = (size_t)ends[k].n;
        pa_join_runs(n_ranks, k, ends, runs[k], &skip);
        s.pairs += pa_ordered_pairs(n - skip, runs[k] + skip, before, all);
        s.precision += pa_precision_sum(n - skip, runs[k] + skip, before);
        s.n_runs += (int64_t)(n - skip);
        pa_counts here = pa_count_runs(n - skip, runs[k] + skip);
        before.frauds += here.frauds;
        before.others += here.others;
    }
    CU_ASSERT(before.frauds == all.frauds && before.others == all.others);
    return s;
}

static sums sums_in_parts(const rows *r, int n_ranks, const size_t cut[])
{
    return sums_of_runs(pa_score_runs, r, n_ranks, cut);
}

static sums sums_of(const rows *r)
{
    return sums_in_parts(r, 1, (const size_t[]){0, r->n});
}

static void test_pairs_and_precision_equal_the_slow_ones(void)
{
    int wrong = 0;
    for (unsigned seed = 1; seed <= 60; seed++) {
        rows r = drawn_rows(1 + seed * 5, 1 + seed % 37, 3, seed);
        sums s = sums_of(&r);
        wrong += s.pairs != slow_pairs(&r);
        if (count(&r).frauds == 0) continue;
        double ap = pa_average_precision(s.precision, count(&r));
        wrong += fabs(ap - slow_average_precision(&r)) > 1e-13;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/*  score     .9  .8  .8  .5  .5  .5  .1
 *  fraud      1   0   1   1   0   0   0
 *
 *  frauds against the four others (.8 .5 .5 .1): .9 wins 4; .8 ties 1 and wins 3;
 *  .5 ties 2 and wins 1: 4 + 3.5 + 2 = 9.5 of 12 pairs.
 *  thresholds: .9 -> 1/1, recall 1/3; .8 -> 2/3, 2/3; .5 -> 3/6, 3/3
 *  average precision = (1 + 2/3 + 1/2) / 3 = 13/18
 */
static void test_drawn_example_gives_its_figures(void)
{
    const rows r = {7, {1, 2, 2, 5, 5, 5, 9}, {1, 0, 1, 1, 0, 0, 0}};
    sums s = sums_of(&r);
    CU_ASSERT_EQUAL((int64_t)s.pairs, 19);
    CU_ASSERT_DOUBLE_EQUAL(pa_auroc(s.pairs, count(&r)), 9.5 / 12, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(pa_average_precision(s.precision, count(&r)), 13.0 / 18, 1e-15);
    CU_ASSERT_EQUAL(s.n_runs, 4);
}

static void test_parts_add_up_to_the_same_bits(void)
{
    int wrong = 0;
    for (unsigned seed = 1; seed <= 200; seed++) {
        unsigned state = seed * 77;
        rows r = drawn_rows(draw(&state) % 90, 1 + seed % 9, 3, seed);
        sums whole = sums_of(&r);
        size_t cut[9] = {0};
        int n_ranks = 2 + (int)(seed % 7);
        for (int k = 1; k < n_ranks; k++) cut[k] = draw(&state) % (r.n + 1);
        cut[n_ranks] = r.n;
        for (int k = 1; k < n_ranks; k++) { /* ascending, with empty parts */
            for (int m = k; m > 1 && cut[m] < cut[m - 1]; m--) {
                size_t swap = cut[m];
                cut[m] = cut[m - 1];
                cut[m - 1] = swap;
            }
        }
        sums parts = sums_in_parts(&r, n_ranks, cut);
        wrong += parts.pairs != whole.pairs || parts.precision != whole.precision ||
                 parts.n_runs != whole.n_runs;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_one_class_alone_has_no_area(void)
{
    rows frauds = drawn_rows(50, 5, 1, 3), none = frauds, empty = {.n = 0};
    memset(frauds.fraud, 1, sizeof frauds.fraud);
    memset(none.fraud, 0, sizeof none.fraud);
    CU_ASSERT(isnan(pa_auroc(sums_of(&frauds).pairs, count(&frauds))));
    CU_ASSERT(isnan(pa_auroc(sums_of(&none).pairs, count(&none))));
    CU_ASSERT(isnan(pa_average_precision(sums_of(&none).precision, count(&none))));
    CU_ASSERT(isnan(pa_average_precision(sums_of(&empty).precision, count(&empty))));
    CU_ASSERT_EQUAL(pa_average_precision(sums_of(&frauds).precision, count(&frauds)), 1);
}

static void test_equal_scores_are_worth_a_half(void)
{
    rows r = drawn_rows(200, 1, 4, 5);
    CU_ASSERT_EQUAL(pa_auroc(sums_of(&r).pairs, count(&r)), 0.5);
    double share = (double)count(&r).frauds / 200;
    CU_ASSERT_DOUBLE_EQUAL(pa_average_precision(sums_of(&r).precision, count(&r)), share, 1e-15);
}

static void test_counts_too_large_for_doubles_stay_exact(void)
{
    const int64_t big = (int64_t)1 << 40;
    const pa_score_run runs[] = {{1, {big, 1}}, {2, {1, big}}};
    pa_counts all = {big + 1, big + 1};
    pa_i128 pairs = pa_ordered_pairs(2, runs, (pa_counts){0, 0}, all);
    pa_i128 expected = (pa_i128)big * (2 * (pa_i128)big + 1) + big;
    CU_ASSERT(pairs == expected);
}

static bool is_kept(const void *of, size_t i)
{
    const uint8_t *kept = of;
    return kept[i];
}

static size_t merged(size_t n, const uint64_t key[], const uint8_t fraud[], pa_score_run runs[])
{
    uint8_t all[N];
    memset(all, 1, sizeof all);
    size_t n_runs = pa_merged_runs(n, key, fraud, is_kept, all, NULL);
    return pa_merged_runs(n, key, fraud, is_kept, all, runs) == n_runs ? n_runs : N;
}

/* Between frauds runs are one, so that there are no more than two a fraud and both ends. */
static void test_merged_runs_have_the_sums_of_all(void)
{
    int wrong = 0;
    for (unsigned seed = 1; seed <= 60; seed++) {
        rows r = drawn_rows(20 + seed * 4, 1 + seed % 37, 3 + seed % 9, seed);
        const size_t cut[] = {0, seed % 7, r.n / 3, r.n / 3, r.n - seed % 5, r.n};
        sums all = sums_of(&r), one = sums_of_runs(merged, &r, 1, (const size_t[]){0, r.n});
        sums parts = sums_of_runs(merged, &r, 5, cut);
        wrong += one.pairs != all.pairs || one.precision != all.precision;
        wrong += parts.pairs != all.pairs || parts.precision != all.precision;
        wrong += one.n_runs > all.n_runs || one.n_runs > 2 * count(&r).frauds + 3;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_merged_runs_are_of_the_rows_that_are_kept(void)
{
    int wrong = 0;
    for (unsigned seed = 1; seed <= 60; seed++) {
        rows r = drawn_rows(20 + seed * 4, 1 + seed % 37, 3, seed), some = {0};
        uint8_t kept[N];
        pa_score_run runs[N];
        for (size_t i = 0; i < r.n; i++) {
            kept[i] = (i * 7 + seed) % 3 > 0;
            some.key[some.n] = r.key[i];
            some.fraud[some.n] = r.fraud[i];
            some.n += kept[i];
        }
        size_t n = pa_merged_runs(r.n, r.key, r.fraud, is_kept, kept, runs);
        wrong += pa_precision_sum(n, runs, (pa_counts){0, 0}) != sums_of(&some).precision;
        wrong += pa_count_runs(n, runs).others != count(&some).others;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_rates_of_a_confusion_matrix(void)
{
    pa_rates r = pa_rates_of((pa_counts){30, 10}, (pa_counts){60, 940});
    CU_ASSERT_DOUBLE_EQUAL(r.precision, 0.75, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(r.recall, 0.5, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(r.f1, 0.6, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(r.false_per_1000, 10, 1e-13);
    r = pa_rates_of((pa_counts){0, 0}, (pa_counts){0, 0});
    CU_ASSERT(isnan(r.precision) && isnan(r.recall) && isnan(r.f1) && isnan(r.false_per_1000));
}

static void test_curve_shows_both_ends_and_no_more_points_than_asked(void)
{
    int wrong = 0;
    for (int64_t n_runs = 1; n_runs < 120; n_runs++) {
        for (int64_t n_points = 2; n_points < 40; n_points++) {
            int64_t shown = 0, head = n_points / 2;
            for (int64_t i = 0; i < n_runs; i++) {
                bool shows = pa_curve_shows(i, n_runs, n_points);
                wrong += pa_curve_before(i, n_runs, n_points) != shown;
                shown += shows;
                wrong += i < head && !shows;
            }
            wrong += shown != (n_runs < n_points ? n_runs : n_points);
            wrong += pa_curve_before(n_runs, n_runs, n_points) != shown;
            wrong += !pa_curve_shows(0, n_runs, n_points);
            wrong += !pa_curve_shows(n_runs - 1, n_runs, n_points);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static const pa_test tests[] = {
    {"pairs and precision equal the slow ones", test_pairs_and_precision_equal_the_slow_ones},
    {"drawn example gives its figures", test_drawn_example_gives_its_figures},
    {"parts add up to the same bits", test_parts_add_up_to_the_same_bits},
    {"one class alone has no area", test_one_class_alone_has_no_area},
    {"equal scores are worth a half", test_equal_scores_are_worth_a_half},
    {"counts too large for doubles stay exact", test_counts_too_large_for_doubles_stay_exact},
    {"merged runs have the sums of all", test_merged_runs_have_the_sums_of_all},
    {"merged runs are of the rows that are kept", test_merged_runs_are_of_the_rows_that_are_kept},
    {"rates of a confusion matrix", test_rates_of_a_confusion_matrix},
    {"curve shows both ends and no more points than asked",
     test_curve_shows_both_ends_and_no_more_points_than_asked},
};
PA_TEST_MAIN("metrics", tests)

#include <math.h>
#include <string.h>

#include "paraudit/evaluate/bootstrap.h"
#include "unit.h"

enum { N = 300, N_ACCOUNTS = 20 };

/* Counts of 0, 1, 2, ... in many draws, beside those of a Poisson distribution of mean 1. */
static void test_weights_are_poisson_of_mean_one(void)
{
    enum { DRAWS = 200000 };
    double expected = exp(-1.0), sum = 0;
    int64_t count[10] = {0};
    for (uint64_t account = 0; account < DRAWS / PA_BLOCK; account++) {
        uint8_t weight[PA_BLOCK];
        pa_bootstrap_weights(7, account * 0x9e3779b97f4a7c15u, account % 3, weight);
        for (int i = 0; i < PA_BLOCK; i++) count[weight[i]]++;
    }
    for (int k = 0; k < 6; k++) {
        double n = DRAWS * expected;
        CU_ASSERT(fabs((double)count[k] - n) < 5 * sqrt(n) + 5);
        expected /= k + 1;
    }
    for (int k = 0; k < 10; k++) sum += (double)(k * count[k]);
    CU_ASSERT_DOUBLE_EQUAL(sum / DRAWS, 1, 0.01);
}

static void test_weights_are_a_function_of_seed_account_and_block(void)
{
    uint8_t a[PA_BLOCK], b[PA_BLOCK];
    pa_bootstrap_weights(1, 99, 4, a);
    pa_bootstrap_weights(1, 99, 4, b);
    CU_ASSERT_EQUAL(memcmp(a, b, sizeof a), 0);
    for (int k = 0; k < 3; k++) {
        pa_bootstrap_weights(1 + (k == 0), 99 + (k == 1), 4 + (k == 2), b);
        CU_ASSERT_NOT_EQUAL(memcmp(a, b, sizeof a), 0);
    }
}

static unsigned draw(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 10;
}

typedef struct {
    uint64_t key[N];
    uint8_t fraud[N];
    uint32_t account[N];
} rows;

static void draw_rows(unsigned seed, rows *r)
{
    unsigned state = seed;
    uint64_t key = 5;
    for (int i = 0; i < N; i++) {
        key += draw(&state) % (1 + seed % 4) ? 0 : 1 + draw(&state) % 3;
        r->key[i] = key;
        r->fraud[i] = draw(&state) % 12 == 0;
        r->account[i] = draw(&state) % N_ACCOUNTS;
    }
}

/* Each row written as often as its account is there. */
static size_t multiply(const rows *r, size_t n, const uint8_t weight[][PA_BLOCK], int replicate,
                       uint64_t key[], uint8_t fraud[])
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < weight[r->account[i]][replicate]; k++) {
            key[m] = r->key[i];
            fraud[m++] = r->fraud[i];
        }
    }
    return m;
}

/* Of slots as of the multiplied rows' own runs: the same areas. */
static int differs(size_t n_slots, const pa_score_run slots[], size_t n, const uint64_t key[],
                   const uint8_t fraud[])
{
    static pa_score_run run[N * 9];
    pa_counts none = {0, 0}, all = pa_count_runs(n_slots, slots);
    size_t n_runs = pa_score_runs(n, key, fraud, run);
    pa_counts expected = pa_count_runs(n_runs, run);
    return all.frauds != expected.frauds || all.others != expected.others ||
           pa_ordered_pairs(n_slots, slots, none, all) !=
               pa_ordered_pairs(n_runs, run, none, all) ||
           pa_precision_sum(n_slots, slots, none) != pa_precision_sum(n_runs, run, none);
}

static void test_weights_count_as_repeated_rows(void)
{
    static rows r;
    static uint64_t key[N * 9];
    static uint8_t fraud[N * 9];
    static pa_slot slot[N + 1];
    static pa_score_run run[PA_BLOCK][N];
    pa_score_run *const runs[PA_BLOCK] = {run[0], run[1], run[2], run[3],
                                          run[4], run[5], run[6], run[7]};
    int wrong = 0;
    for (unsigned seed = 1; seed <= 60; seed++) {
        uint8_t weight[N_ACCOUNTS][PA_BLOCK];
        size_t n = seed == 60 ? 0 : N - seed * 4;
        draw_rows(seed, &r);
        for (uint64_t a = 0; a < N_ACCOUNTS; a++) pa_bootstrap_weights(seed, a, 0, weight[a]);
        size_t n_slots = pa_find_slots(n, r.key, r.fraud, slot);
        wrong += slot[n_slots].begin != n || (n > 0 && slot[0].key != r.key[0]);
        wrong += n > 0 && slot[n_slots - 1].key != r.key[n - 1];
        const uint8_t(*given)[PA_BLOCK] = (const uint8_t(*)[PA_BLOCK])weight;
        pa_weigh_slots(n_slots, slot, r.account, r.fraud, given, runs);
        for (int b = 0; b < PA_BLOCK; b++) {
            size_t m = multiply(&r, n, given, b, key, fraud);
            wrong += differs(n_slots, run[b], m, key, fraud);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/*  run      1  2  3  4  5  6  7
 *  fraud    .  .  .  F  .  .  .
 *  slot     0  1  1  2  3  3  4    the ends stand alone
 */
static void test_runs_without_a_fraud_are_one_slot(void)
{
    const uint64_t key[] = {1, 2, 2, 3, 4, 4, 5, 6, 7};
    const uint8_t fraud[] = {0, 0, 0, 0, 0, 1, 0, 0, 0};
    static const size_t begin[] = {0, 1, 4, 6, 8, 9};
    pa_slot slot[10];
    CU_ASSERT_EQUAL(pa_find_slots(9, key, fraud, slot), 5);
    for (int i = 0; i < 6; i++) CU_ASSERT_EQUAL(slot[i].begin, begin[i]);
}

static void test_middle_leaves_out_a_fortieth_at_either_end(void)
{
    double v[200];
    pa_interval m;
    pa_error err = {0};
    for (int i = 0; i < 200; i++) v[i] = (i * 77) % 200; /* each of 0 .. 199 */
    CU_ASSERT_EQUAL(pa_middle_of(200, v, &m, &err), PA_OK);
    CU_ASSERT(m.low == 5 && m.high == 194);
    double few[] = {3, (double)NAN, 1};
    CU_ASSERT_EQUAL(pa_middle_of(3, few, &m, &err), PA_OK);
    CU_ASSERT(m.low == 1 && m.high == 3);
    CU_ASSERT_EQUAL(pa_middle_of(0, NULL, &m, &err), PA_OK);
    CU_ASSERT(isnan(m.low) && isnan(m.high));
}

static const pa_test tests[] = {
    {"weights are poisson of mean one", test_weights_are_poisson_of_mean_one},
    {"weights are a function of seed, account and block",
     test_weights_are_a_function_of_seed_account_and_block},
    {"weights count as repeated rows", test_weights_count_as_repeated_rows},
    {"runs without a fraud are one slot", test_runs_without_a_fraud_are_one_slot},
    {"middle leaves out a fortieth at either end", test_middle_leaves_out_a_fortieth_at_either_end},
};
PA_TEST_MAIN("bootstrap", tests)

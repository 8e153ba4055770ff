#include "paraudit/features/segments.h"

#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"

enum { ACCOUNTS = 203 };

static float pace_of(int i)
{
    return (float)(i * 37 % 101) / 8;
}

static float amount_of(int i)
{
    return (float)(i * 53 % 17);
}

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The cuts as one rank finds them that has all values. */
static void cut_slowly(float (*value)(int), float cut[PA_SEGMENT_CUTS])
{
    float all[ACCOUNTS];
    for (int i = 0; i < ACCOUNTS; i++) all[i] = value(i);
    qsort(all, ACCOUNTS, sizeof *all, ascending);
    for (int k = 0; k < PA_SEGMENT_CUTS; k++) cut[k] = all[ACCOUNTS * (k + 1) / PA_SEGMENT_PARTS];
}

static void test_cuts_are_the_quartiles_of_all_accounts(void)
{
    pa_comm *comm = pa_test_comm();
    float pace[ACCOUNTS], amount[ACCOUNTS], cut[PA_SEGMENT_CUTS];
    pa_segment_cuts cuts;
    pa_error err = {0};
    size_t n = 0;
    for (int i = 0; i < ACCOUNTS; i++) {
        if (i * i % pa_comm_size(comm) != pa_comm_rank(comm)) continue;
        pace[n] = pace_of(i);
        amount[n++] = amount_of(i);
    }
    CU_ASSERT_EQUAL(pa_segment_fit(comm, n, pace, amount, &cuts, &err), PA_OK);
    cut_slowly(pace_of, cut);
    for (int k = 0; k < PA_SEGMENT_CUTS; k++) CU_ASSERT_EQUAL(cuts.pace[k], cut[k]);
    cut_slowly(amount_of, cut);
    for (int k = 0; k < PA_SEGMENT_CUTS; k++) CU_ASSERT_EQUAL(cuts.amount[k], cut[k]);
}

static void test_no_accounts_have_no_cuts(void)
{
    pa_segment_cuts cuts;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_segment_fit(pa_test_comm(), 0, NULL, NULL, &cuts, &err), PA_OK);
    CU_ASSERT_EQUAL(cuts.pace[0], 0);
}

/* Three rows in two days and a half, 6 currency units in all. */
static void test_pace_and_amount_of_an_account(void)
{
    pa_segment_sums sums = {0};
    float pace, amount;
    pa_segment_add(&sums, 50000, 100);
    pa_segment_add(&sums, 43200, 200);
    pa_segment_add(&sums, 90000, 300);
    pa_segment_values(&sums, 43200 + 216000, 100, &pace, &amount);
    CU_ASSERT_DOUBLE_EQUAL(pace, 3 / 2.5, 1e-6);
    CU_ASSERT_EQUAL(amount, 2);
    pa_segment_values(&sums, 90001, 100, &pace, &amount); /* a day at least */
    CU_ASSERT_EQUAL(pace, 3);
}

static void test_parts_begin_at_their_cut(void)
{
    const pa_segment_cuts cuts = {{1, 2, 3}, {10, 10, 30}};
    CU_ASSERT_EQUAL(pa_segment_of(&cuts, 0, 0), 0);
    CU_ASSERT_EQUAL(pa_segment_of(&cuts, 1, 9), 4);
    CU_ASSERT_EQUAL(pa_segment_of(&cuts, 2.5f, 10), 10);
    CU_ASSERT_EQUAL(pa_segment_of(&cuts, 99, 99), PA_SEGMENT_NEW - 1);
}

/* Rows before and behind the history do not count; an account with none in it is in no group. */
static void test_rows_have_the_segment_of_their_account(void)
{
    enum { N = 7, DAY = 86400 };
    static const int32_t account[N] = {0, 0, 0, 1, 2, 2, 2};
    static const int64_t time[N] = {0, DAY, 3 * DAY, 4 * DAY, DAY, 2 * DAY, 2 * DAY + 1};
    static const int64_t amount[N] = {900, 500, 900, 700, 300, 100, 200};
    const pa_segment_rows rows = {N, account, time, amount, DAY, 3 * DAY, 100};
    pa_comm *comm = pa_test_comm();
    pa_store model;
    pa_segment_cuts cuts;
    int8_t segment[N];
    const void *kept;
    size_t n;
    pa_error err = {0};
    pa_store_init(&model, "x", 1);
    CU_ASSERT_EQUAL(pa_segments_learn(comm, &rows, &model, &cuts, &err), PA_OK);
    /* Each rank has an account of .5 rows a day and 5, and one of 1.5 and 2. */
    for (int k = 0; k < PA_SEGMENT_CUTS; k++) {
        CU_ASSERT_EQUAL(cuts.pace[k], k == 0 ? .5f : 1.5f);
        CU_ASSERT_EQUAL(cuts.amount[k], k == 0 ? 2 : 5);
    }
    CU_ASSERT_EQUAL(pa_store_get(&model, "segment_cut", PA_F32, &kept, &n, &err), PA_OK);
    CU_ASSERT(n == 2 && memcmp(kept, &cuts, sizeof cuts) == 0);
    pa_segments_of_rows(&cuts, &rows, segment);
    for (size_t i = 0; i < N; i++)
        CU_ASSERT_EQUAL(segment[i], account[i] == 1   ? PA_SEGMENT_NEW
                                    : account[i] == 0 ? pa_segment_of(&cuts, .5f, 5)
                                                      : pa_segment_of(&cuts, 1.5f, 2));
    pa_store_free(&model);
}

static const pa_test tests[] = {
    {"cuts are the quartiles of all accounts", test_cuts_are_the_quartiles_of_all_accounts},
    {"no accounts have no cuts", test_no_accounts_have_no_cuts},
    {"pace and amount of an account", test_pace_and_amount_of_an_account},
    {"parts begin at their cut", test_parts_begin_at_their_cut},
    {"rows have the segment of their account", test_rows_have_the_segment_of_their_account},
};
PA_MPI_TEST_MAIN("segments", tests)

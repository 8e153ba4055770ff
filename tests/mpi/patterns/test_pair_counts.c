#include "paraudit/patterns/pair_counts.h"

#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"

enum { PAIRS = 3000, ASKED = 2000 };

/* The pair that is met as number i of all, and how often all met it. */
static uint64_t pair(uint32_t i)
{
    uint32_t a = i * 2654435761u >> 22, b = i * 40503u >> 3 & 7;
    return pa_pair_key(i & 3, a, b);
}

static uint32_t times_met(uint64_t key)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < PAIRS; i++) n += pair(i) == key;
    return n;
}

/* Pair i is met on a rank that its number says; the last rank meets none where skewed. */
static void count_all(bool skewed, pa_store *model)
{
    pa_comm *comm = pa_test_comm();
    pa_pair_list list = {0};
    uint32_t size = (uint32_t)pa_comm_size(comm);
    pa_error err = {0};
    for (uint32_t i = 0; i < PAIRS; i++) {
        uint32_t owner = skewed ? 0 : i * 7 % size;
        if (owner == (uint32_t)pa_comm_rank(comm))
            CU_ASSERT_EQUAL(pa_pair_list_add(&list, pair(i), 1, &err), PA_OK);
    }
    pa_store_init(model, "patterns", 1);
    CU_ASSERT_EQUAL(pa_pair_counts_put(comm, &list, model, &err), PA_OK);
}

/* Rank r asks for others than the rest, and the last one for nothing. */
static void check_answers(const pa_store *model)
{
    pa_comm *comm = pa_test_comm();
    pa_pair_counts *counts = NULL;
    pa_error err = {0};
    static uint64_t key[ASKED];
    static uint32_t count[ASKED];
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    size_t n = size > 1 && rank == size - 1 ? 0 : ASKED;
    for (uint32_t i = 0; i < ASKED; i++)
        key[i] = i % 3 ? pair(i * 11 % PAIRS + (uint32_t)rank) : pa_pair_key(9, i, (uint32_t)rank);
    CU_ASSERT_EQUAL(pa_pair_counts_open(comm, model, &counts, &err), PA_OK);
    if (!counts) return;
    CU_ASSERT_EQUAL(pa_pair_counts_ask(comm, counts, n, key, count, &err), PA_OK);
    for (size_t i = 0; i < n; i++) CU_ASSERT_EQUAL(count[i], times_met(key[i]));
    pa_pair_counts_close(counts);
}

static void test_counts_are_those_of_all_ranks(void)
{
    static const size_t piece[] = {1, 100, PA_PIECE_DEFAULT};
    for (int k = 0; k < 6; k++) {
        pa_store model;
        pa_comm_set_piece(pa_test_comm(), piece[k % 3]);
        count_all(k >= 3, &model);
        check_answers(&model);
        pa_store_free(&model);
    }
}

/* As a restart brings them: cut evenly, or all of them on the last rank. */
static void test_pairs_may_be_cut_in_any_way(void)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    pa_error err = {0};
    pa_store model;
    count_all(false, &model);
    for (int last = 0; last < 2; last++) {
        const char *const name[] = {"pair", "pair_count"};
        pa_store cut;
        pa_store_init(&cut, "patterns", 1);
        for (int k = 0; k < 2; k++) {
            const pa_store_array *a = pa_store_find(&model, name[k]);
            void *all, *to;
            size_t bytes;
            CU_ASSERT_EQUAL(pa_gather_all(comm, a->data, a->n * 8, &all, &bytes, &err), PA_OK);
            int64_t n = a->n_global, r = rank, first = n * r / size, end = n * (r + 1) / size;
            if (last) {
                first = rank == size - 1 ? 0 : 0;
                end = rank == size - 1 ? n : 0;
            }
            CU_ASSERT_EQUAL(pa_store_put_slice(&cut, name[k], PA_I64, first, (size_t)(end - first),
                                               n, 1, "", &to, &err),
                            PA_OK);
            memcpy(to, (const int64_t *)all + first, (size_t)(end - first) * 8);
            free(all);
        }
        check_answers(&cut);
        pa_store_free(&cut);
    }
    pa_store_free(&model);
}

static void test_no_pairs_are_never_met(void)
{
    pa_comm *comm = pa_test_comm();
    pa_store model;
    pa_pair_list none = {0};
    pa_pair_counts *counts;
    pa_error err = {0};
    uint64_t key = pa_pair_key(1, 2, 3);
    uint32_t count = 7;
    pa_store_init(&model, "patterns", 1);
    CU_ASSERT_EQUAL(pa_pair_counts_put(comm, &none, &model, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_pair_counts_open(comm, &model, &counts, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_pair_counts_ask(comm, counts, 1, &key, &count, &err), PA_OK);
    CU_ASSERT_EQUAL(count, 0);
    pa_pair_counts_close(counts);
    pa_store_free(&model);
}

/* A result file may have been edited. */
static void test_pairs_out_of_order_are_refused(void)
{
    pa_comm *comm = pa_test_comm();
    pa_store model;
    pa_pair_counts *counts;
    pa_error err = {0};
    count_all(true, &model);
    const pa_store_array *a = pa_store_find(&model, "pair");
    if (a->n > 1) ((int64_t *)a->data)[1] = ((int64_t *)a->data)[0];
    CU_ASSERT_EQUAL(pa_pair_counts_open(comm, &model, &counts, &err), PA_E_DATA);
    CU_ASSERT_PTR_NULL(counts);
    pa_store_free(&model);
}

static const pa_test tests[] = {
    {"counts are those of all ranks", test_counts_are_those_of_all_ranks},
    {"pairs may be cut in any way", test_pairs_may_be_cut_in_any_way},
    {"no pairs are never met", test_no_pairs_are_never_met},
    {"pairs out of order are refused", test_pairs_out_of_order_are_refused},
};
PA_MPI_TEST_MAIN("pair_counts", tests)

#include <string.h>

#include "mpi_test.h"
#include "paraudit/comm/store_share.h"

enum { N = 5000 };

static void fill(pa_store *s)
{
    void *large, *small, *slice;
    pa_error err = {0};
    int rank = pa_comm_rank(pa_test_comm()), size = pa_comm_size(pa_test_comm());
    pa_store_init(s, "model", 1);
    CU_ASSERT_EQUAL(pa_store_put(s, "large", PA_I64, N, 2, "", &large, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_store_put(s, "small", PA_I64, 3, 1, "", &small, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_store_put_slice(s, "slice", PA_I64, rank * (int64_t)N, N, size * (int64_t)N,
                                       1, "", &slice, &err),
                    PA_OK);
    for (int64_t i = 0; i < 2 * N; i++) ((int64_t *)large)[i] = i * i;
    for (int64_t i = 0; i < N; i++) ((int64_t *)slice)[i] = rank * (int64_t)N + i;
}

/* What is large and replicated moves, once; values and checksum stay. */
static void test_a_shared_store_reads_as_before(void)
{
    pa_store before, after;
    pa_error err = {0};
    pa_comm *comm = pa_test_comm();
    fill(&before);
    fill(&after);
    const void *small = pa_store_find(&after, "small")->data;
    const void *slice = pa_store_find(&after, "slice")->data;
    const void *large = pa_store_find(&after, "large")->data;
    CU_ASSERT_EQUAL(pa_store_share(comm, &after, 1000, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_store_find(&after, "small")->data, small);
    CU_ASSERT_EQUAL(pa_store_find(&after, "slice")->data, slice);
    const pa_store_array *a = pa_store_find(&after, "large");
    CU_ASSERT_EQUAL(a->data == large, pa_comm_size(comm) == 1);
    CU_ASSERT_EQUAL(memcmp(a->data, pa_store_find(&before, "large")->data, 16 * N), 0);
    int rank = pa_comm_rank(comm);
    CU_ASSERT_EQUAL(pa_store_checksum(&after, rank), pa_store_checksum(&before, rank));
    pa_store_free(&before);
    pa_store_free(&after);
}

/* A new fit of the same name gets memory of its own again. */
static void test_an_array_that_was_lent_can_be_put_again(void)
{
    pa_store s;
    pa_error err = {0};
    void *data = NULL;
    fill(&s);
    CU_ASSERT_EQUAL(pa_store_share(pa_test_comm(), &s, 1000, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_store_put(&s, "large", PA_I64, 4, 1, "", &data, &err), PA_OK);
    if (data) ((int64_t *)data)[3] = 7;
    CU_ASSERT_EQUAL(pa_store_find(&s, "large")->n, 4);
    pa_store_free(&s);
}

static const pa_test tests[] = {
    {"a shared store reads as before", test_a_shared_store_reads_as_before},
    {"an array that was lent can be put again", test_an_array_that_was_lent_can_be_put_again},
};
PA_MPI_TEST_MAIN("store share", tests)

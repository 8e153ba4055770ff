/* Fails on the last rank alone, on purpose: the run as a whole must fail, and
 * rank 0 must say where (tests/mpi/CMakeLists.txt looks for both). */
#include "mpi_test.h"

static void test_all_ranks_pass(void)
{
    CU_ASSERT(pa_comm_rank(pa_test_comm()) >= 0);
}

static void test_last_rank_fails(void)
{
    bool last_rank = pa_comm_rank(pa_test_comm()) == pa_comm_size(pa_test_comm()) - 1;
    CU_ASSERT(!last_rank);
}

static const pa_test tests[] = {
    {"all ranks pass", test_all_ranks_pass},
    {"last rank fails", test_last_rank_fails},
};
PA_MPI_TEST_MAIN("harness", tests)

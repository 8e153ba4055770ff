/* The last rank has a signal, from the third test on, and the others hear of it. */
#include "paraudit/base/stop.h"

#include <signal.h>
#include <string.h>

#include "mpi_test.h"

static bool is_last(void)
{
    return pa_comm_rank(pa_test_comm()) == pa_comm_size(pa_test_comm()) - 1;
}

/* Polls that rank r makes: nobody as many as another. */
static pa_status work(int polls, pa_error *err)
{
    for (int i = 0; i < polls; i++) PA_TRY(pa_stop_poll(err));
    return PA_OK;
}

static void test_ranks_that_work_apart_rejoin(void)
{
    pa_error err = {0};
    pa_stop_allow(true);
    for (int times = 0; times < 3; times++) {
        pa_apart(pa_test_comm());
        pa_status st = work(1000 * pa_comm_rank(pa_test_comm()), &err);
        CU_ASSERT_EQUAL(pa_rejoin(pa_test_comm(), st, &err), PA_OK);
    }
    int64_t one = 1; /* messages of rounds that are over are nobody's any longer */
    pa_sum_i64(pa_test_comm(), &one, 1);
    CU_ASSERT_EQUAL(one, pa_comm_size(pa_test_comm()));
}

static void test_an_error_waits_for_those_who_work(void)
{
    pa_error err = {0};
    int done = 0;
    pa_apart(pa_test_comm());
    if (is_last()) pa_fail_at(&err, PA_E_DATA, 1, 7, "a.csv:7: bad");
    for (; !is_last() && done < 5000; done++)
        if (pa_stop_poll(&err) != PA_OK) break;
    CU_ASSERT(is_last() || done == 5000);
    CU_ASSERT_EQUAL(pa_rejoin(pa_test_comm(), err.status, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, "a.csv:7: bad");
}

static void test_ranks_that_may_not_stop_go_on(void)
{
    pa_error err = {0};
    pa_stop_allow(false);
    if (is_last()) pa_stop_learn(SIGTERM);
    CU_ASSERT_EQUAL(pa_agree(pa_test_comm(), PA_OK, &err), PA_OK);
    pa_apart(pa_test_comm());
    CU_ASSERT_EQUAL(pa_rejoin(pa_test_comm(), work(100, &err), &err), PA_OK);
    CU_ASSERT_EQUAL(pa_stop_signal(), is_last() ? SIGTERM : 0);
}

/* Without a word from the last rank the others would be here for ever. */
static void test_a_signal_to_one_rank_ends_the_work_of_all(void)
{
    pa_error err = {0};
    pa_stop_allow(true);
    pa_apart(pa_test_comm());
    pa_status st = PA_OK;
    while (!is_last() && st == PA_OK) st = pa_stop_poll(&err);
    CU_ASSERT_EQUAL(pa_rejoin(pa_test_comm(), st, &err), PA_E_AGAIN);
    CU_ASSERT_STRING_EQUAL(err.message, "stopped by SIGTERM");
    CU_ASSERT_EQUAL(pa_stop_signal(), SIGTERM);
}

static void test_an_agreement_ends_with_the_stop(void)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_agree(pa_test_comm(), PA_OK, &err), PA_E_AGAIN);
    CU_ASSERT_EQUAL(err.status, PA_E_AGAIN);
    CU_ASSERT_STRING_EQUAL(err.message, "stopped by SIGTERM");
}

static void test_an_error_comes_before_a_stop(void)
{
    pa_error err = {0};
    if (pa_comm_rank(pa_test_comm()) == 0) pa_fail(&err, PA_E_IO, "the disk is full");
    CU_ASSERT_EQUAL(pa_agree(pa_test_comm(), err.status, &err), PA_E_IO);
    CU_ASSERT_STRING_EQUAL(err.message, "the disk is full");
    pa_stop_allow(false);
}

static const pa_test tests[] = {
    {"ranks that work apart rejoin", test_ranks_that_work_apart_rejoin},
    {"an error waits for those who work", test_an_error_waits_for_those_who_work},
    {"ranks that may not stop go on", test_ranks_that_may_not_stop_go_on},
    {"a signal to one rank ends the work of all", test_a_signal_to_one_rank_ends_the_work_of_all},
    {"an agreement ends with the stop", test_an_agreement_ends_with_the_stop},
    {"an error comes before a stop", test_an_error_comes_before_a_stop},
};
PA_MPI_TEST_MAIN("stop_together", tests)

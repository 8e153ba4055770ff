#include <string.h>
#include <time.h>

#include "mpi_test.h"
#include "nodes.h"
#include "paraudit/comm/tasks.h"

/* What the tasks of a test know. A task's result is its key, key % 7 times. */
typedef struct {
    int64_t cost[1000];
    bool done[1000];
    int64_t begun[1000]; /* times on this rank */
    int64_t n_begun;     /* tasks on this rank */
    size_t last;         /* the latest of them */
    int64_t spin;        /* steps of work a unit of cost */
    size_t fails_from;   /* keys from here on fail where odd */
    int64_t stop_after;  /* tasks on this rank */
    bool gives_up;       /* the last one of them, instead of doing it */
    bool sleeps;
    bool in_order; /* so far this rank began its tasks by falling cost */
} desk;

enum { N = 1000, NEVER = INT32_MAX };

static void clear(desk *d)
{
    *d = (desk){.fails_from = NEVER, .stop_after = NEVER, .in_order = true};
    for (size_t key = 0; key < N; key++) d->cost[key] = (int64_t)(key * 7919 % 101);
}

static void note(desk *d, size_t key)
{
    if (d->n_begun > 0) d->in_order &= d->cost[key] <= d->cost[d->last];
    d->begun[key]++;
    d->n_begun++;
    d->last = key;
}

static void spend(const desk *d, size_t key)
{
    struct timespec ms = {.tv_nsec = 1000000};
    if (d->sleeps) nanosleep(&ms, NULL);
    for (volatile int64_t i = d->spin * d->cost[key]; i > 0; i--) {
    }
}

static bool stop_after(void *context)
{
    const desk *d = context;
    return d->n_begun >= d->stop_after;
}

static pa_status write_key(void *context, size_t key, pa_buffer *result, pa_error *err)
{
    desk *d = context;
    note(d, key);
    spend(d, key);
    for (size_t i = 0; i < key % 7; i++) PA_TRY(pa_buffer_add(result, &key, sizeof key, err));
    if (key >= d->fails_from && key % 2)
        return pa_fail(err, key % 4 == 1 ? PA_E_DATA : PA_E_IO, "task %zu", key);
    return d->gives_up && stop_after(d) ? pa_fail(err, PA_E_AGAIN, "given up") : PA_OK;
}

static pa_tasks tasks_of(desk *d, size_t n)
{
    return (pa_tasks){.n = n,
                      .cost = d->cost,
                      .done = d->done,
                      .work = write_key,
                      .stop = stop_after,
                      .context = d};
}

/* The machine as it is; two nodes with the ranks in turn; two of neighbours; a node each. */
static void on_all_nodes(void (*check)(void))
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm);
    const int node[] = {0, rank % 2, 2 * rank / pa_comm_size(comm), rank};
    for (size_t kind = 0; kind < sizeof node / sizeof *node; kind++) {
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_nodes_pretend(comm, node[kind], &err), PA_OK);
        check();
    }
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_nodes_pretend(comm, 0, &err), PA_OK);
}

/* The slow twin: one rank does the tasks in `wanted` in order. */
static void do_alone(size_t n, const bool wanted[], pa_buffer *all)
{
    pa_error err = {0};
    desk d;
    clear(&d);
    for (size_t key = 0; key < n; key++)
        if (wanted[key]) write_key(&d, key, all, &err);
}

/* Each of the wanted tasks was begun once, by one rank, and no other. */
static void expect_begun_once(const desk *d, size_t n, const bool wanted[])
{
    int64_t times[N], wrong = 0;
    memcpy(times, d->begun, sizeof times);
    pa_sum_i64(pa_test_comm(), times, N);
    for (size_t key = 0; key < N; key++) wrong += times[key] != (key < n && wanted[key]);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void expect_places(const pa_task_results *r, size_t n, const bool wanted[])
{
    int64_t rank = pa_comm_rank(pa_test_comm());
    size_t wrong = 0, n_done = 0, at = 0;
    for (size_t key = 0; key < n; key++) {
        const pa_task_place *p = r->place + key;
        size_t bytes = wanted[key] ? key % 7 * sizeof key : 0;
        wrong += (p->rank >= 0) != wanted[key] || (size_t)p->bytes != bytes;
        n_done += wanted[key];
        if (p->rank != rank) continue;
        at += bytes;
        for (size_t i = 0; i < bytes; i += sizeof key)
            wrong += memcmp(r->kept.data + (size_t)p->at + i, &key, sizeof key) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(r->n, n);
    CU_ASSERT_EQUAL(r->n_done, n_done);
    CU_ASSERT_EQUAL(r->kept.length, at);
}

static void expect_shared(const pa_task_results *r, size_t n, const bool wanted[])
{
    pa_buffer alone = {0};
    pa_node_array all;
    pa_error err = {0};
    do_alone(n, wanted, &alone);
    CU_ASSERT_EQUAL(pa_task_results_share(pa_test_comm(), r, &all, &err), PA_OK);
    CU_ASSERT_EQUAL(all.bytes, alone.length);
    if (all.bytes == alone.length && all.bytes > 0)
        CU_ASSERT_EQUAL(memcmp(all.data, alone.data, all.bytes), 0);
    pa_node_array_free(&all);
    pa_buffer_free(&alone);
}

/* Runs what is not done of n tasks and compares with the twin. */
static void run_like_the_twin(desk *d, size_t n)
{
    pa_tasks tasks = tasks_of(d, n);
    pa_task_results r;
    pa_error err = {0};
    bool wanted[N];
    for (size_t key = 0; key < N; key++) wanted[key] = key < n && !d->done[key];
    CU_ASSERT_EQUAL(pa_tasks_run(pa_test_comm(), &tasks, &r, &err), PA_OK);
    expect_begun_once(d, n, wanted);
    expect_places(&r, n, wanted);
    expect_shared(&r, n, wanted);
    pa_task_results_free(&r);
    CU_ASSERT_PTR_NULL(r.place);
}

static void like_the_twin(void)
{
    static const size_t counts[] = {N, 100, 5, 2, 1, 0}; /* also fewer than ranks, and none */
    for (int k = 0; k < 6; k++) {
        desk d;
        clear(&d);
        run_like_the_twin(&d, counts[k]);
    }
}

static void test_results_are_those_of_one_rank_in_order(void)
{
    on_all_nodes(like_the_twin);
}

static void a_hundred_like_the_twin(void)
{
    desk d;
    clear(&d);
    run_like_the_twin(&d, 100);
}

static void test_results_reach_all_nodes_in_any_piece(void)
{
    static const size_t pieces[] = {1, 100};
    for (int p = 0; p < 2; p++) {
        pa_comm_set_piece(pa_test_comm(), pieces[p]);
        on_all_nodes(a_hundred_like_the_twin);
    }
}

/* Tasks of 0 to 5 ms and one of 50. */
static void unequal(void)
{
    desk d;
    clear(&d);
    d.spin = 20000;
    d.cost[3] = 1000;
    run_like_the_twin(&d, 50);
}

static void test_unequal_tasks_are_each_done_once(void)
{
    on_all_nodes(unequal);
}

/* By the estimates node 0 has enough with task 0: it ends and does some of the others'. */
static void mistaken_costs(void)
{
    const pa_nodes *nodes;
    pa_error err = {0};
    desk d;
    clear(&d);
    for (size_t key = 0; key < N; key++) d.cost[key] = key == 0 ? 1000000 : 1;
    d.sleeps = true;
    run_like_the_twin(&d, N);
    CU_ASSERT_EQUAL(pa_nodes_find(pa_test_comm(), &nodes, &err), PA_OK);
    int64_t by_node_0 = nodes->mine == 0 ? d.n_begun : 0;
    pa_sum_i64(pa_test_comm(), &by_node_0, 1);
    CU_ASSERT(by_node_0 > 1);
}

static void test_nodes_without_tasks_help_the_others(void)
{
    on_all_nodes(mistaken_costs);
}

static void test_larger_tasks_are_begun_before_smaller_ones(void)
{
    desk d;
    clear(&d);
    run_like_the_twin(&d, N);
    CU_ASSERT(d.in_order);
}

static void test_tasks_without_costs_are_done_by_key(void)
{
    desk d;
    clear(&d);
    memset(d.cost, 0, sizeof d.cost);
    pa_tasks tasks = tasks_of(&d, 50);
    tasks.cost = NULL;
    tasks.done = NULL;
    tasks.stop = NULL;
    pa_task_results r;
    pa_error err = {0};
    bool wanted[N] = {0};
    memset(wanted, true, 50);
    CU_ASSERT_EQUAL(pa_tasks_run(pa_test_comm(), &tasks, &r, &err), PA_OK);
    expect_begun_once(&d, 50, wanted);
    expect_places(&r, 50, wanted);
    pa_task_results_free(&r);
}

static void leave_out_done(void)
{
    desk d;
    clear(&d);
    for (size_t key = 0; key < N; key++) d.done[key] = key % 3 == 0;
    run_like_the_twin(&d, N);
    clear(&d);
    memset(d.done, true, sizeof d.done);
    run_like_the_twin(&d, N);
    CU_ASSERT_EQUAL(d.n_begun, 0);
}

static void test_done_tasks_are_not_done_again(void)
{
    on_all_nodes(leave_out_done);
}

/* Odd keys from 500 on fail: 501, with its own status, is the one to hear of. */
static void fail_from_501(void)
{
    for (int repeat = 0; repeat < 10; repeat++) {
        desk d;
        clear(&d);
        d.fails_from = 500;
        d.spin = repeat;
        pa_tasks tasks = tasks_of(&d, N);
        pa_task_results r;
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_tasks_run(pa_test_comm(), &tasks, &r, &err), PA_E_DATA);
        CU_ASSERT_EQUAL(err.status, PA_E_DATA);
        CU_ASSERT_STRING_EQUAL(err.message, "task 501");
        CU_ASSERT_PTR_NULL(r.place);
        CU_ASSERT_PTR_NULL(r.kept.data);
    }
}

static void test_error_of_the_smallest_key_is_everyones(void)
{
    on_all_nodes(fail_from_501);
}

/* Task 1 is begun first. */
static void test_after_an_error_larger_keys_are_not_begun(void)
{
    pa_comm *comm = pa_test_comm();
    desk d;
    clear(&d);
    d.cost[1] = 1000;
    d.fails_from = 1;
    d.sleeps = true;
    pa_tasks tasks = tasks_of(&d, N);
    pa_task_results r;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_tasks_run(comm, &tasks, &r, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, "task 1");
    pa_sum_i64(comm, &d.n_begun, 1);
    CU_ASSERT(d.n_begun < N);
}

static pa_status fail_in_silence(void *context, size_t key, pa_buffer *result, pa_error *err)
{
    (void)context;
    (void)result;
    (void)err;
    return key == 7 ? PA_E_CREATE : PA_OK;
}

static void test_failure_without_message_is_still_agreed(void)
{
    pa_tasks tasks = {.n = 20, .work = fail_in_silence};
    pa_task_results r;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_tasks_run(pa_test_comm(), &tasks, &r, &err), PA_E_CREATE);
    CU_ASSERT(strlen(err.message) > 0);
}

/* Copies what a stopped run gave to where the results of all tasks are kept. */
static void keep(const pa_node_array *all, const pa_task_results *r, desk *d, char kept[][64])
{
    const char *next = all->data;
    for (size_t key = 0; key < r->n; key++) {
        if (r->place[key].rank < 0) continue;
        CU_ASSERT(!d->done[key]);
        d->done[key] = true;
        memcpy(kept[key], next, (size_t)r->place[key].bytes);
        next += r->place[key].bytes;
    }
}

/* One rank after the other wants to stop, the first before it did anything. */
static void stop_runs(bool gives_up)
{
    static char kept[N][64];
    pa_comm *comm = pa_test_comm();
    int n_ranks = pa_comm_size(comm);
    size_t n_done = 0, wrong = 0;
    desk d;
    clear(&d);
    memset(kept, 0, sizeof kept);
    for (int run = 0; n_done < N && run < 10000; run++) {
        d.n_begun = 0;
        d.gives_up = gives_up;
        d.stop_after = run % n_ranks == pa_comm_rank(comm) ? run : NEVER;
        pa_tasks tasks = tasks_of(&d, N);
        pa_task_results r;
        pa_node_array all;
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_tasks_run(comm, &tasks, &r, &err), PA_OK);
        CU_ASSERT_EQUAL(pa_task_results_share(comm, &r, &all, &err), PA_OK);
        CU_ASSERT(d.n_begun <= d.stop_after);
        keep(&all, &r, &d, kept);
        n_done += r.n_done;
        pa_node_array_free(&all);
        pa_task_results_free(&r);
    }
    for (size_t key = 0; key < N; key++)
        for (size_t i = 0; i < key % 7; i++) wrong += memcmp(kept[key] + 8 * i, &key, 8) != 0;
    CU_ASSERT_EQUAL(n_done, N);
    CU_ASSERT_EQUAL(wrong, 0);
    bool wanted[N];
    memset(wanted, true, sizeof wanted);
    if (!gives_up) expect_begun_once(&d, N, wanted);
}

static void stop_and_go_on(void)
{
    stop_runs(false);
}

static void give_up_and_go_on(void)
{
    stop_runs(true);
}

static void test_stopped_runs_go_on_to_the_same_results(void)
{
    on_all_nodes(stop_and_go_on);
}

/* What a task has written that gave up is nobody's. */
static void test_a_task_may_give_up_as_its_run_stops(void)
{
    on_all_nodes(give_up_and_go_on);
}

/* 1000 tasks of a millisecond: the last rank is heard long before they are done. */
static void stop_from_the_last_rank(void)
{
    pa_comm *comm = pa_test_comm();
    desk d;
    clear(&d);
    d.sleeps = true;
    if (pa_comm_rank(comm) == pa_comm_size(comm) - 1) d.stop_after = 0;
    pa_tasks tasks = tasks_of(&d, N);
    pa_task_results r;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_tasks_run(comm, &tasks, &r, &err), PA_OK);
    CU_ASSERT(r.n_done < N / 2);
    pa_task_results_free(&r);
}

static void test_one_rank_stops_all(void)
{
    on_all_nodes(stop_from_the_last_rank);
}

static const pa_test tests[] = {
    {"results are those of one rank in order", test_results_are_those_of_one_rank_in_order},
    {"results reach all nodes in any piece", test_results_reach_all_nodes_in_any_piece},
    {"unequal tasks are each done once", test_unequal_tasks_are_each_done_once},
    {"nodes without tasks help the others", test_nodes_without_tasks_help_the_others},
    {"larger tasks are begun before smaller ones", test_larger_tasks_are_begun_before_smaller_ones},
    {"tasks without costs are done by key", test_tasks_without_costs_are_done_by_key},
    {"done tasks are not done again", test_done_tasks_are_not_done_again},
    {"error of the smallest key is everyone's", test_error_of_the_smallest_key_is_everyones},
    {"after an error larger keys are not begun", test_after_an_error_larger_keys_are_not_begun},
    {"failure without message is still agreed", test_failure_without_message_is_still_agreed},
    {"stopped runs go on to the same results", test_stopped_runs_go_on_to_the_same_results},
    {"a task may give up as its run stops", test_a_task_may_give_up_as_its_run_stops},
    {"one rank stops all", test_one_rank_stops_all},
};
PA_MPI_TEST_MAIN("tasks", tests)

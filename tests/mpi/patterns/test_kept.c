/* Mining that is stopped again and again ends with the bytes of one that is not. */
#include <string.h>

#include "drawn_baskets.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/patterns/mine.h"

/* Chunks end to end, each behind its length. */
typedef struct {
    pa_buffer saved;   /* of this rank, in this run */
    pa_buffer earlier; /* of all ranks, in earlier ones */
    int left;          /* tasks until this rank stops all */
    int asks;          /* how often it is asked until then: for each set that is written */
    int since, every;  /* tasks since the last save, and between two */
    int n_stops, n_loaded;
    bool damages; /* the last byte of each third chunk is lacking */
    bool fails;   /* each other save on the way */
    bool on_the_way;
    int n_tries, n_failed;
} memory;

static pa_status load(void *self, const void *about, size_t bytes, pa_chunk_taker *take,
                      void *taker, pa_error *err)
{
    memory *m = self;
    int ranks = pa_comm_size(pa_test_comm()), rank = pa_comm_rank(pa_test_comm()), chunk = 0;
    uint64_t n;
    CU_ASSERT(about != NULL && bytes > 0);
    for (size_t at = 0; at < m->earlier.length; at += sizeof n + n, chunk++) {
        memcpy(&n, m->earlier.data + at, sizeof n);
        /* Some are on two ranks. */
        bool mine = chunk % ranks == rank || (chunk % 2 == 0 && (chunk + 1) % ranks == rank);
        bool whole = !m->damages || chunk % 3 != 0;
        if (!mine) continue;
        m->n_loaded++;
        PA_TRY(take(taker, m->earlier.data + at + sizeof n, n - !whole, err));
    }
    return PA_OK;
}

static bool is_due(void *self)
{
    memory *m = self;
    m->left--;
    return m->on_the_way = ++m->since >= m->every;
}

static pa_status save(void *self, const char *chunk, size_t bytes, pa_error *err)
{
    memory *m = self;
    uint64_t n = bytes;
    if (m->on_the_way && m->fails && m->n_tries++ % 2 == 0)
        return pa_fail(err, PA_E_IO, "the disk is full");
    m->since = 0;
    if (bytes == 0) return PA_OK;
    PA_TRY(pa_buffer_add(&m->saved, &n, sizeof n, err));
    return pa_buffer_add(&m->saved, chunk, bytes, err);
}

static void not_saved(void *self, const pa_error *why)
{
    memory *m = self;
    CU_ASSERT_STRING_EQUAL(why->message, "the disk is full");
    m->n_failed++;
}

static bool stop(void *self)
{
    memory *m = self;
    m->on_the_way = false;
    if (m->asks > 0) m->asks--;
    return m->left <= 0 || m->asks == 0;
}

static pa_status stopped(void *self, size_t n_done, size_t n, pa_error *err)
{
    memory *m = self;
    m->n_stops++;
    CU_ASSERT(n_done < n);
    return pa_fail(err, PA_E_AGAIN, "stopped");
}

static void tell(void *self, int64_t done, int64_t all)
{
    (void)self;
    CU_ASSERT(done <= all);
}

static pa_status write_set(void *writer, size_t n, const int32_t item[], uint32_t support,
                           pa_buffer *to, pa_error *err)
{
    (void)writer;
    PA_TRY(pa_buffer_add(to, &support, sizeof support, err));
    return pa_buffer_add(to, item, n * sizeof *item, err);
}

/* The chunks of all ranks are those of earlier runs from now on. */
static void share_chunks(memory *m)
{
    pa_error err = {0};
    void *all;
    size_t n;
    CU_ASSERT_EQUAL(pa_gather_all(pa_test_comm(), m->saved.data, m->saved.length, &all, &n, &err),
                    PA_OK);
    CU_ASSERT_EQUAL(pa_buffer_add(&m->earlier, all, n, &err), PA_OK);
    m->saved.length = 0;
    pa_free(all);
}

static void compare(const pa_mined *whole, const pa_mined *m, bool written)
{
    pa_error err = {0};
    pa_node_array a, b;
    CU_ASSERT_EQUAL(m->n_sets, whole->n_sets);
    CU_ASSERT(m->n == whole->n &&
              memcmp(m->by_size, whole->by_size, m->n * sizeof *m->by_size) == 0);
    CU_ASSERT_EQUAL(pa_task_results_share(pa_test_comm(), &whole->results, &a, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_task_results_share(pa_test_comm(), &m->results, &b, &err), PA_OK);
    CU_ASSERT(a.bytes == b.bytes && (a.bytes > 0) == written);
    CU_ASSERT(a.bytes == b.bytes && memcmp(a.data, b.data, a.bytes) == 0);
    pa_node_array_free(&a);
    pa_node_array_free(&b);
}

/* bytes: of memory, of runs that are stopped. Adds how often these were, the chunks that were
 * loaded, whether sets waited in a file, and the saves that failed. */
static void stop_and_go_on(const pa_baskets *b, pa_mine_request *r, uint32_t *state, size_t bytes,
                           bool damages, int64_t sum[4])
{
    memory kept = {
        .every = 1 + (int)draw(state, 4), .damages = damages, .fails = draw(state, 2) > 0};
    const pa_mine_keeper keeper = {&kept, load, is_due, save, not_saved, stop, stopped, tell};
    pa_mined whole = {0}, m = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_mine(pa_test_comm(), b, r, &whole, &err), PA_OK);
    r->keeper = &keeper;
    r->memory = bytes;
    pa_status st;
    do {
        err = (pa_error){0};
        kept.left = 6 + (int)draw(state, 12);
        kept.asks = 20 + (int)draw(state, 4000);
        if (kept.n_stops > 6) kept.left = kept.asks = INT32_MAX;
        st = pa_mine(pa_test_comm(), b, r, &m, &err);
        CU_ASSERT(st == PA_OK || st == PA_E_AGAIN);
        share_chunks(&kept);
    } while (st == PA_E_AGAIN);
    int64_t loaded = kept.n_loaded;
    pa_sum_i64(pa_test_comm(), &loaded, 1);
    sum[0] += kept.n_stops;
    sum[1] += loaded;
    if (st == PA_OK) compare(&whole, &m, r->write != NULL);
    sum[3] += kept.n_failed;
    sum[2] += m.n_rounds > 1 && m.spill.in_file > 0;
    pa_mined_free(&whole);
    pa_mined_free(&m);
    pa_buffer_free(&kept.saved);
    pa_buffer_free(&kept.earlier);
    r->keeper = NULL;
}

/* Alone; with little memory, so that trees come one after the other and sets wait in a file; and
 * for the sets of largest support. */
static void test_a_stopped_run_goes_on_to_the_same_bytes(void)
{
    static drawn d;
    uint32_t of_baskets = 41, of_stops = 42;
    int64_t sum[4] = {0};
    for (int round = 0; round < 16; round++) {
        draw_baskets(&of_baskets, MOST_ITEMS, 200, 60, &d);
        pa_baskets b = baskets_of(&d, MOST_ITEMS);
        if (pa_comm_rank(pa_test_comm()) > 0) b.n = 0; /* tasks are for all */
        pa_mine_request r = {.kind = (pa_set_kind)(round % 3),
                             .memory = 1 << 24,
                             .beside = "kept",
                             .top_k = round > 11 && round % 3 < 2 ? 200 : 0,
                             .sets = {.min_support = round > 5 ? 2 : 20, .min_length = 1},
                             .write = round % 2 ? write_set : NULL};
        stop_and_go_on(&b, &r, &of_stops,
                       round < 6   ? 1 << 24
                       : round % 3 ? 77000
                                   : 20000,
                       round % 6 > 2, sum);
    }
    /* Who does which task is up to time. */
    CU_ASSERT(sum[0] > 20 && sum[1] > 40);
    pa_max_i64(pa_test_comm(), sum + 2, 2);
    CU_ASSERT(sum[2] > 0 && sum[3] > 10);
}

static const pa_test tests[] = {
    {"a stopped run goes on to the same bytes", test_a_stopped_run_goes_on_to_the_same_bytes},
};
PA_MPI_TEST_MAIN("kept", tests)

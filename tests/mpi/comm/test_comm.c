#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/batch.h"
#include "paraudit/comm/message.h"

static const size_t pieces[] = {1, 7, 64, PA_PIECE_DEFAULT};
enum { N_PIECES = sizeof pieces / sizeof *pieces };

static void test_good_ranks_agree_to_go_on(void)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_agree(pa_test_comm(), PA_OK, &err), PA_OK);
    CU_ASSERT_EQUAL(err.status, PA_OK);
}

/*  rank    0         1         2        3
 *  place   2:5       1:9       1:4      none      -> 1:4 of rank 2, with fewer ranks the next
 */
static void test_smallest_place_wins(void)
{
    static const int file[] = {2, 1, 1, 0}, line[] = {5, 9, 4, 0};
    static const char *const expected[] = {"2:5", "1:9", "1:4", "1:4"};
    int rank = pa_comm_rank(pa_test_comm()), n = pa_comm_size(pa_test_comm());
    pa_error err = {0};
    pa_fail_at(&err, rank ? PA_E_DATA : PA_E_IO, file[rank], line[rank], "%d:%d", file[rank],
               line[rank]);
    pa_status st = pa_agree(pa_test_comm(), err.status, &err);
    CU_ASSERT_EQUAL(st, n == 1 ? PA_E_IO : PA_E_DATA);
    CU_ASSERT_EQUAL(err.status, st);
    CU_ASSERT_STRING_EQUAL(err.message, expected[n - 1]);
}

static void test_errors_without_place_go_to_the_lowest_rank(void)
{
    int rank = pa_comm_rank(pa_test_comm()), n = pa_comm_size(pa_test_comm());
    int lowest = n > 1; /* rank 0 is fine where there are others */
    pa_error err = {0};
    if (rank >= lowest) pa_fail(&err, PA_E_MEMORY, "rank %d", rank);
    CU_ASSERT_EQUAL(pa_agree(pa_test_comm(), err.status, &err), PA_E_MEMORY);
    CU_ASSERT_STRING_EQUAL(err.message, lowest ? "rank 1" : "rank 0");
    CU_ASSERT_EQUAL(err.status, PA_E_MEMORY);
}

static void test_place_comes_before_no_place(void)
{
    int rank = pa_comm_rank(pa_test_comm()), last = pa_comm_size(pa_test_comm()) - 1;
    pa_error err = {0};
    if (rank == last) {
        pa_fail_at(&err, PA_E_DATA, INT64_MAX / 2, INT64_MAX / 2, "far away");
    } else {
        pa_fail(&err, PA_E_IO, "nowhere");
    }
    CU_ASSERT_EQUAL(pa_agree(pa_test_comm(), err.status, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, "far away");
}

static void test_status_without_message_is_still_agreed(void)
{
    pa_status mine = pa_comm_rank(pa_test_comm()) == 0 ? PA_E_CREATE : PA_OK;
    CU_ASSERT_EQUAL(pa_agree(pa_test_comm(), mine, NULL), PA_E_CREATE);
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_agree(pa_test_comm(), mine, &err), PA_E_CREATE);
    CU_ASSERT(strlen(err.message) > 0);
}

static void test_unlike_ranks_are_named(void)
{
    pa_comm *comm = pa_test_comm();
    bool last = pa_comm_rank(comm) == pa_comm_size(comm) - 1;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_all_alike(comm, "BLAS kernel", "Haswell", &err), PA_OK);
    pa_status st = pa_all_alike(comm, "BLAS kernel", last ? "SkylakeX" : "Haswell", &err);
    if (pa_comm_size(comm) == 1) {
        CU_ASSERT_EQUAL(st, PA_OK);
        return;
    }
    char named[32];
    snprintf(named, sizeof named, "rank 0 and rank %d", pa_comm_size(comm) - 1);
    CU_ASSERT_EQUAL(st, PA_E_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, named));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "(Haswell; SkylakeX)"));
}

static void test_broadcast_arrives_in_any_piece(void)
{
    pa_comm *comm = pa_test_comm();
    for (int p = 0; p < N_PIECES; p++) {
        pa_comm_set_piece(comm, pieces[p]);
        for (int root = 0; root < pa_comm_size(comm); root++) {
            char text[101] = {0};
            if (pa_comm_rank(comm) == root) memset(text, 'a' + root, 100);
            pa_broadcast(comm, text, 100, root);
            CU_ASSERT_EQUAL(strspn(text, (char[]){(char)('a' + root), 0}), 100);
        }
    }
}

enum { N = 33 };

static void test_sums_and_extremes_are_over_all_ranks(void)
{
    pa_comm *comm = pa_test_comm();
    int64_t rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    for (int p = 0; p < N_PIECES; p++) {
        pa_comm_set_piece(comm, pieces[p]);
        int64_t sum[N], least[N], most[N];
        uint64_t wrapped[N];
        int32_t narrow[N];
        double low[N], high[N], about[N];
        for (int i = 0; i < N; i++) {
            narrow[i] = (int32_t)(rank - i);
            sum[i] = least[i] = most[i] = i * 1000 + rank;
            wrapped[i] = UINT64_MAX - (uint64_t)i;
            low[i] = high[i] = about[i] = i - 0.5 * (double)rank;
        }
        pa_sum_i64(comm, sum, N);
        pa_sum_u64(comm, wrapped, N);
        pa_sum_i32(comm, narrow, N);
        pa_min_i64(comm, least, N);
        pa_max_i64(comm, most, N);
        pa_min_f64(comm, low, N);
        pa_max_f64(comm, high, N);
        pa_sum_f64_inexact(comm, about, N);
        int wrong = 0;
        for (int i = 0; i < N; i++) {
            wrong += sum[i] != size * i * 1000 + size * (size - 1) / 2;
            wrong += wrapped[i] != (uint64_t)size * (UINT64_MAX - (uint64_t)i);
            wrong += narrow[i] != size * (size - 1) / 2 - size * i;
            wrong += least[i] != i * 1000 || most[i] != i * 1000 + size - 1;
            wrong += low[i] != i - 0.5 * (double)(size - 1) || high[i] != i;
            wrong += about[i] != (double)(size * i) - 0.25 * (double)(size * (size - 1));
        }
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

/* Rank r gets r + 3 of the sums, but for one that gets none. */
static void test_sums_are_cut_among_the_ranks(void)
{
    enum { MOST = 200 };
    pa_comm *comm = pa_test_comm();
    int size = pa_comm_size(comm), rank = pa_comm_rank(comm);
    size_t n[16], before = 0, all = 0;
    for (int r = 0; r < size; r++) {
        n[r] = r == 1 ? 0 : (size_t)r + 3;
        if (r < rank) before += n[r];
        all += n[r];
    }
    for (int p = 0; p < N_PIECES; p++) {
        pa_comm_set_piece(comm, pieces[p]);
        int64_t v[MOST], sum[MOST];
        for (size_t i = 0; i < all; i++) v[i] = (int64_t)i * 1000 + rank;
        pa_sum_scatter_i64(comm, v, n, sum);
        int wrong = 0;
        for (size_t i = 0; i < n[rank]; i++)
            wrong += sum[i] != size * (int64_t)(before + i) * 1000 + size * (size - 1) / 2;
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

static void test_wide_sums_carry_into_the_upper_half(void)
{
    pa_comm *comm = pa_test_comm();
    int size = pa_comm_size(comm);
    for (int p = 0; p < N_PIECES; p++) {
        pa_comm_set_piece(comm, pieces[p]);
        pa_i128 v[N];
        for (int i = 0; i < N; i++) v[i] = (i % 2 ? -1 : 1) * ((pa_i128)UINT64_MAX + i);
        pa_sum_i128(comm, v, N);
        int wrong = 0;
        for (int i = 0; i < N; i++)
            wrong += v[i] != (i % 2 ? -size : size) * ((pa_i128)UINT64_MAX + i);
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

/* Of any length, in one call or several; nothing is added where a rank has failed. */
static void test_batches_are_added_together_or_not_at_all(void)
{
    enum { MANY = 5000 };
    static int64_t many[MANY];
    pa_comm *comm = pa_test_comm();
    int64_t rank = pa_comm_rank(comm), size = pa_comm_size(comm), few[2] = {rank, -1};
    pa_i128 wide = (pa_i128)1 << 100;
    int wrong = 0;
    pa_error err = {0};
    pa_batch batch = {0};
    for (int i = 0; i < MANY; i++) many[i] = i;
    pa_batch_i64(&batch, few, 2);
    pa_batch_i128(&batch, &wide, 1);
    pa_batch_i64(&batch, NULL, 0);
    pa_batch_i64(&batch, many, MANY);
    CU_ASSERT_EQUAL(pa_batch_sum(comm, &batch, PA_OK, &err), PA_OK);
    CU_ASSERT(few[0] == size * (size - 1) / 2 && few[1] == -size);
    CU_ASSERT(wide == (pa_i128)size << 100);
    for (int i = 0; i < MANY; i++) wrong += many[i] != i * size;
    CU_ASSERT_EQUAL(wrong, 0);

    bool fails = rank == size - 1;
    int64_t kept = 7;
    pa_batch_i64(&batch, fails ? NULL : &kept, 1);
    pa_status st = fails ? pa_fail(&err, PA_E_DATA, "the last rank failed") : PA_OK;
    CU_ASSERT_EQUAL(pa_batch_sum(comm, &batch, st, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, "the last rank failed");
    CU_ASSERT_EQUAL(kept, 7);
}

static void test_sum_before_is_over_the_lower_ranks(void)
{
    pa_comm *comm = pa_test_comm();
    int64_t rank = pa_comm_rank(comm);
    CU_ASSERT_EQUAL(pa_sum_before_i64(comm, (int64_t)1 << 40), rank << 40);
}

/* Values of very unlike size, so that another order of adding shows. */
static double value_of(int shard, int j)
{
    uint64_t h = (uint64_t)(shard * 31 + j + 1) * 0x9E3779B97F4A7C15u;
    double v = (double)(int64_t)h;
    return shard % 3 == 0 ? v * 1e-17 : v;
}

/* Shards per rank: 5, 0, 20, the rest. */
static int first_shard(int rank, int size, int n_shards)
{
    static const int begin[] = {0, 5, 5, 25};
    return rank < size ? begin[rank] : n_shards;
}

static void test_sum_by_shard_has_the_bits_of_a_serial_sum(void)
{
    enum { SHARDS = 64, DIM = 5 };
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    int begin = first_shard(rank, size, SHARDS), end = first_shard(rank + 1, size, SHARDS);
    double part[SHARDS * DIM], sum[DIM], expected[DIM] = {0}, backwards[DIM] = {0};
    for (int s = begin; s < end; s++) {
        for (int j = 0; j < DIM; j++) part[(s - begin) * DIM + j] = value_of(s, j);
    }
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_sum_by_shard(comm, (size_t)(end - begin), DIM, part, sum, &err), PA_OK);
    for (int s = 0; s < SHARDS; s++) {
        for (int j = 0; j < DIM; j++) {
            expected[j] += value_of(s, j);
            backwards[j] += value_of(SHARDS - 1 - s, j);
        }
    }
    CU_ASSERT(memcmp(sum, expected, sizeof sum) == 0);
    CU_ASSERT(memcmp(backwards, expected, sizeof sum) != 0); /* the order does matter here */
}

/* Rank r holds r * 3 bytes 'A' + r; rank 0 none, so one rank has nothing. */
static void gather_blocks(bool everywhere)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    char block[16], expected[64];
    size_t n_expected = 0;
    memset(block, 'A' + rank, sizeof block);
    for (int r = 0; r < size; r++) {
        memset(expected + n_expected, 'A' + r, (size_t)r * 3);
        n_expected += (size_t)r * 3;
    }
    for (int p = 0; p < N_PIECES; p++) {
        pa_comm_set_piece(comm, pieces[p]);
        pa_error err = {0};
        void *all = NULL;
        size_t n = 99;
        pa_status st = everywhere ? pa_gather_all(comm, block, (size_t)rank * 3, &all, &n, &err)
                                  : pa_gather_root(comm, block, (size_t)rank * 3, &all, &n, &err);
        CU_ASSERT_EQUAL(st, PA_OK);
        if (everywhere || rank == 0) {
            CU_ASSERT_EQUAL(n, n_expected);
            CU_ASSERT(all && n == n_expected && memcmp(all, expected, n) == 0);
        } else {
            CU_ASSERT_PTR_NULL(all);
        }
        pa_free(all);
    }
}

static void test_gather_all_concatenates_everywhere(void)
{
    gather_blocks(true);
}

static void test_gather_root_concatenates_on_rank_0_alone(void)
{
    gather_blocks(false);
}

/* The last rank has no block to give; small ones and such as do not fit into a slot. */
static void test_a_gather_without_a_block_ends_for_all(void)
{
    pa_comm *comm = pa_test_comm();
    static char block[5000];
    bool lacks = pa_comm_rank(comm) == pa_comm_size(comm) - 1;
    for (size_t n = 5; n <= sizeof block; n *= 1000) {
        pa_error err = {0};
        void *all = block;
        size_t bytes = 99;
        if (lacks) pa_fail(&err, PA_E_DATA, "no block");
        CU_ASSERT_EQUAL(pa_gather_all_if(comm, err.status, block, n, &all, &bytes, &err),
                        PA_E_DATA);
        CU_ASSERT_STRING_EQUAL(err.message, "no block");
        CU_ASSERT(all == NULL && bytes == 0);
        err = (pa_error){0};
        CU_ASSERT_EQUAL(pa_gather_root_if(comm, PA_OK, block, n, &all, &bytes, &err), PA_OK);
        CU_ASSERT_EQUAL(bytes, pa_comm_rank(comm) == 0 ? n * (size_t)pa_comm_size(comm) : 0);
        pa_free(all);
    }
}

/* Whether all can go on is told with the blocks. */
static void test_a_small_gather_is_one_call(void)
{
    pa_comm *comm = pa_test_comm();
    void *all = NULL;
    size_t n;
    int64_t before = pa_comm_used(comm).calls; /* another gather has made room */
    CU_ASSERT_EQUAL(pa_gather_all_if(comm, PA_OK, "ab", 2, &all, &n, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_comm_used(comm).calls, before + 1);
    pa_free(all);
}

static void test_waiting_is_counted(void)
{
    pa_comm *comm = pa_test_comm();
    double before = pa_comm_seconds(comm);
    double start = pa_clock();
    for (int i = 0; i < 10; i++) pa_barrier(comm);
    double spent = pa_comm_seconds(comm) - before;
    CU_ASSERT(spent > 0);
    CU_ASSERT(spent <= pa_clock() - start);
}

static unsigned char byte_of(int rank, size_t i)
{
    return (unsigned char)(31 * (size_t)rank + i * 7 + i / PA_MESSAGE);
}

enum { N_SENT = 5 };

/* None, one and several messages, and their sum. */
static const size_t piece_bytes[N_SENT] = {0, 1, PA_MESSAGE, 2 * PA_MESSAGE + 5, 30};

static size_t all_pieces(void)
{
    size_t n = 0;
    for (size_t k = 0; k < N_SENT; k++) n += piece_bytes[k];
    return n;
}

/* Taken in steps that are none of the pieces'. */
static size_t count_wrong(pa_inbox *box, int from)
{
    size_t wrong = 0, all = all_pieces();
    for (size_t at = 0, n; at < all; at += n) {
        n = all - at < 100000 ? all - at : 100000;
        const unsigned char *bytes = pa_inbox_take(box, from, &n);
        for (size_t i = 0; i < n; i++) wrong += bytes[i] != byte_of(from, at + i);
    }
    return wrong;
}

static void send_pieces(pa_outbox *box, int to, const unsigned char *bytes)
{
    for (size_t k = 0; k < N_SENT; k++) {
        pa_outbox_add(box, to, bytes, piece_bytes[k]);
        bytes += piece_bytes[k];
    }
}

/* Every rank to every one, itself too, in as few messages as there can be. */
static void test_pieces_arrive_as_they_were_added(void)
{
    pa_comm *comm = pa_test_comm();
    int n_ranks = pa_comm_size(comm);
    size_t wrong = 0, all = all_pieces(), from[8], ranks = (size_t)n_ranks;
    int64_t before = pa_comm_used(comm).messages;
    unsigned char *out = NULL;
    pa_outbox *leaves = NULL;
    pa_inbox *comes = NULL;
    pa_error err = {0};
    for (int r = 0; r < n_ranks; r++) from[r] = all;
    CU_ASSERT_EQUAL(PA_NEW(out, all, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_outbox_new(comm, N_SENT * ranks, all * ranks, &leaves, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_inbox_new(comm, from, &comes, &err), PA_OK);
    for (size_t i = 0; i < all; i++) out[i] = byte_of(pa_comm_rank(comm), i);
    for (int r = 0; r < n_ranks; r++) send_pieces(leaves, r, out);
    pa_outbox_send(leaves);
    for (int r = 0; r < n_ranks; r++) wrong += count_wrong(comes, r);
    pa_outbox_wait(leaves);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(pa_comm_used(comm).messages - before,
                    (n_ranks - 1) * (int64_t)(all / PA_MESSAGE + 1));
    pa_outbox_free(leaves);
    pa_inbox_free(comes);
    pa_free(out);
}

static const pa_test tests[] = {
    {"good ranks agree to go on", test_good_ranks_agree_to_go_on},
    {"smallest place wins", test_smallest_place_wins},
    {"errors without place go to the lowest rank", test_errors_without_place_go_to_the_lowest_rank},
    {"place comes before no place", test_place_comes_before_no_place},
    {"status without message is still agreed", test_status_without_message_is_still_agreed},
    {"unlike ranks are named", test_unlike_ranks_are_named},
    {"broadcast arrives in any piece", test_broadcast_arrives_in_any_piece},
    {"sums and extremes are over all ranks", test_sums_and_extremes_are_over_all_ranks},
    {"sums are cut among the ranks", test_sums_are_cut_among_the_ranks},
    {"wide sums carry into the upper half", test_wide_sums_carry_into_the_upper_half},
    {"batches are added together or not at all", test_batches_are_added_together_or_not_at_all},
    {"sum before is over the lower ranks", test_sum_before_is_over_the_lower_ranks},
    {"sum by shard has the bits of a serial sum", test_sum_by_shard_has_the_bits_of_a_serial_sum},
    {"gather all concatenates everywhere", test_gather_all_concatenates_everywhere},
    {"gather root concatenates on rank 0 alone", test_gather_root_concatenates_on_rank_0_alone},
    {"a gather without a block ends for all", test_a_gather_without_a_block_ends_for_all},
    {"a small gather is one call", test_a_small_gather_is_one_call},
    {"pieces arrive as they were added", test_pieces_arrive_as_they_were_added},
    {"waiting is counted", test_waiting_is_counted},
};
PA_MPI_TEST_MAIN("comm", tests)

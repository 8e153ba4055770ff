#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mpi_test.h"
#include "nodes.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/node_array.h"

/* Ranks of a node, by rank: the machine as it is, two nodes of neighbours, two nodes
 * with the ranks in turn, a node each.
 *
 *   one   0 0 0 0      halves   0 0 1 1      turns   1 0 1 0      each   0 1 2 3
 */
enum { ONE, HALVES, TURNS, EACH, N_KINDS };

static int node_of(int kind, int rank, int n_ranks)
{
    const int of[N_KINDS] = {0, 2 * rank / n_ranks, 1 - rank % 2, rank};
    return of[kind];
}

static void pretend(int kind)
{
    pa_comm *comm = pa_test_comm();
    pa_error err = {0};
    int number = node_of(kind, pa_comm_rank(comm), pa_comm_size(comm));
    CU_ASSERT_EQUAL(pa_nodes_pretend(comm, number, &err), PA_OK);
}

static const size_t pieces[] = {1, 7, 1000, PA_PIECE_DEFAULT};
enum { N_PIECES = sizeof pieces / sizeof *pieces };

enum { MOST_RANKS = 4 };

static char byte_of(int rank, size_t i)
{
    return (char)(rank * 37 + (int)i * 5 + (int)(i >> 8) + 1);
}

static void test_nodes_are_numbered_by_their_lowest_ranks(void)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), n_ranks = pa_comm_size(comm), wrong = 0;
    const pa_nodes *nodes;
    pa_error err = {0};
    pretend(TURNS);
    CU_ASSERT_EQUAL(pa_nodes_find(comm, &nodes, &err), PA_OK);
    CU_ASSERT_EQUAL(nodes->n, n_ranks > 1 ? 2 : 1);
    CU_ASSERT_EQUAL(nodes->mine, rank % 2);
    CU_ASSERT_EQUAL(nodes->rank, rank / 2);
    CU_ASSERT_EQUAL(nodes->n_here, (n_ranks + 1 - rank % 2) / 2);
    for (int r = 0; r < n_ranks; r++) wrong += nodes->of_rank[r] != r % 2;
    CU_ASSERT_EQUAL(wrong, 0);
}

/* From every root, none to many bytes; the others' sizes do not count. */
static void broadcast_all(void)
{
    static const size_t length[] = {0, 1, 601};
    static char source[601];
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm);
    for (size_t i = 0; i < sizeof source; i++) source[i] = byte_of(rank, i);
    for (int root = 0; root < pa_comm_size(comm); root++) {
        for (int k = 0; k < 3; k++) {
            bool has = rank == root;
            pa_node_array a;
            pa_error err = {0};
            pa_status st = pa_node_array_broadcast(comm, has ? source : NULL, has ? length[k] : 99,
                                                   root, &a, &err);
            CU_ASSERT_EQUAL(st, PA_OK);
            CU_ASSERT_EQUAL(a.bytes, length[k]);
            CU_ASSERT_PTR_NOT_NULL(a.data);
            size_t wrong = 0;
            for (size_t i = 0; i < a.bytes; i++)
                wrong += ((const char *)a.data)[i] != byte_of(root, i);
            CU_ASSERT_EQUAL(wrong, 0);
            pa_node_array_free(&a);
        }
    }
}

/* Rank r has r * 200 bytes, rank 0 none. */
static void gather_blocks(void)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), size = pa_comm_size(comm);
    char block[2001];
    size_t bytes = (size_t)rank * 200, wrong = 0, at = 0;
    for (size_t i = 0; i < bytes; i++) block[i] = byte_of(rank, i);
    pa_node_array a;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_node_array_gather(comm, rank ? block : NULL, bytes, &a, &err), PA_OK);
    CU_ASSERT_EQUAL(a.bytes, 200 * (size_t)(size * (size - 1) / 2));
    for (int r = 0; r < size; r++)
        for (size_t i = 0; i < (size_t)r * 200; i++)
            wrong += ((const char *)a.data)[at++] != byte_of(r, i);
    CU_ASSERT_EQUAL(wrong, 0);
    pa_node_array_free(&a);
}

static size_t bytes_for(int rank, int node)
{
    return (size_t)((rank + 2 * node) % 3) * 70;
}

/* Rank r has 0, 70 or 140 bytes for each node; each byte says for which. */
static void exchange_bytes(void)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), n_nodes = 0;
    const int *node = NULL;
    pa_node_array a;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_comm_nodes(comm, &n_nodes, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_node_of_ranks(comm, &node, &err), PA_OK);
    char source[MOST_RANKS * 140];
    int64_t n[MOST_RANKS];
    size_t sent = 0, wrong = 0, at = 0;
    for (int k = 0; k < n_nodes; k++) {
        n[k] = (int64_t)bytes_for(rank, k);
        for (size_t i = 0; i < bytes_for(rank, k); i++) source[sent++] = byte_of(rank + k, i);
    }
    CU_ASSERT_EQUAL(pa_node_array_exchange(comm, source, n, &a, &err), PA_OK);
    for (int r = 0; r < pa_comm_size(comm); r++)
        for (size_t i = 0; i < bytes_for(r, node[rank]); i++, at++)
            wrong += at >= a.bytes || ((const char *)a.data)[at] != byte_of(r + node[rank], i);
    CU_ASSERT_EQUAL(a.bytes, at);
    CU_ASSERT_EQUAL(wrong, 0);
    pa_node_array_free(&a);
}

static void on_all_nodes_in_all_pieces(void (*check)(void))
{
    for (int kind = 0; kind < N_KINDS; kind++) {
        pretend(kind);
        for (int p = 0; p < N_PIECES; p++) {
            pa_comm_set_piece(pa_test_comm(), pieces[p]);
            check();
        }
    }
}

static void test_broadcast_is_what_the_root_has(void)
{
    on_all_nodes_in_all_pieces(broadcast_all);
}

static void test_exchange_brings_each_node_its_own(void)
{
    on_all_nodes_in_all_pieces(exchange_bytes);
}

static void test_gather_is_in_the_order_of_the_ranks(void)
{
    on_all_nodes_in_all_pieces(gather_blocks);
}

/* A change that one rank makes behind the array's back is seen on its node alone. */
static void test_ranks_of_a_node_share_one_memory(void)
{
    pa_comm *comm = pa_test_comm();
    int rank = pa_comm_rank(comm), n_ranks = pa_comm_size(comm);
    for (int kind = 0; kind < N_KINDS; kind++) {
        pretend(kind);
        pa_node_array a;
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_node_array_broadcast(comm, "quiet", 6, 0, &a, &err), PA_OK);
        if (rank == 0) {
            CU_ASSERT_EQUAL(mprotect((void *)a.data, a.bytes, PROT_READ | PROT_WRITE), 0);
            ((char *)a.data)[0] = 'Q';
        }
        pa_barrier(comm);
        bool with_0 = node_of(kind, rank, n_ranks) == node_of(kind, 0, n_ranks);
        CU_ASSERT_STRING_EQUAL(a.data, with_0 ? "Quiet" : "quiet");
        pa_barrier(comm);
        pa_node_array_free(&a);
    }
}

/* The system refuses to put anything there. */
static void test_array_is_read_only(void)
{
    pa_comm *comm = pa_test_comm();
    int zeros = open("/dev/zero", O_RDONLY);
    for (int kind = 0; kind < N_KINDS; kind++) {
        pretend(kind);
        pa_node_array a;
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_node_array_broadcast(comm, "quiet", 6, 0, &a, &err), PA_OK);
        CU_ASSERT_EQUAL(read(zeros, (void *)a.data, 1), -1);
        CU_ASSERT_EQUAL(errno, EFAULT);
        CU_ASSERT_STRING_EQUAL(a.data, "quiet");
        pa_node_array_free(&a);
    }
    close(zeros);
}

/* The others go on with theirs when one rank has freed its own. */
static void test_each_rank_frees_when_it_likes(void)
{
    pa_comm *comm = pa_test_comm();
    pretend(ONE);
    pa_node_array a;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_node_array_broadcast(comm, "quiet", 6, 0, &a, &err), PA_OK);
    if (pa_comm_rank(comm) == 0) pa_node_array_free(&a);
    pa_barrier(comm);
    if (pa_comm_rank(comm) > 0) CU_ASSERT_STRING_EQUAL(a.data, "quiet");
    pa_node_array_free(&a);
    CU_ASSERT_PTR_NULL(a.data);
    pa_node_array_free(&a);
}

static void expect_no_memory(size_t bytes)
{
    static const char data[1 << 20];
    pa_node_array a;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_node_array_broadcast(pa_test_comm(), data, bytes, 0, &a, &err), PA_E_MEMORY);
    CU_ASSERT_EQUAL(err.status, PA_E_MEMORY);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "no shared memory for"));
    CU_ASSERT_PTR_NULL(a.data);
}

static void test_more_than_any_machine_has_is_an_error(void)
{
    for (int kind = 0; kind < N_KINDS; kind++) {
        pretend(kind);
        expect_no_memory((size_t)1 << 62);
    }
}

/* Sets a limit of the system on this rank; returns the earlier one. */
static struct rlimit limit(int resource, rlim_t most)
{
    struct rlimit before;
    getrlimit(resource, &before);
    struct rlimit now = {most, before.rlim_max};
    setrlimit(resource, &now);
    return before;
}

/*  node    0 0 1 1
 *  leads   *   *      rank 2 may take 4096 bytes only
 */
static void test_one_node_without_room_fails_all(void)
{
    int rank = pa_comm_rank(pa_test_comm()), n_ranks = pa_comm_size(pa_test_comm());
    bool leads_the_second = rank == (n_ranks + 1) / 2;
    if (n_ranks < 4) return; /* a rank alone on its node takes no shared memory */
    pretend(HALVES);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before = {0};
    if (leads_the_second) before = limit(RLIMIT_FSIZE, 4096);
    expect_no_memory(1 << 20);
    if (leads_the_second) setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
}

/* The first number that no open file has: files that are open are polled below it. */
static rlim_t n_files(void)
{
    int first = dup(STDIN_FILENO);
    close(first);
    return (rlim_t)first;
}

/* The last rank may open no file: it leads a node, or not, or is alone. */
static void test_one_rank_that_cannot_join_fails_all(void)
{
    int rank = pa_comm_rank(pa_test_comm()), n_ranks = pa_comm_size(pa_test_comm());
    for (int kind = 0; kind < N_KINDS; kind++) {
        pretend(kind);
        struct rlimit before = {0};
        if (rank == n_ranks - 1) before = limit(RLIMIT_NOFILE, n_files());
        expect_no_memory(100);
        if (rank == n_ranks - 1) setrlimit(RLIMIT_NOFILE, &before);
    }
}

enum { LONG_SUM = 9001, ROW = 3 };

/* A pa_sum_work that counts its rows: each becomes its number, what it was, and its number again.
 */
static void number_rows(void *context, size_t first, size_t n, int32_t row[])
{
    *(size_t *)context += n;
    for (size_t i = 0; i < n; i++) row[ROW * i] = row[ROW * i + 2] = (int32_t)(first + i);
}

static size_t wrong_sum(pa_comm *comm)
{
    static int64_t v[LONG_SUM];
    static pa_i128 wide[LONG_SUM];
    int64_t ranks = pa_comm_size(comm), rank = pa_comm_rank(comm), all = ranks * (ranks + 1) / 2;
    size_t wrong = 0;
    for (int i = 0; i < LONG_SUM; i++) {
        v[i] = (rank + 1) * (i - 5);
        wide[i] = (pa_i128)v[i] * INT64_MAX;
    }
    pa_sum_i64(comm, v, LONG_SUM);
    pa_sum_i128(comm, wide, LONG_SUM);
    for (int i = 0; i < LONG_SUM; i++)
        wrong += v[i] != all * (i - 5) || wide[i] != (pa_i128)(all * (i - 5)) * INT64_MAX;
    return wrong;
}

static size_t wrong_rows(pa_comm *comm)
{
    static int32_t v[LONG_SUM];
    int32_t ranks = pa_comm_size(comm);
    size_t wrong = 0;
    for (size_t n = 0; n * ROW <= LONG_SUM; n = 7 * n + 1) {
        size_t done = 0;
        for (size_t i = 0; i < n * ROW; i++) v[i] = (int32_t)i;
        pa_sum_rows_i32(comm, v, n, ROW, number_rows, &done);
        for (size_t i = 0; i < n; i++) {
            int32_t own = (int32_t)i, was = ranks * (int32_t)(ROW * i + 1);
            wrong += v[ROW * i] != own || v[ROW * i + 1] != was || v[ROW * i + 2] != own;
        }
        int64_t rows = (int64_t)done;
        pa_sum_i64(comm, &rows, 1);
        wrong += rows != (int64_t)n;
    }
    return wrong;
}

/* Nodes of as many ranks, which have a slice each, and others, in small pieces and large. */
static void test_long_sums_are_the_same_on_any_nodes(void)
{
    pa_comm *comm = pa_test_comm();
    size_t wrong = 0;
    for (int kind = 0; kind < N_KINDS; kind++)
        for (int k = N_PIECES - 2; k < N_PIECES; k++) {
            pretend(kind);
            pa_comm_set_piece(comm, pieces[k]);
            wrong += wrong_sum(comm) + wrong_rows(comm);
        }
    pa_comm_set_piece(comm, PA_PIECE_DEFAULT);
    pretend(ONE);
    CU_ASSERT_EQUAL(wrong, 0);
}

static const pa_test tests[] = {
    {"long sums are the same on any nodes", test_long_sums_are_the_same_on_any_nodes},
    {"nodes are numbered by their lowest ranks", test_nodes_are_numbered_by_their_lowest_ranks},
    {"broadcast is what the root has", test_broadcast_is_what_the_root_has},
    {"gather is in the order of the ranks", test_gather_is_in_the_order_of_the_ranks},
    {"exchange brings each node its own", test_exchange_brings_each_node_its_own},
    {"ranks of a node share one memory", test_ranks_of_a_node_share_one_memory},
    {"array is read-only", test_array_is_read_only},
    {"each rank frees when it likes", test_each_rank_frees_when_it_likes},
    {"more than any machine has is an error", test_more_than_any_machine_has_is_an_error},
    {"one node without room fails all", test_one_node_without_room_fails_all},
    {"one rank that cannot join fails all", test_one_rank_that_cannot_join_fails_all},
};
PA_MPI_TEST_MAIN("node array", tests)

/* That exchanges keep to the piece is seen from below: MPI's own entries are
 * wrapped here (its profiling interface) and note how much each call carries. */
#include <mpi.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/route.h"

static struct {
    size_t calls;
    size_t flying; /* bytes sent and not yet waited for */
    size_t most;   /* bytes that one call, or the sends of one round, carried */
} seen;

static void note(size_t bytes)
{
    seen.calls++;
    if (bytes > seen.most) seen.most = bytes;
}

int MPI_Isend(const void *data, int n, MPI_Datatype type, int to, int tag, MPI_Comm comm,
              MPI_Request *request)
{
    seen.flying += (size_t)n;
    note(seen.flying);
    return PMPI_Isend(data, n, type, to, tag, comm, request);
}

int MPI_Waitall(int n, MPI_Request requests[], MPI_Status statuses[])
{
    seen.flying = 0;
    return PMPI_Waitall(n, requests, statuses);
}

int MPI_Bcast(void *data, int n, MPI_Datatype type, int root, MPI_Comm comm)
{
    note((size_t)n);
    return PMPI_Bcast(data, n, type, root, comm);
}

int MPI_Allreduce(const void *in, void *out, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
    int width;
    PMPI_Type_size(type, &width);
    note((size_t)n * (size_t)width);
    return PMPI_Allreduce(in, out, n, type, op, comm);
}

int MPI_Allgatherv(const void *in, int n, MPI_Datatype in_type, void *out, const int counts[],
                   const int displacements[], MPI_Datatype type, MPI_Comm comm)
{
    int size, all = 0;
    MPI_Comm_size(comm, &size);
    for (int r = 0; r < size; r++) all += counts[r];
    note((size_t)all);
    return PMPI_Allgatherv(in, n, in_type, out, counts, displacements, type, comm);
}

enum { PIECE = 1 << 10, N = 1000 };

static void start_watching(void)
{
    pa_comm_set_piece(pa_test_comm(), PIECE);
    memset(&seen, 0, sizeof seen);
}

/* Kept to the piece, and filled it (but for the own share) where there was enough to carry. */
static void expect_full_pieces(void)
{
    CU_ASSERT(seen.most <= PIECE);
    if (pa_comm_size(pa_test_comm()) > 1) CU_ASSERT(seen.most >= PIECE / 2);
}

/* Owners in turn; `grouped` rows need no order and leave without a copy. */
static void send_column(bool grouped)
{
    pa_comm *comm = pa_test_comm();
    int size = pa_comm_size(comm);
    static int32_t owner[N];
    static int64_t rows[N];
    for (int i = 0; i < N; i++) owner[i] = grouped ? i * size / N : i % size;
    pa_error err = {0};
    pa_route *route = NULL;
    CU_ASSERT_EQUAL(pa_route_make(comm, N, owner, &route, &err), PA_OK);
    int64_t *arrived = pa_alloc(pa_route_received(route), sizeof *arrived, &err);
    start_watching();
    CU_ASSERT_EQUAL(pa_route_send(comm, route, sizeof *rows, rows, arrived, &err), PA_OK);
    expect_full_pieces();
    start_watching();
    CU_ASSERT_EQUAL(pa_route_return(comm, route, sizeof *rows, arrived, rows, &err), PA_OK);
    expect_full_pieces();
    if (size == 1) CU_ASSERT_EQUAL(seen.calls, 0);
    pa_free(arrived);
    pa_route_free(route);
}

static void test_route_sends_at_most_a_piece_at_once(void)
{
    send_column(false);
    send_column(true);
}

static void test_broadcast_carries_at_most_a_piece(void)
{
    static char data[10 * PIECE + 1];
    start_watching();
    pa_broadcast(pa_test_comm(), data, sizeof data, 0);
    expect_full_pieces();
}

static void test_sums_carry_at_most_a_piece(void)
{
    static int64_t v[N];
    static pa_i128 wide[N];
    start_watching();
    pa_sum_i64(pa_test_comm(), v, N);
    expect_full_pieces();
    start_watching();
    pa_sum_i128(pa_test_comm(), wide, N);
    expect_full_pieces();
}

static void test_gather_all_carries_at_most_a_piece(void)
{
    static char block[5 * PIECE];
    pa_error err = {0};
    void *all = NULL;
    size_t n = 0;
    start_watching();
    CU_ASSERT_EQUAL(pa_gather_all(pa_test_comm(), block, sizeof block, &all, &n, &err), PA_OK);
    CU_ASSERT_EQUAL(n, sizeof block * (size_t)pa_comm_size(pa_test_comm()));
    expect_full_pieces();
    pa_free(all);
}

static void test_agreement_of_good_ranks_is_one_small_call(void)
{
    pa_error err = {0};
    start_watching();
    CU_ASSERT_EQUAL(pa_agree(pa_test_comm(), PA_OK, &err), PA_OK);
    CU_ASSERT_EQUAL(seen.calls, pa_comm_size(pa_test_comm()) > 1);
    CU_ASSERT(seen.most <= 16); /* how it went, and a signal */
}

static const pa_test tests[] = {
    {"route sends at most a piece at once", test_route_sends_at_most_a_piece_at_once},
    {"broadcast carries at most a piece", test_broadcast_carries_at_most_a_piece},
    {"sums carry at most a piece", test_sums_carry_at_most_a_piece},
    {"gather all carries at most a piece", test_gather_all_carries_at_most_a_piece},
    {"agreement of good ranks is one small call", test_agreement_of_good_ranks_is_one_small_call},
};
PA_MPI_TEST_MAIN("pieces", tests)

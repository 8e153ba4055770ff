/* Sums and extremes over the ranks. */
#include <string.h>

#include "comm_mpi.h"
#include "sum_slices.h"

enum { SCATTER_RANKS = 4096 }; /* whose counts fit on the stack */

/* Bytes from which on it is worth while to sum up within the nodes first. */
enum { LONG = 1 << 15 };

static void reduce_at_once(pa_comm *comm, void *v, size_t n, MPI_Datatype type, MPI_Op op)
{
    pa_talk start = pa_talk_begin();
    MPI_Allreduce(MPI_IN_PLACE, v, (int)n, type, op, comm->mpi);
    comm->use.calls++;
    pa_talk_end(comm, start);
}

static void reduce(pa_comm *comm, void *v, size_t n, size_t width, MPI_Datatype type, MPI_Op op)
{
    if (comm->size == 1) return;
    size_t most = pa_piece_of(comm, width);
    bool by_levels = n * width >= LONG && pa_has_levels(comm);
    comm->use.bytes += (int64_t)(n * width);
    for (size_t done = 0, m; done < n; done += m) {
        char *part = (char *)v + done * width;
        const pa_summed s = {.v = part, .width = 1, .bytes = width, .type = type, .op = op};
        m = pa_least(n - done, most);
        if (!by_levels || !pa_sum_slices(comm, &s, m)) reduce_at_once(comm, part, m, type, op);
    }
}

void pa_sum_i64(pa_comm *comm, int64_t v[], size_t n)
{
    reduce(comm, v, n, sizeof *v, MPI_INT64_T, MPI_SUM);
}

void pa_sum_u64(pa_comm *comm, uint64_t v[], size_t n)
{
    reduce(comm, v, n, sizeof *v, MPI_UINT64_T, MPI_SUM);
}

void pa_sum_i32(pa_comm *comm, int32_t v[], size_t n)
{
    reduce(comm, v, n, sizeof *v, MPI_INT32_T, MPI_SUM);
}

void pa_sum_rows_i32(pa_comm *comm, int32_t v[], size_t n_rows, size_t width, pa_sum_work *work,
                     void *context)
{
    if (comm->size == 1) {
        work(context, 0, n_rows, v);
        return;
    }
    size_t most = pa_piece_of(comm, width * sizeof *v);
    comm->use.bytes += (int64_t)(n_rows * width * sizeof *v);
    for (size_t done = 0, m; done < n_rows; done += m) {
        int32_t *part = v + done * width;
        const pa_summed s = {.v = part,
                             .width = width,
                             .bytes = sizeof *v,
                             .type = MPI_INT32_T,
                             .op = MPI_SUM,
                             .work = work,
                             .context = context,
                             .first = done};
        m = pa_least(n_rows - done, most);
        if (pa_sum_slices(comm, &s, m)) continue;
        reduce_at_once(comm, part, m * width, MPI_INT32_T, MPI_SUM);
        work(context, done, m, part);
    }
}

void pa_min_i64(pa_comm *comm, int64_t v[], size_t n)
{
    reduce(comm, v, n, sizeof *v, MPI_INT64_T, MPI_MIN);
}

void pa_max_i64(pa_comm *comm, int64_t v[], size_t n)
{
    reduce(comm, v, n, sizeof *v, MPI_INT64_T, MPI_MAX);
}

/* Two minima at once: the complement turns the order round. */
void pa_range_i64(pa_comm *comm, int64_t *low, int64_t *high)
{
    int64_t least[2] = {*low, ~*high};
    pa_min_i64(comm, least, 2);
    *low = least[0];
    *high = ~least[1];
}

void pa_sum_i128(pa_comm *comm, pa_i128 v[], size_t n)
{
    reduce(comm, v, n, sizeof *v, comm->i128, comm->i128_sum);
}

void pa_max_f64(pa_comm *comm, double v[], size_t n)
{
    reduce(comm, v, n, sizeof *v, MPI_DOUBLE, MPI_MAX);
}

void pa_min_f64(pa_comm *comm, double v[], size_t n)
{
    reduce(comm, v, n, sizeof *v, MPI_DOUBLE, MPI_MIN);
}

void pa_sum_f64_inexact(pa_comm *comm, double v[], size_t n)
{
    reduce(comm, v, n, sizeof *v, MPI_DOUBLE, MPI_SUM);
}

/* One call, where counts and piece allow. */
static void scatter_at_once(pa_comm *comm, const int64_t v[], const size_t n[], int64_t sum[])
{
    int count[SCATTER_RANKS];
    for (int r = 0; r < comm->size; r++) count[r] = (int)n[r];
    MPI_Reduce_scatter(v, sum, count, MPI_INT64_T, MPI_SUM, comm->mpi);
    comm->use.calls++;
}

static void scatter_by_rank(pa_comm *comm, const int64_t v[], const size_t n[], int64_t sum[])
{
    size_t most = pa_piece_of(comm, sizeof *v);
    for (int r = 0; r < comm->size; v += n[r++])
        for (size_t done = 0; done < n[r];) {
            size_t m = pa_least(n[r] - done, most);
            MPI_Reduce(v + done, sum + done, (int)m, MPI_INT64_T, MPI_SUM, r, comm->mpi);
            comm->use.calls++;
            done += m;
        }
}

void pa_sum_scatter_i64(pa_comm *comm, const int64_t v[], const size_t n[], int64_t sum[])
{
    pa_talk start = pa_talk_begin();
    size_t all = 0;
    for (int r = 0; r < comm->size; r++) all += n[r];
    comm->use.bytes += (int64_t)((all - n[comm->rank]) * sizeof *v);
    if (comm->size == 1)
        memcpy(sum, v, all * sizeof *v);
    else if (comm->size <= SCATTER_RANKS && all <= pa_piece_of(comm, sizeof *v))
        scatter_at_once(comm, v, n, sum);
    else
        scatter_by_rank(comm, v, n, sum);
    pa_talk_end(comm, start);
}

void pa_sums_before_i64(pa_comm *comm, int64_t v[], size_t n)
{
    pa_talk start = pa_talk_begin();
    size_t most = pa_piece_of(comm, sizeof *v);
    for (size_t done = 0; done < n;) {
        size_t m = pa_least(n - done, most);
        MPI_Exscan(MPI_IN_PLACE, v + done, (int)m, MPI_INT64_T, MPI_SUM, comm->mpi);
        comm->use.calls++;
        done += m;
    }
    if (comm->rank == 0 && n > 0) memset(v, 0, n * sizeof *v); /* MPI leaves it undefined */
    pa_talk_end(comm, start);
}

int64_t pa_sum_before_i64(pa_comm *comm, int64_t v)
{
    pa_sums_before_i64(comm, &v, 1);
    return v;
}

/* The running sum visits the ranks in order, as if one rank had all shards. */
pa_status pa_sum_by_shard(pa_comm *comm, size_t n_local, size_t dim, const double part[],
                          double sum[], pa_error *err)
{
    (void)err;
    PA_ASSERT(dim <= 1024);
    pa_talk start = pa_talk_begin();
    int rank = comm->rank, last = comm->size - 1, n = (int)dim;
    for (size_t j = 0; j < dim; j++) sum[j] = 0.0;
    if (rank > 0) MPI_Recv(sum, n, MPI_DOUBLE, rank - 1, 0, comm->mpi, MPI_STATUS_IGNORE);
    for (size_t s = 0; s < n_local; s++) {
        for (size_t j = 0; j < dim; j++) sum[j] += part[s * dim + j];
    }
    if (rank < last) {
        comm->use.bytes += (int64_t)(dim * sizeof *sum);
        comm->use.messages++;
        MPI_Send(sum, n, MPI_DOUBLE, rank + 1, 0, comm->mpi);
    }
    MPI_Bcast(sum, n, MPI_DOUBLE, last, comm->mpi);
    comm->use.calls++;
    pa_talk_end(comm, start);
    return PA_OK;
}

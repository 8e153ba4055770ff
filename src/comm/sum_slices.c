/* The ranks of a node sum up a slice each among themselves, then those who have the same slice cut
 * it among their nodes. What leaves a node is so the vector once, not once for each of its ranks.
 * (Rabenseifner, "Optimization of collective reduction operations", ICCS 2004, on two levels.) */
#include "sum_slices.h"

#include <string.h>

#include "nodes.h"
#include "paraudit/base/exact.h"

enum { MOST_RANKS = 2048 }; /* of a level: their counts are on the stack */

/* Ranks among whom a slice is cut. */
typedef struct {
    MPI_Comm mpi;
    int rank, size;
} level;

/* Rows of the vector. */
typedef struct {
    size_t first, n;
} slice;

static level level_of(MPI_Comm mpi)
{
    level l = {.mpi = mpi};
    MPI_Comm_rank(mpi, &l.rank);
    MPI_Comm_size(mpi, &l.size);
    return l;
}

static const pa_nodes *nodes_of(pa_comm *comm)
{
    const pa_nodes *nodes = NULL;
    pa_error ignored = {0};
    return pa_nodes_find(comm, &nodes, &ignored) == PA_OK ? nodes : NULL;
}

bool pa_has_levels(pa_comm *comm)
{
    const pa_nodes *nodes = nodes_of(comm);
    return nodes && nodes->across != MPI_COMM_NULL && nodes->n > 1 && nodes->n_here > 1;
}

/* From the outermost on; returns how many. */
static int find_levels(pa_comm *comm, level levels[2])
{
    if (!pa_has_levels(comm)) {
        levels[0] = level_of(comm->mpi);
        return 1;
    }
    levels[0] = level_of(comm->nodes->node);
    levels[1] = level_of(comm->nodes->across);
    return 2;
}

static slice slice_of(slice whole, int rank, int size)
{
    size_t begin = (size_t)pa_even_share((int64_t)whole.n, rank, size);
    size_t end = (size_t)pa_even_share((int64_t)whole.n, rank + 1, size);
    return (slice){whole.first + begin, end - begin};
}

static char *row_at(const pa_summed *s, size_t row)
{
    return (char *)s->v + row * s->width * s->bytes;
}

/* Elements of each rank's slice, and where they begin in the whole. */
static void lay_out(const level *l, const pa_summed *s, slice whole, int n[], int at[])
{
    for (int r = 0; r < l->size; r++) {
        slice own = slice_of(whole, r, l->size);
        n[r] = (int)(own.n * s->width);
        at[r] = (int)((own.first - whole.first) * s->width);
    }
}

/* Each rank of the level sums up its slice, which is returned. MPI puts it where the whole begins.
 */
static slice take_sum(const level *l, const pa_summed *s, slice whole)
{
    int n[MOST_RANKS], at[MOST_RANKS];
    slice own = slice_of(whole, l->rank, l->size);
    lay_out(l, s, whole, n, at);
    MPI_Reduce_scatter(MPI_IN_PLACE, row_at(s, whole.first), n, s->type, s->op, l->mpi);
    memmove(row_at(s, own.first), row_at(s, whole.first), own.n * s->width * s->bytes);
    return own;
}

static void give_all(const level *l, const pa_summed *s, slice whole)
{
    int n[MOST_RANKS], at[MOST_RANKS];
    lay_out(l, s, whole, n, at);
    MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, row_at(s, whole.first), n, at, s->type,
                   l->mpi);
}

bool pa_sum_slices(pa_comm *comm, const pa_summed *s, size_t n)
{
    level levels[2];
    slice of[3] = {{0, n}};
    int n_levels = find_levels(comm, levels);
    for (int k = 0; k < n_levels; k++)
        if (levels[k].size > MOST_RANKS) return false;
    pa_talk start = pa_talk_begin();
    for (int k = 0; k < n_levels; k++) of[k + 1] = take_sum(levels + k, s, of[k]);
    if (s->work) {
        slice own = of[n_levels];
        pa_talk_end(comm, start);
        s->work(s->context, s->first + own.first, own.n, (int32_t *)(void *)row_at(s, own.first));
        start = pa_talk_begin();
    }
    for (int k = n_levels; k-- > 0;) give_all(levels + k, s, of[k]);
    comm->use.calls += 2 * n_levels;
    pa_talk_end(comm, start);
    return true;
}

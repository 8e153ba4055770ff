#include "mine_rows.h"

#include "mine_tree.h"

void pa_mine_rows_free(mine_rows *r)
{
    pa_node_array_free(&r->first);
    pa_node_array_free(&r->code);
    *r = (mine_rows){0};
}

/* Rows of lower ranks come first. all: how many rows and bytes there are of all ranks. */
static void place_rows(pa_comm *comm, uint32_t first[], uint32_t n, int64_t all[2])
{
    int64_t bytes = first[n], before = pa_sum_before_i64(comm, bytes);
    all[0] = n;
    all[1] = bytes;
    pa_sum_i64(comm, all, 2);
    for (uint32_t r = 0; r <= n; r++) first[r] += (uint32_t)before;
}

/* The rows of this rank go, and those of all come. */
static pa_status join_rows(pa_comm *comm, pa_arena *a, mine_rows *r, pa_error *err)
{
    int64_t all[2];
    const pa_coded_rows *own = &r->rows;
    uint32_t *first = own->first;
    size_t bytes = first[own->n];
    bool last = pa_comm_rank(comm) + 1 == pa_comm_size(comm);
    place_rows(comm, first, own->n, all);
    a->at = a->begin; /* what is taken now begins with the own rows, which are read until they go */
    bool fits = all[0] < UINT32_MAX && all[1] <= UINT32_MAX &&
                pa_arena_take(a, (size_t)all[0] + 1, sizeof *first) &&
                pa_arena_take(a, (size_t)all[1], 1);
    PA_AGREE(comm, fits ? PA_OK : pa_arena_is_short(a, err), err);
    PA_TRY(
        pa_node_array_gather(comm, first, (own->n + (size_t)last) * sizeof *first, &r->first, err));
    PA_TRY(pa_node_array_gather(comm, own->code, bytes, &r->code, err));
    r->rows.n = (uint32_t)all[0];
    r->rows.first = (uint32_t *)r->first.data;
    r->rows.code = r->code.data;
    return PA_OK;
}

pa_status pa_mine_rows_gather(pa_comm *comm, const pa_baskets *b, const pa_item_ranks *ranks,
                              const pa_rank_run *run, pa_arena *a, mine_rows *r, double *seconds,
                              pa_error *err)
{
    double begin = pa_processor_seconds();
    *r = (mine_rows){0};
    pa_status st = pa_coded_rows_of(a, b, ranks, run, &r->rows, err);
    *seconds += pa_processor_seconds() - begin;
    PA_GOTO(pa_agree(comm, st, err));
    if (pa_comm_size(comm) > 1) PA_GOTO(join_rows(comm, a, r, err));
out:
    if (st != PA_OK) pa_mine_rows_free(r);
    return st;
}

#include "sgns_book.h"

#include <inttypes.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/base/words.h"
#include "paraudit/comm/route.h"

static int32_t shard_of(uint64_t id, int32_t n_shards)
{
    return (int32_t)((pa_u128)pa_mix(id) * (uint32_t)n_shards >> 64);
}

/* Contiguous runs of shards, as even as can be. */
static int32_t first_shard(int64_t rank, int64_t n_ranks, int32_t n_shards)
{
    return (int32_t)(rank * n_shards / n_ranks);
}

static int32_t owner_of(int32_t shard, int64_t n_ranks, int32_t n_shards)
{
    int64_t rank = (int64_t)shard * n_ranks / n_shards;
    while (first_shard(rank + 1, n_ranks, n_shards) <= shard) rank++;
    return (int32_t)rank;
}

/* ---- moving ---- */

/* What came, as it came. */
typedef struct {
    size_t n, n_items;
    uint64_t *id;
    size_t *length;
    int32_t *item;
} arrived;

static void free_arrived(arrived *a)
{
    pa_free(a->id);
    pa_free(a->length);
    pa_free(a->item);
}

static pa_status move_heads(pa_comm *comm, const pa_sequences *s, const int32_t owner[], arrived *a,
                            pa_error *err)
{
    pa_route *route;
    size_t *length = NULL;
    PA_TRY(pa_route_make(comm, s->n, owner, &route, err));
    a->n = pa_route_received(route);
    pa_status st = PA_NEW(length, s->n, err);
    for (size_t i = 0; st == PA_OK && i < s->n; i++) length[i] = s->start[i + 1] - s->start[i];
    if (st == PA_OK) st = PA_NEW(a->id, a->n, err);
    if (st == PA_OK) st = PA_NEW(a->length, a->n, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_route_send(comm, route, sizeof *a->id, s->id, a->id, err);
    if (st == PA_OK) st = pa_route_send(comm, route, sizeof *length, length, a->length, err);
    pa_free(length);
    pa_route_free(route);
    return st;
}

static pa_status move_items(pa_comm *comm, const pa_sequences *s, const int32_t owner[], arrived *a,
                            pa_error *err)
{
    pa_route *route = NULL;
    int32_t *of_item = NULL;
    size_t first = s->n ? s->start[0] : 0, n = s->n ? s->start[s->n] - first : 0;
    PA_AGREE(comm, PA_NEW(of_item, n, err), err);
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = s->start[i]; k < s->start[i + 1]; k++) of_item[k - first] = owner[i];
    pa_status st = pa_route_make(comm, n, of_item, &route, err);
    pa_free(of_item);
    if (st != PA_OK) return st;
    a->n_items = pa_route_received(route);
    st = pa_agree(comm, PA_NEW(a->item, a->n_items, err), err);
    if (st == PA_OK)
        st = pa_route_send(comm, route, sizeof *a->item, s->item + first, a->item, err);
    pa_route_free(route);
    return st;
}

static pa_status move(pa_comm *comm, int32_t n_shards, const pa_sequences *s, arrived *a,
                      pa_error *err)
{
    int32_t *owner = NULL;
    PA_AGREE(comm, PA_NEW(owner, s->n, err), err);
    for (size_t i = 0; i < s->n; i++)
        owner[i] = owner_of(shard_of(s->id[i], n_shards), pa_comm_size(comm), n_shards);
    pa_status st = move_heads(comm, s, owner, a, err);
    if (st == PA_OK) st = move_items(comm, s, owner, a, err);
    pa_free(owner);
    return st;
}

/* ---- order ---- */

static pa_status refuse_twins(const pa_sgns_book *b, pa_error *err)
{
    for (size_t i = 1; i < b->n; i++)
        if (b->id[i] == b->id[i - 1])
            return pa_fail(err, PA_E_DATA, "two sequences have the id %" PRIu64, b->id[i]);
    return PA_OK;
}

static void note_shards(const pa_comm *comm, int32_t n_shards, pa_sgns_book *b)
{
    size_t i = 0;
    int32_t first = first_shard(pa_comm_rank(comm), pa_comm_size(comm), n_shards);
    for (size_t k = 0; k < b->n_shards; k++) {
        b->shard[k] = first + (int32_t)k;
        b->first[k] = i;
        while (i < b->n && shard_of(b->id[i], n_shards) == b->shard[k]) i++;
    }
    b->first[b->n_shards] = i;
}

/* By (shard, id). */
static pa_status put_in_order(const arrived *a, int32_t n_shards, uint32_t order[], uint64_t key[],
                              size_t from[], pa_sgns_book *b, pa_error *err)
{
    size_t at = 0;
    for (size_t i = 0; i < a->n; i++) {
        key[i] = (uint64_t)shard_of(a->id[i], n_shards);
        from[i] = at;
        at += a->length[i];
    }
    PA_TRY(pa_sort_pairs(a->n, key, (const int64_t *)a->id, order, err));
    pa_permute(a->n, sizeof *b->id, order, a->id, b->id);
    for (size_t i = 0; i < a->n; i++) {
        const int32_t *item = a->item + from[order[i]];
        size_t n = a->length[order[i]];
        for (size_t k = 0; k < n; k++) b->item[b->start[i] + k] = item[k];
        b->start[i + 1] = b->start[i] + n;
        if (n > b->longest) b->longest = n;
    }
    return PA_OK;
}

static pa_status sort_arrived(const arrived *a, int32_t n_shards, pa_sgns_book *b, pa_error *err)
{
    uint32_t *order = NULL;
    uint64_t *key = NULL;
    size_t *from = NULL;
    b->n = a->n;
    pa_status st;
    PA_GOTO(PA_NEW(order, a->n, err));
    PA_GOTO(PA_NEW(key, a->n, err));
    PA_GOTO(PA_NEW(from, a->n, err));
    PA_GOTO(PA_NEW(b->id, a->n, err));
    PA_GOTO(PA_NEW(b->start, a->n + 1, err));
    PA_GOTO(PA_NEW(b->item, a->n_items, err));
    PA_GOTO(put_in_order(a, n_shards, order, key, from, b, err));
    st = refuse_twins(b, err);
out:
    pa_free(order);
    pa_free(key);
    pa_free(from);
    return st;
}

pa_status pa_sgns_book_make(pa_comm *comm, int32_t n_shards, const pa_sequences *s, pa_sgns_book *b,
                            pa_error *err)
{
    arrived a = {0};
    int64_t rank = pa_comm_rank(comm), n_ranks = pa_comm_size(comm);
    *b = (pa_sgns_book){0};
    b->n_shards =
        (size_t)(first_shard(rank + 1, n_ranks, n_shards) - first_shard(rank, n_ranks, n_shards));
    pa_status st = move(comm, n_shards, s, &a, err);
    if (st == PA_OK) {
        st = sort_arrived(&a, n_shards, b, err);
        if (st == PA_OK) st = PA_NEW(b->shard, b->n_shards, err);
        if (st == PA_OK) st = PA_NEW(b->first, b->n_shards + 1, err);
        if (st == PA_OK) note_shards(comm, n_shards, b);
        st = pa_agree(comm, st, err);
    }
    free_arrived(&a);
    if (st != PA_OK) pa_sgns_book_free(b);
    return st;
}

void pa_sgns_book_thin(pa_sgns_book *b, const int64_t count[], int64_t min_count)
{
    size_t kept = 0;
    b->longest = 0;
    for (size_t i = 0, from = 0; i < b->n; i++) {
        size_t end = b->start[i + 1], begin = kept;
        b->start[i] = begin;
        for (; from < end; from++)
            if (count[b->item[from]] >= min_count) b->item[kept++] = b->item[from];
        if (kept - begin > b->longest) b->longest = kept - begin;
    }
    if (b->n) b->start[b->n] = kept;
}

void pa_sgns_book_free(pa_sgns_book *b)
{
    pa_free(b->shard);
    pa_free(b->first);
    pa_free(b->id);
    pa_free(b->start);
    pa_free(b->item);
    *b = (pa_sgns_book){0};
}

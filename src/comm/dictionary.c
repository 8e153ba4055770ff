#include "paraudit/comm/dictionary.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/fetch.h"
#include "route_sides.h"

void pa_names_free(pa_names *names)
{
    pa_free(names->start);
    pa_free(names->bytes);
    *names = (pa_names){0};
}

static size_t length_of(const pa_names *names, size_t i)
{
    return names->start[i + 1] - names->start[i];
}

/* What the making of a dictionary holds: names that left here and names that
 * arrived at their owner. */
typedef struct {
    pa_route *route;
    int32_t *owner;       /* of each local name */
    uint32_t *length;     /* of each local name */
    char *packed;         /* for each rank their lengths, then they themselves */
    pa_side leaving;      /* bytes for each rank */
    pa_side coming;       /* bytes from each rank */
    uint32_t *got_length; /* of each name that arrived */
    pa_names got;
    int32_t *shard;     /* of each name that arrived */
    uint32_t *order;    /* of the arrived, by (shard, bytes, length) */
    int64_t *per_shard; /* distinct names */
    int64_t *answer;    /* the code of each name that arrived */
} making;

static void free_making(making *m)
{
    pa_route_free(m->route);
    pa_free(m->owner);
    pa_free(m->length);
    pa_free(m->packed);
    pa_side_free(&m->leaving);
    pa_side_free(&m->coming);
    pa_free(m->got_length);
    pa_names_free(&m->got);
    pa_free(m->shard);
    pa_free(m->order);
    pa_free(m->per_shard);
    pa_free(m->answer);
}

static pa_status find_owners(const pa_comm *comm, const pa_names *local, const pa_partition *shards,
                             making *m, pa_error *err)
{
    PA_ASSERT(shards->n_ranks == comm->size);
    PA_TRY(PA_NEW(m->owner, local->n, err));
    PA_TRY(PA_NEW(m->length, local->n, err));
    for (size_t i = 0; i < local->n; i++) {
        size_t length = length_of(local, i);
        PA_ASSERT(length <= UINT32_MAX);
        const char *name = local->bytes + local->start[i];
        m->length[i] = (uint32_t)length;
        m->owner[i] = pa_rank_of_shard(shards, pa_shard_of(name, length, shards->n_shards));
    }
    return PA_OK;
}

/* Copies the names in the order in which they leave, and counts their bytes: for each rank the
 * lengths of its names, then the names. */
static pa_status pack_names(const pa_comm *comm, const pa_names *local, making *m, pa_error *err)
{
    const pa_side *here = &m->route->here;
    PA_TRY(pa_side_init(comm, &m->leaving, err));
    PA_TRY(pa_side_init(comm, &m->coming, err));
    size_t all = local->n ? local->start[local->n] - local->start[0] : 0;
    PA_TRY(PA_NEW(m->packed, all + local->n * sizeof *m->length, err));
    char *next = m->packed;
    for (int p = 0; p < comm->size; p++) {
        char *length = next, *first = next;
        next += (size_t)here->n[p] * sizeof *m->length;
        for (int64_t slot = here->at[p]; slot < here->at[p] + here->n[p]; slot++) {
            size_t i = here->order ? here->order[slot] : (size_t)slot;
            memcpy(length, m->length + i, sizeof *m->length);
            memcpy(next, local->bytes + local->start[i], m->length[i]);
            length += sizeof *m->length;
            next += m->length[i];
        }
        m->leaving.n[p] = next - first;
    }
    pa_side_stack(comm, &m->leaving);
    return PA_OK;
}

static pa_status new_arrivals(making *m, size_t bytes, pa_error *err)
{
    m->got.n = pa_route_received(m->route);
    PA_TRY(PA_NEW(m->got_length, m->got.n, err));
    PA_TRY(PA_NEW(m->got.start, m->got.n + 1, err));
    return PA_NEW(m->got.bytes, bytes, err);
}

/* Of what came from each rank the lengths to their array, and the names together. */
static void unpack_names(const pa_comm *comm, making *m)
{
    size_t n = 0;
    char *to = m->got.bytes;
    for (int p = 0; p < comm->size; p++) {
        const char *from = m->got.bytes + m->coming.at[p];
        size_t names = (size_t)m->route->there.n[p], lengths = names * sizeof *m->got_length;
        size_t bytes = (size_t)m->coming.n[p] - lengths;
        if (names == 0) continue;
        memcpy(m->got_length + n, from, lengths);
        memmove(to, from + lengths, bytes);
        to += bytes;
        n += names;
    }
    for (size_t i = 0; i < n; i++) m->got.start[i + 1] = m->got.start[i] + m->got_length[i];
}

/* packed: what came of packing them. */
static pa_status send_names(pa_comm *comm, pa_status packed, making *m, pa_error *err)
{
    int64_t all;
    PA_TRY(pa_tell_counts(comm, packed, &m->leaving, &m->coming, &all, err));
    pa_status st = new_arrivals(m, pa_side_stack(comm, &m->coming), err);
    PA_TRY(pa_transfer(comm, st, 1, &m->leaving, m->packed, &m->coming, m->got.bytes, err));
    unpack_names(comm, m);
    return PA_OK;
}

/* By name first, then by shard: the second sort keeps the order of the first. */
static pa_status sort_arrivals(making *m, const pa_partition *shards, pa_error *err)
{
    size_t n = m->got.n;
    uint64_t *key = NULL;
    uint32_t *by_name = NULL, *by_shard = NULL;
    pa_status st = PA_OK;
    PA_GOTO(PA_NEW(m->shard, n, err));
    PA_GOTO(PA_NEW(m->order, n, err));
    PA_GOTO(PA_NEW(key, n, err));
    PA_GOTO(PA_NEW(by_name, n, err));
    PA_GOTO(PA_NEW(by_shard, n, err));
    for (size_t i = 0; i < n; i++) {
        const char *name = m->got.bytes + m->got.start[i];
        m->shard[i] = pa_shard_of(name, m->got_length[i], shards->n_shards);
    }
    PA_GOTO(pa_sort_names(n, m->got.start, m->got.bytes, by_name, err));
    for (size_t i = 0; i < n; i++) key[i] = (uint64_t)m->shard[by_name[i]];
    PA_GOTO(pa_sort_u64(n, key, by_shard, err));
    pa_permute(n, sizeof *by_name, by_shard, by_name, m->order);
out:
    pa_free(key);
    pa_free(by_name);
    pa_free(by_shard);
    return st;
}

static bool same_name(const making *m, size_t a, size_t b)
{
    const char *bytes = m->got.bytes;
    return m->got_length[a] == m->got_length[b] &&
           memcmp(bytes + m->got.start[a], bytes + m->got.start[b], m->got_length[a]) == 0;
}

/* Numbers the distinct names from 0 into `answer`, counts them by shard, and
 * returns how many there are; *bytes: of each of them once. */
static size_t number_names(making *m, size_t *bytes)
{
    size_t n_distinct = 0;
    *bytes = 0;
    for (size_t i = 0; i < m->got.n; i++) {
        uint32_t name = m->order[i];
        if (i == 0 || !same_name(m, m->order[i - 1], name)) {
            m->per_shard[m->shard[name]]++;
            *bytes += m->got_length[name];
            n_distinct++;
        }
        m->answer[name] = (int64_t)n_distinct - 1;
    }
    return n_distinct;
}

static pa_status keep_distinct(const making *m, size_t n_distinct, size_t bytes, pa_names *owned,
                               pa_error *err)
{
    PA_TRY(PA_NEW(owned->start, n_distinct + 1, err));
    PA_TRY(PA_NEW(owned->bytes, bytes, err));
    for (size_t i = 0; i < m->got.n; i++) {
        uint32_t name = m->order[i];
        if (m->answer[name] < (int64_t)owned->n) continue;
        size_t at = owned->start[owned->n];
        memcpy(owned->bytes + at, m->got.bytes + m->got.start[name], m->got_length[name]);
        owned->start[++owned->n] = at + m->got_length[name];
    }
    return PA_OK;
}

static pa_status number_arrivals(making *m, const pa_partition *shards, pa_names *owned,
                                 pa_error *err)
{
    PA_TRY(sort_arrivals(m, shards, err));
    PA_TRY(PA_NEW(m->answer, m->got.n, err));
    PA_TRY(PA_NEW(m->per_shard, (size_t)shards->n_shards, err));
    size_t bytes;
    size_t n_distinct = number_names(m, &bytes);
    return keep_distinct(m, n_distinct, bytes, owned, err);
}

static pa_status make(pa_comm *comm, const pa_names *local, pa_partition *shards, making *m,
                      pa_names *owned, int64_t code[], pa_error *err)
{
    pa_status st = find_owners(comm, local, shards, m, err);
    PA_TRY(pa_route_make_if(comm, st, local->n, m->owner, &m->route, err));
    PA_TRY(send_names(comm, pack_names(comm, local, m, err), m, err));
    PA_AGREE(comm, number_arrivals(m, shards, owned, err), err);
    pa_sum_i64(comm, m->per_shard, (size_t)shards->n_shards);
    pa_partition_count(shards, m->per_shard);
    PA_ASSERT(owned->n == pa_row_count(shards, comm->rank));
    int64_t first = pa_first_row(shards, comm->rank);
    for (size_t i = 0; i < m->got.n; i++) m->answer[i] += first;
    return pa_route_return(comm, m->route, sizeof *code, m->answer, code, err);
}

pa_status pa_dictionary_make(pa_comm *comm, const pa_names *local, pa_partition *shards,
                             pa_names *owned, int64_t code[], pa_error *err)
{
    making m = {0};
    *owned = (pa_names){0};
    pa_status st = make(comm, local, shards, &m, owned, code, err);
    if (st != PA_OK) pa_names_free(owned);
    free_making(&m);
    return st;
}

/* ---- on one rank ---- */

/* So many names of every rank may meet on one. */
enum { FEW_NAMES = 4096 };

/* A shard for each rank. */
static pa_status a_shard_each(const pa_comm *comm, pa_partition *p, pa_error *err)
{
    PA_TRY(pa_partition_init(p, comm->size, comm->size, err));
    for (int32_t r = 0; r <= comm->size; r++) p->cut[r] = r;
    return PA_OK;
}

/* number: of each local name, among those that are distinct; their codes lie on the ranks that
 * own them. */
static pa_status fetch_codes(pa_comm *comm, const pa_partition *distinct, const int64_t code[],
                             size_t n, const int64_t number[], int64_t code_of_local[],
                             pa_error *err)
{
    const pa_spread_column codes = {.first_row = pa_first_row(distinct, comm->rank),
                                    .n_rows = pa_row_count(distinct, comm->rank),
                                    .width = sizeof *code,
                                    .values = code};
    return pa_fetch_rows(comm, &codes, n, number, code_of_local, err);
}

static pa_status reduce_and_list(pa_comm *comm, const pa_names *local, pa_partition *on_rank_0,
                                 pa_names *owned, int64_t code[], pa_error *err)
{
    pa_partition each = {0};
    pa_names distinct = {0};
    int64_t *number = NULL, *of_distinct = NULL;
    pa_status st = a_shard_each(comm, &each, err);
    if (st == PA_OK) st = PA_NEW(number, local->n, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_dictionary_make(comm, local, &each, &distinct, number, err));
    PA_GOTO(pa_agree(comm, PA_NEW(of_distinct, distinct.n, err), err));
    PA_GOTO(pa_dictionary_make(comm, &distinct, on_rank_0, owned, of_distinct, err));
    st = fetch_codes(comm, &each, of_distinct, local->n, number, code, err);
out:
    if (st != PA_OK) pa_names_free(owned);
    pa_partition_free(&each);
    pa_names_free(&distinct);
    pa_free(number);
    pa_free(of_distinct);
    return st;
}

pa_status pa_dictionary_list(pa_comm *comm, const pa_names *local, pa_partition *on_rank_0,
                             pa_names *owned, int64_t code[], pa_error *err)
{
    int64_t most = (int64_t)local->n;
    PA_ASSERT(on_rank_0->n_shards == 1);
    *owned = (pa_names){0};
    pa_max_i64(comm, &most, 1);
    if (comm->size == 1 || most <= FEW_NAMES)
        return pa_dictionary_make(comm, local, on_rank_0, owned, code, err);
    return reduce_and_list(comm, local, on_rank_0, owned, code, err);
}

/* ---- replicated ---- */

/* From rank 0 to all. */
static pa_status share_names(pa_comm *comm, pa_names *names, pa_error *err)
{
    uint64_t size[2] = {names->n, names->n ? names->start[names->n] : 0};
    bool root = pa_comm_rank(comm) == 0;
    pa_broadcast(comm, size, sizeof size, 0);
    if (!root) pa_names_free(names);
    pa_status st = root ? PA_OK : PA_NEW(names->start, size[0] + 1, err);
    if (st == PA_OK && !root) st = PA_NEW(names->bytes, size[1], err);
    PA_AGREE(comm, st, err);
    names->n = size[0];
    pa_broadcast(comm, names->start, (names->n + 1) * sizeof *names->start, 0);
    pa_broadcast(comm, names->bytes, size[1], 0);
    return PA_OK;
}

/* One shard, which rank 0 owns: codes follow the order of the names. */
pa_status pa_dictionary_replicate(pa_comm *comm, pa_intern *table, pa_names *all, int64_t **code,
                                  pa_error *err)
{
    pa_partition on_rank_0 = {0};
    pa_names local = {0};
    pa_status st = pa_partition_init(&on_rank_0, 1, pa_comm_size(comm), err);
    if (st == PA_OK) st = pa_intern_take(table, &local.n, &local.start, &local.bytes, err);
    if (st == PA_OK) st = PA_NEW(*code, local.n, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (int32_t r = 1; r <= on_rank_0.n_ranks; r++) on_rank_0.cut[r] = 1;
    PA_GOTO(pa_dictionary_list(comm, &local, &on_rank_0, all, *code, err));
    st = share_names(comm, all, err);
out:
    pa_names_free(&local);
    pa_partition_free(&on_rank_0);
    return st;
}

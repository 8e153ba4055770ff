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

/* Of the names that leave for rank p the lengths, then the names; returns what stands behind. */
static char *pack_for(const pa_names *local, const making *m, int p, char *next)
{
    const pa_side *here = &m->route->here;
    char *length = next;
    next += (size_t)here->n[p] * sizeof *m->length;
    for (int64_t slot = here->at[p]; slot < here->at[p] + here->n[p]; slot++) {
        size_t i = here->order ? here->order[slot] : (size_t)slot;
        memcpy(length, m->length + i, sizeof *m->length);
        memcpy(next, local->bytes + local->start[i], m->length[i]);
        length += sizeof *m->length;
        next += m->length[i];
    }
    return next;
}

/* What leaves and what comes, of n dictionaries in the same messages. */
typedef struct {
    char *packed, *got;
    pa_side leaving, coming; /* bytes for each rank, and from each */
} parcel;

static void free_parcel(parcel *x)
{
    pa_free(x->packed);
    pa_free(x->got);
    pa_side_free(&x->leaving);
    pa_side_free(&x->coming);
}

/* Copies the names in the order in which they leave, and counts their bytes. */
static pa_status pack_names(const pa_comm *comm, size_t n, const pa_names *const local[],
                            const making m[], parcel *x, pa_error *err)
{
    size_t all = 0;
    PA_TRY(pa_side_init(comm, &x->leaving, err));
    PA_TRY(pa_side_init(comm, &x->coming, err));
    for (size_t d = 0; d < n; d++) {
        const pa_names *names = local[d];
        all += names->n * sizeof *m->length;
        all += names->n ? names->start[names->n] - names->start[0] : 0;
    }
    PA_TRY(PA_NEW(x->packed, all, err));
    char *next = x->packed;
    for (int p = 0; p < comm->size; p++) {
        const char *first = next;
        for (size_t d = 0; d < n; d++) next = pack_for(local[d], m + d, p, next);
        x->leaving.n[p] = next - first;
    }
    pa_side_stack(comm, &x->leaving);
    return PA_OK;
}

/* The lengths of what has come to their arrays, and what all its names take. */
static pa_status take_lengths(const pa_comm *comm, size_t n, making m[], const parcel *x,
                              pa_error *err)
{
    for (size_t d = 0; d < n; d++) {
        m[d].got.n = pa_route_received(m[d].route);
        PA_TRY(PA_NEW(m[d].got_length, m[d].got.n, err));
        PA_TRY(PA_NEW(m[d].got.start, m[d].got.n + 1, err));
    }
    const char *from = x->got;
    for (int p = 0; p < comm->size; p++) {
        for (size_t d = 0; d < n; d++) {
            size_t at = (size_t)m[d].route->there.at[p], end = at + (size_t)m[d].route->there.n[p];
            uint32_t *length = m[d].got_length;
            if (at < end) memcpy(length + at, from, (end - at) * sizeof *length);
            from += (end - at) * sizeof *length;
            for (; at < end; at++) {
                m[d].got.start[at + 1] = m[d].got.start[at] + length[at];
                from += length[at];
            }
        }
    }
    return PA_OK;
}

/* ... and the names. */
static pa_status take_names(const pa_comm *comm, size_t n, making m[], const parcel *x,
                            pa_error *err)
{
    for (size_t d = 0; d < n; d++) PA_TRY(PA_NEW(m[d].got.bytes, m[d].got.start[m[d].got.n], err));
    const char *from = x->got;
    for (int p = 0; p < comm->size; p++) {
        for (size_t d = 0; d < n; d++) {
            size_t at = (size_t)m[d].route->there.at[p], end = at + (size_t)m[d].route->there.n[p];
            size_t start = m[d].got.start[at], bytes = m[d].got.start[end] - start;
            from += (end - at) * sizeof *m[d].got_length;
            if (bytes > 0) memcpy(m[d].got.bytes + start, from, bytes);
            from += bytes;
        }
    }
    return PA_OK;
}

static pa_status send_names(pa_comm *comm, size_t n, const pa_names *const local[], making m[],
                            parcel *x, pa_error *err)
{
    int64_t all;
    pa_status st = pack_names(comm, n, local, m, x, err);
    PA_TRY(pa_tell_counts(comm, st, &x->leaving, &x->coming, &all, err));
    st = PA_NEW(x->got, pa_side_stack(comm, &x->coming), err);
    return pa_transfer(comm, st, 1, &x->leaving, x->packed, &x->coming, x->got, err);
}

/* Names that have come, of each dictionary by itself; the parcel goes. */
static pa_status open_parcel(const pa_comm *comm, size_t n, making m[], parcel *x, pa_error *err)
{
    pa_free(x->packed);
    x->packed = NULL;
    pa_status st = take_lengths(comm, n, m, x, err);
    if (st == PA_OK) st = take_names(comm, n, m, x, err);
    free_parcel(x);
    *x = (parcel){0};
    return st;
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

/* The first codes of the shards; answers count from the first of this rank. */
static void count_shards(pa_comm *comm, const pa_names *owned, pa_partition *shards, making *m)
{
    pa_sum_i64(comm, m->per_shard, (size_t)shards->n_shards);
    pa_partition_count(shards, m->per_shard);
    PA_ASSERT(owned->n == pa_row_count(shards, comm->rank));
    int64_t first = pa_first_row(shards, comm->rank);
    for (size_t i = 0; i < m->got.n; i++) m->answer[i] += first;
}

/* Codes on their way back, of all dictionaries in the same messages: as they leave, and as they
 * are to lie, those of one dictionary behind those of the other. */
typedef struct {
    int64_t *answer, *code;
    pa_side from, to;
} reply;

static void free_reply(reply *x)
{
    pa_free(x->answer);
    pa_free(x->code);
    pa_side_free(&x->from);
    pa_side_free(&x->to);
}

static pa_status new_reply(const pa_comm *comm, size_t n, const pa_names *const local[],
                           const making m[], reply *x, pa_error *err)
{
    size_t sent = 0, got = 0;
    for (size_t d = 0; d < n; d++) {
        sent += local[d]->n;
        got += m[d].got.n;
    }
    PA_TRY(pa_check_rows(sent, err));
    PA_TRY(pa_side_init(comm, &x->from, err));
    PA_TRY(pa_side_init(comm, &x->to, err));
    PA_TRY(PA_NEW(x->answer, got, err));
    PA_TRY(PA_NEW(x->code, sent, err));
    return PA_NEW(x->to.order, sent, err);
}

static pa_status pack_reply(const pa_comm *comm, size_t n, const pa_names *const local[],
                            const making m[], reply *x, pa_error *err)
{
    PA_TRY(new_reply(comm, n, local, m, x, err));
    int64_t *answer = x->answer;
    uint32_t *order = x->to.order;
    for (int p = 0; p < comm->size; p++) {
        size_t before = 0; /* codes of the dictionaries before */
        for (size_t d = 0; d < n; before += local[d++]->n) {
            const pa_side *here = &m[d].route->here, *there = &m[d].route->there;
            for (int64_t i = 0; i < there->n[p]; i++) *answer++ = m[d].answer[there->at[p] + i];
            for (int64_t slot = here->at[p]; slot < here->at[p] + here->n[p]; slot++) {
                size_t i = here->order ? here->order[slot] : (size_t)slot;
                *order++ = (uint32_t)(before + i);
            }
            x->from.n[p] += there->n[p];
            x->to.n[p] += here->n[p];
        }
    }
    pa_side_stack(comm, &x->from);
    pa_side_stack(comm, &x->to);
    return PA_OK;
}

static pa_status return_codes(pa_comm *comm, size_t n, const pa_names *const local[],
                              const making m[], int64_t *const code[], pa_error *err)
{
    reply x = {0};
    pa_status st = pack_reply(comm, n, local, m, &x, err);
    st = pa_transfer(comm, st, sizeof *x.code, &x.from, x.answer, &x.to, x.code, err);
    for (size_t d = 0, at = 0; st == PA_OK && d < n; at += local[d++]->n)
        if (local[d]->n > 0) memcpy(code[d], x.code + at, local[d]->n * sizeof *x.code);
    free_reply(&x);
    return st;
}

static pa_status make(pa_comm *comm, size_t n, const pa_names *const local[],
                      pa_partition *const shards[], making m[], parcel *x, pa_names *const owned[],
                      int64_t *const code[], pa_error *err)
{
    for (size_t d = 0; d < n; d++) {
        pa_status st = find_owners(comm, local[d], shards[d], m + d, err);
        PA_TRY(pa_route_make_if(comm, st, local[d]->n, m[d].owner, &m[d].route, err));
    }
    PA_TRY(send_names(comm, n, local, m, x, err));
    pa_status st = open_parcel(comm, n, m, x, err);
    for (size_t d = 0; st == PA_OK && d < n; d++)
        st = number_arrivals(m + d, shards[d], owned[d], err);
    PA_AGREE(comm, st, err);
    for (size_t d = 0; d < n; d++) count_shards(comm, owned[d], shards[d], m + d);
    return return_codes(comm, n, local, m, code, err);
}

pa_status pa_dictionary_make_both(pa_comm *comm, const pa_names *const local[],
                                  pa_partition *const shards[], pa_names *const owned[],
                                  int64_t *const code[], pa_error *err)
{
    making m[2] = {{0}};
    parcel x = {0};
    for (size_t d = 0; d < 2; d++) *owned[d] = (pa_names){0};
    pa_status st = make(comm, 2, local, shards, m, &x, owned, code, err);
    for (size_t d = 0; d < 2; d++) {
        if (st != PA_OK) pa_names_free(owned[d]);
        free_making(m + d);
    }
    free_parcel(&x);
    return st;
}

pa_status pa_dictionary_make(pa_comm *comm, const pa_names *local, pa_partition *shards,
                             pa_names *owned, int64_t code[], pa_error *err)
{
    making m = {0};
    parcel x = {0};
    *owned = (pa_names){0};
    pa_status st = make(comm, 1, &local, &shards, &m, &x, &owned, &code, err);
    if (st != PA_OK) pa_names_free(owned);
    free_making(&m);
    free_parcel(&x);
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

#include "paraudit/patterns/pair_counts.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/comm/route.h"

/* ---- counting ---- */

/* Mixed keys are spread evenly: rank r gets its share of what they can be. */
static int32_t home_of(uint64_t mixed, int n_ranks)
{
    return (int32_t)((mixed >> 32) * (uint64_t)n_ranks >> 32);
}

/* Each rank's pairs go to their homes. They ascend already. */
static pa_status make_route(pa_comm *comm, const pa_pair_list *from, pa_route **route,
                            pa_error *err)
{
    int32_t *home;
    PA_AGREE(comm, PA_NEW(home, from->pair.n, err), err);
    for (size_t i = 0; i < from->pair.n; i++)
        home[i] = home_of(pa_pair_mixed(from->pair.key[i]), pa_comm_size(comm));
    pa_status st = pa_route_make(comm, from->pair.n, home, route, err);
    pa_free(home);
    return st;
}

/* What arrived from all ranks, added up. */
static pa_status add_up(size_t n, const uint64_t key[], const uint32_t count[], pa_pair_list *to,
                        pa_error *err)
{
    for (size_t i = 0; i < n; i++) PA_TRY(pa_pair_list_add(to, key[i], count[i], err));
    return pa_pair_list_order(to, err);
}

static pa_status bring_home(pa_comm *comm, const pa_pair_list *from, const pa_route *route,
                            pa_pair_list *to, pa_error *err)
{
    size_t n = pa_route_received(route);
    uint64_t *key = NULL;
    uint32_t *count = NULL;
    pa_status st = PA_NEW(key, n, err);
    if (st == PA_OK) st = PA_NEW(count, n, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_route_send(comm, route, sizeof *key, from->pair.key, key, err));
    PA_GOTO(pa_route_send(comm, route, sizeof *count, from->count, count, err));
    st = pa_agree(comm, add_up(n, key, count, to, err), err);
out:
    pa_free(key);
    pa_free(count);
    return st;
}

static pa_status put(pa_comm *comm, const pa_pair_list *list, pa_store *model, pa_error *err)
{
    size_t n = list->pair.n;
    int64_t first = pa_sum_before_i64(comm, (int64_t)n), n_global = (int64_t)n;
    void *key, *count;
    pa_sum_i64(comm, &n_global, 1);
    PA_TRY(pa_store_put_slice(model, "pair", PA_I64, first, n, n_global, 1,
                              "pairs that were met: kind << 60 | a << 30 | b, in the order of a "
                              "hash of it",
                              &key, err));
    PA_TRY(pa_store_put_slice(model, "pair_count", PA_I64, first, n, n_global, 1,
                              "how often each pair was met", &count, err));
    if (n) memcpy(key, list->pair.key, n * sizeof(int64_t));
    for (size_t i = 0; i < n; i++) ((int64_t *)count)[i] = list->count[i];
    return PA_OK;
}

pa_status pa_pair_counts_put(pa_comm *comm, pa_pair_list *list, pa_store *model, pa_error *err)
{
    pa_pair_list home = {0};
    pa_route *route = NULL;
    pa_status st = pa_agree(comm, pa_pair_list_order(list, err), err);
    if (st == PA_OK) st = make_route(comm, list, &route, err);
    if (st == PA_OK) st = bring_home(comm, list, route, &home, err);
    pa_route_free(route);
    pa_pair_list_free(list);
    if (st == PA_OK) st = pa_agree(comm, put(comm, &home, model, err), err);
    pa_pair_list_free(&home);
    return st;
}

/* ---- looking up ---- */

struct pa_pair_counts {
    size_t n;
    uint64_t *mixed; /* of the pairs here, ascending */
    const int64_t *count;
    /* Where those begin that are `width` or more apart from the first: `n_places` and one more. */
    size_t n_places;
    uint64_t width;
    uint32_t *begin;
    uint64_t *last; /* of each rank, ascending: the last mixed key on it and on those before */
};

static pa_status read_pairs(const pa_store *model, pa_pair_counts *c, pa_error *err)
{
    const void *key, *count;
    size_t n_counts;
    PA_TRY(pa_store_get(model, "pair", PA_I64, &key, &c->n, err));
    PA_TRY(pa_store_get(model, "pair_count", PA_I64, &count, &n_counts, err));
    c->count = count;
    bool whole = n_counts == c->n && c->n < UINT32_MAX;
    PA_TRY(PA_NEW(c->mixed, c->n, err));
    for (size_t i = 0; i < c->n; i++) {
        c->mixed[i] = pa_pair_mixed((uint64_t)((const int64_t *)key)[i]);
        whole = whole && (i == 0 || c->mixed[i] > c->mixed[i - 1]) && c->count[i] > 0;
    }
    if (whole) return PA_OK;
    return pa_fail(err, PA_E_DATA, "model '%s': its pairs are not in order", model->name);
}

/* About a pair a place. */
static pa_status lay_out(pa_pair_counts *c, pa_error *err)
{
    size_t place = 0;
    c->n_places = c->n ? c->n : 1;
    c->width = c->n ? (c->mixed[c->n - 1] - c->mixed[0]) / c->n_places + 1 : 1;
    PA_TRY(PA_NEW(c->begin, c->n_places + 1, err));
    for (size_t i = 0; i < c->n; i++) {
        size_t own = (size_t)((c->mixed[i] - c->mixed[0]) / c->width);
        while (place < own) c->begin[++place] = (uint32_t)i;
    }
    while (place < c->n_places) c->begin[++place] = (uint32_t)c->n;
    return PA_OK;
}

/* A rank without pairs ends where the one before it does. */
static pa_status find_ends(pa_comm *comm, pa_pair_counts *c, pa_error *err)
{
    void *all;
    size_t bytes;
    uint64_t end[2] = {c->n > 0, c->n ? c->mixed[c->n - 1] : 0};
    PA_TRY(pa_gather_all(comm, end, sizeof end, &all, &bytes, err));
    const uint64_t *of = all;
    pa_status st = PA_NEW(c->last, (size_t)pa_comm_size(comm), err);
    for (int r = 0; st == PA_OK && r < pa_comm_size(comm); r++) {
        uint64_t before = r ? c->last[r - 1] : 0;
        c->last[r] = of[2 * r] ? of[2 * r + 1] : before;
        if (c->last[r] < before)
            st = pa_fail(err, PA_E_DATA, "the pairs of a model are not in order over the ranks");
    }
    pa_free(all);
    return pa_agree(comm, st, err);
}

pa_status pa_pair_counts_open(pa_comm *comm, const pa_store *model, pa_pair_counts **counts,
                              pa_error *err)
{
    pa_pair_counts *c;
    *counts = NULL;
    pa_status st = PA_NEW(c, 1, err);
    if (st == PA_OK) st = read_pairs(model, c, err);
    if (st == PA_OK) st = lay_out(c, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = find_ends(comm, c, err);
    if (st == PA_OK)
        *counts = c;
    else
        pa_pair_counts_close(c);
    return st;
}

void pa_pair_counts_close(pa_pair_counts *c)
{
    if (!c) return;
    pa_free(c->mixed);
    pa_free(c->begin);
    pa_free(c->last);
    pa_free(c);
}

static size_t place_of(const pa_pair_counts *c, uint64_t mixed)
{
    if (c->n == 0 || mixed < c->mixed[0]) return 0;
    uint64_t place = (mixed - c->mixed[0]) / c->width;
    return place < c->n_places ? (size_t)place : c->n_places - 1;
}

static uint32_t look_up(const pa_pair_counts *c, uint64_t mixed, size_t place)
{
    size_t i = c->begin[place], end = c->begin[place + 1];
    while (i < end && c->mixed[i] < mixed) i++;
    if (i == end || c->mixed[i] != mixed) return 0;
    return c->count[i] > UINT32_MAX ? UINT32_MAX : (uint32_t)c->count[i];
}

/* Some at a time: what all of them need from memory is on its way before the first is looked
 * at. */
static void look_up_all(const pa_pair_counts *c, size_t n, const uint64_t key[], uint32_t count[])
{
    enum { TOGETHER = 32 };
    uint64_t mixed[TOGETHER];
    size_t place[TOGETHER];
    for (size_t at = 0; at < n; at += TOGETHER) {
        size_t m = n - at < TOGETHER ? n - at : TOGETHER;
        for (size_t i = 0; i < m; i++) {
            mixed[i] = pa_pair_mixed(key[at + i]);
            place[i] = place_of(c, mixed[i]);
            __builtin_prefetch(c->begin + place[i]);
        }
        for (size_t i = 0; i < m; i++) {
            __builtin_prefetch(c->mixed + c->begin[place[i]]);
            __builtin_prefetch(c->count + c->begin[place[i]]);
        }
        for (size_t i = 0; i < m; i++) count[at + i] = look_up(c, mixed[i], place[i]);
    }
}

/* ---- asking ---- */

/* Mixed keys are as good as evenly spread, and so nearly are the ranks' shares of them. */
static int32_t rank_of(const pa_pair_counts *c, int n_ranks, uint64_t mixed)
{
    int r = (int)((mixed >> 32) * (uint64_t)n_ranks >> 32);
    while (r > 0 && c->last[r - 1] >= mixed) r--;
    while (r + 1 < n_ranks && c->last[r] < mixed) r++;
    return (int32_t)r;
}

/* key, count: of those asked here. */
static pa_status answer(pa_comm *comm, const pa_pair_counts *c, const pa_route *route,
                        const uint64_t key[], uint32_t count[], pa_error *err)
{
    size_t n = pa_route_received(route);
    uint64_t *asked = NULL;
    uint32_t *found = NULL;
    pa_status st = PA_NEW(asked, n, err);
    if (st == PA_OK) st = PA_NEW(found, n, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_route_send(comm, route, sizeof *asked, key, asked, err));
    look_up_all(c, n, asked, found);
    PA_GOTO(pa_route_return(comm, route, sizeof *found, found, count, err));
out:
    pa_free(asked);
    pa_free(found);
    return st;
}

pa_status pa_pair_counts_ask(pa_comm *comm, const pa_pair_counts *c, size_t n, const uint64_t key[],
                             uint32_t count[], pa_error *err)
{
    int32_t *rank;
    pa_route *route = NULL;
    int n_ranks = pa_comm_size(comm);
    if (n_ranks == 1) {
        look_up_all(c, n, key, count);
        return PA_OK;
    }
    PA_AGREE(comm, PA_NEW(rank, n, err), err);
    for (size_t i = 0; i < n; i++) rank[i] = rank_of(c, n_ranks, pa_pair_mixed(key[i]));
    pa_status st = pa_route_make(comm, n, rank, &route, err);
    pa_free(rank);
    if (st == PA_OK) st = answer(comm, c, route, key, count, err);
    pa_route_free(route);
    return st;
}

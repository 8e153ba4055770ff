#include "boosting_values.h"

#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/comm/route.h"

/* The lists of rank r are number first_of(r) up to first_of(r + 1). What goes to a rank, and what
 * it answers: how many keys each of its lists has, then the keys of those that have not too many.
 */
typedef struct {
    size_t most, n_lists;
    int n_ranks;
} deal;

static size_t first_of(const deal *d, int rank)
{
    return (size_t)pa_even_share((int64_t)d->n_lists, rank, d->n_ranks);
}

static size_t lists_of(const deal *d, int rank)
{
    return first_of(d, rank + 1) - first_of(d, rank);
}

static size_t keys_of(const deal *d, uint32_t n)
{
    return n > d->most ? 0 : n;
}

/* Returns where the next goes. */
static uint32_t *put_lists(const deal *d, size_t n, const pa_key_list list[], uint32_t *to)
{
    uint32_t *key = to + n;
    for (size_t i = 0; i < n; i++) {
        to[i] = (uint32_t)list[i].n;
        size_t keys = keys_of(d, to[i]);
        if (keys > 0) memcpy(key, list[i].key, keys * sizeof *key);
        key += keys;
    }
    return key;
}

static pa_status fill_parcel(const deal *d, const pa_key_list list[], uint32_t **sent, int64_t to[],
                             pa_error *err)
{
    size_t all = d->n_lists;
    for (size_t i = 0; i < d->n_lists; i++) all += keys_of(d, (uint32_t)list[i].n);
    PA_TRY(PA_NEW(*sent, all, err));
    uint32_t *at = *sent;
    for (int r = 0; r < d->n_ranks; r++) {
        uint32_t *begin = at;
        at = put_lists(d, lists_of(d, r), list + first_of(d, r), at);
        to[r] = at - begin;
    }
    return PA_OK;
}

static int by_key(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The keys once each; returns how many, most + 1 where they are more. */
static size_t keep_distinct(const deal *d, size_t n, uint32_t key[])
{
    size_t kept = 0;
    if (n > 0) qsort(key, n, sizeof *key, by_key);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && key[kept - 1] == key[i]) continue;
        if (kept == d->most) return kept + 1;
        key[kept++] = key[i];
    }
    return kept;
}

/* What came from each rank. */
typedef struct {
    const uint32_t *count, *key;
} source;

/* List number i of this rank, whose keys come next in all sources. key: room for all of them. */
static size_t merge_list(const deal *d, size_t i, source from[], uint32_t key[])
{
    size_t n = 0;
    bool too_many = false;
    for (int r = 0; r < d->n_ranks; r++) {
        size_t here = keys_of(d, from[r].count[i]);
        too_many |= from[r].count[i] > d->most;
        if (here > 0) memcpy(key + n, from[r].key, here * sizeof *key);
        from[r].key += here;
        n += here;
    }
    return too_many ? d->most + 1 : keep_distinct(d, n, key);
}

static void find_sources(const deal *d, size_t n_own, const uint32_t *arrived, source from[])
{
    for (int r = 0; r < d->n_ranks; r++) {
        from[r] = (source){arrived, arrived + n_own};
        arrived += n_own;
        for (size_t i = 0; i < n_own; i++) arrived += keys_of(d, from[r].count[i]);
    }
}

/* answer: room for what arrived. Returns how long it is. */
static size_t merge_own(const deal *d, size_t n_own, source from[], uint32_t answer[])
{
    uint32_t *key = answer + n_own;
    for (size_t i = 0; i < n_own; i++) {
        answer[i] = (uint32_t)merge_list(d, i, from, key);
        key += keys_of(d, answer[i]);
    }
    return (size_t)(key - answer);
}

/* The answers of all ranks, one after the other, into the lists. */
static void take_answers(const deal *d, const uint32_t *answer, pa_key_list list[])
{
    for (int r = 0; r < d->n_ranks; r++) {
        size_t n = lists_of(d, r);
        pa_key_list *to = list + first_of(d, r);
        const uint32_t *count = answer;
        answer += n;
        for (size_t i = 0; i < n; i++) {
            size_t keys = keys_of(d, count[i]);
            to[i].n = count[i];
            if (keys > 0) memcpy(to[i].key, answer, keys * sizeof *answer);
            answer += keys;
        }
    }
}

pa_status pa_merge_keys(pa_comm *comm, size_t most, size_t n_lists, pa_key_list list[],
                        pa_error *err)
{
    const deal d = {most, n_lists, pa_comm_size(comm)};
    size_t n_own = lists_of(&d, pa_comm_rank(comm)), n = 0, bytes;
    int64_t *to = NULL;
    source *from = NULL;
    uint32_t *sent = NULL, *answer = NULL;
    void *arrived = NULL, *all = NULL;
    PA_ASSERT(most < UINT32_MAX);
    pa_status st = PA_NEW(to, (size_t)d.n_ranks, err);
    if (st == PA_OK) st = PA_NEW(from, (size_t)d.n_ranks, err);
    if (st == PA_OK) st = fill_parcel(&d, list, &sent, to, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_exchange(comm, sizeof *sent, sent, to, &arrived, &n, err));
    PA_GOTO(pa_agree(comm, PA_NEW(answer, n, err), err));
    find_sources(&d, n_own, arrived, from);
    n = merge_own(&d, n_own, from, answer);
    PA_GOTO(pa_gather_all(comm, answer, n * sizeof *answer, &all, &bytes, err));
    take_answers(&d, all, list);
out:
    pa_free(to);
    pa_free(from);
    pa_free(sent);
    pa_free(arrived);
    pa_free(answer);
    pa_free(all);
    return st;
}

/* The values at the cuts are found where they lie. Those that equal one, which may be most of a
 * set, are counted and stay: each rank gets at most its even share. */
#include "shares.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"

enum { SHIFT = 21, BUCKETS = 1 << 11 };

void pa_shares_free(pa_shares *s)
{
    pa_free(s->total);
    pa_free(s->cut);
    pa_free(s->unit);
    pa_free(s->first);
    pa_free(s->arrived);
    pa_free(s->count);
    pa_free(s->key);
    *s = (pa_shares){0};
}

static pa_status new_shares(pa_shares *s, pa_error *err)
{
    size_t n_ranks = (size_t)s->n_ranks;
    PA_TRY(PA_NEW(s->total, s->n_sets, err));
    PA_TRY(PA_NEW(s->cut, n_ranks - 1, err));
    PA_TRY(PA_NEW(s->unit, s->n_sets + n_ranks - 1, err));
    PA_TRY(PA_NEW(s->first, n_ranks + 1, err));
    PA_TRY(PA_NEW(s->count, n_ranks, err));
    return PA_NEW(s->key, n_ranks, err);
}

/* ---- cuts ---- */

static int64_t count_values(pa_comm *comm, pa_shares *s)
{
    int64_t all = 0;
    for (size_t i = 0; i < s->n_sets; i++) s->total[i] = s->set[i].m > 0 ? (int64_t)s->set[i].n : 0;
    pa_sum_i64(comm, s->total, s->n_sets);
    for (size_t i = 0; i < s->n_sets; i++) all += s->total[i];
    return all;
}

static pa_status find_cuts(pa_comm *comm, pa_shares *s, int64_t all, pa_error *err)
{
    int64_t before = 0;
    size_t set = 0;
    for (int r = 0; r + 1 < s->n_ranks; r++) {
        int64_t position = pa_even_share(all, r + 1, s->n_ranks);
        while (before + s->total[set] <= position) before += s->total[set++];
        s->cut[r] = (pa_place){.set = set, .position = position - before};
    }
    return pa_find_places(comm, s->n_sets, s->set, (size_t)s->n_ranks - 1, s->cut, err);
}

static void list_units(pa_shares *s)
{
    size_t n = 0, r = 0, last = (size_t)s->n_ranks - 1;
    for (size_t set = 0; set < s->n_sets; set++) {
        const pa_place *low = NULL;
        for (; r < last && s->cut[r].set == set; low = s->cut + r++) {
            s->unit[n++] = (pa_unit){set, low, s->cut + r};
            s->first[r + 1] = n;
        }
        s->unit[n++] = (pa_unit){set, low, NULL};
    }
    s->first[last + 1] = n;
}

int64_t pa_unit_begin(const pa_unit *u)
{
    return u->low ? u->low->below : 0;
}

int64_t pa_unit_end(const pa_shares *s, const pa_unit *u)
{
    return u->high ? u->high->below : s->total[u->set];
}

/* ---- who gets which key ---- */

/* The cuts of a set: at[d] of them have a first digit below d. */
typedef struct {
    size_t n;
    const pa_place *cut;
    uint32_t at[BUCKETS + 1];
} cuts;

static void index_cuts(const pa_shares *s, size_t set, size_t *cursor, cuts *c)
{
    size_t last = (size_t)s->n_ranks - 1, i = 0;
    c->cut = s->cut + *cursor;
    c->n = 0;
    for (; *cursor < last && s->cut[*cursor].set == set; ++*cursor) c->n++;
    for (size_t d = 0; c->n > 0 && d <= BUCKETS; d++) {
        while (i < c->n && c->cut[i].key >> SHIFT < d) i++;
        c->at[d] = (uint32_t)i;
    }
}

enum { STAYS = UINT32_MAX };

/* Which of the set's units a key goes to. */
static uint32_t unit_of(const cuts *c, uint32_t key)
{
    if (c->n == 0) return 0;
    uint32_t low = c->at[key >> SHIFT], high = c->at[(key >> SHIFT) + 1], end = high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->cut[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && c->cut[low].key == key ? (uint32_t)STAYS : low;
}

/* The units of set number `set` begin at unit `first`; count: of all units. */
static void count_keys(const pa_quantile_set *set, const cuts *c, size_t first, uint32_t count[])
{
    if (c->n == 0) {
        count[first] = (uint32_t)set->n;
        return;
    }
    for (size_t i = 0; i < set->n; i++) {
        uint32_t u = unit_of(c, (uint32_t)pa_key_of_f32(set->value[i]));
        if (u != (uint32_t)STAYS) count[first + u]++;
    }
}

static void put_keys(const pa_quantile_set *set, const cuts *c, size_t first, uint32_t *to[])
{
    for (size_t i = 0; i < set->n; i++) {
        uint32_t key = (uint32_t)pa_key_of_f32(set->value[i]), u = unit_of(c, key);
        if (u != (uint32_t)STAYS) *to[first + u]++ = key;
    }
}

/* ---- to the ranks of the shares ---- */

/* What leaves: for each rank the counts of its units, then their keys. */
typedef struct {
    uint32_t *count; /* of all units */
    uint32_t **to;   /* where the next key of each goes */
    int64_t *n;      /* ranks: numbers that go to each */
    uint32_t *sent;
} parcel;

static void free_parcel(parcel *p)
{
    pa_free(p->count);
    pa_free(p->to);
    pa_free(p->n);
    pa_free(p->sent);
}

static void count_parcel(const pa_shares *s, cuts *c, uint32_t count[])
{
    size_t cursor = 0, unit = 0;
    for (size_t set = 0; set < s->n_sets; set++) {
        index_cuts(s, set, &cursor, c);
        if (s->total[set] > 0) count_keys(s->set + set, c, unit, count);
        unit += c->n + 1;
    }
}

/* Counts go ahead of the keys. */
static pa_status lay_out(const pa_shares *s, parcel *p, pa_error *err)
{
    size_t all = 0;
    for (size_t r = 0; r < (size_t)s->n_ranks; r++) {
        size_t n = s->first[r + 1] - s->first[r];
        for (size_t u = s->first[r]; u < s->first[r + 1]; u++) n += p->count[u];
        p->n[r] = (int64_t)n;
        all += n;
    }
    PA_TRY(PA_NEW(p->sent, all, err));
    uint32_t *at = p->sent;
    for (size_t r = 0; r < (size_t)s->n_ranks; r++) {
        size_t n = s->first[r + 1] - s->first[r];
        memcpy(at, p->count + s->first[r], n * sizeof *at);
        at += n;
        for (size_t u = s->first[r]; u < s->first[r + 1]; at += p->count[u++]) p->to[u] = at;
    }
    return PA_OK;
}

static pa_status fill_parcel(const pa_shares *s, parcel *p, pa_error *err)
{
    cuts c;
    size_t n_units = s->first[s->n_ranks], cursor = 0, unit = 0;
    PA_TRY(PA_NEW(p->count, n_units, err));
    PA_TRY(PA_NEW(p->to, n_units, err));
    PA_TRY(PA_NEW(p->n, (size_t)s->n_ranks, err));
    count_parcel(s, &c, p->count);
    PA_TRY(lay_out(s, p, err));
    for (size_t set = 0; set < s->n_sets; set++) {
        index_cuts(s, set, &cursor, &c);
        if (s->total[set] > 0) put_keys(s->set + set, &c, unit, p->to);
        unit += c.n + 1;
    }
    return PA_OK;
}

/* Where what came from each rank begins: its counts say how long it is. */
static void find_arrived(pa_shares *s)
{
    size_t n_own = s->first[s->rank + 1] - s->first[s->rank];
    const uint32_t *at = s->arrived;
    for (int r = 0; r < s->n_ranks; r++) {
        s->count[r] = at;
        s->key[r] = at += n_own;
        for (size_t i = 0; i < n_own; i++) at += s->count[r][i];
    }
}

static pa_status exchange(pa_comm *comm, pa_shares *s, pa_error *err)
{
    parcel p = {0};
    void *arrived = NULL;
    size_t n;
    pa_status st = pa_agree(comm, fill_parcel(s, &p, err), err);
    if (st == PA_OK) st = pa_exchange(comm, sizeof *p.sent, p.sent, p.n, &arrived, &n, err);
    free_parcel(&p);
    s->arrived = arrived;
    if (st == PA_OK) find_arrived(s);
    return st;
}

pa_status pa_shares_make(pa_comm *comm, size_t n_sets, const pa_quantile_set set[], pa_shares *s,
                         pa_error *err)
{
    *s = (pa_shares){
        .n_sets = n_sets, .set = set, .rank = pa_comm_rank(comm), .n_ranks = pa_comm_size(comm)};
    PA_AGREE(comm, new_shares(s, err), err);
    int64_t all = count_values(comm, s);
    if (s->n_ranks > 1) PA_TRY(find_cuts(comm, s, all, err));
    list_units(s);
    return s->n_ranks > 1 ? exchange(comm, s, err) : PA_OK;
}

/* ---- own units ---- */

size_t pa_unit_keys(const pa_shares *s, size_t i)
{
    size_t n = 0;
    if (s->n_ranks == 1) return s->total[i] > 0 ? s->set[i].n : 0;
    for (int r = 0; r < s->n_ranks; r++) n += s->count[r][i];
    return n;
}

/* Those of a rank by itself have not been moved. */
void pa_take_keys(pa_shares *s, size_t i, uint32_t key[])
{
    if (s->n_ranks == 1) {
        size_t n = pa_unit_keys(s, i);
        for (size_t k = 0; k < n; k++) key[k] = (uint32_t)pa_key_of_f32(s->set[i].value[k]);
        return;
    }
    for (int r = 0; r < s->n_ranks; r++) {
        size_t n = s->count[r][i];
        if (n > 0) memcpy(key, s->key[r], n * sizeof *key);
        s->key[r] += n;
        key += n;
    }
}

/* Cuts are values of a sample, so shares differ in size, by some tenths, but each value is looked
 * up once only: how many keys lie between two cuts is counted, and the keys are sent. Those that
 * equal a cut, which may be most of a set, are counted and stay: no rank gets more than is
 * between two cuts. */
#include "shares.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"

/* Values in the sample: the more, the more alike are shares, but every rank goes through all of
 * them. */
enum { SAMPLE_OF_A_RANK = 256, SAMPLE_MOST = 1 << 17 };

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

/* An element of the sample: its set, then its key. */
static uint64_t element(size_t set, float value)
{
    return (uint64_t)set << 32 | pa_key_of_f32(value);
}

/* One of every `step` values of this rank, at changing distances, whose order within a step goes
 * through multiples of the golden ratio. Returns how many. */
static size_t draw(const pa_shares *s, int64_t step, uint64_t sample[])
{
    size_t n = 0;
    int64_t begin = 0; /* of the set, among all values here */
    for (size_t set = 0; set < s->n_sets; set++) {
        if (s->total[set] == 0) continue;
        int64_t end = begin + (int64_t)s->set[set].n;
        for (;; n++) {
            uint32_t turn = (uint32_t)(n + (size_t)s->rank) * 2654435769u;
            int64_t at = (int64_t)n * step + (int64_t)((uint64_t)turn * (uint64_t)step >> 32);
            if (at >= end) break;
            sample[n] = element(set, s->set[set].value[at - begin]);
        }
        begin = end;
    }
    return n;
}

static size_t values_here(const pa_shares *s)
{
    size_t n = 0;
    for (size_t set = 0; set < s->n_sets; set++) n += s->total[set] > 0 ? s->set[set].n : 0;
    return n;
}

/* all: values of all ranks. The whole sample is for the caller to free. Collective. */
static pa_status draw_sample(pa_comm *comm, const pa_shares *s, int64_t all, void **sample,
                             size_t *n, pa_error *err)
{
    int64_t wanted = (int64_t)SAMPLE_OF_A_RANK * s->n_ranks;
    int64_t step = all / (wanted < SAMPLE_MOST ? wanted : SAMPLE_MOST) + 1;
    uint64_t *own;
    pa_status st = PA_NEW(own, values_here(s) / (size_t)step + 1, err);
    size_t drawn = st == PA_OK ? draw(s, step, own) : 0, bytes = 0;
    st = pa_gather_all_if(comm, st, own, drawn * sizeof *own, sample, &bytes, err);
    pa_free(own);
    *n = bytes / sizeof *own;
    return st;
}

/* What would stand at place k of n if they ascended; puts them in another order (Hoare's FIND,
 * CACM 4, 1961). */
static uint64_t select_one(size_t n, uint64_t v[], size_t k)
{
    size_t low = 0, behind = n;
    while (behind - low > 1) {
        uint64_t middle = v[k];
        size_t i = low, j = behind; /* those before i are at most middle, from j on at least */
        while (i < j) {
            while (v[i] < middle) i++;
            while (v[j - 1] > middle) j--;
            if (i >= j) break;
            uint64_t other = v[i];
            v[i++] = v[--j];
            v[j] = other;
        }
        if (k < j)
            behind = j;
        else if (k >= i)
            low = i;
        else
            break;
    }
    return v[k];
}

/* Each rank looks for the cut that ends its share. */
static pa_status choose_cuts(pa_comm *comm, pa_shares *s, int64_t all, pa_error *err)
{
    void *sample = NULL;
    uint64_t *cut = NULL;
    size_t n, n_cuts = (size_t)s->n_ranks - 1, own = (size_t)s->rank;
    pa_status st = draw_sample(comm, s, all, &sample, &n, err);
    if (st == PA_OK) st = pa_agree(comm, PA_NEW(cut, n_cuts, err), err);
    if (st == PA_OK && own < n_cuts) {
        int64_t place = pa_even_share((int64_t)n, s->rank + 1, s->n_ranks);
        cut[own] = select_one(n, sample, (size_t)place);
    }
    if (st == PA_OK) pa_sum_u64(comm, cut, n_cuts);
    for (size_t r = 0; st == PA_OK && r < n_cuts; r++)
        s->cut[r] = (pa_cut){.set = cut[r] >> 32, .key = (uint32_t)cut[r]};
    pa_free(cut);
    pa_free(sample);
    return st;
}

static void list_units(pa_shares *s)
{
    size_t n = 0, r = 0, last = (size_t)s->n_ranks - 1;
    for (size_t set = 0; set < s->n_sets; set++) {
        const pa_cut *low = NULL;
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

/* The cuts of a set, and a table of what lies between the first and the last of them: how many cuts
 * are below each 2^shift keys. It has some places a cut, so that most keys look at one cut. */
typedef struct {
    size_t n;
    uint32_t *key; /* and one that no key is above */
    uint32_t *table;
    int shift;
} cuts;

enum { PLACES_A_CUT = 4 };

static pa_status new_cuts(size_t most, cuts *c, pa_error *err)
{
    PA_TRY(PA_NEW(c->key, most + 1, err));
    return PA_NEW(c->table, PLACES_A_CUT * most + 1, err);
}

static void free_cuts(cuts *c)
{
    pa_free(c->key);
    pa_free(c->table);
}

/* `cursor`: the first cut of the set; the one behind its last then. */
static void take_cuts(const pa_shares *s, size_t set, size_t *cursor, cuts *c)
{
    size_t last = (size_t)s->n_ranks - 1;
    for (c->n = 0; *cursor < last && s->cut[*cursor].set == set; ++*cursor)
        c->key[c->n++] = s->cut[*cursor].key;
    c->key[c->n] = UINT32_MAX;
    if (c->n == 0) return;
    uint32_t first = c->key[0], span = c->key[c->n - 1] - first, below = 0;
    for (c->shift = 0; span >> c->shift >= PLACES_A_CUT * c->n; c->shift++) continue;
    for (uint32_t place = 0; place <= span >> c->shift; place++) {
        while (c->key[below] - first < place << c->shift) below++;
        c->table[place] = below;
    }
}

/* 0 for what is negative. */
static int64_t at_least_0(int64_t v)
{
    return v & ((int64_t)(v < 0) - 1);
}

/* Where keys lie among the cuts nobody can foretell: but for the last steps without a branch. */
static uint32_t cuts_below(const cuts *c, uint32_t key)
{
    int64_t first = c->key[0], last = c->key[c->n - 1], within = at_least_0(key - first);
    within -= at_least_0(within - (last - first));
    uint32_t below = c->table[within >> c->shift];
    while (c->key[below] < key) below++;
    return below;
}

/* Keys fall into bins: of each unit what is between its cuts, then what equals the one behind it.
 * bin: of each key. count: bins. */
static void count_keys(const pa_quantile_set *set, const cuts *c, uint32_t bin[], int64_t count[])
{
    for (size_t i = 0; i < set->n; i++) {
        uint32_t key = (uint32_t)pa_key_of_f32(set->value[i]), below = cuts_below(c, key);
        bin[i] = 2 * below + ((below < c->n) & (c->key[below] == key));
        count[bin[i]]++;
    }
}

/* to: where the next key of each bin goes. One that equals a cut stays in a word that nobody reads.
 */
static void put_keys(const pa_quantile_set *set, const uint32_t bin[], uint32_t *to[])
{
    for (size_t i = 0; i < set->n; i++) {
        *to[bin[i]] = (uint32_t)pa_key_of_f32(set->value[i]);
        to[bin[i]] += 1 - bin[i] % 2;
    }
}

/* Where no cut is. */
static void put_all(const pa_quantile_set *set, uint32_t to[])
{
    for (size_t i = 0; i < set->n; i++) to[i] = (uint32_t)pa_key_of_f32(set->value[i]);
}

/* What leaves: for each rank the counts of its units, then their keys. Units lie by rank and by
 * set, so that a set goes behind the one before it. */
typedef struct {
    cuts cuts;      /* of the set at hand */
    uint32_t *bin;  /* of its keys */
    uint32_t **to;  /* of its bins */
    int64_t *count; /* units x 2: of all bins; then the same of all ranks */
    int64_t *n;     /* ranks: numbers that go to each */
    uint32_t *sent;
    size_t rank;                    /* whose units the next one is among */
    uint32_t *counts, *next, waste; /* of its units; behind all that stands; nobody's */
} parcel;

static void free_parcel(parcel *p)
{
    free_cuts(&p->cuts);
    pa_free(p->bin);
    pa_free(p->to);
    pa_free(p->count);
    pa_free(p->n);
    pa_free(p->sent);
}

static pa_status new_parcel(const pa_shares *s, parcel *p, pa_error *err)
{
    size_t n_ranks = (size_t)s->n_ranks, n_units = s->first[n_ranks], longest = 0;
    for (size_t set = 0; set < s->n_sets; set++)
        if (s->total[set] > 0 && s->set[set].n > longest) longest = s->set[set].n;
    PA_TRY(new_cuts(n_ranks, &p->cuts, err));
    PA_TRY(PA_NEW(p->bin, longest, err));
    PA_TRY(PA_NEW(p->to, 2 * n_ranks, err));
    PA_TRY(PA_NEW(p->count, 2 * n_units, err));
    PA_TRY(PA_NEW(p->n, n_ranks, err));
    PA_TRY(PA_NEW(p->sent, n_units + values_here(s), err));
    p->next = p->sent;
    return PA_OK;
}

/* Room for unit `u`, whose keys are counted: to[0], to[1]. */
static void lay_out(const pa_shares *s, size_t u, parcel *p, uint32_t *to[])
{
    if (u == s->first[p->rank + 1]) p->rank++;
    size_t first = s->first[p->rank], behind = s->first[p->rank + 1];
    if (u == first) {
        p->counts = p->next;
        p->next += behind - first;
        p->n[p->rank] = (int64_t)(behind - first);
    }
    int64_t n = p->count[2 * u];
    p->counts[u - first] = (uint32_t)n;
    p->n[p->rank] += n;
    to[0] = p->next;
    to[1] = &p->waste;
    p->next += n;
}

static pa_status fill_parcel(const pa_shares *s, parcel *p, pa_error *err)
{
    static const pa_quantile_set none = {0};
    size_t cursor = 0, unit = 0;
    PA_TRY(new_parcel(s, p, err));
    for (size_t i = 0; i < s->n_sets; i++) {
        const pa_quantile_set *set = s->total[i] > 0 ? s->set + i : &none;
        take_cuts(s, i, &cursor, &p->cuts);
        size_t n_units = p->cuts.n + 1;
        if (n_units == 1)
            p->count[2 * unit] = (int64_t)set->n;
        else
            count_keys(set, &p->cuts, p->bin, p->count + 2 * unit);
        for (size_t u = 0; u < n_units; u++) lay_out(s, unit + u, p, p->to + 2 * u);
        if (n_units == 1)
            put_all(set, p->to[0]);
        else
            put_keys(set, p->bin, p->to);
        unit += n_units;
    }
    return PA_OK;
}

/* Where each cut stands in the order of its set. Where some are equal, the first has their counts.
 */
static void place_cuts(pa_comm *comm, pa_shares *s, int64_t count[])
{
    pa_sum_i64(comm, count, 2 * s->first[s->n_ranks]);
    int64_t below = 0;
    const pa_cut *before = NULL;
    for (size_t u = 0; u < s->first[s->n_ranks]; u++) {
        pa_cut *cut = s->unit[u].high;
        below += count[2 * u];
        if (!cut) {
            below = 0;
            before = NULL;
            continue;
        }
        bool again = before && before->key == cut->key;
        cut->below = again ? before->below : below;
        cut->up_to = below += count[2 * u + 1];
        before = cut;
    }
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
    if (st == PA_OK) place_cuts(comm, s, p.count);
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
    if (s->n_ranks > 1) PA_TRY(choose_cuts(comm, s, all, err));
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

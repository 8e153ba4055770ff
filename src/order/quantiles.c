/* Few places are found where the values lie. Of many, each rank answers for those of its share
 * of the order, whose values come to it: so no rank does what another does as well. */
#include "paraudit/order/quantiles.h"

#include <string.h>

#include "few_places.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "shares.h"

enum { FEW = 64 };
enum { DIGITS = 3, DIGIT_BITS = 11, BUCKETS = 1 << DIGIT_BITS };

/* ---- few places ---- */

static void list_places(size_t n_sets, const pa_quantile_set set[], pa_place place[])
{
    for (size_t s = 0, i = 0; s < n_sets; s++)
        for (size_t k = 0; k < set[s].m; k++)
            place[i++] = (pa_place){.set = s, .position = set[s].position[k]};
}

static pa_status find_few(pa_comm *comm, size_t n_sets, const pa_quantile_set set[], size_t m,
                          pa_error *err)
{
    pa_place place[FEW];
    list_places(n_sets, set, place);
    PA_TRY(pa_find_places(comm, n_sets, set, m, place, err));
    for (size_t s = 0, i = 0; s < n_sets; s++)
        for (size_t k = 0; k < set[s].m; k++, i++)
            set[s].quantile[k] =
                (pa_quantile){pa_f32_of_key(place[i].key), place[i].below, place[i].up_to};
    return PA_OK;
}

/* ---- keys in order ---- */

static unsigned digit_of(uint32_t key, int digit)
{
    return key >> (DIGIT_BITS * digit) & (BUCKETS - 1);
}

static void sort_by_digit(size_t n, int digit, size_t start[BUCKETS], const uint32_t from[],
                          uint32_t to[])
{
    for (size_t b = 0, before = 0; b < BUCKETS; b++) {
        size_t here = start[b];
        start[b] = before;
        before += here;
    }
    for (size_t i = 0; i < n; i++) to[start[digit_of(from[i], digit)]++] = from[i];
}

/* Sorts n keys; returns which of the two arrays has them then. */
static const uint32_t *sort_keys(size_t n, uint32_t key[], uint32_t other[])
{
    size_t count[DIGITS][BUCKETS] = {{0}};
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < DIGITS; d++) count[d][digit_of(key[i], d)]++;
    for (int d = 0; d < DIGITS && n > 0; d++) {
        if (count[d][digit_of(key[0], d)] == n) continue;
        sort_by_digit(n, d, count[d], key, other);
        uint32_t *from = key;
        key = other;
        other = from;
    }
    return key;
}

/* ---- answers ---- */

/* Places of a set, from number `first` on, that a unit answers for. */
typedef struct {
    size_t first, n;
} range;

static range places_of(const pa_shares *s, const pa_unit *u)
{
    const pa_quantile_set *set = s->set + u->set;
    size_t first = pa_lower_bound_i64(set->m, set->position, pa_unit_begin(u));
    return (range){first, pa_lower_bound_i64(set->m, set->position, pa_unit_end(s, u)) - first};
}

/* To n places, which ascend, of keys the first of which stands at place `begin`. */
static void answer_places(size_t n, const int64_t position[], int64_t begin, size_t n_keys,
                          const uint32_t key[], pa_quantile answer[])
{
    size_t low = 0, high = 0; /* the keys low .. high - 1 are equal */
    for (size_t i = 0; i < n; i++) {
        size_t at = (size_t)(position[i] - begin);
        if (at >= high) {
            for (low = at; low > high && key[low - 1] == key[at];) low--;
            for (high = at + 1; high < n_keys && key[high] == key[at];) high++;
        }
        answer[i] =
            (pa_quantile){pa_f32_of_key(key[at]), begin + (int64_t)low, begin + (int64_t)high};
    }
}

/* The value at the low cut comes first; its keys stayed where they were. Returns how many places
 * have it. */
static size_t answer_low(const pa_unit *u, size_t n, const int64_t position[], pa_quantile answer[])
{
    size_t k = 0;
    for (; u->low && k < n && position[k] < u->low->up_to; k++)
        answer[k] = (pa_quantile){pa_f32_of_key(u->low->key), u->low->below, u->low->up_to};
    return k;
}

/* key: room for twice the keys of the largest unit. */
static void answer_unit(pa_shares *s, size_t i, uint32_t key[], pa_quantile answer[])
{
    const pa_unit *u = s->unit + s->first[s->rank] + i;
    range r = places_of(s, u);
    const int64_t *position = s->set[u->set].position + r.first;
    size_t n_keys = pa_unit_keys(s, i), k = answer_low(u, r.n, position, answer);
    pa_take_keys(s, i, key);
    const uint32_t *sorted = sort_keys(n_keys, key, key + n_keys);
    answer_places(r.n - k, position + k, u->low ? u->low->up_to : 0, n_keys, sorted, answer + k);
}

/* Answers to the places of the own units, one after the other. Local. */
static pa_status answer_units(pa_shares *s, pa_quantile **answer, size_t *n, pa_error *err)
{
    size_t n_own = s->first[s->rank + 1] - s->first[s->rank], most = 0, done = 0;
    uint32_t *key = NULL;
    for (size_t i = 0; i < n_own; i++) {
        if (pa_unit_keys(s, i) > most) most = pa_unit_keys(s, i);
        *n += places_of(s, s->unit + s->first[s->rank] + i).n;
    }
    PA_TRY(PA_NEW(*answer, *n, err));
    PA_TRY(PA_NEW(key, 2 * most, err));
    for (size_t i = 0; i < n_own; i++) {
        answer_unit(s, i, key, *answer + done);
        done += places_of(s, s->unit + s->first[s->rank] + i).n;
    }
    pa_free(key);
    return PA_OK;
}

/* Shares follow one another, so all answers stand as they were asked; freed by the caller.
 * Collective. */
static pa_status find_all(pa_comm *comm, size_t n_sets, const pa_quantile_set set[], void **all,
                          pa_error *err)
{
    pa_shares s;
    pa_quantile *answer = NULL;
    size_t n = 0, bytes = 0;
    *all = NULL;
    pa_status st = pa_shares_make(comm, n_sets, set, &s, err);
    if (st == PA_OK) st = pa_agree(comm, answer_units(&s, &answer, &n, err), err);
    pa_shares_free(&s);
    if (st == PA_OK) st = pa_gather_all(comm, answer, n * sizeof *answer, all, &bytes, err);
    pa_free(answer);
    return st;
}

static pa_status find_many(pa_comm *comm, size_t n_sets, const pa_quantile_set set[], pa_error *err)
{
    void *all;
    pa_status st = find_all(comm, n_sets, set, &all, err);
    const pa_quantile *next = all;
    for (size_t i = 0; st == PA_OK && i < n_sets; next += set[i++].m)
        if (set[i].m > 0) memcpy(set[i].quantile, next, set[i].m * sizeof *next);
    pa_free(all);
    return st;
}

size_t pa_quantiles_group(pa_comm *comm, size_t n_sets, int64_t n, size_t m)
{
    pa_max_i64(comm, &n, 1);
    size_t one = (size_t)n * (sizeof(float) + 2 * sizeof(uint32_t)) + m * 3 * sizeof(pa_quantile);
    size_t group = one > 0 ? pa_comm_piece(comm) / one : n_sets;
    return group < 1 ? 1 : group < n_sets ? group : n_sets;
}

static size_t all_places(size_t n_sets, const pa_quantile_set set[])
{
    size_t m = 0;
    for (size_t s = 0; s < n_sets; s++) m += set[s].m;
    return m;
}

pa_status pa_quantiles_together(pa_comm *comm, size_t n_sets, const pa_quantile_set set[],
                                pa_error *err)
{
    size_t m = all_places(n_sets, set);
    if (m == 0) return PA_OK;
    return m <= FEW ? find_few(comm, n_sets, set, m, err) : find_many(comm, n_sets, set, err);
}

static void point_at(size_t n_sets, pa_quantile_set set[], pa_quantile *answer)
{
    for (size_t s = 0; s < n_sets; answer += set[s++].m) set[s].quantile = answer;
}

pa_status pa_quantiles_in_place(pa_comm *comm, size_t n_sets, pa_quantile_set set[], void **all,
                                pa_error *err)
{
    size_t m = all_places(n_sets, set);
    pa_status st;
    if (m > FEW) {
        st = find_all(comm, n_sets, set, all, err);
        if (st == PA_OK) point_at(n_sets, set, *all);
        return st;
    }
    pa_quantile *few;
    st = PA_NEW(few, m, err);
    *all = few;
    PA_AGREE(comm, st, err);
    point_at(n_sets, set, few);
    return pa_quantiles_together(comm, n_sets, set, err);
}

pa_status pa_quantiles(pa_comm *comm, size_t n, const float value[], size_t m,
                       const int64_t position[], pa_quantile quantile[], pa_error *err)
{
    const pa_quantile_set set = {n, value, m, position, quantile};
    return pa_quantiles_together(comm, 1, &set, err);
}

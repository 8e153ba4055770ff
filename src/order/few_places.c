/* Digit by digit of the keys, from the highest on: counts of all ranks say which digit a place has,
 * and only the keys that begin as a place's do are looked at again. */
#include "few_places.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

/* The first digit has so many bits, and the counts of a later one are so many at most. */
enum { FIRST_BITS = 11, BUCKETS = 1 << FIRST_BITS, FIRST_SHIFT = 32 - FIRST_BITS };
enum { MOST_COUNTS = 1 << 15 };

/* The bits of keys from `shift` on, below `above`. */
typedef struct {
    int above, shift;
} digit;

static const digit first_digit = {32, FIRST_SHIFT};

static size_t buckets_of(digit d)
{
    return (size_t)1 << (d.above - d.shift);
}

/* As many bits as the counts of all slots have room for. */
static digit next_digit(digit d, size_t slots)
{
    int bits = FIRST_BITS;
    while (bits > 1 && slots << bits > MOST_COUNTS) bits--;
    return (digit){d.shift, d.shift > bits ? d.shift - bits : 0};
}

static size_t digit_of(uint32_t key, digit d)
{
    return key >> d.shift & (buckets_of(d) - 1);
}

/* The digits above, the others 0. */
static uint32_t begin_of(uint32_t key, digit d)
{
    return d.above == 32 ? 0 : key >> d.above << d.above;
}

/* The keys of one set that are still looked at. */
typedef struct {
    size_t n;
    uint32_t *key;
} remaining;

/* Places of a set whose keys begin alike so far share a slot. */
typedef struct {
    size_t *first;   /* sets + 1: the slots of each */
    uint32_t *begin; /* of each slot: the digits that are known, the others 0 */
    uint32_t *slot;  /* of each place */
    int64_t *count;  /* slots x buckets of a digit */
    remaining *left; /* of each set */
} room;

static void free_room(room *r, size_t n_sets)
{
    for (size_t s = 0; r->left && s < n_sets; s++) pa_free(r->left[s].key);
    pa_free(r->first);
    pa_free(r->begin);
    pa_free(r->slot);
    pa_free(r->count);
    pa_free(r->left);
}

/* Of the first digit a set has one slot. */
static size_t most_counts(size_t n_sets, size_t n)
{
    size_t first = (n < n_sets ? n : n_sets) * BUCKETS, later = 2 * n;
    if (later < MOST_COUNTS) later = MOST_COUNTS;
    return first > later ? first : later;
}

static pa_status new_room(room *r, size_t n_sets, const pa_quantile_set set[], size_t n,
                          const pa_place place[], pa_error *err)
{
    PA_TRY(PA_NEW(r->first, n_sets + 1, err));
    PA_TRY(PA_NEW(r->begin, n, err));
    PA_TRY(PA_NEW(r->slot, n, err));
    PA_TRY(PA_NEW(r->count, most_counts(n_sets, n), err));
    PA_TRY(PA_NEW(r->left, n_sets, err));
    for (size_t i = 0; i < n; i++) {
        remaining *left = r->left + place[i].set;
        if (left->key) continue;
        left->n = set[place[i].set].n;
        PA_TRY(PA_NEW(left->key, left->n, err));
    }
    return PA_OK;
}

/* Returns how many slots there are. */
static size_t number_slots(room *r, size_t n_sets, size_t n, const pa_place place[])
{
    size_t slots = 0, i = 0;
    for (size_t s = 0; s < n_sets; s++) {
        r->first[s] = slots;
        for (; i < n && place[i].set == s; i++) {
            if (slots == r->first[s] || r->begin[slots - 1] != place[i].key)
                r->begin[slots++] = place[i].key;
            r->slot[i] = (uint32_t)(slots - 1);
        }
    }
    r->first[n_sets] = slots;
    return slots;
}

static void count_first(const pa_quantile_set *set, uint32_t key[], int64_t count[])
{
    for (size_t i = 0; i < set->n; i++) {
        key[i] = (uint32_t)pa_key_of_f32(set->value[i]);
        count[digit_of(key[i], first_digit)]++;
    }
}

/* at[d]: how many of k slots have a first digit below d. */
static void index_slots(size_t k, const uint32_t begin[], uint32_t at[BUCKETS + 1])
{
    uint32_t i = 0;
    for (uint32_t d = 0; d <= BUCKETS; d++) {
        while (i < k && begin[i] >> FIRST_SHIFT < d) i++;
        at[d] = i;
    }
}

/* Counts the keys that begin as one of k slots, and keeps those alone. */
static void count_next(digit d, size_t k, const uint32_t begin[], remaining *left, int64_t count[])
{
    uint32_t at[BUCKETS + 1];
    size_t kept = 0;
    index_slots(k, begin, at);
    for (size_t i = 0; i < left->n; i++) {
        uint32_t key = left->key[i], from = begin_of(key, d);
        size_t slot = at[key >> FIRST_SHIFT], end = at[(key >> FIRST_SHIFT) + 1];
        while (end - slot > 1) {
            size_t middle = slot + (end - slot) / 2;
            if (begin[middle] <= from)
                slot = middle;
            else
                end = middle;
        }
        if (slot == end || begin[slot] != from) continue;
        count[slot * buckets_of(d) + digit_of(key, d)]++;
        left->key[kept++] = key;
    }
    left->n = kept;
}

/* The digit of each place of n, which know the digits above, and how many keys are smaller than
 * what they know then. count: of all ranks. */
static void take_digit(digit d, size_t n, pa_place place[], const room *r)
{
    size_t bucket = 0;
    int64_t below = 0;
    for (size_t i = 0; i < n; i++) {
        pa_place *p = place + i;
        const int64_t *count = r->count + r->slot[i] * buckets_of(d);
        if (i == 0 || r->slot[i] != r->slot[i - 1]) {
            bucket = 0;
            below = p->below;
        }
        while (below + count[bucket] <= p->position) below += count[bucket++];
        p->key |= (uint32_t)bucket << d.shift;
        p->below = below;
        p->up_to = below + count[bucket];
    }
}

static void find_digit(pa_comm *comm, digit d, size_t n_sets, const pa_quantile_set set[], size_t n,
                       size_t slots, pa_place place[], room *r)
{
    size_t buckets = buckets_of(d);
    memset(r->count, 0, slots * buckets * sizeof *r->count);
    for (size_t s = 0; s < n_sets; s++) {
        size_t first = r->first[s], k = r->first[s + 1] - first;
        int64_t *count = r->count + first * buckets;
        if (k == 0) continue;
        if (d.above == first_digit.above)
            count_first(set + s, r->left[s].key, count);
        else
            count_next(d, k, r->begin + first, r->left + s, count);
    }
    pa_sum_i64(comm, r->count, slots * buckets);
    take_digit(d, n, place, r);
}

pa_status pa_find_places(pa_comm *comm, size_t n_sets, const pa_quantile_set set[], size_t n,
                         pa_place place[], pa_error *err)
{
    room r = {0};
    pa_status st = pa_agree(comm, new_room(&r, n_sets, set, n, place, err), err);
    for (size_t i = 0; i < n; i++) {
        place[i].key = 0;
        place[i].below = 0;
    }
    size_t slots = st == PA_OK ? number_slots(&r, n_sets, n, place) : 0;
    for (digit d = first_digit; st == PA_OK && d.above > 0; d = next_digit(d, slots)) {
        find_digit(comm, d, n_sets, set, n, slots, place, &r);
        slots = number_slots(&r, n_sets, n, place);
    }
    free_room(&r, n_sets);
    return st;
}

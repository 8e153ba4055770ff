/* Digit by digit of the keys, from the highest on: counts of all ranks say which digit a place has,
 * and only the keys that begin as a place's do are looked at again. */
#include "few_places.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

enum { DIGITS = 3, BUCKETS = 1 << 11, FIRST_SHIFT = 21 };
static const int digit_shift[DIGITS] = {FIRST_SHIFT, 10, 0}; /* the last has ten bits */

static unsigned digit_of(uint32_t key, int digit)
{
    unsigned mask = digit + 1 < DIGITS ? BUCKETS - 1 : BUCKETS / 2 - 1;
    return key >> digit_shift[digit] & mask;
}

/* The digits above `digit`, the others 0. */
static uint32_t begin_of(uint32_t key, int digit)
{
    return digit == 0 ? 0 : key >> digit_shift[digit - 1] << digit_shift[digit - 1];
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
    int64_t *count;  /* slots x BUCKETS */
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

static pa_status new_room(room *r, size_t n_sets, const pa_quantile_set set[], size_t n,
                          const pa_place place[], pa_error *err)
{
    PA_TRY(PA_NEW(r->first, n_sets + 1, err));
    PA_TRY(PA_NEW(r->begin, n, err));
    PA_TRY(PA_NEW(r->slot, n, err));
    PA_TRY(PA_NEW(r->count, n * BUCKETS, err));
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
        count[digit_of(key[i], 0)]++;
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
static void count_next(int digit, size_t k, const uint32_t begin[], remaining *left,
                       int64_t count[])
{
    uint32_t at[BUCKETS + 1];
    size_t kept = 0;
    index_slots(k, begin, at);
    for (size_t i = 0; i < left->n; i++) {
        uint32_t key = left->key[i], from = begin_of(key, digit);
        size_t slot = at[key >> FIRST_SHIFT], end = at[(key >> FIRST_SHIFT) + 1];
        while (end - slot > 1) {
            size_t middle = slot + (end - slot) / 2;
            if (begin[middle] <= from)
                slot = middle;
            else
                end = middle;
        }
        if (slot == end || begin[slot] != from) continue;
        count[slot * BUCKETS + digit_of(key, digit)]++;
        left->key[kept++] = key;
    }
    left->n = kept;
}

/* The digit of each place of n, which know the digits above, and how many keys are smaller than
 * what they know then. count: of all ranks. */
static void take_digit(int digit, size_t n, pa_place place[], const room *r)
{
    unsigned bucket = 0;
    int64_t below = 0;
    for (size_t i = 0; i < n; i++) {
        pa_place *p = place + i;
        const int64_t *count = r->count + (size_t)r->slot[i] * BUCKETS;
        if (i == 0 || r->slot[i] != r->slot[i - 1]) {
            bucket = 0;
            below = p->below;
        }
        while (below + count[bucket] <= p->position) below += count[bucket++];
        p->key |= (uint32_t)bucket << digit_shift[digit];
        p->below = below;
        p->up_to = below + count[bucket];
    }
}

static void find_digit(pa_comm *comm, int digit, size_t n_sets, const pa_quantile_set set[],
                       size_t n, pa_place place[], room *r)
{
    size_t slots = number_slots(r, n_sets, n, place);
    memset(r->count, 0, slots * BUCKETS * sizeof *r->count);
    for (size_t s = 0; s < n_sets; s++) {
        size_t first = r->first[s], k = r->first[s + 1] - first;
        int64_t *count = r->count + first * BUCKETS;
        if (k == 0) continue;
        if (digit == 0)
            count_first(set + s, r->left[s].key, count);
        else
            count_next(digit, k, r->begin + first, r->left + s, count);
    }
    pa_sum_i64(comm, r->count, slots * BUCKETS);
    take_digit(digit, n, place, r);
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
    for (int digit = 0; st == PA_OK && digit < DIGITS; digit++)
        find_digit(comm, digit, n_sets, set, n, place, &r);
    free_room(&r, n_sets);
    return st;
}

#include "paraudit/order/quantiles.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

enum { DIGITS = 3, DIGIT_BITS = 11, BUCKETS = 1 << DIGIT_BITS, LOWER_BITS = 32 - DIGIT_BITS };

/* The places of a set share the first round, which takes a digit. A later one takes two bits, for
 * which a rank looks at its keys no oftener than bit by bit, or, where places are few, more: so
 * many counts are no burden. After some of them the ranks tell what keys there are in the ranges,
 * of which most then hold a single one. */
enum { LEAST_BITS = 2, MOST_COUNTS = 1 << 18, BITS_BETWEEN = 5 };

/* Where the answer of one place lies: its key is low .. high, and the local keys
 * in that range are number begin .. end - 1. begin counts those below low, end those up to high. */
typedef struct {
    const uint32_t *sorted; /* the keys of its set */
    int64_t position;
    uint32_t low, high;
    size_t begin, end;
} bracket;

static unsigned digit_of(uint32_t key, int digit)
{
    return key >> (DIGIT_BITS * digit) & (BUCKETS - 1);
}

static void sort_by_digit(size_t n, int digit, const uint32_t from[], uint32_t to[])
{
    size_t start[BUCKETS + 1] = {0};
    for (size_t i = 0; i < n; i++) start[digit_of(from[i], digit) + 1]++;
    for (int b = 0; b < BUCKETS; b++) start[b + 1] += start[b];
    for (size_t i = 0; i < n; i++) to[start[digit_of(from[i], digit)]++] = from[i];
}

/* The keys of the values, ascending. Local. */
static pa_status sort_keys(size_t n, const float value[], uint32_t **sorted, pa_error *err)
{
    uint32_t *key = NULL, *other = NULL;
    pa_status st = PA_NEW(key, n, err);
    if (st == PA_OK) st = PA_NEW(other, n, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) key[i] = (uint32_t)pa_key_of_f32(value[i]);
    for (int digit = 0; st == PA_OK && digit < DIGITS; digit++) {
        uint32_t *from = key;
        sort_by_digit(n, digit, from, other);
        key = other;
        other = from;
    }
    pa_free(other);
    *sorted = key;
    return st;
}

/* Local keys of a set up to the end of each bucket of the highest digit. */
static void count_buckets(size_t n, const uint32_t sorted[], int64_t count[])
{
    for (int b = 0; b < BUCKETS; b++) count[b] = 0;
    for (size_t i = 0; i < n; i++) count[sorted[i] >> LOWER_BITS]++;
    for (int b = 1; b < BUCKETS; b++) count[b] += count[b - 1];
}

/* To bucket `bucket`, which holds the place. here: counts of this rank. */
static void take_bucket(bracket *b, uint32_t bucket, const int64_t here[])
{
    b->low = bucket << LOWER_BITS;
    b->high = b->low | ((1u << LOWER_BITS) - 1);
    b->begin = bucket ? (size_t)here[bucket - 1] : 0;
    b->end = (size_t)here[bucket];
}

/* The m places of a set, which ascend. here: counts of this rank, all: of all ranks. */
static void take_buckets(size_t m, bracket b[], const int64_t here[], const int64_t all[])
{
    uint32_t bucket = 0;
    for (size_t i = 0; i < m; i++) {
        while (all[bucket] <= b[i].position) bucket++;
        take_bucket(b + i, bucket, here);
    }
}

/* The first round. sorted: the keys of each set; count: 2 x n_sets x BUCKETS. */
static void divide_sets(pa_comm *comm, size_t n_sets, const pa_quantile_set set[],
                        uint32_t *const sorted[], bracket b[], int64_t count[])
{
    int64_t *here = count, *all = count + n_sets * BUCKETS;
    for (size_t s = 0; s < n_sets; s++) count_buckets(set[s].n, sorted[s], here + s * BUCKETS);
    memcpy(all, here, n_sets * BUCKETS * sizeof *all);
    pa_sum_i64(comm, all, n_sets * BUCKETS);
    for (size_t s = 0; s < n_sets; b += set[s++].m)
        take_buckets(set[s].m, b, here + s * BUCKETS, all + s * BUCKETS);
}

/* The first of the local keys begin .. end - 1 that is above `key`, or end. */
static size_t first_above(const uint32_t sorted[], size_t begin, size_t end, int64_t key)
{
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        if (sorted[middle] <= key)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

/* The last key of part `part` of those into which `bits` bits divide a bracket; a part may be
 * empty. */
static int64_t end_of_part(const bracket *b, int bits, uint32_t part)
{
    int64_t width = (int64_t)b->high - b->low + 1;
    return b->low + (width * (part + 1) >> bits) - 1;
}

/* Local keys up to the end of each part but the last. */
static void count_parts(const bracket *b, int bits, int64_t count[])
{
    size_t begin = b->begin;
    for (uint32_t part = 0; part + 1 < 1u << bits; part++) {
        begin = first_above(b->sorted, begin, b->end, end_of_part(b, bits, part));
        count[part] = (int64_t)begin;
    }
}

/* To the part that holds the place. count: of all ranks; its keys here are found again. */
static void narrow(bracket *b, int bits, const int64_t count[])
{
    uint32_t part = 0, last = (1u << bits) - 1;
    while (part < last && count[part] <= b->position) part++;
    int64_t low = part ? end_of_part(b, bits, part - 1) + 1 : b->low;
    int64_t high = part < last ? end_of_part(b, bits, part) : b->high;
    size_t begin = part ? first_above(b->sorted, b->begin, b->end, low - 1) : b->begin;
    b->end = part < last ? first_above(b->sorted, begin, b->end, high) : b->end;
    b->begin = begin;
    b->low = (uint32_t)low;
    b->high = (uint32_t)high;
}

/* Divides the brackets that are open by counts of all ranks. */
static void divide(pa_comm *comm, size_t n, const uint32_t open[], int bits, bracket b[],
                   int64_t count[])
{
    size_t step = ((size_t)1 << bits) - 1;
    for (size_t i = 0; i < n; i++) count_parts(b + open[i], bits, count + i * step);
    pa_sum_i64(comm, count, n * step);
    for (size_t i = 0; i < n; i++) narrow(b + open[i], bits, count + i * step);
}

/* Brings the ends of the brackets to keys that some rank has; returns how many still have two
 * of them. least: 2 n. */
static size_t tighten(pa_comm *comm, size_t n, uint32_t open[], bracket b[], int64_t least[])
{
    for (size_t i = 0; i < n; i++) {
        const bracket *one = b + open[i];
        bool any = one->begin < one->end;
        least[2 * i] = any ? one->sorted[one->begin] : INT64_MAX;
        least[2 * i + 1] = any ? ~(int64_t)one->sorted[one->end - 1] : INT64_MAX;
    }
    pa_min_i64(comm, least, 2 * n);
    size_t left = 0;
    for (size_t i = 0; i < n; i++) {
        bracket *one = b + open[i];
        one->low = (uint32_t)least[2 * i];
        one->high = (uint32_t)~least[2 * i + 1];
        if (one->low < one->high) open[left++] = open[i];
    }
    return left;
}

/* Bits that a round takes of each key. */
static int bits_a_round(size_t n)
{
    int bits = 8;
    while (bits > LEAST_BITS && n << bits > MOST_COUNTS) bits /= 2;
    return bits;
}

/* Until each bracket holds one key. open: room for m; count: m << LEAST_BITS, or MOST_COUNTS if
 * that is more. */
static void divide_brackets(pa_comm *comm, size_t m, uint32_t open[], bracket b[], int64_t count[])
{
    for (size_t i = 0; i < m; i++) open[i] = (uint32_t)i;
    for (size_t n = m; (n = tighten(comm, n, open, b, count)) > 0;) {
        int bits = bits_a_round(n);
        for (int done = 0; done < BITS_BETWEEN; done += bits) divide(comm, n, open, bits, b, count);
    }
}

/* When all brackets hold one key: begin and end are the counts of this rank. count: 2 m. */
static void conclude(pa_comm *comm, size_t m, const bracket b[], int64_t count[], size_t n_sets,
                     const pa_quantile_set set[])
{
    for (size_t i = 0; i < m; i++) {
        count[2 * i] = (int64_t)b[i].begin;
        count[2 * i + 1] = (int64_t)b[i].end;
    }
    pa_sum_i64(comm, count, 2 * m);
    for (size_t s = 0, i = 0; s < n_sets; s++) {
        for (size_t k = 0; k < set[s].m; k++, i++) {
            set[s].quantile[k] =
                (pa_quantile){pa_f32_of_key(b[i].low), count[2 * i], count[2 * i + 1]};
        }
    }
}

/* Sorted keys of each set, and a bracket for each place. Local. */
static pa_status begin(size_t n_sets, const pa_quantile_set set[], uint32_t *sorted[], bracket b[],
                       pa_error *err)
{
    for (size_t s = 0, i = 0; s < n_sets; s++) {
        PA_TRY(sort_keys(set[s].n, set[s].value, sorted + s, err));
        for (size_t k = 0; k < set[s].m; k++, i++) {
            b[i] = (bracket){.sorted = sorted[s], .position = set[s].position[k]};
        }
    }
    return PA_OK;
}

size_t pa_quantiles_group(pa_comm *comm, size_t n_sets, int64_t n, size_t m)
{
    pa_max_i64(comm, &n, 1);
    size_t one = (size_t)n * (sizeof(float) + 2 * sizeof(uint32_t)) +
                 m * (sizeof(pa_quantile) + 11 * sizeof(int64_t)) + 2 * BUCKETS * sizeof(int64_t);
    size_t group = pa_comm_piece(comm) / one;
    return group < 1 ? 1 : group < n_sets ? group : n_sets;
}

pa_status pa_quantiles_together(pa_comm *comm, size_t n_sets, const pa_quantile_set set[],
                                pa_error *err)
{
    uint32_t **sorted = NULL;
    bracket *b = NULL;
    uint32_t *open = NULL;
    int64_t *count = NULL;
    size_t m = 0, n_counts = 2 * n_sets * BUCKETS;
    for (size_t s = 0; s < n_sets; s++) m += set[s].m;
    if (n_counts < m << LEAST_BITS) n_counts = m << LEAST_BITS;
    if (n_counts < MOST_COUNTS) n_counts = MOST_COUNTS;
    PA_ASSERT(m <= UINT32_MAX);
    pa_status st = PA_NEW(sorted, n_sets, err);
    if (st == PA_OK) st = PA_NEW(b, m, err);
    if (st == PA_OK) st = PA_NEW(open, m, err);
    if (st == PA_OK) st = PA_NEW(count, n_counts, err);
    if (st == PA_OK) st = begin(n_sets, set, sorted, b, err);
    PA_GOTO(pa_agree(comm, st, err));
    divide_sets(comm, n_sets, set, sorted, b, count);
    divide_brackets(comm, m, open, b, count);
    conclude(comm, m, b, count, n_sets, set);
out:
    for (size_t s = 0; sorted && s < n_sets; s++) pa_free(sorted[s]);
    pa_free(sorted);
    pa_free(b);
    pa_free(open);
    pa_free(count);
    return st;
}

pa_status pa_quantiles(pa_comm *comm, size_t n, const float value[], size_t m,
                       const int64_t position[], pa_quantile quantile[], pa_error *err)
{
    const pa_quantile_set set = {n, value, m, position, quantile};
    return pa_quantiles_together(comm, 1, &set, err);
}

#include "paraudit/order/quantiles.h"

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

enum { DIGITS = 3, DIGIT_BITS = 11, BUCKETS = 1 << DIGIT_BITS, KEY_BITS = 32 };

/* A round takes one bit of a key or, where places are few, more: so many counts are no burden. */
enum { MOST_COUNTS = 1 << 11 };

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

/* The first of the local keys begin .. end - 1 that is above `key`, or end. */
static size_t first_above(const uint32_t sorted[], size_t begin, size_t end, uint32_t key)
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

/* The last key of part `part` of those into which `bits` bits divide a bracket. */
static uint32_t end_of_part(const bracket *b, int bits, uint32_t part)
{
    uint64_t width = (uint64_t)b->high - b->low + 1;
    return (uint32_t)(b->low + (width >> bits) * (part + 1) - 1);
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
    uint32_t low = part ? end_of_part(b, bits, part - 1) + 1 : b->low;
    uint32_t high = part < last ? end_of_part(b, bits, part) : b->high;
    size_t begin = part ? first_above(b->sorted, b->begin, b->end, low - 1) : b->begin;
    b->end = part < last ? first_above(b->sorted, begin, b->end, high) : b->end;
    b->begin = begin;
    b->low = low;
    b->high = high;
}

/* Divides every bracket by counts of all ranks. */
static void divide(pa_comm *comm, size_t m, int bits, bracket b[], int64_t count[])
{
    size_t step = ((size_t)1 << bits) - 1;
    for (size_t i = 0; i < m; i++) count_parts(b + i, bits, count + i * step);
    pa_sum_i64(comm, count, m * step);
    for (size_t i = 0; i < m; i++) narrow(b + i, bits, count + i * step);
}

/* Bits that a round takes of each key: a power of two of them, so that they divide its own. */
static int bits_a_round(size_t m)
{
    int bits = 8;
    while (bits > 1 && m << bits > MOST_COUNTS) bits /= 2;
    return bits;
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
            b[i] = (bracket){.sorted = sorted[s],
                             .position = set[s].position[k],
                             .high = UINT32_MAX,
                             .end = set[s].n};
        }
    }
    return PA_OK;
}

size_t pa_quantiles_group(pa_comm *comm, size_t n_sets, int64_t n, size_t m)
{
    pa_max_i64(comm, &n, 1);
    size_t one = (size_t)n * (sizeof(float) + 2 * sizeof(uint32_t)) +
                 m * (sizeof(pa_quantile) + 8 * sizeof(int64_t));
    size_t group = pa_comm_piece(comm) / one;
    return group < 1 ? 1 : group < n_sets ? group : n_sets;
}

pa_status pa_quantiles_together(pa_comm *comm, size_t n_sets, const pa_quantile_set set[],
                                pa_error *err)
{
    uint32_t **sorted = NULL;
    bracket *b = NULL;
    int64_t *count = NULL;
    size_t m = 0;
    for (size_t s = 0; s < n_sets; s++) m += set[s].m;
    int bits = bits_a_round(m);
    pa_status st = PA_NEW(sorted, n_sets, err);
    if (st == PA_OK) st = PA_NEW(b, m, err);
    if (st == PA_OK) st = PA_NEW(count, (m << bits) + 1, err);
    if (st == PA_OK) st = begin(n_sets, set, sorted, b, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (int done = 0; done < KEY_BITS; done += bits) divide(comm, m, bits, b, count);
    conclude(comm, m, b, count, n_sets, set);
out:
    for (size_t s = 0; sorted && s < n_sets; s++) pa_free(sorted[s]);
    pa_free(sorted);
    pa_free(b);
    pa_free(count);
    return st;
}

pa_status pa_quantiles(pa_comm *comm, size_t n, const float value[], size_t m,
                       const int64_t position[], pa_quantile quantile[], pa_error *err)
{
    const pa_quantile_set set = {n, value, m, position, quantile};
    return pa_quantiles_together(comm, 1, &set, err);
}

#include "paraudit/order/select.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "paraudit/base/sort.h"

/* How many of n ascending values are at most v. */
static int64_t count_up_to(size_t n, const int64_t sorted[], int64_t v)
{
    return v == INT64_MAX ? (int64_t)n : (int64_t)pa_lower_bound_i64(n, sorted, v + 1);
}

enum { TOGETHER = 64, MOST_VALUES = (1 << 10) - 1, MOST_COUNTS = 1 << 10 };

/* The values asked for lie from low to high. Each round counts up to n_values in between. */
typedef struct {
    int64_t low[TOGETHER], high[TOGETHER];
    int n_values;
} ranges;

/* Value v of those that divide a range evenly; the last of them is below its end. */
static int64_t value_at(const ranges *r, size_t k, int v)
{
    uint64_t width = (uint64_t)r->high[k] - (uint64_t)r->low[k], n = (uint64_t)r->n_values + 1;
    uint64_t part = (uint64_t)v + 1;
    return (int64_t)((uint64_t)r->low[k] + width / n * part + width % n * part / n);
}

/* To the part of range k that holds the position. */
static void narrow(ranges *r, size_t k, const int64_t count[], int64_t position)
{
    int v = 0;
    while (v < r->n_values && count[v] <= position) v++;
    int64_t low = v > 0 ? value_at(r, k, v - 1) + 1 : r->low[k];
    if (v < r->n_values) r->high[k] = value_at(r, k, v);
    r->low[k] = low;
}

/* One round; false where all ranges are down to one value. */
static bool divide(pa_comm *comm, size_t n, const int64_t sorted[], size_t k_end,
                   const int64_t position[], ranges *r)
{
    int64_t count[MOST_COUNTS];
    bool any = false;
    for (size_t k = 0; k < k_end; k++) any |= r->low[k] < r->high[k];
    if (!any) return false;
    size_t step = (size_t)r->n_values;
    for (size_t k = 0; k < k_end; k++)
        for (size_t v = 0; v < step; v++)
            count[k * step + v] = count_up_to(n, sorted, value_at(r, k, (int)v));
    pa_sum_i64(comm, count, k_end * step);
    for (size_t k = 0; k < k_end; k++)
        if (r->low[k] < r->high[k]) narrow(r, k, count + k * step, position[k]);
    return true;
}

void pa_select_many_i64(pa_comm *comm, size_t n, const int64_t sorted[], size_t n_positions,
                        const int64_t position[], int64_t value[])
{
    int64_t low = n ? sorted[0] : INT64_MAX, high = n ? sorted[n - 1] : INT64_MIN;
    pa_range_i64(comm, &low, &high);
    for (size_t from = 0; from < n_positions; from += TOGETHER) {
        size_t k_end = n_positions - from < TOGETHER ? n_positions - from : TOGETHER;
        size_t most = MOST_COUNTS / k_end;
        ranges r = {.n_values = most < MOST_VALUES ? (int)most : MOST_VALUES};
        for (size_t k = 0; k < k_end; k++) {
            r.low[k] = low;
            r.high[k] = high;
        }
        while (divide(comm, n, sorted, k_end, position + from, &r)) {
        }
        memcpy(value + from, r.low, k_end * sizeof *value);
    }
}

int64_t pa_select_i64(pa_comm *comm, size_t n, const int64_t sorted[], int64_t position)
{
    int64_t value;
    pa_select_many_i64(comm, n, sorted, 1, &position, &value);
    return value;
}

/* The median is found digit by digit of the values' keys, from the highest on:
 * counts of all ranks say in which bucket it lies, and only its rows stay. */
enum { BUCKETS = 1 << 11, DIGITS = 3 };
static const int digit_shift[DIGITS] = {21, 10, 0}; /* the last two share a bit */

static unsigned bucket_of(float value, int shift)
{
    return (unsigned)(pa_key_of_f32(value) >> shift) & (BUCKETS - 1);
}

/* One of the medians on its way. */
typedef struct {
    size_t n; /* values that stay */
    float *values;
    int64_t low, high; /* positions among them of the two in the middle */
    uint64_t key;      /* of the digits that are known */
    bool any;          /* there are values */
    bool open;         /* and no digit tells the two apart yet */
    int64_t least[2];  /* where one has: the key of the larger, and the other's complement */
} middle;

static void count_buckets(pa_comm *comm, size_t m, const middle set[], int shift,
                          int64_t count[][BUCKETS])
{
    memset(count, 0, m * sizeof *count);
    for (size_t s = 0; s < m; s++)
        for (size_t i = 0; i < set[s].n && set[s].open; i++)
            count[s][bucket_of(set[s].values[i], shift)]++;
    pa_sum_i64(comm, count[0], m * BUCKETS);
}

/* count: of all values. */
static void find_middle(middle *set, const int64_t count[])
{
    int64_t n = 0;
    for (int b = 0; b < BUCKETS; b++) n += count[b];
    set->any = set->open = n > 0;
    set->low = (n - 1) / 2;
    set->high = n / 2;
}

/* The bucket of a position, which then counts from its first. */
static unsigned find_bucket(const int64_t count[], int64_t *position)
{
    unsigned b = 0;
    for (; *position >= count[b]; b++) *position -= count[b];
    return b;
}

/* Keeps the values of a bucket alone; returns how many. */
static size_t keep_bucket(size_t n, float values[], int shift, unsigned bucket)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        values[kept] = values[i];
        kept += bucket_of(values[i], shift) == bucket;
    }
    return kept;
}

/* The largest of bucket a and the smallest of bucket b, of this rank. */
static void find_neighbours(middle *set, int shift, unsigned a, unsigned b)
{
    for (size_t i = 0; i < set->n; i++) {
        int64_t key = (int64_t)pa_key_of_f32(set->values[i]);
        unsigned bucket = bucket_of(set->values[i], shift);
        if (bucket == a && ~key < set->least[1]) set->least[1] = ~key;
        if (bucket == b && key < set->least[0]) set->least[0] = key;
    }
}

static void take_digit(middle *set, int shift, const int64_t count[])
{
    unsigned a = find_bucket(count, &set->low), b = find_bucket(count, &set->high);
    if (a != b) {
        find_neighbours(set, shift, a, b);
        set->open = false;
        return;
    }
    set->key |= (uint64_t)a << shift;
    set->n = keep_bucket(set->n, set->values, shift, a);
}

static float median_of(const middle *set, const int64_t least[2])
{
    if (set->open) return pa_f32_of_key(set->key);
    double low = pa_f32_of_key((uint64_t)~least[1]), high = pa_f32_of_key((uint64_t)least[0]);
    return (float)((low + high) / 2);
}

void pa_medians_of_all(pa_comm *comm, size_t m, const size_t n[], float *const values[],
                       float median[])
{
    middle set[PA_MEDIANS] = {{0}};
    int64_t count[PA_MEDIANS][BUCKETS], least[PA_MEDIANS][2];
    PA_ASSERT(m <= PA_MEDIANS);
    for (size_t s = 0; s < m; s++)
        set[s] =
            (middle){.n = n[s], .values = values[s], .open = true, .least = {INT64_MAX, INT64_MAX}};
    for (int d = 0; d < DIGITS; d++) {
        count_buckets(comm, m, set, digit_shift[d], count);
        for (size_t s = 0; s < m && d == 0; s++) find_middle(set + s, count[s]);
        for (size_t s = 0; s < m; s++)
            if (set[s].open) take_digit(set + s, digit_shift[d], count[s]);
    }
    for (size_t s = 0; s < m; s++) memcpy(least[s], set[s].least, sizeof *least);
    pa_min_i64(comm, least[0], 2 * m);
    for (size_t s = 0; s < m; s++) median[s] = set[s].any ? median_of(set + s, least[s]) : NAN;
}

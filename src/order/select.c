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

enum { TOGETHER = 64, MOST_VALUES = 63, MOST_COUNTS = 1 << 10 };

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

/* The smallest and the largest value of all: two minima at once, for the complement turns the
 * order round. */
static void find_ends(pa_comm *comm, size_t n, const int64_t sorted[], int64_t *low, int64_t *high)
{
    int64_t least[2] = {n ? sorted[0] : INT64_MAX, n ? ~sorted[n - 1] : INT64_MAX};
    pa_min_i64(comm, least, 2);
    *low = least[0];
    *high = ~least[1];
}

void pa_select_many_i64(pa_comm *comm, size_t n, const int64_t sorted[], size_t n_positions,
                        const int64_t position[], int64_t value[])
{
    int64_t low, high;
    find_ends(comm, n, sorted, &low, &high);
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

static void count_buckets(pa_comm *comm, size_t n, const float values[], int shift,
                          int64_t count[BUCKETS])
{
    memset(count, 0, BUCKETS * sizeof *count);
    for (size_t i = 0; i < n; i++) count[bucket_of(values[i], shift)]++;
    pa_sum_i64(comm, count, BUCKETS);
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

/* Mean of the largest of bucket a and the smallest of bucket b. */
static float between_buckets(pa_comm *comm, size_t n, const float values[], int shift, unsigned a,
                             unsigned b)
{
    int64_t low = -1, high = INT64_MAX;
    for (size_t i = 0; i < n; i++) {
        int64_t key = (int64_t)pa_key_of_f32(values[i]);
        unsigned bucket = bucket_of(values[i], shift);
        if (bucket == a && key > low) low = key;
        if (bucket == b && key < high) high = key;
    }
    pa_max_i64(comm, &low, 1);
    pa_min_i64(comm, &high, 1);
    return (float)(((double)pa_f32_of_key((uint64_t)low) + (double)pa_f32_of_key((uint64_t)high)) /
                   2);
}

float pa_median_of_all(pa_comm *comm, size_t n, float values[])
{
    int64_t all = (int64_t)n, count[BUCKETS];
    pa_sum_i64(comm, &all, 1);
    if (all == 0) return NAN;
    int64_t low = (all - 1) / 2, high = all / 2; /* positions among the values that stay */
    uint64_t key = 0;
    for (int d = 0; d < DIGITS; d++) {
        int shift = digit_shift[d];
        count_buckets(comm, n, values, shift, count);
        unsigned a = find_bucket(count, &low), b = find_bucket(count, &high);
        if (a != b) return between_buckets(comm, n, values, shift, a, b);
        key |= (uint64_t)a << shift;
        n = keep_bucket(n, values, shift, a);
    }
    return pa_f32_of_key(key);
}

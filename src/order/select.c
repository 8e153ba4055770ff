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

enum { TOGETHER = 64 };

/* The values asked for lie from low to high. */
typedef struct {
    int64_t low[TOGETHER], high[TOGETHER];
} ranges;

static int64_t middle_of(const ranges *r, size_t k)
{
    return r->low[k] + (int64_t)(((uint64_t)r->high[k] - (uint64_t)r->low[k]) / 2);
}

/* Halves each range; returns false where all are down to one value. */
static bool narrow(pa_comm *comm, size_t n, const int64_t sorted[], size_t k_end,
                   const int64_t position[], ranges *r)
{
    int64_t count[TOGETHER];
    bool any = false;
    for (size_t k = 0; k < k_end; k++) any |= r->low[k] < r->high[k];
    if (!any) return false;
    for (size_t k = 0; k < k_end; k++) count[k] = count_up_to(n, sorted, middle_of(r, k));
    pa_sum_i64(comm, count, k_end);
    for (size_t k = 0; k < k_end; k++) {
        if (count[k] > position[k]) {
            r->high[k] = middle_of(r, k);
        } else if (r->low[k] < r->high[k]) {
            r->low[k] = middle_of(r, k) + 1;
        }
    }
    return true;
}

void pa_select_many_i64(pa_comm *comm, size_t n, const int64_t sorted[], size_t n_positions,
                        const int64_t position[], int64_t value[])
{
    int64_t low = n ? sorted[0] : INT64_MAX, high = n ? sorted[n - 1] : INT64_MIN;
    pa_min_i64(comm, &low, 1);
    pa_max_i64(comm, &high, 1);
    for (size_t from = 0; from < n_positions; from += TOGETHER) {
        size_t k_end = n_positions - from < TOGETHER ? n_positions - from : TOGETHER;
        ranges r;
        for (size_t k = 0; k < k_end; k++) {
            r.low[k] = low;
            r.high[k] = high;
        }
        while (narrow(comm, n, sorted, k_end, position + from, &r)) {
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

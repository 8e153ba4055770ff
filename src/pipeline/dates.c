#include "dates.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

enum { BUCKETS = 4096 };

/* The value at a place of all values in order, all of which lie in low .. high: found
 * bucket by bucket, each a 4096th of the one before. */
static int64_t value_at(pa_comm *comm, size_t n, const int64_t value[], int64_t place, int64_t low,
                        int64_t high)
{
    uint64_t from = pa_key_of_i64(low), width = pa_key_of_i64(high) - from;
    while (width > 0) {
        int shift = 0;
        int64_t count[BUCKETS] = {0};
        while (width >> shift >= BUCKETS) shift++;
        for (size_t i = 0; i < n; i++) {
            uint64_t off = pa_key_of_i64(value[i]) - from;
            if (off <= width) count[off >> shift]++;
        }
        pa_sum_i64(comm, count, BUCKETS);
        uint64_t bucket = 0;
        for (; place >= count[bucket]; bucket++) place -= count[bucket];
        from += bucket << shift;
        width = shift ? ((uint64_t)1 << shift) - 1 : 0;
    }
    return low + (int64_t)(from - pa_key_of_i64(low));
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Times are far from the ends of int64 (years 0 to 9999), so nothing overflows. */
static void count_far(pa_comm *comm, size_t n, const int64_t time[], int64_t from, int64_t until,
                      pa_date_bulk *bulk)
{
    int64_t first = INT64_MAX, last = INT64_MIN, far[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
        if (time[i] < from) {
            far[0]++;
        } else if (time[i] > until) {
            far[1]++;
        } else {
            if (time[i] < first) first = time[i];
            if (time[i] > last) last = time[i];
        }
    }
    pa_min_i64(comm, &first, 1);
    pa_max_i64(comm, &last, 1);
    pa_sum_i64(comm, far, 2);
    *bulk = (pa_date_bulk){
        .first_time = first, .last_time = last, .n_before = far[0], .n_after = far[1]};
}

pa_date_bulk pa_find_bulk(pa_comm *comm, size_t n, const int64_t time[], int64_t first_time,
                          int64_t last_time)
{
    const int64_t least = 28 * (int64_t)86400;
    int64_t all = (int64_t)n;
    pa_sum_i64(comm, &all, 1);
    int64_t few = smaller(10, all / 20);
    if (all / 200 > few) few = all / 200;
    pa_date_bulk bulk = {.first_time = first_time, .last_time = last_time};
    if (few == 0) return bulk;
    int64_t low = value_at(comm, n, time, few, first_time, last_time);
    int64_t high = value_at(comm, n, time, all - 1 - few, first_time, last_time);
    int64_t reach = high - low > least ? high - low : least;
    if (first_time < low - reach || last_time > high + reach)
        count_far(comm, n, time, low - reach, high + reach, &bulk);
    return bulk;
}

/* ---- weeks ---- */

static int by_value(const void *a, const void *b, void *context)
{
    (void)context;
    int64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

pa_status pa_median_week(pa_comm *comm, size_t n, const int64_t time[], int64_t from, int64_t until,
                         int64_t *rows, pa_error *err)
{
    const int64_t week = 7 * (int64_t)86400;
    size_t weeks = (size_t)((until - from + week - 1) / week);
    int64_t *count;
    *rows = 0;
    PA_AGREE(comm, PA_NEW(count, weeks, err), err);
    for (size_t i = 0; i < n; i++) {
        if (time[i] >= from && time[i] < until) count[(time[i] - from) / week]++;
    }
    pa_sum_i64(comm, count, weeks);
    pa_status st = pa_sort(count, weeks, sizeof *count, by_value, NULL, err);
    if (st == PA_OK && weeks) *rows = count[(weeks - 1) / 2];
    pa_free(count);
    return pa_agree(comm, st, err);
}

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

static int by_value(const void *a, const void *b, void *context)
{
    (void)context;
    int64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static const int64_t least_stretch = 28 * (int64_t)86400;

static int64_t few_of(int64_t n)
{
    int64_t least = n / 20 < 3 ? n / 20 : 3;
    return longer(n / 200, least);
}

/* A side of the book, its times counted outwards: time ^ flip, which for flip = -1 is the
 * mirrored ~time. Times are far from the ends of int64 (years 0 to 9999): nothing
 * overflows. */
typedef struct {
    int64_t flip;
    int64_t inner, outer; /* the other side's quartile, and the end of the middle on this one */
} side;

/* The values beyond the middle, ascending: few, so their memory is. *beyond is the
 * caller's even on failure. */
static pa_status find_beyond(const side *s, size_t n, const int64_t time[], size_t *n_beyond,
                             int64_t **beyond, pa_error *err)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) found += (time[i] ^ s->flip) > s->outer;
    PA_TRY(PA_NEW(*beyond, found, err));
    *n_beyond = found;
    for (size_t i = 0, k = 0; k < found; i++) {
        (*beyond)[k] = time[i] ^ s->flip;
        k += (*beyond)[k] > s->outer;
    }
    return pa_sort(*beyond, found, sizeof **beyond, by_value, NULL, err);
}

/* How far out the bulk reaches. Two rounds at least double what was passed, so there are
 * few of them. */
static int64_t walk_out(pa_comm *comm, const side *s, size_t n_beyond, const int64_t beyond[])
{
    for (int64_t at = s->outer;;) {
        int64_t reach = at + longer(at - s->inner, least_stretch), next = at;
        size_t within = pa_lower_bound_i64(n_beyond, beyond, reach + 1);
        if (within > 0) next = longer(next, beyond[within - 1]);
        pa_max_i64(comm, &next, 1);
        if (next == at) return at;
        at = next;
    }
}

/* *end: the last of the bulk on a side, as a time; *n_far: rows beyond, on all ranks. */
static pa_status end_of_bulk(pa_comm *comm, const side *s, size_t n, const int64_t time[],
                             int64_t *end, int64_t *n_far, pa_error *err)
{
    size_t n_beyond = 0;
    int64_t *beyond = NULL;
    pa_status st = find_beyond(s, n, time, &n_beyond, &beyond, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) {
        int64_t last = walk_out(comm, s, n_beyond, beyond);
        *end = last ^ s->flip;
        *n_far = (int64_t)(n_beyond - pa_lower_bound_i64(n_beyond, beyond, last + 1));
        pa_sum_i64(comm, n_far, 1);
    }
    pa_free(beyond);
    return st;
}

/* Most books are told in one pass to have none far outside: with more than a quarter of the
 * rows in the first third of their time and in the last, a quartile and what lies beyond it on
 * the other side are a third of it, and no stretch beyond is as long. */
static bool is_all_bulk(pa_comm *comm, size_t n, const int64_t time[], int64_t all,
                        int64_t first_time, int64_t last_time)
{
    int64_t third = (last_time - first_time) / 3, rows[2] = {0, 0};
    if (few_of(all) == 0 || last_time - first_time <= least_stretch) return true;
    for (size_t i = 0; i < n; i++) {
        rows[0] += time[i] <= first_time + third;
        rows[1] += time[i] >= last_time - third;
    }
    pa_sum_i64(comm, rows, 2);
    return rows[0] > all / 4 && rows[1] > all / 4;
}

pa_status pa_find_bulk(pa_comm *comm, size_t n, const int64_t time[], int64_t first_time,
                       int64_t last_time, pa_date_bulk *bulk, pa_error *err)
{
    int64_t all = (int64_t)n, value[4];
    pa_sum_i64(comm, &all, 1);
    *bulk = (pa_date_bulk){.first_time = first_time, .last_time = last_time};
    if (is_all_bulk(comm, n, time, all, first_time, last_time)) return PA_OK;
    const int64_t place[4] = {few_of(all), all / 4, all - 1 - all / 4, all - 1 - few_of(all)};
    for (int i = 0; i < 4; i++) value[i] = value_at(comm, n, time, place[i], first_time, last_time);
    const side early = {-1, ~value[2], ~value[0]}, late = {0, value[1], value[3]};
    PA_TRY(end_of_bulk(comm, &early, n, time, &bulk->first_time, &bulk->n_before, err));
    return end_of_bulk(comm, &late, n, time, &bulk->last_time, &bulk->n_after, err);
}

/* ---- weeks ---- */

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
    size_t empty = pa_lower_bound_i64(weeks, count, 1);
    if (st == PA_OK && empty < weeks) *rows = count[empty + (weeks - empty - 1) / 2];
    pa_free(count);
    return pa_agree(comm, st, err);
}

#include "paraudit/fuse/order.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

/* How a rank's part of a view begins and ends. */
typedef struct {
    int64_t n;
    uint64_t first_key, last_key;
    int64_t last_start; /* where the run of last_key begins on this rank */
} view_ends;

static view_ends ends_of(const pa_view *view)
{
    view_ends e = {.n = (int64_t)view->n};
    if (view->n == 0) return e;
    size_t i = view->n - 1;
    while (i > 0 && view->key[i - 1] == view->key[i]) i--;
    e.first_key = view->key[0];
    e.last_key = view->key[view->n - 1];
    e.last_start = view->first + (int64_t)i;
    return e;
}

/* The start of the run that reaches the end of ranks 0 .. rank - 1, if it is the
 * one that `rank` begins with. */
static int64_t run_start(const view_ends ends[], int rank, int64_t first)
{
    uint64_t key = 0;
    int64_t start = -1;
    for (int r = 0; r < rank; r++) {
        if (ends[r].n == 0) continue;
        bool goes_on = start >= 0 && ends[r].first_key == key && ends[r].last_key == key;
        if (!goes_on) start = ends[r].last_start;
        key = ends[r].last_key;
    }
    return start >= 0 && key == ends[rank].first_key ? start : first;
}

/* The position, among all, at which the run of this rank's first key begins:
 * here or on an earlier rank; 0 where the rank holds nothing. */
static pa_status first_run_start(pa_comm *comm, const pa_view *view, int64_t *start, pa_error *err)
{
    view_ends mine = ends_of(view);
    void *all;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, &mine, sizeof mine, &all, &bytes, err));
    *start = view->n ? run_start(all, pa_comm_rank(comm), view->first) : 0;
    pa_free(all);
    return PA_OK;
}

pa_status pa_rank_rows(pa_comm *comm, size_t n, const double margin[], const int64_t tx[],
                       const uint8_t chosen[], int64_t rank[], pa_view *kept, pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *tie = NULL, *place = NULL, *ordered = NULL;
    pa_view view = {0};
    size_t m = 0;
    for (size_t i = 0; i < n; i++) m += chosen[i] != 0;
    pa_status st = PA_NEW(key, m, err);
    if (st == PA_OK) st = PA_NEW(tie, m, err);
    if (st == PA_OK) st = PA_NEW(place, m, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t i = 0, j = 0; i < n; i++) {
        if (!chosen[i]) continue;
        key[j] = ~pa_key_of_f64(margin[i]);
        tie[j++] = tx[i];
    }
    PA_GOTO(pa_view_make(comm, m, key, tie, &view, err));
    PA_GOTO(pa_agree(comm, PA_NEW(ordered, view.n, err), err));
    for (size_t i = 0; i < view.n; i++) ordered[i] = view.first + (int64_t)i + 1;
    PA_GOTO(pa_view_return(comm, &view, sizeof *place, ordered, place, err));
    for (size_t i = 0, j = 0; i < n; i++) rank[i] = chosen[i] ? place[j++] : 0;
    if (kept) {
        *kept = view;
        view = (pa_view){0};
    }
out:
    pa_view_free(&view);
    pa_free(key);
    pa_free(tie);
    pa_free(place);
    pa_free(ordered);
    return st;
}

/* For a view by (day, rank): the place in its day of each item, in view order. */
static pa_status places_in_view(pa_comm *comm, const pa_view *view, int64_t place[], pa_error *err)
{
    int64_t start;
    PA_TRY(first_run_start(comm, view, &start, err));
    for (size_t i = 0; i < view->n; i++) {
        int64_t position = view->first + (int64_t)i;
        if (i > 0 && view->key[i] != view->key[i - 1]) start = position;
        place[i] = position - start;
    }
    return PA_OK;
}

pa_status pa_place_in_day(pa_comm *comm, size_t n, const int64_t day[], const int64_t rank[],
                          int64_t place[], pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *ordered = NULL;
    pa_view view = {0};
    pa_status st;
    PA_GOTO(pa_agree(comm, PA_NEW(key, n, err), err));
    for (size_t i = 0; i < n; i++) key[i] = pa_key_of_i64(day[i]);
    PA_GOTO(pa_view_make(comm, n, key, rank, &view, err));
    PA_GOTO(pa_agree(comm, PA_NEW(ordered, view.n, err), err));
    PA_GOTO(places_in_view(comm, &view, ordered, err));
    PA_GOTO(pa_view_return(comm, &view, sizeof *place, ordered, place, err));
out:
    pa_view_free(&view);
    pa_free(key);
    pa_free(ordered);
    return st;
}

/* How many of n ascending values are at most v. */
static int64_t count_up_to(size_t n, const int64_t sorted[], int64_t v)
{
    return v == INT64_MAX ? (int64_t)n : (int64_t)pa_lower_bound_i64(n, sorted, v + 1);
}

int64_t pa_select_i64(pa_comm *comm, size_t n, const int64_t sorted[], int64_t position)
{
    int64_t low = n ? sorted[0] : INT64_MAX, high = n ? sorted[n - 1] : INT64_MIN;
    pa_min_i64(comm, &low, 1);
    pa_max_i64(comm, &high, 1);
    while (low < high) {
        int64_t middle = low + (int64_t)(((uint64_t)high - (uint64_t)low) / 2);
        int64_t count = count_up_to(n, sorted, middle);
        pa_sum_i64(comm, &count, 1);
        if (count > position) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
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

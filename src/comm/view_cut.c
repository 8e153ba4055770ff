/* Selection on the values: every round counts, for some values that divide each
 * cut's interval evenly, the rows up to them; one allreduce serves all cuts. The
 * rounds depend on the range of the values alone: with 63 values a cut at most 22,
 * and about 10 for a million merchants and a thousand million rows. */
#include "view_cut.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

/* Pairs as numbers in the same order, as narrow as the data allow. */
typedef struct {
    uint64_t least_key, most_key;
    uint64_t least_tie, most_tie; /* of pa_key_of_i64(tie) */
    int tie_bits;
} pair_range;

typedef struct {
    size_t n;
    const uint64_t *key;
    const int64_t *tie;
    const uint32_t *order;
    pair_range range;
} sorted_rows;

/* The row at position `goal` has a value in low .. high. Here, `below` rows
 * are less than low and `within` rows are at most high. */
typedef struct {
    int64_t goal;
    pa_u128 low, high;
    size_t below, within;
} cut;

int64_t pa_view_position(int64_t n_global, int r, int n_ranks)
{
    return (int64_t)((pa_u128)n_global * (unsigned)r / (unsigned)n_ranks);
}

static int bits_of(uint64_t v)
{
    return v ? 64 - __builtin_clzll(v) : 0;
}

static pa_u128 pair_of(const pair_range *r, uint64_t key, uint64_t tie_key)
{
    return (pa_u128)(key - r->least_key) << r->tie_bits | (tie_key - r->least_tie);
}

static pa_u128 pair_at(const sorted_rows *rows, size_t i)
{
    uint32_t row = rows->order[i];
    return pair_of(&rows->range, rows->key[row], pa_key_of_i64(rows->tie[row]));
}

/* Smallest and largest key and tie of all ranks: four minima at once, for the
 * complement turns the order round. */
static pair_range find_range(pa_comm *comm, size_t n, const uint64_t key[], const int64_t tie[])
{
    int64_t least[4] = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
    for (size_t i = 0; i < n; i++) {
        int64_t v[4] = {pa_i64_of_key(key[i]), ~pa_i64_of_key(key[i]), tie[i], ~tie[i]};
        for (int j = 0; j < 4; j++) least[j] = v[j] < least[j] ? v[j] : least[j];
    }
    pa_min_i64(comm, least, 4);
    pair_range r = {.least_key = pa_key_of_i64(least[0]),
                    .most_key = pa_key_of_i64(~least[1]),
                    .least_tie = pa_key_of_i64(least[2]),
                    .most_tie = pa_key_of_i64(~least[3])};
    r.tie_bits = bits_of(r.most_tie - r.least_tie);
    return r;
}

/* Local rows with a value of at most v, known to lie in below .. within. */
static size_t count_up_to(const sorted_rows *rows, const cut *c, pa_u128 v)
{
    size_t low = c->below, high = c->within;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pair_at(rows, middle) <= v)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Counts of a round, and how many a cut has of them: fewer where there are many cuts. */
enum { MOST_VALUES = 63, MOST_COUNTS = 1 << 14 };

typedef struct {
    cut *cuts;
    int n_values;
    int64_t *count;
    int64_t *before;
    size_t *here;
} room;

static pa_status new_room(room *w, size_t n_cuts, pa_error *err)
{
    size_t most = n_cuts ? MOST_COUNTS / n_cuts : 1;
    w->n_values = most > MOST_VALUES ? MOST_VALUES : most > 1 ? (int)most : 1;
    PA_TRY(PA_NEW(w->cuts, n_cuts, err));
    PA_TRY(PA_NEW(w->count, n_cuts * (size_t)w->n_values, err));
    PA_TRY(PA_NEW(w->before, n_cuts, err));
    return PA_NEW(w->here, n_cuts * (size_t)w->n_values, err);
}

static void free_room(room *w)
{
    pa_free(w->cuts);
    pa_free(w->count);
    pa_free(w->before);
    pa_free(w->here);
}

/* Value v of n_values that divide an interval; the last of them is below its end. */
static pa_u128 value_at(const cut *c, int v, int n_values)
{
    pa_u128 width = c->high - c->low, n = (pa_u128)n_values + 1, part = (pa_u128)v + 1;
    return c->low + width / n * part + width % n * part / n;
}

/* Local rows up to each of the values, ascending. */
static void count_here(const sorted_rows *rows, const cut *c, int n_values, size_t here[])
{
    cut left = *c;
    for (int v = 0; v < n_values; v++) {
        here[v] = count_up_to(rows, &left, value_at(c, v, n_values));
        left.below = here[v];
    }
}

/* To the part of the interval that holds the row at the goal. */
static void narrow(cut *c, int n_values, const int64_t count[], const size_t here[])
{
    const cut whole = *c;
    int v = 0;
    while (v < n_values && count[v] <= c->goal) v++;
    if (v < n_values) {
        c->high = value_at(&whole, v, n_values);
        c->within = here[v];
    }
    if (v > 0) {
        c->low = value_at(&whole, v - 1, n_values) + 1;
        c->below = here[v - 1];
    }
}

/* One round; false when all cuts have their value. */
static bool divide(pa_comm *comm, const sorted_rows *rows, room *w, int n_cuts)
{
    bool open = false;
    for (int c = 0; c < n_cuts; c++) {
        open |= w->cuts[c].low < w->cuts[c].high;
        count_here(rows, w->cuts + c, w->n_values, w->here + c * w->n_values);
    }
    if (!open) return false;
    size_t n = (size_t)n_cuts * (size_t)w->n_values;
    for (size_t i = 0; i < n; i++) w->count[i] = (int64_t)w->here[i];
    pa_sum_i64(comm, w->count, n);
    for (int c = 0; c < n_cuts; c++) {
        if (w->cuts[c].low >= w->cuts[c].high) continue;
        narrow(w->cuts + c, w->n_values, w->count + c * w->n_values, w->here + c * w->n_values);
    }
    return true;
}

/* Rows with the very value of a cut lie on both sides of it where pairs are
 * not distinct: those of the lower ranks go left first, which keeps their order. Sets `below` to
 * what goes left here. */
static void share_equals(pa_comm *comm, cut cuts[], int n_cuts, int64_t total[], int64_t before[])
{
    for (int c = 0; c < n_cuts; c++) total[c] = (int64_t)cuts[c].below;
    pa_sum_i64(comm, total, (size_t)n_cuts);
    for (int c = 0; c < n_cuts; c++) before[c] = (int64_t)(cuts[c].within - cuts[c].below);
    pa_sums_before_i64(comm, before, (size_t)n_cuts);
    for (int c = 0; c < n_cuts; c++) {
        int64_t left = cuts[c].goal - total[c] - before[c];
        int64_t equal = (int64_t)(cuts[c].within - cuts[c].below);
        if (left > 0) cuts[c].below += (size_t)(left < equal ? left : equal);
    }
}

static void find_cuts(pa_comm *comm, const sorted_rows *rows, int64_t n_global, room *w, int n_cuts)
{
    pa_u128 most = pair_of(&rows->range, rows->range.most_key, rows->range.most_tie);
    for (int c = 0; c < n_cuts; c++) {
        w->cuts[c] = (cut){
            .goal = pa_view_position(n_global, c + 1, comm->size), .high = most, .within = rows->n};
    }
    while (divide(comm, rows, w, n_cuts)) {
    }
    share_equals(comm, w->cuts, n_cuts, w->count, w->before);
}

pa_status pa_view_cut(pa_comm *comm, size_t n, const uint64_t key[], const int64_t tie[],
                      const uint32_t order[], int64_t n_global, int64_t count[], pa_error *err)
{
    room w = {0};
    int n_cuts = n_global > 0 ? comm->size - 1 : 0;
    pa_status st = pa_agree(comm, new_room(&w, (size_t)n_cuts, err), err);
    if (st == PA_OK) {
        sorted_rows rows = {.n = n, .key = key, .tie = tie, .order = order};
        if (n_cuts > 0) {
            rows.range = find_range(comm, n, key, tie);
            find_cuts(comm, &rows, n_global, &w, n_cuts);
        }
        size_t gone = 0;
        for (int p = 0; p < comm->size; p++) {
            size_t until = p < n_cuts ? w.cuts[p].below : n;
            count[p] = (int64_t)(until - gone);
            gone = until;
        }
    }
    free_room(&w);
    return st;
}

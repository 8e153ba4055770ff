/* Selection on the values: every round counts, for some values that divide each
 * cut's interval evenly, the rows up to them; one allreduce serves all cuts. When
 * the intervals hold few rows, all ranks get these, and see which are the cuts. Where
 * the values lie evenly a round leaves a row in a thousand of few ranks, one in sixteen
 * of a thousand ranks; however they lie, the range of the values bounds the rounds. */
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
 * are less than low and `within` rows are at most high; so are all_below and all_within of
 * all ranks. */
typedef struct {
    int64_t goal;
    pa_u128 low, high;
    size_t below, within;
    int64_t all_below, all_within;
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

/* What each rank tells of its rows. least: of key and tie the smallest value and the complement of
 * the largest, which turns the order round. */
typedef struct {
    int64_t n, least[4];
} facts;

static void take_least(int64_t least[4], const int64_t v[4])
{
    for (int j = 0; j < 4; j++) least[j] = v[j] < least[j] ? v[j] : least[j];
}

static facts find_facts(size_t n, const uint64_t key[], const int64_t tie[])
{
    facts f = {(int64_t)n, {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX}};
    for (size_t i = 0; i < n; i++) {
        int64_t v[4] = {pa_i64_of_key(key[i]), ~pa_i64_of_key(key[i]), tie[i], ~tie[i]};
        take_least(f.least, v);
    }
    return f;
}

static pair_range range_of(const facts *f)
{
    pair_range r = {.least_key = pa_key_of_i64(f->least[0]),
                    .most_key = pa_key_of_i64(~f->least[1]),
                    .least_tie = pa_key_of_i64(f->least[2]),
                    .most_tie = pa_key_of_i64(~f->least[3])};
    r.tie_bits = bits_of(r.most_tie - r.least_tie);
    return r;
}

/* Those of all ranks together. */
static pa_status share_facts(pa_comm *comm, pa_status st, facts *f, pa_error *err)
{
    void *all;
    size_t bytes;
    PA_TRY(pa_gather_all_if(comm, st, f, sizeof *f, &all, &bytes, err));
    f->n = 0;
    for (const facts *one = all; one < (const facts *)all + comm->size; one++) {
        f->n += one->n;
        take_least(f->least, one->least);
    }
    pa_free(all);
    return PA_OK;
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
enum { MOST_VALUES = 1023, MOST_COUNTS = 1 << 14 };

/* Rows that all ranks get. */
enum { FEW_ROWS = 1 << 12 };

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

/* An interval in so many parts, each of step + more / n. */
typedef struct {
    pa_u128 low, step;
    uint64_t more, n;
} division;

static division divide_by(const cut *c, int n_values)
{
    pa_u128 width = c->high - c->low;
    uint64_t n = (uint64_t)n_values + 1;
    return (division){c->low, width / n, (uint64_t)(width % n), n};
}

/* Value v of those that divide an interval; the last of them is below its end. */
static pa_u128 value_at(const division *d, int v)
{
    uint64_t part = (uint64_t)v + 1;
    return d->low + d->step * part + d->more * part / d->n;
}

/* The same as count_up_to, faster where few rows from `below` on are counted. */
static size_t count_few_up_to(const sorted_rows *rows, const cut *c, pa_u128 v)
{
    cut near = *c;
    for (size_t step = 1; near.below + step < near.within; step *= 2) {
        if (pair_at(rows, near.below + step - 1) > v) {
            near.within = near.below + step - 1;
            break;
        }
        near.below += step;
    }
    return count_up_to(rows, &near, v);
}

/* Local rows up to each of the values, ascending. */
static void count_here(const sorted_rows *rows, const cut *c, int n_values, size_t here[])
{
    cut left = *c;
    const division d = divide_by(c, n_values);
    for (int v = 0; v < n_values; v++)
        left.below = here[v] = count_few_up_to(rows, &left, value_at(&d, v));
}

/* To the part of the interval that holds the row at the goal. */
static void narrow(cut *c, int n_values, const int64_t count[], const size_t here[])
{
    const division d = divide_by(c, n_values);
    int v = 0;
    while (v < n_values && count[v] <= c->goal) v++;
    if (v < n_values) {
        c->high = value_at(&d, v);
        c->within = here[v];
        c->all_within = count[v];
    }
    if (v > 0) {
        c->low = value_at(&d, v - 1) + 1;
        c->below = here[v - 1];
        c->all_below = count[v - 1];
    }
}

static bool is_open(const cut *c)
{
    return c->low < c->high;
}

/* Rows of all ranks in the intervals of the cuts that have no value yet. */
static int64_t rows_left(const cut cuts[], int n_cuts)
{
    int64_t rows = 0;
    for (int c = 0; c < n_cuts; c++)
        if (is_open(cuts + c)) rows += cuts[c].all_within - cuts[c].all_below;
    return rows;
}

/* One round. */
static void divide(pa_comm *comm, const sorted_rows *rows, room *w, int n_cuts)
{
    for (int c = 0; c < n_cuts; c++)
        count_here(rows, w->cuts + c, w->n_values, w->here + c * w->n_values);
    size_t n = (size_t)n_cuts * (size_t)w->n_values;
    for (size_t i = 0; i < n; i++) w->count[i] = (int64_t)w->here[i];
    pa_sum_i64(comm, w->count, n);
    for (int c = 0; c < n_cuts; c++) {
        if (!is_open(w->cuts + c)) continue;
        narrow(w->cuts + c, w->n_values, w->count + c * w->n_values, w->here + c * w->n_values);
    }
}

/* ---- the last rows ---- */

/* A row in the interval of a cut, and the two halves of its value. */
typedef struct {
    int64_t cut;
    uint64_t upper, lower;
} left_row;

static pa_u128 value_of(const left_row *row)
{
    return (pa_u128)row->upper << 64 | row->lower;
}

static int by_cut_and_value(const void *a, const void *b, void *context)
{
    const left_row *x = a, *y = b;
    (void)context;
    if (x->cut != y->cut) return x->cut < y->cut ? -1 : 1;
    return value_of(x) < value_of(y) ? -1 : value_of(x) > value_of(y);
}

/* Those of this rank. */
static pa_status list_left(const sorted_rows *rows, const cut cuts[], int n_cuts, left_row **left,
                           size_t *n, pa_error *err)
{
    size_t most = 0;
    *n = 0;
    for (int c = 0; c < n_cuts; c++)
        if (is_open(cuts + c)) most += cuts[c].within - cuts[c].below;
    PA_TRY(PA_NEW(*left, most, err));
    for (int c = 0; c < n_cuts; c++) {
        for (size_t i = cuts[c].below; is_open(cuts + c) && i < cuts[c].within; i++) {
            pa_u128 value = pair_at(rows, i);
            (*left)[(*n)++] = (left_row){c, (uint64_t)(value >> 64), (uint64_t)value};
        }
    }
    return PA_OK;
}

/* left: the n rows of a cut, ascending, of all ranks. */
static void conclude(const sorted_rows *rows, cut *c, const left_row left[], int64_t n)
{
    int64_t at = c->goal - c->all_below, first = at, end = at;
    pa_u128 value = value_of(left + at);
    while (first > 0 && value_of(left + first - 1) == value) first--;
    while (end < n && value_of(left + end) == value) end++;
    if (value > c->low) c->below = count_up_to(rows, c, value - 1);
    c->within = count_up_to(rows, c, value);
    c->all_within = c->all_below + end;
    c->all_below += first;
    c->low = c->high = value;
}

/* Every cut gets its value from the rows that are left. */
static pa_status gather_left(pa_comm *comm, const sorted_rows *rows, cut cuts[], int n_cuts,
                             pa_error *err)
{
    left_row *mine = NULL;
    void *all = NULL;
    size_t n = 0, bytes = 0;
    pa_status st = list_left(rows, cuts, n_cuts, &mine, &n, err);
    st = pa_gather_all_if(comm, st, mine, n * sizeof *mine, &all, &bytes, err);
    pa_free(mine);
    if (st != PA_OK) return st;
    left_row *left = all;
    n = bytes / sizeof *left;
    st = pa_agree(comm, pa_sort(left, n, sizeof *left, by_cut_and_value, NULL, err), err);
    for (size_t i = 0; st == PA_OK && i < n;) {
        cut *c = cuts + left[i].cut;
        int64_t rows_of_cut = c->all_within - c->all_below;
        conclude(rows, c, left + i, rows_of_cut);
        i += (size_t)rows_of_cut;
    }
    pa_free(all);
    return st;
}

/* ---- the whole ---- */

/* Rows with the very value of a cut lie on both sides of it where pairs are
 * not distinct: those of the lower ranks go left first, which keeps their order. Sets `below` to
 * what goes left here. */
static void share_equals(pa_comm *comm, cut cuts[], int n_cuts, int64_t before[])
{
    bool any = false;
    for (int c = 0; c < n_cuts; c++) {
        before[c] = (int64_t)(cuts[c].within - cuts[c].below);
        any |= cuts[c].goal > cuts[c].all_below;
    }
    if (!any) return; /* the first of its value goes right, and all behind it */
    pa_sums_before_i64(comm, before, (size_t)n_cuts);
    for (int c = 0; c < n_cuts; c++) {
        int64_t left = cuts[c].goal - cuts[c].all_below - before[c];
        int64_t equal = (int64_t)(cuts[c].within - cuts[c].below);
        if (left > 0) cuts[c].below += (size_t)(left < equal ? left : equal);
    }
}

static pa_status find_cuts(pa_comm *comm, const sorted_rows *rows, int64_t n_global, room *w,
                           int n_cuts, pa_error *err)
{
    pa_u128 most = pair_of(&rows->range, rows->range.most_key, rows->range.most_tie);
    for (int c = 0; c < n_cuts; c++) {
        w->cuts[c] = (cut){.goal = pa_view_position(n_global, c + 1, comm->size),
                           .high = most,
                           .within = rows->n,
                           .all_within = n_global};
    }
    int64_t left;
    while ((left = rows_left(w->cuts, n_cuts)) > FEW_ROWS) divide(comm, rows, w, n_cuts);
    if (left > 0) PA_TRY(gather_left(comm, rows, w->cuts, n_cuts, err));
    share_equals(comm, w->cuts, n_cuts, w->before);
    return PA_OK;
}

pa_status pa_view_cut(pa_comm *comm, pa_status st, size_t n, const uint64_t key[],
                      const int64_t tie[], const uint32_t order[], int64_t *n_global,
                      int64_t count[], pa_error *err)
{
    room w = {0};
    int n_cuts = comm->size - 1;
    facts all = {0};
    if (st == PA_OK) st = new_room(&w, (size_t)n_cuts, err);
    if (st == PA_OK) all = find_facts(n, key, tie);
    st = share_facts(comm, st, &all, err);
    if (all.n == 0) n_cuts = 0;
    if (st == PA_OK && n_cuts > 0) {
        sorted_rows rows = {.n = n, .key = key, .tie = tie, .order = order};
        rows.range = range_of(&all);
        st = find_cuts(comm, &rows, all.n, &w, n_cuts, err);
    }
    if (st == PA_OK) {
        size_t gone = 0;
        for (int p = 0; p < comm->size; p++) {
            size_t until = p < n_cuts ? w.cuts[p].below : n;
            count[p] = (int64_t)(until - gone);
            gone = until;
        }
        *n_global = all.n;
    }
    free_room(&w);
    return st;
}

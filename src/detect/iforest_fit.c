#include "iforest_fit.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"
#include "paraudit/stage/time_plan.h"

/* Bytes of sampled values that a rank grows trees from at a time. */
enum { SAMPLE_BYTES = 64 << 20 };

/* Trees first .. first + n - 1, grown together. Rank r grows those from
 * first + n * r / ranks on. A slot is one row of one tree's sample:
 * (tree - first) * sample + place in the sample. */
typedef struct {
    const pa_iforest_shape *shape;
    int32_t first, n;
    int32_t rank, n_ranks;
} batch;

/* A sampled row that is here: its ordinal among the fitting rows, who wants it. */
typedef struct {
    size_t n;
    uint64_t *ordinal;
    int64_t *slot;
    uint32_t *order; /* by ordinal */
    int32_t *owner;
    float *values; /* n x features */
} wanted_rows;

static int32_t first_tree_of(const batch *b, int32_t rank)
{
    return (int32_t)((int64_t)b->n * rank / b->n_ranks);
}

static int32_t grower_of(const batch *b, int64_t tree_in_batch)
{
    return (int32_t)(((tree_in_batch + 1) * b->n_ranks - 1) / b->n);
}

pa_fitting_rows pa_find_fitting_rows(pa_comm *comm, const pa_table *rows)
{
    const int8_t *split = pa_i8(rows, "split");
    pa_fitting_rows f = {0};
    for (size_t r = 0; r < rows->n_rows; r++) f.n += split[r] == PA_SPLIT_HISTORY;
    f.before = pa_sum_before_i64(comm, f.n);
    f.n_global = f.n;
    pa_sum_i64(comm, &f.n_global, 1);
    return f;
}

static void free_wanted(wanted_rows *w)
{
    pa_free(w->ordinal);
    pa_free(w->slot);
    pa_free(w->order);
    pa_free(w->owner);
    pa_free(w->values);
    *w = (wanted_rows){0};
}

static pa_status add_wanted(wanted_rows *w, size_t *room, uint64_t ordinal, int64_t slot,
                            pa_error *err)
{
    if (w->n == *room) {
        size_t more = *room + *room / 2 + 256;
        uint64_t *ordinals = pa_realloc(w->ordinal, more, sizeof *w->ordinal, err);
        if (!ordinals) return PA_E_MEMORY;
        w->ordinal = ordinals;
        int64_t *slots = pa_realloc(w->slot, more, sizeof *w->slot, err);
        if (!slots) return PA_E_MEMORY;
        w->slot = slots;
        *room = more;
    }
    w->ordinal[w->n] = ordinal;
    w->slot[w->n++] = slot;
    return PA_OK;
}

/* Draws the samples of all trees of the batch; keeps the rows that are here. */
static pa_status draw_rows(const batch *b, uint64_t seed, const pa_fitting_rows *fitting,
                           wanted_rows *w, pa_error *err)
{
    size_t sample = (size_t)b->shape->sample, room = 0;
    uint64_t *drawn = NULL;
    PA_TRY(PA_NEW(drawn, sample, err));
    pa_status st = PA_OK;
    for (int32_t t = 0; st == PA_OK && t < b->n; t++) {
        pa_draw_distinct(seed, PA_DRAW_IFOREST_ROWS, (uint64_t)b->first + (uint64_t)t,
                         (uint64_t)fitting->n_global, sample, drawn);
        for (size_t i = 0; st == PA_OK && i < sample; i++) {
            uint64_t here = drawn[i] - (uint64_t)fitting->before;
            if (here < (uint64_t)fitting->n)
                st = add_wanted(w, &room, here, (int64_t)((size_t)t * sample + i), err);
        }
    }
    pa_free(drawn);
    return st;
}

/* Copies the values of the wanted rows in one pass over the table. */
static void copy_wanted(const pa_columns *features, const pa_table *rows, wanted_rows *w)
{
    const int8_t *split = pa_i8(rows, "split");
    uint64_t ordinal = 0;
    size_t k = 0;
    for (size_t row = 0; k < w->n; row++) {
        PA_ASSERT(row < rows->n_rows);
        if (split[row] != PA_SPLIT_HISTORY) continue;
        for (; k < w->n && w->ordinal[w->order[k]] == ordinal; k++) {
            float *to = w->values + w->order[k] * features->n;
            for (size_t c = 0; c < features->n; c++)
                to[c] = pa_column_value(features->column + c, row);
        }
        ordinal++;
    }
}

/* Local. */
static pa_status collect_wanted(const batch *b, uint64_t seed, const pa_columns *features,
                                const pa_table *rows, const pa_fitting_rows *fitting,
                                wanted_rows *w, pa_error *err)
{
    PA_TRY(draw_rows(b, seed, fitting, w, err));
    PA_TRY(PA_NEW(w->order, w->n, err));
    PA_TRY(PA_NEW(w->owner, w->n, err));
    PA_TRY(PA_NEW(w->values, w->n * features->n, err));
    PA_TRY(pa_sort_pairs(w->n, w->ordinal, w->slot, w->order, err));
    for (size_t i = 0; i < w->n; i++) w->owner[i] = grower_of(b, w->slot[i] / b->shape->sample);
    copy_wanted(features, rows, w);
    return PA_OK;
}

/* What arrives in any order becomes columns of n slots. */
static void place_values(const batch *b, size_t n, const int64_t slot[], const float arrived[],
                         float samples[])
{
    size_t n_features = (size_t)b->shape->n_features;
    int64_t first_slot = (int64_t)first_tree_of(b, b->rank) * b->shape->sample;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < n_features; c++)
            samples[c * n + (size_t)(slot[i] - first_slot)] = arrived[i * n_features + c];
}

/* Sends the sampled rows to the ranks that grow the trees. *samples: a
 * column a feature of all slots of this rank, owned by the caller. */
static pa_status exchange_samples(pa_run *run, const batch *b, const wanted_rows *w,
                                  float **samples)
{
    pa_comm *comm = run->comm;
    pa_error *err = &run->err;
    size_t one = (size_t)b->shape->n_features * sizeof **samples;
    pa_route *route = NULL;
    int64_t *slot = NULL;
    float *arrived = NULL;
    pa_status st;
    PA_GOTO(pa_route_make(comm, w->n, w->owner, &route, err));
    size_t n = pa_route_received(route);
    st = PA_NEW(slot, n, err);
    if (st == PA_OK) st = PA_NEW(arrived, n * (size_t)b->shape->n_features, err);
    if (st == PA_OK) st = PA_NEW(*samples, n * (size_t)b->shape->n_features, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_route_send(comm, route, sizeof *slot, w->slot, slot, err));
    PA_GOTO(pa_route_send(comm, route, one, w->values, arrived, err));
    place_values(b, n, slot, arrived, *samples);
out:
    pa_route_free(route);
    pa_free(slot);
    pa_free(arrived);
    return st;
}

/* Replaces part of `all` by the blocks of all ranks. */
static pa_status gather_into(pa_comm *comm, const void *block, size_t bytes, void *all,
                             pa_error *err)
{
    void *gathered = NULL;
    size_t n = 0;
    PA_TRY(pa_gather_all(comm, block, bytes, &gathered, &n, err));
    memcpy(all, gathered, n);
    pa_free(gathered);
    return PA_OK;
}

/* Grows this rank's trees in their final place. Local. */
static pa_status grow_here(const batch *b, uint64_t seed, const float samples[],
                           const pa_forest_arrays *forest, pa_error *err)
{
    const pa_iforest_shape *s = b->shape;
    int32_t begin = first_tree_of(b, b->rank), end = first_tree_of(b, b->rank + 1);
    size_t sample = (size_t)s->sample, heap = (size_t)1 << s->depth;
    size_t n_slots = (size_t)(end - begin) * sample;
    const float **column = NULL;
    uint64_t *row = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(column, (size_t)s->n_features, err));
    PA_GOTO(PA_NEW(row, sample, err));
    for (size_t c = 0; c < (size_t)s->n_features; c++) column[c] = samples + c * n_slots;
    for (int32_t t = begin; t < end; t++) {
        size_t at = (size_t)(b->first + t) * heap;
        for (size_t i = 0; i < sample; i++) row[i] = (size_t)(t - begin) * sample + i;
        pa_iforest_build_tree(seed, b->first + t, s, column, row, forest->feature + at,
                              forest->threshold + at, forest->expected + 2 * at);
    }
out:
    pa_free(column);
    pa_free(row);
    return st;
}

/* The trees of the batch from those that grew them to all ranks. */
static pa_status gather_trees(pa_comm *comm, const batch *b, const pa_forest_arrays *forest,
                              pa_error *err)
{
    size_t heap = (size_t)1 << b->shape->depth, all = (size_t)b->first * heap;
    int32_t begin = first_tree_of(b, b->rank), end = first_tree_of(b, b->rank + 1);
    size_t mine = all + (size_t)begin * heap, n = (size_t)(end - begin) * heap * sizeof(int32_t);
    PA_TRY(gather_into(comm, forest->feature + mine, n, forest->feature + all, err));
    PA_TRY(gather_into(comm, forest->threshold + mine, n, forest->threshold + all, err));
    return gather_into(comm, forest->expected + 2 * mine, 2 * n, forest->expected + 2 * all, err);
}

/* One batch. Collective. */
static pa_status grow_batch(pa_run *run, const batch *b, const pa_columns *features,
                            const pa_table *rows, const pa_fitting_rows *fitting,
                            const pa_forest_arrays *forest)
{
    wanted_rows w = {0};
    float *samples = NULL;
    pa_error *err = &run->err;
    pa_status st = collect_wanted(b, run->seed, features, rows, fitting, &w, err);
    PA_GOTO(pa_agree(run->comm, st, err));
    PA_GOTO(exchange_samples(run, b, &w, &samples));
    st = grow_here(b, run->seed, samples, forest, err);
    PA_GOTO(pa_agree(run->comm, st, err));
    st = gather_trees(run->comm, b, forest, err);
out:
    free_wanted(&w);
    pa_free(samples);
    return st;
}

pa_status pa_grow_forest(pa_run *run, const pa_iforest_shape *shape, const pa_columns *features,
                         const pa_table *rows, const pa_fitting_rows *fitting,
                         const pa_forest_arrays *forest)
{
    size_t one = (size_t)shape->n_features * (size_t)shape->sample * sizeof(float);
    int64_t together = (int64_t)(SAMPLE_BYTES / one + 1) * pa_comm_size(run->comm);
    for (int32_t first = 0; first < shape->n_trees;) {
        int64_t left = shape->n_trees - first;
        batch b = {shape, first, (int32_t)(left < together ? left : together),
                   pa_comm_rank(run->comm), pa_comm_size(run->comm)};
        PA_TRY(grow_batch(run, &b, features, rows, fitting, forest));
        first += b.n;
        pa_log_progress(run->log, "iforest", first, shape->n_trees);
    }
    return PA_OK;
}

#include "iforest_fit.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/exact.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"

/* Where the grown trees go: see pa_iforest_model. */
typedef struct {
    int32_t *feature;
    float *threshold;
    int32_t *expected;
} forest_arrays;

/* Trees first .. first + n - 1, grown together. Rank r grows those from
 * first + n * r / ranks on. A slot is one row of one tree's sample:
 * (tree - first) * sample + place in the sample. */
typedef struct {
    const pa_iforest_shape *shape;
    int32_t first, n;
    int32_t rank, n_ranks;
} batch;

/* A sampled row that is here: its ordinal among the points here, who wants it. */
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
    return (int32_t)pa_even_share(b->n, rank, b->n_ranks);
}

static int32_t grower_of(const batch *b, int64_t tree_in_batch)
{
    return (int32_t)(((tree_in_batch + 1) * b->n_ranks - 1) / b->n);
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
        size_t more = pa_larger_room(*room, w->n + 1);
        PA_TRY(PA_RESIZE(w->ordinal, more, err));
        PA_TRY(PA_RESIZE(w->slot, more, err));
        *room = more;
    }
    w->ordinal[w->n] = ordinal;
    w->slot[w->n++] = slot;
    return PA_OK;
}

/* Draws the samples of all trees of the batch; keeps the rows that are here. */
static pa_status draw_rows(const batch *b, uint64_t seed, const pa_points *points, wanted_rows *w,
                           pa_error *err)
{
    size_t sample = (size_t)b->shape->sample, room = 0;
    uint64_t *drawn = NULL;
    PA_TRY(PA_NEW(drawn, sample, err));
    pa_status st = PA_OK;
    for (int32_t t = 0; st == PA_OK && t < b->n; t++) {
        pa_draw_distinct(seed, PA_DRAW_IFOREST_ROWS, (uint64_t)b->first + (uint64_t)t,
                         (uint64_t)points->n_global, sample, drawn);
        for (size_t i = 0; st == PA_OK && i < sample; i++) {
            uint64_t here = drawn[i] - (uint64_t)points->before;
            if (here < (uint64_t)points->n)
                st = add_wanted(w, &room, here, (int64_t)((size_t)t * sample + i), err);
        }
    }
    pa_free(drawn);
    return st;
}

/* The values of n wanted rows, number k in order and those behind it: the order
 * may hold one row several times. */
static void copy_rows(const pa_points *points, wanted_rows *w, size_t k, size_t n,
                      const size_t row[])
{
    float value[PA_TILE_ROWS];
    for (size_t c = 0; c < points->n_columns; c++) {
        pa_point_values(points, c, n, row, value);
        for (size_t i = 0; i < n; i++)
            w->values[w->order[k + i] * points->n_columns + c] = value[i];
    }
}

/* Copies the values of the wanted rows in one pass over the points. */
static void copy_wanted(const pa_points *points, wanted_rows *w)
{
    size_t row[PA_TILE_ROWS], wanted[PA_TILE_ROWS], n, cursor = 0, k = 0;
    for (uint64_t first = 0; k < w->n; first += n) {
        n = pa_next_points(points, &cursor, PA_TILE_ROWS, row);
        PA_ASSERT(n > 0);
        for (size_t m = 1; m > 0; k += m) {
            for (m = 0; m < PA_TILE_ROWS && k + m < w->n; m++) {
                uint64_t place = w->ordinal[w->order[k + m]] - first;
                if (place >= n) break;
                wanted[m] = row[place];
            }
            copy_rows(points, w, k, m, wanted);
        }
    }
}

/* Which rows here the trees of the batch sample, and their values. Local. */
static pa_status collect_wanted(const batch *b, uint64_t seed, const pa_points *points,
                                wanted_rows *w, pa_error *err)
{
    PA_TRY(draw_rows(b, seed, points, w, err));
    PA_TRY(PA_NEW(w->order, w->n, err));
    PA_TRY(PA_NEW(w->owner, w->n, err));
    PA_TRY(PA_NEW(w->values, w->n * points->n_columns, err));
    PA_TRY(pa_sort_pairs(w->n, w->ordinal, w->slot, w->order, err));
    for (size_t i = 0; i < w->n; i++) w->owner[i] = grower_of(b, w->slot[i] / b->shape->sample);
    copy_wanted(points, w);
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
static pa_status exchange_samples(pa_comm *comm, const batch *b, const wanted_rows *w,
                                  float **samples, pa_error *err)
{
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
                           const forest_arrays *forest, pa_error *err)
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
static pa_status gather_trees(pa_comm *comm, const batch *b, const forest_arrays *forest,
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
static pa_status grow_batch(const pa_detector_context *x, const batch *b, const pa_points *points,
                            const forest_arrays *forest, pa_error *err)
{
    wanted_rows w = {0};
    float *samples = NULL;
    pa_status st = collect_wanted(b, x->seed, points, &w, err);
    PA_GOTO(pa_agree(x->comm, st, err));
    PA_GOTO(exchange_samples(x->comm, b, &w, &samples, err));
    st = grow_here(b, x->seed, samples, forest, err);
    PA_GOTO(pa_agree(x->comm, st, err));
    st = gather_trees(x->comm, b, forest, err);
out:
    free_wanted(&w);
    pa_free(samples);
    return st;
}

/* Grows the trees that are not there yet and puts them on all ranks: as many rounds are
 * finished as there are trees. Collective. */
static pa_status grow_forest(const pa_detector_context *x, const pa_iforest_shape *shape,
                             const pa_points *points, const forest_arrays *forest, pa_store *model,
                             pa_error *err)
{
    size_t one = (size_t)shape->n_features * (size_t)shape->sample * sizeof(float);
    /* A piece of an exchange bounds the sampled values that a rank grows trees from. */
    int64_t together = (int64_t)(pa_comm_piece(x->comm) / one + 1) * pa_comm_size(x->comm);
    for (int32_t first = (int32_t)model->round; first < shape->n_trees;) {
        int64_t left = shape->n_trees - first;
        batch b = {shape, first, (int32_t)(left < together ? left : together),
                   pa_comm_rank(x->comm), pa_comm_size(x->comm)};
        PA_TRY(grow_batch(x, &b, points, forest, err));
        first += b.n;
        pa_log_progress(x->log, "iforest: fit", first, shape->n_trees);
        PA_TRY(pa_detector_safe_point(x, model, first - 1));
    }
    return PA_OK;
}

/* Room for the forest in the model, and where it is. Local. */
static pa_status put_forest(const pa_iforest_shape *shape, pa_store *model, forest_arrays *f,
                            pa_error *err)
{
    void *numbers, *feature, *threshold, *expected;
    size_t n = (size_t)shape->n_trees, heap = (size_t)1 << shape->depth;
    PA_TRY(pa_store_put(model, "shape", PA_I32, 4, 1, "trees, features, rows a tree, depth",
                        &numbers, err));
    PA_TRY(
        pa_store_put(model, "feature", PA_I32, n, heap,
                     "column number of each cut; the children of place p are 2p and 2p+1; -1: none",
                     &feature, err));
    PA_TRY(pa_store_put(model, "threshold", PA_F32, n, heap, "smaller values go to place 2p",
                        &threshold, err));
    PA_TRY(pa_store_put(model, "expected", PA_I32, n, 2 * heap,
                        "path length to be expected at each place, in 1/65536 of a level",
                        &expected, err));
    const int32_t value[4] = {shape->n_trees, shape->n_features, shape->sample, shape->depth};
    memcpy(numbers, value, sizeof value);
    *f = (forest_arrays){feature, threshold, expected};
    return PA_OK;
}

static bool has_trees(const pa_store_array *a, pa_type type, size_t n, size_t width)
{
    return a && a->type == type && a->spread == PA_REPLICATED && a->n == n && a->width == width;
}

/* The arrays of a fit that was interrupted, which a checkpoint may have damaged. Local. */
static pa_status find_forest(const pa_iforest_shape *shape, const pa_store *model, forest_arrays *f,
                             pa_error *err)
{
    const pa_store_array *feature = pa_store_find(model, "feature"),
                         *threshold = pa_store_find(model, "threshold"),
                         *expected = pa_store_find(model, "expected");
    size_t n = (size_t)shape->n_trees, heap = (size_t)1 << shape->depth;
    bool whole = has_trees(feature, PA_I32, n, heap) && has_trees(threshold, PA_F32, n, heap) &&
                 has_trees(expected, PA_I32, n, 2 * heap) && model->round <= shape->n_trees;
    if (!whole) return pa_fail(err, PA_E_DATA, "the unfinished forest is not one of these trees");
    *f = (forest_arrays){feature->data, threshold->data, expected->data};
    return PA_OK;
}

pa_status pa_iforest_fit(const pa_detector_context *x, const pa_points *points, pa_store *model,
                         pa_error *err)
{
    int64_t sample = pa_config_int(x->config, "iforest.sample");
    if (sample > points->n_global) sample = points->n_global;
    const pa_iforest_shape shape = {.n_trees = (int32_t)pa_config_int(x->config, "iforest.trees"),
                                    .n_features = (int32_t)points->n_columns,
                                    .sample = (int32_t)sample,
                                    .depth = pa_iforest_depth((int32_t)sample)};
    forest_arrays forest = {0};
    pa_status st = model->round > 0 ? find_forest(&shape, model, &forest, err)
                                    : put_forest(&shape, model, &forest, err);
    PA_AGREE(x->comm, st, err);
    return grow_forest(x, &shape, points, &forest, model, err);
}

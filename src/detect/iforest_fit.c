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
 * first + n * r / ranks on. */
typedef struct {
    const pa_iforest_shape *shape;
    int32_t first, n;
    int32_t rank, n_ranks;
} batch;

/* The rows that the trees of this rank sample: one tree's after the other's. */
typedef struct {
    size_t n;
    uint64_t *ordinal; /* among the points of all ranks; they ascend in each tree */
    int32_t *owner;
    float *values; /* n x features */
} sampled_rows;

/* Rows that are here and are asked for. */
typedef struct {
    size_t n;
    uint64_t *ordinal; /* among the points here */
    uint32_t *order;   /* by ordinal */
    float *values;     /* n x features */
} wanted_rows;

static int32_t first_tree_of(const batch *b, int32_t rank)
{
    return (int32_t)pa_even_share(b->n, rank, b->n_ranks);
}

static void free_sampled(sampled_rows *s)
{
    pa_free(s->ordinal);
    pa_free(s->owner);
    pa_free(s->values);
}

static void free_wanted(wanted_rows *w)
{
    pa_free(w->ordinal);
    pa_free(w->order);
    pa_free(w->values);
}

/* before: points on lower ranks, of each rank. */
static void find_owners(size_t n, const uint64_t ordinal[], int32_t n_ranks, const int64_t before[],
                        int32_t owner[])
{
    int32_t r = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && ordinal[i] < ordinal[i - 1]) r = 0; /* another tree begins */
        while (r + 1 < n_ranks && before[r + 1] <= (int64_t)ordinal[i]) r++;
        owner[i] = r;
    }
}

/* Draws the samples of this rank's trees of the batch. Local. */
static pa_status draw_rows(const batch *b, uint64_t seed, const pa_points *points,
                           const int64_t before[], sampled_rows *s, pa_error *err)
{
    size_t sample = (size_t)b->shape->sample;
    int32_t begin = first_tree_of(b, b->rank), end = first_tree_of(b, b->rank + 1);
    s->n = (size_t)(end - begin) * sample;
    PA_TRY(PA_NEW(s->ordinal, s->n, err));
    PA_TRY(PA_NEW(s->owner, s->n, err));
    PA_TRY(PA_NEW(s->values, s->n * points->n_columns, err));
    for (int32_t t = begin; t < end; t++)
        pa_draw_distinct(seed, PA_DRAW_IFOREST_ROWS, (uint64_t)b->first + (uint64_t)t,
                         (uint64_t)points->n_global, sample,
                         s->ordinal + (size_t)(t - begin) * sample);
    find_owners(s->n, s->ordinal, b->n_ranks, before, s->owner);
    return PA_OK;
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

/* The values of the rows that are asked for. Local. */
static pa_status collect_wanted(const pa_points *points, wanted_rows *w, pa_error *err)
{
    for (size_t i = 0; i < w->n; i++) w->ordinal[i] -= (uint64_t)points->before;
    PA_TRY(PA_NEW(w->order, w->n, err));
    PA_TRY(PA_NEW(w->values, w->n * points->n_columns, err));
    PA_TRY(pa_sort_u64(w->n, w->ordinal, w->order, err));
    copy_wanted(points, w);
    return PA_OK;
}

/* Asks the ranks that have the sampled rows for their values. */
static pa_status fetch_values(pa_comm *comm, const pa_points *points, const sampled_rows *s,
                              pa_error *err)
{
    pa_route *route = NULL;
    wanted_rows w = {0};
    pa_status st;
    PA_GOTO(pa_route_make(comm, s->n, s->owner, &route, err));
    w.n = pa_route_received(route);
    PA_GOTO(pa_agree(comm, PA_NEW(w.ordinal, w.n, err), err));
    PA_GOTO(pa_route_send(comm, route, sizeof *w.ordinal, s->ordinal, w.ordinal, err));
    PA_GOTO(pa_agree(comm, collect_wanted(points, &w, err), err));
    st = pa_route_return(comm, route, points->n_columns * sizeof *w.values, w.values, s->values,
                         err);
out:
    pa_route_free(route);
    free_wanted(&w);
    return st;
}

/* Rows become columns, which the caller owns. Local. */
static pa_status turn_values(const sampled_rows *s, size_t n_features, float **samples,
                             pa_error *err)
{
    PA_TRY(PA_NEW(*samples, s->n * n_features, err));
    for (size_t i = 0; i < s->n; i++)
        for (size_t c = 0; c < n_features; c++)
            (*samples)[c * s->n + i] = s->values[i * n_features + c];
    return PA_OK;
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

/* One batch. before: points on lower ranks, of each rank. Collective. */
static pa_status grow_batch(const pa_detector_context *x, const batch *b, const pa_points *points,
                            const int64_t before[], const forest_arrays *forest, pa_error *err)
{
    sampled_rows s = {0};
    float *samples = NULL;
    pa_status st = draw_rows(b, x->seed, points, before, &s, err);
    PA_GOTO(pa_agree(x->comm, st, err));
    PA_GOTO(fetch_values(x->comm, points, &s, err));
    st = turn_values(&s, points->n_columns, &samples, err);
    if (st == PA_OK) st = grow_here(b, x->seed, samples, forest, err);
    PA_GOTO(pa_agree(x->comm, st, err));
    st = gather_trees(x->comm, b, forest, err);
out:
    free_sampled(&s);
    pa_free(samples);
    return st;
}

/* Grows the trees that are not there yet and puts them on all ranks: as many rounds are
 * finished as there are trees. Collective. */
static pa_status grow_forest(const pa_detector_context *x, const pa_iforest_shape *shape,
                             const pa_points *points, const forest_arrays *forest, pa_store *model,
                             pa_error *err)
{
    void *before;
    size_t bytes;
    PA_TRY(pa_gather_all(x->comm, &points->before, sizeof points->before, &before, &bytes, err));
    size_t one = (size_t)shape->n_features * (size_t)shape->sample * sizeof(float);
    /* A piece of an exchange bounds the sampled values that a rank grows trees from. */
    int64_t together = (int64_t)(pa_comm_piece(x->comm) / one + 1) * pa_comm_size(x->comm);
    pa_status st = PA_OK;
    for (int32_t first = (int32_t)model->round; st == PA_OK && first < shape->n_trees;) {
        int64_t left = shape->n_trees - first;
        batch b = {shape, first, (int32_t)(left < together ? left : together),
                   pa_comm_rank(x->comm), pa_comm_size(x->comm)};
        st = grow_batch(x, &b, points, before, forest, err);
        if (st != PA_OK) break;
        first += b.n;
        pa_log_progress(x->log, "iforest: fit", first, shape->n_trees);
        st = pa_detector_safe_point(x, model, first - 1);
    }
    pa_free(before);
    return st;
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

/* Random rows and forests for the tests of the isolation forest. */
#ifndef PARAUDIT_TESTS_IFOREST_DATA_H
#define PARAUDIT_TESTS_IFOREST_DATA_H

#include <math.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/detect/iforest.h"

typedef struct {
    pa_iforest_shape shape;
    float *samples; /* n_trees x n_features x sample */
    int32_t *feature;
    float *threshold;
    int32_t *expected;
} forest_data;

/* Smooth values, few values, neighbouring floats (odd seeds alone: they need
 * thresholds off the grid), zeros of both signs, infinities, NaN, one constant:
 * by column. */
static inline float odd_value(uint64_t seed, uint64_t column, uint64_t row)
{
    double u = pa_uniform(seed, PA_DRAW_TEST, column, row);
    double v = pa_uniform(seed + 1, PA_DRAW_TEST, column, row);
    switch (column % 7) {
    case 1:
        return (float)(int)(u * 4) - 1.0f;
    case 2:
        return 1.0f + (float)(int)(u * 9) * (seed % 2 ? 0x1p-23f : 1.0f);
    case 3:
        return u < 0.3 ? -0.0f : u < 0.6 ? 0.0f : (float)(v - 0.5) * (seed % 2 ? 0x1p-126f : 1.0f);
    case 4:
        return u < 0.1 ? NAN : u < 0.15 ? INFINITY : u < 0.2 ? -INFINITY : (float)(v * 1e30 - 5e29);
    case 5:
        return u < 0.2 ? copysignf(NAN, -1.0f) : 3.5f;
    default:
        return (float)((u - 0.5) * exp(20 * v - 10));
    }
}

static inline float *odd_columns(uint64_t seed, int32_t n_features, size_t n)
{
    pa_error err = {0};
    float *v = pa_alloc((size_t)n_features * n, sizeof *v, &err);
    for (size_t c = 0; v && c < (size_t)n_features; c++)
        for (size_t r = 0; r < n; r++) v[c * n + r] = odd_value(seed, c, r);
    return v;
}

/* A tree from n_features x sample values, one column after the other. */
static inline void grow_tree(uint64_t seed, int32_t tree, const pa_iforest_shape *shape,
                             const float values[], int32_t feature[], float threshold[],
                             int32_t expected[])
{
    pa_error err = {0};
    uint64_t *row = pa_alloc((size_t)shape->sample, sizeof *row, &err);
    const float **column = pa_alloc((size_t)shape->n_features, sizeof *column, &err);
    for (size_t i = 0; i < (size_t)shape->sample; i++) row[i] = i;
    for (size_t c = 0; c < (size_t)shape->n_features; c++)
        column[c] = values + c * (size_t)shape->sample;
    pa_iforest_build_tree(seed, tree, shape, column, row, feature, threshold, expected);
    pa_free(row);
    pa_free(column);
}

/* Trees grown from rows of their own. */
static inline forest_data grow_forest(uint64_t seed, int32_t n_trees, int32_t n_features,
                                      int32_t sample)
{
    pa_error err = {0};
    forest_data f = {.shape = {n_trees, n_features, sample, pa_iforest_depth(sample)}};
    size_t one = (size_t)n_features * (size_t)sample, n = (size_t)1 << f.shape.depth;
    f.samples = pa_alloc((size_t)n_trees * one, sizeof *f.samples, &err);
    f.feature = pa_alloc((size_t)n_trees * n, sizeof *f.feature, &err);
    f.threshold = pa_alloc((size_t)n_trees * n, sizeof *f.threshold, &err);
    f.expected = pa_alloc((size_t)n_trees * 2 * n, sizeof *f.expected, &err);
    for (int32_t t = 0; t < n_trees; t++) {
        float *values = f.samples + (size_t)t * one;
        for (size_t i = 0; i < one; i++)
            values[i] = odd_value(seed, i / (size_t)sample,
                                  1000000 + (uint64_t)t * 4096 + i % (size_t)sample);
        grow_tree(seed, t, &f.shape, values, f.feature + (size_t)t * n, f.threshold + (size_t)t * n,
                  f.expected + (size_t)t * 2 * n);
    }
    return f;
}

static inline pa_iforest_model model_of(const forest_data *f)
{
    return (pa_iforest_model){f->shape, f->feature, f->threshold, f->expected};
}

static inline void free_forest(forest_data *f)
{
    pa_free(f->samples);
    pa_free(f->feature);
    pa_free(f->threshold);
    pa_free(f->expected);
}

/* Path sums of n rows, columns one after the other in `values`. */
static inline int64_t *sums_of(const forest_data *f, pa_iforest_path path, const float values[],
                               size_t n)
{
    pa_error err = {0};
    pa_iforest *forest = NULL;
    pa_iforest_model model = model_of(f);
    int64_t *sum = pa_alloc(n, sizeof *sum, &err);
    const float **column = pa_alloc((size_t)f->shape.n_features, sizeof *column, &err);
    for (size_t c = 0; c < (size_t)f->shape.n_features; c++) column[c] = values + c * n;
    if (pa_iforest_open(&model, path, &forest, &err) == PA_OK)
        pa_iforest_score(forest, n, column, sum);
    pa_iforest_free(forest);
    pa_free(column);
    return sum;
}

#endif

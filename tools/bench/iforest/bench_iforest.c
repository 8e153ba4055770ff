/* Fits and scores an isolation forest over a file of floats, and says how long
 * that took: see compare.py.
 *
 *     bench_iforest FILE ROWS COLUMNS TREES SAMPLE SEED portable|avx512 SCORES
 *
 * FILE: COLUMNS x ROWS floats, column after column. SCORES: where the anomaly
 * scores go, one float a row. Prints CPU seconds of the fit and of scoring every row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/detect/iforest.h"

typedef struct {
    size_t n;
    int32_t n_columns;
    float *values;
    const float **column;
    pa_iforest_shape shape;
    uint64_t *drawn; /* sample */
    int32_t *feature, *expected;
    float *threshold;
} bench;

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static pa_status read_values(bench *b, const char *path, pa_error *err)
{
    size_t all = b->n * (size_t)b->n_columns;
    PA_TRY(PA_NEW(b->values, all, err));
    PA_TRY(PA_NEW(b->column, (size_t)b->n_columns, err));
    FILE *file = fopen(path, "rb");
    if (!file) return pa_fail(err, PA_E_NO_INPUT, "%s: cannot be opened", path);
    size_t n = fread(b->values, sizeof *b->values, all, file);
    fclose(file);
    for (int32_t c = 0; c < b->n_columns; c++) b->column[c] = b->values + (size_t)c * b->n;
    return n == all ? PA_OK : pa_fail(err, PA_E_DATA, "%s: %zu floats of %zu", path, n, all);
}

static pa_status make_room(bench *b, pa_error *err)
{
    size_t n = (size_t)b->shape.n_trees, heap = (size_t)1 << b->shape.depth;
    PA_TRY(PA_NEW(b->drawn, (size_t)b->shape.sample, err));
    PA_TRY(PA_NEW(b->feature, n * heap, err));
    PA_TRY(PA_NEW(b->threshold, n * heap, err));
    return PA_NEW(b->expected, 2 * n * heap, err);
}

/* Draws the rows of each tree and grows it from the columns as they lie. */
static void fit(bench *b, uint64_t seed)
{
    size_t heap = (size_t)1 << b->shape.depth;
    for (int32_t t = 0; t < b->shape.n_trees; t++) {
        pa_draw_distinct(seed, PA_DRAW_IFOREST_ROWS, (uint64_t)t, b->n, (size_t)b->shape.sample,
                         b->drawn);
        pa_iforest_build_tree(seed, t, &b->shape, b->column, b->drawn,
                              b->feature + (size_t)t * heap, b->threshold + (size_t)t * heap,
                              b->expected + (size_t)t * 2 * heap);
    }
}

/* Path sums of all rows; the anomaly scores of all go to `path`. */
static pa_status score(const bench *b, pa_iforest_path kind, const char *path, double *seconds,
                       pa_error *err)
{
    pa_iforest *forest = NULL;
    pa_iforest_model model = {b->shape, b->feature, b->threshold, b->expected};
    int64_t *sum = NULL;
    float *raw = NULL;
    FILE *file = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(sum, b->n, err));
    PA_GOTO(PA_NEW(raw, b->n, err));
    memset(sum, 1,
           b->n * sizeof *sum); /* touched before the clock starts, as the peers' input is */
    memset(raw, 1, b->n * sizeof *raw);
    *seconds = -cpu_seconds();
    PA_GOTO(pa_iforest_open(&model, kind, &forest, err));
    pa_iforest_score(forest, b->n, b->column, sum);
    for (size_t i = 0; i < b->n; i++) raw[i] = (float)pa_iforest_anomaly(forest, sum[i]);
    *seconds += cpu_seconds();
    file = fopen(path, "wb");
    if (!file || fwrite(raw, sizeof *raw, b->n, file) != b->n)
        st = pa_fail(err, PA_E_IO, "%s: cannot be written", path);
out:
    if (file) fclose(file);
    pa_iforest_free(forest);
    pa_free(sum);
    pa_free(raw);
    return st;
}

static void free_bench(bench *b)
{
    pa_free(b->values);
    pa_free(b->column);
    pa_free(b->drawn);
    pa_free(b->feature);
    pa_free(b->threshold);
    pa_free(b->expected);
}

static pa_status run(bench *b, char **argv, pa_error *err)
{
    pa_iforest_path kind = strcmp(argv[7], "avx512") == 0 ? PA_IFOREST_AVX512 : PA_IFOREST_PORTABLE;
    if (!pa_iforest_has_path(kind))
        return pa_fail(err, PA_E_USAGE, "this machine has no %s", argv[7]);
    PA_TRY(read_values(b, argv[1], err));
    PA_TRY(make_room(b, err));
    uint64_t seed = strtoull(argv[6], NULL, 10);
    fit(b, seed); /* once to touch the memory */
    double fit_seconds = -cpu_seconds(), score_seconds;
    fit(b, seed);
    fit_seconds += cpu_seconds();
    PA_TRY(score(b, kind, argv[8], &score_seconds, err));
    printf("fit=%.6f score=%.6f\n", fit_seconds, score_seconds);
    return PA_OK;
}

int main(int argc, char **argv)
{
    if (argc != 9) {
        fprintf(stderr, "usage: bench_iforest FILE ROWS COLUMNS TREES SAMPLE SEED "
                        "portable|avx512 SCORES\n");
        return PA_E_USAGE;
    }
    pa_error err = {0};
    int32_t sample = atoi(argv[5]);
    bench b = {.n = strtoull(argv[2], NULL, 10), .n_columns = atoi(argv[3])};
    b.shape = (pa_iforest_shape){atoi(argv[4]), b.n_columns, sample, pa_iforest_depth(sample)};
    pa_status st = run(&b, argv, &err);
    if (st != PA_OK) fprintf(stderr, "bench_iforest: %s\n", err.message);
    free_bench(&b);
    return st;
}

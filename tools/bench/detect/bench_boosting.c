/* Fits boosted trees to a file of floats, scores another, and says how long that took: see
 * compare.py and contributions.py.
 *
 *     bench_boosting TRAIN LABELS ROWS COLUMNS TEST TEST_ROWS SCORES [parts=NAME]
 * [boosting.KEY=VALUE ...]
 *
 * TRAIN, TEST: COLUMNS x ROWS floats, column after column; LABELS: ROWS bytes, 0 or 1. Each rank
 * fits on its share of the rows; rank 0 writes SCORES, one float a row of TEST. With parts=NAME it
 * also writes NAME.parts, COLUMNS x TEST_ROWS contributions as doubles, and the model, each array
 * of it as NAME.ARRAY. Prints CPU seconds of the fit (of the rank that takes longest), of scoring
 * every row of TEST, of doing so with its contributions, of which `open` go before the first row,
 * and seconds of the fit on the clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "paraudit/base/array.h"
#include "paraudit/detect/boosting_detector.h"

enum { PATH_BYTES = 4096 };

typedef struct {
    size_t n, n_columns;
    float *values;
    pa_column *column;
    const pa_column **list;
} matrix;

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* n elements of `size` bytes from number `first` on. */
static pa_status read_part(const char *path, size_t first, size_t n, size_t size, void *to,
                           pa_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file) return pa_fail(err, PA_E_NO_INPUT, "%s: cannot be opened", path);
    bool good = fseek(file, (long)(first * size), SEEK_SET) == 0 && fread(to, size, n, file) == n;
    fclose(file);
    return good ? PA_OK : pa_fail(err, PA_E_DATA, "%s: is too short", path);
}

/* Rows first .. first + n - 1 of the `all` of a file. */
static pa_status read_matrix(matrix *m, const char *path, size_t all, size_t first, size_t n,
                             size_t n_columns, pa_error *err)
{
    *m = (matrix){.n = n, .n_columns = n_columns};
    PA_TRY(PA_NEW(m->values, n * n_columns, err));
    PA_TRY(PA_NEW(m->column, n_columns, err));
    PA_TRY(PA_NEW(m->list, n_columns, err));
    for (size_t c = 0; c < n_columns; c++) {
        PA_TRY(read_part(path, c * all + first, n, sizeof(float), m->values + c * n, err));
        m->column[c] = (pa_column){.spec.type = PA_F32, .data = m->values + c * n};
        m->list[c] = m->column + c;
    }
    return PA_OK;
}

static void free_matrix(matrix *m)
{
    pa_free(m->values);
    pa_free(m->column);
    pa_free(m->list);
}

typedef struct {
    pa_comm *comm;
    pa_config *config;
    matrix train, test;
    uint8_t *label;
    pa_store model;
    const char *name; /* of files with parts; NULL: none */
    double fit, clock, score, parts, open;
} bench;

static pa_status load(bench *b, char **argv, pa_error *err)
{
    size_t n = strtoull(argv[3], NULL, 10), columns = strtoull(argv[4], NULL, 10);
    int rank = pa_comm_rank(b->comm), n_ranks = pa_comm_size(b->comm);
    size_t first = (size_t)pa_even_share((int64_t)n, rank, n_ranks);
    size_t here = (size_t)pa_even_share((int64_t)n, rank + 1, n_ranks) - first;
    size_t test = strtoull(argv[6], NULL, 10);
    PA_TRY(read_matrix(&b->train, argv[1], n, first, here, columns, err));
    PA_TRY(PA_NEW(b->label, here, err));
    PA_TRY(read_part(argv[2], first, here, 1, b->label, err));
    return read_matrix(&b->test, argv[5], test, 0, test, columns, err);
}

static pa_status fit(bench *b, pa_error *err)
{
    const pa_detector *d = &pa_boosting_detector;
    const pa_detector_context x = {
        .comm = b->comm, .config = b->config, .seed = 1, .label = b->label};
    const pa_points points = pa_all_points(b->comm, b->train.n, b->train.n_columns, b->train.list);
    pa_barrier(b->comm);
    b->fit = -cpu_seconds();
    b->clock = -pa_clock();
    PA_TRY(d->fit(&x, &points, &b->model, err));
    b->fit += cpu_seconds();
    b->clock += pa_clock();
    pa_max_f64(b->comm, &b->fit, 1);
    return PA_OK;
}

static pa_status write_file(const char *path, const void *data, size_t size, size_t n,
                            pa_error *err)
{
    FILE *file = fopen(path, "wb");
    bool good = file && fwrite(data, size, n, file) == n;
    if (file && fclose(file) != 0) good = false;
    return good ? PA_OK : pa_fail(err, PA_E_IO, "%s: cannot be written", path);
}

static void path_of(const bench *b, const char *ending, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "%s.%s", b->name, ending);
}

static pa_status write_model(const bench *b, pa_error *err)
{
    char path[PATH_BYTES];
    for (size_t i = 0; i < b->model.n_arrays; i++) {
        const pa_store_array *a = b->model.arrays + i;
        path_of(b, a->name, path);
        PA_TRY(write_file(path, a->data, 1, pa_store_array_bytes(a), err));
    }
    return PA_OK;
}

/* Into all: columns x rows of the test. */
static void keep_parts(const bench *b, const int64_t part[], size_t first, size_t n, double all[])
{
    for (size_t c = 0; c < b->test.n_columns; c++)
        for (size_t i = 0; i < n; i++)
            all[c * b->test.n + first + i] = (double)part[c * n + i] / PA_PART_UNITS;
}

/* Scores all rows of the test; explains: with parts, which go to all, unless that is NULL. Says
 * how long it took, and until the first row. */
static pa_status score(const bench *b, bool explains, float raw[], double all[], double *seconds,
                       double *open, pa_error *err)
{
    const pa_detector *d = &pa_boosting_detector;
    const pa_points points = {.n_columns = b->test.n_columns,
                              .column = b->test.list,
                              .n = (int64_t)b->test.n,
                              .n_global = (int64_t)b->test.n};
    void *state = NULL;
    pa_tile tile = {0};
    int64_t *part = NULL;
    pa_status st;
    double begin = cpu_seconds(), kept = 0;
    PA_GOTO(d->open(&b->model, b->test.n_columns, explains, &state, err));
    *open = cpu_seconds() - begin;
    PA_GOTO(pa_tile_open(&tile, &points, err));
    PA_GOTO(PA_NEW(part, b->test.n_columns * PA_TILE_ROWS, err));
    for (size_t done = 0; pa_tile_next(&tile); done += tile.n) {
        d->score(state, tile.n, tile.column, raw + done, explains ? part : NULL);
        kept -= cpu_seconds();
        if (all) keep_parts(b, part, done, tile.n, all);
        kept += cpu_seconds();
    }
    *seconds = cpu_seconds() - begin - kept;
out:
    pa_tile_free(&tile);
    pa_free(part);
    d->close(state);
    return st;
}

static pa_status score_all(bench *b, const char *path, pa_error *err)
{
    float *raw = NULL;
    double *all = NULL, unused;
    char parts[PATH_BYTES];
    pa_status st;
    if (pa_comm_rank(b->comm) != 0) return PA_OK;
    PA_GOTO(PA_NEW(raw, b->test.n, err));
    if (b->name) PA_GOTO(PA_NEW(all, b->test.n * b->test.n_columns, err));
    PA_GOTO(score(b, true, raw, all, &b->parts, &b->open, err));
    PA_GOTO(score(b, false, raw, NULL, &b->score, &unused, err));
    PA_GOTO(write_file(path, raw, sizeof *raw, b->test.n, err));
    if (b->name) {
        path_of(b, "parts", parts);
        PA_GOTO(write_file(parts, all, sizeof *all, b->test.n * b->test.n_columns, err));
        PA_GOTO(write_model(b, err));
    }
    printf("fit=%.3f clock=%.3f score=%.3f parts=%.3f open=%.4f\n", b->fit, b->clock, b->score,
           b->parts, b->open);
out:
    pa_free(raw);
    pa_free(all);
    return st;
}

static pa_status run(bench *b, int argc, char **argv, pa_error *err)
{
    const pa_option_spec *const tables[] = {pa_boosting_detector.options};
    if (argc < 8)
        return pa_fail(err, PA_E_USAGE,
                       "TRAIN LABELS ROWS COLUMNS TEST TEST_ROWS SCORES [parts=NAME] [KEY=VALUE]");
    PA_TRY(pa_config_new(tables, 1, &b->config, err));
    for (int i = 8; i < argc; i++) {
        if (strncmp(argv[i], "parts=", 6) == 0)
            b->name = argv[i] + 6;
        else
            PA_TRY(pa_config_set(b->config, argv[i], "command line", err));
    }
    PA_TRY(pa_config_complete(b->config, err));
    PA_TRY(load(b, argv, err));
    PA_TRY(fit(b, err));
    return score_all(b, argv[7], err);
}

int main(int argc, char **argv)
{
    pa_error err = {0};
    bench b = {0};
    pa_store_init(&b.model, "boosting", 1);
    pa_status st = pa_comm_start(&argc, &argv, &b.comm, &err);
    if (st == PA_OK) st = run(&b, argc, argv, &err);
    if (st != PA_OK) fprintf(stderr, "bench_boosting: %s\n", err.message);
    pa_store_free(&b.model);
    free_matrix(&b.train);
    free_matrix(&b.test);
    pa_free(b.label);
    pa_config_free(b.config);
    pa_comm_stop(b.comm);
    return st;
}

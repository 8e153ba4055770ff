/* Fits a logistic regression to a file of floats, and says how long that took: see logistic.py.
 *
 *     bench_logit FILE LABELS ROWS COLUMNS L2 COEFFICIENTS
 *
 * FILE: COLUMNS x ROWS floats, column after column. LABELS: one byte a row, 0 or 1. COEFFICIENTS:
 * where these go, as doubles, the intercept first. Prints CPU seconds and how the fit ended. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "paraudit/base/array.h"
#include "paraudit/detect/logit.h"

typedef struct {
    size_t n, n_columns;
    float *values;
    const float **column;
    uint8_t *label;
    double *coefficient;
} bench;

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static pa_status read_file(const char *path, size_t size, size_t n, void *values, pa_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file) return pa_fail(err, PA_E_NO_INPUT, "%s: cannot be opened", path);
    size_t found = fread(values, size, n, file);
    fclose(file);
    return found == n ? PA_OK : pa_fail(err, PA_E_DATA, "%s: %zu values of %zu", path, found, n);
}

static pa_status read_rows(bench *b, char **argv, pa_error *err)
{
    size_t all = b->n * b->n_columns;
    PA_TRY(PA_NEW(b->values, all, err));
    PA_TRY(PA_NEW(b->column, b->n_columns, err));
    PA_TRY(PA_NEW(b->label, b->n, err));
    PA_TRY(PA_NEW(b->coefficient, b->n_columns + 1, err));
    for (size_t c = 0; c < b->n_columns; c++) b->column[c] = b->values + c * b->n;
    PA_TRY(read_file(argv[1], sizeof *b->values, all, b->values, err));
    return read_file(argv[2], 1, b->n, b->label, err);
}

static pa_status write_coefficients(const bench *b, const char *path, pa_error *err)
{
    FILE *file = fopen(path, "wb");
    size_t n = b->n_columns + 1;
    bool good = file && fwrite(b->coefficient, sizeof *b->coefficient, n, file) == n;
    if (file && fclose(file) != 0) good = false;
    return good ? PA_OK : pa_fail(err, PA_E_IO, "%s: cannot be written", path);
}

static pa_status run(pa_comm *comm, bench *b, char **argv, pa_error *err)
{
    const pa_logit_options options = {.l2 = strtod(argv[5], NULL), .max_iterations = 100};
    pa_logit_end end;
    PA_TRY(read_rows(b, argv, err));
    const pa_logit_rows rows = {
        .n = b->n, .n_columns = b->n_columns, .column = b->column, .label = b->label};
    double seconds = -cpu_seconds();
    PA_TRY(pa_logit_fit(comm, &options, &rows, b->coefficient, &end, err));
    seconds += cpu_seconds();
    printf("fit=%.6f iterations=%lld converged=%d\n", seconds, (long long)end.iterations,
           end.converged);
    return write_coefficients(b, argv[6], err);
}

int main(int argc, char **argv)
{
    pa_comm *comm;
    pa_error err = {0};
    bench b = {0};
    pa_status st = pa_comm_start(&argc, &argv, &comm, &err);
    if (st == PA_OK && argc != 7)
        st = pa_fail(&err, PA_E_USAGE, "bench_logit FILE LABELS ROWS COLUMNS L2 COEFFICIENTS");
    if (st == PA_OK) {
        b.n = strtoull(argv[3], NULL, 10);
        b.n_columns = strtoull(argv[4], NULL, 10);
        st = run(comm, &b, argv, &err);
    }
    if (st != PA_OK) fprintf(stderr, "bench_logit: %s\n", err.message);
    pa_free(b.values);
    pa_free(b.column);
    pa_free(b.label);
    pa_free(b.coefficient);
    pa_comm_stop(comm);
    return st;
}

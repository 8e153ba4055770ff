/* Runs the feature stages on rows from a file, on one rank, a few times, and
 * writes its columns for compare.py:  bench_features ROWS COLUMNS TIMES
 *
 * ROWS: int64 n, then n values each of account (int32), merchant (int32), time
 * (int64), amount_minor (int64), label (int8), tx (int64), sorted as the stages
 * want them. COLUMNS: n float32 a column. Prints "column NAME | MEANING" lines and
 * CPU seconds a run: "history X" and its like for each stage, "stage X" for the three with
 * the merchant view and both totals, "book X" for the Handbook's 15 columns alone, by the same
 * kernels and with a view of their own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "paraudit/base/array.h"
#include "paraudit/comm/view.h"
#include "paraudit/features/columns.h"
#include "paraudit/features/features_stage.h"
#include "paraudit/features/known_fraud.h"
#include "paraudit/features/moment.h"
#include "paraudit/features/windows.h"
#include "paraudit/stage/labels.h"
#include "paraudit/stage/time_plan.h"

static const pa_stage *const stages[] = {&pa_moment_stage, &pa_history_stage, &pa_merchants_stage};

static const pa_option_spec input_options[] = {
    {.key = "input.account", .type = PA_OPTION_TEXT, .fallback = "account", .meaning = "column"},
    {.key = "input.merchant", .type = PA_OPTION_TEXT, .fallback = "merchant", .meaning = "column"},
    {0}};

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void need(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "bench_features: %s\n", what);
    exit(1);
}

static void read_column(FILE *f, pa_table *t, const char *name, pa_type type)
{
    pa_column_spec spec = {
        .name = name, .type = type, .unit = pa_minor_unit[2], .role = PA_ROLE_INPUT};
    void *data = NULL;
    need(pa_table_add(t, &spec, &data, NULL) == PA_OK, "no memory");
    need(fread(data, pa_type_size(type, 0), t->n_rows, f) == t->n_rows, "ROWS is too short");
}

static void read_rows(const char *path, pa_table *tx)
{
    int64_t n = 0;
    FILE *f = fopen(path, "rb");
    need(f && fread(&n, sizeof n, 1, f) == 1, "cannot read ROWS");
    pa_table_size(tx, 0, (size_t)n, n);
    read_column(f, tx, "account", PA_I32);
    read_column(f, tx, "merchant", PA_I32);
    read_column(f, tx, "time", PA_I64);
    read_column(f, tx, "amount_minor", PA_I64);
    read_column(f, tx, "label", PA_I8);
    read_column(f, tx, "tx", PA_I64);
    fclose(f);
}

/* A table with a row for each code that the column holds. */
static void add_codes(pa_run *run, const char *name, const char *column)
{
    pa_partition *shards;
    const int32_t *code = pa_i32(run->tables[0], column);
    int64_t n = 0;
    for (size_t i = 0; i < run->tables[0]->n_rows; i++) {
        if (code[i] >= n) n = code[i] + 1;
    }
    need(PA_NEW(shards, 1, NULL) == PA_OK, "no memory");
    need(pa_partition_init(shards, 1, 1, NULL) == PA_OK, "no memory");
    shards->first[1] = n;
    shards->cut[1] = 1;
    pa_partition_name(shards, name);
    need(pa_run_adopt_partition(run, shards) == PA_OK, "no partition");
    pa_table *table = NULL;
    need(pa_run_add_table(run, name, "codes", &table) == PA_OK, "no table");
    pa_table_size(table, 0, (size_t)n, n);
}

static void write_columns(const char *path, const pa_table *tx)
{
    FILE *f = fopen(path, "wb");
    need(f, "cannot write COLUMNS");
    for (int i = 0; i < PA_N_FEATURES; i++) {
        const char *name = pa_feature_columns[i].name;
        if (!pa_table_find(tx, name)) continue; /* ROWS has not what it needs */
        fwrite(pa_f32(tx, name), sizeof(float), tx->n_rows, f);
        printf("column %s | %s\n", name, pa_feature_columns[i].meaning);
    }
    need(fclose(f) == 0, "cannot write COLUMNS");
}

/* The Handbook's merchant columns into out[0..6). */
static void book_of_merchants(pa_comm *comm, const pa_table *tx, const uint64_t position[],
                              int64_t delay, float *out[6])
{
    static const int64_t window[] = {PA_DAY, PA_WEEK, PA_MONTH};
    pa_view view;
    pa_error err = {0};
    int8_t *label;
    float *column[2];
    need(pa_view_make(comm, tx->n_rows, position, pa_i64(tx, "tx"), &view, &err) == PA_OK, "view");
    need(PA_NEW(label, view.n, &err) == PA_OK, "memory");
    for (int i = 0; i < 2; i++) need(PA_NEW(column[i], view.n, &err) == PA_OK, "memory");
    need(pa_view_send(comm, &view, 1, pa_i8(tx, "label"), label, &err) == PA_OK, "send");
    pa_line line = {.n = view.n, .at = view.key};
    for (int w = 0; w < 3; w++) {
        const pa_known_window one = {window[w], PA_LABEL_FRAUD, column[0], column[1]};
        pa_known_rates(&line, label, NULL, delay, 1, &one);
        for (int i = 0; i < 2; i++) {
            pa_status st =
                pa_view_return(comm, &view, sizeof(float), column[i], out[2 * w + i], &err);
            need(st == PA_OK, "return");
        }
    }
    for (int i = 0; i < 2; i++) pa_free(column[i]);
    pa_free(label);
    pa_view_free(&view);
}

static void place(const pa_table *tx, const char *owner, int64_t reach, uint64_t position[])
{
    const int32_t *code = pa_i32(tx, owner);
    const int64_t *time = pa_i64(tx, "time");
    int64_t first = INT64_MAX, last = INT64_MIN, n = 0;
    uint64_t stride;
    for (size_t i = 0; i < tx->n_rows; i++) {
        if (time[i] < first) first = time[i];
        if (time[i] > last) last = time[i];
        if (code[i] >= n) n = code[i] + 1;
    }
    need(pa_line_stride(first, last, reach, n, owner, &stride, NULL) == PA_OK, "line");
    pa_line_place(tx->n_rows, code, time, first, stride, position);
}

/* The Handbook's 15 columns alone; what they hold is what the stage made. */
static double run_book(pa_comm *comm, const pa_table *tx)
{
    static const int64_t window[] = {PA_DAY, PA_WEEK, PA_MONTH};
    size_t n = tx->n_rows;
    float *out[15];
    double start = cpu_seconds();
    uint64_t *position;
    need(PA_NEW(position, n, NULL) == PA_OK, "memory");
    for (int i = 0; i < 15; i++) need(PA_NEW(out[i], n, NULL) == PA_OK, "memory");
    pa_moment_amount(n, pa_i64(tx, "amount_minor"), 100, out[0]);
    pa_moment_weekend(n, pa_i64(tx, "time"), out[1]);
    pa_moment_night(n, pa_i64(tx, "time"), out[2]);
    place(tx, "account", PA_MONTH, position);
    pa_line line = {.n = n, .at = position};
    for (int w = 0; w < 3; w++) {
        pa_window_columns columns = {.count = out[3 + w], .mean = out[6 + w]};
        pa_window_amount(&line, pa_i64(tx, "amount_minor"), 100, window[w], &columns);
    }
    place(tx, "merchant", PA_WEEK + PA_MONTH, position);
    book_of_merchants(comm, tx, position, PA_WEEK, out + 9);
    double seconds = cpu_seconds() - start;
    for (int w = 0; w < 3; w++) {
        const pa_column_spec *spec = &pa_feature_columns[PA_ACCOUNT_AMOUNT_MEAN_1D + w];
        need(memcmp(out[6 + w], pa_f32(tx, spec->name), n * sizeof(float)) == 0, spec->name);
        spec = &pa_feature_columns[PA_MERCHANT_FRAUD_RATE_1D + w];
        need(memcmp(out[10 + 2 * w], pa_f32(tx, spec->name), n * sizeof(float)) == 0, spec->name);
    }
    for (int i = 0; i < 15; i++) pa_free(out[i]);
    pa_free(position);
    return seconds;
}

/* Prints the times of the stage and of the book's columns. */
static void run_once(pa_comm *comm, const pa_config *config, const char *rows, const char *columns)
{
    static pa_run run;
    pa_table *tx;
    pa_time_plan plan = {.label_delay = PA_WEEK};
    run = (pa_run){.comm = comm, .config = config, .plan = &plan};
    need(pa_run_add_table(&run, "transactions", "rows", &tx) == PA_OK, "no table");
    read_rows(rows, tx);
    add_codes(&run, "accounts", "account");
    add_codes(&run, "merchants", "merchant");
    double start = cpu_seconds();
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        double before = cpu_seconds();
        need(stages[i]->apply(&run, NULL, tx) == PA_OK, run.err.message);
        printf("%s %.4f\n", stages[i]->name, cpu_seconds() - before);
    }
    printf("stage %.4f\n", cpu_seconds() - start);
    printf("book %.4f\n", run_book(comm, tx));
    if (columns) write_columns(columns, tx);
    pa_run_free(&run);
}

int main(int argc, char **argv)
{
    pa_comm *comm = NULL;
    pa_config *config = NULL;
    pa_error err = {0};
    const pa_option_spec *const options[] = {input_options, pa_history_stage.options};
    need(pa_comm_start(&argc, &argv, &comm, &err) == PA_OK, err.message);
    need(argc == 4, "usage: bench_features ROWS COLUMNS TIMES");
    need(pa_config_new(options, 2, &config, &err) == PA_OK, err.message);
    int times = atoi(argv[3]);
    for (int i = 0; i < times; i++) {
        run_once(comm, config, argv[1], i + 1 == times ? argv[2] : NULL);
    }
    pa_config_free(config);
    pa_comm_stop(comm);
    return 0;
}

/* Runs the features stage on rows from a file, on one rank, a few times, and
 * writes its columns for compare.py:  bench_features ROWS COLUMNS TIMES
 *
 * ROWS: int64 n, then n values each of account (int32), merchant (int32), time
 * (int64), amount_minor (int64), label (int8), tx (int64), sorted as the stage
 * wants them. COLUMNS: n float32 a column. Prints "column NAME | MEANING" and
 * "cpu_seconds X" lines. The time includes the merchant view and both totals. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "paraudit/base/array.h"
#include "paraudit/features/columns.h"
#include "paraudit/features/features_stage.h"
#include "paraudit/pipeline/time_plan.h"

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
    pa_column_spec spec = {.name = name, .type = type, .role = PA_ROLE_INPUT};
    void *data = NULL;
    need(pa_table_add(t, &spec, &data, NULL) == PA_OK, "no memory");
    need(fread(data, pa_type_size(type, 0), t->n_rows, f) == t->n_rows, "ROWS is too short");
}

static void read_rows(const char *path, pa_table *tx)
{
    int64_t n = 0;
    FILE *f = fopen(path, "rb");
    need(f && fread(&n, sizeof n, 1, f) == 1, "cannot read ROWS");
    pa_table_init(tx, "transactions", "rows");
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
static void add_codes(pa_run *run, const char *name, const char *column, pa_partition *shards)
{
    const int32_t *code = pa_i32(run->tables, column);
    int64_t n = 0;
    for (size_t i = 0; i < run->tables->n_rows; i++) {
        if (code[i] >= n) n = code[i] + 1;
    }
    need(pa_partition_init(shards, 1, 1, NULL) == PA_OK, "no memory");
    shards->first[1] = n;
    shards->cut[1] = 1;
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
        fwrite(pa_f32(tx, name), sizeof(float), tx->n_rows, f);
        printf("column %s | %s\n", name, pa_feature_columns[i].meaning);
    }
    need(fclose(f) == 0, "cannot write COLUMNS");
}

static double run_once(pa_comm *comm, const pa_config *config, const char *rows,
                       const char *columns)
{
    static pa_run run;
    pa_partition accounts = {0}, merchants = {0};
    pa_time_plan plan = {.label_delay = PA_WEEK};
    run = (pa_run){.comm = comm, .config = config, .plan = &plan, .n_tables = 1};
    read_rows(rows, run.tables);
    add_codes(&run, "accounts", "account", &accounts);
    add_codes(&run, "merchants", "merchant", &merchants);
    run.account_shards = &accounts;
    run.merchant_shards = &merchants;
    double start = cpu_seconds();
    need(pa_features_stage.apply(&run, NULL, run.tables) == PA_OK, run.err.message);
    double seconds = cpu_seconds() - start;
    if (columns) write_columns(columns, run.tables);
    for (size_t i = 0; i < run.n_tables; i++) pa_table_free(run.tables + i);
    pa_partition_free(&accounts);
    pa_partition_free(&merchants);
    return seconds;
}

int main(int argc, char **argv)
{
    pa_comm *comm = NULL;
    pa_config *config = NULL;
    pa_error err = {0};
    const pa_option_spec *const options[] = {pa_features_stage.options};
    need(pa_comm_start(&argc, &argv, &comm, &err) == PA_OK, err.message);
    need(argc == 4, "usage: bench_features ROWS COLUMNS TIMES");
    need(pa_config_new(options, 1, &config, &err) == PA_OK, err.message);
    int times = atoi(argv[3]);
    for (int i = 0; i < times; i++) {
        double seconds = run_once(comm, config, argv[1], i + 1 == times ? argv[2] : NULL);
        printf("cpu_seconds %.4f\n", seconds);
    }
    pa_config_free(config);
    pa_comm_stop(comm);
    return 0;
}

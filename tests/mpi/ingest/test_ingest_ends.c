#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/ingest/ingest.h"

/* Three files, one of them without rows, and more rows than the ends are looked for in
 * at a time. Every seventh row has the id of the one before, and is rejected. */
enum { FILES = 3, N_ROWS = 5000, FIRST_ROWS = 1800 };

typedef enum { ASCENDING, DESCENDING, FEW_TIMES, MIXED, N_ORDERS } order;

typedef struct {
    int64_t time, line;
    int file;
    bool rejected;
} row;

static unsigned draw(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static int64_t time_of(order o, int i, unsigned *state)
{
    unsigned drawn = draw(state);
    switch (o) {
    case ASCENDING:
        return 1500000000 + i / 3;
    case DESCENDING:
        return 1500000000 - i / 3;
    case FEW_TIMES:
        return 1500000000 + drawn % 4;
    default:
        return 1500000000 + drawn % 100000 - drawn % 997 * 1000;
    }
}

/* Rows of the files 0 and 2, in the order of their places. */
static void make_rows(order o, row rows[N_ROWS])
{
    unsigned state = 17;
    for (int i = 0; i < N_ROWS; i++) {
        int at = i < FIRST_ROWS ? i : i - FIRST_ROWS;
        rows[i] = (row){.time = time_of(o, i, &state),
                        .line = at + 2,
                        .file = i < FIRST_ROWS ? 0 : 2,
                        .rejected = i % 7 == 6};
    }
}

static void write_files(const row rows[N_ROWS])
{
    pa_test_folder();
    for (int file = 0; pa_comm_rank(pa_test_comm()) == 0 && file < FILES; file++) {
        char name[20];
        snprintf(name, sizeof name, "%d.csv", file);
        FILE *f = pa_test_create(name);
        fputs("tx,account,time,amount,label\n", f);
        for (int i = 0; i < N_ROWS; i++) {
            if (rows[i].file != file) continue;
            fprintf(f, "%d,a%d,%lld,1,0\n", rows[i].rejected ? i - 1 : i, i % 50,
                    (long long)rows[i].time);
        }
        fclose(f);
    }
    pa_barrier(pa_test_comm());
}

static pa_status ingest(pa_ingest *g, pa_error *err)
{
    const pa_option_spec *const tables[] = {pa_ingest_options};
    static const char *const set[] = {
        "input.tx=tx",     "input.account=account", "input.merchant=",
        "input.time=time", "input.amount=amount",   "input.label=label",
        "io.block=1000",   "table.shards=160",      "input.max_reject_share=1"};
    pa_config *config;
    char files[300];
    snprintf(files, sizeof files, "input.files=%s/*.csv", pa_test_folder());
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, err), PA_OK);
    for (size_t i = 0; i < sizeof set / sizeof *set; i++)
        CU_ASSERT_EQUAL(pa_config_set(config, set[i], "command line", err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, files, "command line", err), PA_OK);
    pa_status st = pa_ingest_read(pa_test_comm(), config, NULL, g, err);
    pa_config_free(config);
    return st;
}

/* The slow way: which of the rows that are left comes next after row `at` (-1: the first),
 * by time, upwards or downwards, and then by place. */
static int next_row(const row rows[], int at, int direction)
{
    int best = -1;
    for (int i = 0; i < N_ROWS; i++) {
        int64_t after = at < 0 ? 1 : (rows[i].time - rows[at].time) * direction;
        bool is_later = after > 0 || (after == 0 && i > at);
        if (rows[i].rejected || !is_later) continue;
        if (best < 0 || (rows[i].time - rows[best].time) * direction < 0) best = i;
    }
    return best;
}

static int wrong_ends(const row rows[], size_t n, const pa_dated_row ends[], int direction)
{
    int wrong = n != PA_ENDS, at = -1;
    for (size_t i = 0; i < n; i++) {
        at = next_row(rows, at, direction);
        char file[20];
        snprintf(file, sizeof file, "%d.csv", rows[at].file);
        wrong += ends[i].time != rows[at].time || ends[i].line != rows[at].line ||
                 strcmp(ends[i].file, file) != 0;
    }
    return wrong;
}

static void test_ends_are_named_by_place_in_any_order_of_rows(void)
{
    static row rows[N_ROWS];
    for (int o = 0; o < N_ORDERS; o++) {
        pa_ingest g;
        pa_error err = {0};
        make_rows((order)o, rows);
        write_files(rows);
        pa_status st = ingest(&g, &err);
        CU_ASSERT_STRING_EQUAL(err.message, "");
        if (st != PA_OK) continue;
        CU_ASSERT_EQUAL(wrong_ends(rows, g.n_earliest, g.earliest, 1), 0);
        CU_ASSERT_EQUAL(wrong_ends(rows, g.n_latest, g.latest, -1), 0);
        CU_ASSERT_EQUAL(g.first_time, g.earliest[0].time);
        CU_ASSERT_EQUAL(g.last_time, g.latest[0].time);
        pa_ingest_free(&g);
    }
}

static const pa_test tests[] = {
    {"ends are named by place in any order of rows",
     test_ends_are_named_by_place_in_any_order_of_rows},
};
PA_MPI_TEST_MAIN("ingest ends", tests)

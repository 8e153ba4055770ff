/* The decimal mark of a file whose amounts all have three digits behind a lone mark: read,
 * told or refused alike at any number of ranks. */
#include <stdio.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/ingest/ingest.h"

/* n rows with these amounts by turns. */
static void write_rows(const char *name, int n, const char *const amount[], int n_amounts)
{
    pa_test_folder();
    if (pa_comm_rank(pa_test_comm()) == 0) {
        FILE *f = pa_test_create(name);
        fputs("tx,account,merchant,time,amount\n", f);
        for (int i = 0; i < n; i++)
            fprintf(f, "%d%d,a%d,m,2024-01-01,\"%s\"\n", n, i, i % 7, amount[i % n_amounts]);
        fclose(f);
    }
    pa_barrier(pa_test_comm());
}

/* set: assignments up to NULL. Blocks are so small that a file lies on all ranks. */
static pa_status ingest(const char *names, const char *const set[], pa_ingest *g, pa_error *err)
{
    static const pa_option_spec *const tables[] = {pa_ingest_options};
    pa_config *config;
    char files[300];
    *err = (pa_error){0};
    snprintf(files, sizeof files, "input.files=%s/%s", pa_test_folder(), names);
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, files, "command line", err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, "table.shards=160", "command line", err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, "io.block=20", "command line", err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, "input.label=", "command line", err), PA_OK);
    for (; *set; set++) CU_ASSERT_EQUAL(pa_config_set(config, *set, "command line", err), PA_OK);
    pa_status st = pa_ingest_read(pa_test_comm(), config, NULL, g, err);
    pa_config_free(config);
    return st;
}

/* That the amounts add up to `minor`, in minor units, and what is told of them. */
static void expect(const char *names, const char *const set[], int64_t minor, const char *notes)
{
    pa_ingest g;
    pa_error err;
    char all[1000] = "";
    CU_ASSERT_EQUAL(ingest(names, set, &g, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    if (*err.message) return;
    for (size_t at = 0; at < g.notes.length; at += strlen(g.notes.data + at) + 1) {
        size_t n = strlen(all);
        snprintf(all + n, sizeof all - n, "%s%s", n ? "; " : "", g.notes.data + at);
    }
    CU_ASSERT_STRING_EQUAL(all, notes);
    int64_t sum = 0;
    const int64_t *amount = pa_i64(&g.transactions, "amount_minor");
    for (size_t i = 0; i < g.transactions.n_rows; i++) sum += amount[i];
    pa_sum_i64(pa_test_comm(), &sum, 1);
    CU_ASSERT_EQUAL(sum, minor);
    CU_ASSERT_EQUAL(g.rows_rejected, 0);
    pa_ingest_free(&g);
}

static void expect_stop(const char *names, const char *const set[], const char *expected)
{
    pa_ingest g;
    pa_error err;
    CU_ASSERT_EQUAL(ingest(names, set, &g, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, expected);
}

static const char *const points[] = {"1.510", "20.250", "-3.010 EUR", "400.010"};
static const char *const round_points[] = {"1.500", "20.250", "-3.000 EUR", "400.000"};
static const char *const commas[] = {"1,500", "20,250", "-3,000 EUR", "400,000"};
static const char *const whole[] = {"1.500", "20.250", "999", "400.000"};
static const char *const both[] = {"1.500", "20,250"};
static const char *const nothing[] = {NULL};

#define UNCLEAR(amount, mark, decimal, other)                                                      \
    "tx.csv:2: amount '" amount "': is its " mark " the decimal mark, or does it part thousands? " \
    "No amount of the file tells: set input.decimal to " decimal                                   \
    " where it is the mark, and to " other " where it is not"
#define UNCLEAR_POINT(amount) UNCLEAR(amount, "point", ".", ",")

static void test_many_amounts_all_with_the_same_mark_have_decimals(void)
{
    write_rows("tx.csv", 240, points, 4);
    expect("tx.csv", nothing, 60 * 41876,
           "all 240 amounts have three digits behind their point: it is taken for the decimal mark "
           "(input.decimal)");
    /* Round ones are thousands, perhaps, and so are those with a comma. */
    write_rows("tx.csv", 240, round_points, 4);
    expect_stop("tx.csv", nothing, UNCLEAR_POINT("1.500"));
    write_rows("tx.csv", 240, commas, 4);
    expect_stop("tx.csv", nothing, UNCLEAR("1,500", "comma", ",", "."));
}

static void test_few_amounts_or_others_among_them_are_unclear(void)
{
    write_rows("tx.csv", 19, points, 4);
    expect_stop("tx.csv", nothing, UNCLEAR_POINT("1.510"));
    write_rows("tx.csv", 240, whole, 4);
    expect_stop("tx.csv", nothing, UNCLEAR_POINT("1.500"));
    write_rows("tx.csv", 240, both, 2);
    expect_stop("tx.csv", nothing, UNCLEAR_POINT("1.500"));
}

static void test_what_is_set_is_taken_at_its_word(void)
{
    static const char *const point[] = {"input.decimal=.", NULL};
    static const char *const comma[] = {"input.decimal=,", NULL};
    static const char *const three[] = {"input.amount_decimals=3", NULL};
    write_rows("tx.csv", 240, points, 4);
    expect("tx.csv", point, 60 * 41876, "");
    expect("tx.csv", comma, INT64_C(60) * 41876000, "");
    expect("tx.csv", three, 60 * 418760, "");
    write_rows("tx.csv", 8, whole, 4);
    expect("tx.csv", three, 2 * (1500 + 20250 + 999000 + 400000), "");
    write_rows("tx.csv", 8, commas, 4);
    expect("tx.csv", three, 2 * 418750, "");
    write_rows("tx.csv", 8, both, 2);
    expect_stop("tx.csv", three, UNCLEAR_POINT("1.500"));
}

static void test_decimals_that_are_not_kept_are_told(void)
{
    static const char *const mills[] = {"1.005", "0.015", "2.500"};
    static const char *const one[] = {"input.amount_decimals=1", NULL};
    write_rows("tx.csv", 240, mills, 3);
    expect("tx.csv", nothing, 80 * (100 + 2 + 250),
           "160 amounts have more than 2 decimals and were rounded (first tx.csv:2: '1.005'): "
           "input.amount_decimals keeps up to 8");
    expect("tx.csv", one, 80 * (10 + 0 + 25),
           "160 amounts have more than 1 decimals and were rounded (first tx.csv:2: '1.005'): "
           "input.amount_decimals keeps up to 8");
}

/* Each file by itself; and where one tells, as it does. */
static void test_several_files_are_told_together(void)
{
    static const char *const cents[] = {"1.5"};
    write_rows("n-2.csv", 24, points, 4);
    write_rows("n-4.csv", 40, points, 4);
    expect("n-*.csv", nothing, 16 * 41876,
           "all 64 amounts of n-2.csv and 1 more file have three digits behind their point: it is "
           "taken for the decimal mark (input.decimal)");
    write_rows("n-1.csv", 21, cents, 1);
    write_rows("n-3.csv", 28, commas, 4);
    expect("n-*.csv", nothing, 21 * 150 + 16 * 41876 + INT64_C(7) * 41875000, "");
}

static const pa_test tests[] = {
    {"many amounts all with the same mark have decimals",
     test_many_amounts_all_with_the_same_mark_have_decimals},
    {"few amounts, or others among them, are unclear",
     test_few_amounts_or_others_among_them_are_unclear},
    {"what is set is taken at its word", test_what_is_set_is_taken_at_its_word},
    {"decimals that are not kept are told", test_decimals_that_are_not_kept_are_told},
    {"several files are told together", test_several_files_are_told_together},
};
PA_MPI_TEST_MAIN("ingest amounts", tests)

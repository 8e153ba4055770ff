/* When rejected rows stop the run, and what is kept of them: alike at any number of ranks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/ingest/ingest.h"

static const char header[] = "tx,account,time,amount,merchant,label\n";

/* ---- files, written by rank 0 ----------------------------------------------------- */

/* n good rows with ids from `first` on; amounts, labels and days take turns. */
static void add_good(FILE *f, int first, int n, const char *amount, const char *label, int days)
{
    for (int i = first; i < first + n; i++)
        fprintf(f, "%d,a%d,2018-04-%02d 12:00:00,%s,m%d,%s\n", i, i % 7, 1 + i % days, amount,
                i % 5, label);
}

static FILE *begin(const char *name)
{
    FILE *f = pa_test_create(name);
    fputs(header, f);
    return f;
}

static bool is_root(void)
{
    pa_test_folder();
    return pa_comm_rank(pa_test_comm()) == 0;
}

/* ---- running ------------------------------------------------------------------------ */

static pa_config *configure(const char *names, const char *more)
{
    static const pa_option_spec *const tables[] = {pa_ingest_options};
    pa_config *config = NULL;
    pa_error err = {0};
    char text[3000] = "[input]\nfiles =", list[500], *rest = list;
    snprintf(list, sizeof list, "%s", names);
    for (char *name; (name = strtok_r(rest, " ", &rest));) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, " %s/%s", pa_test_folder(), name);
    }
    size_t n = strlen(text);
    snprintf(text + n, sizeof text - n, "\n%s\n[table]\nshards = 160\n[io]\nblock = 300\n", more);
    if (pa_config_new(tables, 1, &config, &err) != PA_OK ||
        pa_config_read_text(config, text, "test", "file", &err) != PA_OK) {
        fprintf(stderr, "%s\n", err.message);
        abort();
    }
    return config;
}

static pa_status run(const char *names, const char *more, const char *list, pa_ingest *g,
                     pa_error *err)
{
    pa_barrier(pa_test_comm());
    pa_config *config = configure(names, more);
    pa_status st = pa_ingest_read_listing(pa_test_comm(), config, NULL, list, NULL, g, err);
    pa_config_free(config);
    return st;
}

/* message "": the files are read. */
static void check(const char *names, const char *more, const char *message)
{
    pa_ingest g;
    pa_error err = {0};
    pa_status st = run(names, more, NULL, &g, &err);
    CU_ASSERT_EQUAL(st, *message ? PA_E_DATA : PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, message);
    if (strcmp(err.message, message) != 0) fprintf(stderr, "got: %s\n", err.message);
    if (st == PA_OK) pa_ingest_free(&g);
}

/* ---- shares ---------------------------------------------------------------------------- */

/* Of 999 rows 4, 5 and 6 have a time that is none; an amount, too, among the six. */
static void write_shares(void)
{
    static const char *const names[] = {"4.csv", "5.csv", "6.csv"};
    if (!is_root()) return;
    for (int bad = 4; bad <= 6; bad++) {
        FILE *f = begin(names[bad - 4]);
        add_good(f, bad * 1000, 500, "1.00", "1", 25);
        if (bad == 6) fprintf(f, "1,a,2018-04-20,abc,m,0\n");
        for (int i = bad == 6; i < bad; i++) fprintf(f, "%d,a,soon,5,m,0\n", i);
        add_good(f, bad * 1000 + 500, 499 - bad, "-1.00", "0", 25);
        fclose(f);
    }
}

static void test_a_share_of_a_file_stops_the_run(void)
{
    write_shares();
    check("4.csv", "", "");
    check("5.csv", "max_reject_share = .006", "");
    check("5.csv 4.csv", "",
          "5.csv:502: time 'soon' is not like 2018-07-25 13:05:59 (input.time_format) (5 of the "
          "999 rows of this file are rejected, 5 for 'bad time': see input.time_format; "
          "input.max_reject_share is 0.005)");
    check("6.csv 5.csv 4.csv", "max_reject_share = 0.0055\nmax_rejects = 3",
          "6.csv:503: time 'soon' is not like 2018-07-25 13:05:59 (input.time_format) (6 of the "
          "999 rows of this file are rejected, 5 for 'bad time': see input.time_format; "
          "input.max_reject_share is 0.0055, input.max_rejects 3)");
    check("6.csv", "max_reject_share = 1", "");
    check("6.csv", "max_reject_share = 1\nmax_rejects = 5",
          "6.csv:502: amount 'abc' is not a number (and 5 more rejected rows; input.max_rejects is "
          "5)");
}

static void test_few_rows_are_no_share(void)
{
    if (is_root()) {
        FILE *f = begin("few.csv");
        add_good(f, 10, 6, "1.00", "1", 25);
        add_good(f, 20, 6, "-1.00", "0", 25);
        fputs("1,a,soon,5,m,0\n2,a,later,5,m,1\n3,a,never,5,m,1\n", f);
        fclose(f);
    }
    check("few.csv", "", "");
}

/* ---- kinds ----------------------------------------------------------------------------- */

/* 2000 rows, some of them good ones of another amount and label, and n bad ones. */
static void write_kind(const char *name, int n, const char *bad_row, int n_good, const char *amount,
                       const char *label, int days)
{
    if (!is_root()) return;
    FILE *f = begin(name);
    add_good(f, 1000, 1000, "1.00", "0", days);
    for (int i = 0; i < n; i++) {
        fprintf(f, bad_row, i);
        add_good(f, 3000 + i, 1, "1.00", "0", days);
    }
    add_good(f, 2000, n_good, amount, label, days);
    add_good(f, 4000, 1000 - n_good, "1.00", "0", days);
    fclose(f);
}

static void test_a_kind_that_one_reason_takes_stops_the_run(void)
{
    write_kind("sign.csv", 8, "%d,a,2018-04-02,((1.00)),m,0\n", 0, "", "", 25);
    check("sign.csv", "",
          "sign.csv:1002: amount '((1.00))' is not a number ('bad amount' takes every row with a "
          "negative amount, 8 in all: see input.amount, input.decimal; input.max_reject_share = 1 "
          "bears it)");
    check("sign.csv", "max_reject_share = 1", "");
    write_kind("signs.csv", 8, "%d,a,2018-04-02,((1.00)),m,0\n", 1, "-3.00", "0", 25);
    check("signs.csv", "", "");
    write_kind("two.csv", 2, "%d,a,2018-04-02,((1.00)),m,0\n", 0, "", "", 25);
    check("two.csv", "", "");
    write_kind("large.csv", 3, "%d,a,2018-04-02,1_000.00,m,0\n", 1, "999.99", "0", 25);
    check("large.csv", "",
          "large.csv:1002: amount '1_000.00' is not a number ('bad amount' takes every row with an "
          "amount of 1000 or more, 3 in all: see input.amount, input.decimal; "
          "input.max_reject_share = 1 bears it)");
}

static void test_labels_and_days_are_kinds(void)
{
    write_kind("fraud.csv", 3, "%d,a,noon,1,m,1\n", 0, "", "", 25);
    check("fraud.csv", "",
          "fraud.csv:1002: time 'noon' is not like 2018-07-25 13:05:59 (input.time_format) ('bad "
          "time' takes every row labelled as fraud, 3 in all: see input.time_format; "
          "input.max_reject_share = 1 bears it)");
    write_kind("frauds.csv", 5, "%d,a,noon,1,m,1\n", 40, "2.00", "1", 25);
    check("frauds.csv", "", "");
    write_kind("day.csv", 4, "%d,a,2018-04-13 1:00 noon,1,m,0\n", 0, "", "", 12);
    check("day.csv", "",
          "day.csv:1002: time '2018-04-13 1:00 noon' is not like 2018-07-25 13:05:59 "
          "(input.time_format) ('bad time' takes every row with a day above 12, 4 in all: see "
          "input.time_format; input.max_reject_share = 1 bears it)");
}

/* What is left may lie in another file, on another rank. */
static void test_a_kind_is_left_wherever_it_lies(void)
{
    write_kind("a.csv", 5, "%d,a,2018-04-02,((1.00)),m,0\n", 0, "", "", 25);
    if (is_root()) {
        FILE *f = begin("z.csv");
        fputs("9,a,2018-04-02,-1.00,m,0\n", f);
        fclose(f);
    }
    check("a.csv z.csv", "", "");
}

static void test_a_word_that_is_no_label_stops_the_run(void)
{
    if (is_root()) {
        FILE *f = begin("word.csv");
        add_good(f, 1000, 900, "1.00", "0", 25);
        fputs("1,a,2018-04-01,1,m,odd\n2,a,2018-04-01,1,m,scam\n3,a,2018-04-01,1,m,scam\n", f);
        add_good(f, 2000, 900, "1.00", "1", 25);
        fclose(f);
        f = begin("words.csv");
        fputs("4,a,2018-04-01,1,m, scam\n5,a,2018-04-01,1,m,scam\n6,a,2018-04-01,1,m,scam\n", f);
        add_good(f, 3000, 900, "-1.00", "1", 25);
        fclose(f);
    }
    check("word.csv", "", "");
    check("word.csv words.csv", "",
          "word.csv:902: labels that are read neither as fraud nor as genuine: 'odd' (1 row), "
          "'scam' (5 rows); say what they mean by input.label_fraud, input.label_genuine or "
          "input.label_unknown");
}

/* ---- rows met before ------------------------------------------------------------------- */

static void test_overlapping_exports_are_no_loss(void)
{
    if (is_root()) {
        FILE *f = begin("jan.csv");
        add_good(f, 100, 60, "1.00", "0", 25);
        fclose(f);
        f = begin("feb.csv");
        add_good(f, 140, 60, "1.00", "0", 25);
        fclose(f);
        f = begin("mar.csv");
        add_good(f, 100, 5, "1.00", "0", 25);
        add_good(f, 120, 5, "1.00", "1", 25);
        fclose(f);
    }
    pa_ingest g;
    pa_error err = {0};
    CU_ASSERT_EQUAL(run("jan.csv feb.csv", "", NULL, &g, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    CU_ASSERT_EQUAL(g.rows_duplicate, 20);
    CU_ASSERT_EQUAL(g.rejects.n_global, 20);
    for (size_t i = 0; i < g.rejects.n_rows; i++) {
        CU_ASSERT_EQUAL(pa_i8(&g.rejects, "reason")[i], PA_REJECT_REPEATED);
        CU_ASSERT_EQUAL(pa_i64(&g.rejects, "line")[i], 42 + g.rejects.first_row + (int64_t)i);
    }
    pa_ingest_free(&g);
    check("jan.csv feb.csv", "max_rejects = 19",
          "jan.csv:42: transaction id '140' is that of feb.csv:2 already, with the same values "
          "(and 19 more rejected rows; input.max_rejects is 19)");
    check("jan.csv mar.csv", "",
          "mar.csv:7: transaction id '120' is that of jan.csv:22 already (5 of the 10 rows of this "
          "file are rejected, 5 for 'transaction id met before': see input.tx; "
          "input.max_reject_share is 0.005)");
}

/* ---- the list ---------------------------------------------------------------------------- */

static char *text_of(const char *name)
{
    char path[500];
    snprintf(path, sizeof path, "%s/%s", pa_test_folder(), name);
    static char text[2000];
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    text[n] = 0;
    if (f) fclose(f);
    return text;
}

static void test_a_stopped_run_leaves_the_list(void)
{
    pa_ingest g;
    pa_error err = {0};
    char path[500];
    snprintf(path, sizeof path, "%s/list.csv", pa_test_folder());
    if (is_root()) {
        FILE *f = begin("=x.csv");
        add_good(f, 100, 60, "1.00", "0", 25);
        fputs("1,a,2018-04-01,\"x\"\"y\",m,0\n1,a\n\"1\n\",a,2018-04-01\n1,a,2018-04-01,,m,0\n"
              "1,a,2018-04-01,5,m,?\n",
              f);
        fclose(f);
    }
    CU_ASSERT_EQUAL(run("=x.csv", "max_rejects = 4", path, &g, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(
        text_of("list.csv"),
        "file,line,last_line,reason,text\n"
        "'=x.csv,62,62,bad amount,\"amount 'x\"\"y' is not a number\"\n"
        "'=x.csv,63,63,wrong number of fields,2 fields where the header has 6\n"
        "'=x.csv,64,65,wrong number of fields,3 fields where the header has 6\n"
        "'=x.csv,66,66,bad amount,the amount is empty (input.amount = A - B has two "
        "columns)\n");
    /* Nowhere to write: what is wrong with the rows is said all the same. */
    pa_barrier(pa_test_comm());
    err = (pa_error){0};
    CU_ASSERT_EQUAL(run("=x.csv", "max_rejects = 4", "/nowhere/list.csv", &g, &err), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "=x.csv:63: 2 fields where "));
}

static const pa_test tests[] = {
    {"a share of a file stops the run", test_a_share_of_a_file_stops_the_run},
    {"few rows are no share", test_few_rows_are_no_share},
    {"a kind that one reason takes stops the run", test_a_kind_that_one_reason_takes_stops_the_run},
    {"labels and days are kinds", test_labels_and_days_are_kinds},
    {"a kind is left wherever it lies", test_a_kind_is_left_wherever_it_lies},
    {"a word that is no label stops the run", test_a_word_that_is_no_label_stops_the_run},
    {"overlapping exports are no loss", test_overlapping_exports_are_no_loss},
    {"a stopped run leaves the list", test_a_stopped_run_leaves_the_list},
};
PA_MPI_TEST_MAIN("ingest_rejects", tests)

/* Rows that stay with a gap, labels that nobody can read, names that a spreadsheet
 * damaged: the same words at any number of ranks. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/ingest/ingest.h"

#define X64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* ---- a file and a run of it -------------------------------------------------------- */

static FILE *begin(const char *name)
{
    pa_test_folder();
    return pa_comm_rank(pa_test_comm()) == 0 ? pa_test_create(name) : NULL;
}

static void add(FILE *f, const char *format, ...)
{
    va_list args;
    if (!f) return;
    va_start(args, format);
    vfprintf(f, format, args);
    va_end(args);
}

static void end(FILE *f)
{
    if (f) fclose(f);
    pa_barrier(pa_test_comm());
}

/* `names`, and assignments behind it up to NULL. Blocks are so small that a file lies on
 * all ranks. */
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
    for (; set && *set; set++)
        CU_ASSERT_EQUAL(pa_config_set(config, *set, "command line", err), PA_OK);
    pa_status st = pa_ingest_read(pa_test_comm(), config, NULL, g, err);
    pa_config_free(config);
    return st;
}

/* That the ingest's notes are these, "; " between them. */
static void check_notes(const pa_ingest *g, const char *expected)
{
    char all[2000] = "";
    for (size_t at = 0; at < g->notes.length; at += strlen(g->notes.data + at) + 1) {
        size_t n = strlen(all);
        snprintf(all + n, sizeof all - n, "%s%s", n ? "; " : "", g->notes.data + at);
    }
    CU_ASSERT_STRING_EQUAL(all, expected);
}

static void expect_notes(const char *names, const char *const set[], const char *expected)
{
    pa_ingest g;
    pa_error err;
    CU_ASSERT_EQUAL(ingest(names, set, &g, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    if (*err.message) return;
    check_notes(&g, expected);
    pa_ingest_free(&g);
}

static void expect_stop(const char *names, const char *const set[], const char *expected)
{
    pa_ingest g;
    pa_error err;
    CU_ASSERT_EQUAL(ingest(names, set, &g, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, expected);
}

/* n rows, of which every 40th has the label `fraud` and the others the label `genuine`,
 * and the rows 100, 107, ... up to n_odd of them the labels `odd`, one after the other. */
static void write_labels(int n, const char *fraud, const char *genuine, int n_odd,
                         const char *const odd[], int n_words)
{
    FILE *f = begin("tx.csv");
    add(f, "tx,account,merchant,time,amount,label\n");
    for (int i = 0, k = 0; i < n; i++) {
        bool is_odd = i >= 100 && (i - 100) % 7 == 0 && k < n_odd;
        const char *label = i % 40 == 0 ? fraud : genuine;
        add(f, "%d,a%d,m,%d,1,%s\n", i, i % 20, 1500000000 + i,
            is_odd ? odd[k++ % n_words] : label);
    }
    end(f);
}

/* ---- gaps ---------------------------------------------------------------------------- */

static void test_gaps_are_told_and_cost_no_row(void)
{
    FILE *f = begin("tx.csv");
    add(f, "tx,card,branch,merchant,time,amount,label,V1,V2,V3,V4,V5,V6,V7\n");
    for (int i = 0; i < 100; i++) {
        add(f, "%d,%s,%s,%s,%d,1,%d,", i, i % 10 ? "77" : "", i % 20 ? "5" : "NULL",
            i % 4   ? "m"
            : i % 8 ? "None"
                    : " ",
            1500000000 + i, i % 2);
        add(f, "%s,1,%s,1,%s,%s,%s\n", i % 5 ? "2" : "nan", i ? "3" : "", i % 2 ? "4" : "\\N",
            i > 1 ? "5" : "NA", i > 97 ? "NULL" : "0.5");
    }
    end(f);
    static const char *const set[] = {"input.account=card,branch", "input.numeric=V*",
                                      "input.no_account=own", NULL};
    expect_notes("tx.csv", set,
                 "25 rows have no merchant: theirs is called none; "
                 "5 rows have no account: each is its own, called own: and its id "
                 "(input.no_account); "
                 "columns of numbers have gaps: V1 in 20 rows, V3 in 1 row, V5 in 50 rows, V6 in 2 "
                 "rows, V7 in 2 rows");
    pa_ingest g;
    pa_error err;
    CU_ASSERT_EQUAL(ingest("tx.csv", set, &g, &err), PA_OK);
    CU_ASSERT_EQUAL(g.rows_rejected, 0);
    CU_ASSERT_EQUAL(g.transactions.n_global, 100);
    CU_ASSERT_EQUAL(g.accounts.n_global, 2 + 5); /* 77/5, /5 */
    const int64_t *tx = pa_i64(&g.transactions, "tx");
    const float *v1 = pa_table_find(&g.transactions, "input_V1")->data;
    for (size_t i = 0; i < g.transactions.n_rows; i++)
        CU_ASSERT(tx[i] % 5 ? v1[i] == 2.0F : isnan(v1[i]));
    pa_ingest_free(&g);
    static const char *const strict[] = {"input.account=card,branch", "input.max_rejects=4",
                                         "input.max_reject_share=1", NULL};
    expect_stop("tx.csv", strict,
                "tx.csv:2: the account is empty (input.no_account = own keeps such rows) (and 4 "
                "more rejected rows; input.max_rejects is 4)");
}

/* The same long name from any rank is one name; the first of all is the example. */
static void test_long_names_are_told_by_the_first(void)
{
    FILE *f = begin("tx.csv");
    add(f, "tx,account,merchant,time,amount,label\n");
    for (int i = 0; i < 60; i++)
        add(f, "%d,%s%d,m,%d,1,0\n", i, i < 7 ? "a" : X64, i % 3, 1500000000 + i);
    end(f);
    expect_notes("tx.csv", NULL,
                 "53 names are longer than 64 bytes: the first bytes and a digest are kept "
                 "(account '0123456789abcdef0123456789abcdef01234567...' in tx.csv:9)");
    pa_ingest g;
    pa_error err;
    CU_ASSERT_EQUAL(ingest("tx.csv", NULL, &g, &err), PA_OK);
    CU_ASSERT_EQUAL(g.accounts.n_global, 6);
    pa_ingest_free(&g);
}

/* ---- amounts ------------------------------------------------------------------------- */

/* Some of the rows have quotes, which takes them another way through the parser. */
static void test_amounts_are_told_by_the_first(void)
{
    FILE *f = begin("tx.csv");
    add(f, "tx,account,merchant,time,amount,label\n");
    for (int i = 0; i < 60; i++)
        add(f, "%d,a,m,%d,%s,0\n", i, 1500000000 + i, i % 20 < 5 ? "1.50" : "\"2.00375\"");
    end(f);
    static const char *const four[] = {"input.amount_decimals=4", NULL};
    expect_notes("tx.csv", four,
                 "45 amounts have more than 4 decimals and were rounded (first tx.csv:7: "
                 "'2.00375'): input.amount_decimals keeps up to 8");
    f = begin("tx.csv");
    add(f, "tx,account,merchant,time,amount,label\n");
    for (int i = 0; i < 60; i++)
        add(f, "%d,a,m,%d,%s,0\n", i, 1500000000 + i, i % 20 < 5 ? "15" : "\"2,003\"");
    end(f);
    expect_stop("tx.csv", NULL,
                "tx.csv:7: amount '2,003': is its comma the decimal mark, or does it part "
                "thousands? No amount of the file tells: set input.decimal to , where it is the "
                "mark, and to . where it is not");
}

/* ---- labels -------------------------------------------------------------------------- */

static void test_labels_of_other_words_stop_the_run(void)
{
    static const char *const none[] = {""};
    write_labels(240, "Fraud", "Legit", 0, none, 1);
    expect_stop("tx.csv", NULL,
                "tx.csv:3: labels that are read neither as fraud nor as genuine: 'Legit' (234 "
                "rows), and no row is genuine; say what they mean by input.label_fraud, "
                "input.label_genuine or input.label_unknown");
    static const char *const legit[] = {"input.label_genuine=legit, ok", NULL};
    expect_notes("tx.csv", legit, "");
    static const char *const unknown[] = {"input.label_unknown=legit", NULL};
    expect_notes("tx.csv", unknown, "");

    write_labels(240, "Anomaly", "Normal", 0, none, 1);
    expect_stop("tx.csv", NULL,
                "tx.csv:2: labels that are read neither as fraud nor as genuine: 'Anomaly' (6 "
                "rows), 'Normal' (234 rows), and no row is fraud; say what they mean by "
                "input.label_fraud, input.label_genuine or input.label_unknown");
    write_labels(240, "1", "2", 0, none, 1);
    static const char *const two[] = {"input.label_fraud=1", "input.label_genuine=2", NULL};
    expect_notes("tx.csv", two, "");
    pa_ingest g;
    pa_error err;
    static const char *const both[] = {"input.label_fraud=1", "input.label_genuine=1", NULL};
    CU_ASSERT_EQUAL(ingest("tx.csv", both, &g, &err), PA_E_CONFIG);
    CU_ASSERT_STRING_EQUAL(err.message, "input.label_fraud and input.label_genuine both hold '1'");
}

static int64_t frauds_of(const char *const set[])
{
    pa_ingest g;
    pa_error err;
    int64_t n = 0;
    if (ingest("tx.csv", set, &g, &err) != PA_OK) return -1;
    for (size_t i = 0; i < g.transactions.n_rows; i++) n += pa_i8(&g.transactions, "label")[i] == 1;
    pa_sum_i64(pa_test_comm(), &n, 1);
    pa_ingest_free(&g);
    return n;
}

static void test_outliers_of_scikit_learn_are_no_genuine_rows(void)
{
    static const char *const none[] = {""};
    static const char *const given[] = {"input.label_fraud=-1", "input.label_genuine=1", NULL};
    for (int with_point = 0; with_point < 2; with_point++) {
        write_labels(240, with_point ? "-1.0" : "-1", with_point ? "1.0" : "1", 0, none, 1);
        expect_stop("tx.csv", NULL,
                    "tx.csv:2: the labels are -1 (6 rows) and 1 (234 rows). In scikit-learn 1 is "
                    "normal and -1 the outlier; if they are meant so, set input.label_fraud = -1, "
                    "input.label_genuine = 1");
        CU_ASSERT_EQUAL(frauds_of(given), 6);
    }
}

static void test_a_few_unreadable_labels_are_told(void)
{
    static const char *const odd[] = {"x", "maybe", "\x1b[2J", "?", "y0", "z", "x2"};
    write_labels(1000, "Y", "N", 3, odd, 1);
    expect_notes("tx.csv", NULL,
                 "3 rows have a label that is not understood and count as unknown ('x' in "
                 "tx.csv:102)");
    write_labels(2000, "T", "F", 7, odd, 7);
    expect_notes("tx.csv", NULL,
                 "6 rows have a label that is not understood and count as unknown ('x' in "
                 "tx.csv:102, 'maybe' in tx.csv:109, '\\x1b[2J' in tx.csv:116, 'y0' in tx.csv:130, "
                 "...)");
    write_labels(1000, "Y", "N", 6, odd, 7);
    static const char *const more[] = {"input.max_reject_share=0.004", NULL};
    expect_stop("tx.csv", more,
                "tx.csv:102: labels that are read neither as fraud nor as genuine: 'x' (1 row), "
                "'maybe' (1 row), '\\x1b[2J' (1 row), 'y0' (1 row), ...; say what they mean by "
                "input.label_fraud, input.label_genuine or input.label_unknown");
    /* A word in five rows is none of chance, however many rows there are. */
    write_labels(20000, "1", "0", 4, odd, 1);
    expect_notes("tx.csv", NULL,
                 "4 rows have a label that is not understood and count as unknown ('x' in "
                 "tx.csv:102)");
    write_labels(20000, "1", "0", 5, odd, 1);
    expect_stop("tx.csv", NULL,
                "tx.csv:102: labels that are read neither as fraud nor as genuine: 'x' (5 rows); "
                "say what they mean by input.label_fraud, input.label_genuine or "
                "input.label_unknown");
}

/* More words than are kept: the smallest by bytes are named, whoever met them. */
static void test_labels_that_are_any_text_stop_the_run(void)
{
    FILE *f = begin("tx.csv");
    add(f, "tx,account,merchant,time,amount,label\n");
    for (int i = 0; i < 500; i++)
        add(f, "%d,a,m,%d,1,w%03d\n", i, 1500000000 + i, i % 2 ? i : 499 - i);
    end(f);
    expect_stop("tx.csv", NULL,
                "tx.csv:3: labels that are read neither as fraud nor as genuine: 'w001' (2 rows), "
                "'w003' (2 rows), 'w005' (2 rows), 'w007' (2 rows), ..., and no row is fraud; say "
                "what they mean by input.label_fraud, input.label_genuine or input.label_unknown");
}

/* ---- damaged names ------------------------------------------------------------------- */

static void write_accounts(const char *file, int n, const char *format, int step)
{
    FILE *f = begin(file);
    add(f, "tx,account,merchant,time,amount,label\n");
    for (int i = 0; i < 3 * n; i++) {
        char account[40];
        snprintf(account, sizeof account, format, i % n * step);
        add(f, "%d%c,\"%s\",m,%d,1,0\n", i, *file == 'a' ? '1' : '2', account, 1500000000 + i);
    }
    end(f);
}

static void test_accounts_of_two_names_are_told(void)
{
#define PAIRS                                                                                      \
    "20 pairs of account names differ by no more than a .0, zeros at the beginning or commas in "  \
    "a number, as a spreadsheet leaves them: "
    static const struct {
        const char *a, *b;
        int step;
        const char *notes;
    } example[] = {
        {"%d", "%d.0", 1, PAIRS "'0' and '0.0', '1' and '1.0', '10' and '10.0', ..."},
        {"%04d", "%d", 1, PAIRS "'0' and '0000', '1' and '0001', '10' and '0010', ..."},
        {"%04d", "%d.0", 1, PAIRS "'0.0' and '0000', '0001' and '1.0', '0002' and '2.0', ..."},
        {"%d/1", "%d/1.0", 1,
         PAIRS "'0/1' and '0/1.0', '1/1' and '1/1.0', '10/1' and '10/1.0', ..."},
        {"%04d", "%04d", 1, ""},
        {"%d.0", "%d.0", 1, ""},
        {"A%04d", "A%d", 1, ""},
        {"%d,000", "%d,000", 1,
         "20 account names have commas between digits, as '0,000' does: a spreadsheet writes "
         "numbers so, and the same account may have another name in another file"},
        {"%d.5E+15", "%d.5E+11", 1,
         "40 account names have an exponent, as '0.5E+11' does: a spreadsheet took digits away, "
         "and what were several accounts may be one"},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        write_accounts("a.csv", 20, example[i].a, example[i].step);
        write_accounts("b.csv", 20, example[i].b, example[i].step);
        expect_notes("?.csv", NULL, example[i].notes);
    }
    /* Three names of one number are two pairs. */
    FILE *f = begin("a.csv");
    add(f,
        "tx,account,merchant,time,amount,label\n1,7,m,1,1,0\n3,7.0,m,1,1,0\n5,\"0,007\",m,1,1,0\n");
    end(f);
    write_accounts("b.csv", 1, "x", 1);
    expect_notes("?.csv", NULL,
                 "1 account name has commas between digits, as '0,007' does: a spreadsheet writes "
                 "numbers so, and the same account may have another name in another file; "
                 "2 pairs of account names differ by no more than a .0, zeros at the beginning or "
                 "commas in a number, as a spreadsheet leaves them: '7' and '0,007'");
    /* Ids of rows are no accounts. */
    static const char *const own[] = {"input.account=", "input.tx_text=yes", NULL};
    f = begin("a.csv");
    add(f, "tx,account,merchant,time,amount,label\n7,,m,1,1,0\n07,,m,1,1,0\n");
    end(f);
    expect_notes("a.csv", own, "");
}

static const pa_test tests[] = {
    {"gaps are told and cost no row", test_gaps_are_told_and_cost_no_row},
    {"long names are told by the first", test_long_names_are_told_by_the_first},
    {"amounts are told by the first", test_amounts_are_told_by_the_first},
    {"labels of other words stop the run", test_labels_of_other_words_stop_the_run},
    {"outliers of scikit-learn are no genuine rows",
     test_outliers_of_scikit_learn_are_no_genuine_rows},
    {"a few unreadable labels are told", test_a_few_unreadable_labels_are_told},
    {"labels that are any text stop the run", test_labels_that_are_any_text_stop_the_run},
    {"accounts of two names are told", test_accounts_of_two_names_are_told},
};
PA_MPI_TEST_MAIN("ingest gaps", tests)

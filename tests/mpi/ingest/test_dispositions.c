/* Verdicts to labels: a few rows by hand, however few are matched at a time. */
#include "paraudit/ingest/dispositions.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/alerts/account_days.h"

enum { HOUR = 3600, DAY = 24 * HOUR, FIRST_DAY = 19723, FIRST = FIRST_DAY * DAY /* 2024-01-01 */ };
static const int64_t never = INT64_MAX, unsaid = INT64_MIN;

static FILE *begin(const char *name, const char *head)
{
    pa_test_folder();
    FILE *f = pa_comm_rank(pa_test_comm()) == 0 ? pa_test_create(name) : NULL;
    if (f) fprintf(f, "%s\n", head);
    return f;
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

static pa_status set_path(pa_config *config, const char *key, const char *name)
{
    char text[400];
    snprintf(text, sizeof text, "%s=%s/%s", key, pa_test_folder(), name);
    return pa_config_set(config, text, "command line", NULL);
}

/* tx.csv and the verdicts that `names` names; set: further assignments up to NULL. */
static pa_status ingest(const char *names, const char *const set[], size_t at_once, pa_ingest *g,
                        pa_error *err)
{
    static const pa_option_spec *const tables[] = {pa_ingest_options};
    static const char *const always[] = {"table.shards=160", "io.block=64", "io.read_buffer=32"};
    pa_config *config;
    *err = (pa_error){0};
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, err), PA_OK);
    CU_ASSERT_EQUAL(set_path(config, "input.files", "tx.csv"), PA_OK);
    CU_ASSERT_EQUAL(set_path(config, "input.dispositions", names), PA_OK);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(pa_config_set(config, always[i], "command line", err), PA_OK);
    for (; set && *set; set++)
        CU_ASSERT_EQUAL(pa_config_set(config, *set, "command line", err), PA_OK);
    pa_status st = pa_ingest_read(pa_test_comm(), config, NULL, g, err);
    if (st == PA_OK) {
        st = pa_dispositions(pa_test_comm(), config, NULL, true, at_once, g, err);
        if (st != PA_OK) pa_ingest_free(g);
    }
    pa_config_free(config);
    return st;
}

/* What is found of the transactions of one time, all of which are at other times. */
typedef struct {
    int64_t time;
    int8_t label;
    int64_t found, before, first;
} expected_row;

static int64_t time_at(const pa_table *t, const char *name, size_t row, int64_t none)
{
    const pa_column *c = pa_table_find(t, name);
    return c ? ((const int64_t *)c->data)[row] : none;
}

static void check_rows(const pa_ingest *g, size_t n, const expected_row rows[])
{
    const pa_table *t = &g->transactions;
    int64_t met = 0;
    for (size_t i = 0; i < t->n_rows; i++) {
        for (size_t k = 0; k < n; k++) {
            if (rows[k].time != pa_i64(t, "time")[i]) continue;
            met++;
            CU_ASSERT_EQUAL(pa_i8(t, "label")[i], rows[k].label);
            CU_ASSERT_EQUAL(time_at(t, "label_time", i, unsaid), rows[k].found);
            CU_ASSERT_EQUAL(time_at(t, "label_before_time", i, never), rows[k].before);
            CU_ASSERT_EQUAL(time_at(t, "label_first_time", i, never), rows[k].first);
        }
    }
    pa_sum_i64(pa_test_comm(), &met, 1);
    CU_ASSERT_EQUAL(met, (int64_t)n);
}

static void check_fates(const pa_ingest *g, size_t n, const int8_t fates[])
{
    const pa_table *t = &g->side[0];
    CU_ASSERT_STRING_EQUAL(t->name, "dispositions");
    CU_ASSERT_EQUAL(t->n_global, (int64_t)n);
    for (size_t i = 0; i < t->n_rows; i++)
        CU_ASSERT_EQUAL(pa_i8(t, "fate")[i], fates[t->first_row + (int64_t)i]);
}

/* Whole with any number at a time. */
static void expect(const char *names, const char *const set[], size_t n, const expected_row rows[],
                   size_t n_fates, const int8_t fates[])
{
    static const size_t at_once[] = {0, 7, PA_DISPOSITIONS_AT_ONCE};
    for (size_t k = 0; k < sizeof at_once / sizeof *at_once; k++) {
        pa_ingest g;
        pa_error err;
        pa_status st = ingest(names, set, at_once[k], &g, &err);
        CU_ASSERT_EQUAL(st, PA_OK);
        CU_ASSERT_STRING_EQUAL(err.message, "");
        if (st != PA_OK) return;
        check_rows(&g, n, rows);
        check_fates(&g, n_fates, fates);
        pa_ingest_free(&g);
    }
}

/* 60 rows, of an account, an hour after the other: 0 is at FIRST. */
static void write_book(const char *head, const char *label)
{
    FILE *f = begin("tx.csv", head);
    for (int i = 0; i < 60; i++)
        add(f, "%sT%d,a%d,m,%d,1%s\n", i == 6 ? "=" : "", i, i % 6, FIRST + i * HOUR, label);
    end(f);
}

static void test_later_verdicts_take_the_place_of_earlier_ones(void)
{
    static const char *const set[] = {"input.tx_text=yes", NULL};
    write_book("tx,account,merchant,time,amount,label", ",0");
    FILE *f = begin("v1.csv", "tx,verdict,time");
    add(f, "T4,fraud,%d\n", FIRST + 3 * DAY); /* taken back at the same time */
    add(f, "T1,fraud,%d\n", FIRST + DAY);     /* 0 before */
    add(f, "T2,fraud,%d\n", FIRST + DAY);     /* ... and after */
    add(f, "T3,genuine,%d\n", FIRST + DAY);   /* as it was */
    add(f, "T5,unclear,\n");
    add(f, "T,fraud,%d\n", FIRST + DAY);
    end(f);
    f = begin("v2.csv", "tx,verdict,time");
    add(f, "T2,fp,%d\n", FIRST + 2 * DAY);
    add(f, "T1,tp,%d\n", FIRST + 2 * DAY);
    add(f, "T4,fp,%d\n", FIRST + 3 * DAY);
    add(f, "'=T6,fp,%d\n", FIRST + 3 * DAY); /* as alerts.csv has it */
    end(f);
    const expected_row rows[] = {
        {FIRST + 0 * HOUR, 0, unsaid, never, never},
        {FIRST + 1 * HOUR, 1, FIRST + DAY, unsaid, never},
        {FIRST + 2 * HOUR, 0, FIRST + 2 * DAY, FIRST + DAY, unsaid},
        {FIRST + 3 * HOUR, 0, unsaid, never, never},
        {FIRST + 4 * HOUR, 0, unsaid, never, never},
        {FIRST + 5 * HOUR, 0, unsaid, never, never},
    };
    const int8_t fates[] = {PA_FATE_LABEL,   PA_FATE_LABEL,  PA_FATE_LABEL, PA_FATE_LABEL,
                            PA_FATE_UNCLEAR, PA_FATE_NOBODY, PA_FATE_LABEL, PA_FATE_LABEL,
                            PA_FATE_LABEL,   PA_FATE_LABEL};
    expect("v*.csv", set, 6, rows, 10, fates);
}

static void test_a_label_of_the_input_has_its_place_among_the_verdicts(void)
{
    FILE *f = begin("tx.csv", "tx,account,merchant,time,amount,label,found");
    for (int i = 0; i < 4; i++) add(f, "%d,a,m,%d,1,1,%d\n", i, FIRST + i * HOUR, FIRST + 5 * DAY);
    end(f);
    f = begin("v.csv", "tx,verdict,time");
    add(f, "0,fp,%d\n", FIRST + 4 * DAY);
    add(f, "1,fp,%d\n", FIRST + 6 * DAY);
    add(f, "2,tp,%d\n", FIRST + 4 * DAY);
    add(f, "3,fp,%d\n", FIRST + 5 * DAY); /* the verdict, where both are of one time */
    end(f);
    static const char *const set[] = {"input.label_time=found", NULL};
    const expected_row rows[] = {
        {FIRST + 0 * HOUR, 1, FIRST + 5 * DAY, FIRST + 4 * DAY, never},
        {FIRST + 1 * HOUR, 0, FIRST + 6 * DAY, FIRST + 5 * DAY, never},
        {FIRST + 2 * HOUR, 1, FIRST + 4 * DAY, never, never},
        {FIRST + 3 * HOUR, 0, FIRST + 5 * DAY, never, never},
    };
    const int8_t fates[4] = {0};
    expect("v.csv", set, 4, rows, 4, fates);
}

/* Account a1 has the hours 1, 7, 13 and 19 of day 0, and others of days 1 and 2. */
static void test_an_alert_is_the_one_transaction_before_the_verdict(void)
{
    static const char *const set[] = {"input.tx_text=yes", "input.label=", NULL};
    char id[17] = {0}, other[17] = {0};
    write_book("tx,account,merchant,time,amount", "");
    pa_alert_id("a1", 2, FIRST_DAY, id);
    pa_alert_id("a2", 2, FIRST_DAY, other);
    FILE *f = begin("v.csv", "verdict;verdict_time;time;alert_id;tx");
    add(f, "fraud;%d;1;%s;\n", FIRST + 7 * HOUR, id); /* its row at 7 is not before it */
    add(f, "genuine;%d;1;%s;\n", FIRST + 7 * HOUR + 1, id);
    add(f, "genuine;%d;1;%s;T13\n", FIRST + 40 * HOUR, id);
    add(f, "fraud;%d;1;00000000000000aa;\n", FIRST + 40 * HOUR);
    add(f, "fraud;%d;1;%s;\n", FIRST + 3 * HOUR, other); /* 8, 14 and 20 are later */
    end(f);
    const expected_row rows[] = {
        {FIRST + 1 * HOUR, 1, FIRST + 7 * HOUR, never, never},
        {FIRST + 2 * HOUR, 1, FIRST + 3 * HOUR, never, never},
        {FIRST + 7 * HOUR, -1, unsaid, never, never},
        {FIRST + 13 * HOUR, 0, FIRST + 40 * HOUR, never, never},
    };
    const int8_t fates[] = {PA_FATE_LABEL, PA_FATE_SEVERAL, PA_FATE_LABEL, PA_FATE_NOBODY,
                            PA_FATE_LABEL};
    expect("v.csv", set, 4, rows, 5, fates);
}

static void test_files_are_inputs_and_what_is_lost_is_told(void)
{
    static const char *const set[] = {"input.tx_text=yes", NULL};
    pa_ingest g;
    pa_error err;
    write_book("tx,account,merchant,time,amount,label", ",0");
    FILE *f = begin("v.csv", "tx,verdict,time");
    add(f, "T1,fraud,%d\nT60,fraud,%d\nT61,fp,%d\n", FIRST + DAY, FIRST + DAY, FIRST + DAY);
    end(f);
    CU_ASSERT_EQUAL_FATAL(ingest("v.csv", set, 100, &g, &err), PA_OK);
    CU_ASSERT_EQUAL(g.inputs.n_global, 2);
    if (pa_comm_rank(pa_test_comm()) == 0) {
        const pa_column *use = pa_table_find(&g.inputs, "use");
        CU_ASSERT_STRING_EQUAL((const char *)use->data, "transactions");
        CU_ASSERT_STRING_EQUAL((const char *)use->data + use->spec.width, "dispositions");
    }
    CU_ASSERT_STRING_EQUAL(g.notes.data,
                           "of 3 dispositions 2 name no transaction of the book, the first in "
                           "v.csv:3: they label nothing and are listed in /dispositions");
    pa_ingest_free(&g);
}

static void expect_stop(const char *message, const char *line)
{
    static const char *const set[] = {"input.tx_text=yes", NULL};
    pa_ingest g;
    pa_error err;
    FILE *f = begin("v.csv", "tx,verdict,time");
    for (int i = 0; i < 20; i++) add(f, "T1,pending,\n");
    add(f, "%s\n%s\n", line, line);
    end(f);
    CU_ASSERT_EQUAL(ingest("v.csv", set, 3, &g, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, message);
}

static void test_the_first_bad_line_is_told(void)
{
    write_book("tx,account,merchant,time,amount,label", ",0");
    expect_stop("v.csv:22: verdict 'perhaps' is not known (known are fraud, confirmed, true "
                "positive; genuine, legitimate, false positive; unclear, pending, open, and the "
                "words of input.label_fraud, input.label_genuine and input.label_unknown)",
                "T1,perhaps,2024-02-01");
    expect_stop("v.csv:22: the verdict is not later than what it is of: `time` is when it was "
                "given; where a file has the transaction's time as well, call that of the verdict "
                "verdict_time",
                "T1,fraud,2024-01-01 01:00:00");
}

static const pa_test tests[] = {
    {"later verdicts take the place of earlier ones",
     test_later_verdicts_take_the_place_of_earlier_ones},
    {"a label of the input has its place among the verdicts",
     test_a_label_of_the_input_has_its_place_among_the_verdicts},
    {"an alert is the one transaction before the verdict",
     test_an_alert_is_the_one_transaction_before_the_verdict},
    {"files are inputs and what is lost is told", test_files_are_inputs_and_what_is_lost_is_told},
    {"the first bad line is told", test_the_first_bad_line_is_told},
};
PA_MPI_TEST_MAIN("dispositions", tests)

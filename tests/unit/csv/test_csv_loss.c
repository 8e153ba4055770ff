#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/csv/loss.h"
#include "unit.h"

/* ---- counts ---------------------------------------------------------------------- */

static pa_reject_counts times_and_amounts(int64_t times, int64_t amounts)
{
    pa_reject_counts c = {.within = 0};
    c.n[PA_REJECT_TIME] = times;
    c.n[PA_REJECT_AMOUNT] = amounts;
    return c;
}

static void test_a_file_loses_more_than_its_share_and_more_than_three_rows(void)
{
    const int64_t rows[] = {1000000, 100, 993, 992, 0};
    const pa_reject_counts rejected[] = {times_and_amounts(1000, 1000), times_and_amounts(3, 0),
                                         times_and_amounts(3, 4), times_and_amounts(4, 4),
                                         times_and_amounts(0, 9)};
    CU_ASSERT_EQUAL(pa_lossy_file(1, rows, rejected, .005), -1);
    CU_ASSERT_EQUAL(pa_lossy_file(2, rows, rejected, .005), -1); /* three rows */
    CU_ASSERT_EQUAL(pa_lossy_file(3, rows, rejected, .005), 2);  /* .007 of 1000 */
    CU_ASSERT_EQUAL(pa_lossy_file(3, rows, rejected, .007), -1); /* no more than that */
    CU_ASSERT_EQUAL(pa_lossy_file(5, rows, rejected, .007), 3);
    CU_ASSERT_EQUAL(pa_lossy_file(5, rows, rejected, .5), 4);
    CU_ASSERT_EQUAL(pa_lossy_file(5, rows, rejected, 1), -1);
    CU_ASSERT_EQUAL(pa_lossy_file(5, rows, rejected, 0), 0);
}

static void test_rows_that_are_there_already_or_empty_are_no_loss(void)
{
    pa_reject_counts c = {.within = 0};
    c.n[PA_REJECT_REPEATED] = 500;
    c.n[PA_REJECT_BLANK] = 300;
    const int64_t rows = 100;
    CU_ASSERT_EQUAL(pa_rejects_in_all(&c), 800);
    CU_ASSERT_EQUAL(pa_rejects_lost(&c), 0);
    CU_ASSERT_EQUAL(pa_leading_reason(&c), PA_REJECT_N);
    CU_ASSERT_EQUAL(pa_lossy_file(1, &rows, &c, 0), -1);
    c.n[PA_REJECT_DUPLICATE] = 4;
    CU_ASSERT_EQUAL(pa_rejects_lost(&c), 4);
    CU_ASSERT_EQUAL(pa_leading_reason(&c), PA_REJECT_DUPLICATE);
    CU_ASSERT_EQUAL(pa_lossy_file(1, &rows, &c, .004), 0); /* of 904 rows */
    CU_ASSERT_EQUAL(pa_lossy_file(1, &rows, &c, .005), -1);
}

static void test_the_first_of_the_most_frequent_reasons_leads(void)
{
    pa_reject_counts c = times_and_amounts(7, 7);
    CU_ASSERT_EQUAL(pa_leading_reason(&c), PA_REJECT_TIME);
    c.n[PA_REJECT_AMOUNT]++;
    CU_ASSERT_EQUAL(pa_leading_reason(&c), PA_REJECT_AMOUNT);
}

static void test_every_reason_has_a_name_and_a_key_or_loses_nothing(void)
{
    for (int i = 0; i < PA_REJECT_N; i++) {
        bool harmless = i == PA_REJECT_REPEATED || i == PA_REJECT_BLANK;
        const char *key = pa_reject_reason_keys[i];
        CU_ASSERT_PTR_NOT_NULL(pa_reject_reason_names[i]);
        CU_ASSERT_EQUAL(key == NULL, harmless);
        if (key) CU_ASSERT_EQUAL(strncmp(key, "input.", 6), 0);
    }
    for (int k = 0; k < PA_KIND_N; k++) CU_ASSERT_PTR_NOT_NULL(pa_row_kind_words[k]);
}

static void test_a_kind_is_lost_where_no_row_of_it_is_left(void)
{
    pa_kind_counts c = {{{0}}};
    pa_lost_kind lost;
    const uint32_t negative = 1u << PA_KIND_NEGATIVE;
    CU_ASSERT_FALSE(pa_find_lost_kind(&c, 0, &lost));
    c.n[PA_REJECT_AMOUNT][PA_KIND_NEGATIVE] = 2;
    CU_ASSERT_FALSE(pa_find_lost_kind(&c, 0, &lost));
    c.n[PA_REJECT_AMOUNT][PA_KIND_NEGATIVE] = 3;
    CU_ASSERT_FALSE(pa_find_lost_kind(&c, negative, &lost));
    CU_ASSERT_TRUE(pa_find_lost_kind(&c, ~negative, &lost));
    CU_ASSERT_EQUAL(lost.reason, PA_REJECT_AMOUNT);
    CU_ASSERT_EQUAL(lost.kind, PA_KIND_NEGATIVE);
    CU_ASSERT_EQUAL(lost.n, 3);
    c.n[PA_REJECT_TIME][PA_KIND_FRAUD] = 4;
    CU_ASSERT_TRUE(pa_find_lost_kind(&c, 0, &lost));
    CU_ASSERT_EQUAL(lost.reason, PA_REJECT_TIME);
    CU_ASSERT_EQUAL(lost.kind, PA_KIND_FRAUD);
    /* 2 rows each of two reasons are not one reason's 4. */
    c = (pa_kind_counts){{{0}}};
    c.n[PA_REJECT_AMOUNT][PA_KIND_FRAUD] = c.n[PA_REJECT_TIME][PA_KIND_FRAUD] = 2;
    CU_ASSERT_FALSE(pa_find_lost_kind(&c, 0, &lost));
}

/* ---- rows --------------------------------------------------------------------------- */

static const pa_csv_names names = {.tx = "tx",
                                   .account = "account",
                                   .merchant = "merchant",
                                   .time = "time",
                                   .amount = "amount",
                                   .amount_form = {'.', 2},
                                   .label = "label"};

static void parse(const char *rows, int32_t form, size_t keep, pa_csv_intake *p)
{
    char text[4000];
    pa_error err = {0};
    size_t used;
    snprintf(text, sizeof text, "tx,account,merchant,time,amount,label\n%s", rows);
    *p = (pa_csv_intake){.max_record = 1000, .keep_rejects = keep, .time.kind = form};
    CU_ASSERT_EQUAL(pa_csv_header(text, strlen(text), true, &names, 1, "x.csv", &p->layout, &err),
                    PA_OK);
    size_t skip = (size_t)p->layout.length, n = strlen(text) - skip;
    p->line = 2;
    CU_ASSERT_EQUAL(pa_csv_parse(p, text + skip, n, n, true, &used, &err), PA_OK);
}

static uint32_t kinds_of(const char *row, int32_t form)
{
    pa_csv_intake p;
    parse(row, form, 10, &p);
    CU_ASSERT_EQUAL(p.n_kept, 1);
    uint32_t kinds = p.n_kept ? p.rejects[0].kinds : UINT32_MAX;
    pa_csv_intake_free(&p);
    return kinds;
}

/* The kinds of an amount that cannot be read: the id is none. */
static void check_amount(const char *amount, uint32_t expected)
{
    char row[200];
    snprintf(row, sizeof row, "x,a,m,2018-04-01,\"%s\",\n", amount);
    uint32_t kinds = kinds_of(row, PA_TIME_AUTO);
    CU_ASSERT_EQUAL(kinds, expected);
    if (kinds != expected) fprintf(stderr, "%s: %u\n", amount, kinds);
}

static void test_signs_are_seen_in_amounts_of_any_form(void)
{
    const uint32_t below = 1u << PA_KIND_NEGATIVE, above = 1u << PA_KIND_POSITIVE;
    static const char *const negative[] = {"-1",
                                           "-1.5",
                                           "1.50-",
                                           "(1.50)",
                                           "($1.50)",
                                           "$-1.50",
                                           "- 1,50",
                                           "\xe2\x88\x92"
                                           "1,50",
                                           "1.50 DR",
                                           "dr 1.5",
                                           "1,50-EUR",
                                           "\xe2\x80\x93"
                                           "5"};
    static const char *const positive[] = {"1", "+1.5", "1.50 CR",
                                           "EUR 1,50"
                                           "1.234,5",
                                           "dread 5"};
    static const char *const neither[] = {"", "abc", "-", "2024-01-02", "10:30", "1/2", "NULL"};
    for (size_t i = 0; i < sizeof negative / sizeof *negative; i++)
        check_amount(negative[i], below);
    for (size_t i = 0; i < sizeof positive / sizeof *positive; i++)
        check_amount(positive[i], above);
    for (size_t i = 0; i < sizeof neither / sizeof *neither; i++) check_amount(neither[i], 0);
}

static void check_large(const char *amount, bool expected)
{
    char row[200];
    snprintf(row, sizeof row, "1,a,m,2018-04-01,\"%s ?\",\n", amount); /* ?: is none */
    bool large = kinds_of(row, PA_TIME_AUTO) >> PA_KIND_THOUSANDS & 1;
    CU_ASSERT_EQUAL(large, expected);
    if (large != expected) fprintf(stderr, "%s: %d\n", amount, large);
}

static void test_amounts_of_four_digits_are_seen_in_any_form(void)
{
    check_large("1 234.50", true);
    check_large("1.234,50", true);
    check_large("1'234", true);
    check_large("EUR 1.234", true); /* three digits behind a mark are a group */
    check_large("99999.9.9", true);
    check_large("EUR 999.99", false);
    check_large("0 999,99", false);
    check_large("000 12", false);
    check_large("EUR 0,05", false);
    check_large("abc", false);
    check_large("2024-01-02", false);
}

static void test_labels_and_days_of_rejected_rows_are_seen(void)
{
    static const char *const late[] = {"25/07/2018", "7/25/18", "2018-02-30", "20180231", "32.13."};
    static const char *const early[] = {"12/12/2018x", "12:45", "1.1.2018 23:59:60",
                                        "2018-02-12 25:00"};
    char row[200];
    CU_ASSERT(kinds_of("x,a,m,2018-04-01,5,1\n", PA_TIME_AUTO) >> PA_KIND_FRAUD & 1);
    CU_ASSERT(kinds_of("x,a,m,2018-04-01,5,no\n", PA_TIME_AUTO) >> PA_KIND_GENUINE & 1);
    CU_ASSERT_EQUAL(kinds_of("x,a,m,2018-04-25,5,\n", PA_TIME_AUTO), 1u << PA_KIND_POSITIVE);
    for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
        snprintf(row, sizeof row, "1,a,m,%s,5,0\n", late[i]);
        CU_ASSERT(kinds_of(row, PA_TIME_YYYYMMDD) >> PA_KIND_LATE_DAY & 1);
    }
    for (size_t i = 0; i < sizeof early / sizeof *early; i++) {
        snprintf(row, sizeof row, "1,a,m,%s,5,0\n", early[i]);
        CU_ASSERT_FALSE(kinds_of(row, PA_TIME_YYYYMMDD) >> PA_KIND_LATE_DAY & 1);
    }
    /* What is wrong with a row as a whole hides its fields. */
    CU_ASSERT_EQUAL(kinds_of("1,a,m,2018-04-01,-5\n", PA_TIME_AUTO), 0);
    CU_ASSERT_EQUAL(kinds_of(",,,,,\n", PA_TIME_AUTO), 0);
}

static void test_kinds_of_rows_that_are_left_are_met(void)
{
    pa_csv_intake p;
    parse("1,a,m,2018-04-01,5,\n", PA_TIME_AUTO, 0, &p);
    CU_ASSERT_EQUAL(pa_csv_kinds_met(&p.rows), 1u << PA_KIND_POSITIVE);
    pa_csv_intake_free(&p);
    parse("1,a,m,2018-04-13,-1000,0\n", PA_TIME_AUTO, 0, &p);
    CU_ASSERT_EQUAL(pa_csv_kinds_met(&p.rows), 1u << PA_KIND_NEGATIVE | 1u << PA_KIND_THOUSANDS |
                                                   1u << PA_KIND_GENUINE | 1u << PA_KIND_LATE_DAY);
    pa_csv_intake_free(&p);
    parse("1,a,m,2018-04-13,-1000,0\n2,a,m,2018-04-01,999.99,1\n", PA_TIME_AUTO, 0, &p);
    CU_ASSERT_EQUAL(pa_csv_kinds_met(&p.rows), (1u << PA_KIND_N) - 1);
    pa_csv_intake_free(&p);
}

/* Of many rejects those of 3 are kept; still the first of each reason and kind is. */
static void test_examples_are_kept_beyond_the_budget(void)
{
    pa_csv_intake p;
    parse("x,a,m,2018-04-01,1,\nx,a,m,2018-04-01,1,\nx,a,m,2018-04-01,1,\nx,a,m,2018-04-01,1,\n"
          "1,a,m,2018-04-01,abc,0\n1,a,m,2018-04-01,abc,0\n1,a,m,2018-04-01,((7)),\n",
          PA_TIME_AUTO, 3, &p);
    static const int64_t line[] = {2, 6, 8};
    CU_ASSERT_EQUAL(p.n_rejected, 7);
    CU_ASSERT_EQUAL(p.n_kept, 3);
    CU_ASSERT_EQUAL(p.n_examples, 3);
    for (size_t i = 0; i < p.n_examples && i < 3; i++) CU_ASSERT_EQUAL(p.examples[i].line, line[i]);
    CU_ASSERT_EQUAL(p.rejects[2].line, 4);
    CU_ASSERT_EQUAL(p.rejects[2].last, 4);
    CU_ASSERT_STRING_EQUAL(p.rejects[2].text, "transaction id 'x' is not a whole number of 64 bits "
                                              "(input.tx_text = yes takes any text)");
    CU_ASSERT_EQUAL(p.by_reason.n[PA_REJECT_TX], 4);
    CU_ASSERT_EQUAL(p.by_reason.n[PA_REJECT_AMOUNT], 3);
    CU_ASSERT_EQUAL(p.by_kind.n[PA_REJECT_TX][PA_KIND_POSITIVE], 4);
    CU_ASSERT_EQUAL(p.by_kind.n[PA_REJECT_AMOUNT][PA_KIND_GENUINE], 2);
    CU_ASSERT_EQUAL(p.by_kind.n[PA_REJECT_AMOUNT][PA_KIND_NEGATIVE], 1);
    pa_csv_intake_free(&p);
}

static const pa_test tests[] = {
    {"a file loses more than its share and more than three rows",
     test_a_file_loses_more_than_its_share_and_more_than_three_rows},
    {"rows that are there already or empty are no loss",
     test_rows_that_are_there_already_or_empty_are_no_loss},
    {"the first of the most frequent reasons leads",
     test_the_first_of_the_most_frequent_reasons_leads},
    {"every reason has a name and a key or loses nothing",
     test_every_reason_has_a_name_and_a_key_or_loses_nothing},
    {"a kind is lost where no row of it is left", test_a_kind_is_lost_where_no_row_of_it_is_left},
    {"signs are seen in amounts of any form", test_signs_are_seen_in_amounts_of_any_form},
    {"amounts of four digits are seen in any form",
     test_amounts_of_four_digits_are_seen_in_any_form},
    {"labels and days of rejected rows are seen", test_labels_and_days_of_rejected_rows_are_seen},
    {"kinds of rows that are left are met", test_kinds_of_rows_that_are_left_are_met},
    {"examples are kept beyond the budget", test_examples_are_kept_beyond_the_budget},
};
PA_TEST_MAIN("csv_loss", tests)

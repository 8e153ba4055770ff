/* Where headers are found, whatever stands before them and between their names. */
#include <stdio.h>
#include <string.h>

#include "paraudit/csv/csv.h"
#include "unit.h"

#define WANTED .tx = "tx", .account = "account", .time = "time", .amount = "amount"

static pa_status read(const char *text, const pa_csv_names *names, pa_csv_layout *l, pa_error *err)
{
    *err = (pa_error){0};
    return pa_csv_header(text, strlen(text), true, names, 1, "x.csv", l, err);
}

/* tx, account, time and amount are the columns 0, 1, 2, 3; behind the header, in `line`, is
 * the rest. */
static bool finds(const char *text, pa_csv_names names, char separator, const char *rest,
                  int64_t line)
{
    pa_csv_layout l;
    pa_error err;
    if (read(text, &names, &l, &err) != PA_OK) {
        printf("%s\n", err.message);
        return false;
    }
    return l.signs.separator == separator && l.tx == 0 && l.n_account == 1 && l.account[0] == 1 &&
           l.n_time == 1 && l.time[0] == 2 && l.amount == 3 &&
           (size_t)l.length == strlen(text) - strlen(rest) && l.newlines == line - 1;
}

static void test_separators_are_seen(void)
{
    const pa_csv_names names = {WANTED};
    CU_ASSERT(finds("tx,account,time,amount\n1,2,3,4\n", names, ',', "1,2,3,4\n", 2));
    CU_ASSERT(finds("tx;account;time;amount\n1;2;3;4\n", names, ';', "1;2;3;4\n", 2));
    CU_ASSERT(finds("tx\taccount\ttime\tamount\r\n1\t2\t3\t4\n", names, '\t', "1\t2\t3\t4\n", 2));
    CU_ASSERT(finds("tx|account|time|amount\r1|2|3|4\r", names, '|', "1|2|3|4\r", 2));
    CU_ASSERT(finds("\"tx\";account;\"time\";amount\n", names, ';', "", 2));
    CU_ASSERT(finds("'tx','account','time','amount'\n", names, ',', "", 2));
    pa_csv_names said = {WANTED, .separator = ':'};
    CU_ASSERT(finds("tx:account:time:amount\n", said, ':', "", 2));
}

static void test_lines_for_spreadsheets_are_obeyed(void)
{
    const pa_csv_names names = {WANTED};
    CU_ASSERT(finds("sep=;\ntx;account;time;amount\n", names, ';', "", 3));
    CU_ASSERT(finds("\xef\xbb\xbfsep=,\r\ntx,account,time,amount\n", names, ',', "", 3));
    CU_ASSERT(finds("\"sep=:\"\ntx:account:time:amount\n", names, ':', "", 3));
}

static void test_headers_stand_below_other_lines(void)
{
    const pa_csv_names names = {WANTED};
    CU_ASSERT(finds("# from 2024\n# rows 2\ntx,account,time,amount\n", names, ',', "", 4));
    CU_ASSERT(finds("#tx,account,time,amount\n", names, ',', "", 2));
    CU_ASSERT(finds("# tx,account,time,amount\n", names, ',', "", 2));
    CU_ASSERT(finds("\"Card\";\"Visa\"\n\"\"\n\"Balance:\";\"-1.234,56 EUR\"\n\"\"\n"
                    "tx;account;time;amount\n1;2;3;4\n",
                    names, ';', "1;2;3;4\n", 6));
    CU_ASSERT(
        finds("an \"open quote\n\"and another\" one\ntx,account,time,amount\n", names, ',', "", 4));
}

/* "Balance           opens a field, and a quote closes it
 * tx,account,...     in a row, or none does
 * 1,a "b" ...                                             */
static void test_a_stray_quote_takes_no_header_in(void)
{
    const pa_csv_names names = {WANTED};
    CU_ASSERT(finds("\"Balance\ntx,account,time,amount\n1,\"\n", names, ',', "1,\"\n", 3));
    CU_ASSERT(finds("a\n\"Balance\n\ntx,account,time,amount\n1,2,3,\"4\"\n", names, ',',
                    "1,2,3,\"4\"\n", 5));
    CU_ASSERT(finds("\"Balance\r\n\r\ntx;account;time;amount\r\n\";", names, ';', "\";", 4));
    CU_ASSERT(finds("\"Balance\rtx;account;time;amount\r\";", names, ';', "\";", 3));
    char text[8000] = "\"Balance\ntx,account,time,amount\n";
    pa_csv_layout l;
    pa_error err;
    for (int i = 0; i < 700; i++) strcat(text, "1,a,2,3\n");
    CU_ASSERT_EQUAL(pa_csv_header(text, strlen(text), false, &names, 1, "x.csv", &l, &err), PA_OK);
    CU_ASSERT(l.signs.quote == '"' && l.head_line == 2);
}

static void test_names_are_cleaned(void)
{
    const pa_csv_names names = {WANTED}, two = {.tx = "tx",
                                                .account = "account",
                                                .time = "time of day",
                                                .amount = "amount (EUR)"};
    CU_ASSERT(finds("\xef\xbb\xbf\xef\xbb\xbftx,\xc2\xa0 account,time\xe2\x80\x8b,\tamount\n",
                    names, ',', "", 2));
    CU_ASSERT(finds("tx,account,time  of\xc2\xa0"
                    "day,\"amount\r\n(EUR)\"\n",
                    two, ',', "", 3));
}

static void test_names_with_signs_of_lists(void)
{
    static const struct {
        const char *header, *time, *amount;
        int32_t at_time, at_amount;
    } cases[] = {
        {"\"Date, UTC\",\"Amount, EUR\"\n", "Date, UTC", "Amount, EUR", 0, 1},
        {"\"Date, UTC\",a|b,a\n", "Date\\, UTC", "a|b", 0, 1},
        {"t,a\\b,a\n", "t", "a\\\\b|c", 0, 1},
        {"t,a|b,a\n", "t", "x|a\\|b", 0, 1},
        {"t,x,x,x\n", "t", "x#2", 0, 2},
        {"t,x,x#2,x\n", "t", "x#2", 0, 2},
        {"t,x,x\n", "t", "x\\#2|x#1", 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pa_csv_names names = {.time = cases[i].time, .amount = cases[i].amount};
        pa_csv_layout l;
        pa_error err;
        CU_ASSERT_EQUAL_FATAL(read(cases[i].header, &names, &l, &err), PA_OK);
        CU_ASSERT(l.n_time == 1 && l.time[0] == cases[i].at_time);
        CU_ASSERT_EQUAL(l.amount, cases[i].at_amount);
    }
}

static void test_amounts_may_be_a_difference(void)
{
    pa_csv_layout l;
    pa_error err;
    pa_csv_names names = {.time = "t", .amount = "Credit - Debit", .sign = "s|"};
    CU_ASSERT_EQUAL(read("t,Debit,Credit\n", &names, &l, &err), PA_OK);
    CU_ASSERT(l.amount == 2 && l.less == 1 && l.sign == -1);
    CU_ASSERT_EQUAL(read("t,Credit - Debit,s,Debit,Credit\n", &names, &l, &err), PA_OK);
    CU_ASSERT(l.amount == 1 && l.less == -1 && l.sign == 2);
    CU_ASSERT_EQUAL(read("t,Credit\n", &names, &l, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message,
                           "x.csv:1: no column 'Debit' (input.amount); the columns are "
                           "t, Credit");
}

static void test_columns_have_numbers_where_there_is_no_header(void)
{
    pa_csv_layout l;
    pa_error err;
    pa_csv_names names = {.account = "1", .time = "2", .amount = "4", .header = PA_CSV_HEADER_NO};
    CU_ASSERT_EQUAL(read("\na;b;c;d\ne;f;g;h\n", &names, &l, &err), PA_OK);
    CU_ASSERT(l.signs.separator == ';' && l.n_fields == 4 && l.account[0] == 0 && l.time[0] == 1 &&
              l.amount == 3 && l.length == 1 && l.newlines == 1);
    names.header = PA_CSV_HEADER_AUTO;
    CU_ASSERT_EQUAL(read("a,b,c,d\n", &names, &l, &err), PA_OK);
    CU_ASSERT(l.length == 0);
    names.header = PA_CSV_HEADER_YES;
    CU_ASSERT_EQUAL(read("a,b,c,d\n", &names, &l, &err), PA_E_DATA);
    const pa_csv_names words = {WANTED};
    CU_ASSERT_EQUAL(read("1000,A00,2024-01-01,1.00\n", &words, &l, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message,
                           "x.csv:1: none of the first lines has the names of the columns "
                           "(input.time = time, input.amount = amount, ...): where a file has no "
                           "such line, set input.header = no and give columns by their numbers");
}

static void test_blanks_may_stand_before_quotes(void)
{
    pa_csv_layout l;
    pa_error err;
    const pa_csv_names names = {.time = "t", .amount = "a"};
    CU_ASSERT_EQUAL(read("\"t\", \"a\"\n1,2\n", &names, &l, &err), PA_OK);
    CU_ASSERT(l.signs.blanks && l.n_fields == 2);
    CU_ASSERT_EQUAL(read("t,a\n1, \"2\"\n3, \"4\"\n5,6\n", &names, &l, &err), PA_OK);
    CU_ASSERT(l.signs.blanks);
    CU_ASSERT_EQUAL(read("t,a\n1, \"2\"\n3,4\n", &names, &l, &err), PA_OK);
    CU_ASSERT(!l.signs.blanks);
}

static void test_single_quotes_are_seen_in_rows(void)
{
    static const struct {
        const char *text;
        char quote;
    } e[] = {
        {"t,a\n'1',2\n3,'4'\n", '\''},    {"'t','a'\n1,2\n", '\''},
        {"t,a\n'1',2\n3,4\n", '"'},       /* not in all */
        {"t,a\n'1',2\n'3',\"4\"\n", '"'}, /* the other is there, too */
        {"\"t\",a\n'1',2\n'3',4\n", '"'}, {"t,a\n',2\n',4\n", '"'},
    };
    const pa_csv_names names = {.time = "t", .amount = "a"};
    const pa_csv_names said = {.time = "t", .amount = "a", .quote = '"'};
    pa_csv_layout l;
    pa_error err;
    for (size_t i = 0; i < sizeof e / sizeof *e; i++) {
        CU_ASSERT_EQUAL(read(e[i].text, &names, &l, &err), PA_OK);
        CU_ASSERT(l.signs.quote == e[i].quote);
    }
    CU_ASSERT_EQUAL(read(e[0].text, &said, &l, &err), PA_OK);
    CU_ASSERT(l.signs.quote == '"');
}

/* More fields are no better ones. */
static void test_amounts_tell_how_fields_are_parted_where_there_is_no_header(void)
{
    static const struct {
        const char *text;
        char separator;
        int32_t n_fields;
    } e[] = {
        {"1;2;3,50;4\n5;6;7,25;8\n", ';', 4},
        {"1;2;3,50;4,50\n5;6;7,25;8,50\n", ';', 4},
        {"a,b,c;2;3,50;d,e,f\n5;6;7,25;8\n", ';', 4},
        {"1|2|\"3,50\"|4\n\"a,b\"|6|\"7,25\"|8\n", '|', 4},
        {"1,2,\"3,50\",4\n5,6,\"7,25\",8\n", ',', 4},
        {"1,2,\"3;50\",4\n5,6,\"7;25\",8\n", ',', 4}, /* no amount tells */
        {"1,2,3,4\n", ',', 4},
    };
    const pa_csv_names names = {.time = "2", .amount = "3"};
    for (size_t i = 0; i < sizeof e / sizeof *e; i++) {
        pa_csv_layout l;
        pa_error err;
        CU_ASSERT_EQUAL(read(e[i].text, &names, &l, &err), PA_OK);
        CU_ASSERT(l.signs.separator == e[i].separator && l.n_fields == e[i].n_fields);
    }
    /* Of a difference one amount is enough. */
    const pa_csv_names two = {.time = "2", .amount = "3 - 4", .header = PA_CSV_HEADER_NO};
    pa_csv_layout l;
    pa_error err;
    CU_ASSERT_EQUAL(read("a;2;3,50;NULL\nb,c,d;2;NULL;7,50\n", &two, &l, &err), PA_OK);
    CU_ASSERT(l.signs.separator == ';' && l.n_fields == 4);
    CU_ASSERT_EQUAL(read("a, \"b,c,d\",NULL, \"7\"\n", &two, &l, &err), PA_OK);
    CU_ASSERT(l.signs.blanks && l.n_fields == 4);
}

static void test_a_separator_behind_each_row_is_no_field(void)
{
    pa_csv_layout l;
    pa_error err;
    const pa_csv_names names = {.time = "t", .amount = "a"};
    CU_ASSERT_EQUAL(read("t,a\n1,2,\n3,4,\n", &names, &l, &err), PA_OK);
    CU_ASSERT(l.trailing && l.n_fields == 3);
    CU_ASSERT_EQUAL(read("t,a\n1,2,\n3,4\n", &names, &l, &err), PA_OK);
    CU_ASSERT(!l.trailing && l.n_fields == 2);
    CU_ASSERT_EQUAL(read("t,a,\n1,2,\n3,4,\n", &names, &l, &err), PA_OK);
    CU_ASSERT(!l.trailing && l.n_fields == 3);
}

static const pa_test tests[] = {
    {"separators are seen", test_separators_are_seen},
    {"lines for spreadsheets are obeyed", test_lines_for_spreadsheets_are_obeyed},
    {"headers stand below other lines", test_headers_stand_below_other_lines},
    {"names are cleaned", test_names_are_cleaned},
    {"names with signs of lists", test_names_with_signs_of_lists},
    {"amounts may be a difference", test_amounts_may_be_a_difference},
    {"a stray quote takes no header in", test_a_stray_quote_takes_no_header_in},
    {"amounts tell how fields are parted where there is no header",
     test_amounts_tell_how_fields_are_parted_where_there_is_no_header},
    {"columns have numbers where there is no header",
     test_columns_have_numbers_where_there_is_no_header},
    {"blanks may stand before quotes", test_blanks_may_stand_before_quotes},
    {"single quotes are seen in rows", test_single_quotes_are_seen_in_rows},
    {"a separator behind each row is no field", test_a_separator_behind_each_row_is_no_field},
};
PA_TEST_MAIN("csv_layout", tests)

#include "paraudit/csv/guess.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

/* What is guessed of a text; to be freed by done. */
typedef struct {
    pa_csv_layout layout;
    pa_guess_columns columns;
    pa_guess_roles roles;
    pa_status status;
    pa_error err;
} guess;

static guess guess_at(const char *text)
{
    guess g = {.err = {0}};
    size_t n = strlen(text);
    g.status = pa_guess_layout(text, n, true, 1, "x.csv", &g.layout, &g.err);
    if (g.status != PA_OK) return g;
    g.status = pa_guess_columns_read(&g.layout, text, n, true, &g.columns, &g.err);
    pa_guess_roles_find(&g.columns, &g.roles);
    return g;
}

static void done(guess *g)
{
    pa_guess_columns_free(&g->columns);
}

/* From 1, as people count; 0: none. */
static int column(const guess *g, pa_guess_role role)
{
    return g->roles.column[role] + 1;
}

/* ---- names ---- */

static void test_names_in_the_spellings_of_the_trade(void)
{
    static const struct {
        const char *name;
        pa_guess_role role;
    } known[] = {
        {"TRANSACTION_ID", PA_GUESS_TX},
        {"TransactionID", PA_GUESS_TX},
        {"trans_num", PA_GUESS_TX},
        {"IBAN Auftragskonto", PA_GUESS_ACCOUNT},
        {"cc_num", PA_GUESS_ACCOUNT},
        {"nameOrig", PA_GUESS_ACCOUNT},
        {"Beg\xc3\xbcnstigter/Zahlungspflichtiger", PA_GUESS_MERCHANT},
        {"H\xc3\xa4ndler", PA_GUESS_MERCHANT},
        {"Naam / Omschrijving", PA_GUESS_MERCHANT},
        {"b\xc3\xa9n\xc3\xa9"
         "ficiaire",
         PA_GUESS_MERCHANT},
        {"TX_DATETIME", PA_GUESS_TIME},
        {"Buchungstag", PA_GUESS_TIME},
        {"Date de l'op\xc3\xa9ration", PA_GUESS_TIME},
        {"Transaction Date (UTC)", PA_GUESS_TIME},
        {"Betrag (\xe2\x82\xac)", PA_GUESS_AMOUNT},
        {"Amount (EUR)", PA_GUESS_AMOUNT},
        {"TransactionAmt", PA_GUESS_AMOUNT},
        {"Soll", PA_GUESS_DEBIT},
        {"Money In", PA_GUESS_CREDIT},
        {"Af Bij", PA_GUESS_SIGN},
        {"CdtDbtInd", PA_GUESS_SIGN},
        {"Withdrawal Amount(INR)", PA_GUESS_DEBIT},
        {"Deposit Amt.", PA_GUESS_CREDIT},
        {"Is Fraud?", PA_GUESS_LABEL},
        {"isFraud", PA_GUESS_LABEL},
        {"Is Laundering", PA_GUESS_LABEL},
        {"W\xc3\xa4hrung", PA_GUESS_CURRENCY},
        {"merch_lat", PA_GUESS_MERCHANT_LAT},
        {"long", PA_GUESS_HOME_LON},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        CU_ASSERT(pa_guess_name_fits(known[i].name, known[i].role) > 0);
    }
    CU_ASSERT_EQUAL(pa_guess_name_fits("", PA_GUESS_TX), 0);
    CU_ASSERT_EQUAL(pa_guess_name_fits("update", PA_GUESS_TIME), 0);
    CU_ASSERT_EQUAL(pa_guess_name_fits("Tegenrekening", PA_GUESS_ACCOUNT), 0);
    CU_ASSERT_EQUAL(pa_guess_name_fits("defrauded", PA_GUESS_LABEL), 0);
}

static void test_a_whole_name_fits_better_than_a_part(void)
{
    CU_ASSERT(pa_guess_name_fits("isFraud", PA_GUESS_LABEL) >
              pa_guess_name_fits("isFlaggedFraud", PA_GUESS_LABEL));
    CU_ASSERT(pa_guess_name_fits("amount", PA_GUESS_AMOUNT) >
              pa_guess_name_fits("amount fee", PA_GUESS_AMOUNT));
}

/* Any bytes may be a name; a long one is cut. */
static void test_names_of_any_bytes(void)
{
    char name[400];
    for (int c = 1; c < 256; c++) {
        memset(name, c, sizeof name - 1);
        name[sizeof name - 1] = '\0';
        for (int r = 0; r < PA_GUESS_N; r++)
            CU_ASSERT_EQUAL(pa_guess_name_fits(name, (pa_guess_role)r), 0);
    }
}

/* ---- layout ---- */

/*  line 1  a preamble, line 2 another, line 3 empty, line 4 the names */
static void test_the_header_is_behind_a_preamble(void)
{
    guess g = guess_at("\xef\xbb\xbf\"Karte\";\"4711\"\nStand;1,5\n\nTag;Wer;Betrag\n"
                       "01.02.2024;A;1,00\n13.02.2024;B;2,50\n14.02.2024;C;3,50\n");
    CU_ASSERT_EQUAL(g.status, PA_OK);
    CU_ASSERT_EQUAL(g.layout.signs.separator, ';');
    CU_ASSERT_EQUAL(g.layout.head_line, 4);
    CU_ASSERT_EQUAL(g.layout.n_fields, 3);
    CU_ASSERT_EQUAL(g.columns.column[0].rows, 3);
    CU_ASSERT_STRING_EQUAL(g.columns.column[2].name, "Betrag");
    done(&g);
}

static void test_every_separator(void)
{
    static const char separators[] = ",;\t|";
    for (const char *s = separators; *s; s++) {
        char text[] = "time_amount_who\n2024-02-01 10:00_1.5_a\n2024-02-02 11:00_2.5_b\n";
        for (char *c = text; *c; c++) {
            if (*c == '_') *c = *s;
        }
        guess g = guess_at(text);
        CU_ASSERT_EQUAL(g.status, PA_OK);
        CU_ASSERT_EQUAL(g.layout.signs.separator, *s);
        CU_ASSERT_EQUAL(g.layout.n_fields, 3);
        CU_ASSERT_EQUAL(g.layout.head_line, 1);
        done(&g);
    }
}

static void test_rows_without_names(void)
{
    guess g = guess_at("1,A,2024-02-01,1.50\n2,B,2024-02-02,2.50\n3,C,2024-02-03,3.50\n");
    CU_ASSERT_EQUAL(g.layout.head_length, 0);
    CU_ASSERT_EQUAL(g.layout.length, 0);
    CU_ASSERT_STRING_EQUAL(g.columns.column[3].name, "4");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 3);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_AMOUNT), 4);
    CU_ASSERT(!g.roles.named[PA_GUESS_TIME]);
    done(&g);
}

static void test_separator_lines_comments_trailing_separators_single_quotes(void)
{
    guess g = guess_at("sep=;\ntime;amount\n2024-02-01;1,5\n2024-02-02;2,5\n");
    CU_ASSERT_EQUAL(g.layout.head_line, 2);
    CU_ASSERT_EQUAL(g.layout.signs.separator, ';');
    done(&g);
    g = guess_at("# time,amount\n2024-02-01,1.5\n2024-02-02,2.5\n");
    CU_ASSERT_STRING_EQUAL(g.columns.column[0].name, "time");
    done(&g);
    g = guess_at("time,amount\n2024-02-01,1.5,\n2024-02-02,2.5,\n2024-02-03,2.5,\n");
    CU_ASSERT(g.layout.trailing);
    CU_ASSERT_EQUAL(g.layout.n_fields, 3);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_AMOUNT), 2);
    done(&g);
    g = guess_at("time,who,amount\n'2024-02-01','A, B',1.5\n'2024-02-02','C',2.5\n");
    CU_ASSERT_EQUAL(g.layout.signs.quote, '\'');
    CU_ASSERT_EQUAL(g.columns.column[1].distinct, 2);
    done(&g);
}

/* Between quotes values are values, whichever quote is tried. */
static void test_quoted_rows_without_names(void)
{
    guess g = guess_at("\"01/01/2024\",\"M6\",\"-11.33\"\n\"14/01/2024\",\"M3\",\"63.19\"\n\"15/01/"
                       "2024\",\"M3\",\"3.19\"\n");
    CU_ASSERT_EQUAL(g.layout.signs.quote, '"');
    CU_ASSERT_EQUAL(g.layout.head_length, 0);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 1);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_AMOUNT), 3);
    done(&g);
}

static void test_names_may_end_before_empty_columns(void)
{
    guess g = guess_at("time,amount,,,\n2024-02-01,1.5,,,\n2024-02-02,2.5,,,\n");
    CU_ASSERT_EQUAL(g.layout.head_line, 1);
    CU_ASSERT_EQUAL(g.layout.n_fields, 5);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_AMOUNT), 2);
    done(&g);
    /* A title, in a sheet whose rows are filled. */
    g = guess_at("Account of,A. Smith,,,\ntime,amount,who,why,what\n2024-02-01,1.5,a,b,c\n"
                 "2024-02-02,2.5,a,b,c\n");
    CU_ASSERT_EQUAL(g.layout.head_line, 2);
    done(&g);
}

static void test_blanks_before_quotes(void)
{
    guess g = guess_at("time, who, amount\n\"2024-02-01\", \"A, B\", \"1.5\"\n"
                       "\"2024-02-02\", \"C\", \"2.5\"\n");
    CU_ASSERT(g.layout.signs.blanks);
    CU_ASSERT_EQUAL(g.layout.n_fields, 3);
    CU_ASSERT_STRING_EQUAL(g.columns.column[1].example, "A, B");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_AMOUNT), 3);
    done(&g);
    g = guess_at(
        "time,who,amount\n\"2024-02-01\",\"A, \"\"B\"\"\",1.5\n\"2024-02-02\",\"C\",2.5\n");
    CU_ASSERT(!g.layout.signs.blanks);
    done(&g);
}

static void test_what_is_no_table(void)
{
    guess g = guess_at("Dear Sir or Madam\n\nplease find enclosed\n");
    CU_ASSERT_EQUAL(g.status, PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(g.err.message, "x.csv:1: the first lines are no table"));
    done(&g);
    g = guess_at("time^amount\n2024-02-01^1.5\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(g.err.message, "input.separator"));
    done(&g);
    g = guess_at("");
    CU_ASSERT_EQUAL(g.status, PA_E_DATA);
    done(&g);
}

/* ---- roles ---- */

/* Values decide between columns whose names would do. */
static void test_values_have_a_veto(void)
{
    guess g = guess_at("id,Valuta,Account number,Payee,Datum,Betrag,Saldo\n"
                       "7,EUR,,A,01.02.2024,\"1,50\",\"10,00\"\n"
                       "7,EUR,,B,14.02.2024,\"2,50\",\"11,00\"\n"
                       "8,EUR,,C,15.02.2024,\"3,50\",\"12,00\"\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TX), 0);       /* 7 comes twice */
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CURRENCY), 2); /* no date here */
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_ACCOUNT), 0);  /* empty */
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_MERCHANT), 4);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 5);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_AMOUNT), 6);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_LABEL), 0);
    CU_ASSERT_EQUAL(g.columns.column[4].time.form.kind, PA_TIME_DD_MM_YYYY);
    CU_ASSERT(!g.columns.column[4].has_clock);
    done(&g);
}

/* A name among others that is also a number, a day or a clock:
 *
 *     time,amount,merchant         2024-01-01 10:00:00,5.25,24.7
 *                                  2024-01-02 10:00:00,5.25,Shop 1 ... */
static void book_of_names(const char *header, const char *odd, int every, const char *other,
                          char text[4000])
{
    int n = snprintf(text, 4000, "time,amount,%s\n", header);
    for (int i = 0; i < 40; i++)
        n += i % every == 0
                 ? snprintf(text + n, (size_t)(4000 - n), "2024-01-%02d 10:00:00,5.25,\"%s\"\n",
                            i % 28 + 1, odd)
                 : snprintf(text + n, (size_t)(4000 - n), "2024-01-%02d 10:00:00,5.25,%s%d\n",
                            i % 28 + 1, other, i % 7);
}

static void test_a_name_that_is_a_number_takes_no_role_away(void)
{
    static const struct {
        const char *header;
        pa_guess_role role;
    } roles[] = {{"merchant", PA_GUESS_MERCHANT},   {"account", PA_GUESS_ACCOUNT},
                 {"category", PA_GUESS_CATEGORY},   {"channel", PA_GUESS_CHANNEL},
                 {"currency", PA_GUESS_CURRENCY},   {"country", PA_GUESS_COUNTRY},
                 {"Description", PA_GUESS_MERCHANT}};
    static const char *const odd[] = {"24.7", "7.11", "7,11", "1.5", "3.50",
                                      "1e5",  "4711", "24/7", "-",   "0"};
    char text[4000];
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
            for (int every = 2; every <= 20; every += 9) {
                book_of_names(roles[i].header, odd[k], every, "Shop ", text);
                guess g = guess_at(text);
                CU_ASSERT_EQUAL(column(&g, roles[i].role), 3);
                done(&g);
            }
        }
    }
}

/* Names of figures alone; but a column of fractions is none of names. */
static void test_names_of_figures(void)
{
    char text[4000];
    book_of_names("merchant", "24.7", 3, "10", text);
    guess g = guess_at(text);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_MERCHANT), 3);
    done(&g);
    book_of_names("merchant", "24.7", 3, "10.", text);
    g = guess_at(text);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_MERCHANT), 0);
    done(&g);
    book_of_names("merchant fee", "24.7", 3, "10", text);
    g = guess_at(text);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_MERCHANT), 0);
    done(&g);
}

static void test_times_of_several_columns(void)
{
    guess g = guess_at("Date,Time,TimeZone,Gross\n01/02/2024,10:00:00,PST,-1.50\n"
                       "14/02/2024,11:00:00,PDT,2.50\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 1);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CLOCK), 2);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_ZONE), 3);
    done(&g);
    g = guess_at("User,Year,Month,Day,Time,Amount\n0,2002,9,1,06:21,$134.09\n"
                 "0,2002,9,2,06:42,$38.48\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_YEAR), 2);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CLOCK), 5);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 0);
    done(&g);
    /* As spreadsheets and databases write them. */
    g = guess_at(
        "date,time,amount\n2024-02-01 00:00:00,10:00,1.5\n2024-02-02 00:00:00,11:00,2.5\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 1);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CLOCK), 2);
    done(&g);
    g = guess_at("txn_date,txn_time,amount\n20240101,001613,1.5\n20240102,212252,2.5\n"
                 "20240103,212252,2.5\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 1);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CLOCK), 2);
    done(&g);
    /* A clock is no count of seconds, and a day that is none is no time. */
    g = guess_at("date,time,amount\n20240101,1613,1.5\n20240102,252,2.5\n20240103,212252,2.5\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 1);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CLOCK), 0);
    done(&g);
    g = guess_at("date,time,amount\n2024-02-01,1900-01-01 10:00,1.5\n"
                 "2024-02-02,1900-01-01 11:00,2.5\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 1);
    CU_ASSERT(g.columns.column[1].no_day && !g.columns.column[0].no_day);
    done(&g);
    /* All of these are clocks, too. */
    g = guess_at("time,amount\n01.05.24,1.5\n13.05.24,2.5\n14.05.24,2.5\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 1);
    CU_ASSERT_EQUAL(g.columns.column[0].time.form.kind, PA_TIME_DD_MM_YYYY);
    done(&g);
    g = guess_at("date,time,amount\n2024-02-01,10.05.24,1.5\n2024-02-02,11.45.36,2.5\n2024-02-02,"
                 "12.45.36,2.5\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CLOCK), 2);
    done(&g);
    /* A time that says the clock needs none. */
    g = guess_at("date,time,amount\n2024-02-01 10:00,10:00,1.5\n2024-02-02 11:00,11:00,2.5\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_TIME), 1);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CLOCK), 0);
    done(&g);
}

static void test_debits_credits_and_signs(void)
{
    guess g = guess_at("Date,Description,Debit,Credit,Balance\n2024-02-01,A,,1.00,9.5\n"
                       "2024-02-02,B,2.37,,9.5\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_AMOUNT), 0);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CREDIT), 4);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_DEBIT), 3);
    done(&g);
    g = guess_at("Datum;Af Bij;Bedrag (EUR)\n2024-02-01;Af;1,00\n2024-02-02;Bij;2,37\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_SIGN), 2);
    done(&g);
    g = guess_at("Date,Debit Amount,Credit Amount\n2024-02-01,0.00,1.00\n2024-02-02,2.37,0.00\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_AMOUNT), 0);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CREDIT), 3);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_DEBIT), 2);
    done(&g);
    /* Where another one is the amount, and nothing else. */
    g = guess_at(
        "Date,Amount,Debit,Credit\n2024-02-01,1.00,0.00,1.00\n2024-02-02,2.37,2.37,0.00\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_AMOUNT), 2);
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_CREDIT), 0);
    done(&g);
    static const char *const signs[][2] = {
        {"\xe6\x94\xb6,\xe6\x94\xaf\xe5\x87\xba", "\xe6\x94\xb6\xe5\x85\xa5"},
        {"direction,OUTGOING", "incoming"},
        {"CdtDbtInd,DBIT", "CRDT"},
        {"sens,D\xc3\xa9"
         "bit",
         "Cr\xc3\xa9"
         "dit"},
        {"rodzaj,Obci\xc4\x85\xc5\xbc"
         "enie",
         "Uznanie"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        char text[200];
        const char *comma = strchr(signs[i][0], ',');
        snprintf(text, sizeof text, "date,amount,%.*s\n2024-02-01,1.00,%s\n2024-02-02,2.37,%s\n",
                 (int)(comma - signs[i][0]), signs[i][0], comma + 1, signs[i][1]);
        g = guess_at(text);
        CU_ASSERT_EQUAL(column(&g, PA_GUESS_SIGN), 3);
        done(&g);
    }
    /* Cards, or words that nobody knows. */
    g = guess_at("date,amount,card6\n2024-02-01,1.00,debit\n2024-02-02,2.37,credit\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_SIGN), 0);
    CU_ASSERT_EQUAL(g.roles.other[PA_GUESS_SIGN], -1);
    done(&g);
    g = guess_at("date,amount,direction\n2024-02-01,1.00,hin\n2024-02-02,2.37,her\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_SIGN), 0);
    CU_ASSERT_EQUAL(g.roles.other[PA_GUESS_SIGN], 2);
    done(&g);
    /* Amounts with signs of their own. */
    g = guess_at("Datum;Af Bij;Bedrag (EUR)\n2024-02-01;Af;-1,00\n2024-02-02;Bij;2,37\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_SIGN), 0);
    done(&g);
}

static void test_labels_of_many_words(void)
{
    guess g = guess_at("date,amount,label\n2024-02-01,1.00,True\n2024-02-02,2.37,False\n"
                       "2024-02-03,1.00,1\n2024-02-04,2.37,0\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_LABEL), 3);
    CU_ASSERT_EQUAL(g.columns.column[2].none, 0);
    done(&g);
    g = guess_at("date,amount,label\n2024-02-01,1.00,none\n2024-02-02,2.37,chargeback\n");
    CU_ASSERT_EQUAL(column(&g, PA_GUESS_LABEL), 3);
    CU_ASSERT_EQUAL(g.columns.column[2].none, 1);
    done(&g);
}

static void test_facts_of_a_column(void)
{
    guess g = guess_at("time,amount,x\n2024-02-01 10:00,1.005,NULL\n2024-02-02 11:00,-2.50000001,\n"
                       "2024-02-03 12:00,1.005,7\n");
    const pa_guess_column *amount = g.columns.column + 1, *x = g.columns.column + 2;
    CU_ASSERT_EQUAL(amount->rows, 3);
    CU_ASSERT_EQUAL(amount->distinct, 2);
    CU_ASSERT_EQUAL(amount->minus, 1);
    CU_ASSERT_EQUAL(amount->decimals, 8);
    CU_ASSERT_EQUAL(amount->tally.lone[0], 2);
    CU_ASSERT_STRING_EQUAL(amount->lone, "1.005");
    CU_ASSERT_EQUAL(amount->least, -2.50000001);
    CU_ASSERT_EQUAL(x->filled, 1); /* NULL is nothing */
    CU_ASSERT_STRING_EQUAL(x->example, "7");
    CU_ASSERT(g.columns.column[0].has_clock && !g.columns.column[0].has_zone);
    done(&g);
}

/* Whatever is cut off, there is an answer. */
static void test_every_beginning_of_a_file(void)
{
    static const char text[] = "a;'b';\"c\n\";d\n1;2024-01-01;\"x;y\";'z\n;;;\n9,5;\"\"\"\";;\n";
    for (size_t n = 0; n < sizeof text; n++) {
        for (int last = 0; last < 2; last++) {
            guess g = {.err = {0}};
            g.status = pa_guess_layout(text, n, last != 0, 1, "x", &g.layout, &g.err);
            if (g.status == PA_OK) {
                g.status = pa_guess_columns_read(&g.layout, text, n, last != 0, &g.columns, &g.err);
                CU_ASSERT_EQUAL(g.status, PA_OK);
                pa_guess_roles_find(&g.columns, &g.roles);
            } else {
                CU_ASSERT_EQUAL(g.status, PA_E_DATA);
            }
            done(&g);
        }
    }
}

static const pa_test tests[] = {
    {"names in the spellings of the trade", test_names_in_the_spellings_of_the_trade},
    {"a whole name fits better than a part", test_a_whole_name_fits_better_than_a_part},
    {"names of any bytes", test_names_of_any_bytes},
    {"the header is behind a preamble", test_the_header_is_behind_a_preamble},
    {"every separator", test_every_separator},
    {"rows without names", test_rows_without_names},
    {"separator lines, comments, trailing separators, single quotes",
     test_separator_lines_comments_trailing_separators_single_quotes},
    {"quoted rows without names", test_quoted_rows_without_names},
    {"names may end before empty columns", test_names_may_end_before_empty_columns},
    {"blanks before quotes", test_blanks_before_quotes},
    {"what is no table", test_what_is_no_table},
    {"values have a veto", test_values_have_a_veto},
    {"a name that is a number takes no role away", test_a_name_that_is_a_number_takes_no_role_away},
    {"names of figures", test_names_of_figures},
    {"times of several columns", test_times_of_several_columns},
    {"debits, credits and signs", test_debits_credits_and_signs},
    {"labels of many words", test_labels_of_many_words},
    {"facts of a column", test_facts_of_a_column},
    {"every beginning of a file", test_every_beginning_of_a_file},
};
PA_TEST_MAIN("guess", tests)

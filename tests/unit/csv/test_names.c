/* Names as they are kept, words for nothing, labels, and what spreadsheets leave. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "csv_twin.h"
#include "paraudit/csv/csv.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/damage.h"
#include "unit.h"

#define X16 "0123456789abcdef"
#define X64 X16 X16 X16 X16

static const pa_csv_names names = {.tx = "tx|",
                                   .account = "account",
                                   .merchant = "merchant",
                                   .time = "time",
                                   .amount = "amount",
                                   .label = "label|",
                                   .coded = {"category|"}};

/* With a parser whose words are set. */
static void read_text(const char *text, const pa_csv_names *columns, bool text_ids,
                      pa_csv_intake *p)
{
    size_t used, n = strlen(text);
    pa_error err = {0};
    p->max_record = 1 << 20;
    p->keep_rejects = 100;
    CU_ASSERT_EQUAL(pa_csv_header(text, n, true, columns, 1, "x.csv", &p->layout, &err), PA_OK);
    p->rows.has = pa_csv_columns_of(&p->layout, text_ids);
    p->line = 1 + p->layout.newlines;
    size_t skip = (size_t)p->layout.length;
    CU_ASSERT_EQUAL(pa_csv_parse(p, text + skip, n - skip, n - skip, true, &used, &err), PA_OK);
}

static bool calls(const pa_intern *t, int32_t code, const char *name)
{
    return is_named(t, code, name, strlen(name));
}

/* ---- names ------------------------------------------------------------------------ */

static void test_blanks_of_every_kind_are_taken_off_names(void)
{
    static const struct {
        const char *text, *kept;
    } example[] = {
        {"a", "a"},
        {" \t a b \t", "a b"},
        {"\xc2\xa0"
         "a\xc2\xa0",
         "a"},
        {"\xe2\x80\x8b\xef\xbb\xbf"
         "a\xe2\x80\x8e\xe2\x80\x8f",
         "a"},
        {"\xe2\x80\x87"
         "a\xe2\x80\xaf\xe2\x80\x89\xe3\x80\x80",
         "a"},
        {"a\xc2\xa0"
         "b",
         "a\xc2\xa0"
         "b"},
        {"\xc3\xa0", "\xc3\xa0"}, /* ends in the byte of a blank */
        {"\xe2\x80\x93", "\xe2\x80\x93"},
        {"\xe2\x80\x8d"
         "a",
         "\xe2\x80\x8d"
         "a"}, /* a joiner has a meaning */
        {"a\r\n", "a"},
        {" \xc2\xa0\t", ""},
        {"\xa0", "\xa0"}, /* no text at all */
        {"\xc2", "\xc2"},
        {"\x80\x8b", "\x80\x8b"},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        pa_csv_field f = pa_csv_clean((pa_csv_field){example[i].text, strlen(example[i].text)});
        CU_ASSERT_EQUAL(f.length, strlen(example[i].kept));
        CU_ASSERT(memcmp(f.text, example[i].kept, f.length) == 0);
    }
}

static void test_padded_names_are_one_name(void)
{
    pa_csv_intake p = {0};
    read_text("tx,account,merchant,time,amount,category\n"
              "1,A00         ,M5\t,1,1, x\n"
              "2,A00,M5,1,1,x\n"
              "3,\xc2\xa0"
              "A00,\" M5\",1,1,x\xc2\xa0\n"
              "4,   ,M5,1,1,x\n",
              &names, false, &p);
    CU_ASSERT_EQUAL(p.rows.n, 3);
    CU_ASSERT(p.accounts.n == 1 && calls(&p.accounts, 0, "A00"));
    CU_ASSERT(p.merchants.n == 1 && calls(&p.merchants, 0, "M5"));
    CU_ASSERT(p.coded[0].n == 1 && calls(&p.coded[0], 0, "x"));
    CU_ASSERT(p.n_rejected == 1 && p.rejects[0].line == 5 &&
              p.rejects[0].reason == PA_REJECT_NO_ACCOUNT);
    pa_csv_intake_free(&p);
}

static void test_long_names_keep_their_beginning_and_a_digest(void)
{
    static const char cyrillic[] = /* 31 bytes would cut a letter in two */
        "\xd0\x9c\xd0\xb0\xd0\xb3\xd0\xb0\xd0\xb7\xd0\xb8\xd0\xbd\xd0\x9c\xd0\xb0\xd0\xb3\xd0\xb0"
        "\xd0\xb7\xd0\xb8\xd0\xbd\xd0\x9c\xd0\xb0\xd0\xb3\xd0\xb0\xd0\xb7\xd0\xb8\xd0\xbd\xd0\x9c"
        "\xd0\xb0\xd0\xb3\xd0\xb0\xd0\xb7\xd0\xb8\xd0\xbd\xd0\x9c\xd0\xb0\xd0\xb3\xd0\xb0\xd0\xb7";
    char cut[PA_CSV_NAME_BYTES], expected[100];
    pa_csv_field f = {X64, 64};
    CU_ASSERT_EQUAL(pa_csv_clean_name(NULL, &f, cut), PA_CSV_NAME_GOOD);
    CU_ASSERT_EQUAL(f.length, 64);
    f = (pa_csv_field){X64 "x", 65};
    CU_ASSERT_EQUAL(pa_csv_clean_name(NULL, &f, cut), PA_CSV_NAME_CUT);
    XXH128_hash_t h = XXH3_128bits(X64 "x", 65);
    snprintf(expected, sizeof expected, "%.31s~%016llx%016llx", X64, (unsigned long long)h.high64,
             (unsigned long long)h.low64);
    CU_ASSERT(f.length == 64 && memcmp(f.text, expected, 64) == 0);
    f = (pa_csv_field){cyrillic, sizeof cyrillic - 1};
    CU_ASSERT_EQUAL(pa_csv_clean_name(NULL, &f, cut), PA_CSV_NAME_CUT);
    CU_ASSERT(f.length == 63 && memcmp(f.text, cyrillic, 30) == 0 && f.text[30] == '~');
    /* Of the name alone, not of the blanks around it. */
    f = (pa_csv_field){" " X64 "x ", 67};
    pa_csv_clean_name(NULL, &f, cut);
    CU_ASSERT(f.length == 64 && memcmp(f.text, expected, 64) == 0);
}

/* Long names differ by their ends alone, and are met again in any column. */
static void test_long_names_in_any_column_stay_apart(void)
{
    pa_csv_intake p = {0};
    read_text("tx,account,merchant,time,amount,category\n" X64 "a," X64 "b," X64 "c,1,1," X64
              "d\n" X64 "e," X64 "b," X64 "f,1,1," X64 "d \n"
              "x," X64 "g,m,1,1,\n",
              &names, true, &p);
    CU_ASSERT_EQUAL(p.rows.n, 3);
    CU_ASSERT_EQUAL(p.accounts.n, 2);
    CU_ASSERT_EQUAL(p.merchants.n, 3);
    CU_ASSERT_EQUAL(p.coded[0].n, 1);
    CU_ASSERT(p.rows.account[0] == p.rows.account[1] && p.rows.account[2] == 1);
    CU_ASSERT_EQUAL(p.n_long_names, 9);
    CU_ASSERT_STRING_EQUAL(p.first_long.what, "transaction id '" X16 X16 "01234567...'");
    CU_ASSERT_EQUAL(p.first_long.line, 2);
    CU_ASSERT(p.rows.id_length[0] == 64 && p.rows.id_length[2] == 1);
    CU_ASSERT(memcmp(p.rows.id_bytes.data, p.rows.id_bytes.data + 64, 64) != 0);
    pa_csv_intake_free(&p);
}

static void test_empty_parts_of_an_account_are_joined_as_they_are(void)
{
    pa_csv_intake p = {0};
    pa_error err = {0};
    pa_csv_names joined = names;
    joined.account = "a,b,c";
    CU_ASSERT_EQUAL(pa_csv_words_add(&p.missing, "N/A, nan", &err), PA_OK);
    read_text("tx,a,b,c,merchant,time,amount\n"
              "1,10000,321.0,,m,1,1\n"
              "2,10000 ,321.0,nan,m,1,1\n"
              "3,,,x,m,1,1\n"
              "4,N,A,,m,1,1\n"
              "5,,NAN, ,m,1,1\n"
              "6," X64 ",1,2,m,1,1\n"
              "7," X64 ",1,3,m,1,1\n"
              "8,10000,321.0/,,m,1,1\n",
              &joined, false, &p);
    CU_ASSERT_EQUAL(p.rows.n, 6);
    CU_ASSERT(calls(&p.accounts, p.rows.account[0], "10000/321.0/"));
    CU_ASSERT_EQUAL(p.rows.account[1], p.rows.account[0]);
    CU_ASSERT(calls(&p.accounts, p.rows.account[2], "//x"));
    CU_ASSERT(calls(&p.accounts, p.rows.account[3], "N/A/"));
    CU_ASSERT(p.rows.account[4] != p.rows.account[5]);
    CU_ASSERT_EQUAL(p.n_long_names, 2);
    CU_ASSERT(p.n_rejected == 2 && p.rejects[0].reason == PA_REJECT_NO_ACCOUNT &&
              p.rejects[0].line == 6 && p.rejects[1].reason == PA_REJECT_ACCOUNT_PART);
    pa_csv_intake_free(&p);
}

static void test_rows_without_an_account_may_be_their_own(void)
{
    pa_csv_intake p = {.own_accounts = true};
    read_text("tx,account,merchant,time,amount\n"
              "7,8,m,1,1\n"
              "8,,m,1,1\n" /* not the account 8 */
              "9, ,m,1,1\n",
              &names, false, &p);
    CU_ASSERT_EQUAL(p.rows.n, 3);
    CU_ASSERT(calls(&p.accounts, p.rows.account[0], "8"));
    CU_ASSERT(calls(&p.accounts, p.rows.account[1], "own:8"));
    CU_ASSERT(calls(&p.accounts, p.rows.account[2], "own:9"));
    CU_ASSERT_EQUAL(p.n_own_accounts, 2);
    pa_csv_intake_free(&p);

    p = (pa_csv_intake){.own_accounts = true};
    read_text("tx,account,merchant,time,amount\n" X64 ",,m,1,1\nt-1,,m,1,1\n,,m,1,1\n" X64 X64
              "\xff,,m,1,1\n",
              &names, true, &p);
    CU_ASSERT_EQUAL(p.rows.n, 2);
    CU_ASSERT(calls(&p.accounts, p.rows.account[1], "own:t-1"));
    int32_t code = p.rows.account[0];
    CU_ASSERT_EQUAL(p.accounts.start[code + 1] - p.accounts.start[code], 64);
    CU_ASSERT(memcmp(p.accounts.bytes + p.accounts.start[code], "own:" X16, 20) == 0);
    CU_ASSERT(p.n_rejected == 2 && p.rejects[0].reason == PA_REJECT_EMPTY_TX &&
              p.rejects[1].reason == PA_REJECT_TX_TEXT);
    pa_csv_intake_free(&p);
}

static void test_rows_without_a_merchant_stay(void)
{
    pa_csv_intake p = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_csv_words_add(&p.missing, "NULL", &err), PA_OK);
    read_text("tx,account,merchant,time,amount\n"
              "1,a,m,1,1\n2,a,,1,1\n3,a,null,1,1\n4,a, ,1,1\n5,b,m,x,1\n6,b,,x,1\n",
              &names, false, &p);
    CU_ASSERT_EQUAL(p.rows.n, 4);
    CU_ASSERT_EQUAL(p.n_no_merchant, 3); /* none of rows that are rejected */
    CU_ASSERT_EQUAL(p.merchants.n, 2);
    for (size_t i = 1; i < 4; i++) CU_ASSERT(calls(&p.merchants, p.rows.merchant[i], "none"));
    pa_csv_intake_free(&p);
}

/* ---- words ------------------------------------------------------------------------ */

static void test_words_are_compared_whole_and_in_either_size(void)
{
    pa_csv_words w = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_csv_words_add(&w, "NULL, \\N ,N/A,, -999", &err), PA_OK);
    static const char *const in[] = {"null", "NULL", "NuLl", "\\n", "\\N", "n/a", "-999"};
    static const char *const out[] = {"", "nul", "nulls", "N", "-99", "-999.0", "n"};
    for (size_t i = 0; i < 7; i++) CU_ASSERT(pa_csv_words_hold(&w, in[i], strlen(in[i])));
    for (size_t i = 0; i < 7; i++) CU_ASSERT(!pa_csv_words_hold(&w, out[i], strlen(out[i])));
    CU_ASSERT(!pa_csv_words_hold(&w, "n/a\0", 4)); /* a zero byte ends no text */
    CU_ASSERT(w.number && w.longest == 4);
    pa_csv_words_free(&w);
    CU_ASSERT(!pa_csv_words_hold(&w, "null", 4));
}

/* A word for nothing may be a number; then it is none in a column of numbers. */
static void test_a_missing_number_is_none(void)
{
    static const char text[] = "tx,account,merchant,time,amount,label,V1,V2,lat,known\n"
                               "1,a,m,1,1,0,-999,1,-999,-999\n"
                               "2,a,m,1,1,nan,1,NaN,,\n"
                               "3,a,m,1,1,1,1,1,1,1\n";
    pa_csv_intake p = {0};
    pa_error err = {0};
    pa_csv_names more = names;
    more.numeric = "V*";
    more.place[PA_CSV_HOME_LAT] = "lat";
    more.label_time = "known";
    CU_ASSERT_EQUAL(pa_csv_words_add(&p.missing, "nan,-999", &err), PA_OK);
    read_text(text, &more, false, &p);
    CU_ASSERT_EQUAL(p.rows.n, 3);
    CU_ASSERT(isnan(p.rows.numeric[0][0]) && p.rows.numeric[1][0] == 1.0F);
    CU_ASSERT(p.rows.numeric[0][1] == 1.0F && isnan(p.rows.numeric[1][1]));
    CU_ASSERT(isnan(p.rows.place[PA_CSV_HOME_LAT][0]) && isnan(p.rows.place[PA_CSV_HOME_LAT][1]));
    CU_ASSERT(p.rows.label_time[0] == INT64_MIN && p.rows.label_time[1] == INT64_MIN);
    CU_ASSERT(p.rows.label_time[2] == 1 && p.rows.place[PA_CSV_HOME_LAT][2] == 1.0);
    CU_ASSERT(p.gaps && p.gaps[0] == 1 && p.gaps[1] == 1);
    CU_ASSERT(p.rows.label[1] == -1 && p.odd_labels.n == 0 && p.n_unknown_labels == 1);
    pa_csv_intake_free(&p);
}

/* A word is nothing in amounts as well, were it a number. */
static void test_a_missing_amount_is_none(void)
{
    static const char text[] = "account,merchant,time,out,in,way\n"
                               "a,m,1,NULL,5.00,+\n"
                               "a,m,1,7.00,-999.00,-\n"
                               "a,m,1,null,,-\n"
                               "a,m,1,-999.00,1.00,+\n"
                               "a,m,1,1.00,null,+\n";
    pa_csv_names two = {
        .account = "account", .merchant = "merchant", .time = "time", .amount = "in - out"};
    two.amount_form = (pa_amount_form){'.', 2};
    static const int64_t difference[] = {500, -700, 100, -100}, out[] = {700, 100};
    for (int round = 0; round < 2; round++) {
        pa_csv_intake p = {0};
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_csv_words_add(&p.missing, "NULL,-999.00", &err), PA_OK);
        if (round == 1) two.amount = "out";
        read_text(text, &two, false, &p);
        CU_ASSERT_EQUAL(p.rows.n, round ? 2 : 4);
        CU_ASSERT_EQUAL(p.by_reason.n[PA_REJECT_AMOUNT], round ? 3 : 1);
        for (size_t i = 0; i < p.rows.n; i++)
            CU_ASSERT_EQUAL(p.rows.amount_minor[i], round ? out[i] : difference[i]);
        pa_csv_intake_free(&p);
    }
}

/* ---- labels ----------------------------------------------------------------------- */

static int read_word(const pa_csv_label_words *w, const pa_csv_words *missing, const char *text)
{
    return pa_csv_read_label(w, missing, text, strlen(text));
}

static void test_labels_have_their_default_words(void)
{
    static const struct {
        const char *text;
        int label;
    } example[] = {
        {"0", 0},   {"1", 1},        {"no", 0},  {"YES", 1},    {"False", 0},   {"true", 1},
        {"N", 0},   {"y", 1},        {"f", 0},   {"T", 1},      {"genuine", 0}, {"Fraud", 1},
        {"0.0", 0}, {"1.00", 1},     {" 1 ", 1}, {"", -1},      {" ", -1},      {"nan", -1},
        {"?", -1},  {"Pending", -1}, {"2", 2},   {"-1", 2},     {"legit", 2},   {"1.5", 2},
        {"1.", 1},  {".0", 0},       {"1e0", 1}, {"normal", 2}, {"yes!", 2},
    };
    pa_csv_label_words w = {0};
    pa_csv_words missing = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_csv_words_add(&missing, "nan", &err), PA_OK);
    CU_ASSERT_EQUAL(pa_csv_label_words_set(&w, "", "", "unknown, pending, ?", &missing, &err),
                    PA_OK);
    CU_ASSERT(!w.digits);
    for (size_t i = 0; i < sizeof example / sizeof *example; i++)
        CU_ASSERT_EQUAL(read_word(&w, &missing, example[i].text), example[i].label);
    CU_ASSERT_EQUAL(pa_csv_read_label(&w, &missing, "0\0x", 3), PA_CSV_LABEL_ODD);
    CU_ASSERT_EQUAL(pa_csv_read_label(&w, &missing, "no\0\0\0\0\0\0", 8), PA_CSV_LABEL_ODD);
    pa_csv_label_words_free(&w);
    pa_csv_words_free(&missing);
}

static void test_given_words_win_over_the_defaults(void)
{
    static const struct {
        const char *fraud, *genuine, *text;
        int label;
    } example[] = {
        {"1", "2", "1", 1},       {"1", "2", "2", 0},
        {"1", "2", "2.0", 0},     {"1", "2", "0", 0},
        {"-1", "1", "-1", 1},     {"-1", "1", "1", 0},
        {"-1", "1", "1.0", 0},    {"-1", "1", "-1.0", 1},
        {"2.0", "", "2", 1},      {"Ja", "nein", "JA", 1},
        {"Ja", "nein", "yes", 1}, {"0", "1", "0", 1},
        {"nan", "", "NaN", 1},    {"Anomaly, x", "Normal", "x", 1},
    };
    pa_csv_words missing = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_csv_words_add(&missing, "nan", &err), PA_OK);
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        pa_csv_label_words w = {0};
        CU_ASSERT_EQUAL(
            pa_csv_label_words_set(&w, example[i].fraud, example[i].genuine, "?", &missing, &err),
            PA_OK);
        CU_ASSERT_EQUAL(read_word(&w, &missing, example[i].text), example[i].label);
        pa_csv_label_words_free(&w);
    }
    pa_csv_words_free(&missing);
}

static void test_a_word_has_one_meaning(void)
{
    static const struct {
        const char *fraud, *genuine, *unknown, *message;
    } bad[] = {
        {"1,x", "0, X ", "", "input.label_fraud and input.label_genuine both hold 'x'"},
        {"1.0", "", "1", "input.label_fraud and input.label_unknown both hold '1'"},
        {"", "?", "?", "input.label_genuine and input.label_unknown both hold '?'"},
    };
    for (size_t i = 0; i < 3; i++) {
        pa_csv_label_words w = {0};
        const pa_csv_words missing = {0};
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_csv_label_words_set(&w, bad[i].fraud, bad[i].genuine, bad[i].unknown,
                                               &missing, &err),
                        PA_E_CONFIG);
        CU_ASSERT_STRING_EQUAL(err.message, bad[i].message);
        pa_csv_label_words_free(&w);
    }
}

/* Also where the plain way over the record looks at the digit alone. */
static void test_given_digits_are_read_by_the_parser(void)
{
    pa_csv_intake p = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_csv_label_words_set(&p.label_words, "-1", "1", "0", &p.missing, &err),
                    PA_OK);
    read_text("tx,account,merchant,time,amount,label\n"
              "1,a,m,1,1,1\n2,a,m,1,1,-1\n3,a,m,1,1,0\n4,a,m,1,1,x\n",
              &names, false, &p);
    static const int8_t label[] = {0, 1, -1, -1};
    CU_ASSERT(p.rows.n == 4 && memcmp(p.rows.label, label, sizeof label) == 0);
    CU_ASSERT(p.odd_labels.n == 1 && p.odd_labels.n_words == 1 && p.n_unknown_labels == 2);
    CU_ASSERT(strcmp(p.odd_labels.word[0].word, "x") == 0 && p.odd_labels.word[0].line == 5);
    pa_csv_intake_free(&p);
}

/* In whatever parts the rows are met, the smallest words are kept with all their rows. */
static void test_odd_words_do_not_hang_on_the_parts(void)
{
    enum { WORDS = 150, ROWS = 4000 };
    uint64_t state = 5;
    pa_error err = {0};
    for (int n_words = 10; n_words <= WORDS; n_words += 70) {
        pa_csv_odd_labels whole = {0}, part[3] = {{0}, {0}, {0}}, joined = {0};
        int64_t rows[WORDS] = {0};
        for (int i = 0; i < ROWS; i++) {
            int word = (int)below(&state, (size_t)n_words);
            pa_csv_odd_label label = {.n = 1, .file = i / 1000, .line = i % 1000 + 2};
            snprintf(label.word, sizeof label.word, "w%03d", word);
            rows[word]++;
            pa_csv_odd_labels *some = part + i * 3 / ROWS;
            CU_ASSERT(pa_csv_odd_labels_add(&whole, &label, &err) == PA_OK &&
                      pa_csv_odd_labels_add(some, &label, &err) == PA_OK &&
                      pa_csv_odd_labels_count(&whole, label.file, 1, &err) == PA_OK);
        }
        for (int r = 2; r >= 0; r--) {
            for (size_t i = 0; i < part[r].n_words; i++)
                CU_ASSERT_EQUAL(pa_csv_odd_labels_add(&joined, part[r].word + i, &err), PA_OK);
            pa_csv_odd_labels_free(part + r);
        }
        size_t kept = n_words < PA_CSV_ODD_WORDS ? (size_t)n_words : PA_CSV_ODD_WORDS;
        CU_ASSERT(whole.n_words == kept && joined.n_words == kept);
        CU_ASSERT(memcmp(whole.word, joined.word, kept * sizeof *whole.word) == 0);
        for (size_t i = 0; i < kept; i++) CU_ASSERT_EQUAL(whole.word[i].n, rows[i]);
        CU_ASSERT_EQUAL(whole.more, n_words > PA_CSV_ODD_WORDS);
        CU_ASSERT(whole.n == ROWS && whole.n_files == 4 && whole.in_file[3] == 1000);
        pa_csv_odd_labels_free(&whole);
        pa_csv_odd_labels_free(&joined);
    }
}

/* ---- damage ----------------------------------------------------------------------- */

static void test_damaged_numbers_are_mended(void)
{
    static const struct {
        const char *name, *mended;
        bool exponent, groups;
    } example[] = {
        {"4000", "4000", false, false},
        {"4000.0", "4000", false, false},
        {"4000.00", "4000", false, false},
        {"4000.5", "4000.5", false, false},
        {"4,000", "4000", false, true},
        {"1,234,567.0", "1234567", false, true},
        {"12,34", "12,34", false, false},
        {"1234,567", "1234,567", false, false},
        {"0012", "12", false, false},
        {"0000", "0", false, false},
        {"0", "0", false, false},
        {"0,012", "12", false, true},
        {"A012", "A012", false, false},
        {"12.", "12.", false, false},
        {".0", ".0", false, false},
        {"1.0.0", "1.0.0", false, false},
        {"4.53E+15", "4.53E+15", true, false},
        {"4e+15", "4e+15", true, false},
        {"4.53E15", "4.53E15", false, false},
        {"12E5", "12E5", false, false},
        {"4.53E+", "4.53E+", false, false},
        {"4.53E+1x", "4.53E+1x", false, false},
        {"E+15", "E+15", false, false},
        {"10000/321.0/", "10000/321/", false, false},
        {"/007", "/7", false, false},
        {"x/4.5E+11/1,000", "x/4.5E+11/1000", true, true},
        {"//", "//", false, false},
        {"", "", false, false},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        char out[64], again[64];
        size_t n = strlen(example[i].name);
        size_t length = pa_name_undamaged(example[i].name, n, out);
        CU_ASSERT(length == strlen(example[i].mended) &&
                  memcmp(out, example[i].mended, length) == 0);
        CU_ASSERT(pa_name_undamaged(out, length, again) == length &&
                  memcmp(out, again, length) == 0);
        CU_ASSERT_EQUAL(pa_name_has_exponent(example[i].name, n), example[i].exponent);
        CU_ASSERT_EQUAL(pa_name_has_groups(example[i].name, n), example[i].groups);
    }
}

/* What is mended stays; what is changed is shorter. */
static void test_drawn_names_are_mended_once(void)
{
    uint64_t state = 8;
    int wrong = 0;
    for (int i = 0; i < 200000; i++) {
        char name[24], out[24], again[24];
        size_t n = below(&state, sizeof name);
        for (size_t k = 0; k < n; k++) name[k] = "00012,,.0/E+a"[below(&state, 13)];
        size_t length = pa_name_undamaged(name, n, out);
        bool same = length == n && memcmp(name, out, n) == 0;
        wrong += length > n || (length == n) != same;
        wrong += pa_name_undamaged(out, length, again) != length || memcmp(out, again, length) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static const pa_test tests[] = {
    {"blanks of every kind are taken off names", test_blanks_of_every_kind_are_taken_off_names},
    {"padded names are one name", test_padded_names_are_one_name},
    {"long names keep their beginning and a digest",
     test_long_names_keep_their_beginning_and_a_digest},
    {"long names in any column stay apart", test_long_names_in_any_column_stay_apart},
    {"empty parts of an account are joined as they are",
     test_empty_parts_of_an_account_are_joined_as_they_are},
    {"rows without an account may be their own", test_rows_without_an_account_may_be_their_own},
    {"rows without a merchant stay", test_rows_without_a_merchant_stay},
    {"words are compared whole and in either size",
     test_words_are_compared_whole_and_in_either_size},
    {"a missing number is none", test_a_missing_number_is_none},
    {"a missing amount is none", test_a_missing_amount_is_none},
    {"labels have their default words", test_labels_have_their_default_words},
    {"given words win over the defaults", test_given_words_win_over_the_defaults},
    {"a word has one meaning", test_a_word_has_one_meaning},
    {"given digits are read by the parser", test_given_digits_are_read_by_the_parser},
    {"odd words do not hang on the parts", test_odd_words_do_not_hang_on_the_parts},
    {"damaged numbers are mended", test_damaged_numbers_are_mended},
    {"drawn names are mended once", test_drawn_names_are_mended_once},
};
PA_TEST_MAIN("names", tests)

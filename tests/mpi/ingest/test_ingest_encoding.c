/* Files whose text is not UTF-8, with input.encoding and without. */
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest_parts.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"

/* ---- files and runs ------------------------------------------------------------------- */

static void write_file(const char *name, const pa_buffer *b)
{
    pa_test_folder();
    if (pa_comm_rank(pa_test_comm()) == 0) {
        FILE *f = pa_test_create(name);
        if (fwrite(b->data, 1, b->length, f) != b->length || fclose(f) != 0) abort();
    }
    pa_barrier(pa_test_comm());
}

/* The text of `utf8` in another encoding, by iconv and at once. */
static void write_as(const char *name, const char *encoding, const pa_buffer *utf8)
{
    pa_buffer b = {0};
    iconv_t cd = iconv_open(encoding, "UTF-8");
    pa_buffer_reserve(&b, utf8->length, NULL);
    char *in = utf8->data, *out = b.data;
    size_t left = utf8->length, room = utf8->length;
    if (cd == (iconv_t)-1 || iconv(cd, &in, &left, &out, &room) != 0) abort();
    iconv_close(cd);
    b.length = (size_t)(out - b.data);
    write_file(name, &b);
    pa_buffer_free(&b);
}

/* `name`, and assignments, with blanks between them. */
static pa_config *config_of(const char *name, const char *set)
{
    static const pa_option_spec *const tables[] = {pa_ingest_options};
    pa_config *config;
    pa_error err = {0};
    char text[2000], *rest = text;
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, &err), PA_OK);
    snprintf(text, sizeof text, "input.files=%s/%s table.shards=160 %s", pa_test_folder(), name,
             set);
    for (char *one; (one = strtok_r(rest, " ", &rest));)
        CU_ASSERT_EQUAL(pa_config_set(config, one, "command line", &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    return config;
}

static pa_status ingest(const char *name, const char *set, pa_ingest *g, pa_error *err)
{
    pa_config *config = config_of(name, set);
    *err = (pa_error){0};
    pa_status st = pa_ingest_read(pa_test_comm(), config, NULL, g, err);
    pa_config_free(config);
    return st;
}

enum { N_SUMS = 4 + PA_CSV_N_CODED };
typedef struct {
    uint64_t sum[N_SUMS]; /* of tables, those of codes included */
    int64_t read, rejected;
} outcome;

static outcome outcome_of(const char *name, const char *set)
{
    pa_ingest g;
    pa_error err;
    outcome o = {{0}, 0, 0};
    CU_ASSERT_EQUAL(ingest(name, set, &g, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    if (*err.message) return o;
    const pa_table *tables[] = {&g.transactions, &g.accounts, &g.merchants, &g.rejects};
    for (int i = 0; i < 4; i++) o.sum[i] = pa_table_checksum(tables[i], 0);
    for (size_t i = 0; i < g.n_lists; i++) o.sum[4 + i] = pa_table_checksum(&g.lists[i], 0);
    pa_sum_u64(pa_test_comm(), o.sum, N_SUMS);
    o.read = g.rows_read;
    o.rejected = g.rows_rejected;
    pa_ingest_free(&g);
    return o;
}

static bool same(const outcome *a, const outcome *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static void expect_stop(const char *name, const char *set, const char *expected)
{
    pa_ingest g;
    pa_error err;
    CU_ASSERT_EQUAL(ingest(name, set, &g, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, expected);
}

static const char *const blocks[] = {"", "io.block=1 io.read_buffer=1",
                                     "io.block=100 io.read_buffer=333",
                                     "io.block=7 io.read_buffer=4096 input.max_record=72"};
enum { N_BLOCKS = sizeof blocks / sizeof *blocks };

/* ---- what input.encoding says ----------------------------------------------------------- */

#define E_ACUTE "\xc3\xa9"
#define NBSP "\xc2\xa0"

/* A book whose every wanted field may hold signs beyond ASCII. E with acute is the bytes C3 A9
 * in UTF-8, which in Latin-1 are two other signs: both are names here. Some records are broken,
 * so that their lines are found by walks, and some are too long for the last of the blocks. */
static void write_book(const char *currency, pa_buffer *b)
{
    static const char *const cards[] = {E_ACUTE, "\xc3\x83\xc2\xa9", "A", "\xc3\xbc", NBSP "A"};
    static const char *const shops[] = {"Caf" E_ACUTE, "Caf\xc3\x83\xc2\xa9", "\xc3\x9f\xc3\x9f",
                                        "\"H\xc3\xa4ndler;\r\n\"\"1\"\"\"", ""};
    b->length = 0;
    pa_buffer_printf(b, NULL, "%s",
                     "Bericht f\xc3\xbcr M\xc3\xa4rz\n"
                     "id;stra\xc3\x9f"
                     "e;karte;h\xc3\xa4ndler;zeit;betrag;gef\xc3\xa4lscht;art;"
                     "notiz;gr\xc3\xb6\xc3\x9f"
                     "e\r\n");
    for (int i = 0; i < 300; i++) {
        if (i % 70 == 9) pa_buffer_printf(b, NULL, "\"%d\"\xc3\xa9;;\n", i);
        if (i % 60 == 17) pa_buffer_printf(b, NULL, "%d;x;y;\xc3\xa9;nie;1,0;;;;\n", i);
        pa_buffer_printf(b, NULL, "n\xc2\xb0%d;%d;%s;%s;%d.4.2018 12:00;", i, i % 3,
                         cards[i / 3 * i % 5], shops[i % 7 % 5], i % 30 + 1);
        if (i % 2)
            pa_buffer_printf(b, NULL, "-1" NBSP "%03d,50" NBSP "%s;", i, currency);
        else
            pa_buffer_printf(b, NULL, "%s%d,25;", currency, i);
        pa_buffer_printf(b, NULL, "%s;%s;", i % 20 ? "n\xc3\xb6" : "J\xc3\xa4",
                         i % 4 ? "B\xc3\xbc"
                                 "cher"
                               : NBSP);
        pa_buffer_printf(b, NULL, "%s;%d\n", i % 90 == 1 ? "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9" : "",
                         i);
    }
}

static const char book_keys[] =
    "input.tx=id input.tx_text=yes input.account=stra\xc3\x9f"
    "e,karte input.merchant=h\xc3\xa4ndler "
    "input.time=zeit input.amount=betrag input.label=gef\xc3\xa4lscht input.label_fraud=J\xc3\xa4 "
    "input.label_genuine=n\xc3\xb6 input.category=art input.numeric=gr* input.max_reject_share=1";

static void check_book(const char *encoding, const char *currency)
{
    char set[900], plain[700];
    pa_buffer b = {0};
    write_book(currency, &b);
    write_file("plain.csv", &b);
    write_as("coded.csv", encoding, &b);
    for (int k = 0; k < N_BLOCKS; k++) {
        snprintf(plain, sizeof plain, "%s %s", book_keys, blocks[k]);
        snprintf(set, sizeof set, "%s input.encoding=%s", plain, encoding);
        outcome expected = outcome_of("plain.csv", plain), got = outcome_of("coded.csv", set);
        CU_ASSERT(same(&expected, &got));
        CU_ASSERT(k == 3 || got.read == 300 + 5 + 5);
        CU_ASSERT(k == 3 ? got.rejected > 10 && got.rejected < 150 : got.rejected == 10);
    }
    pa_buffer_free(&b);
}

static void test_a_book_in_bytes_of_one_sign_is_that_in_utf8(void)
{
    check_book("CP1252", "\xe2\x82\xac");
    check_book("ISO-8859-15", "\xe2\x82\xac");
    check_book("latin1", "\xc2\xa3");
    check_book("cp850", "\xc2\xa3");
}

/* Each rank has its part, be it one of one file or of two that are not alike. */
static void test_such_a_file_is_cut_among_the_ranks(void)
{
    pa_buffer b = {0};
    pa_inputs in = {0};
    pa_error err = {0};
    write_book("\xc2\xa3", &b);
    write_as("coded.csv", "latin1", &b);
    pa_buffer marked = {0};
    pa_buffer_printf(&marked, NULL, "\xef\xbb\xbf");
    pa_buffer_add(&marked, b.data, b.length, NULL);
    write_file("marked.csv", &marked);
    char set[700];
    snprintf(set, sizeof set, "%s input.encoding=latin1", book_keys);
    pa_config *config = config_of("*ed.csv", set);
    CU_ASSERT_EQUAL(pa_inputs_open(pa_test_comm(), config, NULL, &in, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    CU_ASSERT_FATAL(in.n == 2);
    for (int i = 0; i < 2; i++) {
        const pa_text_file text = pa_input_text(&in, i);
        CU_ASSERT(pa_input_is_cut(&in.file[i]) && !pa_text_is_stream(&text));
    }
    CU_ASSERT_STRING_EQUAL(in.file[0].encoding, "LATIN1");
    CU_ASSERT_STRING_EQUAL(in.file[1].encoding, "");
    CU_ASSERT_EQUAL(in.file[1].layout.length - in.file[0].layout.length, 3 + 7);
    pa_inputs_free(&in);
    pa_config_free(config);
    pa_buffer_free(&marked);
    pa_buffer_free(&b);
}

/* Of Windows-1252: 0x81 is none of its bytes. Nobody asks for the note. */
static void test_a_byte_that_is_no_sign_costs_its_row(void)
{
    pa_buffer b = {0};
    pa_buffer_printf(&b, NULL, "tx,account,merchant,time,amount,note\n");
    for (int i = 0; i < 50; i++)
        pa_buffer_printf(&b, NULL, "%d,a,m%s,2024-01-01,1,%s\n", i, i == 7 ? "\x81" : "\xe9",
                         i % 3 ? "" : "\x81");
    write_file("tx.csv", &b);
    for (int k = 0; k < 3; k++) {
        char set[200];
        snprintf(set, sizeof set, "input.label= input.encoding=cp1252 %s", blocks[k]);
        outcome o = outcome_of("tx.csv", set);
        CU_ASSERT(o.read == 50 && o.rejected == 1);
    }
    pa_buffer_free(&b);
}

/* ---- what nobody has said ------------------------------------------------------------------ */

#define REMEDY                                                                                     \
    " is no UTF-8: set input.encoding (latin1, windows-1252), or convert the file with iconv -f "  \
    "WINDOWS-1252 -t UTF-8"

/* n rows from `first` on; the merchants of rows 100, 107, ... are `odd`, the notes of all end in
 * `note`; the first row's account is `first_account`. */
static void write_rows(const char *name, const char *mark, const char *first_account,
                       const char *odd, const char *note)
{
    pa_buffer b = {0};
    pa_buffer_printf(&b, NULL, "%sid,note,account,merchant,time,amount,kind\n", mark);
    for (int i = 0; i < 300; i++)
        pa_buffer_printf(&b, NULL, "t%d,\"n\n%s\",%s,%s,2024-01-01,1,k\n", i, note,
                         i ? "a" : first_account, i >= 100 && i % 7 == 2 ? odd : "m");
    write_file(name, &b);
    pa_buffer_free(&b);
}

#define KEYS "input.tx=id input.tx_text=yes input.label= input.category=kind "

/* "FILE:LINE: byte 0xE9 (offset N)", of the first byte beyond ASCII behind `mark`. */
static void expect_place(const char *name, const char *mark, const char *set, const char *remedy)
{
    char path[300], text[20000] = "", message[400];
    snprintf(path, sizeof path, "%s/%s", pa_test_folder(), name);
    FILE *f = fopen(path, "rb");
    if (!f || fread(text, 1, sizeof text - 1, f) == 0) abort();
    fclose(f);
    const char *bad = strstr(text, mark);
    while ((unsigned char)*bad < 128) bad++;
    int line = 1;
    for (const char *t = text; t < bad; t++) line += *t == '\n';
    snprintf(message, sizeof message, "%s:%d: byte 0x%02X (offset %d)%s", name, line,
             (unsigned)*bad & 255, (int)(bad - text), remedy);
    expect_stop(name, set, message);
}

static void test_a_file_in_another_encoding_is_told(void)
{
    for (int k = 0; k < 3; k++) {
        char set[300];
        snprintf(set, sizeof set, KEYS "%s", blocks[k]);
        write_rows("tx.csv", "", "a", "Caf\xe9", "");
        expect_place("tx.csv", "t100,", set, REMEDY);
        write_rows("tx.csv", "", "a", "\"\"\"Caf\xe9\"\"\"", "");
        expect_place("tx.csv", "t100,", set, REMEDY);
        write_rows("tx.csv", "", "a", "Caf\xe9", "\xa3"); /* the note comes first */
        expect_place("tx.csv", "t100,", set, REMEDY);
        write_rows("tx.csv", "", "\xe9", "m", "");
        expect_place("tx.csv", "", set, REMEDY);
    }
}

static void test_bad_bytes_that_nobody_asks_for_cost_nothing(void)
{
    write_rows("tx.csv", "", "a", "m", "\xa3");
    outcome o = outcome_of("tx.csv", KEYS);
    CU_ASSERT(o.read == 300 && o.rejected == 0);
}

/* By its mark, by what is said, or by a name in it: then some of its rows are damaged. */
static void test_a_file_that_is_utf8_loses_its_damaged_rows(void)
{
    static const char keys[] = KEYS "io.block=100 input.max_reject_share=1 ";
    char said[300];
    write_rows("tx.csv", "", "Caf\xc3\xa9", "Caf\xe9", "");
    CU_ASSERT_EQUAL(outcome_of("tx.csv", keys).rejected, 29);
    write_rows("tx.csv", "\xef\xbb\xbf", "a", "Caf\xe9", "");
    CU_ASSERT_EQUAL(outcome_of("tx.csv", keys).rejected, 29);
    write_rows("tx.csv", "", "a", "Caf\xe9", "");
    snprintf(said, sizeof said, "%s input.encoding=utf-8", keys);
    CU_ASSERT_EQUAL(outcome_of("tx.csv", said).rejected, 29);
}

/* Names that are known from the one file say nothing about the other; the first one is told. */
static void test_each_file_is_judged_by_its_own_names(void)
{
    write_rows("n-one.csv", "", "Caf\xc3\xa9", "m", "");
    write_rows("n-two.csv", "", "a", "Caf\xc3\xa9", "");
    pa_buffer b = {0};
    pa_buffer_printf(&b, NULL,
                     "id,account,merchant,time,amount,kind\nx,a,m,2024-01-01,1,k\n"
                     "y,a,m,2024-01-01,1,\x93k\x94\nz,a\xe9,m,2024-01-01,1,k\n");
    write_file("n-three.csv", &b);
    static const char windows[] =
        " is no UTF-8: set input.encoding (windows-1252, cp850), or convert the file with iconv "
        "-f WINDOWS-1252 -t UTF-8";
    expect_place("n-three.csv", "y,", KEYS, windows);
    char message[300];
    snprintf(message, sizeof message, "n-three.csv:3: byte 0x93 (offset 77)%s", windows);
    expect_stop("n-*.csv", KEYS "io.block=1", message);
    expect_stop("n-t*.csv", KEYS, message);
    pa_buffer_free(&b);
}

static const pa_test tests[] = {
    {"a book in bytes of one sign is that in UTF-8",
     test_a_book_in_bytes_of_one_sign_is_that_in_utf8},
    {"such a file is cut among the ranks", test_such_a_file_is_cut_among_the_ranks},
    {"a byte that is no sign costs its row", test_a_byte_that_is_no_sign_costs_its_row},
    {"a file in another encoding is told", test_a_file_in_another_encoding_is_told},
    {"bad bytes that nobody asks for cost nothing",
     test_bad_bytes_that_nobody_asks_for_cost_nothing},
    {"a file that is UTF-8 loses its damaged rows",
     test_a_file_that_is_utf8_loses_its_damaged_rows},
    {"each file is judged by its own names", test_each_file_is_judged_by_its_own_names},
};
PA_MPI_TEST_MAIN("ingest encoding", tests)

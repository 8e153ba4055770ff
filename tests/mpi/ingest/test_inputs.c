/* Where rows come from does not matter: plain, compressed or in HDF5, in one file
 * or in several, under one name or two. */
#include <iconv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hdf5.h>
#include <zlib.h>
#include <zstd.h>

#include "ingest_parts.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/csv/csv.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/result/result.h"

enum { N_ROWS = 500 };

static const char header[] = "tx,account,merchant,time,amount,label\n";

/* ---- files, written by rank 0 -------------------------------------------------- */

static bool writes(void)
{
    pa_test_folder();
    return pa_comm_rank(pa_test_comm()) == 0;
}

static void path_of(const char *name, char path[200])
{
    snprintf(path, 200, "%s/%s", pa_test_folder(), name);
}

static void write_bytes(const char *name, const char *bytes, size_t n)
{
    char path[200];
    path_of(name, path);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) abort();
}

/* Two members: the second one begins in the middle. */
static void write_gz(const char *name, const char *bytes, size_t n)
{
    char path[200];
    path_of(name, path);
    for (int half = 0; half < 2; half++) {
        gzFile f = gzopen(path, half ? "ab" : "wb");
        size_t from = half ? n / 2 : 0, length = half ? n - n / 2 : n / 2;
        if (!f || gzwrite(f, bytes + from, (unsigned)length) != (int)length) abort();
        gzclose(f);
    }
}

static void write_zst(const char *name, const char *bytes, size_t n)
{
    size_t room = ZSTD_compressBound(n);
    char *packed = malloc(room);
    size_t length = ZSTD_compress(packed, room, bytes, n, 3);
    write_bytes(name, packed, length);
    free(packed);
}

/* Rows from .. to of the book, of which some are bad, some names need quotes and
 * some hold line ends. */
static void write_rows(pa_buffer *b, int from, int to, bool with_bad)
{
    pa_error err = {0};
    b->length = 0;
    pa_buffer_printf(b, &err, "%s", header);
    for (int i = from; i < to; i++) {
        if (with_bad && i % 50 == 7) pa_buffer_printf(b, &err, "%d,a,m,never,1,0\n", i);
        pa_buffer_printf(b, &err, "%d,", 7 * i);
        pa_buffer_printf(b, &err, i % 9 == 4 ? "\"two\nlines, \"\"%d\"\"\"" : "acc %d", i * i % 23);
        pa_buffer_printf(b, &err, ",\"caf\xc3\xa9, %d\",2018-04-%02d 13:05:%02d,%d.%02d,%d\n",
                         i % 17, i % 30 + 1, i % 60, i % 91, i % 100, i % 40 == 0);
    }
    if (err.status != PA_OK) abort();
}

/* The book as one plain file and cut into five, of all kinds. */
static void write_book(bool with_bad)
{
    if (writes()) {
        pa_buffer b = {0};
        write_rows(&b, 0, N_ROWS, with_bad);
        write_bytes("whole.csv", b.data, b.length);
        write_gz("whole.csv.gz", b.data, b.length);
        write_zst("whole.csv.zst", b.data, b.length);
        write_rows(&b, 0, 90, with_bad);
        write_bytes("part-1", b.data, b.length);
        write_rows(&b, 90, 230, with_bad);
        write_gz("part-2", b.data, b.length);
        write_rows(&b, 230, 231, with_bad);
        write_zst("part-3", b.data, b.length);
        write_rows(&b, 231, 420, with_bad);
        write_zst("part-4", b.data, b.length);
        write_rows(&b, 420, N_ROWS, with_bad);
        write_bytes("part-5", b.data, b.length);
        pa_buffer_free(&b);
    }
    pa_barrier(pa_test_comm());
}

/* ---- running ---------------------------------------------------------------------- */

/* names: of files in the folder, separated by blanks. */
static pa_status run(const char *names, const char *more, pa_ingest *g, pa_error *err)
{
    static const pa_option_spec *const tables[] = {pa_ingest_options};
    char text[2000] = "[table]\nshards = 160\n[input]\nfiles =", list[500], *rest = list;
    pa_config *config = NULL;
    snprintf(list, sizeof list, "%s", names);
    for (char *name; (name = strtok_r(rest, " ", &rest));) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, " %s/%s", pa_test_folder(), name);
    }
    size_t n = strlen(text);
    snprintf(text + n, sizeof text - n, "\nmax_reject_share = 1\n%s", more);
    if (pa_config_new(tables, 1, &config, err) != PA_OK ||
        pa_config_read_text(config, text, "test", "file", err) != PA_OK) {
        fprintf(stderr, "%s\n", err->message);
        abort();
    }
    pa_status st = pa_ingest_read(pa_test_comm(), config, NULL, g, err);
    pa_config_free(config);
    return st;
}

typedef struct {
    uint64_t transactions, accounts, merchants;
    int64_t read, rejected;
} outcome;

static outcome summarize(const pa_ingest *g)
{
    uint64_t sums[3] = {pa_table_checksum(&g->transactions, 0), pa_table_checksum(&g->accounts, 0),
                        pa_table_checksum(&g->merchants, 0)};
    pa_sum_u64(pa_test_comm(), sums, 3);
    return (outcome){sums[0], sums[1], sums[2], g->rows_read, g->rows_rejected};
}

static outcome outcome_of(const char *names, const char *more)
{
    pa_ingest g;
    pa_error err = {0};
    pa_status st = run(names, more, &g, &err);
    CU_ASSERT_EQUAL(st, PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    if (st != PA_OK) return (outcome){0};
    outcome o = summarize(&g);
    pa_ingest_free(&g);
    return o;
}

static bool same(outcome a, outcome b)
{
    return a.transactions == b.transactions && a.accounts == b.accounts &&
           a.merchants == b.merchants && a.read == b.read && a.rejected == b.rejected;
}

static void check_failure(const char *names, pa_status expected, const char *words)
{
    pa_ingest g;
    pa_error err = {0};
    pa_status st = run(names, "", &g, &err);
    CU_ASSERT_EQUAL(st, expected);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, words));
    if (!strstr(err.message, words)) fprintf(stderr, "got: %s\n", err.message);
    if (st == PA_OK) pa_ingest_free(&g);
}

static const char *const buffers[] = {"", "[io]\nblock = 1\nread_buffer = 1\n",
                                      "[io]\nblock = 100\nread_buffer = 333\n"};
enum { N_BUFFERS = sizeof buffers / sizeof *buffers };

/* ---- compressed files ----------------------------------------------------------- */

static void test_compressed_parts_among_plain_ones_give_the_plain_result(void)
{
    write_book(true);
    outcome plain = outcome_of("whole.csv", "");
    CU_ASSERT_EQUAL(plain.read, N_ROWS + 10);
    CU_ASSERT_EQUAL(plain.rejected, 10);
    for (int i = 0; i < N_BUFFERS; i++) {
        CU_ASSERT(same(outcome_of("whole.csv.gz", buffers[i]), plain));
        CU_ASSERT(same(outcome_of("whole.csv.zst", buffers[i]), plain));
        CU_ASSERT(same(outcome_of("part-*", buffers[i]), plain));
    }
}

/* File, line and reason, as in the plain file. */
static void test_rejects_of_a_compressed_file_have_their_lines(void)
{
    static const char *const files[] = {"whole.csv", "whole.csv.gz", "whole.csv.zst"};
    static const char *const buffer[] = {"", "[io]\nread_buffer = 700\n"};
    uint64_t sums[6];
    write_book(true);
    for (int i = 0; i < 6; i++) {
        pa_ingest g;
        pa_error err = {0};
        CU_ASSERT_EQUAL(run(files[i % 3], buffer[i / 3], &g, &err), PA_OK);
        sums[i] = pa_table_checksum(&g.rejects, 0);
        pa_sum_u64(pa_test_comm(), &sums[i], 1);
        CU_ASSERT_EQUAL(g.rejects.n_global, 10);
        pa_ingest_free(&g);
    }
    for (int i = 1; i < 6; i++) CU_ASSERT_EQUAL(sums[0], sums[i]);
}

static void test_a_damaged_file_is_named_wherever_it_lies(void)
{
    write_book(false);
    if (writes()) {
        char whole[65536], path[200];
        path_of("part-4", path);
        FILE *f = fopen(path, "rb");
        size_t n = fread(whole, 1, sizeof whole, f);
        fclose(f);
        write_bytes("part-4", whole, n - 5);
    }
    pa_barrier(pa_test_comm());
    check_failure("part-*", PA_E_DATA, "part-4: the compressed data ends early (byte ");
    if (writes()) {
        write_bytes("part-2", "\x1f\x8b\x08 and garbage", 15);
        write_bytes("part-5", "\x1f\x8b", 2);
        write_bytes("a.zip", "PK\x03\x04 etc", 8);
        write_zst("nothing", "", 0);
        write_zst("bare", header, sizeof header - 1);
    }
    pa_barrier(pa_test_comm());
    check_failure("part-*", PA_E_DATA, "part-2: the compressed data is damaged near byte ");
    check_failure("part-5 part-1", PA_E_DATA, "part-5: the compressed data ends early (byte 2 of");
    check_failure("a.zip", PA_E_DATA, "a.zip: the file is a zip archive");
    check_failure("nothing", PA_E_DATA, "nothing: the file is empty");
    check_failure("bare", PA_E_DATA, "bare: no row behind the names of the columns");
}

/* ---- other encodings ---------------------------------------------------------------- */

/* `mark`, and rows from .. to of the book in `encoding`. */
static void recode(const char *encoding, const char *mark, size_t n_mark, int from, int to,
                   pa_buffer *out)
{
    pa_buffer book = {0};
    pa_error err = {0};
    write_rows(&book, from, to, true);
    out->length = 0;
    pa_buffer_add(out, mark, n_mark, &err);
    pa_buffer_reserve(out, 4 * book.length, &err);
    iconv_t cd = iconv_open(encoding, "UTF-8");
    char *in = book.data, *at = out->data + out->length;
    size_t left = book.length, room = 4 * book.length;
    if (err.status != PA_OK || iconv(cd, &in, &left, &at, &room) != 0) abort();
    iconv_close(cd);
    out->length = (size_t)(at - out->data);
    pa_buffer_free(&book);
}

static const struct {
    const char *name, *encoding, *mark;
    size_t n_mark;
    const char *said;
} coded[] = {
    {"le-mark", "UTF-16LE", "\xff\xfe", 2, ""},
    {"be-mark", "UTF-16BE", "\xfe\xff", 2, ""},
    {"le-bare", "UTF-16LE", "", 0, ""},
    {"be-bare", "UTF-16BE", "", 0, "encoding = utf-16\n"},
    {"wide", "UTF-32LE", "\xff\xfe\0\0", 4, ""},
    {"latin", "ISO-8859-1", "", 0, "encoding = latin1\n"},
    {"windows", "CP1252", "", 0, "encoding = Windows-1252\n"},
    {"chinese", "GB18030", "", 0, "encoding = gb18030\n"},
    {"utf8-mark", "UTF-8", "\xef\xbb\xbf", 3, "encoding = latin1\n"},
};
enum { N_CODED = sizeof coded / sizeof *coded };

static void write_coded(int i, const char *name, bool packed, int from, int to)
{
    pa_buffer b = {0};
    recode(coded[i].encoding, coded[i].mark, coded[i].n_mark, from, to, &b);
    (packed ? write_gz : write_bytes)(name, b.data, b.length);
    pa_buffer_free(&b);
}

static void test_a_book_in_any_encoding_gives_the_plain_result(void)
{
    write_book(true);
    outcome plain = outcome_of("whole.csv", "");
    for (int i = 0; i < N_CODED; i++) {
        for (int packed = 0; packed < 2; packed++) {
            if (writes()) write_coded(i, "coded", packed, 0, N_ROWS);
            pa_barrier(pa_test_comm());
            for (int k = 0; k < N_BUFFERS; k++) {
                char more[200];
                snprintf(more, sizeof more, "%s%s", coded[i].said, buffers[k]);
                CU_ASSERT(same(outcome_of("coded", more), plain));
            }
        }
    }
}

/* Each as its own first bytes tell. */
static void test_parts_in_several_encodings_give_the_plain_result(void)
{
    write_book(true);
    if (writes()) {
        write_coded(0, "part-1", false, 0, 90);
        write_coded(2, "part-3", true, 230, 231);
        write_coded(1, "part-4", false, 231, 420);
        write_coded(8, "part-5", false, 420, N_ROWS);
    }
    pa_barrier(pa_test_comm());
    outcome plain = outcome_of("whole.csv", "");
    for (int k = 0; k < N_BUFFERS; k++) CU_ASSERT(same(outcome_of("part-*", buffers[k]), plain));
}

static void test_what_is_no_sign_or_no_encoding_is_told(void)
{
    write_book(false);
    if (writes()) write_bytes("half", "\xff\xfet\0x\0\n\0y", 9);
    pa_barrier(pa_test_comm());
    check_failure("half part-1", PA_E_DATA,
                  "half:2: byte 0x79 (offset 8) begins no sign of UTF-16LE");
    pa_ingest g;
    pa_error err = {0};
    CU_ASSERT_EQUAL(run("whole.csv", "encoding = klingon\n", &g, &err), PA_E_CONFIG);
    CU_ASSERT_STRING_EQUAL(err.message,
                           "input.encoding: 'klingon' is not known: `iconv -l` lists what is");
}

/* Every byte of every file is in one piece, in order; no rank is far above its share; and
 * compressed files are whole or dealt among the ranks that have a piece, at most one a rank. */
static int wrong_pieces(const pa_inputs *in, int n_ranks)
{
    int64_t covered[12] = {0}, total = 0;
    int wrong = 0, last_rank[12] = {0};
    for (size_t i = 0; i < in->n; i++) total += in->file[i].size;
    for (int rank = 0; rank < n_ranks; rank++) {
        pa_piece piece[12];
        int dealt = 0;
        size_t n = pa_inputs_cut(in, 7, rank, n_ranks, piece);
        for (size_t k = 0; k < n; k++) {
            const pa_piece *p = &piece[k];
            const pa_input *f = &in->file[p->file];
            bool cut = f->kind == PA_INPUT_H5 || pa_input_is_cut(f);
            bool part = p->begin != 0 || p->end != f->size;
            wrong += p->begin != covered[p->file];
            wrong += (p->n_ranks > 1) != (!cut && part);
            wrong += (p->begin == 0) != (cut ? p->begin == 0 : p->first_rank == rank);
            if (p->n_ranks > 1) last_rank[p->file] = p->first_rank + p->n_ranks - 1;
            wrong += p->n_ranks > 1 && (p->end == f->size) != (last_rank[p->file] == rank);
            dealt += p->n_ranks > 1;
            covered[p->file] = p->end;
        }
        wrong += dealt > 1;
        wrong += pa_pieces_bytes(piece, n) > 2 * (total / n_ranks + 1) + 8;
    }
    for (size_t i = 0; i < in->n; i++) wrong += covered[i] != in->file[i].size;
    return wrong;
}

static void test_files_are_cut_once_and_evenly(void)
{
    static const pa_input_kind kinds[] = {PA_INPUT_PLAIN, PA_INPUT_GZ, PA_INPUT_ZST, PA_INPUT_H5};
    pa_input file[12] = {{0}};
    for (int i = 0; i < 12; i++) {
        file[i] = (pa_input){.kind = kinds[i * i % 11 % 4], .size = i * 37 % 23 * 100};
        if (i % 5 == 2) file[i].encoding[0] = 'x';
    }
    for (int n_ranks = 1; n_ranks <= 300; n_ranks++) {
        for (size_t n = 1; n <= 12; n++) {
            const pa_inputs in = {.n = n, .file = file};
            CU_ASSERT_EQUAL(wrong_pieces(&in, n_ranks), 0);
        }
    }
}

/* ---- one file, two names ---------------------------------------------------------- */

static void make_links(void)
{
    char whole[200], path[200];
    write_book(false);
    if (writes()) {
        path_of("whole.csv", whole);
        path_of("hard", path);
        if (access(path, F_OK) != 0 && link(whole, path) != 0) abort();
        path_of("soft", path);
        if (access(path, F_OK) != 0 && symlink("hard", path) != 0) abort();
        path_of("inner", path);
        if (mkdir(path, 0777) != 0 && access(path, F_OK) != 0) abort();
    }
    pa_barrier(pa_test_comm());
}

static void test_a_file_with_two_names_is_read_once(void)
{
    make_links();
    outcome once = outcome_of("whole.csv", "");
    CU_ASSERT(same(outcome_of("whole.csv ./whole.csv", ""), once));
    CU_ASSERT(same(outcome_of("whole.csv hard soft inner/../whole.csv", ""), once));
}

static void test_two_files_of_one_name_are_both_read(void)
{
    make_links();
    if (writes()) {
        pa_buffer b = {0};
        write_rows(&b, N_ROWS, N_ROWS + 20, false);
        write_bytes("inner/whole.csv", b.data, b.length);
        pa_buffer_free(&b);
    }
    pa_barrier(pa_test_comm());
    CU_ASSERT_EQUAL(outcome_of("whole.csv inner/whole.csv", "").read, N_ROWS + 20);
}

static void test_a_name_may_hold_a_blank(void)
{
    if (writes()) {
        pa_buffer b = {0};
        write_rows(&b, 0, 20, false);
        write_bytes("a, b.csv", b.data, b.length);
        pa_buffer_free(&b);
    }
    pa_barrier(pa_test_comm());
    static const pa_option_spec *const tables[] = {pa_ingest_options};
    pa_config *config = NULL;
    pa_error err = {0};
    pa_ingest g;
    char text[300];
    snprintf(text, sizeof text, "input.files=%s/a\\,\\ b.csv", pa_test_folder());
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, text, "command line", &err), PA_OK);
    pa_status st = pa_ingest_read(pa_test_comm(), config, NULL, &g, &err);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    CU_ASSERT_EQUAL(g.rows_read, 20);
    if (st == PA_OK) pa_ingest_free(&g);
    pa_config_free(config);
}

/* ---- HDF5 --------------------------------------------------------------------------- */

/* The tables of an ingest as a result holds them. */
static void write_result(const char *name, const pa_ingest *g)
{
    char path[200];
    pa_error err = {0};
    const pa_table *tables[] = {&g->transactions, &g->accounts, &g->merchants};
    path_of(name, path);
    const pa_table *lists[PA_CSV_N_CODED];
    for (size_t i = 0; i < g->n_lists; i++) lists[i] = &g->lists[i];
    pa_result content = {.tables = tables, .n_tables = 3, .lists = lists, .n_lists = g->n_lists};
    CU_ASSERT_EQUAL(pa_result_write(pa_test_comm(), path, &content, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
}

static void write_result_of(const char *name, const char *files)
{
    pa_ingest g;
    pa_error err = {0};
    CU_ASSERT_EQUAL(run(files, "", &g, &err), PA_OK);
    write_result(name, &g);
    pa_ingest_free(&g);
}

static void test_a_result_read_again_gives_the_same_tables(void)
{
    write_book(false);
    outcome plain = outcome_of("whole.csv", "");
    write_result_of("book", "whole.csv");
    for (int i = 0; i < N_BUFFERS; i++) CU_ASSERT(same(outcome_of("book", buffers[i]), plain));
}

static void test_results_and_csv_files_may_be_mixed(void)
{
    write_book(false);
    outcome plain = outcome_of("whole.csv", "");
    write_result_of("book-3-4", "part-3 part-4");
    write_result_of("book-1", "part-1");
    outcome mixed = outcome_of("book-3-4 part-2 book-1 part-5", buffers[2]);
    CU_ASSERT(same(mixed, plain));
}

/* Everything that a portfolio may hold, with empty values where they may be. */
static void write_wide(const char *name, int from, int to)
{
    static const char head[] =
        "id,account,merchant,time,amount,label,known,category,channel,currency,country,"
        "home_lat,home_lon,merchant_lat,merchant_lon,V 1,V2\n";
    pa_error err = {0};
    pa_buffer b = {0};
    pa_buffer_printf(&b, &err, "%s", head);
    for (int i = from; i < to; i++) {
        pa_buffer_printf(&b, &err, "\"tx,%c%x\",a%d,m%d,%d,%d.5,%s,", 'a' + i % 3, i * 7919,
                         i * i % 31, i % 13, 1522540800 + i / 2, i % 50, i % 9 ? "0" : "");
        pa_buffer_printf(&b, &err, "%s,", i % 5 ? "2018-05-01 12:00:00" : "");
        pa_buffer_printf(&b, &err, "food %d,%s,EUR,%s,", i % 7, i % 3 ? "chip" : "",
                         i % 2 ? "DE" : "\xc3\x85land");
        pa_buffer_printf(&b, &err, "%d.25,%d.125,", i % 90, -i % 180);
        pa_buffer_printf(&b, &err, "%s,%s,%d.1,", i % 4 ? "48.1" : "", i % 4 ? "11.5" : "", i);
        pa_buffer_printf(&b, &err, i % 5 ? "-%d.2e-3\n" : "\n", i);
    }
    if (err.status != PA_OK) abort();
    write_bytes(name, b.data, b.length);
    pa_buffer_free(&b);
}

static const char wide_keys[] = "tx = id\ntx_text = yes\nlabel_time = known\nnumeric = V*\n";

static void test_every_column_of_a_result_is_read_again(void)
{
    pa_ingest g;
    pa_error err = {0};
    if (writes()) {
        write_wide("wide-all", 0, 300);
        write_wide("wide-late", 200, 300);
        write_wide("wide-early", 0, 200);
    }
    pa_barrier(pa_test_comm());
    CU_ASSERT_EQUAL(run("wide-all", wide_keys, &g, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    CU_ASSERT_EQUAL(g.transactions.n_global, 300);
    CU_ASSERT_EQUAL(g.transactions.n_columns, 8 + 4 + 4 + 2 + 1);
    outcome csv = summarize(&g);
    write_result("wide-book", &g);
    pa_ingest_free(&g);
    CU_ASSERT_EQUAL(run("wide-early", wide_keys, &g, &err), PA_OK);
    write_result("wide-early-book", &g);
    pa_ingest_free(&g);
    for (int i = 0; i < N_BUFFERS; i++) {
        char more[200];
        snprintf(more, sizeof more, "%s%s", wide_keys, buffers[i]);
        CU_ASSERT(same(outcome_of("wide-book", more), csv));
        /* Names of numeric columns are "V 1" in the CSV file and "V_1" in the result. */
        if (i == 0) CU_ASSERT(same(outcome_of("wide-book", ""), csv));
    }
}

static void test_a_row_of_a_result_and_its_double_are_found(void)
{
    outcome mixed = outcome_of("wide-early-book wide-book", wide_keys);
    CU_ASSERT_EQUAL(mixed.read, 500);
    CU_ASSERT_EQUAL(mixed.rejected, 200);
}

/* A file of other people's making, one column of which is replaced, or is a further
 * number. */
typedef struct {
    const char *path;
    hid_t type; /* of `values` and in the file; 0: the dataset is left out */
    hsize_t n;
    const void *values;
} replaced;

static void write_column(hid_t file, const char *path, hid_t type, hsize_t n, const void *values,
                         const replaced *r)
{
    if (r && strcmp(r->path, path) == 0) {
        if (!r->type) return;
        type = r->type;
        n = r->n;
        values = r->values;
    }
    hid_t space = H5Screate_simple(1, &n, NULL), link = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(link, 1);
    hid_t d = H5Dcreate2(file, path, type, space, link, H5P_DEFAULT, H5P_DEFAULT);
    if (d < 0 || H5Dwrite(d, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) abort();
    H5Dclose(d);
    H5Pclose(link);
    H5Sclose(space);
}

static hid_t text_of(size_t width)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, width);
    return type;
}

/* Three rows, of narrow and of unsigned types where ours are wide. */
static void write_foreign(const char *name, const replaced *r)
{
    static const int32_t tx[] = {5, 6, 7};
    static const int8_t account[] = {1, 0, 1}, label[] = {0, 1, -1};
    static const uint16_t merchant[] = {0, 0, 1};
    static const int64_t when[] = {1522540800, 1522540801, 1522540802}, minor[] = {100, 250, -3};
    if (writes()) {
        char path[200];
        path_of(name, path);
        hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), text = text_of(4);
        write_column(file, "transactions/tx", H5T_NATIVE_INT32, 3, tx, r);
        write_column(file, "transactions/account", H5T_NATIVE_INT8, 3, account, r);
        write_column(file, "transactions/merchant", H5T_NATIVE_UINT16, 3, merchant, r);
        write_column(file, "transactions/time", H5T_NATIVE_INT64, 3, when, r);
        write_column(file, "transactions/amount_minor", H5T_NATIVE_INT64, 3, minor, r);
        write_column(file, "transactions/label", H5T_NATIVE_INT8, 3, label, r);
        write_column(file, "accounts/id", text, 2, "ann\0bob\0", r);
        write_column(file, "merchants/id", text, 2, "m\0\0\0shop", r);
        if (r && strncmp(r->path, "transactions/input_", 19) == 0)
            write_column(file, r->path, r->type, r->n, r->values, NULL);
        H5Tclose(text);
        H5Fclose(file);
    }
    pa_barrier(pa_test_comm());
}

static void test_a_file_of_other_types_is_read(void)
{
    if (writes()) {
        static const char csv[] = "tx,account,merchant,time,amount,label\n"
                                  "5,bob,m,2018-04-01 00:00:00,1.00,0\n"
                                  "6,ann,m,2018-04-01 00:00:01,2.50,1\n"
                                  "7,bob,shop,2018-04-01 00:00:02,-.03,\n";
        write_bytes("same.csv", csv, sizeof csv - 1);
    }
    write_foreign("foreign", NULL);
    CU_ASSERT(same(outcome_of("foreign", ""), outcome_of("same.csv", "")));
}

/* Whatever its bits are in the file, in the table it is one NaN. */
static void test_a_further_number_may_be_missing(void)
{
    static const float narrow[3] = {1.5f, NAN, -2};
    static const uint64_t bits[2] = {UINT64_C(0x7ff8000000000000), UINT64_C(0xfff800000000cafe)};
    outcome found[3];
    for (size_t i = 0; i < 3; i++) {
        double wide[3] = {1.5, 0, -2};
        if (i < 2) memcpy(wide + 1, bits + i, sizeof *bits);
        const replaced r = {"transactions/input_V", i < 2 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT, 3,
                            i < 2 ? (const void *)wide : narrow};
        write_foreign("foreign", &r);
        found[i] = outcome_of("foreign", "");
        CU_ASSERT_EQUAL(found[i].read, 3);
        CU_ASSERT_EQUAL(found[i].rejected, 0);
    }
    CU_ASSERT(same(found[1], found[0]));
    CU_ASSERT(same(found[2], found[0]));
}

static void test_tables_that_do_not_fit_are_explained(void)
{
    static const double reals[3] = {1, 2, 3};
    static const int8_t codes[3] = {0, 0, 2}, below[3] = {0, -1, 0};
    const struct {
        replaced r;
        const char *words;
    } bad[] = {
        {{"transactions/time", 0, 0, NULL}, "foreign: has no dataset transactions/time"},
        {{"accounts/id", 0, 0, NULL}, "foreign: has no dataset accounts/id"},
        {{"transactions/amount_minor", H5T_NATIVE_DOUBLE, 3, reals},
         "foreign: transactions/amount_minor is not one column of whole numbers"},
        {{"merchants/id", H5T_NATIVE_DOUBLE, 3, reals},
         "foreign: merchants/id is not one column of text of a fixed length"},
        {{"transactions/label", H5T_NATIVE_INT8, 2, codes},
         "foreign: transactions/label has 2 rows, transactions/tx has 3"},
        {{"transactions/account", H5T_NATIVE_INT8, 3, codes},
         "foreign: row 3 of transactions/account is 2, and accounts/id has 2 rows"},
        {{"transactions/merchant", H5T_NATIVE_INT8, 3, below},
         "foreign: row 2 of transactions/merchant is -1, and merchants/id has 2 rows"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_foreign("foreign", &bad[i].r);
        check_failure("foreign", PA_E_DATA, bad[i].words);
    }
}

static void check_reject(const replaced *r, int64_t line, int reason)
{
    pa_ingest g;
    pa_error err = {0};
    write_foreign("foreign", r);
    CU_ASSERT_EQUAL(run("foreign", "", &g, &err), PA_OK);
    CU_ASSERT_EQUAL(g.rows_rejected, 1);
    if (g.rejects.n_rows) {
        CU_ASSERT_EQUAL(pa_i64(&g.rejects, "line")[0], line);
        CU_ASSERT_EQUAL(pa_i8(&g.rejects, "reason")[0], reason);
    }
    pa_ingest_free(&g);
}

static void test_rows_that_cannot_be_used_are_rejected(void)
{
    const hid_t text = text_of(4);
    static const int64_t minor[3] = {1, INT64_MAX, 3}, when[3] = {0, 1, INT64_MIN};
    static const double number[3] = {1, INFINITY, (double)NAN};
    check_reject(&(replaced){"transactions/input_V", H5T_NATIVE_DOUBLE, 3, number}, 2,
                 PA_REJECT_NUMERIC);
    check_reject(&(replaced){"transactions/amount_minor", H5T_NATIVE_INT64, 3, minor}, 2,
                 PA_REJECT_AMOUNT_RANGE);
    check_reject(&(replaced){"transactions/time", H5T_NATIVE_INT64, 3, when}, 3, PA_REJECT_TIME);
    check_reject(&(replaced){"accounts/id", text, 2, "a\xff\0\0bob\0"}, 2, PA_REJECT_ACCOUNT_TEXT);
    check_reject(&(replaced){"merchants/id", text, 2, "m\0\0\0\xff\0\0\0"}, 3,
                 PA_REJECT_MERCHANT_TEXT);
    H5Tclose(text);
}

/* A name of 70 bytes, none at all, no merchant, and a number that is none. */
static void write_gaps(const char *name)
{
    static const int64_t tx[] = {5, 6, 7}, when[] = {1, 2, 3}, minor[] = {100, 250, -3};
    static const int8_t account[] = {1, 0, 1}, label[] = {0, 1, -1}, merchant[] = {1, 0, 0};
    const float number[] = {1, (float)NAN, 3};
    static const char accounts[2][70] = {"", "0123456789012345678901234567890123456789012345678901"
                                             "234567890123456789"};
    if (writes()) {
        char path[200];
        path_of(name, path);
        hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), text = text_of(70),
              narrow = text_of(4);
        write_column(file, "transactions/tx", H5T_NATIVE_INT64, 3, tx, NULL);
        write_column(file, "transactions/account", H5T_NATIVE_INT8, 3, account, NULL);
        write_column(file, "transactions/merchant", H5T_NATIVE_INT8, 3, merchant, NULL);
        write_column(file, "transactions/time", H5T_NATIVE_INT64, 3, when, NULL);
        write_column(file, "transactions/amount_minor", H5T_NATIVE_INT64, 3, minor, NULL);
        write_column(file, "transactions/label", H5T_NATIVE_INT8, 3, label, NULL);
        write_column(file, "transactions/input_V1", H5T_NATIVE_FLOAT, 3, number, NULL);
        write_column(file, "accounts/id", text, 2, accounts, NULL);
        write_column(file, "merchants/id", narrow, 2, " \0\0\0shop", NULL);
        H5Tclose(text);
        H5Tclose(narrow);
        H5Fclose(file);
    }
    pa_barrier(pa_test_comm());
}

static void test_gaps_of_a_file_cost_no_row(void)
{
    pa_ingest g;
    pa_error err = {0};
    write_gaps("gaps");
    CU_ASSERT_EQUAL(run("gaps", "no_account = own\n", &g, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(err.message, "");
    CU_ASSERT_EQUAL(g.rows_rejected, 0);
    CU_ASSERT_EQUAL(g.accounts.n_global, 2);
    const float *v = pa_table_find(&g.transactions, "input_V1")->data;
    const int64_t *tx = pa_i64(&g.transactions, "tx");
    for (size_t i = 0; i < g.transactions.n_rows; i++)
        CU_ASSERT(tx[i] == 6 ? isnan(v[i]) : v[i] == (float)(tx[i] - 4));
    static const char *const notes[] = {
        "2 rows have no merchant: theirs is called none",
        "1 row has no account: each is its own, called own: and its id (input.no_account)",
        "2 names are longer than 64 bytes: the first bytes and a digest are kept (account "
        "'0123456789012345678901234567890123456789...' in gaps:1)",
        "columns of numbers have gaps: V1 in 1 row"};
    size_t at = 0;
    for (int i = 0; i < 4 && at < g.notes.length; at += strlen(g.notes.data + at) + 1)
        CU_ASSERT_STRING_EQUAL(g.notes.data + at, notes[i++]);
    CU_ASSERT_EQUAL(at, g.notes.length);
    pa_ingest_free(&g);
    CU_ASSERT_EQUAL(run("gaps", "max_rejects = 0\n", &g, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message,
                           "gaps:2: the account is empty (input.no_account = own keeps "
                           "such rows) (input.max_rejects is 0)");
}

static void test_labels_of_a_file_may_be_named(void)
{
    static const int8_t label[3] = {7, 0, 0};
    const replaced r = {"transactions/label", H5T_NATIVE_INT8, 3, label};
    pa_ingest g;
    pa_error err = {0};
    write_foreign("foreign", &r);
    check_failure(
        "foreign", PA_E_DATA,
        "foreign:1: labels that are read neither as fraud nor as genuine: '7' (1 row), and "
        "no row is fraud;");
    CU_ASSERT_EQUAL(run("foreign", "label_fraud = 7\n", &g, &err), PA_OK);
    int64_t frauds = 0;
    for (size_t i = 0; i < g.transactions.n_rows; i++)
        frauds += pa_i8(&g.transactions, "label")[i] == 1;
    pa_sum_i64(pa_test_comm(), &frauds, 1);
    CU_ASSERT_EQUAL(frauds, 1);
    pa_ingest_free(&g);
}

/* Many cuts of the file: an error that names it, never a crash. */
static void test_a_cut_result_is_an_error(void)
{
    char whole[65536];
    size_t n = 0;
    write_foreign("foreign", NULL);
    if (writes()) {
        char path[200];
        path_of("foreign", path);
        FILE *f = fopen(path, "rb");
        n = fread(whole, 1, sizeof whole, f);
        fclose(f);
    }
    int64_t size = (int64_t)n;
    pa_broadcast(pa_test_comm(), &size, sizeof size, 0);
    for (int64_t cut = 100; cut < size; cut += 487) {
        if (writes()) write_bytes("cut", whole, (size_t)cut);
        pa_barrier(pa_test_comm());
        check_failure("cut", PA_E_DATA, "cut: ");
    }
}

static const pa_test tests[] = {
    {"compressed parts among plain ones give the plain result",
     test_compressed_parts_among_plain_ones_give_the_plain_result},
    {"rejects of a compressed file have their lines",
     test_rejects_of_a_compressed_file_have_their_lines},
    {"a damaged file is named wherever it lies", test_a_damaged_file_is_named_wherever_it_lies},
    {"a book in any encoding gives the plain result",
     test_a_book_in_any_encoding_gives_the_plain_result},
    {"parts in several encodings give the plain result",
     test_parts_in_several_encodings_give_the_plain_result},
    {"what is no sign or no encoding is told", test_what_is_no_sign_or_no_encoding_is_told},
    {"files are cut once and evenly", test_files_are_cut_once_and_evenly},
    {"a file with two names is read once", test_a_file_with_two_names_is_read_once},
    {"two files of one name are both read", test_two_files_of_one_name_are_both_read},
    {"a name may hold a blank", test_a_name_may_hold_a_blank},
    {"a result read again gives the same tables", test_a_result_read_again_gives_the_same_tables},
    {"results and CSV files may be mixed", test_results_and_csv_files_may_be_mixed},
    {"every column of a result is read again", test_every_column_of_a_result_is_read_again},
    {"a row of a result and its double are found", test_a_row_of_a_result_and_its_double_are_found},
    {"a file of other types is read", test_a_file_of_other_types_is_read},
    {"a further number may be missing", test_a_further_number_may_be_missing},
    {"tables that do not fit are explained", test_tables_that_do_not_fit_are_explained},
    {"rows that cannot be used are rejected", test_rows_that_cannot_be_used_are_rejected},
    {"gaps of a file cost no row", test_gaps_of_a_file_cost_no_row},
    {"labels of a file may be named", test_labels_of_a_file_may_be_named},
    {"a cut result is an error", test_a_cut_result_is_an_error},
};
PA_MPI_TEST_MAIN("inputs", tests)

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/files/files.h"
#include "paraudit/text/sink.h"
#include "paraudit/text/source.h"

static char path[100];

static void choose_path(void)
{
    snprintf(path, sizeof path, "%s/text", pa_test_folder());
}

static bool writes(void)
{
    return pa_comm_rank(pa_test_comm()) == 0;
}

static void write_plain(const pa_buffer *text)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(text->data, 1, text->length, f) != text->length || fclose(f) != 0) abort();
}

static void write_gz(const pa_buffer *text)
{
    gzFile f = gzopen(path, "wb");
    if (!f || gzwrite(f, text->data, (unsigned)text->length) != (int)text->length) abort();
    gzclose(f);
}

static void write_zst(const pa_buffer *text)
{
    size_t room = ZSTD_compressBound(text->length);
    pa_buffer packed = {0};
    pa_buffer_reserve(&packed, room, NULL);
    packed.length = ZSTD_compress(packed.data, room, text->data, text->length, 1);
    write_plain(&packed);
    pa_buffer_free(&packed);
}

/* ASCII, and a byte order mark before it or none, in two bytes a sign. */
static void add_utf16(const pa_buffer *text, bool little, pa_buffer *out)
{
    bool mark = text->length >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0;
    if (mark) pa_buffer_add(out, little ? "\xff\xfe" : "\xfe\xff", 2, NULL);
    for (size_t i = mark ? 3 : 0; i < text->length; i++) {
        char sign[2] = {little ? text->data[i] : '\0', little ? '\0' : text->data[i]};
        pa_buffer_add(out, sign, 2, NULL);
    }
}

static void write_utf16le(const pa_buffer *text)
{
    pa_buffer out = {0};
    add_utf16(text, true, &out);
    write_plain(&out);
    pa_buffer_free(&out);
}

static void write_utf16be_gz(const pa_buffer *text)
{
    pa_buffer out = {0};
    add_utf16(text, false, &out);
    write_gz(&out);
    pa_buffer_free(&out);
}

typedef void writer(const pa_buffer *text);

/* The file for all ranks, by rank 0. */
static void write_text(writer *as, const pa_buffer *text)
{
    choose_path();
    pa_barrier(pa_test_comm());
    if (writes()) as(text);
    pa_barrier(pa_test_comm());
}

static const pa_record_rule quoted = {.signs = {',', '"', 0, false}}, lines = {.signs = {0}};

/* ---- what is read: "LINE:RECORD|", those of all ranks in their order ------------ */

static pa_status note(void *taker, int64_t line, const char *record, size_t n, pa_error *err)
{
    pa_buffer *heard = taker;
    PA_TRY(pa_buffer_printf(heard, err, "%lld:", (long long)line));
    if (n == 3 && memcmp(record, "BAD", 3) == 0)
        return pa_fail_at(err, PA_E_DATA, 1, line, "line %lld is bad", (long long)line);
    PA_TRY(pa_buffer_add(heard, record, n, err));
    return pa_buffer_add(heard, "|", 1, err);
}

static bool reads_so(const pa_text_io *io, const pa_record_rule *rule, bool header,
                     const pa_buffer *expected)
{
    pa_comm *comm = pa_test_comm();
    pa_text_source source;
    pa_error err = {0};
    pa_buffer own = {0};
    void *all = NULL;
    size_t n = 0;
    pa_status st = pa_source_open(comm, path, io, &source, &err);
    if (st == PA_OK && header) {
        pa_text_header h;
        st = pa_source_header(&source, &h, &err);
        if (st == PA_OK && writes()) note(&own, h.line, h.text, h.length, NULL);
        if (st == PA_OK) pa_free(h.text);
    }
    if (st == PA_OK) st = pa_source_read(&source, rule, note, &own, &err);
    if (st == PA_OK) st = pa_gather_all(comm, own.data, own.length, &all, &n, &err);
    bool same = st == PA_OK && n == expected->length && (!n || memcmp(all, expected->data, n) == 0);
    pa_free(all);
    pa_buffer_free(&own);
    return same;
}

/* The slow way: the whole text on one rank. */
static void twin(const pa_record_rule *rule, const pa_buffer *text, size_t begin, int64_t line,
                 pa_buffer *heard)
{
    size_t used;
    pa_record_rule own = *rule;
    own.longest = SIZE_MAX - 1;
    pa_records r = {.walk = {.rule = &own, .line = line}, .name = "", .take = note, .taker = heard};
    if (pa_records_split(&r, text->data + begin, text->length - begin, SIZE_MAX, true, &used, NULL))
        abort();
}

/* Short records, quoted ones over lines, empty ones, and one that is longer than the
 * parts of three ranks of four; the last has no line end. */
static void make_text(pa_buffer *text)
{
    for (int i = 0; i < 150; i++) {
        uint64_t kind = pa_draw_below(3, PA_DRAW_TEST, 5, (uint64_t)i, 6);
        if (kind == 0)
            pa_buffer_printf(text, NULL, "%d,\"two\r\nlines, \"\"%d\"\"\n\",x\r\n", i, i);
        else if (kind == 1)
            pa_buffer_printf(text, NULL, "\n");
        else
            pa_buffer_printf(text, NULL, "%d %d 5\" %d\n", i, i * i, i % 7);
        if (i != 60) continue;
        pa_buffer_printf(text, NULL, "\"");
        for (int k = 0; k < 2000; k++) pa_buffer_printf(text, NULL, "%d\n,", k);
        pa_buffer_printf(text, NULL, "\"\n");
    }
    pa_buffer_printf(text, NULL, "the last");
}

/* The last two want four letters to be told by. */
static writer *const writers[] = {write_plain, write_gz, write_zst, write_utf16le,
                                  write_utf16be_gz};
static const pa_text_io ios[] = {{1, 1, 1 << 20},    {1, 4096, 1 << 20},
                                 {7, 3, 1 << 20},    {64, 65, 1 << 20},
                                 {1000, 1, 1 << 20}, {1 << 20, 1 << 20, 1 << 20}};

static void test_every_record_is_read_once_in_its_order(void)
{
    static const pa_record_rule *const rules[] = {&quoted, &lines};
    pa_buffer text = {0}, expected[2] = {{0}};
    make_text(&text);
    for (int k = 0; k < 2; k++) twin(rules[k], &text, 0, 1, &expected[k]);
    for (size_t w = 0; w < 5; w++) {
        write_text(writers[w], &text);
        for (size_t i = 0; i < sizeof ios / sizeof *ios; i++) {
            CU_ASSERT(reads_so(&ios[i], rules[0], false, &expected[0]));
            CU_ASSERT(reads_so(&ios[i], rules[1], false, &expected[1]));
        }
    }
    for (int k = 0; k < 2; k++) pa_buffer_free(&expected[k]);
    pa_buffer_free(&text);
}

static void test_small_texts_are_read(void)
{
    static const char *const texts[] = {"", "a", "\n", "\n\n", "a\nb", "\"\n\"", "\"\n\"\nb\n"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        pa_buffer text = {0}, expected = {0};
        pa_buffer_printf(&text, NULL, "%s", texts[t]);
        twin(&quoted, &text, 0, 1, &expected);
        for (size_t w = 0; w < 3; w++) {
            write_text(writers[w], &text);
            CU_ASSERT(reads_so(&ios[0], &quoted, false, &expected));
            CU_ASSERT(reads_so(&ios[5], &quoted, false, &expected));
        }
        pa_buffer_free(&expected);
        pa_buffer_free(&text);
    }
}

/* The header is longer than the part of the first rank. */
static void test_records_begin_behind_the_header(void)
{
    static const char head[] = "\xef\xbb\xbf\n\na,\"b\n\nccccccccccccccccccccccccccc\",d\r\n";
    pa_buffer text = {0}, expected = {0};
    pa_buffer_printf(&text, NULL, "%s1,2,3\n\n4,\"\n\",6\n", head);
    pa_buffer_printf(&expected, NULL, "3:a,\"b\n\nccccccccccccccccccccccccccc\",d|");
    twin(&quoted, &text, strlen(head), 6, &expected);
    for (size_t w = 0; w < 5; w++) {
        write_text(writers[w], &text);
        for (size_t i = 0; i < sizeof ios / sizeof *ios; i++)
            CU_ASSERT(reads_so(&ios[i], &quoted, true, &expected));
    }
    pa_buffer_free(&expected);
    pa_buffer_free(&text);
}

/* ---- what is wrong ---------------------------------------------------------------- */

static bool says(const pa_text_io *io, bool header, pa_status expected, const char *message)
{
    pa_text_source source;
    pa_text_header h = {0};
    pa_error err = {0};
    pa_buffer heard = {0};
    pa_status st = pa_source_open(pa_test_comm(), path, io, &source, &err);
    if (st == PA_OK && header) st = pa_source_header(&source, &h, &err);
    if (st == PA_OK) st = pa_source_read(&source, &quoted, note, &heard, &err);
    pa_free(h.text);
    pa_buffer_free(&heard);
    pa_barrier(pa_test_comm());
    return st == expected && strncmp(err.message, message, strlen(message)) == 0;
}

/* Bad lines on all ranks: all say what the first of them is. */
static void test_the_first_bad_line_is_told_by_all(void)
{
    static const int firsts[] = {1, 7, 250, 599};
    for (size_t t = 0; t < 4; t++) {
        pa_buffer text = {0};
        char message[40];
        for (int i = 1; i < 600; i++)
            pa_buffer_printf(&text, NULL, "%s\n",
                             i >= firsts[t] && i % 3 == firsts[t] % 3 ? "BAD" : "x");
        snprintf(message, sizeof message, "line %d is bad", firsts[t]);
        for (size_t w = 0; w < 3; w++) {
            write_text(writers[w], &text);
            CU_ASSERT(says(&ios[0], false, PA_E_DATA, message));
            CU_ASSERT(says(&ios[3], false, PA_E_DATA, message));
        }
        pa_buffer_free(&text);
    }
}

static void test_files_that_cannot_be_read_are_told_by_all(void)
{
    static const struct {
        const char *bytes, *message; /* behind "PATH" */
        bool header;
    } cases[] = {
        {"a\n\"b\nc\nd\n", ":2: a quote that is opened in this row is never closed", false},
        {"a\nbbbbbbbbbbbbbbbbbbbb\n", ":2: the row is longer than 16 bytes: is a quote", false},
        {"\n\n", ": the file is empty", true},
        {"PK\x03\x04xxx", ": the file is a zip archive: unpack the file that is in it", false},
        {"\x1f\x8bxxxxxxxxxxxxxxxxxx", ": the compressed data", false},
    };
    const pa_text_io io = {1, 1, 16};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pa_buffer text = {0};
        char message[200];
        pa_buffer_printf(&text, NULL, "%s", cases[i].bytes);
        write_text(write_plain, &text);
        snprintf(message, sizeof message, "%s%s", path, cases[i].message);
        CU_ASSERT(says(&io, cases[i].header, PA_E_DATA, message));
        pa_buffer_free(&text);
    }
    snprintf(path, sizeof path, "no/such/file");
    CU_ASSERT(says(&io, false, PA_E_NO_INPUT, "no/such/file: No such file or directory"));
    snprintf(path, sizeof path, "/tmp");
    CU_ASSERT(says(&io, false, PA_E_NO_INPUT, "/tmp: not a file"));
}

/* ---- there and back ----------------------------------------------------------------- */

static pa_status numbered(void *maker, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    size_t first = *(size_t *)maker;
    for (size_t i = from; i < until; i++)
        PA_TRY(pa_buffer_printf(text, err, "%zu %*zu\n", first + i, (int)((first + i) % 97), i));
    return PA_OK;
}

/* Lines that any ranks have written: what each rank reads goes into a second file,
 * whose bytes are those of the first. */
static pa_status copy_line(void *taker, int64_t line, const char *record, size_t n, pa_error *err)
{
    (void)line;
    PA_TRY(pa_buffer_add(taker, record, n, err));
    return pa_buffer_add(taker, "\n", 1, err);
}

static pa_status copy_text(const char *to, const pa_text_io *io, pa_error *err)
{
    pa_comm *comm = pa_test_comm();
    pa_text_source source;
    pa_buffer own = {0};
    pa_sink *sink = NULL;
    pa_status st = pa_source_open(comm, path, io, &source, err);
    if (st == PA_OK) st = pa_source_read(&source, &lines, copy_line, &own, err);
    if (st == PA_OK) st = pa_sink_open(comm, &to, 1, &sink, err);
    if (st == PA_OK) st = pa_sink_add(sink, 0, own.data, own.length, err);
    if (st == PA_OK) st = pa_sink_finish(sink, err);
    pa_sink_free(sink);
    pa_buffer_free(&own);
    return st;
}

static bool same_files(const char *a, const char *b)
{
    char *text[2] = {NULL, NULL};
    size_t n[2] = {0, 0};
    pa_error err = {0};
    bool same = pa_read_file(a, &text[0], &n[0], &err) == PA_OK &&
                pa_read_file(b, &text[1], &n[1], &err) == PA_OK && n[0] == n[1] && n[0] > 0 &&
                memcmp(text[0], text[1], n[0]) == 0;
    pa_free(text[0]);
    pa_free(text[1]);
    return same;
}

static void test_lines_that_are_written_are_read_again(void)
{
    pa_comm *comm = pa_test_comm();
    size_t first = 1000 * (size_t)pa_comm_rank(comm), n = 300 * (size_t)(pa_comm_rank(comm) + 1);
    pa_error err = {0};
    pa_sink *sink;
    char copy[120];
    choose_path();
    const char *to = path;
    snprintf(copy, sizeof copy, "%s.copy", path);
    CU_ASSERT_EQUAL(pa_sink_open(comm, &to, 1, &sink, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_sink_add_rows(sink, 0, n, numbered, &first, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_sink_finish(sink, &err), PA_OK);
    pa_sink_free(sink);
    for (size_t i = 0; i < sizeof ios / sizeof *ios; i++) {
        CU_ASSERT_EQUAL(copy_text(copy, &ios[i], &err), PA_OK);
        CU_ASSERT(same_files(path, copy));
        pa_barrier(comm);
    }
}

static const pa_test tests[] = {
    {"every record is read once in its order", test_every_record_is_read_once_in_its_order},
    {"small texts are read", test_small_texts_are_read},
    {"records begin behind the header", test_records_begin_behind_the_header},
    {"the first bad line is told by all", test_the_first_bad_line_is_told_by_all},
    {"files that cannot be read are told by all", test_files_that_cannot_be_read_are_told_by_all},
    {"lines that are written are read again", test_lines_that_are_written_are_read_again},
};
PA_MPI_TEST_MAIN("source", tests)

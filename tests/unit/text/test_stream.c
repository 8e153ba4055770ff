#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/text/stream.h"
#include "unit.h"

/* ---- texts ---- */

/* Code points of one to four bytes of UTF-8 and one or two units of UTF-16. */
static const uint32_t letters[] = {'a', ',', '\n', '7', '"', 0xe9, 0x20ac, 0x6f22, 0x1f600, 0xffff};

static void add_utf8(pa_buffer *b, uint32_t c)
{
    char t[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) t[i] = (char)(0x80 | (c & 0x3f));
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    t[0] = (char)(lead[n] | c);
    pa_buffer_add(b, t, n, NULL);
}

static void add_unit(pa_buffer *b, uint32_t u, size_t width, bool little)
{
    char t[4];
    for (size_t i = 0; i < width; i++) t[little ? i : width - 1 - i] = (char)(u >> 8 * i);
    pa_buffer_add(b, t, width, NULL);
}

typedef struct {
    const char *name;
    size_t width;
    bool little;
} form;

static const form forms[] = {
    {"UTF-16LE", 2, true}, {"UTF-16BE", 2, false}, {"UTF-32LE", 4, true}, {"UTF-32BE", 4, false}};
enum { N_FORMS = sizeof forms / sizeof *forms };

static void add_sign(pa_buffer *b, uint32_t c, const form *f)
{
    if (f->width == 2 && c >= 0x10000) {
        add_unit(b, 0xd800 + ((c - 0x10000) >> 10), 2, f->little);
        add_unit(b, 0xdc00 + ((c - 0x10000) & 0x3ff), 2, f->little);
    } else {
        add_unit(b, c, f->width, f->little);
    }
}

/* n signs, the first ones of ASCII. */
static void draw_text(size_t n, const form *f, pa_buffer *utf8, pa_buffer *other)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t k = pa_draw_below(5, PA_DRAW_TEST, i, n, sizeof letters / sizeof *letters);
        uint32_t c = i < 2 ? 't' : i % 3 ? letters[k] : letters[k % 5];
        add_utf8(utf8, c);
        add_sign(other, c, f);
    }
}

/* ---- files ---- */

static FILE *file_of(const pa_buffer *b)
{
    FILE *f = tmpfile();
    if (!f || fwrite(b->data, 1, b->length, f) != b->length || fflush(f) != 0) abort();
    return f;
}

static void pack_gz(pa_buffer *b)
{
    z_stream z = {0};
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    pa_buffer packed = {0};
    pa_buffer_reserve(&packed, deflateBound(&z, b->length), NULL);
    z.next_in = (Bytef *)b->data;
    z.avail_in = (uInt)b->length;
    z.next_out = (Bytef *)packed.data;
    z.avail_out = (uInt)packed.capacity;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
    packed.length = z.total_out;
    deflateEnd(&z);
    pa_buffer_free(b);
    *b = packed;
}

/* The text that a stream makes of the file, `room` bytes at a time. said: NULL: nothing. */
static pa_status read_all(const pa_buffer *b, const char *said, size_t raw, size_t room,
                          pa_buffer *text, pa_error *err)
{
    FILE *f = file_of(b);
    pa_text_file file = {
        .path = "x.csv", .name = "x.csv", .ordinal = 3, .size = (int64_t)b->length};
    pa_encoding e;
    pa_text_stream *s = NULL;
    size_t got = room;
    text->length = 0;
    pa_status st = pa_encoding_make(said, &e, err);
    if (st == PA_OK) st = pa_text_look(fileno(f), &e, &file, err);
    if (st == PA_OK) st = pa_stream_new(fileno(f), &file, raw, &s, err);
    while (st == PA_OK && got == room) {
        char *bytes = malloc(room); /* exact, for the sanitizer */
        st = pa_stream_read(s, bytes, room, &got, err);
        if (st == PA_OK) pa_buffer_add(text, bytes, got, NULL);
        free(bytes);
    }
    if (st == PA_OK) CU_ASSERT_EQUAL(pa_stream_done(s), b->length);
    pa_stream_free(s);
    fclose(f);
    return st;
}

static const size_t sizes[][2] = {{1, 1},  {1, 5000},   {3, 2},
                                  {5, 64}, {4096, 500}, {1 << 16, 1 << 16}};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

static int wrong_reads(const pa_buffer *file, const char *said, const pa_buffer *expected)
{
    int wrong = 0;
    pa_buffer text = {0};
    for (size_t k = 0; k < N_SIZES; k++) {
        pa_error err = {0};
        pa_status st = read_all(file, said, sizes[k][0], sizes[k][1], &text, &err);
        bool same = st == PA_OK && text.length == expected->length &&
                    (text.length == 0 || memcmp(text.data, expected->data, text.length) == 0);
        if (!same) fprintf(stderr, "%s, buffers %zu: %s\n", said, k, err.message);
        wrong += !same;
    }
    pa_buffer_free(&text);
    return wrong;
}

/* ---- tests ---- */

static void test_every_form_of_unicode_comes_out_as_utf8(void)
{
    static const size_t lengths[] = {2, 3, 100, 5000};
    static const char *const saids[] = {NULL, "latin1", "utf-16", "utf-8"};
    for (int f = 0; f < N_FORMS; f++) {
        for (size_t k = 0; k < 8; k++) {
            pa_buffer utf8 = {0}, other = {0};
            bool mark = k % 2;
            if (mark) {
                add_utf8(&utf8, 0xfeff);
                add_sign(&other, 0xfeff, &forms[f]);
            }
            draw_text(lengths[k / 2], &forms[f], &utf8, &other);
            const char *said = mark ? saids[k / 2] : k / 2 % 2 ? forms[f].name : NULL;
            CU_ASSERT_EQUAL(wrong_reads(&other, said, &utf8), 0);
            pack_gz(&other);
            CU_ASSERT_EQUAL(wrong_reads(&other, said, &utf8), 0);
            pa_buffer_free(&utf8);
            pa_buffer_free(&other);
        }
    }
}

/* By iconv, the other way and at once. */
static void encode(const char *name, const pa_buffer *utf8, pa_buffer *other)
{
    iconv_t cd = iconv_open(name, "UTF-8");
    pa_buffer_reserve(other, 8 * utf8->length + 100, NULL);
    char *in = utf8->data, *out = other->data;
    size_t left = utf8->length, room = other->capacity;
    CU_ASSERT_EQUAL(iconv(cd, &in, &left, &out, &room), 0);
    iconv(cd, NULL, NULL, &out, &room);
    iconv_close(cd);
    other->length = (size_t)(out - other->data);
}

static void test_encodings_that_are_named_are_read(void)
{
    static const struct {
        const char *said, *text;
    } cases[] = {
        {"gbk", "tx,\xe6\xb1\x89\xe5\xad\x97\n1,\xe6\xb1\x89\n"},
        {"GB18030", "tx,\xe6\xb1\x89\xc3\xa9\xf0\x9f\x98\x80\n"},
        {"shift-jis", "tx,\xe6\xbc\xa2\xe3\x81\x8b\xef\xbd\xb6\n"},
        {"iso-2022-jp", "tx,\xe6\xbc\xa2\xe3\x81\x8b,x\xe6\xbc\xa2"},
        {"big5", "tx,\xe6\xbc\xa2\n"},
        {"euc-kr", "tx,\xed\x95\x9c\n"},
        {"ibm037", "tx,caf\xc3\xa9,12.50"},
        {"cp1258", "tx,caf\xc3\xa9 a"},
        {"latin1", "tx,caf\xc3\xa9\n"},
        {"windows-1252", "tx,\xe2\x82\xac 5\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pa_buffer utf8 = {0}, other = {0};
        pa_encoding e;
        for (int k = 0; k < 40; k++) pa_buffer_printf(&utf8, NULL, "%s", cases[i].text);
        CU_ASSERT_EQUAL(pa_encoding_make(cases[i].said, &e, NULL), PA_OK);
        encode(e.name, &utf8, &other);
        CU_ASSERT_EQUAL(wrong_reads(&other, cases[i].said, &utf8), 0);
        pa_buffer_free(&utf8);
        pa_buffer_free(&other);
    }
}

static void test_utf8_comes_out_as_it_lies(void)
{
    static const char *const texts[] = {"", "t", "\xef\xbb\xbftx,caf\xc3\xa9\n", "tx\n\xe9\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pa_buffer b = {0};
        pa_buffer_printf(&b, NULL, "%s", texts[i]);
        CU_ASSERT_EQUAL(wrong_reads(&b, NULL, &b), 0);
        CU_ASSERT_EQUAL(wrong_reads(&b, "utf-8", &b), 0);
        pa_buffer_free(&b);
    }
}

static void check_error(const pa_buffer *file, const char *said, const char *message, int64_t line)
{
    pa_buffer text = {0};
    for (size_t k = 0; k < N_SIZES; k++) {
        pa_error err = {0};
        CU_ASSERT_EQUAL(read_all(file, said, sizes[k][0], sizes[k][1], &text, &err), PA_E_DATA);
        CU_ASSERT_STRING_EQUAL(err.message, message);
        CU_ASSERT(err.file == 3 && err.line == line);
    }
    pa_buffer_free(&text);
}

/* 5,000 letters, an end of line, a high surrogate alone at byte 10,004, and more. */
static void test_what_is_no_sign_has_its_place(void)
{
    pa_buffer b = {0};
    add_unit(&b, 0xfeff, 2, true);
    for (int i = 0; i < 5000; i++) add_unit(&b, 'x', 2, true);
    add_unit(&b, '\n', 2, true);
    add_unit(&b, 0xd812, 2, true);
    for (int i = 0; i < 50; i++) add_unit(&b, '\n', 2, true);
    check_error(
        &b, NULL,
        "x.csv:2: byte 0x12 (offset 10004) begins no sign of UTF-16LE: is the file damaged, "
        "or is it in another encoding?",
        2);
    pack_gz(&b);
    check_error(
        &b, NULL,
        "x.csv:2: byte 0x12 (offset 10004 of the unpacked text) begins no sign of UTF-16LE: "
        "is the file damaged, or is it in another encoding?",
        2);
    pa_buffer_free(&b);
}

static void test_a_sign_that_the_end_cuts_is_told(void)
{
    pa_buffer b = {0};
    for (int i = 0; i < 3000; i++) add_unit(&b, i % 1000 ? 'x' : '\n', 2, false);
    pa_buffer_add(&b, "\0", 1, NULL);
    check_error(&b, NULL,
                "x.csv:4: byte 0x00 (offset 6000) begins no sign of UTF-16BE: is the file damaged, "
                "or is it in another encoding?",
                4);
    pa_buffer_free(&b);
    pa_buffer_printf(&b, NULL, "tx\n\xb1");
    check_error(
        &b, "gbk",
        "x.csv:2: byte 0xB1 (offset 3) begins no sign of GBK: is the file damaged, or is it "
        "in another encoding?",
        2);
    pa_buffer_free(&b);
}

static void test_what_is_no_text_is_told_through_any_cover(void)
{
    pa_buffer b = {0}, text = {0};
    pa_error err = {0};
    pa_buffer_add(&b, "PAR1\x15\x04\x15\0\0\0\0\0", 12, NULL);
    pack_gz(&b);
    CU_ASSERT_EQUAL(read_all(&b, NULL, 4096, 4096, &text, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message,
                           "x.csv: the file is a Parquet file: write it as CSV, with pandas say");
    pack_gz(&b);
    err = (pa_error){0};
    CU_ASSERT_EQUAL(read_all(&b, NULL, 4096, 4096, &text, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(
        err.message, "x.csv: the file is compressed twice: unpack it, or pack it by gzip or zstd");
    pa_buffer_free(&b);
    for (const char *c = "<html>"; *c; c++) add_unit(&b, (unsigned char)*c, 2, true);
    err = (pa_error){0};
    CU_ASSERT_EQUAL(read_all(&b, NULL, 4096, 4096, &text, &err), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "x.csv: the file is a page of HTML: "));
    pa_buffer_free(&b);
    pa_buffer_printf(&b, NULL, "\x89PNG\r\n\x1a\n..");
    err = (pa_error){0};
    CU_ASSERT_EQUAL(read_all(&b, "gbk", 4096, 4096, &text, &err), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "x.csv: the file is a picture (PNG): "));
    pa_buffer_free(&b);
    pa_buffer_free(&text);
}

static const pa_test tests[] = {
    {"every form of Unicode comes out as UTF-8", test_every_form_of_unicode_comes_out_as_utf8},
    {"encodings that are named are read", test_encodings_that_are_named_are_read},
    {"UTF-8 comes out as it lies", test_utf8_comes_out_as_it_lies},
    {"what is no sign has its place", test_what_is_no_sign_has_its_place},
    {"a sign that the end cuts is told", test_a_sign_that_the_end_cuts_is_told},
    {"what is no text is told through any cover", test_what_is_no_text_is_told_through_any_cover},
};
PA_TEST_MAIN("stream", tests)

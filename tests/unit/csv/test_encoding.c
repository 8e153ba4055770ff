#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/encoding.h"
#include "unit.h"

static pa_encoding made(const char *name)
{
    pa_encoding e;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_encoding_make(name, &e, &err), PA_OK);
    if (err.status != PA_OK) fprintf(stderr, "%s\n", err.message);
    return e;
}

static void check_name(const char *name, pa_encoding_kind kind, const char *as)
{
    pa_encoding e = made(name);
    CU_ASSERT_EQUAL(e.kind, kind);
    if (as) CU_ASSERT_STRING_EQUAL(e.name, as);
    if (e.kind != kind) fprintf(stderr, "%s: kind %d\n", name, (int)e.kind);
}

static void test_names_are_those_that_people_write(void)
{
    static const char *const utf8[] = {NULL, "", "utf8", "UTF-8", "utf-8-sig", "Utf_8", "cp65001"};
    static const char *const latin1[] = {"latin1",    "latin-1",    "Latin_1",  "ISO-8859-1",
                                         "iso8859-1", "ISO_8859-1", "iso88591", "l1"};
    static const char *const cp1252[] = {"cp1252", "windows-1252", "Windows1252", "win-1252",
                                         "ANSI"};
    for (size_t i = 0; i < sizeof utf8 / sizeof *utf8; i++)
        check_name(utf8[i], PA_ENCODING_UTF8, "UTF-8");
    for (size_t i = 0; i < sizeof latin1 / sizeof *latin1; i++) {
        check_name(latin1[i], PA_ENCODING_TABLE, NULL);
        CU_ASSERT_EQUAL(memcmp(made(latin1[i]).utf8[0xa4], "\xc2\xa4", 2), 0);
    }
    for (size_t i = 0; i < sizeof cp1252 / sizeof *cp1252; i++) {
        check_name(cp1252[i], PA_ENCODING_TABLE, NULL);
        CU_ASSERT_EQUAL(memcmp(made(cp1252[i]).utf8[0x80], "\xe2\x82\xac", 3), 0);
    }
    CU_ASSERT_EQUAL(memcmp(made("iso885915").utf8[0xa4], "\xe2\x82\xac", 3), 0);
    CU_ASSERT_EQUAL(memcmp(made("latin9").utf8[0xa4], "\xe2\x82\xac", 3), 0);
    CU_ASSERT_EQUAL(memcmp(made("cp850").utf8[0x81], "\xc3\xbc", 2), 0);
    CU_ASSERT_EQUAL(memcmp(made("koi8-r").utf8[0xc1], "\xd0\xb0", 2), 0);
}

static void test_what_is_no_table_is_a_stream(void)
{
    static const char *const streams[] = {"gbk",    "gb18030", "BIG5",        "shift-jis",
                                          "SJIS",   "EUC-JP",  "ISO-2022-JP", "UTF-7",
                                          "ibm037", "EUC-KR",  "cp1258"}; /* its accents follow
                                                                             their letters */
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
        check_name(streams[i], PA_ENCODING_STREAM, NULL);
    check_name("utf-16", PA_ENCODING_STREAM, "UTF-16");
    check_name("UCS-2", PA_ENCODING_STREAM, "UTF-16");
    check_name("utf16le", PA_ENCODING_STREAM, "UTF-16LE");
    check_name("UTF-16-BE", PA_ENCODING_STREAM, "UTF-16BE");
    check_name("utf_32", PA_ENCODING_STREAM, "UTF-32");
    check_name("UTF32LE", PA_ENCODING_STREAM, "UTF-32LE");
}

/* Behind a slash iconv is told to leave out what it cannot convert. */
static void test_unknown_names_are_refused(void)
{
    static const char *const names[] = {"klingon",
                                        "latin-99",
                                        "latin1//IGNORE",
                                        "latin1/",
                                        "/",
                                        "-",
                                        " ",
                                        "caf\xc3\xa9",
                                        "windows-",
                                        "a-name-that-is-as-long-as-no-encoding-has"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pa_encoding e;
        pa_error err = {0};
        char message[200];
        CU_ASSERT_EQUAL(pa_encoding_make(names[i], &e, &err), PA_E_CONFIG);
        snprintf(message, sizeof message,
                 "input.encoding: '%.40s' is not known: `iconv -l` lists what is", names[i]);
        CU_ASSERT_STRING_EQUAL(err.message, message);
    }
}

/* Windows-1252 has no 0x81. */
static void test_a_byte_that_is_not_defined_becomes_no_text(void)
{
    pa_encoding e = made("windows-1252");
    char out[16];
    size_t n = pa_encode_utf8(&e, "a\x81\xe9", 3, out);
    CU_ASSERT(n == 4 && memcmp(out, "a\xff\xc3\xa9", 4) == 0);
    CU_ASSERT(!pa_csv_is_text(out, n));
    e = made("ascii"); /* or text in UTF-8 would pass for ASCII */
    n = pa_encode_utf8(&e, "\xc3\xa9", 2, out);
    CU_ASSERT(n == 2 && memcmp(out, "\xff\xff", 2) == 0);
}

/* As iconv converts all of the text at once. */
static void test_a_table_converts_as_iconv_does(void)
{
    static const char *const names[] = {"ISO-8859-1", "CP850", "ISO-8859-15", "KOI8-R",
                                        "MACINTOSH",  "CP437", "ISO-8859-7",  "CP1251"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        pa_encoding e = made(names[k]);
        char text[1000], expected[4000], got[4000], *in = text, *out = expected;
        size_t n = 0, left, room = sizeof expected;
        CU_ASSERT_EQUAL(e.kind, PA_ENCODING_TABLE);
        while (n < sizeof text) {
            unsigned char byte = (unsigned char)pa_draw_below(7, PA_DRAW_TEST, (uint64_t)n, k, 256);
            bool defined = e.utf8[byte][0] != '\xff';
            text[n++] = defined ? (char)byte : '-';
        }
        left = n;
        iconv_t cd = iconv_open("UTF-8", names[k]);
        CU_ASSERT_EQUAL(iconv(cd, &in, &left, &out, &room), 0);
        iconv_close(cd);
        size_t length = pa_encode_utf8(&e, text, n, got);
        CU_ASSERT_EQUAL(length, sizeof expected - room);
        CU_ASSERT_EQUAL(memcmp(got, expected, length), 0);
        CU_ASSERT(pa_csv_is_text(got, length) || memchr(text, 0, n));
    }
}

/* Signs of one, two and three bytes: each begins where those before it end. */
static void test_text_of_a_table_is_measured_in_its_bytes(void)
{
    enum { N = 300 };
    pa_encoding e = made("windows-1252");
    char text[PA_ENCODED_MOST * N], got[PA_ENCODED_MOST * N];
    for (size_t n = 0; n < N; n++) {
        char *bytes = text + (PA_ENCODED_MOST - 1) * n; /* converted where they lie */
        for (size_t i = 0; i < n; i++) bytes[i] = "xyz\xe9\x80\x81"[i / 20 % 2 ? i % 6 : i % 3];
        size_t length = pa_encode_utf8(&e, bytes, n, got), at = 0;
        CU_ASSERT_EQUAL(pa_encode_utf8(&e, bytes, n, text), length);
        CU_ASSERT_EQUAL(memcmp(text, got, length), 0);
        CU_ASSERT_EQUAL(pa_encoded_from(got, length), n);
        for (size_t i = 0; i <= n; i++) {
            CU_ASSERT_EQUAL(pa_encoded_length(got, length, i), at);
            CU_ASSERT_EQUAL(pa_encoded_from(got, at), i);
            if (i < n) at += got[at] == '\xe2' ? 3 : got[at] == '\xc3' ? 2 : 1;
        }
        CU_ASSERT_EQUAL(pa_encoded_length(got, length, n + 5), length);
    }
}

static void test_one_high_byte_anywhere_is_seen(void)
{
    char text[40];
    for (size_t n = 0; n <= sizeof text; n++) {
        memset(text, 'x', sizeof text);
        CU_ASSERT(!pa_has_high(text, n));
        for (size_t i = 0; i < sizeof text; i++) {
            text[i] = '\x80';
            CU_ASSERT_EQUAL(pa_has_high(text, n), i < n);
            text[i] = 'x';
        }
    }
}

/* ---- what a text tells ---- */

static const char *told(const char *said, const char *first, size_t n)
{
    static char name[PA_ENCODING_NAME];
    pa_encoding e = made(said);
    pa_encoding_tell(said ? &e : NULL, first, n, name);
    return name;
}

#define TOLD(said, first) told(said, first, sizeof first - 1)

static void test_a_mark_outweighs_what_was_said(void)
{
    static const char *const saids[] = {NULL, "utf-8", "latin1", "gbk", "utf-16", "utf-32le"};
    for (size_t i = 0; i < sizeof saids / sizeof *saids; i++) {
        CU_ASSERT_STRING_EQUAL(TOLD(saids[i], "\xff\xfet\0"), "UTF-16LE");
        CU_ASSERT_STRING_EQUAL(TOLD(saids[i], "\xfe\xff\0t"), "UTF-16BE");
        CU_ASSERT_STRING_EQUAL(TOLD(saids[i], "\xff\xfe\0\0t\0\0\0"), "UTF-32LE");
        CU_ASSERT_STRING_EQUAL(TOLD(saids[i], "\0\0\xfe\xff\0\0\0t"), "UTF-32BE");
        CU_ASSERT_STRING_EQUAL(TOLD(saids[i], "\xef\xbb\xbft"), "");
    }
}

static void test_without_a_mark_zeros_tell(void)
{
    CU_ASSERT_STRING_EQUAL(TOLD(NULL, "t\0x\0,\0"), "UTF-16LE");
    CU_ASSERT_STRING_EQUAL(TOLD(NULL, "\0t\0x\0,"), "UTF-16BE");
    CU_ASSERT_STRING_EQUAL(TOLD(NULL, "t\0\0\0x\0\0\0"), "UTF-32LE");
    CU_ASSERT_STRING_EQUAL(TOLD(NULL, "\0\0\0t\0\0\0x"), "UTF-32BE");
    CU_ASSERT_STRING_EQUAL(TOLD(NULL, "\xe9\0,\0\x22\x6f\n\0"), "UTF-16LE"); /* e', a Han sign */
    CU_ASSERT_STRING_EQUAL(TOLD("utf-16", "\0t\0x"), "UTF-16BE");
    CU_ASSERT_STRING_EQUAL(TOLD("utf-16", "t\0x\0"), "UTF-16LE");
    CU_ASSERT_STRING_EQUAL(TOLD("utf-32", "\0\0\0t\0\0\0x"), "UTF-32BE");
    /* All signs are of no Latin script: nothing tells. */
    CU_ASSERT_STRING_EQUAL(TOLD("utf-16", "\x22\x6f\x22\x6f"), "UTF-16LE");
    CU_ASSERT_STRING_EQUAL(TOLD("utf-16", ""), "UTF-16LE");
}

static void test_text_and_other_bytes_tell_nothing(void)
{
    CU_ASSERT_STRING_EQUAL(TOLD(NULL, ""), "");
    CU_ASSERT_STRING_EQUAL(TOLD(NULL, "tx,account\n1,2\n"), "");
    CU_ASSERT_STRING_EQUAL(TOLD(NULL, "tx,account\n1,a\0b\n2,c\n"), ""); /* a stray zero */
    CU_ASSERT_STRING_EQUAL(TOLD(NULL, "\x80\x04\x95\0\0\0\0\0"), "");    /* a pickle */
    CU_ASSERT_STRING_EQUAL(TOLD(NULL, "\x01\0\x02\0\x03\0\x04\0"), "");  /* small numbers */
    CU_ASSERT_STRING_EQUAL(TOLD("iso-8859-1", "tx,account\n"), "ISO-8859-1");
    CU_ASSERT_STRING_EQUAL(TOLD("gbk", "t\0x\0"), "GBK");
}

static const pa_test tests[] = {
    {"names are those that people write", test_names_are_those_that_people_write},
    {"what is no table is a stream", test_what_is_no_table_is_a_stream},
    {"unknown names are refused", test_unknown_names_are_refused},
    {"a byte that is not defined becomes no text", test_a_byte_that_is_not_defined_becomes_no_text},
    {"a table converts as iconv does", test_a_table_converts_as_iconv_does},
    {"text of a table is measured in its bytes", test_text_of_a_table_is_measured_in_its_bytes},
    {"one high byte anywhere is seen", test_one_high_byte_anywhere_is_seen},
    {"a mark outweighs what was said", test_a_mark_outweighs_what_was_said},
    {"without a mark zeros tell", test_without_a_mark_zeros_tell},
    {"text and other bytes tell nothing", test_text_and_other_bytes_tell_nothing},
};
PA_TEST_MAIN("encoding", tests)

#include <stdlib.h>
#include <string.h>

#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/no_utf8.h"
#include "unit.h"

static void test_the_first_bad_byte_has_its_place(void)
{
    static const char text[] = "tx,merchant\n1,caf\xc3\xa9\n2,caf\xe9\n3,\x93";
    pa_bad_byte bad;
    pa_error err = {0};
    CU_ASSERT(pa_find_no_utf8(text, sizeof text - 1, true, &bad));
    CU_ASSERT_EQUAL(bad.offset, 25);
    CU_ASSERT_EQUAL(bad.line, 3);
    CU_ASSERT_EQUAL(bad.value, 0xe9);
    CU_ASSERT_STRING_EQUAL(bad.guess, "windows-1252"); /* by the quote behind it */
    CU_ASSERT(pa_find_no_utf8(text, sizeof text - 4, true, &bad));
    CU_ASSERT_STRING_EQUAL(bad.guess, "latin1");
    CU_ASSERT_EQUAL(pa_fail_no_utf8(&bad, 2, "tx.csv", &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message,
                           "tx.csv:3: byte 0xE9 (offset 25) is no UTF-8: set input.encoding "
                           "(latin1, windows-1252), or convert the file with iconv -f "
                           "WINDOWS-1252 -t UTF-8");
    CU_ASSERT(err.file == 2 && err.line == 3);
}

static void test_what_is_utf8_has_no_bad_byte(void)
{
    static const char *const texts[] = {"", "a", "caf\xc3\xa9", "\xef\xbb\xbfx\xe6\xbc\xa2",
                                        "\xf0\x9f\x98\x80\n"};
    pa_bad_byte bad;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CU_ASSERT(!pa_find_no_utf8(texts[i], strlen(texts[i]), true, &bad));
    CU_ASSERT(!pa_find_no_utf8("a\0b", 3, true, &bad));
}

/* All texts of three bytes out of those at which RFC 3629 draws its lines. A text goes on well
 * where some bytes behind it make it UTF-8. */
static bool can_go_on(const char *text, size_t n)
{
    static const char *const tails[] = {"",         "\x80",         "\xbf",        "\x80\x80",
                                        "\xbf\x80", "\xbf\xbf\x80", "\x80\x80\x80"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        char whole[8];
        memcpy(whole, text, n);
        memcpy(whole + n, tails[i], strlen(tails[i]));
        if (pa_csv_is_text(whole, n + strlen(tails[i]))) return true;
    }
    return false;
}

static void test_a_sign_that_the_end_cuts_is_bad_at_the_last_only(void)
{
    static const unsigned char edges[] = {'x',  0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1,
                                          0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf4, 0xf5};
    enum { N = sizeof edges };
    int wrong = 0;
    for (int i = 0; i < N * N * N; i++) {
        const char text[3] = {(char)edges[i % N], (char)edges[i / N % N], (char)edges[i / N / N]};
        pa_bad_byte bad;
        for (size_t n = 1; n <= 3; n++) {
            wrong += pa_find_no_utf8(text, n, true, &bad) == pa_csv_is_text(text, n);
            wrong += pa_find_no_utf8(text, n, false, &bad) == can_go_on(text, n);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Behind any number of others, which are passed over 64 at a time. */
static void test_a_bad_byte_is_found_at_any_place(void)
{
    for (size_t n = 1; n < 300; n++) {
        char *text = malloc(n);
        pa_bad_byte bad;
        memset(text, n % 3 ? 'x' : '\n', n);
        text[n - 1] = '\xff';
        CU_ASSERT(pa_find_no_utf8(text, n, false, &bad));
        CU_ASSERT(bad.offset == (int64_t)n - 1 && bad.value == 0xff);
        CU_ASSERT_EQUAL(bad.line, n % 3 ? 1 : (int64_t)n);
        free(text);
    }
}

static const pa_test tests[] = {
    {"the first bad byte has its place", test_the_first_bad_byte_has_its_place},
    {"what is UTF-8 has no bad byte", test_what_is_utf8_has_no_bad_byte},
    {"a sign that the end cuts is bad at the last only",
     test_a_sign_that_the_end_cuts_is_bad_at_the_last_only},
    {"a bad byte is found at any place", test_a_bad_byte_is_found_at_any_place},
};
PA_TEST_MAIN("no_utf8", tests)

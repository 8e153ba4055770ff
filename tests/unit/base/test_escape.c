#include "paraudit/base/escape.h"

#include <string.h>

#include "unit.h"

static void check(const char *text, bool lines, const char *expected)
{
    pa_buffer shown = {0};
    CU_ASSERT_EQUAL(pa_escape(&shown, text, strlen(text), lines, NULL), PA_OK);
    CU_ASSERT_EQUAL(shown.length, strlen(expected));
    CU_ASSERT_STRING_EQUAL(shown.data, expected);
    pa_buffer_free(&shown);
}

static void test_plain_text_stands_as_it_is(void)
{
    check("", false, "");
    check("M0 M\xc3\xa4rkte, \xe2\x82\xac 5 \\x1b \"'", false,
          "M0 M\xc3\xa4rkte, \xe2\x82\xac 5 \\x1b \"'");
    check("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xf0\x9f\x98\x80", false,
          "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xf0\x9f\x98\x80");
    check("\xe2\x80\xa7\xe2\x80\xaf", false, "\xe2\x80\xa7\xe2\x80\xaf"); /* U+2027, U+202F */
}

static void test_control_characters_are_written_out(void)
{
    check("a\x1b[31mred\x1b[0m", false, "a\\x1b[31mred\\x1b[0m");
    check("1\n2\t3\r4\a\x7f", false, "1\\n2\\t3\\r4\\x07\\x7f");
    check("1\n2\t3\r4\v", true, "1\n2\t3\\r4\\x0b");
    check("\xc2\x9b"
          "31m \xc2\x85 \xc2\xa0",
          false, "\\x9b31m \\x85 \xc2\xa0");
}

static void test_characters_that_turn_direction_are_written_out(void)
{
    check("e\xe2\x80\xaeRTL\xe2\x80\xac", false, "e\\u202eRTL\\u202c");
    check("\xe2\x81\xa6x\xe2\x81\xa9", false, "\\u2066x\\u2069");
    check("\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c\xe2\x80\xa8", true, "\\u200e\\u200f\\u061c\\u2028");
}

static void test_bytes_of_no_character_are_written_out(void)
{
    check("caf\xe9", false, "caf\\xe9");
    check("\x9b"
          "31m\xe2\x80",
          false, "\\x9b31m\\xe2\\x80");
}

/* A text of any bytes, by its length: what is shown holds no control character, is UTF-8,
 * and is not escaped again. */
static void test_what_is_shown_is_safe_whatever_was_there(void)
{
    unsigned draw = 3;
    int wrong = 0;
    for (int k = 0; k < 2000; k++) {
        char text[30];
        pa_buffer once = {0}, twice = {0};
        for (size_t i = 0; i < sizeof text; i++) {
            draw = draw * 1664525u + 1013904223u;
            text[i] = (char)(1 + (draw >> 24) % 255);
            if (draw >> 22 & 1 && i > 2) memcpy(text + i - 2, "\xe2\x80\xae", 3);
        }
        wrong += pa_escape(&once, text, sizeof text, false, NULL) != PA_OK;
        wrong += pa_escape(&twice, once.data, once.length, false, NULL) != PA_OK;
        wrong += once.length != twice.length || strcmp(once.data, twice.data) != 0;
        wrong += strstr(once.data, "\xe2\x80\xae") != NULL;
        for (const char *c = once.data; *c; c++) wrong += (unsigned char)*c < 0x20 || *c == 0x7f;
        pa_buffer_free(&once);
        pa_buffer_free(&twice);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static const pa_test tests[] = {
    {"plain text stands as it is", test_plain_text_stands_as_it_is},
    {"control characters are written out", test_control_characters_are_written_out},
    {"characters that turn direction are written out",
     test_characters_that_turn_direction_are_written_out},
    {"bytes of no character are written out", test_bytes_of_no_character_are_written_out},
    {"what is shown is safe whatever was there", test_what_is_shown_is_safe_whatever_was_there},
};
PA_TEST_MAIN("escape", tests)

#include "paraudit/base/utf8.h"

#include <string.h>

#include "unit.h"

static void test_characters_have_the_length_of_rfc_3629(void)
{
    static const struct {
        const char *text;
        int length;
    } cases[] = {
        {"a", 1},
        {"\xc3\xa4", 2},
        {"\xe2\x82\xac", 3},
        {"\xf0\x9f\x98\x80", 4},
        {"\xf4\x8f\xbf\xbf", 4},
        {"\xe4nke", 0},          /* Latin-1 */
        {"\xa4", 0},             /* the end of a character */
        {"\xc3", 0},             /* cut */
        {"\xe2\x82", 0},         /* cut */
        {"\xc0\xaf", 0},         /* the long way round */
        {"\xe0\x80\xaf", 0},     /* the long way round */
        {"\xed\xa0\x80", 0},     /* a surrogate */
        {"\xf4\x90\x80\x80", 0}, /* beyond U+10FFFF */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_EQUAL(pa_utf8_length(cases[i].text), cases[i].length);
}

static void test_bytes_of_no_character_become_question_marks(void)
{
    char text[] = "b\xe4nke \xc3\xa4 \xff\xfe caf\xc3\xa9 \xc3";
    pa_utf8_mend(text);
    CU_ASSERT_STRING_EQUAL(text, "b?nke \xc3\xa4 ?? caf\xc3\xa9 ?");
    char none[] = "";
    pa_utf8_mend(none);
    CU_ASSERT_STRING_EQUAL(none, "");
}

/* Any bytes: what is mended is whole, and what is whole is not touched. */
static void test_mending_twice_is_mending_once(void)
{
    unsigned draw = 7;
    for (int k = 0; k < 2000; k++) {
        char once[41] = {0}, twice[41];
        for (int i = 0; i < 40; i++) {
            draw = draw * 1664525u + 1013904223u;
            once[i] = (char)(draw >> 30 ? 0x80 | draw >> 24 : 1 + (draw >> 25));
        }
        pa_utf8_mend(once);
        CU_ASSERT_EQUAL(strlen(once), 40);
        memcpy(twice, once, sizeof once);
        pa_utf8_mend(twice);
        CU_ASSERT_STRING_EQUAL(once, twice);
        for (const char *c = once; *c; c += pa_utf8_length(c)) CU_ASSERT_FATAL(pa_utf8_length(c));
    }
}

static const pa_test tests[] = {
    {"characters have the length of RFC 3629", test_characters_have_the_length_of_rfc_3629},
    {"bytes of no character become question marks",
     test_bytes_of_no_character_become_question_marks},
    {"mending twice is mending once", test_mending_twice_is_mending_once},
};
PA_TEST_MAIN("utf8", tests)

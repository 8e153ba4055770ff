#include <string.h>

#include "paraudit/csv/label_words.h"
#include "unit.h"

static bool is_label(const char *text, int8_t expected)
{
    int8_t label = 7;
    return pa_label_word(text, strlen(text), &label) && label == expected;
}

static bool is_none(const char *text)
{
    int8_t label = 7;
    return !pa_label_word(text, strlen(text), &label) && label == 7;
}

static void test_words_of_both_sides_in_letters_of_any_size(void)
{
    static const char *const words[][2] = {
        {"0", "1"},   {"0.0", "1.0"},   {"False", "True"},    {"FALSE", "TRUE"},   {"f", "t"},
        {"F", "T"},   {"no", "yes"},    {"No", "YES"},        {"n", "y"},          {"N", "Y"},
        {"0.", "1."}, {"0.000", "1e0"}, {"genuine", "fraud"}, {"Genuine", "FrAuD"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        CU_ASSERT(is_label(words[i][0], 0));
        CU_ASSERT(is_label(words[i][1], 1));
    }
}

/* Some bytes differ from a letter in nothing but the bit of its size. */
static void test_what_is_near_a_word_is_none(void)
{
    static const char *const texts[] = {"",        "-1",   "2",      "0.5",   " 1",    "yess",
                                        "tru",     "nan",  "NULL",   "truee", "1.0x",  "-",
                                        "tRU\x05", "\x19", "YE\x13", "1,0",   "normal"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) CU_ASSERT(is_none(texts[i]));
    int8_t label;
    CU_ASSERT(!pa_label_word("yes", 2, &label));
    CU_ASSERT(pa_label_word("nobody", 2, &label) && label == 0);
    CU_ASSERT(!pa_label_word("no\0", 3, &label));
}

static void test_words_for_nothing(void)
{
    static const char *const texts[] = {"nan",  "NaN",     "NA",        "N/A",    "null", "NULL",
                                        "None", "\\N",     "(null)",    "[NULL]", "<NA>", "#N/A",
                                        "NaT",  "#VALUE!", "undefined", "nil",    "n.a."};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CU_ASSERT(pa_is_missing_word(texts[i], strlen(texts[i])));
    CU_ASSERT(!pa_is_missing_word("", 0) && !pa_is_missing_word("n", 1));
    CU_ASSERT(!pa_is_missing_word("-", 1) && !pa_is_missing_word("null)", 5));
    CU_ASSERT(!pa_is_missing_word("name", 4) && !pa_is_missing_word("0", 1));
}

static const pa_test tests[] = {
    {"words of both sides in letters of any size", test_words_of_both_sides_in_letters_of_any_size},
    {"what is near a word is none", test_what_is_near_a_word_is_none},
    {"words for nothing", test_words_for_nothing},
};
PA_TEST_MAIN("label_words", tests)

#include "paraudit/csv/verdict_words.h"

#include <string.h>

#include "unit.h"

static int8_t meaning(const char *word)
{
    int8_t verdict = 2;
    return pa_verdict_word(word, strlen(word), &verdict) ? verdict : 2;
}

static void test_words_are_known_however_they_are_joined(void)
{
    static const char *const words[][4] = {
        {"unclear", "In_Review", "under review", "OPEN"},
        {"fp", "False Positive", "false_positive", "falsepositive"},
        {"TP", "confirmed", "true-positive", "Confirmed Fraud"},
    };
    for (int v = 0; v < 3; v++)
        for (int i = 0; i < 4; i++) CU_ASSERT_EQUAL(meaning(words[v][i]), v - 1);
}

static void test_parts_of_words_are_none(void)
{
    static const char *const words[] = {"",    " ",     "confirm",  "confirmedx", "false",
                                        "-fp", "f p x", "positive", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) CU_ASSERT_EQUAL(meaning(words[i]), 2);
}

static void test_bytes_behind_the_word_do_not_count(void)
{
    int8_t verdict = 2;
    CU_ASSERT_TRUE(pa_verdict_word("fpx", 2, &verdict));
    CU_ASSERT_EQUAL(verdict, 0);
}

static const pa_test tests[] = {
    {"words are known however they are joined", test_words_are_known_however_they_are_joined},
    {"parts of words are none", test_parts_of_words_are_none},
    {"bytes behind the word do not count", test_bytes_behind_the_word_do_not_count},
};
PA_TEST_MAIN("verdict_words", tests)

#include "paraudit/alerts/sentence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/features/columns.h"
#include "unit.h"

static void check(const pa_sentence_facts *facts, const char *expected)
{
    pa_buffer text = {0};
    CU_ASSERT_EQUAL(pa_sentence(&text, facts, NULL), PA_OK);
    if (text.length != strlen(expected) || memcmp(text.data, expected, text.length) != 0)
        printf("\n%.*s\n%s\n", (int)text.length, text.data, expected);
    CU_ASSERT_EQUAL(text.length, strlen(expected));
    CU_ASSERT(memcmp(text.data, expected, text.length) == 0);
    pa_buffer_free(&text);
}

/* Nothing usual is known. */
static void check_words(const char *words, float value, const char *expected)
{
    char whole[200];
    const pa_sentence_facts facts = {"sum_1d", words, value, NAN, NAN, 0, ""};
    snprintf(whole, sizeof whole, "%s; it has no earlier transactions", expected);
    check(&facts, whole);
}

static void test_a_reason_is_a_sentence(void)
{
    const char *words = "spent {money} within a day";
    check(&(pa_sentence_facts){"sum_1d", words, 812.4f, 35.1f, 41.02f, 47, ""},
          "spent 812.40 within a day; half of its last 47 transactions stood at 35.10 or less, "
          "half of all training transactions at 41.02 or less");
    check(&(pa_sentence_facts){"sum_1d", words, 3, 35.1f, 0.5f, 2, ""},
          "spent 3.00 within a day; half of its last 2 transactions stood at 35.10 or more, half "
          "of all training transactions at 0.50 or less");
    check(&(pa_sentence_facts){"sum_1d", words, 3, 35.1f, NAN, 1, ""},
          "spent 3.00 within a day; its last transaction stood at 35.10");
    check(&(pa_sentence_facts){"sum_1d", words, 3, NAN, 4, 0, ""},
          "spent 3.00 within a day; it has no earlier transactions, half of all training "
          "transactions stood at 4.00 or more");
    check(&(pa_sentence_facts){"sum_1d", words, 3, 2, 2, 9, "fuel -> travel"},
          "spent 3.00 within a day [fuel -> travel]; half of its last 9 transactions stood at "
          "2.00 or less, half of all training transactions at 2.00 or less");
    check(&(pa_sentence_facts){"input_V1", NULL, 3, NAN, NAN, 0, ""},
          "input_V1 3; it has no earlier transactions");
    check(&(pa_sentence_facts){"input_V1", "{name} is {number}", 3, 2, 1.5f, 2, ""},
          "input_V1 is 3; half of its last 2 transactions stood at 2 or less, half of all "
          "training transactions at 1.50 or less");
}

static void test_values_have_their_units(void)
{
    check_words("{money}", 0.004f, "0.004");
    check_words("{money}", -12, "-12.00");
    check_words("{money}", 0, "0.00");
    check_words("{money}", 3e12f, "3e+12");
    check_words("{count tx} at once", 1, "1 tx at once");
    check_words("{count known fraud}", 3, "3 known frauds");
    check_words("{count tx}", -0.0f, "0 txs");
    check_words("{time}", 119, "119 s");
    check_words("{time}", 120, "2 min");
    check_words("{time}", 7230, "2.01 h");
    check_words("{time}", 2592000, "30 d");
    check_words("{days}", 0.25f, "6 h");
    check_words("{days}", 2.25f, "2.25 d");
    check_words("{times}", 3.25f, "3.25 times");
    check_words("{km}", 14, "14 km");
    check_words("{km/h}", 900.5f, "900.50 km/h");
    check_words("{share}", 0.042f, "4.20 %");
    check_words("{odds}", 4, "6.25 %");
    check_words("{number}", 0.00341f, "0.00341");
    check_words("{number}", NAN, "none");
}

/* More bits are a smaller share. */
static void test_what_is_rarer_stands_at_or_more(void)
{
    check(&(pa_sentence_facts){"hour", "{odds}", 4, 2, 6, 3, ""},
          "6.25 %; half of its last 3 transactions stood at 25 % or more, half of all training "
          "transactions at 1.56 % or less");
}

static void test_flags_say_how_many_were_so(void)
{
    const char *words = "new|known";
    check(&(pa_sentence_facts){"f", words, 1, 0, 1, 3, ""},
          "new; so were fewer than half of its last 3 transactions, more than half of all "
          "training transactions");
    check(&(pa_sentence_facts){"f", words, 0, 0.5f, 1, 2, ""},
          "known; so were half of its last 2 transactions, fewer than half of all training "
          "transactions");
    check(&(pa_sentence_facts){"f", words, 1, 0, NAN, 1, ""}, "new; its last transaction was not");
    check(&(pa_sentence_facts){"f", words, 0, 0, 0, 1, ""},
          "known; so was its last transaction, so were more than half of all training "
          "transactions");
    check(&(pa_sentence_facts){"f", words, 1, NAN, 0, 0, ""},
          "new; it has no earlier transactions, so were fewer than half of all training "
          "transactions");
}

static void test_words_of_unknown_kinds_are_none(void)
{
    CU_ASSERT(pa_are_words("a {money} b"));
    CU_ASSERT(pa_are_words("{name} is {number}"));
    CU_ASSERT(pa_are_words("so|not so"));
    CU_ASSERT(!pa_are_words("plain"));
    CU_ASSERT(!pa_are_words("{name}"));
    CU_ASSERT(!pa_are_words("{pounds}"));
    CU_ASSERT(!pa_are_words("{money} and {time}"));
    CU_ASSERT(!pa_are_words("{money"));
}

/* Every feature can be a reason; a cell that begins with a minus would be quoted. */
static void test_every_feature_has_its_words_and_its_family(void)
{
    for (int f = 0; f < PA_N_FEATURES; f++) {
        const pa_column_spec *s = pa_feature_columns + f;
        bool whole = s->words && pa_are_words(s->words) && s->family && s->family[0];
        if (!whole) printf("\n%s\n", s->name);
        CU_ASSERT(whole);
        CU_ASSERT(s->words && strncmp(s->words, "{money}", 7) != 0);
        CU_ASSERT(s->words && strncmp(s->words, "{number}", 8) != 0);
        for (int other = 0; other < f; other++)
            CU_ASSERT(!s->words || !pa_feature_columns[other].words ||
                      strcmp(s->words, pa_feature_columns[other].words) != 0);
    }
}

static const pa_test tests[] = {
    {"a reason is a sentence", test_a_reason_is_a_sentence},
    {"values have their units", test_values_have_their_units},
    {"what is rarer stands at or more", test_what_is_rarer_stands_at_or_more},
    {"flags say how many were so", test_flags_say_how_many_were_so},
    {"words of unknown kinds are none", test_words_of_unknown_kinds_are_none},
    {"every feature has its words and its family", test_every_feature_has_its_words_and_its_family},
};
PA_TEST_MAIN("sentence", tests)

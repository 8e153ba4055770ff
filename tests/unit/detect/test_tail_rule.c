#include <math.h>
#include <string.h>

#include "paraudit/detect/tail_rule.h"
#include "unit.h"

static pa_tail_rule read_rule(const char *text)
{
    pa_tail_rule rule;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_tail_rule_read("x.rule", text, &rule, &err), PA_OK);
    CU_ASSERT(pa_tail_rule_is_whole(&rule));
    return rule;
}

static void test_rule_is_read(void)
{
    pa_tail_rule r = read_rule(" 0.75: a|-b + .5 c ;2.5e-1:\td+e|f+2 - g");
    static const int term_of[] = {0, 0, 1, 2, 3, 3, 4}, family_of[] = {0, 0, 1, 1, 1};
    static const double weight[] = {1, 0.5, 1, 1, 2}, share[] = {0.75, 0.25};
    CU_ASSERT(r.n_columns == 7 && r.n_terms == 5 && r.n_families == 2);
    for (size_t c = 0; c < r.n_columns; c++) {
        CU_ASSERT(r.name[c][0] == "abcdefg"[c] && r.name[c][1] == '\0');
        CU_ASSERT_EQUAL(r.term_of[c], term_of[c]);
        CU_ASSERT_EQUAL(r.falling[c], c == 1 || c == 6);
    }
    for (size_t t = 0; t < r.n_terms; t++)
        CU_ASSERT(r.family_of[t] == family_of[t] && r.weight[t] == weight[t]);
    CU_ASSERT(r.share[0] == share[0] && r.share[1] == share[1]);
}

static void test_what_is_no_rule_is_refused(void)
{
    static const char *const bad[][2] = {
        {"", "x.rule: a share above 0 is missing at its end"},
        {"1", "x.rule: a colon is missing at its end"},
        {"1: ", "x.rule: a column is missing at its end"},
        {"1: a |", "x.rule: a column is missing at its end"},
        {"1: a + ; 1: b", "x.rule: a column is missing before '; 1: b'"},
        {"1: a b", "x.rule: | or + or ; is missing before 'b'"},
        {"1: 0 a", "x.rule: a weight above 0 is missing before '0 a'"},
        {"-1: a", "x.rule: a share above 0 is missing before '-1: a'"},
        {"a | b", "x.rule: a share above 0 is missing before 'a | b'"},
        {"0.6: a; 0.5: b", "x.rule: the shares add up to more than 1"},
        {"1: a | b + 2 a", "x.rule: 'a' stands there twice"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pa_tail_rule rule;
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_tail_rule_read("x.rule", bad[i][0], &rule, &err), PA_E_CONFIG);
        CU_ASSERT_STRING_EQUAL(err.message, bad[i][1]);
    }
}

static void test_what_is_not_there_is_left_out(void)
{
    pa_tail_rule r = read_rule("0.5: a | b + 3 c; 0.3: d; 0.2: 4 e + f");
    const bool keep[] = {false, true, false, false, false, true};
    pa_tail_rule_keep(&r, keep);
    CU_ASSERT(pa_tail_rule_is_whole(&r));
    CU_ASSERT(r.n_columns == 2 && r.n_terms == 2 && r.n_families == 2);
    CU_ASSERT(strcmp(r.name[0], "b") == 0 && strcmp(r.name[1], "f") == 0);
    CU_ASSERT(r.weight[0] == 1 && r.weight[1] == 1 && r.share[0] == 0.5 && r.share[1] == 0.2);
    const bool none[6] = {false};
    pa_tail_rule_keep(&r, none);
    CU_ASSERT(r.n_columns == 0 && r.n_terms == 0 && r.n_families == 0);
}

static void test_numbers_of_no_rule_are_told(void)
{
    const pa_tail_rule good = read_rule("0.5: a | b + 3 c; 0.3: d");
    pa_tail_rule r;
#define SPOILED(change) (r = good, (change), !pa_tail_rule_is_whole(&r))
    CU_ASSERT(SPOILED(r.n_columns = PA_RULE_COLUMNS + 1));
    CU_ASSERT(SPOILED(r.n_terms = 2));
    CU_ASSERT(SPOILED(r.n_families = 3));
    CU_ASSERT(SPOILED(r.n_columns = 0));
    CU_ASSERT(SPOILED(r.term_of[2] = 2));
    CU_ASSERT(SPOILED(r.term_of[0] = -1));
    CU_ASSERT(SPOILED(r.family_of[1] = 1 << 30));
    CU_ASSERT(SPOILED(r.weight[1] = 0));
    CU_ASSERT(SPOILED(r.weight[1] = (double)INFINITY));
    CU_ASSERT(SPOILED(r.share[1] = (double)NAN));
    CU_ASSERT(SPOILED(r.share[1] = 0.6));
#undef SPOILED
}

/*  row           0    1
 *  a             1    5
 *  b             4    2
 *  c             2    0
 *  d             6    7
 */
static void test_values_and_score(void)
{
    const pa_tail_rule r = read_rule("0.5: a | b + 3 c; 0.25: d");
    const float unlikely[] = {1, 5, 4, 2, 2, 0, 6, 7};
    float value[4], score[2];
    pa_tail_rule_values(&r, 2, unlikely, value);
    CU_ASSERT(value[0] == 10 && value[1] == 5 && value[2] == 6 && value[3] == 7);
    const float of_family[] = {3, 0.5f, 3.5f, 1.5f};
    pa_tail_rule_score(&r, 2, of_family, score);
    CU_ASSERT_DOUBLE_EQUAL(score[0], 3 + log(0.5), 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(score[1], 1.5 + log(0.25), 1e-6);
}

static const pa_test tests[] = {
    {"rule is read", test_rule_is_read},
    {"what is no rule is refused", test_what_is_no_rule_is_refused},
    {"what is not there is left out", test_what_is_not_there_is_left_out},
    {"numbers of no rule are told", test_numbers_of_no_rule_are_told},
    {"values and score", test_values_and_score},
};
PA_TEST_MAIN("tail_rule", tests)

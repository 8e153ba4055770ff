#include "paraudit/detect/feature_choice.h"
#include "unit.h"

static const pa_column_spec amount = {.name = "tx_amount", .family = "amount"};
static const pa_column_spec ratio = {.name = "amount_ratio", .family = "amount"};
static const pa_column_spec gap = {.name = "account_gap", .family = "account pace"};
static const pa_column_spec risk = {
    .name = "merchant_risk", .family = "merchant fraud", .flags = PA_NEEDS_LABELS};
static const pa_column_spec alone = {.name = "alone"};
static const pa_column_spec *const features[] = {&amount, &ratio, &gap, &risk, &alone};
enum { N = sizeof features / sizeof *features };

/* chosen: a letter for each feature, in their order; '-': left out. */
static void expect_choice(const char *terms, const char *chosen)
{
    char found[N + 1] = "";
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_feature_choice_check("x.features", terms, features, N, &err), PA_OK);
    for (int i = 0; i < N; i++)
        found[i] = pa_feature_is_chosen(terms, features[i]) ? "argka"[i] : '-';
    CU_ASSERT_STRING_EQUAL(found, chosen);
}

static void test_terms_are_taken_from_the_left(void)
{
    expect_choice("all", "argka");
    expect_choice("label_free", "arg-a");
    expect_choice("", "-----");
    expect_choice("tx_amount", "a----");
    expect_choice("amount", "ar---");
    expect_choice(" account pace ,alone\t", "--g-a");
    expect_choice("all, -amount", "--gka");
    expect_choice("all, -amount, amount_ratio", "-rgka");
    expect_choice("label_free,merchant fraud,- account_gap", "ar-ka");
}

static void test_what_begins_by_taking_away_begins_with_label_free(void)
{
    expect_choice("-amount", "--g-a");
    expect_choice("-amount, merchant_risk", "--gka");
}

/* Without places they are all; with both the company goes, which yields to them. */
static void test_auto_leaves_out_what_yields(void)
{
    static const pa_column_spec company = {
        .name = "company_lift", .family = "company", .yields_to = "place"};
    static const pa_column_spec place = {.name = "distance", .family = "place"};
    const pa_column_spec *const of[] = {&risk, &company, &place};
    bool chosen[3];
    CU_ASSERT_EQUAL(pa_choose_features("x", "auto", 3, of, chosen, NULL), PA_OK);
    CU_ASSERT(chosen[0] && !chosen[1] && chosen[2]);
    CU_ASSERT_EQUAL(pa_choose_features("x", "auto", 2, of, chosen, NULL), PA_OK);
    CU_ASSERT(chosen[0] && chosen[1]);
    CU_ASSERT_EQUAL(pa_choose_features("x", "all", 3, of, chosen, NULL), PA_OK);
    CU_ASSERT(chosen[0] && chosen[1] && chosen[2]);
}

static void expect_refusal(const char *terms, const char *message)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_feature_choice_check("x.features", terms, features, N, &err), PA_E_CONFIG);
    CU_ASSERT_STRING_EQUAL(err.message, message);
}

static void test_an_unknown_term_is_named(void)
{
    expect_refusal("all, -amuont",
                   "x.features: 'amuont' is no feature column and no family of them: did you mean "
                   "'amount'?");
    expect_refusal("qqqqqqqqqqqq",
                   "x.features: 'qqqqqqqqqqqq' is no feature column and no family of them: README "
                   "lists them");
    expect_refusal("all,,amount", "x.features: a name is missing between two commas");
    expect_refusal("all, -", "x.features: a name is missing between two commas");
}

static const pa_test tests[] = {
    {"terms are taken from the left", test_terms_are_taken_from_the_left},
    {"what begins by taking away begins with label_free",
     test_what_begins_by_taking_away_begins_with_label_free},
    {"auto leaves out what yields", test_auto_leaves_out_what_yields},
    {"an unknown term is named", test_an_unknown_term_is_named},
};
PA_TEST_MAIN("feature_choice", tests)

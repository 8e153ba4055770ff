#include "boosting_directions.h"
#include "unit.h"

static const pa_column_spec amount = {.name = "tx_amount"};
static const pa_column_spec novel = {.name = "merchant_is_new", .direction = 1};
static const pa_column_spec age = {.name = "a:b", .direction = -1};
static const pa_column_spec *const columns[] = {&amount, &novel, &age};
enum { N = sizeof columns / sizeof *columns };

/* expected: a sign for each column, in their order. */
static void expect_directions(const char *terms, const char *expected)
{
    int8_t direction[N] = {7, 7, 7};
    char found[N + 1] = "";
    CU_ASSERT_EQUAL(pa_boosting_directions("x.monotone", terms, N, columns, direction, NULL),
                    PA_OK);
    for (int i = 0; i < N; i++) found[i] = direction[i] < 0 ? '-' : direction[i] ? '+' : '0';
    CU_ASSERT_STRING_EQUAL(found, expected);
}

static void test_later_terms_count(void)
{
    expect_directions("none", "000");
    expect_directions("", "000");
    expect_directions("spec", "0+-");
    expect_directions("spec, merchant_is_new:0", "00-");
    expect_directions("merchant_is_new:0, spec", "0+-");
    expect_directions(" tx_amount:+ ,a:b:+\t", "+0+");
    expect_directions("tx_amount:+,tx_amount:-", "-00");
}

static void expect_refusal(const char *terms, const char *message)
{
    int8_t direction[N];
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_boosting_directions("x.monotone", terms, N, columns, direction, &err),
                    PA_E_CONFIG);
    CU_ASSERT_STRING_EQUAL(err.message, message);
}

static void test_what_is_no_term_is_named(void)
{
    expect_refusal("tx_amuont:+",
                   "x.monotone: 'tx_amuont' is no column that the trees read: did you mean "
                   "'tx_amount'?");
    expect_refusal("qqqqqqqqqqqq:-", "x.monotone: 'qqqqqqqqqqqq' is no column that the trees read");
    expect_refusal("spec, tx_amount",
                   "x.monotone: 'tx_amount' is none of none, spec, NAME:+, NAME:- and NAME:0");
    expect_refusal("spec,,a:b:+",
                   "x.monotone: '' is none of none, spec, NAME:+, NAME:- and NAME:0");
    expect_refusal(":+", "x.monotone: ':+' is none of none, spec, NAME:+, NAME:- and NAME:0");
}

static const pa_test tests[] = {
    {"later terms count", test_later_terms_count},
    {"what is no term is named", test_what_is_no_term_is_named},
};
PA_TEST_MAIN("boosting_directions", tests)

#include <string.h>

#include "paraudit/text/cell.h"
#include "unit.h"

static void check(const char *cell, size_t width, const char *expected)
{
    pa_buffer text = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_buffer_add(&text, "|", 1, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_add_cell(&text, cell, width, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_buffer_printf(&text, &err, "|"), PA_OK);
    CU_ASSERT_STRING_EQUAL(text.data, expected);
    pa_buffer_free(&text);
}

static void test_a_cell_is_quoted_where_it_must_be(void)
{
    check("plain text", 100, "|plain text|");
    check("", 100, "||");
    check("cut off", 3, "|cut|");
    check("a,b", 100, "|\"a,b\"|");
    check("a \"b\"", 100, "|\"a \"\"b\"\"\"|");
    check("\xc3\xa9", 100, "|\xc3\xa9|");
}

static void test_a_formula_is_made_harmless(void)
{
    check("=1+1", 100, "|'=1+1|");
    check("+1+1", 100, "|'+1+1|");
    check("-1-1", 100, "|'-1-1|");
    check("-", 100, "|'-|");
    check("-1.", 100, "|'-1.|");
    check("-1.5.2", 100, "|'-1.5.2|");
    check("+A1", 100, "|'+A1|");
    check("\xef\xbc\x9d"
          "1",
          100,
          "|'\xef\xbc\x9d"
          "1|");
    check("@SUM(A1)", 100, "|'@SUM(A1)|");
    check("=A1,\"x\"", 100, "|\"'=A1,\"\"x\"\"\"|");
    check("\t=1", 100, "|'\\t=1|");
    check("\r=1", 100, "|'\\r=1|");
    check("1-1", 100, "|1-1|");
}

static void test_a_number_stays_one(void)
{
    check("-1", 100, "|-1|");
    check("+491701234", 100, "|+491701234|");
    check("-12.50", 100, "|-12.50|");
    check("-12.50", 2, "|-1|");
}

static void test_a_cell_is_on_one_line_and_steers_no_terminal(void)
{
    check("two\nlines", 100, "|two\\nlines|");
    check("a\x1b[31m,red", 100, "|\"a\\x1b[31m,red\"|");
    check("e\xe2\x80\xaeRTL", 100, "|e\\u202eRTL|");
}

static const pa_test tests[] = {
    {"a cell is quoted where it must be", test_a_cell_is_quoted_where_it_must_be},
    {"a formula is made harmless", test_a_formula_is_made_harmless},
    {"a number stays one", test_a_number_stays_one},
    {"a cell is on one line and steers no terminal",
     test_a_cell_is_on_one_line_and_steers_no_terminal},
};
PA_TEST_MAIN("cell", tests)

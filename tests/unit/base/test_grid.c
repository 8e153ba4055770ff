#include "paraudit/base/grid.h"

#include <string.h>

#include "unit.h"

static void check(size_t n_columns, uint64_t right, size_t n, const char *const cells[],
                  const char *text)
{
    pa_grid grid = {.n_columns = n_columns, .right = right};
    pa_buffer out = {0};
    pa_error err = {0};
    for (size_t i = 0; i < n; i++) CU_ASSERT_EQUAL(pa_grid_add(&grid, cells[i], &err), PA_OK);
    CU_ASSERT_EQUAL(pa_buffer_printf(&out, &err, "%s", ""), PA_OK);
    CU_ASSERT_EQUAL(pa_grid_print(&grid, "  ", &out, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(out.data, text);
    pa_grid_free(&grid);
    pa_buffer_free(&out);
}

static void test_columns_are_as_wide_as_their_widest_cell(void)
{
    static const char *const cells[] = {"a", "1", "bb", "", "22", "c"};
    check(3, 2, 6, cells, "  a   1  bb\n     22  c\n");
}

/* M\xc3\xa4rkte has six characters in seven bytes. */
static void test_widths_are_of_characters(void)
{
    static const char *const cells[] = {"M\xc3\xa4rkte", "x", "Market", "y"};
    check(2, 0, 4, cells, "  M\xc3\xa4rkte  x\n  Market  y\n");
}

static void test_no_blanks_end_a_line(void)
{
    static const char *const cells[] = {"long", "longer", "a", ""};
    check(2, 0, 4, cells, "  long  longer\n  a\n");
    check(2, 0, 0, NULL, "");
}

static const pa_test tests[] = {
    {"columns are as wide as their widest cell", test_columns_are_as_wide_as_their_widest_cell},
    {"widths are of characters", test_widths_are_of_characters},
    {"no blanks end a line", test_no_blanks_end_a_line},
};
PA_TEST_MAIN("grid", tests)

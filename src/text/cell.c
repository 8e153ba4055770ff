#include "paraudit/text/cell.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/escape.h"

static pa_status add_quoted(pa_buffer *text, const char *field, size_t n, pa_error *err)
{
    PA_TRY(pa_buffer_add(text, "\"", 1, err));
    for (size_t i = 0; i < n; i++)
        PA_TRY(pa_buffer_add(text, field[i] == '"' ? "\"\"" : field + i, field[i] == '"' ? 2 : 1,
                             err));
    return pa_buffer_add(text, "\"", 1, err);
}

static size_t digits(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && text[i] >= '0' && text[i] <= '9') i++;
    return i;
}

/* A sign, digits, and a point and digits: it adds nothing up. */
static bool is_number(const char *cell, size_t n)
{
    size_t sign = n > 0 && strchr("+-", *cell), whole = digits(cell + sign, n - sign);
    size_t at = sign + whole;
    if (whole > 0 && at < n && cell[at] == '.') at += 1 + digits(cell + at + 1, n - at - 1);
    return whole > 0 && at == n && cell[n - 1] != '.';
}

/* What a spreadsheet takes for the beginning of a formula; some take the wide signs of
 * Japanese (U+FF0B, 0D, 1D, 20) for it, too. */
static bool begins_formula(const char *cell, size_t n)
{
    static const char *const wide[] = {"\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\x9d",
                                       "\xef\xbc\xa0"};
    if (n == 0 || is_number(cell, n)) return false;
    for (int i = 0; i < 4; i++)
        if (n >= 3 && memcmp(cell, wide[i], 3) == 0) return true;
    return strchr("=+-@\t\r", *cell) != NULL;
}

pa_status pa_add_cell(pa_buffer *text, const char *cell, size_t width, pa_error *err)
{
    pa_buffer field = {0};
    size_t n = strnlen(cell, width);
    pa_status st = begins_formula(cell, n) ? pa_buffer_add(&field, "'", 1, err) : PA_OK;
    if (st == PA_OK) st = pa_escape(&field, cell, n, false, err);
    if (st == PA_OK)
        st = strpbrk(field.data, ",\"") ? add_quoted(text, field.data, field.length, err)
                                        : pa_buffer_add(text, field.data, field.length, err);
    pa_buffer_free(&field);
    return st;
}

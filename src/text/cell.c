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

pa_status pa_add_cell(pa_buffer *text, const char *cell, size_t width, pa_error *err)
{
    pa_buffer field = {0};
    size_t n = strnlen(cell, width);
    bool formula = n > 0 && strchr("=+-@\t\r", *cell);
    pa_status st = formula ? pa_buffer_add(&field, "'", 1, err) : PA_OK;
    if (st == PA_OK) st = pa_escape(&field, cell, n, false, err);
    if (st == PA_OK)
        st = strpbrk(field.data, ",\"") ? add_quoted(text, field.data, field.length, err)
                                        : pa_buffer_add(text, field.data, field.length, err);
    pa_buffer_free(&field);
    return st;
}

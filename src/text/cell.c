#include "paraudit/text/cell.h"

#include <stdbool.h>
#include <string.h>

static bool is_any_of(char c, const char *list)
{
    return c && strchr(list, c);
}

pa_status pa_add_cell(pa_buffer *text, const char *cell, size_t width, pa_error *err)
{
    size_t n = strnlen(cell, width);
    bool plain = true;
    for (size_t i = 0; i < n; i++) plain = plain && !is_any_of(cell[i], ",\"\r\n");
    if (!plain) PA_TRY(pa_buffer_add(text, "\"", 1, err));
    if (n > 0 && is_any_of(*cell, "=+-@\t\r")) PA_TRY(pa_buffer_add(text, "'", 1, err));
    for (size_t i = 0; i < n; i++) {
        if (cell[i] == '"') PA_TRY(pa_buffer_add(text, "\"", 1, err));
        PA_TRY(pa_buffer_add(text, cell + i, 1, err));
    }
    return plain ? PA_OK : pa_buffer_add(text, "\"", 1, err);
}

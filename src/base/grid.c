#include "paraudit/base/grid.h"

#include <string.h>

enum { MOST_COLUMNS = 64 };

void pa_grid_free(pa_grid *g)
{
    pa_buffer_free(&g->text);
}

pa_status pa_grid_add(pa_grid *g, const char *cell, pa_error *err)
{
    PA_TRY(pa_buffer_add(&g->text, cell, strlen(cell) + 1, err));
    g->n_cells++;
    return PA_OK;
}

/* Characters of UTF-8. */
static int width_of(const char *cell)
{
    int n = 0;
    for (; *cell; cell++) n += ((unsigned char)*cell & 0xc0) != 0x80;
    return n;
}

static void find_widths(const pa_grid *g, int width[MOST_COLUMNS])
{
    const char *cell = g->text.data;
    for (size_t i = 0; i < g->n_cells; i++, cell += strlen(cell) + 1) {
        size_t column = i % g->n_columns;
        int n = width_of(cell);
        if (n > width[column]) width[column] = n;
    }
}

static pa_status print_cell(const char *cell, int blanks, bool right, bool last, pa_buffer *text,
                            pa_error *err)
{
    if (right) return pa_buffer_printf(text, err, "%*s%s", blanks, "", cell);
    return pa_buffer_printf(text, err, "%s%*s", cell, last ? 0 : blanks, "");
}

pa_status pa_grid_print(const pa_grid *g, const char *indent, pa_buffer *text, pa_error *err)
{
    int width[MOST_COLUMNS] = {0};
    PA_ASSERT(g->n_columns <= MOST_COLUMNS);
    find_widths(g, width);
    const char *cell = g->text.data;
    for (size_t i = 0; i < g->n_cells; i++, cell += strlen(cell) + 1) {
        size_t column = i % g->n_columns;
        bool last = column + 1 == g->n_columns;
        PA_TRY(pa_buffer_printf(text, err, "%s", column == 0 ? indent : "  "));
        PA_TRY(print_cell(cell, width[column] - width_of(cell), g->right >> column & 1, last, text,
                          err));
        if (!last) continue;
        while (text->length > 0 && text->data[text->length - 1] == ' ') text->length--;
        PA_TRY(pa_buffer_printf(text, err, "\n"));
    }
    return PA_OK;
}

#include "detect_columns.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/escape.h"

void pa_columns_free(pa_matrix_columns *c)
{
    pa_free(c->column);
    pa_free(c->name);
    pa_free(c->order);
    pa_free(c->offset);
    *c = (pa_matrix_columns){0};
}

pa_status pa_columns_list(const pa_matrix *m, pa_matrix_columns *c, pa_error *err)
{
    c->n = m->header.n_columns;
    PA_TRY(PA_NEW(c->column, c->n, err));
    PA_TRY(PA_NEW(c->name, c->n, err));
    PA_TRY(PA_NEW(c->order, c->n, err));
    PA_TRY(PA_NEW(c->offset, c->n, err));
    for (size_t i = 0, k = 0; i < m->header.n_fields; i++)
        if (m->header.kind[i] == PA_CELL_FEATURE) c->name[k++] = m->header.name[i];
    for (size_t k = 0; k < c->n; k++) {
        c->column[k].spec =
            (pa_column_spec){.name = c->name[k], .type = PA_F32, .role = PA_ROLE_FEATURE};
        c->column[k].data = m->rows.n ? m->rows.column[k] : NULL;
        c->order[k] = c->column + k;
    }
    return PA_OK;
}

/* ---- two matrices ---- */

static bool has_name(const pa_matrix_columns *c, const char *name)
{
    for (size_t k = 0; k < c->n; k++)
        if (strcmp(c->name[k], name) == 0) return true;
    return false;
}

static pa_status check_names(const pa_matrix_columns *of, const char *path,
                             const pa_matrix_columns *in, const char *other, pa_error *err)
{
    for (size_t k = 0; k < of->n; k++)
        if (!has_name(in, of->name[k]))
            return pa_fail(err, PA_E_DATA, "%s: no column '%s', which is in %s", other, of->name[k],
                           path);
    return PA_OK;
}

pa_status pa_columns_match(const pa_matrix_columns *fitted, const char *train, pa_matrix_columns *c,
                           const char *path, pa_error *err)
{
    PA_TRY(check_names(fitted, train, c, path, err));
    PA_TRY(check_names(c, path, fitted, train, err));
    for (size_t k = 0; k < fitted->n; k++) {
        for (size_t i = 0; i < k; i++)
            if (strcmp(fitted->name[i], fitted->name[k]) == 0)
                return pa_fail(err, PA_E_DATA, "%s: two columns '%s', which cannot be matched",
                               train, fitted->name[k]);
    }
    if (c->n != fitted->n)
        return pa_fail(err, PA_E_DATA, "%s: two columns of one name, which cannot be matched",
                       path);
    for (size_t k = 0; k < fitted->n; k++) {
        size_t i = 0;
        while (strcmp(c->name[i], fitted->name[k]) != 0) i++;
        c->order[k] = c->column + i;
    }
    return PA_OK;
}

/* ---- large numbers ---- */

/* Where the k-th column that is fitted on lies in its matrix. */
static size_t place_of(const pa_matrix_columns *c, size_t k)
{
    return (size_t)(c->order[k] - c->column);
}

static double offset_of(const pa_matrix *a, size_t i, const pa_matrix *b, size_t j)
{
    pa_matrix_range both = {.low = fmin(a->low[i], b->low[j]),
                            .high = fmax(a->high[i], b->high[j]),
                            .n_rounded = a->n_rounded[i] + b->n_rounded[j]};
    return pa_matrix_offset_of(&both);
}

void pa_columns_shift(pa_comm *comm, pa_matrix *train, pa_matrix_columns *fitted, pa_matrix *m,
                      pa_matrix_columns *c)
{
    for (size_t k = 0; k < c->n; k++) {
        size_t i = place_of(fitted, k), j = place_of(c, k);
        double offset = offset_of(train, i, m, j);
        if (offset == 0.0) continue;
        pa_matrix_shift(comm, m, j, offset);
        if (train != m) pa_matrix_shift(comm, train, i, offset);
        fitted->offset[k] = c->offset[k] = offset;
    }
}

/* ---- notes ---- */

static void print_left_out(const pa_matrix_header *h)
{
    for (size_t i = 0; i < h->n_fields; i++) {
        if (h->kind[i] == PA_CELL_COUNT)
            pa_print(stdout,
                     "NOTE %s: column %zu has no name and counts the rows: it is left out\n",
                     h->file, i + 1);
        if (h->kind[i] == PA_CELL_BLANK)
            pa_print(stdout, "NOTE %s: column %zu has no name and no values: it is left out\n",
                     h->file, i + 1);
    }
}

void pa_columns_print_notes(const pa_matrix *m, const pa_matrix_columns *c)
{
    const pa_matrix_header *h = &m->header;
    if (h->is_counted)
        pa_print(stdout,
                 "NOTE %s: the first line counts the columns and was read as their names: "
                 "--no-header reads it as a row\n",
                 h->file);
    print_left_out(h);
    for (size_t k = 0; k < c->n; k++) {
        if (m->n_rounded[k] == 0) continue;
        pa_print(stdout,
                 "NOTE %s: column '%s': %" PRId64 " of %" PRId64 " numbers have more digits than a "
                 "32-bit float and were rounded, so that some may have become one: "
                 "an identifier is left out by --skip\n",
                 h->file, c->name[k], m->n_rounded[k], m->n_global);
    }
}

void pa_columns_print_shifts(const pa_matrix_columns *c)
{
    for (size_t k = 0; k < c->n; k++) {
        if (c->offset[k] == 0.0) continue;
        pa_print(
            stdout,
            "NOTE column '%s': its numbers are large and close together: %.0f is taken from each "
            "before it becomes a 32-bit float\n",
            c->name[place_of(c, k)], c->offset[k]);
    }
}

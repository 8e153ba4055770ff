/* The header of a matrix: which columns are numbers, which one the label. */
#include <string.h>

#include "matrix_parts.h"
#include "paraudit/base/options.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/matrix_csv.h"

void pa_matrix_header_free(pa_matrix_header *h)
{
    pa_free(h->name);
    pa_free(h->kind);
    pa_free(h->text);
    *h = (pa_matrix_header){0};
}

static pa_status no_such_column(const pa_matrix_header *h, int64_t line, const char *wanted,
                                const char *flag, pa_error *err)
{
    const char *nearest = pa_nearest_name(wanted, h->name, h->n_fields);
    if (nearest) {
        return pa_fail_at(err, PA_E_DATA, 1, line,
                          "%s:%lld: no column '%s' (%s): did you mean '%s'?", h->file,
                          (long long)line, wanted, flag, nearest);
    }
    pa_buffer list = {0};
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < h->n_fields && list.length < 300; i++) {
        st = pa_buffer_printf(&list, err, "%s%s", i ? ", " : "", h->name[i]);
    }
    if (st == PA_OK) {
        st = pa_fail_at(err, PA_E_DATA, 1, line,
                        "%s:%lld: no column '%s' (%s); the columns are %.300s", h->file,
                        (long long)line, wanted, flag, list.data);
    }
    pa_buffer_free(&list);
    return st;
}

/* The one column of this name, or n_fields. */
static pa_status find_name(const pa_matrix_header *h, int64_t line, const char *wanted,
                           const char *flag, size_t *found, pa_error *err)
{
    *found = h->n_fields;
    for (size_t i = 0; i < h->n_fields; i++) {
        if (strcmp(h->name[i], wanted) != 0) continue;
        if (*found < h->n_fields) {
            return pa_fail_at(err, PA_E_DATA, 1, line,
                              "%s:%lld: two columns are named '%s': %s %zu or %s %zu", h->file,
                              (long long)line, wanted, flag, *found + 1, flag, i + 1);
        }
        *found = i;
    }
    return PA_OK;
}

pa_status pa_matrix_find_column(const pa_matrix_header *h, int64_t line, const char *wanted,
                                const char *flag, size_t *found, pa_error *err)
{
    int64_t place;
    PA_TRY(find_name(h, line, wanted, flag, found, err));
    if (*found < h->n_fields) return PA_OK;
    bool is_place = pa_parse_i64(wanted, strlen(wanted), &place) && place >= 1;
    if (!is_place || (uint64_t)place > h->n_fields)
        return no_such_column(h, line, wanted, flag, err);
    *found = (size_t)place - 1;
    return PA_OK;
}

pa_status pa_matrix_check_fields(const pa_matrix_header *h, int64_t line, size_t found,
                                 pa_error *err)
{
    if (found == h->n_fields) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, 1, line, "%s:%lld: %zu fields, where the header has %zu",
                      h->file, (long long)line, found, h->n_fields);
}

pa_status pa_matrix_refuse_cell(const pa_matrix_header *h, int64_t line, pa_csv_field cell,
                                const char *why, pa_error *err)
{
    enum { MOST = 40 };
    return pa_fail_at(err, PA_E_DATA, 1, line, "%s:%lld: %s: '%.*s'", h->file, (long long)line, why,
                      (int)(cell.length < MOST ? cell.length : MOST), cell.text);
}

/* Gives a column a kind. */
static pa_status mark(pa_matrix_header *h, int64_t line, const char *wanted, const char *flag,
                      pa_cell_kind kind, pa_error *err)
{
    size_t i;
    PA_TRY(pa_matrix_find_column(h, line, wanted, flag, &i, err));
    if (kind == PA_CELL_SKIPPED && h->kind[i] == PA_CELL_LABEL)
        return pa_fail(err, PA_E_USAGE, "column '%s' is named by --label and by --skip", wanted);
    h->kind[i] = (uint8_t)kind;
    return PA_OK;
}

static pa_status skip_list(pa_matrix_header *h, int64_t line, const char *list, pa_error *err)
{
    pa_buffer name = {0};
    pa_status st = PA_OK;
    for (const char *p = list; st == PA_OK; p++) {
        size_t n = strcspn(p, ",");
        name.length = 0;
        st = pa_buffer_printf(&name, err, "%.*s", (int)n, p);
        if (st == PA_OK) st = mark(h, line, name.data, "--skip", PA_CELL_SKIPPED, err);
        p += n;
        if (!*p) break;
    }
    pa_buffer_free(&name);
    return st;
}

static pa_status mark_columns(pa_matrix_header *h, int64_t line, const pa_matrix_names *names,
                              pa_error *err)
{
    h->has_label = names->label != NULL;
    if (names->label) PA_TRY(mark(h, line, names->label, "--label", PA_CELL_LABEL, err));
    for (size_t i = 0; i < names->n_skip; i++) PA_TRY(skip_list(h, line, names->skip[i], err));
    for (size_t i = 0; i < h->n_fields; i++) {
        h->n_columns += h->kind[i] == PA_CELL_FEATURE;
        h->n_nameless += h->kind[i] == PA_CELL_NAMELESS;
    }
    if (h->n_columns > 0) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, 1, line,
                      "%s:%lld: there is no column with a name but the label and what is skipped",
                      h->file, (long long)line);
}

pa_status pa_matrix_read_header(const char *record, size_t n, int64_t line, const char *file,
                                const pa_matrix_names *names, pa_matrix_header *h, pa_error *err)
{
    *h = (pa_matrix_header){.file = file};
    pa_status st = pa_matrix_split_names(record, n, names->no_header, h, err);
    if (st == PA_OK && !names->no_header) st = pa_matrix_check_names(h, line, err);
    if (st == PA_OK) st = mark_columns(h, line, names, err);
    if (st != PA_OK) pa_matrix_header_free(h);
    return st;
}

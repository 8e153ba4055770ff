/* The header of a matrix: which columns are numbers, which one the label. */
#include <string.h>

#include "paraudit/base/options.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/matrix_csv.h"

void pa_matrix_header_free(pa_matrix_header *h)
{
    pa_free(h->name);
    pa_free(h->kind);
    pa_free(h->text);
    *h = (pa_matrix_header){0};
}

/* name: the fields, each ended by a zero byte. */
static pa_status copy_names(const pa_csv_field field[], pa_matrix_header *h, size_t n,
                            pa_error *err)
{
    PA_TRY(PA_NEW(h->text, n + h->n_fields + 1, err));
    PA_TRY(PA_NEW(h->name, h->n_fields, err));
    PA_TRY(PA_NEW(h->kind, h->n_fields, err));
    char *to = h->text;
    for (size_t i = 0; i < h->n_fields; i++) {
        pa_csv_field f = pa_csv_trimmed(field[i]);
        h->name[i] = to;
        memcpy(to, f.text, f.length);
        to += f.length + 1;
    }
    return PA_OK;
}

static pa_status split_names(const char *record, size_t n, pa_matrix_header *h, pa_error *err)
{
    char *scratch = NULL;
    pa_csv_field *field = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(scratch, n + 1, err));
    h->n_fields = pa_csv_split(&pa_csv_commas, record, n, scratch, NULL, 0);
    PA_GOTO(PA_NEW(field, h->n_fields, err));
    pa_csv_split(&pa_csv_commas, record, n, scratch, field, h->n_fields);
    st = copy_names(field, h, n, err);
out:
    pa_free(field);
    pa_free(scratch);
    return st;
}

/* A first row that is taken for the names would be lost without a word. Names
 * 0, 1, 2 ..., as pandas writes them, are fine. */
static pa_status check_names(const pa_matrix_header *h, int64_t line, pa_error *err)
{
    bool all_whole = true;
    for (size_t i = 0; i < h->n_fields; i++) {
        float v;
        int64_t whole;
        size_t n = strlen(h->name[i]);
        if (!pa_parse_float(h->name[i], n, &v)) return PA_OK;
        all_whole = all_whole && pa_parse_i64(h->name[i], n, &whole);
    }
    if (all_whole) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, 1, line,
                      "%s:%lld: only numbers, where a line with the names of the columns is "
                      "expected",
                      h->file, (long long)line);
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

/* Gives the one column of this name a kind. */
static pa_status mark(pa_matrix_header *h, int64_t line, const char *wanted, const char *flag,
                      pa_cell_kind kind, pa_error *err)
{
    size_t found = h->n_fields;
    for (size_t i = 0; i < h->n_fields; i++) {
        if (strcmp(h->name[i], wanted) != 0) continue;
        if (found < h->n_fields) {
            return pa_fail_at(err, PA_E_DATA, 1, line,
                              "%s:%lld: two columns are named '%s' (%s): columns %zu and %zu",
                              h->file, (long long)line, wanted, flag, found + 1, i + 1);
        }
        found = i;
    }
    if (found == h->n_fields) return no_such_column(h, line, wanted, flag, err);
    if (h->kind[found] != PA_CELL_FEATURE && h->kind[found] != kind) {
        return pa_fail(err, PA_E_USAGE, "column '%s' is named by --label and by --skip", wanted);
    }
    h->kind[found] = (uint8_t)kind;
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
    for (size_t i = 0; i < h->n_fields; i++) h->n_columns += h->kind[i] == PA_CELL_FEATURE;
    if (h->n_columns > 0) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, 1, line,
                      "%s:%lld: there is no column but the label and what is skipped", h->file,
                      (long long)line);
}

pa_status pa_matrix_read_header(const char *record, size_t n, int64_t line, const char *file,
                                const pa_matrix_names *names, pa_matrix_header *h, pa_error *err)
{
    *h = (pa_matrix_header){.file = file};
    pa_status st = split_names(record, n, h, err);
    if (st == PA_OK) st = check_names(h, line, err);
    if (st == PA_OK) st = mark_columns(h, line, names, err);
    if (st != PA_OK) pa_matrix_header_free(h);
    return st;
}

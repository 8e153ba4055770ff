/* The rows of a matrix: a number in every cell. */
#include <string.h>

#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/matrix_csv.h"

void pa_matrix_rows_free(pa_matrix_rows *r)
{
    for (size_t c = 0; r->column && c < r->header->n_columns; c++) pa_free(r->column[c]);
    pa_free(r->column);
    pa_free(r->label);
    *r = (pa_matrix_rows){0};
}

static pa_status more_room(pa_matrix_rows *r, pa_error *err)
{
    size_t room = r->room + r->room / 2 + 64;
    if (!r->column) PA_TRY(PA_NEW(r->column, r->header->n_columns, err));
    for (size_t c = 0; c < r->header->n_columns; c++) {
        float *grown = pa_realloc(r->column[c], room, sizeof *grown, err);
        if (!grown) return PA_E_MEMORY;
        r->column[c] = grown;
    }
    if (r->header->has_label) {
        uint8_t *grown = pa_realloc(r->label, room, 1, err);
        if (!grown) return PA_E_MEMORY;
        r->label = grown;
    }
    r->room = room;
    return PA_OK;
}

/* Whether text is this word, in letters of any size. */
static bool is_word(const char *text, size_t n, const char *word)
{
    size_t i = 0;
    while (i < n && word[i] && (text[i] | 0x20) == word[i]) i++;
    return i == n && !word[i];
}

/* What is wrong with a cell that pa_parse_float refused. */
static const char *fault_of(const char *text, size_t n, float why)
{
    if (why != 0.0f) return "is too large for a 32-bit float";
    size_t sign = n > 0 && (*text == '-' || *text == '+');
    text += sign;
    n -= sign;
    bool is_named =
        is_word(text, n, "nan") || is_word(text, n, "inf") || is_word(text, n, "infinity");
    return is_named ? "is not finite" : "is not a number";
}

/* The beginning of a cell as a message can hold it, in one line. */
enum { SHOWN = 80 };
static const char *shown(const char *text, size_t n, char copy[SHOWN + 1])
{
    size_t length = n < SHOWN ? n : SHOWN;
    for (size_t i = 0; i < length; i++)
        copy[i] = (unsigned char)text[i] < 32 || text[i] == 127 ? '?' : text[i];
    copy[length] = '\0';
    return copy;
}

static pa_status bad_cell(const pa_matrix_rows *r, size_t field, const char *text, size_t n,
                          const char *fault, pa_error *err)
{
    char name[SHOWN + 1], cell[SHOWN + 1];
    const char *column = r->header->name[field];
    shown(column, strlen(column), name);
    if (n == 0) {
        return pa_fail_at(err, PA_E_DATA, 1, r->line, "%s:%lld: column '%s': the cell is empty",
                          r->header->file, (long long)r->line, name);
    }
    return pa_fail_at(err, PA_E_DATA, 1, r->line, "%s:%lld: column '%s': '%s' %s", r->header->file,
                      (long long)r->line, name, shown(text, n, cell), fault);
}

/* Where a row is filled. */
typedef struct {
    size_t field, column;
} place;

static pa_status take_cell(pa_matrix_rows *r, place *at, pa_csv_field f, pa_error *err)
{
    pa_cell_kind kind = (pa_cell_kind)r->header->kind[at->field];
    float v;
    f = pa_csv_trimmed(f);
    if (kind != PA_CELL_SKIPPED && !pa_parse_float(f.text, f.length, &v))
        return bad_cell(r, at->field, f.text, f.length, fault_of(f.text, f.length, v), err);
    if (kind == PA_CELL_LABEL) {
        if (v != 0.0f && v != 1.0f)
            return bad_cell(r, at->field, f.text, f.length, "is not 0 or 1", err);
        r->label[r->n] = v != 0.0f;
    }
    if (kind == PA_CELL_FEATURE) r->column[at->column++][r->n] = v;
    at->field++;
    return PA_OK;
}

static pa_status check_count(const pa_matrix_rows *r, size_t found, pa_error *err)
{
    if (found == r->header->n_fields) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, 1, r->line, "%s:%lld: %zu fields, where the header has %zu",
                      r->header->file, (long long)r->line, found, r->header->n_fields);
}

/* A record without a quote. */
static pa_status take_plain(pa_matrix_rows *r, const char *record, size_t n, pa_error *err)
{
    size_t found = 1;
    for (size_t i = 0; i < n; i++) found += record[i] == ',';
    PA_TRY(check_count(r, found, err));
    place at = {0, 0};
    for (const char *end = record + n; at.field < found;) {
        const char *comma = memchr(record, ',', (size_t)(end - record));
        const char *stop = comma ? comma : end;
        PA_TRY(take_cell(r, &at, (pa_csv_field){record, (size_t)(stop - record)}, err));
        record = stop + 1;
    }
    return PA_OK;
}

static pa_status take_fields(pa_matrix_rows *r, const pa_csv_field field[], size_t found,
                             pa_error *err)
{
    PA_TRY(check_count(r, found, err));
    place at = {0, 0};
    while (at.field < found) PA_TRY(take_cell(r, &at, field[at.field], err));
    return PA_OK;
}

static pa_status take_quoted(pa_matrix_rows *r, const char *record, size_t n, pa_error *err)
{
    char *scratch = NULL;
    pa_csv_field *field = NULL;
    size_t room = r->header->n_fields;
    pa_status st;
    PA_GOTO(PA_NEW(scratch, n + 1, err));
    PA_GOTO(PA_NEW(field, room, err));
    st = take_fields(r, field, pa_csv_split(&pa_csv_commas, record, n, scratch, field, room), err);
out:
    pa_free(scratch);
    pa_free(field);
    return st;
}

pa_status pa_matrix_take(void *rows, int64_t line, const char *record, size_t n, pa_error *err)
{
    pa_matrix_rows *r = rows;
    if (n == 0) return PA_OK;
    r->line = line;
    if (r->n == r->room) PA_TRY(more_room(r, err));
    PA_TRY(memchr(record, '"', n) ? take_quoted(r, record, n, err) : take_plain(r, record, n, err));
    r->n++;
    return PA_OK;
}

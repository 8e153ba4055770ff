/* The rows of a matrix: a number in every cell. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/label_words.h"
#include "paraudit/csv/matrix_csv.h"

void pa_matrix_rows_free(pa_matrix_rows *r)
{
    for (size_t c = 0; r->column && c < r->header->n_columns; c++) pa_free(r->column[c]);
    for (size_t c = 0; r->rest && c < r->header->n_columns; c++) pa_free(r->rest[c]);
    pa_free(r->column);
    pa_free(r->rest);
    pa_free(r->n_rounded);
    pa_free(r->label);
    pa_free(r->nameless);
    *r = (pa_matrix_rows){0};
}

/* Before the first row. */
static pa_status begin(pa_matrix_rows *r, pa_error *err)
{
    const pa_matrix_header *h = r->header;
    if (!r->column) PA_TRY(PA_NEW(r->column, h->n_columns, err));
    if (!r->rest) PA_TRY(PA_NEW(r->rest, h->n_columns, err));
    if (!r->n_rounded) PA_TRY(PA_NEW(r->n_rounded, h->n_columns, err));
    if (!r->nameless) PA_TRY(PA_NEW(r->nameless, h->n_nameless, err));
    return PA_OK;
}

static pa_status more_room(pa_matrix_rows *r, pa_error *err)
{
    size_t room = pa_larger_room(r->room, 0);
    PA_TRY(begin(r, err));
    for (size_t c = 0; c < r->header->n_columns; c++) {
        PA_TRY(PA_RESIZE(r->column[c], room, err));
        if (r->rest[c]) PA_TRY(PA_RESIZE(r->rest[c], room, err));
    }
    if (r->header->has_label) PA_TRY(PA_RESIZE(r->label, room, err));
    r->room = room;
    return PA_OK;
}

#define GAP_REMEDY "fill it, take the row out, or leave the column out by --skip"

/* What is wrong with a cell that pa_parse_float refused. */
static const char *fault_of(const char *text, size_t n, float why)
{
    if (why != 0.0f) return "is too large for a 32-bit float";
    if (pa_is_missing_word(text, n)) return "is a gap: " GAP_REMEDY;
    size_t sign = n > 0 && (*text == '-' || *text == '+');
    text += sign;
    n -= sign;
    bool is_named =
        pa_is_word(text, n, "nan") || pa_is_word(text, n, "inf") || pa_is_word(text, n, "infinity");
    return is_named ? "is not finite" : "is not a number";
}

static const char *label_fault_of(const char *text, size_t n)
{
    double v;
    if (pa_parse_double(text, n, &v) && v == -1.0)
        return "is no label: where 1 and -1 stand for normal and odd, write 0 and 1";
    return "is no label: 0 or 1, false or true, no or yes, genuine or fraud";
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
        bool is_label = r->header->kind[field] == PA_CELL_LABEL;
        return pa_fail_at(err, PA_E_DATA, 1, r->line, "%s:%lld: column '%s': the cell is empty: %s",
                          r->header->file, (long long)r->line, name,
                          is_label ? "every row needs its label" : GAP_REMEDY);
    }
    return pa_fail_at(err, PA_E_DATA, 1, r->line, "%s:%lld: column '%s': '%s' %s", r->header->file,
                      (long long)r->line, name, shown(text, n, cell), fault);
}

/* Where a row is filled. */
typedef struct {
    size_t field, column, nameless;
} place;

/* v: the float32 of a number that is large enough for whole numbers to fall together. */
static pa_status keep_rest(pa_matrix_rows *r, size_t column, pa_csv_field f, float v, pa_error *err)
{
    double exact = (double)v;
    float **rest = &r->rest[column];
    if (pa_parse_double(f.text, f.length, &exact) && exact != (double)v) {
        if (!*rest) PA_TRY(PA_NEW(*rest, r->room, err));
        r->n_rounded[column]++;
    }
    if (*rest) (*rest)[r->n] = (float)(exact - (double)v);
    return PA_OK;
}

static bool is_bool(pa_csv_field f, float *v)
{
    bool yes = pa_is_word(f.text, f.length, "true");
    if (!yes && !pa_is_word(f.text, f.length, "false")) return false;
    *v = yes ? 1.0f : 0.0f;
    return true;
}

static pa_status take_feature(pa_matrix_rows *r, const place *at, pa_csv_field f, pa_error *err)
{
    float v;
    if (!pa_parse_float(f.text, f.length, &v) && !is_bool(f, &v))
        return bad_cell(r, at->field, f.text, f.length, fault_of(f.text, f.length, v), err);
    r->column[at->column][r->n] = v;
    if (fabsf(v) >= 0x1p24f) return keep_rest(r, at->column, f, v, err);
    if (r->rest[at->column]) r->rest[at->column][r->n] = 0.0f;
    return PA_OK;
}

static pa_status take_label(pa_matrix_rows *r, size_t field, pa_csv_field f, pa_error *err)
{
    int8_t label;
    if (!pa_label_word(f.text, f.length, &label))
        return bad_cell(r, field, f.text, f.length, label_fault_of(f.text, f.length), err);
    r->label[r->n] = (uint8_t)label;
    return PA_OK;
}

static void take_nameless(const pa_matrix_rows *r, size_t which, pa_csv_field f)
{
    pa_matrix_nameless *c = &r->nameless[which];
    int64_t v;
    bool is_count = pa_parse_i64(f.text, f.length, &v) && v >= 0 && v < INT64_MAX / 2;
    if (!is_count) v = f.length == 0 ? PA_MATRIX_BLANK : PA_MATRIX_NO_COUNT;
    if (r->n == 0) *c = (pa_matrix_nameless){v, r->line, INT64_MAX};
    int64_t expected = c->first < 0 ? c->first : c->first + (int64_t)r->n;
    if ((v != expected || v == PA_MATRIX_NO_COUNT) && r->line < c->bad_line) c->bad_line = r->line;
}

static pa_status take_cell(pa_matrix_rows *r, place *at, pa_csv_field f, pa_error *err)
{
    f = pa_csv_trimmed(f);
    switch ((pa_cell_kind)r->header->kind[at->field]) {
    case PA_CELL_FEATURE:
        PA_TRY(take_feature(r, at, f, err));
        at->column++;
        break;
    case PA_CELL_LABEL:
        PA_TRY(take_label(r, at->field, f, err));
        break;
    case PA_CELL_SKIPPED:
        break;
    default:
        take_nameless(r, at->nameless++, f);
    }
    at->field++;
    return PA_OK;
}

/* A record without a quote. */
static pa_status take_plain(pa_matrix_rows *r, const char *record, size_t n, pa_error *err)
{
    const char separator = r->header->signs.separator;
    size_t found = 1;
    for (size_t i = 0; i < n; i++) found += record[i] == separator;
    PA_TRY(pa_matrix_check_fields(r->header, r->line, found, err));
    place at = {0, 0, 0};
    for (const char *end = record + n; at.field < found;) {
        const char *mark = memchr(record, separator, (size_t)(end - record));
        const char *stop = mark ? mark : end;
        PA_TRY(take_cell(r, &at, (pa_csv_field){record, (size_t)(stop - record)}, err));
        record = stop + 1;
    }
    return PA_OK;
}

static pa_status take_fields(pa_matrix_rows *r, const pa_csv_field field[], size_t found,
                             pa_error *err)
{
    PA_TRY(pa_matrix_check_fields(r->header, r->line, found, err));
    place at = {0, 0, 0};
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
    st = take_fields(r, field, pa_csv_split(&r->header->signs, record, n, scratch, field, room),
                     err);
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

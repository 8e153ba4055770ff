/* What the columns of a matrix are called, and whether that is no row. */
#include <stdio.h>
#include <string.h>

#include "matrix_parts.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/label_words.h"

enum { PLACE_BYTES = 16 }; /* "col" and a number below 2^24 */

static size_t place_name(size_t place, char name[PLACE_BYTES])
{
    return (size_t)snprintf(name, PLACE_BYTES, "col%zu", place);
}

/* "Unnamed: 0", "Unnamed: 0.1": what pandas makes of a name that is empty. */
static bool is_nameless(pa_csv_field f)
{
    static const char mark[] = "Unnamed: ";
    size_t n = sizeof mark - 1;
    if (f.length == 0) return true;
    if (f.length == n || !pa_csv_starts_with(f.text, f.length, mark, n)) return false;
    for (size_t i = n; i < f.length; i++)
        if (f.text[i] != '.' && (f.text[i] < '0' || f.text[i] > '9')) return false;
    return true;
}

/* name: the fields, each ended by a zero byte. */
static pa_status copy_names(const pa_csv_field field[], bool no_header, pa_matrix_header *h,
                            size_t n, pa_error *err)
{
    PA_TRY(PA_NEW(h->text, n + h->n_fields * PLACE_BYTES, err));
    PA_TRY(PA_NEW(h->name, h->n_fields, err));
    PA_TRY(PA_NEW(h->kind, h->n_fields, err));
    char *to = h->text;
    for (size_t i = 0; i < h->n_fields; i++) {
        char place[PLACE_BYTES];
        pa_csv_field f = pa_csv_trimmed(field[i]);
        if (!no_header && is_nameless(f)) h->kind[i] = PA_CELL_NAMELESS;
        if (no_header || f.length == 0) f = (pa_csv_field){place, place_name(i + 1, place)};
        h->name[i] = to;
        memcpy(to, f.text, f.length);
        to += f.length + 1;
    }
    return PA_OK;
}

/* The separator that tells most fields apart: commas, where it is all the same. */
static pa_csv_signs signs_of(const char *record, size_t n, size_t *n_fields)
{
    static const char separators[] = {',', ';', '\t', '|'};
    pa_csv_signs best = pa_csv_commas;
    *n_fields = 0;
    for (size_t i = 0; i < sizeof separators; i++) {
        const pa_csv_signs s = {.separator = separators[i], .quote = '"'};
        size_t found = pa_csv_count_fields(&s, record, n);
        if (found > *n_fields) best = s;
        if (found > *n_fields) *n_fields = found;
    }
    return best;
}

pa_status pa_matrix_split_names(const char *record, size_t n, bool no_header, pa_matrix_header *h,
                                pa_error *err)
{
    char *scratch = NULL;
    pa_csv_field *field = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(scratch, n + 1, err));
    h->signs = signs_of(record, n, &h->n_fields);
    PA_GOTO(PA_NEW(field, h->n_fields, err));
    pa_csv_split(&h->signs, record, n, scratch, field, h->n_fields);
    st = copy_names(field, no_header, h, n, err);
out:
    pa_free(field);
    pa_free(scratch);
    return st;
}

/* What a line holds, nameless columns left out. */
typedef struct {
    bool has_numbers, only_numbers, only_values;
    bool counts; /* the numbers are 0, 1, 2 ... or 1, 2, 3 ... */
} line_content;

static line_content look_at(const pa_matrix_header *h)
{
    line_content c = {.only_numbers = true, .only_values = true, .counts = true};
    int64_t expected = -1;
    for (size_t i = 0; i < h->n_fields; i++) {
        const char *name = h->name[i];
        size_t n = strlen(name);
        double v;
        int64_t whole;
        int8_t label;
        if (h->kind[i] == PA_CELL_NAMELESS) continue;
        if (!pa_parse_double(name, n, &v)) {
            c.only_numbers = false;
            if (!pa_label_word(name, n, &label) && !pa_is_missing_word(name, n))
                c.only_values = false;
            continue;
        }
        bool is_whole = pa_parse_i64(name, n, &whole);
        if (!c.has_numbers) expected = is_whole && whole == 1;
        c.counts = c.counts && is_whole && whole == expected++;
        c.has_numbers = true;
    }
    return c;
}

/* A first row that is taken for the names would be lost without a word. */
pa_status pa_matrix_check_names(pa_matrix_header *h, int64_t line, pa_error *err)
{
    line_content c = look_at(h);
    if (!c.has_numbers || !c.only_values) return PA_OK;
    h->is_counted = c.counts;
    if (c.counts) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, 1, line,
                      "%s:%lld: only %s, where a line with the names of the columns is expected: "
                      "write one, or read this line as a row by --no-header",
                      h->file, (long long)line,
                      c.only_numbers ? "numbers" : "numbers and words that stand for values");
}

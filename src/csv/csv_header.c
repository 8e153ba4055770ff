/* The first record of a file: the names of its columns. */
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/csv/csv_parts.h"

/* Many lines, but none that ends in a line feed. */
static bool has_lone_returns(const char *text, size_t n)
{
    const char *first = memchr(text, '\r', n);
    return first && first + 1 < text + n && !memchr(text, '\n', n);
}

/* What old spreadsheets end lines with. */
static pa_status check_lines(const char *text, size_t n, int64_t file, const char *name,
                             pa_error *err)
{
    if (!has_lone_returns(text, n)) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, file, 0,
                      "%s: lines end in a carriage return alone: save it with line feeds", name);
}

/* The fields of a header; both blocks are the caller's, also on failure. */
static pa_status split_header(const char *text, size_t n, pa_csv_header_row *h, char **scratch,
                              pa_csv_field **field, pa_error *err)
{
    PA_TRY(PA_NEW(*scratch, n, err));
    h->n = pa_csv_split(text, n, *scratch, NULL, 0);
    PA_TRY(PA_NEW(*field, h->n, err));
    pa_csv_split(text, n, *scratch, *field, h->n);
    for (size_t i = 0; i < h->n; i++) (*field)[i] = pa_csv_trimmed((*field)[i]);
    h->field = *field;
    return PA_OK;
}

static pa_status read_record(const char *text, size_t n, const pa_csv_names *names,
                             pa_csv_header_row *h, pa_csv_layout *layout, pa_error *err)
{
    char *scratch = NULL;
    pa_csv_field *field = NULL;
    pa_status st = split_header(text, n, h, &scratch, &field, err);
    if (st == PA_OK) {
        layout->n_fields = (int32_t)h->n;
        st = pa_csv_find_columns(h, names, layout, err);
    }
    pa_free(field);
    pa_free(scratch);
    return st;
}

static size_t skip_mark(const char *text, size_t n)
{
    return pa_csv_starts_with(text, n, "\xef\xbb\xbf", 3) ? 3 : 0;
}

pa_status pa_csv_find_head(const char *text, size_t n, bool last, int64_t file, const char *name,
                           pa_csv_head *head, pa_error *err)
{
    PA_TRY(check_lines(text, n, file, name, err));
    size_t begin = skip_mark(text, n);
    for (;;) {
        pa_csv_state state = PA_CSV_RECORD;
        size_t length = pa_csv_record_end(&state, text + begin, n - begin);
        if (length == 0 && last) {
            return pa_fail_at(err, PA_E_DATA, file, 0,
                              "%s: the file is empty: a line with the names of the columns is "
                              "expected",
                              name);
        }
        bool ends = state == PA_CSV_RECORD || (last && state != PA_CSV_QUOTED);
        if (length == 0 || !ends) {
            return pa_fail_at(err, PA_E_DATA, file, 1,
                              "%s:1: the line with the names of the columns does not end within "
                              "%zu bytes",
                              name, n);
        }
        size_t record = pa_csv_trim_line_end(text + begin, length);
        if (record > 0) {
            *head = (pa_csv_head){.begin = begin,
                                  .length = record,
                                  .line = 1 + pa_csv_newlines(text, begin),
                                  .end = (int64_t)(begin + length),
                                  .newlines = pa_csv_newlines(text, begin + length)};
            return PA_OK;
        }
        begin += length;
    }
}

pa_status pa_csv_header(const char *text, size_t n, bool last, const pa_csv_names *names,
                        int64_t file, const char *name, pa_csv_layout *layout, pa_error *err)
{
    pa_csv_head head;
    PA_TRY(pa_csv_find_head(text, n, last, file, name, &head, err));
    layout->length = head.end;
    layout->newlines = head.newlines;
    pa_csv_header_row h = {.file = file, .line = head.line, .name = name};
    return read_record(text + head.begin, head.length, names, &h, layout, err);
}

pa_status pa_csv_numeric_names(const char *text, const pa_csv_layout *layout, pa_buffer *names,
                               pa_error *err)
{
    size_t n = (size_t)layout->length, begin = skip_mark(text, n);
    while (begin < n && (text[begin] == '\n' || text[begin] == '\r')) begin++;
    pa_csv_header_row h = {0};
    char *scratch = NULL;
    pa_csv_field *field = NULL;
    size_t length = pa_csv_trim_line_end(text + begin, n - begin);
    pa_status st = split_header(text + begin, length, &h, &scratch, &field, err);
    for (int32_t i = 0; i < layout->n_numeric && st == PA_OK; i++) {
        st = pa_csv_add_name(field[layout->numeric[i]], names, err);
    }
    pa_free(field);
    pa_free(scratch);
    return st;
}

/* The first record of a file: the names of its columns. */
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/csv/csv_parts.h"

/* UTF-16 without its mark: every other byte of Latin letters is zero. */
static bool has_zeros_between(const char *text, size_t n)
{
    if (n < 4) return false;
    bool odd = text[0] && !text[1] && text[2] && !text[3];
    return odd || (!text[0] && text[1] && !text[2] && text[3]);
}

/* Many lines, but none that ends in a line feed. */
static bool has_lone_returns(const char *text, size_t n)
{
    const char *first = memchr(text, '\r', n);
    return first && first + 1 < text + n && !memchr(text, '\n', n);
}

/* What spreadsheets save as "Unicode text", and what old ones end lines with. */
static pa_status check_encoding(const char *text, size_t n, int64_t file, const char *name,
                                pa_error *err)
{
    bool utf16 =
        pa_csv_starts_with(text, n, "\xff\xfe", 2) || pa_csv_starts_with(text, n, "\xfe\xff", 2);
    if (has_lone_returns(text, n)) {
        return pa_fail_at(err, PA_E_DATA, file, 0,
                          "%s: lines end in a carriage return alone: save it with line feeds",
                          name);
    }
    if (!utf16 && !has_zeros_between(text, n)) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, file, 0, "%s: the file is UTF-16: save it as UTF-8", name);
}

/* The fields of a header; both blocks are the caller's, also on failure. */
static pa_status split_header(const char *text, size_t n, const pa_csv_signs *signs,
                              pa_csv_header_row *h, char **scratch, pa_csv_field **field,
                              pa_error *err)
{
    PA_TRY(PA_NEW(*scratch, n, err));
    h->n = pa_csv_split(signs, text, n, *scratch, NULL, 0);
    PA_TRY(PA_NEW(*field, h->n, err));
    pa_csv_split(signs, text, n, *scratch, *field, h->n);
    for (size_t i = 0; i < h->n; i++) (*field)[i] = pa_csv_trimmed((*field)[i]);
    h->field = *field;
    return PA_OK;
}

static pa_status read_record(const char *text, size_t n, const pa_csv_names *names,
                             pa_csv_header_row *h, pa_csv_layout *layout, pa_error *err)
{
    char *scratch = NULL;
    pa_csv_field *field = NULL;
    pa_status st = split_header(text, n, &layout->signs, h, &scratch, &field, err);
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

/* Why the names cannot be read. */
static pa_status bad_head(pa_record_verdict v, int64_t line, size_t n, int64_t file,
                          const char *name, pa_error *err)
{
    if (v == PA_RECORD_BEHIND) {
        return pa_fail_at(err, PA_E_DATA, file, line,
                          "%s:%lld: text follows a closing quote in the line with the names of "
                          "the columns",
                          name, (long long)line);
    }
    return pa_fail_at(err, PA_E_DATA, file, line,
                      "%s:%lld: the line with the names of the columns does not end within %zu "
                      "bytes",
                      name, (long long)line, n);
}

pa_status pa_csv_find_head(const char *text, size_t n, bool last, const pa_csv_signs *signs,
                           int64_t file, const char *name, pa_csv_head *head, pa_error *err)
{
    PA_TRY(check_encoding(text, n, file, name, err));
    const pa_record_rule rule = {.signs = *signs, .longest = n};
    int64_t line = 1;
    for (size_t begin = skip_mark(text, n);;) {
        pa_record_seen seen;
        if (begin == n && last) {
            return pa_fail_at(err, PA_E_DATA, file, 0,
                              "%s: the file is empty: a line with the names of the columns is "
                              "expected",
                              name);
        }
        pa_record_verdict v =
            pa_record_judge(&rule, text + begin, n - begin, last, NULL, NULL, 0, &seen);
        if (v != PA_RECORD_GOOD && v != PA_RECORD_BLANK) {
            return bad_head(v, line, n, file, name, err);
        }
        *head = (pa_csv_head){.begin = begin, .length = seen.body, .line = line};
        begin += seen.length;
        line += seen.lines - !seen.ends;
        head->end = (int64_t)begin;
        head->newlines = line - 1;
        if (v == PA_RECORD_GOOD) return PA_OK;
    }
}

pa_status pa_csv_header(const char *text, size_t n, bool last, const pa_csv_names *names,
                        int64_t file, const char *name, pa_csv_layout *layout, pa_error *err)
{
    pa_csv_head head;
    PA_TRY(pa_csv_find_head(text, n, last, &pa_csv_commas, file, name, &head, err));
    layout->signs = pa_csv_commas;
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
    while (n > begin && (text[n - 1] == '\n' || text[n - 1] == '\r')) n--;
    char *scratch = NULL;
    pa_csv_field *field = NULL;
    pa_status st = split_header(text + begin, n - begin, &layout->signs, &h, &scratch, &field, err);
    for (int32_t i = 0; i < layout->n_numeric && st == PA_OK; i++) {
        st = pa_csv_add_name(field[layout->numeric[i]], names, err);
    }
    pa_free(field);
    pa_free(scratch);
    return st;
}

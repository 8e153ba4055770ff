/* The first line of a file that is not empty. */
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/csv/csv_parts.h"

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

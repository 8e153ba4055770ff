#include "paraudit/csv/records.h"

#include <string.h>

#include "paraudit/csv/csv_parts.h"

/* ---- lines ---- */

static pa_csv_state after_line(pa_csv_state state, const char *text, size_t n)
{
    if (n == 0) return state;
    return text[n - 1] == '\n' ? PA_CSV_RECORD : PA_CSV_PLAIN;
}

static size_t line_end(pa_csv_state *state, const char *text, size_t n)
{
    const char *newline = memchr(text, '\n', n);
    size_t length = newline ? (size_t)(newline - text) + 1 : n;
    *state = after_line(*state, text, length);
    return length;
}

static void scan_lines(pa_csv_scan *scan, const char *text, size_t n)
{
    for (int s = 0; s < PA_CSV_N_STATES; s++)
        scan->to[s] = (uint8_t)after_line((pa_csv_state)scan->to[s], text, n);
    scan->newlines += pa_csv_newlines(text, n);
}

const pa_record_rule pa_csv_rule = {pa_csv_record_end, pa_csv_scan_add};
const pa_record_rule pa_line_rule = {line_end, scan_lines};

/* ---- records ---- */

static pa_status no_end(const pa_records *r, bool last, pa_error *err)
{
    long long line = (long long)r->line;
    if (last) {
        return pa_fail_at(err, PA_E_DATA, r->file, r->line,
                          "%s:%lld: a quote that is opened in this row is never closed", r->name,
                          line);
    }
    return pa_fail_at(err, PA_E_DATA, r->file, r->line,
                      "%s:%lld: the row is longer than %zu bytes%s", r->name, line, r->longest,
                      r->rule == &pa_csv_rule ? ": is a quote not closed?" : "");
}

/* The record at text. *used is 0 where more text is needed. */
static pa_status take_one(pa_records *r, const char *text, size_t n, bool last, size_t *used,
                          pa_error *err)
{
    pa_csv_state state = PA_CSV_RECORD;
    size_t length = r->rule->end(&state, text, n);
    *used = 0;
    if (length > r->longest) return no_end(r, false, err);
    if (state != PA_CSV_RECORD && !last) return PA_OK;
    if (state == PA_CSV_QUOTED) return no_end(r, true, err);
    PA_TRY(r->take(r->taker, r->line, text, pa_csv_trim_line_end(text, length), err));
    r->line += pa_csv_newlines(text, length);
    *used = length;
    return PA_OK;
}

pa_status pa_records_split(pa_records *r, const char *text, size_t n, size_t own, bool last,
                           size_t *used, pa_error *err)
{
    *used = 0;
    for (size_t i = 0, step; i < n; i += step) {
        if (r->state != PA_CSV_RECORD) {
            step = r->rule->end(&r->state, text + i, n - i);
            r->line += pa_csv_newlines(text + i, step);
        } else {
            if (i >= own) break;
            PA_TRY(take_one(r, text + i, n - i, last, &step, err));
            if (step == 0) break;
        }
        *used = i + step;
    }
    return PA_OK;
}

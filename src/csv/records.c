#include "paraudit/csv/records.h"

#include <string.h>

const pa_csv_signs pa_line_signs = {.separator = '\0'};

/* ---- steps ---- */

static void advance(pa_record_walk *w, const pa_record_seen *seen)
{
    w->line += seen->lines - !seen->ends;
    w->state = seen->ends ? PA_CSV_RECORD : PA_CSV_PLAIN;
}

static pa_record_verdict pass_return(pa_record_walk *w, const char *text, size_t n, bool last,
                                     pa_record_seen *seen)
{
    if (n == 0 && !last) return PA_RECORD_MORE;
    *seen = (pa_record_seen){.length = n > 0 && text[0] == '\n', .lines = 1, .ends = true};
    advance(w, seen);
    return PA_RECORD_PASSED;
}

/* Over the rest of a line. A carriage return at the end of the text may be half of its
 * end. */
static pa_record_verdict pass_line(pa_record_walk *w, const char *text, size_t n,
                                   pa_record_seen *seen)
{
    size_t i = 0;
    while (i < n && text[i] != '\n' && text[i] != '\r') i++;
    *seen = (pa_record_seen){.length = i < n ? i + 1 : n, .body = i, .lines = 1};
    if (i < n && text[i] == '\r') {
        w->state = PA_CSV_RETURN;
    } else if (i < n) {
        seen->ends = true;
        advance(w, seen);
    }
    return PA_RECORD_PASSED;
}

pa_record_verdict pa_record_step(pa_record_walk *w, const char *text, size_t n, bool last,
                                 char *scratch, pa_csv_field field[], size_t room,
                                 pa_record_seen *seen)
{
    if (w->state == PA_CSV_RETURN) return pass_return(w, text, n, last, seen);
    if (n == 0) return PA_RECORD_MORE;
    if (w->state != PA_CSV_RECORD) return pass_line(w, text, n, seen);
    pa_record_verdict v = pa_record_judge(w->rule, text, n, last, scratch, field, room, seen);
    if (v == PA_RECORD_MORE) return v;
    if (w->lost && v == PA_RECORD_GOOD) {
        w->lost = false;
        *seen = (pa_record_seen){0};
        return PA_RECORD_PASSED;
    }
    advance(w, seen);
    seen->row_like = w->lost && v == PA_RECORD_FIELDS && 2 * seen->n_fields >= w->rule->n_fields;
    if (w->lost) return PA_RECORD_PASSED;
    w->lost = pa_record_is_broken(v);
    return v;
}

/* ---- records ---- */

static pa_status broken(const pa_records *r, int64_t at, pa_record_verdict v, pa_error *err)
{
    const pa_record_rule *rule = r->walk.rule;
    long long line = (long long)at;
    switch (v) {
    case PA_RECORD_LONG:
        return pa_fail_at(err, PA_E_DATA, r->file, at,
                          "%s:%lld: the row is longer than %zu bytes%s", r->name, line,
                          rule->longest, rule->signs.quote ? ": is a quote not closed?" : "");
    case PA_RECORD_OPEN:
        return pa_fail_at(err, PA_E_DATA, r->file, at,
                          "%s:%lld: a quote that is opened in this row is never closed", r->name,
                          line);
    case PA_RECORD_BEHIND:
        return pa_fail_at(err, PA_E_DATA, r->file, at,
                          "%s:%lld: text follows a closing quote in this row", r->name, line);
    case PA_RECORD_LINES:
        return pa_fail_at(err, PA_E_DATA, r->file, at,
                          "%s:%lld: a quoted field of this row takes more than %lld lines", r->name,
                          line, (long long)rule->most_lines);
    default:
        return pa_fail_at(err, PA_E_DATA, r->file, at,
                          "%s:%lld: a quote that is opened in this row takes other rows in",
                          r->name, line);
    }
}

/* A record, if v is one, goes to the taker. */
static pa_status take(pa_records *r, int64_t line, const char *text, pa_record_verdict v,
                      const pa_record_seen *seen, pa_error *err)
{
    if (pa_record_is_broken(v)) return broken(r, line, v, err);
    if (v > PA_RECORD_FIELDS) return PA_OK;
    return r->take(r->taker, line, text, seen->body, err);
}

pa_status pa_records_split(pa_records *r, const char *text, size_t n, size_t own, bool last,
                           size_t *used, pa_error *err)
{
    *used = 0;
    for (size_t i = 0; i < n;) {
        pa_record_seen seen;
        int64_t line = r->walk.line;
        if (i >= own && pa_record_walk_is_at_start(&r->walk)) break;
        pa_record_verdict v = pa_record_step(&r->walk, text + i, n - i, last, NULL, NULL, 0, &seen);
        if (v == PA_RECORD_MORE) break;
        PA_TRY(take(r, line, text + i, v, &seen, err));
        i += seen.length;
        *used = i;
    }
    return PA_OK;
}

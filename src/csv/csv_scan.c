/* What a stretch of bytes does to quotes and lines, whatever came before it. */
#include <string.h>

#include "paraudit/csv/csv.h"

const pa_csv_signs pa_csv_commas = {.separator = ',', .quote = '"'};

const pa_csv_scan pa_csv_scan_start = {
    .to = {PA_CSV_RECORD, PA_CSV_FIELD, PA_CSV_PLAIN, PA_CSV_QUOTED, PA_CSV_CLOSED, PA_CSV_RETURN,
           PA_CSV_ESCAPED, PA_CSV_QUOTED_ESCAPED, PA_CSV_BROKEN}};

static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

/* Outside of quotes; c may open them only where a field begins. */
static pa_csv_state step_outside(const pa_csv_signs *s, bool begins, char c)
{
    if (c == '\n') return PA_CSV_RECORD;
    if (c == '\r') return PA_CSV_RETURN;
    if (c == s->separator) return PA_CSV_FIELD;
    if (s->escape && c == s->escape) return PA_CSV_ESCAPED;
    if (s->blanks && begins && c == ' ') return PA_CSV_FIELD;
    return begins && s->quote && c == s->quote ? PA_CSV_QUOTED : PA_CSV_PLAIN;
}

static pa_csv_state step_quoted(const pa_csv_signs *s, char c)
{
    if (ends_line(c)) return PA_CSV_BROKEN;
    if (s->escape && c == s->escape) return PA_CSV_QUOTED_ESCAPED;
    return c == s->quote ? PA_CSV_CLOSED : PA_CSV_QUOTED;
}

static pa_csv_state step_closed(const pa_csv_signs *s, char c)
{
    if (c == s->quote) return PA_CSV_QUOTED;
    return c == s->separator || ends_line(c) ? step_outside(s, false, c) : PA_CSV_BROKEN;
}

static pa_csv_state step(const pa_csv_signs *s, pa_csv_state state, char c)
{
    switch (state) {
    case PA_CSV_RECORD:
    case PA_CSV_FIELD:
        return step_outside(s, true, c);
    case PA_CSV_PLAIN:
        return step_outside(s, false, c);
    case PA_CSV_QUOTED:
        return step_quoted(s, c);
    case PA_CSV_CLOSED:
        return step_closed(s, c);
    case PA_CSV_RETURN:
        return c == '\n' ? PA_CSV_RECORD : step_outside(s, true, c);
    case PA_CSV_ESCAPED:
        return ends_line(c) ? PA_CSV_BROKEN : PA_CSV_PLAIN;
    case PA_CSV_QUOTED_ESCAPED:
        return ends_line(c) ? PA_CSV_BROKEN : PA_CSV_QUOTED;
    case PA_CSV_BROKEN:
    case PA_CSV_N_STATES:
        break;
    }
    return PA_CSV_BROKEN;
}

/* Outside of quotes and escapes, from a state that is not CLOSED, over text that has
 * neither: only the last two bytes count, the last but one where it is half a line end. */
static pa_csv_state over_plain(const pa_csv_signs *s, pa_csv_state state, const char *text,
                               size_t n)
{
    return n == 0 ? state : step(s, n == 1 ? state : PA_CSV_PLAIN, text[n - 1]);
}

/* Does the quote at text[i] open quoting, when text[0] was met in `state` outside of
 * quotes and nothing before i opened them? */
static bool opens(const pa_csv_signs *s, pa_csv_state state, const char *text, size_t i)
{
    if (i > 0) return text[i - 1] == s->separator || ends_line(text[i - 1]);
    return state == PA_CSV_RECORD || state == PA_CSV_FIELD || state == PA_CSV_RETURN;
}

static pa_csv_state byte_by_byte(const pa_csv_signs *s, pa_csv_state state, const char *text,
                                 size_t n)
{
    for (size_t i = 0; i < n && state != PA_CSV_BROKEN; i++) state = step(s, state, text[i]);
    return state;
}

/* Over the rest of "...": up to the quote that may close it, or a line's end, which
 * breaks it. *used: bytes walked over. */
static pa_csv_state over_quoted(const pa_csv_signs *s, const char *text, size_t n, size_t *used)
{
    const char *quote = memchr(text, s->quote, n);
    size_t inside = quote ? (size_t)(quote - text) : n;
    *used = quote ? inside + 1 : n;
    if (memchr(text, '\n', inside) || memchr(text, '\r', inside)) return PA_CSV_BROKEN;
    return quote ? PA_CSV_CLOSED : PA_CSV_QUOTED;
}

/* Jumps from quote to quote: most text has none. */
pa_csv_state pa_csv_after(const pa_csv_signs *s, pa_csv_state state, const char *text, size_t n)
{
    if (s->escape || s->blanks || state == PA_CSV_ESCAPED || state == PA_CSV_QUOTED_ESCAPED) {
        return byte_by_byte(s, state, text, n);
    }
    for (size_t i = 0, used; i < n && state != PA_CSV_BROKEN; i += used) {
        if (state == PA_CSV_QUOTED) {
            state = over_quoted(s, text + i, n - i, &used);
            continue;
        }
        if (state == PA_CSV_CLOSED) {
            state = step(s, state, text[i]);
            used = 1;
            continue;
        }
        const char *quote = s->quote ? memchr(text + i, s->quote, n - i) : NULL;
        if (!quote) return over_plain(s, state, text + i, n - i);
        used = (size_t)(quote - text) - i + 1;
        state = opens(s, state, text + i, used - 1) ? PA_CSV_QUOTED : PA_CSV_PLAIN;
    }
    return state;
}

/* ---- lines ---- */

/* Positions where the byte is c and, if `alone`, the one behind it no newline. Bytes are
 * counted in lanes of eight bits, 255 at most, so that the compiler counts a vector at a
 * time; n: positions, behind which `alone` needs a further byte. */
static int64_t count(const char *text, size_t n, char c, bool alone)
{
    int64_t found = 0;
    size_t i = 0;
    while (n - i >= 32) {
        uint8_t lane[32] = {0};
        size_t full = (n - i) / 32 < 255 ? (n - i) / 32 : 255;
        for (size_t k = 0; k < full; k++, i += 32) {
            for (size_t j = 0; j < 32; j++) {
                bool hit = text[i + j] == c;
                if (alone) hit &= text[i + j + 1] != '\n';
                lane[j] = (uint8_t)(lane[j] + hit);
            }
        }
        for (size_t j = 0; j < 32; j++) found += lane[j];
    }
    for (; i < n; i++) found += text[i] == c && (!alone || text[i + 1] != '\n');
    return found;
}

int64_t pa_csv_line_ends(const char *text, size_t n)
{
    int64_t newlines = count(text, n, '\n', false);
    if (n == 0 || !memchr(text, '\r', n)) return newlines;
    return newlines + count(text, n - 1, '\r', true) + (text[n - 1] == '\r');
}

void pa_csv_scan_join(pa_csv_scan *a, const pa_csv_scan *b)
{
    if (b->bytes == 0) return;
    for (int s = 0; s < PA_CSV_N_STATES; s++) a->to[s] = b->to[a->to[s]];
    a->line_ends += b->line_ends + (a->bytes > 0 && a->last == '\r' && b->first != '\n');
    if (a->bytes == 0) a->first = b->first;
    a->last = b->last;
    a->bytes += b->bytes;
}

/* Bytes up to and with the first line end, half of one at least; n where there is none. */
static size_t first_line(const char *text, size_t n)
{
    const char *newline = memchr(text, '\n', n);
    if (newline) n = (size_t)(newline - text) + 1;
    const char *back = memchr(text, '\r', n);
    return back ? (size_t)(back - text) + 1 : n;
}

/* Behind the first line's end it is the same whatever came before, or broken. */
void pa_csv_scan_add(pa_csv_scan *scan, const pa_csv_signs *signs, const char *text, size_t n)
{
    if (n == 0) return;
    size_t line = first_line(text, n);
    bool ends = ends_line(text[line - 1]);
    pa_csv_state then = text[line - 1] == '\n' ? PA_CSV_RECORD : PA_CSV_RETURN;
    if (ends) then = pa_csv_after(signs, then, text + line, n - line);
    pa_csv_scan piece = {.bytes = (int64_t)n, .first = text[0], .last = text[n - 1]};
    for (int s = 0; s < PA_CSV_N_STATES; s++) {
        pa_csv_state at = pa_csv_after(signs, (pa_csv_state)s, text, line);
        piece.to[s] = (uint8_t)(ends && at != PA_CSV_BROKEN ? then : at);
    }
    piece.line_ends = pa_csv_line_ends(text, n) - (piece.last == '\r');
    pa_csv_scan_join(scan, &piece);
}

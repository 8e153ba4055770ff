/* What a stretch of bytes does to quotes and lines, whatever came before it. */
#include <string.h>

#include "paraudit/csv/csv.h"

const pa_csv_scan pa_csv_scan_start = {
    .to = {PA_CSV_RECORD, PA_CSV_FIELD, PA_CSV_PLAIN, PA_CSV_QUOTED, PA_CSV_CLOSED}};

static pa_csv_state step(pa_csv_state state, char c)
{
    if (state == PA_CSV_QUOTED) return c == '"' ? PA_CSV_CLOSED : PA_CSV_QUOTED;
    if (c == '\n') return PA_CSV_RECORD;
    if (c == ',') return PA_CSV_FIELD;
    if (c == '"' && state != PA_CSV_PLAIN) return PA_CSV_QUOTED;
    return PA_CSV_PLAIN;
}

/* Does the quote at text[i] open quoting, when text[0] was met in `state`
 * outside of quotes and nothing before i opened them? */
static bool opens(pa_csv_state state, const char *text, size_t i)
{
    if (i > 0) return text[i - 1] == ',' || text[i - 1] == '\n';
    return state == PA_CSV_RECORD || state == PA_CSV_FIELD;
}

/* Outside of quotes, from a state that is not CLOSED, over text without an
 * opening quote: only the last byte counts. */
static pa_csv_state outside(pa_csv_state state, const char *text, size_t n)
{
    return n == 0 ? state : step(PA_CSV_PLAIN, text[n - 1]);
}

/* Jumps from quote to quote: most text has none. */
pa_csv_state pa_csv_after(pa_csv_state state, const char *text, size_t n)
{
    size_t i = 0;
    while (i < n) {
        if (state == PA_CSV_CLOSED) {
            state = step(state, text[i++]);
            continue;
        }
        const char *quote = memchr(text + i, '"', n - i);
        if (state == PA_CSV_QUOTED) {
            if (!quote) return PA_CSV_QUOTED;
            state = PA_CSV_CLOSED;
            i = (size_t)(quote - text) + 1;
            continue;
        }
        if (!quote) return outside(state, text + i, n - i);
        size_t at = (size_t)(quote - text);
        state = opens(state, text + i, at - i) ? PA_CSV_QUOTED : PA_CSV_PLAIN;
        i = at + 1;
    }
    return state;
}

size_t pa_csv_record_end(pa_csv_state *state, const char *text, size_t n)
{
    size_t i = 0;
    while (i < n) {
        const char *newline = memchr(text + i, '\n', n - i);
        size_t end = newline ? (size_t)(newline - text) + 1 : n;
        *state = pa_csv_after(*state, text + i, end - i);
        i = end;
        if (newline && *state == PA_CSV_RECORD) break;
    }
    return i;
}

/* Bytes are counted in lanes of eight bits, 255 at most, so that the compiler
 * counts a vector at a time. */
int64_t pa_csv_newlines(const char *text, size_t n)
{
    int64_t count = 0;
    for (size_t i = 0; i < n;) {
        uint8_t lane[32] = {0};
        size_t full = (n - i) / 32 < 255 ? (n - i) / 32 : 255;
        for (size_t k = 0; k < full; k++, i += 32) {
            for (size_t j = 0; j < 32; j++) lane[j] = (uint8_t)(lane[j] + (text[i + j] == '\n'));
        }
        for (size_t j = 0; j < 32; j++) count += lane[j];
        if (full < 255) {
            for (; i < n; i++) count += text[i] == '\n';
        }
    }
    return count;
}

void pa_csv_scan_add(pa_csv_scan *scan, const char *text, size_t n)
{
    pa_csv_state to[PA_CSV_N_STATES];
    bool known = n > 0 && !memchr(text, '"', n); /* then only quoted or not matters */
    for (int s = 0; s < PA_CSV_N_STATES; s++) {
        if (known)
            to[s] = s == PA_CSV_QUOTED ? PA_CSV_QUOTED : step(PA_CSV_PLAIN, text[n - 1]);
        else
            to[s] = pa_csv_after((pa_csv_state)s, text, n);
    }
    for (int s = 0; s < PA_CSV_N_STATES; s++) scan->to[s] = (uint8_t)to[scan->to[s]];
    scan->newlines += pa_csv_newlines(text, n);
}

/* One record: where it ends, its fields, and whether it can be believed. */
#include <string.h>

#include "paraudit/csv/records.h"

/* Where the reading of a field stopped. */
typedef enum {
    AT_SEPARATOR,
    AT_LINE_END,
    AT_LIMIT,      /* no further byte is to be seen */
    AT_LIMIT_OPEN, /* the same, within quotes */
    AT_TEXT,       /* behind a closing quote */
    AT_LINES       /* too many within quotes */
} stop;

typedef struct {
    const pa_record_rule *rule;
    const char *text;
    size_t n;  /* bytes that may be looked at */
    size_t at; /* of the next one */
    char *scratch;
    int64_t line_ends; /* within fields */
} reader;

static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

/* Whether a line ends with the byte at i; of both bytes of a line end with the second. */
static bool line_is_over(const reader *r, size_t i)
{
    char c = r->text[i];
    return c == '\n' || (c == '\r' && (i + 1 == r->n || r->text[i + 1] != '\n'));
}

static stop stop_at(const reader *r)
{
    if (r->at == r->n) return AT_LIMIT;
    char c = r->text[r->at];
    if (c == r->rule->signs.separator) return AT_SEPARATOR;
    return ends_line(c) ? AT_LINE_END : AT_TEXT;
}

/* text[from .. to) without its escapes and with one quote for two. */
static pa_csv_field unescape(reader *r, size_t from, size_t to)
{
    const pa_csv_signs *s = &r->rule->signs;
    char *out = r->scratch;
    for (size_t i = from; i < to; i++) {
        bool escape = s->escape && r->text[i] == s->escape;
        bool doubled =
            s->quote && r->text[i] == s->quote && i + 1 < to && r->text[i + 1] == s->quote;
        if ((escape || doubled) && i + 1 < to) i++;
        *r->scratch++ = r->text[i];
    }
    return (pa_csv_field){out, (size_t)(r->scratch - out)};
}

/* Whether any of eight bytes is a control character, up to the carriage return. */
static bool has_control(const char *text)
{
    const uint64_t ones = UINT64_MAX / 255, above = '\r' + 1;
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return (word - ones * above) & ~word & ones << 7;
}

/* Where a field ends in which nothing is escaped. */
static size_t plain_end(const reader *r)
{
    const char *text = r->text, separator = r->rule->signs.separator;
    size_t n = r->n, i = r->at;
    if (separator == '\0')
        while (n - i >= 8 && !has_control(text + i)) i += 8;
    while (i < n && text[i] != separator && !ends_line(text[i])) i++;
    return i;
}

static stop read_plain(reader *r, pa_csv_field *f)
{
    const pa_csv_signs *s = &r->rule->signs;
    size_t from = r->at, i = s->escape ? from : plain_end(r);
    bool escaped = false;
    for (; i < r->n; i++) {
        char c = r->text[i];
        if (c == s->separator || ends_line(c)) break;
        if (!s->escape || c != s->escape) continue;
        escaped = true;
        if (i + 1 < r->n) r->line_ends += line_is_over(r, ++i);
    }
    r->at = i;
    if (f) {
        *f = (pa_csv_field){r->text + from, i - from};
        /* Quotes within stay as they are: only escapes go. */
        if (escaped) {
            pa_record_rule bare = *r->rule;
            bare.signs.quote = '\0';
            reader copy = {.rule = &bare, .text = r->text, .scratch = r->scratch};
            *f = unescape(&copy, from, i);
            r->scratch = copy.scratch;
        }
    }
    return stop_at(r);
}

/* Walks to the closing quote; r->at behind it then. */
static stop close_quote(reader *r, bool *spoiled)
{
    const pa_csv_signs *s = &r->rule->signs;
    int64_t lines = 1;
    for (size_t i = r->at; i < r->n; i++) {
        char c = r->text[i];
        if (s->escape && c == s->escape) {
            *spoiled = true;
            if (++i < r->n) r->line_ends += line_is_over(r, i);
        } else if (c == s->quote) {
            if (i + 1 == r->n || r->text[i + 1] != s->quote) {
                r->at = i + 1;
                return stop_at(r);
            }
            *spoiled = true;
            i++;
        } else if (line_is_over(r, i)) {
            r->line_ends++;
            if (++lines > r->rule->most_lines && r->rule->most_lines > 0) return AT_LINES;
        }
    }
    return AT_LIMIT_OPEN;
}

static size_t behind_blanks(const reader *r)
{
    size_t i = r->at;
    while (i < r->n && r->text[i] == ' ') i++;
    return i;
}

static stop read_quoted(reader *r, pa_csv_field *f)
{
    bool spoiled = false;
    size_t from = ++r->at;
    stop st = close_quote(r, &spoiled);
    if (f && st != AT_LIMIT_OPEN && st != AT_LINES) {
        *f = (pa_csv_field){r->text + from, r->at - 1 - from};
        if (spoiled) *f = unescape(r, from, r->at - 1);
    }
    if (st != AT_TEXT || !r->rule->signs.blanks) return st;
    r->at = behind_blanks(r);
    return stop_at(r);
}

static stop read_field(reader *r, pa_csv_field *f)
{
    char quote = r->rule->signs.quote;
    size_t begin = r->rule->signs.blanks ? behind_blanks(r) : r->at;
    if (begin < r->n && r->text[begin] == quote) r->at = begin;
    bool quoted = quote && r->at < r->n && r->text[r->at] == quote;
    return quoted ? read_quoted(r, f) : read_plain(r, f);
}

/* Bytes of the line end at text[at], which is one; 0: a byte more is needed. */
static size_t line_end(const char *text, size_t n, bool last, size_t at)
{
    if (text[at] == '\n') return 1;
    if (at + 1 == n) return last ? 1 : 0;
    return text[at + 1] == '\n' ? 2 : 1;
}

/* The first line of what is broken. False: more text is needed. */
static bool see_first_line(const pa_record_rule *rule, const char *text, size_t n, bool last,
                           pa_record_seen *seen)
{
    size_t i = 0;
    while (i < n && !ends_line(text[i])) i++;
    size_t end = i < n ? line_end(text, n, last, i) : 0;
    if (end == 0 && !last && n <= rule->longest) return false;
    seen->body = i;
    seen->length = i + end;
    seen->lines = 1;
    seen->ends = end > 0;
    return true;
}

/* Reads text as one line, and asks. */
static bool is_row(const pa_record_rule *rule, const char *text, size_t n)
{
    pa_record_rule line = *rule;
    pa_record_seen seen;
    line.is_row = NULL;
    line.most_lines = 1;
    return pa_record_judge(&line, text, n, true, NULL, NULL, 0, &seen) == PA_RECORD_GOOD &&
           rule->is_row(rule->asker, text, n);
}

/* Whether the first line has all fields of a row, were its quotes signs like others. */
static bool first_line_is_whole(const reader *r)
{
    pa_record_rule plain = *r->rule;
    pa_record_seen seen;
    size_t n = 0;
    while (n < r->n && !ends_line(r->text[n])) n++;
    plain.signs.quote = '\0';
    plain.is_row = NULL;
    return n > 0 &&
           pa_record_judge(&plain, r->text, n, true, NULL, NULL, 0, &seen) == PA_RECORD_GOOD;
}

/* The lines within field number `which`, text[from .. to). The one on which it closes goes
 * on to the end of that line: of a first or second field so much of a record lies behind it
 * that it would look like a row whatever was written, so there the record's first line must
 * look like one, too. */
static bool has_row(const reader *r, size_t which, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (!ends_line(r->text[i])) continue;
        size_t begin = i + 1, end = begin;
        while (end < r->n && !ends_line(r->text[end])) end++;
        bool closes = end >= to;
        if (closes && which < 2 && !first_line_is_whole(r)) continue;
        if (is_row(r->rule, r->text + begin, end - begin)) return true;
    }
    return false;
}

/* Whether a record of several lines, body bytes of it, has taken a row in. */
static bool has_rows_within(const pa_record_rule *rule, const char *text, size_t body)
{
    reader r = {.rule = rule, .text = text, .n = body};
    if (!rule->is_row || rule->n_fields < 2) return false;
    for (size_t which = 0;; which++) {
        size_t from = r.at;
        int64_t before = r.line_ends;
        stop st = read_field(&r, NULL);
        if (r.line_ends > before && has_row(&r, which, from, r.at)) return true;
        if (st != AT_SEPARATOR) return false;
        r.at++;
    }
}

static pa_record_verdict judge_whole(const pa_record_rule *rule, const char *text,
                                     int64_t line_ends, const pa_record_seen *seen)
{
    bool right = rule->n_fields == 0 || seen->n_fields == rule->n_fields;
    if (line_ends == 0) return right ? PA_RECORD_GOOD : PA_RECORD_FIELDS;
    if (!right) return PA_RECORD_MANY_FIELDS;
    return has_rows_within(rule, text, seen->body) ? PA_RECORD_ROWS : PA_RECORD_GOOD;
}

/* What it means that reading stopped, at a place where no record goes on. */
static pa_record_verdict judge_stop(const reader *r, stop st, size_t n, bool last,
                                    pa_record_seen *seen)
{
    const pa_record_rule *rule = r->rule;
    bool seen_all = last && r->n == n;
    size_t end = 0;
    if (st == AT_TEXT) return PA_RECORD_BEHIND;
    if (st == AT_LINES) return PA_RECORD_LINES;
    if (st == AT_LINE_END) {
        end = line_end(r->text, n, last, r->at);
        if (end == 0 && r->at + 1 <= rule->longest) return PA_RECORD_MORE;
    } else if (!seen_all) {
        return r->n > rule->longest ? PA_RECORD_LONG : PA_RECORD_MORE;
    }
    seen->body = r->at;
    seen->length = r->at + end;
    seen->ends = end > 0;
    seen->lines = 1 + r->line_ends;
    if (r->at + (st == AT_LINE_END && end == 0) + end > rule->longest) return PA_RECORD_LONG;
    if (st == AT_LIMIT_OPEN) return PA_RECORD_OPEN;
    return judge_whole(rule, r->text, r->line_ends, seen);
}

static pa_record_verdict read_record(reader *r, size_t n, bool last, pa_csv_field field[],
                                     size_t room, pa_record_seen *seen)
{
    for (;;) {
        stop st = read_field(r, seen->n_fields < room ? field + seen->n_fields : NULL);
        seen->n_fields++;
        if (st != AT_SEPARATOR) return judge_stop(r, st, n, last, seen);
        r->at++;
        /* Too many over several lines: what follows makes it no better, and may be long. */
        if (r->line_ends > 0 && seen->n_fields >= r->rule->n_fields && r->rule->n_fields > 0) {
            seen->n_fields++;
            return PA_RECORD_MANY_FIELDS;
        }
    }
}

/* Old systems end a file with control-Z. */
static bool is_blank(const char *text, size_t n, bool last)
{
    return ends_line(text[0]) || (text[0] == '\x1a' && n == 1 && last);
}

pa_record_verdict pa_record_judge(const pa_record_rule *rule, const char *text, size_t n, bool last,
                                  char *scratch, pa_csv_field field[], size_t room,
                                  pa_record_seen *seen)
{
    reader r = {.rule = rule, .text = text, .n = n, .scratch = scratch};
    *seen = (pa_record_seen){0};
    if (n > 0 && is_blank(text, n, last)) {
        size_t end = ends_line(text[0]) ? line_end(text, n, last, 0) : 0;
        if (end == 0 && text[0] == '\r') return PA_RECORD_MORE;
        *seen = (pa_record_seen){.length = end ? end : 1, .lines = 1, .ends = end > 0};
        return PA_RECORD_BLANK;
    }
    if (n > rule->longest) r.n = rule->longest + 1;
    pa_record_verdict v = read_record(&r, n, last, field, room, seen);
    if (!pa_record_is_broken(v)) return v;
    return see_first_line(rule, text, n, last, seen) ? v : PA_RECORD_MORE;
}

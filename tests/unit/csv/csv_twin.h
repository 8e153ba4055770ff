/* What the tests of the CSV kernel share: a reader that takes one byte at a time,
 * drawn texts, and parsing in pieces. */
#ifndef PARAUDIT_TESTS_UNIT_CSV_CSV_TWIN_H
#define PARAUDIT_TESTS_UNIT_CSV_CSV_TWIN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "paraudit/base/array.h"
#include "paraudit/csv/csv.h"
#include "unit.h"

enum { MOST_FIELDS = 40 };

/* ---- the slow twin: one byte at a time, fields as buffers ------------------- */

typedef struct {
    int64_t line, last; /* from which to which it reaches */
    size_t n_fields;
    size_t bytes; /* with the line end */
    bool blank;
    pa_reject_reason reason; /* what is wrong with the text of it; PA_REJECT_N: nothing */
    pa_buffer field[MOST_FIELDS];
} record;

/* How the records of a text end, and whether one of a single line is a row. */
typedef struct {
    size_t columns, max_record;
    int64_t max_field_lines;
    bool (*is_row)(const record *r, const void *of);
    const void *of;
} twin_rule;

static inline void put(record *r, char c)
{
    pa_error err = {0};
    if (r->n_fields <= MOST_FIELDS) pa_buffer_add(&r->field[r->n_fields - 1], &c, 1, &err);
}

static inline void free_record(record *r)
{
    for (size_t i = 0; i < MOST_FIELDS; i++) pa_buffer_free(&r->field[i]);
}

static inline bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Does a line end with byte i? A carriage return before a newline is half of one. */
static inline bool ends_at(const char *text, size_t n, size_t i)
{
    return text[i] == '\n' || (text[i] == '\r' && (i + 1 == n || text[i + 1] != '\n'));
}

/* Bytes of the line at text, with its end. */
static inline size_t line_bytes(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && !ends_at(text, n, i)) i++;
    return i < n ? i + 1 : n;
}

static inline void read_one(const twin_rule *rule, const char *text, size_t n, record *r);

/* Is the line at text a row, and are there lines? */
static inline bool line_is_row(const twin_rule *rule, const char *text, size_t n)
{
    twin_rule one = *rule;
    record r;
    size_t bytes = line_bytes(text, n);
    while (bytes > 0 && is_line_end(text[bytes - 1])) bytes--;
    one.is_row = NULL;
    one.max_field_lines = 1;
    read_one(&one, text, bytes, &r);
    bool row = !r.blank && r.reason == PA_REJECT_N && rule->is_row(&r, rule->of);
    free_record(&r);
    return row;
}

static inline size_t commas_before_line_end(const char *text, size_t n)
{
    size_t commas = 0;
    for (size_t i = 0; i < n && !is_line_end(text[i]); i++) commas += text[i] == ',';
    return commas;
}

/* The lines of field number `which`, text[from .. to), that are rows. */
static inline bool takes_rows_in(const twin_rule *rule, const char *text, size_t n, size_t which,
                                 size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (!ends_at(text, n, i)) continue;
        size_t begin = i + 1, end = begin;
        while (end < n && !is_line_end(text[end])) end++;
        bool closes = end >= to;
        if (closes && which < 2 && commas_before_line_end(text, n) + 1 != rule->columns) continue;
        if (line_is_row(rule, text + begin, n - begin)) return true;
    }
    return false;
}

/* One record at text[0 .. n), n > 0. */
static inline void read_one(const twin_rule *rule, const char *text, size_t n, record *r)
{
    enum { BEGIN, BARE, QUOTED, AFTER } at = BEGIN;
    size_t seen = n < rule->max_record + 1 ? n : rule->max_record + 1, i = 0, from = 0, ends = 0;
    int64_t lines = 0, inner = 0;
    bool rows = false;
    *r = (record){.n_fields = 1, .reason = PA_REJECT_N};
    if (n == 0) return;
    r->blank = is_line_end(text[0]) || (n == 1 && text[0] == '\x1a');
    for (; i < seen; i++) {
        char c = text[i];
        if (at == QUOTED) {
            if (c == '"') {
                at = AFTER;
                continue;
            }
            bool over = ends_at(text, seen, i);
            lines += over;
            inner += over;
            if (over && lines >= rule->max_field_lines) {
                r->reason = PA_REJECT_FIELD_LINES;
                break;
            }
            put(r, c);
            continue;
        }
        if (at == AFTER && c != '"') {
            if (rule->is_row && lines > 0)
                rows |= takes_rows_in(rule, text, n, r->n_fields - 1, from, i);
            if (c != ',' && !is_line_end(c)) {
                r->reason = PA_REJECT_BEHIND_QUOTE;
                break;
            }
        }
        if (is_line_end(c)) {
            ends = c == '\r' && i + 1 < n && text[i + 1] == '\n' ? 2 : 1;
            break;
        }
        if (c == ',') {
            r->n_fields++;
            at = BEGIN;
            if (inner > 0 && r->n_fields > rule->columns) {
                r->reason = PA_REJECT_FIELDS;
                break;
            }
        } else if (c == '"' && at == BEGIN) {
            at = QUOTED;
            from = i;
            lines = 0;
        } else if (c == '"' && at == AFTER) {
            put(r, '"');
            at = QUOTED;
        } else {
            put(r, c);
            at = BARE;
        }
    }
    if (i == n && at == AFTER && rule->is_row && lines > 0)
        rows |= takes_rows_in(rule, text, n, r->n_fields - 1, from, n);
    r->bytes = i + ends;
    r->last = inner;
    if (r->reason != PA_REJECT_N) return;
    if (r->bytes > rule->max_record)
        r->reason = PA_REJECT_LONG_RECORD;
    else if (at == QUOTED)
        r->reason = PA_REJECT_OPEN_QUOTE;
    else if (r->n_fields != rule->columns)
        r->reason = PA_REJECT_FIELDS;
    else if (rows)
        r->reason = PA_REJECT_ROWS_IN_FIELD;
}

/* Whether it has told where the next one begins. */
static inline bool is_sure(const record *r)
{
    bool one_line = r->reason == PA_REJECT_FIELDS && r->last == 0;
    return r->blank || r->reason == PA_REJECT_N || one_line;
}

/* Reads one record from text[0 .. n), n > 0, and with a broken one the lines that it
 * costs; returns the bytes. */
static inline size_t read_slowly(const twin_rule *rule, const char *text, size_t n, int64_t *line,
                                 record *r)
{
    read_one(rule, text, n, r);
    bool sure = is_sure(r);
    r->line = *line;
    r->last += *line;
    size_t used = r->bytes;
    if (r->blank) used = is_line_end(text[0]) ? line_bytes(text, n) : 1;
    if (sure) {
        *line = r->last + 1;
        return used;
    }
    used = line_bytes(text, n);
    r->last = (*line)++;
    while (used < n) {
        record next;
        read_one(rule, text + used, n - used, &next);
        bool found = !next.blank && next.reason == PA_REJECT_N;
        free_record(&next);
        if (found) break;
        used += line_bytes(text + used, n - used);
        r->last = (*line)++;
    }
    return used;
}

static inline const char *text_of(const pa_buffer *b, size_t *n)
{
    const char *t = b->length ? b->data : "";
    *n = b->length;
    while (*n && (t[*n - 1] == ' ' || t[*n - 1] == '\t')) --*n;
    while (*n && (*t == ' ' || *t == '\t')) t++, --*n;
    return t;
}

/* Two-byte characters are all that the texts below have beside ASCII, and those of three
 * that begin with 0xe2. */
static inline bool is_text(const unsigned char *t, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (t[i] == 0) return false;
        if (t[i] < 0x80) continue;
        bool three = t[i] == 0xe2 && i + 2 < n && (t[i + 2] & 0xc0) == 0x80;
        if (three && (t[i + 1] & 0xc0) == 0x80) {
            i += 2;
            continue;
        }
        if (t[i] < 0xc2 || t[i] > 0xdf || ++i == n || (t[i] & 0xc0) != 0x80) return false;
    }
    return true;
}

/* Nothing but blanks, in one field or in as many as there are columns. */
static inline bool is_blank(const record *r, size_t columns)
{
    if (r->n_fields != 1 && r->n_fields != columns) return false;
    for (size_t k = 0; k < r->n_fields; k++) {
        for (size_t i = 0; i < r->field[k].length; i++) {
            if (r->field[k].data[i] != ' ' && r->field[k].data[i] != '\t') return false;
        }
    }
    return true;
}

/* What the parsers of these tests take for nothing. */
static const char missing_list[] = "NULL, nan ,\\N";

static inline bool is_missing_word(const char *t, size_t n)
{
    static const char *const words[] = {"null", "nan", "\\n"};
    bool missing = n == 0;
    for (int i = 0; i < 3; i++) {
        bool same = n == strlen(words[i]);
        for (size_t k = 0; same && k < n; k++)
            same = (t[k] >= 'A' && t[k] <= 'Z' ? t[k] + 32 : t[k]) == words[i][k];
        missing |= same;
    }
    return missing;
}

/* A name as it is to be kept; n: its bytes, 0 for none. */
typedef struct {
    char text[64];
    size_t n;
    bool bad, cut; /* no text; it was longer than 64 bytes */
} kept_name;

/* One blank after the other is taken off, at either end. */
static inline void strip(const char **t, size_t *n)
{
    static const char *const blanks[] = {" ", "\t", "\r", "\n", "\xc2\xa0", "\xe2\x80\x8b"};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
            size_t m = strlen(blanks[i]);
            if (*n >= m && memcmp(*t, blanks[i], m) == 0) *t += m, *n -= m, again = true;
            if (*n >= m && memcmp(*t + *n - m, blanks[i], m) == 0) *n -= m, again = true;
        }
    }
}

static inline kept_name keep_slowly(const pa_buffer *name, bool may_miss)
{
    kept_name k = {.n = 0};
    const char *t = name->length ? name->data : "";
    size_t n = name->length;
    strip(&t, &n);
    if (may_miss && is_missing_word(t, n)) return k;
    k.bad = !is_text((const unsigned char *)t, n);
    k.cut = !k.bad && n > 64;
    if (k.bad || !k.cut) {
        k.n = n < 64 ? n : 64;
        memcpy(k.text, t, k.n);
        return k;
    }
    char whole[65];
    size_t head = 31;
    while (!is_text((const unsigned char *)t, head)) head--; /* not within a character */
    XXH128_hash_t h = XXH3_128bits(t, n);
    int length = snprintf(whole, sizeof whole, "%.*s~%016llx%016llx", (int)head, t,
                          (unsigned long long)h.high64, (unsigned long long)h.low64);
    k.n = (size_t)length;
    memcpy(k.text, whole, k.n);
    return k;
}

static inline int8_t read_label_slowly(const pa_buffer *field, bool *odd)
{
    static const char *const words[] = {"0", "1", "no", "yes", "false", "true", "genuine", "fraud",
                                        "n", "y", "f",  "t",   "0.0",   "1.0",  "0.00",    "1.00"};
    const char *t = field->length ? field->data : "";
    size_t n = field->length;
    strip(&t, &n);
    *odd = false;
    if (is_missing_word(t, n)) return -1;
    for (int i = 0; i < 16; i++) {
        bool same = n == strlen(words[i]);
        for (size_t k = 0; same && k < n; k++)
            same = (t[k] >= 'A' && t[k] <= 'Z' ? t[k] + 32 : t[k]) == words[i][k];
        if (same) return (int8_t)(i % 2);
    }
    char number[40], *end;
    snprintf(number, sizeof number, "%.*s", (int)n, t);
    double v = strtod(number, &end);
    bool whole = n < sizeof number && strspn(number, "+-.0123456789eE") == n && end == number + n;
    if (whole && (v == 0 || v == 1)) return (int8_t)v;
    *odd = true;
    return -1;
}

/* ---- random text ------------------------------------------------------------ */

static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

static inline size_t below(uint64_t *state, size_t n)
{
    return (size_t)(next_random(state) % n);
}

static inline void add(pa_buffer *text, const char *bytes, size_t n)
{
    pa_error err = {0};
    if (pa_buffer_add(text, bytes, n, &err) != PA_OK) abort();
}

static inline void add_field(pa_buffer *text, const char *value, uint64_t *state)
{
    bool must = strpbrk(value, ",\"\n") != NULL;
    if (!must && below(state, 4) != 0) {
        add(text, value, strlen(value));
        return;
    }
    add(text, "\"", 1);
    for (; *value; value++) add(text, *value == '"' ? "\"\"" : value, *value == '"' ? 2 : 1);
    add(text, "\"", 1);
}

static inline bool is_named(const pa_intern *t, int32_t code, const char *name, size_t n)
{
    if (code < 0) return n == 0;
    size_t from = t->start[code];
    return t->start[code + 1] - from == n && memcmp(t->bytes + from, name, n) == 0;
}

/* Sets the parser to where the reader of the whole text, which begins at line 2, comes to
 * at or behind byte `begin`; returns that byte. */
static inline size_t start_piece(pa_csv_intake *p, const char *text, size_t n, size_t begin)
{
    pa_csv_intake other = *p; /* its rows are not touched, but room for one may be made */
    const pa_record_rule rule = pa_csv_rule_of(&other);
    pa_record_walk walk = {&rule, PA_CSV_RECORD, 2, false};
    pa_error err = {0};
    other.rows = (pa_csv_batch){.has = p->rows.has};
    other.inner = (pa_buffer){0};
    if (pa_csv_reserve(&other.rows, 1, &err) != PA_OK) abort();
    size_t i = 0;
    while (i < n && !(i >= begin && pa_record_walk_is_at_start(&walk))) {
        pa_record_seen seen;
        pa_record_step(&walk, text + i, n - i, true, NULL, NULL, 0, &seen);
        i += seen.length;
    }
    p->state = PA_CSV_RECORD;
    p->line = walk.line;
    p->lost = false;
    pa_csv_batch_free(&other.rows);
    pa_buffer_free(&other.inner);
    return i;
}

/* Parses text[begin .. end) as one piece, `step` more bytes at a time. */
static inline void parse_piece(pa_csv_intake *p, const char *text, size_t n, size_t begin,
                               size_t end, size_t step)
{
    pa_error err = {0};
    size_t have = begin;
    while (begin < end || (p->lost && begin < n)) {
        size_t used, own = begin < end ? end - begin : 0;
        have = have + step < n ? have + step : n;
        if (pa_csv_parse(p, text + begin, have - begin, own, have == n, &used, &err) != PA_OK) {
            CU_FAIL("out of memory");
            return;
        }
        begin += used;
        if (have < begin) have = begin;
    }
}

#endif

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
    int64_t line;
    size_t n_fields;
    size_t bytes;
    bool open; /* ends inside quotes */
    pa_buffer field[MOST_FIELDS];
} record;

static inline void put(record *r, char c)
{
    pa_error err = {0};
    if (r->n_fields <= MOST_FIELDS) pa_buffer_add(&r->field[r->n_fields - 1], &c, 1, &err);
}

/* Reads one record from text[0 .. n), n > 0, of a file with so many columns; returns its bytes. */
static inline size_t read_slowly(const char *text, size_t n, size_t columns, int64_t *line,
                                 record *r)
{
    *r = (record){.line = *line, .n_fields = 1};
    enum { BEGIN, BARE, QUOTED, AFTER } at = BEGIN;
    size_t i = 0;
    while (i < n) {
        char c = text[i++];
        if (c == '\n') (*line)++;
        if (at == QUOTED) {
            if (c == '"')
                at = AFTER;
            else
                put(r, c);
        } else if (c == '\n') {
            break;
        } else if (c == ',') {
            r->n_fields++;
            at = BEGIN;
        } else if (c == '"' && at == BEGIN) {
            at = QUOTED;
        } else if (c == '"' && at == AFTER) {
            put(r, '"');
            at = QUOTED;
        } else {
            put(r, c);
            at = BARE;
        }
    }
    r->bytes = i;
    r->open = at == QUOTED;
    /* The carriage return before the line's end belongs to no field. */
    size_t length = i > 0 && text[i - 1] == '\n' ? i - 1 : i;
    if (!r->open && length > 0 && text[length - 1] == '\r' && r->n_fields <= columns) {
        r->field[r->n_fields - 1].length--;
    }
    return i;
}

static inline void free_record(record *r)
{
    for (size_t i = 0; i < MOST_FIELDS; i++) pa_buffer_free(&r->field[i]);
}

static inline bool is_blank_line(const char *text, const record *r)
{
    return (r->bytes == 1 && (text[0] == '\n' || text[0] == '\r')) ||
           (r->bytes == 2 && text[0] == '\r' && text[1] == '\n');
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

/* Parses text[begin .. end) as one piece, `step` more bytes at a time. */
static inline void parse_piece(pa_csv_intake *p, const char *text, size_t n, size_t begin,
                               size_t end, size_t step)
{
    pa_error err = {0};
    size_t have = begin;
    while (begin < end) {
        size_t used;
        have = have + step < n ? have + step : n;
        if (pa_csv_parse(p, text + begin, have - begin, end - begin, have == n, &used, &err) !=
            PA_OK) {
            CU_FAIL("out of memory");
            return;
        }
        begin += used;
        if (have < begin) have = begin;
    }
}

#endif

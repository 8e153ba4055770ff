/* What the tests of the CSV kernel share: a reader that takes one byte at a time,
 * drawn texts, and parsing in pieces. */
#ifndef PARAUDIT_TESTS_UNIT_CSV_CSV_TWIN_H
#define PARAUDIT_TESTS_UNIT_CSV_CSV_TWIN_H

#include <stdlib.h>
#include <string.h>

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

/* Two-byte characters are all that the texts below have beside ASCII. */
static inline bool is_text(const unsigned char *t, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (t[i] == 0) return false;
        if (t[i] < 0x80) continue;
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

static inline pa_reject_reason judge_name(const pa_buffer *name, pa_reject_reason empty)
{
    if (name->length == 0) return empty;
    if (name->length > 64) return empty + 1;
    return is_text((unsigned char *)name->data, name->length) ? PA_REJECT_N : empty + 2;
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

static inline bool same_name(const pa_intern *t, int32_t code, const pa_buffer *name)
{
    size_t from = t->start[code], n = t->start[code + 1] - from;
    return n == name->length && memcmp(t->bytes + from, name->data, n) == 0;
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

/* Damaged files: what is left of them without the lines that the rejects span is what a
 * strict reader makes of it, and no line is lost between the two. */
#include <stdlib.h>
#include <string.h>

#include "csv_book.h"

/* ---- a strict reader -------------------------------------------------------------
 * As Python's csv module with strict=True reads the lines of a file one by one: only a
 * separator or the line's end may follow a closing quote, and no quote is left open. */

typedef enum { AT_RECORD, AT_FIELD, IN_FIELD, IN_QUOTES, BEHIND_QUOTE } strict_state;

typedef struct {
    strict_state state;
    record r; /* in the making */
    bool broken;
} strict_reader;

static void begin_record(strict_reader *s, int64_t line)
{
    free_record(&s->r);
    s->r = (record){.line = line, .n_fields = 1, .reason = PA_REJECT_N};
}

static void take(strict_reader *s, char c)
{
    bool quoted = s->state == IN_QUOTES;
    if (c == '"' && quoted) {
        s->state = BEHIND_QUOTE;
    } else if (c == '"' && s->state == BEHIND_QUOTE) {
        put(&s->r, c);
        s->state = IN_QUOTES;
    } else if (c == '"' && s->state <= AT_FIELD) {
        s->state = IN_QUOTES;
    } else if (c == ',' && !quoted) {
        s->r.n_fields++;
        s->state = AT_FIELD;
    } else {
        s->broken |= s->state == BEHIND_QUOTE;
        put(&s->r, c);
        if (!quoted) s->state = IN_FIELD;
    }
}

/* Takes a line with its end; whether a record ends with it. */
static bool take_line(strict_reader *s, const char *text, size_t n, int64_t line)
{
    if (s->state == AT_RECORD) begin_record(s, line);
    s->r.blank = s->state == AT_RECORD && (n == 0 || is_line_end(text[0]));
    size_t i = 0;
    while (i < n && !(is_line_end(text[i]) && s->state != IN_QUOTES)) take(s, text[i++]);
    s->r.last = line;
    if (s->state == IN_QUOTES) return false;
    s->state = AT_RECORD;
    return true;
}

/* ---- the accounts -------------------------------------------------------------------- */

/* Where lines begin, from line 2 on; first[n] is the file's end. */
typedef struct {
    size_t n, *first;
    int8_t *owner; /* 0: nobody yet, 1: a row, 2: a reject, 3: blank */
} line_list;

static void list_lines(const pa_buffer *text, line_list *l)
{
    l->n = 0;
    l->first = calloc(text->length + 2, sizeof *l->first);
    l->owner = calloc(text->length + 2, 1);
    for (size_t i = 0; i < text->length; i += line_bytes(text->data + i, text->length - i))
        l->first[l->n++] = i;
    l->first[l->n] = text->length;
}

static bool own(line_list *l, int64_t from, int64_t to, int8_t owner)
{
    bool free_lines = from >= 2 && to >= from && (size_t)to < l->n + 2;
    for (int64_t line = from; free_lines && line <= to; line++) {
        free_lines = l->owner[line - 2] == 0;
        l->owner[line - 2] = owner;
    }
    return free_lines;
}

/* The sign that old systems end files with. */
static bool is_end_sign(const pa_buffer *text, const line_list *l, size_t i)
{
    return l->first[i] + 1 == text->length && text->data[l->first[i]] == '\x1a';
}

/* Lines that nobody owns, through the strict reader, against the rows. Returns what is
 * wrong. */
static int audit_rows(const pa_csv_intake *p, const pa_buffer *text, line_list *l)
{
    strict_reader s = {0};
    size_t rows = 0;
    int wrong = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (l->owner[i] != 0) continue;
        size_t n = l->first[i + 1] - l->first[i];
        bool blank = s.state == AT_RECORD && is_end_sign(text, l, i);
        if (blank) l->owner[i] = 3;
        if (blank || !take_line(&s, text->data + l->first[i], n, (int64_t)i + 2)) continue;
        values v;
        bool row = !s.r.blank && s.r.n_fields == COLUMNS && judge(&s.r, &v) == PA_REJECT_N;
        wrong += !row && !s.r.blank;
        if (row) wrong += !same_row(p, rows, &v) || p->rows.line[rows] != s.r.line;
        wrong += !own(l, s.r.line, s.r.last, s.r.blank ? 3 : 1);
        rows += row;
    }
    wrong += s.broken + (s.state != AT_RECORD) + (rows != p->rows.n);
    free_record(&s.r);
    return wrong;
}

static int audit_file(const pa_csv_intake *p, const pa_buffer *text)
{
    line_list l;
    int wrong = (int64_t)p->n_kept != p->n_rejected;
    list_lines(text, &l);
    for (size_t i = 0; i < p->n_kept; i++)
        wrong += !own(&l, p->rejects[i].line, p->rejects[i].last, 2);
    wrong += audit_rows(p, text, &l);
    for (size_t i = 0; i < l.n; i++) wrong += l.owner[i] == 0;
    free(l.first);
    free(l.owner);
    return wrong;
}

/* ---- damage -------------------------------------------------------------------------- */

static void replace(pa_buffer *text, size_t at, size_t out, const char *in, size_t n)
{
    pa_buffer new = {0};
    add(&new, text->data, at);
    add(&new, in, n);
    add(&new, text->data + at + out, text->length - at - out);
    pa_buffer_free(text);
    *text = new;
}

static void damage_once(pa_buffer *text, uint64_t *state)
{
    static const char signs[] = "\"\"\"\"\"\",\n\r\0\x1a \\'";
    size_t at = below(state, text->length), left = text->length - at;
    switch (below(state, 6)) {
    case 0: /* a byte is lost */
        replace(text, at, 1, "", 0);
        break;
    case 1: /* or doubled */
        replace(text, at, 0, text->data + at, 1);
        break;
    case 2: /* a sign is planted */
    case 3:
        replace(text, at, 0, signs + below(state, sizeof signs - 1), 1);
        break;
    case 4: /* the rest of a line is lost, with its end or not */
        replace(text, at, line_bytes(text->data + at, left) - below(state, 2), "", 0);
        break;
    default: { /* a stretch is lost */
        size_t n = below(state, 60);
        replace(text, at, n < left ? n : left, "", 0);
    }
    }
}

/* Mostly rows that are good, so that there is something to lose. */
static void draw_file(pa_buffer *text, uint64_t *state)
{
    static const char *const notes[] = {"",      "a note",   "\"a \"\"note\"\"\"", "\"two\nlines\"",
                                        "\",\"", "5\" pipe", "\"\r\n\"",           "\"\"\"\""};
    char row[200];
    size_t n = 1 + below(state, 30);
    text->length = 0;
    for (size_t i = 0; i < n; i++) {
        if (below(state, 8) == 0) {
            add_record(text, state);
            continue;
        }
        int length =
            snprintf(row, sizeof row, "%zu,2018-07-%02zu 13:05:%02zu,a%zu,%s,m%zu,%zu.%02zu,%zu%s",
                     i, 1 + below(state, 28), below(state, 60), below(state, 9),
                     notes[below(state, 8)], below(state, 5), below(state, 900), below(state, 100),
                     below(state, 2), below(state, 6) ? "\n" : "\r\n");
        add(text, row, (size_t)length);
    }
    size_t wounds = 1 + below(state, below(state, 4) ? 3 : 12);
    for (size_t i = 0; i < wounds && text->length > 0; i++) damage_once(text, state);
}

/* ---- tests ---------------------------------------------------------------------------- */

static void test_rows_and_rejects_account_for_every_line(void)
{
    enum { FILES = 10000 };
    uint64_t state = 31;
    pa_buffer text = {0};
    int wrong = 0;
    int64_t rows = 0, rejects = 0, spans = 0;
    for (int i = 0; i < FILES; i++) {
        draw_file(&text, &state);
        pa_csv_intake p = new_parser(i % 9 ? 1 << 20 : 120);
        if (i % 2) p.max_field_lines = 100;
        parse_piece(&p, text.data, text.length, 0, text.length, i % 7 ? text.length + 1 : 5);
        int here = audit_file(&p, &text);
        if (here > 0 && wrong == 0) printf("file %d:\n%.*s\n", i, (int)text.length, text.data);
        wrong += here;
        rows += (int64_t)p.rows.n;
        rejects += p.n_rejected;
        for (size_t k = 0; k < p.n_kept; k++) spans += p.rejects[k].last > p.rejects[k].line;
        pa_csv_intake_free(&p);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(rows > 100000 && rejects > 20000 && spans > 1000);
    pa_buffer_free(&text);
}

static const pa_test tests[] = {
    {"rows and rejects account for every line", test_rows_and_rejects_account_for_every_line},
};
PA_TEST_MAIN("accounting", tests)

/* What the files of the CSV kernel share. */
#ifndef PARAUDIT_CSV_CSV_PARTS_H
#define PARAUDIT_CSV_CSV_PARTS_H

#include <string.h>

#include "paraudit/csv/csv.h"
#include "paraudit/csv/records.h"

/* People write `1, 2.50, x`: blanks around numbers are theirs, not the data's. */
static inline pa_csv_field pa_csv_trimmed(pa_csv_field f)
{
    while (f.length && (*f.text == ' ' || *f.text == '\t')) f.text++, f.length--;
    while (f.length && (f.text[f.length - 1] == ' ' || f.text[f.length - 1] == '\t')) f.length--;
    return f;
}

/* The fields of a record, found one way or the other. */
typedef struct {
    const char *text;
    const uint16_t *mark;      /* field k lies between mark[k - 1] and mark[k]; UINT16_MAX
                                  before the text */
    const pa_csv_field *field; /* of a record that had to be split; else NULL */
    size_t length;             /* of its text, without its line end */
} pa_csv_record;

static inline pa_csv_field pa_csv_field_at(const pa_csv_record *r, int32_t k)
{
    if (r->field) return r->field[k];
    uint16_t from = (uint16_t)(r->mark[k - 1] + 1);
    return (pa_csv_field){r->text + from, (size_t)r->mark[k] - from};
}

/* Splits one record (its line end taken off), whatever is wrong with it, and takes the
 * quotes away. scratch: n bytes that fields may point into. Returns how many fields
 * there are, of which the first `room` are stored. */
size_t pa_csv_split(const pa_csv_signs *signs, const char *record, size_t n, char *scratch,
                    pa_csv_field field[], size_t room);

static inline size_t pa_csv_count_fields(const pa_csv_signs *signs, const char *text, size_t n)
{
    return pa_csv_split(signs, text, n, NULL, NULL, 0);
}

/* The fields of the record at text + begin by the marks from there on (csv/kernels.h), if it lies
 * in one line and its fields have no quotes but those around them, and no escapes. Returns how many
 * marks it takes, the first of its line end being the last one; 0: it is of another kind, and field
 * may hold anything. */
size_t pa_csv_split_marks(const pa_csv_signs *signs, const char *text, size_t begin,
                          const uint16_t mark[], size_t n_marks, pa_csv_field field[],
                          size_t n_fields);

/* Bytes of the line end at text[at]; 0: a byte more is needed. */
static inline size_t pa_csv_line_end(const char *text, size_t n, size_t at)
{
    if (text[at] == '\n') return 1;
    return at + 1 == n ? 0 : 1 + (text[at + 1] == '\n');
}

/* Whether the text begins with a mark that tells what a file is. */
static inline bool pa_csv_starts_with(const char *text, size_t n, const char *mark, size_t length)
{
    return n >= length && memcmp(text, mark, length) == 0;
}

/* Bytes of the UTF-8 sign at text, n >= 1; 0 where there is none, as at a zero byte. */
size_t pa_csv_character(const char *text, size_t n);
/* UTF-8 without zero bytes. */
bool pa_csv_is_text(const char *text, size_t n);

/* The text without blanks of any kind around it, Unicode's and those of no width among
 * them. (pa_csv_trimmed is for what is a number.) */
pa_csv_field pa_csv_clean(pa_csv_field f);

/* Whether the field holds nothing: only blanks, or one of parser->missing. */
bool pa_csv_is_missing(const pa_csv_intake *parser, pa_csv_field f);

/* Most fields begin like a number, and most words for nothing do not. */
static inline bool pa_csv_is_gap(const pa_csv_intake *p, pa_csv_field f)
{
    bool number = f.length > 0 && *f.text >= '+' && *f.text <= '9';
    return (!number || p->missing.number) && pa_csv_is_missing(p, f);
}

static inline pa_reject_reason pa_csv_check_amount(int64_t minor)
{
    bool within = minor >= -PA_CSV_AMOUNT_MOST && minor <= PA_CSV_AMOUNT_MOST;
    return within ? PA_REJECT_N : PA_REJECT_AMOUNT_RANGE;
}

/* A name as it is kept: clean, and where it is longer than PA_CSV_NAME_BYTES its first
 * bytes, '~' and the XXH3 of 128 bits of all of it in hexadecimal, in `cut`, which *name
 * points into then. missing: words that are no names; NULL: there are none. */
typedef enum {
    PA_CSV_NAME_GOOD,
    PA_CSV_NAME_CUT,
    PA_CSV_NAME_EMPTY,
    PA_CSV_NAME_NO_TEXT
} pa_csv_name_kind;
pa_csv_name_kind pa_csv_clean_name(const pa_csv_words *missing, pa_csv_field *name,
                                   char cut[PA_CSV_NAME_BYTES]);

/* Without the apostrophe that alerts.csv puts before what a spreadsheet would take for a formula
 * (text/cell.h). */
pa_csv_field pa_csv_without_apostrophe(pa_csv_field f);

/* What the merchant of a row without one is called. */
extern const pa_csv_field pa_csv_no_merchant;

/* The account of a row without one: its id with "own:" before it, for accounts may be
 * numbers as ids are. id: a name as it is kept. own: what the answer lies in. */
pa_csv_field pa_csv_own_account(pa_csv_field id, char own[PA_CSV_NAME_BYTES]);

/* The value as it may stand in one line of a terminal, cut at 40 bytes. */
void pa_csv_excerpt(pa_csv_field value, char out[PA_CSV_EXCERPT]);

/* A first line for spreadsheets: sep=; perhaps in quotes. Its length with the line end, 0 and
 * a separator of 0 where there is none. */
size_t pa_csv_separator_line(const char *text, size_t n, char *separator);

/* The header's record, for finding columns. */
typedef struct {
    const pa_csv_field *field; /* names, cleaned */
    size_t n;
    int64_t file, line;
    const char *name; /* of the file */
    const char *key;  /* as in pa_csv_names */
} pa_csv_header_row;

pa_status pa_csv_find_columns(const pa_csv_header_row *header, const pa_csv_names *names,
                              pa_csv_layout *layout, pa_error *err);
/* ---- the first rows behind a header ---- */

enum { PA_CSV_SAMPLED = 100 /* rows that show how a file is written */ };

/* Whether rows that end in a separator are those of the header: an empty last field without
 * a name and a comma too many before it look alike, but leave no amounts where they should be.
 * rows: n bytes behind the header. */
bool pa_csv_amounts_fit(const pa_csv_layout *layout, const char *rows, size_t n, bool last);

/* 1, "two", "three": quotes behind blanks are meant where most of the first rows have them,
 * and 1,'two' where all have them, and none has another quote, which nobody has said. text: n
 * bytes of the file. Sets layout->signs. */
pa_status pa_csv_find_quotes(const char *text, size_t n, bool last, bool said,
                             pa_csv_layout *layout, pa_error *err);

/* Adds the next name, cleaned, to two digests, which begin with 0: of the names whatever their
 * order, and of them as they stand. */
void pa_csv_digest_name(pa_csv_field name, uint64_t *names, uint64_t *in_order);

/* Whether a column is called as one of the names of `A|B,C|D`. */
bool pa_csv_names_any(const pa_csv_header_row *header, const char *wanted);

/* Appends a column's name with a zero byte behind it: what is no text, and control
 * signs, as '?'. */
pa_status pa_csv_add_name(pa_csv_field name, pa_buffer *names, pa_error *err);

/* A number whose one mark is a comma, with a point for it, as spreadsheets of many countries
 * write it; in text, `room` bytes. Others, and longer ones, as they are. */
pa_csv_field pa_csv_with_point(pa_csv_field f, char text[], size_t room);

/* One field as parser->time has it; *time: as it is written. */
bool pa_csv_read_label_time(pa_csv_intake *parser, pa_csv_field f, int64_t *seconds);
bool pa_csv_read_time(pa_csv_intake *parser, pa_csv_field f, pa_written_time *time,
                      int64_t *seconds);
/* A time of n parts, as pa_time_join has them. */
bool pa_csv_join_time(pa_csv_intake *parser, const pa_csv_field part[], int n, int64_t *seconds);
/* What a time should look like: "like 2018-07-25 13:05:59". */
void pa_csv_time_words(const pa_csv_intake *parser, bool of_label, char words[PA_TIME_WORDS]);

typedef struct {
    pa_reject_reason reason;
    pa_csv_field value; /* what it is about */
    size_t which;       /* of the coded columns, places or numbers; or how many fields there are */
} pa_csv_fault;

/* Appends a row, or the reason why it is none. line: of the record. */
pa_status pa_csv_take_row(pa_csv_intake *parser, int64_t line, const pa_csv_record *record,
                          pa_error *err);
/* Moves n rows, none with a text id, to an earlier place; they may overlap. */
void pa_csv_batch_move(pa_csv_batch *batch, size_t from, size_t to, size_t n);
/* Whether it would be appended. */
bool pa_csv_is_row(pa_csv_intake *parser, const pa_csv_record *record);
pa_status pa_csv_reject_row(pa_csv_intake *parser, int64_t line, const pa_csv_fault *fault,
                            uint32_t kinds, pa_error *err);
/* The same of a record with its fields; label: what it says there, -1 where that is nothing
 * or not known. */
pa_status pa_csv_reject_record(pa_csv_intake *parser, int64_t line, const pa_csv_fault *fault,
                               const pa_csv_record *record, int8_t label, pa_error *err);
/* Appends a reject to a list that doubles its room. */
pa_status pa_csv_add_reject(pa_csv_reject **list, size_t *n, size_t *room,
                            const pa_csv_reject *reject, pa_error *err);

/* The kinds that a record which cannot be used belongs to, by the look of its fields. */
uint32_t pa_csv_kinds_of(const pa_csv_intake *parser, const pa_csv_record *record,
                         pa_reject_reason reason, int8_t label);

/* Those of a line that is no record of the layout: by its label, counted from the end, and by
 * an amount whose comma has parted it. */
uint32_t pa_csv_kinds_of_line(const pa_csv_intake *parser, const char *line, size_t n);

/* What is remarkable about a row that is kept. Each is counted once a row; long names
 * each for itself. */
enum {
    PA_CSV_NO_MERCHANT = 1,
    PA_CSV_OWN_ACCOUNT = 2,
    PA_CSV_LONG_NAME = 4,
    PA_CSV_GAP = 8, /* in a further column of numbers; the parser's last row holds it */
    PA_CSV_UNKNOWN_LABEL = 16,
    PA_CSV_ODD_LABEL = 32,
    PA_CSV_DEBIT = 64,         /* by the column of signs */
    PA_CSV_SIGNED_TWICE = 128, /* a debit with a minus */
    PA_CSV_LABEL_F = 256,      /* this letter, as genuine */
    PA_CSV_LABEL_N = 512
};

typedef struct {
    unsigned what;
    int n_long;
    const char *long_kind;  /* "account": of the first long name */
    pa_csv_field long_name; /* ... as it stands in the file */
    pa_csv_field label;     /* the odd one */
} pa_csv_remarks;

/* The amount of a record in any form, of one column, of two, or with a column for its sign.
 * fault: gets the value that is wrong. */
pa_reject_reason pa_csv_find_amount(pa_csv_intake *parser, const pa_csv_record *record,
                                    pa_csv_fault *fault, pa_csv_remarks *remarks, int64_t *minor);

static inline void pa_csv_remark_long(pa_csv_remarks *r, const char *kind, pa_csv_field name)
{
    if (!(r->what & PA_CSV_LONG_NAME)) {
        r->n_long = 0;
        r->long_kind = kind;
        r->long_name = name;
    }
    r->what |= PA_CSV_LONG_NAME;
    r->n_long++;
}

/* Counts them for the row that is about to be kept. */
pa_status pa_csv_keep_remarks(pa_csv_intake *parser, int64_t line, const pa_csv_remarks *remarks,
                              pa_error *err);

#endif

/* Text into records, in pieces that may begin anywhere. Nothing here reads files or
 * talks.
 *
 * A record is *broken* where text follows a closing quote, where a quote is not closed
 * before the file ends or within `most_lines` lines, where it is longer than `longest`,
 * or where it takes several lines in and has not the right number of fields, or one of
 * them would be a row by itself: a stray quote has opened it. Of a broken record only
 * its first line is sure. Reading goes on at the first line behind that one at which a
 * record begins that is whole and has the right number of fields; the lines between are
 * the broken record's. A record in one line with a wrong number of fields costs nothing
 * but itself. */
#ifndef PARAUDIT_CSV_RECORDS_H
#define PARAUDIT_CSV_RECORDS_H

#include <stdbool.h>

#include "paraudit/base/status.h"
#include "paraudit/csv/scan.h"

/* Whether the fields of a line, in one of a record's lines, would be a row. */
typedef bool pa_row_test(const void *asker, const char *line, size_t n);

/* How records end. */
typedef struct {
    pa_csv_signs signs;
    size_t n_fields;     /* of a record; 0: any number will do */
    size_t longest;      /* bytes of a record with its line end */
    int64_t most_lines;  /* of a quoted field */
    pa_row_test *is_row; /* NULL: lines in a field are not looked at */
    const void *asker;
} pa_record_rule;

extern const pa_csv_signs pa_line_signs; /* each line is a record; a quote is a sign like others */

typedef enum {
    PA_RECORD_GOOD,
    PA_RECORD_BLANK,  /* an empty line */
    PA_RECORD_FIELDS, /* a wrong number of fields, in one line */
    /* Broken. */
    PA_RECORD_LONG,
    PA_RECORD_OPEN,        /* a quote is not closed before the end of the file */
    PA_RECORD_BEHIND,      /* text behind a closing quote */
    PA_RECORD_LINES,       /* a quoted field of too many lines */
    PA_RECORD_MANY_FIELDS, /* a wrong number of fields, in several lines */
    PA_RECORD_ROWS,        /* a line in a quoted field is a row */
    /* None. */
    PA_RECORD_PASSED, /* bytes that no record begins in */
    PA_RECORD_MORE    /* the text does not tell: more of it is needed */
} pa_record_verdict;

static inline bool pa_record_is_broken(pa_record_verdict v)
{
    return v >= PA_RECORD_LONG && v <= PA_RECORD_ROWS;
}

typedef struct {
    const char *text;
    size_t length;
} pa_csv_field;

/* What was seen of a record. */
typedef struct {
    size_t length; /* bytes with the line end; of a broken one: of its first line, as far as
                      the text goes */
    size_t body;   /* bytes without the line end */
    int64_t lines; /* that it touches, of `length` */
    bool ends;     /* its last byte ends a line */
    size_t n_fields;
    bool row_like; /* of a line that a lost walk passed over: it has half the fields of a row
                      or more, so that it may have been one */
} pa_record_seen;

/* Judges the record at text; last: the file ends at text + n. field: the first `room`
 * fields, quotes taken away, which point into text or into scratch (n bytes); room 0:
 * they are not wanted. longest + 1 bytes are always enough. Local. */
pa_record_verdict pa_record_judge(const pa_record_rule *rule, const char *text, size_t n, bool last,
                                  char *scratch, pa_csv_field field[], size_t room,
                                  pa_record_seen *seen);

/* A reader's place. */
typedef struct {
    const pa_record_rule *rule;
    pa_csv_state state; /* of the next byte. RECORD and RETURN apart, it lies within a line
                           that is somebody else's and is passed over */
    int64_t line;       /* of the next byte, from 1 */
    bool lost;          /* behind a broken record: a good one is looked for */
} pa_record_walk;

/* The next step from text, of which seen->length bytes are used up then: a record that
 * is good, blank or has a wrong number of fields, a broken one, which makes the walk
 * lost, or bytes passed over (of any number: none where a lost walk has found itself).
 * The line of a record is walk->line before the step. MORE: nothing has changed. */
pa_record_verdict pa_record_step(pa_record_walk *walk, const char *text, size_t n, bool last,
                                 char *scratch, pa_csv_field field[], size_t room,
                                 pa_record_seen *seen);

/* Whether a record, if any, begins at the next byte: what came before is done with. */
static inline bool pa_record_walk_is_at_start(const pa_record_walk *walk)
{
    return walk->state == PA_CSV_RECORD && !walk->lost;
}

/* record: n bytes without the line end, empty ones as well, good until the call
 * returns. line: of its first byte. Errors carry file and line (pa_fail_at), so that of
 * several ranks the first line wins. Local. */
typedef pa_status pa_record_taker(void *taker, int64_t line, const char *record, size_t n,
                                  pa_error *err);

typedef struct {
    pa_record_walk walk;
    const char *name; /* of the file, for messages */
    int64_t file;     /* its ordinal from 1, the place in errors */
    pa_record_taker *take;
    void *taker;
} pa_records;

/* Hands on the records that begin before text + own, as far as they are complete, those
 * with a wrong number of fields as well; last: the file ends at text + n. *used: bytes
 * that are done with; the caller comes again with the rest and more behind it. Once used
 * >= own, or last, no record of this piece is left. PA_E_DATA: a broken record, and what
 * the taker says. */
pa_status pa_records_split(pa_records *r, const char *text, size_t n, size_t own, bool last,
                           size_t *used, pa_error *err);

#endif

/* What quotes and line ends do to CSV text: RFC 4180, in pieces that may begin
 * anywhere.
 *
 * A line ends in a newline, a carriage return, or both. A reader walks the bytes of a
 * file through these states:
 *
 *     RECORD  a record begins here        QUOTED   inside "..."
 *     FIELD   a field begins here         CLOSED   behind a quote inside "...":
 *     PLAIN   inside a field without               a second one is a quote sign
 *             an opening quote            RETURN   behind a carriage return that ended a
 *     ESCAPED behind an escape sign,               record: a newline belongs to it
 *             or within "..."
 *
 * Only a quote at the start of a field opens quoting, as in the writers and
 * readers that people use (Python's csv, pandas, spreadsheets); elsewhere a
 * quote is a sign like any other. So a stray quote (the merchant `Joe's 5"
 * pizza`) costs nothing, where counting quotes would lose half of the file.
 *
 * As long as no quoted field reaches over a line's end and nothing but a separator
 * follows a closing quote, each line is a record, and where records begin is known
 * wherever a reader begins. What else there may be leads to BROKEN, and stays there:
 * then records.h has to walk through the file.
 *
 * What a piece of text does to the state is a small table (pa_csv_scan), and
 * tables of neighbouring pieces compose: ranks scan their pieces at the same
 * time and then know exactly in which state each piece begins. */
#ifndef PARAUDIT_CSV_SCAN_H
#define PARAUDIT_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes that tell fields apart; ASCII, and no two alike but zeros. */
typedef struct {
    char separator;
    char quote;  /* 0: none, quotes are signs like others */
    char escape; /* takes the byte behind it as it is; 0: none */
    bool blanks; /* may stand around a field between quotes */
} pa_csv_signs;

extern const pa_csv_signs pa_csv_commas; /* , and " */

typedef enum {
    PA_CSV_RECORD,
    PA_CSV_FIELD,
    PA_CSV_PLAIN,
    PA_CSV_QUOTED,
    PA_CSV_CLOSED,
    PA_CSV_RETURN,
    PA_CSV_ESCAPED,
    PA_CSV_QUOTED_ESCAPED,
    PA_CSV_BROKEN,
    PA_CSV_N_STATES
} pa_csv_state;

/* The state behind text[0 .. n), begun in `state`. */
pa_csv_state pa_csv_after(const pa_csv_signs *signs, pa_csv_state state, const char *text,
                          size_t n);

/* Line ends in text, one at its end that is a carriage return included. */
int64_t pa_csv_line_ends(const char *text, size_t n);

/* Where each state leads, and the line ends on the way (quoted ones too: a line
 * number is that of a text editor). A carriage return at the very end is not counted
 * yet: the byte behind it tells whether it is half of a line end. */
typedef struct {
    int64_t bytes, line_ends;
    uint8_t to[PA_CSV_N_STATES];
    char first, last; /* bytes of the text */
} pa_csv_scan;

extern const pa_csv_scan pa_csv_scan_start; /* of no text */

/* Appends text to what was scanned. */
void pa_csv_scan_add(pa_csv_scan *scan, const pa_csv_signs *signs, const char *text, size_t n);

/* Appends the piece behind. */
void pa_csv_scan_join(pa_csv_scan *scan, const pa_csv_scan *behind);

#endif

/* What quotes and line ends do to CSV text: RFC 4180, in pieces that may begin
 * anywhere.
 *
 * A reader walks the bytes of a file through five states:
 *
 *     RECORD  a record begins here        QUOTED  inside "..."
 *     FIELD   a field begins here         CLOSED  behind a quote inside "...":
 *     PLAIN   inside a field without              a second one is a quote sign,
 *             an opening quote                    anything else ends the quoting
 *
 * Only a quote at the start of a field opens quoting, as in the writers and
 * readers that people use (Python's csv, pandas, spreadsheets); elsewhere a
 * quote is a sign like any other. So a stray quote (the merchant `Joe's 5"
 * pizza`) costs nothing, where counting quotes would lose half of the file.
 * What a piece of text does to the state is a small table (pa_csv_scan), and
 * tables of neighbouring pieces compose: ranks scan their pieces at the same
 * time and then know exactly in which state each piece begins. */
#ifndef PARAUDIT_CSV_SCAN_H
#define PARAUDIT_CSV_SCAN_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    PA_CSV_RECORD,
    PA_CSV_FIELD,
    PA_CSV_PLAIN,
    PA_CSV_QUOTED,
    PA_CSV_CLOSED,
    PA_CSV_N_STATES
} pa_csv_state;

/* The state behind text[0 .. n), begun in `state`. */
pa_csv_state pa_csv_after(pa_csv_state state, const char *text, size_t n);

/* Walks to the end of the record: returns the bytes up to and with its newline
 * and sets *state to PA_CSV_RECORD, or n when the record does not end here.
 * Begun in PA_CSV_RECORD it walks over one record. */
size_t pa_csv_record_end(pa_csv_state *state, const char *text, size_t n);

int64_t pa_csv_newlines(const char *text, size_t n);

/* Where each state leads, and the newlines on the way (quoted ones too: a line
 * number is that of a text editor). */
typedef struct {
    int64_t newlines;
    uint8_t to[PA_CSV_N_STATES];
} pa_csv_scan;

extern const pa_csv_scan pa_csv_scan_start; /* of no text */

/* Appends text to what was scanned. */
void pa_csv_scan_add(pa_csv_scan *scan, const char *text, size_t n);

#endif

/* Text into records, in pieces that may begin anywhere: whole records go to a taker,
 * one by one, with their lines. Nothing here reads files or talks. */
#ifndef PARAUDIT_CSV_RECORDS_H
#define PARAUDIT_CSV_RECORDS_H

#include <stdbool.h>

#include "paraudit/base/status.h"
#include "paraudit/csv/scan.h"

typedef struct {
    const char *text;
    size_t length;
} pa_csv_field;

/* How records end: two functions as pa_csv_record_end and pa_csv_scan_add are. */
typedef struct {
    size_t (*end)(pa_csv_state *state, const char *text, size_t n);
    void (*scan)(pa_csv_scan *scan, const char *text, size_t n);
} pa_record_rule;

extern const pa_record_rule pa_csv_rule;  /* as RFC 4180 has it: quotes take lines in */
extern const pa_record_rule pa_line_rule; /* each line is one; a quote is a sign like others */

/* record: n bytes without the line end ("\n" or "\r\n"), empty ones as well, good
 * until the call returns. line: of its first byte. Errors carry file and line
 * (pa_fail_at), so that of several ranks the first line wins. Local. */
typedef pa_status pa_record_taker(void *taker, int64_t line, const char *record, size_t n,
                                  pa_error *err);

typedef struct {
    const pa_record_rule *rule;
    size_t longest;   /* bytes of a record with its line end */
    const char *name; /* of the file, for messages */
    int64_t file;     /* its ordinal from 1, the place in errors */
    pa_record_taker *take;
    void *taker;

    /* Of the next byte, set at the start of each piece. A record that the piece begins
     * within (a state other than PA_CSV_RECORD) is somebody else's and passed over. */
    pa_csv_state state;
    int64_t line;
} pa_records;

/* Hands on the records that begin before text + own, as far as they are complete;
 * last: the file ends at text + n. *used: bytes that are done with; the caller comes
 * again with the rest and more behind it. Once used >= own, or last, no record of
 * this piece is left. PA_E_DATA: a record is too long, which longest + 1 bytes of it
 * are enough to see, or a quote is never closed; and what the taker says. */
pa_status pa_records_split(pa_records *r, const char *text, size_t n, size_t own, bool last,
                           size_t *used, pa_error *err);

#endif

/* What the files of the CSV kernel share. */
#ifndef PARAUDIT_SRC_IO_CSV_PARTS_H
#define PARAUDIT_SRC_IO_CSV_PARTS_H

#include "paraudit/io/csv.h"

typedef struct {
    const char *text;
    size_t length;
} pa_csv_field;

/* Splits one record (its line end taken off) and takes the quotes away.
 * scratch: n bytes that the fields point into. Returns how many fields there
 * are, of which the first `room` are stored. */
size_t pa_csv_split(const char *record, size_t n, char *scratch, pa_csv_field field[], size_t room);

/* Length without "\n" or "\r\n". */
size_t pa_csv_trim_line_end(const char *record, size_t n);

/* Places of commas, newlines and quotes in text, ascending; n up to 65536.
 * at: room for n + 64 places. Returns how many. */
size_t pa_csv_index(const char *text, size_t n, uint16_t at[]);

/* PA_REJECT_N where an account or merchant may have this name; otherwise the
 * reason, of the three that begin with `empty`. */
pa_reject_reason pa_csv_check_name(pa_csv_field name, pa_reject_reason empty);

/* The wanted fields of a record, in the order of the columns of a batch. */
enum {
    PA_CSV_TX,
    PA_CSV_ACCOUNT,
    PA_CSV_MERCHANT,
    PA_CSV_TIME,
    PA_CSV_AMOUNT,
    PA_CSV_LABEL,
    PA_CSV_WANTED
};

/* Appends a row, or the reason why it is none. line: of the record. */
pa_status pa_csv_take_row(pa_csv_parser *parser, int64_t line,
                          const pa_csv_field field[PA_CSV_WANTED], pa_error *err);
/* value: what `reason` is about; found: fields there, for PA_REJECT_FIELDS. */
pa_status pa_csv_reject_row(pa_csv_parser *parser, int64_t line, pa_reject_reason reason,
                            pa_csv_field value, size_t found, pa_error *err);

#endif

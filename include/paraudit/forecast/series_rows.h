/* Rows of a long CSV file `unique_id,ds,y`: a value of a series at a time. Nothing here reads
 * files or talks. */
#ifndef PARAUDIT_FORECAST_SERIES_ROWS_H
#define PARAUDIT_FORECAST_SERIES_ROWS_H

#include "paraudit/base/intern.h"
#include "paraudit/csv/matrix_csv.h"

/* Set header, id, ds, y and gaps; the rest starts as zeros. */
typedef struct {
    const pa_matrix_header *header; /* borrowed */
    size_t id, ds, y;               /* which fields they are */
    bool gaps;                      /* a y may be empty, NaN or NA: then it is NaN */
    pa_intern ids;
    size_t n, room;
    int32_t *id_of; /* of each row: code */
    int64_t *time;  /* a whole number, or seconds since 1970-01-01 of a date */
    int64_t *line;
    double *value;
    int64_t first_number, first_date; /* lines of the first ds of either kind; 0: there is none */
    pa_csv_field *field;              /* of the row at hand */
    char *scratch;
    size_t scratch_room;
} pa_series_rows;

/* Takes a row, of a pa_series_rows; a pa_record_taker. Empty lines are passed over. PA_E_DATA with
 * file and line: another number of fields than the header's, no id, a ds that is neither a whole
 * number nor a date, a y that is no finite number. */
pa_status pa_series_take(void *rows, int64_t line, const char *record, size_t n, pa_error *err);
void pa_series_rows_free(pa_series_rows *rows);

#endif

/* Rows of a CSV file `holiday,ds[,lower_window,upper_window]` as Prophet takes it: a holiday, a day
 * that it is on, and how many days before (0 or less) and behind (0 or more) count as well, each
 * with an effect of its own. Nothing here reads files or talks. */
#ifndef PARAUDIT_FORECAST_HOLIDAY_ROWS_H
#define PARAUDIT_FORECAST_HOLIDAY_ROWS_H

#include <stdbool.h>

#include "paraudit/base/intern.h"
#include "paraudit/csv/matrix_csv.h"

enum { PA_HOLIDAY_WINDOW = 366 /* no day further away counts */ };

typedef struct {
    int64_t day; /* a number, or since 1970-01-01 of a date */
    int32_t holiday, lower, upper;
} pa_holiday_row;

/* Set header and what pa_holiday_columns sets; the rest starts as zeros. */
typedef struct {
    const pa_matrix_header *header;   /* borrowed */
    size_t holiday, ds, lower, upper; /* which fields they are */
    bool windows;                     /* are there lower and upper? */
    pa_intern names;                  /* of holidays, codes in rows */
    size_t n, room;
    pa_holiday_row *row;
    int64_t first_number, first_date; /* lines of the first ds of either kind; 0: there is none */
    pa_csv_field *field;              /* of the row at hand */
    char *scratch;
    size_t scratch_room;
} pa_holiday_rows;

/* Finds the columns; line: the header's. PA_E_DATA: one is missing or there twice; a window on
 * one side alone; a prior_scale, which is not known here. */
pa_status pa_holiday_columns(pa_holiday_rows *rows, int64_t line, pa_error *err);

/* Takes a row, of a pa_holiday_rows; a pa_record_taker. Empty lines are passed over. PA_E_DATA with
 * file and line. */
pa_status pa_holiday_take(void *rows, int64_t line, const char *record, size_t n, pa_error *err);
void pa_holiday_rows_free(pa_holiday_rows *rows);

#endif

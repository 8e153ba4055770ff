/* The time of a row of a CSV file, in a column `ds`. */
#ifndef PARAUDIT_SRC_FORECAST_DS_H
#define PARAUDIT_SRC_FORECAST_DS_H

#include <stdbool.h>

#include "paraudit/csv/matrix_csv.h"

/* *time: a whole number within 10^13 of 0, so that none ahead overflows, or seconds since
 * 1970-01-01 of a date; *date: which. PA_E_DATA with file and line. */
pa_status pa_ds_read(const pa_matrix_header *header, int64_t line, pa_csv_field ds, int64_t *time,
                     bool *date, pa_error *err);

#endif

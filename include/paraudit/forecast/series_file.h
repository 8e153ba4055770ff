/* Series of a long CSV file `unique_id,ds,y`, plain, .gz or .zst, read by all ranks together. Rows
 * may stand in any order. */
#ifndef PARAUDIT_FORECAST_SERIES_FILE_H
#define PARAUDIT_FORECAST_SERIES_FILE_H

#include "paraudit/comm/dictionary.h"
#include "paraudit/forecast/time_steps.h"
#include "paraudit/text/source.h"

/* Names of the columns; borrowed. */
typedef struct {
    const char *id, *ds, *y;
    bool gaps; /* allowed between times, and values that are missing: NaN, but one of each series */
} pa_series_columns;

/* Those of this rank, contiguous in the order of the bytes of their ids: lower ranks have lower
 * ones. Series i has values first[i] .. first[i + 1] - 1, in the order of time. */
typedef struct {
    size_t n;
    int64_t n_global, first_series; /* of all ranks; the number of the first one here */
    pa_names ids;                   /* of all series, on every rank */
    pa_time_step step;
    size_t *first; /* n + 1 */
    int64_t *time;
    double *value;
} pa_series_file;

/* PA_E_NO_INPUT, PA_E_IO, PA_E_MEMORY; PA_E_DATA with file and line: no such column, what
 * series_rows.h says, numbers beside dates, a time that comes twice in a series, or after a gap;
 * no value at all. On failure there is nothing to free. Collective. */
pa_status pa_series_file_read(pa_comm *comm, const char *path, const pa_series_columns *columns,
                              const pa_text_io *io, pa_series_file *file, pa_error *err);
void pa_series_file_free(pa_series_file *file); /* local */

#endif

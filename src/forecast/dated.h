/* A series for models that take gaps: the values that are known, and days. */
#ifndef PARAUDIT_FORECAST_DATED_H
#define PARAUDIT_FORECAST_DATED_H

#include "paraudit/forecast/series_file.h"

typedef struct {
    size_t n;           /* values that are known */
    double *value;      /* n */
    double *day;        /* n, and those ahead: since 1970-01-01, or numbers as the file has them */
    size_t room, ahead; /* for values, for days behind them */
} pa_dated;

/* d: zeros or a filled one; to be freed also on failure. Days ahead are behind the last time of the
 * file, known or not. PA_E_MEMORY. */
pa_status pa_dated_fill(const pa_series_file *file, size_t series, size_t horizon, pa_dated *d,
                        pa_error *err);
void pa_dated_free(pa_dated *d);

#endif

#include "ds.h"

#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"

static const int64_t MOST_TIME = INT64_C(10000000000000);

pa_status pa_ds_read(const pa_matrix_header *h, int64_t line, pa_csv_field ds, int64_t *time,
                     bool *date, pa_error *err)
{
    *date = !pa_parse_i64(ds.text, ds.length, time);
    if (!*date && (*time > MOST_TIME || *time < -MOST_TIME))
        return pa_matrix_refuse_cell(h, line, ds, "ds is beyond 10^13", err);
    if (*date && !pa_parse_date_time(ds.text, ds.length, PA_DATE_YMD, time))
        return pa_matrix_refuse_cell(
            h, line, ds, "ds is neither a whole number nor a date such as 2024-01-31", err);
    return PA_OK;
}

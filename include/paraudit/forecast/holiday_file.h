/* Holidays of a CSV file (holiday_rows.h), plain, .gz or .zst, read by all ranks together. */
#ifndef PARAUDIT_FORECAST_HOLIDAY_FILE_H
#define PARAUDIT_FORECAST_HOLIDAY_FILE_H

#include "paraudit/comm/comm.h"
#include "paraudit/forecast/prophet.h"
#include "paraudit/text/source.h"

/* dates: whether days have to be dates, or numbers. All on every rank, effects in the order of the
 * bytes of holidays and then of days before and behind. PA_E_NO_INPUT, PA_E_IO, PA_E_MEMORY;
 * PA_E_DATA with file and line. On failure there is nothing to free. Collective. */
pa_status pa_holiday_file_read(pa_comm *comm, const char *path, bool dates, const pa_text_io *io,
                               pa_holidays *holidays, pa_error *err);
void pa_holidays_free(pa_holidays *holidays); /* local */

#endif

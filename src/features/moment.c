#include "paraudit/features/moment.h"

#include "paraudit/base/calendar.h"

void pa_moment_amount(size_t n, const int64_t amount_minor[], double units, float amount[])
{
    for (size_t i = 0; i < n; i++) amount[i] = (float)((double)amount_minor[i] / units);
}

void pa_moment_weekend(size_t n, const int64_t time[], float weekend[])
{
    for (size_t i = 0; i < n; i++) weekend[i] = pa_weekday_of(time[i]) >= 5;
}

void pa_moment_night(size_t n, const int64_t time[], float night[])
{
    for (size_t i = 0; i < n; i++) night[i] = pa_hour_of(time[i]) <= 6;
}

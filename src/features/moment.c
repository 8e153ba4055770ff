#include "paraudit/features/moment.h"

void pa_moment_amount(size_t n, const int64_t amount_minor[], float amount[])
{
    for (size_t i = 0; i < n; i++) amount[i] = (float)((double)amount_minor[i] / 100.0);
}

/* Rounds down, before 1970 as well. */
static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

void pa_moment_weekend(size_t n, const int64_t time[], float weekend[])
{
    for (size_t i = 0; i < n; i++) {
        /* Day 0 was a Thursday, the fourth day of a week that starts on Monday. */
        int64_t day = floor_div(time[i], 86400) + 3;
        weekend[i] = day - 7 * floor_div(day, 7) >= 5;
    }
}

void pa_moment_night(size_t n, const int64_t time[], float night[])
{
    for (size_t i = 0; i < n; i++) {
        night[i] = time[i] - 86400 * floor_div(time[i], 86400) < 7 * 3600;
    }
}

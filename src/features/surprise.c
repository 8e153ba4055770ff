#include "paraudit/features/surprise.h"

#include <string.h>

#include "paraudit/base/calendar.h"
#include "paraudit/base/math.h"
#include "paraudit/table/slices.h"

enum { HOURS = 24, WEEKDAYS = 7, KERNEL = 9 /* the sum of the weights 1 2 3 2 1 */ };

float pa_surprise(int64_t part, int64_t whole)
{
    return (float)-pa_log2((double)part / (double)whole);
}

void pa_account_hour_surprise(size_t n, const int32_t account[], const int64_t time[], float bits[])
{
    int64_t counts[2 + HOURS + 2]; /* hour g at g + 2, and twice where the circle closes */
    int64_t rows = 0;
    for (size_t i = 0; i < n; i++) {
        if (pa_starts_slice(account, i)) {
            memset(counts, 0, sizeof counts);
            rows = 0;
        }
        int hour = pa_hour_of(time[i]);
        const int64_t *c = counts + 2 + hour;
        int64_t near = c[-2] + c[2] + 2 * (c[-1] + c[1]) + 3 * c[0];
        bits[i] = pa_surprise(HOURS * near + KERNEL, HOURS * KERNEL * (rows + 1));
        rows++;
        counts[hour + 2]++;
        if (hour < 2) counts[hour + 2 + HOURS]++;
        if (hour >= HOURS - 2) counts[hour + 2 - HOURS]++;
    }
}

void pa_account_weekday_surprise(size_t n, const int32_t account[], const int64_t time[],
                                 float bits[])
{
    int64_t counts[WEEKDAYS];
    int64_t rows = 0;
    for (size_t i = 0; i < n; i++) {
        if (pa_starts_slice(account, i)) {
            memset(counts, 0, sizeof counts);
            rows = 0;
        }
        int64_t *c = counts + pa_weekday_of(time[i]);
        bits[i] = pa_surprise(WEEKDAYS * *c + 1, WEEKDAYS * (rows + 1));
        rows++;
        (*c)++;
    }
}

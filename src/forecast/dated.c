#include "dated.h"

#include <math.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"

void pa_dated_free(pa_dated *d)
{
    pa_free(d->value);
    pa_free(d->day);
    *d = (pa_dated){0};
}

static pa_status make_room(size_t n, size_t horizon, pa_dated *d, pa_error *err)
{
    if (n <= d->room && horizon <= d->ahead) return PA_OK;
    pa_dated_free(d);
    PA_TRY(PA_NEW(d->value, n, err));
    PA_TRY(PA_NEW(d->day, n + horizon, err));
    d->room = n;
    d->ahead = horizon;
    return PA_OK;
}

static double day_of(const pa_time_step *step, int64_t time)
{
    return step->kind == PA_STEP_NUMBERS ? (double)time : (double)time / PA_DAY_SECONDS;
}

pa_status pa_dated_fill(const pa_series_file *f, size_t series, size_t horizon, pa_dated *d,
                        pa_error *err)
{
    const double *value = f->value + f->first[series];
    const int64_t *time = f->time + f->first[series];
    size_t n = f->first[series + 1] - f->first[series];
    PA_TRY(make_room(n, horizon, d, err));
    d->n = 0;
    for (size_t t = 0; t < n; t++) {
        if (isnan(value[t])) continue;
        d->value[d->n] = value[t];
        d->day[d->n++] = day_of(&f->step, time[t]);
    }
    int day = pa_step_day(&f->step, n, time);
    for (size_t h = 0; h < horizon; h++)
        d->day[d->n + h] = day_of(&f->step, pa_step_on(&f->step, time[n - 1], (int64_t)h + 1, day));
    return PA_OK;
}

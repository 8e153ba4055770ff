#include "paraudit/features/line.h"

pa_status pa_line_stride(int64_t first_time, int64_t last_time, int64_t reach, int64_t n_owners,
                         const char *what, uint64_t *stride, pa_error *err)
{
    int64_t days = last_time >= first_time ? last_time - first_time : 0;
    int64_t step, end;
    if (__builtin_add_overflow(days, reach, &step) ||
        __builtin_mul_overflow(step, n_owners, &end)) {
        return pa_fail(err, PA_E_DATA,
                       "%lld %s over %lld seconds, and windows of up to %lld seconds, are too many "
                       "to put in one order: is a time or a delay wrong?",
                       (long long)n_owners, what, (long long)days, (long long)reach);
    }
    *stride = (uint64_t)step;
    return PA_OK;
}

void pa_line_place(size_t n, const int32_t owner[], const int64_t time[], int64_t first_time,
                   uint64_t stride, uint64_t at[])
{
    for (size_t i = 0; i < n; i++) {
        at[i] = (uint64_t)owner[i] * stride + (uint64_t)(time[i] - first_time);
    }
}

static int beyond(int64_t v, int64_t limit)
{
    return v < -limit || v > limit;
}

pa_status pa_line_check(size_t n, const int64_t tx[], const int64_t time[],
                        const int64_t amount_minor[], pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (beyond(time[i], PA_TIME_LIMIT)) {
            return pa_fail(err, PA_E_DATA, "transaction %lld: time %lld is not a plausible second",
                           (long long)tx[i], (long long)time[i]);
        }
        if (beyond(amount_minor[i], PA_AMOUNT_LIMIT)) {
            return pa_fail(err, PA_E_DATA,
                           "transaction %lld: amount of %lld minor units is beyond 2^53",
                           (long long)tx[i], (long long)amount_minor[i]);
        }
    }
    return PA_OK;
}

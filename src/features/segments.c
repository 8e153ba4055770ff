#include "paraudit/features/segments.h"

#include <stdio.h>
#include <string.h>

#include "paraudit/order/quantiles.h"

enum { DAY = 86400 };

void pa_segment_add(pa_segment_sums *s, int64_t time, int64_t amount_minor)
{
    if (s->rows == 0 || time < s->first_time) s->first_time = time;
    s->rows++;
    s->amount_minor += amount_minor;
}

void pa_segment_values(const pa_segment_sums *s, int64_t until, double units, float *pace,
                       float *amount)
{
    double days = (double)(until - s->first_time) / DAY;
    *pace = (float)((double)s->rows / (days < 1 ? 1 : days));
    *amount = (float)(pa_i128_to_f64(s->amount_minor) / (double)s->rows / units);
}

static int part_of(const float cut[PA_SEGMENT_CUTS], float value)
{
    int part = 0;
    while (part < PA_SEGMENT_CUTS && value >= cut[part]) part++;
    return part;
}

int pa_segment_of(const pa_segment_cuts *cuts, float pace, float amount)
{
    return PA_SEGMENT_PARTS * part_of(cuts->pace, pace) + part_of(cuts->amount, amount);
}

void pa_segment_name(int segment, char name[PA_SEGMENT_NAME])
{
    memset(name, 0, PA_SEGMENT_NAME);
    if (segment == PA_SEGMENT_NEW)
        snprintf(name, PA_SEGMENT_NAME, "no history");
    else
        snprintf(name, PA_SEGMENT_NAME, "pace %d of %d, amount %d of %d",
                 segment / PA_SEGMENT_PARTS + 1, PA_SEGMENT_PARTS, segment % PA_SEGMENT_PARTS + 1,
                 PA_SEGMENT_PARTS);
}

static pa_status quartiles(pa_comm *comm, size_t n, const float value[], int64_t n_global,
                           float cut[PA_SEGMENT_CUTS], pa_error *err)
{
    int64_t position[PA_SEGMENT_CUTS];
    pa_quantile quantile[PA_SEGMENT_CUTS];
    for (int k = 0; k < PA_SEGMENT_CUTS; k++)
        position[k] = (int64_t)((pa_i128)n_global * (k + 1) / PA_SEGMENT_PARTS);
    PA_TRY(pa_quantiles(comm, n, value, PA_SEGMENT_CUTS, position, quantile, err));
    for (int k = 0; k < PA_SEGMENT_CUTS; k++) cut[k] = quantile[k].value;
    return PA_OK;
}

pa_status pa_segment_fit(pa_comm *comm, size_t n, const float pace[], const float amount[],
                         pa_segment_cuts *cuts, pa_error *err)
{
    int64_t n_global = (int64_t)n;
    *cuts = (pa_segment_cuts){0};
    pa_sum_i64(comm, &n_global, 1);
    if (n_global == 0) return PA_OK;
    PA_TRY(quartiles(comm, n, pace, n_global, cuts->pace, err));
    return quartiles(comm, n, amount, n_global, cuts->amount, err);
}

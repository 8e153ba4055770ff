#include "paraudit/features/segments.h"

#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/order/quantiles.h"
#include "paraudit/table/slices.h"

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

/* ---- rows ---- */

/* Of the account whose rows begin there; false: none of them counts. */
static bool values_of(const pa_segment_rows *r, size_t begin, size_t end, float *pace,
                      float *amount)
{
    pa_segment_sums sums = {0};
    for (size_t i = begin; i < end; i++)
        if (r->time[i] >= r->from && r->time[i] < r->until)
            pa_segment_add(&sums, r->time[i], r->amount_minor[i]);
    if (sums.rows) pa_segment_values(&sums, r->until, r->units, pace, amount);
    return sums.rows > 0;
}

void pa_segments_of_rows(const pa_segment_cuts *cuts, const pa_segment_rows *r, int8_t segment[])
{
    for (size_t begin = 0, end; begin < r->n; begin = end) {
        float pace, amount;
        int of = PA_SEGMENT_NEW;
        end = pa_end_of_slice(r->n, r->account, begin);
        if (values_of(r, begin, end, &pace, &amount)) of = pa_segment_of(cuts, pace, amount);
        memset(segment + begin, of, end - begin);
    }
}

static pa_status find_values(const pa_segment_rows *r, size_t *n, float **pace, float **amount,
                             pa_error *err)
{
    size_t n_accounts = 0;
    for (size_t i = 0; i < r->n; i++) n_accounts += pa_starts_slice(r->account, i);
    PA_TRY(PA_NEW(*pace, n_accounts, err));
    PA_TRY(PA_NEW(*amount, n_accounts, err));
    for (size_t begin = 0, end; begin < r->n; begin = end) {
        end = pa_end_of_slice(r->n, r->account, begin);
        *n += values_of(r, begin, end, *pace + *n, *amount + *n);
    }
    return PA_OK;
}

pa_status pa_segments_learn(pa_comm *comm, const pa_segment_rows *rows, pa_store *model,
                            pa_segment_cuts *cuts, pa_error *err)
{
    float *pace = NULL, *amount = NULL;
    size_t n = 0;
    void *to;
    pa_status st;
    PA_GOTO(pa_agree(comm, find_values(rows, &n, &pace, &amount, err), err));
    PA_GOTO(pa_segment_fit(comm, n, pace, amount, cuts, err));
    st = pa_store_put(model, "segment_cut", PA_F32, 2, PA_SEGMENT_CUTS,
                      "where parts of accounts begin: by pace, by amount", &to, err);
    if (st == PA_OK) memcpy(to, cuts, sizeof *cuts);
    st = pa_agree(comm, st, err);
out:
    pa_free(pace);
    pa_free(amount);
    return st;
}

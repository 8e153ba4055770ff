#include "paraudit/evaluate/below_line.h"

#include <math.h>

#include "paraudit/base/draw.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/batch.h"
#include "paraudit/order/select.h"

static bool is_below(const pa_evaluation_input *in, const pa_time_plan *plan, size_t row)
{
    bool audited = in->time[row] >= plan->audit_from && in->time[row] < plan->audit_until;
    return audited && !in->alert[row] && !isnan(in->margin[row]);
}

/* 63 bits, so that they have a sign to spare. */
static int64_t draw_of(const pa_evaluation_input *in, uint64_t seed, size_t row)
{
    return (int64_t)(pa_draw(seed, PA_DRAW_SAMPLE, (uint64_t)in->tx[row], 0) >> 1);
}

/* The draws of all rows below the line here, ascending. */
static pa_status sort_draws(const pa_evaluation_input *in, const pa_evaluation_options *o, size_t n,
                            int64_t sorted[], pa_error *err)
{
    uint64_t *draw = NULL;
    uint32_t *order = NULL;
    size_t m = 0;
    pa_status st = PA_NEW(draw, n, err);
    if (st == PA_OK) st = PA_NEW(order, n, err);
    for (size_t i = 0; st == PA_OK && i < in->n; i++)
        if (is_below(in, &o->plan, i)) draw[m++] = (uint64_t)draw_of(in, o->seed, i);
    if (st == PA_OK) st = pa_sort_u64(n, draw, order, err);
    if (st == PA_OK) pa_permute(n, sizeof *draw, order, draw, sorted);
    pa_free(draw);
    pa_free(order);
    return st;
}

/* The largest draw that is in the sample; -1: the sample is empty. n: rows below the line here,
 * *n_all: of all ranks. */
static pa_status find_limit(pa_comm *comm, const pa_evaluation_input *in,
                            const pa_evaluation_options *o, size_t n, int64_t *n_all,
                            int64_t *limit, pa_error *err)
{
    int64_t *sorted = NULL;
    pa_batch batch = {0};
    *n_all = (int64_t)n;
    pa_status st = PA_NEW(sorted, n, err);
    if (st == PA_OK) st = sort_draws(in, o, n, sorted, err);
    pa_batch_i64(&batch, n_all, 1);
    st = pa_batch_sum(comm, &batch, st, err);
    int64_t wanted = o->below_line < *n_all ? o->below_line : *n_all;
    *limit = st == PA_OK && wanted > 0 ? pa_select_i64(comm, n, sorted, wanted - 1) : -1;
    pa_free(sorted);
    return st;
}

static void take(const pa_evaluation_input *in, const pa_evaluation_options *o, int64_t limit,
                 pa_below_line *out)
{
    out->n = 0;
    for (size_t i = 0; i < in->n; i++) {
        if (!is_below(in, &o->plan, i) || draw_of(in, o->seed, i) > limit) continue;
        if (out->row)
            out->row[out->n] = (pa_below_line_row){.tx = in->tx[i],
                                                   .time = in->time[i],
                                                   .margin = in->margin[i],
                                                   .amount = in->amount[i],
                                                   .account = in->account[i]};
        out->n++;
    }
}

pa_status pa_sample_below_line(pa_comm *comm, const pa_evaluation_input *in,
                               const pa_evaluation_options *options, pa_below_line *out,
                               pa_error *err)
{
    size_t n = 0;
    int64_t limit, n_all;
    pa_batch batch = {0};
    *out = (pa_below_line){0};
    for (size_t i = 0; i < in->n; i++) n += is_below(in, &options->plan, i);
    PA_TRY(find_limit(comm, in, options, n, &n_all, &limit, err));
    take(in, options, limit, out);
    pa_status st = PA_NEW(out->row, out->n, err);
    if (st == PA_OK) take(in, options, limit, out);
    out->n_global = (int64_t)out->n;
    out->first = pa_sum_before_i64(comm, out->n_global);
    pa_batch_i64(&batch, &out->n_global, 1);
    st = pa_batch_sum(comm, &batch, st, err);
    for (size_t i = 0; st == PA_OK && i < out->n; i++)
        out->row[i].probability = (double)out->n_global / (double)n_all;
    if (st != PA_OK) pa_below_line_free(out);
    return st;
}

void pa_below_line_free(pa_below_line *sample)
{
    pa_free(sample->row);
    *sample = (pa_below_line){0};
}

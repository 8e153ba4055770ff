#include "paraudit/comm/batch.h"

#include "paraudit/base/stop.h"

/* Values of one call: few enough for the stack, so that no rank can lack the memory. */
enum { TOGETHER = 4096 };

void pa_batch_i64(pa_batch *batch, int64_t v[], size_t n)
{
    PA_ASSERT(batch->n_parts < PA_BATCH_PARTS);
    batch->part[batch->n_parts].n = n;
    batch->part[batch->n_parts].wide = NULL;
    batch->part[batch->n_parts++].narrow = v;
}

void pa_batch_i128(pa_batch *batch, pa_i128 v[], size_t n)
{
    PA_ASSERT(batch->n_parts < PA_BATCH_PARTS);
    batch->part[batch->n_parts].n = n;
    batch->part[batch->n_parts].narrow = NULL;
    batch->part[batch->n_parts++].wide = v;
}

/* A value on its way through all parts. */
typedef struct {
    size_t part, at;
} place;

static bool next_place(const pa_batch *t, place *p)
{
    while (p->part < t->n_parts && p->at == t->part[p->part].n) *p = (place){p->part + 1, 0};
    return p->part < t->n_parts;
}

static pa_i128 value_at(const pa_batch *t, place p)
{
    if (t->part[p.part].wide) return t->part[p.part].wide[p.at];
    return t->part[p.part].narrow ? t->part[p.part].narrow[p.at] : 0;
}

static void set_value(const pa_batch *t, place p, pa_i128 v)
{
    if (t->part[p.part].wide)
        t->part[p.part].wide[p.at] = v;
    else if (t->part[p.part].narrow)
        t->part[p.part].narrow[p.at] = (int64_t)v;
}

/* Fills sum[n ..] from the parts; returns how many there are then. */
static size_t take(const pa_batch *t, place *p, size_t n, pa_i128 sum[])
{
    for (; n < TOGETHER && next_place(t, p); p->at++) sum[n++] = value_at(t, *p);
    return n;
}

static void give(const pa_batch *t, place *p, size_t from, size_t n, const pa_i128 sum[])
{
    for (size_t i = from; i < n && next_place(t, p); p->at++) set_value(t, *p, sum[i++]);
}

/* The first call says whether any rank has failed, or was asked to stop. */
pa_status pa_batch_sum(pa_comm *comm, pa_batch *batch, pa_status st, pa_error *err)
{
    pa_i128 sum[TOGETHER];
    place in = {0, 0}, out = {0, 0};
    sum[0] = st != PA_OK || (pa_stop_allowed() && pa_stop_signal() != 0);
    size_t n = take(batch, &in, 1, sum);
    pa_sum_i128(comm, sum, n);
    if (sum[0] != 0) st = pa_agree(comm, st, err);
    if (st == PA_OK) give(batch, &out, 1, n, sum);
    while (st == PA_OK && (n = take(batch, &in, 0, sum)) > 0) {
        pa_sum_i128(comm, sum, n);
        give(batch, &out, 0, n, sum);
    }
    batch->n_parts = 0;
    return st;
}

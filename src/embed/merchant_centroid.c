#include "paraudit/embed/merchant_centroid.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

/* Weights grow with time from the account's origin, so that the sum is not touched to let it decay;
 * past so many half-lives the origin moves. */
enum { MOST_HALF_LIVES = 256 };
static const double ln_2 = 0.69314718055994530942;

/* A row of the account at hand that is, or will be, known for a fraud. */
typedef struct {
    int32_t place;
    int64_t time, from, until;
    bool out;
} own_fraud;

struct pa_centroid {
    const pa_merchant_vectors *vectors;
    double half_life; /* seconds */
    int32_t account;  /* of the row before; -1: none */
    int64_t origin, rows;
    double weight, *sum; /* of all rows; of their vectors so weighted: dim */
    own_fraud *fraud;
    size_t n_frauds, room;
};

pa_status pa_centroid_open(const pa_merchant_vectors *vectors, double half_life_days,
                           pa_centroid **centroid, pa_error *err)
{
    pa_centroid *c;
    *centroid = NULL;
    PA_TRY(PA_NEW(c, 1, err));
    c->vectors = vectors;
    c->half_life = half_life_days * 86400;
    c->account = -1;
    pa_status st = PA_NEW(c->sum, vectors->dim, err);
    if (st != PA_OK) {
        pa_centroid_close(c);
        return st;
    }
    *centroid = c;
    return PA_OK;
}

void pa_centroid_close(pa_centroid *c)
{
    if (!c) return;
    pa_free(c->sum);
    pa_free(c->fraud);
    pa_free(c);
}

static void forget(pa_centroid *c)
{
    c->rows = 0;
    c->weight = 0;
    memset(c->sum, 0, c->vectors->dim * sizeof *c->sum);
}

static double grown(const pa_centroid *c, int64_t time)
{
    return pa_exp((double)(time - c->origin) / c->half_life * ln_2);
}

/* Rows of which nothing would be left weigh next to nothing. */
static void move_origin(pa_centroid *c, int64_t time)
{
    const double least = 0x1p-200;
    double factor = 1 / grown(c, time);
    if (c->weight > 0 && c->weight * factor < least) factor = least / c->weight;
    for (size_t d = 0; d < c->vectors->dim; d++) c->sum[d] *= factor;
    c->weight *= factor;
    c->origin = time;
}

/* Adds a row, or takes it back. Where none is left nothing is, not even what rounding left. */
static void weigh(pa_centroid *c, int32_t place, int64_t time, int rows)
{
    const float *vector = c->vectors->vector + (size_t)place * c->vectors->dim;
    double weight = grown(c, time) * rows;
    c->rows += rows;
    c->weight += weight;
    for (size_t d = 0; d < c->vectors->dim; d++) c->sum[d] += weight * (double)vector[d];
    if (c->rows == 0) forget(c);
}

/* What became known, or was taken back, by now. */
static void look_at_frauds(pa_centroid *c, int64_t now)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->n_frauds; i++) {
        own_fraud *f = c->fraud + i;
        if (!f->out && f->from <= now) {
            weigh(c, f->place, f->time, -1);
            f->out = true;
        }
        if (f->out && f->until <= now)
            weigh(c, f->place, f->time, 1);
        else
            c->fraud[kept++] = *f;
    }
    c->n_frauds = kept;
}

static pa_status remember_fraud(pa_centroid *c, const own_fraud *fraud, pa_error *err)
{
    PA_TRY(PA_ROOM(c->fraud, c->room, c->n_frauds + 1, err));
    c->fraud[c->n_frauds++] = *fraud;
    return PA_OK;
}

static void tell_row(const pa_centroid *c, int32_t place, float *similarity, float *affinity)
{
    size_t dim = c->vectors->dim, at = (size_t)(place < 0 ? 0 : place) * dim;
    double xy = 0, xx = 0, yy = 0, product = 0;
    bool any = c->rows > 0 && c->weight > 0; /* rounding may have left nothing of them */
    *similarity = place >= 0 && !any;
    *affinity = 0;
    if (place < 0 || !any) return;
    for (size_t d = 0; d < dim; d++) {
        double x = (double)c->vectors->vector[at + d], y = c->sum[d] / c->weight;
        xy += x * y;
        xx += x * x;
        yy += y * y;
        product += (double)c->vectors->context[at + d] * y;
    }
    if (xx > 0 && yy > 0) *similarity = (float)(xy / (sqrt(xx) * sqrt(yy)));
    *affinity = (float)product;
}

static pa_status learn_row(pa_centroid *c, const pa_centroid_rows *rows, size_t i, int32_t place,
                           pa_error *err)
{
    const own_fraud fraud = {.place = place,
                             .time = rows->time[i],
                             .from = rows->fraud_from[i],
                             .until = rows->fraud_until[i]};
    if (place < 0) return PA_OK;
    weigh(c, place, rows->time[i], 1);
    return fraud.from == INT64_MAX ? PA_OK : remember_fraud(c, &fraud, err);
}

pa_status pa_centroid_tell(pa_centroid *c, const pa_centroid_rows *rows,
                           const pa_centroid_columns *out, pa_error *err)
{
    for (size_t i = 0; i < rows->n; i++) {
        int32_t place = pa_merchant_place(c->vectors, rows->merchant[i]);
        if (rows->account[i] != c->account) {
            forget(c);
            c->n_frauds = 0;
            c->account = rows->account[i];
            c->origin = rows->time[i];
        }
        if ((double)(rows->time[i] - c->origin) > MOST_HALF_LIVES * c->half_life)
            move_origin(c, rows->time[i]);
        look_at_frauds(c, rows->time[i]);
        if (rows->wanted[i]) tell_row(c, place, out->similarity + i, out->affinity + i);
        PA_TRY(learn_row(c, rows, i, place, err));
    }
    return PA_OK;
}

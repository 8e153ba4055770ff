#include "paraudit/embed/merchant_vectors.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

enum { LANES = 4, COLUMNS = 256 };
static const float largest = 80; /* of s in size: e^80 is far below the largest float */

pa_status pa_merchant_vectors_index(pa_merchant_vectors *v, pa_error *err)
{
    v->n_codes = v->n ? (size_t)v->code[v->n - 1] + 1 : 0;
    PA_TRY(PA_NEW(v->place, v->n_codes, err));
    for (size_t i = 0; i < v->n_codes; i++) v->place[i] = -1;
    for (size_t i = 0; i < v->n; i++) v->place[v->code[i]] = (int32_t)i;
    return PA_OK;
}

void pa_merchant_vectors_free(pa_merchant_vectors *v)
{
    pa_free(v->place);
}

void pa_merchant_drawn(size_t n, const int64_t count[], double power, float drawn[])
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += pa_exp(power * pa_ln((double)count[i]));
    for (size_t i = 0; i < n; i++) drawn[i] = (float)(power * pa_ln((double)count[i]) - pa_ln(sum));
}

static float within(float s)
{
    return s < -largest ? -largest : s > largest ? largest : s;
}

/* ---- sums over all ---- */

/* e^x, of |x| up to 80, within 3e-7 of it: 2^k e^r with r below ln 2 / 2 in size. */
static float exp_of(float x)
{
    union {
        int32_t bits;
        float value;
    } power;
    float scaled = x * 1.44269504F;
    int32_t k = (int32_t)(scaled + (scaled < 0 ? -.5F : .5F));
    float r = x - (float)k * .693359375F + (float)k * 2.12194440e-4F;
    float e =
        1 + r * (1 + r * (.5F +
                          r * (1.66666667e-1F +
                               r * (4.16666667e-2F + r * (8.33333333e-3F + r * 1.38888889e-3F)))));
    power.bits = (k + 127) * (1 << 23);
    return e * power.value;
}

/* Contexts of COLUMNS merchants from `first` on as columns: dim x COLUMNS. */
static size_t turn(const pa_merchant_vectors *v, size_t first, float turned[])
{
    size_t n = v->n - first < COLUMNS ? v->n - first : COLUMNS;
    for (size_t k = 0; k < n; k++)
        for (size_t d = 0; d < v->dim; d++)
            turned[d * COLUMNS + k] = v->context[(first + k) * v->dim + d];
    return n;
}

static void multiply(size_t dim, const float vector[], const float turned[], float s[COLUMNS])
{
    memset(s, 0, COLUMNS * sizeof *s);
    for (size_t d = 0; d < dim; d++)
        for (size_t k = 0; k < COLUMNS; k++) s[k] += vector[d] * turned[d * COLUMNS + k];
}

/* Of the n merchants from `first` on; own: one of all that does not count. */
static double add_up(const pa_merchant_vectors *v, size_t first, size_t n, size_t own,
                     float s[COLUMNS])
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) s[k] = exp_of(within(s[k] + v->drawn[first + k]));
    if (own >= first && own < first + n) s[own - first] = 0;
    for (size_t k = 0; k < n; k++) sum += (double)s[k];
    return sum;
}

pa_status pa_merchant_wholes(const pa_merchant_vectors *v, size_t from, size_t until, float whole[],
                             pa_error *err)
{
    float *turned = NULL, s[COLUMNS];
    double *sum = NULL;
    pa_status st = PA_NEW(turned, v->dim * COLUMNS, err);
    if (st == PA_OK) st = PA_NEW(sum, until - from, err);
    for (size_t first = 0; st == PA_OK && first < v->n; first += COLUMNS) {
        size_t n = turn(v, first, turned);
        for (size_t i = from; i < until; i++) {
            multiply(v->dim, v->vector + i * v->dim, turned, s);
            sum[i - from] += add_up(v, first, n, i, s);
        }
    }
    for (size_t i = from; st == PA_OK && i < until; i++)
        whole[i - from] = (float)pa_ln(sum[i - from]);
    pa_free(turned);
    pa_free(sum);
    return st;
}

/* ---- one of them ---- */

static float product(size_t dim, const float a[], const float b[])
{
    float lane[LANES] = {0}, rest = 0;
    size_t d = 0;
    for (; d + LANES <= dim; d += LANES)
        for (size_t k = 0; k < LANES; k++) lane[k] += a[d + k] * b[d + k];
    for (; d < dim; d++) rest += a[d] * b[d];
    return (lane[0] + lane[2]) + (lane[1] + lane[3]) + rest;
}

double pa_merchant_choice(const pa_merchant_vectors *v, int32_t last, int32_t next)
{
    size_t from = (size_t)last, to = (size_t)next;
    if (from == to) return 0;
    float s = product(v->dim, v->vector + from * v->dim, v->context + to * v->dim);
    return pa_exp((double)within(s + v->drawn[to]) - (double)v->whole[from]);
}

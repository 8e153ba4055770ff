#include "paraudit/order/tail.h"

#include <float.h>
#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

/* Natural logarithms: where the extrapolation bends, and what it never passes;
 * the smallest normal float is e^-87.3. */
static const double BEND = -80.0, FLOOR = -87.0;

struct pa_tail {
    size_t n;
    float *value;
    double *log_tail;
    double slope; /* beyond the last knot; negative */
};

/* Rows at or above the knots of the lower half, j = 1 .. m, at even distances of
 * their logarithm from `high` (excluded) to n. log_ratio: of n to high. */
static int64_t spread_count(double log_ratio, size_t high, size_t j, size_t m)
{
    return (int64_t)((double)high * pa_exp(log_ratio * (double)j / (double)m));
}

size_t pa_tail_ordinals(int64_t n, size_t max_knots, int64_t ordinal[])
{
    PA_ASSERT(n >= 1 && max_knots >= 2);
    if ((uint64_t)n <= max_knots) {
        for (int64_t i = 0; i < n; i++) ordinal[i] = i;
        return (size_t)n;
    }
    size_t high = max_knots / 2, m = max_knots - high;
    int64_t at_or_above = 0;
    double log_ratio = pa_ln((double)n / (double)high);
    for (size_t k = 1; k <= max_knots; k++) {
        int64_t least = at_or_above + 1, most = n - (int64_t)(max_knots - k);
        at_or_above = k <= high ? least : spread_count(log_ratio, high, k - high, m);
        if (at_or_above < least) at_or_above = least;
        if (at_or_above > most || k == max_knots) at_or_above = most;
        ordinal[max_knots - k] = n - at_or_above;
    }
    return max_knots;
}

static pa_status check_knots(int64_t n_rows, size_t n_knots, const float value[],
                             const int64_t count[], pa_error *err)
{
    bool good = n_knots >= 1 && n_knots <= PA_TAIL_MAX_KNOTS && n_rows >= 1 && count[0] == n_rows &&
                count[n_knots - 1] >= 1;
    for (size_t i = 0; good && i < n_knots; i++) {
        good = value[i] >= -FLT_MAX && value[i] <= FLT_MAX;
        if (good && i > 0) good = value[i - 1] < value[i] && count[i - 1] > count[i];
    }
    if (good) return PA_OK;
    return pa_fail(err, PA_E_DATA, "the %zu knots of a tail over %lld rows are out of order",
                   n_knots, (long long)n_rows);
}

static double slope_beyond(const pa_tail *t, int64_t n_rows, const int64_t count[])
{
    size_t last = t->n - 1, low = 0;
    int64_t top = n_rows / 100 > 10 ? n_rows / 100 : 10;
    /* All rows alike have no slope: a tail that halves or so when x doubles. */
    if (last == 0) {
        double size = t->value[0] < 0 ? -t->value[0] : t->value[0];
        return size > FLT_MIN ? -1.0 / size : -1.0;
    }
    while (low < last - 1 && count[low] > top) low++;
    return (t->log_tail[last] - t->log_tail[low]) / ((double)t->value[last] - t->value[low]);
}

pa_status pa_tail_open(int64_t n_rows, size_t n_knots, const float value[], const int64_t count[],
                       pa_tail **tail, pa_error *err)
{
    pa_tail *t = NULL;
    *tail = NULL;
    PA_TRY(check_knots(n_rows, n_knots, value, count, err));
    PA_TRY(PA_NEW(t, 1, err));
    pa_status st = PA_NEW(t->value, n_knots, err);
    if (st == PA_OK) st = PA_NEW(t->log_tail, n_knots, err);
    if (st != PA_OK) {
        pa_tail_free(t);
        return st;
    }
    t->n = n_knots;
    memcpy(t->value, value, n_knots * sizeof *value);
    for (size_t i = 0; i < n_knots; i++)
        t->log_tail[i] = pa_ln(((double)count[i] + 1) / ((double)n_rows + 1));
    t->slope = slope_beyond(t, n_rows, count);
    *tail = t;
    return PA_OK;
}

void pa_tail_free(pa_tail *t)
{
    if (!t) return;
    pa_free(t->value);
    pa_free(t->log_tail);
    pa_free(t);
}

/* The last knot at or below raw; the first one is. */
static size_t knot_below(const pa_tail *t, float raw)
{
    size_t low = 0, n = t->n;
    while (n > 1) {
        size_t half = n / 2;
        if (t->value[low + half] <= raw) low += half;
        n -= half;
    }
    return low;
}

static double log_beyond(const pa_tail *t, float raw)
{
    double line = t->log_tail[t->n - 1] + t->slope * ((double)raw - t->value[t->n - 1]);
    if (line >= BEND) return line;
    return FLOOR + (BEND - FLOOR) / (1 + (BEND - line) / (BEND - FLOOR));
}

/* raw: no NaN. */
static double log_tail(const pa_tail *t, float raw)
{
    if (raw <= t->value[0]) return 0;
    size_t k = knot_below(t, raw);
    if (k == t->n - 1) return log_beyond(t, raw);
    double part = ((double)raw - t->value[k]) / ((double)t->value[k + 1] - t->value[k]);
    return t->log_tail[k] + part * (t->log_tail[k + 1] - t->log_tail[k]);
}

float pa_tail_of(const pa_tail *t, float raw)
{
    return raw == raw ? (float)pa_exp(log_tail(t, raw)) : raw;
}

float pa_tail_unlikely(const pa_tail *t, float raw)
{
    return raw == raw ? (float)(0 - log_tail(t, raw)) : raw;
}

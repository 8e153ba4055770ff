#include "paraudit/forecast/lstm_series.h"

#include <math.h>

#include "paraudit/base/math.h"

enum {
    L = PA_FORECAST_LANES,
    LAST = 0,
    A_SEASON_AGO,
    TO_A_SEASON_AGO,
    WAVES,
    UNIT = WAVES + 4,
    LONG = 4
};

static const double most = 12; /* of inputs, either way */

bool pa_lstm_may_be_counts(size_t n, const double y[])
{
    const double largest = 1e9;
    for (size_t i = 0; i < n; i++)
        if (!(y[i] >= 0 && y[i] <= largest && floor(y[i]) == y[i])) return false;
    return true;
}

bool pa_lstm_may_be_logs(size_t n, const double y[])
{
    for (size_t i = 0; i < n; i++)
        if (!(y[i] > 0)) return false;
    return true;
}

size_t pa_lstm_memory(int32_t season)
{
    return 1 + (size_t)(season > LONG ? season : LONG);
}

/* A difference in units of the series. */
static double in_units(const pa_lstm_form *f, double difference)
{
    return f->unit > 0 ? difference / f->unit : 0;
}

static double level(const pa_lstm_form *f, double y)
{
    return f->kind == PA_LSTM_LOGS ? pa_ln(y) : y;
}

pa_lstm_form pa_lstm_form_of(pa_lstm_kind kind, int32_t season, int32_t place, size_t n,
                             const double y[])
{
    pa_lstm_form f = {kind, season, place, 0};
    double sum = 0;
    if (kind == PA_LSTM_COUNTS) {
        for (size_t i = 0; i < n; i++) sum += y[i];
        f.unit = 1 + sum / (double)n;
    } else {
        for (size_t i = 1; i < n; i++) sum += fabs(level(&f, y[i]) - level(&f, y[i - 1]));
        if (n > 1) f.unit = sum / (double)(n - 1);
    }
    return f;
}

/* How far it is from the last value to the one a season before the next; without a season, to the
 * one four before. */
static double way_back(const pa_lstm_form *f, size_t t, const double *y)
{
    size_t back = f->season > 1 ? (size_t)f->season : LONG;
    if (f->kind == PA_LSTM_COUNTS || t < back) return 0;
    return in_units(f, level(f, *(y - back)) - level(f, y[-1]));
}

/* Value y[-back] as an input, the one before it being y[-back - 1]. */
static double look_back(const pa_lstm_form *f, size_t t, const double *y, size_t back)
{
    if (f->kind == PA_LSTM_COUNTS) return t < back ? 0 : pa_ln1p(*(y - back) / f->unit);
    return t < back + 1 ? 0 : in_units(f, level(f, *(y - back)) - level(f, *(y - back - 1)));
}

static double bounded(double x)
{
    return x > most ? most : x < -most ? -most : x;
}

void pa_lstm_input(const pa_lstm_form *f, size_t t, const double *y, double input[])
{
    size_t season = (size_t)f->season;
    double turn = (double)(((size_t)f->place + t) % season) / (double)season;
    input[LAST * L] = bounded(look_back(f, t, y, 1));
    input[A_SEASON_AGO * L] = season > 1 ? bounded(look_back(f, t, y, season)) : 0;
    input[TO_A_SEASON_AGO * L] = bounded(way_back(f, t, y));
    for (size_t k = 1; k <= 2; k++) {
        bool wave = season > 2 * k - (k == 1);
        input[(WAVES + 2 * k - 2) * L] = wave ? pa_sin_turn((double)k * turn) : 0;
        input[(WAVES + 2 * k - 1) * L] = wave ? pa_cos_turn((double)k * turn) : 0;
    }
    input[UNIT * L] = f->kind == PA_LSTM_COUNTS ? bounded(pa_ln(f->unit)) : 0;
}

double pa_lstm_target(const pa_lstm_form *f, size_t t, const double *y)
{
    if (f->kind == PA_LSTM_COUNTS) return *y;
    return t == 0 || f->unit == 0 ? NAN : in_units(f, level(f, *y) - level(f, *(y - 1)));
}

double pa_lstm_value(const pa_lstm_form *f, double before, double change)
{
    const double largest = 600; /* logarithms of what doubles hold */
    if (f->unit == 0) return before;
    if (f->kind != PA_LSTM_LOGS) return before + change * f->unit;
    double log = pa_ln(before) + change * f->unit;
    return pa_exp(log > largest ? largest : log < -largest ? -largest : log);
}

static double draw_normal(double u, double v)
{
    return sqrt(-2 * pa_ln(1 - u)) * pa_cos_turn(v);
}

/* By its distribution function from 0 on; large ones as if they were normal. */
static double draw_count(const pa_lstm_said *s, double u, double v)
{
    const double large = 200;
    double variance = s->mean + s->mean * s->mean * s->dispersion, r = 1 / s->dispersion;
    if (s->mean > large) {
        double n = floor(s->mean + sqrt(variance) * draw_normal(u, v) + .5);
        return n > 0 ? n : 0;
    }
    double p = pa_exp(-r * pa_ln1p(s->mean * s->dispersion)), share = s->mean / (r + s->mean);
    double n = 0, last = s->mean + 40 * sqrt(variance) + 40;
    for (; u >= p && n < last; n++) {
        u -= p;
        p *= (n + r) / (n + 1) * share;
    }
    return n;
}

double pa_lstm_draw(const pa_lstm_form *f, const pa_lstm_said *s, double before, double u, double v)
{
    if (f->kind == PA_LSTM_COUNTS) return draw_count(s, u, v);
    return pa_lstm_value(f, before, bounded(s->middle + s->spread * draw_normal(u, v)));
}

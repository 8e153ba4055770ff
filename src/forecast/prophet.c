#include "paraudit/forecast/prophet.h"

#include <math.h>
#include <string.h>

#include "map.h"
#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

/* What Prophet takes where nothing is set. */
enum { CHANGEPOINTS = 25 };
static const double CHANGEPOINT_RANGE = .8, CHANGEPOINT_SCALE = .05, TREND_SCALE = 5;
static const double SEASON_SCALE = 10;
static const double CONSTANT_SIGMA = 1e-9;

/* Seasons that are on where a calendar spans `from` days and two values are closer than `below`. */
static const struct {
    double period, from, below;
    size_t order;
} seasons[] = {{365.25, 730, INFINITY, 10}, {7, 14, 7, 3}, {1, 2, 1, 4}};
enum { N_SEASONS = sizeof seasons / sizeof *seasons };

/* ---- which columns there are ---- */

typedef struct {
    const pa_prophet_calendar *calendar;
    const pa_holidays *holidays;
    bool flat, season[N_SEASONS];
    size_t n_changepoints, n_columns;
    pa_prophet *p;
} maker;

static double closest(size_t n, const double day[])
{
    double least = INFINITY;
    for (size_t t = 1; t < n; t++) least = fmin(least, day[t] - day[t - 1]);
    return least;
}

static size_t n_changepoints(size_t n)
{
    size_t within = (size_t)floor((double)n * CHANGEPOINT_RANGE);
    if (CHANGEPOINTS + 1 <= within) return CHANGEPOINTS;
    return within > 0 ? within - 1 : 0;
}

/* The value that changepoint i, from 1, is at. */
static size_t changepoint(size_t i, size_t n, size_t n_points)
{
    size_t within = (size_t)floor((double)n * CHANGEPOINT_RANGE);
    return (size_t)rint((double)i * ((double)(within - 1) / (double)n_points));
}

/* Values from `from` on, until `until`, on a whole day. */
static size_t first_on(size_t n, const double day[], size_t from, double whole_day)
{
    while (from < n && day[from] < whole_day) from++;
    return from;
}

/* Is an effect on at one of the values? *i: its first row; goes behind its last one. */
static bool is_on(const maker *k, size_t *i)
{
    const pa_holidays *h = k->holidays;
    int32_t effect = h->effect[*i];
    bool on = false;
    for (size_t at = 0; *i < h->n && h->effect[*i] == effect; ++*i) {
        double day = (double)h->day[*i];
        at = first_on(k->calendar->n, k->calendar->day, at, day);
        on = on || (at < k->calendar->n && k->calendar->day[at] < day + 1);
    }
    return on;
}

static void count_columns(maker *k)
{
    const pa_prophet_calendar *c = k->calendar;
    double span = c->day[c->n - 1] - c->day[0], step = closest(c->n, c->day);
    size_t smooth = k->flat ? 1 : 2;
    for (size_t s = 0; s < N_SEASONS; s++) {
        k->season[s] = span >= seasons[s].from && step < seasons[s].below;
        if (k->season[s]) smooth += 2 * seasons[s].order;
    }
    for (size_t i = 0; k->holidays && i < k->holidays->n;) smooth += is_on(k, &i);
    k->n_changepoints = k->flat ? 0 : n_changepoints(c->n);
    k->p->n_smooth = smooth;
    k->n_columns = smooth + k->n_changepoints;
}

/* ---- columns ---- */

typedef struct {
    maker *k;
    size_t next;
} columns;

/* Value t of the next column; values ahead are behind those of the calendar. */
static void put(columns *c, size_t t, double v)
{
    pa_prophet *p = c->k->p;
    double *known = p->column + c->next * p->n, *ahead = p->ahead + c->next * p->horizon;
    if (t < p->n)
        known[t] = v;
    else
        ahead[t - p->n] = v;
}

static void end_smooth(columns *c, double scale)
{
    c->k->p->precision[c->next++] = 1 / (scale * scale);
}

static double scaled_time(const pa_prophet *p, size_t t)
{
    return (p->day[t] - p->day[0]) / (p->day[p->n - 1] - p->day[0]);
}

static void add_trend(columns *c)
{
    const pa_prophet *p = c->k->p;
    for (size_t t = 0; t < p->n + p->horizon; t++) put(c, t, 1);
    end_smooth(c, TREND_SCALE);
    if (c->k->flat) return;
    for (size_t t = 0; t < p->n + p->horizon; t++) put(c, t, scaled_time(p, t));
    end_smooth(c, TREND_SCALE);
}

static void add_season(columns *c, double period, size_t order)
{
    const pa_prophet *p = c->k->p;
    for (size_t i = 0; i < 2 * order; i++) {
        size_t term = i / 2 + 1;
        double times = (double)term / period;
        for (size_t t = 0; t < p->n + p->horizon; t++)
            put(c, t, i % 2 ? pa_cos_turn(times * p->day[t]) : pa_sin_turn(times * p->day[t]));
        end_smooth(c, SEASON_SCALE);
    }
}

static void add_holidays(columns *c)
{
    const pa_holidays *h = c->k->holidays;
    const pa_prophet *p = c->k->p;
    size_t all = p->n + p->horizon;
    for (size_t i = 0; i < h->n;) {
        size_t from = i, at = 0;
        if (!is_on(c->k, &i)) continue;
        for (; from < i; from++) {
            double day = (double)h->day[from];
            for (at = first_on(all, p->day, at, day); at < all && p->day[at] < day + 1; at++)
                put(c, at, 1);
        }
        end_smooth(c, SEASON_SCALE);
    }
}

static void add_changepoints(columns *c)
{
    const pa_prophet *p = c->k->p;
    for (size_t i = 1; i <= c->k->n_changepoints; i++, c->next++) {
        double from = scaled_time(p, changepoint(i, p->n, c->k->n_changepoints));
        for (size_t t = 0; t < p->n + p->horizon; t++) put(c, t, fmax(scaled_time(p, t) - from, 0));
    }
}

/* ---- products, always in the same order ---- */

static double product(size_t n, const double a[], const double b[])
{
    enum { SUMS = 16 };
    double sum[SUMS] = {0};
    size_t t = 0;
    for (; t + SUMS <= n; t += SUMS)
        for (size_t k = 0; k < SUMS; k++) sum[k] += a[t + k] * b[t + k];
    for (size_t k = 0; t + k < n; k++) sum[k] += a[t + k] * b[t + k];
    for (size_t width = SUMS / 2; width > 0; width /= 2)
        for (size_t k = 0; k < width; k++) sum[k] += sum[k + width];
    return sum[0];
}

static void set_products(pa_prophet *p)
{
    size_t m = p->n_columns;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++)
            p->gram[i * m + j] = p->gram[j * m + i] =
                product(p->n, p->column + i * p->n, p->column + j * p->n);
}

/* ---- of a calendar ---- */

void pa_prophet_free(pa_prophet *p)
{
    pa_free(p->day);
    pa_free(p->column);
    pa_free(p->ahead);
    pa_free(p->beyond);
    pa_free(p->gram);
    pa_free(p->precision);
    pa_free(p->at);
    pa_free(p->work);
    pa_free(p->active);
    *p = (pa_prophet){0};
}

static pa_status make_room(size_t n_columns, pa_prophet *p, pa_error *err)
{
    PA_TRY(PA_NEW(p->day, p->n + p->horizon, err));
    PA_TRY(PA_NEW(p->column, n_columns * p->n, err));
    PA_TRY(PA_NEW(p->ahead, n_columns * p->horizon, err));
    PA_TRY(PA_NEW(p->beyond, p->horizon, err));
    PA_TRY(PA_NEW(p->gram, n_columns * n_columns, err));
    PA_TRY(PA_NEW(p->precision, p->n_smooth, err));
    PA_TRY(PA_NEW(p->at, n_columns, err));
    PA_TRY(PA_NEW(p->work, p->n + n_columns + pa_map_work(n_columns), err));
    PA_TRY(PA_NEW(p->active, n_columns, err));
    p->n_columns = n_columns;
    return PA_OK;
}

static void set_columns(maker *k)
{
    pa_prophet *p = k->p;
    columns c = {k, 0};
    memcpy(p->day, k->calendar->day, (p->n + p->horizon) * sizeof *p->day);
    add_trend(&c);
    for (size_t s = 0; s < N_SEASONS; s++)
        if (k->season[s]) add_season(&c, seasons[s].period, seasons[s].order);
    if (k->holidays) add_holidays(&c);
    PA_ASSERT(c.next == p->n_smooth);
    add_changepoints(&c);
    for (size_t h = 0; h < p->horizon; h++) p->beyond[h] = scaled_time(p, p->n + h) - 1;
    set_products(p);
}

pa_status pa_prophet_make(const pa_prophet_calendar *c, const pa_prophet_options *o, pa_prophet *p,
                          pa_error *err)
{
    PA_ASSERT(c->n >= PA_PROPHET_LEAST);
    if (p->n_columns > 0 && p->n == c->n && p->horizon == c->horizon &&
        memcmp(p->day, c->day, (c->n + c->horizon) * sizeof *c->day) == 0)
        return PA_OK;
    pa_prophet_free(p);
    maker k = {.calendar = c, .holidays = o->holidays, .flat = o->flat, .p = p};
    p->n = c->n;
    p->horizon = c->horizon;
    count_columns(&k);
    PA_TRY(make_room(k.n_columns, p, err));
    set_columns(&k);
    return PA_OK;
}

/* ---- of a series ---- */

static bool is_constant(size_t n, const double y[])
{
    for (size_t t = 1; t < n; t++)
        if (y[t] != y[0]) return false;
    return true;
}

static double largest(size_t n, const double y[])
{
    double most = 0;
    for (size_t t = 0; t < n; t++) most = fmax(most, fabs(y[t]));
    return most > 0 ? most : 1;
}

void pa_prophet_fit(const pa_prophet *p, const double y[], pa_prophet_fitted *f)
{
    double *scaled = p->work, *with = scaled + p->n, variance;
    f->scale = largest(p->n, y);
    for (size_t t = 0; t < p->n; t++) scaled[t] = y[t] / f->scale;
    if (is_constant(p->n, y)) {
        memset(f->at, 0, p->n_columns * sizeof *f->at);
        f->at[0] = scaled[0];
        f->sigma = CONSTANT_SIGMA;
        return;
    }
    for (size_t c = 0; c < p->n_columns; c++) with[c] = product(p->n, p->column + c * p->n, scaled);
    const pa_map_problem problem = {.n = p->n,
                                    .n_columns = p->n_columns,
                                    .n_smooth = p->n_smooth,
                                    .gram = p->gram,
                                    .precision = p->precision,
                                    .rate = 1 / CHANGEPOINT_SCALE,
                                    .product = with,
                                    .squares = product(p->n, scaled, scaled)};
    pa_map_solve(&problem, f->at, &variance, with + p->n_columns, p->active);
    f->sigma = sqrt(variance);
}

/* Changes of slope come as a Poisson process, as many a time as changepoints there are in the time
 * of the series, each of Laplace's distribution with the mean size of those. */
void pa_prophet_ahead(const pa_prophet *p, const pa_prophet_fitted *f, double mean[],
                      double spread[])
{
    size_t n_changes = p->n_columns - p->n_smooth;
    double size = 0;
    for (size_t c = p->n_smooth; c < p->n_columns; c++) size += fabs(f->at[c]);
    /* the variance of a change times how many there are */
    double rate = n_changes > 0 ? 2 * size * size / (double)n_changes : 0;
    for (size_t h = 0; h < p->horizon; h++) {
        double sum = 0, x = p->beyond[h];
        for (size_t c = 0; c < p->n_columns; c++) sum += f->at[c] * p->ahead[c * p->horizon + h];
        mean[h] = f->scale * sum;
        spread[h] = f->scale * sqrt(f->sigma * f->sigma + rate * x * x * x / 3);
    }
}

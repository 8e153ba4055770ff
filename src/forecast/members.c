#include "paraudit/forecast/members.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/math.h"
#include "paraudit/forecast/arima.h"
#include "paraudit/forecast/smoothing.h"
#include "paraudit/forecast/theta.h"

const char *pa_member_name(int member)
{
    static const char *const names[] = {
        "theta",      "static-theta", "simple",      "damped",
        "complex",    "arima",        "log-theta",   "log-static-theta",
        "log-simple", "log-damped",   "log-complex", "log-arima",
        "last",       "lstm",         "smoothing",   "prophet"};
    _Static_assert(sizeof names / sizeof *names == PA_N_MEMBERS, "a name for each");
    return names[member];
}

/* ---- room ---- */

typedef struct {
    const pa_member_series *series;
    pa_member_forecasts *f;
    double *y, *one, *work, *differences; /* y, differences: of the batch */
    int32_t n_most;                       /* of the series */
    pa_forecast_batch batch;
    pa_smooth_fitted smooth;
    pa_theta_fitted theta;
    pa_arima_fitted arima[PA_FORECAST_LANES];
} job;

void pa_members_free(pa_member_forecasts *f)
{
    pa_free(f->centre);
    pa_free(f->spread);
    pa_prophet_free(&f->prophet);
    *f = (pa_member_forecasts){0};
}

static pa_status make_room(job *j, pa_error *err)
{
    pa_member_forecasts *f = j->f;
    size_t n = (size_t)j->batch.n_most, values = PA_N_MEMBERS * PA_FORECAST_LANES * f->horizon;
    if (!f->centre) PA_TRY(PA_NEW(f->centre, values, err));
    if (!f->spread) PA_TRY(PA_NEW(f->spread, values, err));
    PA_TRY(PA_NEW(j->one, 2 * n, err));
    PA_TRY(PA_NEW(j->work, n, err));
    j->y = aligned_alloc(PA_FORECAST_ALIGN, n * PA_FORECAST_LANES * sizeof *j->y);
    j->differences = aligned_alloc(PA_FORECAST_ALIGN, n * PA_FORECAST_LANES * sizeof *j->y);
    if (j->y && j->differences) return PA_OK;
    return pa_fail(err, PA_E_MEMORY, "no memory for %zu values", n);
}

static void free_room(job *j)
{
    pa_free(j->one);
    pa_free(j->work);
    free(j->y);
    free(j->differences);
}

static double *at(const pa_member_forecasts *f, double *of, int member, int lane)
{
    return of + ((size_t)member * PA_FORECAST_LANES + (size_t)lane) * f->horizon;
}

/* ---- one batch ---- */

/* Lanes that cannot be in logarithms have no values there; false where none can. */
static bool fill_batch(job *j, bool logs)
{
    const pa_member_series *s = j->series;
    int32_t n[PA_FORECAST_LANES];
    for (size_t k = 0; k < s->n_series; k++) {
        size_t have = (size_t)s->n[k];
        n[k] = logs && !pa_adjust_can_be_logs(have, s->y[k]) ? 0 : s->n[k];
        if (n[k] > 0)
            pa_adjust(have, s->y[k], s->season, logs, j->one, &j->f->adjusted[logs][k], j->work);
        for (size_t t = 0; t < (size_t)j->n_most; t++)
            j->y[t * PA_FORECAST_LANES + k] = t < (size_t)n[k] ? j->one[t] : 0;
    }
    for (size_t k = s->n_series; k < PA_FORECAST_LANES; k++)
        for (size_t t = 0; t < (size_t)j->n_most; t++) j->y[t * PA_FORECAST_LANES + k] = 0;
    j->batch.y = j->y;
    pa_forecast_batch_lengths(s->n_series, n, &j->batch);
    return j->batch.n_most > 0;
}

/* squares: of n errors. */
static double aicc_of(double squares, double n, double n_parameters, double jacobian)
{
    const double least = 1e-30; /* of series that a model follows to the last digit */
    double k = n_parameters;
    if (!(squares < INFINITY) || n - k - 1 <= 0) return INFINITY;
    return n * pa_ln(fmax(squares / n, least)) + jacobian + 2 * k + 2 * k * (k + 1) / (n - k - 1);
}

/* What a fit leaves to be set beside its forecasts. */
static void set_member(job *j, int member, bool logs, int k, double squares, int32_t n_errors,
                       int32_t n_parameters, const double *times)
{
    pa_member_forecasts *f = j->f;
    int32_t left = n_errors - n_parameters + 1;
    double *spread = at(f, f->spread, member, k);
    f->aicc[member][k] = aicc_of(squares, n_errors, n_parameters, f->adjusted[logs][k].jacobian);
    double variance = squares / (left > 1 ? left : 1);
    for (size_t h = 0; h < f->horizon; h++) spread[h] = sqrt(variance * times[h]);
}

static void add_smooth(job *j, pa_smooth_kind kind, int member, bool logs)
{
    pa_smooth_fit(&j->batch, kind, &j->smooth);
    for (int k = 0; k < (int)j->series->n_series; k++) {
        if (!(j->smooth.squares[k] < INFINITY)) continue;
        double *times = at(j->f, j->f->spread, member, k);
        pa_smooth_ahead(&j->smooth, k, j->f->horizon, at(j->f, j->f->centre, member, k), times);
        set_member(j, member, logs, k, j->smooth.squares[k], j->batch.n[k], j->smooth.n_parameters,
                   times);
    }
}

static void add_theta(job *j, bool dynamic, int member, bool logs)
{
    enum { PARAMETERS = 4 }; /* alpha, theta, the first level, the variance */
    pa_theta_fit(&j->batch, dynamic, &j->theta);
    for (int k = 0; k < (int)j->series->n_series; k++) {
        if (!(j->theta.squares[k] < INFINITY)) continue;
        double *times = at(j->f, j->f->spread, member, k);
        pa_theta_ahead(&j->theta, k, j->f->horizon, at(j->f, j->f->centre, member, k), times);
        set_member(j, member, logs, k, j->theta.squares[k], j->batch.n[k] - 1, PARAMETERS, times);
    }
}

static void add_arima(job *j, int member, bool logs)
{
    pa_member_forecasts *f = j->f;
    pa_arima_fit(&j->batch, j->differences, j->one, j->arima);
    for (int k = 0; k < (int)j->series->n_series; k++) {
        const pa_arima_fitted *a = j->arima + k;
        double *spread = at(f, f->spread, member, k);
        if (!(a->aicc < INFINITY)) continue;
        f->aicc[member][k] = a->aicc + f->adjusted[logs][k].jacobian;
        pa_arima_ahead(a, f->horizon, at(f, f->centre, member, k), spread);
        for (size_t h = 0; h < f->horizon; h++) spread[h] = sqrt(a->variance * spread[h]);
    }
}

static void add_last(job *j)
{
    pa_member_forecasts *f = j->f;
    for (int k = 0; k < (int)j->series->n_series; k++) {
        double *centre = at(f, f->centre, PA_MEMBER_LAST, k), squares = 0;
        double *spread = at(f, f->spread, PA_MEMBER_LAST, k);
        const double *y = j->y + k;
        int32_t n = j->batch.n[k];
        for (int32_t t = 1; t < n; t++) {
            double change =
                y[(size_t)t * PA_FORECAST_LANES] - y[(size_t)(t - 1) * PA_FORECAST_LANES];
            squares += change * change;
        }
        for (size_t h = 0; h < f->horizon; h++) {
            centre[h] = y[(size_t)(n - 1) * PA_FORECAST_LANES];
            spread[h] = n > 1 ? sqrt(squares / (n - 1) * (double)(h + 1)) : 0;
        }
    }
}

static void add_network(job *j)
{
    pa_member_forecasts *f = j->f;
    size_t bytes = f->horizon * sizeof(double);
    for (int k = 0; k < (int)j->series->n_series; k++) {
        if (!j->series->middle[k]) continue;
        memcpy(at(f, f->centre, PA_MEMBER_LSTM, k), j->series->middle[k], bytes);
        memcpy(at(f, f->spread, PA_MEMBER_LSTM, k), j->series->spread[k], bytes);
        f->aicc[PA_MEMBER_LSTM][k] = 0;
    }
}

static void add_members(job *j, uint32_t which, bool logs)
{
    static const struct {
        int member;
        pa_smooth_kind kind;
    } smooths[] = {{PA_MEMBER_SIMPLE, PA_SMOOTH_SIMPLE},
                   {PA_MEMBER_DAMPED, PA_SMOOTH_DAMPED},
                   {PA_MEMBER_COMPLEX, PA_SMOOTH_COMPLEX}};
    int first = logs ? PA_MEMBER_LOGS : 0;
    for (size_t i = 0; i < sizeof smooths / sizeof *smooths; i++)
        if (which >> (first + smooths[i].member) & 1)
            add_smooth(j, smooths[i].kind, first + smooths[i].member, logs);
    for (int dynamic = 0; dynamic < 2; dynamic++) {
        int member = first + (dynamic ? PA_MEMBER_THETA : PA_MEMBER_STATIC_THETA);
        if (which >> member & 1) add_theta(j, dynamic, member, logs);
    }
    if (which >> (first + PA_MEMBER_ARIMA) & 1) add_arima(j, first + PA_MEMBER_ARIMA, logs);
}

static void choose_smooth(job *j, uint32_t which)
{
    const uint32_t smooths = 1U << PA_MEMBER_SIMPLE | 1U << PA_MEMBER_DAMPED;
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        int best = pa_member_best(j->f, which & (smooths | smooths << PA_MEMBER_LOGS), k);
        j->f->smooth[k] = best;
        j->f->aicc[PA_MEMBER_SMOOTH][k] = j->f->aicc[best][k];
    }
}

static pa_status add_prophet(job *j, pa_error *err)
{
    pa_member_forecasts *f = j->f;
    const pa_member_series *s = j->series;
    for (int k = 0; k < (int)s->n_series; k++) {
        const pa_prophet_calendar calendar = {(size_t)s->n[k], f->horizon, s->day[k]};
        if (s->n[k] < PA_PROPHET_LEAST) continue;
        PA_TRY(pa_prophet_make(&calendar, &s->prophet, &f->prophet, err));
        pa_prophet_fitted fitted = {.at = f->prophet.at};
        pa_prophet_fit(&f->prophet, s->y[k], &fitted);
        pa_prophet_ahead(&f->prophet, &fitted, at(f, f->centre, PA_MEMBER_PROPHET, k),
                         at(f, f->spread, PA_MEMBER_PROPHET, k));
        f->aicc[PA_MEMBER_PROPHET][k] = 0;
    }
    return PA_OK;
}

static pa_status fit(job *j, uint32_t which, pa_error *err)
{
    pa_member_forecasts *f = j->f;
    uint32_t of_logs = which >> PA_MEMBER_LOGS & ((1U << PA_MEMBER_LOGS) - 1);
    for (int m = 0; m < PA_N_MEMBERS; m++)
        for (int k = 0; k < PA_FORECAST_LANES; k++) f->aicc[m][k] = INFINITY;
    (void)fill_batch(j, false);
    add_members(j, which, false);
    add_last(j);
    if (which >> PA_MEMBER_PROPHET & 1) PA_TRY(add_prophet(j, err));
    if (which >> PA_MEMBER_LSTM & 1) add_network(j);
    if (of_logs != 0 && fill_batch(j, true)) add_members(j, which, true);
    choose_smooth(j, which);
    return PA_OK;
}

pa_status pa_members_fit(const pa_member_series *s, uint32_t which, pa_member_forecasts *f,
                         pa_error *err)
{
    job j = {.series = s, .f = f};
    f->horizon = s->horizon;
    pa_forecast_batch_lengths(s->n_series, s->n, &j.batch);
    for (int k = 0; k < PA_FORECAST_LANES; k++) f->n[k] = j.batch.n[k];
    j.n_most = j.batch.n_most;
    pa_status st = make_room(&j, err);
    if (st == PA_OK) st = fit(&j, which, err);
    free_room(&j);
    return st;
}

/* ---- what they say ---- */

double pa_member_at(const pa_member_forecasts *f, int member, int k, size_t h, double z)
{
    if (member == PA_MEMBER_SMOOTH) member = f->smooth[k];
    bool logs = member >= PA_MEMBER_LOGS && member < PA_MEMBER_LAST;
    double v = at(f, f->centre, member, k)[h] + z * at(f, f->spread, member, k)[h];
    if (member == PA_MEMBER_LSTM || member == PA_MEMBER_PROPHET) return v;
    return pa_adjust_back(&f->adjusted[logs][k], (size_t)f->n[k] + h, v);
}

int pa_member_best(const pa_member_forecasts *f, uint32_t which, int k)
{
    int best = PA_MEMBER_LAST;
    for (int m = 0; m < PA_N_MEMBERS; m++)
        if (which >> m & 1 && f->aicc[m][k] < f->aicc[best][k]) best = m;
    return best;
}

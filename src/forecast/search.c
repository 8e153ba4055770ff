#include "search.h"

#include <math.h>
#include <stdbool.h>

/* Where a lane goes next. Of 2n moves each even one is forth, the next one back. */
typedef struct {
    double step;
    size_t move, failed; /* moves in a row that led to nothing better */
    bool went;           /* by this move: the one back is known to be worse */
} compass;

static void take_better(size_t n, const pa_lanes from[], const pa_lanes found, pa_lanes u[],
                        pa_lanes value)
{
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        if (!(found[k] < value[k])) continue;
        value[k] = found[k];
        for (size_t i = 0; i < n; i++) u[i][k] = from[i][k];
    }
}

static void try_starts(const pa_lane_search *s, pa_lanes u[], pa_lanes value)
{
    _Alignas(PA_FORECAST_ALIGN) pa_lanes trial[PA_SEARCH_MOST], found;
    for (size_t j = 0; j < s->n_starts; j++) {
        for (size_t i = 0; i < s->n; i++)
            for (int k = 0; k < PA_FORECAST_LANES; k++) trial[i][k] = s->start[j][i];
        s->function(s->job, (const pa_lanes *)trial, found);
        if (j == 0) {
            for (size_t i = 0; i < s->n; i++)
                for (int k = 0; k < PA_FORECAST_LANES; k++) u[i][k] = trial[i][k];
            for (int k = 0; k < PA_FORECAST_LANES; k++) value[k] = found[k];
        }
        take_better(s->n, (const pa_lanes *)trial, found, u, value);
    }
}

static double moved(const compass *c, double u)
{
    return fmin(1, fmax(0, c->move % 2 == 0 ? u + c->step : u - c->step));
}

static void turn(size_t n, bool better, compass *c)
{
    size_t next = c->went ? c->move / 2 * 2 + 2 : c->move + 1;
    if (better) {
        c->went = true;
        c->failed = 0;
        return;
    }
    c->failed += c->went ? 2 : 1;
    c->went = false;
    c->move = next % (2 * n);
    if (c->failed < 2 * n) return;
    c->failed = 0;
    c->step /= 2;
}

/* One trial of each lane that is not at its last step; false where all are. */
static bool try_once(const pa_lane_search *s, compass c[], pa_lanes u[], pa_lanes value)
{
    _Alignas(PA_FORECAST_ALIGN) pa_lanes trial[PA_SEARCH_MOST], found;
    bool any = false;
    for (size_t i = 0; i < s->n; i++)
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            bool moves = c[k].step >= s->last_step && c[k].move / 2 == i;
            trial[i][k] = moves ? moved(c + k, u[i][k]) : u[i][k];
            any = any || moves;
        }
    if (!any) return false;
    s->function(s->job, (const pa_lanes *)trial, found);
    for (int k = 0; k < PA_FORECAST_LANES; k++)
        if (c[k].step >= s->last_step) turn(s->n, found[k] < value[k], c + k);
    take_better(s->n, (const pa_lanes *)trial, found, u, value);
    return true;
}

void pa_lane_minimise(const pa_lane_search *s, pa_lanes u[], pa_lanes value)
{
    compass c[PA_FORECAST_LANES];
    try_starts(s, u, value);
    for (int k = 0; k < PA_FORECAST_LANES; k++) c[k] = (compass){.step = s->first_step};
    while (try_once(s, c, u, value)) {
    }
}

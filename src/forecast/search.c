#include "search.h"

#include <math.h>
#include <stdbool.h>

/* Where a lane goes next. Of 2n moves each even one is forth, the next one back; move 2n, behind
 * those that all failed, goes to where parabolas through what they found are lowest. */
typedef struct {
    double step;
    size_t move, failed; /* moves in a row that led to nothing better */
    bool went;           /* by this move: the one back is known to be worse */
    double found[2 * PA_SEARCH_MOST], by[PA_SEARCH_MOST]; /* of each move; move 2n */
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

static double within(double u)
{
    return u < 0 ? 0 : u > 1 ? 1 : u;
}

/* How far along number i the parabola is lowest, at most half a step. */
static double lowest_by(const compass *c, size_t i, double u, double value)
{
    double up = c->found[2 * i] - value, down = c->found[2 * i + 1] - value;
    bool both = u + c->step <= 1 && u - c->step >= 0 && up < INFINITY && down < INFINITY;
    return both && up + down > 0 ? c->step / 2 * (down - up) / (up + down) : 0;
}

static double moved(const compass *c, size_t n, size_t i, double u)
{
    if (c->move == 2 * n) return within(u + c->by[i]);
    if (c->move / 2 != i) return u;
    return within(c->move % 2 == 0 ? u + c->step : u - c->step);
}

/* value: before. */
static void turn(size_t n, double found, double value, compass *c)
{
    bool better = found < value;
    if (c->move == 2 * n) {
        c->move = 0;
        c->failed = 0;
        c->step /= 4;
        return;
    }
    c->found[c->move] = found;
    if (better) {
        c->found[c->move ^ 1] = value; /* from there the way back */
        c->went = true;
        c->failed = 0;
        return;
    }
    c->failed += c->went ? 2 : 1;
    c->move = c->went ? c->move / 2 * 2 + 2 : c->move + 1;
    c->went = false;
    if (c->failed < 2 * n) c->move %= 2 * n;
    if (c->failed >= 2 * n) c->move = 2 * n;
}

/* One trial of each lane that is not at its last step; false where all are. */
static bool try_once(const pa_lane_search *s, compass c[], pa_lanes u[], pa_lanes value)
{
    _Alignas(PA_FORECAST_ALIGN) pa_lanes trial[PA_SEARCH_MOST], found;
    bool any = false;
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        bool moves = c[k].step >= s->last_step;
        any = any || moves;
        for (size_t i = 0; i < s->n; i++)
            trial[i][k] = moves ? moved(c + k, s->n, i, u[i][k]) : u[i][k];
    }
    if (!any) return false;
    s->function(s->job, (const pa_lanes *)trial, found);
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        if (c[k].step < s->last_step) continue;
        double before = value[k];
        bool better = found[k] < before;
        for (size_t i = 0; better && i < s->n; i++) u[i][k] = trial[i][k];
        if (better) value[k] = found[k];
        turn(s->n, found[k], before, c + k);
        for (size_t i = 0; c[k].move == 2 * s->n && i < s->n; i++)
            c[k].by[i] = lowest_by(c + k, i, u[i][k], value[k]);
    }
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

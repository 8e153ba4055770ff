#include "paraudit/forecast/arma.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/math.h"
#include "walks.h"

/* ---- where parameters may be ---- */

bool pa_arma_is_stable(const double a[], int n, double margin)
{
    double c[PA_ARMA_AR];
    for (int i = 0; i < n; i++) c[i] = a[i];
    for (int i = 0, k = 0; i < n; i++) /* z becomes z / (1 - margin) */
        for (k = 0; k <= i; k++) c[i] /= 1 - margin;
    for (int m = n - 1; m >= 0; m--) { /* Levinson's recursion backwards */
        double last = c[m], down = 1 - last * last, before[PA_ARMA_AR];
        if (!(down > 0)) return false;
        memcpy(before, c, sizeof before);
        for (int i = 0; i < m; i++) c[i] = (before[i] + last * before[m - 1 - i]) / down;
    }
    return true;
}

/* ---- the search for theta ---- */

typedef struct {
    const pa_forecast_batch *batch;
    pa_arma_fitted *f, trial;
} search;

static bool is_enough(const pa_forecast_batch *b, const pa_arma_fitted *f, int k)
{
    return b->n[k] >= 2 * f->p + f->q + 2;
}

/* The least at the trial's theta; keeps what is better. */
static void try_theta(search *s)
{
    pa_arma_fitted *f = s->f, *trial = &s->trial;
    pa_walks_best()->arma_given_theta(s->batch, f->p, f->q, f->mean, trial->at, trial->squares);
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        if (!is_enough(s->batch, f, k)) trial->squares[k] = INFINITY;
        if (!(trial->squares[k] < f->squares[k])) continue;
        f->squares[k] = trial->squares[k];
        for (int i = 0; i < 1 + f->p + f->q; i++) f->at[i][k] = trial->at[i][k];
    }
}

/* The one theta at s from -1 to 1, along which sums of squares are about equally curved. */
static double theta_at(double s)
{
    return s * (3 - s * s) / 2;
}

/* Three places of a lane, the middle one the lowest; infinity behind the last. */
typedef struct {
    double s[3], squares[3], next;
    bool done;
} valley;

enum { PLACES = 11 };
static const double PLACE[PLACES] = {0, -.2, .2, -.4, .4, -.6, .6, -.8, .8, -.96, .96};

/* The place of the least, with its neighbours: of -1 .. 1 in their order. */
static void set_valley(const double squares[PLACES], valley *v)
{
    int best = 0;
    for (int i = 1; i < PLACES; i++)
        if (squares[i] < squares[best]) best = i;
    *v = (valley){.s = {-1, PLACE[best], 1},
                  .squares = {INFINITY, squares[best], INFINITY},
                  .done = !(squares[best] < INFINITY)};
    for (int i = 0; i < PLACES; i++) {
        int side = PLACE[i] < v->s[1] ? 0 : 2;
        if (i == best || fabs(PLACE[i] - v->s[1]) > fabs(v->s[side] - v->s[1])) continue;
        v->s[side] = PLACE[i];
        v->squares[side] = squares[i];
    }
}

/* Where the parabola through all three is lowest, or within the longer part. */
static void set_next(valley *v)
{
    const double enough = 1e-6, least = 1e-4;
    double left = v->s[1] - v->s[0], right = v->s[2] - v->s[1];
    double up_left = v->squares[0] - v->squares[1], up_right = v->squares[2] - v->squares[1];
    v->next = v->s[1] + (right > left ? right / 2 : -left / 2);
    if (!(up_left + up_right > 0) || !(up_left < INFINITY) || !(up_right < INFINITY)) return;
    double slope = (up_right * left * left - up_left * right * right) / (left * right);
    double bend = (up_left * right + up_right * left) / (left * right);
    double step = -slope / (2 * bend), gain = step * step * bend / (left + right);
    v->done = gain <= enough * v->squares[1] || fabs(step) < least;
    v->next = v->s[1] + step;
}

static void judge_next(double squares, valley *v)
{
    bool better = squares < v->squares[1];
    int side = v->next < v->s[1] ? 0 : 2;
    if (!better) {
        v->s[side] = v->next;
        v->squares[side] = squares;
        return;
    }
    v->s[2 - side] = v->s[1];
    v->squares[2 - side] = v->squares[1];
    v->s[1] = v->next;
    v->squares[1] = squares;
}

static void search_one_theta(search *s)
{
    enum { MOST_STEPS = 8 };
    int p = s->f->p;
    double squares[PA_FORECAST_LANES][PLACES];
    valley at[PA_FORECAST_LANES];
    for (int i = 0; i < PLACES; i++) {
        for (int k = 0; k < PA_FORECAST_LANES; k++) s->trial.at[1 + p][k] = theta_at(PLACE[i]);
        try_theta(s);
        for (int k = 0; k < PA_FORECAST_LANES; k++) squares[k][i] = s->trial.squares[k];
    }
    for (int k = 0; k < PA_FORECAST_LANES; k++) set_valley(squares[k], at + k);
    for (int i = 0; i < MOST_STEPS; i++) {
        bool any = false;
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            if (!at[k].done) set_next(at + k);
            s->trial.at[1 + p][k] = theta_at(at[k].done ? at[k].s[1] : at[k].next);
            any = any || !at[k].done;
        }
        if (!any) return;
        try_theta(s);
        for (int k = 0; k < PA_FORECAST_LANES; k++)
            if (!at[k].done) judge_next(s->trial.squares[k], at + k);
    }
}

/* Where a lane's two go next: by Gauss and Newton's step, held back as Levenberg and Marquardt do.
 */
typedef struct {
    pa_arma_sums sums;
    _Alignas(PA_FORECAST_ALIGN) pa_lanes held_back, to[PA_ARMA_MOST];
    bool done[PA_FORECAST_LANES];
} descent;

static bool all_done(const descent *d)
{
    bool all = true;
    for (int k = 0; k < PA_FORECAST_LANES; k++) all = all && d->done[k];
    return all;
}

static void take_step(const search *s, descent *d, pa_lanes theta[])
{
    const pa_arma_fitted *f = s->f;
    pa_walks_best()->arma_step(f->p, &d->sums, d->held_back, (const pa_lanes *)f->at, d->to);
    for (int j = 0; j < f->q; j++)
        for (int k = 0; k < PA_FORECAST_LANES; k++)
            theta[j][k] = d->done[k] ? f->at[1 + f->p + j][k] : d->to[1 + f->p + j][k];
}

static void judge_step(double before, double after, int k, descent *d)
{
    const double enough = 1e-5, most_held_back = 100;
    bool better = after < before;
    d->held_back[k] *= better ? .2 : 8;
    d->done[k] = better ? before - after <= enough * before : d->held_back[k] > most_held_back;
}

static void go_down(search *s)
{
    enum { MOST_STEPS = 8 };
    pa_arma_fitted *f = s->f;
    descent d;
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        d.held_back[k] = 1e-3;
        d.done[k] = !(f->squares[k] < INFINITY);
    }
    for (int i = 0; i < MOST_STEPS && !all_done(&d); i++) {
        pa_lanes before;
        pa_walks_best()->arma(s->batch, f->p, f->mean, (const pa_lanes *)f->at, &d.sums);
        take_step(s, &d, s->trial.at + 1 + f->p);
        memcpy(before, f->squares, sizeof before);
        try_theta(s);
        for (int k = 0; k < PA_FORECAST_LANES; k++)
            if (!d.done[k]) judge_step(before[k], f->squares[k], k, &d);
    }
}

/* ---- two thetas ---- */

/* The same place in all lanes. */
static void try_place(search *s, const double theta[PA_ARMA_MA])
{
    for (int j = 0; j < PA_ARMA_MA; j++)
        for (int k = 0; k < PA_FORECAST_LANES; k++) s->trial.at[1 + s->f->p + j][k] = theta[j];
    try_theta(s);
}

/* Two roots of one size, `height` its square, that make `turn` of a circle in a step. */
static void set_turning(double height, double turn, double theta[PA_ARMA_MA])
{
    theta[0] = -2 * sqrt(height) * pa_cos_turn(turn);
    theta[1] = height;
}

/* Along the arc below the top of the triangle: where phi has two roots too, nearly those of theta,
 * a cycle that comes and goes is a valley as narrow as it lasts long. Then, in each lane, higher up
 * at the best of these. */
static void try_cycles(search *s)
{
    enum { PLACES_OF_ARC = 20 };
    const double low = .87, high = .93;
    double theta[PA_ARMA_MA], turn[PA_FORECAST_LANES], least[PA_FORECAST_LANES];
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        turn[k] = .25;
        least[k] = INFINITY;
    }
    for (int i = 0; i < PLACES_OF_ARC; i++) {
        double here = (i + .5) / (2 * PLACES_OF_ARC);
        set_turning(low, here, theta);
        try_place(s, theta);
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            if (!(s->trial.squares[k] < least[k])) continue;
            least[k] = s->trial.squares[k];
            turn[k] = here;
        }
    }
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        set_turning(high, turn[k], theta);
        for (int j = 0; j < PA_ARMA_MA; j++) s->trial.at[1 + s->f->p + j][k] = theta[j];
    }
    try_theta(s);
}

/* A few places all over the triangle, from the lowest of which the way goes down. */
static void search_two_thetas(search *s)
{
    static const double place[][PA_ARMA_MA] = {
        {0, 0},     {-.85, 0}, {.85, 0},                                 /* then those that */
        {-.3, -.5}, {.3, -.5}, {0, -.85},  {-.8, .4}, {.8, .4}, {0, .5}, /* cycles are near: */
        {-.5, 0},   {.5, 0},   {-1.3, .5}, {1.3, .5}, {0, .85}};
    enum { ALL = sizeof place / sizeof *place, AWAY_FROM_CYCLES = 9 };
    size_t n = s->f->p < 2 ? ALL : AWAY_FROM_CYCLES;
    for (size_t i = 0; i < n; i++) try_place(s, place[i]);
    if (s->f->p >= 2 && s->f->cycles) try_cycles(s);
    go_down(s);
}

void pa_arma_fit(const pa_forecast_batch *batch, pa_arma_fitted *f)
{
    search s = {.batch = batch, .f = f};
    for (int k = 0; k < PA_FORECAST_LANES; k++) f->squares[k] = INFINITY;
    memset(f->at, 0, sizeof f->at);
    if (f->q == 0)
        try_theta(&s);
    else if (f->q == 1)
        search_one_theta(&s);
    else
        search_two_thetas(&s);
}

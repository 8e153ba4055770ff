#include "paraudit/forecast/combine.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

double pa_change_of(size_t n, const double y[], int32_t season)
{
    size_t lag = n > (size_t)season ? (size_t)season : 1;
    double sum = 0;
    if (n <= lag) return 0;
    for (size_t t = lag; t < n; t++) sum += fabs(y[t] - y[t - lag]);
    return sum / (double)(n - lag);
}

/* ---- the middle half ---- */

/* Those that say something and have a weight, the least first. */
static size_t order_said(size_t n_members, const double weight[], const double said[],
                         size_t stride, size_t order[])
{
    size_t n = 0;
    for (size_t m = 0; m < n_members; m++) {
        size_t at = n;
        if (weight[m] <= 0 || isnan(said[m * stride])) continue;
        for (; at > 0 && said[order[at - 1] * stride] > said[m * stride]; at--)
            order[at] = order[at - 1];
        order[at] = m;
        n++;
    }
    return n;
}

double pa_combine(size_t n_members, const double weight[], const double said[], size_t stride)
{
    const double cut = .25; /* of the weight, at each end */
    size_t order[PA_COMBINE_MOST], n = order_said(n_members, weight, said, stride, order);
    double all = 0, below = 0, sum = 0, kept = 0;
    for (size_t i = 0; i < n; i++) all += weight[order[i]];
    for (size_t i = 0; i < n; i++) {
        double w = weight[order[i]];
        double inside = fmin(below + w, (1 - cut) * all) - fmax(below, cut * all);
        below += w;
        if (inside <= 0) continue;
        sum += inside * said[order[i] * stride];
        kept += inside;
    }
    return sum / kept;
}

double pa_combine_disagreement(size_t n_members, const double weight[], const double said[],
                               double middle)
{
    double sum = 0, all = 0;
    size_t n = 0;
    for (size_t m = 0; m < n_members; m++) {
        if (weight[m] <= 0 || isnan(said[m])) continue;
        sum += weight[m] * fabs(said[m] - middle);
        all += weight[m];
        n++;
    }
    return n > 1 ? sum / all : NAN;
}

/* ---- weights ---- */

/* An error beyond this many units counts as if it were one of that size: so no series decides. */
static const double MOST_UNITS = 20;
/* Equal weights count as much as so many trials: what one origin asks for the next may not. */
static const double EQUAL_TRIALS = 3000;
/* A member alone has to be better than the combination by this factor, in so many trials. */
static const double CLEARLY = .95, CLEAR_TRIALS = 300;

typedef struct {
    size_t n, m;
    double *error; /* without gaps: m x n */
    double *now;   /* of the combination at hand */
} room;

/* Where a member is silent it is taken to have said the mean of the others. */
static void fill_gaps(const pa_trials *t, room *r)
{
    for (size_t i = 0; i < r->n; i++) {
        double sum = 0, count = 0;
        for (size_t m = 0; m < r->m; m++) {
            double e = t->error[m * r->n + i];
            if (isnan(e)) continue;
            sum += e;
            count++;
        }
        for (size_t m = 0; m < r->m; m++) {
            double e = t->error[m * r->n + i];
            r->error[m * r->n + i] = isnan(e) ? count > 0 ? sum / count : 0 : e;
        }
    }
}

static void combine_all(const double weight[], room *r)
{
    memset(r->now, 0, r->n * sizeof *r->now);
    for (size_t m = 0; m < r->m; m++)
        for (size_t i = 0; i < r->n; i++) r->now[i] += weight[m] * r->error[m * r->n + i];
}

/* The loss where `part` of the weight goes from one member to another. */
static double loss_of(const room *r, size_t from, size_t to, double part)
{
    const double *less = r->error + from * r->n, *more = r->error + to * r->n;
    double sum[4] = {0};
    for (size_t i = 0; i < r->n; i++)
        sum[i % 4] += fmin(fabs(r->now[i] + part * (more[i] - less[i])), MOST_UNITS);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static bool move_weight(room *r, double step, double weight[], double *loss)
{
    bool better = false;
    for (size_t from = 0; from < r->m; from++)
        for (size_t to = 0; to < r->m; to++) {
            double part = fmin(step, weight[from]);
            if (from == to || part <= 0) continue;
            double found = loss_of(r, from, to, part);
            if (!(found < *loss * (1 - 1e-7))) continue;
            weight[from] -= part;
            weight[to] += part;
            combine_all(weight, r);
            *loss = found;
            better = true;
        }
    return better;
}

static double loss_with(const double weight[], room *r)
{
    combine_all(weight, r);
    return loss_of(r, 0, 0, 0);
}

static double loss_of_middle(const double weight[], room *r)
{
    for (size_t i = 0; i < r->n; i++) r->now[i] = pa_combine(r->m, weight, r->error + i, r->n);
    return loss_of(r, 0, 0, 0);
}

/* The member that is clearly better alone, or m. */
static size_t clear_winner(room *r, double loss)
{
    size_t best = r->m;
    double least = loss * CLEARLY;
    for (size_t m = 0; m < r->m; m++) {
        memcpy(r->now, r->error + m * r->n, r->n * sizeof *r->now);
        double alone = loss_of(r, 0, 0, 0);
        if (!(alone < least)) continue;
        least = alone;
        best = m;
    }
    return best;
}

static void leave_out(size_t member, size_t n_members, double weight[])
{
    double others = 1 - weight[member];
    weight[member] = 0;
    for (size_t m = 0; m < n_members; m++) weight[m] /= others;
}

/* The one on trial stays where the others do worse without it. */
static void try_without(const pa_trials *t, room *r, double weight[])
{
    double with = loss_of_middle(weight, r), kept = weight[t->on_trial];
    weight[t->on_trial] = 0;
    bool stays = (double)t->n_trials >= CLEAR_TRIALS && with < loss_of_middle(weight, r);
    weight[t->on_trial] = kept;
    if (!stays) leave_out(t->on_trial, r->m, weight);
}

static void find_weights(const pa_trials *t, room *r, double weight[])
{
    double equal = 1 / (double)r->m, n = (double)t->n_trials;
    fill_gaps(t, r);
    double loss = loss_with(weight, r);
    for (double step = .2; step > .01; step /= 2)
        while (move_weight(r, step, weight, &loss)) {
        }
    double prior = EQUAL_TRIALS / (EQUAL_TRIALS + n);
    for (size_t m = 0; m < r->m; m++) weight[m] += prior * (equal - weight[m]);
    if (t->on_trial < r->m) try_without(t, r, weight);
    if (n < CLEAR_TRIALS) return;
    size_t winner = clear_winner(r, loss_of_middle(weight, r));
    for (size_t m = 0; winner < r->m && m < r->m; m++) weight[m] = m == winner;
}

pa_status pa_combine_weights(const pa_trials *t, double weight[], pa_error *err)
{
    room r = {.n = t->n_points, .m = t->n_members};
    for (size_t m = 0; m < r.m; m++) weight[m] = 1 / (double)r.m;
    if (r.n == 0 && t->on_trial < r.m) leave_out(t->on_trial, r.m, weight);
    if (r.n == 0) return PA_OK;
    pa_status st = PA_NEW(r.error, r.n * r.m, err);
    if (st == PA_OK) st = PA_NEW(r.now, r.n, err);
    if (st == PA_OK) find_weights(t, &r, weight);
    pa_free(r.error);
    pa_free(r.now);
    return st;
}

/* ---- intervals ---- */

static int compare(const void *a, const void *b, void *context)
{
    double x = *(const double *)a, y = *(const double *)b;
    (void)context;
    return (x > y) - (x < y);
}

/* The least size that at least `level` of n + 1 exchangeable errors are within. */
static double reach_of(size_t n, const double sorted[], double level)
{
    double rank = ceil((double)(n + 1) * level);
    return rank > (double)n ? NAN : sorted[(size_t)rank - 1];
}

static size_t collect(const pa_trials *t, const double weight[], size_t ahead, double size[])
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_points; i++) {
        if ((size_t)t->ahead[i] != ahead) continue;
        double e = pa_combine(t->n_members, weight, t->error + i, t->n_points);
        if (!isnan(e)) size[n++] = fabs(e);
    }
    return n;
}

pa_status pa_combine_reach(const pa_trials *t, const double weight[], size_t n_levels,
                           const double level[], double reach[], pa_error *err)
{
    double *size;
    PA_TRY(PA_NEW(size, t->n_points, err));
    pa_status st = PA_OK;
    for (size_t h = 0; st == PA_OK && h < t->horizon; h++) {
        size_t n = collect(t, weight, h, size);
        st = pa_sort(size, n, sizeof *size, compare, NULL, err);
        for (size_t l = 0; st == PA_OK && l < n_levels; l++) {
            double v = reach_of(n, size, level[l]), *to = reach + l * t->horizon + h;
            *to = h > 0 && to[-1] > v ? to[-1] : v;
        }
    }
    pa_free(size);
    return st;
}

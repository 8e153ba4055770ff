#include "paraudit/detect/logit.h"

#include <math.h>
#include <string.h>

#include "logit_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

enum { MOST_HALVINGS = 40 };

/* Coefficients of scaled columns may be so large in all that their sums stay exact. */
static const double MOST_SIZE = 0x1p20;
/* J is that near its least where another step gains so little of it. */
static const double LEAST_GAIN = 1e-18;
/* An old Hessian serves where it foretold the last fall of J to a tenth (where the fall is so
 * small a part of J, that cannot be seen), and for steps that gain a tenth of the one before. */
static const double LEAST_FAITH = 0.1, UNSEEN = 1e-10, LEAST_PACE = 0.1;
/* Armijo's part of what a step promises; and of J, what rounding may hide. */
static const double LEAST_FALL = 1e-4, NOISE = 1e-13;

/* m unknowns, the intercept first, of columns scaled to a size of 1. */
typedef struct {
    pa_comm *comm;
    const pa_logit_options *options;
    pa_logit_scaled scaled;
    size_t m;
    double *scale, *penalty; /* of each unknown */
    pa_logit_room room;
    pa_i128 *slopes, *bends; /* sums over the rows of all ranks */
    double objective;        /* at `at` */
    double gain, fall;       /* what the last step was to gain, twice, and what it did */
    double *at, *trial, *gradient, *step;
    double *matrix; /* m x m */
    bool *held, has_bends;
} fit;

static pa_status new_fit(fit *f, pa_comm *comm, const pa_logit_options *options,
                         const pa_logit_rows *rows, pa_error *err)
{
    size_t m = rows->n_columns + 1;
    *f = (fit){.comm = comm, .options = options, .m = m, .scaled.rows = rows};
    PA_TRY(PA_NEW(f->scale, m, err));
    f->scaled.scale = f->scale;
    PA_TRY(PA_NEW(f->penalty, m, err));
    PA_TRY(pa_logit_room_new(rows->n_columns, &f->room, err));
    PA_TRY(PA_NEW(f->slopes, 1 + m, err));
    PA_TRY(PA_NEW(f->bends, m * (m + 1) / 2, err));
    PA_TRY(PA_NEW(f->at, m, err));
    PA_TRY(PA_NEW(f->trial, m, err));
    PA_TRY(PA_NEW(f->gradient, m, err));
    PA_TRY(PA_NEW(f->step, m, err));
    PA_TRY(PA_NEW(f->matrix, m * m, err));
    return PA_NEW(f->held, m, err);
}

static void free_fit(fit *f)
{
    pa_free(f->scale);
    pa_free(f->penalty);
    pa_logit_room_free(&f->room);
    pa_free(f->slopes);
    pa_free(f->bends);
    pa_free(f->at);
    pa_free(f->trial);
    pa_free(f->gradient);
    pa_free(f->step);
    pa_free(f->matrix);
    pa_free(f->held);
}

/* ---- before the first step ---- */

/* The largest weight. */
static pa_status size_of_weights(const pa_logit_rows *rows, double *size, pa_error *err)
{
    *size = rows->weight ? 0 : 1;
    for (size_t i = 0; rows->weight && i < rows->n; i++) {
        double w = (double)rows->weight[i];
        if (!(w >= 0 && isfinite(w)))
            return pa_fail(err, PA_E_DATA, "logistic regression: a weight is %g", w);
        if (w > *size) *size = w;
    }
    return PA_OK;
}

/* The largest |value| so far, of a column number `c`. */
static pa_status size_of_values(size_t c, size_t n, const float value[], double *size,
                                pa_error *err)
{
    for (size_t r = 0; r < n; r++) {
        double v = fabs((double)value[r]);
        if (!isfinite(v))
            return pa_fail(err, PA_E_DATA, "logistic regression: column %zu has a value %g", c + 1,
                           v);
        if (v > *size) *size = v;
    }
    return PA_OK;
}

/* Of the weights in place 0, and of each column. Local. */
static pa_status find_sizes(const fit *f, double size[], pa_error *err)
{
    const pa_logit_rows *rows = f->scaled.rows;
    PA_TRY(size_of_weights(rows, size, err));
    for (size_t first = 0; first < rows->n; first += PA_LOGIT_BLOCK) {
        size_t left = rows->n - first, n = left < PA_LOGIT_BLOCK ? left : PA_LOGIT_BLOCK;
        pa_logit_take(rows, first, n, f->room.taken);
        for (size_t c = 0; c < rows->n_columns; c++)
            PA_TRY(size_of_values(c, n, f->room.taken + c * PA_LOGIT_BLOCK, size + c + 1, err));
    }
    return PA_OK;
}

/* The power of two that brings it into (1/2, 1]; 1 for 0. */
static double scale_of(double size)
{
    int exponent;
    if (size == 0) return 1;
    double part = frexp(size, &exponent);
    return ldexp(1, part == 0.5 ? 1 - exponent : -exponent);
}

/* Size of all ranks to scales; the penalty of a coefficient is that of the unscaled one. */
static void set_scales(fit *f, double size[])
{
    pa_max_f64(f->comm, size, f->m);
    f->scaled.weight_scale = scale_of(size[0]);
    f->scale[0] = 1;
    for (size_t j = 1; j < f->m; j++) {
        f->scale[j] = scale_of(size[j]);
        f->penalty[j] = f->options->l2 * f->scaled.weight_scale * f->scale[j] * f->scale[j];
    }
}

static pa_status scale_columns(fit *f, pa_error *err)
{
    double *size = f->trial;
    PA_AGREE(f->comm, find_sizes(f, size, err), err);
    set_scales(f, size);
    return PA_OK;
}

/* Where the first step begins: all coefficients 0, and the intercept what is best then; or
 * those that are handed in. */
static pa_status start(fit *f, const double coefficient[], pa_error *err)
{
    const pa_logit_rows *rows = f->scaled.rows;
    pa_i128 all[2] = {0};
    for (size_t i = 0; i < rows->n; i++) {
        double weight = rows->weight ? (double)rows->weight[i] * f->scaled.weight_scale : 1;
        all[rows->label[i] != 0] += pa_fixed(weight, PA_LOGIT_LOSS_BITS);
    }
    pa_sum_i128(f->comm, all, 2);
    if (all[0] == 0 || all[1] == 0)
        return pa_fail(err, PA_E_DATA, "logistic regression: no row to learn from is %s",
                       all[1] == 0 ? "a fraud" : "genuine");
    for (size_t j = 0; j < f->m; j++)
        f->at[j] = f->options->goes_on ? coefficient[j] / f->scale[j] : 0;
    if (!f->options->goes_on) f->at[0] = pa_ln(pa_i128_to_f64(all[1]) / pa_i128_to_f64(all[0]));
    return PA_OK;
}

/* ---- steps ---- */

static double size_of(size_t m, const double v[])
{
    double size = 0;
    for (size_t j = 0; j < m; j++) size += fabs(v[j]);
    return size;
}

/* Returns J, and leaves the slopes there. */
static double objective_at(fit *f, const double coefficient[])
{
    memset(f->slopes, 0, (1 + f->m) * sizeof *f->slopes);
    pa_logit_add_slopes(&f->scaled, coefficient, &f->room, f->slopes);
    pa_sum_i128(f->comm, f->slopes, 1 + f->m);
    double objective = pa_fixed_to_f64(f->slopes[0], PA_LOGIT_LOSS_BITS);
    for (size_t j = 0; j < f->m; j++)
        objective += f->penalty[j] / 2 * coefficient[j] * coefficient[j];
    return objective;
}

static void take_gradient(fit *f)
{
    for (size_t j = 0; j < f->m; j++)
        f->gradient[j] =
            pa_fixed_to_f64(f->slopes[1 + j], PA_LOGIT_SLOPE_BITS) + f->penalty[j] * f->at[j];
}

static void add_bends(fit *f)
{
    size_t n = f->m * (f->m + 1) / 2;
    memset(f->bends, 0, n * sizeof *f->bends);
    pa_logit_add_bends(&f->scaled, f->at, &f->room, f->bends);
    pa_sum_i128(f->comm, f->bends, n);
    f->has_bends = true;
}

static void take_matrix(fit *f)
{
    const pa_i128 *sum = f->bends;
    for (size_t i = 0; i < f->m; i++) {
        for (size_t j = 0; j <= i; j++)
            f->matrix[i * f->m + j] = pa_fixed_to_f64(*sum++, PA_LOGIT_BEND_BITS);
        f->matrix[i * f->m + i] += f->penalty[i];
    }
}

/* Holds the unknowns that lie at their bound and would go beyond it, by the gradient. */
static void hold(fit *f)
{
    for (size_t j = 1; f->options->non_negative && j < f->m; j++)
        f->held[j] = f->at[j] <= 0 && f->gradient[j] >= 0;
}

/* Holds more of them, by the step; true: there were some. */
static bool hold_more(fit *f)
{
    bool found = false;
    for (size_t j = 1; f->options->non_negative && j < f->m; j++) {
        if (f->at[j] > 0 || f->step[j] >= 0) continue;
        f->held[j] = found = true;
    }
    return found;
}

/* The step of the unknowns that may move, by the Hessian at hand; returns twice what it is to
 * gain. */
static double find_step(fit *f)
{
    double gain;
    hold(f);
    do {
        take_matrix(f);
        gain = pa_logit_solve(f->m, f->matrix, f->gradient, f->held, f->step);
    } while (hold_more(f));
    return gain;
}

/* Whether the last step fell as the Hessian at hand foretold, as far as that can be seen. */
static bool foretells(const fit *f)
{
    if (f->gain <= UNSEEN * f->objective) return true;
    return fabs(f->fall - f->gain / 2) <= LEAST_FAITH * f->gain / 2;
}

/* The same by the Hessian here, where the one at hand does not serve any more. */
static void find_good_step(fit *f)
{
    bool keeps = f->has_bends && foretells(f);
    double gain = keeps ? find_step(f) : 0;
    if (!keeps || gain > LEAST_PACE * f->gain) {
        add_bends(f);
        gain = find_step(f);
    }
    f->gain = gain;
}

/* trial: at + part * step, no further than the bounds. Returns the fall that the gradient
 * promises. */
static double go(fit *f, double part)
{
    double fall = 0;
    for (size_t j = 0; j < f->m; j++) {
        f->trial[j] = f->at[j] + part * f->step[j];
        if (j > 0 && f->options->non_negative && f->trial[j] < 0) f->trial[j] = 0;
        fall -= f->gradient[j] * (f->trial[j] - f->at[j]);
    }
    return fall;
}

/* Halves the step until J falls; false: it does not. */
static bool move(fit *f)
{
    double part = 1;
    for (int halving = 0; halving < MOST_HALVINGS; halving++, part /= 2) {
        double fall = go(f, part);
        if (fall < 0 || size_of(f->m, f->trial) > MOST_SIZE) continue;
        double objective = objective_at(f, f->trial);
        if (objective > f->objective - LEAST_FALL * fall + NOISE * f->objective) continue;
        memcpy(f->at, f->trial, f->m * sizeof *f->at);
        f->fall = f->objective - objective;
        f->objective = objective;
        return true;
    }
    return false;
}

static pa_status iterate(fit *f, pa_logit_end *end, pa_error *err)
{
    f->objective = objective_at(f, f->at);
    for (;;) {
        take_gradient(f);
        find_good_step(f);
        end->converged = f->gain <= LEAST_GAIN * f->objective;
        if (end->converged || end->iterations == f->options->max_iterations) return PA_OK;
        PA_AGREE(f->comm, PA_OK, err);
        if (!move(f)) return PA_OK;
        end->iterations++;
        if (f->options->step) PA_TRY(f->options->step(f->options->job));
    }
}

pa_status pa_logit_fit(pa_comm *comm, const pa_logit_options *options, const pa_logit_rows *rows,
                       double coefficient[], pa_logit_end *end, pa_error *err)
{
    fit f;
    pa_logit_end reached = {0};
    PA_ASSERT(rows->n_columns <= PA_LOGIT_MAX_COLUMNS && options->l2 >= 0);
    pa_status st = pa_agree(comm, new_fit(&f, comm, options, rows, err), err);
    if (st == PA_OK) st = scale_columns(&f, err);
    if (st == PA_OK) st = start(&f, coefficient, err);
    if (st == PA_OK) st = iterate(&f, &reached, err);
    for (size_t j = 0; st == PA_OK && j < f.m; j++) coefficient[j] = f.at[j] * f.scale[j];
    reached.objective = st == PA_OK ? f.objective / f.scaled.weight_scale : 0;
    if (end) *end = reached;
    free_fit(&f);
    return st;
}

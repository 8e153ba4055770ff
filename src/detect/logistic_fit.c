#include "logistic_fit.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/detect/column_knots.h"
#include "paraudit/detect/curves.h"
#include "paraudit/detect/logit.h"
#include "paraudit/detect/terms.h"

/* What l2 is chosen from: the value that is set, times these. */
static const double TRIED[] = {10, 1, 0.1};
enum { N_TRIED = sizeof TRIED / sizeof *TRIED };

/* Points whose terms are made a block at a time. */
typedef struct {
    const pa_points *points;
    const pa_curves *terms;
    uint32_t *row;
} rows_of;

static void take_terms(void *source, size_t first, size_t n, float value[])
{
    const rows_of *s = source;
    size_t row[PA_LOGIT_BLOCK];
    float x[PA_LOGIT_BLOCK];
    double term[PA_LOGIT_BLOCK * PA_TERMS];
    for (size_t r = 0; r < n; r++) row[r] = s->row[first + r];
    for (size_t c = 0; c < s->points->n_columns; c++) {
        pa_point_values(s->points, c, n, row, x);
        pa_curves_at(s->terms, c, n, x, term);
        for (size_t r = 0; r < n; r++)
            for (size_t k = 0; k < PA_TERMS; k++)
                value[(c * PA_TERMS + k) * PA_LOGIT_BLOCK + r] = (float)term[r * PA_TERMS + k];
    }
}

static pa_logit_rows logit_rows(rows_of *source, const uint8_t label[])
{
    return (pa_logit_rows){.n = (size_t)source->points->n,
                           .n_columns = source->points->n_columns * PA_TERMS,
                           .take = take_terms,
                           .source = source,
                           .label = label};
}

typedef struct {
    const pa_detector_context *x;
    pa_column_knots knots;
    double *term; /* knots x PA_TERMS */
    pa_curves terms;
    rows_of fitted, check;
    double *coefficient, *best; /* the intercept, then columns x PA_TERMS */
    double l2;                  /* of best */
} fit;

static void free_fit(fit *f)
{
    pa_column_knots_free(&f->knots);
    pa_free(f->term);
    pa_free(f->fitted.row);
    pa_free(f->check.row);
    pa_free(f->coefficient);
    pa_free(f->best);
}

static pa_status new_fit(fit *f, const pa_points *points, pa_error *err)
{
    const pa_points *check = f->x->check.points;
    size_t m = points->n_columns * PA_TERMS + 1;
    f->fitted = (rows_of){.points = points, .terms = &f->terms};
    f->check = (rows_of){.points = check, .terms = &f->terms};
    PA_TRY(PA_NEW(f->term, f->knots.n * PA_TERMS, err));
    PA_TRY(PA_NEW(f->coefficient, m, err));
    PA_TRY(PA_NEW(f->best, m, err));
    PA_TRY(pa_list_points(points, &f->fitted.row, err));
    return check ? pa_list_points(check, &f->check.row, err) : PA_OK;
}

static void make_terms(fit *f)
{
    const pa_column_knots *k = &f->knots;
    for (size_t c = 0; c < k->n_columns; c++) {
        size_t begin = (size_t)k->first[c], n = (size_t)k->first[c + 1] - begin;
        pa_terms_of(n, k->value + begin, k->below + begin, k->up_to + begin,
                    f->term + begin * PA_TERMS);
    }
    f->terms = (pa_curves){k->n_columns, PA_TERMS, k->first, k->value, f->term};
}

/* Coefficients by this l2; from those of another one, where there are. */
static pa_status fit_with(fit *f, double l2, bool goes_on, pa_error *err)
{
    const pa_detector_context *x = f->x;
    const pa_logit_rows rows = logit_rows(&f->fitted, x->label);
    const pa_logit_options options = {.l2 = l2,
                                      .max_iterations =
                                          pa_config_int(x->config, "logistic.max_iterations"),
                                      .goes_on = goes_on,
                                      .step = x->step,
                                      .job = x->job};
    pa_logit_end end;
    PA_TRY(pa_logit_fit(x->comm, &options, &rows, f->coefficient, &end, err));
    pa_log_event(x->log, "logistic", "l2=%g iterations=%lld converged=%d objective=%.9g", l2,
                 (long long)end.iterations, end.converged, end.objective);
    if (!end.converged)
        pa_log_warn(x->log,
                    "NOTE logistic: the fit ended before it was done, after %lld steps: "
                    "more may be had by logistic.max_iterations",
                    (long long)end.iterations);
    return PA_OK;
}

static void keep(fit *f, double l2)
{
    size_t m = f->knots.n_columns * PA_TERMS + 1;
    memcpy(f->best, f->coefficient, m * sizeof *f->best);
    f->l2 = l2;
}

/* The l2 by which the rows to check on are least of a surprise; of equals the largest. */
static pa_status choose(fit *f, double l2, pa_error *err)
{
    const pa_logit_rows check = logit_rows(&f->check, f->x->check.label);
    double least = INFINITY, loss;
    for (size_t i = 0; i < N_TRIED; i++) {
        PA_TRY(fit_with(f, l2 * TRIED[i], i > 0, err));
        PA_TRY(pa_logit_loss(f->x->comm, &check, f->coefficient, &loss, err));
        if (!(loss < least)) continue;
        least = loss;
        keep(f, l2 * TRIED[i]);
    }
    return PA_OK;
}

static pa_status chosen_l2(const pa_store *chosen, double *l2, pa_error *err)
{
    const void *data;
    size_t n;
    PA_TRY(pa_store_get(chosen, "l2", PA_F64, &data, &n, err));
    if (n == 1) *l2 = *(const double *)data;
    if (n == 1 && *l2 >= 0 && isfinite(*l2)) return PA_OK;
    return pa_fail(err, PA_E_DATA, "model '%s': 'l2' is not one number from 0 on", chosen->name);
}

static pa_status find_coefficients(fit *f, pa_error *err)
{
    const pa_detector_context *x = f->x;
    double l2 = pa_config_real(x->config, "logistic.l2");
    bool chooses = pa_config_bool(x->config, "logistic.choose_l2");
    if (chooses && x->check.points) return choose(f, l2, err);
    if (chooses && x->chosen) PA_TRY(chosen_l2(x->chosen, &l2, err));
    PA_TRY(fit_with(f, l2, false, err));
    keep(f, l2);
    return PA_OK;
}

/* ---- the model ---- */

static pa_status put(pa_store *model, const char *name, pa_type type, size_t n, const void *from,
                     const char *meaning, void **data, pa_error *err)
{
    PA_TRY(pa_store_put(model, name, type, n, 1, meaning, data, err));
    if (from && n > 0) memcpy(*data, from, n * pa_type_size(type, 0));
    return PA_OK;
}

/* What each knot adds to the log-odds. */
static void put_odds(const fit *f, double odds[])
{
    const pa_column_knots *knots = &f->knots;
    for (size_t c = 0; c < knots->n_columns; c++) {
        const double *coefficient = f->best + 1 + c * PA_TERMS;
        for (int64_t k = knots->first[c]; k < knots->first[c + 1]; k++)
            for (size_t i = 0; i < PA_TERMS; i++)
                odds[k] += coefficient[i] * f->term[(size_t)k * PA_TERMS + i];
    }
}

static pa_status put_model(const fit *f, pa_store *model, pa_error *err)
{
    const pa_column_knots *k = &f->knots;
    void *data;
    PA_TRY(put(model, "first", PA_I64, k->n_columns + 1, k->first,
               "where each column's knots begin", &data, err));
    PA_TRY(
        put(model, "value", PA_F32, k->n, k->value, "knots, ascending in each column", &data, err));
    PA_TRY(put(model, "odds", PA_F64, k->n, NULL,
               "what that value adds to the log-odds of fraud, beside the mean", &data, err));
    put_odds(f, data);
    PA_TRY(put(model, "intercept", PA_F64, 1, f->best, "log-odds where every column is at its mean",
               &data, err));
    return put(model, "l2", PA_F64, 1, &f->l2, "how much coefficients were held back", &data, err);
}

pa_status pa_logistic_fit(const pa_detector_context *x, const pa_points *points, pa_store *model,
                          pa_error *err)
{
    fit f = {.x = x};
    size_t max_knots = (size_t)pa_config_int(x->config, "logistic.curve_knots");
    PA_ASSERT(x->label || points->n == 0);
    PA_TRY(pa_column_knots_fit(x, "logistic: knots", points, max_knots, &f.knots, err));
    pa_status st = pa_agree(x->comm, new_fit(&f, points, err), err);
    if (st == PA_OK) {
        make_terms(&f);
        st = find_coefficients(&f, err);
    }
    if (st == PA_OK) st = pa_agree(x->comm, put_model(&f, model, err), err);
    free_fit(&f);
    return st;
}

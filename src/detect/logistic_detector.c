#include "paraudit/detect/logistic_detector.h"

#include <math.h>

#include "logistic_fit.h"
#include "paraudit/base/array.h"
#include "paraudit/detect/curves.h"
#include "paraudit/detect/ecod.h"
#include "paraudit/detect/logit.h"
#include "paraudit/detect/terms.h"

enum { MOST_COLUMNS = (PA_LOGIT_MAX_COLUMNS - 1) / PA_TERMS };

static const double MOST_ODDS = 0x1p21;

static const pa_option_spec options[] = {
    {.key = "logistic.l2",
     .type = PA_OPTION_REAL,
     .fallback = "1",
     .min = 0,
     .max = 1e12,
     .meaning = "half of this times the squares of the coefficients is added to the loss"},
    {.key = "logistic.choose_l2",
     .type = PA_OPTION_BOOL,
     .fallback = "true",
     .meaning = "where later rows are set aside to check on, l2 or ten times or a tenth of it, "
                "what suits them best"},
    {.key = "logistic.max_iterations",
     .type = PA_OPTION_INT,
     .fallback = "100",
     .min = 1,
     .max = 1e6,
     .unit = "iterations",
     .meaning = "steps of the fit, at most"},
    {.key = "logistic.curve_knots",
     .type = PA_OPTION_INT,
     .fallback = "256",
     .min = PA_ECOD_MIN_KNOTS,
     .max = 65536,
     .unit = "values",
     .meaning = "values of a column at which it is known what they say; straight between"},
    PA_SUPERVISED_OPTIONS("logistic"),
    PA_ON_DEMAND_OPTION("logistic", "it takes longer than all else, and boosted trees say more"),
    {0}};

typedef struct {
    pa_curves curves;
    double intercept;
} opened;

static pa_status read_curves(const pa_store *model, size_t n_columns, pa_curves *c, pa_error *err)
{
    const void *first, *value, *odds;
    size_t n_first, n, n_odds;
    PA_TRY(pa_store_get(model, "first", PA_I64, &first, &n_first, err));
    PA_TRY(pa_store_get(model, "value", PA_F32, &value, &n, err));
    PA_TRY(pa_store_get(model, "odds", PA_F64, &odds, &n_odds, err));
    *c = (pa_curves){n_columns, 1, first, value, odds};
    if (n_first != n_columns + 1 || n_odds != n || c->first[n_columns] != (int64_t)n)
        return pa_fail(err, PA_E_DATA, "model '%s': its arrays are not those of %zu columns",
                       model->name, n_columns);
    return pa_curves_check(c, MOST_ODDS, err);
}

static pa_status read_intercept(const pa_store *model, double *intercept, pa_error *err)
{
    const void *data;
    size_t n;
    PA_TRY(pa_store_get(model, "intercept", PA_F64, &data, &n, err));
    if (n == 1) *intercept = *(const double *)data;
    if (n == 1 && fabs(*intercept) <= MOST_ODDS) return PA_OK;
    return pa_fail(err, PA_E_DATA, "model '%s': 'intercept' is no such number", model->name);
}

static pa_status open(const pa_store *model, size_t n_columns, bool explains, void **state,
                      pa_error *err)
{
    opened *o, found;
    (void)explains;
    *state = NULL;
    PA_TRY(read_curves(model, n_columns, &found.curves, err));
    PA_TRY(read_intercept(model, &found.intercept, err));
    PA_TRY(PA_NEW(o, 1, err));
    *o = found;
    *state = o;
    return PA_OK;
}

static void close(void *state)
{
    pa_free(state);
}

static void score(void *state, size_t n, const float *const column[], float raw[], int64_t part[])
{
    const opened *o = state;
    double sum[PA_TILE_ROWS], odds[PA_TILE_ROWS];
    for (size_t i = 0; i < n; i++) sum[i] = o->intercept;
    for (size_t c = 0; c < o->curves.n_columns; c++) {
        pa_curves_at(&o->curves, c, n, column[c], odds);
        for (size_t i = 0; i < n; i++) sum[i] += odds[i];
        for (size_t i = 0; part && i < n; i++) part[c * n + i] = (int64_t)(odds[i] * PA_PART_UNITS);
    }
    for (size_t i = 0; i < n; i++) raw[i] = (float)sum[i];
}

const pa_detector pa_logistic_detector = {
    .name = "logistic",
    .title = "logistic regression",
    .scale = "log-odds of fraud",
    .supervised = true,
    .on_demand = true,
    .least_rows = 2,
    .most_columns = MOST_COLUMNS,
    .options = options,
    .fit = pa_logistic_fit,
    .open = open,
    .close = close,
    .score = score,
};

const pa_stage pa_logistic_stage =
    PA_DETECTOR_STAGE(pa_logistic_detector, "logistic", 1, options, 700, 300);

#include "forecast_model.h"

#include <string.h>

#include "paraudit/base/array.h"

/* n: of rows that there have to be; 0: one or more. */
static pa_status get(const pa_store *model, const char *name, pa_type type, size_t n, size_t width,
                     const void **data, pa_error *err)
{
    size_t found;
    PA_TRY(pa_store_get(model, name, type, data, &found, err));
    if ((n ? found == n : found > 0) && pa_store_find(model, name)->width == width) return PA_OK;
    return pa_fail(err, PA_E_DATA, "model '%s': its array '%s' is not that of forecasts",
                   model->name, name);
}

pa_status pa_forecast_open(const pa_store *model, pa_forecast_model *m, pa_error *err)
{
    const void *cut, *count, *weekday, *amount, *category, *judged, *low_share;
    PA_TRY(get(model, "segment_cut", PA_F32, 2, PA_SEGMENT_CUTS, &cut, err));
    PA_TRY(get(model, "count", PA_F64, PA_N_SEGMENTS, sizeof *m->of.count / sizeof(double), &count,
               err));
    PA_TRY(get(model, "weekday", PA_F64, PA_N_SEGMENTS, PA_WEEK_DAYS, &weekday, err));
    PA_TRY(get(model, "amount", PA_F64, PA_N_SEGMENTS, sizeof *m->of.amount / sizeof(double),
               &amount, err));
    PA_TRY(
        get(model, "category", PA_F64, 0, sizeof *m->of.category / sizeof(double), &category, err));
    PA_TRY(get(model, "judged", PA_I64, PA_N_SEGMENTS, 1, &judged, err));
    PA_TRY(get(model, "low_share", PA_F64, PA_LOW_SHARE_EDGES, 1, &low_share, err));
    memcpy(&m->cuts, cut, sizeof m->cuts);
    m->of = (pa_account_model){count, weekday, amount, category, low_share};
    m->n_categories = pa_store_find(model, "category")->n;
    m->judged = judged;
    return PA_OK;
}

pa_status pa_forecast_categories(const pa_table *tx, int32_t **category, pa_error *err)
{
    const pa_column *c = pa_table_find(tx, "category");
    *category = NULL;
    if (!c) return PA_OK;
    PA_TRY(PA_NEW(*category, tx->n_rows, err));
    pa_codes_of(c, tx->n_rows, *category);
    return PA_OK;
}

#include "iforest_fit.h"
#include "paraudit/base/array.h"

pa_status pa_columns_by_role(pa_columns *features, const pa_table *t, unsigned without,
                             pa_error *err)
{
    const pa_column **found = NULL;
    PA_TRY(PA_NEW(found, t->n_columns, err));
    size_t n = pa_table_by_role(t, PA_ROLE_FEATURE, without, found);
    pa_status st = PA_NEW(features->column, n, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) {
        PA_ASSERT(found[i]->spec.type != PA_BYTES);
        features->column[i] = *found[i];
    }
    features->n = st == PA_OK ? n : 0;
    pa_free(found);
    return st;
}

void pa_columns_free(pa_columns *c)
{
    pa_free(c->column);
    *c = (pa_columns){0};
}

pa_status pa_scorer_open(pa_scorer *s, const pa_columns *features, const pa_iforest_model *forest,
                         pa_error *err)
{
    *s = (pa_scorer){.features = features};
    PA_TRY(PA_NEW(s->values, features->n * PA_SCORER_ROWS, err));
    PA_TRY(PA_NEW(s->column, features->n, err));
    for (size_t i = 0; i < features->n; i++) s->column[i] = s->values + i * PA_SCORER_ROWS;
    return pa_iforest_open(forest, PA_IFOREST_BEST, &s->forest, err);
}

void pa_scorer_free(pa_scorer *s)
{
    pa_iforest_free(s->forest);
    pa_free(s->values);
    pa_free(s->column);
    *s = (pa_scorer){0};
}

size_t pa_next_of_splits(const int8_t split[], size_t n_rows, unsigned wanted, size_t *cursor,
                         size_t rows[PA_SCORER_ROWS])
{
    size_t n = 0, row = *cursor;
    for (; row < n_rows && n < PA_SCORER_ROWS; row++)
        if (wanted >> split[row] & 1) rows[n++] = row;
    *cursor = row;
    return n;
}

static void copy_values(const pa_column *c, size_t n, const size_t rows[], float to[])
{
    if (c->spec.type == PA_F32) {
        const float *v = c->data;
        for (size_t i = 0; i < n; i++) to[i] = v[rows[i]];
        return;
    }
    for (size_t i = 0; i < n; i++) to[i] = pa_column_value(c, rows[i]);
}

void pa_score_rows(pa_scorer *s, size_t n, float raw[])
{
    int64_t path_sum[PA_SCORER_ROWS];
    for (size_t c = 0; c < s->features->n; c++)
        copy_values(s->features->column + c, n, s->rows, s->values + c * PA_SCORER_ROWS);
    pa_iforest_score(s->forest, n, s->column, path_sum);
    for (size_t i = 0; i < n; i++) raw[i] = (float)pa_iforest_anomaly(s->forest, path_sum[i]);
}

pa_status pa_explainer_open(pa_explainer *e, const pa_iforest_model *forest, pa_error *err)
{
    *e = (pa_explainer){.n_features = forest->shape.n_features};
    size_t n = (size_t)e->n_features;
    PA_TRY(PA_NEW(e->code, n, err));
    PA_TRY(PA_NEW(e->part, n * PA_SCORER_ROWS, err));
    PA_TRY(PA_NEW(e->reason, (size_t)PA_REASONS * PA_SCORER_ROWS, err));
    PA_TRY(PA_NEW(e->share, (size_t)PA_REASONS * PA_SCORER_ROWS, err));
    return pa_iforest_parts_open(forest, &e->parts, err);
}

void pa_explainer_free(pa_explainer *e)
{
    pa_iforest_parts_free(e->parts);
    pa_free(e->code);
    pa_free(e->part);
    pa_free(e->reason);
    pa_free(e->share);
    *e = (pa_explainer){0};
}

void pa_explain_rows(pa_explainer *e, const pa_scorer *s, size_t n)
{
    pa_iforest_parts_of(e->parts, n, s->column, e->part);
    pa_iforest_reasons(e->n_features, n, e->part, e->reason, e->share);
}

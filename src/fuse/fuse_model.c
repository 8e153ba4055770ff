#include "paraudit/fuse/fuse_model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"

void pa_voices_free(pa_voices *v)
{
    pa_free(v->voice);
    *v = (pa_voices){0};
}

/* A supervised detector is heard by its log-odds: its tail has no order beyond the rows that
 * it was checked on. */
static void find_voice(const pa_table *tx, const pa_column *tail, pa_fuse_voice *v)
{
    char name[PA_DETECTOR_NAME + 8];
    PA_ASSERT(tail->spec.type == PA_F32 && strlen(tail->spec.stage) < PA_DETECTOR_NAME);
    snprintf(name, sizeof name, "%s_raw", tail->spec.stage);
    const pa_column *raw = pa_table_find(tx, name);
    v->name = tail->spec.stage;
    v->is_log_odds = raw && raw->spec.unit && strcmp(raw->spec.unit, PA_UNIT_LOG_ODDS) == 0;
    v->value = v->is_log_odds ? raw->data : tail->data;
}

pa_status pa_voices_find(const pa_table *tx, pa_voices *v, pa_error *err)
{
    const pa_column **tail = NULL;
    PA_TRY(PA_NEW(tail, tx->n_columns, err));
    size_t n = pa_table_by_role(tx, PA_ROLE_TAIL, 0, tail);
    pa_status st = PA_NEW(v->voice, n, err);
    for (size_t k = 0; st == PA_OK && k < n; k++) find_voice(tx, tail[k], v->voice + k);
    if (st == PA_OK) v->n = n;
    pa_free(tail);
    return st;
}

static pa_status check_detectors(const pa_store *model, const pa_voices *d, pa_error *err)
{
    const void *names;
    size_t n;
    PA_TRY(pa_store_get(model, "detector", PA_BYTES, &names, &n, err));
    bool alike = n == d->n && pa_store_find(model, "detector")->bytes == PA_DETECTOR_NAME;
    for (size_t k = 0; alike && k < n; k++)
        alike = strncmp((const char *)names + k * PA_DETECTOR_NAME, d->voice[k].name,
                        PA_DETECTOR_NAME) == 0;
    if (alike) return PA_OK;
    return pa_fail(err, PA_E_DATA, "the model of fuse was fitted on other detectors");
}

/* Weights and centers, one of each for a detector, all of them numbers. */
static pa_status read_weights(const pa_store *model, pa_voices *d, double *base, pa_error *err)
{
    const void *weight, *center, *bases;
    size_t n_weights, n_centers, n_bases;
    PA_TRY(pa_store_get(model, "weight", PA_F64, &weight, &n_weights, err));
    PA_TRY(pa_store_get(model, "center", PA_F64, &center, &n_centers, err));
    PA_TRY(pa_store_get(model, "base", PA_F64, &bases, &n_bases, err));
    if (n_weights != d->n || n_centers != d->n || n_bases != 1)
        return pa_fail(err, PA_E_DATA, "the model of fuse has %zu weights and %zu centers",
                       n_weights, n_centers);
    *base = *(const double *)bases;
    bool finite = isfinite(*base);
    for (size_t k = 0; k < d->n; k++) {
        d->voice[k].weight = ((const double *)weight)[k];
        d->voice[k].center = ((const double *)center)[k];
        finite = finite && isfinite(d->voice[k].weight) && isfinite(d->voice[k].center);
    }
    if (finite) return PA_OK;
    return pa_fail(err, PA_E_DATA, "the model of fuse has a weight that is no number");
}

static pa_status read_score(const pa_store *model, pa_score_function *f, pa_error *err)
{
    const void *margin, *score;
    size_t n_knots, n_scores;
    PA_TRY(pa_store_get(model, "score_margin", PA_F64, &margin, &n_knots, err));
    PA_TRY(pa_store_get(model, "score_knot", PA_F64, &score, &n_scores, err));
    if (n_scores != n_knots)
        return pa_fail(err, PA_E_DATA, "the model of fuse has %zu margins and %zu scores as knots",
                       n_knots, n_scores);
    *f = (pa_score_function){n_knots, margin, score};
    return pa_score_function_check(f, err);
}

pa_status pa_fuse_model_open(const pa_store *model, const pa_table *tx, pa_fuse_model *m,
                             pa_error *err)
{
    *m = (pa_fuse_model){0};
    PA_TRY(pa_voices_find(tx, &m->voices, err));
    PA_TRY(check_detectors(model, &m->voices, err));
    PA_TRY(read_weights(model, &m->voices, &m->base, err));
    return read_score(model, &m->score, err);
}

void pa_fuse_model_free(pa_fuse_model *m)
{
    pa_voices_free(&m->voices);
    *m = (pa_fuse_model){0};
}

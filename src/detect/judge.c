#include "paraudit/detect/judge.h"

#include <string.h>

#include "detector_fit.h"
#include "paraudit/base/array.h"
#include "paraudit/order/tail_fit.h"

void pa_judge_close(pa_judge *j)
{
    if (!j) return;
    j->detector->close(j->state);
    pa_store_free(&j->earlier);
    pa_tail_free(j->tail);
    pa_free(j->feature);
    pa_free(j->code);
    pa_free(j->family_first);
    pa_free(j->member);
    pa_free(j->part);
    pa_free(j);
}

/* The columns of the table that the model names. */
static pa_status find_named(const pa_store *model, const pa_table *tx, pa_judge *j, pa_error *err)
{
    const void *names;
    size_t n;
    PA_TRY(pa_store_get(model, "feature_name", PA_BYTES, &names, &n, err));
    if (pa_store_find(model, "feature_name")->bytes != PA_FEATURE_NAME)
        return pa_fail(err, PA_E_DATA, "model '%s': the feature names are not of %d bytes",
                       model->name, PA_FEATURE_NAME);
    PA_TRY(PA_NEW(j->feature, n, err));
    for (; j->n_features < n; j->n_features++) {
        char name[PA_FEATURE_NAME + 1] = {0};
        memcpy(name, (const char *)names + j->n_features * PA_FEATURE_NAME, PA_FEATURE_NAME);
        const pa_column *c = pa_table_find(tx, name);
        if (!c || c->spec.role != PA_ROLE_FEATURE)
            return pa_fail(err, PA_E_DATA,
                           "model '%s' was fitted on feature column '%s', which is not there",
                           model->name, name);
        j->feature[j->n_features] = c;
    }
    return PA_OK;
}

/* Where the columns that it reads stand among all features. */
static pa_status find_codes(const pa_table *tx, pa_judge *j, pa_error *err)
{
    const pa_column **all = NULL;
    pa_status st = PA_NEW(all, tx->n_columns, err);
    if (st == PA_OK) pa_table_by_role(tx, PA_ROLE_FEATURE, 0, all);
    if (st == PA_OK) st = PA_NEW(j->code, j->n_features, err);
    for (size_t f = 0; st == PA_OK && f < j->n_features; f++)
        while (all[j->code[f]] != j->feature[f]) j->code[f]++;
    pa_free(all);
    return st;
}

/* Whether both say the same of a row; a feature without a family is alone. */
static bool are_alike(const pa_column *a, const pa_column *b)
{
    const char *x = a->spec.family, *y = b->spec.family;
    return a == b || (x && y && strcmp(x, y) == 0);
}

/* In the order of the first feature of each. */
static pa_status find_families(pa_judge *j, pa_error *err)
{
    size_t n = j->n_features, n_members = 0;
    const pa_column *const *column = j->feature;
    PA_TRY(PA_NEW(j->family_first, n + 1, err));
    PA_TRY(PA_NEW(j->member, n, err));
    for (size_t f = 0; f < n; f++) {
        bool met = false;
        for (size_t i = 0; i < f && !met; i++) met = are_alike(column[i], column[f]);
        if (met) continue;
        for (size_t i = f; i < n; i++)
            if (are_alike(column[f], column[i])) j->member[n_members++] = (int32_t)i;
        j->family_first[++j->families.n] = (int32_t)n_members;
    }
    j->families.first = j->family_first;
    j->families.member = j->member;
    return PA_OK;
}

static pa_status open_model(const pa_store *model, const pa_table *tx, pa_judge *j, pa_error *err)
{
    PA_TRY(find_named(model, tx, j, err));
    PA_TRY(find_codes(tx, j, err));
    PA_TRY(find_families(j, err));
    PA_TRY(PA_NEW(j->part, j->n_features * PA_TILE_ROWS, err));
    return j->detector->open(model, j->n_features, true, &j->state, err);
}

/* Both models have one tail. */
pa_status pa_judge_open(const pa_detector *d, const pa_store *model, bool earlier,
                        const pa_table *tx, pa_judge **opened, pa_error *err)
{
    pa_judge *j;
    *opened = NULL;
    PA_TRY(PA_NEW(j, 1, err));
    j->detector = d;
    pa_status st = earlier ? pa_store_view(model, PA_EARLIER, &j->earlier, err) : PA_OK;
    if (st == PA_OK) st = open_model(earlier ? &j->earlier : model, tx, j, err);
    if (st == PA_OK) st = pa_tail_read(model, &j->tail, err);
    if (st == PA_OK)
        *opened = j;
    else
        pa_judge_close(j);
    return st;
}

void pa_judge_tile(pa_judge *j, const pa_tile *tile)
{
    j->detector->score(j->state, tile->n, tile->column, j->raw, j->part);
    pa_drop_missing(j->n_features, tile->n, tile->column, j->part);
    pa_top_reasons(&j->families, tile->n, j->part, j->reason, j->share);
    for (size_t i = 0; i < PA_REASONS * tile->n; i++)
        if (j->reason[i] >= 0) j->reason[i] = j->code[j->reason[i]];
}

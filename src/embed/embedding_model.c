#include "embedding_model.h"

#include <string.h>

#include "paraudit/embed/embedding_stage.h"

static bool is_of(const pa_store *model, const char *name, size_t n, size_t width)
{
    const pa_store_array *a = pa_store_find(model, name);
    return a && a->type == PA_F32 && a->n == n && a->width == width;
}

static bool is_ascending(size_t n, const int32_t code[])
{
    for (size_t i = 0; i < n; i++)
        if (code[i] < 0 || (i > 0 && code[i] <= code[i - 1])) return false;
    return true;
}

pa_status pa_embedding_read(const pa_store *model, pa_merchant_vectors *v, pa_error *err)
{
    const void *code;
    *v = (pa_merchant_vectors){0};
    if (!pa_store_find(model, "merchant")) return PA_OK;
    PA_TRY(pa_store_get(model, "merchant", PA_I32, &code, &v->n, err));
    v->code = code;
    const pa_store_array *vector = pa_store_find(model, "vector");
    v->dim = vector ? vector->width : 0;
    if (!is_of(model, "vector", v->n, v->dim) || !is_of(model, "context", v->n, v->dim) ||
        !is_of(model, "drawn", v->n, 1) || !is_of(model, "whole", v->n, 1) ||
        !is_ascending(v->n, v->code))
        return pa_fail(err, PA_E_DATA, "model '%s': its arrays are not those of vectors",
                       model->name);
    v->vector = vector->data;
    v->context = pa_store_find(model, "context")->data;
    v->drawn = pa_store_find(model, "drawn")->data;
    v->whole = pa_store_find(model, "whole")->data;
    return pa_merchant_vectors_index(v, err);
}

pa_status pa_embedding_of(const pa_run *run, pa_merchant_vectors *v, pa_error *err)
{
    *v = (pa_merchant_vectors){0};
    for (size_t i = 0; i < run->n_stages; i++)
        if (strcmp(run->stages[i]->name, pa_embedding_stage.name) == 0)
            return pa_embedding_read(run->models + i, v, err);
    return PA_OK;
}

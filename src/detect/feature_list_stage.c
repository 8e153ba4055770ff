#include "paraudit/detect/feature_list_stage.h"

#include <string.h>

#include "paraudit/base/array.h"

enum { NAME_BYTES = 64 };

static const char list[] = "categories/feature";

static const pa_option_spec options[] = {{0}};

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    const pa_table_spec table = {.name = list, .meaning = "what reasons point at"};
    if (pa_schema_by_role(io, PA_ROLE_FEATURE, NULL, 0) == 0)
        pa_schema_stands_aside(io, "there is no feature column");
    return pa_schema_side_table(io, &table, err);
}

/* Rank 0 holds the whole list. */
static pa_status fill(const pa_run *run, size_t n, const pa_column *const feature[], pa_table *t,
                      pa_error *err)
{
    const pa_column_spec spec = {.name = "feature",
                                 .type = PA_BYTES,
                                 .width = NAME_BYTES,
                                 .meaning = "column of transactions",
                                 .role = PA_ROLE_ID,
                                 .stage = "feature_list"};
    size_t here = pa_table_size_small(t, pa_comm_rank(run->comm), n);
    void *name;
    PA_TRY(pa_table_add(t, &spec, &name, err));
    for (size_t i = 0; i < here; i++) {
        size_t length = strlen(feature[i]->spec.name);
        PA_ASSERT(length < NAME_BYTES);
        memcpy((char *)name + i * NAME_BYTES, feature[i]->spec.name, length);
    }
    return PA_OK;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    (void)model;
    const pa_column **feature = NULL;
    pa_table *t;
    pa_status st = PA_NEW(feature, tx->n_columns, &run->err);
    if (st == PA_OK) st = pa_run_fill_table(run, list, &t);
    if (st == PA_OK)
        st = fill(run, pa_table_by_role(tx, PA_ROLE_FEATURE, 0, feature), feature, t, &run->err);
    pa_free(feature);
    return pa_agree(run->comm, st, &run->err);
}

const pa_stage pa_feature_list_stage = {
    .name = "feature_list", .version = 1, .options = options, .plan = plan, .apply = apply};

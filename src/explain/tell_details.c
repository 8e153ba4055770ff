/* What features do not name, from the stages that fill them. */
#include <string.h>

#include "paraudit/base/array.h"
#include "tell_parts.h"

/* ---- the rows of the account ---- */

pa_status pa_first_of_account(pa_result_file *file, int64_t row, int64_t most, int64_t *first,
                              pa_error *err)
{
    enum { PIECE_ROWS = 4096 };
    int32_t own, account[PIECE_ROWS];
    int64_t end = row > most ? row - most : 0;
    PA_TRY(pa_result_read_column(file, "transactions", "account", PA_I32, row, 1, &own, err));
    *first = row;
    while (*first > end) {
        int64_t from = *first - end > PIECE_ROWS ? *first - PIECE_ROWS : end;
        size_t n = (size_t)(*first - from);
        PA_TRY(
            pa_result_read_column(file, "transactions", "account", PA_I32, from, n, account, err));
        while (n > 0 && account[n - 1] == own) n--;
        *first = from + (int64_t)n;
        if (n > 0) break;
    }
    return PA_OK;
}

static bool is_read(const pa_stage *stage, const pa_column_spec *column)
{
    const char *const *name = stage->detail_reads;
    if (column->stage && strcmp(column->stage, stage->name) == 0) return true;
    while (*name && strcmp(*name, column->name) != 0) name++;
    return *name != NULL;
}

/* Of the slice's columns those that the stage looks at. */
static pa_status read_columns(pa_result_file *file, const pa_stage *stage, const pa_table *slice,
                              pa_table *t, pa_error *err)
{
    for (size_t i = 0; i < slice->n_columns; i++) {
        const pa_column_spec *c = &slice->columns[i]->spec;
        void *data;
        if (!is_read(stage, c)) continue;
        PA_TRY(pa_table_add(t, c, &data, err));
        PA_TRY(pa_result_read_column(file, "transactions", c->name, c->type, t->first_row,
                                     t->n_rows, data, err));
    }
    return PA_OK;
}

/* From the account's first row to the one that is told. */
static pa_status read_rows(pa_result_file *file, const pa_stage *stage, const pa_told *told,
                           pa_table *t, pa_error *err)
{
    int64_t first, row = told->tx.row;
    pa_table_init(t, "transactions", "");
    PA_TRY(pa_first_of_account(file, row, row, &first, err));
    pa_table_size(t, first, (size_t)(row - first) + 1, told->slice.n_global);
    return read_columns(file, stage, &told->slice, t, err);
}

/* ---- the questions ---- */

static pa_status ask(const pa_stage *stage, const pa_config *config, const pa_store *model,
                     const pa_table *t, const pa_told *told, size_t n,
                     const pa_column *const feature[], char answer[][PA_DETAIL_BYTES],
                     pa_error *err)
{
    pa_detail_question *asked;
    PA_TRY(PA_NEW(asked, n, err));
    for (size_t i = 0; i < n; i++)
        asked[i] = (pa_detail_question){.row = t->n_rows - 1,
                                        .feature = feature[i]->spec.name,
                                        .merchant = told->tx.merchant,
                                        .category = told->tx.category};
    pa_status st = stage->detail(config, model, t, n, asked, answer, err);
    pa_free(asked);
    return st;
}

static pa_status ask_stage(pa_result_file *file, const pa_stage *stage, const pa_config *config,
                           const pa_told *told, size_t n, const pa_column *const feature[],
                           char answer[][PA_DETAIL_BYTES], pa_error *err)
{
    pa_table t = {0};
    pa_store model;
    PA_TRY(pa_result_read_replicated(file, stage->name, &model, err));
    pa_status st = PA_OK;
    if (model.version == stage->version) {
        st = read_rows(file, stage, told, &t, err);
        if (st == PA_OK) st = ask(stage, config, &model, &t, told, n, feature, answer, err);
    }
    pa_table_free(&t);
    pa_store_free(&model);
    return st;
}

pa_status pa_tell_details(pa_result_file *file, const pa_teller *by, const pa_told *told, size_t n,
                          const pa_column *const feature[], char answer[][PA_DETAIL_BYTES],
                          pa_error *err)
{
    for (size_t i = 0; i < by->n_stages; i++) {
        const pa_stage *s = by->stages[i];
        if (!s->detail || !pa_result_has_store(file, s->name)) continue;
        PA_TRY(ask_stage(file, s, by->config, told, n, feature, answer, err));
    }
    return PA_OK;
}

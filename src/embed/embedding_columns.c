#include "embedding_columns.h"

#include <string.h>

#define COLUMN(column, words_, meaning_)                                                           \
    {                                                                                              \
        .name = (column), .type = PA_F32, .unit = "1", .meaning = (meaning_),                      \
        .role = PA_ROLE_FEATURE, .flags = PA_FITTED | PA_NEEDS_HISTORY, .stage = "embedding",      \
        .family = "merchant vectors", .yields_to = "company", .words = (words_)                    \
    }

/* Labels only take away rows that are known to be no habit: the columns are there without any
 * label, and are read as label-free. */
const pa_column_spec pa_embedding_columns[PA_N_EMBEDDING] = {
    [PA_MERCHANT_SIMILARITY] =
        COLUMN("merchant_similarity", "at a merchant that is {number} like those of the account",
               "Cosine of the merchant's vector and the mean of those of the account's earlier "
               "transactions, recent ones counting more; NaN before the model."),
    [PA_MERCHANT_AFFINITY] = COLUMN(
        "merchant_affinity", "at a merchant whose affinity to those of the account is {number}",
        "About the logarithm of how much more often the merchant is used beside those of "
        "the account's earlier transactions than by chance, recent ones counting more; NaN "
        "before the model."),
};

/* ---- the table of vectors ---- */

static const pa_table_spec table = {
    .name = "embedding/merchants",
    .meaning =
        "Vectors of merchants by the company that they keep in the accounts of the history."};

/* clang-format off */
#define TEN(tens)                                                                                  \
    "vector_" tens "0", "vector_" tens "1", "vector_" tens "2", "vector_" tens "3",                \
    "vector_" tens "4", "vector_" tens "5", "vector_" tens "6", "vector_" tens "7",                \
    "vector_" tens "8", "vector_" tens "9"
static const char *const vector_names[PA_EMBEDDING_MOST_DIM] = {
    TEN("0"), TEN("1"), TEN("2"), TEN("3"), TEN("4"),
    TEN("5"), TEN("6"), TEN("7"), TEN("8"), TEN("9")};
/* clang-format on */

pa_status pa_embedding_plan_table(pa_schema *io, pa_error *err)
{
    return pa_schema_side_table(io, &table, err);
}

static pa_column_spec spec_of(const char *name, pa_type type, const char *meaning)
{
    return (pa_column_spec){.name = name,
                            .type = type,
                            .meaning = meaning,
                            .role = PA_ROLE_RESULT,
                            .flags = PA_FITTED,
                            .stage = "embedding"};
}

static pa_status add_merchants(pa_table *t, const pa_merchant_vectors *v, const int64_t count[],
                               pa_error *err)
{
    pa_column_spec merchant = spec_of("merchant", PA_I32, "code of the merchant"),
                   rows = spec_of("count", PA_I64, "rows that its vector was learned from");
    void *code, *number;
    merchant.role = PA_ROLE_ID;
    merchant.codes = "merchants";
    rows.unit = "1";
    PA_TRY(pa_table_add(t, &merchant, &code, err));
    PA_TRY(pa_table_add(t, &rows, &number, err));
    if (t->n_rows) memcpy(code, v->code, t->n_rows * sizeof *v->code);
    if (t->n_rows) memcpy(number, count, t->n_rows * sizeof *count);
    return PA_OK;
}

static pa_status add_dimension(pa_table *t, const pa_merchant_vectors *v, size_t d, pa_error *err)
{
    const pa_column_spec spec = spec_of(vector_names[d], PA_F32, "of the merchant's vector");
    void *data;
    PA_TRY(pa_table_add(t, &spec, &data, err));
    for (size_t i = 0; i < t->n_rows; i++) ((float *)data)[i] = v->vector[i * v->dim + d];
    return PA_OK;
}

pa_status pa_embedding_fill_table(pa_run *run, const pa_merchant_vectors *v, const int64_t count[])
{
    pa_table *t;
    PA_TRY(pa_run_fill_table(run, table.name, &t));
    pa_table_size_small(t, pa_comm_rank(run->comm), v->n);
    PA_TRY(add_merchants(t, v, count, &run->err));
    for (size_t d = 0; d < v->dim; d++) PA_TRY(add_dimension(t, v, d, &run->err));
    return PA_OK;
}

#include "feature_rows.h"

#include <string.h>

/* Columns that an input may lack, and what they give together. */
static const struct {
    unsigned bit;
    const char *column[2];
} optional[] = {
    {PA_HAS_CATEGORY, {"category", NULL}},
    {PA_HAS_CHANNEL, {"channel", NULL}},
    {PA_HAS_CURRENCY, {"currency", NULL}},
    {PA_HAS_COUNTRY, {"country", NULL}},
    {PA_HAS_PLACE, {"merchant_lat", "merchant_lon"}},
    {PA_HAS_HOME, {"home_lat", "home_lon"}},
    {PA_HAS_LABEL_TIME, {"label_time", NULL}},
    {PA_HAS_LABEL_CHANGES, {"label_before_time", "label_first_time"}},
};
enum { N_OPTIONAL = sizeof optional / sizeof *optional };

bool pa_input_lacks(const pa_config *config, const char *key)
{
    return pa_config_text(config, key)[0] == '\0';
}

static unsigned owners(const pa_config *config)
{
    return (pa_input_lacks(config, "input.account") ? 0u : (unsigned)PA_HAS_ACCOUNT) |
           (pa_input_lacks(config, "input.merchant") ? 0u : (unsigned)PA_HAS_MERCHANT);
}

static unsigned planned_input(const pa_config *config, const pa_schema *io)
{
    unsigned has = owners(config);
    for (size_t i = 0; i < N_OPTIONAL; i++) {
        const char *const *c = optional[i].column;
        bool found = pa_schema_has_input(io, c[0]) && (!c[1] || pa_schema_has_input(io, c[1]));
        if (found) has |= optional[i].bit;
    }
    return has;
}

static unsigned found_input(const pa_config *config, const pa_table *tx)
{
    unsigned has = owners(config);
    for (size_t i = 0; i < N_OPTIONAL; i++) {
        const char *const *c = optional[i].column;
        bool found = pa_table_find(tx, c[0]) && (!c[1] || pa_table_find(tx, c[1]));
        if (found) has |= optional[i].bit;
    }
    return has;
}

static bool makes(const char *stage, unsigned has, int feature)
{
    unsigned needs = pa_feature_needs[feature];
    return strcmp(pa_feature_columns[feature].stage, stage) == 0 && (has & needs) == needs;
}

pa_status pa_feature_plan(const pa_config *config, const char *stage, pa_schema *io, pa_error *err)
{
    static const char *const reads[] = {"tx", "time", "amount_minor", "account", "label"};
    unsigned has = planned_input(config, io);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        PA_TRY(pa_schema_reads(io, reads[i], err));
    }
    if (has & PA_HAS_MERCHANT) PA_TRY(pa_schema_reads(io, "merchant", err));
    for (size_t i = 0; i < N_OPTIONAL; i++) {
        for (int k = 0; k < 2 && has & optional[i].bit && optional[i].column[k]; k++) {
            PA_TRY(pa_schema_reads(io, optional[i].column[k], err));
        }
    }
    for (int f = 0; f < PA_N_FEATURES; f++) {
        if (makes(stage, has, f)) PA_TRY(pa_schema_writes(io, &pa_feature_columns[f], err));
    }
    return PA_OK;
}

pa_status pa_feature_rows_open(const pa_config *config, pa_table *tx, const char *stage,
                               pa_feature_rows *rows, pa_error *err)
{
    unsigned has = found_input(config, tx);
    *rows = (pa_feature_rows){.n = tx->n_rows,
                              .has = has,
                              .tx = pa_i64(tx, "tx"),
                              .time = pa_i64(tx, "time"),
                              .amount_minor = pa_i64(tx, "amount_minor"),
                              .units = pa_minor_units(pa_table_find(tx, "amount_minor")->spec.unit),
                              .account = pa_i32(tx, "account"),
                              .label = pa_i8(tx, "label")};
    if (rows->units == 0) {
        return pa_fail(err, PA_E_DATA, "amount_minor has a unit that no audit gives it: '%s'",
                       pa_table_find(tx, "amount_minor")->spec.unit);
    }
    if (has & PA_HAS_MERCHANT) rows->merchant = pa_i32(tx, "merchant");
    if (has & PA_HAS_LABEL_TIME) rows->label_time = pa_i64(tx, "label_time");
    if (has & PA_HAS_LABEL_CHANGES) {
        rows->label_before_time = pa_i64(tx, "label_before_time");
        rows->label_first_time = pa_i64(tx, "label_first_time");
    }
    if (has & PA_HAS_HOME) {
        rows->home = (pa_places){pa_f64(tx, "home_lat"), pa_f64(tx, "home_lon")};
    }
    if (has & PA_HAS_PLACE) {
        rows->place = (pa_places){pa_f64(tx, "merchant_lat"), pa_f64(tx, "merchant_lon")};
    }
    for (int f = 0; f < PA_N_FEATURES; f++) {
        if (!makes(stage, has, f)) continue;
        void *data = NULL;
        PA_TRY(pa_table_add(tx, &pa_feature_columns[f], &data, err));
        rows->out[f] = data;
    }
    return PA_OK;
}

pa_labels pa_feature_labels(const pa_feature_rows *r, int64_t delay)
{
    return (pa_labels){.time = r->time,
                       .label = r->label,
                       .label_time = r->label_time,
                       .delay = delay,
                       .label_before_time = r->label_before_time,
                       .label_first_time = r->label_first_time};
}

pa_feature_extent pa_feature_extent_of(pa_comm *comm, const pa_feature_rows *rows,
                                       const int32_t owner[])
{
    int64_t first = INT64_MAX, last[2] = {INT64_MIN, -1};
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->time[i] < first) first = rows->time[i];
        if (rows->time[i] > last[0]) last[0] = rows->time[i];
        if (owner[i] > last[1]) last[1] = owner[i];
    }
    pa_min_i64(comm, &first, 1);
    pa_max_i64(comm, last, 2);
    return (pa_feature_extent){first, last[0], last[1] + 1};
}

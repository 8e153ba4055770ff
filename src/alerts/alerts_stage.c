#include "paraudit/alerts/alerts_stage.h"

#include <math.h>
#include <string.h>

#include "alerts_held.h"
#include "paraudit/alerts/alerts.h"
#include "paraudit/base/array.h"
#include "paraudit/order/select.h"

enum { DETECTOR_BYTES = 32, FEATURE_BYTES = 64 };

static const pa_option_spec options[] = {
    {.key = "alerts.per_day",
     .type = PA_OPTION_INT,
     .fallback = "100",
     .min = 0,
     .max = 1e9,
     .unit = "accounts",
     .meaning = "how many accounts a day an alert is raised for: what the analysts can open"},
    {0}};

/* ---- plan ---- */

enum { RANK, PERCENTILE, ALERT, REASON, N_RESULTS = REASON + PA_REASONS };

#define REASON_COLUMN(place, nth)                                                                  \
    {                                                                                              \
        .name = "reason" #place,                                                                   \
        .meaning = nth " reason of the detector that contributes most of those that give any: "    \
                       "a feature; -1: none",                                                      \
        .role = PA_ROLE_RESULT, .stage = "alerts", .codes = "categories/feature"                   \
    }

static const pa_column_spec results[N_RESULTS] = {
    {.name = "rank",
     .type = PA_I64,
     .unit = "1",
     .meaning = "place in the audit by margin; 1: the oddest; 0: not audited",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "alerts"},
    {.name = "percentile",
     .type = PA_F32,
     .unit = "percent",
     .meaning = "share of the audit's transactions that are not ranked above; NaN: not audited",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "alerts"},
    {.name = "alert",
     .type = PA_BOOL,
     .meaning = "raises its account's alert of the day",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "alerts"},
    REASON_COLUMN(1, "first"),
    REASON_COLUMN(2, "second"),
    REASON_COLUMN(3, "third"),
};

/* Reads all columns of a role; *flags gains theirs. */
static pa_status read_role(pa_schema *io, pa_role role, unsigned *flags, pa_error *err)
{
    const pa_column_spec **column;
    pa_status st = PA_OK;
    size_t n = pa_schema_by_role(io, role, NULL, 0);
    PA_TRY(PA_NEW(column, n, err));
    pa_schema_by_role(io, role, column, n);
    for (size_t i = 0; st == PA_OK && i < n; i++) {
        st = pa_schema_reads(io, column[i]->name, err);
        *flags |= column[i]->flags;
    }
    pa_free(column);
    return st;
}

/* flags: what is alerted hangs on the margin, and so on what that needs. */
static pa_status declare_results(pa_schema *io, unsigned flags, pa_error *err)
{
    size_t n_features = pa_schema_by_role(io, PA_ROLE_FEATURE, NULL, 0);
    for (int i = 0; i < N_RESULTS; i++) {
        pa_column_spec spec = results[i];
        if (i >= REASON) spec.type = pa_code_type(n_features);
        spec.flags |= flags;
        PA_TRY(pa_schema_writes(io, &spec, err));
    }
    return PA_OK;
}

/* What alerts name as the input does, where it has it. */
static const struct {
    const char *column, *table, *name, *meaning;
} named[PA_ALERT_MAX_NAMES] = {
    {"merchant", "merchants", "merchant_id", "the merchant as the input names it"},
    {"category", "categories/category", "category", "what was sold; empty: not given"},
    {"channel", "categories/channel", "channel", "way in; empty: not given"},
    {"currency", "categories/currency", "currency", "currency of the amount; empty: not given"},
    {"country", "categories/country", "country", "country of the merchant; empty: not given"},
};

/* Without merchants the column is there, and says nothing. */
static bool is_named(const pa_config *config, size_t k, bool found)
{
    return found && (k > 0 || pa_config_text(config, "input.merchant")[0]);
}

static pa_status read_names(const pa_config *config, pa_schema *io, pa_error *err)
{
    if (pa_schema_has_input(io, "tx_id")) PA_TRY(pa_schema_reads(io, "tx_id", err));
    for (size_t k = 0; k < PA_ALERT_MAX_NAMES; k++)
        if (is_named(config, k, pa_schema_has_input(io, named[k].column)))
            PA_TRY(pa_schema_reads(io, named[k].column, err));
    return PA_OK;
}

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    static const pa_table_spec tables[] = {
        {.name = "categories/detector", .meaning = "who contributes to the margin"},
        {.name = "alerts", .meaning = "the accounts to open on each day, the oddest first"},
        {.name = "alert_reasons", .meaning = "why: what is unusual, and what is usual instead"}};
    static const char *const reads[] = {"time", "tx", "account", "amount", "margin", "score"};
    unsigned flags = 0, other = 0;
    if (pa_schema_by_role(io, PA_ROLE_TAIL, NULL, 0) == 0)
        pa_schema_stands_aside(io, "no detector runs, so there is nothing to alert");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        PA_TRY(pa_schema_side_table(io, tables + i, err));
    PA_TRY(pa_held_plan(io, err));
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
        PA_TRY(pa_schema_reads(io, reads[i], err));
    PA_TRY(read_names(config, io, err));
    pa_schema_fits_on(io, PA_FIT_TRAINING);
    PA_TRY(read_role(io, PA_ROLE_FEATURE, &other, err));
    PA_TRY(read_role(io, PA_ROLE_REASON, &other, err));
    PA_TRY(read_role(io, PA_ROLE_TAIL, &other, err));
    PA_TRY(read_role(io, PA_ROLE_CONTRIBUTION, &flags, err));
    return declare_results(io, flags, err);
}

/* ---- the columns of a table ---- */

typedef struct {
    size_t n;
    const pa_column **column;
} columns;

static pa_status find_columns(const pa_table *t, pa_role role, columns *c, pa_error *err)
{
    PA_TRY(PA_NEW(c->column, t->n_columns, err));
    c->n = pa_table_by_role(t, role, 0, c->column);
    return PA_OK;
}

/* Texts of n columns, each padded to `width` bytes. */
static void copy_texts(size_t n, size_t width, const char *const text[], char *to)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(text[i]);
        PA_ASSERT(length < width);
        memset(to + i * width, 0, width);
        memcpy(to + i * width, text[i], length);
    }
}

/* ---- fit ---- */

static pa_status put_names(const columns *features, pa_store *model, pa_error *err)
{
    void *name;
    PA_TRY(pa_store_put_names(model, "feature", features->n, FEATURE_BYTES,
                              "what reasons point at, in column order", &name, err));
    for (size_t i = 0; i < features->n; i++)
        copy_texts(1, FEATURE_BYTES, &features->column[i]->spec.name,
                   (char *)name + i * FEATURE_BYTES);
    return PA_OK;
}

/* Median of each feature over the training rows. */
static pa_status fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    columns features = {0};
    float *value[PA_MEDIANS] = {0};
    uint32_t *row = NULL;
    void *median;
    pa_status st = find_columns(on->rows.table, PA_ROLE_FEATURE, &features, &run->err);
    if (st == PA_OK) st = put_names(&features, model, &run->err);
    if (st == PA_OK)
        st = pa_store_put(model, "peer_usual", PA_F32, features.n, 1,
                          "median of the feature over the training rows; NaN: there are none",
                          &median, &run->err);
    for (size_t m = 0; m < PA_MEDIANS && m < features.n && st == PA_OK; m++)
        st = PA_NEW(value[m], (size_t)on->rows.n, &run->err);
    if (st == PA_OK) st = pa_rows_list(&on->rows, &row, &run->err);
    PA_GOTO(pa_agree(run->comm, st, &run->err));
    for (size_t f = 0, m; f < features.n; f += m) {
        size_t n[PA_MEDIANS];
        m = features.n - f < PA_MEDIANS ? features.n - f : PA_MEDIANS;
        for (size_t k = 0; k < m; k++)
            n[k] = pa_known_values(features.column[f + k], (size_t)on->rows.n, row, value[k]);
        pa_medians_of_all(run->comm, m, n, value, (float *)median + f);
    }
out:
    pa_free(features.column);
    for (int m = 0; m < PA_MEDIANS; m++) pa_free(value[m]);
    pa_free(row);
    return st;
}

/* ---- apply ---- */

/* All that alerts are made of; view, name: of each detector. */
typedef struct {
    columns features, tails, contributions, reasons;
    pa_detector_view *view;
    const char **name;
    const float *peer_usual;
    uint8_t *audited; /* 1 for the rows of the audit */
    int64_t *rank;
    float *percentile;
    uint8_t *alert;
    const pa_column *reason[PA_REASONS];
} work;

static void free_work(work *w)
{
    pa_free(w->features.column);
    pa_free(w->tails.column);
    pa_free(w->contributions.column);
    pa_free(w->reasons.column);
    pa_free(w->view);
    pa_free(w->name);
    pa_free(w->audited);
}

/* The reason columns of one detector by their kinds: codes of features, parts; each in its
 * order. */
static void find_reasons(const columns *all, const char *detector, pa_detector_view *view)
{
    int features = 0, parts = 0;
    for (size_t i = 0; i < all->n; i++) {
        const pa_column *c = all->column[i];
        if (strcmp(c->spec.stage, detector) != 0) continue;
        if (c->spec.codes && features < PA_REASONS) view->feature[features++] = c;
        if (c->spec.type == PA_F32 && parts < PA_REASONS) view->part[parts++] = c->data;
    }
    if (features < PA_REASONS || parts < PA_REASONS) view->feature[0] = NULL;
}

/* A contribution stands for the tail of the same place. */
static pa_status find_detectors(const pa_table *tx, work *w, pa_error *err)
{
    PA_TRY(find_columns(tx, PA_ROLE_FEATURE, &w->features, err));
    PA_TRY(find_columns(tx, PA_ROLE_TAIL, &w->tails, err));
    PA_TRY(find_columns(tx, PA_ROLE_CONTRIBUTION, &w->contributions, err));
    PA_TRY(find_columns(tx, PA_ROLE_REASON, &w->reasons, err));
    if (w->contributions.n != w->tails.n)
        return pa_fail(err, PA_E_BUG, "%zu contributions of %zu detectors", w->contributions.n,
                       w->tails.n);
    PA_TRY(PA_NEW(w->view, w->tails.n, err));
    PA_TRY(PA_NEW(w->name, w->tails.n, err));
    for (size_t k = 0; k < w->tails.n; k++) {
        w->name[k] = w->tails.column[k]->spec.stage;
        w->view[k].contribution = w->contributions.column[k]->data;
        find_reasons(&w->reasons, w->name[k], w->view + k);
    }
    return PA_OK;
}

static pa_status read_usual(const pa_store *model, work *w, pa_error *err)
{
    const void *name, *usual;
    size_t n, n_usual;
    PA_TRY(pa_store_get(model, "feature", PA_BYTES, &name, &n, err));
    PA_TRY(pa_store_get(model, "peer_usual", PA_F32, &usual, &n_usual, err));
    bool alike = n == w->features.n && n_usual == n &&
                 pa_store_find(model, "feature")->bytes == FEATURE_BYTES;
    for (size_t i = 0; alike && i < n; i++)
        alike = strncmp((const char *)name + i * FEATURE_BYTES, w->features.column[i]->spec.name,
                        FEATURE_BYTES) == 0;
    if (!alike) return pa_fail(err, PA_E_DATA, "the model of alerts was fitted on other features");
    w->peer_usual = usual;
    return PA_OK;
}

static pa_status add_results(pa_run *run, const pa_table *tx, work *w)
{
    void *data[N_RESULTS];
    for (int i = 0; i < N_RESULTS; i++) PA_TRY(pa_run_write(run, results[i].name, data + i));
    w->rank = data[RANK];
    w->percentile = data[PERCENTILE];
    w->alert = data[ALERT];
    for (int k = 0; k < PA_REASONS; k++) w->reason[k] = pa_table_find(tx, results[REASON + k].name);
    return PA_OK;
}

/* The rows of the audit, all of which must have a margin. */
static pa_status mark_audit(const pa_row_set *rows, const pa_table *tx, uint8_t audited[],
                            pa_error *err)
{
    const double *margin = pa_f64(tx, "margin");
    size_t row[1024], n, cursor = 0;
    while ((n = pa_next_rows(rows, &cursor, sizeof row / sizeof *row, row)))
        for (size_t i = 0; i < n; i++) {
            audited[row[i]] = 1;
            if (isnan(margin[row[i]]))
                return pa_fail(err, PA_E_BUG,
                               "transaction %lld of the audit has no tail of any detector",
                               (long long)pa_i64(tx, "tx")[row[i]]);
        }
    return PA_OK;
}

static void give_reasons(const pa_table *tx, const work *w)
{
    const double *margin = pa_f64(tx, "margin");
    for (size_t i = 0; i < tx->n_rows; i++) {
        int32_t from = isnan(margin[i]) ? -1 : pa_reasons_from(w->tails.n, w->view, i);
        for (int k = 0; k < PA_REASONS; k++)
            pa_set_code(w->reason[k], i, from < 0 ? -1 : pa_code_at(w->view[from].feature[k], i));
    }
}

static void find_percentiles(size_t n, int64_t n_audit, const work *w)
{
    for (size_t i = 0; i < n; i++) {
        double not_above = (double)(n_audit - w->rank[i] + 1);
        w->percentile[i] = w->audited[i] ? (float)(100 * not_above / (double)n_audit) : NAN;
    }
}

static pa_status name_detectors(pa_run *run, const work *w)
{
    pa_table *t;
    void *name;
    size_t n = w->tails.n;
    PA_TRY(pa_run_fill_table(run, "categories/detector", &t));
    size_t here = pa_table_size_small(t, pa_comm_rank(run->comm), n);
    const pa_column_spec spec = {.name = "detector",
                                 .type = PA_BYTES,
                                 .width = DETECTOR_BYTES,
                                 .meaning = "the detector, as in contribution_<name>",
                                 .role = PA_ROLE_ID,
                                 .stage = "alerts"};
    PA_TRY(pa_table_add(t, &spec, &name, &run->err));
    copy_texts(here, DETECTOR_BYTES, w->name, name);
    return PA_OK;
}

/* Where the names of the alerts stand. */
static pa_status find_names(const pa_run *run, const pa_table *tx, pa_alert_input *in,
                            pa_error *err)
{
    in->tx_id = pa_table_find(tx, "tx_id");
    for (size_t k = 0; k < PA_ALERT_MAX_NAMES; k++) {
        const pa_column *code = pa_table_find(tx, named[k].column);
        const pa_table *names = pa_run_table(run, named[k].table);
        if (!is_named(run->config, k, code != NULL)) continue;
        if (!names || names->n_columns == 0)
            return pa_fail(err, PA_E_BUG, "there is no table %s", named[k].table);
        in->names[in->n_names++] = (pa_alert_names){named[k].name, named[k].meaning, code, names};
    }
    return PA_OK;
}

static pa_status raise_alerts(pa_run *run, const pa_table *tx, const work *w)
{
    pa_table *alerts = NULL, *reasons = NULL;
    const pa_table *accounts = pa_run_table(run, "accounts");
    pa_status st = name_detectors(run, w);
    if (st == PA_OK) st = pa_run_fill_table(run, "alerts", &alerts);
    if (st == PA_OK) st = pa_run_fill_table(run, "alert_reasons", &reasons);
    if (st == PA_OK && !accounts)
        st = pa_fail(&run->err, PA_E_BUG, "there is no table of accounts");
    pa_alert_input in = {.n = tx->n_rows,
                         .account = pa_i32(tx, "account"),
                         .time = pa_i64(tx, "time"),
                         .tx = pa_i64(tx, "tx"),
                         .amount = pa_f64(tx, "amount"),
                         .margin = pa_f64(tx, "margin"),
                         .score = pa_f32(tx, "score"),
                         .audited = w->audited,
                         .n_detectors = w->tails.n,
                         .detector = w->view,
                         .n_features = w->features.n,
                         .feature = w->features.column,
                         .peer_usual = w->peer_usual,
                         .run = run,
                         .transactions = tx,
                         .accounts = accounts,
                         .per_day = pa_config_int(run->config, "alerts.per_day"),
                         .flags = pa_table_find(tx, "margin")->spec.flags};
    pa_held held = {0};
    if (st == PA_OK) st = find_names(run, tx, &in, &run->err);
    PA_AGREE(run->comm, st, &run->err);
    st = pa_held_find(run, tx, w->reason[0], &in, &held);
    if (st == PA_OK)
        st = pa_make_alerts(run->comm, &in, w->rank, w->alert, alerts, reasons, &held.alerts,
                            &run->err);
    if (st == PA_OK) st = pa_held_tell(run, &held);
    pa_held_free(&held);
    return st;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    work w = {0};
    pa_row_set audit = pa_rows_audited(run->comm, tx, run->plan);
    pa_status st = find_detectors(tx, &w, &run->err);
    if (st == PA_OK) st = read_usual(model, &w, &run->err);
    if (st == PA_OK) st = add_results(run, tx, &w);
    if (st == PA_OK) st = PA_NEW(w.audited, tx->n_rows, &run->err);
    if (st == PA_OK) st = mark_audit(&audit, tx, w.audited, &run->err);
    PA_GOTO(pa_agree(run->comm, st, &run->err));
    give_reasons(tx, &w);
    PA_GOTO(raise_alerts(run, tx, &w));
    find_percentiles(tx->n_rows, audit.n_global, &w);
out:
    free_work(&w);
    return st;
}

const pa_stage pa_alerts_stage = {.name = "alerts",
                                  .version = 1,
                                  .options = options,
                                  .plan = plan,
                                  .fit = fit,
                                  .apply = apply,
                                  .cost = {.fit = 50, .apply = 100}};

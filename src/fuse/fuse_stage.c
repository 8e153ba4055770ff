#include "paraudit/fuse/fuse_stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/alerts/alerts.h"
#include "paraudit/base/array.h"
#include "paraudit/fuse/fuse.h"
#include "paraudit/order/ranks.h"
#include "paraudit/order/select.h"
#include "paraudit/stage/time_plan.h"

enum { MAX_DETECTORS = 32, NAME_BYTES = 32, FEATURE_BYTES = 64 };

static const pa_option_spec options[] = {
    {.key = "fuse.alerts_per_day",
     .type = PA_OPTION_INT,
     .fallback = "100",
     .min = 0,
     .max = 1e9,
     .unit = "accounts",
     .meaning = "how many accounts a day an alert is raised for: what the analysts can open"},
    {0}};

/* ---- names and specs of the columns ---- */

/* "iforest" of "iforest_tail", padded with zero bytes. */
static void detector_of(const char *tail, char name[NAME_BYTES])
{
    static const char suffix[] = "_tail";
    size_t length = strlen(tail), cut = sizeof suffix - 1;
    if (length > cut && strcmp(tail + length - cut, suffix) == 0) length -= cut;
    PA_ASSERT(length < NAME_BYTES);
    memset(name, 0, NAME_BYTES);
    snprintf(name, NAME_BYTES, "%.*s", (int)length, tail);
}

/* Column specs borrow their strings, so a name made here stays for the life of
 * the process; each is made once. */
static const char *contribution_name(const char *tail)
{
    static char made[MAX_DETECTORS][NAME_BYTES + 16];
    char detector[NAME_BYTES], name[sizeof made[0]];
    detector_of(tail, detector);
    snprintf(name, sizeof name, "contribution_%s", detector);
    for (size_t i = 0; i < MAX_DETECTORS; i++) {
        if (!made[i][0]) snprintf(made[i], sizeof made[i], "%s", name);
        if (strcmp(made[i], name) == 0) return made[i];
    }
    PA_ASSERT(!"more detectors than MAX_DETECTORS");
    return NULL;
}

static pa_column_spec contribution_spec(const pa_column_spec *tail)
{
    return (pa_column_spec){.name = contribution_name(tail->name),
                            .type = PA_F32,
                            .unit = "nat",
                            .meaning = "what this detector adds to the margin: -ln of its tail, "
                                       "times its weight; NaN: not scored",
                            .role = PA_ROLE_CONTRIBUTION,
                            .flags = tail->flags,
                            .stage = "fuse"};
}

enum { MARGIN, SCORE, RANK, PERCENTILE, ALERT, REASON, N_RESULTS = REASON + PA_REASONS };

#define REASON_COLUMN(place, nth)                                                                  \
    {                                                                                              \
        .name = "reason" #place,                                                                   \
        .meaning = nth " reason of the detector that contributes most of those that give any: "    \
                       "a feature; -1: none",                                                      \
        .role = PA_ROLE_RESULT, .stage = "fuse", .codes = "categories/feature"                     \
    }

static const pa_column_spec results[N_RESULTS] = {
    {.name = "margin",
     .type = PA_F64,
     .unit = "nat",
     .meaning = "sum of the stored contributions in column order; NaN: not scored",
     .role = PA_ROLE_RESULT,
     .stage = "fuse"},
    {.name = "score",
     .type = PA_F32,
     .unit = "1",
     .meaning = "how odd, from 0 to 1: share of unsuspicious transactions with a smaller margin if "
                "the detectors were independent (Fisher 1932); NaN: not scored",
     .role = PA_ROLE_RESULT,
     .stage = "fuse"},
    {.name = "rank",
     .type = PA_I64,
     .unit = "1",
     .meaning = "place in the audit by margin; 1: the oddest; 0: not audited",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "fuse"},
    {.name = "percentile",
     .type = PA_F32,
     .unit = "percent",
     .meaning = "share of the audit's transactions that are not ranked above; NaN: not audited",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "fuse"},
    {.name = "alert",
     .type = PA_BOOL,
     .meaning = "raises its account's alert of the day",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "fuse"},
    REASON_COLUMN(1, "first"),
    REASON_COLUMN(2, "second"),
    REASON_COLUMN(3, "third"),
};

/* A margin needs what its tails need. Reasons come with a tail, from the same
 * columns. */
static pa_column_spec result_spec(int i, size_t n_features, unsigned tail_flags)
{
    pa_column_spec spec = results[i];
    if (i >= REASON) spec.type = pa_code_type(n_features);
    spec.flags |= tail_flags;
    return spec;
}

static pa_status read_role(pa_schema *io, pa_role role, pa_error *err)
{
    const pa_column_spec **column;
    pa_status st = PA_OK;
    size_t n = pa_schema_by_role(io, role, NULL, 0);
    PA_TRY(PA_NEW(column, n, err));
    pa_schema_by_role(io, role, column, n);
    for (size_t i = 0; st == PA_OK && i < n; i++) st = pa_schema_reads(io, column[i]->name, err);
    pa_free(column);
    return st;
}

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    const pa_column_spec *tail[MAX_DETECTORS];
    size_t n = pa_schema_by_role(io, PA_ROLE_TAIL, tail, MAX_DETECTORS);
    PA_ASSERT(n <= MAX_DETECTORS);
    if (n == 0) pa_schema_stands_aside(io, "no detector runs, so there is nothing to fuse");
    unsigned flags = 0;
    static const pa_table_spec tables[] = {
        {.name = "categories/detector", .meaning = "who contributes to the margin"},
        {.name = "alerts", .meaning = "the accounts to open on each day, the oddest first"},
        {.name = "alert_reasons", .meaning = "why: what is unusual, and what is usual instead"}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        PA_TRY(pa_schema_side_table(io, tables + i, err));
    pa_schema_fits_on(io, PA_FIT_TRAINING);
    static const char *const reads[] = {"time", "tx", "account", "amount", "split"};
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        PA_TRY(pa_schema_reads(io, reads[i], err));
    }
    PA_TRY(read_role(io, PA_ROLE_FEATURE, err));
    PA_TRY(read_role(io, PA_ROLE_REASON, err));
    for (size_t k = 0; k < n; k++) {
        pa_column_spec spec = contribution_spec(tail[k]);
        PA_TRY(pa_schema_reads(io, tail[k]->name, err));
        PA_TRY(pa_schema_writes(io, &spec, err));
        flags |= tail[k]->flags;
    }
    size_t n_features = pa_schema_by_role(io, PA_ROLE_FEATURE, NULL, 0);
    for (int i = 0; i < N_RESULTS; i++) {
        pa_column_spec spec = result_spec(i, n_features, flags);
        PA_TRY(pa_schema_writes(io, &spec, err));
    }
    return PA_OK;
}

/* ---- the detectors of a table ---- */

typedef struct {
    size_t n;
    pa_column_spec spec[MAX_DETECTORS];
    const float *tail[MAX_DETECTORS];
    char name[MAX_DETECTORS][NAME_BYTES];
    const char *names[MAX_DETECTORS]; /* the same, as pointers */
    pa_detector_view view[MAX_DETECTORS];
} detectors;

/* The reasons of a detector, if it gives any. */
static void find_reasons(const pa_table *tx, const char *detector, pa_detector_view *view)
{
    *view = (pa_detector_view){0};
    for (int k = 0; k < PA_REASONS; k++) {
        char name[NAME_BYTES + 16];
        snprintf(name, sizeof name, "%s_reason%d", detector, k + 1);
        if (!pa_table_find(tx, name)) return;
        view->feature[k] = *pa_table_find(tx, name);
        snprintf(name, sizeof name, "%s_part%d", detector, k + 1);
        view->part[k] = pa_f32(tx, name);
    }
}

static void find_detectors(const pa_table *tx, detectors *d)
{
    d->n = 0;
    for (size_t i = 0; i < tx->n_columns; i++) {
        const pa_column *c = tx->columns[i];
        if (c->spec.role != PA_ROLE_TAIL) continue;
        PA_ASSERT(d->n < MAX_DETECTORS && c->spec.type == PA_F32);
        d->spec[d->n] = c->spec;
        d->tail[d->n] = c->data;
        detector_of(c->spec.name, d->name[d->n]);
        d->names[d->n] = d->name[d->n];
        find_reasons(tx, d->name[d->n], d->view + d->n);
        d->n++;
    }
}

/* The features of a table, which reasons point at: by value, since adding to
 * the table moves its own list. */
typedef struct {
    size_t n;
    pa_column *column;
    char (*name)[FEATURE_BYTES];
} feature_list;

static pa_status find_features(const pa_table *tx, feature_list *f, pa_error *err)
{
    const pa_column **found;
    PA_TRY(PA_NEW(found, tx->n_columns, err));
    f->n = pa_table_by_role(tx, PA_ROLE_FEATURE, 0, found);
    pa_status st = PA_NEW(f->column, f->n, err);
    if (st == PA_OK) st = PA_NEW(f->name, f->n, err);
    for (size_t i = 0; st == PA_OK && i < f->n; i++) {
        const char *name = found[i]->spec.name;
        PA_ASSERT(strlen(name) < FEATURE_BYTES);
        memcpy(f->name[i], name, strlen(name));
        f->column[i] = *found[i];
    }
    pa_free(found);
    return st;
}

static void free_features(feature_list *f)
{
    pa_free(f->column);
    pa_free(f->name);
    *f = (feature_list){0};
}

/* ---- fit ---- */

/* *row: the n training rows. */
static pa_status train_rows(const pa_table *rows, size_t *n, uint32_t **row, pa_error *err)
{
    const int8_t *split = pa_i8(rows, "split");
    *n = 0;
    for (size_t i = 0; i < rows->n_rows; i++) *n += split[i] == PA_SPLIT_TRAIN;
    if (rows->n_rows > UINT32_MAX) {
        return pa_fail(err, PA_E_USAGE, "%zu rows on one rank: use more ranks", rows->n_rows);
    }
    PA_TRY(PA_NEW(*row, *n, err));
    for (size_t i = 0, j = 0; i < rows->n_rows; i++) {
        if (split[i] == PA_SPLIT_TRAIN) (*row)[j++] = (uint32_t)i;
    }
    return PA_OK;
}

/* The values of some rows that are not NaN; returns how many. */
static size_t known_values(const pa_column *c, size_t n, const uint32_t row[], float value[])
{
    const float *data = c->spec.type == PA_F32 ? c->data : NULL;
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        value[known] = data ? data[row[i]] : pa_column_value(c, row[i]);
        known += !isnan(value[known]);
    }
    return known;
}

/* Median of each feature over the training rows. */
static pa_status train_medians(pa_run *run, const pa_table *rows, const feature_list *features,
                               float median[])
{
    size_t n_train;
    uint32_t *row = NULL;
    float *value = NULL;
    pa_status st = train_rows(rows, &n_train, &row, &run->err);
    if (st == PA_OK) st = PA_NEW(value, n_train, &run->err);
    PA_GOTO(pa_agree(run->comm, st, &run->err));
    for (size_t f = 0; f < features->n; f++) {
        size_t n = known_values(features->column + f, n_train, row, value);
        median[f] = pa_median_of_all(run->comm, n, value);
    }
out:
    pa_free(row);
    pa_free(value);
    return st;
}

static pa_status put_score_function(size_t n_detectors, pa_store *model, pa_error *err)
{
    void *margin, *score;
    PA_TRY(pa_store_put(model, "score_margin", PA_F64, PA_FISHER_KNOTS, 1,
                        "margins at which the score is known, ascending", &margin, err));
    PA_TRY(pa_store_put(model, "score_knot", PA_F64, PA_FISHER_KNOTS, 1,
                        "score at these margins; straight lines between", &score, err));
    pa_fisher_knots(n_detectors, margin, score);
    return PA_OK;
}

static pa_status put_model(const detectors *d, const feature_list *features, pa_store *model,
                           float **usual, pa_error *err)
{
    void *name, *weight, *base, *feature, *median;
    PA_TRY(pa_store_put_names(model, "detector", d->n, NAME_BYTES, "names, in column order", &name,
                              err));
    PA_TRY(pa_store_put(model, "weight", PA_F64, d->n, 1, "factor of -ln(tail)", &weight, err));
    PA_TRY(
        pa_store_put(model, "base", PA_F64, 1, 1, "margin without any contribution", &base, err));
    PA_TRY(pa_store_put_names(model, "feature", features->n, FEATURE_BYTES,
                              "what reasons point at, in column order", &feature, err));
    PA_TRY(pa_store_put(model, "peer_usual", PA_F32, features->n, 1,
                        "median of the feature over the training rows; NaN: there are none",
                        &median, err));
    memcpy(name, d->name, d->n * NAME_BYTES);
    memcpy(feature, features->name, features->n * FEATURE_BYTES);
    for (size_t k = 0; k < d->n; k++) ((double *)weight)[k] = 1;
    *usual = median;
    return put_score_function(d->n, model, err);
}

static pa_status fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    const pa_table *rows = on->rows.table;
    detectors d;
    feature_list features = {0};
    float *usual = NULL;
    find_detectors(rows, &d);
    pa_status st = find_features(rows, &features, &run->err);
    if (st == PA_OK) st = put_model(&d, &features, model, &usual, &run->err);
    PA_GOTO(pa_agree(run->comm, st, &run->err));
    PA_GOTO(train_medians(run, rows, &features, usual));
out:
    free_features(&features);
    return st;
}

/* ---- apply ---- */

typedef struct {
    const double *weight, *base;
    pa_score_function score;
    const float *peer_usual;
} fuse_model;

static pa_status read_usual(const pa_store *model, const feature_list *features, fuse_model *m,
                            pa_error *err)
{
    const void *name, *usual;
    size_t n, n_usual;
    PA_TRY(pa_store_get(model, "feature", PA_BYTES, &name, &n, err));
    PA_TRY(pa_store_get(model, "peer_usual", PA_F32, &usual, &n_usual, err));
    bool alike = n == features->n && n_usual == n &&
                 pa_store_find(model, "feature")->bytes == FEATURE_BYTES &&
                 memcmp(name, features->name, n * FEATURE_BYTES) == 0;
    if (!alike) return pa_fail(err, PA_E_DATA, "the model of fuse was fitted on other features");
    m->peer_usual = usual;
    return PA_OK;
}

static pa_status read_model(const pa_store *model, const detectors *d, const feature_list *features,
                            fuse_model *m, pa_error *err)
{
    const void *name, *weight, *base, *margin, *score;
    size_t n, n_weights, n_bases, n_knots, n_scores;
    PA_TRY(pa_store_get(model, "detector", PA_BYTES, &name, &n, err));
    if (n != d->n || memcmp(name, d->name, n * NAME_BYTES) != 0) {
        return pa_fail(err, PA_E_DATA, "the model of fuse was fitted on other detectors");
    }
    PA_TRY(pa_store_get(model, "weight", PA_F64, &weight, &n_weights, err));
    PA_TRY(pa_store_get(model, "base", PA_F64, &base, &n_bases, err));
    PA_TRY(pa_store_get(model, "score_margin", PA_F64, &margin, &n_knots, err));
    PA_TRY(pa_store_get(model, "score_knot", PA_F64, &score, &n_scores, err));
    if (n_weights != n || n_bases != 1 || n_scores != n_knots) {
        return pa_fail(err, PA_E_DATA, "the model of fuse has %zu weights and %zu, %zu score knots",
                       n_weights, n_knots, n_scores);
    }
    *m = (fuse_model){.weight = weight, .base = base, .score = {n_knots, margin, score}};
    PA_TRY(pa_score_function_check(&m->score, err));
    return read_usual(model, features, m, err);
}

/* The columns that apply fills. */
typedef struct {
    float *contribution[MAX_DETECTORS];
    double *margin;
    float *score, *percentile;
    int64_t *rank;
    uint8_t *alert;
    pa_column reason[PA_REASONS];
} fuse_columns;

static pa_status add_columns(detectors *d, size_t n_features, pa_table *tx, fuse_columns *c,
                             pa_error *err)
{
    unsigned flags = 0;
    void *data;
    pa_column result[N_RESULTS];
    for (size_t k = 0; k < d->n; k++) {
        pa_column_spec spec = contribution_spec(d->spec + k);
        PA_TRY(pa_table_add(tx, &spec, &data, err));
        c->contribution[k] = data;
        d->view[k].contribution = data;
        flags |= spec.flags;
    }
    for (int i = 0; i < N_RESULTS; i++) {
        result[i].spec = result_spec(i, n_features, flags);
        PA_TRY(pa_table_add(tx, &result[i].spec, &result[i].data, err));
    }
    c->margin = result[MARGIN].data;
    c->score = result[SCORE].data;
    c->rank = result[RANK].data;
    c->percentile = result[PERCENTILE].data;
    c->alert = result[ALERT].data;
    for (int k = 0; k < PA_REASONS; k++) c->reason[k] = result[REASON + k];
    return PA_OK;
}

/* audited[i] = 1 for the rows of the audit, all of which must have a margin. */
static pa_status find_audit(const pa_table *tx, const double margin[], uint8_t audited[],
                            pa_error *err)
{
    const int8_t *split = pa_i8(tx, "split");
    for (size_t i = 0; i < tx->n_rows; i++) {
        audited[i] = split[i] == PA_SPLIT_AUDIT;
        if (audited[i] && isnan(margin[i])) {
            return pa_fail(err, PA_E_BUG,
                           "transaction %lld of the audit has no tail of any detector",
                           (long long)pa_i64(tx, "tx")[i]);
        }
    }
    return PA_OK;
}

static void give_reasons(const detectors *d, size_t n, const fuse_columns *c)
{
    for (size_t i = 0; i < n; i++) {
        int32_t from = isnan(c->margin[i]) ? -1 : pa_reasons_from(d->n, d->view, i);
        for (int k = 0; k < PA_REASONS; k++)
            pa_set_code(c->reason + k, i, from < 0 ? -1 : pa_code_at(d->view[from].feature + k, i));
    }
}

static pa_status score_rows(const pa_store *model, pa_table *tx, detectors *d,
                            const feature_list *features, fuse_model *m, fuse_columns *c,
                            uint8_t audited[], pa_error *err)
{
    PA_TRY(read_model(model, d, features, m, err));
    PA_TRY(add_columns(d, features->n, tx, c, err));
    PA_TRY(pa_fuse_rows(tx->n_rows, d->n, d->names, d->tail, m->weight, *m->base, c->contribution,
                        c->margin, err));
    pa_fuse_score(&m->score, tx->n_rows, c->margin, c->score);
    give_reasons(d, tx->n_rows, c);
    return find_audit(tx, c->margin, audited, err);
}

static pa_status rank_rows(pa_run *run, const pa_table *tx, const uint8_t audited[],
                           fuse_columns *c)
{
    int64_t n_audit = 0;
    for (size_t i = 0; i < tx->n_rows; i++) n_audit += audited[i];
    pa_sum_i64(run->comm, &n_audit, 1);
    PA_TRY(pa_rank_rows(run->comm, tx->n_rows, c->margin, pa_i64(tx, "tx"), audited, c->rank, NULL,
                        &run->err));
    for (size_t i = 0; i < tx->n_rows; i++) {
        double not_above = (double)(n_audit - c->rank[i] + 1);
        c->percentile[i] = audited[i] ? (float)(100 * not_above / (double)n_audit) : NAN;
    }
    return PA_OK;
}

static pa_status name_detectors(pa_run *run, const detectors *d)
{
    pa_table *t;
    void *name;
    bool here = pa_comm_rank(run->comm) == 0;
    PA_TRY(pa_run_add_table(run, "categories/detector", "who contributes to the margin", &t));
    pa_table_size(t, here ? 0 : (int64_t)d->n, here ? d->n : 0, (int64_t)d->n);
    const pa_column_spec spec = {.name = "detector",
                                 .type = PA_BYTES,
                                 .width = NAME_BYTES,
                                 .meaning = "the detector, as in contribution_<name>",
                                 .role = PA_ROLE_ID,
                                 .stage = "fuse"};
    PA_TRY(pa_table_add(t, &spec, &name, &run->err));
    if (here) memcpy(name, d->name, d->n * NAME_BYTES);
    return PA_OK;
}

static pa_status raise_alerts(pa_run *run, const pa_table *tx, const detectors *d,
                              const feature_list *features, const fuse_model *m, fuse_columns *c)
{
    pa_table *alerts = NULL, *reasons = NULL;
    pa_status st = name_detectors(run, d);
    if (st == PA_OK) {
        st = pa_run_add_table(run, "alerts", "the accounts to open on each day, the oddest first",
                              &alerts);
    }
    if (st == PA_OK) {
        st = pa_run_add_table(run, "alert_reasons",
                              "why: what is unusual, and what is usual instead", &reasons);
    }
    const pa_table *accounts = pa_run_table(run, "accounts");
    if (st == PA_OK && !accounts)
        st = pa_fail(&run->err, PA_E_BUG, "there is no table of accounts");
    PA_AGREE(run->comm, st, &run->err);
    const pa_alert_input in = {.n = tx->n_rows,
                               .account = pa_i32(tx, "account"),
                               .time = pa_i64(tx, "time"),
                               .tx = pa_i64(tx, "tx"),
                               .amount = pa_f64(tx, "amount"),
                               .margin = c->margin,
                               .score = c->score,
                               .rank = c->rank,
                               .n_detectors = d->n,
                               .detector = d->view,
                               .n_features = features->n,
                               .feature = features->column,
                               .peer_usual = m->peer_usual,
                               .accounts = accounts,
                               .per_day = pa_config_int(run->config, "fuse.alerts_per_day"),
                               .flags = pa_table_find(tx, "margin")->spec.flags};
    return pa_make_alerts(run->comm, &in, c->alert, alerts, reasons, &run->err);
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    detectors d;
    feature_list features = {0};
    fuse_model m = {0};
    fuse_columns c;
    uint8_t *audited = NULL;
    find_detectors(tx, &d);
    pa_status st = PA_NEW(audited, tx->n_rows, &run->err);
    if (st == PA_OK) st = find_features(tx, &features, &run->err);
    if (st == PA_OK) st = score_rows(model, tx, &d, &features, &m, &c, audited, &run->err);
    PA_GOTO(pa_agree(run->comm, st, &run->err));
    PA_GOTO(rank_rows(run, tx, audited, &c));
    PA_GOTO(raise_alerts(run, tx, &d, &features, &m, &c));
out:
    free_features(&features);
    pa_free(audited);
    return st;
}

const pa_stage pa_fuse_stage = {
    .name = "fuse", .version = 2, .options = options, .plan = plan, .fit = fit, .apply = apply};

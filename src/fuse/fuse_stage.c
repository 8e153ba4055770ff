#include "paraudit/fuse/fuse_stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/fuse/alerts.h"
#include "paraudit/fuse/fuse.h"
#include "paraudit/fuse/order.h"
#include "paraudit/pipeline/time_plan.h"

enum { MAX_DETECTORS = 32, NAME_BYTES = 32 };

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

enum { MARGIN, SCORE, RANK, PERCENTILE, ALERT, N_RESULTS };

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
};

/* A margin needs what its tails need. */
static pa_column_spec result_spec(int i, unsigned tail_flags)
{
    pa_column_spec spec = results[i];
    spec.flags |= tail_flags;
    return spec;
}

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    const pa_column_spec *tail[MAX_DETECTORS];
    size_t n = pa_schema_by_role(io, PA_ROLE_TAIL, tail, MAX_DETECTORS);
    PA_ASSERT(n <= MAX_DETECTORS);
    if (n == 0) pa_schema_stands_aside(io, "no detector runs, so there is nothing to fuse");
    unsigned flags = 0;
    static const char *const reads[] = {"time", "tx", "account", "amount", "split"};
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        PA_TRY(pa_schema_reads(io, reads[i], err));
    }
    for (size_t k = 0; k < n; k++) {
        pa_column_spec spec = contribution_spec(tail[k]);
        PA_TRY(pa_schema_reads(io, tail[k]->name, err));
        PA_TRY(pa_schema_writes(io, &spec, err));
        flags |= tail[k]->flags;
    }
    for (int i = 0; i < N_RESULTS; i++) {
        pa_column_spec spec = result_spec(i, flags);
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
} detectors;

static void find_detectors(const pa_table *tx, detectors *d)
{
    d->n = 0;
    for (size_t i = 0; i < tx->n_columns; i++) {
        const pa_column *c = tx->columns + i;
        if (c->spec.role != PA_ROLE_TAIL) continue;
        PA_ASSERT(d->n < MAX_DETECTORS && c->spec.type == PA_F32);
        d->spec[d->n] = c->spec;
        d->tail[d->n] = c->data;
        detector_of(c->spec.name, d->name[d->n]);
        d->names[d->n] = d->name[d->n];
        d->n++;
    }
}

/* ---- fit ---- */

/* Median of one detector's contributions on the training rows. */
static pa_status train_median(pa_run *run, const pa_table *rows, const float tail[], double weight,
                              float *median)
{
    const int8_t *split = pa_i8(rows, "split");
    float *contribution = NULL;
    size_t n = 0;
    pa_status st;
    PA_GOTO(pa_agree(run->comm, PA_NEW(contribution, rows->n_rows, &run->err), &run->err));
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (split[i] == PA_SPLIT_TRAIN && !isnan(tail[i])) contribution[n++] = tail[i];
    }
    for (size_t i = 0; i < n; i++) contribution[i] = pa_fuse_contribution(contribution[i], weight);
    st = pa_median_of_all(run->comm, n, contribution, median, &run->err);
out:
    pa_free(contribution);
    return st;
}

static pa_status put_score_function(size_t n_detectors, pa_store *model, pa_error *err)
{
    void *step, *knot;
    PA_TRY(pa_store_put(model, "score_step", PA_F64, 1, 1, "distance of the knots in the margin",
                        &step, err));
    PA_TRY(pa_store_put(model, "score_knot", PA_F64, PA_SCORE_STEPS + 1, 1,
                        "score at margins 0, step, 2 step, ...; straight lines between", &knot,
                        err));
    pa_fuse_score_knots(n_detectors, step, knot);
    return PA_OK;
}

static pa_status put_detectors(const detectors *d, pa_store *model, double **weight, float **median,
                               pa_error *err)
{
    void *name, *w, *m;
    PA_TRY(pa_store_put_names(model, "detector", d->n, NAME_BYTES, "names, in column order", &name,
                              err));
    PA_TRY(pa_store_put(model, "weight", PA_F64, d->n, 1, "factor of -ln(tail)", &w, err));
    PA_TRY(pa_store_put(model, "peer_median", PA_F32, d->n, 1,
                        "median contribution on the training rows; NaN: there are none", &m, err));
    memcpy(name, d->name, d->n * NAME_BYTES);
    *weight = w;
    *median = m;
    return put_score_function(d->n, model, err);
}

static pa_status fit(pa_run *run, const pa_table *rows, pa_store *model)
{
    detectors d;
    double *weight = NULL;
    float *median = NULL;
    find_detectors(rows, &d);
    PA_AGREE(run->comm, put_detectors(&d, model, &weight, &median, &run->err), &run->err);
    for (size_t k = 0; k < d.n; k++) {
        weight[k] = 1;
        PA_TRY(train_median(run, rows, d.tail[k], weight[k], median + k));
    }
    return PA_OK;
}

/* ---- apply ---- */

typedef struct {
    const double *weight, *step, *knot;
    const float *peer_median;
} fuse_model;

static pa_status read_model(const pa_store *model, const detectors *d, fuse_model *m, pa_error *err)
{
    const void *name, *weight, *step, *knot, *median;
    size_t n, n_knots;
    PA_TRY(pa_store_get(model, "detector", PA_BYTES, &name, &n, err));
    if (n != d->n || memcmp(name, d->name, n * NAME_BYTES) != 0) {
        return pa_fail(err, PA_E_DATA, "the model of fuse was fitted on other detectors");
    }
    PA_TRY(pa_store_get(model, "weight", PA_F64, &weight, NULL, err));
    PA_TRY(pa_store_get(model, "score_step", PA_F64, &step, NULL, err));
    PA_TRY(pa_store_get(model, "score_knot", PA_F64, &knot, &n_knots, err));
    PA_TRY(pa_store_get(model, "peer_median", PA_F32, &median, NULL, err));
    if (n_knots != PA_SCORE_STEPS + 1) {
        return pa_fail(err, PA_E_DATA, "the model of fuse has %zu score knots", n_knots);
    }
    *m = (fuse_model){.weight = weight, .step = step, .knot = knot, .peer_median = median};
    return PA_OK;
}

/* The columns that apply fills. */
typedef struct {
    float *contribution[MAX_DETECTORS];
    const float *contributions[MAX_DETECTORS]; /* the same, to read */
    double *margin;
    float *score, *percentile;
    int64_t *rank;
    uint8_t *alert;
} fuse_columns;

static pa_status add_columns(const detectors *d, pa_table *tx, fuse_columns *c, pa_error *err)
{
    unsigned flags = 0;
    void *data, *result[N_RESULTS];
    for (size_t k = 0; k < d->n; k++) {
        pa_column_spec spec = contribution_spec(d->spec + k);
        PA_TRY(pa_table_add(tx, &spec, &data, err));
        c->contribution[k] = data;
        c->contributions[k] = data;
        flags |= spec.flags;
    }
    for (int i = 0; i < N_RESULTS; i++) {
        pa_column_spec spec = result_spec(i, flags);
        PA_TRY(pa_table_add(tx, &spec, result + i, err));
    }
    c->margin = result[MARGIN];
    c->score = result[SCORE];
    c->rank = result[RANK];
    c->percentile = result[PERCENTILE];
    c->alert = result[ALERT];
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

static pa_status score_rows(const pa_store *model, pa_table *tx, const detectors *d, fuse_model *m,
                            fuse_columns *c, uint8_t audited[], pa_error *err)
{
    PA_TRY(read_model(model, d, m, err));
    PA_TRY(add_columns(d, tx, c, err));
    PA_TRY(pa_fuse_rows(tx->n_rows, d->n, d->names, d->tail, m->weight, c->contribution, c->margin,
                        err));
    pa_fuse_score(tx->n_rows, c->margin, *m->step, m->knot, c->score);
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
                              const fuse_model *m, fuse_columns *c)
{
    pa_table *alerts = NULL, *reasons = NULL;
    pa_status st = name_detectors(run, d);
    if (st == PA_OK) {
        st = pa_run_add_table(run, "alerts", "the accounts to open on each day, the oddest first",
                              &alerts);
    }
    if (st == PA_OK) {
        st =
            pa_run_add_table(run, "alert_reasons", "why: what each detector contributed", &reasons);
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
                               .contribution = c->contributions,
                               .peer_median = m->peer_median,
                               .accounts = accounts,
                               .per_day = pa_config_int(run->config, "fuse.alerts_per_day")};
    return pa_make_alerts(run->comm, &in, c->alert, alerts, reasons, &run->err);
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    detectors d;
    fuse_model m = {0};
    fuse_columns c;
    uint8_t *audited = NULL;
    find_detectors(tx, &d);
    pa_status st = PA_NEW(audited, tx->n_rows, &run->err);
    if (st == PA_OK) st = score_rows(model, tx, &d, &m, &c, audited, &run->err);
    PA_GOTO(pa_agree(run->comm, st, &run->err));
    PA_GOTO(rank_rows(run, tx, audited, &c));
    PA_GOTO(raise_alerts(run, tx, &d, &m, &c));
out:
    pa_free(audited);
    return st;
}

const pa_stage pa_fuse_stage = {
    .name = "fuse", .version = 1, .options = options, .plan = plan, .fit = fit, .apply = apply};

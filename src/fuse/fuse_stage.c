#include "paraudit/fuse/fuse_stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/fuse/fuse.h"

enum { NAME_BYTES = 32, COLUMN_BYTES = NAME_BYTES + 16 };

static const pa_option_spec options[] = {{0}};

/* ---- plan ---- */

static void contribution_of(const char *detector, char name[COLUMN_BYTES])
{
    PA_ASSERT(strlen(detector) < NAME_BYTES);
    snprintf(name, COLUMN_BYTES, "contribution_%s", detector);
}

static pa_status declare_contribution(pa_schema *io, const pa_column_spec *tail, pa_error *err)
{
    char name[COLUMN_BYTES];
    contribution_of(tail->stage, name);
    const pa_column_spec spec = {.name = name,
                                 .type = PA_F32,
                                 .unit = "nat",
                                 .meaning = "what this detector adds to the margin: -ln of its "
                                            "tail, times its weight; NaN: not scored",
                                 .role = PA_ROLE_CONTRIBUTION,
                                 .flags = tail->flags,
                                 .stage = "fuse"};
    PA_TRY(pa_schema_reads(io, tail->name, err));
    return pa_schema_writes(io, &spec, err);
}

/* flags: a margin needs what its tails need. */
static pa_status declare_results(pa_schema *io, unsigned flags, pa_error *err)
{
    const pa_column_spec margin = {.name = "margin",
                                   .type = PA_F64,
                                   .unit = "nat",
                                   .meaning = "base and stored contributions, added in column "
                                              "order; NaN: not scored",
                                   .role = PA_ROLE_RESULT,
                                   .flags = flags,
                                   .stage = "fuse"};
    const pa_column_spec score = {
        .name = "score",
        .type = PA_F32,
        .unit = "1",
        .meaning = "how odd, from 0 to 1: share of unsuspicious transactions with a smaller margin "
                   "if the detectors were independent (Fisher 1932); NaN: not scored",
        .role = PA_ROLE_RESULT,
        .flags = flags,
        .stage = "fuse"};
    PA_TRY(pa_schema_writes(io, &margin, err));
    return pa_schema_writes(io, &score, err);
}

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    const pa_column_spec **tail;
    unsigned flags = 0;
    size_t n = pa_schema_by_role(io, PA_ROLE_TAIL, NULL, 0);
    if (n == 0) pa_schema_stands_aside(io, "no detector runs, so there is nothing to fuse");
    PA_TRY(PA_NEW(tail, n, err));
    pa_schema_by_role(io, PA_ROLE_TAIL, tail, n);
    pa_status st = PA_OK;
    for (size_t k = 0; st == PA_OK && k < n; k++) {
        st = declare_contribution(io, tail[k], err);
        flags |= tail[k]->flags;
    }
    if (st == PA_OK) st = declare_results(io, flags, err);
    pa_free(tail);
    return st;
}

/* ---- the detectors of a table ---- */

typedef struct {
    size_t n;
    const pa_column **column; /* their tails */
    const float **tail;
    const char **name;
    float **contribution;
} detectors;

static void free_detectors(detectors *d)
{
    pa_free(d->column);
    pa_free(d->tail);
    pa_free(d->name);
    pa_free(d->contribution);
}

static pa_status find_detectors(const pa_table *tx, detectors *d, pa_error *err)
{
    PA_TRY(PA_NEW(d->column, tx->n_columns, err));
    d->n = pa_table_by_role(tx, PA_ROLE_TAIL, 0, d->column);
    PA_TRY(PA_NEW(d->tail, d->n, err));
    PA_TRY(PA_NEW(d->name, d->n, err));
    PA_TRY(PA_NEW(d->contribution, d->n, err));
    for (size_t k = 0; k < d->n; k++) {
        PA_ASSERT(d->column[k]->spec.type == PA_F32);
        d->tail[k] = d->column[k]->data;
        d->name[k] = d->column[k]->spec.stage;
    }
    return PA_OK;
}

/* ---- fit ---- */

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

static pa_status put_model(const detectors *d, pa_store *model, pa_error *err)
{
    void *name, *weight, *base;
    PA_TRY(pa_store_put_names(model, "detector", d->n, NAME_BYTES, "names, in column order", &name,
                              err));
    PA_TRY(pa_store_put(model, "weight", PA_F64, d->n, 1, "factor of -ln(tail)", &weight, err));
    PA_TRY(
        pa_store_put(model, "base", PA_F64, 1, 1, "margin without any contribution", &base, err));
    for (size_t k = 0; k < d->n; k++) {
        memcpy((char *)name + k * NAME_BYTES, d->name[k], strlen(d->name[k]));
        ((double *)weight)[k] = 1;
    }
    return put_score_function(d->n, model, err);
}

/* Fisher's combination learns from no row. */
static pa_status fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    detectors d = {0};
    pa_status st = find_detectors(on->rows.table, &d, &run->err);
    if (st == PA_OK) st = put_model(&d, model, &run->err);
    free_detectors(&d);
    return st;
}

/* ---- apply ---- */

typedef struct {
    const double *weight, *base;
    pa_score_function score;
} fuse_model;

static pa_status check_detectors(const pa_store *model, const detectors *d, pa_error *err)
{
    const void *names;
    size_t n;
    PA_TRY(pa_store_get(model, "detector", PA_BYTES, &names, &n, err));
    bool alike = n == d->n && pa_store_find(model, "detector")->bytes == NAME_BYTES;
    for (size_t k = 0; alike && k < n; k++)
        alike = strncmp((const char *)names + k * NAME_BYTES, d->name[k], NAME_BYTES) == 0;
    if (alike) return PA_OK;
    return pa_fail(err, PA_E_DATA, "the model of fuse was fitted on other detectors");
}

static pa_status read_model(const pa_store *model, const detectors *d, fuse_model *m, pa_error *err)
{
    const void *weight, *base, *margin, *score;
    size_t n_weights, n_bases, n_knots, n_scores;
    PA_TRY(check_detectors(model, d, err));
    PA_TRY(pa_store_get(model, "weight", PA_F64, &weight, &n_weights, err));
    PA_TRY(pa_store_get(model, "base", PA_F64, &base, &n_bases, err));
    PA_TRY(pa_store_get(model, "score_margin", PA_F64, &margin, &n_knots, err));
    PA_TRY(pa_store_get(model, "score_knot", PA_F64, &score, &n_scores, err));
    if (n_weights != d->n || n_bases != 1 || n_scores != n_knots)
        return pa_fail(err, PA_E_DATA,
                       "the model of fuse has %zu weights, %zu margins and %zu scores as knots",
                       n_weights, n_knots, n_scores);
    bool finite = isfinite(*(const double *)base);
    for (size_t k = 0; k < n_weights; k++) finite = finite && isfinite(((const double *)weight)[k]);
    if (!finite) return pa_fail(err, PA_E_DATA, "the model of fuse has a weight that is no number");
    *m = (fuse_model){.weight = weight, .base = base, .score = {n_knots, margin, score}};
    return pa_score_function_check(&m->score, err);
}

static pa_status add_contributions(pa_run *run, const detectors *d)
{
    for (size_t k = 0; k < d->n; k++) {
        char name[COLUMN_BYTES];
        void *data;
        contribution_of(d->name[k], name);
        PA_TRY(pa_run_write(run, name, &data));
        d->contribution[k] = data;
    }
    return PA_OK;
}

/* Contributions, margin and score of the rows here. Local. */
static pa_status score_rows(pa_run *run, const pa_store *model, const pa_table *tx,
                            const detectors *d)
{
    fuse_model m;
    void *margin, *score;
    PA_TRY(read_model(model, d, &m, &run->err));
    PA_TRY(add_contributions(run, d));
    PA_TRY(pa_run_write(run, "margin", &margin));
    PA_TRY(pa_run_write(run, "score", &score));
    PA_TRY(pa_fuse_rows(tx->n_rows, d->n, d->name, d->tail, m.weight, *m.base, d->contribution,
                        margin, &run->err));
    pa_fuse_score(&m.score, tx->n_rows, margin, score);
    return PA_OK;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    detectors d = {0};
    pa_status st = find_detectors(tx, &d, &run->err);
    if (st == PA_OK) st = score_rows(run, model, tx, &d);
    free_detectors(&d);
    return pa_agree(run->comm, st, &run->err);
}

const pa_stage pa_fuse_stage = {.name = "fuse",
                                .version = 3,
                                .options = options,
                                .plan = plan,
                                .fit = fit,
                                .apply = apply,
                                .cost = {.fit = 10, .apply = 20}};

#include "paraudit/fuse/fuse_stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "voices.h"

enum { COLUMN_BYTES = PA_DETECTOR_NAME + 16 };

static const pa_option_spec options[] = {
    {.key = "fuse.labels",
     .type = PA_OPTION_CHOICE,
     .fallback = "auto",
     .choices = "auto|use|ignore",
     .meaning = "whether the detectors are weighed by known labels; auto: where a supervised one "
                "runs"},
    {.key = "fuse.label_free",
     .type = PA_OPTION_TEXT,
     .fallback = "tails",
     .meaning = "detectors that make the score without labels, with equal voices; where none of "
                "them runs, all that need no labels do"},
    {.key = "fuse.l2",
     .type = PA_OPTION_REAL,
     .fallback = "1",
     .min = 0,
     .max = 1e9,
     .meaning = "how strongly the weights that labels give are held back: half of it times their "
                "squares"},
    {0}};

/* ---- plan ---- */

static void contribution_of(const char *detector, char name[COLUMN_BYTES])
{
    PA_ASSERT(strlen(detector) < PA_DETECTOR_NAME);
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
                                            "tail, or its log-odds above those of all, times its "
                                            "weight; NaN: not scored",
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
        .meaning = "with labels the probability of fraud; without them how odd, from 0 to 1: share "
                   "of unsuspicious transactions with a smaller margin if the detectors were "
                   "independent (Fisher 1932); NaN: not scored",
        .role = PA_ROLE_RESULT,
        .flags = flags,
        .stage = "fuse"};
    PA_TRY(pa_schema_writes(io, &margin, err));
    return pa_schema_writes(io, &score, err);
}

/* The log-odds of supervised detectors. */
static pa_status read_log_odds(pa_schema *io, pa_error *err)
{
    const pa_column_spec **raw = NULL;
    size_t n = pa_schema_by_role(io, PA_ROLE_RAW, NULL, 0);
    pa_status st = PA_NEW(raw, n, err);
    if (st == PA_OK) pa_schema_by_role(io, PA_ROLE_RAW, raw, n);
    for (size_t i = 0; st == PA_OK && i < n; i++)
        if (raw[i]->unit && strcmp(raw[i]->unit, PA_UNIT_LOG_ODDS) == 0)
            st = pa_schema_reads(io, raw[i]->name, err);
    pa_free(raw);
    return st;
}

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    const pa_column_spec **tail;
    unsigned flags = 0;
    size_t n = pa_schema_by_role(io, PA_ROLE_TAIL, NULL, 0);
    if (n == 0) pa_schema_stands_aside(io, "no detector runs, so there is nothing to fuse");
    pa_schema_fits_on(io, PA_FIT_TRAINING);
    PA_TRY(pa_schema_reads_labels(io, err));
    PA_TRY(read_log_odds(io, err));
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

void pa_voices_free(pa_voices *v)
{
    pa_free(v->voice);
    *v = (pa_voices){0};
}

/* A supervised detector is heard by its log-odds: its tail has no order beyond the rows that
 * it was checked on. */
static void find_voice(const pa_table *tx, const pa_column *tail, pa_fuse_voice *v)
{
    char name[COLUMN_BYTES];
    PA_ASSERT(tail->spec.type == PA_F32 && strlen(tail->spec.stage) < PA_DETECTOR_NAME);
    snprintf(name, sizeof name, "%s_raw", tail->spec.stage);
    const pa_column *raw = pa_table_find(tx, name);
    v->name = tail->spec.stage;
    v->is_log_odds = raw && raw->spec.unit && strcmp(raw->spec.unit, PA_UNIT_LOG_ODDS) == 0;
    v->value = v->is_log_odds ? raw->data : tail->data;
}

pa_status pa_voices_find(const pa_table *tx, pa_voices *v, pa_error *err)
{
    const pa_column **tail = NULL;
    PA_TRY(PA_NEW(tail, tx->n_columns, err));
    size_t n = pa_table_by_role(tx, PA_ROLE_TAIL, 0, tail);
    pa_status st = PA_NEW(v->voice, n, err);
    for (size_t k = 0; st == PA_OK && k < n; k++) find_voice(tx, tail[k], v->voice + k);
    if (st == PA_OK) v->n = n;
    pa_free(tail);
    return st;
}

/* ---- apply ---- */

static pa_status check_detectors(const pa_store *model, const pa_voices *d, pa_error *err)
{
    const void *names;
    size_t n;
    PA_TRY(pa_store_get(model, "detector", PA_BYTES, &names, &n, err));
    bool alike = n == d->n && pa_store_find(model, "detector")->bytes == PA_DETECTOR_NAME;
    for (size_t k = 0; alike && k < n; k++)
        alike = strncmp((const char *)names + k * PA_DETECTOR_NAME, d->voice[k].name,
                        PA_DETECTOR_NAME) == 0;
    if (alike) return PA_OK;
    return pa_fail(err, PA_E_DATA, "the model of fuse was fitted on other detectors");
}

/* Weights and centers, one of each for a detector, all of them numbers. */
static pa_status read_weights(const pa_store *model, pa_voices *d, double *base, pa_error *err)
{
    const void *weight, *center, *bases;
    size_t n_weights, n_centers, n_bases;
    PA_TRY(pa_store_get(model, "weight", PA_F64, &weight, &n_weights, err));
    PA_TRY(pa_store_get(model, "center", PA_F64, &center, &n_centers, err));
    PA_TRY(pa_store_get(model, "base", PA_F64, &bases, &n_bases, err));
    if (n_weights != d->n || n_centers != d->n || n_bases != 1)
        return pa_fail(err, PA_E_DATA, "the model of fuse has %zu weights and %zu centers",
                       n_weights, n_centers);
    *base = *(const double *)bases;
    bool finite = isfinite(*base);
    for (size_t k = 0; k < d->n; k++) {
        d->voice[k].weight = ((const double *)weight)[k];
        d->voice[k].center = ((const double *)center)[k];
        finite = finite && isfinite(d->voice[k].weight) && isfinite(d->voice[k].center);
    }
    if (finite) return PA_OK;
    return pa_fail(err, PA_E_DATA, "the model of fuse has a weight that is no number");
}

static pa_status read_score(const pa_store *model, pa_score_function *f, pa_error *err)
{
    const void *margin, *score;
    size_t n_knots, n_scores;
    PA_TRY(pa_store_get(model, "score_margin", PA_F64, &margin, &n_knots, err));
    PA_TRY(pa_store_get(model, "score_knot", PA_F64, &score, &n_scores, err));
    if (n_scores != n_knots)
        return pa_fail(err, PA_E_DATA, "the model of fuse has %zu margins and %zu scores as knots",
                       n_knots, n_scores);
    *f = (pa_score_function){n_knots, margin, score};
    return pa_score_function_check(f, err);
}

static pa_status add_contributions(pa_run *run, const pa_voices *d, float *contribution[])
{
    for (size_t k = 0; k < d->n; k++) {
        char name[COLUMN_BYTES];
        void *data;
        contribution_of(d->voice[k].name, name);
        PA_TRY(pa_run_write(run, name, &data));
        contribution[k] = data;
    }
    return PA_OK;
}

/* Contributions, margin and score of the rows here. contribution: room for the detectors. */
static pa_status score_rows(pa_run *run, const pa_store *model, const pa_table *tx, pa_voices *d,
                            float *contribution[])
{
    pa_score_function f;
    double base = 0;
    void *margin, *score;
    PA_TRY(check_detectors(model, d, &run->err));
    PA_TRY(read_weights(model, d, &base, &run->err));
    PA_TRY(read_score(model, &f, &run->err));
    PA_TRY(add_contributions(run, d, contribution));
    PA_TRY(pa_run_write(run, "margin", &margin));
    PA_TRY(pa_run_write(run, "score", &score));
    PA_TRY(pa_fuse_rows(tx->n_rows, d->n, d->voice, base, contribution, margin, &run->err));
    pa_fuse_score(&f, tx->n_rows, margin, score);
    return PA_OK;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    pa_voices d = {0};
    float **contribution = NULL;
    pa_status st = pa_voices_find(tx, &d, &run->err);
    if (st == PA_OK) st = PA_NEW(contribution, d.n, &run->err);
    if (st == PA_OK) st = score_rows(run, model, tx, &d, contribution);
    pa_free(contribution);
    pa_voices_free(&d);
    return pa_agree(run->comm, st, &run->err);
}

const pa_stage pa_fuse_stage = {.name = "fuse",
                                .version = 4,
                                .options = options,
                                .plan = plan,
                                .fit = pa_fuse_fit,
                                .apply = apply,
                                .cost = {.fit = 10, .apply = 20}};

#include "paraudit/fuse/fuse_stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fuse_fit.h"
#include "paraudit/base/array.h"

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

/* ---- apply ---- */

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
static pa_status score_rows(pa_run *run, const pa_fuse_model *m, const pa_table *tx,
                            float *contribution[])
{
    void *margin, *score;
    PA_TRY(add_contributions(run, &m->voices, contribution));
    PA_TRY(pa_run_write(run, "margin", &margin));
    PA_TRY(pa_run_write(run, "score", &score));
    PA_TRY(pa_fuse_rows(tx->n_rows, m->voices.n, m->voices.voice, m->base, contribution, margin,
                        &run->err));
    pa_fuse_score(&m->score, tx->n_rows, margin, score);
    return PA_OK;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    pa_fuse_model m;
    float **contribution = NULL;
    pa_status st = pa_fuse_model_open(model, tx, &m, &run->err);
    if (st == PA_OK) st = PA_NEW(contribution, m.voices.n, &run->err);
    if (st == PA_OK) st = score_rows(run, &m, tx, contribution);
    pa_free(contribution);
    pa_fuse_model_free(&m);
    return pa_agree(run->comm, st, &run->err);
}

const pa_stage pa_fuse_stage = {.name = "fuse",
                                .version = 4,
                                .options = options,
                                .plan = plan,
                                .fit = pa_fuse_fit,
                                .apply = apply,
                                .cost = {.fit = 10, .apply = 20}};

#include "paraudit/explain/scorer.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/detect/detector_stage.h"

/* A detector with its model; judge NULL: it stood aside. */
typedef struct {
    pa_store model;
    pa_judge *judge;
    pa_tile tile;
    pa_points points; /* of the tile */
} part;

struct pa_scorer {
    size_t n_features; /* columns of role feature */
    pa_store fuse;
    pa_fuse_model fused;
    part *of; /* one of each voice of `fused` */
};

/* ---- opening ---- */

static const pa_stage *stage_named(size_t n, const pa_stage *const stages[], const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(stages[i]->name, name) == 0) return stages[i];
    return NULL;
}

static pa_status read_model(pa_result_file *file, const char *name, int version, pa_store *model,
                            pa_error *err)
{
    if (!pa_result_has_store(file, name))
        return pa_fail(err, PA_E_DATA, "the result has no model '%s'", name);
    PA_TRY(pa_result_read_store(file, name, 0, NULL, model, err));
    if (model->version == version) return PA_OK;
    return pa_fail(err, PA_E_DATA,
                   "model '%s' of the result is of version %d, and this program's of version %d",
                   name, (int)model->version, version);
}

static pa_status open_part(pa_result_file *file, const pa_stage *stage, const char *name,
                           const pa_table *tx, bool earlier, part *p, pa_error *err)
{
    const pa_detector *d = stage ? pa_detector_of(stage) : NULL;
    if (!d) return pa_fail(err, PA_E_DATA, "this program has no detector '%s'", name);
    PA_TRY(read_model(file, name, stage->version, &p->model, err));
    if (pa_detector_stood_aside(&p->model)) return PA_OK;
    PA_TRY(pa_judge_open(d, &p->model, earlier && d->supervised, tx, &p->judge, err));
    p->points = (pa_points){.n_columns = p->judge->n_features, .column = p->judge->feature, .n = 1};
    return pa_tile_open(&p->tile, &p->points, err);
}

static pa_status open_all(pa_result_file *file, size_t n_stages, const pa_stage *const stages[],
                          const pa_table *tx, bool earlier, pa_scorer *s, pa_error *err)
{
    const pa_stage *fuse = stage_named(n_stages, stages, "fuse");
    PA_ASSERT(fuse);
    PA_TRY(read_model(file, "fuse", fuse->version, &s->fuse, err));
    PA_TRY(pa_fuse_model_open(&s->fuse, tx, &s->fused, err));
    PA_TRY(PA_NEW(s->of, s->fused.voices.n, err));
    for (size_t k = 0; k < s->fused.voices.n; k++) {
        const char *name = s->fused.voices.voice[k].name;
        PA_TRY(open_part(file, stage_named(n_stages, stages, name), name, tx, earlier, s->of + k,
                         err));
    }
    for (size_t c = 0; c < tx->n_columns; c++)
        s->n_features += tx->columns[c]->spec.role == PA_ROLE_FEATURE;
    return PA_OK;
}

pa_status pa_scorer_open(pa_result_file *file, size_t n_stages, const pa_stage *const stages[],
                         const pa_table *tx, bool earlier, pa_scorer **scorer, pa_error *err)
{
    *scorer = NULL;
    pa_scorer *s;
    PA_TRY(PA_NEW(s, 1, err));
    pa_status st = open_all(file, n_stages, stages, tx, earlier, s, err);
    if (st == PA_OK)
        *scorer = s;
    else
        pa_scorer_close(s);
    return st;
}

void pa_scorer_close(pa_scorer *s)
{
    if (!s) return;
    for (size_t k = 0; s->of && k < s->fused.voices.n; k++) {
        pa_judge_close(s->of[k].judge);
        pa_tile_free(&s->of[k].tile);
        pa_store_free(&s->of[k].model);
    }
    pa_free(s->of);
    pa_fuse_model_free(&s->fused);
    pa_store_free(&s->fuse);
    pa_free(s);
}

size_t pa_scorer_detectors(const pa_scorer *s)
{
    return s->fused.voices.n;
}

/* ---- scoring ---- */

/* The parts of all features, of missing values too. */
static void ask(part *p, size_t row, pa_scored_by *by)
{
    by->raw = by->tail = NAN;
    if (!p->judge) return;
    pa_tile_take(&p->tile, 1, &row);
    p->judge->detector->score(p->judge->state, 1, p->tile.column, &by->raw, p->judge->part);
    by->tail = pa_tail_of(p->judge->tail, by->raw);
}

/* Margin and contributions from what the detectors said, as the stage fuse makes them. */
static pa_status fuse(pa_scorer *s, pa_scored_by by[], pa_row_score *out, pa_error *err)
{
    pa_voices *v = &s->fused.voices;
    float **to;
    PA_TRY(PA_NEW(to, v->n, err));
    for (size_t k = 0; k < v->n; k++) {
        v->voice[k].value = v->voice[k].is_log_odds ? &by[k].raw : &by[k].tail;
        to[k] = &by[k].contribution;
    }
    pa_status st = pa_fuse_rows(1, v->n, v->voice, s->fused.base, to, &out->margin, err);
    if (st == PA_OK) pa_fuse_score(&s->fused.score, 1, &out->margin, &out->score);
    pa_free(to);
    return st;
}

/* Of log-odds: weight times the part. */
static void add_terms(const pa_judge *j, double weight, double adds[])
{
    for (size_t f = 0; f < j->n_features; f++)
        adds[j->code[f]] += weight * ((double)j->part[f] / PA_PART_UNITS);
}

/* Of a tail: the contribution, shared by what speaks against the row. */
static void add_shares(const pa_judge *j, double contribution, double adds[])
{
    int64_t against = 0;
    for (size_t f = 0; f < j->n_features; f++) against += j->part[f] > 0 ? j->part[f] : 0;
    if (against == 0) return;
    for (size_t f = 0; f < j->n_features; f++)
        if (j->part[f] > 0)
            adds[j->code[f]] += contribution * ((double)j->part[f] / (double)against);
}

pa_status pa_scorer_row(pa_scorer *s, size_t row, pa_scored_by by[], double adds[],
                        pa_row_score *out, pa_error *err)
{
    size_t n = s->fused.voices.n;
    memset(adds, 0, s->n_features * sizeof *adds);
    for (size_t k = 0; k < n; k++) {
        by[k].name = s->fused.voices.voice[k].name;
        ask(s->of + k, row, by + k);
    }
    PA_TRY(fuse(s, by, out, err));
    out->start = out->margin;
    for (size_t k = 0; k < n; k++) {
        const pa_fuse_voice *v = s->fused.voices.voice + k;
        const pa_judge *j = s->of[k].judge;
        if (!j) continue;
        if (v->is_log_odds)
            add_terms(j, v->weight, adds);
        else
            add_shares(j, (double)by[k].contribution, adds);
    }
    for (size_t f = 0; f < s->n_features; f++) out->start -= adds[f];
    return PA_OK;
}

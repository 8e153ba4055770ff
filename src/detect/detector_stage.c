#include "paraudit/detect/detector_stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "detector_fit.h"
#include "paraudit/base/array.h"
#include "paraudit/detect/judge.h"

enum { TEXT_BYTES = 256 };

const pa_detector *pa_detector_of(const pa_stage *stage)
{
    return stage->plan == pa_detector_plan ? stage->about : NULL;
}

/* ---- plan ---- */

static void name_of(const pa_detector *d, const char *what, int k, char name[PA_FEATURE_NAME])
{
    int length = k ? snprintf(name, PA_FEATURE_NAME, "%s_%s%d", d->name, what, k)
                   : snprintf(name, PA_FEATURE_NAME, "%s_%s", d->name, what);
    PA_ASSERT(length < PA_FEATURE_NAME);
}

static pa_status declare(pa_schema *io, const pa_detector *d, const char *what, int k,
                         const char *meaning, const pa_column_spec *like, pa_error *err)
{
    char name[PA_FEATURE_NAME];
    pa_column_spec spec = *like;
    name_of(d, what, k, name);
    spec.name = name;
    spec.meaning = meaning;
    spec.stage = d->name;
    return pa_schema_writes(io, &spec, err);
}

/* flags: what the columns read need, the columns written need. */
static pa_status declare_scores(pa_schema *io, const pa_detector *d, unsigned flags, pa_error *err)
{
    char meaning[TEXT_BYTES];
    pa_column_spec spec = {.type = PA_F32, .unit = "1", .role = PA_ROLE_RAW, .flags = flags};
    if (d->supervised) spec.unit = PA_UNIT_LOG_ODDS;
    snprintf(meaning, sizeof meaning, "%s: %s, larger is odder; NaN: not scored", d->title,
             d->scale);
    PA_TRY(declare(io, d, "raw", 0, meaning, &spec, err));
    spec.unit = "1";
    spec.role = PA_ROLE_TAIL;
    snprintf(
        meaning, sizeof meaning,
        "share of the transactions it was %s that the %s finds at least as odd; NaN: not scored",
        d->supervised ? "checked on" : "fitted on", d->title);
    return declare(io, d, "tail", 0, meaning, &spec, err);
}

static pa_status declare_reasons(pa_schema *io, const pa_detector *d, size_t n_features,
                                 unsigned flags, pa_error *err)
{
    static const char *const place[PA_REASONS] = {"most", "second most", "third most"};
    char meaning[TEXT_BYTES];
    pa_column_spec reason = {.type = pa_code_type(n_features),
                             .role = PA_ROLE_REASON,
                             .flags = flags,
                             .codes = "categories/feature"};
    pa_column_spec part = {.type = PA_F32, .unit = "1", .role = PA_ROLE_REASON, .flags = flags};
    for (int k = 1; k <= PA_REASONS; k++) {
        snprintf(meaning, sizeof meaning,
                 "%s: the strongest feature of the family that speaks %s against the transaction; "
                 "-1: none",
                 d->title, place[k - 1]);
        PA_TRY(declare(io, d, "reason", k, meaning, &reason, err));
    }
    for (int k = 1; k <= PA_REASONS; k++) {
        snprintf(
            meaning, sizeof meaning,
            "share of the family of %s_reason%d in all that speaks against the transaction; 0: "
            "none",
            d->name, k);
        PA_TRY(declare(io, d, "part", k, meaning, &part, err));
    }
    return PA_OK;
}

static pa_status plan_columns(pa_schema *io, const pa_detector *d,
                              const pa_column_spec *const feature[], size_t n, const bool chosen[],
                              pa_error *err)
{
    unsigned flags = PA_FITTED | (d->supervised ? PA_NEEDS_LABELS : 0);
    size_t n_read = 0;
    for (size_t i = 0; i < n; i++) {
        if (!chosen[i]) continue;
        PA_TRY(pa_schema_reads(io, feature[i]->name, err));
        flags |= feature[i]->flags;
        n_read++;
    }
    if (n_read == 0) pa_schema_stands_aside(io, "there is no feature column that it may read");
    if (n_read > d->most_columns)
        return pa_fail(err, PA_E_CONFIG, "%s: %zu feature columns, at most %zu can be read",
                       d->title, n_read, d->most_columns);
    PA_TRY(declare_scores(io, d, flags, err));
    return declare_reasons(io, d, n, flags, err);
}

pa_status pa_detector_plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    const pa_detector *d = pa_schema_stage(io)->about;
    const pa_column_spec **feature = NULL;
    bool *chosen = NULL;
    size_t n = pa_schema_by_role(io, PA_ROLE_FEATURE, NULL, 0);
    if (d->on_demand && !pa_detector_bool(config, d, "run"))
        pa_schema_stands_aside(io, "it runs where its key `run` says yes");
    pa_schema_fits_on(io, d->supervised ? PA_FIT_TRAINING : PA_FIT_REFERENCE);
    PA_TRY(d->supervised ? pa_schema_reads_labels(io, err) : pa_schema_reads(io, "time", err));
    pa_status st = PA_NEW(feature, n, err);
    if (st == PA_OK) st = PA_NEW(chosen, n, err);
    if (st == PA_OK) {
        pa_schema_by_role(io, PA_ROLE_FEATURE, feature, n);
        st = pa_detector_choose(d, config, n, feature, chosen, err);
    }
    if (st == PA_OK) st = plan_columns(io, d, feature, n, chosen, err);
    pa_free(chosen);
    pa_free(feature);
    return st;
}

/* ---- apply ---- */

typedef struct {
    float *raw, *tail, *part[PA_REASONS];
    const pa_column *reason[PA_REASONS];
} written;

static pa_status add_column(pa_run *run, const pa_detector *d, const char *what, int k, void **data)
{
    char name[PA_FEATURE_NAME];
    name_of(d, what, k, name);
    return pa_run_write(run, name, data);
}

/* Adds the columns, as a row has them that is not scored. */
static pa_status add_written(pa_run *run, const pa_detector *d, const pa_table *tx, written *w)
{
    void *raw, *tail, *part, *reason;
    PA_TRY(add_column(run, d, "raw", 0, &raw));
    PA_TRY(add_column(run, d, "tail", 0, &tail));
    w->raw = raw;
    w->tail = tail;
    for (size_t r = 0; r < tx->n_rows; r++) w->raw[r] = w->tail[r] = NAN;
    for (int k = 0; k < PA_REASONS; k++) {
        PA_TRY(add_column(run, d, "reason", k + 1, &reason));
        w->reason[k] = tx->columns[tx->n_columns - 1];
        for (size_t r = 0; r < tx->n_rows; r++) pa_set_code(w->reason[k], r, -1);
    }
    for (int k = 0; k < PA_REASONS; k++) {
        PA_TRY(add_column(run, d, "part", k + 1, &part));
        w->part[k] = part;
    }
    return PA_OK;
}

static void fill_tile(pa_judge *j, const pa_tile *tile, const written *w)
{
    pa_judge_tile(j, tile);
    for (size_t i = 0; i < tile->n; i++) {
        w->raw[tile->row[i]] = j->raw[i];
        w->tail[tile->row[i]] = pa_tail_of(j->tail, j->raw[i]);
    }
    for (size_t k = 0; k < PA_REASONS; k++)
        for (size_t i = 0; i < tile->n; i++) {
            pa_set_code(w->reason[k], tile->row[i], j->reason[k * tile->n + i]);
            w->part[k][tile->row[i]] = j->share[k * tile->n + i];
        }
}

/* Tiles of all scored rows, with steps that every rank takes. */
static pa_status fill(pa_run *run, pa_judge *j, const pa_row_set *scored, const written *w)
{
    const pa_points points = pa_points_of(scored, j->n_features, j->feature);
    size_t steps = pa_run_tiles(run, (size_t)scored->n, PA_STEP_TILES * PA_TILE_ROWS);
    int64_t done = 0;
    pa_tile tile;
    pa_status st = pa_agree(run->comm, pa_tile_open(&tile, &points, &run->err), &run->err);
    for (size_t step = 0; st == PA_OK && step < steps; step++) {
        for (int t = 0; t < PA_STEP_TILES && pa_tile_next(&tile); t++) {
            fill_tile(j, &tile, w);
            done += (int64_t)tile.n;
        }
        pa_log_progress(run->log, j->detector->name, done, scored->n);
        st = pa_step(run, PA_OK);
    }
    pa_tile_free(&tile);
    return st;
}

/* Fills the columns of some rows. */
static pa_status score_rows(pa_run *run, const pa_store *model, bool earlier, pa_table *tx,
                            const pa_row_set *rows, const written *w)
{
    pa_judge *j = NULL;
    pa_status st = pa_judge_open(run->stage->about, model, earlier, tx, &j, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK) st = fill(run, j, rows, w);
    pa_judge_close(j);
    return st;
}

/* The training rows by the model of the earlier fold, what follows by the one that was fitted
 * on them. */
static pa_status score_supervised(pa_run *run, const pa_store *model, pa_table *tx,
                                  const written *w)
{
    const pa_time_plan *p = run->plan;
    pa_row_set train = pa_rows_between(run->comm, tx, p->train_from, p->train_until);
    pa_row_set rest = pa_rows_between(run->comm, tx, p->train_until, p->audit_until);
    PA_TRY(score_rows(run, model, true, tx, &train, w));
    return score_rows(run, model, false, tx, &rest, w);
}

pa_status pa_detector_apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    const pa_detector *d = run->stage->about;
    written w;
    PA_AGREE(run->comm, add_written(run, d, tx, &w), &run->err);
    if (pa_detector_stood_aside(model)) return PA_OK;
    if (d->supervised) return score_supervised(run, model, tx, &w);
    pa_row_set scored = pa_rows_scored(run->comm, tx, run->plan);
    return score_rows(run, model, false, tx, &scored, &w);
}

/* ---- explain ---- */

static void put_reasons(const pa_judge *j, size_t n, pa_explanation out[])
{
    for (size_t i = 0; i < n; i++) {
        memset(out + i, 0, sizeof out[i]);
        for (size_t k = 0; k < PA_REASONS; k++) {
            out[i].feature[k] = j->reason[k * n + i];
            out[i].part[k] = j->share[k * n + i];
        }
    }
}

static pa_status explain_tiles(pa_judge *j, size_t n, const size_t rows[], pa_explanation out[],
                               pa_error *err)
{
    const pa_points points = {.n_columns = j->n_features, .column = j->feature};
    pa_tile tile;
    pa_status st = pa_tile_open(&tile, &points, err);
    for (size_t done = 0; st == PA_OK && done < n; done += tile.n) {
        pa_tile_take(&tile, n - done < PA_TILE_ROWS ? n - done : PA_TILE_ROWS, rows + done);
        pa_judge_tile(j, &tile);
        put_reasons(j, tile.n, out + done);
    }
    pa_tile_free(&tile);
    return st;
}

/* No reason at all. */
static void explain_nothing(size_t n, pa_explanation out[])
{
    for (size_t i = 0; i < n; i++) {
        memset(out + i, 0, sizeof out[i]);
        for (size_t k = 0; k < PA_REASONS; k++) out[i].feature[k] = -1;
    }
}

pa_status pa_detector_explain(pa_run *run, const pa_store *model, const pa_table *tx, size_t n,
                              const size_t rows[], pa_explanation out[])
{
    pa_judge *j;
    if (pa_detector_stood_aside(model)) {
        explain_nothing(n, out);
        return PA_OK;
    }
    PA_TRY(pa_judge_open(run->stage->about, model, false, tx, &j, &run->err));
    pa_status st = explain_tiles(j, n, rows, out, &run->err);
    pa_judge_close(j);
    return st;
}

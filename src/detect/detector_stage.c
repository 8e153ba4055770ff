#include "paraudit/detect/detector_stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/detect/top_reasons.h"
#include "paraudit/order/tail_fit.h"

/* Rows between two points at which a job may stop: some hundredths of a second. */
enum { NAME_BYTES = 64, TEXT_BYTES = 256, STEP_TILES = 64 };

const pa_detector *pa_detector_of(const pa_stage *stage)
{
    return stage->plan == pa_detector_plan ? stage->about : NULL;
}

static const pa_detector *running(const pa_run *run)
{
    return run->stage->about;
}

/* ---- plan ---- */

static unsigned left_out(const pa_detector *d, const pa_config *config)
{
    bool all = strcmp(pa_detector_text(config, d, "features"), "all") == 0;
    return all ? 0 : PA_NEEDS_LABELS;
}

static void name_of(const pa_detector *d, const char *what, int k, char name[NAME_BYTES])
{
    int length = k ? snprintf(name, NAME_BYTES, "%s_%s%d", d->name, what, k)
                   : snprintf(name, NAME_BYTES, "%s_%s", d->name, what);
    PA_ASSERT(length < NAME_BYTES);
}

static pa_status declare(pa_schema *io, const pa_detector *d, const char *what, int k,
                         const char *meaning, const pa_column_spec *like, pa_error *err)
{
    char name[NAME_BYTES];
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
    snprintf(meaning, sizeof meaning, "%s: %s, larger is odder; NaN: not scored", d->title,
             d->scale);
    PA_TRY(declare(io, d, "raw", 0, meaning, &spec, err));
    spec.role = PA_ROLE_TAIL;
    snprintf(meaning, sizeof meaning,
             "share of the transactions it was fitted on that the %s finds at least as odd; NaN: "
             "not scored",
             d->title);
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
                              const pa_column_spec *const feature[], size_t n, unsigned without,
                              pa_error *err)
{
    unsigned flags = PA_FITTED;
    size_t n_read = 0;
    for (size_t i = 0; i < n; i++) {
        if (feature[i]->flags & without) continue;
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
    size_t n = pa_schema_by_role(io, PA_ROLE_FEATURE, NULL, 0);
    pa_schema_fits_on(io, d->supervised ? PA_FIT_TRAINING : PA_FIT_REFERENCE);
    PA_TRY(pa_schema_reads(io, "time", err));
    PA_TRY(PA_NEW(feature, n, err));
    pa_schema_by_role(io, PA_ROLE_FEATURE, feature, n);
    pa_status st = plan_columns(io, d, feature, n, left_out(d, config), err);
    pa_free(feature);
    return st;
}

/* ---- fit ---- */

typedef struct {
    size_t n;
    const pa_column **column;
} columns;

static pa_status find_features(const pa_table *t, unsigned without, columns *c, pa_error *err)
{
    PA_TRY(PA_NEW(c->column, t->n_columns, err));
    c->n = pa_table_by_role(t, PA_ROLE_FEATURE, without, c->column);
    return PA_OK;
}

static pa_status put_names(const columns *features, pa_store *model, pa_error *err)
{
    void *data;
    PA_TRY(pa_store_put_names(model, "feature_name", features->n, NAME_BYTES,
                              "columns that the detector reads, by number", &data, err));
    for (size_t i = 0; i < features->n; i++) {
        const char *name = features->column[i]->spec.name;
        PA_ASSERT(strlen(name) < NAME_BYTES);
        memcpy((char *)data + i * NAME_BYTES, name, strlen(name));
    }
    return PA_OK;
}

static pa_status too_few_rows(const pa_detector *d, int64_t n, pa_error *err)
{
    const char *from = d->supervised ? "train_from" : "reference_from";
    const char *until = d->supervised ? "train_until" : "train_from";
    return pa_fail(err, PA_E_CONFIG,
                   "%s: %lld transactions lie between split.%s and split.%s, at least %lld are "
                   "needed: set split.%s earlier or split.%s later",
                   d->title, (long long)n, from, until, (long long)d->least_rows, from, until);
}

/* The scores that the fitting rows themselves get, in steps that every rank takes. */
static pa_status score_fitting_rows(pa_run *run, const pa_detector *d, const pa_points *points,
                                    const pa_store *model, float raw[])
{
    void *state = NULL;
    pa_tile tile = {0};
    size_t steps = pa_run_tiles(run, (size_t)points->n, STEP_TILES * PA_TILE_ROWS), done = 0;
    pa_status st = d->open(model, points->n_columns, false, &state, &run->err);
    if (st == PA_OK) st = pa_tile_open(&tile, points, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    for (size_t i = 0; st == PA_OK && i < steps; i++) {
        for (int t = 0; t < STEP_TILES && pa_tile_next(&tile); t++) {
            d->score(state, tile.n, tile.column, raw + done, NULL);
            done += tile.n;
        }
        st = pa_step(run, PA_OK);
    }
    pa_tile_free(&tile);
    d->close(state);
    return st;
}

/* The tail of those scores. */
static pa_status fit_tail(pa_run *run, const pa_detector *d, const pa_points *points,
                          pa_store *model)
{
    float *raw = NULL;
    size_t n = (size_t)points->n;
    size_t knots = (size_t)pa_detector_int(run->config, d, "tail_knots");
    pa_status st = pa_agree(run->comm, PA_NEW(raw, n, &run->err), &run->err);
    if (st == PA_OK) st = score_fitting_rows(run, d, points, model, raw);
    if (st == PA_OK) st = pa_tail_fit(run->comm, n, raw, knots, model, &run->err);
    pa_free(raw);
    return st;
}

static pa_status safe_point(void *job, pa_store *model, int64_t round)
{
    return pa_safe_point(job, model, round);
}

static pa_status step(void *job)
{
    return pa_safe_point_tile(job);
}

/* Whether a point here has a value in that column. */
static bool has_value(const pa_points *points, size_t column)
{
    size_t row[64], n, cursor = 0;
    float value[64];
    while ((n = pa_next_points(points, &cursor, sizeof row / sizeof *row, row))) {
        pa_point_values(points, column, n, row, value);
        for (size_t i = 0; i < n; i++)
            if (value[i] == value[i]) return true;
    }
    return false;
}

/* Says which columns are missing in all fitting rows, and so say nothing. */
static pa_status note_missing(pa_run *run, const pa_detector *d, const pa_points *points)
{
    int64_t *there = NULL;
    size_t missing = 0, first = 0;
    PA_AGREE(run->comm, PA_NEW(there, points->n_columns, &run->err), &run->err);
    for (size_t c = 0; c < points->n_columns; c++) there[c] = has_value(points, c);
    pa_max_i64(run->comm, there, points->n_columns);
    for (size_t c = points->n_columns; c-- > 0;) {
        if (there[c]) continue;
        missing++;
        first = c;
    }
    if (missing > 0)
        pa_run_note(run,
                    "the %s learns nothing from %zu of its columns, '%s' the first of them: the "
                    "value is missing in all transactions that it is fitted on",
                    d->title, missing, points->column[first]->spec.name);
    pa_free(there);
    return PA_OK;
}

pa_status pa_detector_fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    const pa_detector *d = running(run);
    const pa_detector_context context = {.comm = run->comm,
                                         .config = run->config,
                                         .log = run->log,
                                         .seed = run->seed,
                                         .safe_point = safe_point,
                                         .step = step,
                                         .job = run};
    columns features = {0};
    if (on->rows.n_global < d->least_rows) return too_few_rows(d, on->rows.n_global, &run->err);
    pa_status st = find_features(on->rows.table, left_out(d, run->config), &features, &run->err);
    if (st == PA_OK) st = put_names(&features, model, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    const pa_points points = pa_points_of(&on->rows, features.n, features.column);
    if (st == PA_OK) st = note_missing(run, d, &points);
    if (st == PA_OK) st = d->fit(&context, &points, model, &run->err);
    if (st == PA_OK) st = fit_tail(run, d, &points, model);
    pa_free(features.column);
    return st;
}

/* ---- a fitted model and the columns that it reads ---- */

typedef struct {
    const pa_detector *detector;
    columns features;
    int32_t *code; /* of each in the list of all features */
    pa_families families;
    int32_t *family_first, *member; /* of the families */
    void *state;
    pa_tail *tail;
    int64_t *part; /* n features x PA_TILE_ROWS */
    float raw[PA_TILE_ROWS];
    int32_t reason[PA_REASONS * PA_TILE_ROWS]; /* numbers of features, then codes */
    float share[PA_REASONS * PA_TILE_ROWS];
} judge;

static void close_judge(judge *j)
{
    if (!j) return;
    j->detector->close(j->state);
    pa_tail_free(j->tail);
    pa_free(j->features.column);
    pa_free(j->code);
    pa_free(j->family_first);
    pa_free(j->member);
    pa_free(j->part);
    pa_free(j);
}

/* The columns of the table that the model names. */
static pa_status find_named(const pa_store *model, const pa_table *tx, columns *c, pa_error *err)
{
    const void *names;
    size_t n;
    PA_TRY(pa_store_get(model, "feature_name", PA_BYTES, &names, &n, err));
    if (pa_store_find(model, "feature_name")->bytes != NAME_BYTES)
        return pa_fail(err, PA_E_DATA, "model '%s': the feature names are not of %d bytes",
                       model->name, NAME_BYTES);
    PA_TRY(PA_NEW(c->column, n, err));
    for (; c->n < n; c->n++) {
        char name[NAME_BYTES + 1] = {0};
        memcpy(name, (const char *)names + c->n * NAME_BYTES, NAME_BYTES);
        c->column[c->n] = pa_table_find(tx, name);
        if (!c->column[c->n] || c->column[c->n]->spec.role != PA_ROLE_FEATURE)
            return pa_fail(err, PA_E_DATA,
                           "model '%s' was fitted on feature column '%s', which is not there",
                           model->name, name);
    }
    return PA_OK;
}

/* Where the columns that it reads stand among all features. */
static pa_status find_codes(const pa_table *tx, const columns *features, int32_t **code,
                            pa_error *err)
{
    columns all = {0};
    pa_status st = find_features(tx, 0, &all, err);
    if (st == PA_OK) st = PA_NEW(*code, features->n, err);
    for (size_t f = 0; st == PA_OK && f < features->n; f++)
        while (all.column[(*code)[f]] != features->column[f]) (*code)[f]++;
    pa_free(all.column);
    return st;
}

/* Whether both say the same of a row; a feature without a family is alone. */
static bool are_alike(const pa_column *a, const pa_column *b)
{
    const char *x = a->spec.family, *y = b->spec.family;
    return a == b || (x && y && strcmp(x, y) == 0);
}

/* In the order of the first feature of each. */
static pa_status find_families(judge *j, pa_error *err)
{
    size_t n = j->features.n, n_members = 0;
    const pa_column **column = j->features.column;
    PA_TRY(PA_NEW(j->family_first, n + 1, err));
    PA_TRY(PA_NEW(j->member, n, err));
    for (size_t f = 0; f < n; f++) {
        bool met = false;
        for (size_t i = 0; i < f && !met; i++) met = are_alike(column[i], column[f]);
        if (met) continue;
        for (size_t i = f; i < n; i++)
            if (are_alike(column[f], column[i])) j->member[n_members++] = (int32_t)i;
        j->family_first[++j->families.n] = (int32_t)n_members;
    }
    j->families.first = j->family_first;
    j->families.member = j->member;
    return PA_OK;
}

/* A model ready to score and explain rows of the table. Local. */
static pa_status open_judge(const pa_detector *d, const pa_store *model, const pa_table *tx,
                            judge **opened, pa_error *err)
{
    judge *j;
    pa_status st;
    *opened = NULL;
    PA_TRY(PA_NEW(j, 1, err));
    j->detector = d;
    PA_GOTO(find_named(model, tx, &j->features, err));
    PA_GOTO(find_codes(tx, &j->features, &j->code, err));
    PA_GOTO(find_families(j, err));
    PA_GOTO(pa_tail_read(model, &j->tail, err));
    PA_GOTO(PA_NEW(j->part, j->features.n * PA_TILE_ROWS, err));
    PA_GOTO(d->open(model, j->features.n, true, &j->state, err));
    *opened = j;
    return PA_OK;
out:
    close_judge(j);
    return st;
}

/* Raw values, reasons as codes of features, and shares of the rows of a tile. */
static void judge_tile(judge *j, const pa_tile *tile)
{
    j->detector->score(j->state, tile->n, tile->column, j->raw, j->part);
    pa_drop_missing(j->features.n, tile->n, tile->column, j->part);
    pa_top_reasons(&j->families, tile->n, j->part, j->reason, j->share);
    for (size_t i = 0; i < PA_REASONS * tile->n; i++)
        if (j->reason[i] >= 0) j->reason[i] = j->code[j->reason[i]];
}

/* ---- apply ---- */

typedef struct {
    float *raw, *tail, *part[PA_REASONS];
    const pa_column *reason[PA_REASONS];
} written;

static pa_status add_column(pa_run *run, const pa_detector *d, const char *what, int k, void **data)
{
    char name[NAME_BYTES];
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

static void fill_tile(judge *j, const pa_tile *tile, const written *w)
{
    judge_tile(j, tile);
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
static pa_status fill(pa_run *run, judge *j, const pa_row_set *scored, const written *w)
{
    const pa_points points = pa_points_of(scored, j->features.n, j->features.column);
    size_t steps = pa_run_tiles(run, (size_t)scored->n, STEP_TILES * PA_TILE_ROWS);
    int64_t done = 0;
    pa_tile tile;
    pa_status st = pa_agree(run->comm, pa_tile_open(&tile, &points, &run->err), &run->err);
    for (size_t step = 0; st == PA_OK && step < steps; step++) {
        for (int t = 0; t < STEP_TILES && pa_tile_next(&tile); t++) {
            fill_tile(j, &tile, w);
            done += (int64_t)tile.n;
        }
        pa_log_progress(run->log, j->detector->name, done, scored->n);
        st = pa_step(run, PA_OK);
    }
    pa_tile_free(&tile);
    return st;
}

pa_status pa_detector_apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    const pa_detector *d = running(run);
    judge *j = NULL;
    written w;
    pa_row_set scored = pa_rows_scored(run->comm, tx, run->plan);
    pa_status st = open_judge(d, model, tx, &j, &run->err);
    if (st == PA_OK) st = add_written(run, d, tx, &w);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK) st = fill(run, j, &scored, &w);
    close_judge(j);
    return st;
}

/* ---- explain ---- */

static void put_reasons(const judge *j, size_t n, pa_explanation out[])
{
    for (size_t i = 0; i < n; i++) {
        memset(out + i, 0, sizeof out[i]);
        for (size_t k = 0; k < PA_REASONS; k++) {
            out[i].feature[k] = j->reason[k * n + i];
            out[i].part[k] = j->share[k * n + i];
        }
    }
}

static pa_status explain_tiles(judge *j, size_t n, const size_t rows[], pa_explanation out[],
                               pa_error *err)
{
    const pa_points points = {.n_columns = j->features.n, .column = j->features.column};
    pa_tile tile;
    pa_status st = pa_tile_open(&tile, &points, err);
    for (size_t done = 0; st == PA_OK && done < n; done += tile.n) {
        pa_tile_take(&tile, n - done < PA_TILE_ROWS ? n - done : PA_TILE_ROWS, rows + done);
        judge_tile(j, &tile);
        put_reasons(j, tile.n, out + done);
    }
    pa_tile_free(&tile);
    return st;
}

pa_status pa_detector_explain(pa_run *run, const pa_store *model, const pa_table *tx, size_t n,
                              const size_t rows[], pa_explanation out[])
{
    judge *j;
    PA_TRY(open_judge(running(run), model, tx, &j, &run->err));
    pa_status st = explain_tiles(j, n, rows, out, &run->err);
    close_judge(j);
    return st;
}

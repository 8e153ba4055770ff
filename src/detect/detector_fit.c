/* Fits: an unsupervised detector once, on the reference part; a supervised one twice. */
#include "detector_fit.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/detect/detector_stage.h"
#include "paraudit/order/tail_fit.h"

bool pa_detector_stood_aside(const pa_store *model)
{
    return pa_store_find(model, "stood_aside") != NULL;
}

/* ---- columns ---- */

typedef struct {
    size_t n;
    const pa_column **column;
} columns;

/* Keeps those that are chosen; spec, chosen: room for all. */
static pa_status choose(const pa_detector *d, const pa_config *config, columns *c, size_t n,
                        const pa_column_spec *spec[], bool chosen[], pa_error *err)
{
    for (size_t i = 0; i < n; i++) spec[i] = &c->column[i]->spec;
    PA_TRY(pa_detector_choose(d, config, n, spec, chosen, err));
    for (size_t i = 0; i < n; i++)
        if (chosen[i]) c->column[c->n++] = c->column[i];
    return PA_OK;
}

static pa_status find_features(const pa_detector *d, const pa_config *config, const pa_table *t,
                               columns *c, pa_error *err)
{
    const pa_column_spec **spec = NULL;
    bool *chosen = NULL;
    PA_TRY(PA_NEW(c->column, t->n_columns, err));
    size_t n = pa_table_by_role(t, PA_ROLE_FEATURE, 0, c->column);
    pa_status st = PA_NEW(spec, n, err);
    if (st == PA_OK) st = PA_NEW(chosen, n, err);
    if (st == PA_OK) st = choose(d, config, c, n, spec, chosen, err);
    pa_free(spec);
    pa_free(chosen);
    return st;
}

static pa_status put_names(const columns *features, pa_store *model, pa_error *err)
{
    void *data;
    PA_TRY(pa_store_put_names(model, "feature_name", features->n, PA_FEATURE_NAME,
                              "columns that the detector reads, by number", &data, err));
    for (size_t i = 0; i < features->n; i++) {
        const char *name = features->column[i]->spec.name;
        PA_ASSERT(strlen(name) < PA_FEATURE_NAME);
        memcpy((char *)data + i * PA_FEATURE_NAME, name, strlen(name));
    }
    return PA_OK;
}

static pa_status too_few_rows(const pa_detector *d, int64_t n, pa_error *err)
{
    return pa_fail(err, PA_E_CONFIG,
                   "%s: %lld transactions lie between split.reference_from and split.train_from, "
                   "at least %lld are needed: set split.reference_from earlier or split.train_from "
                   "later",
                   d->title, (long long)n, (long long)d->least_rows);
}

/* The scores that the fitting rows themselves get, in steps that every rank takes. */
static pa_status score_fitting_rows(pa_run *run, const pa_detector *d, const pa_points *points,
                                    const pa_store *model, float raw[])
{
    void *state = NULL;
    pa_tile tile = {0};
    size_t steps = pa_run_tiles(run, (size_t)points->n, PA_STEP_TILES * PA_TILE_ROWS), done = 0;
    pa_status st = d->open(model, points->n_columns, false, &state, &run->err);
    if (st == PA_OK) st = pa_tile_open(&tile, points, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    for (size_t i = 0; st == PA_OK && i < steps; i++) {
        for (int t = 0; t < PA_STEP_TILES && pa_tile_next(&tile); t++) {
            d->score(state, tile.n, tile.column, raw + done, NULL);
            done += tile.n;
        }
        st = pa_step(run, PA_OK);
    }
    pa_tile_free(&tile);
    d->close(state);
    return st;
}

/* The tail of the scores that they get by `by`, into the model. */
static pa_status fit_tail(pa_run *run, const pa_detector *d, const pa_points *points,
                          const pa_store *by, pa_store *model)
{
    float *raw = NULL;
    size_t n = (size_t)points->n;
    size_t knots = (size_t)pa_detector_int(run->config, d, "tail_knots");
    pa_status st = pa_agree(run->comm, PA_NEW(raw, n, &run->err), &run->err);
    if (st == PA_OK) st = score_fitting_rows(run, d, points, by, raw);
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

static pa_detector_context context_of(pa_run *run)
{
    return (pa_detector_context){.comm = run->comm,
                                 .config = run->config,
                                 .log = run->log,
                                 .seed = run->seed,
                                 .safe_point = safe_point,
                                 .step = step,
                                 .job = run};
}

/* ---- once ---- */

static pa_status fit_once(pa_run *run, const pa_detector *d, const pa_row_set *rows,
                          const columns *features, pa_store *model)
{
    const pa_detector_context context = context_of(run);
    const pa_points points = pa_points_of(rows, features->n, features->column);
    PA_AGREE(run->comm, put_names(features, model, &run->err), &run->err);
    PA_TRY(note_missing(run, d, &points));
    PA_TRY(d->fit(&context, &points, model, &run->err));
    return fit_tail(run, d, &points, model, model);
}

/* ---- twice ---- */

/* Rows with known labels, and these. */
typedef struct {
    pa_row_set rows;
    pa_points points;
    uint8_t *label;
    int64_t n_frauds; /* over all ranks */
} labelled;

/* l stays where it is: its points look at its rows. */
static pa_status find_labelled(pa_run *run, const pa_row_set *part, const pa_labels *labels,
                               int64_t when, const columns *features, labelled *l)
{
    l->rows = pa_rows_known(run->comm, part->table, part->from, part->until, labels, when);
    l->points = pa_points_of(&l->rows, features->n, features->column);
    return pa_rows_frauds(run->comm, &l->rows, &l->label, &l->n_frauds, &run->err);
}

static bool can_be_fitted_on(const labelled *l, const pa_detector *d)
{
    return l->rows.n_global >= d->least_rows && l->n_frauds > 0 && l->n_frauds < l->rows.n_global;
}

/* The earlier fold, with what was known when the training began, and the training, with what
 * is known when the audit begins. */
typedef struct {
    pa_labels labels;
    labelled earlier, train;
} folds;

static pa_status find_folds(pa_run *run, const pa_fitting *on, const columns *features, folds *f)
{
    const pa_time_plan *p = run->plan;
    f->labels = pa_labels_of(on->rows.table, p);
    PA_TRY(find_labelled(run, &on->earlier, &f->labels, p->train_from, features, &f->earlier));
    return find_labelled(run, &on->rows, &f->labels, pa_training_known_at(p), features, &f->train);
}

/* A book without labels is audited too. */
static pa_status stand_aside(pa_run *run, const pa_detector *d, const folds *f, pa_store *model)
{
    bool early = !can_be_fitted_on(&f->earlier, d);
    const labelled *l = early ? &f->earlier : &f->train;
    if (f->train.n_frauds + f->earlier.n_frauds > 0)
        pa_run_note(run,
                    "the %s stands aside: it is fitted on frauds and others, and %s has %lld known "
                    "frauds in %lld transactions whose label is known",
                    d->title,
                    early ? "the earlier fold (as long as the training, a label delay before it)"
                          : "the training",
                    (long long)l->n_frauds, (long long)l->rows.n_global);
    return pa_agree(run->comm,
                    pa_store_put(model, "stood_aside", PA_I64, 1, 1,
                                 "there were no labels that it could be fitted on", NULL,
                                 &run->err),
                    &run->err);
}

/* Chooses what there is to choose on the training rows, which it has not seen. A job that was
 * stopped behind it finds it set aside. */
static pa_status fit_earlier(pa_run *run, const pa_detector *d, const folds *f,
                             const columns *features, pa_store *model)
{
    pa_detector_context context = context_of(run);
    if (pa_store_find(model, PA_EARLIER "feature_name")) return PA_OK;
    PA_AGREE(run->comm, put_names(features, model, &run->err), &run->err);
    context.label = f->earlier.label;
    context.check = (pa_labelled){&f->train.points, f->train.label};
    PA_TRY(d->fit(&context, &f->earlier.points, model, &run->err));
    pa_store_set_aside(model, PA_EARLIER);
    model->round = 0;
    return PA_OK;
}

/* The tail is that of scores out of sample, by the model of the earlier fold. */
static pa_status fit_final(pa_run *run, const pa_detector *d, const folds *f,
                           const columns *features, const pa_store *earlier, pa_store *model)
{
    pa_detector_context context = context_of(run);
    PA_AGREE(run->comm, put_names(features, model, &run->err), &run->err);
    PA_TRY(note_missing(run, d, &f->train.points));
    context.label = f->train.label;
    context.chosen = earlier;
    PA_TRY(d->fit(&context, &f->train.points, model, &run->err));
    return fit_tail(run, d, &f->train.points, earlier, model);
}

static pa_status fit_folds(pa_run *run, const pa_detector *d, const folds *f,
                           const columns *features, pa_store *model)
{
    pa_store earlier = {0};
    if (!can_be_fitted_on(&f->earlier, d) || !can_be_fitted_on(&f->train, d))
        return stand_aside(run, d, f, model);
    PA_TRY(fit_earlier(run, d, f, features, model));
    PA_AGREE(run->comm, pa_store_view(model, PA_EARLIER, &earlier, &run->err), &run->err);
    pa_status st = fit_final(run, d, f, features, &earlier, model);
    pa_store_free(&earlier);
    return st;
}

static pa_status fit_twice(pa_run *run, const pa_detector *d, const pa_fitting *on,
                           const columns *features, pa_store *model)
{
    folds f = {0};
    pa_status st = find_folds(run, on, features, &f);
    if (st == PA_OK) st = fit_folds(run, d, &f, features, model);
    pa_free(f.earlier.label);
    pa_free(f.train.label);
    return st;
}

pa_status pa_detector_fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    const pa_detector *d = run->stage->about;
    columns features = {0};
    if (!d->supervised && on->rows.n_global < d->least_rows)
        return too_few_rows(d, on->rows.n_global, &run->err);
    pa_status st = find_features(d, run->config, on->rows.table, &features, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK)
        st = d->supervised ? fit_twice(run, d, on, &features, model)
                           : fit_once(run, d, &on->rows, &features, model);
    pa_free(features.column);
    return st;
}

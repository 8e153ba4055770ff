#include "boosting_fit.h"

#include <math.h>
#include <string.h>

#include "boosting_directions.h"
#include "boosting_edges.h"
#include "boosting_tree.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"
#include "paraudit/base/stop.h"

/* Of the loss that is compared: 2^-24 of a nat; what a row loses is cut at 1000. */
static const double LOSS_UNITS = 16777216, MOST_LOSS = 1000;

typedef struct {
    pa_boosting_shape shape;
    pa_boosting_growth growth;
    size_t max_bins, n_drawn; /* columns that a tree is grown on */
    double row_share;
    int64_t patience;
} settings;

/* A cut as rows of bins meet it. */
typedef struct {
    int32_t column; /* -1: none */
    uint16_t bin, missing_bin;
    bool missing_left;
} bin_cut;

/* Where the grown trees go, in the store. */
typedef struct {
    pa_boosting_tree all;
    double *start;
    int64_t *best; /* rounds that did best on the check rows, and what those lose; 0: none yet */
} model_arrays;

typedef struct {
    const pa_detector_context *x;
    const pa_points *points;
    settings set;
    model_arrays out;
    pa_boosting_edges edges;
    pa_boosting_rows rows, check;
    pa_boosting_grower *grower;
    int8_t *direction; /* columns */
    double *margin;    /* bags x rows: of each bag by itself */
    double *check_sum; /* of the trees of all bags */
    uint64_t *drawn;   /* columns */
    uint32_t *column;  /* the same */
    bin_cut *cut;      /* a tree */
} fitter;

static void free_fitter(fitter *f)
{
    pa_boosting_edges_free(&f->edges);
    pa_boosting_rows_free(&f->rows);
    pa_boosting_rows_free(&f->check);
    pa_boosting_grower_free(f->grower);
    pa_free(f->direction);
    pa_free(f->margin);
    pa_free(f->check_sum);
    pa_free(f->drawn);
    pa_free(f->column);
    pa_free(f->cut);
}

/* ---- settings ---- */

static pa_status read_rounds(const pa_detector_context *x, int32_t *rounds, pa_error *err)
{
    const void *shape;
    size_t n;
    *rounds = (int32_t)pa_config_int(x->config, "boosting.rounds");
    if (!x->chosen) return PA_OK;
    PA_TRY(pa_store_get(x->chosen, "shape", PA_I32, &shape, &n, err));
    if (n == 4) *rounds = ((const int32_t *)shape)[0];
    if (n == 4 && *rounds >= 1 && *rounds <= PA_BOOSTING_MAX_ROUNDS) return PA_OK;
    return pa_fail(err, PA_E_DATA, "model '%s': its number of rounds is out of range",
                   x->chosen->name);
}

static pa_boosting_limits read_limits(const pa_config *c)
{
    double least = pa_config_real(c, "boosting.min_child") * PA_BOOSTING_ONE;
    return (pa_boosting_limits){.l2 = pa_config_real(c, "boosting.l2"),
                                .least_gain = pa_config_real(c, "boosting.min_gain"),
                                .least_hessian = least > 1 ? (int64_t)least : 1};
}

static pa_status read_settings(const pa_detector_context *x, size_t n_columns, settings *s,
                               pa_error *err)
{
    const pa_config *c = x->config;
    int32_t rounds, depth = (int32_t)pa_config_int(c, "boosting.depth");
    PA_TRY(read_rounds(x, &rounds, err));
    double drawn = pa_config_real(c, "boosting.column_share") * (double)n_columns;
    *s = (settings){
        .shape = {rounds, (int32_t)pa_config_int(c, "boosting.bags"), (int32_t)n_columns, depth},
        .growth = {.depth = depth,
                   .most_leaves = (int32_t)pa_config_int(c, "boosting.leaves"),
                   .rate = pa_config_real(c, "boosting.rate"),
                   .limits = read_limits(c)},
        .max_bins = (size_t)pa_config_int(c, "boosting.bins"),
        .n_drawn = drawn > 1 ? (size_t)(drawn + 0.5) : 1,
        .row_share = pa_config_real(c, "boosting.row_share"),
        .patience = pa_config_int(c, "boosting.patience"),
    };
    return PA_OK;
}

static pa_status read_directions(fitter *f, pa_error *err)
{
    const char *key = "boosting.monotone";
    const pa_column_spec **spec = NULL;
    size_t n = f->points->n_columns;
    PA_TRY(PA_NEW(f->direction, n, err));
    PA_TRY(PA_NEW(spec, n, err));
    for (size_t c = 0; c < n; c++) spec[c] = &f->points->column[c]->spec;
    pa_status st =
        pa_boosting_directions(key, pa_config_text(f->x->config, key), n, spec, f->direction, err);
    f->set.growth.direction = f->direction;
    pa_free(spec);
    return st;
}

/* ---- the store ---- */

static size_t trees_of(const pa_boosting_shape *s)
{
    return (size_t)s->n_rounds * (size_t)s->n_bags;
}

static pa_status put_trees(pa_store *model, size_t n_trees, size_t n, pa_boosting_tree *t,
                           pa_error *err)
{
    void *feature, *threshold, *missing, *value, *rows;
    PA_TRY(
        pa_store_put(model, "feature", PA_I32, n_trees, n,
                     "column number of each cut; the children of place p are 2p and 2p+1; -1: none",
                     &feature, err));
    PA_TRY(pa_store_put(model, "threshold", PA_F32, n_trees, n,
                        "smaller values go to place 2p; NaN: all values that are known", &threshold,
                        err));
    PA_TRY(pa_store_put(model, "missing", PA_I8, n_trees, n,
                        "1: a missing value goes to place 2p, 0: to 2p+1", &missing, err));
    PA_TRY(pa_store_put(model, "value", PA_F64, n_trees, 2 * n, "what a leaf adds, log-odds",
                        &value, err));
    PA_TRY(pa_store_put(model, "rows", PA_I64, n_trees, 2 * n,
                        "rows that the tree was grown from, at each place", &rows, err));
    *t = (pa_boosting_tree){feature, threshold, missing, value, rows};
    return PA_OK;
}

static pa_status put_shape(pa_store *model, const pa_boosting_shape *s, pa_error *err)
{
    void *data;
    PA_TRY(pa_store_put(model, "shape", PA_I32, 4, 1, "rounds, bags, features, depth", &data, err));
    const int32_t shape[4] = {s->n_rounds, s->n_bags, s->n_features, s->depth};
    memcpy(data, shape, sizeof shape);
    return PA_OK;
}

static pa_status put_edges(pa_store *model, const pa_boosting_edges *e, pa_error *err)
{
    void *first, *edge;
    size_t n = (size_t)e->first[e->n_columns];
    PA_TRY(pa_store_put(model, "edge_first", PA_I64, e->n_columns + 1, 1,
                        "where each column's edges begin", &first, err));
    PA_TRY(pa_store_put(model, "edge", PA_F32, n, 1, "where bins of values begin", &edge, err));
    memcpy(first, e->first, (e->n_columns + 1) * sizeof *e->first);
    if (n > 0) memcpy(edge, e->edge, n * sizeof *e->edge);
    return PA_OK;
}

static bool is_free(const fitter *f)
{
    for (size_t c = 0; c < f->points->n_columns; c++)
        if (f->direction[c]) return false;
    return true;
}

/* Where any column has one. */
static pa_status put_directions(const fitter *f, pa_store *model, pa_error *err)
{
    void *direction;
    size_t n = f->points->n_columns;
    if (is_free(f)) return PA_OK;
    PA_TRY(pa_store_put(model, "direction", PA_I8, n, 1,
                        "1: more of the column never lowers the log-odds, -1: never raises them, "
                        "0: may do either",
                        &direction, err));
    memcpy(direction, f->direction, n);
    return PA_OK;
}

/* Room for the trees in the model, and where it is. Local. */
static pa_status put_model(fitter *f, pa_store *model, pa_error *err)
{
    void *start, *best;
    PA_TRY(put_shape(model, &f->set.shape, err));
    PA_TRY(put_edges(model, &f->edges, err));
    PA_TRY(
        pa_store_put(model, "start", PA_F64, 1, 1, "log-odds before the first tree", &start, err));
    PA_TRY(pa_store_put(model, "best", PA_I64, 2, 1,
                        "rounds that later rows were foretold best by, and their loss in 2^-24; "
                        "0: none was asked",
                        &best, err));
    f->out.start = start;
    f->out.best = best;
    PA_TRY(put_directions(f, model, err));
    return put_trees(model, trees_of(&f->set.shape), (size_t)1 << f->set.shape.depth, &f->out.all,
                     err);
}

static pa_boosting_tree tree_at(const fitter *f, size_t tree)
{
    size_t n = (size_t)1 << f->set.shape.depth;
    const pa_boosting_tree *t = &f->out.all;
    return (pa_boosting_tree){t->feature + tree * n, t->threshold + tree * n, t->missing + tree * n,
                              t->value + tree * 2 * n, t->rows + tree * 2 * n};
}

static pa_status get_matrix(const pa_store *store, const char *name, pa_type type, size_t n,
                            size_t width, const void **data, pa_error *err)
{
    size_t found;
    PA_TRY(pa_store_get(store, name, type, data, &found, err));
    const pa_store_array *a = pa_store_find(store, name);
    if (found == n && a->width == width && a->spread == PA_REPLICATED) return PA_OK;
    return pa_fail(err, PA_E_DATA, "model '%s': '%s' is not %zu x %zu values", store->name, name, n,
                   width);
}

pa_status pa_boosting_read(const pa_store *store, size_t n_features, pa_boosting_model *m,
                           pa_error *err)
{
    const void *shape, *start, *feature, *threshold, *missing, *value, *rows;
    PA_TRY(get_matrix(store, "shape", PA_I32, 4, 1, &shape, err));
    const int32_t *s = shape;
    m->shape = (pa_boosting_shape){s[0], s[1], s[2], s[3]};
    PA_TRY(pa_boosting_check_shape(&m->shape, err));
    if ((size_t)s[2] != n_features)
        return pa_fail(err, PA_E_DATA, "model '%s': %d features, %zu names of features",
                       store->name, (int)s[2], n_features);
    size_t n_trees = trees_of(&m->shape), n = (size_t)1 << s[3];
    PA_TRY(get_matrix(store, "start", PA_F64, 1, 1, &start, err));
    PA_TRY(get_matrix(store, "feature", PA_I32, n_trees, n, &feature, err));
    PA_TRY(get_matrix(store, "threshold", PA_F32, n_trees, n, &threshold, err));
    PA_TRY(get_matrix(store, "missing", PA_I8, n_trees, n, &missing, err));
    PA_TRY(get_matrix(store, "value", PA_F64, n_trees, 2 * n, &value, err));
    PA_TRY(get_matrix(store, "rows", PA_I64, n_trees, 2 * n, &rows, err));
    m->start = *(const double *)start;
    m->feature = feature;
    m->threshold = threshold;
    m->missing = missing;
    m->value = value;
    m->rows = rows;
    return PA_OK;
}

/* ---- rows of bins, and trees on them ---- */

static pa_status bin_points(const pa_boosting_edges *edges, const pa_points *points,
                            pa_boosting_rows *rows, pa_error *err)
{
    pa_tile tile = {0};
    size_t done = 0;
    pa_status st = pa_boosting_rows_new(rows, (size_t)points->n, points->n_columns, err);
    if (st == PA_OK) st = pa_tile_open(&tile, points, err);
    for (; st == PA_OK && pa_tile_next(&tile); done += tile.n)
        for (size_t c = 0; c < points->n_columns; c++)
            pa_boosting_bin(edges, c, done, tile.n, tile.column[c], rows);
    pa_tile_free(&tile);
    return st;
}

/* The bin whose upper edge a threshold is. */
static bool find_bin(const pa_boosting_edges *e, size_t column, float threshold, size_t *bin)
{
    size_t low = 0, n = pa_boosting_value_bins(e, column) - 1, high = n;
    const float *edge = e->edge + e->first[column];
    *bin = n;
    if (threshold != threshold) return true;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (edge[middle] < threshold)
            low = middle + 1;
        else
            high = middle;
    }
    *bin = low;
    return low < n && edge[low] == threshold;
}

/* Tree number `tree` into f->cut. PA_E_DATA where a cut is at no edge. */
static pa_status load_cuts(fitter *f, size_t tree, pa_error *err)
{
    const pa_boosting_tree t = tree_at(f, tree);
    for (size_t p = 1; p < (size_t)1 << f->set.shape.depth; p++) {
        bin_cut *c = f->cut + p;
        size_t bin;
        c->column = t.feature[p];
        if (c->column < 0) continue;
        if (!find_bin(&f->edges, (size_t)c->column, t.threshold[p], &bin))
            return pa_fail(err, PA_E_DATA, "the unfinished trees are not of these rows");
        c->bin = (uint16_t)bin;
        c->missing_bin = (uint16_t)pa_boosting_value_bins(&f->edges, (size_t)c->column);
        c->missing_left = t.missing[p];
    }
    return PA_OK;
}

static size_t leaf_of(const fitter *f, const uint16_t bin[])
{
    size_t n = (size_t)1 << f->set.shape.depth, p = 1;
    while (p < n && f->cut[p].column >= 0) {
        const bin_cut *c = f->cut + p;
        uint16_t b = bin[c->column];
        bool left = b == c->missing_bin ? c->missing_left : b <= c->bin;
        p = 2 * p + !left;
    }
    return p;
}

/* Adds to sum[] the leaves of the tree in f->cut that rows come to. */
static void add_leaves(const fitter *f, size_t tree, const pa_boosting_rows *rows, double sum[])
{
    const pa_boosting_tree t = tree_at(f, tree);
    for (size_t i = 0; i < rows->n; i++)
        sum[i] += t.value[leaf_of(f, rows->bin + i * rows->stride)];
}

/* ---- rounds ---- */

/* The rows that a tree is grown from. Returns how many. */
static size_t draw_entries(const fitter *f, size_t tree, const double margin[])
{
    pa_boosting_entry *entry = pa_boosting_entries(f->grower);
    size_t n = 0;
    for (size_t i = 0; i < f->rows.n; i++) {
        uint64_t ordinal = (uint64_t)f->points->before + i;
        if (f->set.row_share < 1 &&
            pa_uniform(f->x->seed, PA_DRAW_BOOSTING_ROWS, ordinal, tree) >= f->set.row_share)
            continue;
        pa_boosting_slope(margin[i], f->x->label[i], entry + n);
        entry[n++].row = (uint32_t)i;
    }
    return n;
}

static const uint32_t *draw_columns(const fitter *f, size_t tree)
{
    if (f->set.n_drawn >= f->points->n_columns) return NULL;
    pa_draw_distinct(f->x->seed, PA_DRAW_BOOSTING_COLUMNS, tree, f->points->n_columns,
                     f->set.n_drawn, f->drawn);
    for (size_t k = 0; k < f->set.n_drawn; k++) f->column[k] = (uint32_t)f->drawn[k];
    return f->column;
}

/* Collective. */
static pa_status grow_tree(fitter *f, size_t tree, pa_error *err)
{
    double *margin = f->margin + tree % (size_t)f->set.shape.n_bags * f->rows.n;
    bool sampled = f->set.row_share < 1;
    const pa_boosting_tree to = tree_at(f, tree);
    size_t n = draw_entries(f, tree, margin);
    PA_TRY(pa_boosting_grow(f->grower, n, f->set.n_drawn, draw_columns(f, tree), &to,
                            sampled ? NULL : margin, err));
    PA_TRY(load_cuts(f, tree, err));
    if (sampled) add_leaves(f, tree, &f->rows, margin);
    add_leaves(f, tree, &f->check, f->check_sum);
    return PA_OK;
}

static double loss_of(double margin, uint8_t label)
{
    double z = label ? -margin : margin;
    double loss = z > 0 ? z + pa_ln1p(pa_exp(-z)) : pa_ln1p(pa_exp(z));
    return loss < MOST_LOSS ? loss : MOST_LOSS;
}

static bool has_check(const fitter *f)
{
    return f->x->check.points && f->x->check.points->n_global > 0;
}

/* What the check rows of all ranks lose after `rounds` rounds; keeps the best. Collective. */
static void check_round(fitter *f, int64_t rounds)
{
    int64_t loss = 0;
    if (!has_check(f)) return;
    for (size_t i = 0; i < f->check.n; i++) {
        double margin = *f->out.start + f->check_sum[i] / f->set.shape.n_bags;
        loss += (int64_t)(loss_of(margin, f->x->check.label[i]) * LOSS_UNITS + 0.5);
    }
    pa_sum_i64(f->x->comm, &loss, 1);
    if (f->out.best[0] > 0 && loss >= f->out.best[1]) return;
    f->out.best[0] = rounds;
    f->out.best[1] = loss;
}

static bool is_over(const fitter *f, int64_t rounds)
{
    return rounds >= f->set.shape.n_rounds ||
           (has_check(f) && f->out.best[0] > 0 && rounds - f->out.best[0] >= f->set.patience);
}

/* The rounds that are left. Collective. */
static pa_status grow_trees(fitter *f, pa_store *model, int64_t *rounds, pa_error *err)
{
    size_t n_bags = (size_t)f->set.shape.n_bags;
    for (*rounds = model->round; !is_over(f, *rounds); ++*rounds) {
        for (size_t bag = 0; bag < n_bags; bag++)
            PA_TRY(grow_tree(f, (size_t)*rounds * n_bags + bag, err));
        check_round(f, *rounds + 1);
        pa_log_progress(f->x->log, "boosting: fit", *rounds + 1, f->set.shape.n_rounds);
        PA_TRY(pa_detector_safe_point(f->x, model, *rounds));
    }
    return PA_OK;
}

/* Leaves the first n_rounds rounds in the model. Local. */
static pa_status cut_model(fitter *f, int32_t n_rounds, pa_store *model, pa_error *err)
{
    const char *const names[] = {"feature", "threshold", "missing", "value", "rows"};
    void *kept[5] = {0};
    pa_boosting_tree t;
    pa_boosting_shape shape = f->set.shape;
    pa_status st = PA_OK;
    if (n_rounds == shape.n_rounds) return PA_OK;
    shape.n_rounds = n_rounds;
    size_t part[5];
    for (int i = 0; st == PA_OK && i < 5; i++) {
        const pa_store_array *a = pa_store_find(model, names[i]);
        part[i] = trees_of(&shape) * a->width * pa_type_size(a->type, 0);
        kept[i] = pa_alloc(part[i], 1, err);
        if (kept[i])
            memcpy(kept[i], a->data, part[i]);
        else
            st = PA_E_MEMORY;
    }
    if (st == PA_OK) st = put_shape(model, &shape, err);
    if (st == PA_OK) st = put_trees(model, trees_of(&shape), (size_t)1 << shape.depth, &t, err);
    for (int i = 0; i < 5; i++) {
        if (st == PA_OK) memcpy(pa_store_find(model, names[i])->data, kept[i], part[i]);
        pa_free(kept[i]);
    }
    return st;
}

/* ---- begin, and begin again ---- */

static pa_status begin(fitter *f, pa_store *model, double start, pa_error *err)
{
    PA_TRY(put_model(f, model, err));
    *f->out.start = start;
    return PA_OK;
}

/* The trees of a fit that was interrupted, which a checkpoint may have damaged. Local. */
static pa_status begin_again(fitter *f, const pa_store *model, pa_error *err)
{
    pa_boosting_model m;
    const void *best;
    PA_TRY(pa_boosting_read(model, f->points->n_columns, &m, err));
    PA_TRY(get_matrix(model, "best", PA_I64, 2, 1, &best, err));
    const pa_boosting_shape *s = &f->set.shape;
    if (memcmp(&m.shape, s, sizeof *s) != 0 || model->round > s->n_rounds)
        return pa_fail(err, PA_E_DATA, "the unfinished trees are not of these settings");
    PA_TRY(pa_boosting_check_trees(&m, (size_t)model->round * (size_t)s->n_bags, err));
    f->out.all = (pa_boosting_tree){
        pa_store_find(model, "feature")->data, pa_store_find(model, "threshold")->data,
        pa_store_find(model, "missing")->data, pa_store_find(model, "value")->data,
        pa_store_find(model, "rows")->data};
    f->out.start = pa_store_find(model, "start")->data;
    f->out.best = pa_store_find(model, "best")->data;
    if (f->out.best[0] >= 0 && f->out.best[0] <= model->round) return PA_OK;
    return pa_fail(err, PA_E_DATA, "the unfinished trees did best in a round to come");
}

/* The margins where the trees that are there leave them. */
static pa_status find_margins(fitter *f, const pa_store *model, pa_error *err)
{
    size_t n_bags = (size_t)f->set.shape.n_bags, n = f->rows.n;
    for (size_t i = 0; i < n_bags * n; i++) f->margin[i] = *f->out.start;
    for (size_t t = 0; t < (size_t)model->round * n_bags; t++) {
        PA_TRY(load_cuts(f, t, err));
        add_leaves(f, t, &f->rows, f->margin + t % n_bags * n);
        add_leaves(f, t, &f->check, f->check_sum);
    }
    return PA_OK;
}

static pa_status make_room(fitter *f, pa_error *err)
{
    size_t bags = (size_t)f->set.shape.n_bags;
    PA_TRY(bin_points(&f->edges, f->points, &f->rows, err));
    if (has_check(f)) PA_TRY(bin_points(&f->edges, f->x->check.points, &f->check, err));
    PA_TRY(PA_NEW(f->margin, bags * f->rows.n, err));
    PA_TRY(PA_NEW(f->check_sum, f->check.n, err));
    PA_TRY(PA_NEW(f->drawn, f->set.n_drawn, err));
    PA_TRY(PA_NEW(f->column, f->set.n_drawn, err));
    return PA_NEW(f->cut, (size_t)1 << f->set.shape.depth, err);
}

/* Log-odds of all points' labels, as if half a row more were of each class. Collective. */
static double start_of(const fitter *f)
{
    int64_t frauds = 0;
    if (strcmp(pa_config_text(f->x->config, "boosting.start"), "even") == 0) return 0;
    for (int64_t i = 0; i < f->points->n; i++) frauds += f->x->label[i] != 0;
    pa_sum_i64(f->x->comm, &frauds, 1);
    return pa_ln(((double)frauds + 0.5) / ((double)(f->points->n_global - frauds) + 0.5));
}

/* Of the final model the one of the earlier fold is saved, before its first round as well. */
static pa_status safe_point_ahead(const fitter *f, pa_store *model)
{
    bool has_any = f->x->chosen || model->round > 0;
    return has_any ? pa_detector_safe_point(f->x, model, model->round - 1) : PA_OK;
}

/* Nothing of the model is touched, so it may be stopped. Collective. */
static pa_status find_edges(fitter *f, pa_store *model, pa_error *err)
{
    bool allowed = pa_stop_allowed();
    pa_stop_allow(true);
    pa_status st = pa_boosting_find_edges(f->x->comm, f->points, f->set.max_bins, &f->edges, err);
    pa_stop_allow(allowed);
    if (st != PA_OK && st != PA_E_AGAIN) return st;
    pa_status saved = safe_point_ahead(f, model);
    return saved == PA_OK ? st : saved;
}

pa_status pa_boosting_fit(const pa_detector_context *x, const pa_points *points, pa_store *model,
                          pa_error *err)
{
    fitter f = {.x = x, .points = points};
    int64_t rounds = 0;
    pa_status st;
    PA_ASSERT(x->label || points->n == 0);
    st = read_settings(x, points->n_columns, &f.set, err);
    if (st == PA_OK) st = read_directions(&f, err);
    PA_GOTO(pa_agree(x->comm, st, err));
    PA_GOTO(find_edges(&f, model, err));
    double start = start_of(&f);
    PA_GOTO(pa_agree(x->comm, make_room(&f, err), err));
    PA_GOTO(safe_point_ahead(&f, model));
    st = model->round > 0 ? begin_again(&f, model, err) : begin(&f, model, start, err);
    if (st == PA_OK) st = find_margins(&f, model, err);
    PA_GOTO(pa_agree(x->comm, st, err));
    PA_GOTO(pa_boosting_grower_new(x->comm, &f.set.growth, &f.edges, &f.rows, &f.grower, err));
    PA_GOTO(grow_trees(&f, model, &rounds, err));
    if (has_check(&f)) rounds = f.out.best[0];
    st = pa_agree(x->comm, cut_model(&f, (int32_t)rounds, model, err), err);
out:
    free_fitter(&f);
    return st;
}

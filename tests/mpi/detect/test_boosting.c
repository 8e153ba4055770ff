#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"
#include "paraudit/detect/boosting_detector.h"

/* A matrix that every rank knows whole: smooth values, few values, holes, bytes, a
 * column that is nowhere known, one that is everywhere alike, one far out, which is a double,
 * and one that half the rows have the same value in. */
enum { ROWS = 1500, COLUMNS = 8, SEED = 17, MOST_TREES = 60, MOST_HEAP = 64 };

static double value_at(size_t column, size_t row)
{
    double u = pa_uniform(1, PA_DRAW_TEST, column, row);
    switch (column) {
    case 0:
        return u + pa_uniform(2, PA_DRAW_TEST, column, row);
    case 1:
        return floor(u * 4);
    case 2:
        return u < 0.3 ? NAN : -u;
    case 3:
        return floor(u * 100) - 50;
    case 4:
        return NAN;
    case 5:
        return 7;
    case 6:
        return u < 0.1 ? 1e308 : u < 0.2 ? -1e308 : u < 0.3 ? NAN : u;
    default:
        return u < 0.5 ? 1 : u < 0.55 ? -u : 2 * u;
    }
}

/* Odds of a fraud hang on several columns, on gaps too. */
static uint8_t label_at(size_t row)
{
    double odds = value_at(0, row) * 2 - 3 + (value_at(1, row) == 2 ? 2 : 0);
    odds += isnan(value_at(2, row)) ? 1.5 : value_at(2, row);
    odds += value_at(6, row) > 1e300 ? 2 : 0;
    return pa_uniform(3, PA_DRAW_TEST, 0, row) < 1 / (1 + exp(-odds * 2));
}

/* What the columns say of the odds; true of none. */
static const char *const name_of[COLUMNS] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"};
static const int8_t direction_of[COLUMNS] = {1, -1, 1, 0, 1, 0, -1, 1};

/* What this rank holds of `all` rows of it. */
typedef struct {
    float value[COLUMNS][ROWS];
    double far[ROWS];
    int8_t small[ROWS];
    uint8_t label[ROWS];
    pa_column column[COLUMNS];
    const pa_column *list[COLUMNS];
    size_t first, n;
    pa_points points;
} slice;

/* Uneven; of three ranks and more, rank 1 has no row. */
static size_t first_row(size_t all, int rank, int n_ranks)
{
    if (rank == 0) return 0;
    if (rank >= n_ranks) return all;
    if (n_ranks > 2 && rank == 1) return first_row(all, 2, n_ranks);
    return all * (size_t)(rank * rank) / (size_t)(n_ranks * n_ranks);
}

/* Rows base .. base + all - 1. */
static void take_slice(slice *s, size_t base, size_t all)
{
    int rank = pa_comm_rank(pa_test_comm()), n_ranks = pa_comm_size(pa_test_comm());
    s->first = first_row(all, rank, n_ranks) + base;
    s->n = first_row(all, rank + 1, n_ranks) + base - s->first;
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t i = 0; i < s->n; i++) s->value[c][i] = (float)value_at(c, s->first + i);
        s->column[c] = (pa_column){.spec = {.type = PA_F32}, .data = s->value[c]};
        s->list[c] = s->column + c;
    }
    for (size_t i = 0; i < s->n; i++) {
        s->small[i] = (int8_t)value_at(3, s->first + i);
        s->far[i] = value_at(6, s->first + i);
        s->label[i] = label_at(s->first + i);
    }
    s->column[3] = (pa_column){.spec = {.type = PA_I8}, .data = s->small};
    s->column[6] = (pa_column){.spec = {.type = PA_F64}, .data = s->far};
    for (size_t c = 0; c < COLUMNS; c++) {
        s->column[c].spec.name = name_of[c];
        s->column[c].spec.direction = direction_of[c];
    }
    s->points = pa_all_points(pa_test_comm(), s->n, COLUMNS, s->list);
}

/* ---- fits ---- */

static pa_config *settings(const char *const list[])
{
    const pa_option_spec *const tables[] = {pa_boosting_detector.options};
    pa_config *config = NULL;
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, NULL), PA_OK);
    for (size_t i = 0; list[i]; i++)
        CU_ASSERT_EQUAL(pa_config_set(config, list[i], "command line", NULL), PA_OK);
    return config;
}

static pa_detector_context context_of(const slice *s, const pa_config *config)
{
    return (pa_detector_context){
        .comm = pa_test_comm(), .config = config, .seed = SEED, .label = s->label};
}

static void fit(const slice *s, const char *const list[], pa_store *model)
{
    pa_config *config = settings(list);
    pa_error err = {0};
    const pa_detector_context x = context_of(s, config);
    pa_store_init(model, "boosting", 1);
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &s->points, model, &err), PA_OK);
    pa_config_free(config);
}

static const void *data_of(const pa_store *model, const char *name)
{
    const pa_store_array *a = pa_store_find(model, name);
    return a ? a->data : NULL;
}

static bool are_alike(const pa_store *a, const pa_store *b)
{
    bool alike = a->n_arrays == b->n_arrays;
    for (size_t i = 0; alike && i < a->n_arrays; i++) {
        const pa_store_array *x = a->arrays + i, *y = pa_store_find(b, x->name);
        alike = y && pa_store_array_bytes(x) == pa_store_array_bytes(y) &&
                memcmp(x->data, y->data, pa_store_array_bytes(x)) == 0;
    }
    return alike;
}

/* ---- the twin: greedy trees in plain loops over all rows ---- */

enum { ONE = 1 << 30 };

typedef struct {
    const char *const *settings;
    size_t n, rounds, bags, depth, leaves, n_drawn;
    double rate, l2, least, row_share, start;
    int8_t direction[COLUMNS];
    const int64_t *first; /* the model's edges */
    const float *edge;
    int bin[COLUMNS][ROWS], missing[COLUMNS];
    double margin[MOST_TREES][ROWS]; /* of each bag */
    int64_t gradient[ROWS], hessian[ROWS];
    bool drawn[COLUMNS];
    int place[ROWS];                                /* in the tree that is grown; 0: not in it */
    double low[2 * MOST_HEAP], high[2 * MOST_HEAP]; /* what its places may pay */
    int32_t feature[MOST_TREES][MOST_HEAP];
    float threshold[MOST_TREES][MOST_HEAP];
    int8_t to_left[MOST_TREES][MOST_HEAP];
    double value[MOST_TREES][2 * MOST_HEAP];
    int64_t rows[MOST_TREES][2 * MOST_HEAP];
} twin;

typedef struct {
    double gain;
    size_t column;
    int bin, low; /* low: the last bin on the left that is not empty */
    bool left;    /* missing values */
} cut;

static void bin_rows(twin *t)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        t->missing[c] = (int)(t->first[c + 1] - t->first[c]) + 1;
        for (size_t r = 0; r < t->n; r++) {
            float v = (float)value_at(c, r);
            t->bin[c][r] = isnan(v) ? t->missing[c] : 0;
            for (int64_t i = t->first[c]; !isnan(v) && i < t->first[c + 1]; i++)
                t->bin[c][r] += t->edge[i] <= v;
        }
    }
}

static bool is_left(const twin *t, const cut *k, size_t row)
{
    int bin = t->bin[k->column][row];
    return bin == t->missing[k->column] ? k->left : bin <= k->bin;
}

/* Whether all rows that go to the right lack the value. */
static bool parts_missing(const twin *t, int place, const cut *k)
{
    for (size_t r = 0; r < t->n; r++)
        if (t->place[r] == place && t->bin[k->column][r] > k->bin &&
            t->bin[k->column][r] < t->missing[k->column])
            return false;
    return true;
}

static double pay_of(const twin *t, int place, int64_t g, int64_t h)
{
    return fmin(fmax(-(double)g / ((double)h + t->l2 * ONE), t->low[place]), t->high[place]);
}

static double side_of(const twin *t, int64_t g, int64_t h, double pay)
{
    return -(2 * (double)g + ((double)h + t->l2 * ONE) * pay) * pay;
}

static double gain_within(const twin *t, int place, const cut *k, const int64_t g[2],
                          const int64_t h[2])
{
    double left = pay_of(t, place, g[0], h[0]), right = pay_of(t, place, g[1], h[1]);
    double all = pay_of(t, place, g[0] + g[1], h[0] + h[1]);
    if (!parts_missing(t, place, k) && t->direction[k->column] * (right - left) < 0) return 0;
    return (side_of(t, g[0], h[0], left) + side_of(t, g[1], h[1], right) -
            side_of(t, g[0] + g[1], h[0] + h[1], all)) /
           ONE;
}

/* What the rows of a place on both sides of a cut add up to. */
static void sum_sides(const twin *t, int place, const cut *k, int64_t g[2], int64_t h[2])
{
    g[0] = g[1] = h[0] = h[1] = 0;
    for (size_t r = 0; r < t->n; r++) {
        if (t->place[r] != place) continue;
        bool right = !is_left(t, k, r);
        g[right] += t->gradient[r];
        h[right] += t->hessian[r];
    }
}

static double gain_of(const twin *t, int place, const cut *k)
{
    int64_t g[2], h[2];
    double l2 = t->l2 * ONE;
    sum_sides(t, place, k, g, h);
    if (h[0] < 1 || h[1] < 1 || (double)h[0] < t->least || (double)h[1] < t->least) return 0;
    if (t->direction[k->column] || isfinite(t->low[place]) || isfinite(t->high[place]))
        return gain_within(t, place, k, g, h);
    double a = (double)h[0] + l2, b = (double)h[1] + l2, x = (double)g[0], y = (double)g[1];
    double all = (double)(g[0] + g[1]);
    return ((x * x * b + y * y * a) / (a * b) - all * all / ((double)(h[0] + h[1]) + l2)) / ONE;
}

static int64_t hessian_in(const twin *t, int place, size_t column, int bin)
{
    int64_t h = 0;
    for (size_t r = 0; r < t->n; r++)
        if (t->place[r] == place && t->bin[column][r] == bin) h += t->hessian[r];
    return h;
}

/* Settles what all rows agree to: empty bins are shared by both sides, and values that are
 * missing nowhere go with the heavier side. */
static void settle(const twin *t, int place, cut *k)
{
    int64_t left = 0, all = 0;
    int values = t->missing[k->column], next = k->bin + 1;
    while (next < values && hessian_in(t, place, k->column, next) == 0) next++;
    k->bin = next < values ? k->bin + (next - 1 - k->bin) / 2 : values - 1;
    for (size_t r = 0; r < t->n; r++) {
        if (t->place[r] != place) continue;
        all += t->hessian[r];
        if (is_left(t, k, r)) left += t->hessian[r];
    }
    if (hessian_in(t, place, k->column, values) == 0) k->left = left >= all - left;
}

static cut best_cut(const twin *t, int place)
{
    cut best = {0};
    for (size_t c = 0; c < COLUMNS; c++) {
        if (!t->drawn[c]) continue;
        bool lacks = hessian_in(t, place, c, t->missing[c]) > 0;
        for (int b = 0; b < t->missing[c]; b++) {
            if (hessian_in(t, place, c, b) == 0) continue;
            for (int left = 0; left <= lacks; left++) {
                cut k = {.column = c, .bin = b, .left = left};
                k.gain = gain_of(t, place, &k);
                if (k.gain > 1e-6 && k.gain > best.gain) best = k;
            }
        }
    }
    if (best.gain > 0) settle(t, place, &best);
    return best;
}

static double leaf_of(const twin *t, int place)
{
    int64_t g = 0, h = 0, n = 0;
    for (size_t r = 0; r < t->n; r++) {
        if (t->place[r] != place) continue;
        g += t->gradient[r];
        h += t->hessian[r];
        n++;
    }
    return n ? pay_of(t, place, g, h) * t->rate : 0;
}

static void begin_tree(twin *t, size_t tree)
{
    uint64_t columns[COLUMNS];
    double *margin = t->margin[tree % t->bags];
    for (size_t c = 0; c < COLUMNS; c++) t->drawn[c] = t->n_drawn == COLUMNS;
    if (t->n_drawn < COLUMNS)
        pa_draw_distinct(SEED, PA_DRAW_BOOSTING_COLUMNS, tree, COLUMNS, t->n_drawn, columns);
    for (size_t k = 0; t->n_drawn < COLUMNS && k < t->n_drawn; k++) t->drawn[columns[k]] = true;
    for (size_t r = 0; r < t->n; r++) {
        double p = 1 / (1 + pa_exp(-margin[r]));
        t->gradient[r] = (int64_t)(p * ONE + 0.5) - label_at(r) * (int64_t)ONE;
        t->hessian[r] = (int64_t)(p * (1 - p) * ONE + 0.5);
        if (t->hessian[r] < 1) t->hessian[r] = 1;
        bool in =
            t->row_share >= 1 || pa_uniform(SEED, PA_DRAW_BOOSTING_ROWS, r, tree) < t->row_share;
        t->place[r] = in ? 1 : 0;
    }
    for (int p = 0; p < MOST_HEAP; p++) t->feature[tree][p] = -1;
    for (int p = 0; p < 2 * MOST_HEAP; p++) {
        t->low[p] = -INFINITY;
        t->high[p] = INFINITY;
    }
}

/* What the children of a place may pay: more on the side that the direction says. */
static void part_range(twin *t, int p, const cut *k)
{
    int64_t g[2], h[2];
    int direction = parts_missing(t, p, k) ? 0 : t->direction[k->column];
    sum_sides(t, p, k, g, h);
    double middle = (pay_of(t, p, g[0], h[0]) + pay_of(t, p, g[1], h[1])) / 2;
    for (int right = 0; right < 2; right++) {
        int child = 2 * p + right, side = right ? direction : -direction;
        t->low[child] = side > 0 ? middle : t->low[p];
        t->high[child] = side < 0 ? middle : t->high[p];
    }
}

static void cut_place(twin *t, size_t tree, int p, const cut *k)
{
    int64_t at = t->first[k->column] + k->bin;
    t->feature[tree][p] = (int32_t)k->column;
    t->threshold[tree][p] = at < t->first[k->column + 1] ? t->edge[at] : NAN;
    t->to_left[tree][p] = k->left;
    part_range(t, p, k);
    for (size_t r = 0; r < t->n; r++)
        if (t->place[r] == p) t->place[r] = 2 * p + !is_left(t, k, r);
}

static void grow_twin_tree(twin *t, size_t tree)
{
    size_t leaves = 1;
    begin_tree(t, tree);
    for (int level = 1; level < 1 << t->depth; level *= 2) {
        cut cuts[MOST_HEAP] = {{0}};
        size_t wanted = 0;
        for (int p = level; p < 2 * level; p++) {
            cuts[p - level] = best_cut(t, p);
            wanted += cuts[p - level].gain > 0;
        }
        for (; leaves + wanted > t->leaves; wanted--) {
            int worst = -1;
            for (int i = 0; i < level; i++)
                if (cuts[i].gain > 0 && (worst < 0 || cuts[i].gain <= cuts[worst].gain)) worst = i;
            cuts[worst].gain = 0;
        }
        leaves += wanted;
        for (int i = 0; i < level; i++)
            if (cuts[i].gain > 0) cut_place(t, tree, level + i, cuts + i);
    }
    for (int p = 1; p < 2 << t->depth; p++) {
        t->value[tree][p] = leaf_of(t, p);
        for (size_t r = 0; r < t->n; r++) {
            int at = t->place[r];
            while (at > p) at /= 2;
            t->rows[tree][p] += at == p;
        }
    }
}

/* Where a row comes to by its bins, drawn for the tree or not. */
static int walk(const twin *t, size_t tree, size_t row)
{
    int p = 1;
    while (p < 1 << t->depth && t->feature[tree][p] >= 0) {
        size_t c = (size_t)t->feature[tree][p];
        float v = (float)value_at(c, row), at = t->threshold[tree][p];
        bool left = isnan(v) ? t->to_left[tree][p] : isnan(at) || v < at;
        p = 2 * p + !left;
    }
    return p;
}

static twin *grow_twin(const twin *settings, const pa_store *model)
{
    twin *t = pa_alloc(1, sizeof *t, NULL);
    *t = *settings;
    t->first = data_of(model, "edge_first");
    t->edge = data_of(model, "edge");
    bin_rows(t);
    for (size_t b = 0; b < t->bags; b++)
        for (size_t r = 0; r < t->n; r++) t->margin[b][r] = t->start;
    for (size_t tree = 0; tree < t->rounds * t->bags; tree++) {
        grow_twin_tree(t, tree);
        for (size_t r = 0; r < t->n; r++)
            t->margin[tree % t->bags][r] += t->value[tree][walk(t, tree, r)];
    }
    return t;
}

static size_t unlike_trees(const twin *t, const pa_store *model)
{
    size_t unlike = 0, n = (size_t)1 << t->depth;
    const int32_t *feature = data_of(model, "feature");
    const float *threshold = data_of(model, "threshold");
    const int8_t *missing = data_of(model, "missing");
    const double *value = data_of(model, "value");
    const int64_t *rows = data_of(model, "rows");
    if (pa_store_find(model, "feature")->n != t->rounds * t->bags) return 1;
    for (size_t tree = 0; tree < t->rounds * t->bags; tree++) {
        for (size_t p = 1; p < n; p++) {
            size_t at = tree * n + p;
            unlike += feature[at] != t->feature[tree][p] || missing[at] != t->to_left[tree][p];
            unlike += memcmp(threshold + at, &t->threshold[tree][p], 4) != 0;
        }
        for (size_t p = 1; p < 2 * n; p++) {
            unlike += value[tree * 2 * n + p] != t->value[tree][p];
            unlike += rows[tree * 2 * n + p] != t->rows[tree][p];
        }
    }
    return unlike;
}

static slice here, later;

static const twin plain = {.n = 700,
                           .rounds = 4,
                           .bags = 1,
                           .depth = 3,
                           .leaves = 1024,
                           .n_drawn = COLUMNS,
                           .rate = 0.1,
                           .l2 = 1,
                           .least = ONE,
                           .row_share = 1};

static void check_twin(const twin *with, const char *const list[])
{
    pa_store model;
    take_slice(&here, 0, with->n);
    fit(&here, list, &model);
    twin *t = grow_twin(with, &model);
    CU_ASSERT_EQUAL(unlike_trees(t, &model), 0);
    pa_free(t);
    pa_store_free(&model);
}

static void test_trees_are_those_of_the_slow_twin(void)
{
    const char *const list[] = {"boosting.rounds=4", "boosting.depth=3", "boosting.bins=32",
                                "boosting.column_share=1", NULL};
    check_twin(&plain, list);
    twin t = plain;
    t.rounds = 3;
    t.depth = 5;
    t.leaves = 9;
    t.rate = 0.5;
    t.l2 = 0;
    t.least = 0;
    const char *const few[] = {"boosting.rounds=3",       "boosting.depth=5",
                               "boosting.leaves=9",       "boosting.rate=0.5",
                               "boosting.l2=0",           "boosting.min_child=0",
                               "boosting.bins=64",        "boosting.start=even",
                               "boosting.column_share=1", NULL};
    check_twin(&t, few);
}

static void test_sampled_trees_are_those_of_the_slow_twin(void)
{
    twin t = plain;
    t.bags = 2;
    t.n_drawn = 4;
    t.row_share = 0.6;
    const char *const list[] = {"boosting.rounds=4",
                                "boosting.depth=3",
                                "boosting.bins=32",
                                "boosting.bags=2",
                                "boosting.column_share=0.5",
                                "boosting.row_share=0.6",
                                NULL};
    check_twin(&t, list);
}

static void test_monotone_trees_are_those_of_the_slow_twin(void)
{
    twin t = plain;
    memcpy(t.direction, direction_of, sizeof t.direction);
    t.depth = 5;
    const char *const list[] = {"boosting.rounds=4",      "boosting.depth=5",
                                "boosting.bins=32",       "boosting.column_share=1",
                                "boosting.monotone=spec", NULL};
    check_twin(&t, list);
    memset(t.direction, 0, sizeof t.direction);
    t.direction[0] = -1;
    t.direction[2] = t.direction[6] = 1;
    t.l2 = 0;
    t.least = 0;
    t.rate = 0.5;
    const char *const named[] = {"boosting.rounds=4",
                                 "boosting.depth=5",
                                 "boosting.bins=32",
                                 "boosting.l2=0",
                                 "boosting.min_child=0",
                                 "boosting.rate=0.5",
                                 "boosting.column_share=1",
                                 "boosting.monotone=c0:-, c2:+, c6:+",
                                 NULL};
    check_twin(&t, named);
}

/* ---- raising a column ---- */

/* How often the score of a row goes the other way as its value of a column goes up bin by bin. */
static size_t turns(const pa_store *model, void *state, size_t row, size_t column, int direction)
{
    static float value[COLUMNS][PA_TILE_ROWS], raw[PA_TILE_ROWS];
    const float *list[COLUMNS];
    const int64_t *first = data_of(model, "edge_first");
    const float *edge = (const float *)data_of(model, "edge") + first[column];
    size_t n = (size_t)(first[column + 1] - first[column]) + 1, against = 0;
    for (size_t c = 0; c < COLUMNS; c++) {
        list[c] = value[c];
        for (size_t b = 0; b < n; b++) value[c][b] = (float)value_at(c, row);
    }
    for (size_t b = 0; b < n; b++) value[column][b] = b ? edge[b - 1] : -INFINITY;
    pa_boosting_detector.score(state, n, list, raw, NULL);
    for (size_t b = 1; b < n; b++)
        against += direction > 0 ? raw[b] < raw[b - 1] : raw[b] > raw[b - 1];
    return against;
}

/* Of some rows and all columns: how often a score goes against the column's direction. */
static size_t contradictions(const pa_store *model, const int8_t direction[])
{
    size_t against = 0;
    void *state = NULL;
    CU_ASSERT_EQUAL_FATAL(pa_boosting_detector.open(model, COLUMNS, false, &state, NULL), PA_OK);
    for (size_t row = 0; row < 60; row++)
        for (size_t c = 0; c < COLUMNS; c++)
            if (direction[c]) against += turns(model, state, 7 * row, c, direction[c]);
    pa_boosting_detector.close(state);
    return against;
}

static void test_raising_a_monotone_column_never_lowers_the_score(void)
{
    static const char *const more[][3] = {{"boosting.depth=6", "boosting.rate=0.5", NULL},
                                          {"boosting.min_child=0", "boosting.l2=0", NULL},
                                          {"boosting.bags=3", "boosting.row_share=0.4", NULL},
                                          {"boosting.leaves=5", "boosting.column_share=0.6", NULL}};
    static const char *const ways[] = {"boosting.monotone=spec", "boosting.monotone=none"};
    size_t against[2] = {0};
    take_slice(&here, 0, ROWS);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        for (int free = 0; free < 2; free++) {
            const char *const list[] = {"boosting.rounds=20", "boosting.bins=64", ways[free],
                                        more[i][0],           more[i][1],         NULL};
            pa_store model;
            fit(&here, list, &model);
            against[free] += contradictions(&model, direction_of);
            pa_store_free(&model);
        }
    CU_ASSERT_EQUAL(against[0], 0);
    CU_ASSERT(against[1] > 1000);
}

/* ---- edges ---- */

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The distinct known values of a column. Returns how many. */
static size_t distinct(size_t column, float value[ROWS])
{
    size_t n = 0, m = 0;
    for (size_t r = 0; r < ROWS; r++)
        if (!isnan(value_at(column, r))) value[n++] = (float)value_at(column, r);
    qsort(value, n, sizeof *value, by_value);
    for (size_t i = 0; i < n; i++)
        if (m == 0 || value[i] != value[m - 1]) value[m++] = value[i];
    return m;
}

static void test_few_values_have_a_bin_each(void)
{
    static float value[ROWS];
    pa_store model;
    size_t wrong = 0;
    const char *const list[] = {"boosting.rounds=1", "boosting.bins=1600", NULL};
    take_slice(&here, 0, ROWS);
    fit(&here, list, &model);
    const int64_t *first = data_of(&model, "edge_first");
    const float *edge = data_of(&model, "edge");
    for (size_t c = 0; c < COLUMNS; c++) {
        size_t n = distinct(c, value);
        wrong += first[c + 1] - first[c] != (n > 0 ? (int64_t)n - 1 : 0);
        for (size_t i = 1; i < n && wrong == 0; i++) {
            float e = edge[first[c] + (int64_t)i - 1];
            wrong += !(e > value[i - 1] && e <= value[i]);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_store_free(&model);
}

/* 64 bins for 1500 smooth values, and for those of which half are one value: none is left over. */
static void test_many_values_fill_the_bins(void)
{
    pa_store model;
    const char *const list[] = {"boosting.rounds=1", "boosting.bins=64", NULL};
    take_slice(&here, 0, ROWS);
    fit(&here, list, &model);
    const int64_t *first = data_of(&model, "edge_first");
    const float *edge = data_of(&model, "edge");
    size_t wrong = 0;
    for (size_t c = 0; c < COLUMNS; c++) {
        wrong += first[c + 1] - first[c] > 63;
        for (int64_t i = first[c] + 1; i < first[c + 1]; i++) wrong += !(edge[i] > edge[i - 1]);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(first[1] - first[0] >= 56);
    CU_ASSERT(first[8] - first[7] >= 56);
    pa_store_free(&model);
}

/* ---- rounds that later rows choose ---- */

static double loss_after(const pa_store *model, size_t rounds, size_t base, size_t n)
{
    const int32_t *feature = data_of(model, "feature");
    const float *threshold = data_of(model, "threshold");
    const int8_t *missing = data_of(model, "missing");
    const double *value = data_of(model, "value");
    double loss = 0;
    for (size_t r = base; r < base + n; r++) {
        double margin = 0;
        for (size_t t = 0; t < rounds; t++) {
            size_t p = 1;
            while (p < 8 && feature[t * 8 + p] >= 0) {
                float v = (float)value_at((size_t)feature[t * 8 + p], r), at = threshold[t * 8 + p];
                p = 2 * p + !(isnan(v) ? missing[t * 8 + p] : isnan(at) || v < at);
            }
            margin += value[t * 16 + p];
        }
        loss += log1p(exp(label_at(r) ? -margin : margin));
    }
    return loss;
}

static void test_later_rows_choose_the_rounds(void)
{
    pa_store model, whole, again;
    pa_error err = {0};
    const char *const list[] = {"boosting.rounds=60",  "boosting.depth=3",     "boosting.rate=0.6",
                                "boosting.patience=8", "boosting.min_child=0", NULL};
    take_slice(&here, 0, 600);
    take_slice(&later, 600, 500);
    pa_config *config = settings(list);
    pa_detector_context x = context_of(&here, config);
    fit(&here, list, &whole);
    x.check = (pa_labelled){&later.points, later.label};
    pa_store_init(&model, "boosting", 1);
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &model, &err), PA_OK);
    int32_t rounds = *(const int32_t *)data_of(&model, "shape");
    CU_ASSERT(rounds >= 1 && rounds < 40);
    CU_ASSERT_EQUAL(pa_store_find(&model, "feature")->n, (size_t)rounds);
    double best = loss_after(&whole, (size_t)rounds, 600, 500);
    CU_ASSERT_DOUBLE_EQUAL((double)((const int64_t *)data_of(&model, "best"))[1] / 16777216, best,
                           1e-3);
    for (size_t r = 1; r <= (size_t)rounds + 8 && r <= 60; r++)
        CU_ASSERT(loss_after(&whole, r, 600, 500) > best - 1e-3);
    CU_ASSERT_EQUAL(memcmp(data_of(&model, "value"), data_of(&whole, "value"),
                           pa_store_array_bytes(pa_store_find(&model, "value"))),
                    0);
    x.check = (pa_labelled){0};
    x.chosen = &model;
    pa_store_init(&again, "boosting", 1);
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &again, &err), PA_OK);
    CU_ASSERT_EQUAL(*(const int32_t *)data_of(&again, "shape"), rounds);
    pa_store_free(&again);
    pa_store_free(&whole);
    pa_store_free(&model);
    pa_config_free(config);
}

static void test_no_later_rows_choose_nothing(void)
{
    pa_store model;
    const char *const list[] = {"boosting.rounds=9", "boosting.patience=2", NULL};
    take_slice(&here, 0, 300);
    take_slice(&later, 300, 0);
    pa_config *config = settings(list);
    pa_detector_context x = context_of(&here, config);
    x.check = (pa_labelled){&later.points, later.label};
    pa_store_init(&model, "boosting", 1);
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &model, NULL), PA_OK);
    CU_ASSERT_EQUAL(*(const int32_t *)data_of(&model, "shape"), 9);
    pa_store_free(&model);
    pa_config_free(config);
}

/* ---- stopped and gone on with ---- */

/* Says stop at a round, and keeps which rounds there were. */
typedef struct {
    int64_t stop_at, last;
} stopper;

static pa_status stop(void *job, pa_store *model, int64_t round)
{
    stopper *s = job;
    s->last = round;
    model->round = round + 1;
    return round == s->stop_at ? PA_E_AGAIN : PA_OK;
}

static void test_a_stopped_fit_goes_on(void)
{
    pa_store whole, model;
    pa_error err = {0};
    const char *const list[] = {"boosting.rounds=12",     "boosting.depth=3",    "boosting.bags=2",
                                "boosting.row_share=0.7", "boosting.patience=3", NULL};
    take_slice(&here, 0, 600);
    take_slice(&later, 600, 300);
    pa_config *config = settings(list);
    pa_detector_context x = context_of(&here, config);
    x.check = (pa_labelled){&later.points, later.label};
    pa_store_init(&whole, "boosting", 1);
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &whole, &err), PA_OK);
    stopper s = {.stop_at = 4};
    x.safe_point = stop;
    x.job = &s;
    pa_store_init(&model, "boosting", 1);
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &model, &err), PA_E_AGAIN);
    CU_ASSERT_EQUAL(model.round, 5);
    s.stop_at = -1;
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &model, &err), PA_OK);
    CU_ASSERT(are_alike(&whole, &model));
    pa_store_free(&model);
    pa_store_free(&whole);
    pa_config_free(config);
}

/* Edges and bins of many rows take a while. */
static void test_a_final_fit_stops_ahead_of_its_first_round(void)
{
    pa_store earlier, whole, model;
    pa_error err = {0};
    const char *const list[] = {"boosting.rounds=12", "boosting.depth=3", NULL};
    take_slice(&here, 0, 600);
    take_slice(&later, 600, 300);
    pa_config *config = settings(list);
    pa_detector_context x = context_of(&here, config);
    x.check = (pa_labelled){&later.points, later.label};
    pa_store_init(&earlier, "boosting", 1);
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &earlier, &err), PA_OK);
    x.check = (pa_labelled){0};
    x.chosen = &earlier;
    pa_store_init(&whole, "boosting", 1);
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &whole, &err), PA_OK);
    stopper s = {.stop_at = -1};
    x.safe_point = stop;
    x.job = &s;
    pa_store_init(&model, "boosting", 1);
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &model, &err), PA_E_AGAIN);
    CU_ASSERT_EQUAL(model.round, 0);
    CU_ASSERT_EQUAL(model.n_arrays, 0);
    s.stop_at = -2;
    CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &model, &err), PA_OK);
    CU_ASSERT(are_alike(&whole, &model));
    pa_store_free(&model);
    pa_store_free(&whole);
    pa_store_free(&earlier);
    pa_config_free(config);
}

static void test_a_damaged_checkpoint_is_refused(void)
{
    pa_error err = {0};
    const char *const list[] = {"boosting.rounds=12", "boosting.depth=3", NULL};
    const char *const names[] = {"threshold", "feature", "value", "rows", "shape", "best"};
    take_slice(&here, 0, 600);
    pa_config *config = settings(list);
    pa_detector_context x = context_of(&here, config);
    stopper s = {.stop_at = 4};
    x.safe_point = stop;
    x.job = &s;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pa_store model;
        pa_store_init(&model, "boosting", 1);
        s.stop_at = 4;
        CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &model, &err), PA_E_AGAIN);
        pa_store_array *a = model.arrays;
        while (strcmp(a->name, names[i]) != 0) a++;
        memset((char *)a->data + (a->n > 1 && a->width > 1 ? pa_type_size(a->type, 0) : 0), 0x5f,
               8);
        s.stop_at = -1;
        CU_ASSERT_EQUAL(pa_boosting_detector.fit(&x, &here.points, &model, &err), PA_E_DATA);
        pa_store_free(&model);
    }
    pa_config_free(config);
}

/* ---- odd rows ---- */

static float score[ROWS];
static int64_t part[COLUMNS * ROWS];

/* Scores the rows here with parts; returns whether all are numbers. */
static bool score_slice(const slice *s, const pa_store *model, size_t n_columns)
{
    void *state = NULL;
    bool good = true;
    pa_tile tile;
    CU_ASSERT_EQUAL(pa_boosting_detector.open(model, n_columns, true, &state, NULL), PA_OK);
    if (!state) return false;
    CU_ASSERT_EQUAL(pa_tile_open(&tile, &s->points, NULL), PA_OK);
    for (size_t done = 0; pa_tile_next(&tile); done += tile.n) {
        static int64_t tile_part[COLUMNS * PA_TILE_ROWS];
        pa_boosting_detector.score(state, tile.n, tile.column, score + done, tile_part);
        for (size_t c = 0; c < n_columns; c++)
            memcpy(part + c * ROWS + done, tile_part + c * tile.n, tile.n * sizeof *part);
        for (size_t i = 0; i < tile.n; i++) good = good && isfinite(score[done + i]);
    }
    pa_tile_free(&tile);
    pa_boosting_detector.close(state);
    return good;
}

static void test_one_class_one_row_and_no_column_that_says_anything(void)
{
    pa_store model;
    const char *const list[] = {"boosting.rounds=5", "boosting.start=base_rate", NULL};
    const char *const even[] = {"boosting.rounds=50", "boosting.rate=1", "boosting.l2=0", NULL};
    for (int fraud = 0; fraud < 2; fraud++) {
        take_slice(&here, 0, 200);
        memset(here.label, fraud, sizeof here.label);
        fit(&here, fraud ? list : even, &model);
        CU_ASSERT(score_slice(&here, &model, COLUMNS));
        for (size_t i = 0; i < here.n; i++) CU_ASSERT(fraud ? score[i] > 0 : score[i] < 0);
        pa_store_free(&model);
    }
    take_slice(&here, 3, 1);
    fit(&here, list, &model);
    CU_ASSERT(score_slice(&here, &model, COLUMNS));
    pa_store_free(&model);
    take_slice(&here, 0, 300);
    here.points.n_columns = 2;
    here.list[0] = here.column + 4;
    here.list[1] = here.column + 5;
    fit(&here, list, &model);
    CU_ASSERT(score_slice(&here, &model, 2));
    for (size_t i = 0; i < here.n; i++)
        CU_ASSERT(score[i] == score[0] && part[i] == 0 && part[ROWS + i] == 0);
    pa_store_free(&model);
}

/* Columns 2 and 5 say what 0 and 3 say: cuts that gain the same are those of the lower column,
 * whichever rank has found them. */
static void test_of_equal_cuts_the_lower_column_is_taken(void)
{
    pa_store model;
    const char *const list[] = {"boosting.rounds=10", "boosting.min_child=0",
                                "boosting.column_share=1", NULL};
    size_t used = 0;
    take_slice(&here, 0, 400);
    const pa_column *const twice[] = {here.column,     here.column + 1, here.column,
                                      here.column + 2, here.column + 6, here.column + 2};
    here.points.column = twice;
    here.points.n_columns = 6;
    fit(&here, list, &model);
    const pa_store_array *a = pa_store_find(&model, "feature");
    for (size_t i = 0; i < a->n * a->width; i++) {
        int32_t column = ((const int32_t *)a->data)[i];
        CU_ASSERT(column != 2 && column != 5);
        used += column >= 0;
    }
    CU_ASSERT(used > 50);
    pa_store_free(&model);
}

static void test_parts_add_up_to_the_score(void)
{
    pa_store model;
    size_t far = 0;
    const char *const list[] = {"boosting.rounds=20", "boosting.bags=2", "boosting.row_share=0.5",
                                NULL};
    take_slice(&here, 0, ROWS);
    fit(&here, list, &model);
    CU_ASSERT(score_slice(&here, &model, COLUMNS));
    double base = NAN;
    for (size_t i = 0; i < here.n; i++) {
        double sum = 0;
        for (size_t c = 0; c < COLUMNS; c++) sum += (double)part[c * ROWS + i] / 4294967296.0;
        if (isnan(base)) base = (double)score[i] - sum;
        far += fabs((double)score[i] - sum - base) > 1e-5;
        far += part[4 * ROWS + i] != 0 || part[5 * ROWS + i] != 0;
    }
    CU_ASSERT_EQUAL(far, 0);
    pa_store_free(&model);
}

/* ---- bytes ---- */

static uint64_t sum_of(const pa_store *model)
{
    uint64_t sum = pa_store_checksum(model, pa_comm_rank(pa_test_comm()));
    pa_sum_u64(pa_test_comm(), &sum, 1);
    return sum;
}

/* The same at any number of ranks, and on any machine. */
static void test_models_and_scores_have_their_digest(void)
{
    pa_store model;
    const char *const list[] = {"boosting.rounds=15",
                                "boosting.bags=2",
                                "boosting.row_share=0.8",
                                "boosting.column_share=0.7",
                                "boosting.bins=100",
                                "boosting.depth=5",
                                NULL};
    take_slice(&here, 0, ROWS);
    for (size_t piece = 100; piece <= PA_PIECE_DEFAULT; piece *= 335544) {
        uint64_t scores[2] = {0};
        pa_comm_set_piece(pa_test_comm(), piece);
        fit(&here, list, &model);
        CU_ASSERT_EQUAL(sum_of(&model), UINT64_C(12917359240542091075));
        CU_ASSERT(score_slice(&here, &model, COLUMNS));
        for (size_t i = 0; i < here.n; i++) {
            uint32_t bits;
            memcpy(&bits, score + i, sizeof bits);
            scores[0] += bits * (2 * (here.first + i) + 1);
            for (size_t c = 0; c < COLUMNS; c++)
                scores[1] += (uint64_t)part[c * ROWS + i] * (2 * (here.first + i) + 1);
        }
        pa_sum_u64(pa_test_comm(), scores, 2);
        CU_ASSERT_EQUAL(scores[0], UINT64_C(5327341902160497));
        CU_ASSERT_EQUAL(scores[1], UINT64_C(216739792404376));
        pa_store_free(&model);
    }
}

/* ---- edited files ---- */

/* Any byte of any array is changed: the model is refused, or scores numbers. */
static void test_edited_models_are_refused_or_score(void)
{
    pa_store model;
    const char *const list[] = {"boosting.rounds=3", "boosting.depth=3", NULL};
    size_t refused = 0;
    take_slice(&here, 0, 300);
    fit(&here, list, &model);
    for (uint64_t k = 0; k < 600; k++) {
        pa_store_array *a = model.arrays + k % model.n_arrays;
        size_t bytes = pa_store_array_bytes(a);
        size_t at = (size_t)pa_draw_below(1, PA_DRAW_TEST, k, 1, bytes);
        uint8_t *byte = (uint8_t *)a->data + at, old = *byte;
        void *state = NULL;
        *byte = (uint8_t)pa_draw(1, PA_DRAW_TEST, k, 2);
        pa_status st = pa_boosting_detector.open(&model, COLUMNS, true, &state, NULL);
        CU_ASSERT(st == PA_OK || st == PA_E_DATA);
        pa_boosting_detector.close(state);
        if (st == PA_OK) CU_ASSERT(score_slice(&here, &model, COLUMNS));
        refused += st != PA_OK;
        *byte = old;
    }
    CU_ASSERT(refused > 50);
    pa_store_free(&model);
}

static void test_a_model_that_was_cut_is_refused(void)
{
    const char *const names[] = {"shape",   "start", "feature", "threshold",
                                 "missing", "value", "rows"};
    const char *const list[] = {"boosting.rounds=3", NULL};
    void *state, *data;
    take_slice(&here, 0, 300);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pa_store model;
        fit(&here, list, &model);
        CU_ASSERT_EQUAL(pa_boosting_detector.open(&model, COLUMNS - 1, false, &state, NULL),
                        PA_E_DATA);
        pa_type type = pa_store_find(&model, names[i])->type;
        CU_ASSERT_EQUAL(pa_store_put(&model, names[i], type, 2, 3, "", &data, NULL), PA_OK);
        CU_ASSERT_EQUAL(pa_boosting_detector.open(&model, COLUMNS, false, &state, NULL), PA_E_DATA);
        pa_store_free(&model);
    }
}

static const pa_test tests[] = {
    {"trees are those of the slow twin", test_trees_are_those_of_the_slow_twin},
    {"sampled trees are those of the slow twin", test_sampled_trees_are_those_of_the_slow_twin},
    {"monotone trees are those of the slow twin", test_monotone_trees_are_those_of_the_slow_twin},
    {"raising a monotone column never lowers the score",
     test_raising_a_monotone_column_never_lowers_the_score},
    {"few values have a bin each", test_few_values_have_a_bin_each},
    {"many values fill the bins", test_many_values_fill_the_bins},
    {"later rows choose the rounds", test_later_rows_choose_the_rounds},
    {"no later rows choose nothing", test_no_later_rows_choose_nothing},
    {"a stopped fit goes on", test_a_stopped_fit_goes_on},
    {"a final fit stops ahead of its first round", test_a_final_fit_stops_ahead_of_its_first_round},
    {"a damaged checkpoint is refused", test_a_damaged_checkpoint_is_refused},
    {"one class, one row, and no column that says anything",
     test_one_class_one_row_and_no_column_that_says_anything},
    {"of equal cuts the lower column is taken", test_of_equal_cuts_the_lower_column_is_taken},
    {"parts add up to the score", test_parts_add_up_to_the_score},
    {"models and scores have their digest", test_models_and_scores_have_their_digest},
    {"edited models are refused or score", test_edited_models_are_refused_or_score},
    {"a model that was cut is refused", test_a_model_that_was_cut_is_refused},
};
PA_MPI_TEST_MAIN("boosting", tests)

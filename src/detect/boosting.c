#include "paraudit/detect/boosting.h"

#include "boosting_layout.h"
#include "paraudit/base/array.h"

enum { BLOCK = PA_BOOSTING_BLOCK, TOGETHER = 8 /* rows in flight: their steps wait for memory */ };

struct pa_boosting {
    pa_boosting_shape shape;
    double start;
    pa_boosting_cut *cut; /* n_trees heaps of 2^depth */
    double *leaf;         /* n_trees x 2^depth */
    uint32_t *key;        /* (2 n_features + 1) x BLOCK */
};

pa_status pa_boosting_check_shape(const pa_boosting_shape *s, pa_error *err)
{
    bool good = s->n_rounds >= 0 && s->n_rounds <= PA_BOOSTING_MAX_ROUNDS && s->n_bags >= 1 &&
                s->n_bags <= PA_BOOSTING_MAX_BAGS && s->n_features >= 1 &&
                s->n_features <= PA_BOOSTING_MAX_FEATURES && s->depth >= 1 &&
                s->depth <= PA_BOOSTING_MAX_DEPTH;
    if (good) return PA_OK;
    return pa_fail(err, PA_E_DATA,
                   "boosted trees of %d rounds, %d bags, %d features, depth %d: not a model that "
                   "this program has written",
                   (int)s->n_rounds, (int)s->n_bags, (int)s->n_features, (int)s->depth);
}

static pa_status check_cut(const pa_boosting_model *m, size_t tree, size_t place, pa_error *err)
{
    size_t n = (size_t)1 << m->shape.depth, at = tree * n + place;
    const int64_t *rows = m->rows + 2 * tree * n;
    if (m->feature[at] >= m->shape.n_features || m->feature[at] < -1)
        return pa_fail(err, PA_E_DATA, "boosted trees: tree %zu cuts feature %d of %d", tree,
                       (int)m->feature[at], (int)m->shape.n_features);
    if (m->missing[at] != 0 && m->missing[at] != 1)
        return pa_fail(err, PA_E_DATA, "boosted trees: tree %zu sends missing values nowhere",
                       tree);
    if (m->feature[at] < 0) return PA_OK;
    int64_t left = rows[2 * place], right = rows[2 * place + 1];
    if (left >= 1 && right >= 1 && left <= rows[place] && rows[place] - left == right) return PA_OK;
    return pa_fail(err, PA_E_DATA, "boosted trees: the rows of tree %zu do not add up", tree);
}

pa_status pa_boosting_check_trees(const pa_boosting_model *m, size_t n_trees, pa_error *err)
{
    size_t n = (size_t)1 << m->shape.depth;
    if (!(m->start >= -PA_BOOSTING_MAX_STEP && m->start <= PA_BOOSTING_MAX_STEP))
        return pa_fail(err, PA_E_DATA, "boosted trees that start from %g", m->start);
    for (size_t i = 0; i < n_trees * 2 * n; i++) {
        if (!(m->value[i] >= -PA_BOOSTING_MAX_STEP && m->value[i] <= PA_BOOSTING_MAX_STEP))
            return pa_fail(err, PA_E_DATA, "boosted trees: tree %zu has a leaf of %g", i / (2 * n),
                           m->value[i]);
        if (m->rows[i] < 0)
            return pa_fail(err, PA_E_DATA, "boosted trees: tree %zu has a place of %lld rows",
                           i / (2 * n), (long long)m->rows[i]);
    }
    for (size_t t = 0; t < n_trees; t++)
        for (size_t place = 1; place < n; place++) PA_TRY(check_cut(m, t, place, err));
    return PA_OK;
}

void pa_boosting_load_keys(int32_t n_features, size_t first, size_t n, const float *const column[],
                           uint32_t key[])
{
    uint32_t *other = key + ((size_t)n_features + 1) * BLOCK;
    for (size_t c = 0; c < (size_t)n_features; c++) {
        const float *v = column[c] + first;
        uint32_t *to = key + c * BLOCK, *low = other + c * BLOCK;
        for (size_t r = 0; r < n; r++) {
            to[r] = pa_boosting_key(v[r]);
            low[r] = v[r] == v[r] ? to[r] : 0;
        }
    }
}

/* Places below a leaf are not cut: rows go on to the left, so its value lies there. */
static void lay_out(pa_boosting *b, const pa_boosting_model *m, size_t tree)
{
    size_t n = (size_t)1 << m->shape.depth;
    bool reached[2 << PA_BOOSTING_MAX_DEPTH] = {[1] = true};
    for (size_t place = 1; place < 2 * n; place++) {
        if (place < n) {
            b->cut[tree * n + place] = pa_boosting_cut_of(m, tree * n + place);
            b->cut[tree * n + place].offset *= BLOCK;
        }
        if (!reached[place]) continue;
        if (pa_boosting_is_cut(m, tree, place))
            reached[2 * place] = reached[2 * place + 1] = true;
        else
            b->leaf[tree * n + pa_boosting_leaf_below(m->shape.depth, place)] =
                m->value[tree * 2 * n + place];
    }
}

static size_t trees_of(const pa_boosting_shape *s)
{
    return (size_t)s->n_rounds * (size_t)s->n_bags;
}

pa_status pa_boosting_open(const pa_boosting_model *m, pa_boosting **boosting, pa_error *err)
{
    pa_boosting *b;
    *boosting = NULL;
    PA_TRY(pa_boosting_check_shape(&m->shape, err));
    size_t n_trees = trees_of(&m->shape), n = (size_t)1 << m->shape.depth;
    PA_TRY(pa_boosting_check_trees(m, n_trees, err));
    PA_TRY(PA_NEW(b, 1, err));
    b->shape = m->shape;
    b->start = m->start;
    pa_status st = PA_NEW(b->cut, n_trees * n, err);
    if (st == PA_OK) st = PA_NEW(b->leaf, n_trees * n, err);
    if (st == PA_OK) st = PA_NEW(b->key, (2 * (size_t)m->shape.n_features + 1) * BLOCK, err);
    if (st != PA_OK) {
        pa_boosting_free(b);
        return st;
    }
    for (size_t t = 0; t < n_trees; t++) lay_out(b, m, t);
    *boosting = b;
    return PA_OK;
}

void pa_boosting_free(pa_boosting *b)
{
    if (!b) return;
    pa_free(b->cut);
    pa_free(b->leaf);
    pa_free(b->key);
    pa_free(b);
}

/* Eight neighbouring rows through one tree: their steps are taken in turn. */
static void walk(const pa_boosting_cut cut[], const double leaf[], int32_t depth,
                 const uint32_t key[], double sum[])
{
    size_t p[TOGETHER];
    for (size_t i = 0; i < TOGETHER; i++) p[i] = 1;
    for (int32_t d = 0; d < depth; d++)
        for (size_t i = 0; i < TOGETHER; i++) {
            const pa_boosting_cut *c = cut + p[i];
            p[i] = 2 * p[i] + (key[c->offset + i] >= c->key);
        }
    for (size_t i = 0; i < TOGETHER; i++) sum[i] += leaf[p[i] - ((size_t)1 << depth)];
}

void pa_boosting_score(pa_boosting *b, size_t n, const float *const column[], double margin[])
{
    size_t n_trees = trees_of(&b->shape);
    for (size_t first = 0; first < n; first += BLOCK) {
        size_t rows = n - first < BLOCK ? n - first : BLOCK;
        double sum[BLOCK] = {0};
        pa_boosting_load_keys(b->shape.n_features, first, rows, column, b->key);
        for (size_t t = 0; t < n_trees; t++)
            for (size_t r = 0; r < rows; r += TOGETHER)
                walk(b->cut + (t << b->shape.depth), b->leaf + (t << b->shape.depth),
                     b->shape.depth, b->key + r, sum + r);
        for (size_t r = 0; r < rows; r++) margin[first + r] = b->start + sum[r] / b->shape.n_bags;
    }
}

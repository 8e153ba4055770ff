/* What each column adds to a row's margin. */
#include <string.h>

#include "boosting_layout.h"
#include "boosting_shapley.h"
#include "paraudit/base/array.h"

enum {
    BLOCK = PA_BOOSTING_BLOCK,
    DEPTH = PA_BOOSTING_MAX_DEPTH,
    MOST_IN_TABLE = 6 /* columns of a leaf: 2^6 lines of 6 values are 3 KiB */
};

/* A leaf and the columns that lead to it. */
typedef struct {
    double value;
    int32_t d;
    int32_t n_cuts;
    int32_t column[DEPTH];
    double share[DEPTH];  /* of the rows above, that go on where the column decides */
    uint16_t cut[DEPTH];  /* places on the way, from the root */
    uint8_t right[DEPTH]; /* the way goes to the right there */
    uint8_t which[DEPTH]; /* of column[], that is cut there */
    size_t table;         /* where its lines of d values begin; none beyond MOST_IN_TABLE */
} way;

struct pa_boosting_parts {
    pa_boosting_shape shape;
    pa_boosting_cut *cut; /* n_trees heaps of 2^depth */
    size_t *first;        /* n_trees + 1: ways of each tree */
    way *way;
    double *table;
    uint32_t *key;  /* (2 n_features + 1) x BLOCK */
    uint8_t *right; /* 2^depth x BLOCK: whether a row goes to the right at a place */
    double *part;   /* n_features x BLOCK */
};

/* Coefficients c[k] of the product over the columns but `left_out` of share + agrees y: the
 * weight of the sets of k known columns. */
static void weigh_sets(int d, const double share[], uint32_t agrees, int left_out, double c[])
{
    int n = 0;
    c[0] = 1;
    for (int j = 0; j < d; j++) {
        if (j == left_out) continue;
        double known = agrees >> j & 1;
        c[n + 1] = known * c[n];
        for (int k = n; k > 0; k--) c[k] = share[j] * c[k] + known * c[k - 1];
        c[0] *= share[j];
        n++;
    }
}

void pa_boosting_shapley(int d, const double share[], uint32_t agrees, double value[])
{
    for (int i = 0; i < d; i++) {
        double c[DEPTH + 1], sum = 0, odds = 1.0 / d; /* k! (d - 1 - k)! / d! */
        weigh_sets(d, share, agrees, i, c);
        for (int k = 0; k < d; k++) {
            if (k > 0) odds = odds * k / (d - k);
            sum += odds * c[k];
        }
        value[i] = sum * ((double)(agrees >> i & 1) - share[i]);
    }
}

/* The way to `place`, which is no cut. */
static way find_way(const pa_boosting_model *m, size_t tree, size_t place)
{
    size_t n = (size_t)1 << m->shape.depth;
    const int64_t *rows = m->rows + tree * 2 * n;
    way w = {.value = m->value[tree * 2 * n + place]};
    int level = 0;
    while (place >> (level + 1)) level++;
    for (; w.n_cuts < level; w.n_cuts++) {
        size_t at = place >> (level - w.n_cuts), next = place >> (level - w.n_cuts - 1);
        int32_t column = m->feature[tree * n + at], i = 0;
        while (i < w.d && w.column[i] != column) i++;
        if (i == w.d) {
            w.column[w.d] = column;
            w.share[w.d++] = 1;
        }
        w.share[i] *= (double)rows[next] / (double)rows[at];
        w.cut[w.n_cuts] = (uint16_t)at;
        w.right[w.n_cuts] = next & 1;
        w.which[w.n_cuts] = (uint8_t)i;
    }
    return w;
}

static size_t lines_of(const way *w)
{
    return w->d <= MOST_IN_TABLE ? (size_t)w->d << w->d : 0;
}

/* Calls for each leaf that a row can come to. */
static void each_leaf(const pa_boosting_model *m, size_t tree,
                      void (*call)(void *context, size_t place), void *context)
{
    size_t n = (size_t)1 << m->shape.depth;
    bool reached[2 << DEPTH] = {[1] = true};
    for (size_t place = 1; place < 2 * n; place++) {
        if (!reached[place]) continue;
        if (pa_boosting_is_cut(m, tree, place))
            reached[2 * place] = reached[2 * place + 1] = true;
        else
            call(context, place);
    }
}

/* What is known while ways are listed: first only how many, then each of them. */
typedef struct {
    pa_boosting_parts *parts;
    const pa_boosting_model *model;
    size_t tree, n, table;
} lister;

static void count_way(void *context, size_t place)
{
    lister *l = context;
    way w = find_way(l->model, l->tree, place);
    l->n++;
    l->table += lines_of(&w);
}

static void add_way(void *context, size_t place)
{
    lister *l = context;
    way w = find_way(l->model, l->tree, place);
    w.table = l->table;
    for (uint32_t agrees = 0; lines_of(&w) && agrees >> w.d == 0; agrees++) {
        double *line = l->parts->table + l->table + (size_t)agrees * (size_t)w.d;
        pa_boosting_shapley(w.d, w.share, agrees, line);
        for (int i = 0; i < w.d; i++) line[i] *= w.value;
    }
    l->parts->way[l->n++] = w;
    l->table += lines_of(&w);
}

static pa_status list_ways(pa_boosting_parts *p, const pa_boosting_model *m, pa_error *err)
{
    size_t n_trees = (size_t)m->shape.n_rounds * (size_t)m->shape.n_bags;
    lister l = {p, m, 0, 0, 0};
    for (l.tree = 0; l.tree < n_trees; l.tree++) {
        each_leaf(m, l.tree, count_way, &l);
        p->first[l.tree + 1] = l.n;
    }
    PA_TRY(PA_NEW(p->way, l.n, err));
    PA_TRY(PA_NEW(p->table, l.table, err));
    l = (lister){p, m, 0, 0, 0};
    for (l.tree = 0; l.tree < n_trees; l.tree++) each_leaf(m, l.tree, add_way, &l);
    return PA_OK;
}

static pa_status new_parts(pa_boosting_parts *p, const pa_boosting_model *m, pa_error *err)
{
    size_t n_trees = (size_t)m->shape.n_rounds * (size_t)m->shape.n_bags;
    size_t n = (size_t)1 << m->shape.depth, n_features = (size_t)m->shape.n_features;
    p->shape = m->shape;
    PA_TRY(PA_NEW(p->cut, n_trees * n, err));
    PA_TRY(PA_NEW(p->first, n_trees + 1, err));
    PA_TRY(PA_NEW(p->key, (2 * n_features + 1) * BLOCK, err));
    PA_TRY(PA_NEW(p->right, n * BLOCK, err));
    PA_TRY(PA_NEW(p->part, n_features * BLOCK, err));
    for (size_t i = 0; i < n_trees * n; i++) p->cut[i] = pa_boosting_cut_of(m, i);
    return list_ways(p, m, err);
}

pa_status pa_boosting_parts_open(const pa_boosting_model *m, pa_boosting_parts **parts,
                                 pa_error *err)
{
    pa_boosting_parts *p;
    *parts = NULL;
    PA_TRY(pa_boosting_check_shape(&m->shape, err));
    PA_TRY(pa_boosting_check_trees(m, (size_t)m->shape.n_rounds * (size_t)m->shape.n_bags, err));
    PA_TRY(PA_NEW(p, 1, err));
    pa_status st = new_parts(p, m, err);
    if (st == PA_OK)
        *parts = p;
    else
        pa_boosting_parts_free(p);
    return st;
}

void pa_boosting_parts_free(pa_boosting_parts *p)
{
    if (!p) return;
    pa_free(p->cut);
    pa_free(p->first);
    pa_free(p->way);
    pa_free(p->table);
    pa_free(p->key);
    pa_free(p->right);
    pa_free(p->part);
    pa_free(p);
}

/* Where each row of the block goes at each place of a tree. */
static void decide(pa_boosting_parts *p, size_t tree)
{
    size_t n = (size_t)1 << p->shape.depth;
    for (size_t place = 1; place < n; place++) {
        const pa_boosting_cut c = p->cut[tree * n + place];
        const uint32_t *key = p->key + (size_t)c.offset * BLOCK;
        uint8_t *right = p->right + place * BLOCK;
        for (size_t r = 0; r < BLOCK; r++) right[r] = key[r] >= c.key;
    }
}

/* Which columns of the way each row of the block agrees with. */
static void agree(const pa_boosting_parts *p, const way *w, uint16_t agrees[BLOCK])
{
    uint16_t all = (uint16_t)((1u << w->d) - 1);
    for (size_t r = 0; r < BLOCK; r++) agrees[r] = all;
    for (int32_t k = 0; k < w->n_cuts; k++) {
        const uint8_t *right = p->right + (size_t)w->cut[k] * BLOCK;
        for (size_t r = 0; r < BLOCK; r++)
            agrees[r] &= (uint16_t)~((unsigned)(right[r] ^ w->right[k]) << w->which[k]);
    }
}

static void add_way_parts(pa_boosting_parts *p, const way *w, size_t n)
{
    uint16_t agrees[BLOCK];
    double line[DEPTH];
    agree(p, w, agrees);
    for (size_t r = 0; r < n; r++) {
        const double *value = p->table + w->table + (size_t)agrees[r] * (size_t)w->d;
        if (w->d > MOST_IN_TABLE) {
            pa_boosting_shapley(w->d, w->share, agrees[r], line);
            for (int32_t i = 0; i < w->d; i++) line[i] *= w->value;
            value = line;
        }
        for (int32_t i = 0; i < w->d; i++) p->part[(size_t)w->column[i] * BLOCK + r] += value[i];
    }
}

void pa_boosting_parts_of(pa_boosting_parts *p, size_t n, const float *const column[],
                          double part[])
{
    size_t n_features = (size_t)p->shape.n_features;
    size_t n_trees = (size_t)p->shape.n_rounds * (size_t)p->shape.n_bags;
    for (size_t first = 0; first < n; first += BLOCK) {
        size_t rows = n - first < BLOCK ? n - first : BLOCK;
        memset(p->part, 0, n_features * BLOCK * sizeof *p->part);
        pa_boosting_load_keys(p->shape.n_features, first, rows, column, p->key);
        for (size_t t = 0; t < n_trees; t++) {
            decide(p, t);
            for (size_t w = p->first[t]; w < p->first[t + 1]; w++)
                add_way_parts(p, p->way + w, rows);
        }
        for (size_t c = 0; c < n_features; c++)
            for (size_t r = 0; r < rows; r++)
                part[c * n + first + r] = p->part[c * BLOCK + r] / p->shape.n_bags;
    }
}

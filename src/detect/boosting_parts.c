/* What each column adds to a row's margin. */
#include <string.h>

#include "boosting_layout.h"
#include "boosting_shapley.h"
#include "paraudit/base/array.h"

enum {
    BLOCK = PA_BOOSTING_BLOCK,
    DEPTH = PA_BOOSTING_MAX_DEPTH,
    BELOW = 2,    /* levels of cuts that are looked up together: a table is no larger for it than
                   * those of their leaves alone, and a row needs a fourth of the look-ups */
    INNER = 3,    /* cuts on them */
    LEAVES = 4,   /* below them */
    MOST_BITS = 9 /* of the number of a line in a table: 2^9 lines of 9 values are 36 KiB */
};

/* The columns that lead to a place, in the order of their first cuts. */
typedef struct {
    int32_t d, n_cuts;
    int32_t column[DEPTH];
    double share[DEPTH];  /* of the rows above, that go on where the column decides */
    uint16_t cut[DEPTH];  /* places on the way, from the root */
    uint8_t right[DEPTH]; /* the way goes to the right there */
    uint8_t which[DEPTH]; /* of column[], that is cut there */
} way;

/* A place and all below it: up to INNER cuts and their leaves. A row's parts of them hang on
 * which columns of the way to the place it agrees with, and where it goes at each inner cut:
 * these are the bits of its line in the table. */
typedef struct {
    size_t place;
    way path;
    int32_t n_inner;
    uint16_t inner[INNER];
    int32_t d; /* columns of the path, then those of inner cuts that are not among them */
    int32_t column[DEPTH + INNER];
    size_t table; /* where its lines of d values begin; none beyond MOST_BITS */
} group;

/* A leaf below a group. */
typedef struct {
    way path;
    double pays;
    int32_t slot[DEPTH]; /* of the path's columns among those of the group */
    int32_t bit[BELOW];  /* of a line's number: where a row goes at each inner cut of the path */
} leaf;

struct pa_boosting_parts {
    pa_boosting_model model;
    pa_boosting_cut *cut; /* n_trees heaps of 2^depth */
    size_t *first;        /* n_trees + 1: groups of each tree */
    group *group;
    double *table;
    uint32_t *key;  /* (2 n_features + 1) x BLOCK */
    uint8_t *right; /* 2^depth x BLOCK: whether a row goes to the right at a place */
    double *part;   /* BLOCK x n_features: stored by row, so that a row's lie together */
    double *value;  /* 2^MOST_BITS x MOST_BITS: of one leaf, while tables are filled */
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

static way find_way(const pa_boosting_model *m, size_t tree, size_t place)
{
    size_t n = (size_t)1 << m->shape.depth;
    const int64_t *rows = m->rows + tree * 2 * n;
    way w = {0};
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

static int32_t bits_of(const group *g)
{
    return g->path.d + g->n_inner;
}

static size_t lines_of(const group *g)
{
    return bits_of(g) <= MOST_BITS ? (size_t)g->d << bits_of(g) : 0;
}

/* ---- leaves of a group ---- */

static int32_t place_of_column(const group *g, int32_t column)
{
    int32_t i = 0;
    while (g->column[i] != column) i++;
    return i;
}

static leaf find_leaf(const pa_boosting_model *m, size_t tree, const group *g, size_t place)
{
    leaf l = {.path = find_way(m, tree, place)};
    l.pays = m->value[(tree << (m->shape.depth + 1)) + place];
    for (int32_t i = 0; i < l.path.d; i++) l.slot[i] = place_of_column(g, l.path.column[i]);
    for (int32_t k = g->path.n_cuts; k < l.path.n_cuts; k++) {
        int32_t j = 0;
        while (g->inner[j] != l.path.cut[k]) j++;
        l.bit[k - g->path.n_cuts] = g->path.d + j;
    }
    return l;
}

/* From left to right. Returns how many. */
static size_t list_leaves(const pa_boosting_model *m, size_t tree, const group *g, leaf list[])
{
    size_t n = 0;
    for (size_t i = 0; i < LEAVES; i++) {
        /* Of the places BELOW levels down; a leaf above them is the first of those below it. */
        size_t low = (g->place << BELOW) + i, above = low >> 1;
        bool is_cut = pa_boosting_is_cut(m, tree, g->place);
        if (is_cut && pa_boosting_is_cut(m, tree, above))
            list[n++] = find_leaf(m, tree, g, low);
        else if (is_cut && i % 2 == 0)
            list[n++] = find_leaf(m, tree, g, above);
        else if (!is_cut && i == 0)
            list[n++] = find_leaf(m, tree, g, g->place);
    }
    return n;
}

/* Which of the columns that lead to a leaf the rows of a line agree with. */
static uint32_t agrees_of(const group *g, const leaf *l, uint32_t bits)
{
    uint32_t agrees = bits | ~((1u << g->path.d) - 1);
    for (int32_t k = g->path.n_cuts; k < l->path.n_cuts; k++) {
        uint32_t right = bits >> l->bit[k - g->path.n_cuts] & 1;
        if (right != l->path.right[k]) agrees &= ~(1u << l->path.which[k]);
    }
    return agrees & ((1u << l->path.d) - 1);
}

static void add_leaf(const leaf *l, const double value[], double line[])
{
    for (int32_t i = 0; i < l->path.d; i++) line[l->slot[i]] += value[i] * l->pays;
}

/* One line, of g->d values. */
static void find_line(const pa_boosting_model *m, size_t tree, const group *g, uint32_t bits,
                      double line[])
{
    leaf list[LEAVES];
    double value[DEPTH];
    size_t n = list_leaves(m, tree, g, list);
    memset(line, 0, (size_t)g->d * sizeof *line);
    for (size_t i = 0; i < n; i++) {
        const way *w = &list[i].path;
        pa_boosting_shapley(w->d, w->share, agrees_of(g, list + i, bits), value);
        add_leaf(list + i, value, line);
    }
}

/* ---- all lines ---- */

static void add_inner(const pa_boosting_model *m, size_t tree, group *g, size_t place)
{
    int32_t i = 0;
    if (!pa_boosting_is_cut(m, tree, place)) return;
    int32_t column = m->feature[(tree << m->shape.depth) + place];
    g->inner[g->n_inner++] = (uint16_t)place;
    while (i < g->d && g->column[i] != column) i++;
    if (i == g->d) g->column[g->d++] = column;
}

static group make_group(const pa_boosting_model *m, size_t tree, size_t place)
{
    group g = {.place = place, .path = find_way(m, tree, place)};
    g.d = g.path.d;
    memcpy(g.column, g.path.column, sizeof g.path.column);
    add_inner(m, tree, &g, place);
    if (g.n_inner == 0) return g;
    add_inner(m, tree, &g, 2 * place);
    add_inner(m, tree, &g, 2 * place + 1);
    return g;
}

/* The groups of a tree: what lies BELOW levels above the deepest leaves, and leaves above that.
 * list: NULL, or where they go. Returns how many. */
static size_t list_groups(const pa_boosting_model *m, size_t tree, group list[])
{
    size_t n = 0, depth = (size_t)m->shape.depth;
    size_t deepest = (size_t)1 << (depth > BELOW ? depth - BELOW : 0);
    bool reached[2 << DEPTH] = {[1] = true};
    for (size_t place = 1; place < 2 * deepest; place++) {
        if (!reached[place]) continue;
        if (place < deepest && pa_boosting_is_cut(m, tree, place)) {
            reached[2 * place] = reached[2 * place + 1] = true;
            continue;
        }
        if (list) list[n] = make_group(m, tree, place);
        n++;
    }
    return n;
}

/* The lines of a group that has them, which are zeros: many share what they say of a leaf. */
static void fill_lines(pa_boosting_parts *p, size_t tree, const group *g)
{
    leaf list[LEAVES];
    size_t n = list_leaves(&p->model, tree, g, list);
    for (size_t i = 0; i < n; i++) {
        const way *w = &list[i].path;
        PA_ASSERT(w->d <= MOST_BITS);
        for (uint32_t agrees = 0; agrees >> w->d == 0; agrees++)
            pa_boosting_shapley(w->d, w->share, agrees, p->value + agrees * (size_t)w->d);
        double *line = p->table + g->table;
        for (uint32_t bits = 0; bits >> bits_of(g) == 0; bits++, line += g->d)
            add_leaf(list + i, p->value + agrees_of(g, list + i, bits) * (size_t)w->d, line);
    }
}

static void fill_table(pa_boosting_parts *p, size_t tree)
{
    for (size_t k = p->first[tree]; k < p->first[tree + 1]; k++)
        if (lines_of(p->group + k)) fill_lines(p, tree, p->group + k);
}

static size_t trees_of(const pa_boosting_shape *s)
{
    return (size_t)s->n_rounds * (size_t)s->n_bags;
}

static pa_status make_tables(pa_boosting_parts *p, pa_error *err)
{
    size_t n_trees = trees_of(&p->model.shape), all = 0;
    for (size_t t = 0; t < n_trees; t++)
        p->first[t + 1] = p->first[t] + list_groups(&p->model, t, NULL);
    PA_TRY(PA_NEW(p->group, p->first[n_trees], err));
    for (size_t t = 0; t < n_trees; t++) list_groups(&p->model, t, p->group + p->first[t]);
    for (size_t k = 0; k < p->first[n_trees]; k++) {
        p->group[k].table = all;
        all += lines_of(p->group + k);
    }
    PA_TRY(PA_NEW(p->table, all, err));
    for (size_t t = 0; t < n_trees; t++) fill_table(p, t);
    return PA_OK;
}

static pa_status new_parts(pa_boosting_parts *p, const pa_boosting_model *m, pa_error *err)
{
    size_t n_trees = trees_of(&m->shape), n = (size_t)1 << m->shape.depth;
    size_t n_features = (size_t)m->shape.n_features;
    p->model = *m;
    PA_TRY(PA_NEW(p->cut, n_trees * n, err));
    PA_TRY(PA_NEW(p->first, n_trees + 1, err));
    PA_TRY(PA_NEW(p->key, (2 * n_features + 1) * BLOCK, err));
    PA_TRY(PA_NEW(p->right, n * BLOCK, err));
    PA_TRY(PA_NEW(p->part, n_features * BLOCK, err));
    PA_TRY(PA_NEW(p->value, (size_t)MOST_BITS << MOST_BITS, err));
    for (size_t i = 0; i < n_trees * n; i++) p->cut[i] = pa_boosting_cut_of(m, i);
    return make_tables(p, err);
}

pa_status pa_boosting_parts_open(const pa_boosting_model *m, pa_boosting_parts **parts,
                                 pa_error *err)
{
    pa_boosting_parts *p;
    *parts = NULL;
    PA_TRY(pa_boosting_check_shape(&m->shape, err));
    PA_TRY(pa_boosting_check_trees(m, trees_of(&m->shape), err));
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
    pa_free(p->group);
    pa_free(p->table);
    pa_free(p->key);
    pa_free(p->right);
    pa_free(p->part);
    pa_free(p->value);
    pa_free(p);
}

/* ---- rows ---- */

/* Where each row of the block goes at each place of a tree. */
static void decide(pa_boosting_parts *p, size_t tree)
{
    size_t n = (size_t)1 << p->model.shape.depth;
    for (size_t place = 1; place < n; place++) {
        const pa_boosting_cut c = p->cut[tree * n + place];
        const uint32_t *key = p->key + (size_t)c.offset * BLOCK;
        uint8_t *right = p->right + place * BLOCK;
        for (size_t r = 0; r < BLOCK; r++) right[r] = key[r] >= c.key;
    }
}

/* The bits of each row's line. */
static void find_bits(const pa_boosting_parts *p, const group *g, uint16_t bits[BLOCK])
{
    const way *w = &g->path;
    uint16_t all = (uint16_t)((1u << w->d) - 1);
    for (size_t r = 0; r < BLOCK; r++) bits[r] = all;
    for (int32_t k = 0; k < w->n_cuts; k++) {
        const uint8_t *right = p->right + (size_t)w->cut[k] * BLOCK;
        for (size_t r = 0; r < BLOCK; r++)
            bits[r] &= (uint16_t) ~((unsigned)(right[r] ^ w->right[k]) << w->which[k]);
    }
    for (int32_t j = 0; j < g->n_inner; j++) {
        const uint8_t *right = p->right + (size_t)g->inner[j] * BLOCK;
        for (size_t r = 0; r < BLOCK; r++) bits[r] |= (uint16_t)((unsigned)right[r] << (w->d + j));
    }
}

static void add_group(pa_boosting_parts *p, size_t tree, const group *g, size_t n)
{
    uint16_t bits[BLOCK];
    double found[DEPTH + INNER];
    if (g->d == 0) return;
    find_bits(p, g, bits);
    for (size_t r = 0; r < n; r++) {
        const double *line = p->table + g->table + (size_t)bits[r] * (size_t)g->d;
        double *part = p->part + r * (size_t)p->model.shape.n_features;
        if (lines_of(g) == 0) {
            find_line(&p->model, tree, g, bits[r], found);
            line = found;
        }
        for (int32_t i = 0; i < g->d; i++) part[g->column[i]] += line[i];
    }
}

void pa_boosting_parts_of(pa_boosting_parts *p, size_t n, const float *const column[],
                          double part[])
{
    const pa_boosting_shape *s = &p->model.shape;
    size_t n_features = (size_t)s->n_features, n_trees = trees_of(s);
    for (size_t first = 0; first < n; first += BLOCK) {
        size_t rows = n - first < BLOCK ? n - first : BLOCK;
        memset(p->part, 0, n_features * BLOCK * sizeof *p->part);
        pa_boosting_load_keys(s->n_features, first, rows, column, p->key);
        for (size_t t = 0; t < n_trees; t++) {
            decide(p, t);
            for (size_t k = p->first[t]; k < p->first[t + 1]; k++)
                add_group(p, t, p->group + k, rows);
        }
        for (size_t c = 0; c < n_features; c++)
            for (size_t r = 0; r < rows; r++)
                part[c * n + first + r] = p->part[r * n_features + c] / s->n_bags;
    }
}

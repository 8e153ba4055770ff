#include "boosting_tree.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"

/* A place of the level that is grown. */
typedef struct {
    size_t place, begin, n; /* its entries here */
    int64_t rows;           /* over all ranks, as the whole */
    pa_boosting_whole whole;
    pa_boosting_sum *sum; /* of the own columns; NULL: it is not to be cut */
    pa_boosting_split split;
} node;

struct pa_boosting_grower {
    pa_comm *comm;
    pa_boosting_growth growth;
    const pa_boosting_edges *edges;
    const pa_boosting_rows *rows;
    pa_boosting_entry *entry, *scratch; /* of all rows here */
    pa_boosting_scanner scanner;

    /* The columns of this tree. Those of rank r are number own[r] up to own[r + 1]. */
    size_t n_columns;
    const uint32_t *column; /* NULL: all */
    uint32_t *offset;       /* n_columns + 1: where the bins of each begin */
    size_t *own;            /* ranks + 1 */
    size_t *scatter;        /* ranks: numbers that go to each */

    pa_boosting_sum *local; /* of all columns, here; NULL with one rank */
    size_t room;            /* bins of one of the following */
    pa_boosting_sum **sum;  /* as many as there are, at most as a level has places */
    pa_boosting_sum **free_sum;
    size_t n_sums, n_free;

    node *level, *next;
    size_t n_level;
    int64_t *count;            /* of a level */
    pa_boosting_split *splits; /* of a level */
};

static size_t all_bins(const pa_boosting_edges *e)
{
    return (size_t)e->first[e->n_columns] + 2 * e->n_columns;
}

static size_t most_bins(const pa_boosting_edges *e)
{
    size_t most = 0;
    for (size_t c = 0; c < e->n_columns; c++)
        if (pa_boosting_value_bins(e, c) > most) most = pa_boosting_value_bins(e, c);
    return most;
}

static pa_status make_room(pa_boosting_grower *g, pa_error *err)
{
    size_t width = (size_t)1 << g->growth.depth, n_ranks = (size_t)pa_comm_size(g->comm);
    PA_TRY(PA_NEW(g->entry, g->rows->n + 1, err));
    PA_TRY(PA_NEW(g->scratch, g->rows->n + 1, err));
    PA_TRY(pa_boosting_scanner_new(&g->scanner, most_bins(g->edges) + 1, err));
    PA_TRY(PA_NEW(g->offset, g->edges->n_columns + 1, err));
    PA_TRY(PA_NEW(g->own, n_ranks + 1, err));
    PA_TRY(PA_NEW(g->scatter, n_ranks, err));
    if (n_ranks > 1) PA_TRY(PA_NEW(g->local, all_bins(g->edges), err));
    PA_TRY(PA_NEW(g->sum, width, err));
    PA_TRY(PA_NEW(g->free_sum, width, err));
    PA_TRY(PA_NEW(g->level, width, err));
    PA_TRY(PA_NEW(g->next, width, err));
    PA_TRY(PA_NEW(g->count, width, err));
    return PA_NEW(g->splits, width, err);
}

pa_status pa_boosting_grower_new(pa_comm *comm, const pa_boosting_growth *growth,
                                 const pa_boosting_edges *edges, const pa_boosting_rows *rows,
                                 pa_boosting_grower **grower, pa_error *err)
{
    pa_boosting_grower *g;
    *grower = NULL;
    pa_status st = PA_NEW(g, 1, err);
    if (st == PA_OK) {
        g->comm = comm;
        g->growth = *growth;
        g->edges = edges;
        g->rows = rows;
        st = make_room(g, err);
    }
    st = pa_agree(comm, st, err);
    if (st == PA_OK)
        *grower = g;
    else
        pa_boosting_grower_free(g);
    return st;
}

static void free_sums(pa_boosting_grower *g)
{
    for (size_t i = 0; i < g->n_sums; i++) pa_free(g->sum[i]);
    g->n_free = g->n_sums = 0;
}

void pa_boosting_grower_free(pa_boosting_grower *g)
{
    if (!g) return;
    free_sums(g);
    pa_free(g->entry);
    pa_free(g->scratch);
    pa_boosting_scanner_free(&g->scanner);
    pa_free(g->offset);
    pa_free(g->own);
    pa_free(g->scatter);
    pa_free(g->local);
    pa_free(g->sum);
    pa_free(g->free_sum);
    pa_free(g->level);
    pa_free(g->next);
    pa_free(g->count);
    pa_free(g->splits);
    pa_free(g);
}

pa_boosting_entry *pa_boosting_entries(pa_boosting_grower *g)
{
    return g->entry;
}

/* ---- columns, and room for their sums ---- */

static uint32_t column_at(const pa_boosting_grower *g, size_t k)
{
    return g->column ? g->column[k] : (uint32_t)k;
}

static size_t own_bins(const pa_boosting_grower *g, size_t rank)
{
    return g->offset[g->own[rank + 1]] - g->offset[g->own[rank]];
}

static void take_columns(pa_boosting_grower *g, size_t n_columns, const uint32_t column[])
{
    int n_ranks = pa_comm_size(g->comm);
    g->n_columns = n_columns;
    g->column = column;
    for (size_t k = 0; k < n_columns; k++)
        g->offset[k + 1] =
            g->offset[k] + (uint32_t)pa_boosting_value_bins(g->edges, column_at(g, k)) + 1;
    for (int r = 0; r <= n_ranks; r++)
        g->own[r] = (size_t)pa_even_share((int64_t)n_columns, r, n_ranks);
    for (int r = 0; r < n_ranks; r++) g->scatter[r] = 2 * own_bins(g, (size_t)r);
    size_t room = own_bins(g, (size_t)pa_comm_rank(g->comm));
    if (room > g->room) {
        free_sums(g);
        g->room = room;
    }
}

static pa_status take_sum(pa_boosting_grower *g, pa_boosting_sum **sum, pa_error *err)
{
    if (g->n_free > 0) {
        *sum = g->free_sum[--g->n_free];
        return PA_OK;
    }
    PA_ASSERT(g->n_sums < (size_t)1 << g->growth.depth);
    PA_TRY(PA_NEW(*sum, g->room + 1, err));
    g->sum[g->n_sums++] = *sum;
    return PA_OK;
}

static void leave_sum(pa_boosting_grower *g, node *n)
{
    if (n->sum) g->free_sum[g->n_free++] = n->sum;
    n->sum = NULL;
}

/* ---- sums by bin ---- */

/* The sums of a node's rows over all ranks, of the own columns. Collective. */
static pa_status add_up(pa_boosting_grower *g, node *n, pa_error *err)
{
    pa_boosting_sum *sum = NULL;
    PA_AGREE(g->comm, take_sum(g, &sum, err), err);
    pa_boosting_sum *here = g->local ? g->local : sum;
    memset(here, 0, g->offset[g->n_columns] * sizeof *here);
    pa_boosting_add(n->n, g->entry + n->begin, g->rows, g->n_columns, g->column, g->offset, here);
    if (g->local) pa_sum_scatter_i64(g->comm, (const int64_t *)here, g->scatter, (int64_t *)sum);
    n->sum = sum;
    return PA_OK;
}

/* The sums of a node's other child are what the first leaves of its own. */
static void subtract(pa_boosting_grower *g, pa_boosting_sum from[], const pa_boosting_sum sum[])
{
    size_t n = own_bins(g, (size_t)pa_comm_rank(g->comm));
    for (size_t i = 0; i < n; i++) from[i] -= sum[i];
}

static bool may_be_cut(const pa_boosting_grower *g, const node *n)
{
    return n->whole.total[1] >= 2 * g->growth.limits.least_hessian && n->rows > 1;
}

/* ---- cuts ---- */

static pa_boosting_column column_of(const pa_boosting_grower *g, uint32_t number)
{
    return (pa_boosting_column){.number = (int32_t)number,
                                .direction = g->growth.direction[number],
                                .value_bins = pa_boosting_value_bins(g->edges, number)};
}

/* The best cut of a node among the own columns. */
static void scan(const pa_boosting_grower *g, node *n)
{
    size_t rank = (size_t)pa_comm_rank(g->comm), begin = g->own[rank];
    n->split = (pa_boosting_split){.column = INT32_MAX};
    for (size_t k = begin; n->sum && k < g->own[rank + 1]; k++) {
        const pa_boosting_column column = column_of(g, column_at(g, k));
        pa_boosting_scan(&g->scanner, &g->growth.limits, &column,
                         n->sum + (g->offset[k] - g->offset[begin]), &n->whole, &n->split);
    }
}

/* The best cuts of all nodes of the level among all columns. Collective. */
static pa_status find_cuts(pa_boosting_grower *g, pa_error *err)
{
    void *gathered = NULL;
    size_t bytes, n = g->n_level;
    for (size_t i = 0; i < n; i++) {
        scan(g, g->level + i);
        g->splits[i] = g->level[i].split;
    }
    if (pa_comm_size(g->comm) == 1) return PA_OK;
    PA_TRY(pa_gather_all(g->comm, g->splits, n * sizeof *g->splits, &gathered, &bytes, err));
    const pa_boosting_split *split = gathered;
    for (size_t k = 0; k < bytes / sizeof *split; k++)
        if (pa_boosting_is_better(split + k, &g->level[k % n].split))
            g->level[k % n].split = split[k];
    pa_free(gathered);
    return PA_OK;
}

/* Of more cuts than there may be, drops those of the smallest gains, of equal ones the last. */
static void keep_best(pa_boosting_grower *g, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n_level; i++) n += g->level[i].split.gain > 0;
    for (; n > room; n--) {
        size_t worst = 0;
        double least = INFINITY;
        for (size_t i = 0; i < g->n_level; i++) {
            double gain = g->level[i].split.gain;
            if (gain <= 0 || gain > least) continue;
            worst = i;
            least = gain;
        }
        g->level[worst].split.gain = 0;
    }
}

/* ---- places ---- */

static double leaf_of(const pa_boosting_grower *g, const node *n)
{
    double most = PA_BOOSTING_MAX_STEP;
    double value = pa_boosting_pay(&g->growth.limits, &n->whole) * g->growth.rate;
    return value > most ? most : value < -most ? -most : value;
}

static void end_in_leaf(pa_boosting_grower *g, node *n, const pa_boosting_tree *tree,
                        double margin[])
{
    double value = n->rows > 0 ? leaf_of(g, n) : 0;
    leave_sum(g, n);
    tree->value[n->place] = value;
    for (size_t i = 0; margin && i < n->n; i++) margin[g->entry[n->begin + i].row] += value;
}

static void write_cut(const pa_boosting_grower *g, const node *n, const pa_boosting_tree *tree)
{
    size_t column = (size_t)n->split.column;
    int64_t edge = g->edges->first[column] + n->split.bin;
    tree->feature[n->place] = n->split.column;
    tree->threshold[n->place] = edge < g->edges->first[column + 1] ? g->edges->edge[edge] : NAN;
    tree->missing[n->place] = (int8_t)n->split.missing_left;
}

/* Where a column has a direction, a cut between its values parts what leaves on its sides may pay
 * as well: in the middle of what the sides themselves would. */
static void part_range(const pa_boosting_grower *g, const pa_boosting_split *split, node child[2])
{
    const pa_boosting_column c = column_of(g, (uint32_t)split->column);
    const pa_boosting_limits *limits = &g->growth.limits;
    if (c.direction == 0 || (size_t)split->bin + 1 == c.value_bins) return;
    double middle =
        (pa_boosting_pay(limits, &child[0].whole) + pa_boosting_pay(limits, &child[1].whole)) / 2;
    child[c.direction < 0].whole.range.high = middle;
    child[c.direction > 0].whole.range.low = middle;
}

/* The children of a node, before it is known which rows they get. */
static void bear(const pa_boosting_grower *g, const node *p, node child[2])
{
    const pa_boosting_sum left = {p->split.left_gradient, p->split.left_hessian};
    const pa_boosting_whole *w = &p->whole;
    child[0] = (node){.place = 2 * p->place, .whole = {left, w->range}};
    child[1] =
        (node){.place = 2 * p->place + 1, .rows = p->rows, .whole = {w->total - left, w->range}};
    part_range(g, &p->split, child);
}

/* Parts the rows of a node that is cut. Returns how many here go to the left. On the last level
 * they stay where they are, and get their leaves. */
static size_t part_rows(pa_boosting_grower *g, const node *p, node child[2], bool last,
                        double margin[])
{
    const pa_boosting_fork fork = pa_boosting_fork_of(g->edges, g->rows, &p->split);
    pa_boosting_entry *entry = g->entry + p->begin;
    if (last && margin) {
        const double value[2] = {leaf_of(g, child), leaf_of(g, child + 1)};
        return pa_boosting_settle(p->n, entry, &fork, value, margin);
    }
    size_t left = pa_boosting_part(p->n, entry, &fork, g->scratch);
    child[0].begin = p->begin;
    child[0].n = left;
    child[1].begin = p->begin + left;
    child[1].n = p->n - left;
    return left;
}

/* Cuts the nodes of the level that are to be cut: next gets their children. Collective. */
static void cut_level(pa_boosting_grower *g, bool last, const pa_boosting_tree *tree,
                      double margin[], size_t *n_next)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n_level; i++) {
        const node *p = g->level + i;
        if (p->split.gain <= 0) continue;
        bear(g, p, g->next + n);
        g->count[n / 2] = (int64_t)part_rows(g, p, g->next + n, last, margin);
        write_cut(g, p, tree);
        n += 2;
    }
    pa_sum_i64(g->comm, g->count, n / 2);
    for (size_t i = 0; i < n; i += 2) {
        g->next[i].rows = g->count[i / 2];
        g->next[i + 1].rows -= g->count[i / 2];
        tree->rows[g->next[i].place] = g->next[i].rows;
        tree->rows[g->next[i + 1].place] = g->next[i + 1].rows;
    }
    *n_next = n;
}

/* The sums of the children of a node: those of the one with fewer rows are added up, the other
 * gets what is left of its parent's. Collective. */
static pa_status add_up_children(pa_boosting_grower *g, node *parent, node child[2], pa_error *err)
{
    node *small = child[1].rows < child[0].rows ? child + 1 : child, *large = child;
    if (small == child) large = child + 1;
    if (may_be_cut(g, child) || may_be_cut(g, child + 1)) {
        PA_TRY(add_up(g, small, err));
        subtract(g, parent->sum, small->sum);
        large->sum = parent->sum;
        parent->sum = NULL;
    }
    leave_sum(g, parent);
    for (int i = 0; i < 2; i++)
        if (!may_be_cut(g, child + i)) leave_sum(g, child + i);
    return PA_OK;
}

/* From one level to the next. leaves: that there are so far, the level's nodes included. */
static pa_status grow_level(pa_boosting_grower *g, bool last, const pa_boosting_tree *tree,
                            double margin[], size_t *leaves, pa_error *err)
{
    size_t n = 0;
    PA_TRY(find_cuts(g, err));
    keep_best(g, (size_t)g->growth.most_leaves - *leaves);
    cut_level(g, last, tree, margin, &n);
    *leaves += n / 2;
    for (size_t i = 0, k = 0; i < g->n_level; i++) {
        node *p = g->level + i;
        if (p->split.gain <= 0) {
            end_in_leaf(g, p, tree, margin);
            continue;
        }
        if (last)
            leave_sum(g, p);
        else
            PA_TRY(add_up_children(g, p, g->next + k, err));
        k += 2;
    }
    node *level = g->level;
    g->level = g->next;
    g->next = level;
    g->n_level = n;
    return PA_OK;
}

/* The root, and how many rows and what total it has. Collective. */
static pa_status begin_tree(pa_boosting_grower *g, size_t n, const pa_boosting_tree *tree,
                            pa_error *err)
{
    pa_boosting_sum total = pa_boosting_total(n, g->entry);
    int64_t sums[3] = {(int64_t)n, total[0], total[1]};
    pa_sum_i64(g->comm, sums, 3);
    node *root = g->level;
    *root = (node){.place = 1, .n = n, .rows = sums[0]};
    root->whole = (pa_boosting_whole){{sums[1], sums[2]}, {-INFINITY, INFINITY}};
    g->n_level = 1;
    tree->rows[1] = root->rows;
    return may_be_cut(g, root) ? add_up(g, root, err) : PA_OK;
}

pa_status pa_boosting_grow(pa_boosting_grower *g, size_t n, size_t n_columns,
                           const uint32_t column[], const pa_boosting_tree *tree, double margin[],
                           pa_error *err)
{
    size_t leaves = 1;
    for (size_t p = 0; p < (size_t)1 << g->growth.depth; p++) tree->feature[p] = -1;
    take_columns(g, n_columns, column);
    pa_status st = begin_tree(g, n, tree, err);
    for (int32_t d = 0; st == PA_OK && d < g->growth.depth; d++)
        st = grow_level(g, d + 1 == g->growth.depth, tree, margin, &leaves, err);
    for (size_t i = 0; st == PA_OK && i < g->n_level; i++)
        end_in_leaf(g, g->level + i, tree, margin);
    return st;
}

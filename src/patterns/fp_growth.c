#include "paraudit/patterns/fp_growth.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/patterns/item_order.h"
#include "paraudit/patterns/superset_sums.h"

enum {
    LATTICE = 12, /* so many items or fewer are counted all at once: 16 KiB of sums */
    WORD = 20,    /* ... or fewer stand in a word for each path */
    PATH_END = -1
};

/* What goes along with the recursion. */
typedef struct pa_fp_miner {
    const pa_fp_tree *tree;
    const int32_t *code;
    const pa_mine_options *o;
    const pa_set_sink *sink;
    pa_set_counts *counts;
    pa_arena *arena;
    pa_error *err;
    uint32_t *sum;     /* 2^LATTICE */
    uint32_t *support; /* of each rank of the tree at hand, zeros in between */
    int32_t *new_rank; /* of each, where it is frequent beside the prefix */
    int32_t *met;      /* ranks, as they are met */
    int32_t *set;      /* the prefix, then room for more: codes */
    int32_t n_set;
    int32_t *always; /* perfect extensions of the prefix: codes */
    int32_t n_always;
} miner;

static pa_status no_memory(const miner *m)
{
    return pa_arena_is_short(m->arena, m->err);
}

/* ---- what is found ---- */

static uint64_t times_saturated(uint64_t a, uint64_t b)
{
    return a && b > UINT64_MAX / a ? UINT64_MAX : a * b;
}

/* n sets of `size` items, and these with each choice of the perfect extensions. */
static void count_sets(const miner *m, int32_t size, uint64_t n)
{
    uint64_t choices = 1; /* of `more` out of n_always */
    uint64_t *by_size = m->counts->by_size + size;
    for (int32_t more = 0;; more++) {
        pa_add_sets(by_size + more, times_saturated(n, choices));
        if (more == m->n_always) return;
        uint64_t left = (uint64_t)(m->n_always - more), next = times_saturated(choices, left);
        choices = next == UINT64_MAX ? next : next / (uint64_t)(more + 1);
    }
}

static bool is_wanted(const miner *m, int32_t size)
{
    return size >= m->o->min_length && (m->o->max_length == 0 || size <= m->o->max_length);
}

/* The set of n codes, and it with each choice of the perfect extensions from `from` on. */
static pa_status tell(const miner *m, int32_t n, int32_t from, uint32_t support)
{
    if (m->o->max_length && n > m->o->max_length) return PA_OK;
    if (is_wanted(m, n)) PA_TRY(m->sink->found(m->sink->self, (size_t)n, m->set, support, m->err));
    for (int32_t k = from; k < m->n_always; k++) {
        m->set[n] = m->always[k];
        PA_TRY(tell(m, n + 1, k + 1, support));
    }
    return PA_OK;
}

/* The prefix and `n` codes behind it. */
static pa_status find(const miner *m, int32_t n, uint32_t support)
{
    count_sets(m, m->n_set + n, 1);
    return m->sink ? tell(m, m->n_set + n, 0, support) : PA_OK;
}

/* ---- few items: all sets at once ---- */

static void count_lattice(const miner *m, int k)
{
    uint64_t n[LATTICE + 1] = {0};
    uint32_t least = (uint32_t)m->o->min_support;
    for (uint32_t mask = 1; mask < 1u << k; mask++)
        if (m->sum[mask] >= least) n[__builtin_popcount(mask)]++;
    for (int size = 1; size <= k; size++)
        if (n[size]) count_sets(m, m->n_set + size, n[size]);
}

static pa_status tell_lattice(const miner *m, int k, const int32_t code[])
{
    for (uint32_t mask = 1; mask < 1u << k; mask++) {
        if (m->sum[mask] < (uint32_t)m->o->min_support) continue;
        int32_t n = m->n_set;
        for (int b = 0; b < k; b++)
            if (mask >> b & 1) m->set[n++] = code[b];
        PA_TRY(tell(m, n, 0, m->sum[mask]));
    }
    return PA_OK;
}

/* m->sum: of each mask of k items the weight of the paths with exactly these. */
static pa_status mine_lattice(const miner *m, int k, const int32_t code[])
{
    pa_superset_sums(k, m->sum);
    count_lattice(m, k);
    return m->sink ? tell_lattice(m, k, code) : PA_OK;
}

/* ---- some more items: paths as words ---- */

/* Paths of k items; item b is bit b, of code[b]. */
typedef struct {
    uint32_t items, weight;
} word;

static pa_status mine_words(miner *m, int k, const int32_t code[], size_t n, word row[]);

/* Which bits stay beside the topmost one, in how many words of it. */
typedef struct {
    int k;
    uint8_t to[WORD]; /* the new bit of each; UINT8_MAX: it does not stay */
    int32_t code[WORD];
} kept_bits;

static kept_bits keep_bits(miner *m, int k, const int32_t code[], size_t n, const word row[],
                           uint32_t support)
{
    uint32_t count[WORD] = {0};
    kept_bits kept = {0};
    for (size_t i = 0; i < n; i++)
        for (uint32_t items = row[i].items; items; items &= items - 1)
            count[__builtin_ctz(items)] += row[i].weight;
    for (int b = 0; b < k; b++) {
        kept.to[b] = UINT8_MAX;
        if (count[b] < (uint32_t)m->o->min_support) continue;
        if (count[b] == support) {
            m->always[m->n_always++] = code[b];
            continue;
        }
        kept.code[kept.k] = code[b];
        kept.to[b] = (uint8_t)kept.k++;
    }
    return kept;
}

static uint32_t moved(const kept_bits *kept, uint32_t items)
{
    uint32_t out = 0;
    for (; items; items &= items - 1) {
        uint8_t to = kept->to[__builtin_ctz(items)];
        if (to != UINT8_MAX) out |= 1u << to;
    }
    return out;
}

/* Sets with the topmost bit: `row` are the n words that have it, without it. */
static pa_status mine_topmost(miner *m, int k, const int32_t code[], size_t n, word row[],
                              uint32_t support)
{
    int32_t n_always = m->n_always;
    m->set[m->n_set++] = code[k - 1];
    kept_bits kept = keep_bits(m, k - 1, code, n, row, support);
    pa_status st = find(m, 0, support);
    bool deeper = m->o->max_length == 0 || m->n_set < m->o->max_length;
    if (st == PA_OK && kept.k && deeper) {
        for (size_t i = 0; i < n; i++) row[i].items = moved(&kept, row[i].items);
        st = mine_words(m, kept.k, kept.code, n, row);
    }
    m->n_always = n_always;
    m->n_set--;
    return st;
}

static pa_status mine_with_topmost(miner *m, int k, const int32_t code[], size_t n,
                                   const word row[])
{
    char *mark = m->arena->at;
    uint32_t bit = 1u << (k - 1), support = 0;
    size_t n_with = 0;
    word *with = pa_arena_take(m->arena, n, sizeof *with);
    if (!with) return no_memory(m);
    for (size_t i = 0; i < n; i++) {
        if (!(row[i].items & bit)) continue;
        support += row[i].weight;
        with[n_with++] = (word){row[i].items & (bit - 1), row[i].weight};
    }
    pa_status st = PA_OK;
    if (support >= (uint32_t)m->o->min_support)
        st = mine_topmost(m, k, code, n_with, with, support);
    m->arena->at = mark;
    return st;
}

/* Changes the rows. */
static pa_status mine_words(miner *m, int k, const int32_t code[], size_t n, word row[])
{
    for (; k > LATTICE; k--) {
        PA_TRY(mine_with_topmost(m, k, code, n, row));
        for (size_t i = 0; i < n; i++) row[i].items &= (1u << (k - 1)) - 1;
    }
    memset(m->sum, 0, sizeof *m->sum << k);
    for (size_t i = 0; i < n; i++) m->sum[row[i].items] += row[i].weight;
    return mine_lattice(m, k, code);
}

/* ---- the paths above the nodes of an item ---- */

/* Ranks from the node upward, PATH_END behind each path. */
typedef struct {
    size_t n; /* paths */
    const uint32_t *node;
    const uint32_t *count; /* of a node */
    int32_t *rank;
    size_t length; /* of `rank` */
} paths;

/* Counts the weight of each rank in m->support, and lists those met. */
static pa_status gather_paths(miner *m, const pa_fp_tree *t, int32_t item, paths *p, int32_t *n_met)
{
    pa_arena *a = m->arena;
    int32_t *to = (int32_t *)a->at, *begin = to;
    size_t most = (size_t)t->n_items + 1; /* of one path */
    *p = (paths){.n = t->first[item + 1] - t->first[item],
                 .node = t->node + t->first[item],
                 .count = t->count};
    *n_met = 0;
    for (size_t i = 0; i < p->n; i++) {
        uint32_t count = t->count[p->node[i]];
        if ((size_t)(a->end - (char *)to) < most * sizeof *to) return no_memory(m);
        for (uint32_t v = t->parent[p->node[i]]; v != PA_FP_ROOT; v = t->parent[v]) {
            int32_t rank = t->item[v];
            if (m->support[rank] == 0) m->met[(*n_met)++] = rank;
            m->support[rank] += count;
            *to++ = rank;
        }
        *to++ = PATH_END;
    }
    p->length = (size_t)(to - begin);
    p->rank = pa_arena_take(a, p->length, sizeof *p->rank);
    return p->rank ? PA_OK : no_memory(m);
}

/* ---- which of them are frequent ---- */

/* Ranks of the old tree that are frequent beside the prefix, ascending, with their codes and
 * supports: the ranks of the new one. */
typedef struct {
    int32_t k;
    int32_t *rank, *code;
    uint32_t *support;
} frequent;

/* Perfect extensions go to m->always, by rank: the tree's paths may come in any order. */
static pa_status keep_frequent(miner *m, const int32_t code[], uint32_t support, int32_t n_met,
                               frequent *f)
{
    pa_arena *a = m->arena;
    *f = (frequent){.rank = pa_arena_take(a, (size_t)n_met, sizeof *f->rank),
                    .code = pa_arena_take(a, (size_t)n_met, sizeof *f->code),
                    .support = pa_arena_take(a, (size_t)n_met, sizeof *f->support)};
    if (!f->rank || !f->code || !f->support) return no_memory(m);
    int32_t *always = m->always + m->n_always, n_always = 0;
    for (int32_t i = 0; i < n_met; i++) {
        int32_t rank = m->met[i];
        m->new_rank[rank] = -1;
        if (m->support[rank] < (uint32_t)m->o->min_support) continue;
        if (m->support[rank] == support)
            always[n_always++] = rank;
        else
            f->rank[f->k++] = rank;
    }
    pa_sort_items((size_t)n_always, always);
    for (int32_t i = 0; i < n_always; i++) always[i] = code[always[i]];
    m->n_always += n_always;
    pa_sort_items((size_t)f->k, f->rank);
    for (int32_t i = 0; i < f->k; i++) {
        m->new_rank[f->rank[i]] = i;
        f->code[i] = code[f->rank[i]];
        f->support[i] = m->support[f->rank[i]];
    }
    return PA_OK;
}

static void forget_met(const miner *m, int32_t n_met)
{
    for (int32_t i = 0; i < n_met; i++) m->support[m->met[i]] = 0;
}

/* ---- what is mined beside the prefix ---- */

/* The frequent items of a path as bits; *rank moves behind it. */
static uint32_t word_of(const miner *m, const int32_t **rank)
{
    uint32_t items = 0;
    for (; **rank != PATH_END; ++*rank) {
        int32_t to = m->new_rank[**rank];
        if (to >= 0) items |= 1u << to;
    }
    ++*rank;
    return items;
}

static pa_status mine_few(miner *m, const paths *p, const frequent *f)
{
    const int32_t *rank = p->rank;
    memset(m->sum, 0, sizeof *m->sum << f->k);
    for (size_t i = 0; i < p->n; i++) m->sum[word_of(m, &rank)] += p->count[p->node[i]];
    return mine_lattice(m, f->k, f->code);
}

static pa_status mine_some(miner *m, const paths *p, const frequent *f)
{
    const int32_t *rank = p->rank;
    size_t n = 0;
    word *row = pa_arena_take(m->arena, p->n, sizeof *row);
    if (!row) return no_memory(m);
    for (size_t i = 0; i < p->n; i++) {
        uint32_t items = word_of(m, &rank), weight = p->count[p->node[i]];
        if (n && row[n - 1].items == items)
            row[n - 1].weight += weight;
        else
            row[n++] = (word){items, weight};
    }
    return mine_words(m, f->k, f->code, n, row);
}

/* The frequent items of a path as ranks of the new tree, ascending; *rank moves behind it. */
static uint32_t row_of(const miner *m, const int32_t **rank, int32_t row[])
{
    uint32_t n = 0;
    for (; **rank != PATH_END; ++*rank) {
        int32_t to = m->new_rank[**rank];
        if (to >= 0) row[n++] = to;
    }
    ++*rank;
    for (uint32_t i = 0; i < n / 2; i++) {
        int32_t v = row[i];
        row[i] = row[n - 1 - i];
        row[n - 1 - i] = v;
    }
    return n;
}

/* Rows for the tree beside the prefix. */
typedef struct {
    uint32_t *shared, *length, *weight;
    int32_t *item;
    int32_t *row[2]; /* this one, and the one before */
} row_space;

static bool take_rows(pa_arena *a, const paths *p, int32_t k, row_space *s)
{
    s->shared = pa_arena_take(a, p->n, sizeof *s->shared);
    s->length = pa_arena_take(a, p->n, sizeof *s->length);
    s->weight = pa_arena_take(a, p->n, sizeof *s->weight);
    s->item = pa_arena_take(a, p->length, sizeof *s->item);
    s->row[0] = pa_arena_take(a, (size_t)k, sizeof *s->row[0]);
    s->row[1] = pa_arena_take(a, (size_t)k, sizeof *s->row[1]);
    return s->shared && s->length && s->weight && s->item && s->row[0] && s->row[1];
}

static pa_fp_rows rows_of(const miner *m, const paths *p, row_space *s)
{
    pa_fp_rows rows = {
        .shared = s->shared, .length = s->length, .weight = s->weight, .item = s->item};
    const int32_t *rank = p->rank;
    uint32_t n_last = 0;
    for (size_t i = 0; i < p->n; i++) {
        int32_t *row = s->row[0], *last = s->row[1];
        uint32_t n = row_of(m, &rank, row), shared = 0, weight = p->count[p->node[i]];
        if (n == 0) continue;
        while (shared < n && shared < n_last && row[shared] == last[shared]) shared++;
        if (shared == n && n == n_last) {
            s->weight[rows.n - 1] += weight;
            continue;
        }
        memcpy(s->item + rows.n_nodes, row + shared, (n - shared) * sizeof *row);
        rows.n_nodes += n - shared;
        s->shared[rows.n] = shared;
        s->length[rows.n] = n;
        s->weight[rows.n++] = weight;
        if ((int32_t)n > rows.longest) rows.longest = (int32_t)n;
        s->row[0] = last;
        s->row[1] = row;
        n_last = n;
    }
    return rows;
}

static pa_status mine_tree(miner *m, const pa_fp_tree *t, const int32_t code[], int32_t first,
                           int32_t last);

static pa_status mine_many(miner *m, const paths *p, const frequent *f)
{
    row_space s;
    pa_fp_tree tree;
    if (!take_rows(m->arena, p, f->k, &s)) return no_memory(m);
    pa_fp_rows rows = rows_of(m, p, &s);
    if (!pa_fp_tree_make(m->arena, &rows, f->k, &tree)) return no_memory(m);
    return mine_tree(m, &tree, f->code, 0, f->k);
}

static pa_status mine_beside(miner *m, const paths *p, const frequent *f)
{
    if (f->k == 0 || (m->o->max_length && m->n_set >= m->o->max_length)) return PA_OK;
    if (f->k == 1) {
        m->set[m->n_set] = f->code[0];
        return find(m, 1, f->support[0]);
    }
    if (f->k <= LATTICE) return mine_few(m, p, f);
    return f->k <= WORD ? mine_some(m, p, f) : mine_many(m, p, f);
}

/* ---- all of a tree ---- */

/* Sets whose least frequent item this is. */
static pa_status mine_item(miner *m, const pa_fp_tree *t, const int32_t code[], int32_t item)
{
    char *mark = m->arena->at;
    int32_t n_always = m->n_always, n_met;
    paths p;
    frequent f = {0};
    m->set[m->n_set++] = code[item];
    pa_status st = gather_paths(m, t, item, &p, &n_met);
    if (st == PA_OK) st = keep_frequent(m, code, t->support[item], n_met, &f);
    forget_met(m, n_met);
    if (st == PA_OK) st = find(m, 0, t->support[item]);
    if (st == PA_OK) st = mine_beside(m, &p, &f);
    m->n_set--;
    m->n_always = n_always;
    m->arena->at = mark;
    return st;
}

static pa_status mine_tree(miner *m, const pa_fp_tree *t, const int32_t code[], int32_t first,
                           int32_t last)
{
    for (int32_t i = last; i-- > first;) PA_TRY(mine_item(m, t, code, i));
    return PA_OK;
}

/* ---- */

static bool take_scratch(miner *m, const pa_fp_tree *t, size_t longest)
{
    pa_arena *a = m->arena;
    size_t n = (size_t)t->n_items;
    m->sum = pa_arena_take(a, (size_t)1 << LATTICE, sizeof *m->sum);
    m->support = pa_arena_take(a, n, sizeof *m->support);
    m->new_rank = pa_arena_take(a, n, sizeof *m->new_rank);
    m->met = pa_arena_take(a, n, sizeof *m->met);
    m->set = pa_arena_take(a, longest + 1, sizeof *m->set);
    m->always = pa_arena_take(a, longest + 1, sizeof *m->always);
    if (!m->sum || !m->support || !m->new_rank || !m->met || !m->set || !m->always) return false;
    memset(m->support, 0, n * sizeof *m->support);
    return true;
}

int32_t pa_fp_longest_path(const pa_fp_tree *t)
{
    int32_t longest = 0;
    for (int32_t i = 0; i < t->n_items; i++)
        for (uint32_t k = t->first[i]; k < t->first[i + 1]; k++) {
            int32_t n = 0;
            for (uint32_t v = t->node[k]; v != PA_FP_ROOT; v = t->parent[v]) n++;
            if (n > longest) longest = n;
        }
    return longest;
}

pa_status pa_fp_miner_open(pa_arena *arena, const pa_fp_tree *tree, const int32_t code[],
                           size_t longest, const pa_mine_options *options, pa_fp_miner **opened,
                           pa_error *err)
{
    char *mark = arena->at;
    miner *m = pa_arena_take(arena, 1, sizeof *m);
    if (m) {
        *m = (miner){.tree = tree, .code = code, .o = options, .arena = arena, .err = err};
        *opened = m;
        if (take_scratch(m, tree, longest)) return PA_OK;
    }
    arena->at = mark;
    return pa_arena_is_short(arena, err);
}

pa_status pa_fp_growth(pa_fp_miner *m, int32_t first, int32_t last, const pa_set_sink *sink,
                       pa_set_counts *counts, pa_error *err)
{
    m->sink = sink;
    m->counts = counts;
    m->err = err;
    return mine_tree(m, m->tree, m->code, first, last);
}

/* Frequent sets where memory is short: what is beside a prefix is looked for in the rows at hand,
 * of which it has a list; words and a tree are made further down, where there is room. Finds the
 * same sets in the same order as fp_growth.c, and takes longer. */
#include <string.h>

#include "fp_miner.h"

/* The rows that have a prefix. */
typedef struct {
    uint32_t n;
    const uint32_t *row; /* NULL: all */
    int32_t below;       /* ranks below it are beside the prefix */
    uint32_t support;    /* of the prefix */
} row_list;

/* ---- rows, rank by rank ---- */

typedef struct {
    const uint8_t *at, *end;
    int32_t last, below;
    uint32_t weight;
} reader;

static inline uint32_t row_at(const row_list *in, uint32_t i)
{
    return in->row ? in->row[i] : i;
}

static inline reader read_row(const miner *m, const row_list *in, uint32_t i)
{
    const uint32_t *first = m->coded->first + row_at(in, i);
    reader r = {.at = m->coded->code + first[0],
                .end = m->coded->code + first[1],
                .last = -1,
                .below = in->below};
    r.weight = pa_coded_number(&r.at);
    return r;
}

/* -1: there is none. */
static inline int32_t next_rank(reader *r)
{
    if (r->at >= r->end) return -1;
    r->last += (int32_t)pa_coded_number(&r->at) + 1;
    return r->last < r->below ? r->last : -1;
}

/* Counts the weight of each rank in m->support, and lists those met. */
static int32_t count_ranks(const miner *m, const row_list *in)
{
    int32_t n_met = 0;
    for (uint32_t i = 0; i < in->n; i++) {
        reader r = read_row(m, in, i);
        for (int32_t rank; (rank = next_rank(&r)) >= 0;) {
            m->met[n_met] = rank; /* in vain where it was met before */
            n_met += m->support[rank] == 0;
            m->support[rank] += r.weight;
        }
    }
    return n_met;
}

/* ---- few items, some, or few baskets ---- */

/* The frequent items of a row as bits. */
static uint32_t word_of(const miner *m, reader *r)
{
    uint32_t items = 0;
    for (int32_t rank; (rank = next_rank(r)) >= 0;) {
        int32_t to = m->new_rank[rank];
        if (to >= 0) items |= 1u << to;
    }
    return items;
}

/* The sets of the first k of them. */
static pa_status mine_lattice(miner *m, const row_list *in, const frequent *f, int32_t k)
{
    const frequent few = {k, f->rank, f->code, f->support};
    memset(m->sum, 0, sizeof *m->sum << k);
    place_frequent(m, &few);
    for (uint32_t i = 0; i < in->n; i++) {
        reader r = read_row(m, in, i);
        m->sum[word_of(m, &r)] += r.weight;
    }
    forget_frequent(m, &few);
    return pa_fp_find_lattice(m, k, f->code);
}

/* Of rows, and of those with one more item, and so on, for as many as do not fit a lattice. */
static size_t room_for_words(size_t n, int32_t k)
{
    enum { ROUNDED = 16 };
    return ((size_t)(k - LATTICE) + 1) * (n * sizeof(word) + ROUNDED);
}

static size_t room_left(const miner *m)
{
    return (size_t)(m->arena->end - m->arena->at);
}

static pa_status mine_copied_words(miner *m, const row_list *in, const frequent *f, int32_t first,
                                   int32_t last)
{
    size_t n = 0;
    word *row = pa_arena_take(m->arena, in->n, sizeof *row);
    if (!row) return no_memory(m);
    place_frequent(m, f);
    for (uint32_t i = 0; i < in->n; i++) {
        reader r = read_row(m, in, i);
        uint32_t items = word_of(m, &r);
        if (n && row[n - 1].items == items)
            row[n - 1].weight += r.weight;
        else
            row[n++] = (word){items, r.weight};
    }
    forget_frequent(m, f);
    return pa_fp_mine_words(m, f->k, f->code, first, last, n, row);
}

/* Which ones each frequent item is in. */
static void list_baskets(const miner *m, const row_list *in, uint64_t baskets[])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < in->n; i++) {
        reader r = read_row(m, in, i);
        uint64_t own = UINT64_MAX >> (FEW_BASKETS - r.weight) << n;
        n += r.weight;
        for (int32_t rank; (rank = next_rank(&r)) >= 0;) {
            int32_t to = m->new_rank[rank];
            if (to >= 0) baskets[to] |= own;
        }
    }
}

static pa_status mine_few_baskets(miner *m, const row_list *in, const frequent *f, int32_t first,
                                  int32_t last)
{
    uint64_t *baskets = pa_arena_take(m->arena, (size_t)f->k, sizeof *baskets);
    if (!baskets) return no_memory(m);
    const pa_bit_items items = {f->k, in->support, f->code, baskets};
    memset(baskets, 0, (size_t)f->k * sizeof *baskets);
    place_frequent(m, f);
    list_baskets(m, in, baskets);
    forget_frequent(m, f);
    return pa_fp_mine_bits(m, &items, first, last);
}

/* ---- the tree beside the prefix ---- */

/* The frequent items of a row as ranks of the new tree, falling; returns how many. */
static uint32_t write_row(const miner *m, reader *r, int32_t row[])
{
    uint32_t n = 0;
    for (int32_t rank; (rank = next_rank(r)) >= 0;) {
        int32_t to = m->new_rank[rank];
        row[n] = to; /* in vain where it is not frequent */
        n += to >= 0;
    }
    for (uint32_t i = 0; i < n / 2; i++) {
        int32_t own = row[i];
        row[i] = row[n - 1 - i];
        row[n - 1 - i] = own;
    }
    return n;
}

static void add_rows(const miner *m, const row_list *in, const frequent *f, pa_path_rows *rows)
{
    place_frequent(m, f);
    for (uint32_t i = 0; i < in->n; i++) {
        reader r = read_row(m, in, i);
        uint32_t n = write_row(m, &r, pa_path_row(rows));
        if (n) pa_path_rows_add(rows, n, r.weight);
    }
    forget_frequent(m, f);
}

static uint32_t most_rows(const row_list *in, uint32_t support)
{
    return support < in->n ? support : in->n;
}

/* What is mined in a tree may take at the most beside it, where it has no trees of its own. */
static size_t room_below(const miner *m, const row_list *in, const frequent *f)
{
    enum { ROUNDED = 80 };
    size_t k = (size_t)f->k, depth = k < m->longest ? k : m->longest;
    size_t of_item = sizeof *f->rank + sizeof *f->code + sizeof *f->support;
    return room_for_words(in->n, WORD) +
           (depth + 1) * (of_item * k + sizeof *f->rank * depth + ROUNDED);
}

/* Without room for it the arena stays as it was: false. */
static bool make_tree(const miner *m, const row_list *in, const frequent *f, pa_fp_paths *paths)
{
    pa_arena *a = m->arena;
    char *begin = a->at, *end = a->end;
    pa_path_rows rows;
    size_t length = 0;
    for (int32_t i = 0; i < f->k; i++) length += most_rows(in, f->support[i]);
    if ((length + in->n) * sizeof(int32_t) + m->kept > room_left(m)) return false;
    bool fits = pa_path_rows_open(a, in->n, length, f->k, f->support, paths, &rows);
    if (fits) {
        add_rows(m, in, f, &rows);
        fits = pa_path_rows_close(a, &rows);
    }
    a->end = end;
    fits = fits && room_left(m) >= m->kept;
    if (!fits) a->at = begin;
    return fits;
}

/* ---- all beside a prefix ---- */

/* How sets are told: those of some items come in another order than those of more. */
typedef enum { BY_ITEMS, BY_WORDS } telling;

static pa_status mine_listed(miner *m, const row_list *in, const frequent *f, int32_t first,
                             int32_t last, telling how);

/* As pa_fp_mine_words. */
static pa_status mine_words(miner *m, const row_list *in, const frequent *f, int32_t first,
                            int32_t last)
{
    if (f->k <= LATTICE) return mine_lattice(m, in, f, f->k);
    if (first > 0 && last <= LATTICE) return PA_OK;
    if (room_for_words(in->n, f->k) <= room_left(m))
        return mine_copied_words(m, in, f, first, last);
    int32_t least = first > LATTICE ? first : LATTICE;
    if (last > least) PA_TRY(mine_listed(m, in, f, least, last, BY_WORDS));
    return first > 0 ? PA_OK : mine_lattice(m, in, f, LATTICE);
}

static pa_status mine_many(miner *m, const row_list *in, const frequent *f, int32_t first,
                           int32_t last)
{
    pa_fp_paths paths;
    m->kept = room_below(m, in, f);
    if (make_tree(m, in, f, &paths)) return pa_fp_mine_items(m, &paths, f->code, first, last);
    return mine_listed(m, in, f, first, last, BY_ITEMS);
}

static pa_status mine_surroundings(miner *m, const row_list *in, const frequent *f, int32_t first,
                                   int32_t last)
{
    if (f->k == 1) {
        m->set[m->n_set] = f->code[0];
        return pa_fp_find(m, 1, f->support[0]);
    }
    if (in->support <= FEW_BASKETS) return mine_few_baskets(m, in, f, first, last);
    return f->k <= WORD ? mine_words(m, in, f, first, last) : mine_many(m, in, f, first, last);
}

/* Sets with the prefix; a part of them. */
static pa_status mine_part(miner *m, const row_list *in, const frequent *within, telling how,
                           int32_t part, int32_t n_parts)
{
    char *mark = m->arena->at;
    int32_t n_always = m->n_always, first, last;
    frequent f;
    pa_status st = go_on(m);
    if (st == PA_OK) st = pa_fp_keep_met(m, m->code, in->support, within, count_ranks(m, in), &f);
    if (st == PA_OK && part == 0) st = pa_fp_find(m, 0, in->support);
    if (st == PA_OK) {
        pa_fp_cut_part(&f, in->support, part, n_parts, &first, &last);
        if (first < last && goes_deeper(m))
            st = how == BY_WORDS ? mine_words(m, in, &f, first, last)
                                 : mine_surroundings(m, in, &f, first, last);
    }
    m->n_always = n_always;
    m->arena->at = mark;
    return st;
}

/* ---- which rows have an item ---- */

/* Of items up to last - 1 the first one of those whose rows are listed together. */
static int32_t begin_of_block(const miner *m, const row_list *in, const frequent *f, int32_t first,
                              int32_t last)
{
    enum { PART = 4 }; /* of what is left */
    size_t most = room_left(m) / PART / sizeof *in->row;
    size_t n = 1 + (size_t)most_rows(in, f->support[--last]);
    for (; last > first; last--) {
        n += 1 + (size_t)most_rows(in, f->support[last - 1]);
        if (n > most) break;
    }
    return last;
}

/* list: of each item room for most_rows(), those of `first` first. n: how many each has. */
static void list_rows(const miner *m, const row_list *in, const frequent *f, int32_t first,
                      int32_t last, uint32_t end[], uint32_t list[])
{
    uint32_t at = 0;
    row_list rows = *in;
    for (int32_t e = first; e < last; e++) {
        end[e - first] = at;
        at += most_rows(in, f->support[e]);
        m->new_rank[f->rank[e]] = e - first;
    }
    rows.below = f->rank[last - 1] + 1;
    for (uint32_t i = 0; i < in->n; i++) {
        reader r = read_row(m, &rows, i);
        for (int32_t rank; (rank = next_rank(&r)) >= 0;) {
            int32_t to = m->new_rank[rank];
            if (to >= 0) list[end[to]++] = row_at(in, i);
        }
    }
    for (int32_t e = first; e < last; e++) m->new_rank[f->rank[e]] = -1;
}

static pa_status mine_block(miner *m, const row_list *in, const frequent *f, int32_t first,
                            int32_t last, telling how)
{
    size_t n = 0;
    for (int32_t e = first; e < last; e++) n += most_rows(in, f->support[e]);
    uint32_t *end = pa_arena_take(m->arena, (size_t)(last - first), sizeof *end);
    uint32_t *list = pa_arena_take(m->arena, n, sizeof *list);
    if (!end || !list) return no_memory(m);
    list_rows(m, in, f, first, last, end, list);
    for (int32_t e = last; e-- > first;) {
        n -= most_rows(in, f->support[e]);
        const row_list own = {end[e - first] - (uint32_t)n, list + n, f->rank[e], f->support[e]};
        m->set[m->n_set++] = m->code[f->rank[e]];
        PA_TRY(mine_part(m, &own, f, how, 0, 1));
        m->n_set--;
    }
    return PA_OK;
}

static pa_status mine_listed(miner *m, const row_list *in, const frequent *f, int32_t first,
                             int32_t last, telling how)
{
    char *mark = m->arena->at;
    pa_status st = PA_OK;
    while (st == PA_OK && last > first) {
        int32_t from = begin_of_block(m, in, f, first, last);
        st = mine_block(m, in, f, from, last, how);
        m->arena->at = mark;
        last = from;
    }
    return st;
}

/* ---- */

pa_status pa_fp_lean_mine(miner *m, int32_t first, int32_t last)
{
    const row_list all = {.n = m->coded->n, .below = m->all.k};
    return mine_listed(m, &all, &m->all, first, last, BY_ITEMS);
}

pa_status pa_fp_lean_mine_part(miner *m, int32_t rank, int32_t part, int32_t n_parts)
{
    char *mark = m->arena->at;
    const row_list all = {.n = m->coded->n, .below = m->all.k};
    uint32_t end, support = m->all.support[rank];
    uint32_t *list = pa_arena_take(m->arena, most_rows(&all, support), sizeof *list);
    if (!list) return no_memory(m);
    list_rows(m, &all, &m->all, rank, rank + 1, &end, list);
    const row_list own = {end, list, rank, support};
    m->set[m->n_set++] = m->code[rank];
    pa_status st = mine_part(m, &own, &m->all, BY_ITEMS, part, n_parts);
    m->arena->at = mark;
    return st;
}

bool pa_fp_lean_open(miner *m, const pa_coded_rows *rows)
{
    size_t n = (size_t)rows->n_items;
    int32_t *rank = pa_arena_take(m->arena, n, sizeof *rank);
    uint32_t *support = pa_arena_take(m->arena, n, sizeof *support);
    const row_list all = {.n = rows->n, .below = rows->n_items};
    if (!rank || !support) return false;
    m->coded = rows;
    count_ranks(m, &all);
    memcpy(support, m->support, n * sizeof *support);
    memset(m->support, 0, n * sizeof *support);
    for (int32_t i = 0; i < rows->n_items; i++) rank[i] = i;
    m->all = (frequent){.k = rows->n_items, .rank = rank, .support = support};
    return true;
}

#include "paraudit/patterns/fp_growth.h"

#include <string.h>

#include "fp_miner.h"
#include "paraudit/patterns/item_order.h"

/* In the loops of the recursion a call, or registers that are short, cost what they do not show. */
#define IN_PLACE inline __attribute__((always_inline))
#define APART __attribute__((noinline))

/* ---- some more items: paths as words ---- */

static pa_status mine_words(miner *m, int k, const int32_t code[], int first, int last, size_t n,
                            word row[]);

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
    pa_status st = pa_fp_find(m, 0, support);
    if (st == PA_OK && kept.k && goes_deeper(m)) {
        for (size_t i = 0; i < n; i++) row[i].items = moved(&kept, row[i].items);
        st = mine_words(m, kept.k, kept.code, 0, kept.k, n, row);
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

/* Sets of k items whose topmost one is among first .. last - 1. The first LATTICE items are looked
 * at together, by who has the first of them. Changes the rows. */
static pa_status mine_words(miner *m, int k, const int32_t code[], int first, int last, size_t n,
                            word row[])
{
    int few = k < LATTICE ? k : LATTICE, least = first > few ? first : few, top = last;
    for (size_t i = 0; top > least && top < k && i < n; i++) row[i].items &= (1u << top) - 1;
    for (; top > least; top--) {
        PA_TRY(mine_with_topmost(m, top, code, n, row));
        for (size_t i = 0; i < n; i++) row[i].items &= (1u << (top - 1)) - 1;
    }
    if (first > 0) return PA_OK;
    memset(m->sum, 0, sizeof *m->sum << few);
    for (size_t i = 0; i < n; i++) m->sum[row[i].items & ((1u << few) - 1)] += row[i].weight;
    return pa_fp_find_lattice(m, few, code);
}

/* ---- paths ---- */

/* Paths above the nodes of an item. With a chain, of falling ranks: of those that go through all of
 * it what is above its end. */
typedef struct {
    const pa_fp_paths *paths;
    const int32_t *code;
    int32_t item;
    int32_t n_chain;
    const int32_t *chain;
    uint32_t support; /* of the item and the chain */
} origin;

static inline size_t path_end(const origin *o)
{
    return o->paths->first[o->item + 1];
}

/* The begin of path k, at its lower end; an empty one where there is nothing of it. */
static inline const int32_t *path_of(const origin *o, size_t k)
{
    static const int32_t empty[] = {PA_PATH_END};
    const pa_fp_paths *p = o->paths;
    const int32_t *at = p->item + p->node[k].above;
    for (int32_t c = 0; c < o->n_chain; c++) {
        while (*at > o->chain[c]) at++;
        if (*at++ != o->chain[c]) return empty;
    }
    return at;
}

static inline uint32_t count_of(const origin *o, size_t k)
{
    return o->paths->node[k].count;
}

/* A path is asked for when the one so many before it is read: in descending order, so that it may
 * be of the item that comes next. */
static inline void prefetch_path(const pa_fp_paths *p, size_t k)
{
    enum { AHEAD = 16 };
    if (k >= AHEAD) __builtin_prefetch(p->item + p->node[k - AHEAD].above);
}

/* Counts the weight of each rank in m->support, and lists those met. */
static int32_t count_ranks(const miner *m, const origin *o)
{
    uint32_t *support = m->support;
    int32_t *met = m->met, n_met = 0, rank;
    for (size_t k = path_end(o), begin = o->paths->first[o->item]; k-- > begin;) {
        uint32_t count = count_of(o, k);
        prefetch_path(o->paths, k);
        for (const int32_t *at = path_of(o, k); (rank = *at) >= 0; at++) {
            met[n_met] = rank; /* in vain where it was met before */
            n_met += support[rank] == 0;
            support[rank] += count;
        }
    }
    return n_met;
}

/* ---- which of them are frequent ---- */

static bool is_among(const frequent *f, int32_t rank)
{
    int32_t low = 0, high = f->k;
    while (low < high) {
        int32_t mid = low + (high - low) / 2;
        if (f->rank[mid] < rank)
            low = mid + 1;
        else
            high = mid;
    }
    return low < f->k && f->rank[low] == rank;
}

/* Perfect extensions go to m->always, by rank: the tree's paths may come in any order. Brings the
 * frequent ones to the front of m->met, which alone keep their support; returns how many. within:
 * those that may be kept; NULL: all. */
static IN_PLACE int32_t part_met(miner *m, const origin *o, const frequent *within, int32_t n_met)
{
    int32_t *always = m->always + m->n_always, n_always = 0, k = 0;
    uint32_t least = (uint32_t)m->o->min_support;
    for (int32_t i = 0; i < n_met; i++) {
        int32_t rank = m->met[i];
        uint32_t support = m->support[rank];
        if (support >= least && support < o->support) {
            m->met[k++] = rank;
            continue;
        }
        m->support[rank] = 0;
        if (support >= least && (!within || is_among(within, rank))) always[n_always++] = rank;
    }
    pa_sort_items((size_t)n_always, always);
    for (int32_t i = 0; i < n_always; i++) always[i] = o->code[always[i]];
    m->n_always += n_always;
    return k;
}

/* The first k of m->met. */
static IN_PLACE pa_status keep_frequent(const miner *m, const origin *o, int32_t k, frequent *f)
{
    pa_arena *a = m->arena;
    size_t n = (size_t)k;
    *f = (frequent){.k = k,
                    .rank = pa_arena_take(a, n, sizeof *f->rank),
                    .code = pa_arena_take(a, n, sizeof *f->code),
                    .support = pa_arena_take(a, n, sizeof *f->support)};
    bool fits = f->rank && f->code && f->support;
    if (fits) {
        memcpy(f->rank, m->met, n * sizeof *f->rank);
        pa_sort_items(n, f->rank);
    }
    for (int32_t i = 0; fits && i < k; i++) {
        f->code[i] = o->code[f->rank[i]];
        f->support[i] = m->support[f->rank[i]];
    }
    for (int32_t i = 0; i < k; i++) m->support[m->met[i]] = 0;
    return fits ? PA_OK : no_memory(m);
}

/* ---- few items ---- */

/* The frequent items of a path as bits. */
static uint32_t word_of(const miner *m, const origin *o, size_t k)
{
    const int32_t *new_rank = m->new_rank;
    uint32_t items = 0;
    for (const int32_t *at = path_of(o, k); *at >= 0; at++) {
        int32_t to = new_rank[*at];
        if (to >= 0) items |= 1u << to;
    }
    return items;
}

static pa_status mine_few(miner *m, const origin *o, const frequent *f)
{
    memset(m->sum, 0, sizeof *m->sum << f->k);
    place_frequent(m, f);
    for (size_t k = o->paths->first[o->item]; k < path_end(o); k++)
        m->sum[word_of(m, o, k)] += count_of(o, k);
    forget_frequent(m, f);
    return pa_fp_find_lattice(m, f->k, f->code);
}

static pa_status mine_some(miner *m, const origin *o, const frequent *f, int32_t first,
                           int32_t last)
{
    if (first > 0 && last <= LATTICE) return PA_OK;
    size_t n = 0, n_paths = path_end(o) - o->paths->first[o->item];
    word *row = pa_arena_take(m->arena, n_paths, sizeof *row);
    if (!row) return no_memory(m);
    place_frequent(m, f);
    for (size_t k = o->paths->first[o->item]; k < path_end(o); k++) {
        uint32_t items = word_of(m, o, k), weight = count_of(o, k);
        if (n && row[n - 1].items == items)
            row[n - 1].weight += weight;
        else
            row[n++] = (word){items, weight};
    }
    forget_frequent(m, f);
    m->arena->at = (char *)(row + n);
    return mine_words(m, f->k, f->code, first, last, n, row);
}

/* ---- many: the tree beside the prefix ---- */

/* The frequent items of path k as ranks of the new tree; returns how many. */
static uint32_t write_row(const miner *m, const origin *o, size_t k, int32_t row[])
{
    const int32_t *new_rank = m->new_rank;
    uint32_t n = 0;
    for (const int32_t *at = path_of(o, k); *at >= 0; at++) {
        int32_t to = new_rank[*at];
        row[n] = to; /* in vain where it is not frequent */
        n += to >= 0;
    }
    return n;
}

static void add_rows(const miner *m, const origin *o, const frequent *f, pa_path_rows *rows)
{
    place_frequent(m, f);
    for (size_t k = o->paths->first[o->item]; k < path_end(o); k++) {
        uint32_t n = write_row(m, o, k, pa_path_row(rows));
        if (n) pa_path_rows_add(rows, n, count_of(o, k));
    }
    forget_frequent(m, f);
}

/* Without room for it the arena stays as it was: false. */
static APART bool make_paths(miner *m, const origin *o, const frequent *f, pa_fp_paths *paths)
{
    pa_arena *a = m->arena;
    char *begin = a->at, *end = a->end;
    pa_path_rows rows;
    size_t n_paths = path_end(o) - o->paths->first[o->item], length = 0;
    for (int32_t i = 0; i < f->k; i++) length += f->support[i] < n_paths ? f->support[i] : n_paths;
    bool fits = pa_path_rows_open(a, n_paths, length, f->k, f->support, paths, &rows);
    if (fits) {
        add_rows(m, o, f, &rows);
        fits = pa_path_rows_close(a, &rows);
    }
    a->end = end;
    fits = fits && (size_t)(a->end - a->at) >= m->kept;
    if (!fits) a->at = begin;
    return fits;
}

static pa_status mine_beside(miner *m, const origin *o, const frequent *within);

static origin origin_of(const pa_fp_paths *p, const int32_t code[], int32_t item)
{
    return (origin){.paths = p, .code = code, .item = item, .support = p->support[item]};
}

static pa_status mine_item(miner *m, const pa_fp_paths *p, const int32_t code[], int32_t item)
{
    const origin o = origin_of(p, code, item);
    m->set[m->n_set++] = code[item];
    pa_status st = mine_beside(m, &o, NULL);
    m->n_set--;
    return st;
}

static pa_status mine_items(miner *m, const pa_fp_paths *p, const int32_t code[], int32_t first,
                            int32_t last)
{
    for (int32_t i = last; i-- > first;) PA_TRY(mine_item(m, p, code, i));
    return PA_OK;
}

/* Without a tree beside the prefix: what is beside each of its items as well is looked for in the
 * tree at hand. Takes longer, and less memory. */
static pa_status mine_without_tree(miner *m, const origin *o, const frequent *f, int32_t first,
                                   int32_t last)
{
    origin next = *o;
    int32_t *chain = pa_arena_take(m->arena, (size_t)o->n_chain + 1, sizeof *chain);
    if (!chain) return no_memory(m);
    if (o->n_chain) memcpy(chain, o->chain, (size_t)o->n_chain * sizeof *chain);
    next.chain = chain;
    next.n_chain = o->n_chain + 1;
    for (int32_t i = last; i-- > first;) {
        chain[o->n_chain] = f->rank[i];
        next.support = f->support[i];
        m->set[m->n_set++] = f->code[i];
        PA_TRY(mine_beside(m, &next, f));
        m->n_set--;
    }
    return PA_OK;
}

static pa_status mine_many(miner *m, const origin *o, const frequent *f, int32_t first,
                           int32_t last)
{
    pa_fp_paths paths;
    if (make_paths(m, o, f, &paths)) return mine_items(m, &paths, f->code, first, last);
    return mine_without_tree(m, o, f, first, last);
}

/* ---- few baskets ---- */

/* Which ones each frequent item is in. */
static void list_baskets(const miner *m, const origin *o, uint64_t baskets[])
{
    const int32_t *new_rank = m->new_rank;
    uint32_t n = 0;
    for (size_t k = o->paths->first[o->item], end = path_end(o); k < end; k++) {
        const int32_t *at = path_of(o, k);
        uint32_t count = count_of(o, k);
        if (*at < 0) continue;
        uint64_t own = UINT64_MAX >> (FEW_BASKETS - count) << n;
        n += count;
        for (; *at >= 0; at++) {
            int32_t to = new_rank[*at];
            if (to >= 0) baskets[to] |= own;
        }
    }
}

static pa_status mine_few_baskets(miner *m, const origin *o, const frequent *f, int32_t first,
                                  int32_t last)
{
    uint64_t *baskets = pa_arena_take(m->arena, (size_t)f->k, sizeof *baskets);
    if (!baskets) return no_memory(m);
    const pa_bit_items items = {f->k, o->support, f->code, baskets};
    memset(baskets, 0, (size_t)f->k * sizeof *baskets);
    place_frequent(m, f);
    list_baskets(m, o, baskets);
    forget_frequent(m, f);
    return pa_fp_mine_bits(m, &items, first, last);
}

/* ---- all beside a prefix ---- */

static pa_status look_beside(miner *m, const origin *o, const frequent *within, frequent *f)
{
    int32_t n_met = count_ranks(m, o);
    return keep_frequent(m, o, part_met(m, o, within, n_met), f);
}

/* Sets with one of the frequent items first .. last - 1, and none behind it; they are all where
 * these can not be parted. */
static pa_status mine_surroundings(miner *m, const origin *o, const frequent *f, int32_t first,
                                   int32_t last)
{
    if (first == last || !goes_deeper(m)) return PA_OK;
    if (f->k == 1) {
        m->set[m->n_set] = f->code[0];
        return pa_fp_find(m, 1, f->support[0]);
    }
    if (o->support <= FEW_BASKETS) return mine_few_baskets(m, o, f, first, last);
    if (f->k <= LATTICE) return mine_few(m, o, f);
    return f->k <= WORD ? mine_some(m, o, f, first, last) : mine_many(m, o, f, first, last);
}

/* The frequent items of a part, those with more paths above them in smaller ones: the last part
 * has the most frequent ones. */
static IN_PLACE void cut_part(const origin *o, const frequent *f, int32_t part, int32_t n_parts,
                              int32_t *first, int32_t *last)
{
    double all = 0, sum = 0;
    bool whole = f->k <= 1 || (o->support > FEW_BASKETS && f->k <= LATTICE);
    *first = 0;
    *last = whole && part == 0 ? f->k : 0;
    if (whole) return;
    for (int32_t i = 0; i < f->k; i++) all += (double)f->support[i] * (i + 1);
    for (int32_t i = f->k; i-- > 0;) {
        int32_t own = (int32_t)(sum / all * n_parts);
        if (own == part) *first = i;
        if (own == part && *last == 0) *last = i + 1;
        sum += (double)f->support[i] * (i + 1);
    }
}

/* Sets with the prefix, of which `o` are the paths; a part of them. */
static pa_status mine_part(miner *m, const origin *o, const frequent *within, int32_t part,
                           int32_t n_parts)
{
    char *mark = m->arena->at;
    int32_t n_always = m->n_always, first, last;
    frequent f;
    pa_status st = go_on(m);
    if (st == PA_OK) st = look_beside(m, o, within, &f);
    if (st == PA_OK && part == 0) st = pa_fp_find(m, 0, o->support);
    if (st == PA_OK) {
        cut_part(o, &f, part, n_parts, &first, &last);
        st = mine_surroundings(m, o, &f, first, last);
    }
    m->n_always = n_always;
    m->arena->at = mark;
    return st;
}

static pa_status mine_beside(miner *m, const origin *o, const frequent *within)
{
    return mine_part(m, o, within, 0, 1);
}

/* ---- for who mines without a tree ---- */

pa_status pa_fp_keep_met(miner *m, const int32_t code[], uint32_t all, const frequent *within,
                         int32_t n_met, frequent *f)
{
    const origin o = {.code = code, .support = all};
    return keep_frequent(m, &o, part_met(m, &o, within, n_met), f);
}

void pa_fp_cut_part(const frequent *f, uint32_t support, int32_t part, int32_t n_parts,
                    int32_t *first, int32_t *last)
{
    const origin o = {.support = support};
    cut_part(&o, f, part, n_parts, first, last);
}

pa_status pa_fp_mine_words(miner *m, int k, const int32_t code[], int first, int last, size_t n,
                           word row[])
{
    return mine_words(m, k, code, first, last, n, row);
}

pa_status pa_fp_mine_items(miner *m, const pa_fp_paths *p, const int32_t code[], int32_t first,
                           int32_t last)
{
    return mine_items(m, p, code, first, last);
}

/* ---- */

static bool take_scratch(miner *m, size_t n, size_t longest)
{
    pa_arena *a = m->arena;
    size_t sets = (size_t)1 << LATTICE;
    m->sum = pa_arena_take(a, sets, sizeof *m->sum);
    m->size = pa_arena_take(a, sets, sizeof *m->size);
    m->support = pa_arena_take(a, n, sizeof *m->support);
    m->new_rank = pa_arena_take(a, n, sizeof *m->new_rank);
    m->met = pa_arena_take(a, n + 1, sizeof *m->met);
    m->set = pa_arena_take(a, longest + 1, sizeof *m->set);
    m->always = pa_arena_take(a, longest + 1, sizeof *m->always);
    if (!m->sum || !m->size || !m->support || !m->new_rank || !m->met || !m->set || !m->always)
        return false;
    for (size_t mask = 0; mask < sets; mask++) m->size[mask] = (uint8_t)__builtin_popcountll(mask);
    memset(m->support, 0, n * sizeof *m->support);
    memset(m->new_rank, 0xff, n * sizeof *m->new_rank);
    return true;
}

static miner *take_miner(pa_arena *a, int32_t n_items, const int32_t code[], size_t longest,
                         const pa_mine_options *options, pa_error *err)
{
    miner *m = pa_arena_take(a, 1, sizeof *m);
    if (m) *m = (miner){.code = code, .longest = longest, .o = options, .arena = a, .err = err};
    return m && take_scratch(m, (size_t)n_items, longest) ? m : NULL;
}

pa_status pa_fp_miner_open(pa_arena *arena, const pa_path_parts *paths, const int32_t code[],
                           size_t longest, const pa_mine_options *options, pa_fp_miner **opened,
                           pa_error *err)
{
    char *mark = arena->at;
    int32_t n_items = paths->all.n_items;
    miner *m = *opened = take_miner(arena, n_items, code, longest, options, err);
    if (m) {
        m->paths = *paths;
        m->begin = pa_arena_take(arena, (size_t)n_items + 1, sizeof *m->begin);
        if (m->begin) return PA_OK;
    }
    arena->at = mark;
    return pa_arena_is_short(arena, err);
}

pa_status pa_fp_miner_open_lean(pa_arena *arena, const pa_coded_rows *rows, const int32_t code[],
                                size_t longest, const pa_mine_options *options,
                                pa_fp_miner **opened, pa_error *err)
{
    char *mark = arena->at;
    miner *m = *opened = take_miner(arena, rows->n_items, code, longest, options, err);
    if (m && pa_fp_lean_open(m, rows)) return PA_OK;
    arena->at = mark;
    return pa_arena_is_short(arena, err);
}

static void start(miner *m, const pa_set_sink *sink, pa_set_counts *counts, pa_error *err)
{
    m->sink = sink;
    m->counts = counts;
    m->err = err;
    m->n_set = m->n_always = 0;
}

pa_status pa_fp_growth(pa_fp_miner *m, int32_t first, int32_t last, const pa_set_sink *sink,
                       pa_set_counts *counts, pa_error *err)
{
    char *mark = m->arena->at;
    pa_fp_paths paths;
    start(m, sink, counts, err);
    if (m->coded) return pa_fp_lean_mine(m, first, last);
    if (!pa_fp_paths_of_run(m->arena, &m->paths, first, last, m->begin, &paths))
        return no_memory(m);
    pa_status st = pa_fp_mine_items(m, &paths, m->code, first, last);
    m->arena->at = mark;
    return st;
}

pa_status pa_fp_growth_part(pa_fp_miner *m, int32_t rank, int32_t part, int32_t n_parts,
                            const pa_set_sink *sink, pa_set_counts *counts, pa_error *err)
{
    char *mark = m->arena->at;
    pa_fp_paths paths;
    start(m, sink, counts, err);
    if (m->coded) return pa_fp_lean_mine_part(m, rank, part, n_parts);
    if (!pa_fp_paths_of_run(m->arena, &m->paths, rank, rank + 1, m->begin, &paths))
        return no_memory(m);
    const origin o = origin_of(&paths, m->code, rank);
    m->set[m->n_set++] = m->code[rank];
    pa_status st = mine_part(m, &o, NULL, part, n_parts);
    m->arena->at = mark;
    return st;
}

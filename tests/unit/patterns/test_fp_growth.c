/* FP-growth beside a twin that counts every set by looking at every basket. */
#include "paraudit/patterns/fp_growth.h"

#include <stdbool.h>
#include <string.h>

#include "drawn_baskets.h"
#include "paraudit/base/array.h"
#include "paraudit/patterns/fp_paths.h"
#include "tree_of.h"
#include "unit.h"

enum { ARENA = 1 << 22 };

static pa_status open_miner(pa_arena *arena, const pa_fp_tree *tree, const pa_item_ranks *ranks,
                            const pa_mine_options *o, pa_fp_miner **m, pa_error *err)
{
    pa_path_parts paths = {.n_parts = 1};
    if (!pa_fp_paths_of_tree(arena, tree, &paths.all)) return pa_arena_is_short(arena, err);
    return pa_fp_miner_open(arena, &paths, ranks->code, MOST_ITEMS, o, m, err);
}

/* Sets by a sink, or counts alone. */
static pa_status mine(const pa_baskets *b, const pa_mine_options *o, size_t bytes, set_list *sets,
                      uint64_t by_size[MOST_ITEMS + 1], pa_error *err)
{
    pa_arena arena;
    pa_fp_tree tree;
    pa_item_ranks ranks = {0};
    const pa_set_sink sink = {hear_set, sets};
    pa_status st = pa_arena_open(&arena, bytes, err);
    if (st == PA_OK) st = tree_of(&arena, b, o->min_support, &tree, &ranks, err);
    if (st == PA_OK) {
        size_t longest = (size_t)tree.longest;
        pa_set_counts counts = {longest + 1, by_size};
        pa_fp_miner *m;
        st = open_miner(&arena, &tree, &ranks, o, &m, err);
        if (st == PA_OK) st = pa_fp_growth(m, 0, tree.n_items, sets ? &sink : NULL, &counts, err);
    }
    pa_item_ranks_free(&ranks);
    pa_arena_free(&arena);
    return st;
}

static void compare(const drawn *d, int32_t n_items, const pa_mine_options *o)
{
    const pa_baskets b = baskets_of(d, n_items);
    uint64_t told[MOST_ITEMS + 1] = {0}, counted[MOST_ITEMS + 1] = {0};
    uint64_t expected[MOST_ITEMS + 1] = {0};
    set_list slow = {0}, fast = {0};
    pa_error err = {0};
    slow_sets(d, n_items, (uint32_t)o->min_support, &slow);
    CU_ASSERT_EQUAL_FATAL(mine(&b, o, ARENA, &fast, told, &err), PA_OK);
    CU_ASSERT_EQUAL_FATAL(mine(&b, o, ARENA, NULL, counted, &err), PA_OK);
    size_t wanted = 0;
    for (size_t i = 0; i < slow.n; i++) {
        int size = __builtin_popcountll(slow.set[i].items);
        if (size < o->min_length || (o->max_length && size > o->max_length)) continue;
        expected[size]++;
        slow.set[wanted++] = slow.set[i];
    }
    sort_sets(wanted, slow.set);
    sort_sets(fast.n, fast.set);
    CU_ASSERT_EQUAL(fast.n, wanted);
    for (size_t i = 0; i < wanted && i < fast.n; i++)
        CU_ASSERT(fast.set[i].items == slow.set[i].items &&
                  fast.set[i].support == slow.set[i].support);
    for (int k = o->min_length; k <= (o->max_length ? o->max_length : MOST_ITEMS); k++)
        CU_ASSERT(counted[k] == expected[k] && told[k] == expected[k]);
    pa_free(slow.set);
    pa_free(fast.set);
}

/* ---- tests ---- */

/* Few items to many, so that all ways of counting are taken: at once, as words, by trees. */
static void test_sets_equal_the_slow_twin(void)
{
    static drawn d;
    uint32_t state = 1;
    for (int round = 0; round < 1500; round++) {
        int32_t n_items = 1 + (int32_t)draw(&state, 12);
        draw_baskets(&state, n_items, draw(&state, 60), 20 + draw(&state, 80), &d);
        pa_mine_options o = {.min_support = 1 + draw(&state, 12), .min_length = 1};
        compare(&d, n_items, &o);
    }
    for (int round = 0; round < 60; round++) {
        int32_t n_items = 13 + (int32_t)draw(&state, MOST_ITEMS - 12);
        draw_baskets(&state, n_items, 100 + draw(&state, 200), 20 + draw(&state, 30), &d);
        pa_mine_options o = {.min_support = 6 + draw(&state, 30), .min_length = 1};
        compare(&d, n_items, &o);
    }
    for (int round = 0; round < 20; round++) {
        int32_t n_items = 24 + (int32_t)draw(&state, MOST_ITEMS - 24);
        draw_even_baskets(&state, n_items, 200 + draw(&state, 200), 20 + draw(&state, 20), &d);
        pa_mine_options o = {.min_support = 30 + draw(&state, 40), .min_length = 1};
        compare(&d, n_items, &o);
    }
}

static void test_lengths_bound_the_sets(void)
{
    static drawn d;
    uint32_t state = 2;
    for (int round = 0; round < 200; round++) {
        int32_t n_items = 5 + (int32_t)draw(&state, 22);
        draw_baskets(&state, n_items, 40 + draw(&state, 60), 30 + draw(&state, 30), &d);
        int32_t least = 1 + (int32_t)draw(&state, 4);
        pa_mine_options o = {.min_support = 5 + draw(&state, 8),
                             .min_length = least,
                             .max_length = least + (int32_t)draw(&state, 3)};
        compare(&d, n_items, &o);
    }
}

/* Items that are in every basket: 2^30 - 1 sets, of which nobody walks through. */
static void test_perfect_extensions_are_multiplied_in(void)
{
    static drawn d;
    uint64_t by_size[MOST_ITEMS + 1] = {0};
    const pa_mine_options o = {.min_support = 2, .min_length = 1};
    pa_error err = {0};
    uint64_t sum = 0;
    d.n = 3;
    for (size_t r = 0; r < 3; r++) {
        d.weight[r] = 1;
        d.first[r] = 30 * r;
        for (int32_t i = 0; i < 30; i++) d.item[30 * r + (size_t)i] = i;
    }
    d.first[3] = 90;
    const pa_baskets b = baskets_of(&d, 30);
    CU_ASSERT_EQUAL(mine(&b, &o, ARENA, NULL, by_size, &err), PA_OK);
    for (int k = 1; k <= 30; k++) sum += by_size[k];
    CU_ASSERT_EQUAL(sum, (UINT64_C(1) << 30) - 1);
    CU_ASSERT(by_size[1] == 30 && by_size[15] == 155117520 && by_size[30] == 1);
}

/* The sets of some ranks and those of the others are all sets, each once. */
static void test_ranks_are_tasks(void)
{
    static drawn d;
    uint32_t state = 3;
    pa_error err = {0};
    draw_baskets(&state, 30, 300, 70, &d);
    const pa_baskets b = baskets_of(&d, 30);
    const pa_mine_options o = {.min_support = 12, .min_length = 1};
    uint64_t whole[MOST_ITEMS + 1] = {0}, parts[MOST_ITEMS + 1] = {0};
    pa_arena arena;
    pa_fp_tree tree;
    pa_item_ranks ranks;
    CU_ASSERT_EQUAL_FATAL(pa_arena_open(&arena, ARENA, &err), PA_OK);
    CU_ASSERT_EQUAL_FATAL(tree_of(&arena, &b, o.min_support, &tree, &ranks, &err), PA_OK);
    pa_set_counts all = {MOST_ITEMS + 1, whole}, some = {MOST_ITEMS + 1, parts};
    pa_fp_miner *m;
    CU_ASSERT_EQUAL_FATAL(open_miner(&arena, &tree, &ranks, &o, &m, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_fp_growth(m, 0, tree.n_items, NULL, &all, &err), PA_OK);
    for (int32_t i = 0; i < tree.n_items; i += 3) {
        int32_t end = i + 3 < tree.n_items ? i + 3 : tree.n_items;
        CU_ASSERT_EQUAL(pa_fp_growth(m, i, end, NULL, &some, &err), PA_OK);
    }
    CU_ASSERT(whole[3] > 50 && memcmp(whole, parts, sizeof whole) == 0);
    pa_item_ranks_free(&ranks);
    pa_arena_free(&arena);
}

/* However little memory there is, it ends with the sets or with an error, never elsewhere. */
static void test_the_arena_is_a_hard_bound(void)
{
    static drawn d;
    uint32_t state = 4;
    draw_baskets(&state, 36, 200, 60, &d);
    const pa_baskets b = baskets_of(&d, 36);
    const pa_mine_options o = {.min_support = 30, .min_length = 1};
    uint64_t expected[MOST_ITEMS + 1] = {0};
    pa_error err = {0};
    int failed = 0, done = 0;
    CU_ASSERT_EQUAL_FATAL(mine(&b, &o, ARENA, NULL, expected, &err), PA_OK);
    for (size_t bytes = 1000; bytes < ARENA; bytes += bytes / 8) {
        uint64_t by_size[MOST_ITEMS + 1] = {0};
        err = (pa_error){0};
        pa_status st = mine(&b, &o, bytes, NULL, by_size, &err);
        CU_ASSERT(st == PA_OK || st == PA_E_MEMORY);
        failed += st != PA_OK;
        done += st == PA_OK && memcmp(by_size, expected, sizeof by_size) == 0;
        CU_ASSERT(st != PA_OK || memcmp(by_size, expected, sizeof by_size) == 0);
    }
    CU_ASSERT(failed > 10 && done > 10);
}

static bool is_same(const set_list *a, const set_list *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++)
        if (a->set[i].items != b->set[i].items || a->set[i].support != b->set[i].support)
            return false;
    return a->n == b->n;
}

static void test_the_order_does_not_depend_on_memory(void)
{
    static drawn d;
    uint32_t state = 6;
    uint64_t by_size[MOST_ITEMS + 1];
    int done = 0;
    draw_even_baskets(&state, 40, 400, 70, &d);
    const pa_baskets b = baskets_of(&d, 40);
    const pa_mine_options o = {.min_support = 250, .min_length = 1};
    set_list expected = {0}, sets = {0};
    CU_ASSERT_EQUAL_FATAL(mine(&b, &o, ARENA, &expected, by_size, NULL), PA_OK);
    for (size_t bytes = 40000; bytes < ARENA; bytes += bytes / 10) {
        sets.n = 0;
        if (mine(&b, &o, bytes, &sets, by_size, NULL) != PA_OK) continue;
        done++;
        CU_ASSERT(is_same(&sets, &expected));
    }
    CU_ASSERT(done > 20 && expected.n > 2000);
    pa_free(expected.set);
    pa_free(sets.set);
}

/* Rank by rank, each with a tree of its own and in parts. */
static void mine_by_parts(const pa_baskets *b, const pa_mine_options *o, bool sparing,
                          int32_t n_parts, set_list *sets)
{
    uint64_t by_size[MOST_ITEMS + 1] = {0};
    pa_set_counts counts = {MOST_ITEMS + 1, by_size};
    const pa_set_sink sink = {hear_set, sets};
    pa_arena arena;
    pa_fp_tree tree;
    pa_item_ranks ranks;
    pa_fp_miner *m;
    CU_ASSERT_EQUAL_FATAL(pa_arena_open(&arena, ARENA, NULL), PA_OK);
    CU_ASSERT_EQUAL_FATAL(tree_of(&arena, b, o->min_support, &tree, &ranks, NULL), PA_OK);
    for (int32_t i = ranks.n; i-- > 0;) {
        const pa_rank_run run = {i, i + 1, false, sparing};
        arena.at = arena.begin;
        CU_ASSERT_EQUAL_FATAL(pa_fp_tree_of(&arena, b, &ranks, &run, &tree, NULL), PA_OK);
        CU_ASSERT_EQUAL_FATAL(open_miner(&arena, &tree, &ranks, o, &m, NULL), PA_OK);
        for (int32_t p = 0; p < n_parts; p++)
            CU_ASSERT_EQUAL(pa_fp_growth_part(m, i, p, n_parts, &sink, &counts, NULL), PA_OK);
    }
    pa_item_ranks_free(&ranks);
    pa_arena_free(&arena);
}

static void test_runs_and_parts_tell_all_in_order(void)
{
    static drawn d;
    uint32_t state = 7;
    uint64_t by_size[MOST_ITEMS + 1];
    set_list expected = {0}, sets = {0};
    for (int round = 0; round < 40; round++) {
        int32_t n_items = 10 + (int32_t)draw(&state, MOST_ITEMS - 10);
        draw_even_baskets(&state, n_items, 100 + draw(&state, 250), 20 + draw(&state, 20), &d);
        const pa_baskets b = baskets_of(&d, n_items);
        const pa_mine_options o = {.min_support = 20 + draw(&state, 30), .min_length = 1};
        expected.n = sets.n = 0;
        CU_ASSERT_EQUAL_FATAL(mine(&b, &o, ARENA, &expected, by_size, NULL), PA_OK);
        mine_by_parts(&b, &o, round & 1, 1 + (int32_t)draw(&state, 6), &sets);
        CU_ASSERT(is_same(&sets, &expected));
    }
    pa_free(expected.set);
    pa_free(sets.set);
}

/* ---- where memory is short ---- */

/* As mine(), of coded rows; n_parts: of each rank. */
static pa_status mine_lean(const pa_baskets *b, const pa_mine_options *o, size_t bytes,
                           int32_t n_parts, set_list *sets, uint64_t by_size[MOST_ITEMS + 1])
{
    pa_arena arena;
    pa_coded_rows rows;
    pa_item_ranks ranks = {0};
    int64_t support[MOST_ITEMS] = {0};
    const pa_set_sink sink = {hear_set, sets};
    pa_set_counts counts = {MOST_ITEMS + 1, by_size};
    pa_fp_miner *m = NULL;
    pa_status st = pa_arena_open(&arena, bytes, NULL);
    if (st == PA_OK) st = pa_item_supports(b, support, NULL);
    if (st == PA_OK) st = pa_item_ranks_of(support, b->n_items, o->min_support, &ranks, NULL);
    const pa_rank_run all = {.last = ranks.n};
    if (st == PA_OK) st = pa_coded_rows_of(&arena, b, &ranks, &all, &rows, NULL);
    if (st == PA_OK) st = pa_fp_miner_open_lean(&arena, &rows, ranks.code, MOST_ITEMS, o, &m, NULL);
    const char *mark = arena.at;
    if (st == PA_OK && n_parts == 1)
        st = pa_fp_growth(m, 0, ranks.n, sets ? &sink : NULL, &counts, NULL);
    for (int32_t i = ranks.n; st == PA_OK && n_parts > 1 && i-- > 0;)
        for (int32_t p = 0; st == PA_OK && p < n_parts; p++)
            st = pa_fp_growth_part(m, i, p, n_parts, &sink, &counts, NULL);
    CU_ASSERT(arena.most <= bytes && (st != PA_OK || arena.at == mark));
    pa_item_ranks_free(&ranks);
    pa_arena_free(&arena);
    return st;
}

/* The same sets in the same order, and counts alone, with any memory that does; returns how often
 * it did. */
static int compare_less(const drawn *d, int32_t n_items, const pa_mine_options *o, int32_t n_parts)
{
    const pa_baskets b = baskets_of(d, n_items);
    set_list expected = {0}, sets = {0};
    uint64_t told[MOST_ITEMS + 1] = {0};
    int done = 0;
    pa_status st = PA_OK;
    CU_ASSERT_EQUAL_FATAL(mine(&b, o, ARENA, &expected, told, NULL), PA_OK);
    for (size_t bytes = ARENA; st == PA_OK && bytes > 1000; bytes = bytes * 3 / 4) {
        uint64_t by_size[MOST_ITEMS + 1] = {0}, counted[MOST_ITEMS + 1] = {0};
        sets.n = 0;
        st = mine_lean(&b, o, bytes, n_parts, &sets, by_size);
        CU_ASSERT(st == PA_OK || st == PA_E_MEMORY);
        if (st != PA_OK) continue;
        CU_ASSERT(is_same(&sets, &expected) && memcmp(by_size, told, sizeof told) == 0);
        bool counts = mine_lean(&b, o, bytes, 1, NULL, counted) == PA_OK;
        CU_ASSERT(counts || n_parts > 1); /* what is mined at once may take more */
        CU_ASSERT(!counts || memcmp(counted, told, sizeof told) == 0);
        done++;
    }
    pa_free(expected.set);
    pa_free(sets.set);
    return done;
}

/* Baskets with one of the last four items have one of the first four as well. */
static void imply(int32_t n_items, drawn *d)
{
    size_t at = 0;
    for (size_t r = 0; r < d->n; r++) {
        d->first[r] = at;
        d->word[r] |= d->word[r] >> (n_items - 4);
        for (int32_t i = 0; i < n_items; i++)
            if (d->word[r] >> i & 1) d->item[at++] = i;
    }
    d->first[d->n] = at;
}

static void test_rows_tell_the_same_in_the_same_order(void)
{
    static drawn d;
    uint32_t state = 8;
    int done = 0;
    for (int round = 0; round < 90; round++) {
        int32_t n_items = 1 + (int32_t)draw(&state, MOST_ITEMS);
        const pa_mine_options o = {.min_support = 8 + draw(&state, 30),
                                   .min_length = 1 + (int32_t)draw(&state, 2),
                                   .max_length = draw(&state, 3) ? 0 : 4};
        if (round % 2)
            draw_baskets(&state, n_items, draw(&state, 300), 20 + draw(&state, 40), &d);
        else
            draw_even_baskets(&state, n_items, 100 + draw(&state, 250), 10 + draw(&state, 25), &d);
        done += compare_less(&d, n_items, &o, 1 + round % 3);
    }
    for (int round = 0; round < 3; round++) { /* dense ones, most sets by words and trees */
        const pa_mine_options o = {.min_support = 220 + 20 * round, .min_length = 1};
        draw_even_baskets(&state, MOST_ITEMS, MOST_BASKETS, 70, &d);
        imply(MOST_ITEMS, &d);
        done += compare_less(&d, MOST_ITEMS, &o, 1 + round);
    }
    CU_ASSERT(done > 90 * 9);
}

static pa_status refuse(void *self, size_t n, const int32_t item[], uint32_t support, pa_error *err)
{
    (void)n;
    (void)item;
    (void)support;
    return ++*(int *)self < 5 ? PA_OK : pa_fail(err, PA_E_IO, "enough");
}

static void test_a_sink_may_end_it(void)
{
    static drawn d;
    uint32_t state = 5;
    int heard = 0;
    pa_error err = {0};
    pa_arena arena;
    pa_fp_tree tree;
    pa_item_ranks ranks;
    draw_baskets(&state, 20, 100, 40, &d);
    const pa_baskets b = baskets_of(&d, 20);
    const pa_mine_options o = {.min_support = 3, .min_length = 1};
    uint64_t by_size[MOST_ITEMS + 1] = {0};
    pa_set_counts counts = {MOST_ITEMS + 1, by_size};
    const pa_set_sink sink = {refuse, &heard};
    CU_ASSERT_EQUAL_FATAL(pa_arena_open(&arena, ARENA, &err), PA_OK);
    CU_ASSERT_EQUAL_FATAL(tree_of(&arena, &b, o.min_support, &tree, &ranks, &err), PA_OK);
    pa_fp_miner *m;
    CU_ASSERT_EQUAL_FATAL(open_miner(&arena, &tree, &ranks, &o, &m, &err), PA_OK);
    char *mark = arena.at;
    CU_ASSERT_EQUAL(pa_fp_growth(m, 0, tree.n_items, &sink, &counts, &err), PA_E_IO);
    CU_ASSERT(heard == 5 && arena.at == mark);
    pa_item_ranks_free(&ranks);
    pa_arena_free(&arena);
}

/*  baskets   abc  abc x2  ab  b  -        nodes: b - a - c
 *  merged, the most frequent first; d is not frequent and is gone */
static void test_the_tree_of_a_few_baskets(void)
{
    const size_t first[] = {0, 3, 6, 8, 9, 9, 10};
    const int32_t item[] = {0, 1, 2, 2, 1, 0, 1, 0, 1, 3};
    const uint32_t weight[] = {1, 2, 1, 1, 1, 1};
    const pa_baskets b = {.n = 6, .first = first, .item = item, .weight = weight, .n_items = 4};
    pa_error err = {0};
    pa_arena arena;
    pa_fp_tree t;
    pa_item_ranks ranks;
    CU_ASSERT_EQUAL_FATAL(pa_arena_open(&arena, 1 << 16, &err), PA_OK);
    CU_ASSERT_EQUAL_FATAL(tree_of(&arena, &b, 2, &t, &ranks, &err), PA_OK);
    CU_ASSERT_FATAL(t.n_items == 3 && t.n_nodes == 3);
    CU_ASSERT(ranks.code[0] == 1 && ranks.code[1] == 0 && ranks.code[2] == 2);
    CU_ASSERT(t.parent[0] == PA_FP_ROOT && t.parent[1] == 0 && t.parent[2] == 1);
    CU_ASSERT(t.count[0] == 5 && t.count[1] == 4 && t.count[2] == 3);
    CU_ASSERT_EQUAL(t.longest, 3);
    pa_item_ranks_free(&ranks);
    pa_arena_free(&arena);
}

/* ---- paths ---- */

/* Where the walk up from node v agrees with the path at `at`. */
static bool is_path_of(const pa_fp_tree *t, uint32_t v, const int32_t *at)
{
    for (v = t->parent[v]; v != PA_FP_ROOT; v = t->parent[v])
        if (*at++ != t->item[v]) return false;
    return *at == PA_PATH_END;
}

/* Nodes of an item stand in the order of the tree. */
static bool are_paths_of(const pa_fp_tree *t, const pa_fp_paths *p)
{
    bool same = p->first[0] == 0 && p->first[p->n_items] == t->n_nodes;
    for (int32_t i = 0; i < p->n_items; i++) {
        uint32_t k = p->first[i], support = 0;
        for (uint32_t v = 0; same && v < t->n_nodes; v++) {
            if (t->item[v] != i) continue;
            same = p->node[k].count == t->count[v] && is_path_of(t, v, p->item + p->node[k].above);
            support += p->node[k++].count;
        }
        same = same && k == p->first[i + 1] && support == p->support[i];
    }
    return same;
}

static void add_row(const pa_fp_tree *t, uint32_t v, uint32_t weight, pa_path_rows *rows)
{
    int32_t *row = pa_path_row(rows);
    uint32_t n = 0;
    for (; v != PA_FP_ROOT; v = t->parent[v]) row[n++] = t->item[v];
    pa_path_rows_add(rows, n, weight);
}

/* The paths that end at a node, of two that are alike one behind the other. */
static bool paths_of_rows(pa_arena *a, const pa_fp_tree *t, const uint32_t support[],
                          pa_fp_paths *p)
{
    pa_path_rows rows;
    if (!pa_path_rows_open(a, t->n_nodes, (size_t)t->n_nodes * (size_t)t->longest, t->n_items,
                           support, p, &rows))
        return false;
    for (uint32_t v = 0; v < t->n_nodes; v++) {
        uint32_t ending = t->count[v];
        for (uint32_t c = v + 1; c < t->n_nodes; c++)
            if (t->parent[c] == v) ending -= t->count[c];
        if (ending) add_row(t, v, 1, &rows);
        if (ending > 1) add_row(t, v, ending - 1, &rows);
    }
    return pa_path_rows_close(a, &rows);
}

/* Of another tree of the same baskets. */
static bool has_supports_of(const pa_fp_paths *p, const pa_fp_paths *expected)
{
    size_t bytes = (size_t)p->n_items * sizeof *p->support;
    return p->n_items == expected->n_items && !memcmp(p->support, expected->support, bytes);
}

static void test_paths_are_those_of_the_tree(void)
{
    static drawn d;
    uint32_t state = 7;
    for (int round = 0; round < 200; round++) {
        int32_t n_items = 1 + (int32_t)draw(&state, MOST_ITEMS);
        draw_baskets(&state, n_items, 1 + draw(&state, 80), 10 + draw(&state, 80), &d);
        const pa_baskets b = baskets_of(&d, n_items);
        pa_arena arena;
        pa_fp_tree tree;
        pa_fp_paths paths, again;
        pa_item_ranks ranks;
        CU_ASSERT_EQUAL_FATAL(pa_arena_open(&arena, ARENA, NULL), PA_OK);
        CU_ASSERT_EQUAL_FATAL(tree_of(&arena, &b, 2, &tree, &ranks, NULL), PA_OK);
        CU_ASSERT_FATAL(pa_fp_paths_of_tree(&arena, &tree, &paths));
        CU_ASSERT(are_paths_of(&tree, &paths));
        CU_ASSERT_FATAL(paths_of_rows(&arena, &tree, paths.support, &again));
        CU_ASSERT(are_paths_of(&tree, &again));
        for (int sparing = 0; sparing < 2; sparing++) {
            const pa_rank_run all = {0, ranks.n, false, sparing};
            CU_ASSERT_EQUAL_FATAL(pa_fp_paths_of(&arena, &b, &ranks, &all, &again, NULL), PA_OK);
            CU_ASSERT(sparing ? has_supports_of(&again, &paths) : are_paths_of(&tree, &again));
        }
        pa_item_ranks_free(&ranks);
        pa_arena_free(&arena);
    }
}

/*  rank      0       1      2
 *  part 0    1       2 3    -
 *  part 1    -       4      5 6   numbers stand for nodes */
static void test_nodes_of_a_run_of_parts(void)
{
    uint32_t first[] = {0, 1, 3, 3, 3, 3, 4, 6}, begin[4];
    pa_path_node node[] = {{1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 1}};
    const pa_path_parts parts = {2, {.n_items = 3, .first = first, .node = node}};
    const uint32_t expected[] = {2, 3, 4, 5, 6};
    pa_fp_paths paths;
    pa_arena arena;
    CU_ASSERT_EQUAL_FATAL(pa_arena_open(&arena, ARENA, NULL), PA_OK);
    CU_ASSERT_FATAL(pa_fp_paths_of_run(&arena, &parts, 1, 3, begin, &paths));
    CU_ASSERT(paths.first[1] == 0 && paths.first[2] == 3 && paths.first[3] == 5);
    for (size_t k = 0; k < 5; k++) CU_ASSERT_EQUAL(paths.node[k].above, expected[k]);
    CU_ASSERT_FATAL(pa_fp_paths_of_run(&arena, &parts, 0, 1, begin, &paths));
    CU_ASSERT(paths.first[0] == 0 && paths.first[1] == 1 && paths.node[0].above == 1);
    arena.at = arena.end - 16;
    CU_ASSERT(!pa_fp_paths_of_run(&arena, &parts, 1, 3, begin, &paths));
    pa_arena_free(&arena);
}

static const pa_test tests[] = {
    {"sets equal the slow twin", test_sets_equal_the_slow_twin},
    {"lengths bound the sets", test_lengths_bound_the_sets},
    {"perfect extensions are multiplied in", test_perfect_extensions_are_multiplied_in},
    {"ranks are tasks", test_ranks_are_tasks},
    {"the arena is a hard bound", test_the_arena_is_a_hard_bound},
    {"the order does not depend on memory", test_the_order_does_not_depend_on_memory},
    {"runs and parts tell all in order", test_runs_and_parts_tell_all_in_order},
    {"rows tell the same in the same order", test_rows_tell_the_same_in_the_same_order},
    {"a sink may end it", test_a_sink_may_end_it},
    {"the tree of a few baskets", test_the_tree_of_a_few_baskets},
    {"paths are those of the tree", test_paths_are_those_of_the_tree},
    {"nodes of a run of parts", test_nodes_of_a_run_of_parts},
};
PA_TEST_MAIN("fp_growth", tests)

/* Closed and maximal sets beside those of a twin that compares every set with every other. */
#include "paraudit/patterns/closed_sets.h"

#include <string.h>

#include "drawn_baskets.h"
#include "paraudit/base/array.h"
#include "tree_of.h"
#include "unit.h"

enum { ARENA = 1 << 23 };

/* Keeps the sets of which no larger one is in as many baskets (closed), or frequent (maximal). */
static size_t keep(pa_closed_kind kind, size_t n, item_set set[])
{
    size_t kept = 0;
    static uint8_t drop[1 << 20];
    CU_ASSERT_FATAL(n <= sizeof drop);
    memset(drop, 0, n);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n && !drop[a]; b++)
            drop[a] = a != b && (set[a].items & set[b].items) == set[a].items &&
                      (kind == PA_MAXIMAL || set[a].support == set[b].support);
    for (size_t a = 0; a < n; a++)
        if (!drop[a]) set[kept++] = set[a];
    return kept;
}

static pa_status mine(const pa_baskets *b, pa_closed_kind kind, const pa_mine_options *o,
                      size_t bytes, int32_t tasks, set_list *sets, uint64_t by_size[MOST_ITEMS + 1],
                      pa_error *err)
{
    pa_arena arena;
    pa_fp_tree tree;
    pa_item_ranks ranks = {0};
    const pa_set_sink sink = {hear_set, sets};
    pa_set_counts counts = {MOST_ITEMS + 1, by_size};
    pa_status st = pa_arena_open(&arena, bytes, err);
    if (st == PA_OK) st = tree_of(&arena, b, o->min_support, &tree, &ranks, err);
    pa_closed_miner *m = NULL;
    if (st == PA_OK)
        st = pa_closed_miner_open(&arena, &tree, ranks.code, MOST_ITEMS, kind, o, &m, err);
    for (int32_t i = 0; st == PA_OK && i < tree.n_items; i += tasks) {
        int32_t end = i + tasks < tree.n_items ? i + tasks : tree.n_items;
        st = pa_closed_sets(m, i, end, sets ? &sink : NULL, &counts, err);
    }
    pa_item_ranks_free(&ranks);
    pa_arena_free(&arena);
    return st;
}

static void compare(const drawn *d, int32_t n_items, pa_closed_kind kind, uint32_t least,
                    int32_t tasks)
{
    const pa_baskets b = baskets_of(d, n_items);
    const pa_mine_options o = {.min_support = least, .min_length = 1};
    uint64_t told[MOST_ITEMS + 1] = {0}, counted[MOST_ITEMS + 1] = {0};
    set_list slow = {0}, fast = {0};
    pa_error err = {0};
    slow_sets(d, n_items, least, &slow);
    slow.n = keep(kind, slow.n, slow.set);
    CU_ASSERT_EQUAL_FATAL(mine(&b, kind, &o, ARENA, tasks, &fast, told, &err), PA_OK);
    CU_ASSERT_EQUAL_FATAL(mine(&b, kind, &o, ARENA, 100, NULL, counted, &err), PA_OK);
    sort_sets(slow.n, slow.set);
    sort_sets(fast.n, fast.set);
    CU_ASSERT_EQUAL(fast.n, slow.n);
    for (size_t i = 0; i < slow.n && i < fast.n; i++) {
        CU_ASSERT(fast.set[i].items == slow.set[i].items &&
                  fast.set[i].support == slow.set[i].support);
        told[__builtin_popcountll(slow.set[i].items)]--;
        counted[__builtin_popcountll(slow.set[i].items)]--;
    }
    for (int k = 0; k <= MOST_ITEMS; k++) CU_ASSERT(told[k] == 0 && counted[k] == 0);
    pa_free(slow.set);
    pa_free(fast.set);
}

/* Few items to many, few baskets to some, odds so high that many sets are in all of them. */
static void draw_and_compare(pa_closed_kind kind, uint32_t state)
{
    static drawn d;
    for (int round = 0; round < 1500; round++) {
        int32_t n_items = 1 + (int32_t)draw(&state, 12);
        draw_baskets(&state, n_items, draw(&state, 30), 20 + draw(&state, 150), &d);
        compare(&d, n_items, kind, 1 + draw(&state, 8), 1 + (int32_t)draw(&state, 5));
    }
    for (int round = 0; round < 60; round++) {
        int32_t n_items = 13 + (int32_t)draw(&state, MOST_ITEMS - 12);
        draw_baskets(&state, n_items, 60 + draw(&state, 200), 20 + draw(&state, 40), &d);
        compare(&d, n_items, kind, 6 + draw(&state, 20), 1 + (int32_t)draw(&state, 30));
    }
}

static void test_closed_sets_equal_the_slow_twin(void)
{
    draw_and_compare(PA_CLOSED, 11);
}

static void test_maximal_sets_equal_the_slow_twin(void)
{
    draw_and_compare(PA_MAXIMAL, 12);
}

static void test_the_arena_is_a_hard_bound(void)
{
    static drawn d;
    uint32_t state = 13;
    draw_baskets(&state, 36, 200, 60, &d);
    const pa_baskets b = baskets_of(&d, 36);
    const pa_mine_options o = {.min_support = 30, .min_length = 1};
    uint64_t expected[MOST_ITEMS + 1] = {0};
    pa_error err = {0};
    int failed = 0, done = 0;
    CU_ASSERT_EQUAL_FATAL(mine(&b, PA_CLOSED, &o, ARENA, 36, NULL, expected, &err), PA_OK);
    for (size_t bytes = 1000; bytes < ARENA; bytes += bytes / 16) {
        uint64_t by_size[MOST_ITEMS + 1] = {0};
        err = (pa_error){0};
        pa_status st = mine(&b, PA_CLOSED, &o, bytes, 36, NULL, by_size, &err);
        CU_ASSERT(st == PA_OK || st == PA_E_MEMORY);
        failed += st != PA_OK;
        done += st == PA_OK;
        CU_ASSERT(st != PA_OK || memcmp(by_size, expected, sizeof by_size) == 0);
    }
    CU_ASSERT(failed > 10 && done > 10);
}

/* ---- where memory is short ---- */

/* As mine(), of coded rows: a task of each item, the last one first, so that the order counts. */
static pa_status mine_lean(const pa_baskets *b, pa_closed_kind kind, const pa_mine_options *o,
                           size_t bytes, set_list *sets, uint64_t by_size[MOST_ITEMS + 1],
                           pa_error *err)
{
    pa_arena arena;
    pa_coded_rows rows;
    pa_item_ranks ranks = {0};
    int64_t support[MOST_ITEMS] = {0};
    const pa_set_sink sink = {hear_set, sets};
    pa_set_counts counts = {MOST_ITEMS + 1, by_size};
    pa_closed_miner *m = NULL;
    pa_status st = pa_arena_open(&arena, bytes, err);
    if (st == PA_OK) st = pa_item_supports(b, support, err);
    if (st == PA_OK) st = pa_item_ranks_of(support, b->n_items, o->min_support, &ranks, err);
    const pa_rank_run all = {.last = ranks.n, .whole = true};
    if (st == PA_OK) st = pa_coded_rows_of(&arena, b, &ranks, &all, &rows, err);
    if (st == PA_OK)
        st = pa_closed_miner_open_lean(&arena, &rows, ranks.code, MOST_ITEMS, kind, o, &m, err);
    if (st == PA_OK) st = pa_closed_sets(m, 0, ranks.n, &sink, &counts, err);
    CU_ASSERT(arena.most <= bytes);
    pa_item_ranks_free(&ranks);
    pa_arena_free(&arena);
    return st;
}

static bool are_same(const set_list *a, const set_list *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++)
        if (a->set[i].items != b->set[i].items || a->set[i].support != b->set[i].support)
            return false;
    return a->n == b->n;
}

typedef pa_status how(const pa_baskets *b, pa_closed_kind kind, const pa_mine_options *o,
                      size_t bytes, set_list *sets, uint64_t by_size[MOST_ITEMS + 1],
                      pa_error *err);

static pa_status mine_tree(const pa_baskets *b, pa_closed_kind kind, const pa_mine_options *o,
                           size_t bytes, set_list *sets, uint64_t by_size[MOST_ITEMS + 1],
                           pa_error *err)
{
    return mine(b, kind, o, bytes, MOST_ITEMS, sets, by_size, err);
}

/* The same sets in the same order with any memory that does; returns how often it did. */
static int compare_less(how *mine_less, const drawn *d, int32_t n_items, pa_closed_kind kind,
                        const pa_mine_options *o)
{
    const pa_baskets b = baskets_of(d, n_items);
    set_list expected = {0};
    uint64_t told[MOST_ITEMS + 1] = {0};
    int done = 0;
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(mine(&b, kind, o, ARENA, MOST_ITEMS, &expected, told, &err), PA_OK);
    for (size_t bytes = ARENA; bytes > 1000; bytes = bytes * 7 / 8) {
        uint64_t by_size[MOST_ITEMS + 1] = {0};
        set_list sets = {0};
        pa_status st = mine_less(&b, kind, o, bytes, &sets, by_size, &err);
        CU_ASSERT(st == PA_OK || st == PA_E_MEMORY);
        bool same = are_same(&sets, &expected) && memcmp(by_size, told, sizeof told) == 0;
        CU_ASSERT(st != PA_OK || same);
        done += st == PA_OK;
        err = (pa_error){0};
        pa_free(sets.set);
        if (st != PA_OK) break;
    }
    pa_free(expected.set);
    return done;
}

static void test_less_memory_tells_the_same_in_the_same_order(void)
{
    static drawn d;
    uint32_t state = 14;
    for (int round = 0; round < 60; round++) {
        int32_t n_items = 1 + (int32_t)draw(&state, MOST_ITEMS);
        const pa_mine_options o = {.min_support = 8 + draw(&state, 30),
                                   .min_length = 1 + (int32_t)draw(&state, 2),
                                   .max_length = draw(&state, 3) ? 0 : 4};
        if (round % 2)
            draw_baskets(&state, n_items, draw(&state, 300), 20 + draw(&state, 40), &d);
        else
            draw_even_baskets(&state, n_items, 100 + draw(&state, 200), 10 + draw(&state, 25), &d);
        pa_closed_kind kind = round % 4 < 2 ? PA_CLOSED : PA_MAXIMAL;
        int lean = compare_less(mine_lean, &d, n_items, kind, &o);
        int tree = compare_less(mine_tree, &d, n_items, kind, &o);
        CU_ASSERT(tree > 5 && lean >= tree);
    }
}

/* A set as a line of its own: its size, its support, and the sum of the squares of its items. */
static pa_status hear_sum(void *self, size_t n, const int32_t item[], uint32_t support,
                          pa_error *err)
{
    int64_t line[] = {(int64_t)n, support, 0};
    for (size_t i = 0; i < n; i++) line[2] += (int64_t)item[i] * item[i];
    return pa_buffer_add(self, line, sizeof line, err);
}

/* 13 items in most baskets, and 140 in three of four: the sets of the first 13 have more guards
 * than a word, or some, hold at once. */
enum { HOT = 13, GUARDS = 140, WIDE = 24 };

static pa_baskets draw_wide(uint32_t *state, size_t first[WIDE + 1],
                            int32_t item[WIDE * (HOT + GUARDS)])
{
    size_t n = 0;
    for (size_t r = 0; r < WIDE; r++) {
        first[r] = n;
        for (int32_t i = 0; i < HOT + GUARDS; i++)
            if (draw(state, 100) < (i < HOT ? 90 : 75)) item[n++] = i;
    }
    first[WIDE] = n;
    return (pa_baskets){.n = WIDE, .first = first, .item = item, .n_items = HOT + GUARDS};
}

/* bytes: 0: of a tree, with memory enough. */
static pa_status mine_wide(const pa_baskets *b, size_t bytes, pa_buffer *sets)
{
    pa_arena arena;
    pa_fp_tree tree;
    pa_coded_rows rows;
    pa_item_ranks ranks = {0};
    uint64_t by_size[HOT + GUARDS + 1] = {0};
    const pa_mine_options o = {.min_support = 6, .min_length = 1};
    const pa_set_sink sink = {hear_sum, sets};
    pa_set_counts counts = {HOT + GUARDS + 1, by_size};
    pa_closed_miner *m = NULL;
    pa_status st = pa_arena_open(&arena, bytes ? bytes : ARENA, NULL);
    size_t longest = HOT + GUARDS;
    int64_t support[HOT + GUARDS] = {0};
    if (st == PA_OK && !bytes) st = tree_of(&arena, b, o.min_support, &tree, &ranks, NULL);
    if (st == PA_OK && bytes) st = pa_item_supports(b, support, NULL);
    if (st == PA_OK && bytes)
        st = pa_item_ranks_of(support, b->n_items, o.min_support, &ranks, NULL);
    if (st == PA_OK && !bytes)
        st = pa_closed_miner_open(&arena, &tree, ranks.code, longest, PA_CLOSED, &o, &m, NULL);
    const pa_rank_run all = {.last = ranks.n, .whole = true};
    if (st == PA_OK && bytes) st = pa_coded_rows_of(&arena, b, &ranks, &all, &rows, NULL);
    if (st == PA_OK && bytes)
        st = pa_closed_miner_open_lean(&arena, &rows, ranks.code, longest, PA_CLOSED, &o, &m, NULL);
    if (st == PA_OK) st = pa_closed_sets(m, 0, HOT, &sink, &counts, NULL);
    pa_item_ranks_free(&ranks);
    pa_arena_free(&arena);
    return st;
}

static void test_more_guards_than_fit_a_word(void)
{
    static size_t first[WIDE + 1];
    static int32_t item[WIDE * (HOT + GUARDS)];
    uint32_t state = 15;
    int done = 0;
    for (int round = 0; round < 10; round++) {
        const pa_baskets b = draw_wide(&state, first, item);
        pa_buffer expected = {0};
        CU_ASSERT_EQUAL_FATAL(mine_wide(&b, 0, &expected), PA_OK);
        CU_ASSERT(expected.length > 0);
        for (size_t bytes = 1 << 18; bytes > 50000; bytes = bytes * 31 / 32) {
            pa_buffer sets = {0};
            if (mine_wide(&b, bytes, &sets) == PA_OK) {
                done++;
                CU_ASSERT(sets.length == expected.length &&
                          memcmp(sets.data, expected.data, sets.length) == 0);
            }
            pa_buffer_free(&sets);
        }
        pa_buffer_free(&expected);
    }
    CU_ASSERT(done > 100);
}

static const pa_test tests[] = {
    {"closed sets equal the slow twin", test_closed_sets_equal_the_slow_twin},
    {"maximal sets equal the slow twin", test_maximal_sets_equal_the_slow_twin},
    {"less memory tells the same in the same order",
     test_less_memory_tells_the_same_in_the_same_order},
    {"more guards than fit a word", test_more_guards_than_fit_a_word},
    {"the arena is a hard bound", test_the_arena_is_a_hard_bound},
};
PA_TEST_MAIN("closed_sets", tests)

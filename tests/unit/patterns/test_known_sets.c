/* How many sets there are in public data, as three independent programs count them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "by_levels.h"
#include "paraudit/base/array.h"
#include "paraudit/patterns/closed_sets.h"
#include "tree_of.h"
#include "unit.h"

enum { MOST_SIZES = 256, ARENA = 1 << 28 };

/* ---- a file of baskets, a line each ---- */

typedef struct {
    size_t *first;
    int32_t *item;
    size_t n;
    int32_t n_items;
} book;

static void free_book(book *b)
{
    pa_free(b->first);
    pa_free(b->item);
}

/* False where the file is not there. */
static bool read_book(const char *name, book *b)
{
    char path[4096], line[1 << 14];
    pa_error err = {0};
    size_t at = 0;
    *b = (book){0};
    snprintf(path, sizeof path, "%s/itemsets/%s.dat", pa_test_data() ? pa_test_data() : "", name);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    b->first = pa_alloc(200000, sizeof *b->first, &err);
    b->item = pa_alloc(4000000, sizeof *b->item, &err);
    while (fgets(line, sizeof line, file)) {
        char *end;
        for (char *text = line;; text = end) {
            long item = strtol(text, &end, 10);
            if (end == text) break;
            b->item[at++] = (int32_t)item;
            if (item >= b->n_items) b->n_items = (int32_t)item + 1;
        }
        b->first[++b->n] = at;
    }
    fclose(file);
    return true;
}

/* ---- what is known ---- */

typedef struct {
    const char *data;
    int64_t least;
    uint64_t all, closed, maximal; /* 0: it takes too long for a first run */
    uint64_t by_size[10];          /* of all sets, from size 1 on; 0: not known */
} known;

static const known table[] = {
    {"chess", 1598, 1272932, 369450, 11463, {37, 531, 4000, 18565, 58172, 129952, 214297, 266635}},
    {"chess", 1278, 6472980, 0, 0, {40, 673, 6117, 34612, 132231}},
    {"mushroom", 812, 574513, 4897, 558, {56, 763, 4599, 16171, 38829}},
    {"mushroom", 407, 3755511, 0, 0, {0}},
    {"mushroom", 406, 3755705, 12854, 1452, {73, 1329, 10623, 48251}},
    {"mushroom", 162, 23596649, 31767, 3761, {89, 2004, 20425, 118892}},
    {"T10I4D100K", 500, 1073, 1073, 585, {569, 342, 110, 43, 9}},
    {"T10I4D100K", 100, 27532, 26806, 4054, {797, 8831, 7130, 5499, 3188, 1429, 503, 130, 23, 2}},
    {"T10I4D100K", 10, 411365, 283397, 127264, {867, 110793, 152805, 80710}},
    {"retail", 88, 7712, 7695, 3507, {2140, 3314, 1831, 391, 36}},
    {"retail", 10, 189400, 159396, 62996, {8558, 57968, 68379, 36086}},
    {"retail", 5, 1506775, 504142, 212923, {10988, 175951, 278283, 235071}},
};

/* kind: of closed sets; -1: all. */
static uint64_t count(pa_arena *arena, const pa_fp_tree *tree, const int32_t code[], int kind,
                      int64_t least, uint64_t by_size[MOST_SIZES])
{
    const pa_mine_options o = {.min_support = least, .min_length = 1};
    pa_set_counts counts = {MOST_SIZES, by_size};
    pa_error err = {0};
    uint64_t sum = 0;
    memset(by_size, 0, MOST_SIZES * sizeof *by_size);
    char *mark = arena->at;
    pa_fp_miner *m;
    pa_closed_miner *c;
    pa_path_parts paths = {.n_parts = 1};
    CU_ASSERT_FATAL(kind >= 0 || pa_fp_paths_of_tree(arena, tree, &paths.all));
    pa_status st = kind < 0 ? pa_fp_miner_open(arena, &paths, code, MOST_SIZES - 1, &o, &m, &err)
                            : pa_closed_miner_open(arena, tree, code, MOST_SIZES - 1,
                                                   (pa_closed_kind)kind, &o, &c, &err);
    CU_ASSERT_EQUAL_FATAL(st, PA_OK);
    st = kind < 0 ? pa_fp_growth(m, 0, tree->n_items, NULL, &counts, &err)
                  : pa_closed_sets(c, 0, tree->n_items, NULL, &counts, &err);
    arena->at = mark;
    CU_ASSERT_EQUAL(st, PA_OK);
    for (int k = 1; k < MOST_SIZES; k++) sum += by_size[k];
    return sum;
}

/* ---- the other engine ---- */

enum { BY_APRIORI = 200000, AT_A_TIME = 100000 };

/* Sets of all, closed, maximal. */
typedef struct {
    uint64_t n[3], by_size[MOST_SIZES];
} level_counts;

static void count_level(void *self, const pa_level *l, const uint8_t about[],
                        const pa_item_ranks *ranks)
{
    level_counts *c = self;
    (void)ranks;
    c->by_size[l->k] = l->n;
    c->n[0] += l->n;
    for (size_t i = 0; i < l->n; i++) {
        c->n[1] += (about[i] & PA_HAS_EQUAL) == 0;
        c->n[2] += (about[i] & PA_HAS_LARGER) == 0;
    }
}

/* Of what does not take it too long. */
static void compare_levels(const known *k, const pa_baskets *b)
{
    level_counts c = {0};
    pa_error err = {0};
    if (k->all > BY_APRIORI) return;
    CU_ASSERT_EQUAL(mine_by_levels(b, k->least, AT_A_TIME, count_level, &c, &err), PA_OK);
    CU_ASSERT(c.n[0] == k->all && c.n[1] == k->closed && c.n[2] == k->maximal);
    for (int size = 0; size < 10 && k->by_size[size]; size++)
        CU_ASSERT_EQUAL(c.by_size[size + 1], k->by_size[size]);
}

/* ---- */

static void compare(const known *k, const book *b)
{
    const pa_baskets baskets = {
        .n = b->n, .first = b->first, .item = b->item, .n_items = b->n_items};
    uint64_t by_size[MOST_SIZES];
    pa_arena arena;
    pa_fp_tree tree;
    pa_item_ranks ranks;
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(pa_arena_open(&arena, ARENA, &err), PA_OK);
    CU_ASSERT_EQUAL_FATAL(tree_of(&arena, &baskets, k->least, &tree, &ranks, &err), PA_OK);
    CU_ASSERT(tree.longest < MOST_SIZES);
    CU_ASSERT_EQUAL(count(&arena, &tree, ranks.code, -1, k->least, by_size), k->all);
    for (int size = 0; size < 10 && k->by_size[size]; size++)
        CU_ASSERT_EQUAL(by_size[size + 1], k->by_size[size]);
    if (k->closed)
        CU_ASSERT_EQUAL(count(&arena, &tree, ranks.code, PA_CLOSED, k->least, by_size), k->closed);
    if (k->maximal)
        CU_ASSERT_EQUAL(count(&arena, &tree, ranks.code, PA_MAXIMAL, k->least, by_size),
                        k->maximal);
    pa_item_ranks_free(&ranks);
    pa_arena_free(&arena);
    compare_levels(k, &baskets);
}

static void test_sets_of_public_data(void)
{
    book b;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (!read_book(table[i].data, &b)) {
            printf("SKIPPED: there is no itemsets/%s.dat\n", table[i].data);
            continue;
        }
        compare(table + i, &b);
        free_book(&b);
    }
}

static const pa_test tests[] = {{"sets of public data", test_sets_of_public_data}};
PA_TEST_MAIN("known_sets", tests)

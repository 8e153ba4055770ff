/* Apriori beside a twin that counts every set by looking at every basket. */
#include "paraudit/patterns/apriori.h"

#include "by_levels.h"
#include "drawn_baskets.h"
#include "unit.h"

/* Sets, and what is said of their supersets, in the same order. */
typedef struct {
    set_list sets, larger, equal; /* all; those with a larger one; with one in as many baskets */
    int32_t k;
} told;

static void hear_level(void *self, const pa_level *l, const uint8_t about[],
                       const pa_item_ranks *ranks)
{
    told *t = self;
    CU_ASSERT(l->k == t->k + 1);
    t->k = l->k;
    for (size_t i = 0; i < l->n; i++) {
        uint64_t items = 0;
        for (int32_t k = 0; k < l->k; k++)
            items |= UINT64_C(1) << pa_place_code(ranks, l->item[i * (size_t)l->k + (size_t)k]);
        CU_ASSERT(__builtin_popcountll(items) == l->k);
        add_set(&t->sets, items, (uint32_t)l->support[i]);
        if (about[i] & PA_HAS_LARGER) add_set(&t->larger, items, (uint32_t)l->support[i]);
        if (about[i] & PA_HAS_EQUAL) add_set(&t->equal, items, (uint32_t)l->support[i]);
    }
}

static void compare_lists(const set_list *expected, set_list *found)
{
    sort_sets(found->n, found->set);
    CU_ASSERT_EQUAL(found->n, expected->n);
    for (size_t i = 0; i < found->n && i < expected->n; i++)
        CU_ASSERT(found->set[i].items == expected->set[i].items &&
                  found->set[i].support == expected->set[i].support);
    pa_free(found->set);
}

/* all: in the order of their words. Those of which a larger one is there, perhaps as often. */
static set_list having(const set_list *all, bool as_often)
{
    set_list l = {0};
    for (size_t a = 0; a < all->n; a++) {
        bool has = false;
        for (size_t b = a + 1; b < all->n && !has; b++)
            has = (all->set[a].items & all->set[b].items) == all->set[a].items &&
                  (!as_often || all->set[a].support == all->set[b].support);
        if (has) add_set(&l, all->set[a].items, all->set[a].support);
    }
    return l;
}

static void compare(const drawn *d, int32_t n_items, uint32_t least, size_t most)
{
    const pa_baskets b = baskets_of(d, n_items);
    set_list slow = {0};
    told fast = {0};
    pa_error err = {0};
    slow_sets(d, n_items, least, &slow);
    sort_sets(slow.n, slow.set);
    set_list larger = having(&slow, false), equal = having(&slow, true);
    CU_ASSERT_EQUAL(mine_by_levels(&b, least, most, hear_level, &fast, &err), PA_OK);
    compare_lists(&slow, &fast.sets);
    compare_lists(&larger, &fast.larger);
    compare_lists(&equal, &fast.equal);
    pa_free(slow.set);
    pa_free(larger.set);
    pa_free(equal.set);
}

/* Candidates are counted few at a time, and all at once. */
static void test_levels_equal_the_slow_twin(void)
{
    static drawn d;
    uint32_t state = 21;
    for (int round = 0; round < 2500; round++) {
        int32_t n_items = 1 + (int32_t)draw(&state, 12);
        draw_baskets(&state, n_items, draw(&state, 60), 20 + draw(&state, 90), &d);
        compare(&d, n_items, 1 + draw(&state, 12), 1 + draw(&state, 9));
    }
    for (int round = 0; round < 80; round++) {
        int32_t n_items = 13 + (int32_t)draw(&state, MOST_ITEMS - 12);
        draw_baskets(&state, n_items, 100 + draw(&state, 200), 20 + draw(&state, 30), &d);
        compare(&d, n_items, 8 + draw(&state, 30), 1 + draw(&state, 1000));
    }
}

static void test_without_a_pair_there_is_one_level(void)
{
    const size_t first[] = {0, 1, 2, 3};
    const int32_t item[] = {0, 1, 0};
    const pa_baskets b = {.n = 3, .first = first, .item = item, .n_items = 3};
    told t = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(mine_by_levels(&b, 1, 10, hear_level, &t, &err), PA_OK);
    CU_ASSERT(t.k == 1 && t.sets.n == 2 && t.larger.n == 0);
    CU_ASSERT(t.sets.set[0].items == 2 && t.sets.set[0].support == 1);
    CU_ASSERT(t.sets.set[1].items == 1 && t.sets.set[1].support == 2);
    pa_free(t.sets.set);
}

static const pa_test tests[] = {
    {"levels equal the slow twin", test_levels_equal_the_slow_twin},
    {"without a pair there is one level", test_without_a_pair_there_is_one_level},
};
PA_TEST_MAIN("apriori", tests)

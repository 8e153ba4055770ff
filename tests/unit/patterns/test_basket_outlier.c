/* What a row adds to a basket, beside a twin that looks at every set and every combination. */
#include "paraudit/patterns/basket_outlier.h"

#include <math.h>

#include "drawn_baskets.h"
#include "paraudit/base/array.h"
#include "unit.h"

enum { N_ITEMS = 20, MOST_SETS = 20000 };

typedef struct {
    size_t first[MOST_SETS + 1];
    int32_t item[MOST_SETS * PA_SET_MOST];
    uint32_t support[MOST_SETS];
    pa_frequent_sets sets;
} set_arrays;

/* Of two sets of one size, that with the smallest item that they do not share comes first. */
static bool comes_before(uint64_t a, uint64_t b)
{
    int x = __builtin_popcountll(a), y = __builtin_popcountll(b);
    uint64_t differ = a ^ b;
    return x != y ? x < y : (a & differ & (0 - differ)) != 0;
}

/* By size, then by items. */
static void order_sets(set_list *all)
{
    for (size_t i = 1; i < all->n; i++) {
        item_set set = all->set[i];
        size_t k = i;
        for (; k > 0 && comes_before(set.items, all->set[k - 1].items); k--)
            all->set[k] = all->set[k - 1];
        all->set[k] = set;
    }
}

/* Those of at most `longest` items. */
static void arrange(const set_list *all, int longest, int64_t n_baskets, int64_t least,
                    set_arrays *a)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < all->n && n < MOST_SETS; i++) {
        if (__builtin_popcountll(all->set[i].items) > longest) continue;
        a->first[n] = at;
        a->support[n++] = all->set[i].support;
        for (int32_t k = 0; k < MOST_ITEMS; k++)
            if (all->set[i].items >> k & 1) a->item[at++] = k;
    }
    a->first[n] = at;
    a->sets =
        (pa_frequent_sets){n_baskets, least, (size_t)longest, n, a->first, a->item, a->support};
}

/* The sets of two items or more in `now` that are not in `before`. */
static uint64_t slow_sum(const set_list *all, int longest, uint64_t before, uint64_t now)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < all->n; i++) {
        uint64_t s = all->set[i].items;
        int size = __builtin_popcountll(s);
        if (size < 2 || size > longest || (s & now) != s || (s & before) == s) continue;
        sum += all->set[i].support;
    }
    return sum;
}

static double share_of(const set_list *all, int32_t item, int64_t n)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->set[i].items == UINT64_C(1) << item) return all->set[i].support / (double)n;
    return 0;
}

/* Over all subsets of `now` of 2 to `longest` items that are not in `before`. */
static double slow_chance(const set_list *all, int longest, int64_t n, uint64_t before,
                          uint64_t now)
{
    double sum = 0;
    for (uint64_t s = now; s; s = (s - 1) & now) {
        int size = __builtin_popcountll(s);
        if (size < 2 || size > longest || (s & before) == s) continue;
        double product = 1;
        for (int32_t k = 0; k < N_ITEMS; k++)
            if (s >> k & 1) product *= share_of(all, k, n);
        sum += product;
    }
    return sum;
}

static uint32_t support_of(const set_list *all, uint64_t set)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->set[i].items == set) return all->set[i].support;
    return 0;
}

/* Every two items of the basket, the second new, are looked at. */
static bool slow_pair(const set_list *all, int longest, int64_t n, uint32_t least,
                      const pa_basket *b, pa_odd_pair *found)
{
    double most = 1, all_of = (double)n;
    for (size_t k = b->n - b->n_new; k < b->n; k++)
        for (size_t i = 0; i < k; i++) {
            int32_t x = b->item[i], y = b->item[k];
            double chance = share_of(all, x, n) * share_of(all, y, n);
            uint32_t both = longest < 2 ? 0 : support_of(all, UINT64_C(1) << x | UINT64_C(1) << y);
            double times = (chance + least / all_of) / (both / all_of + least / all_of);
            if (chance < least / all_of || times <= most) continue;
            most = times;
            *found = (pa_odd_pair){{x, y}, both, chance * all_of};
        }
    return most > 1;
}

static size_t n_odd;

static void compare_pair(const pa_set_trie *t, const set_list *all, int longest, int64_t n,
                         uint32_t least, const pa_basket *b)
{
    pa_odd_pair p = {0}, twin = {0};
    bool is = slow_pair(all, longest, n, least, b, &twin);
    CU_ASSERT_EQUAL(pa_basket_odd_pair(t, b, &p), is);
    if (!is) return;
    CU_ASSERT_EQUAL(p.item[0], twin.item[0]);
    CU_ASSERT_EQUAL(p.item[1], twin.item[1]);
    CU_ASSERT_EQUAL(p.support, twin.support);
    CU_ASSERT_EQUAL(p.by_chance, twin.by_chance);
    n_odd++;
}

static void compare_basket(const pa_set_trie *t, const set_list *all, int longest, int64_t n,
                           uint32_t least, uint32_t *state)
{
    pa_set_sum sum = {0};
    pa_basket basket = {0};
    uint64_t word = 0;
    for (int row = 0; row < 3; row++) {
        uint64_t before = word;
        pa_set_sum_row(row == 0, &sum);
        basket.n_new = 0;
        for (int i = 0; i < 4; i++) {
            uint64_t one = UINT64_C(1) << draw(state, N_ITEMS);
            if (word & one) continue;
            word |= one;
            pa_set_sum_add(t, __builtin_ctzll(one), &sum);
            basket.item[basket.n++] = __builtin_ctzll(one);
            basket.n_new++;
        }
        compare_pair(t, all, longest, n, least, &basket);
        CU_ASSERT_EQUAL(sum.sum, slow_sum(all, longest, before, word));
        CU_ASSERT_DOUBLE_EQUAL(sum.chance, slow_chance(all, longest, n, before, word), 1e-12);
        CU_ASSERT(isfinite(pa_basket_outlier(t, &sum)));
    }
}

static void test_sums_equal_those_of_the_slow_twin(void)
{
    static drawn d;
    static set_arrays a;
    uint32_t state = 11;
    for (int round = 0; round < 30; round++) {
        set_list all = {0};
        pa_set_trie *t;
        pa_error err = {0};
        int longest = 1 + (int)draw(&state, 4);
        uint32_t least = 1 + draw(&state, 12);
        draw_baskets(&state, N_ITEMS - 2, 20 + draw(&state, 60), 60, &d);
        int64_t n = 0;
        for (size_t i = 0; i < d.n; i++) n += d.weight[i];
        slow_sets(&d, N_ITEMS - 2, least, &all);
        order_sets(&all);
        arrange(&all, longest, n, least, &a);
        CU_ASSERT_EQUAL_FATAL(pa_set_trie_open(&a.sets, N_ITEMS, &t, &err), PA_OK);
        for (int i = 0; i < 5; i++) compare_basket(t, &all, longest, n, least, &state);
        pa_set_trie_free(t);
        pa_free(all.set);
    }
    CU_ASSERT(n_odd > 100);
}

/* 0 and 1 are in 40 of 100 baskets each, and in 4 together, where chance would have 16; 2 and 3 are
 * never together. */
static void test_bits_by_hand(void)
{
    const size_t first[] = {0, 1, 2, 3, 4, 6};
    const int32_t item[] = {0, 1, 2, 3, 0, 1};
    const uint32_t support[] = {40, 40, 30, 30, 4};
    const pa_frequent_sets sets = {100, 2, 2, 5, first, item, support};
    pa_set_trie *t;
    pa_set_sum s = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(pa_set_trie_open(&sets, 6, &t, &err), PA_OK);
    pa_set_sum_row(true, &s);
    pa_set_sum_add(t, 1, &s);
    CU_ASSERT_EQUAL(pa_basket_outlier(t, &s), 0);
    pa_set_sum_add(t, 0, &s);
    CU_ASSERT_DOUBLE_EQUAL(pa_basket_outlier(t, &s), log2(.18 / .06), 1e-6);
    pa_set_sum_row(false, &s);
    pa_set_sum_add(t, 5, &s); /* in no set */
    CU_ASSERT_EQUAL(pa_basket_outlier(t, &s), 0);
    pa_set_sum_row(true, &s);
    pa_set_sum_add(t, 2, &s);
    pa_set_sum_add(t, 3, &s);
    CU_ASSERT_DOUBLE_EQUAL(pa_basket_outlier(t, &s), log2(.11 / .02), 1e-6);
    pa_set_trie_free(t);
}

static void test_no_set_says_nothing(void)
{
    const pa_frequent_sets none = {0};
    pa_set_trie *t;
    pa_set_sum s = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(pa_set_trie_open(&none, 3, &t, &err), PA_OK);
    pa_set_sum_row(true, &s);
    for (int32_t i = 0; i < 3; i++) pa_set_sum_add(t, i, &s);
    CU_ASSERT_EQUAL(pa_basket_outlier(t, &s), 0);
    pa_set_trie_free(t);
}

static const pa_test tests[] = {
    {"sums equal those of the slow twin", test_sums_equal_those_of_the_slow_twin},
    {"bits by hand", test_bits_by_hand},
    {"no set says nothing", test_no_set_says_nothing},
};
PA_TEST_MAIN("basket_outlier", tests)

/* The sets of all ranks beside those of a twin that looks at every basket: their numbers, their
 * lines, and the order of these. */
#include "paraudit/patterns/mine.h"

#include <string.h>

#include "drawn_baskets.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"

/* ---- what is asked for, and what comes ---- */

/* A set as a line of two words. */
static pa_status write_words(void *writer, size_t n, const int32_t item[], uint32_t support,
                             pa_buffer *to, pa_error *err)
{
    item_set set = {0, support};
    (void)writer;
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT(i == 0 || item[i - 1] < item[i]);
        set.items |= UINT64_C(1) << item[i];
    }
    return pa_buffer_add(to, &set, sizeof set, err);
}

/* Every size-th basket is this rank's. */
static void take_own(const drawn *all, int32_t n_items, drawn *own)
{
    int rank = pa_comm_rank(pa_test_comm()), size = pa_comm_size(pa_test_comm());
    size_t at = 0;
    own->n = 0;
    for (size_t r = (size_t)rank; r < all->n; r += (size_t)size) {
        own->first[own->n] = at;
        own->weight[own->n] = all->weight[r];
        own->word[own->n++] = all->word[r];
        for (int32_t i = 0; i < n_items; i++)
            if (all->word[r] >> i & 1) own->item[at++] = i;
    }
    own->first[own->n] = at;
}

/* All that was written, in the order of tasks, on every rank. */
static void bring_sets(const pa_task_results *r, set_list *sets)
{
    pa_node_array all;
    if (pa_task_results_share(pa_test_comm(), r, &all, NULL) != PA_OK) CU_FAIL("shared results");
    sets->n = 0;
    for (size_t i = 0; i < all.bytes / sizeof(item_set); i++) {
        item_set set;
        memcpy(&set, (const char *)all.data + i * sizeof set, sizeof set);
        add_set(sets, set.items, set.support);
    }
    pa_node_array_free(&all);
}

/* sets: NULL: they are only counted. */
static pa_status mine(const drawn *all, int32_t n_items, const pa_mine_request *like,
                      set_list *sets, pa_mined *mined, pa_error *err)
{
    static drawn own;
    pa_mine_request request = *like;
    take_own(all, n_items, &own);
    const pa_baskets b = baskets_of(&own, n_items);
    request.write = sets ? write_words : NULL;
    pa_status st = pa_mine(pa_test_comm(), &b, &request, mined, err);
    if (st == PA_OK && sets) bring_sets(&mined->results, sets);
    return st;
}

/* ---- what the twin says ---- */

static bool is_wanted(const pa_mine_request *request, uint64_t items)
{
    const pa_mine_options *o = &request->sets;
    int size = __builtin_popcountll(items);
    return size >= o->min_length && (o->max_length == 0 || size <= o->max_length);
}

static bool is_kept(const pa_mine_request *request, const set_list *all, size_t a)
{
    if (!is_wanted(request, all->set[a].items)) return false;
    for (size_t b = 0; b < all->n && request->kind != PA_SETS_ALL; b++) {
        const item_set *x = all->set + a, *y = all->set + b;
        if (a != b && (x->items & y->items) == x->items &&
            (request->kind == PA_SETS_MAXIMAL || x->support == y->support))
            return false;
    }
    return true;
}

static int64_t last_of_top(const set_list *sets, size_t k)
{
    int64_t last = 0;
    for (size_t i = 0; i < sets->n; i++) {
        size_t above = 0, as_well = 0;
        for (size_t j = 0; j < sets->n; j++) {
            above += sets->set[j].support > sets->set[i].support;
            as_well += sets->set[j].support >= sets->set[i].support;
        }
        if (above < k && as_well >= k) last = sets->set[i].support;
    }
    return last;
}

static void slow_mine(const drawn *all, int32_t n_items, const pa_mine_request *request,
                      set_list *sets)
{
    set_list found = {0};
    slow_sets(all, n_items, (uint32_t)request->sets.min_support, &found);
    sets->n = 0;
    for (size_t a = 0; a < found.n; a++)
        if (is_kept(request, &found, a)) add_set(sets, found.set[a].items, found.set[a].support);
    int64_t last = request->top_k ? last_of_top(sets, request->top_k) : 0;
    size_t kept = 0;
    for (size_t i = 0; i < sets->n; i++)
        if (sets->set[i].support >= last) sets->set[kept++] = sets->set[i];
    sets->n = kept;
    pa_free(found.set);
}

/* ---- side by side ---- */

static bool are_same(const set_list *a, const set_list *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++)
        if (a->set[i].items != b->set[i].items || a->set[i].support != b->set[i].support)
            return false;
    return a->n == b->n;
}

static void check_counts(const pa_mined *mined, const set_list *slow)
{
    uint64_t by_size[MOST_ITEMS + 1] = {0};
    for (size_t i = 0; i < slow->n; i++) by_size[__builtin_popcountll(slow->set[i].items)]++;
    CU_ASSERT_EQUAL(mined->n_sets, slow->n);
    for (size_t k = 0; k < mined->n; k++) CU_ASSERT_EQUAL(mined->by_size[k], by_size[k]);
}

/* How often there was memory enough, and not, for each kind of sets. */
static int n_enough[3], n_short[3];

/* About what is taken before anything is mined, and up to as much as some have enough of. */
static size_t less_memory(pa_set_kind kind, size_t drawn_number)
{
    return kind == PA_SETS_ALL ? 20500 + drawn_number % 6000 : 53300 + drawn_number % 3000;
}

/* In the order of tasks, if there is memory enough. */
static void compare_with_less(const drawn *all, int32_t n_items, const pa_mine_request *like,
                              const set_list *expected)
{
    pa_mine_request request = *like;
    set_list sets = {0};
    pa_mined mined;
    pa_error err = {0};
    request.memory = less_memory(like->kind, 7 * all->n * (size_t)n_items * all->first[all->n]);
    pa_status st = mine(all, n_items, &request, &sets, &mined, &err);
    CU_ASSERT(st == PA_OK || st == PA_E_MEMORY);
    n_enough[like->kind] += st == PA_OK;
    n_short[like->kind] += st != PA_OK;
    if (st == PA_OK) {
        CU_ASSERT(are_same(&sets, expected) && mined.most <= request.memory);
        pa_mined_free(&mined);
    }
    pa_free(sets.set);
}

static void compare(const drawn *all, int32_t n_items, const pa_mine_request *request)
{
    set_list slow = {0}, fast = {0};
    pa_mined mined;
    pa_error err = {0};
    slow_mine(all, n_items, request, &slow);
    CU_ASSERT_EQUAL(mine(all, n_items, request, &fast, &mined, &err), PA_OK);
    check_counts(&mined, &slow);
    if (all->n % 3 == 0) compare_with_less(all, n_items, request, &fast);
    sort_sets(slow.n, slow.set);
    sort_sets(fast.n, fast.set);
    CU_ASSERT(are_same(&slow, &fast));
    pa_mined_free(&mined);
    CU_ASSERT_EQUAL(mine(all, n_items, request, NULL, &mined, &err), PA_OK);
    check_counts(&mined, &slow);
    pa_mined_free(&mined);
    pa_free(slow.set);
    pa_free(fast.set);
}

static pa_mine_request draw_request(uint32_t *state, uint32_t supports)
{
    pa_mine_request r = {.kind = (pa_set_kind)draw(state, 3),
                         .memory = 1 << 20,
                         .sets = {.min_support = 1 + draw(state, supports), .min_length = 1}};
    if (draw(state, 3) == 0) r.sets.min_length = 1 + (int32_t)draw(state, 3);
    if (draw(state, 3) == 0) r.sets.max_length = r.sets.min_length + (int32_t)draw(state, 3);
    if (draw(state, 4) == 0 && r.kind != PA_SETS_MAXIMAL) r.top_k = 1 + draw(state, 40);
    return r;
}

static void test_sets_equal_the_slow_twin(void)
{
    static drawn all;
    uint32_t state = 21;
    int size = pa_comm_size(pa_test_comm()), rounds = 2000 / (size * size); /* they talk a lot */
    for (int round = 0; round < rounds; round++) {
        int32_t n_items = 1 + (int32_t)draw(&state, 12);
        draw_baskets(&state, n_items, draw(&state, 40), 20 + draw(&state, 120), &all);
        const pa_mine_request r = draw_request(&state, 10);
        compare(&all, n_items, &r);
    }
    for (int kind = 0; kind < 3; kind++) CU_ASSERT(n_enough[kind] > 3);
    CU_ASSERT(n_short[0] + n_short[1] + n_short[2] > 3);
}

/* ---- memory ---- */

/* The least memory that does, from the most that is too little on; the sets come in the same order.
 */
static void mine_with_less(const drawn *all, int32_t n_items, const pa_mine_request *like,
                           const set_list *expected, int *rounds)
{
    pa_mine_request r = *like;
    set_list sets = {0};
    pa_mined mined;
    for (r.memory = 1 << 18; r.memory > 2000; r.memory = r.memory * 3 / 4) {
        pa_error err = {0};
        pa_status st = mine(all, n_items, &r, &sets, &mined, &err);
        CU_ASSERT(st == PA_OK || st == PA_E_MEMORY);
        if (st != PA_OK) break;
        CU_ASSERT(are_same(&sets, expected) && mined.most <= r.memory);
        if (mined.n_rounds > *rounds) *rounds = mined.n_rounds;
        pa_mined_free(&mined);
    }
    CU_ASSERT(r.memory < 1 << 18);
    pa_free(sets.set);
}

static void test_the_order_does_not_depend_on_memory(void)
{
    static drawn all;
    uint32_t state = 22;
    char path[4096];
    snprintf(path, sizeof path, "%s/sets", pa_test_folder());
    for (int kind = 0; kind < 3; kind++) {
        pa_mine_request r = {.kind = (pa_set_kind)kind,
                             .memory = 1 << 22,
                             .sets = {.min_support = 60, .min_length = 1},
                             .beside = path};
        set_list expected = {0};
        pa_mined mined;
        int rounds = 0;
        draw_even_baskets(&state, MOST_ITEMS, MOST_BASKETS, 45, &all);
        CU_ASSERT_EQUAL(mine(&all, MOST_ITEMS, &r, &expected, &mined, NULL), PA_OK);
        CU_ASSERT(mined.n_rounds == 1 && expected.n > 1000);
        pa_mined_free(&mined);
        mine_with_less(&all, MOST_ITEMS, &r, &expected, &rounds);
        CU_ASSERT(rounds > 1);
        pa_free(expected.set);
    }
}

/* ---- bounds ---- */

static void test_as_many_sets_as_may_be(void)
{
    static drawn all;
    uint32_t state = 23;
    pa_mine_request r = {.memory = 1 << 20, .sets = {.min_support = 9, .min_length = 2}};
    set_list sets = {0};
    pa_mined mined;
    pa_error err = {0};
    draw_baskets(&state, 30, 200, 60, &all);
    CU_ASSERT_EQUAL(mine(&all, 30, &r, NULL, &mined, &err), PA_OK);
    r.max_sets = mined.n_sets;
    pa_mined_free(&mined);
    CU_ASSERT_EQUAL(mine(&all, 30, &r, &sets, &mined, &err), PA_OK);
    CU_ASSERT_EQUAL(sets.n, r.max_sets);
    pa_mined_free(&mined);
    r.max_sets--;
    CU_ASSERT_EQUAL(mine(&all, 30, &r, &sets, &mined, &err), PA_E_DATA);
    err = (pa_error){0};
    CU_ASSERT_EQUAL(mine(&all, 30, &r, NULL, &mined, &err), PA_E_DATA);
    CU_ASSERT(strncmp(err.message, "there are more than the ", 24) == 0);
    pa_free(sets.set);
}

/* item     0 1 2 3       in baskets 5 4 3 1; of support 2 or more, by support: 0 1 2
 * baskets  0 1 2 3 x1    of two: 0 1      (3 is not frequent and counts for nothing)
 *          0 1 2   x1            0 1
 *          0 1     x1            0 1
 *          0   2   x1            0 2
 *            1     x1              1
 *          0       x1            0                                          */
static void test_the_most_frequent_items_of_a_basket_stay(void)
{
    static drawn all = {
        .n = 6, .weight = {1, 1, 1, 1, 1, 1}, .word = {0xf, 0x7, 0x3, 0x5, 0x2, 0x1}};
    const pa_mine_request r = {
        .memory = 1 << 20, .max_basket = 2, .sets = {.min_support = 2, .min_length = 1}};
    set_list sets = {0};
    pa_mined mined;
    pa_error err = {0};
    CU_ASSERT_EQUAL(mine(&all, 4, &r, &sets, &mined, &err), PA_OK);
    CU_ASSERT(mined.n_cut == 2 && mined.n_left_out == 2 && mined.n_frequent == 2);
    sort_sets(sets.n, sets.set);
    CU_ASSERT_EQUAL(sets.n, 3);
    if (sets.n == 3) {
        CU_ASSERT(sets.set[0].items == 1 && sets.set[0].support == 5);
        CU_ASSERT(sets.set[1].items == 2 && sets.set[1].support == 4);
        CU_ASSERT(sets.set[2].items == 3 && sets.set[2].support == 3);
    }
    pa_mined_free(&mined);
    pa_free(sets.set);
}

static const pa_test tests[] = {
    {"sets equal the slow twin", test_sets_equal_the_slow_twin},
    {"the order does not depend on memory", test_the_order_does_not_depend_on_memory},
    {"as many sets as may be", test_as_many_sets_as_may_be},
    {"the most frequent items of a basket stay", test_the_most_frequent_items_of_a_basket_stay},
};
PA_MPI_TEST_MAIN("mine", tests)

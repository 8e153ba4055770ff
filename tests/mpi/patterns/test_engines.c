/* Both engines, over baskets that lie on any rank, beside a twin that looks at every basket. */
#include <stdlib.h>
#include <string.h>

#include "drawn_baskets.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/patterns/mine.h"

/* A part of the baskets: each rank's by lot. */
typedef struct {
    size_t n;
    size_t first[MOST_BASKETS + 1];
    int32_t item[MOST_BASKETS * MOST_ITEMS];
    uint32_t weight[MOST_BASKETS];
} share;

static void take_share(const drawn *d, uint32_t *state, share *s)
{
    size_t at = 0;
    s->n = 0;
    for (size_t r = 0; r < d->n; r++) {
        bool mine = draw(state, (uint32_t)pa_comm_size(pa_test_comm())) ==
                    (uint32_t)pa_comm_rank(pa_test_comm());
        if (!mine) continue;
        size_t n = d->first[r + 1] - d->first[r];
        memcpy(s->item + at, d->item + d->first[r], n * sizeof *s->item);
        s->weight[s->n] = d->weight[r];
        s->first[s->n++] = at;
        at += n;
    }
    s->first[s->n] = at;
}

static pa_status write_word(void *writer, size_t n, const int32_t item[], uint32_t support,
                            pa_buffer *to, pa_error *err)
{
    item_set set = {.support = support};
    (void)writer;
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT(i == 0 || item[i - 1] < item[i]);
        set.items |= UINT64_C(1) << item[i];
    }
    return pa_buffer_add(to, &set, sizeof set, err);
}

/* The sets that are wanted, out of all. */
static size_t keep(const pa_mine_request *r, size_t n, const item_set all[], item_set kept[])
{
    size_t n_kept = 0;
    for (size_t a = 0; a < n; a++) {
        int size = __builtin_popcountll(all[a].items);
        bool drop = size < r->sets.min_length || (r->sets.max_length && size > r->sets.max_length);
        for (size_t b = 0; b < n && !drop && r->kind != PA_SETS_ALL; b++)
            drop = a != b && (all[a].items & all[b].items) == all[a].items &&
                   (r->kind == PA_SETS_MAXIMAL || all[a].support == all[b].support);
        if (!drop) kept[n_kept++] = all[a];
    }
    return n_kept;
}

typedef pa_status engine(pa_comm *comm, const pa_baskets *baskets, const pa_mine_request *request,
                         pa_mined *mined, pa_error *err);

static void compare_one(engine *mine, const pa_baskets *b, const pa_mine_request *r, size_t n,
                        const item_set expected[])
{
    pa_mined m;
    pa_error err = {0};
    void *all = NULL;
    size_t bytes = 0;
    pa_status st = mine(pa_test_comm(), b, r, &m, &err);
    CU_ASSERT_EQUAL(st, PA_OK);
    if (st != PA_OK) return;
    CU_ASSERT_EQUAL(m.n_sets, n);
    st = pa_gather_all(pa_test_comm(), m.results.kept.data, m.results.kept.length, &all, &bytes,
                       &err);
    CU_ASSERT_EQUAL(st, PA_OK);
    CU_ASSERT_EQUAL(bytes, n * sizeof *expected);
    if (bytes == n * sizeof *expected) {
        item_set *found = all;
        sort_sets(n, found);
        for (size_t i = 0; i < n; i++) {
            CU_ASSERT(found[i].items == expected[i].items);
            CU_ASSERT(found[i].support == expected[i].support);
            m.by_size[__builtin_popcountll(found[i].items)]--;
        }
        for (size_t k = 0; k < m.n; k++) CU_ASSERT_EQUAL(m.by_size[k], 0);
    }
    pa_free(all);
    pa_mined_free(&m);
}

static void compare(const drawn *d, int32_t n_items, const share *s, pa_mine_request *r)
{
    const pa_baskets b = {
        .n = s->n, .first = s->first, .item = s->item, .weight = s->weight, .n_items = n_items};
    set_list slow = {0};
    pa_error err = {0};
    slow_sets(d, n_items, (uint32_t)r->sets.min_support, &slow);
    sort_sets(slow.n, slow.set);
    item_set *kept = pa_alloc(slow.n, sizeof *kept, &err);
    r->write = write_word;
    for (int kind = 0; kind < 3; kind++) {
        r->kind = (pa_set_kind)kind;
        size_t n = keep(r, slow.n, slow.set, kept);
        compare_one(pa_mine, &b, r, n, kept);
        compare_one(pa_mine_by_apriori, &b, r, n, kept);
    }
    pa_free(kept);
    pa_free(slow.set);
}

static void test_engines_equal_the_slow_twin(void)
{
    static drawn d;
    static share s;
    uint32_t state = 31;
    for (int round = 0; round < 400; round++) {
        int32_t n_items = 1 + (int32_t)draw(&state, 14);
        draw_baskets(&state, n_items, draw(&state, 80), 20 + draw(&state, 80), &d);
        take_share(&d, &state, &s);
        pa_mine_request r = {.memory = 1 << 20,
                             .sets = {.min_support = 2 + draw(&state, 12), .min_length = 1}};
        if (round % 3 == 0) {
            r.sets.min_length = 1 + (int32_t)draw(&state, 3);
            r.sets.max_length = r.sets.min_length + (int32_t)draw(&state, 3);
        }
        compare(&d, n_items, &s, &r);
    }
}

/* Candidates are counted in as many goes as memory needs, the same on all ranks. */
static void test_apriori_needs_room_for_one_level(void)
{
    static drawn d;
    static share s;
    uint32_t state = 32;
    int done = 0, failed = 0;
    draw_baskets(&state, 24, 300, 150, &d);
    take_share(&d, &state, &s);
    const pa_baskets b = {
        .n = s.n, .first = s.first, .item = s.item, .weight = s.weight, .n_items = 24};
    uint64_t n_sets = 0;
    for (size_t memory = 1 << 24; memory > 100; memory /= 2) {
        const pa_mine_request r = {.memory = memory, .sets = {.min_support = 20, .min_length = 1}};
        pa_mined m;
        pa_error err = {0};
        pa_status st = pa_mine_by_apriori(pa_test_comm(), &b, &r, &m, &err);
        CU_ASSERT(st == PA_OK || st == PA_E_MEMORY);
        if (st == PA_E_MEMORY) CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "apriori: "));
        if (n_sets == 0) n_sets = m.n_sets;
        if (st == PA_OK) CU_ASSERT(m.n_sets == n_sets && n_sets > 500);
        st == PA_OK ? done++ : failed++;
        if (st == PA_OK) pa_mined_free(&m);
    }
    CU_ASSERT(done > 2 && failed > 2);
}

static const pa_test tests[] = {
    {"engines equal the slow twin", test_engines_equal_the_slow_twin},
    {"apriori needs room for one level", test_apriori_needs_room_for_one_level},
};
PA_MPI_TEST_MAIN("engines", tests)

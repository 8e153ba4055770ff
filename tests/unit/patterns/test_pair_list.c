#include "paraudit/patterns/pair_list.h"

#include <stdbool.h>

#include "drawn_rows.h"
#include "unit.h"

enum { KINDS = 3, NUMBERS = 40 };

/* As often as each was met, kept in the plainest way. */
static uint32_t met[KINDS][NUMBERS][NUMBERS];

static uint64_t draw_key(uint32_t *state, uint32_t **times)
{
    uint32_t kind = draw_below(state, KINDS), a = draw_below(state, NUMBERS);
    uint32_t b = draw_below(state, NUMBERS);
    *times = &met[kind][a][b];
    return pa_pair_key(kind, a, b);
}

static size_t count_met(void)
{
    size_t n = 0;
    for (int i = 0; i < KINDS * NUMBERS * NUMBERS; i++) n += ((uint32_t *)met)[i] > 0;
    return n;
}

static void test_pairs_are_counted_and_put_in_order(void)
{
    pa_pair_list list = {0};
    uint32_t state = 3, *times;
    for (int i = 0; i < 20000; i++) {
        uint64_t key = draw_key(&state, &times);
        uint32_t more = 1 + draw_below(&state, 5);
        *times += more;
        CU_ASSERT_EQUAL(pa_pair_list_add(&list, key, more, NULL), PA_OK);
    }
    CU_ASSERT_EQUAL(pa_pair_list_order(&list, NULL), PA_OK);
    CU_ASSERT_EQUAL(list.pair.n, count_met());
    for (size_t i = 0; i < list.pair.n; i++) {
        uint64_t key = list.pair.key[i];
        uint32_t b = (uint32_t)key & ((1u << 30) - 1), a = (uint32_t)(key >> 30) & ((1u << 30) - 1);
        CU_ASSERT_EQUAL(list.count[i], met[key >> 60][a][b]);
        if (i > 0) CU_ASSERT(pa_pair_mixed(list.pair.key[i - 1]) < pa_pair_mixed(key));
    }
    pa_pair_list_free(&list);
}

static void test_counts_stop_at_the_largest(void)
{
    pa_pair_list list = {0};
    CU_ASSERT_EQUAL(pa_pair_list_add(&list, 5, UINT32_MAX - 1, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_pair_list_add(&list, 5, 7, NULL), PA_OK);
    CU_ASSERT_EQUAL(list.count[0], UINT32_MAX);
    pa_pair_list_free(&list);
}

static void test_a_question_is_asked_once_until_it_is_forgotten(void)
{
    pa_pair_questions q = {0};
    uint32_t state = 9, number;
    for (int run = 0; run < 300; run++) {
        uint32_t below = 1 + draw_below(&state, run % 10 ? 30 : 3000);
        size_t first = q.n;
        for (uint32_t k = 0; k < 2 * below; k++) {
            uint64_t key = draw_below(&state, below);
            size_t i = first;
            while (i < q.n && q.key[i] != key) i++;
            CU_ASSERT_EQUAL(pa_pair_ask(&q, key, &number, NULL), PA_OK);
            CU_ASSERT_EQUAL(number, i);
            CU_ASSERT_EQUAL(q.key[number], key);
        }
        pa_pair_forget(&q);
    }
    pa_pair_questions_clear(&q);
    CU_ASSERT_EQUAL(q.n, 0);
    CU_ASSERT_EQUAL(pa_pair_ask(&q, 77, &number, NULL), PA_OK);
    CU_ASSERT_EQUAL(number, 0);
    pa_pair_questions_free(&q);
}

/* Keys in the order of a hash, as other ranks send them, are no slower than others: what each
 * looks through stays short. */
static void test_mixed_order_does_not_crowd_places(void)
{
    enum { N = 200000 };
    pa_pair_list list = {0}, again = {0};
    for (uint32_t i = 0; i < N; i++)
        CU_ASSERT_EQUAL(pa_pair_list_add(&list, pa_pair_key(1, i, 7 * i % 1000), 1, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_pair_list_order(&list, NULL), PA_OK);
    for (size_t i = 0; i < list.pair.n; i++)
        CU_ASSERT_EQUAL(pa_pair_list_add(&again, list.pair.key[i], 1, NULL), PA_OK);
    size_t longest = 0, length = 0;
    for (size_t i = 0; i < (size_t)1 << again.pair.bits; i++) {
        length = again.pair.number[i] ? length + 1 : 0;
        if (length > longest) longest = length;
    }
    CU_ASSERT(longest < 100);
    pa_pair_list_free(&list);
    pa_pair_list_free(&again);
}

static const pa_test tests[] = {
    {"pairs are counted and put in order", test_pairs_are_counted_and_put_in_order},
    {"counts stop at the largest", test_counts_stop_at_the_largest},
    {"a question is asked once until it is forgotten",
     test_a_question_is_asked_once_until_it_is_forgotten},
    {"mixed order does not crowd places", test_mixed_order_does_not_crowd_places},
};
PA_TEST_MAIN("pair_list", tests)

/* The strongest contradicted rule beside that of a twin that looks at all of them. */
#include "paraudit/patterns/rule_match.h"

#include "drawn_baskets.h"
#include "unit.h"

enum { MOST_RULES = 300, MOST_LENGTH = 4 };

typedef struct {
    size_t first[MOST_RULES + 1];
    int32_t item[MOST_RULES * MOST_LENGTH];
    pa_rule rule[MOST_RULES];
    int64_t support[MOST_ITEMS];
    pa_rule_table table;
} drawn_rules;

/* Few counts, so that many are equally strong; some items are equally rare. */
static void draw_rules(uint32_t *state, int32_t n_items, size_t n, drawn_rules *r)
{
    size_t at = 0;
    for (int32_t i = 0; i < n_items; i++) r->support[i] = 20 + draw(state, 5);
    for (size_t k = 0; k < n; k++) {
        uint64_t items = 0;
        r->first[k] = at;
        pa_rule *rule = r->rule + k;
        rule->consequent = (int32_t)draw(state, (uint32_t)n_items);
        uint32_t length = 1 + draw(state, MOST_LENGTH);
        for (uint32_t i = 0; i < length; i++)
            items |= UINT64_C(1) << draw(state, (uint32_t)n_items);
        items &= ~(UINT64_C(1) << rule->consequent);
        if (!items) items = UINT64_C(1) << ((rule->consequent + 1) % n_items);
        for (int32_t i = 0; i < n_items; i++)
            if (items >> i & 1) r->item[at++] = i;
        rule->n_a = 10 + draw(state, 3);
        rule->n_c = 20;
        rule->n_ac = rule->n_a - draw(state, 4);
    }
    r->first[n] = at;
    r->table = (pa_rule_table){100, n, r->rule, r->first, r->item};
}

static bool slow_contradicted(const pa_rule_table *t, uint64_t basket, pa_contradiction *found)
{
    *found = (pa_contradiction){0, 0};
    bool any = false;
    for (size_t i = 0; i < t->n; i++) {
        bool all = true;
        for (size_t k = t->first[i]; k < t->first[i + 1]; k++) all &= basket >> t->item[k] & 1;
        float strength = (float)pa_rule_strength(pa_counts_of_rule(t, i));
        if (!all || basket >> t->rule[i].consequent & 1) continue;
        if (any && (double)strength <= found->strength) continue;
        *found = (pa_contradiction){i, (double)strength};
        any = true;
    }
    return any;
}

/* Returns whether there was one. */
static bool compare(pa_rule_matcher *m, const pa_rule_table *t, uint32_t *state, int32_t n_items,
                    size_t *wrong)
{
    int32_t basket[2 * MOST_ITEMS];
    uint64_t word = 0;
    size_t n = draw(state, (uint32_t)n_items + 1);
    for (size_t i = 0; i < n; i++) {
        basket[i] = (int32_t)draw(state, (uint32_t)n_items);
        word |= UINT64_C(1) << basket[i];
    }
    pa_contradiction slow, fast;
    bool is = slow_contradicted(t, word, &slow), said = pa_rule_contradicted(m, n, basket, &fast);
    *wrong += is != said || slow.rule != fast.rule || slow.strength != fast.strength;
    return is;
}

static void test_the_strongest_equals_that_of_the_slow_twin(void)
{
    static drawn_rules r;
    uint32_t state = 5;
    size_t wrong = 0, some = 0, none = 0;
    for (int round = 0; round < 400; round++) {
        int32_t n_items = 2 + (int32_t)draw(&state, 30);
        pa_rule_matcher *m;
        pa_error err = {0};
        draw_rules(&state, n_items, draw(&state, round % 2 ? MOST_RULES : 6), &r);
        CU_ASSERT_EQUAL_FATAL(pa_rule_matcher_open(&r.table, n_items, r.support, &m, &err), PA_OK);
        for (int i = 0; i < 40; i++) {
            bool is = compare(m, &r.table, &state, n_items, &wrong);
            some += is;
            none += !is;
        }
        pa_rule_matcher_free(m);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(some > 4000 && none > 4000);
}

/* 0 -> 1 held in 10 of 10 baskets, {0, 2} -> 3 in 12 of 12, 2 -> 1 in 10 of 12. */
static void test_rules_by_hand(void)
{
    const size_t first[] = {0, 1, 3, 4};
    const int32_t item[] = {0, 0, 2, 2};
    const pa_rule rule[] = {
        {.consequent = 1, .length = 1, .n_a = 10, .n_c = 20, .n_ac = 10},
        {.consequent = 3, .length = 2, .n_a = 12, .n_c = 20, .n_ac = 12},
        {.consequent = 1, .length = 1, .n_a = 12, .n_c = 20, .n_ac = 10},
    };
    const int64_t support[] = {30, 20, 15, 20};
    const pa_rule_table t = {100, 3, rule, first, item};
    pa_rule_matcher *m;
    pa_contradiction c;
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(pa_rule_matcher_open(&t, 4, support, &m, &err), PA_OK);
    CU_ASSERT(pa_rule_contradicted(m, 2, (int32_t[]){0, 2}, &c) && c.rule == 1);
    CU_ASSERT(pa_rule_contradicted(m, 3, (int32_t[]){0, 2, 3}, &c) && c.rule == 0);
    CU_ASSERT(pa_rule_contradicted(m, 1, (int32_t[]){2}, &c) && c.rule == 2);
    CU_ASSERT(c.strength == (double)(float)pa_rule_strength(pa_counts_of_rule(&t, 2)));
    CU_ASSERT_FALSE(pa_rule_contradicted(m, 4, (int32_t[]){0, 1, 2, 3}, &c));
    CU_ASSERT(c.rule == 0 && c.strength == 0);
    CU_ASSERT_FALSE(pa_rule_contradicted(m, 0, NULL, &c));
    pa_rule_matcher_free(m);
}

static const pa_test tests[] = {
    {"the strongest equals that of the slow twin", test_the_strongest_equals_that_of_the_slow_twin},
    {"rules by hand", test_rules_by_hand},
};
PA_TEST_MAIN("rule_match", tests)

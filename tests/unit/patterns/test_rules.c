/* Rules of sets, a size at a time, beside those of a twin that looks at every basket. */
#include "paraudit/patterns/rules.h"

#include <math.h>
#include <string.h>

#include "slow_rules.h"
#include "unit.h"

/* ---- rules as the fast ones are made ---- */

static size_t unpack(uint64_t items, int32_t item[])
{
    size_t n = 0;
    for (; items; items &= items - 1) item[n++] = __builtin_ctzll(items);
    return n;
}

static void fill_level(const set_list *sets, size_t size, pa_set_level *l)
{
    size_t n = 0;
    pa_error err = {0};
    for (size_t i = 0; i < sets->n; i++)
        n += (size_t)__builtin_popcountll(sets->set[i].items) == size;
    CU_ASSERT_EQUAL_FATAL(pa_set_level_new(size, n, l, &err), PA_OK);
    n = 0;
    for (size_t i = 0; i < sets->n; i++) {
        if ((size_t)__builtin_popcountll(sets->set[i].items) != size) continue;
        unpack(sets->set[i].items, l->item + n * size);
        l->known[n++ * pa_words_of_set(size)] = sets->set[i].support;
    }
    pa_set_level_index(l);
}

static void know_items(const pa_rule_maker *m, pa_set_level *l)
{
    for (size_t i = 0; i < l->n; i++) pa_know_item(m, l->item[i], l->known + 3 * i);
}

static pa_status make_of_level(pa_rule_maker *m, const pa_set_level *below, pa_set_level *l,
                               pa_error *err)
{
    uint32_t subset[MOST_ITEMS * (2 * MOST_ITEMS + 1)];
    int32_t item[MOST_ITEMS];
    size_t words = pa_words_of_set(l->size - 1);
    for (size_t r = 0; r < l->n; r++) {
        const int32_t *set = l->item + r * l->size;
        for (size_t i = 0; i < l->size; i++) {
            memcpy(item, set, i * sizeof *item);
            memcpy(item + i, set + i + 1, (l->size - 1 - i) * sizeof *item);
            const uint32_t *known = pa_find_set(below, item);
            CU_ASSERT_PTR_NOT_NULL_FATAL(known);
            memcpy(subset + i * words, known, words * sizeof *subset);
        }
        PA_TRY(
            pa_make_rules(m, l->size, set, subset, l->known + r * pa_words_of_set(l->size), err));
    }
    return PA_OK;
}

static pa_status make_all(const set_list *sets, pa_rule_maker *m, pa_error *err)
{
    pa_set_level below, level;
    pa_status st = PA_OK;
    fill_level(sets, 1, &below);
    know_items(m, &below);
    for (size_t size = 2; below.n && st == PA_OK; size++) {
        fill_level(sets, size, &level);
        st = make_of_level(m, &below, &level, err);
        pa_set_level_free(&below);
        below = level;
    }
    pa_set_level_free(&below);
    return st;
}

/* ---- beside the twin ---- */

static bool near(double v, double expected)
{
    return fabs(v - expected) < 1e-14;
}

static uint64_t word_of(const int32_t item[], size_t n)
{
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++) word |= UINT64_C(1) << item[i];
    return word;
}

/* What is known of the rule with these items; NULL: it is not tested. */
static slow_rule *find_slow(const slow_rules *s, uint64_t antecedent, int32_t consequent)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->rule[i].antecedent == antecedent && s->rule[i].rule.consequent == consequent)
            return s->rule + i;
    return NULL;
}

/* Each kept rule is one of the twin's that is to be kept, once. */
static void compare_rules(const pa_rule_maker *m, slow_rules *s)
{
    size_t wrong = 0, left = 0;
    const int32_t *item = m->kept.item;
    for (size_t i = 0; i < m->kept.n; i++) {
        const pa_rule *r = m->kept.rule + i;
        slow_rule *twin = find_slow(s, word_of(item, r->length), r->consequent);
        item += r->length;
        if (!twin || !twin->kept) {
            wrong++;
            continue;
        }
        twin->kept = false;
        wrong += r->n_a != twin->rule.n_a || r->n_c != twin->rule.n_c ||
                 r->n_ac != twin->rule.n_ac || r->redundant != twin->rule.redundant ||
                 r->ln_p != twin->rule.ln_p || !near(r->improvement, twin->rule.improvement);
    }
    for (size_t i = 0; i < s->n; i++) left += s->rule[i].kept;
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(left, 0);
}

static void compare_tested(pa_rule_maker *m, const slow_rules *s)
{
    pa_error err = {0};
    size_t wrong = 0;
    CU_ASSERT_EQUAL(m->n_tested, (int64_t)s->n);
    CU_ASSERT_EQUAL(pa_order_counts(&m->ln_p, &err), PA_OK);
    for (size_t k = 0; k < m->ln_p.n; k++) {
        uint64_t n = 0;
        for (size_t i = 0; i < s->n; i++)
            n += s->rule[i].rule.ln_p == pa_f64_of_i64(m->ln_p.value[k]);
        wrong += n != m->ln_p.count[k] || (k && m->ln_p.value[k - 1] >= m->ln_p.value[k]);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Returns how many are kept. */
static size_t compare(const drawn *d, int32_t n_items, uint32_t least, const pa_rule_options *o)
{
    int64_t support[MOST_ITEMS];
    for (int32_t i = 0; i < n_items; i++) support[i] = baskets_with(d, UINT64_C(1) << i);
    pa_rule_maker m = {.options = o, .n_baskets = baskets_with(d, 0), .support = support};
    set_list sets = {0};
    slow_rules slow;
    pa_error err = {0};
    slow_sets(d, n_items, least, &sets);
    find_slow_rules(d, n_items, least, o, &slow);
    CU_ASSERT_EQUAL(make_all(&sets, &m, &err), PA_OK);
    size_t kept = m.kept.n;
    compare_tested(&m, &slow);
    compare_rules(&m, &slow);
    pa_rule_maker_free(&m);
    pa_free(sets.set);
    pa_free(slow.rule);
    return kept;
}

static void test_rules_equal_those_of_the_slow_twin(void)
{
    static drawn d;
    uint32_t state = 3;
    size_t kept = 0, some = 0;
    for (int round = 0; round < 3000; round++) {
        int32_t n_items = 1 + (int32_t)draw(&state, 7);
        const pa_rule_options o = {.min_confidence = draw(&state, 4) * 0.25,
                                   .min_lift = draw(&state, 3) * 0.6,
                                   .max_fdr = 1,
                                   .min_improvement = draw(&state, 3) * 0.1,
                                   .drop_redundant = draw(&state, 2),
                                   .memory = 1 << 20};
        draw_baskets(&state, n_items, draw(&state, 30), 20 + draw(&state, 120), &d);
        size_t n = compare(&d, n_items, 1 + draw(&state, 6), &o);
        kept += n;
        some += n > 0;
    }
    CU_ASSERT(kept > 10000 && some > 1000);
}

static void test_long_rules_equal_those_of_the_slow_twin(void)
{
    static drawn d;
    uint32_t state = 4;
    const pa_rule_options o = {.max_fdr = 1, .memory = 1 << 24};
    draw_baskets(&state, 10, 40, 110, &d);
    CU_ASSERT(compare(&d, 10, 6, &o) > 1000);
}

static void test_more_than_the_memory_is_told(void)
{
    static drawn d;
    uint32_t state = 4;
    int64_t support[10];
    set_list sets = {0};
    int failed = 0, done = 0;
    draw_baskets(&state, 10, 40, 110, &d);
    slow_sets(&d, 10, 6, &sets);
    for (int32_t i = 0; i < 10; i++) support[i] = baskets_with(&d, UINT64_C(1) << i);
    for (size_t memory = 100; memory < 1 << 22; memory *= 2) {
        const pa_rule_options o = {.max_fdr = 1, .memory = memory};
        pa_rule_maker m = {.options = &o, .n_baskets = baskets_with(&d, 0), .support = support};
        pa_error err = {0};
        pa_status st = make_all(&sets, &m, &err);
        CU_ASSERT(st == PA_OK || (st == PA_E_MEMORY && strstr(err.message, " may keep of them")));
        failed += st != PA_OK;
        done += st == PA_OK;
        pa_rule_maker_free(&m);
    }
    CU_ASSERT(failed > 5 && done > 2);
    pa_free(sets.set);
}

/* ---- what rules are made of ---- */

static void test_values_are_counted_as_by_a_table(void)
{
    enum { VALUES = 9000 };
    static uint64_t seen[VALUES];
    pa_value_counts c = {0};
    pa_error err = {0};
    uint32_t state = 8;
    size_t wrong = 0, at = 0;
    for (int i = 0; i < 60000; i++) {
        uint32_t v = draw(&state, i < 20000 ? 50 : VALUES);
        seen[v]++;
        wrong += pa_count_value(&c, v ? -(double)v / 7 : (i % 2 ? -0.0 : 0.0), &err) != PA_OK;
    }
    wrong += pa_order_counts(&c, &err) != PA_OK;
    for (size_t v = VALUES; v-- > 0;) {
        if (!seen[v]) continue;
        wrong +=
            at >= c.n || pa_f64_of_i64(c.value[at]) != -(double)v / 7 || c.count[at] != seen[v];
        at++;
    }
    CU_ASSERT_EQUAL(at, c.n);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(c.room <= 4 * c.n);
    pa_value_counts_free(&c);
}

static void test_a_set_is_read_as_it_was_written(void)
{
    pa_buffer bytes = {0};
    pa_error err = {0};
    const int32_t item[] = {3, 70000, INT32_MAX};
    pa_set_record r;
    CU_ASSERT_EQUAL(pa_write_set_record(NULL, 1, item, 9, &bytes, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_write_set_record(NULL, 3, item, UINT32_MAX, &bytes, &err), PA_OK);
    const char *at = pa_read_set_record(bytes.data, &r);
    CU_ASSERT(r.size == 1 && r.support == 9 && memcmp(r.items, item, sizeof *item) == 0);
    at = pa_read_set_record(at, &r);
    CU_ASSERT(r.size == 3 && r.support == UINT32_MAX && memcmp(r.items, item, sizeof item) == 0);
    CU_ASSERT_PTR_EQUAL(at, bytes.data + bytes.length);
    pa_buffer_free(&bytes);
}

static const pa_test tests[] = {
    {"rules equal those of the slow twin", test_rules_equal_those_of_the_slow_twin},
    {"long rules equal those of the slow twin", test_long_rules_equal_those_of_the_slow_twin},
    {"more than the memory is told", test_more_than_the_memory_is_told},
    {"values are counted as by a table", test_values_are_counted_as_by_a_table},
    {"a set is read as it was written", test_a_set_is_read_as_it_was_written},
};
PA_TEST_MAIN("rules", tests)

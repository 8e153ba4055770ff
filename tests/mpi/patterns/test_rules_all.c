/* Rules of the baskets of all ranks beside those of a twin that looks at every basket. */
#include "paraudit/patterns/rules_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/patterns/false_discovery.h"
#include "paraudit/patterns/mine.h"
#include "slow_rules.h"

/* ---- q alone ---- */

enum { TESTS = 2000 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* q of each of n ascending ln p, in place. */
static void slow_adjust(size_t n, const double ln_p[], double ln_q[])
{
    double least = 0;
    for (size_t i = n; i-- > 0;) {
        size_t up_to = i + 1;
        while (up_to < n && ln_p[up_to] == ln_p[i]) up_to++;
        double v = ln_p[i] + log((double)n / (double)up_to);
        if (v < least) least = v;
        ln_q[i] = least;
    }
}

/* Values from few to all distinct; some of no rank at all, some of one. */
static size_t compare_adjusted(uint32_t *state, size_t n, uint32_t distinct)
{
    static double all[TESTS], expected[TESTS], ln_q[TESTS];
    pa_comm *comm = pa_test_comm();
    pa_value_counts mine = {0};
    pa_error err = {0};
    size_t wrong = 0;
    uint32_t ranks = (uint32_t)pa_comm_size(comm), only = draw(state, 3);
    for (size_t i = 0; i < n; i++) {
        double u = (1 + draw(state, distinct)) / (double)distinct;
        all[i] = draw(state, 2) ? log(u) : 50 * log(u);
        uint32_t owner = only ? draw(state, ranks) : 0;
        if (owner % ranks == (uint32_t)pa_comm_rank(comm))
            wrong += pa_count_value(&mine, all[i], &err) != PA_OK;
    }
    qsort(all, n, sizeof *all, by_value);
    slow_adjust(n, all, expected);
    wrong += pa_order_counts(&mine, &err) != PA_OK;
    wrong += pa_adjust_p(comm, &mine, ln_q, &err) != PA_OK;
    for (size_t k = 0; k < mine.n; k++) {
        size_t i = 0;
        while (all[i] != pa_f64_of_i64(mine.value[k])) i++;
        wrong += !(fabs(ln_q[k] - expected[i]) <= 1e-14 * fabs(expected[i]) + 1e-15);
    }
    pa_value_counts_free(&mine);
    return wrong;
}

static void test_q_equals_that_of_a_sorted_list(void)
{
    static const uint32_t distinct[] = {1, 3, 40, 100000000};
    uint32_t state = 6;
    size_t wrong = 0;
    for (int round = 0; round < 40; round++) {
        const size_t piece = round < 8 ? 1 : 50;
        pa_comm_set_piece(pa_test_comm(), round % 2 ? piece : PA_PIECE_DEFAULT);
        wrong +=
            compare_adjusted(&state, draw(&state, round % 4 ? 30 : TESTS), distinct[round % 4]);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* ---- rules ---- */

static pa_baskets slice_of(const drawn *d, int32_t n_items)
{
    pa_comm *comm = pa_test_comm();
    pa_baskets b = baskets_of(d, n_items);
    size_t size = (size_t)pa_comm_size(comm), rank = (size_t)pa_comm_rank(comm);
    size_t from = d->n * rank / size, until = d->n * (rank + 1) / size;
    b.n = until - from;
    b.first += from;
    b.weight += from;
    return b;
}

static pa_status find_rules(const drawn *d, int32_t n_items, uint32_t least,
                            const pa_rule_options *o, pa_found_rules *found, pa_error *err)
{
    const pa_baskets b = slice_of(d, n_items);
    const pa_mine_request request = {.kind = PA_SETS_ALL,
                                     .sets = {.min_support = least, .min_length = 1},
                                     .memory = 1 << 22,
                                     .write = pa_write_set_record};
    pa_mined mined;
    PA_TRY(pa_mine(pa_test_comm(), &b, &request, &mined, err));
    pa_status st =
        pa_find_rules(pa_test_comm(), &mined.results, n_items, baskets_with(d, 0), o, found, err);
    pa_mined_free(&mined);
    return st;
}

static int fewer_items_first(uint64_t a, uint64_t b)
{
    int x = __builtin_popcountll(a), y = __builtin_popcountll(b);
    if (x != y) return x < y ? -1 : 1;
    uint64_t differ = a ^ b;
    if (!differ) return 0;
    return a & (differ & -differ) ? -1 : 1; /* who has the first item that one lacks */
}

static int as_written(const void *a, const void *b)
{
    const slow_rule *x = a, *y = b;
    double p = x->rule.ln_p - y->rule.ln_p;
    double c = (double)x->rule.n_ac / x->rule.n_a - (double)y->rule.n_ac / y->rule.n_a;
    int items = fewer_items_first(x->antecedent, y->antecedent);
    if (p != 0) return p < 0 ? -1 : 1;
    if (c != 0) return c > 0 ? -1 : 1;
    return items ? items : x->rule.consequent - y->rule.consequent;
}

static bool is_same(const pa_rule_table *t, size_t i, const slow_rule *twin)
{
    const pa_rule *r = t->rule + i;
    uint64_t antecedent = 0;
    bool ascends = true;
    for (size_t k = t->first[i]; k < t->first[i + 1]; k++) {
        antecedent |= UINT64_C(1) << t->item[k];
        ascends &= k == t->first[i] || t->item[k - 1] < t->item[k];
    }
    return ascends && antecedent == twin->antecedent && r->consequent == twin->rule.consequent &&
           r->length == t->first[i + 1] - t->first[i] && r->n_a == twin->rule.n_a &&
           r->n_c == twin->rule.n_c && r->n_ac == twin->rule.n_ac &&
           r->redundant == twin->rule.redundant && r->ln_p == twin->rule.ln_p &&
           fabs(r->improvement - twin->rule.improvement) < 1e-14 &&
           fabs(r->ln_q - twin->rule.ln_q) <= 1e-14 * fabs(twin->rule.ln_q) + 1e-15;
}

/* Returns what is wrong; adds how many rules there are. */
static size_t compare(const drawn *d, int32_t n_items, uint32_t least, const pa_rule_options *o,
                      size_t *n_rules)
{
    pa_found_rules found;
    pa_shared_rules all = {0};
    slow_rules slow;
    pa_error err = {0};
    size_t wrong = 0, n = 0;
    find_slow_rules(d, n_items, least, o, &slow);
    wrong += find_rules(d, n_items, least, o, &found, &err) != PA_OK;
    wrong += pa_share_rules(pa_test_comm(), &found, &all, &err) != PA_OK;
    wrong += found.n_tested != (int64_t)slow.n;
    for (size_t i = 0; i < slow.n; i++)
        if (slow.rule[i].kept) slow.rule[n++] = slow.rule[i];
    if (n) qsort(slow.rule, n, sizeof *slow.rule, as_written);
    wrong += found.n != (int64_t)n || all.table.n != n;
    for (size_t i = 0; i < n && i < all.table.n; i++)
        wrong += !is_same(&all.table, i, slow.rule + i);
    *n_rules += n;
    pa_shared_rules_free(&all);
    pa_found_rules_free(&found);
    pa_free(slow.rule);
    return wrong;
}

static void test_rules_equal_those_of_the_slow_twin(void)
{
    static drawn d;
    static const size_t pieces[] = {PA_PIECE_DEFAULT, 200, 1};
    uint32_t state = 9;
    size_t wrong = 0, n_rules = 0;
    for (int round = 0; round < 200; round++) {
        int32_t n_items = 1 + (int32_t)draw(&state, 9);
        /* No q of few baskets is next to 0.1712. */
        const pa_rule_options o = {.min_confidence = draw(&state, 4) * 0.25,
                                   .min_lift = draw(&state, 3) * 0.6,
                                   .max_fdr = draw(&state, 3) ? 1 : 0.1712,
                                   .min_improvement = draw(&state, 3) * 0.1,
                                   .drop_redundant = draw(&state, 2),
                                   .memory = 1 << 20};
        draw_baskets(&state, n_items, draw(&state, 60), 40 + draw(&state, 120), &d);
        /* Value by value takes long: in the first rounds. */
        pa_comm_set_piece(pa_test_comm(), pieces[round % (round < 24 ? 3 : 2)]);
        wrong += compare(&d, n_items, 1 + draw(&state, 6), &o, &n_rules);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(n_rules > 5000);
}

static void test_long_rules_equal_those_of_the_slow_twin(void)
{
    static drawn d;
    uint32_t state = 4;
    size_t n_rules = 0;
    const pa_rule_options o = {.max_fdr = 1, .memory = 1 << 24};
    draw_baskets(&state, 10, 40, 110, &d);
    CU_ASSERT_EQUAL(compare(&d, 10, 6, &o, &n_rules), 0);
    CU_ASSERT(n_rules > 1000);
}

static void test_more_than_the_memory_is_told_by_all(void)
{
    static drawn d;
    uint32_t state = 4;
    int failed = 0, done = 0;
    draw_baskets(&state, 10, 40, 110, &d);
    for (size_t memory = 100; memory < 1 << 22; memory *= 2) {
        const pa_rule_options o = {.max_fdr = 1, .memory = memory};
        pa_found_rules found;
        pa_error err = {0};
        pa_status st = find_rules(&d, 10, 6, &o, &found, &err);
        CU_ASSERT(st == PA_OK || (st == PA_E_MEMORY && strstr(err.message, " may keep of them")));
        failed += st != PA_OK;
        done += st == PA_OK;
        pa_found_rules_free(&found);
    }
    CU_ASSERT(failed > 3 && done > 2);
}

/* Without a set of one item, as among closed ones alone. */
static void test_a_subset_that_is_not_there_is_told(void)
{
    static const int32_t sets[][3] = {{0}, {1}, {2}, {0, 1}, {0, 2}, {0, 1, 2}};
    static const size_t size[] = {1, 1, 1, 2, 2, 3};
    const pa_rule_options o = {.max_fdr = 1, .memory = 1 << 20};
    pa_task_results results = {0};
    pa_found_rules found;
    pa_error err = {0};
    for (size_t i = 0; i < 6; i++)
        if (i % (size_t)pa_comm_size(pa_test_comm()) == (size_t)pa_comm_rank(pa_test_comm()))
            CU_ASSERT_EQUAL(pa_write_set_record(NULL, size[i], sets[i], 3, &results.kept, &err),
                            PA_OK);
    CU_ASSERT_EQUAL(pa_find_rules(pa_test_comm(), &results, 3, 5, &o, &found, &err), PA_E_BUG);
    CU_ASSERT_STRING_EQUAL(err.message, "a set of 3 items is frequent, and a subset is not there");
    pa_buffer_free(&results.kept);
}

static const pa_test tests[] = {
    {"q equals that of a sorted list", test_q_equals_that_of_a_sorted_list},
    {"rules equal those of the slow twin", test_rules_equal_those_of_the_slow_twin},
    {"long rules equal those of the slow twin", test_long_rules_equal_those_of_the_slow_twin},
    {"more than the memory is told by all", test_more_than_the_memory_is_told_by_all},
    {"a subset that is not there is told", test_a_subset_that_is_not_there_is_told},
};
PA_MPI_TEST_MAIN("rules_all", tests)

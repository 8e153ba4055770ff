#include "slow_rules.h"

#include <math.h>
#include <stdlib.h>

#include "paraudit/base/array.h"
#include "unit.h"

uint32_t baskets_with(const drawn *d, uint64_t items)
{
    uint32_t n = 0;
    for (size_t r = 0; r < d->n; r++)
        if ((d->word[r] & items) == items) n += d->weight[r];
    return n;
}

/* Over all choices of fewer items of the antecedent, none of them as well. */
static void improve(const drawn *d, slow_rule *s, const pa_rule_options *o)
{
    pa_rule *r = &s->rule;
    uint64_t c = UINT64_C(1) << r->consequent;
    long double least = 2, own = (long double)r->n_ac / r->n_a;
    for (uint64_t sub = s->antecedent; sub;) {
        sub = (sub - 1) & s->antecedent;
        uint64_t part = baskets_with(d, sub | c), whole = baskets_with(d, sub);
        if (part * r->n_a >= r->n_ac * whole) r->redundant = 1;
        long double more = own - (long double)part / (long double)whole;
        if (more < least) least = more;
    }
    r->improvement = (double)least;
    if (r->improvement < o->min_improvement) r->redundant = 1;
}

static bool passes(const slow_rule *s, int64_t n_baskets, const pa_rule_options *o)
{
    const pa_rule *r = &s->rule;
    double lift = (double)r->n_ac * (double)n_baskets / ((double)r->n_a * r->n_c);
    return (double)r->n_ac / r->n_a >= o->min_confidence && lift >= o->min_lift &&
           exp(r->ln_q) <= o->max_fdr && !(o->drop_redundant && r->redundant);
}

static int by_p(const void *a, const void *b)
{
    const slow_rule *const *x = a, *const *y = b;
    return ((*x)->rule.ln_p > (*y)->rule.ln_p) - ((*x)->rule.ln_p < (*y)->rule.ln_p);
}

/* Benjamini and Hochberg: from the largest p on, p m / rank, never above those before. */
static void adjust(slow_rules *s)
{
    pa_error err = {0};
    slow_rule **order = NULL;
    CU_ASSERT_EQUAL_FATAL(PA_NEW(order, s->n, &err), PA_OK);
    for (size_t i = 0; i < s->n; i++) order[i] = s->rule + i;
    if (s->n) qsort(order, s->n, sizeof(void *), by_p);
    double least = 0;
    for (size_t i = s->n; i-- > 0;) {
        double v = order[i]->rule.ln_p + log((double)s->n / (double)(i + 1));
        if (v < least) least = v;
        order[i]->rule.ln_q = least;
    }
    pa_free(order);
}

static int by_items(const void *a, const void *b)
{
    const slow_rule *x = a, *y = b;
    if (x->antecedent != y->antecedent) return x->antecedent < y->antecedent ? -1 : 1;
    return (x->rule.consequent > y->rule.consequent) - (x->rule.consequent < y->rule.consequent);
}

static slow_rule rule_of(const drawn *d, int64_t n_baskets, const item_set *set, int32_t c,
                         const pa_rule_options *o)
{
    uint64_t antecedent = set->items & ~(UINT64_C(1) << c);
    slow_rule s = {antecedent,
                   {.consequent = c,
                    .length = (uint32_t)__builtin_popcountll(antecedent),
                    .n_a = baskets_with(d, antecedent),
                    .n_c = baskets_with(d, UINT64_C(1) << c),
                    .n_ac = baskets_with(d, set->items)},
                   false};
    s.rule.ln_p = pa_fisher_ln_p((pa_rule_counts){n_baskets, s.rule.n_a, s.rule.n_c, s.rule.n_ac});
    improve(d, &s, o);
    return s;
}

void find_slow_rules(const drawn *d, int32_t n_items, uint32_t least, const pa_rule_options *o,
                     slow_rules *s)
{
    pa_error err = {0};
    set_list sets = {0};
    slow_sets(d, n_items, least, &sets);
    *s = (slow_rules){.n_baskets = baskets_with(d, 0)};
    CU_ASSERT_EQUAL_FATAL(PA_NEW(s->rule, sets.n * (size_t)n_items, &err), PA_OK);
    for (size_t i = 0; i < sets.n; i++)
        for (int32_t c = 0; c < n_items; c++)
            if (sets.set[i].items >> c & 1 && __builtin_popcountll(sets.set[i].items) > 1)
                s->rule[s->n++] = rule_of(d, s->n_baskets, sets.set + i, c, o);
    adjust(s);
    for (size_t i = 0; i < s->n; i++) s->rule[i].kept = passes(s->rule + i, s->n_baskets, o);
    if (s->n) qsort(s->rule, s->n, sizeof *s->rule, by_items);
    pa_free(sets.set);
}

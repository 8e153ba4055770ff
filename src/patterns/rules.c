#include "paraudit/patterns/rules.h"

#include "paraudit/base/exact.h"
#include "paraudit/base/math.h"

void pa_rule_list_free(pa_rule_list *l)
{
    pa_free(l->rule);
    pa_free(l->item);
    *l = (pa_rule_list){0};
}

void pa_firsts_of_rules(const pa_rule_list *l, size_t first[])
{
    first[0] = 0;
    for (size_t i = 0; i < l->n; i++) first[i + 1] = first[i] + l->rule[i].length;
}

void pa_rule_maker_free(pa_rule_maker *m)
{
    pa_rule_list_free(&m->kept);
    pa_value_counts_free(&m->ln_p);
}

/* ---- a list of rules ---- */

pa_status pa_check_rules(size_t n, size_t n_items, size_t memory, pa_error *err)
{
    if (n * sizeof(pa_rule) + n_items * sizeof(int32_t) <= memory) return PA_OK;
    return pa_fail(err, PA_E_MEMORY,
                   "the rules take more than the %zu bytes that a rank may keep of them: a larger "
                   "minimum confidence, lift or support, or more memory",
                   memory);
}

static pa_status make_room(pa_rule_list *l, size_t length, size_t memory, pa_error *err)
{
    PA_TRY(PA_ROOM(l->rule, l->room, l->n + 1, err));
    PA_TRY(PA_ROOM(l->item, l->room_items, l->n_items + length, err));
    return pa_check_rules(l->n, l->n_items, memory, err);
}

/* The antecedent is the set without one of its items. */
static pa_status keep(pa_rule_maker *m, size_t size, const int32_t item[], size_t without,
                      const pa_rule *rule, pa_error *err)
{
    pa_rule_list *l = &m->kept;
    PA_TRY(make_room(l, size - 1, m->options->memory, err));
    l->rule[l->n++] = *rule;
    for (size_t i = 0; i < size; i++)
        if (i != without) l->item[l->n_items++] = item[i];
    return PA_OK;
}

/* ---- confidences as fractions of whole numbers below 2^32 ---- */

typedef struct {
    uint32_t part, whole;
} fraction;

static bool is_larger(fraction a, fraction b)
{
    return (uint64_t)a.part * b.whole > (uint64_t)b.part * a.whole;
}

/* a - b */
static double difference(fraction a, fraction b)
{
    pa_i128 over = (pa_i128)((uint64_t)a.part * b.whole) - (pa_i128)((uint64_t)b.part * a.whole);
    return pa_i128_to_f64(over) / ((double)a.whole * (double)b.whole);
}

void pa_know_item(const pa_rule_maker *m, int32_t item, uint32_t known[3])
{
    known[0] = known[1] = (uint32_t)m->support[item];
    known[2] = (uint32_t)m->n_baskets;
}

/* The largest confidence of a rule that ends in item c of the set and lacks one or more of the
 * others: they all are among the rules of a subset that lacks one of them. */
static fraction best_of_subsets(size_t size, const uint32_t subset[], size_t c)
{
    fraction best = {0, 1};
    size_t words = pa_words_of_set(size - 1);
    for (size_t i = 0; i < size; i++) {
        if (i == c) continue;
        const uint32_t *known = subset + i * words + 1 + 2 * (c < i ? c : c - 1);
        fraction f = {known[0], known[1]};
        if (is_larger(f, best)) best = f;
    }
    return best;
}

/* ---- the rules of a set ---- */

/* q is at least p. */
static bool is_wanted(const pa_rule_options *o, const pa_rule *rule, pa_rule_counts counts)
{
    pa_rule_measures m = pa_measure_rule(counts);
    return m.confidence >= o->min_confidence && m.lift >= o->min_lift &&
           rule->ln_p <= pa_ln(o->max_fdr) && !(o->drop_redundant && rule->redundant);
}

static pa_status make_rule(pa_rule_maker *m, size_t size, const int32_t item[],
                           const uint32_t subset[], size_t c, uint32_t known[], pa_error *err)
{
    uint32_t n_a = subset[c * pa_words_of_set(size - 1)];
    pa_rule_counts counts = {m->n_baskets, n_a, m->support[item[c]], known[0]};
    fraction own = {known[0], n_a}, before = best_of_subsets(size, subset, c);
    fraction best = is_larger(own, before) ? own : before;
    known[1 + 2 * c] = best.part;
    known[2 + 2 * c] = best.whole;
    double improvement = difference(own, before);
    const pa_rule rule = {.consequent = item[c],
                          .length = (uint32_t)size - 1,
                          .n_a = n_a,
                          .n_c = (uint32_t)counts.n_c,
                          .n_ac = known[0],
                          .redundant =
                              improvement <= 0 || improvement < m->options->min_improvement,
                          .improvement = improvement,
                          .ln_p = pa_fisher_ln_p(counts)};
    m->n_tested++;
    PA_TRY(pa_count_value(&m->ln_p, rule.ln_p, err));
    return is_wanted(m->options, &rule, counts) ? keep(m, size, item, c, &rule, err) : PA_OK;
}

static pa_status check_counts(const pa_rule_maker *m, pa_error *err)
{
    size_t bytes = m->ln_p.room * (sizeof *m->ln_p.value + sizeof *m->ln_p.count);
    if (bytes <= m->options->memory) return PA_OK;
    return pa_fail(err, PA_E_MEMORY,
                   "%zu distinct p-values take more than the %zu bytes that a rank may keep of "
                   "them: a larger minimum support, or more memory",
                   m->ln_p.n, m->options->memory);
}

pa_status pa_make_rules(pa_rule_maker *m, size_t size, const int32_t item[],
                        const uint32_t subset[], uint32_t known[], pa_error *err)
{
    for (size_t c = 0; c < size; c++) PA_TRY(make_rule(m, size, item, subset, c, known, err));
    return check_counts(m, err);
}

#include "paraudit/patterns/rule_match.h"

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

/* As it stands in the list of its rarest item. */
typedef struct {
    float strength;
    uint32_t rule;
    int32_t consequent;
    uint32_t rest; /* where the other items of its antecedent begin; they end with the next one's */
} entry;

struct pa_rule_matcher {
    int32_t n_items;
    uint32_t *list; /* n_items + 1: where the rules of each item begin */
    entry *entry;   /* of each rule, and one more */
    int32_t *item;
    bool *here; /* is an item in the basket at hand? All false in between. */
};

/* ---- the lists ---- */

/* Of equally rare ones the first. */
static size_t rarest(const pa_rule_table *r, size_t rule, const int64_t support[])
{
    size_t best = r->first[rule];
    for (size_t k = best + 1; k < r->first[rule + 1]; k++)
        if (support[r->item[k]] < support[r->item[best]]) best = k;
    return best;
}

/* By item, in it the strongest first, of equal ones the first in the table. */
static pa_status order_rules(const pa_rule_table *r, const int64_t support[], float strength[],
                             uint32_t order[], pa_error *err)
{
    uint64_t *key = NULL;
    PA_TRY(PA_NEW(key, r->n, err));
    for (size_t i = 0; i < r->n; i++) {
        strength[i] = (float)pa_rule_strength(pa_counts_of_rule(r, i));
        uint64_t item = (uint64_t)r->item[rarest(r, i, support)];
        key[i] = item << 32 | (UINT32_MAX - (uint32_t)pa_key_of_f32(strength[i]));
    }
    pa_status st = pa_sort_u64(r->n, key, order, err);
    pa_free(key);
    return st;
}

static void fill_lists(const pa_rule_table *r, const int64_t support[], const float strength[],
                       const uint32_t order[], pa_rule_matcher *m)
{
    uint32_t at = 0;
    for (size_t e = 0; e < r->n; e++) {
        uint32_t i = order[e];
        size_t key = rarest(r, i, support);
        m->entry[e] = (entry){strength[i], i, r->rule[i].consequent, at};
        m->list[r->item[key] + 1]++;
        for (size_t k = r->first[i]; k < r->first[i + 1]; k++)
            if (k != key) m->item[at++] = r->item[k];
    }
    m->entry[r->n].rest = at;
    for (int32_t i = 0; i < m->n_items; i++) m->list[i + 1] += m->list[i];
}

static pa_status make_lists(const pa_rule_table *r, const int64_t support[], pa_rule_matcher *m,
                            pa_error *err)
{
    float *strength = NULL;
    uint32_t *order = NULL;
    pa_status st = PA_NEW(strength, r->n, err);
    if (st == PA_OK) st = PA_NEW(order, r->n, err);
    if (st == PA_OK) st = order_rules(r, support, strength, order, err);
    if (st == PA_OK) fill_lists(r, support, strength, order, m);
    pa_free(strength);
    pa_free(order);
    return st;
}

static pa_status take_room(const pa_rule_table *r, int32_t n_items, pa_rule_matcher *m,
                           pa_error *err)
{
    m->n_items = n_items;
    PA_TRY(PA_NEW(m->list, (size_t)n_items + 1, err));
    PA_TRY(PA_NEW(m->here, (size_t)n_items, err));
    PA_TRY(PA_NEW(m->entry, r->n + 1, err));
    return PA_NEW(m->item, r->n ? r->first[r->n] - r->n : 0, err);
}

pa_status pa_rule_matcher_open(const pa_rule_table *rules, int32_t n_items, const int64_t support[],
                               pa_rule_matcher **matcher, pa_error *err)
{
    pa_rule_matcher *m = NULL;
    *matcher = NULL;
    if (rules->n && rules->first[rules->n] > UINT32_MAX)
        return pa_fail(err, PA_E_USAGE, "rules have %zu items: fewer than 2^32 are possible",
                       rules->first[rules->n]);
    PA_TRY(PA_NEW(m, 1, err));
    pa_status st = take_room(rules, n_items, m, err);
    if (st == PA_OK) st = make_lists(rules, support, m, err);
    if (st == PA_OK)
        *matcher = m;
    else
        pa_rule_matcher_free(m);
    return st;
}

void pa_rule_matcher_free(pa_rule_matcher *m)
{
    if (!m) return;
    pa_free(m->list);
    pa_free(m->entry);
    pa_free(m->item);
    pa_free(m->here);
    pa_free(m);
}

/* ---- a basket ---- */

static bool is_contradicted(const pa_rule_matcher *m, const entry *e)
{
    if (m->here[e->consequent]) return false;
    for (uint32_t k = e->rest; k < e[1].rest; k++)
        if (!m->here[m->item[k]]) return false;
    return true;
}

/* A rule that comes before the best one: stronger, or as strong and earlier in the table. */
static bool is_better(const entry *e, const entry *best)
{
    if (!best || e->strength != best->strength) return !best || e->strength > best->strength;
    return e->rule < best->rule;
}

/* Lists begin with the best: behind one that is no better none is, and behind one that is
 * contradicted neither. */
static const entry *best_of_list(const pa_rule_matcher *m, int32_t item, const entry *best)
{
    for (uint32_t k = m->list[item]; k < m->list[item + 1]; k++) {
        const entry *e = m->entry + k;
        if (!is_better(e, best)) return best;
        if (is_contradicted(m, e)) return e;
    }
    return best;
}

bool pa_rule_contradicted(pa_rule_matcher *m, size_t n, const int32_t basket[],
                          pa_contradiction *found)
{
    const entry *best = NULL;
    for (size_t i = 0; i < n; i++) m->here[basket[i]] = true;
    for (size_t i = 0; i < n; i++) best = best_of_list(m, basket[i], best);
    for (size_t i = 0; i < n; i++) m->here[basket[i]] = false;
    *found =
        best ? (pa_contradiction){best->rule, (double)best->strength} : (pa_contradiction){0, 0};
    return best != NULL;
}

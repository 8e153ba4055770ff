#include "basket_walk.h"

#include <string.h>

#include "paraudit/base/array.h"

static size_t column_length(const pa_config *config)
{
    return (size_t)pa_config_int(config, "patterns.column_length");
}

static pa_status open_trie(const pa_config *config, pa_basket_walk *w, pa_error *err)
{
    pa_frequent_sets some = w->model.sets;
    if (column_length(config) < some.longest) some.longest = column_length(config);
    some.n = pa_sets_up_to(&some, some.longest);
    return pa_set_trie_open(&some, w->model.codes.first[PA_ITEM_KINDS], &w->trie, err);
}

/* ---- rules ---- */

static pa_status new_rules(const pa_rule_table *all, pa_short_rules *s, pa_error *err)
{
    PA_TRY(PA_NEW(s->rule, all->n, err));
    PA_TRY(PA_NEW(s->number, all->n, err));
    PA_TRY(PA_NEW(s->first, all->n + 1, err));
    return PA_NEW(s->item, all->n ? all->first[all->n] : 0, err);
}

/* Those whose antecedent has at most `longest` items, in their order; how many they are. */
static size_t choose_rules(const pa_rule_table *all, size_t longest, pa_short_rules *s)
{
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) {
        size_t length = all->rule[i].length;
        if (length > longest) continue;
        memcpy(s->item + s->first[n], all->item + all->first[i], length * sizeof *s->item);
        s->rule[n] = all->rule[i];
        s->number[n] = i;
        s->first[n + 1] = s->first[n] + length;
        n++;
    }
    return n;
}

static pa_status open_matcher(const pa_config *config, pa_basket_walk *w, pa_error *err)
{
    const pa_basket_model *m = &w->model;
    int32_t n_items = m->codes.first[PA_ITEM_KINDS];
    pa_rule_table some = m->rules;
    int64_t *support = NULL;
    PA_TRY(new_rules(&m->rules, &w->rules, err));
    some.n = choose_rules(&m->rules, column_length(config) - 1, &w->rules);
    some.rule = w->rules.rule;
    some.first = w->rules.first;
    some.item = w->rules.item;
    PA_TRY(PA_NEW(support, (size_t)n_items, err));
    for (size_t i = 0; i < m->n_items; i++) support[m->sets.item[i]] = m->sets.support[i];
    pa_status st = pa_rule_matcher_open(&some, n_items, support, &w->matcher, err);
    pa_free(support);
    return st;
}

/* ---- */

pa_status pa_basket_walk_open(const pa_config *config, const pa_store *store, const pa_table *tx,
                              const int32_t category[], pa_basket_walk *w, pa_error *err)
{
    *w = (pa_basket_walk){0};
    PA_TRY(pa_basket_model_open(store, &w->model, err));
    w->rows = pa_basket_rows_of(config, tx, category, &w->model.codes);
    PA_TRY(open_trie(config, w, err));
    return open_matcher(config, w, err);
}

void pa_basket_walk_close(pa_basket_walk *w)
{
    pa_rule_matcher_free(w->matcher);
    pa_free(w->rules.rule);
    pa_free(w->rules.number);
    pa_free(w->rules.first);
    pa_free(w->rules.item);
    pa_set_trie_free(w->trie);
    pa_basket_model_close(&w->model);
}

void pa_basket_walk_add(pa_basket_walk *w, size_t row, bool starts)
{
    pa_basket *b = &w->basket;
    pa_basket_add(&w->rows, row, starts, b);
    pa_set_sum_row(starts, &w->sum);
    for (size_t i = b->n - b->n_new; i < b->n; i++) pa_set_sum_add(w->trie, b->item[i], &w->sum);
}

bool pa_basket_walk_contradicted(pa_basket_walk *w, pa_contradiction *found)
{
    bool is = pa_rule_contradicted(w->matcher, w->basket.n, w->basket.item, found);
    if (is) found->rule = w->rules.number[found->rule];
    return is;
}

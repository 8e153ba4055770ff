#include "basket_model.h"

#include <string.h>

#include "paraudit/base/array.h"

enum { COUNTS = 3, WITH = 3, ODDS = 3 };

/* ---- putting ---- */

/* A copy of n x width values. */
static pa_status put(pa_store *s, const char *name, pa_type type, size_t n, size_t width,
                     const char *meaning, const void *values, pa_error *err)
{
    void *data;
    PA_TRY(pa_store_put(s, name, type, n, width, meaning, &data, err));
    if (n) memcpy(data, values, n * width * pa_type_size(type, 0));
    return PA_OK;
}

static pa_status put_sets(const pa_basket_model *m, pa_store *s, pa_error *err)
{
    const pa_frequent_sets *f = &m->sets;
    const int64_t counts[COUNTS] = {f->n_baskets, f->min_support, (int64_t)f->longest};
    void *name;
    PA_TRY(put(s, "basket_codes", PA_I32, PA_ITEM_KINDS + 1, 1,
               "where the items of each kind begin: merchant, category, amount, hour",
               m->codes.first, err));
    PA_TRY(put(s, "basket_counts", PA_I64, COUNTS, 1,
               "baskets of the history, minimum support, most items of a set", counts, err));
    PA_TRY(put(s, "set_first", PA_I64, f->n + 1, 1, "where each set begins in set_item", f->first,
               err));
    PA_TRY(put(s, "set_item", PA_I32, f->first[f->n], 1, "items of the sets", f->item, err));
    PA_TRY(put(s, "set_support", PA_I32, f->n, 1, "baskets with each set", f->support, err));
    PA_TRY(pa_store_put_names(s, "basket_item_name", m->n_items, PA_ITEM_NAME,
                              "names of the frequent items, the first sets", &name, err));
    if (m->n_items) memcpy(name, m->name, m->n_items * PA_ITEM_NAME);
    return PA_OK;
}

static void fill_rule(const pa_rule *r, int32_t end[2], int64_t with[WITH], double odds[ODDS])
{
    end[0] = r->consequent;
    end[1] = (int32_t)r->redundant;
    with[0] = r->n_a;
    with[1] = r->n_c;
    with[2] = r->n_ac;
    odds[0] = r->improvement;
    odds[1] = r->ln_p;
    odds[2] = r->ln_q;
}

static pa_status put_rules(const pa_rule_table *r, pa_store *s, pa_error *err)
{
    static const size_t none[] = {0};
    const size_t *first = r->n ? r->first : none;
    void *end, *with, *odds;
    PA_TRY(put(s, "rule_first", PA_I64, r->n + 1, 1, "where each antecedent begins in rule_item",
               first, err));
    PA_TRY(put(s, "rule_item", PA_I32, first[r->n], 1, "items of the antecedents", r->item, err));
    PA_TRY(pa_store_put(s, "rule_end", PA_I32, r->n, 2, "consequent; whether it is redundant", &end,
                        err));
    PA_TRY(pa_store_put(s, "rule_with", PA_I64, r->n, WITH,
                        "baskets with the antecedent, the consequent, both", &with, err));
    PA_TRY(pa_store_put(s, "rule_odds", PA_F64, r->n, ODDS, "improvement, ln p, ln q", &odds, err));
    for (size_t i = 0; i < r->n; i++)
        fill_rule(r->rule + i, (int32_t *)end + 2 * i, (int64_t *)with + WITH * i,
                  (double *)odds + ODDS * i);
    return PA_OK;
}

pa_status pa_basket_model_put(const pa_basket_model *m, pa_store *store, pa_error *err)
{
    PA_TRY(put_sets(m, store, err));
    return put_rules(&m->rules, store, err);
}

/* ---- opening ---- */

static pa_status not_whole(pa_error *err)
{
    return pa_fail(err, PA_E_DATA, "the model of patterns is not whole");
}

/* n lists of `least` to `most` items each, all of them below n_items. */
static bool are_lists(size_t n, const size_t first[], size_t least, size_t most, size_t n_all,
                      const int32_t item[], int32_t n_items)
{
    bool are = first[0] == 0 && first[n] == n_all;
    for (size_t i = 0; are && i < n; i++)
        are = first[i + 1] >= first[i] + least && first[i + 1] - first[i] <= most;
    for (size_t k = 0; are && k < n_all; k++) are = item[k] >= 0 && item[k] < n_items;
    return are;
}

/* n items each. */
static bool is_before(size_t n, const int32_t a[], const int32_t b[])
{
    size_t k = 0;
    while (k < n && a[k] == b[k]) k++;
    return k < n && a[k] < b[k];
}

/* By size, then by their items, which ascend. */
static bool are_ordered(const pa_frequent_sets *f)
{
    bool are = true;
    for (size_t i = 0, before = 0; are && i < f->n; i++) {
        const int32_t *own = f->item + f->first[i];
        size_t n = f->first[i + 1] - f->first[i];
        are = n > before || (n == before && is_before(n, own - n, own));
        for (size_t k = 1; are && k < n; k++) are = own[k - 1] < own[k];
        before = n;
    }
    return are;
}

static bool are_codes(const pa_item_codes *c)
{
    bool are = c->first[0] == 0;
    for (int k = 0; k < PA_ITEM_KINDS; k++) are = are && c->first[k] <= c->first[k + 1];
    return are;
}

static bool are_counts(const pa_frequent_sets *f)
{
    return f->n_baskets >= 0 && f->longest <= PA_SET_MOST &&
           (f->n == 0 || (f->n_baskets > 0 && f->min_support > 0));
}

static pa_status open_sets(const pa_store *s, pa_basket_model *m, pa_error *err)
{
    pa_frequent_sets *f = &m->sets;
    const void *codes, *counts, *first, *item, *support;
    size_t n_codes, n_counts, n_first, n_items;
    PA_TRY(pa_store_get(s, "basket_codes", PA_I32, &codes, &n_codes, err));
    PA_TRY(pa_store_get(s, "basket_counts", PA_I64, &counts, &n_counts, err));
    PA_TRY(pa_store_get(s, "set_first", PA_I64, &first, &n_first, err));
    PA_TRY(pa_store_get(s, "set_item", PA_I32, &item, &n_items, err));
    PA_TRY(pa_store_get(s, "set_support", PA_I32, &support, &f->n, err));
    if (n_codes != PA_ITEM_KINDS + 1 || n_counts != COUNTS || n_first != f->n + 1)
        return not_whole(err);
    memcpy(m->codes.first, codes, sizeof m->codes.first);
    const int64_t *c = counts;
    f->n_baskets = c[0];
    f->min_support = c[1];
    f->longest = (size_t)c[2];
    f->first = first;
    f->item = item;
    f->support = support;
    bool whole =
        are_codes(&m->codes) && are_counts(f) &&
        are_lists(f->n, f->first, 1, f->longest, n_items, item, m->codes.first[PA_ITEM_KINDS]) &&
        are_ordered(f);
    return whole ? PA_OK : not_whole(err);
}

static pa_status place_items(pa_basket_model *m, pa_error *err)
{
    PA_TRY(PA_NEW(m->place, (size_t)m->codes.first[PA_ITEM_KINDS], err));
    for (size_t k = 0; k < m->n_items; k++) m->place[m->sets.item[k]] = (uint32_t)k + 1;
    return PA_OK;
}

/* Whether an item is frequent, and so has a name. */
static bool has_name(const pa_basket_model *m, int32_t item)
{
    return item >= 0 && item < m->codes.first[PA_ITEM_KINDS] && m->place[item] > 0;
}

/* The names of frequent items end; the items of rules are among them. */
static pa_status check_names(const pa_basket_model *m, pa_error *err)
{
    const pa_rule_table *r = &m->rules;
    bool whole = true;
    for (size_t k = 0; whole && k < m->n_items; k++)
        whole = m->name[(k + 1) * PA_ITEM_NAME - 1] == '\0';
    for (size_t i = 0; whole && i < r->n; i++) whole = has_name(m, r->rule[i].consequent);
    for (size_t k = 0; whole && r->n && k < r->first[r->n]; k++) whole = has_name(m, r->item[k]);
    return whole ? PA_OK : not_whole(err);
}

static bool widths_are_right(const pa_store *s)
{
    return pa_store_find(s, "rule_end")->width == 2 &&
           pa_store_find(s, "rule_with")->width == WITH &&
           pa_store_find(s, "rule_odds")->width == ODDS;
}

static pa_status open_rules(const pa_store *s, pa_basket_model *m, pa_error *err)
{
    pa_rule_table *r = &m->rules;
    const void *first, *item, *end, *with, *odds;
    size_t n_first, n_items, n_with, n_odds;
    PA_TRY(pa_store_get(s, "rule_first", PA_I64, &first, &n_first, err));
    PA_TRY(pa_store_get(s, "rule_item", PA_I32, &item, &n_items, err));
    PA_TRY(pa_store_get(s, "rule_end", PA_I32, &end, &r->n, err));
    PA_TRY(pa_store_get(s, "rule_with", PA_I64, &with, &n_with, err));
    PA_TRY(pa_store_get(s, "rule_odds", PA_F64, &odds, &n_odds, err));
    bool whole =
        n_first == r->n + 1 && n_with == r->n && n_odds == r->n && widths_are_right(s) &&
        are_lists(r->n, first, 1, PA_SET_MOST, n_items, item, m->codes.first[PA_ITEM_KINDS]);
    if (!whole) return not_whole(err);
    PA_TRY(PA_NEW(m->rule, r->n, err));
    r->n_baskets = m->sets.n_baskets;
    r->rule = m->rule;
    r->first = first;
    r->item = item;
    for (size_t i = 0; i < r->n; i++) {
        const int32_t *e = (const int32_t *)end + 2 * i;
        const int64_t *w = (const int64_t *)with + WITH * i;
        const double *o = (const double *)odds + ODDS * i;
        m->rule[i] = (pa_rule){.consequent = e[0],
                               .redundant = (uint32_t)e[1],
                               .length = (uint32_t)(r->first[i + 1] - r->first[i]),
                               .n_a = (uint32_t)w[0],
                               .n_c = (uint32_t)w[1],
                               .n_ac = (uint32_t)w[2],
                               .improvement = o[0],
                               .ln_p = o[1],
                               .ln_q = o[2]};
    }
    return PA_OK;
}

pa_status pa_basket_model_open(const pa_store *store, pa_basket_model *m, pa_error *err)
{
    const void *name;
    *m = (pa_basket_model){0};
    PA_TRY(open_sets(store, m, err));
    PA_TRY(pa_store_get(store, "basket_item_name", PA_BYTES, &name, &m->n_items, err));
    m->name = name;
    if (m->n_items != pa_sets_up_to(&m->sets, 1) ||
        pa_store_find(store, "basket_item_name")->bytes != PA_ITEM_NAME)
        return not_whole(err);
    PA_TRY(place_items(m, err));
    PA_TRY(open_rules(store, m, err));
    return check_names(m, err);
}

void pa_basket_model_close(pa_basket_model *m)
{
    pa_free(m->place);
    pa_free(m->rule);
    *m = (pa_basket_model){0};
}

/* ---- */

size_t pa_sets_up_to(const pa_frequent_sets *s, size_t length)
{
    size_t n = 0;
    while (n < s->n && s->first[n + 1] - s->first[n] <= length) n++;
    return n;
}

const char *pa_name_of_item(const pa_basket_model *m, int32_t item)
{
    PA_ASSERT(has_name(m, item));
    return m->name + (m->place[item] - 1) * (size_t)PA_ITEM_NAME;
}

#include "pattern_tables.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/stage/stage.h"
#include "paraudit/table/records.h"

static const pa_table_spec itemsets = {.name = "patterns/itemsets",
                                       .meaning =
                                           "Frequent sets of the baskets of the history, by size."};
static const pa_table_spec rules = {
    .name = "patterns/rules",
    .meaning = "Rules of these baskets: what has all items of the antecedent has the consequent, "
               "too; by rising p."};

pa_status pa_plan_pattern_tables(pa_schema *io, pa_error *err)
{
    PA_TRY(pa_schema_side_table(io, &itemsets, err));
    return pa_schema_side_table(io, &rules, err);
}

/* ---- names of several items ---- */

static const char between[] = ", ";

/* own: lengths of the names of the frequent items. */
static size_t length_of_names(const pa_basket_model *m, const uint8_t own[], size_t n,
                              const int32_t item[])
{
    size_t length = n ? (n - 1) * (sizeof between - 1) : 0;
    for (size_t k = 0; k < n; k++) length += own[m->place[item[k]] - 1];
    return length;
}

/* Of lists of items as those of add_names, the most bytes that the names of one take. */
static pa_status find_width(const pa_basket_model *m, size_t n, const size_t first[],
                            const int32_t item[], size_t *width, pa_error *err)
{
    uint8_t *own;
    *width = 1;
    PA_TRY(PA_NEW(own, m->n_items, err));
    for (size_t k = 0; k < m->n_items; k++) own[k] = (uint8_t)strlen(m->name + k * PA_ITEM_NAME);
    for (size_t i = 0; i < n; i++) {
        size_t length = length_of_names(m, own, first[i + 1] - first[i], item + first[i]);
        if (length > *width) *width = length;
    }
    pa_free(own);
    return PA_OK;
}

/* Returns the end of the text, which no zero byte ends. */
static char *put_names(const pa_basket_model *m, size_t n, const int32_t item[], char *to)
{
    for (size_t k = 0; k < n; k++) {
        const char *name = pa_name_of_item(m, item[k]);
        if (k) {
            memcpy(to, between, sizeof between - 1);
            to += sizeof between - 1;
        }
        memcpy(to, name, strlen(name));
        to += strlen(name);
    }
    return to;
}

/* A column of names, of n_here rows of the n: those of row i are of the items from first[i] on. */
static pa_status add_names(pa_table *t, const pa_basket_model *m, const char *name,
                           const char *meaning, size_t n, const size_t first[],
                           const int32_t item[], pa_error *err)
{
    size_t width;
    PA_TRY(find_width(m, n, first, item, &width, err));
    const pa_column_spec spec = {.name = name,
                                 .type = PA_BYTES,
                                 .width = (int)width,
                                 .meaning = meaning,
                                 .role = PA_ROLE_ID,
                                 .flags = PA_FITTED,
                                 .stage = "patterns"};
    void *data;
    PA_TRY(pa_table_add(t, &spec, &data, err));
    for (size_t i = 0; i < t->n_rows; i++)
        put_names(m, first[i + 1] - first[i], item + first[i], (char *)data + i * width);
    return PA_OK;
}

/* ---- sets ---- */

typedef struct {
    int32_t size;
    int64_t support;
    double share;
} set_row;

#define FIELD(of, member, kind, text)                                                              \
    {                                                                                              \
        offsetof(of, member),                                                                      \
        {                                                                                          \
            .name = #member, .type = kind, .unit = "1", .meaning = text, .role = PA_ROLE_RESULT,   \
            .flags = PA_FITTED, .stage = "patterns"                                                \
        }                                                                                          \
    }
#define LENGTH(fields) (sizeof(fields) / sizeof *(fields))

static const pa_field set_fields[] = {
    FIELD(set_row, size, PA_I32, "items of the set"),
    FIELD(set_row, support, PA_I64, "baskets that have them all"),
    FIELD(set_row, share, PA_F64, "the same as a share of all baskets"),
};

static pa_status fill_sets(pa_run *run, const pa_basket_model *m)
{
    const pa_frequent_sets *s = &m->sets;
    pa_table *t;
    set_row *row = NULL;
    PA_TRY(pa_run_fill_table(run, itemsets.name, &t));
    size_t here = pa_table_size_small(t, pa_comm_rank(run->comm), s->n);
    PA_TRY(add_names(t, m, "items", "the items, with their kinds", s->n, s->first, s->item,
                     &run->err));
    PA_TRY(PA_NEW(row, here, &run->err));
    for (size_t i = 0; i < here; i++)
        row[i] = (set_row){.size = (int32_t)(s->first[i + 1] - s->first[i]),
                           .support = s->support[i],
                           .share = s->support[i] / (double)s->n_baskets};
    pa_status st =
        pa_table_add_records(t, LENGTH(set_fields), set_fields, row, sizeof *row, &run->err);
    pa_free(row);
    return st;
}

/* ---- rules ---- */

typedef struct {
    int64_t with_antecedent, with_consequent, with_both;
    pa_rule_measures is;
    double improvement, ln_p, ln_q, strength;
} rule_row;

#define MEASURE(member, text)                                                                      \
    {                                                                                              \
        offsetof(rule_row, is.member),                                                             \
        {                                                                                          \
            .name = #member, .type = PA_F64, .unit = "1", .meaning = text, .role = PA_ROLE_RESULT, \
            .flags = PA_FITTED, .stage = "patterns"                                                \
        }                                                                                          \
    }

static const pa_field rule_fields[] = {
    FIELD(rule_row, with_antecedent, PA_I64, "baskets that have the antecedent"),
    FIELD(rule_row, with_consequent, PA_I64, "baskets that have the consequent"),
    FIELD(rule_row, with_both, PA_I64, "baskets that have both"),
    MEASURE(support, "share of the baskets that have both"),
    MEASURE(confidence, "share of those with the antecedent that have both"),
    MEASURE(lift, "support over what chance would give"),
    MEASURE(leverage, "support less what chance would give"),
    MEASURE(conviction, "how many times as often chance would break the rule; infinite: it always "
                        "holds"),
    MEASURE(kulczynski, "mean of the confidence and that of the rule turned around"),
    MEASURE(imbalance, "how unequally frequent both sides are, from 0 to below 1"),
    FIELD(rule_row, improvement, PA_F64,
          "confidence less the largest of a rule with fewer of these items"),
    FIELD(rule_row, ln_p, PA_F64, "logarithm of the one-sided p-value of Fisher's exact test"),
    FIELD(rule_row, ln_q, PA_F64,
          "the same, adjusted for all rules that were tested (Benjamini, Hochberg)"),
    FIELD(rule_row, strength, PA_F64,
          "how odd a basket is that contradicts the rule, in bits: rule_contradicted"),
};

static rule_row row_of(const pa_rule_table *r, size_t i)
{
    const pa_rule *rule = r->rule + i;
    pa_rule_counts counts = pa_counts_of_rule(r, i);
    return (rule_row){.with_antecedent = rule->n_a,
                      .with_consequent = rule->n_c,
                      .with_both = rule->n_ac,
                      .is = pa_measure_rule(counts),
                      .improvement = rule->improvement,
                      .ln_p = rule->ln_p,
                      .ln_q = rule->ln_q,
                      .strength = pa_rule_strength(counts)};
}

static pa_status add_measures(pa_table *t, const pa_rule_table *r, pa_error *err)
{
    rule_row *row = NULL;
    PA_TRY(PA_NEW(row, t->n_rows, err));
    for (size_t i = 0; i < t->n_rows; i++) row[i] = row_of(r, i);
    pa_status st = pa_table_add_records(t, LENGTH(rule_fields), rule_fields, row, sizeof *row, err);
    pa_free(row);
    return st;
}

static pa_status add_consequents(pa_table *t, const pa_basket_model *m, pa_error *err)
{
    const pa_rule_table *r = &m->rules;
    int32_t *item = NULL;
    size_t *first = NULL;
    pa_status st = PA_NEW(item, r->n, err);
    if (st == PA_OK) st = PA_NEW(first, r->n + 1, err);
    for (size_t i = 0; st == PA_OK && i < r->n; i++) {
        item[i] = r->rule[i].consequent;
        first[i + 1] = i + 1;
    }
    if (st == PA_OK)
        st = add_names(t, m, "consequent", "the item that follows", r->n, first, item, err);
    pa_free(item);
    pa_free(first);
    return st;
}

static pa_status fill_rules(pa_run *run, const pa_basket_model *m)
{
    const pa_rule_table *r = &m->rules;
    pa_table *t;
    PA_TRY(pa_run_fill_table(run, rules.name, &t));
    pa_table_size_small(t, pa_comm_rank(run->comm), r->n);
    PA_TRY(add_names(t, m, "antecedent", "the items that it follows from", r->n, r->first, r->item,
                     &run->err));
    PA_TRY(add_consequents(t, m, &run->err));
    return add_measures(t, r, &run->err);
}

pa_status pa_fill_pattern_tables(pa_run *run, const pa_basket_model *m)
{
    PA_TRY(fill_sets(run, m));
    return fill_rules(run, m);
}

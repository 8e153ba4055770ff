#include "pattern_details.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "basket_walk.h"
#include "paraudit/base/array.h"
#include "paraudit/patterns/company.h"
#include "paraudit/patterns/low_amounts.h"
#include "pattern_columns.h"

static const char is_new[] = "merchant_is_new";

const char *const pa_pattern_detail_reads[] = {"account",      "merchant", "category", "time",
                                               "amount_minor", is_new,     NULL};

/* Of a question at a time. */
typedef struct {
    const pa_table *tx;
    const pa_detail_question *asked;
    pa_basket_walk walk;
    pa_buffer text;
} teller;

/* ---- items ---- */

/* The row's own item of a kind, "" where it has none. */
static void name_own(const teller *t, pa_item_kind kind, char name[PA_ITEM_NAME])
{
    const pa_basket_rows *r = &t->walk.rows;
    const pa_detail_question *q = t->asked;
    int32_t band = pa_amount_band(r->amount_minor[q->row]);
    name[0] = '\0';
    if (kind == PA_ITEM_MERCHANT && q->merchant[0])
        snprintf(name, PA_ITEM_NAME, "merchant=%s", q->merchant);
    else if (kind == PA_ITEM_CATEGORY && q->category[0])
        snprintf(name, PA_ITEM_NAME, "category=%s", q->category);
    else
        pa_name_item(t->tx, kind, kind == PA_ITEM_AMOUNT ? band : pa_day_part(r->time[q->row]),
                     name);
}

static pa_status tell_items(teller *t, pa_item_kind a, pa_item_kind b, pa_error *err)
{
    char first[PA_ITEM_NAME], second[PA_ITEM_NAME];
    name_own(t, a, first);
    name_own(t, b, second);
    return pa_buffer_printf(&t->text, err, "%s%s%s", first, first[0] ? ", " : "", second);
}

static pa_status tell_merchant_amount(teller *t, pa_error *err)
{
    return tell_items(t, PA_ITEM_MERCHANT, PA_ITEM_AMOUNT, err);
}

static pa_status tell_category_amount(teller *t, pa_error *err)
{
    return tell_items(t, PA_ITEM_CATEGORY, PA_ITEM_AMOUNT, err);
}

static pa_status tell_category_hour(teller *t, pa_error *err)
{
    return tell_items(t, PA_ITEM_CATEGORY, PA_ITEM_HOUR, err);
}

/* ---- company ---- */

static pa_status tell_company(teller *t, pa_error *err)
{
    size_t row = t->asked->row;
    size_t n = pa_company_others(pa_i32(t->tx, "account"), pa_i32(t->tx, "merchant"), row);
    float none = pa_f32(t->tx, pa_pattern_columns[PA_COMPANY_NONE_SHARE].name)[row];
    if (n == 0) return PA_OK;
    return pa_buffer_printf(&t->text, err,
                            "%s is known beside %.0f of the account's last %zu merchants",
                            t->asked->merchant, (double)n - round((double)none * (double)n), n);
}

/* ---- baskets ---- */

/* The basket as it stands at the row. */
static void walk_to(pa_basket_walk *w, size_t row)
{
    size_t first = row;
    while (!pa_starts_basket(&w->rows, first)) first--;
    for (size_t i = first; i <= row; i++) pa_basket_walk_add(w, i, i == first);
}

static pa_item_kind kind_of(const pa_basket_model *m, int32_t item)
{
    int k = 0;
    while (item >= m->codes.first[k + 1]) k++;
    return (pa_item_kind)k;
}

static pa_status add_rule(teller *t, size_t rule, pa_error *err)
{
    const pa_basket_model *m = &t->walk.model;
    const pa_rule *is = m->rules.rule + rule;
    size_t first = m->rules.first[rule];
    for (size_t k = first; k < m->rules.first[rule + 1]; k++)
        PA_TRY(pa_buffer_printf(&t->text, err, "%s%s", k > first ? ", " : "",
                                pa_name_of_item(m, m->rules.item[k])));
    return pa_buffer_printf(&t->text, err, " -> %s in %u of %u baskets, %.3g %%",
                            pa_name_of_item(m, is->consequent), is->n_ac, is->n_a,
                            100 * (double)is->n_ac / (double)is->n_a);
}

/* A full basket may lack what the row has. */
static pa_status tell_rule(teller *t, pa_error *err)
{
    const pa_basket_model *m = &t->walk.model;
    pa_contradiction c;
    char own[PA_ITEM_NAME];
    walk_to(&t->walk, t->asked->row);
    if (!pa_basket_walk_contradicted(&t->walk, &c)) return PA_OK;
    int32_t expected = m->rules.rule[c.rule].consequent;
    PA_TRY(add_rule(t, c.rule, err));
    name_own(t, kind_of(m, expected), own);
    if (!own[0] || strcmp(own, pa_name_of_item(m, expected)) == 0) return PA_OK;
    return pa_buffer_printf(&t->text, err, "; here %s", own);
}

static pa_status tell_pair(teller *t, pa_error *err)
{
    const pa_basket_model *m = &t->walk.model;
    pa_odd_pair p;
    walk_to(&t->walk, t->asked->row);
    if (!pa_basket_odd_pair(t->walk.trie, &t->walk.basket, &p)) return PA_OK;
    PA_TRY(pa_buffer_printf(&t->text, err, "%s with %s in ", pa_name_of_item(m, p.item[0]),
                            pa_name_of_item(m, p.item[1])));
    PA_TRY(p.support ? pa_buffer_printf(&t->text, err, "%u", p.support)
                     : pa_buffer_printf(&t->text, err, "fewer than %" PRId64, m->sets.min_support));
    return pa_buffer_printf(&t->text, err, " of %" PRId64 " baskets, by chance %.*f",
                            m->sets.n_baskets, p.by_chance < 10 ? 1 : 0, p.by_chance);
}

/* ---- low amounts ---- */

static pa_status tell_low(teller *t, pa_error *err)
{
    enum { MOST = 8 };
    const pa_basket_rows *r = &t->walk.rows;
    size_t row[MOST], n = pa_low_new_rows(r, pa_f32(t->tx, is_new), t->asked->row, MOST, row);
    if (n == 0) return PA_OK;
    PA_TRY(pa_buffer_printf(&t->text, err, "%zu of the day: ", n));
    for (size_t k = 0; k < n && k < MOST; k++) {
        char amount[32];
        pa_amount_text(t->tx, r->amount_minor[row[k]], amount);
        PA_TRY(pa_buffer_printf(&t->text, err, "%s%s", k ? ", " : "", amount));
    }
    return n > MOST ? pa_buffer_printf(&t->text, err, ", ...") : PA_OK;
}

/* ---- all of it ---- */

static const struct {
    const pa_column_spec *feature;
    pa_status (*tell)(teller *t, pa_error *err);
} tellers[] = {
    {&pa_pattern_columns[PA_COMPANY_MEAN], tell_company},
    {&pa_pattern_columns[PA_COMPANY_MAX], tell_company},
    {&pa_pattern_columns[PA_COMPANY_NONE_SHARE], tell_company},
    {&pa_pattern_columns[PA_COMPANY_LIFT], tell_company},
    {&pa_pattern_columns[PA_MERCHANT_AMOUNT_SURPRISE], tell_merchant_amount},
    {&pa_pattern_columns[PA_CATEGORY_AMOUNT_SURPRISE], tell_category_amount},
    {&pa_pattern_columns[PA_CATEGORY_HOUR_SURPRISE], tell_category_hour},
    {&pa_basket_columns[PA_BASKET_OUTLIER], tell_pair},
    {&pa_basket_columns[PA_RULE_CONTRADICTED], tell_rule},
    {&pa_basket_columns[PA_LOW_NEW_AMOUNTS], tell_low},
};
enum { N_TELLERS = sizeof tellers / sizeof *tellers };

/* N_TELLERS: it is of another stage, or there is no more to say. */
static size_t teller_of(const pa_detail_question *q)
{
    size_t k = 0;
    while (k < N_TELLERS && strcmp(tellers[k].feature->name, q->feature) != 0) k++;
    return k;
}

/* Cut to its room, between characters. */
static void keep(const pa_buffer *text, char answer[PA_DETAIL_BYTES])
{
    size_t n = text->length < PA_DETAIL_BYTES ? text->length : PA_DETAIL_BYTES - 1;
    while (n < text->length && n > 0 && ((unsigned char)text->data[n] & 0xc0) == 0x80) n--;
    if (n) memcpy(answer, text->data, n);
    answer[n] = '\0';
}

/* Nothing of rows before the model's time, whose values are missing. */
static pa_status answer_one(teller *t, const pa_detail_question *q, char answer[PA_DETAIL_BYTES],
                            pa_error *err)
{
    size_t k = teller_of(q);
    if (k == N_TELLERS || isnan(pa_f32(t->tx, q->feature)[q->row])) return PA_OK;
    t->asked = q;
    t->text.length = 0;
    PA_TRY(tellers[k].tell(t, err));
    keep(&t->text, answer);
    return PA_OK;
}

pa_status pa_pattern_details(const pa_config *config, const pa_store *model, const pa_table *tx,
                             size_t n, const pa_detail_question asked[],
                             char answer[][PA_DETAIL_BYTES], pa_error *err)
{
    teller t = {.tx = tx};
    int32_t *category;
    size_t first = 0;
    while (first < n && teller_of(asked + first) == N_TELLERS) first++;
    if (first == n) return PA_OK;
    PA_TRY(pa_category_codes(tx, &category, err));
    pa_status st = pa_basket_walk_open(config, model, tx, category, &t.walk, err);
    for (size_t i = first; st == PA_OK && i < n; i++)
        st = answer_one(&t, asked + i, answer[i], err);
    pa_basket_walk_close(&t.walk);
    pa_buffer_free(&t.text);
    pa_free(category);
    return st;
}

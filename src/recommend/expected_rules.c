/* Rules of merchants for the stage `expected`: from frequent sets of two merchants of accounts'
 * baskets, by the engine of the stage `patterns`. */
#include <inttypes.h>
#include <string.h>

#include "expected_model.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/patterns/mine.h"
#include "paraudit/patterns/rules_all.h"

static const size_t memory = (size_t)1 << 30;
static const double max_fdr = .01;
static const char not_whole[] = "the rules of merchants are not whole";

typedef struct {
    pa_run *run;
    pa_baskets baskets; /* of this rank */
    int64_t n_baskets;  /* of all */
    pa_mine_request request;
} mining;

static pa_status count_sets(mining *m, uint64_t *n_sets)
{
    pa_mined mined;
    PA_TRY(pa_mine(m->run->comm, &m->baskets, &m->request, &mined, &m->run->err));
    *n_sets = mined.n_sets;
    pa_mined_free(&mined);
    return PA_OK;
}

/* Doubles the minimum support until there are few enough sets. */
static pa_status find_support(mining *m)
{
    const pa_config *config = m->run->config;
    int64_t asked = pa_config_int(config, "expected.rule_support"),
            *least = &m->request.sets.min_support;
    uint64_t n_sets, most = (uint64_t)pa_config_int(config, "expected.max_rule_sets");
    *least = asked;
    PA_TRY(count_sets(m, &n_sets));
    while (n_sets > most) {
        *least *= 2;
        PA_TRY(count_sets(m, &n_sets));
    }
    if (*least > asked)
        pa_run_note(m->run,
                    "rules of merchants are of %" PRId64 " accounts or more, not of %" PRId64
                    " as asked for: there would be more than %" PRIu64
                    " sets (expected.max_rule_sets)",
                    *least, asked, most);
    return PA_OK;
}

/* ---- into the store ---- */

static void fill_rules(const pa_rule_table *t, const uint32_t order[], int32_t to[])
{
    for (size_t k = 0; k < t->n; k++, to += PA_RULE_WIDTH) {
        const pa_rule *r = t->rule + order[k];
        to[PA_RULE_FROM] = t->item[t->first[order[k]]];
        to[PA_RULE_TO] = r->consequent;
        to[PA_RULE_HAVE] = (int32_t)r->n_a;
        to[PA_RULE_BOTH] = (int32_t)r->n_ac;
    }
}

static pa_status put_rules(const pa_rule_table *t, pa_store *model, pa_error *err)
{
    uint64_t *key = NULL;
    uint32_t *order = NULL;
    void *to = NULL;
    pa_status st =
        pa_store_put(model, "rule", PA_I32, t->n, PA_RULE_WIDTH,
                     "merchant, another, accounts that have it, that have both", &to, err);
    if (st == PA_OK) st = PA_NEW(key, t->n, err);
    if (st == PA_OK) st = PA_NEW(order, t->n, err);
    for (size_t i = 0; st == PA_OK && i < t->n; i++)
        key[i] = (uint64_t)t->item[t->first[i]] << 32 | (uint32_t)t->rule[i].consequent;
    if (st == PA_OK) st = pa_sort_u64(t->n, key, order, err);
    if (st == PA_OK) fill_rules(t, order, to);
    pa_free(key);
    pa_free(order);
    return st;
}

/* The rank that has a merchant's name puts it there. */
static void put_names(const pa_table *merchants, size_t n, const int32_t code[], char *name)
{
    const pa_column *c = NULL;
    for (size_t i = 0; merchants && !c && i < merchants->n_columns; i++)
        if (merchants->columns[i]->spec.type == PA_BYTES) c = merchants->columns[i];
    for (size_t i = 0; c && i < n; i++) {
        int64_t at = code[i] - merchants->first_row;
        if (at < 0 || at >= (int64_t)merchants->n_rows) continue;
        const char *text = (const char *)c->data + at * c->spec.width;
        size_t length = strnlen(text, (size_t)c->spec.width);
        if (length > PA_EXPECTED_NAME - 1)
            for (length = PA_EXPECTED_NAME - 1;
                 length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
                length--;
        memcpy(name + i * PA_EXPECTED_NAME, text, length);
    }
}

static size_t put_codes(size_t n, const int32_t rule[], int32_t code[])
{
    size_t n_codes = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t from = rule[i * PA_RULE_WIDTH + PA_RULE_FROM];
        if (n_codes == 0 || code[n_codes - 1] != from) code[n_codes++] = from;
    }
    return n_codes;
}

/* Of the merchants that rules start from; the others of the ranks have zeros for a name. */
static pa_status name_merchants(pa_run *run, pa_store *model)
{
    const pa_store_array *rule = pa_store_find(model, "rule");
    int32_t *code = NULL;
    void *to = NULL, *name = NULL;
    size_t n = 0;
    pa_status st = PA_NEW(code, rule->n, &run->err);
    if (st == PA_OK) n = put_codes(rule->n, rule->data, code);
    if (st == PA_OK)
        st = pa_store_put(model, "rule_from", PA_I32, n, 1, "merchants that rules start from", &to,
                          &run->err);
    if (st == PA_OK && n) memcpy(to, code, n * sizeof *code);
    if (st == PA_OK)
        st = pa_store_put_names(model, "rule_from_name", n, PA_EXPECTED_NAME, "their names", &name,
                                &run->err);
    if (st == PA_OK) put_names(pa_run_table(run, "merchants"), n, code, name);
    pa_free(code);
    PA_AGREE(run->comm, st, &run->err);
    pa_sum_u64(run->comm, name, n * PA_EXPECTED_NAME / sizeof(uint64_t));
    return PA_OK;
}

static pa_status make_rules(mining *m, const pa_mined *mined, pa_store *model)
{
    pa_comm *comm = m->run->comm;
    pa_error *err = &m->run->err;
    const pa_rule_options options = {.min_confidence =
                                         pa_config_real(m->run->config, "expected.rule_confidence"),
                                     .max_fdr = max_fdr,
                                     .drop_redundant = true,
                                     .memory = memory};
    pa_found_rules found;
    pa_shared_rules all = {0};
    PA_TRY(pa_find_rules(comm, &mined->results, m->baskets.n_items, m->n_baskets, &options, &found,
                         err));
    pa_status st = pa_share_rules(comm, &found, &all, err);
    pa_found_rules_free(&found);
    if (st == PA_OK) st = pa_agree(comm, put_rules(&all.table, model, err), err);
    pa_shared_rules_free(&all);
    return st;
}

static pa_status mine_rules(mining *m, pa_store *model)
{
    const pa_rule_table none = {0};
    pa_mined mined = {0};
    if (m->n_baskets > 0) {
        PA_TRY(find_support(m));
        m->request.write = pa_write_set_record;
        PA_TRY(pa_mine(m->run->comm, &m->baskets, &m->request, &mined, &m->run->err));
    }
    pa_status st =
        mined.n_sets ? make_rules(m, &mined, model)
                     : pa_agree(m->run->comm, put_rules(&none, model, &m->run->err), &m->run->err);
    if (m->n_baskets > 0) pa_mined_free(&mined);
    return st == PA_OK ? name_merchants(m->run, model) : st;
}

pa_status pa_expected_rules_fit(pa_run *run, size_t n, const int32_t account[],
                                const int32_t merchant[], pa_store *model)
{
    size_t most = (size_t)pa_config_int(run->config, "expected.most_merchants");
    pa_basket_list list = {0};
    int64_t n_items = 0;
    pa_status st = pa_agree(
        run->comm, pa_choice_baskets(n, account, merchant, most, &list, &run->err), &run->err);
    for (size_t i = 0; i < n; i++)
        if (merchant[i] >= n_items) n_items = (int64_t)merchant[i] + 1;
    mining m = {.run = run,
                .baskets = {.n = list.n, .first = list.first, .item = list.item},
                .n_baskets = (int64_t)list.n,
                .request = {.sets = {.min_length = 1, .max_length = 2}, .memory = memory}};
    pa_max_i64(run->comm, &n_items, 1);
    pa_sum_i64(run->comm, &m.n_baskets, 1);
    m.baskets.n_items = (int32_t)n_items;
    if (st == PA_OK) st = mine_rules(&m, model);
    pa_basket_list_free(&list);
    return st;
}

/* ---- out of it ---- */

pa_status pa_expected_rules_open(const pa_store *model, pa_merchant_rules *rules, pa_error *err)
{
    const void *rule;
    size_t n;
    *rules = (pa_merchant_rules){0};
    PA_TRY(pa_store_get(model, "rule", PA_I32, &rule, &n, err));
    if (pa_store_find(model, "rule")->width != PA_RULE_WIDTH)
        return pa_fail(err, PA_E_DATA, "model '%s': %s", model->name, not_whole);
    return pa_merchant_rules_open(n, rule, rules, err);
}

const char *pa_expected_rule_name(const pa_store *model, int32_t merchant)
{
    const pa_store_array *from = pa_store_find(model, "rule_from"),
                         *name = pa_store_find(model, "rule_from_name");
    if (!from || !name || from->type != PA_I32 || from->width != 1 || name->type != PA_BYTES ||
        name->n != from->n || name->bytes != PA_EXPECTED_NAME)
        return "";
    const int32_t *code = from->data;
    size_t low = 0, high = from->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code[middle] < merchant)
            low = middle + 1;
        else
            high = middle;
    }
    const char *text = (const char *)name->data + low * PA_EXPECTED_NAME;
    bool is = low < from->n && code[low] == merchant && text[PA_EXPECTED_NAME - 1] == '\0';
    return is ? text : "";
}

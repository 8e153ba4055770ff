/* Baskets of a small drawn book at any number of ranks, beside what all rows together say. */
#include "paraudit/patterns/basket_patterns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "basket_model.h"
#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/stage/schema.h"
#include "paraudit/stage/time_plan.h"
#include "pattern_details.h"

enum {
    DAY = 86400,
    ACCOUNTS = 40,
    MERCHANTS = 12,
    CATEGORIES = 4,
    MOST = 12000,
    DAYS = 60,
    REFERENCE = 30, /* the day on which the history ends */
    NAME = 8,
    WINDOW = 6 * 3600
};

/* ---- the book ---- */

typedef struct {
    size_t n;
    int64_t tx[MOST], time[MOST], amount[MOST];
    int32_t account[MOST], merchant[MOST];
    int8_t category[MOST];
    float is_new[MOST];
    int32_t code[MERCHANTS]; /* of each merchant */
} book;

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)*state * below >> 32);
}

/* A merchant has a category, which has its hours and amounts, as a rule. */
static void draw_row(uint32_t *s, int32_t account, int day, book *b)
{
    size_t i = b->n++;
    int32_t m = (int32_t)((draw(s, 4) * draw(s, 4) + (uint32_t)account) % MERCHANTS);
    bool odd = draw(s, 20) == 0;
    int8_t category = (int8_t)(m % CATEGORIES);
    b->account[i] = account;
    b->merchant[i] = m;
    b->category[i] = odd ? -1 : category;
    b->amount[i] = odd ? (int64_t)draw(s, 100000) - 500 : (100 << category) + draw(s, 200);
    b->time[i] =
        (int64_t)day * DAY + (odd ? draw(s, DAY) : (uint32_t)category * 21000 + draw(s, 9000));
    b->tx[i] = (int64_t)(i * 7919 % 100003);
}

static void sort_account(book *b, size_t from)
{
    for (size_t i = from + 1; i < b->n; i++)
        for (size_t k = i; k > from && b->time[k] < b->time[k - 1]; k--) {
            int64_t t = b->time[k], a = b->amount[k];
            int32_t m = b->merchant[k];
            int8_t c = b->category[k];
            b->time[k] = b->time[k - 1], b->time[k - 1] = t;
            b->amount[k] = b->amount[k - 1], b->amount[k - 1] = a;
            b->merchant[k] = b->merchant[k - 1], b->merchant[k - 1] = m;
            b->category[k] = b->category[k - 1], b->category[k - 1] = c;
        }
}

/* A tenth of the first visits, or all would be long ago. */
static void find_new(book *b, size_t from)
{
    for (size_t i = from; i < b->n; i++) b->is_new[i] = b->tx[i] % 10 == 0;
}

static void draw_book(book *b)
{
    uint32_t state = 9;
    b->n = 0;
    for (int32_t a = 0; a < ACCOUNTS; a++) {
        size_t from = b->n;
        for (int day = 0; day < DAYS; day++)
            for (uint32_t k = draw(&state, 9); k > 4; k--) draw_row(&state, a, day, b);
        sort_account(b, from);
        find_new(b, from);
    }
    for (int32_t m = 0; m < MERCHANTS; m++) b->code[m] = m;
}

/* The same without the rows after one of an account, and those of others from its second on;
 * merchants get other codes. */
static void cut_book(const book *b, size_t last, book *cut)
{
    cut->n = 0;
    for (size_t i = 0; i < b->n; i++) {
        bool stays = b->account[i] == b->account[last] ? i <= last : b->time[i] < b->time[last];
        if (!stays) continue;
        size_t to = cut->n++;
        cut->tx[to] = b->tx[i];
        cut->time[to] = b->time[i];
        cut->amount[to] = b->amount[i];
        cut->account[to] = b->account[i];
        cut->merchant[to] = b->merchant[i];
        cut->category[to] = b->category[i];
        cut->is_new[to] = b->is_new[i];
    }
    for (int32_t m = 0; m < MERCHANTS; m++) cut->code[m] = (m * 5 + 3) % MERCHANTS;
}

/* ---- a run ---- */

static const pa_option_spec options[] = {PA_BASKET_OPTIONS, {0}};

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    pa_schema_fits_on(io, PA_FIT_HISTORY);
    return pa_basket_patterns_plan(config, io, err);
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    int32_t *category;
    PA_TRY(pa_category_codes(tx, &category, &run->err));
    pa_status st = pa_basket_patterns_apply(run, model, tx, category);
    pa_free(category);
    return st;
}

static const pa_stage stage = {.name = "patterns",
                               .options = options,
                               .plan = plan,
                               .fit = pa_basket_patterns_fit,
                               .apply = apply};

typedef struct {
    pa_run run;
    pa_config *config;
    pa_time_plan plan;
    pa_schema schema;
    pa_store store;
    size_t first; /* row of this rank in the book */
} book_run;

static void add(pa_table *t, const char *name, pa_type type, int width, const void *values)
{
    const pa_column_spec spec = {.name = name,
                                 .type = type,
                                 .width = width,
                                 .unit =
                                     strcmp(name, "amount_minor") == 0 ? pa_minor_unit[2] : NULL,
                                 .role = PA_ROLE_INPUT};
    void *data;
    CU_ASSERT_EQUAL(pa_table_add(t, &spec, &data, &(pa_error){0}), PA_OK);
    if (t->n_rows) memcpy(data, values, t->n_rows * pa_type_size(type, width));
}

static void add_transactions(book_run *r, const book *b)
{
    static int32_t code[MOST];
    int rank = pa_comm_rank(r->run.comm), ranks = pa_comm_size(r->run.comm);
    int32_t low = ACCOUNTS * rank / ranks, high = ACCOUNTS * (rank + 1) / ranks;
    size_t begin = 0, end;
    while (begin < b->n && b->account[begin] < low) begin++;
    for (end = begin; end < b->n && b->account[end] < high;) end++;
    for (size_t i = 0; i < b->n; i++) code[i] = b->code[b->merchant[i]];
    pa_table *tx = NULL;
    CU_ASSERT_EQUAL(pa_run_add_table(&r->run, "transactions", "", &tx), PA_OK);
    pa_table_size(tx, (int64_t)begin, end - begin, (int64_t)b->n);
    add(tx, "tx", PA_I64, 0, b->tx + begin);
    add(tx, "account", PA_I32, 0, b->account + begin);
    add(tx, "merchant", PA_I32, 0, code + begin);
    add(tx, "category", PA_I8, 0, b->category + begin);
    add(tx, "time", PA_I64, 0, b->time + begin);
    add(tx, "amount_minor", PA_I64, 0, b->amount + begin);
    add(tx, "merchant_is_new", PA_F32, 0, b->is_new + begin);
    r->first = begin;
}

/* n names, cut evenly or all on rank 0. */
static void add_names(book_run *r, const char *table, bool is_cut, int32_t n, char name[][NAME])
{
    int rank = pa_comm_rank(r->run.comm), ranks = is_cut ? pa_comm_size(r->run.comm) : 1;
    int32_t low = rank < ranks ? n * rank / ranks : n,
            high = rank < ranks ? n * (rank + 1) / ranks : n;
    pa_table *t = NULL;
    CU_ASSERT_EQUAL(pa_run_add_table(&r->run, table, "", &t), PA_OK);
    pa_table_size(t, low, (size_t)(high - low), n);
    add(t, "id", PA_BYTES, NAME, name[low]);
}

static void name_all(book_run *r, const book *b)
{
    char shop[MERCHANTS + 1][NAME] = {{0}}, kind[CATEGORIES + 1][NAME] = {{0}};
    for (int32_t m = 0; m < MERCHANTS; m++) snprintf(shop[b->code[m]], NAME, "shop%d", m);
    for (int32_t c = 0; c < CATEGORIES; c++) snprintf(kind[c], NAME, "kind%d", c);
    add_names(r, "merchants", true, MERCHANTS, shop);
    add_names(r, "categories/category", false, CATEGORIES, kind);
}

/* set: another key for the configuration; NULL: none. */
static void run_book(const book *b, int64_t reference_from, const char *set, book_run *r)
{
    const pa_option_spec *const tables[] = {options};
    *r = (book_run){.plan = {.reference_from = reference_from,
                             .train_from = DAYS * DAY,
                             .train_until = DAYS * DAY,
                             .audit_from = DAYS * DAY,
                             .audit_until = DAYS * DAY}};
    pa_run *run = &r->run;
    run->comm = pa_test_comm();
    run->plan = &r->plan;
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &r->config, &run->err), PA_OK);
    run->config = r->config;
    if (set) CU_ASSERT_EQUAL(pa_config_set(r->config, set, "command line", &run->err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_complete(r->config, &run->err), PA_OK);
    add_transactions(r, b);
    name_all(r, b);
    pa_table *tx = run->tables[0];
    size_t before = tx->n_columns, n_tables = run->n_tables;
    const pa_stage *const all[] = {&stage};
    CU_ASSERT_EQUAL(pa_plan_stages(all, 1, r->config, "", tx, 0, &r->schema, &run->err), PA_OK);
    run->stage = &stage;
    run->schema = &r->schema;
    pa_store_init(&r->store, "patterns", 1);
    pa_fitting on = pa_fitting_on(run->comm, tx, &r->plan, r->schema.fits_on);
    CU_ASSERT_EQUAL(stage.fit(run, &on, &r->store), PA_OK);
    CU_ASSERT_EQUAL(stage.apply(run, &r->store, tx), PA_OK);
    CU_ASSERT_EQUAL(pa_schema_check(&r->schema, run, before, n_tables, &run->err), PA_OK);
}

static void close_run(book_run *r)
{
    pa_run_free(&r->run);
    pa_schema_free(&r->schema);
    pa_store_free(&r->store);
    pa_config_free(r->config);
}

static int64_t over_ranks(const book_run *r, int64_t n)
{
    pa_sum_i64(r->run.comm, &n, 1);
    return n;
}

/* ---- tests ---- */

static book whole, other;

/* The checksum of all tables and of the model at 1 to 4 ranks. It changes with any name or value;
 * then look at what changed, and take the new one. */
static void test_bits_do_not_depend_on_ranks(void)
{
    static book_run r;
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, NULL, &r);
    uint64_t sum = pa_store_checksum(&r.store, pa_comm_rank(r.run.comm));
    for (size_t i = 0; i < r.run.n_tables; i++) sum += pa_table_checksum(r.run.tables[i], 0);
    pa_sum_u64(r.run.comm, &sum, 1);
    CU_ASSERT_EQUAL(sum, UINT64_C(0xb80672efc9fde856));
}

static void test_columns_begin_with_the_reference(void)
{
    static book_run r;
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, NULL, &r);
    const pa_table *tx = r.run.tables[0];
    const float *outlier = pa_f32(tx, "basket_outlier"), *rule = pa_f32(tx, "rule_contradicted");
    const float *low = pa_f32(tx, "low_new_amounts_1d");
    int64_t wrong = 0, odd = 0, against = 0, is_low = 0;
    for (size_t i = 0; i < tx->n_rows; i++) {
        bool speaks = pa_i64(tx, "time")[i] >= REFERENCE * DAY;
        wrong += speaks ? !isfinite(outlier[i]) || !isfinite(rule[i]) || rule[i] < 0
                        : !isnan(outlier[i]) || !isnan(rule[i]);
        wrong += speaks ? !isfinite(low[i]) || low[i] < 0 : !isnan(low[i]);
        is_low += speaks && low[i] > 0;
        odd += speaks && outlier[i] != 0;
        against += speaks && rule[i] > 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(over_ranks(&r, odd) > 1000);
    CU_ASSERT(over_ranks(&r, against) > 100);
    CU_ASSERT(over_ranks(&r, is_low) > 100);
    close_run(&r);
}

/* Whether the basket of the history that begins at row `i` of the book has all items of a set;
 * *end: where it ends. */
static bool has_set(const book *b, const pa_basket_model *m, size_t set, size_t i, size_t *end)
{
    const pa_frequent_sets *s = &m->sets;
    size_t found = 0;
    for (*end = i; *end < b->n && b->account[*end] == b->account[i] &&
                   b->time[*end] / WINDOW == b->time[i] / WINDOW;)
        ++*end;
    for (size_t k = s->first[set]; k < s->first[set + 1]; k++) {
        bool is = false;
        for (size_t j = i; j < *end; j++) {
            const int32_t item[] = {m->codes.first[0] + b->code[b->merchant[j]],
                                    m->codes.first[1] + b->category[j],
                                    m->codes.first[2] + pa_amount_band(b->amount[j]),
                                    m->codes.first[3] + pa_day_part(b->time[j])};
            for (int q = 0; q < 4; q++)
                is |= item[q] == s->item[k] && (q != 1 || b->category[j] >= 0);
        }
        found += is;
    }
    return found == s->first[set + 1] - s->first[set];
}

static int64_t slow_support(const book *b, const pa_basket_model *m, size_t set, int64_t *n_baskets)
{
    int64_t support = 0;
    *n_baskets = 0;
    for (size_t i = 0, end; i < b->n; i = end) {
        bool has = has_set(b, m, set, i, &end);
        if (b->time[i] >= REFERENCE * DAY) continue;
        support += has;
        ++*n_baskets;
    }
    return support;
}

static void test_supports_are_those_of_the_history(void)
{
    static book_run r;
    pa_basket_model m;
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, NULL, &r);
    CU_ASSERT_EQUAL(pa_basket_model_open(&r.store, &m, &r.run.err), PA_OK);
    CU_ASSERT(m.sets.n > 200 && m.rules.n > 10 && m.sets.min_support == 10);
    int64_t wrong = 0, n_baskets;
    for (size_t s = 0; s < m.sets.n; s += 7) {
        wrong += slow_support(&whole, &m, s, &n_baskets) != m.sets.support[s];
        wrong += n_baskets != m.sets.n_baskets || m.sets.support[s] < 10;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_basket_model_close(&m);
    close_run(&r);
}

static void compare_cut(const book_run *a, const book_run *b, int64_t *wrong, int64_t *n)
{
    const pa_table *x = a->run.tables[0], *y = b->run.tables[0];
    static const char *const column[] = {"basket_outlier", "rule_contradicted",
                                         "low_new_amounts_1d"};
    for (size_t i = 0, j = 0; j < y->n_rows; j++) {
        while (pa_i64(x, "tx")[i] != pa_i64(y, "tx")[j]) i++;
        for (int c = 0; c < 3; c++)
            *wrong +=
                memcmp(pa_f32(x, column[c]) + i, pa_f32(y, column[c]) + j, sizeof(float)) != 0;
        ++*n;
    }
}

static void test_later_rows_and_codes_change_no_bit(void)
{
    static book_run a, b;
    int64_t wrong = 0, n = 0;
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, NULL, &a);
    for (size_t last = 100; last < whole.n; last += 997) {
        if (whole.time[last] < REFERENCE * DAY) continue;
        cut_book(&whole, last, &other);
        run_book(&other, REFERENCE * DAY, NULL, &b);
        compare_cut(&a, &b, &wrong, &n);
        close_run(&b);
    }
    CU_ASSERT_EQUAL(over_ranks(&a, wrong), 0);
    CU_ASSERT(over_ranks(&a, n) > 3000);
    close_run(&a);
}

static void test_too_many_sets_raise_the_minimum_support(void)
{
    static book_run r;
    pa_basket_model m;
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, "patterns.max_sets=150", &r);
    CU_ASSERT_EQUAL(pa_basket_model_open(&r.store, &m, &r.run.err), PA_OK);
    CU_ASSERT(m.sets.n <= 150 && m.sets.n > 20);
    CU_ASSERT(m.sets.min_support > 10 && m.sets.min_support % 10 == 0);
    CU_ASSERT_EQUAL(r.run.n_notes, 1);
    pa_basket_model_close(&m);
    close_run(&r);
}

static void test_no_history_says_nothing(void)
{
    static book_run r;
    draw_book(&whole);
    run_book(&whole, 0, NULL, &r);
    const pa_table *tx = r.run.tables[0];
    int64_t wrong = 0;
    for (size_t i = 0; i < tx->n_rows; i++)
        wrong += pa_f32(tx, "basket_outlier")[i] != 0 || pa_f32(tx, "rule_contradicted")[i] != 0 ||
                 pa_f32(tx, "low_new_amounts_1d")[i] != 0;
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(pa_run_table(&r.run, "patterns/itemsets")->n_global, 0);
    CU_ASSERT_EQUAL(pa_run_table(&r.run, "patterns/rules")->n_global, 0);
    close_run(&r);
}

/* Whether a text stands in the table's column, on rank 0. */
static bool is_there(const pa_table *t, const char *column, const char *text)
{
    const pa_column *c = pa_table_find(t, column);
    for (size_t i = 0; i < t->n_rows; i++) {
        const char *at = (const char *)c->data + i * (size_t)c->spec.width;
        size_t n = strnlen(at, (size_t)c->spec.width);
        if (n == strlen(text) && memcmp(at, text, n) == 0) return true;
    }
    return false;
}

static void test_tables_have_names(void)
{
    static book_run r;
    draw_book(&whole);
    cut_book(&whole, whole.n - 1, &other); /* other codes, the same names */
    run_book(&other, REFERENCE * DAY, NULL, &r);
    const pa_table *sets = pa_run_table(&r.run, "patterns/itemsets");
    const pa_table *rules = pa_run_table(&r.run, "patterns/rules");
    if (pa_comm_rank(r.run.comm) == 0) {
        CU_ASSERT(is_there(sets, "items", "merchant=shop5"));
        CU_ASSERT(is_there(sets, "items", "merchant=shop5, category=kind1"));
        CU_ASSERT(is_there(sets, "items", "category=kind0, amount=1.82 to 2.55, hour=00 to 04"));
        CU_ASSERT(is_there(rules, "antecedent", "merchant=shop5"));
        CU_ASSERT(is_there(rules, "consequent", "category=kind1"));
    }
    close_run(&r);
}

/* The first value of an array is another one: a result that another program has changed. */
static void test_a_changed_model_is_found_out(void)
{
    static book_run r;
    static const char *const names[] = {"basket_codes", "basket_counts", "set_first", "set_item",
                                        "rule_first",   "rule_item",     "rule_end"};
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, NULL, &r);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        pa_basket_model m;
        const pa_store_array *a = pa_store_find(&r.store, names[k]);
        size_t size = pa_type_size(a->type, 0);
        char was[8];
        memcpy(was, a->data, size);
        memset(a->data, 0xff, size); /* -1 */
        CU_ASSERT_EQUAL(pa_basket_model_open(&r.store, &m, &(pa_error){0}), PA_E_DATA);
        pa_basket_model_close(&m);
        memcpy(a->data, was, size);
        CU_ASSERT_EQUAL(pa_basket_model_open(&r.store, &m, &(pa_error){0}), PA_OK);
        pa_basket_model_close(&m);
    }
    close_run(&r);
}

/* The last two sets change places. */
static void test_sets_out_of_order_are_found_out(void)
{
    static book_run r;
    pa_basket_model m;
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, NULL, &r);
    const pa_store_array *first = pa_store_find(&r.store, "set_first");
    int64_t at = ((const int64_t *)first->data)[first->n - 2];
    size_t size = (size_t)(((const int64_t *)first->data)[first->n - 1] - at);
    int32_t *last = (int32_t *)pa_store_find(&r.store, "set_item")->data + at,
            *before = last - size;
    CU_ASSERT_EQUAL((int64_t)size, at - ((const int64_t *)first->data)[first->n - 3]);
    for (size_t k = 0; k < size; k++) {
        int32_t was = last[k];
        last[k] = before[k];
        before[k] = was;
    }
    CU_ASSERT_EQUAL(pa_basket_model_open(&r.store, &m, &(pa_error){0}), PA_E_DATA);
    pa_basket_model_close(&m);
    close_run(&r);
}

/* ---- details ---- */

/* The answer for one row; its names as the input has them. */
static void ask(const book_run *r, const char *feature, size_t row, char answer[PA_DETAIL_BYTES])
{
    const pa_table *tx = r->run.tables[0];
    int8_t category = pa_i8(tx, "category")[row];
    char shop[NAME], kind[NAME] = "";
    int32_t m = 0;
    while (m < MERCHANTS - 1 && whole.code[m] != pa_i32(tx, "merchant")[row]) m++;
    snprintf(shop, NAME, "shop%d", m);
    if (category >= 0) snprintf(kind, NAME, "kind%d", category);
    const pa_detail_question asked = {row, feature, shop, kind};
    char text[1][PA_DETAIL_BYTES] = {""};
    CU_ASSERT_EQUAL(pa_pattern_details(r->config, &r->store, tx, 1, &asked, text, &(pa_error){0}),
                    PA_OK);
    memcpy(answer, text[0], PA_DETAIL_BYTES);
}

/* Whether one of the rules says so in words, and its strength is the value of the row. */
static bool is_a_rule(const pa_basket_model *m, const char *text, float strength)
{
    for (size_t i = 0; i < m->rules.n; i++) {
        char rule[PA_DETAIL_BYTES];
        const pa_rule *is = m->rules.rule + i;
        if (is->length != 1) continue;
        int n = snprintf(rule, sizeof rule, "%s -> %s in %u of %u baskets, %.3g %%",
                         pa_name_of_item(m, m->rules.item[m->rules.first[i]]),
                         pa_name_of_item(m, is->consequent), is->n_ac, is->n_a,
                         100. * is->n_ac / is->n_a);
        if (strncmp(text, rule, (size_t)n) != 0) continue;
        return (float)pa_rule_strength(pa_counts_of_rule(&m->rules, i)) == strength;
    }
    return false;
}

/* The rule is that of the column, and the row has another item of its consequent's kind. */
static void test_details_name_the_rule(void)
{
    static book_run r;
    pa_basket_model m;
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, NULL, &r);
    const pa_table *tx = r.run.tables[0];
    const float *rule = pa_f32(tx, "rule_contradicted");
    int64_t wrong = 0, here = 0;
    CU_ASSERT_EQUAL(pa_basket_model_open(&r.store, &m, &r.run.err), PA_OK);
    for (size_t i = 0; i < tx->n_rows; i += 5) {
        char text[PA_DETAIL_BYTES];
        ask(&r, "rule_contradicted", i, text);
        if (isnan(rule[i]) || rule[i] == 0)
            wrong += text[0] != 0;
        else
            wrong += !is_a_rule(&m, text, rule[i]);
        here += strstr(text, "-> category=kind") && strstr(text, "; here category=kind");
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(over_ranks(&r, here) > 10);
    pa_basket_model_close(&m);
    close_run(&r);
}

/* Most rows that are outliers have a pair that is known to be odd. */
static void test_details_name_the_pair(void)
{
    static book_run r;
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, NULL, &r);
    const pa_table *tx = r.run.tables[0];
    const float *outlier = pa_f32(tx, "basket_outlier");
    int64_t wrong = 0, odd = 0, named = 0;
    for (size_t i = 0; i < tx->n_rows; i++) {
        char text[PA_DETAIL_BYTES];
        if (i % 5 && !(outlier[i] > 0)) continue;
        ask(&r, "basket_outlier", i, text);
        if (text[0])
            wrong += isnan(outlier[i]) || !strstr(text, " with ") ||
                     !strstr(text, " baskets, by chance ");
        odd += outlier[i] > 0;
        named += outlier[i] > 0 && text[0];
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(over_ranks(&r, odd) > 20);
    CU_ASSERT(over_ranks(&r, 2 * named - odd) > 0);
    close_run(&r);
}

/* The last row of each account in a book that is cut off there: the same was said of it before. */
static void compare_last(const book_run *a, const book_run *b, int64_t *wrong, int64_t *n)
{
    const pa_table *x = a->run.tables[0], *y = b->run.tables[0];
    const int32_t *account = pa_i32(y, "account");
    for (size_t i = 0, j = 0; j < y->n_rows; j++) {
        char text[PA_DETAIL_BYTES], cut[PA_DETAIL_BYTES];
        while (pa_i64(x, "tx")[i] != pa_i64(y, "tx")[j]) i++;
        if (j + 1 < y->n_rows && account[j + 1] == account[j]) continue;
        ask(a, "rule_contradicted", i, text);
        ask(b, "rule_contradicted", j, cut);
        *wrong += strcmp(text, cut) != 0;
        *n += text[0] != 0;
    }
}

static void test_details_do_not_hang_on_later_rows(void)
{
    static book_run a, b;
    int64_t wrong = 0, n = 0;
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, NULL, &a);
    for (size_t last = 100; last < whole.n; last += 997) {
        if (whole.time[last] < REFERENCE * DAY) continue;
        cut_book(&whole, last, &other);
        memcpy(other.code, whole.code, sizeof other.code);
        run_book(&other, REFERENCE * DAY, NULL, &b);
        compare_last(&a, &b, &wrong, &n);
        close_run(&b);
    }
    CU_ASSERT_EQUAL(over_ranks(&a, wrong), 0);
    CU_ASSERT(over_ranks(&a, n) > 10);
    close_run(&a);
}

/* Other features are left alone. */
static void test_details_of_others_are_left_alone(void)
{
    static book_run r;
    draw_book(&whole);
    run_book(&whole, REFERENCE * DAY, NULL, &r);
    char text[2][PA_DETAIL_BYTES] = {"as it was", "as it was"};
    const pa_detail_question asked[] = {{0, "merchant_is_new", "", ""}, {0, "", "", ""}};
    CU_ASSERT_EQUAL(
        pa_pattern_details(r.config, &r.store, r.run.tables[0], 2, asked, text, &(pa_error){0}),
        PA_OK);
    CU_ASSERT_STRING_EQUAL(text[0], "as it was");
    CU_ASSERT_STRING_EQUAL(text[1], "as it was");
    close_run(&r);
}

static const pa_test tests[] = {
    {"bits do not depend on ranks", test_bits_do_not_depend_on_ranks},
    {"columns begin with the reference", test_columns_begin_with_the_reference},
    {"supports are those of the history", test_supports_are_those_of_the_history},
    {"later rows and codes change no bit", test_later_rows_and_codes_change_no_bit},
    {"too many sets raise the minimum support", test_too_many_sets_raise_the_minimum_support},
    {"no history says nothing", test_no_history_says_nothing},
    {"tables have names", test_tables_have_names},
    {"a changed model is found out", test_a_changed_model_is_found_out},
    {"sets out of order are found out", test_sets_out_of_order_are_found_out},
    {"details name the rule", test_details_name_the_rule},
    {"details name the pair", test_details_name_the_pair},
    {"details do not hang on later rows", test_details_do_not_hang_on_later_rows},
    {"details of others are left alone", test_details_of_others_are_left_alone},
};
PA_MPI_TEST_MAIN("basket_patterns", tests)

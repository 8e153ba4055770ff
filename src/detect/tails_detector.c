#include "paraudit/detect/tails_detector.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/detect/tail_rule.h"
#include "paraudit/order/quantiles.h"
#include "paraudit/order/tail_fit.h"

enum { PREFIX_BYTES = 40 };

/* Money: beside the account's own past or the merchant's, and beside what the account pays for
 * such things, and what it did lately. Then journeys that nobody makes, countries that the account
 * does not know, and many transactions at once. */
static const char default_rule[] =
    "0.5: tx_amount | amount_ratio_account | amount_z_account | amount_ratio_merchant_30d + "
    "amount_ratio_category | amount_residual_z + 0.5 account_high_count_14d; 0.4: speed_kmh; "
    "0.08: country_surprise | currency_surprise; 0.02: account_tx_count_1h | account_velocity_1h";

/* Merchants that the account's other merchants have nothing to do with, amounts that are not paid
 * there, and low ones one after the other where the account is new. */
static const char combined_rule[] =
    "1: company_none_share + -company_lift + merchant_amount_surprise + 0.5 low_new_amounts_1d";

#define RULE_OPTIONS(name, rule)                                                                   \
    {.key = name ".rule",                                                                          \
     .type = PA_OPTION_TEXT,                                                                       \
     .fallback = (rule),                                                                           \
     .meaning = "families `share: term + term`, with ; between; a term is a weight (or none) and " \
                "columns with | between, of which the least likely counts; one behind a minus is " \
                "unlikely where it is small"},                                                     \
        {.key = name ".knots",                                                                     \
         .type = PA_OPTION_INT,                                                                    \
         .fallback = "4096",                                                                       \
         .min = 2,                                                                                 \
         .max = PA_TAIL_MAX_KNOTS,                                                                 \
         .unit = "knots",                                                                          \
         .meaning = "points at which the distribution of a column or a family is kept"},           \
        PA_DETECTOR_OPTIONS(name)

static const pa_option_spec options[] = {RULE_OPTIONS("tails", default_rule), {0}};
static const pa_option_spec combined_options[] = {RULE_OPTIONS("combinations", combined_rule), {0}};

/* What the two detectors differ in. */
typedef struct {
    const char *rule, *knots; /* keys */
    const char *fallback;     /* of the rule */
} rule_keys;

static const rule_keys of_tails = {"tails.rule", "tails.knots", default_rule};
static const rule_keys of_combinations = {"combinations.rule", "combinations.knots", combined_rule};

/* ---- the rule ---- */

static pa_status read_rule(const rule_keys *keys, const pa_config *config, pa_tail_rule *rule,
                           pa_error *err)
{
    return pa_tail_rule_read(keys->rule, pa_config_text(config, keys->rule), rule, err);
}

/* A book may lack what the rule that nobody has set speaks of. */
static pa_status choose_by(const rule_keys *keys, const pa_config *config, size_t n,
                           const pa_column_spec *const feature[], bool chosen[], pa_error *err)
{
    pa_tail_rule rule;
    PA_TRY(read_rule(keys, config, &rule, err));
    bool is_default = strcmp(pa_config_text(config, keys->rule), keys->fallback) == 0;
    for (size_t c = 0; c < rule.n_columns; c++) {
        size_t i = 0;
        while (i < n && strcmp(feature[i]->name, rule.name[c]) != 0) i++;
        if (i < n)
            chosen[i] = true;
        else if (!is_default)
            return pa_fail(err, PA_E_CONFIG, "%s: '%s' is no feature column here", keys->rule,
                           rule.name[c]);
    }
    return PA_OK;
}

static pa_status choose(const pa_config *config, size_t n, const pa_column_spec *const feature[],
                        bool chosen[], pa_error *err)
{
    return choose_by(&of_tails, config, n, feature, chosen, err);
}

static pa_status choose_combined(const pa_config *config, size_t n,
                                 const pa_column_spec *const feature[], bool chosen[],
                                 pa_error *err)
{
    return choose_by(&of_combinations, config, n, feature, chosen, err);
}

/* The rule without what the points lack; place: which of their columns each of its own is. */
static pa_status rule_of_points(const rule_keys *keys, const pa_config *config,
                                const pa_points *points, pa_tail_rule *rule, int place[],
                                pa_error *err)
{
    bool keep[PA_RULE_COLUMNS] = {0};
    size_t n = 0;
    PA_TRY(read_rule(keys, config, rule, err));
    for (size_t c = 0; c < rule->n_columns; c++) {
        for (size_t i = 0; i < points->n_columns && !keep[c]; i++) {
            keep[c] = strcmp(points->column[i]->spec.name, rule->name[c]) == 0;
            if (keep[c]) place[n++] = (int)i;
        }
    }
    pa_tail_rule_keep(rule, keep);
    if (rule->n_columns > 0) return PA_OK;
    return pa_fail(err, PA_E_CONFIG, "%s: none of its columns is there", keys->rule);
}

/* ---- a model ready to score ---- */

typedef struct {
    pa_tail_rule rule;
    const int32_t *place; /* of the model */
    pa_tail *column[PA_RULE_COLUMNS], *family[PA_RULE_FAMILIES];
    float *unlikely, *value, *family_unlikely; /* columns, families, families x PA_TILE_ROWS */
} opened;

static void close(void *state)
{
    opened *o = state;
    if (!o) return;
    for (size_t c = 0; c < PA_RULE_COLUMNS; c++) pa_tail_free(o->column[c]);
    for (size_t f = 0; f < PA_RULE_FAMILIES; f++) pa_tail_free(o->family[f]);
    pa_free(o->unlikely);
    pa_free(o->value);
    pa_free(o->family_unlikely);
    pa_free(o);
}

static pa_status no_rule(const pa_store *model, pa_error *err)
{
    return pa_fail(err, PA_E_DATA, "model '%s': its arrays are not those of a rule", model->name);
}

static pa_status read_numbers(const pa_store *model, size_t n_columns, opened *o, pa_error *err)
{
    const void *place, *falling, *term, *family, *weight, *share;
    size_t n, n_falling, n_term, n_family, n_weight, n_share;
    pa_tail_rule *r = &o->rule;
    PA_TRY(pa_store_get(model, "place", PA_I32, &place, &n, err));
    PA_TRY(pa_store_get(model, "falling", PA_I32, &falling, &n_falling, err));
    PA_TRY(pa_store_get(model, "term_of", PA_I32, &term, &n_term, err));
    PA_TRY(pa_store_get(model, "family_of", PA_I32, &family, &n_family, err));
    PA_TRY(pa_store_get(model, "weight", PA_F64, &weight, &n_weight, err));
    PA_TRY(pa_store_get(model, "share", PA_F64, &share, &n_share, err));
    if (n > PA_RULE_COLUMNS || n_falling != n || n_term != n || n_family > n ||
        n_weight != n_family || n_share > PA_RULE_FAMILIES)
        return no_rule(model, err);
    *r = (pa_tail_rule){.n_columns = n, .n_terms = n_family, .n_families = n_share};
    for (size_t i = 0; i < n; i++) r->falling[i] = ((const int32_t *)falling)[i] != 0;
    for (size_t i = 0; i < n; i++) r->term_of[i] = ((const int32_t *)term)[i];
    for (size_t i = 0; i < n_family; i++) r->family_of[i] = ((const int32_t *)family)[i];
    memcpy(r->weight, weight, n_weight * sizeof(double));
    memcpy(r->share, share, n_share * sizeof(double));
    o->place = place;
    bool good = pa_tail_rule_is_whole(r);
    for (size_t i = 0; i < n; i++) good = good && (uint32_t)o->place[i] < n_columns;
    return good ? PA_OK : no_rule(model, err);
}

/* The tail that stands there under a prefix. */
static pa_status read_tail(const pa_store *model, const char *what, size_t k, pa_tail **tail,
                           pa_error *err)
{
    char prefix[PREFIX_BYTES];
    pa_store view = {0};
    snprintf(prefix, sizeof prefix, "%s%zu_", what, k);
    PA_TRY(pa_store_view(model, prefix, &view, err));
    pa_status st = pa_tail_read(&view, tail, err);
    pa_store_free(&view);
    return st;
}

static bool has_families(const pa_tail_rule *rule)
{
    return rule->n_families > 1;
}

static pa_status read_tails(const pa_store *model, bool families, opened *o, pa_error *err)
{
    const pa_tail_rule *r = &o->rule;
    for (size_t c = 0; c < r->n_columns; c++)
        PA_TRY(read_tail(model, "column", c, o->column + c, err));
    for (size_t f = 0; families && f < r->n_families; f++)
        PA_TRY(read_tail(model, "family", f, o->family + f, err));
    PA_TRY(PA_NEW(o->unlikely, r->n_columns * PA_TILE_ROWS, err));
    PA_TRY(PA_NEW(o->value, r->n_families * PA_TILE_ROWS, err));
    return PA_NEW(o->family_unlikely, r->n_families * PA_TILE_ROWS, err);
}

/* families: whether their tails are there, and wanted. */
static pa_status open_model(const pa_store *model, size_t n_columns, bool families, opened **o,
                            pa_error *err)
{
    *o = NULL;
    opened *new;
    PA_TRY(PA_NEW(new, 1, err));
    pa_status st = read_numbers(model, n_columns, new, err);
    if (st == PA_OK) st = read_tails(model, families && has_families(&new->rule), new, err);
    if (st == PA_OK)
        *o = new;
    else
        close(new);
    return st;
}

static pa_status open(const pa_store *model, size_t n_columns, bool explains, void **state,
                      pa_error *err)
{
    (void)explains;
    opened *o;
    pa_status st = open_model(model, n_columns, true, &o, err);
    *state = o;
    return st;
}

/* ---- score ---- */

/* -ln of the tail; a missing value is the most ordinary one. */
static void find_unlikely(const pa_tail *tail, bool falling, size_t n, const float value[],
                          float unlikely[])
{
    for (size_t i = 0; i < n; i++) {
        float u = pa_tail_unlikely(tail, falling ? -value[i] : value[i]);
        unlikely[i] = isnan(u) ? 0 : u;
    }
}

/* The values of the families, into o->value. */
static void find_values(opened *o, size_t n, const float *const column[])
{
    for (size_t c = 0; c < o->rule.n_columns; c++)
        find_unlikely(o->column[c], o->rule.falling[c], n, column[o->place[c]],
                      o->unlikely + c * n);
    pa_tail_rule_values(&o->rule, n, o->unlikely, o->value);
}

static void put_parts(const opened *o, size_t n, int64_t part[], size_t n_columns)
{
    const pa_tail_rule *r = &o->rule;
    memset(part, 0, n_columns * n * sizeof *part);
    for (size_t c = 0; c < r->n_columns; c++) {
        double unit = r->weight[r->term_of[c]] * PA_PART_UNITS;
        int64_t *to = part + (size_t)o->place[c] * n;
        for (size_t i = 0; i < n; i++) to[i] = (int64_t)((double)o->unlikely[c * n + i] * unit);
    }
}

static void score(void *state, size_t n, const float *const column[], float raw[], int64_t part[])
{
    opened *o = state;
    find_values(o, n, column);
    if (!has_families(&o->rule)) {
        memcpy(raw, o->value, n * sizeof *raw);
    } else {
        for (size_t f = 0; f < o->rule.n_families; f++)
            find_unlikely(o->family[f], false, n, o->value + f * n, o->family_unlikely + f * n);
        pa_tail_rule_score(&o->rule, n, o->family_unlikely, raw);
    }
    if (part) put_parts(o, n, part, o->rule.n_columns);
}

/* ---- fit ---- */

static pa_status put_rule(const pa_tail_rule *r, const int place[], pa_store *model, pa_error *err)
{
    void *to, *falling, *term, *family, *weight, *share;
    PA_TRY(pa_store_put(model, "place", PA_I32, r->n_columns, 1,
                        "which of the columns that are read each of the rule's is", &to, err));
    PA_TRY(pa_store_put(model, "falling", PA_I32, r->n_columns, 1,
                        "1: the smaller a value of the column the odder", &falling, err));
    PA_TRY(
        pa_store_put(model, "term_of", PA_I32, r->n_columns, 1, "term of each column", &term, err));
    PA_TRY(pa_store_put(model, "family_of", PA_I32, r->n_terms, 1, "family of each term", &family,
                        err));
    PA_TRY(
        pa_store_put(model, "weight", PA_F64, r->n_terms, 1, "weight of each term", &weight, err));
    PA_TRY(pa_store_put(model, "share", PA_F64, r->n_families, 1,
                        "share of the top that is for each family", &share, err));
    for (size_t c = 0; c < r->n_columns; c++) {
        ((int32_t *)to)[c] = place[c];
        ((int32_t *)falling)[c] = r->falling[c];
        ((int32_t *)term)[c] = r->term_of[c];
    }
    for (size_t t = 0; t < r->n_terms; t++) ((int32_t *)family)[t] = r->family_of[t];
    memcpy(weight, r->weight, r->n_terms * sizeof(double));
    memcpy(share, r->share, r->n_families * sizeof(double));
    return PA_OK;
}

/* The tails number first .. first + m - 1, each under a prefix; `set` lacks their stores. */
static pa_status fit_tails(const pa_detector_context *x, size_t knots, const char *what,
                           size_t first, size_t m, pa_tail_set set[], pa_store *model,
                           pa_error *err)
{
    char prefix[PREFIX_BYTES];
    pa_store one[PA_RULE_COLUMNS];
    for (size_t k = 0; k < m; k++) {
        pa_store_init(one + k, "tails", 0);
        set[k].store = one + k;
    }
    pa_status fitted = pa_tails_fit(x->comm, m, set, knots, err), st = fitted;
    for (size_t k = 0; st == PA_OK && k < m; k++) {
        snprintf(prefix, sizeof prefix, "%s%zu_", what, first + k);
        st = pa_store_take(model, one + k, prefix, err);
    }
    for (size_t k = 0; k < m; k++) pa_store_free(one + k);
    return fitted == PA_OK ? pa_agree(x->comm, st, err) : fitted;
}

/* What the tails of a group of columns are fitted on. */
typedef struct {
    size_t together;
    uint32_t *row; /* the points here */
    float *known;  /* together x points */
    pa_tail_set set[PA_RULE_COLUMNS];
} group;

static pa_status new_group(const pa_points *points, group *g, pa_error *err)
{
    PA_TRY(pa_list_points(points, &g->row, err));
    return PA_NEW(g->known, g->together * (size_t)points->n, err);
}

/* The k-th of the group is column c of the rule. */
static void take_column(const pa_points *points, const pa_tail_rule *rule, const int place[],
                        size_t c, size_t k, group *g)
{
    float *known = g->known + k * (size_t)points->n;
    size_t n = pa_known_values(points->column[place[c]], (size_t)points->n, g->row, known);
    for (size_t i = 0; rule->falling[c] && i < n; i++) known[i] = -known[i];
    g->set[k] = (pa_tail_set){.n = n, .raw = known};
}

static pa_status fit_columns(const pa_detector_context *x, size_t knots, const pa_points *points,
                             const pa_tail_rule *rule, const int place[], pa_store *model,
                             pa_error *err)
{
    group g = {.together = pa_quantiles_group(x->comm, rule->n_columns, points->n, knots)};
    pa_status st = pa_agree(x->comm, new_group(points, &g, err), err);
    for (size_t c = 0; st == PA_OK && c < rule->n_columns; c += g.together) {
        size_t left = rule->n_columns - c, m = left < g.together ? left : g.together;
        for (size_t k = 0; k < m; k++) take_column(points, rule, place, c + k, k, &g);
        st = fit_tails(x, knots, "column", c, m, g.set, model, err);
        pa_log_progress(x->log, "tails of columns", (int64_t)(c + m), (int64_t)rule->n_columns);
        if (st == PA_OK) st = pa_detector_step(x);
    }
    pa_free(g.row);
    pa_free(g.known);
    return st;
}

/* value: n_families x n points. */
static pa_status value_points(const pa_points *points, opened *o, float value[], pa_error *err)
{
    pa_tile tile = {0};
    size_t n = (size_t)points->n;
    PA_TRY(pa_tile_open(&tile, points, err));
    for (size_t done = 0; pa_tile_next(&tile); done += tile.n) {
        find_values(o, tile.n, tile.column);
        for (size_t f = 0; f < o->rule.n_families; f++)
            memcpy(value + f * n + done, o->value + f * tile.n, tile.n * sizeof *value);
    }
    pa_tile_free(&tile);
    return PA_OK;
}

static pa_status fit_families(const pa_detector_context *x, size_t knots, const pa_points *points,
                              pa_store *model, pa_error *err)
{
    opened *o = NULL;
    float *value = NULL;
    pa_tail_set set[PA_RULE_FAMILIES];
    size_t n = (size_t)points->n, families = 0, together = 1;
    pa_status st = open_model(model, points->n_columns, false, &o, err);
    if (st == PA_OK) families = o->rule.n_families;
    if (st == PA_OK) st = PA_NEW(value, families * n, err);
    if (st == PA_OK) st = value_points(points, o, value, err);
    st = pa_agree(x->comm, st, err);
    if (st == PA_OK) together = pa_quantiles_group(x->comm, families, points->n, knots);
    for (size_t f = 0; st == PA_OK && f < families; f += together) {
        size_t m = families - f < together ? families - f : together;
        for (size_t k = 0; k < m; k++) set[k] = (pa_tail_set){.n = n, .raw = value + (f + k) * n};
        st = fit_tails(x, knots, "family", f, m, set, model, err);
        if (st == PA_OK) st = pa_detector_step(x);
    }
    pa_free(value);
    close(o);
    return st;
}

static pa_status fit_by(const rule_keys *keys, const pa_detector_context *x,
                        const pa_points *points, pa_store *model, pa_error *err)
{
    pa_tail_rule rule;
    int place[PA_RULE_COLUMNS];
    size_t knots = (size_t)pa_config_int(x->config, keys->knots);
    pa_status st = rule_of_points(keys, x->config, points, &rule, place, err);
    if (st == PA_OK) st = put_rule(&rule, place, model, err);
    PA_AGREE(x->comm, st, err);
    PA_TRY(fit_columns(x, knots, points, &rule, place, model, err));
    return has_families(&rule) ? fit_families(x, knots, points, model, err) : PA_OK;
}

static pa_status fit(const pa_detector_context *x, const pa_points *points, pa_store *model,
                     pa_error *err)
{
    return fit_by(&of_tails, x, points, model, err);
}

static pa_status fit_combined(const pa_detector_context *x, const pa_points *points,
                              pa_store *model, pa_error *err)
{
    return fit_by(&of_combinations, x, points, model, err);
}

const pa_detector pa_tails_detector = {
    .name = "tails",
    .title = "rule of tails",
    .scale = "how unlikely the least likely family of its rule is, -ln of its tail over its share",
    .least_rows = 1,
    .most_columns = 32768,
    .options = options,
    .choose = choose,
    .fit = fit,
    .open = open,
    .close = close,
    .score = score,
};

const pa_stage pa_tails_stage = PA_DETECTOR_STAGE(pa_tails_detector, "tails", 2, options, 100, 200);

const pa_detector pa_combinations_detector = {
    .name = "combinations",
    .title = "rule of combinations",
    .scale =
        "how unlikely the row's merchant, amount and account are together, -ln of tails, added",
    .least_rows = 1,
    .most_columns = 32768,
    .options = combined_options,
    .choose = choose_combined,
    .fit = fit_combined,
    .open = open,
    .close = close,
    .score = score,
};

const pa_stage pa_combinations_stage =
    PA_DETECTOR_STAGE(pa_combinations_detector, "combinations", 1, combined_options, 100, 200);

#include "paraudit/detect/tail_rule.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/math.h"
#include "paraudit/base/text.h"

static const char blanks[] = " \t\r\n";

/* ---- reading ---- */

/* Where the reading is. */
typedef struct {
    const char *key, *at;
    pa_tail_rule *rule;
    pa_error *err;
} reader;

static void skip_blanks(reader *r)
{
    r->at += strspn(r->at, blanks);
}

static bool take(reader *r, char c)
{
    skip_blanks(r);
    if (*r->at != c) return false;
    r->at++;
    return true;
}

static pa_status no_rule(const reader *r, const char *what)
{
    int length = (int)strnlen(r->at, 20);
    if (length == 0)
        return pa_fail(r->err, PA_E_CONFIG, "%s: %s is missing at its end", r->key, what);
    return pa_fail(r->err, PA_E_CONFIG, "%s: %s is missing before '%.*s'", r->key, what, length,
                   r->at);
}

static pa_status read_number(reader *r, const char *what, double *value)
{
    skip_blanks(r);
    size_t length = strspn(r->at, "0123456789.eE+-");
    if (!pa_parse_double(r->at, length, value) || !(*value > 0) || !isfinite(*value))
        return no_rule(r, what);
    r->at += length;
    return PA_OK;
}

static pa_status read_column(reader *r)
{
    pa_tail_rule *rule = r->rule;
    bool falling = take(r, '-');
    skip_blanks(r);
    size_t length = strcspn(r->at, " \t\r\n|+;:");
    if (length == 0) return no_rule(r, "a column");
    if (length >= PA_RULE_NAME || rule->n_columns == PA_RULE_COLUMNS)
        return pa_fail(r->err, PA_E_CONFIG, "%s: more than %d columns, or a name of %d bytes",
                       r->key, PA_RULE_COLUMNS, PA_RULE_NAME);
    char *name = rule->name[rule->n_columns];
    memcpy(name, r->at, length);
    name[length] = '\0';
    for (size_t i = 0; i < rule->n_columns; i++)
        if (strcmp(rule->name[i], name) == 0)
            return pa_fail(r->err, PA_E_CONFIG, "%s: '%s' stands there twice", r->key, name);
    rule->falling[rule->n_columns] = falling;
    rule->term_of[rule->n_columns++] = (int)rule->n_terms;
    r->at += length;
    return PA_OK;
}

static pa_status read_term(reader *r)
{
    pa_tail_rule *rule = r->rule;
    double weight = 1;
    skip_blanks(r);
    if (*r->at && strchr("0123456789.", *r->at))
        PA_TRY(read_number(r, "a weight above 0", &weight));
    do PA_TRY(read_column(r));
    while (take(r, '|'));
    rule->weight[rule->n_terms] = weight;
    rule->family_of[rule->n_terms++] = (int)rule->n_families;
    return PA_OK;
}

static pa_status read_family(reader *r)
{
    pa_tail_rule *rule = r->rule;
    if (rule->n_families == PA_RULE_FAMILIES)
        return pa_fail(r->err, PA_E_CONFIG, "%s: more than %d families", r->key, PA_RULE_FAMILIES);
    PA_TRY(read_number(r, "a share above 0", rule->share + rule->n_families));
    if (!take(r, ':')) return no_rule(r, "a colon");
    do PA_TRY(read_term(r));
    while (take(r, '+'));
    rule->n_families++;
    return PA_OK;
}

/* Shares that were written with decimals add up to a little more. */
static bool are_shares(const pa_tail_rule *rule)
{
    double sum = 0;
    for (size_t f = 0; f < rule->n_families; f++) {
        if (!(rule->share[f] > 0)) return false;
        sum += rule->share[f];
    }
    return sum <= 1 + 1e-9;
}

pa_status pa_tail_rule_read(const char *key, const char *text, pa_tail_rule *rule, pa_error *err)
{
    reader r = {.key = key, .at = text, .rule = rule, .err = err};
    memset(rule, 0, sizeof *rule);
    do PA_TRY(read_family(&r));
    while (take(&r, ';'));
    skip_blanks(&r);
    if (*r.at) return no_rule(&r, "| or + or ;");
    if (!are_shares(rule))
        return pa_fail(err, PA_E_CONFIG, "%s: the shares add up to more than 1", key);
    return PA_OK;
}

/* ---- leaving out ---- */

void pa_tail_rule_keep(pa_tail_rule *rule, const bool keep[])
{
    pa_tail_rule old = *rule;
    rule->n_columns = rule->n_terms = rule->n_families = 0;
    int term = -1, family = -1;
    for (size_t c = 0; c < old.n_columns; c++) {
        int t = old.term_of[c], f = old.family_of[t];
        if (!keep[c]) continue;
        if (f != family) rule->share[rule->n_families++] = old.share[f];
        if (t != term) {
            rule->weight[rule->n_terms] = old.weight[t];
            rule->family_of[rule->n_terms++] = (int)rule->n_families - 1;
        }
        memcpy(rule->name[rule->n_columns], old.name[c], PA_RULE_NAME);
        rule->falling[rule->n_columns] = old.falling[c];
        rule->term_of[rule->n_columns++] = (int)rule->n_terms - 1;
        term = t;
        family = f;
    }
}

/* Whether n numbers are 0, 0, 1, 1, 2 ... up to the last of them. */
static bool count_up(size_t n, const int number[], size_t last)
{
    int before = 0;
    if (n == 0 || number[0] != 0) return false;
    for (size_t i = 0; i < n; i++) {
        if (number[i] != before && number[i] != before + 1) return false;
        before = number[i];
    }
    return (size_t)before + 1 == last;
}

bool pa_tail_rule_is_whole(const pa_tail_rule *rule)
{
    if (rule->n_columns > PA_RULE_COLUMNS || rule->n_terms > rule->n_columns ||
        rule->n_families > PA_RULE_FAMILIES)
        return false;
    for (size_t t = 0; t < rule->n_terms; t++)
        if (!(rule->weight[t] > 0 && isfinite(rule->weight[t]))) return false;
    return count_up(rule->n_columns, rule->term_of, rule->n_terms) &&
           count_up(rule->n_terms, rule->family_of, rule->n_families) && are_shares(rule);
}

/* ---- scoring ---- */

/* The largest of the columns from *column on that are of term t, in row i; moves *column. */
static float largest_of(const pa_tail_rule *rule, size_t t, size_t n, size_t i,
                        const float unlikely[], size_t *column)
{
    float most = 0;
    for (; *column < rule->n_columns && rule->term_of[*column] == (int)t; ++*column) {
        float v = unlikely[*column * n + i];
        if (v > most) most = v;
    }
    return most;
}

void pa_tail_rule_values(const pa_tail_rule *rule, size_t n, const float unlikely[], float value[])
{
    for (size_t i = 0; i < n; i++) {
        double sum[PA_RULE_FAMILIES] = {0};
        size_t column = 0;
        for (size_t t = 0; t < rule->n_terms; t++)
            sum[rule->family_of[t]] +=
                rule->weight[t] * (double)largest_of(rule, t, n, i, unlikely, &column);
        for (size_t f = 0; f < rule->n_families; f++) value[f * n + i] = (float)sum[f];
    }
}

void pa_tail_rule_score(const pa_tail_rule *rule, size_t n, const float unlikely[], float score[])
{
    double head_start[PA_RULE_FAMILIES] = {0};
    for (size_t f = 0; f < rule->n_families; f++) head_start[f] = pa_ln(rule->share[f]);
    for (size_t i = 0; i < n; i++) {
        double most = head_start[0] + (double)unlikely[i];
        for (size_t f = 1; f < rule->n_families; f++) {
            double v = head_start[f] + (double)unlikely[f * n + i];
            if (v > most) most = v;
        }
        score[i] = (float)most;
    }
}

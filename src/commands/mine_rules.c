#include "mine_rules.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "paraudit/base/decimal.h"
#include "paraudit/base/stop.h"
#include "paraudit/base/text.h"
#include "paraudit/patterns/rules_all.h"
#include "paraudit/text/cell.h"

/* ---- the command line ---- */

static pa_status read_number(const pa_arguments *a, const char *flag, double otherwise, double most,
                             double *to, pa_error *err)
{
    const char *text = pa_value_of(a, flag);
    *to = otherwise;
    if (!text || (pa_parse_double(text, strlen(text), to) && *to >= 0 && *to <= most)) return PA_OK;
    if (most < INFINITY)
        return pa_fail(err, PA_E_USAGE, "%s '%s' is not a number from 0 to %g", flag, text, most);
    return pa_fail(err, PA_E_USAGE, "%s '%s' is not a number from 0 on", flag, text);
}

static pa_status check_alone(const pa_arguments *a, pa_error *err)
{
    static const char *const of_rules[] = {"--min-confidence", "--min-lift", "--max-fdr",
                                           "--min-improvement", "--no-redundant"};
    for (size_t i = 0; i < sizeof of_rules / sizeof *of_rules; i++)
        if (pa_is_given(a, of_rules[i]))
            return pa_fail(err, PA_E_USAGE, "%s is of rules, and --rules is not given",
                           of_rules[i]);
    return PA_OK;
}

pa_status pa_read_rule_settings(const pa_arguments *a, size_t memory, pa_rule_settings *s,
                                pa_error *err)
{
    pa_rule_options *o = &s->options;
    const char *out = pa_value_of(a, "--out");
    s->path = pa_value_of(a, "--rules");
    *o = (pa_rule_options){.memory = memory, .drop_redundant = pa_is_given(a, "--no-redundant")};
    if (!s->path) return check_alone(a, err);
    if (out && strcmp(out, s->path) == 0)
        return pa_fail(err, PA_E_USAGE, "--rules and --out are to be two files");
    PA_TRY(read_number(a, "--min-confidence", 0.8, 1, &o->min_confidence, err));
    PA_TRY(read_number(a, "--min-lift", 0, INFINITY, &o->min_lift, err));
    PA_TRY(read_number(a, "--max-fdr", 1, 1, &o->max_fdr, err));
    return read_number(a, "--min-improvement", 0, 1, &o->min_improvement, err);
}

/* ---- rules as lines ---- */

enum {
    DIGITS = 12,
    ODDS_DIGITS = 6,              /* of p and q themselves; their logarithms are there too */
    NUMBER = PA_DECIMAL_TEXT + 1, /* bytes with what stands between */
    NUMBERS = 20                  /* in a line, beside the items, or fewer */
};

static const char header[] =
    "antecedent,consequent,baskets,with_antecedent,with_consequent,with_both,support,confidence,"
    "lift,leverage,conviction,kulczynski,imbalance,improvement,p,q,ln_p,ln_q,redundant\n";

typedef struct {
    int64_t n_baskets;
    const pa_rule_list *list;
    const pa_mine_input *in;
    size_t *first;   /* of each antecedent */
    pa_buffer words; /* of the one at hand */
} rule_lines;

static pa_status add_numbers(const rule_lines *l, size_t i, pa_buffer *text, pa_error *err)
{
    const int32_t *number = l->in->number, *item = l->list->item;
    PA_TRY(pa_buffer_reserve(text, (size_t)NUMBER * (l->list->rule[i].length + 1), err));
    char *to = text->data + text->length;
    for (size_t k = l->first[i]; k < l->first[i + 1]; k++) {
        to = pa_put_u64(to, (uint64_t)number[item[k]]);
        *to++ = k + 1 < l->first[i + 1] ? ' ' : ',';
    }
    to = pa_put_u64(to, (uint64_t)number[l->list->rule[i].consequent]);
    text->length = (size_t)(to - text->data);
    return PA_OK;
}

/* Names as they stand in a line of sets, with blanks between: a cell. */
static pa_status add_cell(rule_lines *l, const int32_t item[], size_t n, pa_buffer *text,
                          pa_error *err)
{
    const pa_names *word = &l->in->word;
    l->words.length = 0;
    for (size_t k = 0; k < n; k++) {
        size_t begin = word->start[item[k]], end = word->start[item[k] + 1];
        if (k) PA_TRY(pa_buffer_add(&l->words, " ", 1, err));
        PA_TRY(pa_buffer_add(&l->words, word->bytes + begin, end - begin, err));
    }
    return pa_add_cell(text, l->words.data, l->words.length, err);
}

static pa_status add_names(rule_lines *l, size_t i, pa_buffer *text, pa_error *err)
{
    const int32_t *item = l->list->item + l->first[i];
    PA_TRY(add_cell(l, item, l->first[i + 1] - l->first[i], text, err));
    PA_TRY(pa_buffer_add(text, ",", 1, err));
    return add_cell(l, &l->list->rule[i].consequent, 1, text, err);
}

static char *put_counts(char *to, pa_rule_counts c)
{
    const int64_t counts[] = {c.n, c.n_a, c.n_c, c.n_ac};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        *to++ = ',';
        to = pa_put_u64(to, (uint64_t)counts[k]);
    }
    return to;
}

static char *put_measures(char *to, const pa_rule *r, pa_rule_counts counts)
{
    pa_rule_measures m = pa_measure_rule(counts);
    const double v[] = {m.support,    m.confidence, m.lift,      m.leverage,
                        m.conviction, m.kulczynski, m.imbalance, r->improvement};
    for (size_t k = 0; k < sizeof v / sizeof *v; k++) {
        *to++ = ',';
        to = pa_put_decimal(to, v[k], DIGITS);
    }
    return to;
}

static char *put_odds(char *to, const pa_rule *r)
{
    *to++ = ',';
    to = pa_put_exp(to, r->ln_p, ODDS_DIGITS);
    *to++ = ',';
    to = pa_put_exp(to, r->ln_q, ODDS_DIGITS);
    *to++ = ',';
    to = pa_put_decimal(to, r->ln_p, DIGITS);
    *to++ = ',';
    return pa_put_decimal(to, r->ln_q, DIGITS);
}

static pa_status add_line(rule_lines *l, size_t i, pa_buffer *text, pa_error *err)
{
    const pa_rule *r = l->list->rule + i;
    pa_rule_counts counts = {l->n_baskets, r->n_a, r->n_c, r->n_ac};
    PA_TRY(l->in->number ? add_numbers(l, i, text, err) : add_names(l, i, text, err));
    PA_TRY(pa_buffer_reserve(text, (size_t)NUMBER * NUMBERS, err));
    char *to = text->data + text->length;
    to = put_odds(put_measures(put_counts(to, counts), r, counts), r);
    *to++ = ',';
    *to++ = r->redundant ? '1' : '0';
    *to++ = '\n';
    text->length = (size_t)(to - text->data);
    return PA_OK;
}

static pa_status add_lines(void *maker, size_t from, size_t until, pa_buffer *text, pa_error *err)
{
    for (size_t i = from; i < until; i++) PA_TRY(add_line(maker, i, text, err));
    return PA_OK;
}

static pa_status write_rules(pa_comm *comm, const pa_found_rules *found, const pa_mine_input *in,
                             pa_sink *sink, pa_error *err)
{
    rule_lines l = {.n_baskets = found->n_baskets, .list = &found->here, .in = in};
    pa_status st;
    PA_GOTO(pa_agree(comm, PA_NEW(l.first, found->here.n + 1, err), err));
    pa_firsts_of_rules(&found->here, l.first);
    PA_GOTO(pa_sink_add_head(sink, 0, header, err));
    st = pa_sink_add_rows(sink, 0, found->here.n, add_lines, &l, err);
out:
    pa_free(l.first);
    pa_buffer_free(&l.words);
    return st;
}

/* ---- all of it ---- */

static pa_status find_rules(pa_comm *comm, const pa_rule_settings *s, const pa_mine_input *in,
                            const pa_task_results *sets, pa_sink *sink, pa_rules_told *told,
                            pa_error *err)
{
    pa_found_rules found = {0};
    PA_TRY(pa_find_rules(comm, sets, in->here->n_items, in->n_global, &s->options, &found, err));
    pa_status st = write_rules(comm, &found, in, sink, err);
    told->n = found.n;
    told->n_tested = found.n_tested;
    pa_found_rules_free(&found);
    return st;
}

pa_status pa_mine_rules(pa_comm *comm, const pa_rule_settings *s, pa_mine_engine *mine,
                        const pa_mine_input *in, const pa_mine_request *sets, pa_sink *sink,
                        pa_rules_told *told, pa_error *err)
{
    pa_mine_request request = *sets;
    pa_mined mined;
    request.kind = PA_SETS_ALL;
    request.sets.min_length = 1;
    request.write = pa_write_set_record;
    request.predicted = NULL;
    request.beside = pa_mine_beside(s->path);
    pa_stop_allow(mine != pa_mine); /* which saves first */
    pa_status st = mine(comm, in->here, &request, &mined, err);
    pa_stop_allow(st == PA_OK);
    if (st == PA_OK) {
        st = find_rules(comm, s, in, &mined.results, sink, told, err);
        told->mined = (pa_mined){.n_frequent = mined.n_frequent,
                                 .min_support = mined.min_support,
                                 .n_cut = mined.n_cut,
                                 .n_left_out = mined.n_left_out};
        pa_mined_free(&mined);
    }
    pa_stop_allow(false);
    return st;
}

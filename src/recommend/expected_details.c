#include "expected_details.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expected_columns.h"
#include "expected_model.h"

const char *const pa_expected_part_names[PA_N_CHOICE_PARTS] = {
    [PA_CHOICE_OWN] = "the account's own transactions",
    [PA_CHOICE_RETURNED] = "merchants that the account came back to",
    [PA_CHOICE_COMPANY] = "customers of its merchants",
    [PA_CHOICE_LAST] = "customers of the merchants used last",
    [PA_CHOICE_VECTORS] = "merchants like its own",
    [PA_CHOICE_RULES] = "rules of merchants",
    [PA_CHOICE_SEGMENT] = "accounts of like pace and amount",
    [PA_CHOICE_POPULAR] = "all accounts",
    [PA_CHOICE_ROOT] = "all accounts, large merchants less",
    [PA_CHOICE_EVEN] = "one of many merchants",
    [PA_CHOICE_FEW] = "one of many small merchants",
    [PA_CHOICE_UNSEEN] = "a new merchant"};

const char *const pa_expected_detail_reads[] = {"account", "merchant", "time", NULL};

/* Bytes of a name that is cut, between characters, to leave room for the rest. */
static int name_length(const char *name, size_t most)
{
    size_t n = strlen(name);
    if (n > most)
        for (n = most; n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80;) n--;
    return (int)n;
}

/* The account's merchant that the strongest rule to the row's merchant starts from, as
 * PA_CHOICE_RULES looks at them, and the row of its last use; -1: there is none. */
static int32_t strongest_rule(const pa_table *tx, const pa_merchant_rules *rules, size_t row,
                              size_t *used)
{
    const int32_t *account = pa_i32(tx, "account"), *merchant = pa_i32(tx, "merchant");
    const int64_t *time = pa_i64(tx, "time");
    int32_t last[PA_CHOICE_OTHERS], best = -1;
    size_t at[PA_CHOICE_OTHERS], first[PA_CHOICE_OTHERS], n = 0;
    float share = 0;
    for (size_t i = row, k; i-- > 0 && account[i] == account[row];) {
        for (k = 0; k < n && last[k] != merchant[i]; k++) continue;
        if (k < n) first[k] = i;
        if (k < n || n == PA_CHOICE_OTHERS || merchant[i] < 0) continue;
        last[n] = merchant[i];
        at[n] = first[n] = i;
        n++;
    }
    for (size_t k = 0; k < n; k++) {
        int64_t rule = pa_merchant_rule(rules, last[k], merchant[row]);
        if (time[row] - time[first[k]] <= PA_CHOICE_RULE_DAYS * INT64_C(86400) || rule < 0 ||
            rules->share[rule] <= share)
            continue;
        share = rules->share[rule];
        best = last[k];
        *used = at[k];
    }
    return best;
}

/* ": goes with m7, used 12 days ago" */
static void tell_rule(const pa_store *model, const pa_table *tx, const pa_merchant_rules *rules,
                      size_t row, char text[PA_DETAIL_BYTES])
{
    const int64_t *time = pa_i64(tx, "time");
    size_t used;
    int32_t from = strongest_rule(tx, rules, row, &used);
    const char *name = from < 0 ? "" : pa_expected_rule_name(model, from);
    text[0] = '\0';
    if (!name[0]) return;
    long long days = (long long)((time[row] - time[used]) / 86400);
    snprintf(text, PA_DETAIL_BYTES, ": goes with %s, used %lld day%s ago", name, days,
             days == 1 ? "" : "s");
}

static void tell(const pa_store *model, const pa_merchant_rules *rules, const pa_table *tx,
                 const pa_detail_question *q, char answer[PA_DETAIL_BYTES])
{
    const int32_t *account = pa_i32(tx, "account"), *merchant = pa_i32(tx, "merchant");
    const int8_t from = pa_i8(tx, pa_expected_from_column.name)[q->row];
    size_t there = 0, all = 0;
    if (merchant[q->row] < 0 || from < 0) return;
    for (size_t i = q->row; i-- > 0 && account[i] == account[q->row]; all++)
        there += merchant[i] == merchant[q->row];
    char times[32] = "none", place[32] = "", rule[PA_DETAIL_BYTES] = "";
    if (there) {
        snprintf(times, sizeof times, "%zu", there);
        snprintf(place, sizeof place, ", place %.0f",
                 (double)pa_f32(tx, pa_expected_columns[PA_MERCHANT_RANK].name)[q->row]);
    }
    if (from == PA_CHOICE_RULES) tell_rule(model, tx, rules, q->row, rule);
    /* A name of PA_EXPECTED_NAME bytes and one that is cut leave room for all of it. */
    snprintf(answer, PA_DETAIL_BYTES,
             "%.*s, in %s of its %zu earlier transactions%s; mostly by %s%s",
             name_length(q->merchant, from == PA_CHOICE_RULES ? 60 : 120), q->merchant, times, all,
             place, pa_expected_part_names[from], rule);
}

static bool is_ours(const pa_detail_question *q)
{
    return strcmp(q->feature, pa_expected_columns[PA_EXPECTED_SURPRISE].name) == 0 ||
           strcmp(q->feature, pa_expected_columns[PA_MERCHANT_RANK].name) == 0;
}

pa_status pa_expected_details(const pa_config *config, const pa_store *model, const pa_table *tx,
                              size_t n, const pa_detail_question asked[],
                              char answer[][PA_DETAIL_BYTES], pa_error *err)
{
    pa_merchant_rules rules;
    size_t first = 0;
    (void)config;
    while (first < n && !is_ours(asked + first)) first++;
    if (first == n) return PA_OK;
    PA_TRY(pa_expected_rules_open(model, &rules, err));
    for (size_t i = first; i < n; i++)
        if (is_ours(asked + i)) tell(model, &rules, tx, asked + i, answer[i]);
    pa_merchant_rules_free(&rules);
    return PA_OK;
}

#include "alerts_held.h"

#include <string.h>

#include "paraudit/alerts/suppressions.h"
#include "paraudit/base/array.h"
#include "paraudit/stage/time_plan.h"

static const char suppressed[] = "alerts_suppressed", use[] = "suppression_use";

pa_status pa_held_plan(pa_schema *io, pa_error *err)
{
    static const pa_table_spec tables[] = {
        {.name = suppressed, .meaning = "alerts that a rule of suppressions holds back"},
        {.name = use, .meaning = "what each rule of suppressions held back, row by row"}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        PA_TRY(pa_schema_side_table(io, tables + i, err));
    return PA_OK;
}

void pa_held_free(pa_held *h)
{
    pa_free(h->held_by);
    pa_free(h->n_of_rule);
    pa_free(h->alerts.n_of_rule);
    *h = (pa_held){0};
}

/* Names of codes as the queue has them, and the accounts. */
static void list_entities(const pa_table *tx, const pa_alert_input *in,
                          pa_suppressed_entity entity[PA_SUPPRESSED_ENTITIES])
{
    static const char merchant[] = "merchant_id";
    entity[0] = (pa_suppressed_entity){"account", pa_table_find(tx, "account"), in->accounts};
    for (size_t k = 0; k < in->n_names; k++) {
        const pa_alert_names *of = in->names + k;
        const char *name = strcmp(of->name, merchant) == 0 ? "merchant" : of->name;
        entity[k + 1] = (pa_suppressed_entity){name, of->code, of->names};
    }
}

static pa_status make_room(const pa_table *tx, pa_held *h, pa_error *err)
{
    h->alerts.n_rules = (size_t)h->rules->n_global;
    PA_TRY(PA_NEW(h->held_by, tx->n_rows, err));
    PA_TRY(PA_NEW(h->n_of_rule, h->alerts.n_rules, err));
    return PA_NEW(h->alerts.n_of_rule, h->alerts.n_rules, err);
}

pa_status pa_held_find(pa_run *run, const pa_table *tx, const pa_column *reason, pa_alert_input *in,
                       pa_held *h)
{
    *h = (pa_held){.rules = pa_run_table(run, "suppressions")};
    if (!h->rules) return PA_OK;
    pa_suppression_input rows = {.n = tx->n_rows,
                                 .time = in->time,
                                 .audited = in->audited,
                                 .reason = reason,
                                 .n_features = in->n_features,
                                 .feature = in->feature,
                                 .rules = h->rules};
    list_entities(tx, in, rows.entity);
    pa_status st = make_room(tx, h, &run->err);
    if (st == PA_OK) st = pa_run_fill_table(run, suppressed, &h->alerts.table);
    PA_AGREE(run->comm, st, &run->err);
    in->held_by = h->held_by;
    return pa_suppress(run->comm, &rows, h->held_by, h->n_of_rule, &run->err);
}

static const pa_column_spec specs[] = {
    {.name = "in_force",
     .type = PA_BOOL,
     .meaning = "at some moment of the audit",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "alerts"},
    {.name = "rows",
     .type = PA_I64,
     .unit = "1",
     .meaning = "transactions of the audit that it keeps from raising an alert",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "alerts"},
    {.name = "alerts",
     .type = PA_I64,
     .unit = "1",
     .meaning = "alerts that it holds back, which would be in the queue",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "alerts"}};

/* Row by row as the rules lie. */
static pa_status fill_use(pa_run *run, const pa_held *h, pa_table *t)
{
    const pa_table *rules = h->rules;
    void *column[3];
    pa_table_size(t, rules->first_row, rules->n_rows, rules->n_global);
    for (int i = 0; i < 3; i++) PA_TRY(pa_table_add(t, specs + i, column + i, &run->err));
    for (size_t i = 0; i < t->n_rows; i++) {
        ((int64_t *)column[1])[i] = h->n_of_rule[t->first_row + (int64_t)i];
        ((int64_t *)column[2])[i] = h->alerts.n_of_rule[t->first_row + (int64_t)i];
    }
    return pa_suppressions_in_force(rules, run->plan->audit_from, run->plan->audit_until, column[0],
                                    &run->err);
}

/* Alerts that all rules together hold back. */
static void note(pa_run *run, const pa_held *h)
{
    int64_t n = 0;
    for (size_t i = 0; i < h->alerts.n_rules; i++) n += h->alerts.n_of_rule[i];
    if (n > 0)
        pa_run_note(run, "%lld alert%s held back by suppressions: /alerts_suppressed lists them",
                    (long long)n, n == 1 ? " is" : "s are");
}

pa_status pa_held_tell(pa_run *run, const pa_held *h)
{
    pa_table *t;
    if (!h->rules) return PA_OK;
    pa_status st = pa_run_fill_table(run, use, &t);
    if (st == PA_OK) st = fill_use(run, h, t);
    note(run, h);
    return pa_agree(run->comm, st, &run->err);
}

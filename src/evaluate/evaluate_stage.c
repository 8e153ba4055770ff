#include "paraudit/evaluate/evaluate_stage.h"

#include <string.h>

#include "evaluation_tables.h"

static const pa_option_spec options[] = {
    {.key = "evaluate.protocol",
     .type = PA_OPTION_CHOICE,
     .fallback = "audit",
     .choices = "audit|handbook",
     .meaning = "audit: judges the rows whose label is known; handbook: all labelled rows, without "
                "accounts that are known as compromised"},
    {.key = "evaluate.k_per_day",
     .type = PA_OPTION_INT,
     .fallback = "100",
     .min = 1,
     .max = 1e9,
     .meaning = "places a day of precision at k and card precision at k"},
    {.key = "evaluate.curve_points",
     .type = PA_OPTION_INT,
     .fallback = "1000",
     .min = 2,
     .max = 1e7,
     .meaning = "points of the precision-recall curve at most; each is exact"},
    {.key = "evaluate.episode_gap_days",
     .type = PA_OPTION_REAL,
     .fallback = "14",
     .min = 0,
     .max = 3650,
     .unit = "days",
     .meaning = "frauds of an account at most so far apart are one episode"},
    {.key = "evaluate.below_line",
     .type = PA_OPTION_INT,
     .fallback = "100",
     .max = 1e7,
     .unit = "rows",
     .meaning = "transactions drawn at random from those that raised no alert, for review"},
    {.key = "evaluate.cost_review",
     .type = PA_OPTION_REAL,
     .fallback = "0",
     .max = 1e9,
     .meaning = "what the review of an alert costs, in the money of the amounts; 0: not known, and "
                "no costs are told"},
    {.key = "evaluate.loss_miss",
     .type = PA_OPTION_REAL,
     .fallback = "1",
     .max = 1000,
     .meaning = "what a fraud without an alert loses, as a share of its amount"},
    {.key = "evaluate.replicates",
     .type = PA_OPTION_INT,
     .fallback = "200",
     .max = 10000,
     .meaning = "how often accounts are drawn anew for the intervals of figures; 0: no intervals"},
    {0}};

pa_evaluation_options pa_evaluation_options_of(const pa_config *config,
                                               const pa_time_plan *time_plan)
{
    bool handbook = strcmp(pa_config_text(config, "evaluate.protocol"), "handbook") == 0;
    double gap_days = pa_config_real(config, "evaluate.episode_gap_days");
    return (pa_evaluation_options){.plan = *time_plan,
                                   .protocol = handbook ? PA_PROTOCOL_HANDBOOK : PA_PROTOCOL_AUDIT,
                                   .k = pa_config_int(config, "evaluate.k_per_day"),
                                   .curve_points = pa_config_int(config, "evaluate.curve_points"),
                                   .episode_gap = (int64_t)(gap_days * 86400),
                                   .cost_review = pa_config_real(config, "evaluate.cost_review"),
                                   .loss_miss = pa_config_real(config, "evaluate.loss_miss"),
                                   .below_line = pa_config_int(config, "evaluate.below_line"),
                                   .replicates = pa_config_int(config, "evaluate.replicates")};
}

static const char segment[] = "account_segment";

/* Where the stage that groups accounts runs. */
static pa_status read_segments(pa_schema *io, pa_error *err)
{
    const pa_column_spec **result;
    size_t n = pa_schema_by_role(io, PA_ROLE_RESULT, NULL, 0), k = 0;
    PA_TRY(PA_NEW(result, n, err));
    pa_schema_by_role(io, PA_ROLE_RESULT, result, n);
    while (k < n && strcmp(result[k]->name, segment) != 0) k++;
    pa_free(result);
    return k < n ? pa_schema_reads(io, segment, err) : PA_OK;
}

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    static const char *const reads[] = {"tx", "account", "amount", "margin", "alert"};
    static const pa_table_spec tables[] = {
        {.name = "evaluation/summary", .meaning = "how good the audit was"},
        {.name = "evaluation/per_day", .meaning = "the days of the audit"},
        {.name = "evaluation/by_band",
         .meaning = "by amount, and by the age and the group of the account"},
        {.name = "evaluation/curve",
         .meaning = "exact points of the precision-recall and ROC curves"},
        {.name = "evaluation/lead_time",
         .meaning = "runs of fraud on an account, and when an alert named it"},
        {.name = "evaluation/below_line",
         .meaning = "a random sample of the transactions that raised no alert, for review"}};
    const pa_column_spec *tail;
    static const pa_table_spec by_kind = {.name = "evaluation/by_kind",
                                          .meaning = "the frauds of each kind"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        PA_TRY(pa_schema_side_table(io, tables + i, err));
    if (pa_schema_by_role(io, PA_ROLE_TAIL, &tail, 1) == 0) {
        pa_schema_stands_aside(io, "no detector runs, so there is nothing to judge");
    }
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        PA_TRY(pa_schema_reads(io, reads[i], err));
    }
    PA_TRY(pa_schema_reads_labels(io, err));
    PA_TRY(read_segments(io, err));
    if (!pa_schema_has_input(io, "kind")) return PA_OK;
    PA_TRY(pa_schema_reads(io, "kind", err));
    return pa_schema_side_table(io, &by_kind, err);
}

static pa_status note_nothing(pa_run *run, const pa_evaluation *e)
{
    pa_buffer why = {0};
    pa_status st = pa_evaluation_explain(e, &why, &run->err);
    if (st == PA_OK) pa_run_note(run, "evaluate: %s", why.data);
    pa_buffer_free(&why);
    return st;
}

/* The kinds as they are asked for; *kind, where there are such, is freed by the caller. */
static pa_status add_kinds(const pa_run *run, const pa_table *tx, pa_evaluation_input *in,
                           int32_t **kind, pa_error *err)
{
    const pa_column *c = pa_table_find(tx, "kind");
    if (!c) return PA_OK;
    PA_TRY(PA_NEW(*kind, tx->n_rows, err));
    for (size_t i = 0; i < tx->n_rows; i++) (*kind)[i] = pa_code_at(c, i);
    in->kind = *kind;
    in->n_kinds = pa_run_table(run, "categories/kind")->n_global;
    return PA_OK;
}

static pa_status add_accounts(const pa_run *run, pa_evaluation_input *in, uint64_t **key,
                              pa_error *err)
{
    const pa_table *accounts = pa_run_table(run, "accounts");
    const pa_column *id = pa_table_find(accounts, "id");
    PA_TRY(PA_NEW(*key, accounts->n_rows, err));
    pa_evaluation_keys(accounts->n_rows, (size_t)id->spec.width, id->data, *key);
    in->account_key = *key;
    in->first_account = (int32_t)accounts->first_row;
    in->n_accounts = accounts->n_rows;
    return PA_OK;
}

static pa_status sample(pa_run *run, const pa_evaluation_input *in,
                        const pa_evaluation_options *how)
{
    pa_below_line below;
    PA_TRY(pa_sample_below_line(run->comm, in, how, &below, &run->err));
    pa_status st = pa_agree(run->comm, pa_write_below_line(run, &below), &run->err);
    pa_below_line_free(&below);
    return st;
}

static pa_status judge(pa_run *run, const pa_evaluation_input *in)
{
    pa_evaluation_options how = pa_evaluation_options_of(run->config, run->plan);
    how.seed = run->seed;
    PA_TRY(sample(run, in, &how));
    pa_evaluation e;
    PA_TRY(pa_evaluate(run->comm, in, &how, &e, &run->err));
    pa_status st =
        e.summary.rows_judged == 0 ? note_nothing(run, &e) : pa_write_evaluation(run, &e);
    st = pa_agree(run->comm, st, &run->err);
    pa_evaluation_free(&e);
    return st;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    (void)model;
    const pa_labels labels = pa_labels_of(tx, run->plan);
    int32_t *kind = NULL;
    uint64_t *key = NULL;
    pa_evaluation_input in = {.n = tx->n_rows,
                              .time = pa_i64(tx, "time"),
                              .tx = pa_i64(tx, "tx"),
                              .account = pa_i32(tx, "account"),
                              .amount = pa_f64(tx, "amount"),
                              .margin = pa_f64(tx, "margin"),
                              .alert = pa_table_data(tx, "alert", PA_BOOL),
                              .label = labels.label,
                              .label_time = labels.label_time,
                              .label_before_time = labels.label_before_time,
                              .label_first_time = labels.label_first_time};
    if (pa_table_find(tx, segment)) in.segment = pa_i8(tx, segment);
    pa_status st = add_kinds(run, tx, &in, &kind, &run->err);
    if (st == PA_OK) st = add_accounts(run, &in, &key, &run->err);
    PA_GOTO(pa_agree(run->comm, st, &run->err));
    st = judge(run, &in);
out:
    pa_free(kind);
    pa_free(key);
    return st;
}

const pa_stage pa_evaluate_stage = {.name = "evaluate",
                                    .version = 1,
                                    .options = options,
                                    .plan = plan,
                                    .apply = apply,
                                    .cost = {.apply = 350}};

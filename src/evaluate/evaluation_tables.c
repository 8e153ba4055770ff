#include "evaluation_tables.h"

#include <stddef.h>
#include <string.h>

#include "paraudit/table/records.h"

#define FIELD_OF(record, member, kind, of, text, also)                                             \
    {                                                                                              \
        offsetof(record, member),                                                                  \
        {                                                                                          \
            .name = #member, .type = kind, .unit = of, .meaning = text, .role = PA_ROLE_RESULT,    \
            .flags = PA_NOT_CAUSAL | (also), .stage = "evaluate"                                   \
        }                                                                                          \
    }
#define FIELD(record, member, kind, of, text)                                                      \
    FIELD_OF(record, member, kind, of, text, PA_NEEDS_LABELS)
#define LENGTH(fields) (sizeof(fields) / sizeof *(fields))

#define DAY(member, kind, of, text) FIELD(pa_evaluation_day, member, kind, of, text)
static const pa_field day_fields[] = {
    DAY(day, PA_I64, PA_UNIT_TIME, "start of the UTC day"),
    DAY(rows, PA_I64, "1", "judged transactions"),
    DAY(frauds, PA_I64, "1", "frauds among them"),
    DAY(alerts, PA_I64, "1", "judged transactions that raised an alert"),
    DAY(alerts_on_frauds, PA_I64, "1", "of them, frauds"),
    DAY(frauds_in_top_k, PA_I64, "1", "frauds among the k transactions of largest margin"),
    DAY(compromised_accounts, PA_I64, "1",
        "accounts with a fraud that day and not found among the first k of an earlier day"),
    DAY(compromised_in_top_k, PA_I64, "1", "of them, those among the k accounts of largest margin"),
    DAY(precision_at_k, PA_F64, "1", "frauds_in_top_k over k; NaN: no transaction"),
    DAY(card_precision_at_k, PA_F64, "1", "compromised_in_top_k over k; NaN: no transaction"),
    DAY(amount_fraud, PA_F64, NULL, "money in judged frauds"),
    DAY(amount_alerted, PA_F64, NULL, "money in frauds that raised an alert"),
};

#define KIND(member, kind, of, text) FIELD(pa_evaluation_kind, member, kind, of, text)
static const pa_field kind_fields[] = {
    KIND(kind, PA_I32, NULL, "kind of the fraud; -1: none given"),
    KIND(frauds, PA_I64, "1", "judged frauds of this kind"),
    KIND(alerts_on_frauds, PA_I64, "1", "of them, those that raised an alert"),
    KIND(recall, PA_F64, "1", "the same as a share"),
    KIND(average_precision, PA_F64, "1",
         "area under the precision-recall curve of these frauds among all genuine transactions; "
         "NaN beyond the first 100 kinds"),
    KIND(episodes, PA_I64, "1", "runs of fraud on an account whose first fraud is of this kind"),
    KIND(episodes_detected, PA_I64, "1",
         "of them, those with an alert before their label was known"),
    KIND(lead_hours_mean_all, PA_F64, "h",
         "from the first alert to the label, mean of all episodes, 0 for those not detected; "
         "NaN: no episode"),
};

#define BAND(member, kind, of, text) FIELD(pa_evaluation_band, member, kind, of, text)
static const pa_field band_fields[] = {
    BAND(of, PA_I32, NULL,
         "what the band is of: 0: the amount, 1: the age of the account in days, 2: the "
         "account_segment (categories/segment)"),
    BAND(from, PA_F64, NULL, "the band begins here"),
    BAND(until, PA_F64, NULL, "and ends before this; infinite: it does not"),
    BAND(rows, PA_I64, "1", "judged transactions in it"),
    BAND(frauds, PA_I64, "1", "frauds among them"),
    BAND(alerts, PA_I64, "1", "of the transactions, those that raised an alert"),
    BAND(alerts_on_frauds, PA_I64, "1", "of these, frauds"),
    BAND(precision, PA_F64, "1", "share of frauds among the alerts; NaN: there are none"),
    BAND(recall, PA_F64, "1", "share of alerts among the frauds; NaN: there are none"),
    BAND(average_precision, PA_F64, "1",
         "area under the precision-recall curve of the transactions in it; NaN: no fraud"),
    BAND(amount_fraud, PA_F64, NULL, "money in the frauds"),
    BAND(amount_alerted, PA_F64, NULL, "money in those that raised an alert"),
};

#define POINT(member, kind, of, text) FIELD(pa_curve_point, member, kind, of, text)
static const pa_field curve_fields[] = {
    POINT(margin, PA_F64, "nat", "transactions with this margin or more are flagged"),
    POINT(flagged, PA_I64, "1", "how many they are"),
    POINT(frauds, PA_I64, "1", "frauds among them"),
    POINT(precision, PA_F64, "1", "share of frauds among the flagged"),
    POINT(recall, PA_F64, "1", "share of the frauds that are flagged"),
    POINT(false_positive_rate, PA_F64, "1", "share of the others that are flagged"),
};

#define LEAD(member, kind, of, text) FIELD(pa_lead_time, member, kind, of, text)
static const pa_field lead_fields[] = {
    LEAD(tx, PA_I64, NULL, "first fraud of the episode"),
    LEAD(account, PA_I32, NULL, "code of the account"),
    LEAD(first_time, PA_I64, PA_UNIT_TIME, "when the first fraud took place"),
    LEAD(last_time, PA_I64, PA_UNIT_TIME, "when the last fraud took place"),
    LEAD(n_frauds, PA_I64, "1", "frauds of the episode"),
    LEAD(amount, PA_F64, NULL, "money in them"),
    LEAD(state, PA_I8, NULL, "0: missed, 1: detected, 2: undecided when the audit ended"),
    LEAD(alert_tx, PA_I64, NULL, "the transaction that raised the first alert; -1: none"),
    LEAD(lead_hours, PA_F64, "h", "from that alert to the label; NaN: not detected"),
    LEAD(delay_hours, PA_F64, "h", "from the first fraud to that alert; NaN: not detected"),
    LEAD(caught, PA_F64, NULL, "money in its frauds from the alert on until the label is known"),
};

#define BELOW(member, kind, of, text) FIELD_OF(pa_below_line_row, member, kind, of, text, 0)
static const pa_field below_fields[] = {
    BELOW(tx, PA_I64, NULL, "a transaction of the audit that raised no alert"),
    BELOW(account, PA_I32, NULL, "code of the account"),
    BELOW(time, PA_I64, PA_UNIT_TIME, "when the transaction took place"),
    BELOW(margin, PA_F64, "nat", "its margin"),
    BELOW(amount, PA_F64, NULL, "its amount"),
    BELOW(probability, PA_F64, "1",
          "with which it was drawn: sums over the sample divided by it estimate those over all "
          "that raised no alert"),
};

static pa_field summary_field(const char *name, pa_type type, const pa_metric *m,
                              const char *meaning, size_t offset)
{
    return (pa_field){offset,
                      {.name = name,
                       .type = type,
                       .unit = m->unit,
                       .meaning = meaning,
                       .role = PA_ROLE_RESULT,
                       .flags = PA_NOT_CAUSAL | PA_NEEDS_LABELS,
                       .stage = "evaluate"}};
}

/* The figure, and what stands beside it. */
static pa_status write_metric(pa_table *t, const pa_evaluation *e, const pa_metric *m,
                              pa_error *err)
{
    pa_field field = summary_field(m->name, m->whole ? PA_I64 : PA_F64, m, m->meaning, m->offset);
    pa_references r = pa_references_of(e, m);
    PA_TRY(pa_table_add_records(t, 1, &field, &e->summary, sizeof e->summary, err));
    for (int b = 0; b < PA_N_BESIDE; b++) {
        if (!m->beside[b]) continue;
        field =
            summary_field(m->beside[b], PA_F64, m, pa_beside_meanings[b], (size_t)b * sizeof *r.is);
        PA_TRY(pa_table_add_records(t, 1, &field, &r, sizeof r, err));
    }
    return PA_OK;
}

static pa_status write_summary(pa_run *run, const pa_evaluation *e)
{
    pa_table *t;
    PA_TRY(pa_run_fill_table(run, "evaluation/summary", &t));
    pa_table_size_small(t, pa_comm_rank(run->comm), 1);
    for (size_t i = 0; i < pa_n_metrics; i++) PA_TRY(write_metric(t, e, pa_metrics + i, &run->err));
    return PA_OK;
}

static pa_status write_days(pa_run *run, const pa_evaluation *e)
{
    pa_table *t;
    PA_TRY(pa_run_fill_table(run, "evaluation/per_day", &t));
    pa_table_size_small(t, pa_comm_rank(run->comm), e->n_days);
    return pa_table_add_records(t, LENGTH(day_fields), day_fields, e->days, sizeof *e->days,
                                &run->err);
}

static pa_status write_kinds(pa_run *run, const pa_evaluation *e)
{
    pa_field fields[LENGTH(kind_fields)];
    memcpy(fields, kind_fields, sizeof fields);
    fields[0].spec.codes = "categories/kind";
    pa_table *t;
    PA_TRY(pa_run_fill_table(run, "evaluation/by_kind", &t));
    pa_table_size_small(t, pa_comm_rank(run->comm), e->n_kinds);
    return pa_table_add_records(t, LENGTH(fields), fields, e->kinds, sizeof *e->kinds, &run->err);
}

static pa_status write_bands(pa_run *run, const pa_evaluation *e)
{
    pa_table *t;
    PA_TRY(pa_run_fill_table(run, "evaluation/by_band", &t));
    pa_table_size_small(t, pa_comm_rank(run->comm), e->n_bands);
    return pa_table_add_records(t, LENGTH(band_fields), band_fields, e->bands, sizeof *e->bands,
                                &run->err);
}

static pa_status write_curve(pa_run *run, const pa_evaluation *e)
{
    pa_table *t;
    PA_TRY(pa_run_fill_table(run, "evaluation/curve", &t));
    pa_table_size(t, e->first_point, e->n_points, e->n_points_global);
    return pa_table_add_records(t, LENGTH(curve_fields), curve_fields, e->curve, sizeof *e->curve,
                                &run->err);
}

static pa_status write_lead_times(pa_run *run, const pa_evaluation *e)
{
    pa_field fields[LENGTH(lead_fields)];
    memcpy(fields, lead_fields, sizeof fields);
    fields[1].spec.codes = "accounts";
    pa_table *t;
    PA_TRY(pa_run_fill_table(run, "evaluation/lead_time", &t));
    pa_table_size(t, e->first_episode, e->n_episodes, e->n_episodes_global);
    return pa_table_add_records(t, LENGTH(fields), fields, e->episodes, sizeof *e->episodes,
                                &run->err);
}

/* Needs no labels: where they are not known yet it is what tells of misses. */
pa_status pa_write_below_line(pa_run *run, const pa_below_line *sample)
{
    pa_field fields[LENGTH(below_fields)];
    memcpy(fields, below_fields, sizeof fields);
    fields[1].spec.codes = "accounts";
    pa_table *t;
    PA_TRY(pa_run_fill_table(run, "evaluation/below_line", &t));
    pa_table_size(t, sample->first, sample->n, sample->n_global);
    return pa_table_add_records(t, LENGTH(fields), fields, sample->row, sizeof *sample->row,
                                &run->err);
}

pa_status pa_write_evaluation(pa_run *run, const pa_evaluation *e)
{
    if (pa_schema_has_input(run->schema, "kind")) PA_TRY(write_kinds(run, e));
    PA_TRY(write_summary(run, e));
    PA_TRY(write_days(run, e));
    PA_TRY(write_bands(run, e));
    PA_TRY(write_curve(run, e));
    return write_lead_times(run, e);
}

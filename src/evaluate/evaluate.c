#include "paraudit/evaluate/evaluate.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

#include "evaluate_parts.h"
#include "paraudit/base/calendar.h"

void pa_evaluation_keys(size_t n, size_t width, const char *id, uint64_t key[])
{
    for (size_t i = 0; i < n; i++)
        key[i] = XXH3_64bits(id + width * i, strnlen(id + width * i, width));
}

/* ---- which rows are judged ---- */

static pa_labels labels_of(const pa_judging *j)
{
    return (pa_labels){.time = j->in->time,
                       .label = j->in->label,
                       .label_time = j->in->label_time,
                       .delay = j->options->plan.label_delay,
                       .label_before_time = j->in->label_before_time,
                       .label_first_time = j->in->label_first_time};
}

static void mark_known(pa_judging *j)
{
    const pa_time_plan *plan = &j->options->plan;
    const pa_known_input in = {.n = j->in->n,
                               .account = j->in->account,
                               .labels = labels_of(j),
                               .fraud = j->fraud,
                               .train_from = plan->train_from,
                               .train_until = plan->train_until};
    pa_known_accounts(&in, j->judged);
}

/* Whether the label of row i may be used. */
static bool is_mature(const pa_judging *j, size_t i)
{
    const pa_labels labels = labels_of(j);
    if (j->options->protocol == PA_PROTOCOL_HANDBOOK) return true;
    return pa_label_known_from(&labels, i) <= j->options->plan.as_of;
}

/* What is known of row i in the end, as far as it may be used. */
static pa_label label_of(const pa_judging *j, size_t i)
{
    const pa_labels labels = labels_of(j);
    if (j->options->protocol == PA_PROTOCOL_HANDBOOK) return (pa_label)j->in->label[i];
    return pa_label_at(&labels, i, j->options->plan.as_of);
}

/* Decides on one row of the audit; `removed` is the Handbook's rule. */
static bool is_judged(const pa_judging *j, size_t i, bool removed, pa_evaluation_summary *s)
{
    s->rows++;
    int64_t *why = !is_mature(j, i)                     ? &s->rows_immature
                   : label_of(j, i) == PA_LABEL_UNKNOWN ? &s->rows_unknown
                   : removed                            ? &s->rows_removed
                                                        : &s->rows_judged;
    ++*why;
    return why == &s->rows_judged;
}

static bool is_time(int64_t t)
{
    return t >= PA_TIME_MIN && t <= PA_TIME_MAX;
}

/* none: what stands where there is no such time; what is not said may be of any row. */
static bool is_time_or_none(const int64_t t[], size_t i, int64_t none)
{
    return !t || t[i] == none || t[i] == INT64_MIN || is_time(t[i]);
}

/* Sums of amounts up to 2^53 are exact in any number of rows. */
static const double most_amount = 9007199254740992.0;

static bool has_key(const pa_evaluation_input *in, int64_t account)
{
    if (!in->account_key) return true;
    return account >= in->first_account && account - in->first_account < (int64_t)in->n_accounts;
}

/* The column in which row i has what no audit writes, though a file may hold it; NULL: none. */
static const char *odd_column(const pa_evaluation_input *in, size_t i)
{
    bool goes_on = i > 0 && in->account[i] == in->account[i - 1];
    if (!is_time(in->time[i]) || (goes_on && in->time[i] < in->time[i - 1])) return "time";
    if (in->account[i] < 0 || !has_key(in, in->account[i])) return "account";
    if (!(fabs(in->amount[i]) <= most_amount)) return "amount";
    if (isinf(in->margin[i])) return "margin";
    if (in->alert[i] > 1) return "alert";
    if (in->kind && (in->kind[i] < -1 || in->kind[i] >= in->n_kinds)) return "kind";
    if (in->label[i] < PA_LABEL_UNKNOWN || in->label[i] > PA_LABEL_FRAUD) return "label";
    if (!is_time_or_none(in->label_time, i, INT64_MIN)) return "label_time";
    if (!is_time_or_none(in->label_before_time, i, INT64_MAX)) return "label_before_time";
    return is_time_or_none(in->label_first_time, i, INT64_MAX) ? NULL : "label_first_time";
}

static pa_status check_rows(const pa_evaluation_input *in, pa_error *err)
{
    for (size_t i = 0; i < in->n; i++) {
        const char *odd = odd_column(in, i);
        if (!odd) continue;
        return pa_fail(err, PA_E_DATA, "transaction %lld has a value of '%s' that no audit writes",
                       (long long)in->tx[i], odd);
    }
    return PA_OK;
}

/* Fills fraud, judged and the counts of rows. Local. */
static pa_status choose_rows(pa_judging *j, pa_evaluation_summary *s, pa_error *err)
{
    const pa_evaluation_input *in = j->in;
    const pa_time_plan *plan = &j->options->plan;
    PA_TRY(check_rows(in, err));
    for (size_t i = 0; i < in->n; i++) {
        j->fraud[i] = label_of(j, i) == PA_LABEL_FRAUD;
        j->n_labelled += in->label[i] != PA_LABEL_UNKNOWN;
    }
    if (j->options->protocol == PA_PROTOCOL_HANDBOOK) mark_known(j);
    for (size_t i = 0; i < in->n; i++) {
        bool removed = j->judged[i], audit = in->time[i] >= plan->audit_from;
        audit = audit && in->time[i] < plan->audit_until;
        j->judged[i] = audit && is_judged(j, i, removed, s);
        if (!j->judged[i]) continue;
        if (isnan(in->margin[i])) {
            return pa_fail(err, PA_E_DATA, "transaction %lld is to be judged but has no margin",
                           (long long)in->tx[i]);
        }
        s->frauds += j->fraud[i];
        j->n_judged++;
    }
    return PA_OK;
}

static pa_status start_judging(pa_comm *comm, pa_judging *j, pa_evaluation *e, pa_error *err)
{
    size_t n = j->in->n;
    pa_status st = PA_NEW(j->fraud, n, err);
    if (st == PA_OK) st = PA_NEW(j->judged, n, err);
    if (st == PA_OK) st = PA_NEW(j->top, n, err);
    if (st == PA_OK) st = choose_rows(j, &e->summary, err);
    pa_evaluation_summary *s = &e->summary;
    int64_t *const counts[] = {&s->rows,         &s->rows_judged,  &s->rows_immature,
                               &s->rows_unknown, &s->rows_removed, &s->frauds};
    int64_t labelled = j->n_labelled;
    pa_batch batch = {0};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) pa_batch_i64(&batch, counts[i], 1);
    pa_batch_i64(&batch, &labelled, 1);
    PA_TRY(pa_batch_sum(comm, &batch, st, err));
    e->has_labels = labelled > 0;
    return PA_OK;
}

static void free_judging(pa_judging *j)
{
    pa_free(j->fraud);
    pa_free(j->judged);
    pa_free(j->top);
    pa_free(j->bands);
    pa_cards_free(&j->cards);
    pa_ordered_rows_free(&j->ordered);
}

/* ---- all of it ---- */

/* What is summed at once. */
typedef struct {
    pa_alert_sums alerts;
    pa_kind_sums kinds;
    pa_band_sums bands;
} all_sums;

static pa_status count_all(pa_judging *j, all_sums *s, pa_evaluation *e, pa_error *err)
{
    pa_batch batch = {0};
    pa_status st = pa_count_alerts(j, &s->alerts, &batch, e, err);
    st = pa_count_kinds(j, st, &s->alerts.episodes, &s->kinds, &batch, err);
    pa_count_bands(j, &s->bands, &batch);
    PA_TRY(pa_batch_sum(j->comm, &batch, st, err));
    return pa_conclude_alerts(j, &s->alerts, e, err);
}

/* Kinds, bands, and areas over all rows and over theirs. */
static pa_status judge_sets(const pa_judging *j, const all_sums *s, pa_evaluation *e, pa_error *err)
{
    pa_some_rows *some = NULL;
    pa_area_set *set = NULL;
    size_t n = 0;
    pa_status st = pa_conclude_kinds(j, &s->kinds, e, err);
    if (st == PA_OK) st = pa_conclude_bands(j, &s->bands, e, err);
    if (st == PA_OK) st = PA_NEW(some, PA_MOST_SETS, err);
    if (st == PA_OK) st = PA_NEW(set, PA_MOST_SETS, err);
    if (st == PA_OK) n = pa_kind_sets(j, e, some, set);
    if (st == PA_OK) n += pa_band_sets(j, &s->bands, e, some + n, set + n);
    st = pa_judge_areas(j, st, n, set, e, err);
    pa_free(some);
    pa_free(set);
    return st;
}

static pa_status judge_all(pa_judging *j, all_sums *s, pa_evaluation *e, pa_error *err)
{
    PA_TRY(pa_find_bands(j, e->summary.rows_judged, &s->bands, err));
    const pa_order_with with = {.kinds = j->in->kind != NULL,
                                .bands = j->bands != NULL,
                                .accounts = j->in->account_key && j->options->replicates > 0 &&
                                            e->summary.frauds > 0,
                                .amounts = j->options->cost_review > 0};
    PA_TRY(pa_put_in_order(j, &with, err));
    PA_TRY(count_all(j, s, e, err));
    PA_TRY(judge_sets(j, s, e, err));
    PA_TRY(pa_judge_intervals(j, e, err));
    return pa_judge_by_amount(j, e, err);
}

pa_status pa_evaluate(pa_comm *comm, const pa_evaluation_input *in,
                      const pa_evaluation_options *options, pa_evaluation *out, pa_error *err)
{
    *out = (pa_evaluation){.protocol = options->protocol};
    pa_judging j = {.comm = comm, .in = in, .options = options};
    all_sums sums = {0};
    out->summary.k = options->k;
    pa_status st = start_judging(comm, &j, out, err);
    if (st == PA_OK) st = judge_all(&j, &sums, out, err);
    pa_alert_sums_free(&sums.alerts);
    pa_free(sums.kinds.sum);
    free_judging(&j);
    if (st != PA_OK) pa_evaluation_free(out);
    return st;
}

void pa_evaluation_free(pa_evaluation *e)
{
    pa_free(e->days);
    pa_free(e->curve);
    pa_free(e->episodes);
    pa_free(e->kinds);
    pa_free(e->bands);
    *e = (pa_evaluation){0};
}

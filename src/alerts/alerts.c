#include "paraudit/alerts/alerts.h"

#include <stddef.h>
#include <string.h>

#include "paraudit/alerts/account_days.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/sort.h"
#include "paraudit/order/ranks.h"
#include "paraudit/table/records.h"

enum { MAX_ID = 64, ID_DIGITS = 16, DETAIL_BYTES = 64 };

/* One alert on its way to its place in the queue. Zeroed before it is filled,
 * because its bytes travel. */
typedef struct {
    int64_t tx, time, day, n_rows, rank;
    double amount, margin;
    float score;
    int32_t account, detector, reason1, reason2, reason3;
    char alert_id[ID_DIGITS];
    char account_id[MAX_ID];
} alert_row;

/* One reason; feature -1: none. */
typedef struct {
    int64_t alert;
    int32_t place, detector, feature;
    float contribution, part, value, account_usual, peer_usual;
    char detail[DETAIL_BYTES];
} alert_reason;

/* ---- which account-days ---- */

/* Keeps the account-days that are among the first per_day of their day. */
static pa_status keep_within_budget(pa_comm *comm, const pa_alert_input *in, size_t *n_days,
                                    pa_account_day days[], pa_error *err)
{
    int64_t *day = NULL, *rank = NULL, *place = NULL;
    pa_status st = PA_NEW(day, *n_days, err);
    if (st == PA_OK) st = PA_NEW(rank, *n_days, err);
    if (st == PA_OK) st = PA_NEW(place, *n_days, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t i = 0; i < *n_days; i++) {
        day[i] = days[i].day;
        rank[i] = in->rank[days[i].best];
    }
    PA_GOTO(pa_place_in_day(comm, *n_days, day, rank, place, err));
    size_t kept = 0;
    for (size_t i = 0; i < *n_days; i++) {
        if (place[i] < in->per_day) days[kept++] = days[i];
    }
    *n_days = kept;
out:
    pa_free(day);
    pa_free(rank);
    pa_free(place);
    return st;
}

static pa_status choose(pa_comm *comm, const pa_alert_input *in, pa_account_day **days, size_t *n,
                        pa_error *err)
{
    *n = pa_account_days(in->n, in->account, in->time, in->rank, NULL);
    PA_AGREE(comm, PA_NEW(*days, *n, err), err);
    pa_account_days(in->n, in->account, in->time, in->rank, *days);
    return keep_within_budget(comm, in, n, *days, err);
}

/* ---- what is said about them ---- */

static pa_status describe_row(const pa_alert_input *in, const pa_account_day *day, alert_row *row,
                              pa_error *err)
{
    const pa_column *ids = pa_table_find(in->accounts, "id");
    int64_t place = day->account - in->accounts->first_row;
    if (!ids || place < 0 || place >= (int64_t)in->accounts->n_rows) {
        return pa_fail(err, PA_E_BUG, "account %d has no id on the rank of its rows", day->account);
    }
    size_t i = day->best, width = (size_t)ids->spec.width;
    PA_ASSERT(width <= MAX_ID);
    *row = (alert_row){.tx = in->tx[i],
                       .time = in->time[i],
                       .day = day->day * PA_DAY_SECONDS,
                       .n_rows = day->n_rows,
                       .rank = in->rank[i],
                       .amount = in->amount[i],
                       .margin = in->margin[i],
                       .score = in->score[i],
                       .account = day->account};
    memcpy(row->account_id, (const char *)ids->data + (size_t)place * width, width);
    pa_alert_id(row->account_id, strnlen(row->account_id, MAX_ID), day->day, row->alert_id);
    return PA_OK;
}

/* The first of the detectors with the largest contribution. */
static int32_t main_detector(const pa_alert_input *in, size_t row)
{
    int32_t most = 0;
    for (size_t k = 1; k < in->n_detectors; k++) {
        const float *c = in->detector[k].contribution;
        if (c[row] > in->detector[most].contribution[row]) most = (int32_t)k;
    }
    return most;
}

/* A text column's value, cut to what a reason holds. */
static void copy_detail(const pa_column *c, size_t row, char detail[DETAIL_BYTES])
{
    size_t width = (size_t)c->spec.width, most = DETAIL_BYTES - 1;
    memcpy(detail, (const char *)c->data + row * width, width < most ? width : most);
}

static pa_status describe_reason(const pa_alert_input *in, size_t row, int32_t detector, size_t k,
                                 alert_reason *reason, pa_error *err)
{
    const pa_detector_view *d = in->detector + detector;
    int32_t feature = pa_code_at(d->feature[k], row);
    if (feature < 0) return PA_OK;
    if ((size_t)feature >= in->n_features) {
        return pa_fail(err, PA_E_BUG, "a reason points at feature %d of %zu", (int)feature,
                       in->n_features);
    }
    *reason = (alert_reason){.place = (int32_t)k + 1,
                             .detector = detector,
                             .feature = feature,
                             .contribution = d->contribution[row],
                             .part = d->part[k][row],
                             .value = pa_column_value(in->feature[feature], row),
                             .peer_usual = in->peer_usual[feature]};
    if (d->detail[k]) copy_detail(d->detail[k], row, reason->detail);
    return pa_account_usual(in->feature[feature], in->account, row, &reason->account_usual, err);
}

static pa_status describe_reasons(const pa_alert_input *in, size_t i, alert_row *row,
                                  alert_reason reason[PA_REASONS], pa_error *err)
{
    int32_t from = pa_reasons_from(in->n_detectors, in->detector, i);
    row->detector = main_detector(in, i);
    for (size_t k = 0; k < PA_REASONS; k++) {
        reason[k].feature = -1;
        if (from >= 0) PA_TRY(describe_reason(in, i, from, k, reason + k, err));
    }
    row->reason1 = reason[0].feature;
    row->reason2 = reason[1].feature;
    row->reason3 = reason[2].feature;
    return PA_OK;
}

/* ---- their order, and the tables ---- */

/* The queue as this rank holds it. */
typedef struct {
    size_t n;
    int64_t first, n_global;
    alert_row *row;       /* n */
    alert_reason *reason; /* n x PA_REASONS */
} alert_queue;

static void free_queue(alert_queue *q)
{
    pa_free(q->row);
    pa_free(q->reason);
    *q = (alert_queue){0};
}

static pa_status new_queue(size_t n, alert_queue *q, pa_error *err)
{
    q->n = n;
    PA_TRY(PA_NEW(q->row, n, err));
    return PA_NEW(q->reason, n * PA_REASONS, err);
}

static pa_status describe(const pa_alert_input *in, size_t n, const pa_account_day days[],
                          alert_queue *q, pa_error *err)
{
    PA_TRY(new_queue(n, q, err));
    for (size_t i = 0; i < n; i++) {
        PA_TRY(describe_row(in, days + i, q->row + i, err));
        PA_TRY(describe_reasons(in, days[i].best, q->row + i, q->reason + i * PA_REASONS, err));
    }
    return PA_OK;
}

/* Sends the alerts of each rank to their places by (day, rank). */
static pa_status put_in_order(pa_comm *comm, const alert_queue *mine, alert_queue *queue,
                              pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *tie = NULL;
    pa_view view = {0};
    pa_status st = PA_NEW(key, mine->n, err);
    if (st == PA_OK) st = PA_NEW(tie, mine->n, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t i = 0; i < mine->n; i++) {
        key[i] = pa_key_of_i64(mine->row[i].day);
        tie[i] = mine->row[i].rank;
    }
    PA_GOTO(pa_view_make(comm, mine->n, key, tie, &view, err));
    PA_GOTO(pa_agree(comm, new_queue(view.n, queue, err), err));
    queue->first = view.first;
    queue->n_global = view.n_global;
    PA_GOTO(pa_view_send(comm, &view, sizeof *mine->row, mine->row, queue->row, err));
    PA_GOTO(pa_view_send(comm, &view, PA_REASONS * sizeof *mine->reason, mine->reason,
                         queue->reason, err));
out:
    pa_view_free(&view);
    pa_free(key);
    pa_free(tie);
    return st;
}

#define ALERT(member, kind, of, text, what, list)                                                  \
    {                                                                                              \
        offsetof(alert_row, member),                                                               \
        {                                                                                          \
            .name = #member, .type = kind, .unit = of, .meaning = text, .role = what,              \
            .flags = PA_NOT_CAUSAL, .stage = "alerts", .codes = list                               \
        }                                                                                          \
    }

/* Every value of the queue needs what the margin needs. */
static pa_status add_fields(pa_table *t, size_t n, pa_field fields[], unsigned flags,
                            const void *records, size_t size, pa_error *err)
{
    for (size_t i = 0; i < n; i++) fields[i].spec.flags |= flags;
    return pa_table_add_records(t, n, fields, records, size, err);
}

static pa_status fill_alerts(const alert_queue *q, int id_width, unsigned flags, pa_table *t,
                             pa_error *err)
{
    pa_field fields[] = {
        ALERT(alert_id, PA_BYTES, NULL,
              "the same in every audit that alerts this account on this day", PA_ROLE_ID, NULL),
        ALERT(account_id, PA_BYTES, NULL, "the account as the input names it", PA_ROLE_ID, NULL),
        ALERT(account, PA_I32, NULL, "code of the account", PA_ROLE_ID, "accounts"),
        ALERT(tx, PA_I64, NULL, "the transaction that raised the alert", PA_ROLE_ID, NULL),
        ALERT(time, PA_I64, PA_UNIT_TIME, "when that transaction took place", PA_ROLE_INPUT, NULL),
        ALERT(day, PA_I64, PA_UNIT_TIME, "start of the UTC day of the alert", PA_ROLE_INPUT, NULL),
        ALERT(n_rows, PA_I64, "1", "transactions of the account on that day", PA_ROLE_RESULT, NULL),
        ALERT(amount, PA_F64, NULL, "amount of the transaction", PA_ROLE_INPUT, NULL),
        ALERT(margin, PA_F64, "nat", "sum of the contributions", PA_ROLE_RESULT, NULL),
        ALERT(score, PA_F32, "1", "stored monotone function of the margin", PA_ROLE_RESULT, NULL),
        ALERT(rank, PA_I64, "1", "place of the transaction in the audit; 1: the oddest",
              PA_ROLE_RESULT, NULL),
        ALERT(detector, PA_I32, NULL, "the detector that contributed most", PA_ROLE_RESULT,
              "categories/detector"),
        ALERT(reason1, PA_I32, NULL, "the strongest reason of the transaction; -1: none",
              PA_ROLE_RESULT, "categories/feature"),
        ALERT(reason2, PA_I32, NULL, "the second reason; -1: none", PA_ROLE_RESULT,
              "categories/feature"),
        ALERT(reason3, PA_I32, NULL, "the third reason; -1: none", PA_ROLE_RESULT,
              "categories/feature"),
    };
    fields[0].spec.width = ID_DIGITS;
    fields[1].spec.width = id_width;
    pa_table_size(t, q->first, q->n, q->n_global);
    return add_fields(t, sizeof fields / sizeof *fields, fields, flags, q->row, sizeof *q->row,
                      err);
}

#define REASON(member, kind, of, text, what, list)                                                 \
    {                                                                                              \
        offsetof(alert_reason, member),                                                            \
        {                                                                                          \
            .name = #member, .type = kind, .unit = of, .meaning = text, .role = what,              \
            .flags = PA_NOT_CAUSAL, .stage = "alerts", .codes = list                               \
        }                                                                                          \
    }

/* Moves the reasons that there are to the front, and says whose they are. */
static size_t keep_reasons(const alert_queue *q)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n * PA_REASONS; i++) {
        if (q->reason[i].feature < 0) continue;
        q->reason[n] = q->reason[i];
        q->reason[n++].alert = q->first + (int64_t)(i / PA_REASONS);
    }
    return n;
}

static pa_status fill_reasons(const alert_queue *q, unsigned flags, pa_table *t, pa_error *err)
{
    pa_field fields[] = {
        REASON(alert, PA_I64, NULL, "row of the alert in /alerts", PA_ROLE_ID, "alerts"),
        REASON(place, PA_I32, "1", "1: the strongest reason of the alert", PA_ROLE_RESULT, NULL),
        REASON(detector, PA_I32, NULL, "who says so", PA_ROLE_ID, "categories/detector"),
        REASON(contribution, PA_F32, "nat", "what that detector adds to the margin",
               PA_ROLE_CONTRIBUTION, NULL),
        REASON(feature, PA_I32, NULL, "what is unusual: a column of /transactions", PA_ROLE_ID,
               "categories/feature"),
        REASON(part, PA_F32, "1", "share of this feature in all that speaks against the row",
               PA_ROLE_REASON, NULL),
        REASON(value, PA_F32, NULL, "the feature's value, in the feature's unit", PA_ROLE_RESULT,
               NULL),
        REASON(account_usual, PA_F32, NULL,
               "its median over the account's earlier transactions, the last 256 of them at most; "
               "NaN: there are none",
               PA_ROLE_RESULT, NULL),
        REASON(peer_usual, PA_F32, NULL,
               "its median over all accounts' training transactions; NaN: there are none",
               PA_ROLE_RESULT, NULL),
        REASON(detail, PA_BYTES, NULL,
               "what the feature does not name: a rule, a merchant, a neighbour; mostly empty",
               PA_ROLE_REASON, NULL),
    };
    fields[sizeof fields / sizeof *fields - 1].spec.width = DETAIL_BYTES;
    return add_fields(t, sizeof fields / sizeof *fields, fields, flags, q->reason,
                      sizeof *q->reason, err);
}

static pa_status fill_tables(pa_comm *comm, const pa_alert_input *in, const alert_queue *q,
                             pa_table *alerts, pa_table *reasons, pa_error *err)
{
    int64_t n = (int64_t)keep_reasons(q), all = n;
    pa_sum_i64(comm, &all, 1);
    pa_table_size(reasons, pa_sum_before_i64(comm, n), (size_t)n, all);
    int id_width = pa_table_find(in->accounts, "id")->spec.width;
    pa_status st = fill_alerts(q, id_width, in->flags, alerts, err);
    if (st == PA_OK) st = fill_reasons(q, in->flags, reasons, err);
    return pa_agree(comm, st, err);
}

pa_status pa_make_alerts(pa_comm *comm, const pa_alert_input *in, uint8_t alert[], pa_table *alerts,
                         pa_table *reasons, pa_error *err)
{
    pa_account_day *days = NULL;
    size_t n_days = 0;
    alert_queue mine = {0}, queue = {0};
    pa_status st;
    PA_GOTO(choose(comm, in, &days, &n_days, err));
    PA_GOTO(pa_agree(comm, describe(in, n_days, days, &mine, err), err));
    PA_GOTO(put_in_order(comm, &mine, &queue, err));
    PA_GOTO(fill_tables(comm, in, &queue, alerts, reasons, err));
    memset(alert, 0, in->n);
    for (size_t i = 0; i < n_days; i++) alert[days[i].best] = 1;
out:
    pa_free(days);
    free_queue(&mine);
    free_queue(&queue);
    return st;
}

#include "paraudit/fuse/alerts.h"

#include <stddef.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/sort.h"
#include "paraudit/fuse/account_days.h"
#include "paraudit/fuse/fuse.h"
#include "paraudit/fuse/order.h"
#include "paraudit/table/records.h"

enum { MAX_ID = 64, ID_DIGITS = 16 };

/* One alert on its way to its place in the queue. Zeroed before it is filled,
 * because its bytes travel. */
typedef struct {
    int64_t tx, time, day, n_rows, rank;
    double amount, margin;
    float score;
    int32_t account, reason;
    char alert_id[ID_DIGITS];
    char account_id[MAX_ID];
} alert_row;

/* One reason: what the detector adds, and what is usual. */
typedef struct {
    int64_t alert;
    int32_t detector;
    float contribution, own_median, peer_median;
} alert_reason;

static const char time_unit[] = "seconds since 1970-01-01 00:00:00";

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

/* Median of the detector's contributions on the account's earlier scored rows. */
static pa_status own_median(const pa_alert_input *in, size_t row, const float contribution[],
                            float *median, pa_error *err)
{
    size_t from = row, n = 0;
    while (from > 0 && in->account[from - 1] == in->account[row]) from--;
    float *earlier;
    PA_TRY(PA_NEW(earlier, row - from, err));
    for (size_t i = from; i < row; i++) {
        if (contribution[i] == contribution[i]) earlier[n++] = contribution[i];
    }
    pa_status st = pa_median_f32(n, earlier, median, err);
    pa_free(earlier);
    return st;
}

static pa_status describe_reasons(const pa_alert_input *in, size_t row, alert_reason reason[],
                                  pa_error *err)
{
    for (size_t k = 0; k < in->n_detectors; k++) {
        alert_reason r = {.detector = (int32_t)k,
                          .contribution = in->contribution[k][row],
                          .peer_median = in->peer_median[k]};
        PA_TRY(own_median(in, row, in->contribution[k], &r.own_median, err));
        size_t place = k; /* insertion: the largest first, ties to the first detector */
        for (; place > 0 && reason[place - 1].contribution < r.contribution; place--) {
            reason[place] = reason[place - 1];
        }
        reason[place] = r;
    }
    return PA_OK;
}

/* ---- their order, and the tables ---- */

/* The queue as this rank holds it. */
typedef struct {
    size_t n;
    int64_t first, n_global;
    alert_row *row;       /* n */
    alert_reason *reason; /* n x n_detectors */
} alert_queue;

static void free_queue(alert_queue *q)
{
    pa_free(q->row);
    pa_free(q->reason);
    *q = (alert_queue){0};
}

static pa_status new_queue(size_t n, size_t n_detectors, alert_queue *q, pa_error *err)
{
    q->n = n;
    PA_TRY(PA_NEW(q->row, n, err));
    return PA_NEW(q->reason, n * n_detectors, err);
}

static pa_status describe(const pa_alert_input *in, size_t n, const pa_account_day days[],
                          alert_queue *q, pa_error *err)
{
    PA_TRY(new_queue(n, in->n_detectors, q, err));
    for (size_t i = 0; i < n; i++) {
        alert_reason *reasons = q->reason + i * in->n_detectors;
        PA_TRY(describe_reasons(in, days[i].best, reasons, err));
        PA_TRY(describe_row(in, days + i, q->row + i, err));
        q->row[i].reason = reasons[0].detector;
    }
    return PA_OK;
}

/* Sends the alerts of each rank to their places by (day, rank). */
static pa_status put_in_order(pa_comm *comm, size_t n_detectors, const alert_queue *mine,
                              alert_queue *queue, pa_error *err)
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
    PA_GOTO(pa_agree(comm, new_queue(view.n, n_detectors, queue, err), err));
    queue->first = view.first;
    queue->n_global = view.n_global;
    PA_GOTO(pa_view_send(comm, &view, sizeof *mine->row, mine->row, queue->row, err));
    PA_GOTO(pa_view_send(comm, &view, n_detectors * sizeof *mine->reason, mine->reason,
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
            .flags = PA_NOT_CAUSAL, .stage = "fuse", .codes = list                                 \
        }                                                                                          \
    }

static pa_status fill_alerts(const alert_queue *q, int id_width, pa_table *t, pa_error *err)
{
    pa_field fields[] = {
        ALERT(alert_id, PA_BYTES, NULL,
              "the same in every audit that alerts this account on this day", PA_ROLE_ID, NULL),
        ALERT(account_id, PA_BYTES, NULL, "the account as the input names it", PA_ROLE_ID, NULL),
        ALERT(account, PA_I32, NULL, "code of the account", PA_ROLE_ID, "accounts"),
        ALERT(tx, PA_I64, NULL, "the transaction that raised the alert", PA_ROLE_ID, NULL),
        ALERT(time, PA_I64, time_unit, "when that transaction took place", PA_ROLE_INPUT, NULL),
        ALERT(day, PA_I64, time_unit, "start of the UTC day of the alert", PA_ROLE_INPUT, NULL),
        ALERT(n_rows, PA_I64, "1", "transactions of the account on that day", PA_ROLE_RESULT, NULL),
        ALERT(amount, PA_F64, NULL, "amount of the transaction", PA_ROLE_INPUT, NULL),
        ALERT(margin, PA_F64, "nat", "sum of the contributions", PA_ROLE_RESULT, NULL),
        ALERT(score, PA_F32, "1", "stored monotone function of the margin", PA_ROLE_RESULT, NULL),
        ALERT(rank, PA_I64, "1", "place of the transaction in the audit; 1: the oddest",
              PA_ROLE_RESULT, NULL),
        ALERT(reason, PA_I32, NULL, "the detector that contributed most", PA_ROLE_RESULT,
              "categories/detector"),
    };
    fields[0].spec.width = ID_DIGITS;
    fields[1].spec.width = id_width;
    pa_table_size(t, q->first, q->n, q->n_global);
    return pa_table_add_records(t, sizeof fields / sizeof *fields, fields, q->row, sizeof *q->row,
                                err);
}

#define REASON(member, kind, of, text, what, list)                                                 \
    {                                                                                              \
        offsetof(alert_reason, member),                                                            \
        {                                                                                          \
            .name = #member, .type = kind, .unit = of, .meaning = text, .role = what,              \
            .flags = PA_NOT_CAUSAL, .stage = "fuse", .codes = list                                 \
        }                                                                                          \
    }

static pa_status fill_reasons(const alert_queue *q, size_t n_detectors, pa_table *t, pa_error *err)
{
    static const pa_field fields[] = {
        REASON(alert, PA_I64, NULL, "row of the alert in /alerts", PA_ROLE_ID, "alerts"),
        REASON(detector, PA_I32, NULL, "who says so; an alert's largest contribution is first",
               PA_ROLE_ID, "categories/detector"),
        REASON(contribution, PA_F32, "nat", "what the detector adds to the margin",
               PA_ROLE_CONTRIBUTION, NULL),
        REASON(own_median, PA_F32, "nat",
               "median of that over the account's earlier scored transactions; NaN: none",
               PA_ROLE_RESULT, NULL),
        REASON(peer_median, PA_F32, "nat",
               "median of that over all training transactions; NaN: none", PA_ROLE_RESULT, NULL),
    };
    int64_t per_alert = (int64_t)n_detectors;
    size_t n = q->n * n_detectors;
    for (size_t i = 0; i < n; i++) q->reason[i].alert = q->first + (int64_t)(i / n_detectors);
    pa_table_size(t, q->first * per_alert, n, q->n_global * per_alert);
    return pa_table_add_records(t, sizeof fields / sizeof *fields, fields, q->reason,
                                sizeof *q->reason, err);
}

static pa_status fill_tables(const pa_alert_input *in, const alert_queue *q, pa_table *alerts,
                             pa_table *reasons, pa_error *err)
{
    int id_width = pa_table_find(in->accounts, "id")->spec.width;
    PA_TRY(fill_alerts(q, id_width, alerts, err));
    return fill_reasons(q, in->n_detectors, reasons, err);
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
    PA_GOTO(put_in_order(comm, in->n_detectors, &mine, &queue, err));
    PA_GOTO(pa_agree(comm, fill_tables(in, &queue, alerts, reasons, err), err));
    memset(alert, 0, in->n);
    for (size_t i = 0; i < n_days; i++) alert[days[i].best] = 1;
out:
    pa_free(days);
    free_queue(&mine);
    free_queue(&queue);
    return st;
}

/* Where a transaction stood in the queue of its day. */
#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "tell_parts.h"

/* The alerts of a result, as far as a day needs them. */
typedef struct {
    size_t n;
    int64_t *day, *day_rank;
    double *margin;
    int32_t *account;
} queue;

static void free_queue(queue *q)
{
    pa_free(q->day);
    pa_free(q->day_rank);
    pa_free(q->margin);
    pa_free(q->account);
}

static pa_status read_queue(pa_result_file *file, queue *q, pa_error *err)
{
    const struct {
        const char *column;
        pa_type type;
        void *data;
    } wanted[] = {{"day", PA_I64, q->day},
                  {"day_rank", PA_I64, q->day_rank},
                  {"margin", PA_F64, q->margin},
                  {"account", PA_I32, q->account}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        PA_TRY(pa_result_read_column(file, "alerts", wanted[i].column, wanted[i].type, 0, q->n,
                                     wanted[i].data, err));
    return PA_OK;
}

static pa_status open_queue(pa_result_file *file, queue *q, pa_error *err)
{
    int64_t n = pa_result_rows(file, "alerts");
    *q = (queue){.n = n > 0 ? (size_t)n : 0};
    PA_TRY(PA_NEW(q->day, q->n, err));
    PA_TRY(PA_NEW(q->day_rank, q->n, err));
    PA_TRY(PA_NEW(q->margin, q->n, err));
    PA_TRY(PA_NEW(q->account, q->n, err));
    return q->n ? read_queue(file, q, err) : PA_OK;
}

/* The alert of row i of /alerts: its name, and the transaction that raised it. */
static pa_status tell_alert(pa_result_file *file, size_t i, pa_told_day *day, pa_error *err)
{
    pa_strings pool = {0};
    pa_table t;
    char id[PA_ID_BYTES];
    pa_status st = pa_result_read_table(file, "alerts", (int64_t)i, 1, &pool, &t, err);
    if (st == PA_OK) st = pa_tell_name(file, &t, "alert_id", 0, id, err);
    if (st == PA_OK) {
        memcpy(day->alert_id, id, sizeof day->alert_id - 1);
        st = pa_tell_id(file, &t, 0, day->alert_tx, err);
    }
    pa_table_free(&t);
    pa_strings_free(&pool);
    return st;
}

static pa_status tell_queue(pa_result_file *file, const queue *q, int64_t date, int32_t account,
                            pa_told_day *day, pa_error *err)
{
    for (size_t i = 0; i < q->n; i++) {
        if (q->day[i] != date) continue;
        if (++day->n_alerts == 1 || q->margin[i] < day->last_margin)
            day->last_margin = q->margin[i];
        if (q->account[i] != account) continue;
        day->day_rank = q->day_rank[i];
        PA_TRY(tell_alert(file, i, day, err));
    }
    return PA_OK;
}

/* ---- what held it back ---- */

static const char suppressed[] = "alerts_suppressed", rules[] = "suppressions";

static pa_status tell_rule(pa_result_file *file, int64_t rule, pa_told_day *day, pa_error *err)
{
    const struct {
        const char *column;
        char *text;
    } texts[] = {{"entity", day->held.entity},
                 {"value", day->held.value},
                 {"rule", day->held.rule},
                 {"reason", day->held.reason}};
    pa_strings pool = {0};
    pa_table t;
    if (rule < 0 || rule >= pa_result_rows(file, rules))
        return pa_fail(err, PA_E_DATA, "an alert of the result is held back by no suppression");
    pa_status st = pa_result_read_table(file, rules, rule, 1, &pool, &t, err);
    for (size_t i = 0; st == PA_OK && i < sizeof texts / sizeof *texts; i++)
        st = pa_tell_name(file, &t, texts[i].column, 0, texts[i].text, err);
    const pa_column *until = st == PA_OK ? pa_table_find(&t, "until") : NULL;
    if (until && until->spec.type == PA_I64) day->held.until = *(const int64_t *)until->data;
    pa_table_free(&t);
    pa_strings_free(&pool);
    return st;
}

/* The alert that the transaction would have raised, if a suppression held it back. */
static pa_status tell_held(pa_result_file *file, int64_t tx, pa_told_day *day, pa_error *err)
{
    const pa_column_spec *rule = pa_result_find_column(file, suppressed, "suppression");
    int64_t n = pa_result_rows(file, suppressed), *id = NULL;
    int32_t *by = NULL;
    if (n <= 0 || !rule) return PA_OK;
    pa_status st = PA_NEW(id, (size_t)n, err);
    if (st == PA_OK) st = PA_NEW(by, (size_t)n, err);
    if (st == PA_OK)
        st = pa_result_read_column(file, suppressed, "tx", PA_I64, 0, (size_t)n, id, err);
    if (st == PA_OK)
        st = pa_result_read_column(file, suppressed, rule->name, PA_I32, 0, (size_t)n, by, err);
    for (int64_t i = 0; st == PA_OK && i < n; i++)
        if (id[i] == tx) st = tell_rule(file, by[i], day, err);
    pa_free(id);
    pa_free(by);
    return st;
}

pa_status pa_tell_day(pa_result_file *file, const pa_table *slice, size_t r, pa_told_day *day,
                      pa_error *err)
{
    queue q;
    int64_t date = pa_day_of(pa_i64(slice, "time")[r]) * PA_DAY_SECONDS;
    day->last_margin = (double)NAN;
    day->rank = pa_i64(slice, "rank")[r];
    PA_TRY(pa_result_read_column(file, "splits", "rows", PA_I64, PA_SPLIT_AUDIT, 1, &day->n_audit,
                                 err));
    PA_TRY(tell_held(file, pa_i64(slice, "tx")[r], day, err));
    pa_status st = open_queue(file, &q, err);
    if (st == PA_OK) st = tell_queue(file, &q, date, pa_i32(slice, "account")[r], day, err);
    free_queue(&q);
    return st;
}

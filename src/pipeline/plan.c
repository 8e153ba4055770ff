/* The time plan of a job: from the bulk of its rows, told before anything runs. */
#include <inttypes.h>
#include <string.h>

#include "checkpointer.h"
#include "dates.h"
#include "ingest_job.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/utf8.h"
#include "paraudit/pipeline/job.h"
#include "paraudit/stage/fitting.h"

static const pa_column_spec split_spec = {
    .name = "split",
    .type = PA_I8,
    .meaning = "part of the time plan that the row falls into",
    .role = PA_ROLE_INPUT,
    .stage = "ingest",
    .codes = "categories/split",
};

static pa_status fill_split(pa_table *tx, const pa_time_plan *plan, pa_error *err)
{
    if (pa_table_find(tx, "split")) return PA_OK;
    void *data;
    PA_TRY(pa_table_add(tx, &split_spec, &data, err));
    const int64_t *time = pa_i64(tx, "time");
    int8_t *split = data;
    for (size_t i = 0; i < tx->n_rows; i++) split[i] = (int8_t)pa_split_of(plan, time[i]);
    return PA_OK;
}

/* No week has more rows than the book: an audit with a hundredth of all is not tiny. */
static pa_status count_week(pa_job *job, const pa_table *tx)
{
    pa_plan_rows *r = &job->plan_rows;
    r->median_week = 0;
    if (r->rows[PA_SPLIT_AUDIT] * 100 >= tx->n_global) return PA_OK;
    return pa_median_week(job->run.comm, tx->n_rows, pa_i64(tx, "time"), job->plan.history_from,
                          job->plan.audit_until, &r->median_week, &job->run.err);
}

static pa_status count_rows(pa_job *job, const pa_table *tx)
{
    const int8_t *split = pa_i8(tx, "split"), *label = pa_i8(tx, "label");
    pa_plan_rows *r = &job->plan_rows;
    *r = (pa_plan_rows){.earlier = 0};
    for (size_t i = 0; i < tx->n_rows; i++) {
        r->rows[split[i]]++;
        r->frauds[split[i]] += label[i] == 1;
    }
    pa_sum_i64(job->run.comm, r->rows, PA_N_SPLITS);
    pa_sum_i64(job->run.comm, r->frauds, PA_N_SPLITS);
    r->earlier = pa_rows_between(job->run.comm, tx, job->plan.earlier_from, job->plan.earlier_until)
                     .n_global;
    return count_week(job, tx);
}

static void count_duplicates(pa_job *job)
{
    const pa_table *rejects = pa_run_table(&job->run, "rejects");
    const int8_t *reason = pa_i8(rejects, "reason");
    int64_t n = 0;
    for (size_t i = 0; i < rejects->n_rows; i++)
        n += reason[i] == PA_REJECT_DUPLICATE || reason[i] == PA_REJECT_REPEATED;
    pa_sum_i64(job->run.comm, &n, 1);
    job->facts.rows_duplicate = n;
}

/* ---- its text ---- */

enum { NAMED = 5 };

/* "tx.csv:241 9999-12-31 00:00:00, ..." of the rows that lie on the far side of `limit`. */
static pa_status name_rows(size_t n, const pa_dated_row row[], int64_t limit, bool after,
                           pa_buffer *text, pa_error *err)
{
    for (size_t i = 0; i < n && i < NAMED; i++) {
        char time[PA_TIME_TEXT];
        if (after ? row[i].time <= limit : row[i].time >= limit) break;
        pa_format_time(row[i].time, time);
        PA_TRY(pa_buffer_printf(text, err, "%s%s:%" PRId64 " %s", i ? ", " : " ", row[i].file,
                                row[i].line, time));
    }
    return PA_OK;
}

/* The rows far outside that no key took into the plan, on one side of the bulk. */
typedef struct {
    int64_t n, limit; /* they lie behind the limit, or before it */
    bool after;
} far_rows;

static far_rows find_far(const pa_job *job, const pa_date_bulk *bulk, bool after)
{
    const pa_table *tx = job->run.tables[0];
    const int64_t *time = pa_i64(tx, "time");
    int64_t begin = job->plan.history_from, end = job->plan.audit_until - 1;
    far_rows f = {.after = after};
    if (after)
        f.limit = bulk->last_time > end ? bulk->last_time : end;
    else
        f.limit = bulk->first_time < begin ? bulk->first_time : begin;
    if ((after ? bulk->n_after : bulk->n_before) == 0) return f;
    for (size_t i = 0; i < tx->n_rows; i++) f.n += after ? time[i] > f.limit : time[i] < f.limit;
    pa_sum_i64(job->run.comm, &f.n, 1);
    return f;
}

static pa_status tell_far(const pa_job *job, const pa_date_bulk *bulk, const far_rows *far,
                          pa_buffer *text, pa_error *err)
{
    const pa_input_facts *f = &job->facts;
    char first[PA_TIME_TEXT], last[PA_TIME_TEXT];
    if (far->n == 0) return PA_OK;
    pa_format_time(bulk->first_time, first);
    pa_format_time(bulk->last_time, last);
    PA_TRY(pa_buffer_printf(
        text, err,
        PA_PLAN_WARNING "%" PRId64 " row%s far %s the bulk of dates, %s to %s, and the time "
                        "plan does not follow %s (set split.%s to have it so):",
        far->n, far->n == 1 ? " lies" : "s lie", far->after ? "behind" : "before", first, last,
        far->n == 1 ? "it" : "them", far->after ? "audit_until" : "history_from"));
    PA_TRY(far->after ? name_rows(f->n_latest, f->latest, far->limit, true, text, err)
                      : name_rows(f->n_earliest, f->earliest, far->limit, false, text, err));
    return pa_buffer_printf(text, err, "%s\n", far->n > NAMED ? ", ..." : "");
}

static pa_status write_text(pa_job *job, const pa_date_bulk *bulk, const far_rows far[2],
                            pa_error *err)
{
    pa_buffer *text = &job->plan_text;
    if (text->length > 0) return PA_OK; /* a restart has it from the file */
    if (job->input_text.length > 0)
        PA_TRY(pa_buffer_add(text, job->input_text.data, job->input_text.length, err));
    PA_TRY(pa_time_plan_print(&job->plan, &job->plan_rows, text, err));
    PA_TRY(tell_far(job, bulk, far, text, err));
    PA_TRY(tell_far(job, bulk, far + 1, text, err));
    PA_TRY(pa_time_plan_warn(&job->plan, &job->plan_rows, text, err));
    pa_utf8_mend(text->data);
    return PA_OK;
}

/* Says the plan; its warnings come again at the end, where they are not missed. */
static void say_text(pa_job *job)
{
    static const char mark[] = PA_PLAN_WARNING;
    const char *line = job->plan_text.data;
    pa_log_say(job->run.log, "%.*s", (int)job->plan_text.length - 1, line);
    for (const char *end; (end = strchr(line, '\n')); line = end + 1) {
        if (strncmp(line, mark, sizeof mark - 1) != 0) continue;
        line += sizeof mark - 1;
        pa_run_note(&job->run, "%.*s", (int)(end - line), line);
    }
}

pa_status pa_job_no_audit(pa_run *run)
{
    return pa_fail(&run->err, PA_E_CONFIG,
                   "no transaction lies between split.audit_from and split.audit_until");
}

pa_status pa_job_plan(pa_job *job)
{
    pa_run *run = &job->run;
    const pa_input_facts *f = &job->facts;
    pa_table *tx = run->tables[0];
    pa_date_bulk bulk;
    PA_TRY(pa_find_bulk(run->comm, tx->n_rows, pa_i64(tx, "time"), f->first_time, f->last_time,
                        &bulk, &run->err));
    PA_AGREE(run->comm,
             pa_time_plan_read(run->config, bulk.first_time, bulk.last_time, f->last_time,
                               &job->plan, &run->err),
             &run->err);
    pa_row_set reference =
        pa_rows_between(run->comm, tx, job->plan.reference_from, job->plan.train_from);
    pa_time_plan_widen(run->config, reference.n_global, &job->plan);
    PA_AGREE(run->comm, fill_split(tx, &job->plan, &run->err), &run->err);
    PA_TRY(count_rows(job, tx));
    count_duplicates(job);
    if (job->plan_rows.rows[PA_SPLIT_AUDIT] == 0) return pa_job_no_audit(run);
    const far_rows far[2] = {find_far(job, &bulk, false), find_far(job, &bulk, true)};
    PA_AGREE(run->comm, write_text(job, &bulk, far, &run->err), &run->err);
    say_text(job);
    return PA_OK;
}

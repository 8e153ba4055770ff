/* The stage `forecast`. */
#include "paraudit/forecast/forecast_stage.h"

#include <math.h>
#include <string.h>

#include "forecast_columns.h"
#include "forecast_model.h"
#include "paraudit/base/array.h"
#include "paraudit/table/records.h"
#include "paraudit/table/slices.h"

static const char segments_table[] = "forecast/segments";

static const pa_option_spec options[] = {
    {.key = "forecast.run",
     .type = PA_OPTION_BOOL,
     .fallback = "yes",
     .meaning = "whether an audit says what was to be expected of an account"},
    {.key = "forecast.calibration_share",
     .type = PA_OPTION_REAL,
     .fallback = "0.3",
     .min = .01,
     .max = .9,
     .meaning =
         "the last part of the history's days (366 at most), by which the filter of counts is "
         "set; segments are cut by the part before"},
    {.key = "forecast.most_days",
     .type = PA_OPTION_INT,
     .fallback = "1000000",
     .min = 1,
     .max = INT64_C(1) << 40,
     .unit = "days",
     .meaning =
         "days of accounts, about, by which it is set: where there are more, some accounts are "
         "drawn"},
    {0}};

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    static const char *const reads[] = {"tx", "time", "account", "amount_minor"};
    const pa_table_spec segments = {.name = segments_table,
                                    .meaning = "what is expected of accounts of a segment"};
    PA_TRY(pa_schema_learns_accounts(config, "forecast.run", false, sizeof reads / sizeof *reads,
                                     reads, io, err));
    if (pa_schema_runs(io) && pa_schema_has_input(io, "category"))
        PA_TRY(pa_schema_reads(io, "category", err));
    for (int k = 0; k < PA_N_FORECAST; k++)
        PA_TRY(pa_schema_writes(io, &pa_forecast_columns[k], err));
    return pa_schema_side_table(io, &segments, err);
}

/* ---- rows ---- */

typedef struct {
    pa_run *run;
    pa_forecast_model model;
    pa_account_rows rows;
    int8_t *segment;
    int32_t *category;
    float *out[PA_N_FORECAST];
} applied;

static void close_applied(applied *a)
{
    pa_free(a->segment);
    pa_free(a->category);
}

static pa_status open_applied(applied *a, const pa_store *model, const pa_table *tx)
{
    pa_error *err = &a->run->err;
    const pa_time_plan *p = a->run->plan;
    PA_TRY(pa_forecast_open(model, &a->model, err));
    PA_TRY(PA_NEW(a->segment, tx->n_rows, err));
    PA_TRY(pa_forecast_categories(tx, &a->category, err));
    a->rows =
        (pa_account_rows){.n = tx->n_rows,
                          .account = pa_i32(tx, "account"),
                          .category = a->category,
                          .time = pa_i64(tx, "time"),
                          .amount_minor = pa_i64(tx, "amount_minor"),
                          .segment = a->segment,
                          .units = pa_minor_units(pa_table_find(tx, "amount_minor")->spec.unit),
                          .from = p->reference_from};
    const pa_account_rows *r = &a->rows;
    const pa_segment_rows rows = {
        r->n, r->account, r->time, r->amount_minor, p->history_from, p->reference_from, r->units};
    pa_segments_of_rows(&a->model.cuts, &rows, a->segment);
    /* Categories that the history did not have are as none. */
    for (size_t i = 0; a->category && i < r->n; i++)
        if (a->category[i] + 1 >= (int64_t)a->model.n_categories) a->category[i] = -1;
    return PA_OK;
}

static pa_status write_columns(applied *a)
{
    void *data;
    for (int k = 0; k < PA_N_FORECAST; k++) {
        PA_TRY(pa_run_write(a->run, pa_forecast_columns[k].name, &data));
        a->out[k] = data;
    }
    return PA_OK;
}

static void tell_rows(const applied *a)
{
    const pa_account_columns to = {
        .expected = a->out[PA_COUNT_EXPECTED],
        .tail = a->out[PA_COUNT_TAIL_P],
        .surprise = a->out[PA_COUNT_SURPRISE],
        .low = a->out[PA_COUNT_LOW_SURPRISE],
        .residual = a->out[PA_AMOUNT_RESIDUAL_Z],
        .cusum = {a->out[PA_COUNT_CUSUM_7D], a->out[PA_COUNT_CUSUM_30D]}};
    pa_account_forecast(&a->model.of, &a->rows, &to);
}

/* ---- the table ---- */

typedef struct {
    char segment[PA_SEGMENT_NAME];
    int64_t judged_days, accounts, rows, surprising_rows;
    pa_count_prior count;
    double weekday[PA_WEEK_DAYS];
    pa_amount_prior amount;
} segment_row;

#define FIELD(member, as, kind, bytes, unit_, text)                                                \
    {                                                                                              \
        offsetof(segment_row, member),                                                             \
        {                                                                                          \
            .name = (as), .type = (kind), .width = (bytes), .unit = (unit_), .meaning = (text),    \
            .role = PA_ROLE_RESULT, .flags = PA_FITTED, .stage = "forecast"                        \
        }                                                                                          \
    }
#define COUNTED(member, text) FIELD(member, #member, PA_I64, 0, "1", text)
#define FOUND(member, as, unit, text) FIELD(member, as, PA_F64, 0, unit, text)
#define WEEKDAY(k, name) FOUND(weekday[k], name, "1", "factor of counts on that day of the week")

static const pa_field fields[] = {
    FIELD(segment, "segment", PA_BYTES, PA_SEGMENT_NAME, NULL,
          "accounts of like pace and amount in the history"),
    COUNTED(judged_days, "days of its accounts by which the filter of counts was set"),
    COUNTED(accounts, "accounts that have rows which were told"),
    COUNTED(rows, "rows that were told"),
    COUNTED(surprising_rows, "of them those with a count_tail_p of .001 or less"),
    FOUND(count.mean, "count_mean", "1",
          "transactions a day, where nothing is known of an account"),
    FOUND(count.strength, "count_strength", "d", "days that this is worth"),
    FOUND(count.discount, "count_discount", "1",
          "what is left of an account's own days after one more"),
    FOUND(count.certainty, "count_certainty", "1",
          "share of them that counts for how far a day may lie from what is expected"),
    WEEKDAY(0, "monday"),
    WEEKDAY(1, "tuesday"),
    WEEKDAY(2, "wednesday"),
    WEEKDAY(3, "thursday"),
    WEEKDAY(4, "friday"),
    WEEKDAY(5, "saturday"),
    WEEKDAY(6, "sunday"),
    FOUND(amount.level, "amount_level", "1",
          "logarithm of an amount, what its category adds apart"),
    FOUND(amount.precision, "amount_precision", "1", "1 over the variance of that among accounts"),
    FOUND(amount.scale, "amount_scale", "1", "scale of residuals, in scales of their categories"),
};

static void count_rows(const applied *a, segment_row row[PA_N_SEGMENTS])
{
    const pa_account_rows *r = &a->rows;
    int64_t n[PA_N_SEGMENTS][3] = {0};
    int32_t account = -1;
    for (size_t i = 0; i < r->n; i++) {
        if (r->time[i] < r->from) continue;
        int64_t *to = n[r->segment[i]];
        to[0] += r->account[i] != account;
        account = r->account[i];
        to[1]++;
        to[2] += a->out[PA_COUNT_TAIL_P][i] <= .001F;
    }
    pa_sum_i64(a->run->comm, n[0], sizeof n / sizeof n[0][0]);
    for (int g = 0; g < PA_N_SEGMENTS; g++) {
        row[g].accounts = n[g][0];
        row[g].rows = n[g][1];
        row[g].surprising_rows = n[g][2];
    }
}

/* Rank 0 holds it. */
static pa_status fill_table(const applied *a, const segment_row row[])
{
    pa_table *t;
    PA_TRY(pa_run_fill_table(a->run, segments_table, &t));
    pa_table_size_small(t, pa_comm_rank(a->run->comm), PA_N_SEGMENTS);
    return pa_table_add_records(t, sizeof fields / sizeof *fields, fields, row, sizeof *row,
                                &a->run->err);
}

static pa_status tell_segments(const applied *a)
{
    static const segment_row none;
    segment_row row[PA_N_SEGMENTS];
    const pa_account_model *m = &a->model.of;
    for (int g = 0; g < PA_N_SEGMENTS; g++) {
        row[g] = none;
        pa_segment_name(g, row[g].segment);
        row[g].judged_days = a->model.judged[g];
        row[g].count = m->count[g];
        row[g].amount = m->amount[g];
        memcpy(row[g].weekday, m->weekday + g * PA_WEEK_DAYS, sizeof row[g].weekday);
    }
    count_rows(a, row);
    return fill_table(a, row);
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    applied a = {.run = run};
    pa_status st = open_applied(&a, model, tx);
    if (st == PA_OK) st = write_columns(&a);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK) {
        tell_rows(&a);
        st = pa_agree(run->comm, tell_segments(&a), &run->err);
    }
    close_applied(&a);
    return st;
}

const pa_stage pa_forecast_stage = {.name = "forecast",
                                    .version = 2,
                                    .options = options,
                                    .plan = plan,
                                    .fit = pa_forecast_fit,
                                    .apply = apply,
                                    .cost = {.fit = 180, .apply = 80}};

#include "paraudit/features/features_stage.h"

#include "merchant_view.h"
#include "paraudit/base/array.h"
#include "paraudit/features/habits.h"
#include "paraudit/features/moment.h"
#include "paraudit/features/windows.h"
#include "totals.h"

static const pa_option_spec options[] = {
    {.key = "features.robust_rows",
     .type = PA_OPTION_INT,
     .fallback = "64",
     .min = PA_ROBUST_LEAST,
     .max = PA_ROBUST_MOST,
     .unit = "transactions",
     .meaning = "how many of an account's last transactions amount_robust_z compares with"},
    {0}};

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    static const char *const reads[] = {"account",      "merchant", "time",
                                        "amount_minor", "label",    "tx"};
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        PA_TRY(pa_schema_reads(io, reads[i], err));
    }
    for (int i = 0; i < PA_N_FEATURES; i++) {
        PA_TRY(pa_schema_writes(io, &pa_feature_columns[i], err));
    }
    return PA_OK;
}

/* The columns are added at once, in the order of the plan; the system gives
 * their memory only when they are filled. */
static pa_status open_rows(pa_table *tx, pa_feature_rows *rows, pa_error *err)
{
    *rows = (pa_feature_rows){.n = tx->n_rows,
                              .tx = pa_i64(tx, "tx"),
                              .time = pa_i64(tx, "time"),
                              .amount_minor = pa_i64(tx, "amount_minor"),
                              .account = pa_i32(tx, "account"),
                              .merchant = pa_i32(tx, "merchant"),
                              .label = pa_i8(tx, "label")};
    PA_TRY(pa_line_check(rows->n, rows->tx, rows->time, rows->amount_minor, err));
    for (int i = 0; i < PA_N_FEATURES; i++) {
        void *data = NULL;
        PA_TRY(pa_table_add(tx, &pa_feature_columns[i], &data, err));
        rows->out[i] = data;
    }
    return PA_OK;
}

static pa_feature_extent measure(pa_comm *comm, const pa_feature_rows *rows)
{
    int64_t first = INT64_MAX, last[3] = {INT64_MIN, -1, -1};
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->time[i] < first) first = rows->time[i];
        if (rows->time[i] > last[0]) last[0] = rows->time[i];
        if (rows->account[i] > last[1]) last[1] = rows->account[i];
        if (rows->merchant[i] > last[2]) last[2] = rows->merchant[i];
    }
    pa_min_i64(comm, &first, 1);
    pa_max_i64(comm, last, 3);
    return (pa_feature_extent){first, last[0], last[1] + 1, last[2] + 1};
}

static void account_windows(const pa_feature_rows *r, const pa_line *line)
{
    static const int64_t window[] = {PA_HOUR, PA_DAY, PA_WEEK, PA_MONTH};
    for (int w = 0; w < 4; w++) {
        pa_window_columns out = {.count = r->out[PA_ACCOUNT_TX_COUNT_1H + w],
                                 .sum = r->out[PA_ACCOUNT_AMOUNT_SUM_1H + w],
                                 .mean = w ? r->out[PA_ACCOUNT_AMOUNT_MEAN_1D + w - 1] : NULL,
                                 .ratio =
                                     window[w] == PA_MONTH ? r->out[PA_AMOUNT_RATIO_30D] : NULL};
        pa_window_amount(line, r->amount_minor, window[w], &out);
    }
}

static void account_habits(const pa_feature_rows *r, const pa_line *line, size_t robust_rows)
{
    pa_account_gap(r->n, r->account, r->time, PA_MONTH, r->out[PA_ACCOUNT_GAP]);
    pa_account_age(r->n, r->account, r->time, r->out[PA_ACCOUNT_AGE_DAYS]);
    pa_account_velocity(r->n, r->account, r->time, PA_HOUR, r->out[PA_ACCOUNT_TX_COUNT_1H],
                        PA_MONTH, r->out[PA_ACCOUNT_TX_COUNT_30D], r->out[PA_ACCOUNT_VELOCITY_1H]);
    pa_account_robust_z(r->n, r->account, r->amount_minor, robust_rows, r->out[PA_AMOUNT_ROBUST_Z]);
    pa_window_count_above(line, r->out[PA_AMOUNT_ROBUST_Z], PA_OUTLIER_Z, PA_OUTLIER_SPAN,
                          r->out[PA_ACCOUNT_OUTLIERS_14D]);
}

/* What needs no other rank. */
static pa_status own_columns(pa_run *run, const pa_feature_rows *r, const pa_feature_extent *extent)
{
    pa_error *err = &run->err;
    pa_moment_amount(r->n, r->amount_minor, r->out[PA_TX_AMOUNT]);
    pa_moment_weekend(r->n, r->time, r->out[PA_DURING_WEEKEND]);
    pa_moment_night(r->n, r->time, r->out[PA_DURING_NIGHT]);
    PA_TRY(pa_account_merchant(r->n, r->account, r->merchant, r->out[PA_ACCOUNT_MERCHANT_COUNT],
                               r->out[PA_MERCHANT_IS_NEW], err));
    uint64_t stride, *position = NULL;
    PA_TRY(pa_line_stride(extent->first_time, extent->last_time, PA_MONTH, extent->n_accounts,
                          "accounts", &stride, err));
    PA_TRY(PA_NEW(position, r->n, err));
    pa_line_place(r->n, r->account, r->time, extent->first_time, stride, position);
    pa_line line = {.n = r->n, .at = position};
    account_windows(r, &line);
    account_habits(r, &line, (size_t)pa_config_int(run->config, "features.robust_rows"));
    pa_free(position);
    return PA_OK;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    (void)model;
    pa_feature_rows rows;
    PA_AGREE(run->comm, open_rows(tx, &rows, &run->err), &run->err);
    pa_feature_extent extent = measure(run->comm, &rows);
    PA_AGREE(run->comm, own_columns(run, &rows, &extent), &run->err);
    PA_TRY(pa_merchant_columns(run, &rows, &extent));
    return pa_account_totals(run, rows.n, rows.account, rows.time, rows.amount_minor);
}

const pa_stage pa_features_stage = {.name = "features",
                                    .version = 1,
                                    .options = options,
                                    .plan = plan,
                                    .fit = NULL,
                                    .apply = apply};

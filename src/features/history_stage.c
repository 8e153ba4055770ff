/* The stage `history`: each row beside the past of its account. */
#include "feature_rows.h"
#include "paraudit/base/array.h"
#include "paraudit/base/stop.h"
#include "paraudit/features/account_fraud.h"
#include "paraudit/features/features_stage.h"
#include "paraudit/features/habits.h"
#include "paraudit/features/novelty.h"
#include "paraudit/features/spending.h"
#include "paraudit/features/surprise.h"
#include "paraudit/features/windows.h"
#include "paraudit/stage/time_plan.h"

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
    PA_TRY(pa_feature_plan(config, "history", io, err));
    if (pa_input_lacks(config, "input.account")) {
        pa_schema_stands_aside(io, "each row is its own account (input.account is empty): there is "
                                   "no history to compare with");
    }
    return PA_OK;
}

static void windows(const pa_feature_rows *r, const pa_line *line)
{
    static const int64_t window[] = {PA_HOUR, PA_DAY, PA_WEEK, PA_MONTH};
    for (int w = 0; w < 4; w++) {
        pa_window_columns out = {.count = r->out[PA_ACCOUNT_TX_COUNT_1H + w],
                                 .sum = r->out[PA_ACCOUNT_AMOUNT_SUM_1H + w],
                                 .mean = w ? r->out[PA_ACCOUNT_AMOUNT_MEAN_1D + w - 1] : NULL,
                                 .ratio =
                                     window[w] == PA_MONTH ? r->out[PA_AMOUNT_RATIO_30D] : NULL};
        pa_window_amount(line, r->amount_minor, r->units, window[w], &out);
    }
}

static pa_status amounts(const pa_feature_rows *r, const pa_line *line, size_t robust_rows,
                         pa_error *err)
{
    int8_t *small = NULL;
    PA_TRY(PA_NEW(small, r->n, err));
    pa_account_robust_z(r->n, r->account, r->amount_minor, robust_rows, r->out[PA_AMOUNT_ROBUST_Z],
                        small);
    pa_window_count_above(line, r->out[PA_AMOUNT_ROBUST_Z], PA_OUTLIER_Z, PA_OUTLIER_SPAN,
                          r->out[PA_ACCOUNT_OUTLIERS_14D]);
    pa_window_flags(line, small, PA_DAY, r->out[PA_ACCOUNT_SMALL_COUNT_1D]);
    pa_free(small);
    return PA_OK;
}

static pa_status spending(const pa_feature_rows *r, const pa_line *line, pa_error *err)
{
    pa_account_spending(r->n, r->account, r->amount_minor, (int64_t)r->units,
                        r->out[PA_AMOUNT_RATIO_ACCOUNT], r->out[PA_AMOUNT_Z_ACCOUNT]);
    pa_window_count_above(line, r->out[PA_AMOUNT_RATIO_ACCOUNT], PA_HIGH_RATIO, PA_OUTLIER_SPAN,
                          r->out[PA_ACCOUNT_HIGH_COUNT_14D]);
    return pa_window_largest_before(line, r->out[PA_AMOUNT_RATIO_ACCOUNT], PA_OUTLIER_SPAN,
                                    r->out[PA_ACCOUNT_RATIO_MAX_14D], err);
}

static pa_status frauds(const pa_feature_rows *r, int64_t delay, pa_error *err)
{
    const pa_labels labels = pa_feature_labels(r, delay);
    return pa_account_fraud(r->n, r->account, &labels, PA_FRAUD_MEMORY,
                            r->out[PA_ACCOUNT_FRAUD_COUNT], r->out[PA_ACCOUNT_FRAUD_AGE_DAYS], err);
}

static void rhythm(const pa_feature_rows *r)
{
    pa_account_gap(r->n, r->account, r->time, PA_MONTH, r->out[PA_ACCOUNT_GAP]);
    pa_account_age(r->n, r->account, r->time, r->out[PA_ACCOUNT_AGE_DAYS]);
    pa_account_velocity(r->n, r->account, r->time, PA_HOUR, r->out[PA_ACCOUNT_TX_COUNT_1H],
                        PA_MONTH, r->out[PA_ACCOUNT_TX_COUNT_30D], r->out[PA_ACCOUNT_VELOCITY_1H]);
    pa_account_hour_surprise(r->n, r->account, r->time, r->out[PA_HOUR_SURPRISE]);
    pa_account_weekday_surprise(r->n, r->account, r->time, r->out[PA_WEEKDAY_SURPRISE]);
}

/* What the stage reads of the positions of all its rows. */
static pa_status line_columns(const pa_feature_rows *r, const pa_feature_extent *extent,
                              size_t robust_rows, pa_error *err)
{
    uint64_t stride, *position = NULL;
    PA_TRY(pa_line_stride(extent->first_time, extent->last_time, PA_MONTH, extent->n_owners,
                          "accounts", &stride, err));
    PA_TRY(PA_NEW(position, r->n, err));
    pa_line_place(r->n, r->account, r->time, extent->first_time, stride, position);
    pa_line line = {.n = r->n, .at = position};
    windows(r, &line);
    pa_status st = pa_stop_poll(err);
    if (st == PA_OK) st = amounts(r, &line, robust_rows, err);
    if (st == PA_OK) st = spending(r, &line, err);
    if (st == PA_OK && r->has & PA_HAS_MERCHANT) {
        pa_window_count_above(&line, r->out[PA_MERCHANT_IS_NEW], 0, PA_WEEK,
                              r->out[PA_ACCOUNT_NEW_MERCHANTS_7D]);
    }
    pa_free(position);
    return st;
}

static pa_status merchants(const pa_feature_rows *r, pa_error *err)
{
    if (!(r->has & PA_HAS_MERCHANT)) return PA_OK;
    const pa_merchant_columns out = {.earlier = r->out[PA_ACCOUNT_MERCHANT_COUNT],
                                     .is_new = r->out[PA_MERCHANT_IS_NEW],
                                     .days = r->out[PA_ACCOUNT_MERCHANT_DAYS]};
    PA_TRY(pa_account_merchant(r->n, r->account, r->merchant, r->time, PA_VISIT_MEMORY, &out, err));
    PA_TRY(pa_stop_poll(err));
    return pa_account_merchants(r->n, r->account, r->merchant, r->time, PA_DAY,
                                r->out[PA_ACCOUNT_MERCHANTS_1D], err);
}

/* code: room for the codes of all rows, in the type of the kernels. */
static pa_status codes(const pa_feature_rows *r, const pa_table *tx, int32_t code[], pa_error *err)
{
    static const struct {
        unsigned bit;
        const char *column;
        pa_feature is_new, surprise;
    } of[] = {
        {PA_HAS_CATEGORY, "category", PA_CATEGORY_IS_NEW, PA_CATEGORY_SURPRISE},
        {PA_HAS_CHANNEL, "channel", PA_CHANNEL_IS_NEW, PA_CHANNEL_SURPRISE},
        {PA_HAS_CURRENCY, "currency", PA_CURRENCY_IS_NEW, PA_CURRENCY_SURPRISE},
        {PA_HAS_COUNTRY, "country", PA_COUNTRY_IS_NEW, PA_COUNTRY_SURPRISE},
    };
    for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
        if (!(r->has & of[k].bit)) continue;
        const pa_column *column = pa_table_find(tx, of[k].column);
        pa_codes_of(column, r->n, code);
        pa_code_columns out = {.is_new = r->out[of[k].is_new], .surprise = r->out[of[k].surprise]};
        if (of[k].bit == PA_HAS_CATEGORY) out.amount_ratio = r->out[PA_AMOUNT_RATIO_CATEGORY];
        PA_TRY(pa_account_code(r->n, r->account, code, r->amount_minor, &out, err));
    }
    return PA_OK;
}

static pa_status fill(pa_run *run, const pa_table *tx, const pa_feature_rows *r,
                      const pa_feature_extent *extent)
{
    pa_error *err = &run->err;
    size_t robust_rows = (size_t)pa_config_int(run->config, "features.robust_rows");
    int32_t *code = NULL;
    PA_TRY(pa_step(run, merchants(r, err)));
    PA_TRY(pa_step(run, line_columns(r, extent, robust_rows, err)));
    PA_TRY(pa_step(run, frauds(r, run->plan->label_delay, err)));
    rhythm(r);
    PA_TRY(pa_safe_point_tile(run));
    if (r->has & PA_HAS_PLACE) {
        pa_account_travel(r->n, r->account, r->time, r->place, r->out[PA_DISTANCE_LAST_KM],
                          r->out[PA_SPEED_KMH]);
    }
    pa_status st = PA_NEW(code, r->n, err);
    if (st == PA_OK) st = codes(r, tx, code, err);
    pa_free(code);
    return pa_agree(run->comm, st, err);
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    (void)model;
    pa_feature_rows rows;
    PA_AGREE(run->comm, pa_feature_rows_open(run->config, tx, "history", &rows, &run->err),
             &run->err);
    pa_feature_extent extent = pa_feature_extent_of(run->comm, &rows, rows.account);
    return fill(run, tx, &rows, &extent);
}

const pa_stage pa_history_stage = {.name = "history",
                                   .version = 1,
                                   .options = options,
                                   .plan = plan,
                                   .apply = apply,
                                   .cost = {.apply = 400}};

/* What the stage `forecast` learns from the history. */
#include <math.h>
#include <string.h>

#include "forecast_model.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/draw.h"
#include "paraudit/forecast/count_fit.h"
#include "paraudit/table/slices.h"

enum { MOST_DAYS = 366 }; /* of an account, the last ones */

/* The history's rows, one after the other. */
typedef struct {
    pa_run *run;
    size_t n;
    int32_t *account, *category; /* category: NULL where the input has none */
    int64_t *tx, *time, *amount_minor;
    int8_t *segment;
    double *log_amount;
    double units;
    int64_t until, calibration; /* days: the first one that is not whole, the first to be judged */
} history;

static void free_history(history *h)
{
    pa_free(h->account);
    pa_free(h->category);
    pa_free(h->tx);
    pa_free(h->time);
    pa_free(h->amount_minor);
    pa_free(h->segment);
    pa_free(h->log_amount);
}

static pa_status new_history(history *h, bool has_category, pa_error *err)
{
    PA_TRY(PA_NEW(h->account, h->n, err));
    if (has_category) PA_TRY(PA_NEW(h->category, h->n, err));
    PA_TRY(PA_NEW(h->tx, h->n, err));
    PA_TRY(PA_NEW(h->time, h->n, err));
    PA_TRY(PA_NEW(h->amount_minor, h->n, err));
    PA_TRY(PA_NEW(h->segment, h->n, err));
    return PA_NEW(h->log_amount, h->n, err);
}

static pa_status take_history(const pa_row_set *set, history *h, pa_error *err)
{
    const pa_column *category = pa_table_find(set->table, "category");
    const int32_t *account = pa_i32(set->table, "account");
    const int64_t *amount = pa_i64(set->table, "amount_minor"), *tx = pa_i64(set->table, "tx");
    size_t cursor = 0, row;
    h->n = (size_t)set->n;
    h->units = pa_minor_units(pa_table_find(set->table, "amount_minor")->spec.unit);
    PA_TRY(new_history(h, category != NULL, err));
    for (size_t i = 0; pa_next_rows(set, &cursor, 1, &row); i++) {
        h->account[i] = account[row];
        if (category) h->category[i] = pa_code_at(category, row);
        h->tx[i] = tx[row];
        h->time[i] = set->time[row];
        h->amount_minor[i] = amount[row];
        h->log_amount[i] = pa_log_amount(amount[row], h->units);
    }
    return PA_OK;
}

/* The last part, by which parameters are found, begins where its share of the history's days does.
 */
static void cut_history(history *h)
{
    double share = pa_config_real(h->run->config, "forecast.calibration_share");
    int64_t first = INT64_MAX;
    h->until = pa_day_of(h->run->plan->reference_from);
    for (size_t i = 0; i < h->n; i++)
        if (h->time[i] < first) first = h->time[i];
    pa_min_i64(h->run->comm, &first, 1);
    int64_t days = first == INT64_MAX ? 0 : h->until - pa_day_of(first);
    if (days > MOST_DAYS) days = MOST_DAYS;
    h->calibration = h->until - (days > 0 ? (int64_t)((double)days * share) : 0);
}

/* Segments as they are known at a moment. */
static pa_status find_segments(history *h, int64_t until, pa_store *model)
{
    const pa_segment_rows rows = {
        h->n, h->account, h->time, h->amount_minor, h->run->plan->history_from, until, h->units};
    pa_segment_cuts cuts;
    PA_TRY(pa_segments_learn(h->run->comm, &rows, model, &cuts, &h->run->err));
    pa_segments_of_rows(&cuts, &rows, h->segment);
    return PA_OK;
}

/* ---- counts ---- */

/* The days of accounts, from the one after the first row on. */
typedef struct {
    size_t *first;
    uint16_t *count;
    int8_t *segment;
    int32_t *phase, *judged;
    size_t n, n_days;
} day_counts;

static void free_counts(day_counts *c)
{
    pa_free(c->first);
    pa_free(c->count);
    pa_free(c->segment);
    pa_free(c->phase);
    pa_free(c->judged);
}

static int64_t first_day(const history *h, size_t begin)
{
    int64_t day = pa_day_of(h->time[begin]) + 1;
    return day > h->until - MOST_DAYS ? day : h->until - MOST_DAYS;
}

/* Whether an account is among those that count: all, where they are few. */
static bool is_drawn(const history *h, size_t begin, double share)
{
    return share >= 1 ||
           pa_uniform(h->run->seed, PA_DRAW_FORECAST_ACCOUNTS, (uint64_t)h->tx[begin], 0) < share;
}

/* How many accounts and days there are; share: of the accounts. */
static void count_days(const history *h, double share, size_t *n, size_t *n_days)
{
    *n = *n_days = 0;
    for (size_t begin = 0; begin < h->n; begin = pa_end_of_slice(h->n, h->account, begin)) {
        int64_t days = h->until - first_day(h, begin);
        if (days <= 0 || !is_drawn(h, begin, share)) continue;
        (*n)++;
        *n_days += (size_t)days;
    }
}

static void take_account(const history *h, size_t begin, size_t end, day_counts *c)
{
    int64_t from = first_day(h, begin);
    size_t at = c->first[c->n];
    c->segment[c->n] = h->segment[begin];
    c->phase[c->n] = pa_weekday_of(from * PA_DAY_SECONDS);
    c->judged[c->n] = (int32_t)(h->calibration > from ? h->calibration - from : 0);
    for (size_t i = begin; i < end; i++) {
        int64_t day = pa_day_of(h->time[i]);
        if (day < from || day >= h->until) continue;
        uint16_t *to = c->count + at + (day - from);
        if (*to < UINT16_MAX) ++*to;
    }
    c->first[++c->n] = at + (size_t)(h->until - from);
}

static pa_status take_counts(const history *h, double share, day_counts *c, pa_error *err)
{
    size_t n;
    count_days(h, share, &n, &c->n_days);
    PA_TRY(PA_NEW(c->first, n + 1, err));
    PA_TRY(PA_NEW(c->count, c->n_days, err));
    PA_TRY(PA_NEW(c->segment, n, err));
    PA_TRY(PA_NEW(c->phase, n, err));
    PA_TRY(PA_NEW(c->judged, n, err));
    for (size_t begin = 0, end; begin < h->n; begin = end) {
        end = pa_end_of_slice(h->n, h->account, begin);
        if (h->until > first_day(h, begin) && is_drawn(h, begin, share))
            take_account(h, begin, end, c);
    }
    return PA_OK;
}

/* Of so many accounts that their days are about as many as are wanted. */
static double share_of(const history *h)
{
    size_t n, n_days;
    count_days(h, 1, &n, &n_days);
    int64_t days = (int64_t)n_days;
    pa_sum_i64(h->run->comm, &days, 1);
    return (double)pa_config_int(h->run->config, "forecast.most_days") / (double)(days ? days : 1);
}

typedef struct {
    pa_count_prior *count;
    double *weekday, *log_likelihood;
    int64_t *judged;
} count_arrays;

static pa_status put_counts(pa_store *model, count_arrays *a, pa_error *err)
{
    void *to;
    PA_TRY(pa_store_put(model, "count", PA_F64, PA_N_SEGMENTS, sizeof *a->count / sizeof(double),
                        "rows a day; days it is worth; discount; certainty", &to, err));
    a->count = to;
    PA_TRY(pa_store_put(model, "weekday", PA_F64, PA_N_SEGMENTS, PA_WEEK_DAYS,
                        "factors of counts from Monday on", &to, err));
    a->weekday = to;
    PA_TRY(pa_store_put(model, "judged", PA_I64, PA_N_SEGMENTS, 1,
                        "days of accounts by which that was found", &to, err));
    a->judged = to;
    PA_TRY(pa_store_put(model, "log_likelihood", PA_F64, 1, 1, "of such a day", &to, err));
    a->log_likelihood = to;
    return PA_OK;
}

static pa_status score_counts(const history *h, const pa_count_series *s, const count_arrays *a)
{
    enum { SUMS = PA_N_SEGMENTS * PA_COUNT_GRID };
    pa_run *run = h->run;
    int64_t rows[PA_N_SEGMENTS * PA_WEEK_DAYS] = {0}, days[PA_N_SEGMENTS * PA_WEEK_DAYS] = {0};
    double mean[PA_N_SEGMENTS];
    pa_i128 *sum;
    pa_count_tally(s, rows, days);
    pa_sum_i64(run->comm, rows, PA_N_SEGMENTS * PA_WEEK_DAYS);
    pa_sum_i64(run->comm, days, PA_N_SEGMENTS * PA_WEEK_DAYS);
    pa_count_profile(PA_N_SEGMENTS, PA_WEEK_DAYS, rows, days, mean, a->weekday);
    pa_status st = PA_NEW(sum, SUMS, &run->err);
    if (st == PA_OK)
        st = pa_count_score(s, PA_N_SEGMENTS, mean, a->weekday, sum, a->judged, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK) {
        pa_sum_i128(run->comm, sum, SUMS);
        pa_sum_i64(run->comm, a->judged, PA_N_SEGMENTS);
        pa_count_choose(PA_N_SEGMENTS, mean, sum, a->judged, a->count, a->log_likelihood);
    }
    pa_free(sum);
    return st;
}

static pa_status fit_counts(const history *h, pa_store *model)
{
    pa_run *run = h->run;
    day_counts c = {0};
    count_arrays a;
    double share = share_of(h);
    pa_status st = take_counts(h, share, &c, &run->err);
    if (st == PA_OK) st = put_counts(model, &a, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    const pa_count_series s = {c.n, c.first, c.count, c.segment, c.phase, c.judged, PA_WEEK_DAYS};
    if (st == PA_OK) st = score_counts(h, &s, &a);
    free_counts(&c);
    return st;
}

/* ---- amounts ---- */

static size_t count_categories(const history *h)
{
    int64_t most = -1;
    for (size_t i = 0; h->category && i < h->n; i++)
        if (h->category[i] > most) most = h->category[i];
    pa_max_i64(h->run->comm, &most, 1);
    return (size_t)most + 2;
}

static void add_up(pa_comm *comm, size_t n, pa_amount_sum sum[])
{
    pa_sum_i128(comm, (pa_i128 *)sum, n * (sizeof *sum / sizeof(pa_i128)));
}

static void fit_categories(pa_comm *comm, const pa_amount_rows *r, size_t n, pa_amount_sum sum[],
                           pa_amount_category category[])
{
    for (int round = 0; round < PA_AMOUNT_ROUNDS; round++) {
        memset(sum, 0, n * sizeof *sum);
        pa_amount_effects(r, category, sum);
        add_up(comm, n, sum);
        pa_amount_effects_step(n, sum, category);
    }
    memset(sum, 0, n * sizeof *sum);
    pa_amount_scales(r, category, sum);
    add_up(comm, n, sum);
    pa_amount_scales_set(n, sum, category);
}

static pa_status fit_amounts(const history *h, pa_store *model)
{
    pa_run *run = h->run;
    const pa_amount_rows r = {h->n, h->account, h->category, h->segment, h->log_amount};
    size_t n = count_categories(h);
    pa_amount_segment_sums of_segment[PA_N_SEGMENTS] = {0};
    pa_amount_sum *sum;
    void *category = NULL, *amount = NULL;
    pa_status st = PA_NEW(sum, n, &run->err);
    if (st == PA_OK)
        st = pa_store_put(model, "category", PA_F64, n, sizeof(pa_amount_category) / sizeof(double),
                          "added to ln amount; scale of residuals; the first of no category",
                          &category, &run->err);
    if (st == PA_OK)
        st = pa_store_put(model, "amount", PA_F64, PA_N_SEGMENTS,
                          sizeof(pa_amount_prior) / sizeof(double),
                          "ln amount; precision of that; scale of residuals", &amount, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK) {
        fit_categories(run->comm, &r, n, sum, category);
        pa_amount_segments(&r, category, of_segment);
        add_up(run->comm, PA_N_SEGMENTS * (sizeof *of_segment / sizeof *sum),
               (pa_amount_sum *)of_segment);
        pa_amount_segments_set(PA_N_SEGMENTS, of_segment, amount);
    }
    pa_free(sum);
    return st;
}

/* How low amounts of the last part are, beside what the days before them say. Residuals take the
 * place of logarithms, which nobody needs any more. */
static pa_status fit_low_shares(history *h, pa_store *model)
{
    pa_run *run = h->run;
    const pa_account_model m = {.amount = pa_store_find(model, "amount")->data,
                                .category = pa_store_find(model, "category")->data};
    const pa_account_rows r = {h->n,
                               h->account,
                               h->category,
                               h->time,
                               h->amount_minor,
                               h->segment,
                               h->units,
                               h->calibration * PA_DAY_SECONDS};
    int64_t count[PA_LOW_SHARE_EDGES] = {0};
    void *edge = NULL;
    pa_status st =
        pa_store_put(model, "low_share", PA_F64, PA_LOW_SHARE_EDGES, 1,
                     "share of amounts with a residual up to -8, -7.875 .. 4", &edge, &run->err);
    PA_TRY(pa_agree(run->comm, st, &run->err));
    pa_account_residuals(&m, &r, h->log_amount);
    pa_low_share_count(h->n, h->log_amount, count);
    pa_sum_i64(run->comm, count, PA_LOW_SHARE_EDGES);
    pa_low_share_set(count, edge);
    return PA_OK;
}

/* ---- all of it ---- */

/* Counts are judged as they will be: on days that were not seen when segments were cut. */
static pa_status fit_all(history *h, pa_store *model)
{
    pa_store before;
    pa_store_init(&before, model->name, model->version);
    pa_status st = find_segments(h, h->calibration * PA_DAY_SECONDS, &before);
    pa_store_free(&before);
    if (st == PA_OK) st = pa_step(h->run, fit_counts(h, model));
    if (st == PA_OK) st = find_segments(h, h->run->plan->reference_from, model);
    if (st == PA_OK) st = fit_amounts(h, model);
    if (st == PA_OK) st = fit_low_shares(h, model);
    return st;
}

pa_status pa_forecast_fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    history h = {.run = run};
    int64_t n;
    pa_status st = pa_agree(run->comm, take_history(&on->rows, &h, &run->err), &run->err);
    if (st == PA_OK) cut_history(&h);
    n = (int64_t)h.n;
    if (st == PA_OK) st = fit_all(&h, model);
    free_history(&h);
    if (st != PA_OK) return st;
    pa_sum_i64(run->comm, &n, 1);
    if (n == 0)
        pa_run_note(run, "forecast: there is no history, so all accounts are expected to do the "
                         "same");
    return PA_OK;
}

/* How good the alerts are among small and large amounts, young and old accounts, and in groups of
 * accounts. */
#include <math.h>

#include "evaluate_parts.h"
#include "paraudit/base/calendar.h"
#include "paraudit/features/segments.h"
#include "paraudit/order/quantiles.h"

const char *const pa_band_names[PA_N_BANDINGS] = {[PA_BAND_AMOUNT] = "amount",
                                                  [PA_BAND_ACCOUNT_AGE] = "days of the account",
                                                  [PA_BAND_SEGMENT] = "segment"};

enum { N_BANDS = 4, MOST_BANDS = PA_N_SEGMENTS }; /* of amounts and ages; of each */

/* Of amounts the half, nine tenths and ninety-nine hundredths of the judged rows lie below. */
static const double parts[N_BANDS - 1] = {.5, .9, .99};
static const double ages[N_BANDS - 1] = {7, 30, 90};

/* The band of each row of the book, -1: none; cut: where the bands but the first begin, but for
 * groups. */
typedef struct {
    pa_band_of of;
    int32_t n;
    double cut[N_BANDS - 1];
    int32_t *band;
} banding;

/* ---- the bands ---- */

static pa_status cut_amounts(const pa_judging *j, int64_t n_judged, double cut[], pa_error *err)
{
    float *amount = NULL;
    size_t n = 0;
    int64_t position[N_BANDS - 1];
    pa_quantile quantile[N_BANDS - 1];
    PA_AGREE(j->comm, PA_NEW(amount, j->n_judged, err), err);
    for (size_t i = 0; i < j->in->n; i++)
        if (j->judged[i]) amount[n++] = (float)j->in->amount[i];
    for (int k = 0; k < N_BANDS - 1; k++) position[k] = (int64_t)(parts[k] * (double)n_judged);
    pa_status st = pa_quantiles(j->comm, n, amount, N_BANDS - 1, position, quantile, err);
    for (int k = 0; st == PA_OK && k < N_BANDS - 1; k++) cut[k] = (double)quantile[k].value;
    pa_free(amount);
    return st;
}

static int32_t band_of(double value, const double cut[])
{
    int32_t band = 0;
    while (band < N_BANDS - 1 && value >= cut[band]) band++;
    return band;
}

/* Amounts are compared as the cuts were taken, in float32. */
static void find_bands(const pa_judging *j, const banding *b)
{
    const pa_evaluation_input *in = j->in;
    int64_t first = 0;
    for (size_t i = 0; b->of == PA_BAND_SEGMENT && i < in->n; i++)
        b->band[i] = in->segment[i] < b->n ? in->segment[i] : -1;
    for (size_t i = 0; b->of != PA_BAND_SEGMENT && i < in->n; i++) {
        if (i == 0 || in->account[i] != in->account[i - 1]) first = in->time[i];
        double value = b->of == PA_BAND_AMOUNT ? (double)(float)in->amount[i]
                                               : (double)(in->time[i] - first) / PA_DAY_SECONDS;
        b->band[i] = band_of(value, b->cut);
    }
}

/* ---- what is counted ---- */

enum { ROWS, FRAUDS, ALERTS, RIGHT, N_COUNTS };

static void count(const pa_judging *j, const banding *b, int64_t counts[MOST_BANDS][N_COUNTS],
                  pa_i128 money[MOST_BANDS][2])
{
    for (size_t i = 0; i < j->in->n; i++) {
        if (!j->judged[i] || b->band[i] < 0) continue;
        int64_t *c = counts[b->band[i]];
        bool alert = j->in->alert[i] != 0, fraud = j->fraud[i] != 0;
        c[ROWS]++;
        c[FRAUDS] += fraud;
        c[ALERTS] += alert;
        c[RIGHT] += alert && fraud;
        if (!fraud) continue;
        pa_i128 amount = pa_fixed(j->in->amount[i], PA_AMOUNT_BITS);
        money[b->band[i]][0] += amount;
        if (alert) money[b->band[i]][1] += amount;
    }
    pa_sum_i64(j->comm, counts[0], (size_t)b->n * N_COUNTS);
    pa_sum_i128(j->comm, money[0], (size_t)b->n * 2);
}

static double from_of(const banding *b, int32_t k)
{
    if (b->of == PA_BAND_SEGMENT) return k;
    return k > 0 ? b->cut[k - 1] : (double)-INFINITY;
}

static double until_of(const banding *b, int32_t k)
{
    if (b->of == PA_BAND_SEGMENT) return k + 1;
    return k < b->n - 1 ? b->cut[k] : (double)INFINITY;
}

static pa_evaluation_band describe(const banding *b, int32_t k, const int64_t c[],
                                   const pa_i128 money[])
{
    pa_rates rates = pa_rates_of((pa_counts){c[RIGHT], c[ALERTS] - c[RIGHT]},
                                 (pa_counts){c[FRAUDS], c[ROWS] - c[FRAUDS]});
    return (pa_evaluation_band){.of = (int32_t)b->of,
                                .from = from_of(b, k),
                                .until = until_of(b, k),
                                .rows = c[ROWS],
                                .frauds = c[FRAUDS],
                                .alerts = c[ALERTS],
                                .alerts_on_frauds = c[RIGHT],
                                .precision = rates.precision,
                                .recall = rates.recall,
                                .average_precision = (double)NAN,
                                .amount_fraud = pa_fixed_to_f64(money[0], PA_AMOUNT_BITS),
                                .amount_alerted = pa_fixed_to_f64(money[1], PA_AMOUNT_BITS)};
}

/* ---- one kind of bands, and all ---- */

/* Rows of one band. */
typedef struct {
    const int32_t *band; /* of each, in the order of their margin */
    int32_t k;
} band_rows;

static bool is_of_band(const void *of, size_t i)
{
    const band_rows *rows = of;
    return rows->band[i] == rows->k;
}

/* ordered: room for the bands of the judged rows in the order of their margin. */
static pa_status judge_bands(const pa_judging *j, const banding *b, int32_t ordered[],
                             pa_evaluation *e, pa_error *err)
{
    int64_t counts[MOST_BANDS][N_COUNTS] = {{0}};
    pa_i128 money[MOST_BANDS][2] = {{0}};
    find_bands(j, b);
    count(j, b, counts, money);
    PA_TRY(pa_put_in_order(j, sizeof *b->band, b->band, ordered, err));
    for (int32_t k = 0; k < b->n; k++) {
        if (counts[k][ROWS] == 0) continue;
        pa_evaluation_band *band = e->bands + e->n_bands++;
        *band = describe(b, k, counts[k], money[k]);
        if (band->frauds == 0) continue;
        PA_TRY(pa_average_precision_of(j, is_of_band, &(band_rows){ordered, k},
                                       &band->average_precision, err));
    }
    return PA_OK;
}

static pa_status judge_all(const pa_judging *j, banding *b, int32_t ordered[], pa_evaluation *e,
                           pa_error *err)
{
    b->of = PA_BAND_AMOUNT;
    b->n = N_BANDS;
    PA_TRY(cut_amounts(j, e->summary.rows_judged, b->cut, err));
    PA_TRY(judge_bands(j, b, ordered, e, err));
    b->of = PA_BAND_ACCOUNT_AGE;
    for (int k = 0; k < N_BANDS - 1; k++) b->cut[k] = ages[k];
    PA_TRY(judge_bands(j, b, ordered, e, err));
    if (!j->in->segment) return PA_OK;
    b->of = PA_BAND_SEGMENT;
    b->n = PA_N_SEGMENTS;
    return judge_bands(j, b, ordered, e, err);
}

pa_status pa_judge_bands(const pa_judging *j, pa_evaluation *e, pa_error *err)
{
    if (e->summary.rows_judged == 0) return PA_OK;
    banding b = {0};
    int32_t *ordered = NULL;
    pa_status st = PA_NEW(b.band, j->in->n, err);
    if (st == PA_OK) st = PA_NEW(ordered, j->ordered.view.n, err);
    if (st == PA_OK) st = PA_NEW(e->bands, 2 * N_BANDS + PA_N_SEGMENTS, err);
    st = pa_agree(j->comm, st, err);
    if (st == PA_OK) st = judge_all(j, &b, ordered, e, err);
    pa_free(b.band);
    pa_free(ordered);
    return st;
}

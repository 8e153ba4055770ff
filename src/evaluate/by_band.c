/* How good the alerts are among small and large amounts, young and old accounts, and in groups of
 * accounts. */
#include <math.h>
#include <string.h>

#include "evaluate_parts.h"
#include "paraudit/base/calendar.h"
#include "paraudit/features/segments.h"
#include "paraudit/order/quantiles.h"

const char *const pa_band_names[PA_N_BANDINGS] = {[PA_BAND_AMOUNT] = "amount",
                                                  [PA_BAND_ACCOUNT_AGE] = "days of the account",
                                                  [PA_BAND_SEGMENT] = "segment"};

_Static_assert((int)PA_N_SEGMENTS <= (int)PA_MOST_BANDS && PA_MOST_BANDS < 1 << PA_BAND_BITS,
               "bands have room");

/* Of amounts the half, nine tenths and ninety-nine hundredths of the judged rows lie below. */
static const double parts[PA_BANDS - 1] = {.5, .9, .99};
static const double ages[PA_BANDS - 1] = {7, 30, 90};

static int32_t n_bands(int32_t of)
{
    return of == PA_BAND_SEGMENT ? PA_N_SEGMENTS : PA_BANDS;
}

/* ---- the bands ---- */

static pa_status cut_amounts(const pa_judging *j, int64_t n_judged, double cut[], pa_error *err)
{
    float *amount = NULL;
    size_t n = 0;
    int64_t position[PA_BANDS - 1];
    pa_quantile quantile[PA_BANDS - 1];
    PA_AGREE(j->comm, PA_NEW(amount, j->n_judged, err), err);
    for (size_t i = 0; i < j->in->n; i++)
        if (j->judged[i]) amount[n++] = (float)j->in->amount[i];
    for (int k = 0; k < PA_BANDS - 1; k++) position[k] = (int64_t)(parts[k] * (double)n_judged);
    pa_status st = pa_quantiles(j->comm, n, amount, PA_BANDS - 1, position, quantile, err);
    for (int k = 0; st == PA_OK && k < PA_BANDS - 1; k++) cut[k] = (double)quantile[k].value;
    pa_free(amount);
    return st;
}

static int32_t band_of(double value, const double cut[])
{
    int32_t band = 0;
    while (band < PA_BANDS - 1 && value >= cut[band]) band++;
    return band;
}

static void add_band(uint32_t *bands, int32_t of, int32_t band)
{
    *bands |= (uint32_t)(band + 1) << of * PA_BAND_BITS;
}

/* -1: none. */
static int32_t band_in(uint32_t bands, int32_t of)
{
    return (int32_t)(bands >> of * PA_BAND_BITS & ((1u << PA_BAND_BITS) - 1)) - 1;
}

/* Amounts are compared as the cuts were taken, in float32. */
static void fill_bands(const pa_judging *j, const pa_band_sums *b)
{
    const pa_evaluation_input *in = j->in;
    int64_t first = 0;
    for (size_t i = 0; i < in->n; i++) {
        if (i == 0 || in->account[i] != in->account[i - 1]) first = in->time[i];
        if (!j->judged[i]) continue;
        double amount = (double)(float)in->amount[i];
        double age = (double)(in->time[i] - first) / PA_DAY_SECONDS;
        add_band(j->bands + i, PA_BAND_AMOUNT, band_of(amount, b->cut[PA_BAND_AMOUNT]));
        add_band(j->bands + i, PA_BAND_ACCOUNT_AGE, band_of(age, b->cut[PA_BAND_ACCOUNT_AGE]));
        if (in->segment && in->segment[i] >= 0 && in->segment[i] < PA_N_SEGMENTS)
            add_band(j->bands + i, PA_BAND_SEGMENT, in->segment[i]);
    }
}

pa_status pa_find_bands(pa_judging *j, int64_t n_judged, pa_band_sums *b, pa_error *err)
{
    if (n_judged == 0) return PA_OK;
    PA_TRY(cut_amounts(j, n_judged, b->cut[PA_BAND_AMOUNT], err));
    memcpy(b->cut[PA_BAND_ACCOUNT_AGE], ages, sizeof ages);
    PA_AGREE(j->comm, PA_NEW(j->bands, j->in->n, err), err);
    fill_bands(j, b);
    return PA_OK;
}

/* ---- what is counted ---- */

static void count_row(const pa_judging *j, size_t i, int64_t c[], pa_i128 money[])
{
    bool alert = j->in->alert[i] != 0, fraud = j->fraud[i] != 0;
    c[PA_BAND_ROWS]++;
    c[PA_BAND_FRAUDS] += fraud;
    c[PA_BAND_ALERTS] += alert;
    c[PA_BAND_RIGHT] += alert && fraud;
    if (!fraud) return;
    pa_i128 amount = pa_fixed(j->in->amount[i], PA_AMOUNT_BITS);
    money[0] += amount;
    if (alert) money[1] += amount;
}

void pa_count_bands(const pa_judging *j, pa_band_sums *b, pa_batch *batch)
{
    if (!j->bands) return;
    for (size_t i = 0; i < j->in->n; i++)
        for (int32_t of = 0; j->judged[i] && of < PA_N_BANDINGS; of++) {
            int32_t band = band_in(j->bands[i], of);
            if (band >= 0) count_row(j, i, b->count[of][band], b->money[of][band]);
        }
    pa_batch_i64(batch, b->count[0][0], PA_N_BANDINGS * PA_MOST_BANDS * PA_BAND_N);
    pa_batch_i128(batch, b->money[0][0], PA_N_BANDINGS * PA_MOST_BANDS * 2);
}

/* ---- what they say ---- */

static double from_of(const pa_band_sums *b, int32_t of, int32_t k)
{
    if (of == PA_BAND_SEGMENT) return k;
    return k > 0 ? b->cut[of][k - 1] : (double)-INFINITY;
}

static double until_of(const pa_band_sums *b, int32_t of, int32_t k)
{
    if (of == PA_BAND_SEGMENT) return k + 1;
    return k < PA_BANDS - 1 ? b->cut[of][k] : (double)INFINITY;
}

static pa_evaluation_band describe(const pa_band_sums *b, int32_t of, int32_t k)
{
    const int64_t *c = b->count[of][k];
    const pa_i128 *money = b->money[of][k];
    pa_rates rates =
        pa_rates_of((pa_counts){c[PA_BAND_RIGHT], c[PA_BAND_ALERTS] - c[PA_BAND_RIGHT]},
                    (pa_counts){c[PA_BAND_FRAUDS], c[PA_BAND_ROWS] - c[PA_BAND_FRAUDS]});
    return (pa_evaluation_band){.of = of,
                                .from = from_of(b, of, k),
                                .until = until_of(b, of, k),
                                .rows = c[PA_BAND_ROWS],
                                .frauds = c[PA_BAND_FRAUDS],
                                .alerts = c[PA_BAND_ALERTS],
                                .alerts_on_frauds = c[PA_BAND_RIGHT],
                                .precision = rates.precision,
                                .recall = rates.recall,
                                .average_precision = (double)NAN,
                                .amount_fraud = pa_fixed_to_f64(money[0], PA_AMOUNT_BITS),
                                .amount_alerted = pa_fixed_to_f64(money[1], PA_AMOUNT_BITS)};
}

pa_status pa_conclude_bands(const pa_judging *j, const pa_band_sums *b, pa_evaluation *e,
                            pa_error *err)
{
    if (!j->bands) return PA_OK;
    PA_TRY(PA_NEW(e->bands, PA_N_BANDINGS * PA_MOST_BANDS, err));
    for (int32_t of = 0; of < PA_N_BANDINGS; of++)
        for (int32_t k = 0; k < n_bands(of); k++)
            if (b->count[of][k][PA_BAND_ROWS] > 0) e->bands[e->n_bands++] = describe(b, of, k);
    return PA_OK;
}

static bool is_of_band(const void *of, size_t i)
{
    const pa_some_rows *band = of;
    return band_in(band->rows->bands[i], band->of) == band->which;
}

size_t pa_band_sets(const pa_judging *j, const pa_band_sums *b, const pa_evaluation *e,
                    pa_some_rows some[], pa_area_set set[])
{
    pa_evaluation_band *band = e->bands;
    size_t n = 0;
    for (int32_t of = 0; j->bands && of < PA_N_BANDINGS; of++)
        for (int32_t k = 0; k < n_bands(of); k++) {
            if (b->count[of][k][PA_BAND_ROWS] == 0) continue;
            some[n] = (pa_some_rows){&j->ordered, of, k};
            set[n] = (pa_area_set){is_of_band, some + n, &band->average_precision};
            n += band++->frauds > 0;
        }
    return n;
}

/* Low amounts beside a twin that looks at all rows of a day. */
#include "paraudit/patterns/low_amounts.h"

#include <math.h>
#include <string.h>

#include "drawn_baskets.h"
#include "unit.h"

enum { DAY = 86400, N = 400, CATEGORIES = 3, COUNTS = (CATEGORIES + 1) * PA_FINE_BANDS };

static void test_bands_are_eighths_of_octaves(void)
{
    CU_ASSERT_EQUAL(pa_fine_amount_band(0), 0);
    CU_ASSERT_EQUAL(pa_fine_amount_band(-5), 0);
    CU_ASSERT_EQUAL(pa_fine_amount_band(1), 1);
    CU_ASSERT_EQUAL(pa_fine_amount_band(INT64_MAX), PA_FINE_BANDS - 1);
    int wrong = 0, last = 1;
    for (int64_t v = 1; v < 300000; v++) {
        int band = pa_fine_amount_band(v);
        double exact = 8 * log2((double)v);
        bool near = fabs(exact - nearbyint(exact)) < 1e-9;
        wrong += band < last || (!near && band != 1 + (int)floor(exact));
        last = band;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    for (int k = 0; k < 63; k++) CU_ASSERT_EQUAL(pa_fine_amount_band((int64_t)1 << k), 1 + 8 * k);
}

/* ---- rows ---- */

typedef struct {
    int32_t account[N], merchant[N], category[N];
    int64_t time[N], amount[N];
    float is_new[N];
    pa_basket_rows rows;
} drawn_rows;

static void draw_rows(uint32_t *state, drawn_rows *d)
{
    int32_t account = 0;
    int64_t time = -3 * DAY;
    for (size_t i = 0; i < N; i++) {
        bool next = draw(state, 40) == 0;
        if (next) time = -3 * DAY;
        account += next;
        time += draw(state, DAY / 2);
        d->account[i] = account;
        d->time[i] = time;
        d->merchant[i] = (int32_t)draw(state, 15);
        d->category[i] = (int32_t)draw(state, CATEGORIES + 1) - 1;
        d->amount[i] = (int64_t)draw(state, 900) - 20;
        d->is_new[i] = 1;
        for (size_t k = 0; k < i; k++)
            if (d->account[k] == account && d->merchant[k] == d->merchant[i]) d->is_new[i] = 0;
    }
    d->rows = (pa_basket_rows){.n = N,
                               .account = d->account,
                               .time = d->time,
                               .amount_minor = d->amount,
                               .merchant = d->merchant,
                               .category = draw(state, 4) ? d->category : NULL,
                               .seconds = 3600,
                               .most = 32};
}

static int64_t day_of(int64_t time)
{
    return (int64_t)floor((double)time / DAY);
}

/* -log2 of the share of rows of the category in [from, until) that are not above this one. */
static double slow_bits(const pa_basket_rows *r, int64_t from, int64_t until, size_t row)
{
    double below = .5, all = 1;
    int band = pa_fine_amount_band(r->amount_minor[row]);
    for (size_t i = 0; i < r->n; i++) {
        if (r->time[i] < from || r->time[i] >= until) continue;
        if (r->category && r->category[i] != r->category[row]) continue;
        int other = pa_fine_amount_band(r->amount_minor[i]);
        all++;
        below += other < band ? 1 : other == band ? .5 : 0;
    }
    return band && all > 1 ? -log2(below / all) : 0;
}

static bool is_met(const drawn_rows *d, size_t row)
{
    for (size_t i = 0; i <= row; i++)
        if (d->account[i] == d->account[row] && day_of(d->time[i]) == day_of(d->time[row]) &&
            d->merchant[i] == d->merchant[row] && d->is_new[i] != 0)
            return true;
    return false;
}

static void test_sums_equal_those_of_the_slow_twin(void)
{
    static drawn_rows d;
    static int64_t count[COUNTS];
    static double bits[COUNTS];
    static float out[N];
    uint32_t state = 21;
    for (int round = 0; round < 20; round++) {
        size_t wrong = 0, some = 0;
        draw_rows(&state, &d);
        memset(count, 0, sizeof count);
        int64_t until = round ? 2 * DAY : -DAY; /* first without any row */
        pa_low_amounts_count(&d.rows, -DAY, until, count);
        pa_low_amounts_bits(CATEGORIES, count, bits);
        pa_low_new_amounts(&d.rows, d.is_new, bits, out);
        for (size_t i = 0; i < N; i++) {
            double sum = 0;
            size_t summed[2], n = pa_low_new_rows(&d.rows, d.is_new, i, 2, summed), at = 0;
            for (size_t k = 0; k <= i; k++)
                if (d.account[k] == d.account[i] && day_of(d.time[k]) == day_of(d.time[i]) &&
                    is_met(&d, k)) {
                    sum += slow_bits(&d.rows, -DAY, until, k);
                    wrong += at < 2 && at < n && summed[at] != k;
                    at++;
                }
            wrong += at != n || fabs((double)out[i] - sum) > 1e-5;
            some += sum > 0;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT(round ? some > 20 : some == 0);
    }
}

static const pa_test tests[] = {
    {"bands are eighths of octaves", test_bands_are_eighths_of_octaves},
    {"sums equal those of the slow twin", test_sums_equal_those_of_the_slow_twin},
};
PA_TEST_MAIN("low_amounts", tests)

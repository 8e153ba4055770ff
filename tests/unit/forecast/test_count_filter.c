#include "paraudit/forecast/count_filter.h"

#include <math.h>
#include <string.h>

#include "drawn_series.h"
#include "paraudit/base/draw.h"
#include "paraudit/forecast/count_fit.h"
#include "unit.h"

static const pa_count_prior quiet = {.05, 40, .98, .25}, busy = {30, 2, .9, .5},
                            steady = {2, 16, 1, 1};

/* ---- a day ---- */

static long double slow_ln_pmf(long double a, long double p, int n)
{
    return lgammal(a + n) - lgammal(a) - lgammal(n + 1.L) + a * logl(p) + n * log1pl(-p);
}

static long double slow_tail(const pa_count_prior *prior, const pa_count_state *s, double w, int n)
{
    long double a = prior->certainty * s->rows, b = prior->certainty * s->days, p = b / (b + w);
    long double sum = expl(slow_ln_pmf(a, p, n)) / 2;
    for (int k = n + 1; k < n + 20000; k++) sum += expl(slow_ln_pmf(a, p, k));
    return sum;
}

static void check_tails(const pa_count_prior *prior, const pa_count_state *s, double w)
{
    pa_count_day day;
    pa_count_day_open(prior, s, w, &day);
    CU_ASSERT_DOUBLE_EQUAL(day.mean, w * s->rows / s->days, 1e-12 * day.mean);
    for (int n = 0; n <= 120; n++) {
        if (n % 7 == 0 || n < 10) {
            long double tail = slow_tail(prior, s, w, n);
            CU_ASSERT_DOUBLE_EQUAL(pa_count_day_tail(&day) / (double)tail, 1, 2e-3);
            if (tail > 1e-6) CU_ASSERT_DOUBLE_EQUAL(pa_count_day_tail(&day), (double)tail, 1e-12);
        }
        pa_count_day_add(&day);
    }
}

static void test_tail_is_that_of_the_negative_binomial(void)
{
    const pa_count_state few = {.3, 25}, many = {900, 30};
    check_tails(&quiet, &few, 1.3);
    check_tails(&quiet, &few, .2);
    check_tails(&busy, &many, 1);
    check_tails(&steady, &few, 1);
    check_tails(&steady, &many, .9);
}

static void test_a_million_rows_of_a_day_have_tails(void)
{
    const pa_count_state s = {900000, 1};
    double last = 1;
    pa_count_day day;
    pa_count_day_open(&steady, &s, 1, &day);
    for (int n = 0; n < 1000000; n++) {
        pa_count_day_add(&day);
        if (n % 1000 != 0) continue;
        double tail = pa_count_day_tail(&day);
        CU_ASSERT_TRUE(tail <= last && tail >= 1e-300);
        last = tail;
    }
    CU_ASSERT_TRUE(last < 1e-6);
}

/* That of the sum of logarithms of as many uniform numbers, by what n + 1 of them add to n. */
static long double slow_product_tail(const pa_count_prior *prior, const pa_count_state *s, double w,
                                     double sum)
{
    long double a = prior->certainty * s->rows, b = prior->certainty * s->days, p = b / (b + w);
    long double tail = 0, of_n = 0;
    for (int n = 1; n < 20000; n++) {
        of_n += expl((n - 1) * logl(sum) - sum - lgammal(n));
        tail += of_n * expl(slow_ln_pmf(a, p, n));
    }
    return tail;
}

static void test_products_of_a_day_have_their_tail(void)
{
    static const struct {
        const pa_count_prior *prior;
        pa_count_state state;
        double w;
    } of[] = {{&quiet, {.3, 25}, 1.3},  {&busy, {900, 30}, 1},   {&steady, {.3, 25}, 1},
              {&steady, {900, 30}, .9}, {&busy, {8000, 2}, 1.1}, {&quiet, {.001, .4}, 1}};
    static const double sums[] = {1e-9, .01, .5, 2, 7, 30, 140, 423};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        pa_count_day day;
        pa_count_day_open(of[i].prior, &of[i].state, of[i].w, &day);
        CU_ASSERT_EQUAL(pa_count_day_product_tail(&day, 1), 1);
        for (size_t k = 0; k < sizeof sums / sizeof *sums; k++) {
            long double slow = slow_product_tail(of[i].prior, &of[i].state, of[i].w, sums[k]);
            if (slow < 1e-290L) slow = 1e-300L;
            double tail = pa_count_day_product_tail(&day, exp(-sums[k]));
            CU_ASSERT_DOUBLE_EQUAL(tail / (double)slow, 1, 2e-6);
            CU_ASSERT_TRUE(tail <= 1 && tail >= 1e-300);
        }
    }
}

static void test_likelihoods_add_up_to_one_and_quantiles_are_theirs(void)
{
    const pa_count_prior *priors[] = {&quiet, &busy, &steady};
    for (int i = 0; i < 3; i++) {
        pa_count_state s = pa_count_start(priors[i]);
        int64_t upper = pa_count_quantile(priors[i], &s, 1.2, .9);
        double sum = 0, below = 0;
        for (int64_t n = 0; n < 5000; n++) {
            if (n == upper) below = sum;
            sum += exp(pa_count_log_likelihood(priors[i], &s, 1.2, n));
            if (n == upper) CU_ASSERT_TRUE(below < .9 && sum >= .9);
        }
        CU_ASSERT_DOUBLE_EQUAL(sum, 1, 1e-9);
    }
}

/* ---- from day to day ---- */

enum { BATCH = 60 };

/* Lengths, phases and counts differ, and some counts are far too large. */
static void draw_counts(drawn_batch *b, int32_t phase[PA_FORECAST_LANES])
{
    static const int32_t length[PA_FORECAST_LANES] = {60, 41, 60, 8, 55, 1, 60, 33};
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        phase[k] = k % 3;
        for (int32_t t = 0; t < BATCH; t++) {
            uint64_t draw = pa_draw(5, PA_DRAW_TEST, (uint64_t)k, (uint64_t)t);
            double y = draw % 40 == 0 ? 900 : (double)(draw % (uint64_t)(k + 1) / 2);
            b->y[t * PA_FORECAST_LANES + k] = t < length[k] ? y : 0;
        }
    }
    b->batch.y = b->y;
    pa_forecast_batch_lengths(PA_FORECAST_LANES, length, &b->batch);
}

static void test_series_go_through_side_by_side_or_day_by_day(void)
{
    static drawn_batch b;
    _Alignas(PA_FORECAST_ALIGN) static double work[3 * PA_FORECAST_LANES];
    const double factor[3] = {.5, 1.2, 1.3};
    int32_t phase[PA_FORECAST_LANES];
    pa_count_state state[PA_FORECAST_LANES], slow = {0};
    draw_counts(&b, phase);
    pa_count_filter(&quiet, &b.batch, 3, factor, phase, work, state);
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        slow = pa_count_start(&quiet);
        for (int32_t t = 0; t < b.batch.n[k]; t++)
            pa_count_step(&quiet, factor[(phase[k] + t) % 3], b.y[t * PA_FORECAST_LANES + k],
                          &slow);
        CU_ASSERT_EQUAL(state[k].rows, slow.rows);
        CU_ASSERT_EQUAL(state[k].days, slow.days);
    }
}

static void test_processors_change_no_bit(void)
{
    static drawn_batch b;
    _Alignas(PA_FORECAST_ALIGN) static double factor[PA_FORECAST_LANES];
    _Alignas(PA_FORECAST_ALIGN) static pa_lanes own[2], other[2];
    int32_t phase[PA_FORECAST_LANES];
    for (int k = 0; k < PA_FORECAST_LANES; k++) factor[k] = .8;
    const pa_count_walk_of of = {&busy, 1, factor};
    draw_counts(&b, phase);
    for (int k = 0; k < PA_FORECAST_LANES; k++) own[0][k] = own[1][k] = 1;
    pa_walks_any.count(&b.batch, &of, own[0], own[1]);
    for (int i = 0; walks_here(i); i++) {
        for (int k = 0; k < PA_FORECAST_LANES; k++) other[0][k] = other[1][k] = 1;
        walks_here(i)->count(&b.batch, &of, other[0], other[1]);
        CU_ASSERT_EQUAL(memcmp(own, other, sizeof own), 0);
    }
}

static void test_a_long_gap_is_so_many_days(void)
{
    const pa_count_prior *priors[] = {&quiet, &busy, &steady};
    for (int i = 0; i < 3; i++) {
        pa_count_state slow = {7, 5}, quick = slow;
        for (int t = 0; t < 200; t++) pa_count_step(priors[i], 1, 0, &slow);
        pa_count_skip(priors[i], 200, &quick);
        CU_ASSERT_DOUBLE_EQUAL(quick.rows / slow.rows, 1, 1e-10);
        CU_ASSERT_DOUBLE_EQUAL(quick.days / slow.days, 1, 1e-10);
    }
}

static void test_a_burst_counts_as_three_deviations_at_most(void)
{
    pa_count_state s = {20, 10}, burst = s, worse = s, usual = s;
    pa_count_step(&steady, 1, 1000, &burst);
    pa_count_step(&steady, 1, 9000, &worse);
    CU_ASSERT_EQUAL(burst.rows, worse.rows);
    CU_ASSERT_EQUAL(burst.rows, 20 + ceil(2 + 3 * sqrt(2 * 1.1)));
    pa_count_step(&steady, 1, 6, &usual);
    CU_ASSERT_EQUAL(usual.rows, 26);
}

static void test_what_is_forgotten_goes_back_to_the_segment(void)
{
    pa_count_state s = {400, 10};
    for (int t = 0; t < 3000; t++) pa_count_blur(&quiet, &s);
    CU_ASSERT_DOUBLE_EQUAL(s.rows / s.days, quiet.mean, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(s.days, quiet.strength / 4, 1e-9);
}

/* ---- fit ---- */

enum { SERIES = 300, LENGTH = 60, WEEK = 7 };

typedef struct {
    size_t first[SERIES + 1];
    uint16_t count[SERIES * LENGTH];
    int8_t segment[SERIES];
    int32_t phase[SERIES], judged[SERIES];
} drawn;

static uint16_t draw_poisson(uint64_t series, uint64_t day, double mean)
{
    double u = pa_uniform(5, PA_DRAW_TEST, series, day), p = exp(-mean), sum = p;
    uint16_t n = 0;
    while (sum < u && n < 100) sum += p *= mean / ++n;
    return n;
}

/* Segment 1 is thrice as busy, and nothing happens on Sundays. */
static pa_count_series draw(drawn *d)
{
    for (size_t i = 0; i < SERIES; i++) {
        d->first[i + 1] = d->first[i] + LENGTH - i % 20;
        d->segment[i] = i % 3 == 0;
        d->phase[i] = (int32_t)(i % WEEK);
        d->judged[i] = 10;
        for (size_t t = d->first[i]; t < d->first[i + 1]; t++)
            d->count[t] = (t - d->first[i] + i) % WEEK == 6
                              ? 0
                              : draw_poisson(i, t, d->segment[i] ? 1.8 : .6);
    }
    return (pa_count_series){SERIES, d->first, d->count, d->segment, d->phase, d->judged, WEEK};
}

typedef struct {
    double mean[2], factor[2 * WEEK];
    pa_i128 sum[2 * PA_COUNT_GRID];
    int64_t judged[2];
    pa_count_prior prior[2];
    double log_likelihood;
} fitted;

static void fit(const pa_count_series *s, fitted *f)
{
    int64_t rows[2 * WEEK] = {0}, days[2 * WEEK] = {0};
    pa_error err;
    *f = (fitted){0};
    pa_count_tally(s, rows, days);
    pa_count_profile(2, WEEK, rows, days, f->mean, f->factor);
    CU_ASSERT_EQUAL(pa_count_score(s, 2, f->mean, f->factor, f->sum, f->judged, &err), PA_OK);
    pa_count_choose(2, f->mean, f->sum, f->judged, f->prior, &f->log_likelihood);
}

/* One day after the other, by the filter itself. */
static double slow_likelihood(const pa_count_series *s, const fitted *f)
{
    double sum = 0, n = 0;
    for (size_t i = 0; i < s->n; i++) {
        size_t g = (size_t)s->segment[i];
        const pa_count_prior *p = f->prior + g;
        pa_count_state state = pa_count_start(p);
        for (size_t t = 0; t < s->first[i + 1] - s->first[i]; t++) {
            uint16_t count = s->count[s->first[i] + t];
            double w = f->factor[g * WEEK + ((size_t)s->phase[i] + t) % WEEK];
            if (t >= (size_t)s->judged[i]) {
                sum += pa_count_log_likelihood(p, &state, w, count);
                n++;
            }
            pa_count_step(p, w, count, &state);
        }
    }
    return sum / n;
}

static void test_fit_finds_what_was_drawn(void)
{
    static drawn d;
    static fitted f;
    const pa_count_series s = draw(&d);
    fit(&s, &f);
    CU_ASSERT_DOUBLE_EQUAL(f.mean[0], .6 * 6 / 7, .03);
    CU_ASSERT_DOUBLE_EQUAL(f.mean[1], 1.8 * 6 / 7, .06);
    for (int g = 0; g < 2; g++) {
        CU_ASSERT_TRUE(f.factor[g * WEEK + 6] < .2);
        CU_ASSERT_TRUE(f.prior[g].strength >= 32); /* accounts are all alike */
    }
    CU_ASSERT_EQUAL(f.judged[0] + f.judged[1], (int64_t)d.first[SERIES] - 10 * SERIES);
    CU_ASSERT_DOUBLE_EQUAL(f.log_likelihood, slow_likelihood(&s, &f), 1e-9);
}

static void test_fit_does_not_depend_on_the_order_of_series(void)
{
    static drawn d, turned;
    static fitted f, g;
    pa_count_series s = draw(&d), back = s;
    for (size_t i = 0; i < SERIES; i++) {
        size_t k = SERIES - 1 - i, n = d.first[k + 1] - d.first[k];
        turned.first[i + 1] = turned.first[i] + n;
        for (size_t t = 0; t < n; t++) turned.count[turned.first[i] + t] = d.count[d.first[k] + t];
        turned.segment[i] = d.segment[k];
        turned.phase[i] = d.phase[k];
        turned.judged[i] = d.judged[k];
    }
    back.first = turned.first;
    back.count = turned.count;
    back.segment = turned.segment;
    back.phase = turned.phase;
    back.judged = turned.judged;
    fit(&s, &f);
    fit(&back, &g);
    for (size_t i = 0; i < 2 * PA_COUNT_GRID; i++) CU_ASSERT_TRUE(f.sum[i] == g.sum[i]);
}

static void test_large_counts_have_a_likelihood(void)
{
    const size_t first[2] = {0, 6};
    const uint16_t count[6] = {0, 40, 65535, 3, 65535, 700};
    const int8_t segment[1] = {0};
    const int32_t phase[1] = {0}, judged[1] = {0};
    const pa_count_series s = {1, first, count, segment, phase, judged, WEEK};
    static fitted f;
    fit(&s, &f);
    for (size_t i = 0; i < PA_COUNT_GRID; i++) CU_ASSERT_TRUE(f.sum[i] < 0);
    CU_ASSERT_DOUBLE_EQUAL(f.log_likelihood, slow_likelihood(&s, &f), 1e-6);
}

static void test_without_a_day_the_usual_is_taken(void)
{
    const size_t first[1] = {0};
    const pa_count_series s = {.first = first, .season = WEEK};
    static fitted f;
    fit(&s, &f);
    for (int g = 0; g < 2; g++)
        CU_ASSERT_TRUE(f.prior[g].mean > 0 && f.prior[g].discount == .99 &&
                       f.factor[g * WEEK] == 1);
}

static const pa_test tests[] = {
    {"tail is that of the negative binomial", test_tail_is_that_of_the_negative_binomial},
    {"a million rows of a day have tails", test_a_million_rows_of_a_day_have_tails},
    {"products of a day have their tail", test_products_of_a_day_have_their_tail},
    {"likelihoods add up to one, and quantiles are theirs",
     test_likelihoods_add_up_to_one_and_quantiles_are_theirs},
    {"series go through side by side or day by day",
     test_series_go_through_side_by_side_or_day_by_day},
    {"processors change no bit", test_processors_change_no_bit},
    {"a long gap is so many days", test_a_long_gap_is_so_many_days},
    {"a burst counts as three deviations at most", test_a_burst_counts_as_three_deviations_at_most},
    {"what is forgotten goes back to the segment", test_what_is_forgotten_goes_back_to_the_segment},
    {"fit finds what was drawn", test_fit_finds_what_was_drawn},
    {"fit does not depend on the order of series", test_fit_does_not_depend_on_the_order_of_series},
    {"large counts have a likelihood", test_large_counts_have_a_likelihood},
    {"without a day the usual is taken", test_without_a_day_the_usual_is_taken},
};
PA_TEST_MAIN("count filter", tests)

#include "paraudit/forecast/arma.h"

#include <math.h>
#include <string.h>

#include "drawn_series.h"
#include "paraudit/base/draw.h"
#include "unit.h"

static const int all[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const int32_t mixed[] = {96, 40, 60, 96, 90, 19, 96, 77};

static double normal(int which, int t)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) sum += pa_uniform(which, PA_DRAW_TEST, 100 + i, t);
    return sum;
}

/* Lane k: ARMA(1, 1) around 3, of other parameters in each. */
static void draw_arma(drawn_batch *b)
{
    draw_batch(all, mixed, b);
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        double x1 = 0, e1 = 0;
        for (int t = -50; t < mixed[k]; t++) {
            double e = normal(k, t + 50), x = (.8 - .2 * k) * x1 + e + (k % 2 ? .4 : -.3) * e1;
            x1 = x;
            e1 = e;
            if (t >= 0) b->y[t * PA_FORECAST_LANES + k] = 3 + x;
        }
    }
}

static double slow_squares(const drawn_batch *b, int k, int p, int q, const double at[])
{
    double e[DRAWN_MOST] = {0}, squares = 0;
    for (int32_t t = p; t < mixed[k]; t++) {
        e[t] = b->y[t * PA_FORECAST_LANES + k] - at[0];
        for (int i = 0; i < p; i++)
            e[t] -= at[1 + i] * (b->y[(t - 1 - i) * PA_FORECAST_LANES + k] - at[0]);
        for (int j = 0; j < q && j < t; j++) e[t] -= at[1 + p + j] * e[t - 1 - j];
        squares += e[t] * e[t];
    }
    return squares;
}

static void fit_all(const drawn_batch *b, int order, bool mean, pa_arma_fitted *f)
{
    *f = (pa_arma_fitted){.p = order / 3, .q = order % 3, .mean = mean, .cycles = true};
    pa_arma_fit(&b->batch, f);
}

static void take_lane(const pa_arma_fitted *f, int k, double at[])
{
    for (int i = 0; i < 1 + f->p + f->q; i++) at[i] = f->at[i][k];
}

static void test_sums_are_those_of_differences(void)
{
    static drawn_batch b;
    static pa_arma_fitted f;
    static pa_arma_sums s;
    draw_arma(&b);
    for (int order = 2; order < 12; order += 3) {
        fit_all(&b, order, true, &f);
        for (int i = 0; i < 1 + f.p + f.q; i++)
            for (int k = 0; k < PA_FORECAST_LANES; k++) f.at[i][k] *= .8; /* away from the least */
        pa_walks_best()->arma(&b.batch, f.p, 1, (const pa_lanes *)f.at, &s);
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            const double step = 1e-5;
            double at[PA_ARMA_MOST], squares;
            take_lane(&f, k, at);
            squares = slow_squares(&b, k, f.p, f.q, at);
            CU_ASSERT_DOUBLE_EQUAL(s.squares[k], squares, 1e-9 * squares);
            for (int i = 0; i < 1 + f.p + f.q; i++) {
                double was = at[i];
                at[i] = was + step;
                double up = slow_squares(&b, k, f.p, f.q, at);
                at[i] = was - step;
                double slope = (up - slow_squares(&b, k, f.p, f.q, at)) / (2 * step);
                at[i] = was;
                CU_ASSERT_DOUBLE_EQUAL(2 * s.gradient[i][k], slope, 1e-5 * squares);
            }
        }
    }
}

/* The least of a search by ever shorter steps from many places. */
static double slow_least(const drawn_batch *b, int k, int p, int q)
{
    double least = INFINITY;
    for (int start = 0; start < 25; start++) {
        double at[PA_ARMA_MOST] = {3}, phi[PA_ARMA_AR], theta[PA_ARMA_MA];
        for (int i = 1; i <= p + q; i++)
            at[i] = start ? 1.2 * (pa_uniform(start, PA_DRAW_TEST, 5, i) - .5) : 0;
        double best = slow_squares(b, k, p, q, at);
        for (double step = .2; step > 1e-5; step /= 2)
            for (int tries = 0, better = 1; better && tries < 200; tries++) {
                better = 0;
                for (int move = 0; move < 2 * (1 + p + q); move++) {
                    double was = at[move / 2];
                    at[move / 2] += move % 2 ? step : -step;
                    for (int i = 0; i < p; i++) phi[i] = at[1 + i];
                    for (int j = 0; j < q; j++) theta[j] = -at[1 + p + j];
                    double found =
                        pa_arma_is_stable(phi, p, 1e-3) && pa_arma_is_stable(theta, q, 1e-3)
                            ? slow_squares(b, k, p, q, at)
                            : INFINITY;
                    if (found < best) {
                        best = found;
                        better = 1;
                    } else {
                        at[move / 2] = was;
                    }
                }
            }
        least = fmin(least, best);
    }
    return least;
}

static void test_no_slow_search_finds_less(void)
{
    static drawn_batch b;
    static pa_arma_fitted f;
    int n = 0, even = 0;
    draw_arma(&b);
    for (int order = 0; order < 12; order++) {
        fit_all(&b, order, true, &f);
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            double at[PA_ARMA_MOST];
            take_lane(&f, k, at);
            CU_ASSERT_DOUBLE_EQUAL(slow_squares(&b, k, f.p, f.q, at), f.squares[k],
                                   1e-9 * f.squares[k]);
            /* Larger orders have many ends, of nearly the same size where values are few. */
            if (f.p + f.q > 2 || mixed[k] < 40) continue;
            n++;
            double ratio = f.squares[k] / slow_least(&b, k, f.p, f.q);
            even += ratio < 1.002;
            CU_ASSERT_TRUE(ratio < 1.02);
        }
    }
    CU_ASSERT_TRUE(n == 42 && even > .9 * n);
}

/* Noise alone: what looks like a cycle there is a narrow valley. */
static void draw_noise(int from, drawn_batch *b)
{
    static const int32_t n[] = {96, 96, 96, 96, 96, 96, 96, 96};
    draw_batch(all, n, b);
    for (int k = 0; k < PA_FORECAST_LANES; k++)
        for (int t = 0; t < 96; t++) b->y[t * PA_FORECAST_LANES + k] = normal(from + k, t);
}

/* The least of two thetas whose roots turn, everywhere. */
static void look_everywhere(const drawn_batch *b, int p, pa_lanes least)
{
    static pa_arma_fitted f;
    for (int k = 0; k < PA_FORECAST_LANES; k++) least[k] = INFINITY;
    for (int i = 0; i < 8 * 120; i++) {
        double height = .6 + .05 * (i / 120), turn = 3.14159265358979 * (i % 120) / 120;
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            f.at[1 + p][k] = -2 * sqrt(height) * cos(turn);
            f.at[2 + p][k] = height;
        }
        pa_walks_best()->arma_given_theta(&b->batch, p, 2, true, f.at, f.squares);
        for (int k = 0; k < PA_FORECAST_LANES; k++) least[k] = fmin(least[k], f.squares[k]);
    }
}

static void test_narrow_valleys_are_found(void)
{
    static drawn_batch b;
    static pa_arma_fitted f;
    int n_lower = 0;
    for (int from = 20; from < 20 + 10 * PA_FORECAST_LANES; from += PA_FORECAST_LANES) {
        pa_lanes least;
        draw_noise(from, &b);
        fit_all(&b, 8, true, &f);
        look_everywhere(&b, 2, least);
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            n_lower += least[k] < f.squares[k] / 1.01;
            CU_ASSERT_TRUE(f.squares[k] <= 1.04 * least[k]);
        }
    }
    CU_ASSERT_TRUE(n_lower < 20); /* of 80 */
}

static void test_without_a_mean_there_is_none(void)
{
    static drawn_batch b;
    static pa_arma_fitted f;
    draw_arma(&b);
    fit_all(&b, 4, false, &f);
    for (int k = 0; k < PA_FORECAST_LANES; k++) CU_ASSERT_EQUAL(f.at[0][k], 0);
}

/* The walk at given thetas, and the step from a place, of a processor's vectors and of any. */
static void check_theta_walks(const pa_forecast_batch *b, const pa_arma_fitted *f,
                              const pa_arma_sums *sums, const pa_walks *walks)
{
    static const pa_lanes held_back = {0, .001, .01, .1, 1, 10, 100, 0};
    static pa_arma_fitted own, other;
    own = other = *f;
    pa_walks_any.arma_given_theta(b, f->p, f->q, true, own.at, own.squares);
    walks->arma_given_theta(b, f->p, f->q, true, other.at, other.squares);
    CU_ASSERT_EQUAL(memcmp(&own, &other, sizeof own), 0);
    if (f->q < 2) return;
    pa_walks_any.arma_step(f->p, sums, held_back, (const pa_lanes *)f->at, own.at);
    walks->arma_step(f->p, sums, held_back, (const pa_lanes *)f->at, other.at);
    CU_ASSERT_EQUAL(memcmp(&own, &other, sizeof own), 0);
}

static void test_neighbours_and_processors_change_no_bit(void)
{
    static drawn_batch b, c;
    static pa_arma_fitted f, g;
    static pa_arma_sums own, other;
    draw_arma(&b);
    draw_arma(&c);
    for (int k = 0; k < PA_FORECAST_LANES; k++) c.batch.n[k] = k == 3 ? mixed[3] : 0;
    c.batch.n_least = c.batch.n_most = mixed[3];
    for (int order = 0; order < 12; order++) {
        fit_all(&b, order, true, &f);
        fit_all(&c, order, true, &g);
        CU_ASSERT_EQUAL(f.squares[3], g.squares[3]);
        for (int i = 0; i < 1 + f.p + f.q; i++) CU_ASSERT_EQUAL(f.at[i][3], g.at[i][3]);
        memset(&own, 0, sizeof own);
        memset(&other, 0, sizeof other);
        if (f.q == 2) pa_walks_any.arma(&b.batch, f.p, 1, (const pa_lanes *)f.at, &own);
        for (int i = 0; walks_here(i); i++) {
            if (f.q == 2) walks_here(i)->arma(&b.batch, f.p, 1, (const pa_lanes *)f.at, &other);
            CU_ASSERT_EQUAL(memcmp(&own, &other, sizeof own), 0);
            check_theta_walks(&b.batch, &f, &own, walks_here(i));
        }
    }
}

/* At whatever theta: what is left of a line through what others have explained. */
static void test_given_theta_nothing_is_lower(void)
{
    static drawn_batch b;
    static pa_arma_fitted f;
    draw_arma(&b);
    for (int order = 0; order < 12; order++) {
        int p = order / 3, q = order % 3, n = 0;
        for (int j = 0; j < q; j++)
            for (int k = 0; k < PA_FORECAST_LANES; k++) f.at[1 + p + j][k] = .1 * k - .3 * j;
        pa_walks_best()->arma_given_theta(&b.batch, p, q, true, f.at, f.squares);
        f.p = p;
        f.q = q;
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            double at[PA_ARMA_MOST];
            if (!(f.squares[k] < INFINITY)) continue;
            n++;
            take_lane(&f, k, at);
            CU_ASSERT_DOUBLE_EQUAL(slow_squares(&b, k, p, q, at), f.squares[k],
                                   1e-9 * f.squares[k]);
            for (int i = 0; i < 2 * (1 + p); i++) {
                double was = at[i / 2];
                at[i / 2] += i % 2 ? .01 : -.01;
                CU_ASSERT_TRUE(slow_squares(&b, k, p, q, at) > f.squares[k]);
                at[i / 2] = was;
            }
        }
        CU_ASSERT_TRUE(n >= 6);
    }
}

static void test_what_is_not_stable_has_no_squares(void)
{
    static drawn_batch b;
    static pa_arma_fitted f;
    draw_arma(&b);
    for (int k = 0; k < PA_FORECAST_LANES; k++) f.at[1][k] = .3 * k;
    pa_walks_best()->arma_given_theta(&b.batch, 0, 1, true, f.at, f.squares);
    for (int k = 0; k < PA_FORECAST_LANES; k++) CU_ASSERT_EQUAL(f.squares[k] < INFINITY, k < 4);
    for (int k = 0; k < PA_FORECAST_LANES; k++) { /* (1 + .5 z) (1 + c z), c = -1.5 .. */
        double c = -1.5 + .5 * k;
        f.at[1][k] = .5 + c;
        f.at[2][k] = .5 * c;
    }
    pa_walks_best()->arma_given_theta(&b.batch, 0, 2, true, f.at, f.squares);
    for (int k = 0; k < PA_FORECAST_LANES; k++)
        CU_ASSERT_EQUAL(f.squares[k] < INFINITY, (k > 1) && (k < 5));
    for (int k = 0; k < PA_FORECAST_LANES; k++) /* growth by a tenth: phi is 1.1 */
        for (int t = 0; t < mixed[k]; t++) b.y[t * PA_FORECAST_LANES + k] = pow(1.1, t);
    for (int p = 1; p <= 3; p++) {
        pa_walks_best()->arma_given_theta(&b.batch, p, 0, false, f.at, f.squares);
        for (int k = 0; k < PA_FORECAST_LANES; k++) CU_ASSERT_EQUAL(f.squares[k], INFINITY);
    }
    static const double root[] = {1.02, .98, -.98, -1.02, .9, -.9, 1.1, -1.1};
    for (int k = 0; k < PA_FORECAST_LANES; k++) /* phi has the roots of all three */
        for (int t = 0; t < mixed[k]; t++)
            b.y[t * PA_FORECAST_LANES + k] = pow(root[k], t) + pow(-.8, t) + pow(.6, t);
    pa_walks_best()->arma_given_theta(&b.batch, 3, 0, false, f.at, f.squares);
    for (int k = 0; k < PA_FORECAST_LANES; k++)
        CU_ASSERT_EQUAL(f.squares[k] < INFINITY, fabs(root[k]) < 1);
}

static void test_stability_is_told_by_roots(void)
{
    static const double one[] = {.9}, beyond[] = {1.01}, two[] = {1.5, -.56},
                        three[] = {1.6, -.55, -.062};
    CU_ASSERT_TRUE(pa_arma_is_stable(one, 1, .05));
    CU_ASSERT_FALSE(pa_arma_is_stable(one, 1, .11));
    CU_ASSERT_FALSE(pa_arma_is_stable(beyond, 1, 0));
    CU_ASSERT_TRUE(pa_arma_is_stable(two, 2, .19)); /* .7 and .8 */
    CU_ASSERT_FALSE(pa_arma_is_stable(two, 2, .21));
    CU_ASSERT_TRUE(pa_arma_is_stable(three, 3, 0) == pa_arma_is_stable(three, 3, 1e-9));
}

/* ln of the density of x by the covariances of a long moving average, factored. */
static double slow_likelihood(int n, const double x[], int p, const double phi[], int q,
                              const double theta[])
{
    enum { LONG = 600 };
    static double weight[LONG], a[DRAWN_MOST][DRAWN_MOST];
    double squares = 0, logs = 0, z[DRAWN_MOST];
    for (int i = 0; i < LONG; i++) {
        weight[i] = i == 0 ? 1 : i <= q ? theta[i - 1] : 0;
        for (int j = 0; j < p && j < i; j++) weight[i] += phi[j] * weight[i - 1 - j];
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            a[i][j] = 0;
            for (int l = 0; l + i - j < LONG; l++) a[i][j] += weight[l] * weight[l + i - j];
            for (int l = 0; l < j; l++) a[i][j] -= a[i][l] * a[j][l];
            a[i][j] = i == j ? sqrt(a[i][j]) : a[i][j] / a[j][j];
        }
    for (int i = 0; i < n; i++) {
        z[i] = x[i];
        for (int j = 0; j < i; j++) z[i] -= a[i][j] * z[j];
        z[i] /= a[i][i];
        squares += z[i] * z[i];
        logs += log(a[i][i]);
    }
    return -n * log(squares / n) / 2 - logs;
}

static void test_likelihood_is_that_of_the_covariances(void)
{
    static const double phi[] = {.5, -.3, .2}, theta[] = {.4, -.35};
    double x[60], variance;
    for (int t = 0; t < 60; t++) x[t] = normal(1, t);
    for (int order = 0; order < 12; order++) {
        int p = order / 3, q = order % 3;
        double found = pa_arma_likelihood(60, x, p, phi, q, theta, &variance);
        CU_ASSERT_DOUBLE_EQUAL(found, slow_likelihood(60, x, p, phi, q, theta), 1e-9);
    }
}

static const pa_test tests[] = {
    {"sums are those of differences", test_sums_are_those_of_differences},
    {"no slow search finds less", test_no_slow_search_finds_less},
    {"narrow valleys are found", test_narrow_valleys_are_found},
    {"without a mean there is none", test_without_a_mean_there_is_none},
    {"neighbours and processors change no bit", test_neighbours_and_processors_change_no_bit},
    {"given theta nothing is lower", test_given_theta_nothing_is_lower},
    {"what is not stable has no squares", test_what_is_not_stable_has_no_squares},
    {"stability is told by roots", test_stability_is_told_by_roots},
    {"the likelihood is that of the covariances", test_likelihood_is_that_of_the_covariances}};
PA_TEST_MAIN("arma", tests)

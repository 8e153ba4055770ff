#include "paraudit/fuse/calibrate.h"

#include <math.h>
#include <stdbool.h>

#include "paraudit/base/array.h"
#include "paraudit/base/math.h"
#include "paraudit/detect/logit.h"
#include "paraudit/fuse/fuse.h"
#include "paraudit/order/quantiles.h"

enum {
    MOST_BENDS = 40,
    LEAST_ROWS = 32,
    FOURTH = 4,
    BLOCK = 1024,
    MOST_ITERATIONS = 200,
    MOST_SHIFTS = 30,
    SHARE_BITS = 60
};

/* The line's column is so much larger than the others that l2 hardly holds it back. */
static const double LINE = 1024;
/* Bends that lie nearer are one, in parts of what the margins span. */
static const double LEAST_WIDTH = 1e-6;
/* Margins that differ by no more than rounding, in parts of the largest. */
static const double ALIKE = 1e-12;
/* The scores add up to the frauds, but for so small a part of these. */
static const double NEAR = 1e-9;

/* Log-odds over the margin: straight between n bends, of which the first and the last are the
 * lowest and the highest margin. */
typedef struct {
    const pa_calibration_rows *rows;
    size_t n;
    double bend[MOST_BENDS], odds[MOST_BENDS];
    double slope; /* beyond them */
} curve;

static double span_of(const curve *c)
{
    return c->bend[c->n - 1] - c->bend[0];
}

/* ---- where it bends ---- */

static pa_status find_ends(pa_comm *comm, curve *c, pa_error *err)
{
    double low = INFINITY, high = -INFINITY;
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < c->rows->n; i++) {
        double m = c->rows->margin[i];
        if (!isfinite(m)) st = pa_fail(err, PA_E_DATA, "calibration: a margin is %g", m);
        low = fmin(low, m);
        high = fmax(high, m);
    }
    PA_AGREE(comm, st, err);
    pa_min_f64(comm, &low, 1);
    pa_max_f64(comm, &high, 1);
    if (!(low <= high)) return pa_fail(err, PA_E_DATA, "calibration: there are no rows");
    /* Any span does where they are alike. */
    if (high - low <= ALIKE * fmax(fabs(low), fabs(high))) high = low + fmax(1, fabs(low));
    c->n = 2;
    c->bend[0] = low;
    c->bend[1] = high;
    return PA_OK;
}

/* Places in the ascending order of n rows: how many. */
static size_t list_places(int64_t n, int64_t place[MOST_BENDS])
{
    size_t m = 0;
    for (int64_t above = n / FOURTH; above >= LEAST_ROWS; above /= FOURTH) place[m++] = n - above;
    return m;
}

/* Puts bends between the ends. */
static void put_bends(curve *c, size_t m, const pa_quantile at[])
{
    double high = c->bend[1], least = LEAST_WIDTH * span_of(c);
    c->n = 1;
    for (size_t i = 0; i < m; i++) {
        double bend = (double)at[i].value;
        if (bend >= c->bend[c->n - 1] + least && bend <= high - least) c->bend[c->n++] = bend;
    }
    c->bend[c->n++] = high;
}

static pa_status find_bends(pa_comm *comm, curve *c, pa_error *err)
{
    int64_t place[MOST_BENDS], n = (int64_t)c->rows->n;
    pa_quantile at[MOST_BENDS];
    float *value = NULL;
    pa_sum_i64(comm, &n, 1);
    size_t m = list_places(n, place);
    PA_AGREE(comm, PA_NEW(value, c->rows->n, err), err);
    for (size_t i = 0; i < c->rows->n; i++) value[i] = (float)c->rows->margin[i];
    pa_status st = pa_quantiles(comm, c->rows->n, value, m, place, at, err);
    if (st == PA_OK) put_bends(c, m, at);
    pa_free(value);
    return st;
}

/* ---- how steep it is ---- */

/* Column 0: the line. Column k: the way from bend k - 1 to bend k, from 0 to 1. */
static void take_ways(void *source, size_t first, size_t n, float value[])
{
    const curve *c = source;
    for (size_t r = 0; r < n; r++) {
        double m = c->rows->margin[first + r];
        value[r] = (float)(LINE * (m - c->bend[0]) / span_of(c));
        for (size_t k = 1; c->n > 2 && k < c->n; k++) {
            double part = (m - c->bend[k - 1]) / (c->bend[k] - c->bend[k - 1]);
            value[k * PA_LOGIT_BLOCK + r] = (float)fmin(fmax(part, 0), 1);
        }
    }
}

/* Without bends between the ends there is the line alone, and nothing holds it back. */
static pa_status fit_curve(pa_comm *comm, double l2, curve *c, pa_error *err)
{
    double coefficient[MOST_BENDS + 1] = {0};
    bool line = c->n == 2;
    const pa_logit_rows rows = {.n = c->rows->n,
                                .n_columns = line ? 1 : c->n,
                                .take = take_ways,
                                .source = c,
                                .label = c->rows->label};
    const pa_logit_options options = {
        .l2 = line ? 0 : l2, .max_iterations = MOST_ITERATIONS, .non_negative = true};
    PA_TRY(pa_logit_fit(comm, &options, &rows, coefficient, NULL, err));
    c->slope = coefficient[1] * LINE / span_of(c);
    c->odds[0] = coefficient[0];
    for (size_t k = 1; k < c->n; k++)
        c->odds[k] = c->odds[k - 1] + c->slope * (c->bend[k] - c->bend[k - 1]) +
                     (line ? 0 : coefficient[k + 1]);
    return PA_OK;
}

/* ---- as knots ---- */

/* One more bend beyond each end, for as much again as all span. */
static void go_on(curve *c)
{
    double span = span_of(c);
    for (size_t k = c->n; k > 0; k--) {
        c->bend[k] = c->bend[k - 1];
        c->odds[k] = c->odds[k - 1];
    }
    c->n += 2;
    c->bend[0] = c->bend[1] - span;
    c->odds[0] = c->odds[1] - c->slope * span;
    c->bend[c->n - 1] = c->bend[c->n - 2] + span;
    c->odds[c->n - 1] = c->odds[c->n - 2] + c->slope * span;
}

static double probability(double odds)
{
    double q = pa_exp(-fabs(odds));
    return (odds >= 0 ? 1 : q) / (1 + q);
}

/* Knots share the ways between bends evenly; shift is added to the log-odds. */
static void put_knots(const curve *c, double shift, double margin[], double score[])
{
    int64_t ways = (int64_t)c->n - 1, all = PA_CALIBRATION_KNOTS - 1;
    for (int64_t w = 0; w < ways; w++) {
        int64_t begin = pa_even_share(all, w, ways), end = pa_even_share(all, w + 1, ways);
        for (int64_t k = begin; k <= end; k++) {
            double part = (double)(k - begin) / (double)(end - begin);
            margin[k] = c->bend[w] + part * (c->bend[w + 1] - c->bend[w]);
            score[k] = probability(shift + c->odds[w] + part * (c->odds[w + 1] - c->odds[w]));
        }
    }
    for (size_t k = 1; k < PA_CALIBRATION_KNOTS; k++) score[k] = fmax(score[k], score[k - 1]);
}

/* Sums over the rows of all ranks. */
typedef struct {
    double frauds, scores, bends; /* bends: of score * (1 - score) */
} totals;

static totals add_up(pa_comm *comm, const pa_calibration_rows *rows, const pa_score_function *f)
{
    pa_i128 sum[3] = {0};
    float score[BLOCK];
    for (size_t first = 0; first < rows->n; first += BLOCK) {
        size_t n = rows->n - first < BLOCK ? rows->n - first : BLOCK;
        pa_fuse_score(f, n, rows->margin + first, score);
        for (size_t i = 0; i < n; i++) {
            double s = (double)score[i];
            sum[0] += rows->label[first + i] != 0;
            sum[1] += pa_fixed(s, SHARE_BITS);
            sum[2] += pa_fixed(s * (1 - s), SHARE_BITS);
        }
    }
    pa_sum_i128(comm, sum, 3);
    return (totals){pa_i128_to_f64(sum[0]), pa_fixed_to_f64(sum[1], SHARE_BITS),
                    pa_fixed_to_f64(sum[2], SHARE_BITS)};
}

/* Moves the level until the scores add up to the frauds. */
static void level(pa_comm *comm, const curve *c, double margin[], double score[])
{
    const pa_score_function f = {PA_CALIBRATION_KNOTS, margin, score};
    double shift = 0;
    for (int k = 0; k < MOST_SHIFTS; k++) {
        put_knots(c, shift, margin, score);
        totals t = add_up(comm, c->rows, &f);
        double miss = t.frauds - t.scores;
        if (fabs(miss) <= NEAR * t.frauds || !(t.bends > 0)) return;
        shift += fmin(fmax(miss / t.bends, -1), 1);
    }
}

pa_status pa_calibrate(pa_comm *comm, pa_calibration kind, double l2,
                       const pa_calibration_rows *rows, double margin[], double score[],
                       pa_error *err)
{
    curve c = {.rows = rows};
    PA_ASSERT(kind == PA_PLATT || l2 > 0);
    PA_TRY(find_ends(comm, &c, err));
    if (kind == PA_SMOOTH) PA_TRY(find_bends(comm, &c, err));
    PA_TRY(fit_curve(comm, l2, &c, err));
    go_on(&c);
    level(comm, &c, margin, score);
    return PA_OK;
}

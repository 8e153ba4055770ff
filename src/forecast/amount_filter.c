#include "paraudit/forecast/amount_filter.h"

#include <math.h>

#include "paraudit/table/slices.h"

enum { BITS = 40 };

/* A row counts for .98 once there is another one: about the last 50 do. */
static const double DISCOUNT = .98;
static const double SCALES = 3;      /* that a residual counts for, at most */
static const double SCALE_ROWS = 10; /* that the segment's scale is worth */
static const double LEAST_SCALE = .05;
/* The standard deviation of a normal variable, in mean absolute deviations. */
static const double SD_OF_MAD = 1.2533141373155003;

/* ---- filter ---- */

pa_amount_expected pa_amount_expect(const pa_amount_prior *p, const pa_amount_state *s)
{
    double precision = p->precision + s->precision;
    double scale = (SCALE_ROWS * p->scale + s->deviations) / (SCALE_ROWS + s->rows);
    return (pa_amount_expected){.level = (p->precision * p->level + s->level) / precision,
                                .variance = 1 / precision,
                                .scale = fmax(scale, p->scale / 2)};
}

double pa_amount_residual(const pa_amount_expected *e, const pa_amount_category *c, double x)
{
    double scale = e->scale * c->scale;
    return (x - c->effect - e->level) / sqrt(scale * scale + e->variance);
}

void pa_amount_add(const pa_amount_expected *e, const pa_amount_category *c, double x,
                   pa_amount_state *s)
{
    double most = SCALES * e->scale * c->scale;
    double residual = fmax(-most, fmin(most, x - c->effect - e->level));
    double precision = 1 / (c->scale * c->scale);
    s->precision = DISCOUNT * s->precision + precision;
    s->level = DISCOUNT * s->level + precision * (e->level + residual);
    s->rows = DISCOUNT * s->rows + 1;
    s->deviations = DISCOUNT * s->deviations + SD_OF_MAD * fabs(residual) / c->scale;
}

/* ---- fit ---- */

static size_t category_of(const pa_amount_rows *r, size_t row)
{
    return r->category ? (size_t)(r->category[row] + 1) : 0;
}

/* The mean of the rows that count of an account, category effects taken off; returns how many. */
static int64_t level_of(const pa_amount_rows *r, const pa_amount_category c[], size_t begin,
                        size_t end, double *level)
{
    double sum = 0;
    int64_t n = 0;
    for (size_t i = begin; i < end; i++) {
        if (isnan(r->log_amount[i])) continue;
        sum += r->log_amount[i] - c[category_of(r, i)].effect;
        n++;
    }
    *level = n ? sum / (double)n : 0;
    return n;
}

static void add(pa_amount_sum *to, double v)
{
    to->n++;
    to->sum += pa_fixed(v, BITS);
}

static double mean(const pa_amount_sum *s, double where_none)
{
    return s->n ? pa_fixed_to_f64(s->sum, BITS) / (double)s->n : where_none;
}

void pa_amount_effects(const pa_amount_rows *r, const pa_amount_category c[], pa_amount_sum sum[])
{
    for (size_t begin = 0, end; begin < r->n; begin = end) {
        double level;
        end = pa_end_of_slice(r->n, r->account, begin);
        if (level_of(r, c, begin, end, &level) < 2) continue;
        for (size_t i = begin; i < end; i++)
            if (!isnan(r->log_amount[i])) add(sum + category_of(r, i), r->log_amount[i] - level);
    }
}

void pa_amount_effects_step(size_t n, const pa_amount_sum sum[], pa_amount_category c[])
{
    const double none = 5; /* rows that say a category adds nothing */
    for (size_t k = 0; k < n; k++)
        c[k].effect = pa_fixed_to_f64(sum[k].sum, BITS) / ((double)sum[k].n + none);
}

/* What the mean of n rows takes from each one's own distance to it. */
static double own_share(int64_t n)
{
    return sqrt((double)n / (double)(n - 1));
}

void pa_amount_scales(const pa_amount_rows *r, const pa_amount_category c[], pa_amount_sum sum[])
{
    for (size_t begin = 0, end; begin < r->n; begin = end) {
        double level;
        end = pa_end_of_slice(r->n, r->account, begin);
        int64_t n = level_of(r, c, begin, end, &level);
        if (n < 2) continue;
        for (size_t i = begin; i < end; i++) {
            size_t k = category_of(r, i);
            if (!isnan(r->log_amount[i]))
                add(sum + k, fabs(r->log_amount[i] - c[k].effect - level) * own_share(n));
        }
    }
}

void pa_amount_scales_set(size_t n, const pa_amount_sum sum[], pa_amount_category c[])
{
    const double toward = 20; /* rows that say what all do */
    pa_amount_sum all = {0};
    for (size_t k = 0; k < n; k++) {
        all.n += sum[k].n;
        all.sum += sum[k].sum;
    }
    double usual = mean(&all, 1 / SD_OF_MAD);
    for (size_t k = 0; k < n; k++) {
        double deviations = pa_fixed_to_f64(sum[k].sum, BITS) + toward * usual;
        c[k].scale = fmax(LEAST_SCALE, SD_OF_MAD * deviations / ((double)sum[k].n + toward));
    }
}

static void add_account(const pa_amount_rows *r, const pa_amount_category c[], size_t begin,
                        size_t end, pa_amount_segment_sums *to)
{
    double level, variance = 0;
    int64_t n = level_of(r, c, begin, end, &level);
    if (n == 0) return;
    for (size_t i = begin; i < end; i++) {
        size_t k = category_of(r, i);
        double x = r->log_amount[i];
        if (isnan(x)) continue;
        variance += c[k].scale * c[k].scale;
        if (n > 1) add(&to->deviation, fabs(x - c[k].effect - level) / c[k].scale * own_share(n));
    }
    add(&to->level, level);
    add(&to->square, level * level);
    add(&to->chance, variance / ((double)n * (double)n));
}

void pa_amount_segments(const pa_amount_rows *r, const pa_amount_category c[],
                        pa_amount_segment_sums sum[])
{
    for (size_t begin = 0, end; begin < r->n; begin = end) {
        end = pa_end_of_slice(r->n, r->account, begin);
        add_account(r, c, begin, end, sum + r->segment[begin]);
    }
}

static pa_amount_prior prior_of(const pa_amount_segment_sums *s)
{
    const double least = .01; /* of the variance of levels */
    double level = mean(&s->level, 0);
    double variance = mean(&s->square, 1) - level * level - mean(&s->chance, 0);
    return (pa_amount_prior){.level = level,
                             .precision = 1 / fmax(variance, least),
                             .scale =
                                 fmax(LEAST_SCALE, SD_OF_MAD * mean(&s->deviation, 1 / SD_OF_MAD))};
}

static void add_sum(pa_amount_sum *to, const pa_amount_sum *s)
{
    to->n += s->n;
    to->sum += s->sum;
}

void pa_amount_segments_set(size_t n, const pa_amount_segment_sums sum[], pa_amount_prior prior[])
{
    pa_amount_segment_sums all = {0};
    for (size_t g = 0; g < n; g++) {
        add_sum(&all.level, &sum[g].level);
        add_sum(&all.square, &sum[g].square);
        add_sum(&all.chance, &sum[g].chance);
        add_sum(&all.deviation, &sum[g].deviation);
    }
    for (size_t g = 0; g < n; g++) prior[g] = prior_of(sum[g].level.n ? sum + g : &all);
}

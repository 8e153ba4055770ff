#include "paraudit/fuse/fuse.h"

#include <math.h>
#include <stdbool.h>

#include "paraudit/base/math.h"

static pa_status bad_value(const pa_fuse_voice *v, size_t row, pa_error *err)
{
    double value = (double)v->value[row];
    if (v->is_log_odds)
        return pa_fail(err, PA_E_DATA, "detector '%s': the log-odds of local row %zu are infinite",
                       v->name, row);
    return pa_fail(err, PA_E_DATA, "detector '%s': the tail %g of local row %zu is outside (0, 1]",
                   v->name, value, row);
}

double pa_fuse_input(const pa_fuse_voice *v, float value)
{
    if (isnan(value)) return (double)NAN;
    if (v->is_log_odds) return (double)value - v->center;
    /* 0 - x, so that a tail of 1 is +0. */
    return 0 - pa_ln((double)value);
}

static bool is_possible(const pa_fuse_voice *v, float value)
{
    return v->is_log_odds ? isfinite(value) : value > 0 && value <= 1;
}

/* Fills the contributions of one row; *known says of how many detectors there are some. */
static pa_status fuse_row(size_t row, size_t n_voices, const pa_fuse_voice voice[],
                          float *const contribution[], size_t *known, pa_error *err)
{
    *known = 0;
    for (size_t k = 0; k < n_voices; k++) {
        const pa_fuse_voice *v = voice + k;
        float value = v->value[row];
        contribution[k][row] = 0;
        if (isnan(value)) continue;
        if (!is_possible(v, value)) return bad_value(v, row, err);
        contribution[k][row] = (float)(v->weight * pa_fuse_input(v, value));
        ++*known;
    }
    return PA_OK;
}

pa_status pa_fuse_rows(size_t n, size_t n_voices, const pa_fuse_voice voice[], double base,
                       float *const contribution[], double margin[], pa_error *err)
{
    for (size_t row = 0; row < n; row++) {
        size_t known;
        PA_TRY(fuse_row(row, n_voices, voice, contribution, &known, err));
        double sum = base;
        for (size_t k = 0; k < n_voices; k++) {
            if (known == 0) contribution[k][row] = NAN;
            sum += (double)contribution[k][row];
        }
        margin[row] = known ? sum : (double)NAN;
    }
    return PA_OK;
}

double pa_gamma_upper(size_t k, double x)
{
    double term = 1, sum = 1;
    for (size_t i = 1; i < k; i++) {
        term = term * x / (double)i;
        sum += term;
    }
    return pa_exp(-x) * sum;
}

void pa_fisher_knots(size_t n_detectors, double margin[], double score[])
{
    double end = 1;
    while (pa_gamma_upper(n_detectors, end) > 1e-8) end += 1;
    /* A whole number over a power of 2: every knot is exact. */
    double step = end / (PA_FISHER_KNOTS - 1);
    for (size_t i = 0; i < PA_FISHER_KNOTS; i++) {
        margin[i] = (double)i * step;
        double v = 1 - pa_gamma_upper(n_detectors, margin[i]);
        double low = i ? score[i - 1] : 0;
        score[i] = v > low ? v : low;
    }
    score[PA_FISHER_KNOTS - 1] = 1;
}

void pa_logistic_knots(double margin[], double score[])
{
    for (size_t i = 0; i < PA_LOGISTIC_KNOTS; i++) {
        /* 64 over a power of 2: every knot is exact. */
        margin[i] = (double)i * (64.0 / (PA_LOGISTIC_KNOTS - 1)) - 32;
        double v = 1 / (1 + pa_exp(-margin[i]));
        double low = i ? score[i - 1] : 0;
        score[i] = v > low ? v : low;
    }
}

pa_status pa_score_function_check(const pa_score_function *f, pa_error *err)
{
    bool good = f->n >= 2 && f->score[0] >= 0 && f->score[f->n - 1] <= 1;
    for (size_t i = 1; good && i < f->n; i++)
        good = f->margin[i - 1] < f->margin[i] && f->score[i - 1] <= f->score[i];
    good = good && isfinite(f->margin[0]) && isfinite(f->margin[f->n - 1]);
    if (good) return PA_OK;
    return pa_fail(err, PA_E_DATA, "the %zu knots of the score are out of order", f->n);
}

/* The last knot at or below a margin that lies within them. Knots at even
 * distances are found at once. */
static size_t knot_below(const pa_score_function *f, double margin)
{
    size_t low = 0, high = f->n - 1;
    double first = f->margin[0], length = f->margin[high] - first;
    size_t guess = (size_t)((margin - first) / length * (double)high);
    if (guess < high && f->margin[guess] <= margin && margin < f->margin[guess + 1]) return guess;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (f->margin[middle] <= margin)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static float score_of(const pa_score_function *f, double margin)
{
    if (isnan(margin)) return NAN;
    if (margin <= f->margin[0]) return (float)f->score[0];
    if (margin >= f->margin[f->n - 1]) return (float)f->score[f->n - 1];
    size_t i = knot_below(f, margin);
    double width = f->margin[i + 1] - f->margin[i], low = f->score[i], high = f->score[i + 1];
    /* Both quotients round the same way, so the part never falls as margin grows. */
    double part = margin / width - f->margin[i] / width;
    if (part >= 1) return (float)high;
    double v = low + part * (high - low);
    return (float)(v < high ? v : high);
}

void pa_fuse_score(const pa_score_function *f, size_t n, const double margin[], float score[])
{
    for (size_t i = 0; i < n; i++) score[i] = score_of(f, margin[i]);
}

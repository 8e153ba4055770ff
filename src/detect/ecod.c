#include "paraudit/detect/ecod.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/math.h"
#include "value_places.h"

/* Rows whose searches go on together. */
enum { BLOCK = 256 };

/* What a value between knots k - 1 and k gives: both sides at the ends. */
typedef struct {
    float left[2], right[2];
} gap;

struct pa_ecod {
    size_t n_features;
    size_t *first; /* n_features + 1 */
    float *value;  /* of each knot */
    float *at;     /* the part of that very value */
    float *mean;   /* of each feature: of the parts of the fitting rows */
    gap *before; /* knots + features: feature f has one more than it has knots, from first[f] + f */
};

/* How many outer values knot j of one half stands for, counted from the end. log_ratio: of those of
 * the half to those of which each is one. */
static int64_t spread_ordinal(double log_ratio, size_t one_by_one, size_t j, size_t n_knots)
{
    if (j < one_by_one) return (int64_t)j;
    double part = (double)(j - one_by_one) / (double)(n_knots - one_by_one);
    return (int64_t)((double)one_by_one * pa_exp(log_ratio * part));
}

size_t pa_ecod_ordinals(int64_t n, size_t max_knots, int64_t ordinal[])
{
    PA_ASSERT(n >= 1 && max_knots >= PA_ECOD_MIN_KNOTS);
    if ((uint64_t)n <= max_knots) {
        for (int64_t i = 0; i < n; i++) ordinal[i] = i;
        return (size_t)n;
    }
    size_t half = max_knots / 2, all = 2 * half, one_by_one = half / 2;
    int64_t outer = n / 2;
    double log_ratio = pa_ln((double)outer / (double)one_by_one);
    for (size_t j = 0; j < half; j++) {
        ordinal[j] = spread_ordinal(log_ratio, one_by_one, j, half);
        ordinal[all - 1 - j] = n - 1 - ordinal[j];
    }
    return all;
}

static bool knots_are_in_order(const pa_ecod_model *m, size_t f)
{
    int64_t begin = m->first[f], end = m->first[f + 1], n = m->rows[f];
    if (begin == end) return n == 0;
    if (m->below[begin] != 0 || m->up_to[end - 1] != n) return false;
    for (int64_t k = begin; k < end; k++) {
        if (m->value[k] != m->value[k] || m->below[k] >= m->up_to[k]) return false;
        if (k == begin) continue;
        if (m->value[k] <= m->value[k - 1] || m->below[k] < m->up_to[k - 1]) return false;
    }
    return true;
}

/* Where the knots of all features begin, before any of them is looked at. */
static bool features_are_in_order(const pa_ecod_model *m)
{
    bool good = m->first[0] == 0;
    for (size_t f = 0; good && f < m->n_features; f++) good = m->first[f] <= m->first[f + 1];
    return good;
}

static pa_status check_model(const pa_ecod_model *m, pa_error *err)
{
    if (!features_are_in_order(m))
        return pa_fail(err, PA_E_DATA, "ecod: the features' knots are out of order");
    for (size_t f = 0; f < m->n_features; f++) {
        if (!knots_are_in_order(m, f))
            return pa_fail(err, PA_E_DATA, "ecod: the knots of feature %zu are out of order", f);
    }
    return PA_OK;
}

/* -ln of a share of n; where there is nothing, of one in n + 1. */
static float side(int64_t count, int64_t n)
{
    double share = count > 0 ? (double)count / (double)n : 1 / ((double)n + 1);
    /* 0 - x, so that a share of 1 gives +0. */
    return (float)(0 - pa_ln(share));
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* Columns of as many known rows have many counts in common: where no values are equal, all. */
enum { KEPT_BITS = 14 };

typedef struct {
    int64_t n, count; /* n = 0: none yet */
    float side;
} kept_side;

static float side_once(kept_side kept[], int64_t count, int64_t n)
{
    kept_side *k = kept + ((uint64_t)count * 0x9e3779b97f4a7c15u >> (64 - KEPT_BITS));
    if (k->n != n || k->count != count) *k = (kept_side){n, count, side(count, n)};
    return k->side;
}

/* Behind the first `count` values, from the left and from the right. */
typedef struct {
    int64_t count;
    float left, right;
} border;

static border border_at(kept_side kept[], int64_t count, int64_t n)
{
    return (border){count, side_once(kept, count, n), side_once(kept, n - count, n)};
}

static gap gap_between(const border *a, const border *b)
{
    return (gap){.left = {a->left, b->left}, .right = {a->right, b->right}};
}

/* Mean part of the fitting rows' values: that of the knots as it is, between two of them
 * as on a line. All arrays of one feature; before: n_knots + 1. */
static float mean_part(size_t n_knots, const int64_t below[], const int64_t up_to[],
                       const float at[], const gap before[], int64_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n_knots; k++) {
        const gap *g = before + k;
        double ends =
            (double)larger(g->left[0], g->right[0]) + (double)larger(g->left[1], g->right[1]);
        int64_t between = below[k] - (k > 0 ? up_to[k - 1] : 0);
        sum += (double)between * (ends / 2) + (double)(up_to[k] - below[k]) * (double)at[k];
    }
    return (float)(sum / (double)n);
}

static void lay_out(pa_ecod *e, const pa_ecod_model *m, size_t f, kept_side kept[])
{
    size_t begin = (size_t)m->first[f], end = (size_t)m->first[f + 1];
    int64_t n = m->rows[f];
    gap *before = e->before + begin + f;
    e->first[f + 1] = end;
    if (begin == end) return;
    border last = border_at(kept, 0, n);
    for (size_t k = begin; k < end; k++) {
        border below = m->below[k] == last.count ? last : border_at(kept, m->below[k], n);
        border up_to = border_at(kept, m->up_to[k], n);
        e->value[k] = m->value[k];
        e->at[k] = larger(up_to.left, below.right);
        before[k - begin] = gap_between(&last, &below);
        last = up_to;
    }
    before[end - begin] = gap_between(&last, &last);
    e->mean[f] =
        mean_part(end - begin, m->below + begin, m->up_to + begin, e->at + begin, before, n);
}

pa_status pa_ecod_open(const pa_ecod_model *model, pa_ecod **ecod, pa_error *err)
{
    pa_ecod *e = NULL;
    kept_side *kept = NULL;
    *ecod = NULL;
    PA_TRY(check_model(model, err));
    size_t n_features = model->n_features, n_knots = (size_t)model->first[n_features];
    PA_TRY(PA_NEW(e, 1, err));
    e->n_features = n_features;
    pa_status st = PA_NEW(e->first, n_features + 1, err);
    if (st == PA_OK) st = PA_NEW(e->value, n_knots, err);
    if (st == PA_OK) st = PA_NEW(e->at, n_knots, err);
    if (st == PA_OK) st = PA_NEW(e->mean, n_features, err);
    if (st == PA_OK) st = PA_NEW(e->before, n_knots + n_features, err);
    if (st == PA_OK) st = PA_NEW(kept, (size_t)1 << KEPT_BITS, err);
    for (size_t f = 0; st == PA_OK && f < n_features; f++) lay_out(e, model, f, kept);
    pa_free(kept);
    if (st == PA_OK)
        *ecod = e;
    else
        pa_ecod_free(e);
    return st;
}

void pa_ecod_free(pa_ecod *e)
{
    if (!e) return;
    pa_free(e->first);
    pa_free(e->value);
    pa_free(e->at);
    pa_free(e->mean);
    pa_free(e->before);
    pa_free(e);
}

/* On the line between the values at a and b; at an infinite end there is none. */
static float between(const float end[2], double x, double a, double b)
{
    double part = (x - a) / (b - a);
    if (!(part >= 0 && part <= 1)) part = 0;
    return (float)((double)end[0] + part * ((double)end[1] - (double)end[0]));
}

static float part_of(size_t n_knots, const float value[], const float at[], const gap before[],
                     float x, uint32_t place)
{
    if (place > 0 && value[place - 1] == x) return at[place - 1];
    const gap *g = before + place;
    if (place == 0 || place == n_knots || (g->left[0] == g->left[1] && g->right[0] == g->right[1]))
        return larger(g->left[0], g->right[0]);
    double a = (double)value[place - 1], b = (double)value[place];
    return larger(between(g->left, (double)x, a, b), between(g->right, (double)x, a, b));
}

/* The parts of up to BLOCK values of one feature. */
static void parts_of_feature(const pa_ecod *e, size_t f, size_t n, const float x[], float part[])
{
    size_t begin = e->first[f], n_knots = e->first[f + 1] - begin;
    uint32_t place[BLOCK];
    if (n_knots == 0) {
        for (size_t i = 0; i < n; i++) part[i] = 0;
        return;
    }
    find_places(n_knots, e->value + begin, n, x, place);
    for (size_t i = 0; i < n; i++)
        part[i] = x[i] != x[i] ? e->mean[f]
                               : part_of(n_knots, e->value + begin, e->at + begin,
                                         e->before + begin + f, x[i], place[i]);
}

void pa_ecod_score(const pa_ecod *e, size_t n, const float *const column[], float score[],
                   float part[])
{
    for (size_t i = 0; i < n; i += BLOCK) {
        size_t rows = n - i < BLOCK ? n - i : BLOCK;
        double sum[BLOCK] = {0};
        float parts[BLOCK];
        for (size_t f = 0; f < e->n_features; f++) {
            parts_of_feature(e, f, rows, column[f] + i, parts);
            for (size_t r = 0; r < rows; r++) sum[r] += (double)parts[r];
            if (part) memcpy(part + f * n + i, parts, rows * sizeof *parts);
        }
        for (size_t r = 0; r < rows; r++) score[i + r] = (float)sum[r];
    }
}

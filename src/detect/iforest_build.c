/* One tree of the isolation forest. */
#include <float.h>

#include "iforest_layout.h"
#include "paraudit/base/draw.h"

/* Draws of a feature that may turn out constant, before the node lists the
 * features that are not. Both ways every such feature is equally likely. */
enum { TRIES = 15 };

/* Below so many steps of the grid, a node of so many rows keeps its exact cut. */
enum { LEAST_STEPS = 16, MANY_ROWS = 8 };

typedef struct {
    uint64_t seed;
    int32_t tree;
    const pa_iforest_shape *shape;
    const float *const *column;
    int32_t *feature;
    float *threshold;
    int32_t *expected;
    int32_t average[PA_IFOREST_MAX_SAMPLE + 1];
    uint64_t rows[PA_IFOREST_MAX_SAMPLE];
    uint64_t right[PA_IFOREST_MAX_SAMPLE]; /* scratch of one partition */
} builder;

typedef struct {
    int32_t feature;
    float low, high;
} spread;

int32_t pa_iforest_depth(int32_t sample)
{
    int32_t depth = 0;
    while ((INT32_C(1) << depth) < sample) depth++;
    return depth;
}

double pa_iforest_average_path(int32_t n)
{
    if (n < 2) return 0.0;
    double harmonic = 0.0;
    for (int32_t i = 1; i < n; i++) harmonic += 1.0 / i;
    return 2.0 * harmonic - 2.0 * (n - 1) / n;
}

void pa_iforest_averages(int32_t sample, int32_t average[])
{
    double harmonic = 0.0;
    average[0] = average[1] = 0;
    for (int32_t n = 2; n <= sample; n++) {
        harmonic += 1.0 / (n - 1);
        double c = 2.0 * harmonic - 2.0 * (n - 1) / n;
        average[n] = (int32_t)(c * PA_IFOREST_UNIT + 0.5);
    }
}

/* Whether the feature takes two values or more, NaN apart. */
static bool spread_of(const builder *b, int32_t feature, const uint64_t rows[], int32_t n,
                      spread *s)
{
    const float *v = b->column[feature];
    float low = v[rows[0]], high = low;
    int32_t i = 1;
    for (; i < n && low != low; i++) low = high = v[rows[i]];
    for (; i < n; i++) {
        float x = v[rows[i]];
        low = x < low ? x : low;
        high = x > high ? x : high;
    }
    *s = (spread){feature, low, high};
    return low < high;
}

static bool draw_spread(const builder *b, int32_t place, const uint64_t rows[], int32_t n,
                        spread *s)
{
    uint64_t n_features = (uint64_t)b->shape->n_features;
    uint64_t id = (uint64_t)place * (TRIES + 1);
    for (uint64_t t = 0; t < TRIES; t++) {
        uint64_t f =
            pa_draw_below(b->seed, PA_DRAW_IFOREST_FEATURE, (uint64_t)b->tree, id + t, n_features);
        if (spread_of(b, (int32_t)f, rows, n, s)) return true;
    }
    uint64_t n_varying = 0;
    for (int32_t f = 0; f < b->shape->n_features; f++) n_varying += spread_of(b, f, rows, n, s);
    if (n_varying == 0) return false;
    uint64_t skip =
        pa_draw_below(b->seed, PA_DRAW_IFOREST_FEATURE, (uint64_t)b->tree, id + TRIES, n_varying);
    for (int32_t f = 0;; f++)
        if (spread_of(b, f, rows, n, s) && skip-- == 0) return true;
}

static float float_of_key(uint32_t key)
{
    uint32_t bits = key >> 31 ? key ^ 0x80000000u : ~key;
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static double in_range(float v)
{
    if (v > FLT_MAX) return FLT_MAX;
    return v < -FLT_MAX ? -FLT_MAX : v;
}

/* Whether a grid step is too wide for the n rows of a node, of keys lowest - 1 ..
 * highest: the cuts would gather at a few places, seldom where the rows lie. Few
 * rows are parted alike anywhere between them, and are not worth a slow group. */
static bool needs_all_bits(uint32_t lowest, uint32_t highest, int32_t n)
{
    return n >= MANY_ROWS && highest - lowest < LEAST_STEPS * PA_IFOREST_GRID;
}

/* A threshold with low < threshold <= high for n rows; u in [0, 1). */
static float cut_of(const spread *s, double u, int32_t n)
{
    double low = in_range(s->low), high = in_range(s->high);
    uint32_t lowest = pa_iforest_key(s->low) + 1, highest = pa_iforest_key(s->high);
    double cut = high - u * (high - low);
    uint32_t key = pa_iforest_key((float)cut);
    if (key < lowest) key = lowest;
    if (key > highest) key = highest;
    uint32_t grid = key + (PA_IFOREST_GRID - key % PA_IFOREST_GRID) % PA_IFOREST_GRID;
    if (grid > highest) grid -= PA_IFOREST_GRID;
    if (grid >= lowest && !needs_all_bits(lowest, highest, n)) return float_of_key(grid);
    /* The first float that is not below the cut parts the rows as the cut does. */
    return float_of_key(key < highest && (double)float_of_key(key) < cut ? key + 1 : key);
}

/* Rows in which the value is missing, dealt out evenly to both sides in the proportion
 * of the known ones. */
typedef struct {
    uint64_t n_left, n_known, sum;
} dealer;

static dealer new_dealer(const builder *b, int32_t place, const uint64_t rows[], int32_t n)
{
    const float *v = b->column[b->feature[place]], threshold = b->threshold[place];
    dealer d = {0};
    for (int32_t i = 0; i < n; i++) {
        d.n_left += v[rows[i]] < threshold;
        d.n_known += v[rows[i]] == v[rows[i]];
    }
    if (d.n_known < (uint64_t)n)
        d.sum = pa_draw_below(b->seed, PA_DRAW_IFOREST_MISSING, (uint64_t)b->tree, (uint64_t)place,
                              d.n_known);
    return d;
}

static int32_t deal_left(dealer *d)
{
    d->sum += d->n_left;
    int32_t left = d->sum >= d->n_known;
    if (left) d->sum -= d->n_known;
    return left;
}

/* Moves the rows that go left to the front; returns how many. Keeps order. */
static int32_t partition(builder *b, int32_t place, uint64_t rows[], int32_t n)
{
    const float *v = b->column[b->feature[place]], threshold = b->threshold[place];
    int32_t n_left = 0, n_right = 0;
    dealer d = new_dealer(b, place, rows, n);
    for (int32_t i = 0; i < n; i++) {
        uint64_t row = rows[i];
        int32_t left = v[row] == v[row] ? v[row] < threshold : deal_left(&d);
        rows[n_left] = row;
        b->right[n_right] = row;
        n_left += left;
        n_right += !left;
    }
    memcpy(rows + n_left, b->right, (size_t)n_right * sizeof *rows);
    return n_left;
}

/* A place that is not cut: all below it expect what it expects. */
static void close_place(builder *b, int32_t place)
{
    int32_t end = INT32_C(1) << b->shape->depth;
    for (int32_t first = place, n = 1; first < 2 * end; first *= 2, n *= 2) {
        for (int32_t p = first; p < first + n; p++) {
            b->expected[p] = b->expected[place];
            if (p >= end) continue;
            b->feature[p] = -1;
            b->threshold[p] = 0.0f;
        }
    }
}

static void grow(builder *b, int32_t place, int32_t depth, uint64_t rows[], int32_t n)
{
    b->expected[place] = depth * PA_IFOREST_UNIT + b->average[n];
    spread s;
    if (depth == b->shape->depth || n < 2 || !draw_spread(b, place, rows, n, &s)) {
        close_place(b, place);
        return;
    }
    double u = pa_uniform(b->seed, PA_DRAW_IFOREST_CUT, (uint64_t)b->tree, (uint64_t)place);
    b->feature[place] = s.feature;
    b->threshold[place] = cut_of(&s, u, n);
    int32_t n_left = partition(b, place, rows, n);
    grow(b, 2 * place, depth + 1, rows, n_left);
    grow(b, 2 * place + 1, depth + 1, rows + n_left, n - n_left);
}

void pa_iforest_build_tree(uint64_t seed, int32_t tree, const pa_iforest_shape *shape,
                           const float *const column[], const uint64_t row[], int32_t feature[],
                           float threshold[], int32_t expected[])
{
    PA_ASSERT(shape->sample >= 2 && shape->sample <= PA_IFOREST_MAX_SAMPLE);
    PA_ASSERT(shape->n_features >= 1 && shape->n_features <= PA_IFOREST_MAX_FEATURES);
    PA_ASSERT(shape->depth == pa_iforest_depth(shape->sample));
    builder b = {.seed = seed, .tree = tree, .shape = shape, .column = column};
    b.feature = feature;
    b.threshold = threshold;
    b.expected = expected;
    pa_iforest_averages(shape->sample, b.average);
    memcpy(b.rows, row, (size_t)shape->sample * sizeof *row);
    feature[0] = -1;
    threshold[0] = 0.0f;
    expected[0] = 0;
    grow(&b, 1, 0, b.rows, shape->sample);
}

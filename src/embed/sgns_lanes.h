/* The kernels of sgns_block.h for processors that deal with PA_LANES floats at once: 4, 8 or 16,
 * as whoever includes it says. Every sum runs over dimensions, inputs or drawn items one after the
 * other in its own lane; only the product of a pair is added over lanes, 16 of them, by halves. */
#include <string.h>

#include "sgns_block.h"

enum {
    PARTS = PA_SGNS_FOLD / PA_LANES,       /* registers of 16 floats */
    TILE = PA_LANES == 16 ? 7 : 4,         /* registers of a row that are added to together */
    ROWS = 2,                              /* ... of so many rows */
    MET = PA_LANES == 4 ? 2 : PA_LANES / 2 /* inputs that meet 16 drawn items together */
};

typedef float lanes __attribute__((vector_size(PA_LANES * 4)));
typedef int32_t whole __attribute__((vector_size(PA_LANES * 4)));
typedef uint32_t bits __attribute__((vector_size(PA_LANES * 4)));

#define INLINE static inline __attribute__((always_inline))

INLINE lanes lanes_at(const float *v)
{
    lanes l;
    memcpy(&l, v, sizeof l);
    return l;
}

INLINE void put_lanes(float *v, lanes l)
{
    memcpy(v, &l, sizeof l);
}

INLINE whole whole_at(const int32_t *v)
{
    whole l;
    memcpy(&l, v, sizeof l);
    return l;
}

INLINE lanes choose(whole where, lanes yes, lanes no)
{
    return (lanes)((where & (whole)yes) | (~where & (whole)no));
}

/* What is no number becomes -most. */
INLINE lanes within(lanes x, float most)
{
    const lanes top = most - (lanes){0}, bottom = -top;
    return choose(x > bottom, choose(x < top, x, top), bottom);
}

/* 1 / (1 + e^-x), to 3 units of the last place: e^z = 2^k e^r with a polynomial in r (S. Moshier's
 * expf of Cephes). */
INLINE lanes logistic(lanes x)
{
    const float rounder = 0x1.8p23f;
    lanes z = -within(x, 60.0f), k = z * 1.44269504f + rounder;
    bits power = (bits)k << 23;
    k = k - rounder;
    lanes r = z - k * 0.693359375f - k * -2.12194440e-4f;
    lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    return 1.0f / (1.0f + (lanes)((bits)p + power));
}

/* ---- turning ---- */

/* a0 b0 a1 b1 ..., of the first halves and of the second. */
#if PA_LANES == 4
#define FIRST(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define SECOND(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#elif PA_LANES == 8
#define FIRST(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define SECOND(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define FIRST(a, b)                                                                                \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define SECOND(a, b)                                                                               \
    __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#endif

/* A square of PA_LANES rows: with every interleaving of its halves the bits of (row, column) turn
 * round by one. */
INLINE void turn(lanes square[PA_LANES])
{
    for (int step = 1; step < PA_LANES; step *= 2) {
        lanes next[PA_LANES];
        for (int i = 0; i < PA_LANES / 2; i++) {
            next[2 * i] = FIRST(square[i], square[i + PA_LANES / 2]);
            next[2 * i + 1] = SECOND(square[i], square[i + PA_LANES / 2]);
        }
        for (int i = 0; i < PA_LANES; i++) square[i] = next[i];
    }
}

/* 16 rows of drawn items become columns. */
INLINE void turn_shared(const pa_sgns_block *b, size_t first)
{
    for (size_t n = first; n < first + PA_SGNS_SHARED; n += PA_LANES)
        for (int32_t d = 0; d < b->stride; d += PA_LANES) {
            lanes square[PA_LANES];
            for (size_t i = 0; i < PA_LANES; i++) square[i] = lanes_at(b->shared[n + i] + d);
            turn(square);
            for (size_t i = 0; i < PA_LANES; i++)
                put_lanes(b->turned + ((size_t)d + i) * b->n_shared + n, square[i]);
        }
}

/* Calls DO with a constant number of registers, TILE or what is left. */
#define BY_TILES(stride, DO, ...)                                                                  \
    do {                                                                                           \
        int32_t left_ = (stride) / PA_LANES, at_ = 0;                                              \
        for (; left_ >= TILE; left_ -= TILE, at_ += TILE * PA_LANES) DO(TILE, at_, __VA_ARGS__);   \
        if (left_ & 4 && TILE > 4) DO(4, at_, __VA_ARGS__), at_ += 4 * PA_LANES;                   \
        if (left_ & 2) DO(2, at_, __VA_ARGS__), at_ += 2 * PA_LANES;                               \
        if (left_ & 1) DO(1, at_, __VA_ARGS__);                                                    \
    } while (0)

/* ---- slopes ---- */

/* Of input i against 16 drawn items from n on, whose products with it are here. */
INLINE void put_slopes(const pa_sgns_block *b, size_t i, size_t n, const lanes product[PARTS])
{
    for (size_t p = 0; p < PARTS; p++, n += PA_LANES) {
        whole item = whole_at(b->shared_item + n);
        whole met = (int32_t)(b->pair[i + 1] - b->pair[i]) - (whole){0};
        for (size_t k = b->pair[i]; k < b->pair[i + 1]; k++) met += item == b->output_item[k];
        lanes weight = __builtin_convertvector(met, lanes) * (b->rate * b->share);
        put_lanes(b->slope + i * b->n_shared + n, -weight * logistic(product[p]));
    }
}

/* MET inputs from i on. */
INLINE void meet(const pa_sgns_block *b, size_t i, size_t n)
{
    lanes product[MET][PARTS];
    const float *x[MET];
    for (size_t m = 0; m < MET; m++) {
        x[m] = i + m < b->n_inputs ? b->input[i + m] : b->zeros;
        for (size_t p = 0; p < PARTS; p++) product[m][p] = (lanes){0};
    }
    for (int32_t d = 0; d < b->stride; d++)
        for (size_t p = 0; p < PARTS; p++) {
            lanes y = lanes_at(b->turned + (size_t)d * b->n_shared + n + p * PA_LANES);
            for (size_t m = 0; m < MET; m++) product[m][p] += x[m][d] * y;
        }
    for (size_t m = 0; m < MET && i + m < b->n_inputs; m++) put_slopes(b, i + m, n, product[m]);
}

static void meet_shared(const pa_sgns_block *b)
{
    for (size_t n = 0; n < b->n_shared; n += PA_SGNS_SHARED) {
        turn_shared(b, n);
        for (size_t i = 0; i < b->n_inputs; i += MET) meet(b, i, n);
    }
}

/* Registers of two rows, into 16 sums. */
INLINE void add_products(size_t width, int32_t at, const float *x, const float *y, lanes sum[PARTS])
{
    for (size_t c = 0; c < width; c++)
        sum[c % PARTS] += lanes_at(x + at + c * PA_LANES) * lanes_at(y + at + c * PA_LANES);
}

/* 16 sums that add up to the product of two rows. */
INLINE void multiply(int32_t stride, const float *x, const float *y, float part[PA_SGNS_FOLD])
{
    lanes sum[PARTS];
    for (size_t p = 0; p < PARTS; p++) sum[p] = (lanes){0};
    BY_TILES(stride, add_products, x, y, sum);
    for (size_t p = 0; p < PARTS; p++) put_lanes(part + p * PA_LANES, sum[p]);
}

/* Of PA_LANES pairs the 16 sums of each, added by halves. */
INLINE lanes add_parts(float part[][PA_SGNS_FOLD])
{
    lanes column[PA_SGNS_FOLD];
    for (size_t p = 0; p < PARTS; p++) {
        for (size_t k = 0; k < PA_LANES; k++)
            column[p * PA_LANES + k] = lanes_at(part[k] + p * PA_LANES);
        turn(column + p * PA_LANES);
    }
    for (size_t half = PA_SGNS_FOLD / 2; half > 0; half /= 2)
        for (size_t k = 0; k < half; k++) column[k] += column[k + half];
    return column[0];
}

/* slope: of all pairs, and of some that are none behind them. */
static void meet_outputs(const pa_sgns_block *b, float slope[PA_SGNS_PAIRS])
{
    size_t i = 0, n = b->pair[b->n_inputs];
    for (size_t first = 0; first < n; first += PA_LANES) {
        float part[PA_LANES][PA_SGNS_FOLD];
        for (size_t k = first; k < first + PA_LANES; k++) {
            while (i + 1 < b->n_inputs && b->pair[i + 1] <= k) i++;
            const float *y = k < n ? b->output[k] : b->zeros;
            multiply(b->stride, b->input[i], y, part[k - first]);
        }
        put_lanes(slope + first, b->rate * logistic(-add_parts(part)));
    }
}

/* ---- changes ---- */

/* What drawn items change of ROWS inputs from i on. */
INLINE void pull(size_t width, int32_t at, const pa_sgns_block *b, size_t i)
{
    lanes sum[ROWS][TILE];
    for (size_t r = 0; r < ROWS; r++)
        for (size_t c = 0; c < width; c++) sum[r][c] = (lanes){0};
    for (size_t n = 0; n < b->n_shared; n++) {
        const float *y = b->shared[n] + at;
        for (size_t r = 0; r < ROWS; r++) {
            float slope = b->slope[(i + r) * b->n_shared + n];
            for (size_t c = 0; c < width; c++) sum[r][c] += slope * lanes_at(y + c * PA_LANES);
        }
    }
    for (size_t r = 0; r < ROWS; r++)
        for (size_t c = 0; c < width; c++)
            put_lanes(b->change + (i + r) * (size_t)b->stride + at + c * PA_LANES, sum[r][c]);
}

/* Input i and the outputs of its pairs: these change, and of the input what is to change. */
INLINE void attract(size_t width, int32_t at, const pa_sgns_block *b, size_t i, const float slope[])
{
    lanes x[TILE], sum[TILE];
    float *change = b->change + i * (size_t)b->stride + at;
    for (size_t c = 0; c < width; c++) {
        x[c] = lanes_at(b->input[i] + at + c * PA_LANES);
        sum[c] = lanes_at(change + c * PA_LANES);
    }
    for (size_t k = b->pair[i]; k < b->pair[i + 1]; k++) {
        float *row = b->output[k] + at;
        for (size_t c = 0; c < width; c++) {
            lanes y = lanes_at(row + c * PA_LANES);
            sum[c] += slope[k] * y;
            put_lanes(row + c * PA_LANES, y + slope[k] * x[c]);
        }
    }
    for (size_t c = 0; c < width; c++) put_lanes(change + c * PA_LANES, sum[c]);
}

/* Drawn items n and n + 1, changed by all inputs. */
INLINE void push(size_t width, int32_t at, const pa_sgns_block *b, size_t n)
{
    lanes sum[ROWS][TILE];
    for (size_t r = 0; r < ROWS; r++)
        for (size_t c = 0; c < width; c++) sum[r][c] = (lanes){0};
    for (size_t i = 0; i < b->n_inputs; i++) {
        const float *x = b->input[i] + at;
        for (size_t r = 0; r < ROWS; r++) {
            float slope = b->slope[i * b->n_shared + n + r];
            for (size_t c = 0; c < width; c++) sum[r][c] += slope * lanes_at(x + c * PA_LANES);
        }
    }
    for (size_t r = 0; r < ROWS; r++) {
        float *y = b->shared[n + r] + at;
        for (size_t c = 0; c < width; c++)
            put_lanes(y + c * PA_LANES, lanes_at(y + c * PA_LANES) + sum[r][c]);
    }
}

/* Inputs change last: all outputs see them as they were. An input sees drawn items as they were,
 * and the outputs of its pairs as the inputs before it have left them. */
static void change_rows(const pa_sgns_block *b, const float slope[])
{
    size_t n = b->n_inputs;
    for (size_t i = 0; i < n; i += ROWS) BY_TILES(b->stride, pull, b, i);
    for (size_t i = 0; i < n; i++) BY_TILES(b->stride, attract, b, i, slope);
    for (size_t k = 0; k < b->n_shared; k += ROWS) BY_TILES(b->stride, push, b, k);
    for (size_t i = 0; i < n; i++)
        for (int32_t d = 0; d < b->stride; d += PA_LANES) {
            float *x = b->input[i] + d;
            put_lanes(x, lanes_at(x) + lanes_at(b->change + i * (size_t)b->stride + d));
        }
}

static void step(const pa_sgns_block *b)
{
    float slope[PA_SGNS_PAIRS + PA_SGNS_FOLD];
    meet_shared(b);
    meet_outputs(b, slope);
    change_rows(b, slope);
}

/* ---- whole numbers ---- */

static void note(size_t n, const float was[], const float now[], float unit, float most,
                 int32_t sum[])
{
    for (size_t i = 0; i < n; i += PA_LANES) {
        lanes v = within((lanes_at(now + i) - lanes_at(was + i)) * unit, most);
        v += choose(v < 0.0f, (lanes){0} - 0.5f, (lanes){0} + 0.5f);
        whole s = whole_at(sum + i) + __builtin_convertvector(v, whole);
        memcpy(sum + i, &s, sizeof s);
    }
}

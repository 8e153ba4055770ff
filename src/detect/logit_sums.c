#include <math.h>
#include <string.h>

#define PA_LANES 2
#include "logit_products.h"
#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

/* Blocks whose products add up in 64 bits. */
enum { MOST_BLOCKS = 1024 };

/* Added to a number of size up to 1 and taken away again, it leaves a multiple of 2^-46: 64
 * of them add up exactly in any order. */
static const double SLOPE_ROUNDER = 96, SLOPE_UNITS = 0x1p46;
/* A number of size up to 1/2 becomes a multiple of 2^-24: 64 products of two of them add up
 * exactly. */
static const double ROOT_ROUNDER = 0x1.8p28;

static size_t padded(size_t m)
{
    return (m + PA_LOGIT_TOGETHER - 1) / PA_LOGIT_TOGETHER * PA_LOGIT_TOGETHER;
}

pa_status pa_logit_room_new(size_t n_columns, pa_logit_room *room, pa_error *err)
{
    *room = (pa_logit_room){0};
    PA_TRY(PA_NEW(room->x, padded(n_columns + 1) * PA_LOGIT_BLOCK, err));
    PA_TRY(PA_NEW(room->taken, n_columns * PA_LOGIT_BLOCK, err));
    return PA_NEW(room->products, (n_columns + 1) * (n_columns + 2) / 2, err);
}

void pa_logit_room_free(pa_logit_room *room)
{
    pa_free(room->x);
    pa_free(room->taken);
    pa_free(room->products);
    *room = (pa_logit_room){0};
}

void pa_logit_take(const pa_logit_rows *rows, size_t first, size_t n, float value[])
{
    if (rows->take) {
        rows->take(rows->source, first, n, value);
        return;
    }
    for (size_t c = 0; c < rows->n_columns; c++)
        memcpy(value + c * PA_LOGIT_BLOCK, rows->column[c] + first, n * sizeof *value);
}

/* Some rows, and what they say at the coefficients; rows from n on are zeros. */
typedef struct {
    size_t first, n, m;
    double *x;    /* m x PA_LOGIT_BLOCK */
    float *taken; /* the columns, unscaled */
    double odds[PA_LOGIT_BLOCK];
} block;

static block block_of(const pa_logit_scaled *s, const pa_logit_room *room)
{
    return (block){.m = s->rows->n_columns + 1, .x = room->x, .taken = room->taken};
}

static void take_values(const pa_logit_scaled *s, block *b)
{
    pa_logit_take(s->rows, b->first, b->n, b->taken);
    for (size_t r = 0; r < PA_LOGIT_BLOCK; r++) b->x[r] = r < b->n ? 1 : 0;
    for (size_t j = 1; j < b->m; j++) {
        float *from = b->taken + (j - 1) * PA_LOGIT_BLOCK;
        double *to = b->x + j * PA_LOGIT_BLOCK, scale = s->scale[j];
        for (size_t r = b->n; r < PA_LOGIT_BLOCK; r++) from[r] = 0;
        for (size_t r = 0; r < PA_LOGIT_BLOCK; r++) to[r] = (double)from[r] * scale;
    }
}

static void find_odds(const double coefficient[], block *b)
{
    double odds[PA_LOGIT_BLOCK] = {0};
    for (size_t j = 0; j < b->m; j++) {
        const double *x = b->x + j * PA_LOGIT_BLOCK, c = coefficient[j];
        for (size_t r = 0; r < PA_LOGIT_BLOCK; r++) odds[r] += c * x[r];
    }
    memcpy(b->odds, odds, sizeof odds);
}

/* The block from row `first` on; false at the end. */
static bool take_block(const pa_logit_scaled *s, const double coefficient[], size_t first, block *b)
{
    if (first >= s->rows->n) return false;
    size_t left = s->rows->n - first;
    b->first = first;
    b->n = left < PA_LOGIT_BLOCK ? left : PA_LOGIT_BLOCK;
    take_values(s, b);
    find_odds(coefficient, b);
    return true;
}

static double weight_of(const pa_logit_scaled *s, size_t row)
{
    return s->rows->weight ? (double)s->rows->weight[row] * s->weight_scale : 1;
}

/* ln(1 + exp(-s z)) of a row and its derivative. Nothing is taken from 1, so that small
 * probabilities keep their digits. */
static double loss_of(double odds, uint8_t label, double *slope)
{
    double away = label ? -odds : odds; /* above 0 on the wrong side */
    double q = pa_exp(-fabs(odds)), miss = (away >= 0 ? 1 : q) / (1 + q);
    *slope = label ? -miss : miss;
    return (away > 0 ? away : 0) + pa_ln1p(q);
}

static double rounded_dot(const double a[PA_LOGIT_BLOCK], const double b[PA_LOGIT_BLOCK])
{
    double lane[4] = {0};
    for (size_t r = 0; r < PA_LOGIT_BLOCK; r += 4)
        for (size_t k = 0; k < 4; k++)
            lane[k] += (a[r + k] * b[r + k] + SLOPE_ROUNDER) - SLOPE_ROUNDER;
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

void pa_logit_add_slopes(const pa_logit_scaled *s, const double coefficient[],
                         const pa_logit_room *room, pa_i128 sum[])
{
    block b = block_of(s, room);
    for (size_t first = 0; take_block(s, coefficient, first, &b); first += b.n) {
        double slope[PA_LOGIT_BLOCK] = {0};
        for (size_t r = 0; r < b.n; r++) {
            double weight = weight_of(s, first + r);
            double loss = loss_of(b.odds[r], s->rows->label[first + r], slope + r);
            sum[0] += pa_fixed(weight * loss, PA_LOGIT_LOSS_BITS);
            slope[r] *= weight;
        }
        for (size_t j = 0; j < b.m; j++)
            sum[1 + j] += (int64_t)(rounded_dot(slope, b.x + j * PA_LOGIT_BLOCK) * SLOPE_UNITS);
    }
}

/* Values times the root of what the row counts: their products are the Hessian's terms. */
static void times_roots(const pa_logit_scaled *s, block *b)
{
    double root[PA_LOGIT_BLOCK] = {0};
    for (size_t r = 0; r < b->n; r++) {
        double q = pa_exp(-fabs(b->odds[r]));
        root[r] = sqrt(weight_of(s, b->first + r) * q) / (1 + q);
    }
    for (size_t j = 0; j < b->m; j++)
        for (size_t r = 0; r < PA_LOGIT_BLOCK; r++) {
            double *x = b->x + j * PA_LOGIT_BLOCK + r;
            *x = (*x * root[r] + ROOT_ROUNDER) - ROOT_ROUNDER;
        }
}

typedef void products(size_t m, const double x[], int64_t sum[]);

static products *best_products(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f")) return pa_logit_products_avx512;
    if (__builtin_cpu_supports("avx2")) return pa_logit_products_avx2;
#endif
    return add_products;
}

/* Moves what was added in 64 bits to where there is room for all. */
static void move_products(size_t n, int64_t from[], pa_i128 to[])
{
    for (size_t i = 0; i < n; i++) to[i] += from[i];
    memset(from, 0, n * sizeof *from);
}

void pa_logit_add_bends(const pa_logit_scaled *s, const double coefficient[],
                        const pa_logit_room *room, pa_i128 sum[])
{
    block b = block_of(s, room);
    products *add = best_products();
    size_t n = b.m * (b.m + 1) / 2, blocks = 0;
    memset(b.x, 0, padded(b.m) * PA_LOGIT_BLOCK * sizeof *b.x);
    for (size_t first = 0; take_block(s, coefficient, first, &b); first += b.n) {
        times_roots(s, &b);
        add(b.m, b.x, room->products);
        if (++blocks % MOST_BLOCKS == 0) move_products(n, room->products, sum);
    }
    move_products(n, room->products, sum);
}

/* Coefficients of columns as they are. */
static pa_logit_scaled unscaled(const pa_logit_rows *rows, double one[])
{
    for (size_t j = 0; j <= rows->n_columns; j++) one[j] = 1;
    return (pa_logit_scaled){.rows = rows, .scale = one, .weight_scale = 1};
}

static void add_loss(const pa_logit_scaled *s, const block *b, pa_i128 *sum)
{
    const double most = 700;
    for (size_t r = 0; r < b->n; r++) {
        double slope, odds = fmax(-most, fmin(most, b->odds[r]));
        double loss = loss_of(odds, s->rows->label[b->first + r], &slope);
        *sum += pa_fixed(weight_of(s, b->first + r) * loss, PA_LOGIT_LOSS_BITS);
    }
}

/* One of odds and sum is wanted. */
static pa_status walk(const pa_logit_rows *rows, const double coefficient[], double odds[],
                      pa_i128 *sum, pa_error *err)
{
    pa_logit_room room;
    double *one = NULL;
    pa_status st = pa_logit_room_new(rows->n_columns, &room, err);
    if (st == PA_OK) st = PA_NEW(one, rows->n_columns + 1, err);
    if (st == PA_OK) {
        pa_logit_scaled s = unscaled(rows, one);
        block b = block_of(&s, &room);
        for (size_t first = 0; take_block(&s, coefficient, first, &b); first += b.n) {
            if (odds) memcpy(odds + first, b.odds, b.n * sizeof *odds);
            if (sum) add_loss(&s, &b, sum);
        }
    }
    pa_free(one);
    pa_logit_room_free(&room);
    return st;
}

pa_status pa_logit_odds(const pa_logit_rows *rows, const double coefficient[], double odds[],
                        pa_error *err)
{
    return walk(rows, coefficient, odds, NULL, err);
}

pa_status pa_logit_loss(pa_comm *comm, const pa_logit_rows *rows, const double coefficient[],
                        double *loss, pa_error *err)
{
    pa_i128 sum = 0;
    PA_AGREE(comm, walk(rows, coefficient, NULL, &sum, err), err);
    pa_sum_i128(comm, &sum, 1);
    *loss = pa_fixed_to_f64(sum, PA_LOGIT_LOSS_BITS);
    return PA_OK;
}

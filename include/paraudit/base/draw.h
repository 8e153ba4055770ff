/* Random draws by meaning: pure functions of (seed, purpose, logical ids).
 *
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011; Random123). The key is the seed, the 128-bit counter holds what the
 * draw is for:
 *
 *     bits   0 .. 63    id1      a tree, an account's hash, a row's ordinal ...
 *     bits  64 .. 111   id2      what is counted inside it, below 2^48
 *     bits 112 .. 127   purpose
 *
 * So a draw does not depend on who makes it or on which draws went before.
 * Never use a rank, a whole-file row number or a dictionary code as an id. */
#ifndef PARAUDIT_BASE_DRAW_H
#define PARAUDIT_BASE_DRAW_H

#include <stddef.h>
#include <stdint.h>

/* Results hang on these values: add new purposes at the end. */
typedef enum {
    PA_DRAW_TEST = 0,
    PA_DRAW_IFOREST_ROWS = 1,    /* id1 tree, id2 step */
    PA_DRAW_IFOREST_FEATURE = 2, /* id1 tree, id2 node */
    PA_DRAW_IFOREST_CUT = 3,     /* id1 tree, id2 node */
    PA_DRAW_GENERATE = 4,        /* generated portfolios */
    PA_DRAW_SAMPLE = 5,          /* rows below the line for review: id1 tx */
    PA_DRAW_BOOTSTRAP = 6,       /* id1 account, id2 replicate / 8 */
    PA_DRAW_CROSS_VALIDATION = 7,
    PA_DRAW_IFOREST_MISSING = 8,   /* id1 tree, id2 node */
    PA_DRAW_BOOSTING_ROWS = 9,     /* id1 row's ordinal, id2 tree */
    PA_DRAW_BOOSTING_COLUMNS = 10, /* id1 tree, id2 step */
    PA_DRAW_SGNS_START = 11,       /* id1 item, id2 dimension / 4 */
    PA_DRAW_SGNS_TOKEN = 12,       /* id1 sequence, id2 epoch 2^32 + place */
    PA_DRAW_SGNS_SHARED = 13,      /* id1 shard 2^40 + epoch 2^24 + round, id2 step */
    PA_DRAW_LSTM_START = 14,       /* id1 weight */
    PA_DRAW_LSTM_ORDER = 15,       /* id1 epoch, id2 place */
    PA_DRAW_LSTM_PATH = 16,        /* id1 series, id2 path 2^32 + step */
    PA_DRAW_FORECAST_ACCOUNTS = 17 /* id1 tx of the first row */
} pa_purpose;

/* 64 uniform bits. id2 below 2^48 (an assert). */
uint64_t pa_draw(uint64_t seed, pa_purpose purpose, uint64_t id1, uint64_t id2);

/* All 128 bits of that draw as four words; out[0] and out[1] are pa_draw's. */
void pa_draw_words(uint64_t seed, pa_purpose purpose, uint64_t id1, uint64_t id2, uint32_t out[4]);

/* A multiple of 2^-53 in [0, 1). */
double pa_uniform(uint64_t seed, pa_purpose purpose, uint64_t id1, uint64_t id2);

/* One of 0 .. n - 1; n is at least 1. The odds of two values differ by less
 * than n / 2^64. */
uint64_t pa_draw_below(uint64_t seed, pa_purpose purpose, uint64_t id1, uint64_t id2, uint64_t n);

/* k distinct ones of 0 .. n - 1 in ascending order, every subset equally
 * likely; k <= n, n below 2^63. Uses id2 = 0 .. k - 1 of that id1. out: k
 * values; no other memory, and a cost that does not depend on n. */
void pa_draw_distinct(uint64_t seed, pa_purpose purpose, uint64_t id1, uint64_t n, size_t k,
                      uint64_t out[]);

#endif

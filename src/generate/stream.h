/* A stream of 32-bit words for one purpose: (seed, who, what, when), four words
 * a draw. Who draws is fixed by its ids, so nobody else's draws matter. */
#ifndef PARAUDIT_GENERATE_STREAM_H
#define PARAUDIT_GENERATE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "paraudit/base/draw.h"

/* Who: accounts from 0 on; others above all of them. */
#define OF_MERCHANTS (UINT64_C(1) << 62)
#define OF_TOWNS (UINT64_C(2) << 62)
#define OF_RINGS (UINT64_C(3) << 62)

/* What is drawn: results hang on these numbers. */
typedef enum {
    DRAW_PROFILE = 1, /* of an account, a town, a merchant, a ring */
    DRAW_BILLS,
    DRAW_PLAN,      /* when: cell */
    DRAW_DAY,       /* when: day */
    DRAW_FRAUD,     /* when: day */
    DRAW_FAVOURITE, /* when: day it is chosen; slot */
    DRAW_LEAK,      /* of a merchant; when: cell */
    DRAW_RING,      /* when: cell */
    DRAW_OFFSET,
    DRAW_FOUND /* when: last day of a spell of fraud; slot: kind */
} draw_what;

typedef struct {
    uint64_t seed, who, at;
    uint32_t word[4];
    int left;
} stream;

/* when: below 2^16; slot: below 2^8. 2^16 draws of four words each. */
static inline stream stream_of(uint64_t seed, uint64_t who, draw_what what, int when, int slot)
{
    return (stream){.seed = seed,
                    .who = who,
                    .at = (uint64_t)what << 40 | (uint64_t)when << 24 | (uint64_t)slot << 16};
}

static inline uint32_t next_word(stream *s)
{
    if (s->left == 0) {
        pa_draw_words(s->seed, PA_DRAW_GENERATE, s->who, s->at++, s->word);
        s->left = 4;
    }
    return s->word[--s->left];
}

/* In (0, 1). */
static inline double next_unit(stream *s)
{
    return (next_word(s) + 0.5) * 0x1p-32;
}

static inline bool chance(stream *s, double p)
{
    return next_unit(s) < p;
}

/* 0 .. n - 1 */
static inline int next_below(stream *s, int n)
{
    return (int)((uint64_t)next_word(s) * (uint64_t)n >> 32);
}

static inline double between(stream *s, double low, double high)
{
    return low + (high - low) * next_unit(s);
}

#endif

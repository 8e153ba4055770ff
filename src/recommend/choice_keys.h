/* Pairs that are counted for choices of merchants. */
#ifndef PARAUDIT_SRC_RECOMMEND_CHOICE_KEYS_H
#define PARAUDIT_SRC_RECOMMEND_CHOICE_KEYS_H

#include "paraudit/patterns/pair_list.h"

/* From the first kind on: N(m, m'), R(m'), N(m), N(s, m), R1(m'). */
enum { PA_PAIR_BOTH, PA_PAIR_SUM, PA_PAIR_ROWS, PA_PAIR_SEGMENT, PA_PAIR_REPEATED };

static inline uint64_t pa_key_of_both(unsigned first_kind, int32_t a, int32_t b)
{
    uint32_t x = (uint32_t)a, y = (uint32_t)b;
    return x < y ? pa_pair_key(first_kind + PA_PAIR_BOTH, x, y)
                 : pa_pair_key(first_kind + PA_PAIR_BOTH, y, x);
}

static inline uint64_t pa_key_of_sum(unsigned first_kind, int32_t m)
{
    return pa_pair_key(first_kind + PA_PAIR_SUM, (uint32_t)m, 0);
}

static inline uint64_t pa_key_of_rows(unsigned first_kind, int32_t m)
{
    return pa_pair_key(first_kind + PA_PAIR_ROWS, (uint32_t)m, 0);
}

static inline uint64_t pa_key_of_segment(unsigned first_kind, int8_t segment, int32_t m)
{
    return pa_pair_key(first_kind + PA_PAIR_SEGMENT, (uint32_t)m, (uint32_t)segment);
}

static inline uint64_t pa_key_of_repeated(unsigned first_kind, int32_t m)
{
    return pa_pair_key(first_kind + PA_PAIR_REPEATED, (uint32_t)m, 0);
}

#endif

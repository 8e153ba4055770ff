/* Baskets as bytes, where there is no room for more: of each its weight and its frequent items, as
 * ranks. About a byte or two an item, and five a basket. Kernel. */
#ifndef PARAUDIT_PATTERNS_CODED_ROWS_H
#define PARAUDIT_PATTERNS_CODED_ROWS_H

#include "paraudit/patterns/fp_tree.h"

/* A row is its weight, and its ranks, ascending, each as its distance to the one before it less
 * one: numbers of 7 bits a byte, the lowest first, in each but the last byte of a number with 128
 * added. */
typedef struct {
    uint32_t n;
    int32_t n_items; /* ranks that there are */
    uint32_t *first; /* n + 1: where each row begins in `code` */
    const uint8_t *code;
} pa_coded_rows;

/* What the run has of the baskets, in the arena. PA_E_MEMORY: there is no room, or there are 2^32
 * bytes or more. */
pa_status pa_coded_rows_of(pa_arena *arena, const pa_baskets *baskets, const pa_item_ranks *ranks,
                           const pa_rank_run *run, pa_coded_rows *rows, pa_error *err);

/* Which rows have an item, of the last items, those that few have: ascending, in numbers as
 * above. */
typedef struct {
    int32_t from;    /* the first of these items */
    uint32_t *first; /* from that one on: where its rows begin in `code`; and their end */
    const uint8_t *code;
} pa_row_index;

/* In the arena, of as many items as `most` bytes have room for, maybe none. */
void pa_row_index_make(pa_arena *arena, const pa_coded_rows *rows, size_t most,
                       pa_row_index *index);

/* The rows of an item that it knows, of which there are n. */
void pa_row_index_list(const pa_row_index *index, int32_t item, uint32_t n, uint32_t row[]);

static inline uint8_t *pa_coded_put(uint8_t *at, uint32_t v)
{
    for (; v > 127; v >>= 7) *at++ = (uint8_t)(v | 128);
    *at++ = (uint8_t)v;
    return at;
}

static inline uint32_t pa_coded_number(const uint8_t **at)
{
    uint32_t byte = *(*at)++, v = byte & 127;
    for (unsigned shift = 7; byte > 127; shift += 7) {
        byte = *(*at)++;
        v |= (byte & 127) << shift;
    }
    return v;
}

#endif

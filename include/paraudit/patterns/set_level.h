/* Frequent sets of one size, to be asked for by their items, and what is known of each. Kernel. */
#ifndef PARAUDIT_PATTERNS_SET_LEVEL_H
#define PARAUDIT_PATTERNS_SET_LEVEL_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/array.h"

/* ---- sets as bytes ---- */

/* A set as it stands in `bytes`: number of items, support, items in ascending order, all of 32
 * bits. */
typedef struct {
    uint32_t size, support;
    const char *items; /* of any alignment */
} pa_set_record;

/* The `write` of a pa_mine_request; writer is not used. */
pa_status pa_write_set_record(void *writer, size_t n, const int32_t item[], uint32_t support,
                              pa_buffer *to, pa_error *err);

/* The record at `at`; returns what is behind it. */
const char *pa_read_set_record(const char *at, pa_set_record *record);

/* ---- the level ---- */

/* What is known of a set: its support, and for each of its items the largest confidence of a rule
 * that ends in this item and has some, all or none of the others before it, as a fraction. */
static inline size_t pa_words_of_set(size_t size)
{
    return 1 + 2 * size;
}

typedef struct {
    size_t size, n;
    int32_t *item;   /* n x size, ascending in each */
    uint32_t *known; /* n x pa_words_of_set(size): support, then part and whole for each item */
    uint32_t *slot;  /* 2^slot_bits: row + 1; 0: free */
    int slot_bits;
} pa_set_level;

/* A number by which sets are cut among ranks and found. */
uint64_t pa_hash_of_set(size_t n, const int32_t item[]);

/* Bytes that a level takes. */
size_t pa_bytes_of_level(size_t size, size_t n);

/* Zeroed room for n sets, fewer than 2^32 - 1. On failure the level may be freed. */
pa_status pa_set_level_new(size_t size, size_t n, pa_set_level *level, pa_error *err);
void pa_set_level_free(pa_set_level *level); /* a zeroed one may be freed */

/* Once all items are there. */
void pa_set_level_index(pa_set_level *level);

/* What is known of a set; NULL: it is not here. */
const uint32_t *pa_find_set(const pa_set_level *level, const int32_t item[]);

#endif

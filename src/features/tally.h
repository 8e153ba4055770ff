/* Small tables of one account's merchants or codes: how many rows each has.
 * Open addressing, a power of two of places, never more than half full. */
#ifndef PARAUDIT_FEATURES_TALLY_H
#define PARAUDIT_FEATURES_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/table/slices.h"

/* rows == 0: the place is empty. */
typedef struct {
    int64_t code;
    int64_t rows;
} pa_tally;

/* The place of a code, or the empty one where it belongs. */
static inline size_t pa_tally_place(const pa_tally table[], int bits, int32_t code)
{
    size_t mask = ((size_t)1 << bits) - 1;
    size_t i = (size_t)(((uint64_t)(uint32_t)code * 0x9e3779b97f4a7c15u) >> (64 - bits));
    while (table[i].rows && table[i].code != code) i = (i + 1) & mask;
    return i;
}

static inline int pa_tally_bits(size_t rows)
{
    int bits = 1;
    while (((size_t)1 << bits) < 2 * rows) bits++;
    return bits;
}

/* Places that the longest slice needs. */
static inline size_t pa_tally_room(size_t n, const int32_t account[])
{
    size_t longest = 0;
    for (size_t begin = 0, end; begin < n; begin = end) {
        end = pa_end_of_slice(n, account, begin);
        if (end - begin > longest) longest = end - begin;
    }
    return (size_t)1 << pa_tally_bits(longest);
}

#endif

/* Where values lie among a column's knots. Kernel. */
#ifndef PARAUDIT_DETECT_VALUE_PLACES_H
#define PARAUDIT_DETECT_VALUE_PLACES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* place: how many of n_knots >= 1 rising values are at most x[i], of up to BLOCK rows. Each
 * step is taken for all rows, without a branch: they wait for memory together. */
static inline void find_places(size_t n_knots, const float value[], size_t n, const float x[],
                               uint32_t place[])
{
    memset(place, 0, n * sizeof *place);
    for (size_t left = n_knots; left > 1; left -= left / 2) {
        const float *middle = value + left / 2 - 1;
        for (size_t i = 0; i < n; i++)
            place[i] += middle[place[i]] <= x[i] ? (uint32_t)(left / 2) : 0;
    }
    for (size_t i = 0; i < n; i++) place[i] += value[place[i]] <= x[i];
}

#endif

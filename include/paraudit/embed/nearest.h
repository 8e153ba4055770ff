/* The vectors that point the way of another one the most. Arrays in, arrays out. */
#ifndef PARAUDIT_EMBED_NEAREST_H
#define PARAUDIT_EMBED_NEAREST_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    int32_t item;
    double cosine;
} pa_near;

/* The k vectors with the largest cosine to that of `item`, itself left out, the largest first and
 * equal ones by their numbers. vector: n x dim. A vector of zeros has the cosine 0 with all.
 * Returns how many there are: k or n - 1. */
size_t pa_nearest(int32_t n, int32_t dim, const float vector[], int32_t item, size_t k,
                  pa_near near[]);

#endif

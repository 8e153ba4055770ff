#include "paraudit/patterns/superset_sums.h"

#include <stddef.h>

/* The three lowest items, of eight masks. */
static void add_lowest(uint32_t s[8])
{
    s[0] += s[1], s[2] += s[3], s[4] += s[5], s[6] += s[7];
    s[0] += s[2], s[1] += s[3], s[4] += s[6], s[5] += s[7];
    s[0] += s[4], s[1] += s[5], s[2] += s[6], s[3] += s[7];
}

/* half: 4 or more, or few. */
static void add_halves(size_t n, size_t half, uint32_t sum[])
{
    for (size_t from = 0; from < n; from += 2 * half)
        for (size_t i = from; i < from + half; i++) sum[i] += sum[i + half];
}

void pa_superset_sums(int k, uint32_t sum[])
{
    size_t n = (size_t)1 << k;
    if (n < 8) {
        for (size_t half = 1; half < n; half *= 2) add_halves(n, half, sum);
        return;
    }
    for (size_t i = 0; i < n; i += 8) add_lowest(sum + i);
    for (size_t half = 8; half < n; half *= 2) add_halves(n, half, sum);
}

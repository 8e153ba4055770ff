#include "paraudit/patterns/superset_sums.h"

#include <stddef.h>

void pa_superset_sums(int k, uint32_t sum[])
{
    size_t n = (size_t)1 << k;
    for (size_t half = 1; half < n; half *= 2)
        for (size_t from = 0; from < n; from += 2 * half)
            for (size_t i = from; i < from + half; i++) sum[i] += sum[i + half];
}

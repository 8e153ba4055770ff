#include "paraudit/patterns/item_order.h"

#include <stdlib.h>

enum { FEW = 48 };

static int ascending(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

void pa_sort_items(size_t n, int32_t item[])
{
    if (n > FEW) {
        qsort(item, n, sizeof *item, ascending);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        int32_t v = item[i];
        size_t k = i;
        for (; k > 0 && item[k - 1] > v; k--) item[k] = item[k - 1];
        item[k] = v;
    }
}

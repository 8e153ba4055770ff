#include "paraudit/evaluate/least_cost.h"

pa_threshold pa_cheaper(pa_threshold a, pa_threshold b)
{
    if (a.cost != b.cost) return a.cost < b.cost ? a : b;
    return a.flagged <= b.flagged ? a : b;
}

pa_threshold pa_least_cost(const pa_cost_rows *rows)
{
    pa_threshold least = {.cost = rows->loss_all};
    pa_i128 saved = rows->loss_before;
    for (size_t i = 0; i < rows->n; i++) {
        saved += rows->loss[i];
        bool ends = i + 1 < rows->n ? rows->key[i + 1] != rows->key[i] : rows->ends;
        if (!ends) continue;
        int64_t flagged = rows->n_before + (int64_t)i + 1;
        pa_i128 cost = rows->review * flagged + rows->loss_all - saved;
        least = pa_cheaper(least, (pa_threshold){cost, flagged, rows->key[i]});
    }
    return least;
}

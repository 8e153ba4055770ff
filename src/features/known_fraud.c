#include "paraudit/features/known_fraud.h"

#include <stdbool.h>

static const double seconds_a_day = 86400.0;

/* `known` stands behind the last row whose label is known; it never passes the
 * row itself, which matters only where the delay is 0. */
static bool next_is_known(const uint64_t at[], size_t known, size_t row, uint64_t delay)
{
    return known < row && at[row] - at[known] >= delay;
}

void pa_known_rate(const pa_line *line, const int8_t label[], int64_t delay, int64_t window,
                   float count[], float rate[])
{
    const uint64_t *at = line->at, d = (uint64_t)delay, reach = d + (uint64_t)window;
    size_t from = 0, known = 0, frauds = 0;
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        while (next_is_known(at, known, i, d)) frauds += label[known++] == 1;
        while (from < known && at[i] - at[from] >= reach) frauds -= label[from++] == 1;
        size_t rows = known - from;
        count[k] = (float)rows;
        rate[k] = rows ? (float)((double)frauds / (double)rows) : 0.0f;
    }
}

void pa_known_fraud_recency(const pa_line *line, const int8_t label[], int64_t delay,
                            int64_t memory, float days[], float run[])
{
    const uint64_t *at = line->at, d = (uint64_t)delay, most = (uint64_t)memory;
    size_t from = 0, known = 0, frauds = 0;
    size_t last = 0; /* 1 + the last known fraud; 0: none */
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        for (; next_is_known(at, known, i, d); known++) {
            frauds = label[known] == 1 ? frauds + 1 : 0;
            if (frauds) last = known + 1;
        }
        while (from < known && at[i] - at[from] >= d + most) from++;
        /* Another merchant's fraud is further away than the memory, and a run
         * that began there, or before the window, is cut to the window's rows. */
        uint64_t age = last ? at[i] - at[last - 1] : most;
        size_t rows = known - from;
        days[k] = (float)((double)(age < most ? age : most) / seconds_a_day);
        run[k] = (float)(frauds < rows ? frauds : rows);
    }
}

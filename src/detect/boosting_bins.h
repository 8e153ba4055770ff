/* Values as numbers of bins. Kernel. */
#ifndef PARAUDIT_DETECT_BOOSTING_BINS_H
#define PARAUDIT_DETECT_BOOSTING_BINS_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum { PA_BOOSTING_MAX_BINS = 32768 };

/* A column with k edges has bins 0 .. k of values, bin b for those from edge b - 1 on and below
 * edge b, and bin k + 1 for missing values. */
typedef struct {
    size_t n_columns;
    int64_t *first; /* n_columns + 1: where each column's edges begin */
    float *edge;    /* ascending within a column */
} pa_boosting_edges;

void pa_boosting_edges_free(pa_boosting_edges *edges);

/* Bins of values: without that of missing values. */
static inline size_t pa_boosting_value_bins(const pa_boosting_edges *e, size_t column)
{
    return (size_t)(e->first[column + 1] - e->first[column]) + 1;
}

/* Which of n >= 1 ascending values, numbered from 0, bins begin at: all where max_bins (16 or
 * more) are enough; else half of them lie evenly, and the others ever closer to both ends, down
 * to value by value: frauds are few, and often lie there. ordinal: max_bins values, ascending,
 * each once. Returns how many. */
size_t pa_boosting_ordinals(int64_t n, size_t max_bins, int64_t ordinal[]);

/* Rows of bins, twice: one behind the other for who reads all columns of a row, and column
 * after column for who reads one. */
typedef struct {
    size_t n, stride; /* of a row; a row of 32 columns fills a cache line */
    uint16_t *bin;
    uint16_t *by_column;
    void *block; /* that both lie in */
} pa_boosting_rows;

pa_status pa_boosting_rows_new(pa_boosting_rows *rows, size_t n, size_t n_columns, pa_error *err);
void pa_boosting_rows_free(pa_boosting_rows *rows);

/* The bins of n values of a column, from row `first` on. */
void pa_boosting_bin(const pa_boosting_edges *edges, size_t column, size_t first, size_t n,
                     const float value[], pa_boosting_rows *rows);

#endif

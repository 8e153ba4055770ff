/* The tail of a detector's raw scale: which share of the rows that it was fitted
 * on looks at least as odd as this one. Raw values: larger is odder.
 *
 *     tail(x) = (rows with a raw value >= x, + 1) / (rows + 1)
 *
 * kept as knots (value, rows at or above it). Between knots ln(tail) is a
 * straight line. Beyond the largest value it goes on as the line through the
 * largest knot and the lowest one that at most a hundredth of the rows (but ten)
 * reach; below e^-80 it bends towards e^-87. So tail falls strictly beyond the
 * rows seen (until neighbours round to one float) and is never 0.
 *
 * Kernel: arrays in, arrays out. */
#ifndef PARAUDIT_ORDER_TAIL_H
#define PARAUDIT_ORDER_TAIL_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum { PA_TAIL_MAX_KNOTS = 1 << 20 };

/* Which of n >= 1 ascending values, numbered from 0, become knots: all of them
 * where max_knots (2 or more) are enough; else the upper half of the knots are
 * the largest values one by one, and the others are spread evenly over ln(rows
 * at or above) down to the smallest value. ordinal: max_knots values, ascending.
 * Returns how many. */
size_t pa_tail_ordinals(int64_t n, size_t max_knots, int64_t ordinal[]);

typedef struct pa_tail pa_tail;

/* value: n_knots finite values, strictly ascending; count: rows at or above
 * each, strictly descending from n_rows to 1 or more. PA_E_DATA otherwise (a
 * result file may have been edited). Copies; freed by pa_tail_free. */
pa_status pa_tail_open(int64_t n_rows, size_t n_knots, const float value[], const int64_t count[],
                       pa_tail **tail, pa_error *err);
void pa_tail_free(pa_tail *tail);

/* In (0, 1]; NaN for NaN. */
float pa_tail_of(const pa_tail *tail, float raw);

/* -ln of the tail, 0 or more; NaN for NaN. */
float pa_tail_unlikely(const pa_tail *tail, float raw);

#endif

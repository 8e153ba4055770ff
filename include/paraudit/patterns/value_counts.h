/* How often each of many values was met, where many are alike: an integer histogram with a bin for
 * every value. Kernel. */
#ifndef PARAUDIT_PATTERNS_VALUE_COUNTS_H
#define PARAUDIT_PATTERNS_VALUE_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* A zeroed one is empty and good to use. Takes 64 bytes for each distinct value at most. */
typedef struct {
    size_t n, room;
    int64_t *value;  /* ascending and distinct once they are put in order */
    uint64_t *count; /* of each */
} pa_value_counts;

/* No value is NaN; -0 is +0. */
pa_status pa_count_value(pa_value_counts *counts, double value, pa_error *err);

/* Puts them in order: value[i] as pa_i64_of_f64 makes it. */
pa_status pa_order_counts(pa_value_counts *counts, pa_error *err);

void pa_value_counts_free(pa_value_counts *counts);

/* A number that is in the same order, and back. */
int64_t pa_i64_of_f64(double value);
double pa_f64_of_i64(int64_t value);

#endif

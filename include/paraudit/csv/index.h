/* Where the signs of CSV text are, 64 bytes at a time. */
#ifndef PARAUDIT_CSV_INDEX_H
#define PARAUDIT_CSV_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/csv/scan.h"

typedef struct {
    size_t n, n_lines;
    uint16_t *at;   /* places of the signs and of the bytes that end lines, ascending */
    uint16_t *line; /* which of these end lines */
    bool others;    /* some are neither separators nor ends of lines */
} pa_csv_marks;

/* Of n bytes, up to 65536. at, line: room for n + 64. The same from each: for any processor, and
 * for those that have the instructions. */
typedef void pa_csv_indexer(const pa_csv_signs *signs, const char *text, size_t n,
                            pa_csv_marks *marks);
pa_csv_indexer pa_csv_index_any, pa_csv_index_avx2, pa_csv_index_avx512;

/* The fastest one that this processor has. */
pa_csv_indexer *pa_csv_best_indexer(void);

#endif

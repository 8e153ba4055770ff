/* Plain CSV text many bytes, or many rows, at a time: the same from each set of kernels, of which
 * one is for any processor and the others for those that have the instructions. */
#ifndef PARAUDIT_CSV_KERNELS_H
#define PARAUDIT_CSV_KERNELS_H

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

/* Kernels of fields have those of one column: what length[i] says are the first bytes of word[i],
 * if they are at most eight; what lies behind them may be anything. hard[i]: 1 where a field is of
 * another kind than the kernel reads, and what it wrote for it is nothing; else 0. Returns whether
 * any is. */
typedef struct pa_csv_kernels {
    /* Of n bytes, up to 65536. at, line: room for n + 64. */
    void (*index)(const pa_csv_signs *signs, const char *text, size_t n, pa_csv_marks *marks);
    /* 12345: one to eight digits. */
    bool (*whole)(size_t n, const uint64_t word[], const uint64_t length[], int64_t value[],
                  uint64_t hard[]);
    /* 12.34, in hundredths, of four to eight signs. */
    bool (*amounts)(size_t n, const uint64_t word[], const uint64_t length[], int64_t value[],
                    uint64_t hard[]);
    /* 12.345 of two to eight signs, the minus of minus[i] (1 or 0) before it; nothing is NaN. None
     * is beyond `most`. */
    bool (*places)(size_t n, const uint64_t word[], const uint64_t length[], const uint64_t minus[],
                   double most, double value[], uint64_t hard[]);
    /* day[i]: "25 " or "25T"; clock[i]: "13:05:59". In seconds from the month's day 0 on. */
    bool (*moments)(size_t n, const uint64_t day[], const uint64_t clock[], int64_t value[],
                    uint64_t hard[]);
} pa_csv_kernels;

extern const pa_csv_kernels pa_csv_kernels_any, pa_csv_kernels_avx2, pa_csv_kernels_avx512;

/* NULL where this processor lacks the instructions. */
const pa_csv_kernels *pa_csv_have_avx2(void);
const pa_csv_kernels *pa_csv_have_avx512(void);
const pa_csv_kernels *pa_csv_best_kernels(void);

#endif

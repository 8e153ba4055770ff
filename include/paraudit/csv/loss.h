/* When rejected rows are too many, or of a kind of which no row is left. Counts in,
 * judgements out. */
#ifndef PARAUDIT_CSV_LOSS_H
#define PARAUDIT_CSV_LOSS_H

#include "paraudit/csv/csv.h"

/* A share of a few rows says nothing, and a few rows are no kind: what up to 3 rows of a
 * file lack, and up to 2 of a kind, is left to the absolute budget. */
enum { PA_LOSS_FEW = 3 };

/* Rejects, and rows that are lost: not one that is there already, nor one without a value,
 * but also those that lie within broken ones. */
int64_t pa_rejects_in_all(const pa_reject_counts *rejected);
int64_t pa_rejects_lost(const pa_reject_counts *rejected);

/* The reason that lost most rows, the first of equal ones; PA_REJECT_N: nothing is lost. */
pa_reject_reason pa_leading_reason(const pa_reject_counts *rejected);

/* The first file that lost more than PA_LOSS_FEW rows and more than `share` of its rows;
 * -1: none. rows, rejected: of n files, rows being those that are left. */
int32_t pa_lossy_file(size_t n, const int64_t rows[], const pa_reject_counts rejected[],
                      double share);

/* The reason and kind with most rejects, at least PA_LOSS_FEW, of a kind of which no row is
 * left. met: pa_csv_kinds_met of all that is left. False: none is lost so. */
typedef struct {
    pa_reject_reason reason;
    pa_row_kind kind;
    int64_t n;
} pa_lost_kind;
bool pa_find_lost_kind(const pa_kind_counts *by_kind, uint32_t met, pa_lost_kind *lost);

#endif

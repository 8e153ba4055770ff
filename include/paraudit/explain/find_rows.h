/* Where transactions stand in a result. */
#ifndef PARAUDIT_EXPLAIN_FIND_ROWS_H
#define PARAUDIT_EXPLAIN_FIND_ROWS_H

#include "paraudit/result/result.h"

/* The rows of n transactions, named as the input names them: by texts where it had texts, else
 * by whole numbers. Reads the ids in bounded pieces. Collective. PA_E_USAGE: not a number where
 * one belongs; PA_E_NO_INPUT: the result has no such transaction (the first of them, and how
 * many more). */
pa_status pa_find_rows(pa_result_file *file, size_t n, const char *const id[], int64_t row[],
                       pa_error *err);

#endif

/* What the parts of an explanation share; private to this folder. */
#ifndef PARAUDIT_EXPLAIN_TELL_PARTS_H
#define PARAUDIT_EXPLAIN_TELL_PARTS_H

#include "paraudit/explain/explain.h"

/* A text of a column of codes, or of texts, in row r of a table of the result; "" where there
 * is no such column, or no value. Collective. */
pa_status pa_tell_name(pa_result_file *file, const pa_table *t, const char *column, size_t r,
                       char name[PA_ID_BYTES], pa_error *err);

/* The transaction's id as the input has it: the number where it has no texts. Collective. */
pa_status pa_tell_id(pa_result_file *file, const pa_table *t, size_t r, char id[PA_ID_BYTES],
                     pa_error *err);

/* One row of the slice. Collective. */
pa_status pa_tell_row(pa_result_file *file, const pa_time_plan *plan, const pa_table *slice,
                      size_t r, pa_told_row *row, pa_error *err);

/* Where an audited row stood on its day; *day: zeroed. Collective. */
pa_status pa_tell_day(pa_result_file *file, const pa_table *slice, size_t r, pa_told_day *day,
                      pa_error *err);

/* Where the account of a row begins, `most` rows before it at most. Collective. */
pa_status pa_first_of_account(pa_result_file *file, int64_t row, int64_t most, int64_t *first,
                              pa_error *err);

/* What n features of the row do not name. answer: empty texts, which stay so where there is
 * nothing. Collective. */
pa_status pa_tell_details(pa_result_file *file, const pa_teller *by, const pa_told *told, size_t n,
                          const pa_column *const feature[], char answer[][PA_DETAIL_BYTES],
                          pa_error *err);

/* Features with what they add and what is usual, in families. Collective. */
pa_status pa_tell_features(pa_result_file *file, const pa_teller *by, size_t r, const double adds[],
                           pa_told *told, pa_error *err);

#endif

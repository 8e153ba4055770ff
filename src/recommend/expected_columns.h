/* The columns of the stage `expected`. */
#ifndef PARAUDIT_SRC_RECOMMEND_EXPECTED_COLUMNS_H
#define PARAUDIT_SRC_RECOMMEND_EXPECTED_COLUMNS_H

#include "paraudit/table/column.h"

/* Of float32; one of codes comes after them. */
typedef enum {
    PA_EXPECTED_PROBABILITY,
    PA_EXPECTED_SURPRISE,
    PA_EXPECTED_P_VALUE,
    PA_MERCHANT_RANK,
    PA_N_EXPECTED
} pa_expected_column;

extern const pa_column_spec pa_expected_columns[PA_N_EXPECTED];

/* int8: a pa_choice_part; -1: none. */
extern const pa_column_spec pa_expected_from_column;

/* Where the names of its codes stand. */
extern const char pa_expected_parts_table[];

/* Weights of the parts, week by week. */
extern const char pa_expected_weights_table[];

#endif

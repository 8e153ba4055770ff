/* The columns of the stage `patterns`, and what its parts share. */
#ifndef PARAUDIT_SRC_PATTERNS_PATTERN_COLUMNS_H
#define PARAUDIT_SRC_PATTERNS_PATTERN_COLUMNS_H

#include "paraudit/table/column.h"

typedef enum {
    PA_COMPANY_MEAN,
    PA_COMPANY_MAX,
    PA_COMPANY_NONE_SHARE,
    PA_COMPANY_LIFT,
    PA_MERCHANT_AMOUNT_SURPRISE,
    PA_CATEGORY_AMOUNT_SURPRISE,
    PA_CATEGORY_HOUR_SURPRISE,
    PA_N_PATTERNS
} pa_pattern;

extern const pa_column_spec pa_pattern_columns[PA_N_PATTERNS];

/* int8: the account's group by pace and amount (features/segments.h). */
extern const pa_column_spec pa_segment_column;

#endif

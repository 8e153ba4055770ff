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

/* What baskets say (patterns/basket_patterns.h). */
typedef enum {
    PA_BASKET_OUTLIER,
    PA_RULE_CONTRADICTED,
    PA_LOW_NEW_AMOUNTS,
    PA_N_BASKET_COLUMNS
} pa_basket_column;

extern const pa_column_spec pa_basket_columns[PA_N_BASKET_COLUMNS];

/* int8: the account's group by pace and amount (features/segments.h). */
extern const pa_column_spec pa_segment_column;

#endif

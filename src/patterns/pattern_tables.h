/* The tables patterns/itemsets and patterns/rules. */
#ifndef PARAUDIT_PATTERNS_PATTERN_TABLES_H
#define PARAUDIT_PATTERNS_PATTERN_TABLES_H

#include "basket_model.h"

pa_status pa_plan_pattern_tables(pa_schema *io, pa_error *err);

/* All rows on rank 0. Local; all ranks call it alike. */
pa_status pa_fill_pattern_tables(pa_run *run, const pa_basket_model *m);

#endif

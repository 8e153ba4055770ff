/* Which way each column and the odds of a fraud go together, said in a text: `none`, or terms
 * with commas between them, of which later ones count. `spec` takes what the columns say
 * themselves (pa_column_spec.direction), NAME:+ has more of a column only raise the odds,
 * NAME:- only lower them, NAME:0 do either.
 *
 *     spec, tx_amount:0     as the columns say, but for one
 *     age:-, ratio:+        these two alone
 *
 * Kernel. */
#ifndef PARAUDIT_DETECT_BOOSTING_DIRECTIONS_H
#define PARAUDIT_DETECT_BOOSTING_DIRECTIONS_H

#include "paraudit/table/column.h"

/* direction: n values, 1, -1 or 0. key: for messages, of the option. PA_E_CONFIG names a term
 * that is none of these, and the nearest name. */
pa_status pa_boosting_directions(const char *key, const char *terms, size_t n,
                                 const pa_column_spec *const column[], int8_t direction[],
                                 pa_error *err);

#endif

/* Why a row is odd, said in features: whose reasons a row gets, and what its
 * account usually does. Kernel: arrays in, arrays out. */
#ifndef PARAUDIT_ALERTS_REASONS_H
#define PARAUDIT_ALERTS_REASONS_H

#include "paraudit/table/column.h"

/* Earlier rows of the account that are looked back on, at most. */
enum { PA_USUAL_ROWS = 256 };

/* What a detector says of every row. */
typedef struct {
    const float *contribution;
    const pa_column *feature[PA_REASONS]; /* codes; NULL: this detector gives no reasons */
    const float *part[PA_REASONS];
} pa_detector_view;

/* The detector whose reasons the row gets: of those that give one for it, that
 * of the largest contribution, ties to the first; -1: none gives any. */
int32_t pa_reasons_from(size_t n_detectors, const pa_detector_view detector[], size_t row);

/* The median of a feature over the last PA_USUAL_ROWS rows of the account
 * before `row`, exact, NaN left out; NaN where there are none. n_usual: how many
 * values it is of. Rows of an account stand next to each other, in time order. */
pa_status pa_account_usual(const pa_column *feature, const int32_t account[], size_t row,
                           float *usual, int32_t *n_usual, pa_error *err);

#endif

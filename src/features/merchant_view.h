/* The merchant columns of the features stage: out to the view and back. */
#ifndef PARAUDIT_FEATURES_MERCHANT_VIEW_H
#define PARAUDIT_FEATURES_MERCHANT_VIEW_H

#include "paraudit/features/columns.h"
#include "paraudit/pipeline/stage.h"

/* What the stage reads, and where its columns go. Borrowed from the table. */
typedef struct {
    size_t n;
    const int64_t *tx, *time, *amount_minor;
    const int32_t *account, *merchant;
    const int8_t *label;
    float *out[PA_N_FEATURES];
} pa_feature_rows;

/* Over all rows of all ranks. Codes run from 0. */
typedef struct {
    int64_t first_time, last_time;
    int64_t n_accounts, n_merchants;
} pa_feature_extent;

/* Fills the merchant columns and the totals of "merchants". Collective. */
pa_status pa_merchant_columns(pa_run *run, const pa_feature_rows *rows,
                              const pa_feature_extent *extent);

#endif

/* The feature columns: float32, one value a row of "transactions", never NaN or
 * infinite. Each one is causal: it reads rows of the same account or merchant
 * that do not come after the row in the order (time, tx), and labels only where
 * row time + delay has passed (delay: the time plan's label_delay).
 *
 * Among them are the 15 of the Fraud Detection Handbook (Le Borgne, Siblini,
 * Lebichot, Bontempi 2022, chapter 3, "Baseline feature transformation"), as the
 * book defines them; their meaning carries the book's name. tx_amount is the
 * input's amount again, in the type that detectors read.
 *
 * Left out as redundant: the mean amount of the last hour, because most hours
 * hold one row of an account and the mean is then the amount itself; sum and count
 * of the hour say the rest. Kept although others determine them: sums beside
 * means (a tree cannot multiply a mean by a count), and merchant_is_new beside
 * account_merchant_count (the first visit is the step that a linear model cannot
 * make out of a count, and that an isolation tree seldom cuts at). */
#ifndef PARAUDIT_FEATURES_COLUMNS_H
#define PARAUDIT_FEATURES_COLUMNS_H

#include "paraudit/table/column.h"

/* In the order of the table. */
typedef enum {
    PA_TX_AMOUNT,
    PA_DURING_WEEKEND,
    PA_DURING_NIGHT,
    PA_ACCOUNT_TX_COUNT_1H,
    PA_ACCOUNT_TX_COUNT_1D,
    PA_ACCOUNT_TX_COUNT_7D,
    PA_ACCOUNT_TX_COUNT_30D,
    PA_ACCOUNT_AMOUNT_SUM_1H,
    PA_ACCOUNT_AMOUNT_SUM_1D,
    PA_ACCOUNT_AMOUNT_SUM_7D,
    PA_ACCOUNT_AMOUNT_SUM_30D,
    PA_ACCOUNT_AMOUNT_MEAN_1D,
    PA_ACCOUNT_AMOUNT_MEAN_7D,
    PA_ACCOUNT_AMOUNT_MEAN_30D,
    PA_ACCOUNT_GAP,
    PA_ACCOUNT_AGE_DAYS,
    PA_ACCOUNT_VELOCITY_1H,
    PA_AMOUNT_RATIO_30D,
    PA_AMOUNT_ROBUST_Z,
    PA_ACCOUNT_OUTLIERS_14D,
    PA_MERCHANT_IS_NEW,
    PA_ACCOUNT_MERCHANT_COUNT,
    PA_MERCHANT_TX_COUNT_1H,
    PA_MERCHANT_TX_COUNT_1D,
    PA_MERCHANT_TX_COUNT_7D,
    PA_MERCHANT_TX_COUNT_30D,
    PA_AMOUNT_RATIO_MERCHANT_30D,
    PA_MERCHANT_TX_COUNT_DELAYED_1D,
    PA_MERCHANT_TX_COUNT_DELAYED_7D,
    PA_MERCHANT_TX_COUNT_DELAYED_30D,
    PA_MERCHANT_FRAUD_RATE_1D,
    PA_MERCHANT_FRAUD_RATE_7D,
    PA_MERCHANT_FRAUD_RATE_30D,
    PA_MERCHANT_FRAUD_AGE_DAYS,
    PA_MERCHANT_FRAUD_RUN,
    PA_N_FEATURES
} pa_feature;

extern const pa_column_spec pa_feature_columns[PA_N_FEATURES];

/* The spans of the columns, in seconds. */
enum {
    PA_HOUR = 3600,
    PA_DAY = 86400,
    PA_WEEK = 7 * PA_DAY,
    PA_MONTH = 30 * PA_DAY,
    PA_OUTLIER_SPAN = 14 * PA_DAY, /* account_outliers_14d */
    PA_FRAUD_MEMORY = 90 * PA_DAY  /* merchant_fraud_age_days, merchant_fraud_run */
};

/* Robust z above which a row counts as an outlier of its account. */
#define PA_OUTLIER_Z 3.0f

#endif

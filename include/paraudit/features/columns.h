/* The feature columns: float32, one value a row of "transactions", never NaN or
 * infinite. Which of them a portfolio has depends on what its input has
 * (pa_feature_needs). Each one is causal: it reads rows of the same account or merchant
 * that do not come after the row in the order (time, tx), and labels only where
 * row time + delay has passed (delay: the time plan's label_delay). Each one brings its
 * family and the words of a reason (alerts/sentence.h).
 *
 * Among them are the 15 of the Fraud Detection Handbook (Le Borgne, Siblini,
 * Lebichot, Bontempi 2022, chapter 3, "Baseline feature transformation"), as the
 * book defines them; their meaning carries the book's name. tx_amount is the
 * input's amount again, in the type that detectors read.
 *
 * Those beyond the book, and what they were chosen to tell apart:
 *   large amount          amount_robust_z, account_outliers_14d, amount_ratio_*,
 *                         amount_z_account
 *   compromised merchant  merchant_fraud_*, merchant_own_fraud_*, merchant_burst_1d,
 *                         merchant_amount_mean_*
 *   leaked card           account_velocity_1h, account_merchants_1d, speed_kmh,
 *                         account_high_count_14d, account_ratio_max_14d, account_fraud_*
 *   account takeover      account_new_merchants_7d, hour_surprise, weekday_surprise, and what
 *                         is new to the account: category, channel, currency, country
 *   card testing          account_small_count_1d, account_tx_count_1h
 *   ring of accounts      merchant_new_share_7d, merchant_burst_1d
 * The kernels' headers define them and name their sources.
 *
 * Left out as redundant: the mean amount of the last hour, because most hours
 * hold one row of an account and the mean is then the amount itself; sum and count
 * of the hour say the rest. Kept although others determine them: sums beside
 * means (a tree cannot multiply a mean by a count), and merchant_is_new beside
 * account_merchant_count (the first visit is the step that a linear model cannot
 * make out of a count, and that an isolation tree seldom cuts at); so too
 * category_is_new and its like beside category_surprise; amount_ratio_account and
 * account_high_count_14d beside amount_robust_z and account_outliers_14d, which forget what
 * is older than the last 64 rows. Left out: the distance from
 * the mean direction of the account's hours, which hour_surprise says better where an
 * account has two usual hours, and sums of the merchant's amounts beside counts and means. */
#ifndef PARAUDIT_FEATURES_COLUMNS_H
#define PARAUDIT_FEATURES_COLUMNS_H

#include "paraudit/table/column.h"

/* In the order of the table. */
typedef enum {
    PA_TX_AMOUNT,
    PA_DURING_WEEKEND,
    PA_DURING_NIGHT,
    PA_DISTANCE_HOME_KM,
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
    PA_AMOUNT_RATIO_ACCOUNT,
    PA_AMOUNT_Z_ACCOUNT,
    PA_AMOUNT_ROBUST_Z,
    PA_ACCOUNT_OUTLIERS_14D,
    PA_ACCOUNT_HIGH_COUNT_14D,
    PA_ACCOUNT_RATIO_MAX_14D,
    PA_MERCHANT_IS_NEW,
    PA_ACCOUNT_MERCHANT_COUNT,
    PA_ACCOUNT_MERCHANT_DAYS,
    PA_ACCOUNT_MERCHANTS_1D,
    PA_ACCOUNT_NEW_MERCHANTS_7D,
    PA_ACCOUNT_SMALL_COUNT_1D,
    PA_ACCOUNT_FRAUD_COUNT,
    PA_ACCOUNT_FRAUD_AGE_DAYS,
    PA_HOUR_SURPRISE,
    PA_WEEKDAY_SURPRISE,
    PA_CATEGORY_IS_NEW,
    PA_CATEGORY_SURPRISE,
    PA_AMOUNT_RATIO_CATEGORY,
    PA_CHANNEL_IS_NEW,
    PA_CHANNEL_SURPRISE,
    PA_CURRENCY_IS_NEW,
    PA_CURRENCY_SURPRISE,
    PA_COUNTRY_IS_NEW,
    PA_COUNTRY_SURPRISE,
    PA_DISTANCE_LAST_KM,
    PA_SPEED_KMH,
    PA_MERCHANT_TX_COUNT_1H,
    PA_MERCHANT_TX_COUNT_1D,
    PA_MERCHANT_TX_COUNT_7D,
    PA_MERCHANT_TX_COUNT_30D,
    PA_MERCHANT_AMOUNT_MEAN_1D,
    PA_MERCHANT_AMOUNT_MEAN_7D,
    PA_MERCHANT_AMOUNT_MEAN_30D,
    PA_AMOUNT_RATIO_MERCHANT_30D,
    PA_MERCHANT_BURST_1D,
    PA_MERCHANT_NEW_SHARE_7D,
    PA_MERCHANT_TX_COUNT_DELAYED_1D,
    PA_MERCHANT_TX_COUNT_DELAYED_7D,
    PA_MERCHANT_TX_COUNT_DELAYED_30D,
    PA_MERCHANT_FRAUD_RATE_1D,
    PA_MERCHANT_FRAUD_RATE_7D,
    PA_MERCHANT_FRAUD_RATE_30D,
    PA_MERCHANT_FRAUD_AGE_DAYS,
    PA_MERCHANT_FRAUD_RUN,
    PA_MERCHANT_FRAUD_START_DAYS,
    PA_MERCHANT_FRAUD_SHARE_LAST,
    PA_MERCHANT_OWN_FRAUD_START_DAYS,
    PA_MERCHANT_OWN_FRAUD_AGE_DAYS,
    PA_MERCHANT_OWN_FRAUD_RUN,
    PA_MERCHANT_OWN_FRAUD_RATE_35D,
    PA_N_FEATURES
} pa_feature;

/* spec.stage: "moment", "history" or "merchants". */
extern const pa_column_spec pa_feature_columns[PA_N_FEATURES];

/* What an input has, and a column needs, beyond tx, time, amount_minor and label. */
enum {
    PA_HAS_ACCOUNT = 1,  /* accounts of more than one row: input.account is not empty */
    PA_HAS_MERCHANT = 2, /* input.merchant is not empty */
    PA_HAS_CATEGORY = 4,
    PA_HAS_CHANNEL = 8,
    PA_HAS_CURRENCY = 16,
    PA_HAS_COUNTRY = 32,
    PA_HAS_PLACE = 64, /* merchant_lat, merchant_lon */
    PA_HAS_HOME = 128, /* home_lat, home_lon */
    PA_HAS_LABEL_TIME = 256,
    PA_HAS_ALL = 511,
    PA_HAS_LABEL_CHANGES = 512 /* of dispositions; gives no column of its own */
};
extern const unsigned pa_feature_needs[PA_N_FEATURES];

/* The spans of the columns, in seconds. */
enum {
    PA_HOUR = 3600,
    PA_DAY = 86400,
    PA_WEEK = 7 * PA_DAY,
    PA_MONTH = 30 * PA_DAY,
    PA_OUTLIER_SPAN = 14 * PA_DAY, /* account_outliers_14d and its like */
    PA_FRAUD_GAP = 14 * PA_DAY,    /* between frauds of one run: merchant_fraud_start_days ... */
    PA_FRAUD_SPAN = 35 * PA_DAY,   /* merchant_own_fraud_rate_35d: a compromise and its labels */
    PA_FRAUD_MEMORY = 90 * PA_DAY, /* merchant_fraud_age_days, merchant_fraud_run ... */
    PA_VISIT_MEMORY = 90 * PA_DAY  /* account_merchant_days */
};

/* Robust z above which a row counts as an outlier of its account. */
#define PA_OUTLIER_Z 3.0f
/* The same for amount_ratio_account: account_high_count_14d. */
#define PA_HIGH_RATIO 3.0f

#endif

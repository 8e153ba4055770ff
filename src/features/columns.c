#include "paraudit/features/columns.h"

/* clang-format off */
#define FEATURE(column, unit_, flags_, meaning_)                                                  \
    {.name = (column), .type = PA_F32, .unit = (unit_), .meaning = (meaning_),                    \
     .role = PA_ROLE_FEATURE, .flags = (flags_), .stage = "features"}
/* clang-format on */

enum { HISTORY = PA_NEEDS_HISTORY, LABELS = PA_NEEDS_LABELS };

static const char count[] = "1", money[] = "currency units", days[] = "d";

const pa_column_spec pa_feature_columns[PA_N_FEATURES] = {
    [PA_TX_AMOUNT] =
        FEATURE("tx_amount", money, 0, "Amount of the transaction (the Handbook's TX_AMOUNT)."),
    [PA_DURING_WEEKEND] =
        FEATURE("during_weekend", count, 0,
                "1 on Saturday and Sunday, else 0 (the Handbook's TX_DURING_WEEKEND)."),
    [PA_DURING_NIGHT] = FEATURE("during_night", count, 0,
                                "1 before 07:00, else 0 (the Handbook's TX_DURING_NIGHT)."),

    [PA_ACCOUNT_TX_COUNT_1H] =
        FEATURE("account_tx_count_1h", count, HISTORY,
                "Transactions of the account in the last hour, this one included."),
    [PA_ACCOUNT_TX_COUNT_1D] =
        FEATURE("account_tx_count_1d", count, HISTORY,
                "Transactions of the account in the last day, this one included (the Handbook's "
                "CUSTOMER_ID_NB_TX_1DAY_WINDOW)."),
    [PA_ACCOUNT_TX_COUNT_7D] =
        FEATURE("account_tx_count_7d", count, HISTORY,
                "Transactions of the account in the last 7 days, this one included (the "
                "Handbook's CUSTOMER_ID_NB_TX_7DAY_WINDOW)."),
    [PA_ACCOUNT_TX_COUNT_30D] =
        FEATURE("account_tx_count_30d", count, HISTORY,
                "Transactions of the account in the last 30 days, this one included (the "
                "Handbook's CUSTOMER_ID_NB_TX_30DAY_WINDOW)."),
    [PA_ACCOUNT_AMOUNT_SUM_1H] =
        FEATURE("account_amount_sum_1h", money, HISTORY,
                "Amount that the account spent in the last hour, this transaction included."),
    [PA_ACCOUNT_AMOUNT_SUM_1D] =
        FEATURE("account_amount_sum_1d", money, HISTORY,
                "Amount that the account spent in the last day, this transaction included."),
    [PA_ACCOUNT_AMOUNT_SUM_7D] =
        FEATURE("account_amount_sum_7d", money, HISTORY,
                "Amount that the account spent in the last 7 days, this transaction included."),
    [PA_ACCOUNT_AMOUNT_SUM_30D] =
        FEATURE("account_amount_sum_30d", money, HISTORY,
                "Amount that the account spent in the last 30 days, this transaction included."),
    [PA_ACCOUNT_AMOUNT_MEAN_1D] =
        FEATURE("account_amount_mean_1d", money, HISTORY,
                "Mean amount of the account's transactions of the last day, this one included "
                "(the Handbook's CUSTOMER_ID_AVG_AMOUNT_1DAY_WINDOW)."),
    [PA_ACCOUNT_AMOUNT_MEAN_7D] =
        FEATURE("account_amount_mean_7d", money, HISTORY,
                "Mean amount of the account's transactions of the last 7 days, this one included "
                "(the Handbook's CUSTOMER_ID_AVG_AMOUNT_7DAY_WINDOW)."),
    [PA_ACCOUNT_AMOUNT_MEAN_30D] =
        FEATURE("account_amount_mean_30d", money, HISTORY,
                "Mean amount of the account's transactions of the last 30 days, this one included "
                "(the Handbook's CUSTOMER_ID_AVG_AMOUNT_30DAY_WINDOW)."),
    [PA_ACCOUNT_GAP] =
        FEATURE("account_gap", "s", HISTORY,
                "Time since the account's previous transaction, at most 30 days; 30 days for its "
                "first."),
    [PA_ACCOUNT_AGE_DAYS] = FEATURE("account_age_days", days, HISTORY,
                                    "Time since the account's first transaction; 0 for that one."),
    [PA_ACCOUNT_VELOCITY_1H] =
        FEATURE("account_velocity_1h", count, HISTORY,
                "Transactions of the account in the last hour over those to be expected from its "
                "own rate in the last 30 days (or since an hour before its first); 1 for its "
                "first."),
    [PA_AMOUNT_RATIO_30D] =
        FEATURE("amount_ratio_30d", count, HISTORY,
                "Amount over the mean of the account's earlier transactions of the last 30 days; 1 "
                "where there are none or their sum is not positive."),
    [PA_AMOUNT_ROBUST_Z] =
        FEATURE("amount_robust_z", count, HISTORY,
                "Distance of the amount from the median of the account's last (64, unless "
                "configured) earlier transactions, in scales of 1.4826 median absolute deviations, "
                "at least a twentieth of the median and 1 currency unit; 0 below 5 of them."),
    [PA_ACCOUNT_OUTLIERS_14D] =
        FEATURE("account_outliers_14d", count, HISTORY,
                "Transactions of the account in the last 14 days, this one included, whose "
                "amount_robust_z is above 3."),
    [PA_MERCHANT_IS_NEW] = FEATURE("merchant_is_new", count, HISTORY,
                                   "1 where the account never used this merchant before, else 0."),
    [PA_ACCOUNT_MERCHANT_COUNT] = FEATURE("account_merchant_count", count, HISTORY,
                                          "Earlier transactions of the account at this merchant."),

    [PA_MERCHANT_TX_COUNT_1H] =
        FEATURE("merchant_tx_count_1h", count, 0,
                "Transactions at the merchant in the last hour, this one included."),
    [PA_MERCHANT_TX_COUNT_1D] =
        FEATURE("merchant_tx_count_1d", count, 0,
                "Transactions at the merchant in the last day, this one included."),
    [PA_MERCHANT_TX_COUNT_7D] =
        FEATURE("merchant_tx_count_7d", count, 0,
                "Transactions at the merchant in the last 7 days, this one included."),
    [PA_MERCHANT_TX_COUNT_30D] =
        FEATURE("merchant_tx_count_30d", count, 0,
                "Transactions at the merchant in the last 30 days, this one included."),
    [PA_AMOUNT_RATIO_MERCHANT_30D] =
        FEATURE("amount_ratio_merchant_30d", count, 0,
                "Amount over the mean of the merchant's earlier transactions of the last 30 days; "
                "1 where there are none or their sum is not positive."),
    [PA_MERCHANT_TX_COUNT_DELAYED_1D] =
        FEATURE("merchant_tx_count_delayed_1d", count, 0,
                "Transactions at the merchant in the 1 day that ended the label delay ago (the "
                "Handbook's TERMINAL_ID_NB_TX_1DAY_WINDOW)."),
    [PA_MERCHANT_TX_COUNT_DELAYED_7D] =
        FEATURE("merchant_tx_count_delayed_7d", count, 0,
                "Transactions at the merchant in the 7 days that ended the label delay ago (the "
                "Handbook's TERMINAL_ID_NB_TX_7DAY_WINDOW)."),
    [PA_MERCHANT_TX_COUNT_DELAYED_30D] =
        FEATURE("merchant_tx_count_delayed_30d", count, 0,
                "Transactions at the merchant in the 30 days that ended the label delay ago (the "
                "Handbook's TERMINAL_ID_NB_TX_30DAY_WINDOW)."),
    [PA_MERCHANT_FRAUD_RATE_1D] =
        FEATURE("merchant_fraud_rate_1d", count, LABELS,
                "Share of known frauds among the merchant's transactions in the 1 day that ended "
                "the label delay ago; 0 where there are none (the Handbook's "
                "TERMINAL_ID_RISK_1DAY_WINDOW)."),
    [PA_MERCHANT_FRAUD_RATE_7D] =
        FEATURE("merchant_fraud_rate_7d", count, LABELS,
                "Share of known frauds among the merchant's transactions in the 7 days that ended "
                "the label delay ago; 0 where there are none (the Handbook's "
                "TERMINAL_ID_RISK_7DAY_WINDOW)."),
    [PA_MERCHANT_FRAUD_RATE_30D] =
        FEATURE("merchant_fraud_rate_30d", count, LABELS,
                "Share of known frauds among the merchant's transactions in the 30 days that ended "
                "the label delay ago; 0 where there are none (the Handbook's "
                "TERMINAL_ID_RISK_30DAY_WINDOW)."),
    [PA_MERCHANT_FRAUD_AGE_DAYS] =
        FEATURE("merchant_fraud_age_days", days, LABELS,
                "Time since the last known fraud at the merchant, at most 90 days; 90 where none "
                "is known."),
    [PA_MERCHANT_FRAUD_RUN] =
        FEATURE("merchant_fraud_run", count, LABELS,
                "Known frauds at the merchant since its last known transaction that was none, "
                "within the 90 days that ended the label delay ago; 0 where the last was none."),
};

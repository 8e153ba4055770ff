#include "paraudit/features/columns.h"

/* clang-format off */
#define COLUMN(column, family_, words_, unit_, flags_, stage_, meaning_)                           \
    {.name = (column), .type = PA_F32, .unit = (unit_), .meaning = (meaning_),                    \
     .role = PA_ROLE_FEATURE, .flags = (flags_), .stage = (stage_), .family = (family_),          \
     .words = (words_)}
/* clang-format on */
#define MOMENT(column, family, words, unit, meaning)                                               \
    COLUMN(column, family, words, unit, 0, "moment", meaning)
#define HISTORY(column, family, words, unit, meaning)                                              \
    COLUMN(column, family, words, unit, PA_NEEDS_HISTORY, "history", meaning)
#define ACCOUNT_FRAUD(column, words, unit, meaning)                                                \
    COLUMN(column, "account fraud", words, unit, PA_NEEDS_HISTORY | PA_NEEDS_LABELS, "history",    \
           meaning)
#define MERCHANT(column, family, words, unit, flags, meaning)                                      \
    COLUMN(column, family, words, unit, flags, "merchants", meaning)

enum { HISTORY_TOO = PA_NEEDS_HISTORY, LABELS = PA_NEEDS_LABELS };
enum { MORE = 1, LESS = -1 }; /* odds of a fraud, where there is more of the column */

static const char count[] = "1", money[] = "currency units", days[] = "d", bits[] = "bit";

const pa_column_spec pa_feature_columns[PA_N_FEATURES] = {
    [PA_TX_AMOUNT] = MOMENT("tx_amount", "amount", "amount {money}", money,
                            "Amount of the transaction (the Handbook's TX_AMOUNT)."),
    [PA_DURING_WEEKEND] =
        MOMENT("during_weekend", "weekday", "on a Saturday or Sunday|from Monday to Friday", count,
               "1 on Saturday and Sunday, else 0 (the Handbook's TX_DURING_WEEKEND)."),
    [PA_DURING_NIGHT] = MOMENT("during_night", "hour", "at night, before 07:00|not at night", count,
                               "1 before 07:00, else 0 (the Handbook's TX_DURING_NIGHT)."),
    [PA_DISTANCE_HOME_KM] =
        MOMENT("distance_home_km", "place", "{km} from the account holder's home", "km",
               "Distance of the merchant from the account holder's home; 0 "
               "where either place is not known."),

    [PA_ACCOUNT_TX_COUNT_1H] = HISTORY(
        "account_tx_count_1h", "account pace", "{count transaction} of the account within an hour",
        count, "Transactions of the account in the last hour, this one included."),
    [PA_ACCOUNT_TX_COUNT_1D] =
        HISTORY("account_tx_count_1d", "account pace",
                "{count transaction} of the account within a day", count,
                "Transactions of the account in the last day, this one included (the Handbook's "
                "CUSTOMER_ID_NB_TX_1DAY_WINDOW)."),
    [PA_ACCOUNT_TX_COUNT_7D] =
        HISTORY("account_tx_count_7d", "account pace",
                "{count transaction} of the account within 7 days", count,
                "Transactions of the account in the last 7 days, this one included (the "
                "Handbook's CUSTOMER_ID_NB_TX_7DAY_WINDOW)."),
    [PA_ACCOUNT_TX_COUNT_30D] =
        HISTORY("account_tx_count_30d", "account pace",
                "{count transaction} of the account within 30 days", count,
                "Transactions of the account in the last 30 days, this one included (the "
                "Handbook's CUSTOMER_ID_NB_TX_30DAY_WINDOW)."),
    [PA_ACCOUNT_AMOUNT_SUM_1H] =
        HISTORY("account_amount_sum_1h", "account amounts", "spent {money} within an hour", money,
                "Amount that the account spent in the last hour, this transaction included."),
    [PA_ACCOUNT_AMOUNT_SUM_1D] =
        HISTORY("account_amount_sum_1d", "account amounts", "spent {money} within a day", money,
                "Amount that the account spent in the last day, this transaction included."),
    [PA_ACCOUNT_AMOUNT_SUM_7D] =
        HISTORY("account_amount_sum_7d", "account amounts", "spent {money} within 7 days", money,
                "Amount that the account spent in the last 7 days, this transaction included."),
    [PA_ACCOUNT_AMOUNT_SUM_30D] =
        HISTORY("account_amount_sum_30d", "account amounts", "spent {money} within 30 days", money,
                "Amount that the account spent in the last 30 days, this transaction included."),
    [PA_ACCOUNT_AMOUNT_MEAN_1D] =
        HISTORY("account_amount_mean_1d", "account amounts",
                "spent {money} a transaction on average within a day", money,
                "Mean amount of the account's transactions of the last day, this one included "
                "(the Handbook's CUSTOMER_ID_AVG_AMOUNT_1DAY_WINDOW)."),
    [PA_ACCOUNT_AMOUNT_MEAN_7D] =
        HISTORY("account_amount_mean_7d", "account amounts",
                "spent {money} a transaction on average within 7 days", money,
                "Mean amount of the account's transactions of the last 7 days, this one included "
                "(the Handbook's CUSTOMER_ID_AVG_AMOUNT_7DAY_WINDOW)."),
    [PA_ACCOUNT_AMOUNT_MEAN_30D] =
        HISTORY("account_amount_mean_30d", "account amounts",
                "spent {money} a transaction on average within 30 days", money,
                "Mean amount of the account's transactions of the last 30 days, this one included "
                "(the Handbook's CUSTOMER_ID_AVG_AMOUNT_30DAY_WINDOW)."),
    [PA_ACCOUNT_GAP] =
        HISTORY("account_gap", "account pace",
                "{time} since the account's previous transaction (30 d at most)", "s",
                "Time since the account's previous transaction, at most 30 days; 30 days for its "
                "first."),
    [PA_ACCOUNT_AGE_DAYS] =
        HISTORY("account_age_days", "account age", "{days} since the account's first transaction",
                days, "Time since the account's first transaction; 0 for that one."),
    [PA_ACCOUNT_VELOCITY_1H] =
        HISTORY("account_velocity_1h", "account pace",
                "within an hour {times} the transactions to be expected from the account's own "
                "rate of 30 days",
                count,
                "Transactions of the account in the last hour over those to be expected from its "
                "own rate in the last 30 days (or since an hour before its first); 1 for its "
                "first."),
    [PA_AMOUNT_RATIO_30D] =
        HISTORY("amount_ratio_30d", "amount",
                "amount {times} the mean of the account's earlier ones of 30 days", count,
                "Amount over the mean of the account's earlier transactions of the last 30 days; 1 "
                "where there are none or their sum is not positive."),
    [PA_AMOUNT_RATIO_ACCOUNT] = HISTORY(
        "amount_ratio_account", "amount",
        "amount {times} the mean of all the account's earlier ones", count,
        "Amount over the mean of all the account's earlier transactions, of which one counts, from "
        "the tenth on, as at most 3 times the mean before it; the mean is at least 1 currency "
        "unit; 1 for the account's first."),
    [PA_AMOUNT_Z_ACCOUNT] = HISTORY(
        "amount_z_account", "amount",
        "amount {number} standard deviations from the mean of all the account's earlier ones",
        count,
        "Distance of the amount from the mean of all the account's earlier transactions, which "
        "count as in amount_ratio_account, in their standard deviations, at least 1 currency unit; "
        "0 for the account's first."),
    [PA_AMOUNT_ROBUST_Z] = HISTORY(
        "amount_robust_z", "amount",
        "amount {number} robust deviations from the median of the account's last ones", count,
        "Distance of the amount from the median of the account's last (64, unless "
        "configured) earlier transactions, in scales of 1.4826 median absolute deviations, "
        "at least a twentieth of the median and 1 currency unit; 0 below 5 of them."),
    [PA_ACCOUNT_OUTLIERS_14D] = HISTORY(
        "account_outliers_14d", "account outliers",
        "{count transaction} within 14 days far above the amounts usual for the account", count,
        "Transactions of the account in the last 14 days, this one included, whose "
        "amount_robust_z is above 3."),
    [PA_ACCOUNT_HIGH_COUNT_14D] = HISTORY(
        "account_high_count_14d", "account outliers",
        "{count transaction} within 14 days above 3 times the mean of the account's earlier ones",
        count,
        "Transactions of the account in the last 14 days, this one included, whose "
        "amount_ratio_account is above 3."),
    [PA_ACCOUNT_RATIO_MAX_14D] = HISTORY(
        "account_ratio_max_14d", "account outliers",
        "within 14 days after an amount {times} the mean of the account's earlier ones", count,
        "Largest amount_ratio_account of the account's earlier transactions of the last 14 days; 0 "
        "where there are none or none is above 0."),
    [PA_MERCHANT_IS_NEW] =
        HISTORY("merchant_is_new", "merchant novelty",
                "at a merchant new to the account|at a merchant that the account used before",
                count, "1 where the account never used this merchant before, else 0."),
    [PA_ACCOUNT_MERCHANT_COUNT] =
        HISTORY("account_merchant_count", "merchant novelty",
                "{count transaction} of the account at this merchant before", count,
                "Earlier transactions of the account at this merchant."),
    [PA_ACCOUNT_MERCHANT_DAYS] =
        HISTORY("account_merchant_days", "merchant novelty",
                "{days} since the account's last transaction at this merchant (90 at most)", days,
                "Time since the account's last transaction at this merchant, at most 90 days; 90 "
                "where there is none."),
    [PA_ACCOUNT_MERCHANTS_1D] =
        HISTORY("account_merchants_1d", "account merchants", "{count merchant} used within a day",
                count, "Different merchants of the account in the last day, this one included."),
    [PA_ACCOUNT_NEW_MERCHANTS_7D] =
        HISTORY("account_new_merchants_7d", "account merchants",
                "{count transaction} within 7 days at merchants new to the account", count,
                "Transactions of the account in the last 7 days, this one included, at merchants "
                "that it never used before."),
    [PA_ACCOUNT_SMALL_COUNT_1D] = HISTORY(
        "account_small_count_1d", "account small amounts",
        "{count transaction} within a day below a fifth of the account's median amount", count,
        "Transactions of the account in the last day, this one included, below a fifth of "
        "the median of the account's last (64, unless configured) earlier amounts."),
    [PA_ACCOUNT_FRAUD_COUNT] =
        ACCOUNT_FRAUD("account_fraud_count", "{count known fraud} of the account before", count,
                      "Earlier transactions of the account that are known as fraud."),
    [PA_ACCOUNT_FRAUD_AGE_DAYS] =
        ACCOUNT_FRAUD("account_fraud_age_days",
                      "{days} since the last known fraud of the account (90 at most)", days,
                      "Time since the last known fraud of the account, at most 90 days; 90 where "
                      "none is known."),
    [PA_HOUR_SURPRISE] = HISTORY(
        "hour_surprise", "hour",
        "at an hour of the day that has {odds} of the account's earlier transactions, smoothed",
        bits,
        "How unusual this hour of the day is for the account: -log2 of the smoothed share of its "
        "earlier transactions within two hours of it (nearer ones count more); 4.6 for its first."),
    [PA_WEEKDAY_SURPRISE] = HISTORY(
        "weekday_surprise", "weekday",
        "on a weekday that has {odds} of the account's earlier transactions, smoothed", bits,
        "How unusual this weekday is for the account: -log2 of the smoothed share of its "
        "earlier transactions on it; 2.8 for its first."),
    [PA_CATEGORY_IS_NEW] =
        HISTORY("category_is_new", "category",
                "in a category new to the account|in no category new to the account", count,
                "1 where the account has earlier transactions but none with "
                "this category, else 0; 0 where none is given."),
    [PA_CATEGORY_SURPRISE] = HISTORY(
        "category_surprise", "category",
        "in a category that has {odds} of the account's earlier transactions, smoothed", bits,
        "How rare this category is for the account: -log2 of its share among the account's "
        "earlier transactions, one more counted half for it and half for all others; 1 for "
        "the account's first, 0 where none is given."),
    [PA_AMOUNT_RATIO_CATEGORY] =
        HISTORY("amount_ratio_category", "amount",
                "amount {times} the mean of the account's earlier ones of this category", count,
                "Amount over the mean of the account's earlier transactions of this category; 1 "
                "where there are none, their sum is not positive or no category is given."),
    [PA_CHANNEL_IS_NEW] =
        HISTORY("channel_is_new", "channel",
                "by a channel new to the account|by no channel new to the account", count,
                "1 where the account has earlier transactions but none with this "
                "channel, else 0; 0 where none is given."),
    [PA_CHANNEL_SURPRISE] = HISTORY(
        "channel_surprise", "channel",
        "by a channel that has {odds} of the account's earlier transactions, smoothed", bits,
        "How rare this channel is for the account: -log2 of its share among the account's "
        "earlier transactions, one more counted half for it and half for all others; 1 for "
        "the account's first, 0 where none is given."),
    [PA_CURRENCY_IS_NEW] =
        HISTORY("currency_is_new", "currency",
                "in a currency new to the account|in no currency new to the account", count,
                "1 where the account has earlier transactions but none with "
                "this currency, else 0; 0 where none is given."),
    [PA_CURRENCY_SURPRISE] = HISTORY(
        "currency_surprise", "currency",
        "in a currency that has {odds} of the account's earlier transactions, smoothed", bits,
        "How rare this currency is for the account: -log2 of its share among the account's "
        "earlier transactions, one more counted half for it and half for all others; 1 for "
        "the account's first, 0 where none is given."),
    [PA_COUNTRY_IS_NEW] =
        HISTORY("country_is_new", "country",
                "in a country new to the account|in no country new to the account", count,
                "1 where the account has earlier transactions but none with this "
                "country, else 0; 0 where none is given."),
    [PA_COUNTRY_SURPRISE] = HISTORY(
        "country_surprise", "country",
        "in a country that has {odds} of the account's earlier transactions, smoothed", bits,
        "How rare this country is for the account: -log2 of its share among the account's "
        "earlier transactions, one more counted half for it and half for all others; 1 for "
        "the account's first, 0 where none is given."),
    [PA_DISTANCE_LAST_KM] =
        HISTORY("distance_last_km", "place", "{km} from the account's last known place", "km",
                "Distance of the merchant from that of the account's last earlier transaction with "
                "a known place; 0 where there is none or this place is not known."),
    [PA_SPEED_KMH] =
        HISTORY("speed_kmh", "place",
                "{km/h} since the account's last known place, had it taken 3 hours more", "km/h",
                "Speed at which the account holder would have covered distance_last_km in the time "
                "since then and the 3 hours that journeys take beside the way; 0 where that "
                "distance is."),

    [PA_MERCHANT_TX_COUNT_1H] =
        MERCHANT("merchant_tx_count_1h", "merchant pace",
                 "{count transaction} at the merchant within an hour", count, 0,
                 "Transactions at the merchant in the last hour, this one included."),
    [PA_MERCHANT_TX_COUNT_1D] = MERCHANT(
        "merchant_tx_count_1d", "merchant pace", "{count transaction} at the merchant within a day",
        count, 0, "Transactions at the merchant in the last day, this one included."),
    [PA_MERCHANT_TX_COUNT_7D] =
        MERCHANT("merchant_tx_count_7d", "merchant pace",
                 "{count transaction} at the merchant within 7 days", count, 0,
                 "Transactions at the merchant in the last 7 days, this one included."),
    [PA_MERCHANT_TX_COUNT_30D] =
        MERCHANT("merchant_tx_count_30d", "merchant pace",
                 "{count transaction} at the merchant within 30 days", count, 0,
                 "Transactions at the merchant in the last 30 days, this one included."),
    [PA_MERCHANT_AMOUNT_MEAN_1D] =
        MERCHANT("merchant_amount_mean_1d", "merchant amounts",
                 "at a merchant of {money} a transaction on average within a day", money, 0,
                 "Mean amount of the merchant's transactions of the last day, this one included."),
    [PA_MERCHANT_AMOUNT_MEAN_7D] = MERCHANT(
        "merchant_amount_mean_7d", "merchant amounts",
        "at a merchant of {money} a transaction on average within 7 days", money, 0,
        "Mean amount of the merchant's transactions of the last 7 days, this one included."),
    [PA_MERCHANT_AMOUNT_MEAN_30D] = MERCHANT(
        "merchant_amount_mean_30d", "merchant amounts",
        "at a merchant of {money} a transaction on average within 30 days", money, 0,
        "Mean amount of the merchant's transactions of the last 30 days, this one included."),
    [PA_AMOUNT_RATIO_MERCHANT_30D] =
        MERCHANT("amount_ratio_merchant_30d", "amount",
                 "amount {times} the mean of the merchant's earlier ones of 30 days", count, 0,
                 "Amount over the mean of the merchant's earlier transactions of the last 30 days; "
                 "1 where there are none or their sum is not positive."),
    [PA_MERCHANT_BURST_1D] = MERCHANT(
        "merchant_burst_1d", "merchant pace",
        "at the merchant within a day {times} its transactions of an average day, one added", count,
        0,
        "Transactions at the merchant in the last day, this one included, over one more "
        "than its daily mean of the last 30 days."),
    [PA_MERCHANT_NEW_SHARE_7D] =
        MERCHANT("merchant_new_share_7d", "merchant newcomers",
                 "{share} of the merchant's transactions within 7 days from accounts new to it",
                 count, HISTORY_TOO,
                 "Share of the merchant's transactions in the last 7 "
                 "days, this one included, whose account was new to it."),
    [PA_MERCHANT_TX_COUNT_DELAYED_1D] = MERCHANT(
        "merchant_tx_count_delayed_1d", "merchant pace",
        "{count transaction} at the merchant in the day that ended the label delay ago", count, 0,
        "Transactions at the merchant in the 1 day that ended the label delay ago (the "
        "Handbook's TERMINAL_ID_NB_TX_1DAY_WINDOW)."),
    [PA_MERCHANT_TX_COUNT_DELAYED_7D] =
        MERCHANT("merchant_tx_count_delayed_7d", "merchant pace",
                 "{count transaction} at the merchant in the 7 days that ended the label delay ago",
                 count, 0,
                 "Transactions at the merchant in the 7 days that ended the label delay ago (the "
                 "Handbook's TERMINAL_ID_NB_TX_7DAY_WINDOW)."),
    [PA_MERCHANT_TX_COUNT_DELAYED_30D] = MERCHANT(
        "merchant_tx_count_delayed_30d", "merchant pace",
        "{count transaction} at the merchant in the 30 days that ended the label delay ago", count,
        0,
        "Transactions at the merchant in the 30 days that ended the label delay ago (the "
        "Handbook's TERMINAL_ID_NB_TX_30DAY_WINDOW)."),
    [PA_MERCHANT_FRAUD_RATE_1D] =
        MERCHANT("merchant_fraud_rate_1d", "merchant fraud",
                 "{share} of the merchant's transactions known as fraud in the day that ended the "
                 "label delay ago",
                 count, LABELS,
                 "Share of known frauds among the merchant's transactions in the 1 day that ended "
                 "the label delay ago; 0 where there are none (the Handbook's "
                 "TERMINAL_ID_RISK_1DAY_WINDOW)."),
    [PA_MERCHANT_FRAUD_RATE_7D] =
        MERCHANT("merchant_fraud_rate_7d", "merchant fraud",
                 "{share} of the merchant's transactions known as fraud in the 7 days that ended "
                 "the label delay ago",
                 count, LABELS,
                 "Share of known frauds among the merchant's transactions in the 7 days that ended "
                 "the label delay ago; 0 where there are none (the Handbook's "
                 "TERMINAL_ID_RISK_7DAY_WINDOW)."),
    [PA_MERCHANT_FRAUD_RATE_30D] = MERCHANT(
        "merchant_fraud_rate_30d", "merchant fraud",
        "{share} of the merchant's transactions known as fraud in the 30 days that ended the label "
        "delay ago",
        count, LABELS,
        "Share of known frauds among the merchant's transactions in the 30 days that ended "
        "the label delay ago; 0 where there are none (the Handbook's "
        "TERMINAL_ID_RISK_30DAY_WINDOW)."),
    [PA_MERCHANT_FRAUD_AGE_DAYS] =
        MERCHANT("merchant_fraud_age_days", "merchant fraud",
                 "{days} since the last known fraud at the merchant (90 at most)", days, LABELS,
                 "Time since the last known fraud at the merchant, at most 90 days; 90 where none "
                 "is known."),
    [PA_MERCHANT_FRAUD_RUN] =
        MERCHANT("merchant_fraud_run", "merchant fraud",
                 "{count known fraud} at the merchant in a row", count, LABELS,
                 "Known frauds at the merchant since its last known transaction that was none, "
                 "within the 90 days that ended the label delay ago; 0 where the last was none."),
    [PA_MERCHANT_FRAUD_START_DAYS] = MERCHANT(
        "merchant_fraud_start_days", "merchant fraud",
        "{days} since the first of the known frauds that follow each other at the merchant (90 at "
        "most)",
        days, LABELS,
        "Time since the first of the merchant's running series of known frauds, which ends with a "
        "known transaction that is none and where none becomes known for more than 14 days; at "
        "most 90 days, and 90 where no series is running."),
    [PA_MERCHANT_FRAUD_SHARE_LAST] = MERCHANT(
        "merchant_fraud_share_last", "merchant fraud",
        "{share} of the merchant's last 5 transactions with a known label are fraud", count, LABELS,
        "Share of frauds among the 5 of the merchant's transactions (fewer where there "
        "are fewer) whose labels became known last; 0 where no label is known."),
    [PA_MERCHANT_OWN_FRAUD_START_DAYS] = MERCHANT(
        "merchant_own_fraud_start_days", "merchant fraud",
        "{days} since the first of the known frauds at the merchant, one after the other, that "
        "their own accounts do not explain (90 at most)",
        days, LABELS | HISTORY_TOO,
        "Time since the first of the merchant's running series of known frauds of usual amounts "
        "(amount_robust_z of 3 at most), which point to the merchant and not to the account; the "
        "series ends where no such fraud becomes known for more than 14 days; at most 90 days, "
        "and 90 where no series is running."),
    [PA_MERCHANT_OWN_FRAUD_AGE_DAYS] =
        MERCHANT("merchant_own_fraud_age_days", "merchant fraud",
                 "{days} since the last known fraud at the merchant that its own account does not "
                 "explain (90 at most)",
                 days, LABELS | HISTORY_TOO,
                 "Time since the last fraud of that series; 90 days where no series is running."),
    [PA_MERCHANT_OWN_FRAUD_RUN] = MERCHANT(
        "merchant_own_fraud_run", "merchant fraud",
        "{count known fraud} at the merchant, one after the other, that their own accounts do not "
        "explain",
        count, LABELS | HISTORY_TOO,
        "Known frauds of that series (of usual amounts, none of them more than 14 days after the "
        "one before); 0 where no series is running."),
    [PA_MERCHANT_OWN_FRAUD_RATE_35D] = MERCHANT(
        "merchant_own_fraud_rate_35d", "merchant fraud",
        "{share} of the merchant's transactions known as fraud that their own accounts do not "
        "explain in the 35 days that ended the label delay ago",
        count, LABELS | HISTORY_TOO,
        "Share of known frauds of usual amounts (amount_robust_z of 3 at most) among the "
        "merchant's transactions in the 35 days that ended the label delay ago; 0 where there are "
        "none."),

    /* Of known frauds alone, but for the days since their series began, which ends by itself. What
     * is odd about a row is odd in some kinds of fraud and not in others: held to a direction too,
     * it costs the trees a fifth of their average precision on the generated portfolio. */
    [PA_ACCOUNT_FRAUD_COUNT].direction = MORE,
    [PA_ACCOUNT_FRAUD_AGE_DAYS].direction = LESS,
    [PA_MERCHANT_FRAUD_RATE_1D].direction = MORE,
    [PA_MERCHANT_FRAUD_RATE_7D].direction = MORE,
    [PA_MERCHANT_FRAUD_RATE_30D].direction = MORE,
    [PA_MERCHANT_FRAUD_AGE_DAYS].direction = LESS,
    [PA_MERCHANT_FRAUD_RUN].direction = MORE,
    [PA_MERCHANT_FRAUD_SHARE_LAST].direction = MORE,
    [PA_MERCHANT_OWN_FRAUD_AGE_DAYS].direction = LESS,
    [PA_MERCHANT_OWN_FRAUD_RUN].direction = MORE,
    [PA_MERCHANT_OWN_FRAUD_RATE_35D].direction = MORE,
};

const unsigned pa_feature_needs[PA_N_FEATURES] = {
    [PA_MERCHANT_IS_NEW] = PA_HAS_MERCHANT,
    [PA_ACCOUNT_MERCHANT_COUNT] = PA_HAS_MERCHANT,
    [PA_ACCOUNT_MERCHANT_DAYS] = PA_HAS_MERCHANT,
    [PA_ACCOUNT_MERCHANTS_1D] = PA_HAS_MERCHANT,
    [PA_ACCOUNT_NEW_MERCHANTS_7D] = PA_HAS_MERCHANT,
    [PA_CATEGORY_IS_NEW] = PA_HAS_CATEGORY,
    [PA_CATEGORY_SURPRISE] = PA_HAS_CATEGORY,
    [PA_AMOUNT_RATIO_CATEGORY] = PA_HAS_CATEGORY,
    [PA_CHANNEL_IS_NEW] = PA_HAS_CHANNEL,
    [PA_CHANNEL_SURPRISE] = PA_HAS_CHANNEL,
    [PA_CURRENCY_IS_NEW] = PA_HAS_CURRENCY,
    [PA_CURRENCY_SURPRISE] = PA_HAS_CURRENCY,
    [PA_COUNTRY_IS_NEW] = PA_HAS_COUNTRY,
    [PA_COUNTRY_SURPRISE] = PA_HAS_COUNTRY,
    [PA_DISTANCE_HOME_KM] = PA_HAS_HOME | PA_HAS_PLACE,
    [PA_DISTANCE_LAST_KM] = PA_HAS_PLACE,
    [PA_SPEED_KMH] = PA_HAS_PLACE,
    [PA_MERCHANT_NEW_SHARE_7D] = PA_HAS_ACCOUNT,
    [PA_MERCHANT_OWN_FRAUD_START_DAYS] = PA_HAS_ACCOUNT,
    [PA_MERCHANT_OWN_FRAUD_AGE_DAYS] = PA_HAS_ACCOUNT,
    [PA_MERCHANT_OWN_FRAUD_RUN] = PA_HAS_ACCOUNT,
    [PA_MERCHANT_OWN_FRAUD_RATE_35D] = PA_HAS_ACCOUNT,
};

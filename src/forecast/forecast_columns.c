#include "forecast_columns.h"

#define FORECAST(column, role_, unit_, family_, to, words_, meaning_)                              \
    {                                                                                              \
        .name = (column), .type = PA_F32, .unit = (unit_), .meaning = (meaning_), .role = (role_), \
        .flags = PA_FITTED | PA_NEEDS_HISTORY, .stage = "forecast", .family = (family_),           \
        .yields_to = (to), .words = (words_)                                                       \
    }
#define COUNT(column, role, unit, words, meaning)                                                  \
    FORECAST(column, role, unit, "expected count", "account pace", words, meaning)
#define AMOUNT(column, role, unit, words, meaning)                                                 \
    FORECAST(column, role, unit, "expected amount", "amount", words, meaning)

const pa_column_spec pa_forecast_columns[PA_N_FORECAST] = {
    [PA_COUNT_EXPECTED] =
        COUNT("count_expected", PA_ROLE_RESULT, "1", NULL,
              "Transactions that were to be expected of the account on this day, by what was known "
              "before the day; NaN before the model."),
    [PA_COUNT_TAIL_P] =
        COUNT("count_tail_p", PA_ROLE_RESULT, "1", NULL,
              "Chance of as many transactions on a day as the account has so far, this one "
              "included: that of more, and half of that of so many (mid-P); NaN before the "
              "model."),
    [PA_COUNT_SURPRISE] = COUNT("count_surprise", PA_ROLE_FEATURE, "bit",
                                "the account has so many transactions on {odds} of such days",
                                "-log2 of count_tail_p; NaN before the model."),
    [PA_COUNT_LOW_SURPRISE] = COUNT(
        "count_low_surprise", PA_ROLE_FEATURE, "bit",
        "the account has so many and so low amounts on {odds} of such days",
        "-log2 of the chance that the amounts of a day are so many and so low as those that the "
        "account has so far, this one included, by what was to be expected of it before the day "
        "in number and amounts; of a day the first 64 count; NaN before the model."),
    [PA_AMOUNT_RESIDUAL_Z] = AMOUNT(
        "amount_residual_z", PA_ROLE_FEATURE, "1",
        "amount {number} scales from what was to be expected of the account in this category",
        "Distance of the amount's logarithm from what was to be expected of the account in "
        "this category, by the days before, in robust scales; NaN before the model."),
    [PA_COUNT_CUSUM_7D] =
        COUNT("count_cusum_7d", PA_ROLE_FEATURE, "1",
              "the account's last 7 days lay {number} standard deviations above what was to be "
              "expected of them",
              "Cumulative sum of how far the account's last 7 finished days lay above the "
              "transactions expected of them, in standard deviations, half of one taken off each; "
              "NaN before the model."),
    [PA_COUNT_CUSUM_30D] =
        COUNT("count_cusum_30d", PA_ROLE_FEATURE, "1",
              "the account's last 30 days lay {number} standard deviations above what was to be "
              "expected of them",
              "Cumulative sum of how far the account's last 30 finished days lay above the "
              "transactions expected of them, in standard deviations, half of one taken off each; "
              "NaN before the model."),
};

#include "pattern_columns.h"

#define YIELDING(column, family_, to, words_, unit_, meaning_)                                     \
    {                                                                                              \
        .name = (column), .type = PA_F32, .unit = (unit_), .meaning = (meaning_),                  \
        .role = PA_ROLE_FEATURE, .flags = PA_FITTED | PA_NEEDS_HISTORY, .stage = "patterns",       \
        .family = (family_), .yields_to = (to), .words = (words_)                                  \
    }
#define PATTERN(column, family, words, unit, meaning)                                              \
    YIELDING(column, family, NULL, words, unit, meaning)
/* Where the book says where its merchants are, that says the same, and better. */
#define COMPANY(column, words, unit, meaning)                                                      \
    YIELDING(column, "company", "place", words, unit, meaning)

static const char combination[] = "combination", bits[] = "bit";

const pa_column_spec pa_pattern_columns[PA_N_PATTERNS] = {
    [PA_COMPANY_MEAN] = COMPANY(
        "company_mean",
        "on average {share} of the customers of the account's other merchants use this merchant",
        "1",
        "Of accounts that use another of the account's merchants (the last 40 before this row), "
        "the "
        "share that uses this merchant too, on average: N(m, m') / (N(m') + 2), where other "
        "accounts count by their history and the account itself by what it first used 14 days "
        "before or earlier; 1 where there are no others."),
    [PA_COMPANY_MAX] = COMPANY(
        "company_max",
        "at most {share} of the customers of one of the account's other merchants use this "
        "merchant",
        "1", "The largest of what company_mean is the mean of; 1 where there are no others."),
    [PA_COMPANY_NONE_SHARE] = COMPANY(
        "company_none_share",
        "{share} of the account's other merchants share no customer with this merchant", "1",
        "Share of the account's other merchants (the last 40 before this row) that no account used "
        "beside this one, counted as in company_mean; 0 where there are no others."),
    [PA_COMPANY_LIFT] = COMPANY(
        "company_lift",
        "this merchant and the account's other merchants share {times} the customers to be "
        "expected by chance",
        "1",
        "Accounts that use this merchant and another of the account's (the last 40 before this "
        "row), "
        "counted as in company_mean, over those to be expected if merchants were used "
        "independently, each with half an account added, on average; 1 where there are no others."),
    [PA_MERCHANT_AMOUNT_SURPRISE] = PATTERN(
        "merchant_amount_surprise", combination,
        "of an amount like that of {odds} of the merchant's transactions, smoothed", bits,
        "-log2 of the share of the history's transactions at this merchant whose amount lies in "
        "the same half octave, leaning on its category."),
    [PA_CATEGORY_AMOUNT_SURPRISE] = PATTERN(
        "category_amount_surprise", combination,
        "of a category and an amount like {odds} of the account's earlier ones, smoothed", bits,
        "-log2 of the share of the account's earlier transactions with this category and an amount "
        "in the same half octave, leaning on accounts of like pace and amount."),
    [PA_CATEGORY_HOUR_SURPRISE] = PATTERN(
        "category_hour_surprise", combination,
        "of a category and a time of day like {odds} of the account's earlier ones, smoothed", bits,
        "-log2 of the share of the account's earlier transactions with this category in the same "
        "four hours of the day, leaning on accounts of like pace and amount."),
};

const pa_column_spec pa_basket_columns[PA_N_BASKET_COLUMNS] = {
    [PA_BASKET_OUTLIER] =
        PATTERN("basket_outlier", "basket",
                "merchant, category, amount and hour meet at {odds} of what chance would give", "1",
                "How much more seldom the items (merchant, category, amount, hour) meet that the "
                "transaction brings to the account's basket of the window than by chance, by the "
                "frequent sets of the history's baskets, in bits; NaN before the model."),
    [PA_RULE_CONTRADICTED] =
        PATTERN("rule_contradicted", "rule",
                "against a rule that at most {odds} of such baskets are known to break", "1",
                "Strength of the strongest rule of the history's baskets that the account's basket "
                "of the window contradicts as it stands with the transaction, in bits; 0: none, "
                "NaN before the model."),
    [PA_LOW_NEW_AMOUNTS] =
        PATTERN("low_new_amounts_1d", "low amounts",
                "amounts of the day at merchants new to the account as low, for their categories, "
                "as together {odds} are",
                "1",
                "-log2 of the share of the history's transactions of the category that are as low "
                "or lower, summed over the account's transactions of the calendar day up to this "
                "one at merchants that it first met that day; NaN before the model."),
};

const pa_column_spec pa_segment_column = {
    .name = "account_segment",
    .type = PA_I8,
    .meaning = "group of accounts by pace and amount, from the history; -1: before reference_from",
    .role = PA_ROLE_RESULT,
    .flags = PA_FITTED | PA_NEEDS_HISTORY,
    .stage = "patterns",
    .codes = "categories/segment"};

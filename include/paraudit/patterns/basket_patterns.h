/* What baskets of accounts' windows say of each row, for the stage `patterns`: frequent sets and
 * rules of the history's baskets, and each row beside them, from its basket as it stands
 * (patterns/account_baskets.h). Part of a stage: called by its functions of the same name, and
 * collective where those are.
 *
 * Columns, fitted and causal, NaN before reference_from:
 *   basket_outlier     how much more seldom the items meet that the row brings than by chance
 *                      (patterns/basket_outlier.h)
 *   rule_contradicted  the strength of the strongest rule whose antecedent is in the basket and
 *                      whose consequent is not (patterns/rule_match.h); 0: none
 *   low_new_amounts_1d  how low the day's amounts are for their categories at merchants that are
 *                      new to the account (patterns/low_amounts.h)
 * Tables patterns/itemsets and patterns/rules, with the names of items. */
#ifndef PARAUDIT_PATTERNS_BASKET_PATTERNS_H
#define PARAUDIT_PATTERNS_BASKET_PATTERNS_H

#include "paraudit/stage/stage.h"

/* For the options of the stage. */
#define PA_BASKET_OPTIONS                                                                          \
    {.key = "patterns.window_hours",                                                               \
     .type = PA_OPTION_INT,                                                                        \
     .fallback = "6",                                                                              \
     .min = 1,                                                                                     \
     .max = 8784,                                                                                  \
     .unit = "hours",                                                                              \
     .meaning = "an account's transactions of so long are a basket; 24: of a calendar day"},       \
        {.key = "patterns.basket_items",                                                           \
         .type = PA_OPTION_INT,                                                                    \
         .fallback = "32",                                                                         \
         .min = 4,                                                                                 \
         .max = 64,                                                                                \
         .unit = "items",                                                                          \
         .meaning = "of a basket with more different ones the first are kept"},                    \
        {.key = "patterns.min_support",                                                            \
         .type = PA_OPTION_REAL,                                                                   \
         .fallback = "0.0005",                                                                     \
         .min = 1e-9,                                                                              \
         .max = 1,                                                                                 \
         .meaning = "share of the history's baskets that a frequent set is in, at least; 10 of "   \
                    "them in any case"},                                                           \
        {.key = "patterns.max_length",                                                             \
         .type = PA_OPTION_INT,                                                                    \
         .fallback = "4",                                                                          \
         .min = 2,                                                                                 \
         .max = 8,                                                                                 \
         .unit = "items",                                                                          \
         .meaning = "of a frequent set, at most"},                                                 \
        {.key = "patterns.column_length",                                                          \
         .type = PA_OPTION_INT,                                                                    \
         .fallback = "2",                                                                          \
         .min = 2,                                                                                 \
         .max = 8,                                                                                 \
         .unit = "items",                                                                          \
         .meaning =                                                                                \
             "of the sets and rules that basket_outlier and rule_contradicted go by, at most"},    \
        {.key = "patterns.max_sets",                                                               \
         .type = PA_OPTION_INT,                                                                    \
         .fallback = "50000",                                                                      \
         .min = 1,                                                                                 \
         .max = 10000000,                                                                          \
         .unit = "sets",                                                                           \
         .meaning = "where there are more the minimum support is doubled until there are not"},    \
        {.key = "patterns.min_confidence",                                                         \
         .type = PA_OPTION_REAL,                                                                   \
         .fallback = "0.2",                                                                        \
         .min = 0,                                                                                 \
         .max = 1,                                                                                 \
         .meaning = "of a rule, at least"},                                                        \
    {                                                                                              \
        .key = "patterns.max_fdr", .type = PA_OPTION_REAL, .fallback = "0.01", .min = 0, .max = 1, \
        .meaning = "false rules that are to be expected among those that are kept, at most, as a " \
                   "share"                                                                         \
    }

/* Columns, side tables, what is read: merchant_is_new of the stage `history`, too. The stage fits
 * on the history, and calls this only where rows name accounts and merchants. */
pa_status pa_basket_patterns_plan(const pa_config *config, pa_schema *io, pa_error *err);

/* Puts arrays whose names begin with basket_, set_, rule_ and low_ into the store. */
pa_status pa_basket_patterns_fit(pa_run *run, const pa_fitting *on, pa_store *model);

/* category: the codes of all rows; NULL: the input has none. */
pa_status pa_basket_patterns_apply(pa_run *run, const pa_store *model, pa_table *tx,
                                   const int32_t category[]);

#endif

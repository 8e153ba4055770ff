#include "expected_columns.h"

const char pa_expected_parts_table[] = "categories/expected_from";
const char pa_expected_weights_table[] = "expected/weights";

#define EXPECTED(column, role_, unit_, words_, meaning_)                                           \
    {                                                                                              \
        .name = (column), .type = PA_F32, .unit = (unit_), .meaning = (meaning_), .role = (role_), \
        .flags = PA_FITTED | PA_NEEDS_HISTORY, .stage = "expected", .family = "expected merchant", \
        .yields_to = "company", .words = (words_)                                                  \
    }

/* Labels only take away rows that are known to be no habit: the columns are there without any
 * label, and are read as label-free. */
const pa_column_spec pa_expected_columns[PA_N_EXPECTED] = {
    [PA_EXPECTED_PROBABILITY] =
        EXPECTED("expected_probability", PA_ROLE_RESULT, "1", NULL,
                 "Probability that the account's next transaction is at this merchant, of all "
                 "merchants, by its own earlier transactions (those left out that are known to be "
                 "frauds), by customers of its merchants, by its segment and by all accounts; NaN "
                 "before the model."),
    [PA_EXPECTED_SURPRISE] =
        EXPECTED("expected_surprise", PA_ROLE_FEATURE, "bit",
                 "at a merchant that was expected of {odds} of the account's transactions",
                 "-log2 of expected_probability; NaN before the model."),
    [PA_EXPECTED_P_VALUE] =
        EXPECTED("expected_p_value", PA_ROLE_RESULT, "1", NULL,
                 "Share of the transactions of accounts of like pace and amount, in the last part "
                 "of the history, whose merchant was at least as surprising; NaN before the "
                 "model."),
    [PA_MERCHANT_RANK] =
        EXPECTED("merchant_rank", PA_ROLE_FEATURE, "1",
                 "at the merchant that stands at place {number} among the last 40 of the account",
                 "Place of the merchant among the last 40 different ones of the account by its "
                 "earlier transactions, recent ones counting more; one more than all of them have "
                 "where it never was; NaN before the model."),
};

const pa_column_spec pa_expected_from_column = {
    .name = "expected_from",
    .type = PA_I8,
    .meaning = "what makes the merchant most expected of the account; -1: before reference_from",
    .role = PA_ROLE_RESULT,
    .flags = PA_FITTED | PA_NEEDS_HISTORY,
    .stage = "expected",
    .codes = pa_expected_parts_table};

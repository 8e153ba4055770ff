/* A small synthetic card portfolio with labelled fraud, account by account.
 *
 * All of an account's rows are a function of (seed, options, account number), so
 * any split of the accounts over ranks gives the same portfolio. Habits: an
 * account has its own pace (most are slow), usual hour, amount level and a dozen
 * merchants. Fraud: large single amounts; merchants compromised for two weeks;
 * leaked cards used elsewhere, more often and at raised amounts, for five days. */
#ifndef PARAUDIT_GENERATE_PORTFOLIO_H
#define PARAUDIT_GENERATE_PORTFOLIO_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

typedef enum {
    PA_GENUINE,
    PA_FRAUD_LARGE_AMOUNT,
    PA_FRAUD_MERCHANT,
    PA_FRAUD_LEAKED_CARD,
    PA_N_FRAUD_KINDS
} pa_fraud_kind;

extern const char *const pa_fraud_kind_names[PA_N_FRAUD_KINDS];

typedef struct {
    uint64_t seed;
    int64_t n_accounts, n_merchants; /* both at least 1 */
    int32_t n_days;                  /* at least 1 */
    int64_t start;                   /* seconds since 1970-01-01 00:00:00, a midnight */
} pa_portfolio;

/* Sizes that give about n_rows rows. */
pa_portfolio pa_portfolio_of_rows(uint64_t seed, int64_t n_rows, int32_t n_days, int64_t start);

typedef struct {
    int64_t tx; /* distinct over the portfolio */
    int64_t merchant;
    int64_t time;
    int64_t amount_minor;
    pa_fraud_kind kind;
} pa_generated_row;

enum { PA_MAX_ROWS_A_DAY = 24 };

/* The rows of one account, day by day (within a day in no order).
 * rows: room for n_days * PA_MAX_ROWS_A_DAY. Returns how many. */
size_t pa_generate_account(const pa_portfolio *p, int64_t account, pa_generated_row rows[]);

#endif

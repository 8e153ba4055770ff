/* The company that a merchant keeps: how many accounts use it beside the other merchants that an
 * account uses.
 *
 * Of a row, m is its merchant, and the others are the merchants m' that its account used in
 * earlier rows, m apart: of different ones the last PA_COMPANY_OTHERS, by their last use. N(m, m')
 * is how many accounts have both, N(m) how many have m; of other accounts their rows of the
 * history count, of the account itself what it used for the first time PA_COMPANY_AGE or more
 * before the row: so that a habit is company, a thief's first visits are not, and what is found
 * does not depend on how long ago the history was. A is how many accounts the history has. Kernel.
 */
#ifndef PARAUDIT_PATTERNS_COMPANY_H
#define PARAUDIT_PATTERNS_COMPANY_H

#include <stdbool.h>

#include "paraudit/patterns/pair_list.h"

enum { PA_COMPANY_OTHERS = 40, PA_COMPANY_AGE = 14 * 86400 /* seconds */ };

/* Adds of each account here the pairs of its merchants, and each with itself, once: their count is
 * how many accounts have both. kind: of the keys. account, merchant: of n rows, those of an account
 * together and in the order of time; negative: no merchant. Of an account with more than `most`
 * different merchants those count that it used last. *n_accounts: with a merchant; *n_cut: with
 * more than `most`. */
pa_status pa_company_count(unsigned kind, size_t n, const int32_t account[],
                           const int32_t merchant[], size_t most, pa_pair_list *pairs,
                           int64_t *n_accounts, int64_t *n_cut, pa_error *err);

/* Walks over the rows of accounts, some at a time. */
typedef struct pa_company pa_company;

/* most: as in pa_company_count. */
pa_status pa_company_open(unsigned kind, size_t most, pa_company **company, pa_error *err);
void pa_company_close(pa_company *company); /* takes NULL */

/* Those of an account together and in the order of time. */
typedef struct {
    size_t n;
    const int32_t *account, *merchant; /* below 0: no merchant */
    const int64_t *time;
    const bool *counted; /* the row was handed to pa_company_count; before all that are wanted */
    const bool *wanted;  /* the row is to be told */
} pa_company_rows;

/* Goes on over the next rows, which follow those of the call before. What it must know is then in
 * the questions. */
pa_status pa_company_ask(pa_company *company, const pa_company_rows *rows,
                         const pa_pair_questions **questions, pa_error *err);

/* n values each; rows that are not wanted are left alone. */
typedef struct {
    float *mean;       /* of N(m, m') / (N(m') + 2) over the others; 1 where there are none */
    float *max;        /* their largest; 1 where there are none */
    float *none_share; /* the share of the others with N(m, m') = 0; 0 where there are none */
    float *lift;       /* mean of (N(m, m') + .5) / (N(m) N(m') / A + .5); 1 where there are none */
} pa_company_columns;

/* Tells the rows of the last pa_company_ask. count: of the questions. n_accounts: A. */
void pa_company_tell(const pa_company *company, const uint32_t count[], int64_t n_accounts,
                     const pa_company_columns *out);

/* How many others a row has, in its account's rows up to it; 0 where it has no merchant. */
size_t pa_company_others(const int32_t account[], const int32_t merchant[], size_t row);

#endif

/* The company that a merchant keeps: how many accounts use it beside the other merchants that an
 * account uses.
 *
 * Of a row, m is its merchant, and the others are the merchants m' that its account used in
 * earlier rows, m apart: of different ones the last PA_COMPANY_OTHERS, by their last use. N(m, m')
 * is how many accounts have both among their rows of the history, N(m) how many have m, A how many
 * accounts have any. Kernel. */
#ifndef PARAUDIT_PATTERNS_COMPANY_H
#define PARAUDIT_PATTERNS_COMPANY_H

#include <stdbool.h>

#include "paraudit/patterns/pair_list.h"

enum { PA_COMPANY_OTHERS = 40 };

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

pa_status pa_company_open(unsigned kind, pa_company **company, pa_error *err);
void pa_company_close(pa_company *company); /* takes NULL */

/* Goes on over the next n rows, which follow those of the call before. wanted[i]: whether row i is
 * to be told; the others are only remembered. What it must know is then in the questions. */
pa_status pa_company_ask(pa_company *company, size_t n, const int32_t account[],
                         const int32_t merchant[], const bool wanted[],
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

#endif

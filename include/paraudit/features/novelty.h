/* How new a row's merchant, category, channel, currency or country is to its
 * account.
 *
 * Rows of an account are one contiguous slice in the order (time, tx); all of
 * them are here. Columns have n values. O(rows); each row reads itself and its
 * account's earlier rows. Only memory can fail: 32 to 64 bytes a row of the
 * longest slice, half as much more with times or amounts. */
#ifndef PARAUDIT_FEATURES_NOVELTY_H
#define PARAUDIT_FEATURES_NOVELTY_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* What an account has been to a row's merchant before. */
typedef struct {
    float *earlier; /* earlier rows of the account there */
    float *is_new;  /* 1 where there are none, else 0 */
    float *days;    /* days (86,400 s) since the last of them, at most the cap; the cap where
                     * there are none */
} pa_merchant_columns;

/* cap: seconds. */
pa_status pa_account_merchant(size_t n, const int32_t account[], const int32_t merchant[],
                              const int64_t time[], int64_t cap, const pa_merchant_columns *out,
                              pa_error *err);

/* Different merchants of the account in the last `window` seconds, this row's
 * included. */
pa_status pa_account_merchants(size_t n, const int32_t account[], const int32_t merchant[],
                               const int64_t time[], int64_t window, float count[], pa_error *err);

/* What a code tells: -1 is none given, and such rows get 0, 0 and 1 and count for
 * no later row. m: earlier rows of the account with a code, c of them with this
 * one. A column that is NULL is not made. */
typedef struct {
    float *is_new;       /* 1 where m > 0 and c = 0, else 0 */
    float *surprise;     /* bits: -log2((2 c + 1) / (2 m + 2)); 1 for a first code. Half a
                          * row for the code and half for all others: how many there are is
                          * nobody's knowledge yet (Krichevsky, Trofimov 1981) */
    float *amount_ratio; /* the amount over the mean of those c; 1 where there are none
                          * or their sum is not positive */
} pa_code_columns;

/* amount_minor may be NULL where amount_ratio is; 16 to 32 bytes a row of the longest slice
 * more where it is not. */
pa_status pa_account_code(size_t n, const int32_t account[], const int32_t code[],
                          const int64_t amount_minor[], const pa_code_columns *out, pa_error *err);

#endif

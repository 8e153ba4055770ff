/* An amount beside all earlier ones of its account.
 *
 * The mean is that of the account's earlier amounts, of which one counts, from the tenth
 * on, as at most PA_SPENDING_MOST times the mean before it: what is far out, fraud among
 * it, must not become what is usual. The mean is taken as 1 currency unit at least.
 * With n earlier rows that count c[0] .. c[n - 1] minor units:
 *
 *     m_n  = max(sum of c / n, 1 currency unit)
 *     c[n] = n >= 9 ? min(amount, floor(PA_SPENDING_MOST m_n)) : amount
 *
 * Rows of an account are one contiguous slice in the order (time, tx); all of them are
 * here. The sums are integers. Squares are added as Welford does (Technometrics 4, 1962),
 * in the order of the slice: each term is positive, so no digits are lost. */
#ifndef PARAUDIT_FEATURES_SPENDING_H
#define PARAUDIT_FEATURES_SPENDING_H

#include <stddef.h>
#include <stdint.h>

enum { PA_SPENDING_FREE = 9, PA_SPENDING_MOST = 3 };

/* ratio: the amount over that mean, 1 for an account's first row. z: how many standard
 * deviations of what counts (of the n, not n - 1; 1 currency unit at least) the amount lies
 * above their mean, which has no least here; 0 for an account's first row. unit: minor units
 * of a currency unit. Pure, O(rows); each row reads itself and its account's earlier rows. */
void pa_account_spending(size_t n, const int32_t account[], const int64_t amount_minor[],
                         int64_t unit, float ratio[], float z[]);

#endif

/* How low the amounts are, beside others of their categories, that an account pays in a day at
 * merchants that it is new to: whoever tries stolen cards pays small amounts where nobody knows
 * them. Kernel. */
#ifndef PARAUDIT_PATTERNS_LOW_AMOUNTS_H
#define PARAUDIT_PATTERNS_LOW_AMOUNTS_H

#include "paraudit/base/status.h"
#include "paraudit/patterns/account_baskets.h"

/* Eighths of an octave: 0 is none or less, band 1 + k is from about 2^(k/8) to 2^((k+1)/8). Larger
 * amounts are in the same band or in a later one. */
enum { PA_FINE_BANDS = 1 + 8 * 63 };
int pa_fine_amount_band(int64_t amount_minor);

/* Counts the rows in [from, until) by category and fine band. count: (n_categories + 1) x
 * PA_FINE_BANDS, the first for rows without a category; is added to. */
void pa_low_amounts_count(const pa_basket_rows *rows, int64_t from, int64_t until, int64_t count[]);

/* Of each count, -log2 of the share of the category's rows in lower bands and half of this one,
 * with one row in the middle added; 0 in band 0, and where there is no row. bits may not be
 * `count`. */
void pa_low_amounts_bits(size_t n_categories, const int64_t count[], double bits[]);

/* The sum of the bits of the rows of the same account and day, up to this one, at merchants that
 * the account has met in that day for the first time, its first 64. is_new: not 0 where the row is
 * the account's first at its merchant. out: n. */
void pa_low_new_amounts(const pa_basket_rows *rows, const float is_new[], const double bits[],
                        float out[]);

/* The rows that a row's sum is over, in their order, the first `room` of them into `summed`;
 * returns how many they are. */
size_t pa_low_new_rows(const pa_basket_rows *rows, const float is_new[], size_t row, size_t room,
                       size_t summed[]);

#endif

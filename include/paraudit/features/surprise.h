/* How unusual an hour, a weekday or a code is for its account: -log2 of a smoothed
 * share, in bits. One bit more is half as common. */
#ifndef PARAUDIT_FEATURES_SURPRISE_H
#define PARAUDIT_FEATURES_SURPRISE_H

#include <stddef.h>
#include <stdint.h>

/* Rows of an account are one contiguous slice in the order (time, tx). Columns
 * have n values. Pure, O(rows); each row reads itself and its account's earlier
 * rows, whose number is m below. */

/* Bits of the row's hour of the day, h, with c[g] earlier rows in hour g:
 *
 *     share = (24 near + 9) / (24 * 9 (m + 1)),
 *     near  = c[h-2] + 2 c[h-1] + 3 c[h] + 2 c[h+1] + c[h+2], hours modulo 24.
 *
 * This is a kernel estimate on the circle (Hall, Watson, Cabrera, Biometrika 74,
 * 1987) with triangular weights instead of von Mises' (Bahnsen et al., Expert
 * Systems with Applications 51, 2016, fit one such law to a card's hours), so
 * that all sums are integers and an account may have several usual hours; 9 is one
 * row more, spread over the day. log2(24) for a first row. */
void pa_account_hour_surprise(size_t n, const int32_t account[], const int64_t time[],
                              float bits[]);

/* Bits of the row's weekday, with c earlier rows on that weekday:
 * share = (7 c + 1) / (7 (m + 1)). log2(7) for a first row. */
void pa_account_weekday_surprise(size_t n, const int32_t account[], const int64_t time[],
                                 float bits[]);

/* -log2(part / whole), 0 < part < whole */
float pa_surprise(int64_t part, int64_t whole);

#endif

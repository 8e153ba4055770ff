/* How a row departs from its account's own habits.
 *
 * Rows of an account are one contiguous slice in the order (time, tx); all of
 * them are here. Columns have n values. Pure; each row reads itself and its
 * account's earlier rows. */
#ifndef PARAUDIT_FEATURES_HABITS_H
#define PARAUDIT_FEATURES_HABITS_H

#include <stddef.h>
#include <stdint.h>

/* Seconds since the account's previous row, at most cap; cap for its first. */
void pa_account_gap(size_t n, const int32_t account[], const int64_t time[], int64_t cap,
                    float seconds[]);

/* Days (86,400 s) since the account's first row. */
void pa_account_age(size_t n, const int32_t account[], const int64_t time[], float days[]);

/* Rows of the last `brief` seconds over the number to be expected from the
 * account's rate in the last `extent` seconds, or since its first row less
 * `brief` where that is later (so a first row gives 1). n_brief, n_extent: the
 * counts of those windows, as pa_window_amount made them. */
void pa_account_velocity(size_t n, const int32_t account[], const int64_t time[], int64_t brief,
                         const float n_brief[], int64_t extent, const float n_extent[],
                         float ratio[]);

/* How many scales the amount lies above the median of the account's last n_last
 * earlier rows (fewer where there are fewer; 0 below PA_ROBUST_LEAST).
 * Scale: 1.4826 times the median absolute deviation (the standard deviation, if
 * they were normal: Hampel 1974), but at least a twentieth of the median and
 * 100 minor units, for accounts that always pay the same. n_last: from
 * PA_ROBUST_LEAST to PA_ROBUST_MOST. O(n log n_last) and a short move a row. */
enum { PA_ROBUST_LEAST = 5, PA_ROBUST_MOST = 256 };

/* small, if not NULL: 1 where the amount is not negative and below a fifth of that
 * median (no row is small below PA_ROBUST_LEAST earlier ones), else 0. */
enum { PA_SMALL_PART = 5 };
void pa_account_robust_z(size_t n, const int32_t account[], const int64_t amount_minor[],
                         size_t n_last, float z[], int8_t small[]);

#endif

/* What a row says by itself: how much and when. n values each; pure. */
#ifndef PARAUDIT_FEATURES_MOMENT_H
#define PARAUDIT_FEATURES_MOMENT_H

#include <stddef.h>
#include <stdint.h>

/* In whole currency units, of which each is `units` minor ones. */
void pa_moment_amount(size_t n, const int64_t amount_minor[], double units, float amount[]);

/* 1 on Saturday and Sunday, else 0. time: seconds since 1970-01-01 00:00:00 on
 * the clock of the input. */
void pa_moment_weekend(size_t n, const int64_t time[], float weekend[]);

/* 1 before 07:00 (the Handbook's hour <= 6), else 0. */
void pa_moment_night(size_t n, const int64_t time[], float night[]);

#endif

/* Numbers as people and files write them, exactly or not at all.
 *
 * Nothing may stand around the number, blanks included. Where a call returns
 * false, *value says why: 0 for what is not a number, INT64_MAX or INT64_MIN
 * for a number too large or too small. */
#ifndef PARAUDIT_BASE_TEXT_H
#define PARAUDIT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Digits, a sign before them or none. */
bool pa_parse_i64(const char *text, size_t length, int64_t *value);

/* A decimal amount in hundredths: 12, -12.5, +.5, $1999.99, -$3, $-3, 1,234.56
 * (commas between groups of three digits), 1e5, 1.5E+3. Exact; digits after the
 * second decimal are rounded to nearest, ties to even, on the decimal digits
 * (0.125 is 12, 0.1250001 is 13). */
bool pa_parse_minor(const char *text, size_t length, int64_t *value);

/* A decimal number such as 12, -12.5, 1e+05, times `times` (at least 1) and
 * 10^shift, rounded down: exact, whatever its length. */
bool pa_parse_floor(const char *text, size_t length, int32_t times, int shift, int64_t *value);

/* The double nearest to a decimal number such as 12, -.5, 1.5E-3, ties to even, in
 * any locale. False: 0 for what is not a number ("nan" and "inf" too), an infinity
 * for one that is too large. */
bool pa_parse_double(const char *text, size_t length, double *value);

/* The same to the nearest float, rounded once. */
bool pa_parse_float(const char *text, size_t length, float *value);

#endif

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

/* A decimal amount in hundredths: 12, -12.5, +.5, $1999.99, -$3, 1e5, 1.5E+3.
 * Exact; digits after the second decimal are rounded to nearest, ties to even,
 * on the decimal digits (0.125 is 12, 0.1250001 is 13). */
bool pa_parse_minor(const char *text, size_t length, int64_t *value);

#endif

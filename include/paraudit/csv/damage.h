/* What spreadsheets and data frames make of names that are numbers. Kernels: bytes in,
 * bytes out. An account of several parts, joined by '/', is looked at part by part. */
#ifndef PARAUDIT_CSV_DAMAGE_H
#define PARAUDIT_CSV_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>

/* 4.53E+15: of a number of 16 digits three are left. */
bool pa_name_has_exponent(const char *name, size_t n);

/* 4,000 or 1,234,567. */
bool pa_name_has_groups(const char *name, size_t n);

/* The name without a .0 at its end, zeros at its beginning and commas between groups of
 * three digits, where it is such a number; else as it is. out: n bytes. Returns its
 * length. What it returns stays as it is when it is put in again. */
size_t pa_name_undamaged(const char *name, size_t n, char out[]);

#endif

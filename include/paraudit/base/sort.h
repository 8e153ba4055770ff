/* Total orders: sorts give an order, and columns follow it by pa_permute.
 *
 * An order is an array of row numbers, order[0] the row that comes first. Row
 * numbers have 32 bits: half the memory traffic of 64, and more rows than one
 * rank can hold. n of 2^32 or more is refused with PA_E_USAGE. All sorts are
 * stable: equal rows stay as they were. */
#ifndef PARAUDIT_BASE_SORT_H
#define PARAUDIT_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "paraudit/base/status.h"

/* Order of n keys, ascending. Takes at most 16 bytes a row for as long as it runs. */
pa_status pa_sort_u64(size_t n, const uint64_t key[], uint32_t order[], pa_error *err);

/* Order by (key, tie), the tie as a signed number. The same memory. */
pa_status pa_sort_pairs(size_t n, const uint64_t key[], const int64_t tie[], uint32_t order[],
                        pa_error *err);

/* The same of n_runs runs that ascend by (key, tie) each, one after the other: few are merged.
 * start: n_runs + 1 rows, the last of them n. Equal pairs stay as they were. Takes 4 bytes a row
 * where runs are few, else the memory of a sort. */
pa_status pa_sort_runs(size_t n, const uint64_t key[], const int64_t tie[], size_t n_runs,
                       const size_t start[], uint32_t order[], pa_error *err);

/* Order of n byte strings, name i being bytes[start[i] .. start[i + 1]), by
 * memcmp, a prefix before what it begins. Takes 24 bytes a row for as long as it runs. */
pa_status pa_sort_names(size_t n, const size_t start[], const char *bytes, uint32_t order[],
                        pa_error *err);

/* out[i] = in[order[i]] for i < n; values of `width` bytes. in and out must not
 * overlap; `in` may have more values than n. */
void pa_permute(size_t n, size_t width, const uint32_t order[], const void *in, void *out);

/* Negative, zero or positive, as for qsort. */
typedef int pa_compare(const void *a, const void *b, void *context);

/* Sorts n elements of `size` bytes in place: a stable merge sort. Takes half
 * the array for as long as it runs. */
pa_status pa_sort(void *base, size_t n, size_t size, pa_compare *compare, void *context,
                  pa_error *err);

/* The first i with v[i] >= key, or n; v ascends. */
size_t pa_lower_bound_u64(size_t n, const uint64_t v[], uint64_t key);
size_t pa_lower_bound_u32(size_t n, const uint32_t v[], uint32_t key);
size_t pa_lower_bound_i64(size_t n, const int64_t v[], int64_t key);

/* Maps that keep the order, for sorting by key. -0 has the key of +0, and every
 * NaN has the largest key: it sorts last. The way back gives +0 and the quiet
 * NaN for these, and every other value as it was. A float's key uses the low 32
 * bits. */
uint64_t pa_key_of_f64(double v);
double pa_f64_of_key(uint64_t key);
static inline uint64_t pa_key_of_f32(float v)
{
    uint32_t bits, is_nan = 0u - (uint32_t)(v != v);
    v += 0.0f; /* -0 + 0 is +0 */
    memcpy(&bits, &v, sizeof bits);
    return is_nan | (bits ^ ((0u - (bits >> 31)) | (uint32_t)1 << 31));
}
float pa_f32_of_key(uint64_t key);
uint64_t pa_key_of_i64(int64_t v);
int64_t pa_i64_of_key(uint64_t key);

#endif

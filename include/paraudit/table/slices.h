/* An account's rows are one contiguous slice: where slices begin and end. */
#ifndef PARAUDIT_TABLE_SLICES_H
#define PARAUDIT_TABLE_SLICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool pa_starts_slice(const int32_t account[], size_t i)
{
    return i == 0 || account[i] != account[i - 1];
}

static inline size_t pa_end_of_slice(size_t n, const int32_t account[], size_t begin)
{
    size_t end = begin + 1;
    while (end < n && account[end] == account[begin]) end++;
    return end;
}

#endif

/* What the parsers of numbers share. */
#ifndef PARAUDIT_SRC_BASE_TEXT_PARTS_H
#define PARAUDIT_SRC_BASE_TEXT_PARTS_H

#include <stdbool.h>
#include <stdint.h>

static inline unsigned pa_digit_at(const char *t)
{
    return (unsigned char)(*t - '0'); /* above 9 for what is no digit */
}

/* -1 or 1; steps over the sign. */
static inline int pa_take_sign(const char **t, const char *end)
{
    if (*t == end || (**t != '-' && **t != '+')) return 1;
    return *(*t)++ == '-' ? -1 : 1;
}

/* size * 10 + digit; false where it does not fit. */
static inline bool pa_append_digit(uint64_t *size, unsigned digit)
{
    return !__builtin_mul_overflow(*size, (uint64_t)10, size) &&
           !__builtin_add_overflow(*size, (uint64_t)digit, size);
}

static inline bool pa_fail_number(int64_t *value, int64_t why)
{
    *value = why;
    return false;
}

static inline bool pa_out_of_range(int64_t *value, int sign)
{
    return pa_fail_number(value, sign < 0 ? INT64_MIN : INT64_MAX);
}

static inline bool pa_with_sign(uint64_t size, int sign, int64_t *value)
{
    if (size > (uint64_t)INT64_MAX + (sign < 0)) return pa_out_of_range(value, sign);
    *value = sign < 0 ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

/* A number without its sign, taken apart: the digits from `first` to `end`, with
 * a point and commas among them or not, times 10^exponent. */
typedef struct {
    const char *first, *end;
    int64_t n_digits, n_decimals;
    int64_t exponent;
    uint64_t joined; /* all digits as one number, where they are at most 19 */
} pa_decimal;

enum { PA_JOINED_DIGITS = 19 };

/* grouped: commas may stand between groups of three digits before the point. */
bool pa_take_apart(const char *text, const char *end, bool grouped, pa_decimal *d);

#endif

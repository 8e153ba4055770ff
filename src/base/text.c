#include "paraudit/base/text.h"

#include "text_parts.h"

/* 18 digits cannot overflow. */
enum { SAFE_DIGITS = 18 };

bool pa_parse_i64(const char *text, size_t length, int64_t *value)
{
    const char *t = text, *end = text + length;
    int sign = pa_take_sign(&t, end);
    if (t == end) return pa_fail_number(value, 0);
    bool is_long = end - t > SAFE_DIGITS, fits = true;
    uint64_t size = 0;
    unsigned bad = 0;
    for (; t < end; t++) {
        unsigned digit = pa_digit_at(t);
        bad |= digit > 9;
        if (!is_long) {
            size = size * 10 + digit;
        } else if (fits) {
            fits = pa_append_digit(&size, digit);
        }
    }
    if (bad) return pa_fail_number(value, 0);
    return fits ? pa_with_sign(size, sign, value) : pa_out_of_range(value, sign);
}

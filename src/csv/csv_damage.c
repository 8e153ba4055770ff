/* Numbers that were names before a spreadsheet opened the file. */
#include "paraudit/csv/damage.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_at(const char *t, size_t n)
{
    size_t i = 0;
    while (i < n && is_digit(t[i])) i++;
    return i;
}

/* Bytes of the number that begins here: digits, alone or in groups. */
static size_t number_at(const char *t, size_t n, bool *groups)
{
    size_t i = digits_at(t, n);
    *groups = false;
    if (i == 0 || i > 3) return i;
    while (i < n && t[i] == ',' && digits_at(t + i + 1, n - i - 1) == 3) {
        *groups = true;
        i += 4;
    }
    return i;
}

/* Bytes of .0, .00, ... where they are all that is left, else 0. */
static size_t zeros_behind_point(const char *t, size_t n)
{
    if (n < 2 || *t != '.') return 0;
    for (size_t i = 1; i < n; i++) {
        if (t[i] != '0') return 0;
    }
    return n;
}

static bool part_has_exponent(const char *t, size_t n)
{
    size_t i = digits_at(t, n);
    if (i == 0) return false;
    if (i < n && t[i] == '.') i += 1 + digits_at(t + i + 1, n - i - 1);
    if (n - i < 3 || (t[i] != 'E' && t[i] != 'e') || t[i + 1] != '+') return false;
    return digits_at(t + i + 2, n - i - 2) == n - i - 2;
}

static bool part_has_groups(const char *t, size_t n)
{
    bool groups;
    size_t i = number_at(t, n, &groups);
    return groups && (i == n || zeros_behind_point(t + i, n - i) > 0);
}

static size_t mend_part(const char *t, size_t n, char out[])
{
    bool groups;
    size_t i = number_at(t, n, &groups), length = 0;
    bool number = i > 0 && (i == n || zeros_behind_point(t + i, n - i) > 0);
    if (!number) {
        memcpy(out, t, n);
        return n;
    }
    for (size_t k = 0; k < i; k++) {
        if (t[k] == ',') continue;
        if (length == 1 && out[0] == '0') length = 0; /* a zero that more digits follow */
        out[length++] = t[k];
    }
    return length;
}

static size_t part_at(const char *t, size_t n)
{
    const char *end = memchr(t, '/', n);
    return end ? (size_t)(end - t) : n;
}

static bool any_part(const char *name, size_t n, bool (*is)(const char *, size_t))
{
    for (size_t at = 0; at < n;) {
        size_t length = part_at(name + at, n - at);
        if (is(name + at, length)) return true;
        at += length + 1;
    }
    return false;
}

bool pa_name_has_exponent(const char *name, size_t n)
{
    return any_part(name, n, part_has_exponent);
}

bool pa_name_has_groups(const char *name, size_t n)
{
    return any_part(name, n, part_has_groups);
}

size_t pa_name_undamaged(const char *name, size_t n, char out[])
{
    size_t length = 0;
    for (size_t at = 0; at <= n;) {
        size_t part = part_at(name + at, n - at);
        if (at > 0) out[length++] = '/';
        length += mend_part(name + at, part, out + length);
        at += part + 1;
    }
    return length;
}

/* Numbers, amounts and times, one a line, against what the C library makes of
 * them and against themselves written another way. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"

enum { LONGEST = 400 };

static bool is_whole(const char *text, size_t n)
{
    size_t sign = n > 0 && (*text == '-' || *text == '+');
    return n > sign && strspn(text + sign, "0123456789") == n - sign;
}

static void check_whole(const char *text, size_t n)
{
    int64_t v;
    bool ok = pa_parse_i64(text, n, &v);
    if (!is_whole(text, n)) {
        PA_ASSERT(!ok && v == 0);
        return;
    }
    errno = 0;
    long long expected = strtoll(text, NULL, 10);
    PA_ASSERT(v == expected);
    PA_ASSERT(ok == (errno == 0));
}

/* The double next to 100 * text, and how far it may lie from the exact hundredths. */
static void check_size(const char *text, int64_t v)
{
    char plain[LONGEST + 2];
    size_t n = 0;
    for (; *text; text++) {
        if (*text != '$') plain[n++] = *text;
    }
    plain[n] = '\0';
    double expected = strtod(plain, NULL) * 100;
    PA_ASSERT(fabs((double)v - expected) <= 0.5 + fabs(expected) * 1e-15);
}

static void check_same_amount(const char *text, bool ok, int64_t v)
{
    int64_t other;
    PA_ASSERT(pa_parse_minor(text, strlen(text), &other) == ok);
    PA_ASSERT(other == v);
}

static void check_amount(const char *text, size_t n)
{
    char other[LONGEST + 32];
    int64_t v;
    bool ok = pa_parse_minor(text, n, &v);
    bool is_signed = n > 0 && (*text == '-' || *text == '+');
    PA_ASSERT(ok || v == 0 || v == INT64_MIN || v == INT64_MAX);
    if (ok) {
        check_size(text, v);
        uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
        snprintf(other, sizeof other, "%s%" PRIu64 ".%02u", v < 0 ? "-" : "", size / 100,
                 (unsigned)(size % 100));
        check_same_amount(other, true, v);
    }
    if (!ok && v == 0) return;
    if (!strpbrk(text, "eE")) {
        snprintf(other, sizeof other, "%se0", text);
        check_same_amount(other, ok, v);
        snprintf(other, sizeof other, "%s%s0000", text, strchr(text, '.') ? "" : ".");
        check_same_amount(other, ok, v);
    }
    if (!is_signed && v != INT64_MAX) {
        snprintf(other, sizeof other, "-%s", text);
        check_same_amount(other, ok, -v);
    }
}

static void check_time(const char *text, size_t n)
{
    int64_t v, again;
    char written[PA_TIME_TEXT];
    if (!pa_parse_time(text, n, &v)) return;
    PA_ASSERT(v >= PA_TIME_MIN && v <= PA_TIME_MAX);
    pa_format_time(v, written);
    PA_ASSERT(pa_parse_time(written, strlen(written), &again) && again == v);
    PA_ASSERT(n < 19 || text[4] != '-' || text[10] == 'T' || strncmp(text, written, 19) == 0);
}

static void check_line(const char *line, size_t n)
{
    pa_error err = {0};
    char *text = pa_alloc(n + 1, 1, &err);
    PA_ASSERT(text);
    memcpy(text, line, n);
    bool holds_zero = strlen(text) < n;
    /* A block that ends with the text: reading on is seen. */
    char *exact = pa_alloc(n, 1, &err);
    int64_t ignored;
    PA_ASSERT(exact);
    memcpy(exact, line, n);
    pa_parse_i64(exact, n, &ignored);
    pa_parse_minor(exact, n, &ignored);
    pa_parse_time(exact, n, &ignored);
    if (!holds_zero) {
        check_whole(text, n);
        check_amount(text, n);
        check_time(text, n);
    }
    pa_free(exact);
    pa_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    for (size_t i = 0; i < size;) {
        const char *newline = memchr(text + i, '\n', size - i);
        size_t n = newline ? (size_t)(newline - text) - i : size - i;
        if (n <= LONGEST) check_line(text + i, n);
        i += n + 1;
    }
    return 0;
}

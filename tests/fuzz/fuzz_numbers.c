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

/* What strtod makes of the text without what only amounts may hold. */
static double library_value(const char *text)
{
    char plain[LONGEST + 2];
    size_t n = 0;
    for (; *text; text++) {
        if (*text != '$' && *text != ',') plain[n++] = *text;
    }
    plain[n] = '\0';
    return strtod(plain, NULL);
}

static void check_same_amount(const char *text, bool ok, int64_t v)
{
    int64_t other;
    PA_ASSERT(pa_parse_minor(text, strlen(text), &other) == ok);
    PA_ASSERT(other == v);
}

static void check_amount_written_again(int64_t v)
{
    char text[40];
    uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    snprintf(text, sizeof text, "%s%" PRIu64 ".%02u", v < 0 ? "-" : "", size / 100,
             (unsigned)(size % 100));
    check_same_amount(text, true, v);
}

static void check_amount(const char *text, size_t n)
{
    char other[LONGEST + 32];
    int64_t v;
    bool ok = pa_parse_minor(text, n, &v);
    PA_ASSERT(ok || v == 0 || v == INT64_MIN || v == INT64_MAX);
    if (!ok && v == 0) return;
    double expected = library_value(text) * 100;
    PA_ASSERT(!ok || fabs((double)v - expected) <= 0.5 + fabs(expected) * 1e-15);
    PA_ASSERT(ok || fabs(expected) > 9.2e18);
    if (ok) check_amount_written_again(v);
    if (!strpbrk(text, "eE")) {
        snprintf(other, sizeof other, "%se0", text);
        check_same_amount(other, ok, v);
        snprintf(other, sizeof other, "%s%s0000", text, strchr(text, '.') ? "" : ".");
        check_same_amount(other, ok, v);
    }
    if (*text != '-' && *text != '+' && *text != '$' && v != INT64_MAX) {
        snprintf(other, sizeof other, "-%s", text);
        check_same_amount(other, ok, -v);
    }
}

/* strtod also reads words, hexadecimals and blanks, which are no numbers here. */
static void check_double(const char *text, size_t n)
{
    char *end;
    double v, expected = strtod(text, &end);
    bool ok = pa_parse_double(text, n, &v);
    bool is_number = n > 0 && *end == '\0' && text[strspn(text, "0123456789+-.eE")] == '\0';
    PA_ASSERT(is_number || (!ok && v == 0));
    PA_ASSERT(!is_number || (v == expected && ok == !isinf(v)));
}

static void check_floor(const char *text, size_t n)
{
    static const int32_t times[] = {1, 1, 1, 60, 3600, 86400};
    static const int shift[] = {0, 2, -3, 0, 0, 0};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int64_t v;
        double number;
        if (!pa_parse_floor(text, n, times[i], shift[i], &v)) continue;
        PA_ASSERT(pa_parse_double(text, n, &number));
        double expected = floor(number * times[i] * pow(10, shift[i]));
        PA_ASSERT(fabs((double)v - expected) <= 1 + fabs(expected) * 1e-15);
    }
    int64_t whole, v;
    if (pa_parse_i64(text, n, &whole)) {
        PA_ASSERT(pa_parse_floor(text, n, 1, 0, &v) && v == whole);
    }
}

static void check_seconds(int64_t v)
{
    char text[PA_TIME_TEXT];
    int64_t again;
    PA_ASSERT(v >= PA_TIME_MIN && v <= PA_TIME_MAX);
    pa_format_time(v, text);
    PA_ASSERT(pa_parse_time(text, strlen(text), &again) && again == v);
}

static void check_times(const char *text, size_t n)
{
    static const pa_date_order orders[] = {PA_DATE_YMD, PA_DATE_DMY, PA_DATE_MDY, PA_DATE_COMPACT,
                                           PA_DATE_ANY};
    int64_t v;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        if (pa_parse_date_time(text, n, orders[i], &v)) check_seconds(v);
    }
    if (pa_parse_time(text, n, &v)) check_seconds(v);
    pa_written_time w;
    if (pa_read_clock(text, n, &w)) {
        PA_ASSERT(w.local >= 0 && w.local < PA_DAY_SECONDS);
        PA_ASSERT(w.east > -PA_DAY_SECONDS && w.east < PA_DAY_SECONDS && (w.zoned || w.east == 0));
    }
    if (pa_read_pattern(text, n, "%d.%m.%y %I:%M:%S.%f %p %z %Z", &w)) {
        PA_ASSERT(w.zoned && w.local >= -366 * PA_DAY_SECONDS);
    }
}

/* In a block that ends with the text: reading on is seen. */
static void parse_exact(const char *line, size_t n)
{
    pa_error err = {0};
    char *exact = pa_alloc(n, 1, &err);
    int64_t v;
    double number;
    pa_written_time w;
    PA_ASSERT(exact);
    memcpy(exact, line, n);
    pa_parse_i64(exact, n, &v);
    pa_parse_minor(exact, n, &v);
    pa_parse_double(exact, n, &number);
    pa_parse_floor(exact, n, 3600, 0, &v);
    pa_parse_time(exact, n, &v);
    pa_parse_date_time(exact, n, PA_DATE_DMY, &v);
    pa_parse_date_time(exact, n, PA_DATE_COMPACT, &v);
    pa_read_date_time(exact, n, PA_DATE_ANY, &w);
    pa_read_pattern(exact, n, "%A %e %B %Y%n%T%t%Z", &w);
    pa_read_clock(exact, n, &w);
    pa_free(exact);
}

static void check_line(const char *line, size_t n)
{
    char text[LONGEST + 1];
    parse_exact(line, n);
    memcpy(text, line, n);
    text[n] = '\0';
    if (strlen(text) < n) return;
    check_whole(text, n);
    check_amount(text, n);
    check_double(text, n);
    check_floor(text, n);
    check_times(text, n);
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

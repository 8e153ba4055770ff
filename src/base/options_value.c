/* One value: text to number and to its one canonical text. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options_internal.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"

enum { MAX_CHOICES = 32, CHOICES_ROOM = 400 };

/* Bounds from here on mean that no number is too large (or too small). */
static const double no_bound = 9.2e18;

/* The shortest of 15 to 17 digits that reads back as v. */
static void real_text(double v, char *out, size_t room)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, room, "%.*g", digits, v);
        if (strtod(out, NULL) == v) return;
    }
}

/* 65536 as 64k, as people write bounds in bytes. */
static void bound_text(const pa_option_spec *spec, double bound, char *out, size_t room)
{
    static const char suffixes[] = "kMGT";
    if (spec->type != PA_OPTION_BYTES || bound < 1024.0) {
        real_text(bound, out, room);
        return;
    }
    int power = -1;
    while (power < 3 && bound >= 1024.0 && floor(bound / 1024.0) * 1024.0 == bound) {
        bound /= 1024.0;
        power++;
    }
    snprintf(out, room, "%.0f%.*s", bound, power >= 0, power >= 0 ? suffixes + power : "");
}

void pa_option_range_text(const pa_option_spec *spec, char *out, size_t room)
{
    char low[32], high[32];
    bound_text(spec, spec->min, low, sizeof low);
    bound_text(spec, spec->max, high, sizeof high);
    if (spec->min == 0.0 && spec->max == 0.0) {
        snprintf(out, room, "%s", "");
    } else if (spec->max >= no_bound) {
        snprintf(out, room, "at least %s", low);
    } else if (spec->min <= -no_bound) {
        snprintf(out, room, "at most %s", high);
    } else {
        snprintf(out, room, "%s to %s", low, high);
    }
}

void pa_option_choices_text(const pa_option_spec *spec, char *out, size_t room)
{
    size_t used = 0;
    for (const char *c = spec->choices; *c && used + 3 < room; c++) {
        out[used++] = *c == '|' ? ',' : *c;
        if (*c == '|') out[used++] = ' ';
    }
    out[used] = '\0';
}

static pa_status must_be(const pa_option_spec *spec, const char *text, const char *place,
                         const char *what, pa_error *err)
{
    return pa_fail(err, PA_E_CONFIG, "%s: '%s' is '%.80s'; it must be %s", place, spec->key, text,
                   what);
}

static pa_status check_range(const pa_option_spec *spec, double v, const char *text,
                             const char *place, pa_error *err)
{
    bool unbounded = spec->min == 0.0 && spec->max == 0.0;
    bool low = spec->min > -no_bound && v < spec->min;
    bool high = spec->max < no_bound && v > spec->max;
    if (unbounded || (!low && !high)) return PA_OK;
    char range[80], what[160];
    pa_option_range_text(spec, range, sizeof range);
    snprintf(what, sizeof what, "%s%s%s", range, spec->unit ? " " : "",
             spec->unit ? spec->unit : "");
    return must_be(spec, text, place, what, err);
}

static pa_status parse_int(const pa_option_spec *spec, const char *text, const char *place,
                           pa_option_value *value, pa_error *err)
{
    if (!pa_parse_i64(text, strlen(text), &value->integer)) {
        bool overflow = value->integer != 0;
        return must_be(spec, text, place,
                       overflow ? "a whole number of at most 64 bits" : "a whole number", err);
    }
    return check_range(spec, (double)value->integer, text, place, err);
}

static pa_status parse_real(const pa_option_spec *spec, const char *text, const char *place,
                            pa_option_value *value, pa_error *err)
{
    /* The set of characters shuts out strtod's hex floats, infinities and NaNs. */
    char *end = NULL;
    double v = strtod(text, &end);
    if (*text == '\0' || *end != '\0' || text[strspn(text, "0123456789+-.eE")] != '\0') {
        return must_be(spec, text, place, "a number", err);
    }
    if (!isfinite(v)) return must_be(spec, text, place, "a finite number", err);
    value->real = v + 0.0; /* -0 is 0 */
    return check_range(spec, v, text, place, err);
}

static pa_status parse_bool(const pa_option_spec *spec, const char *text, const char *place,
                            pa_option_value *value, pa_error *err)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            value->integer = (int64_t)(i % 2);
            return PA_OK;
        }
    }
    return must_be(spec, text, place, "true or false (or yes/no, on/off, 1/0)", err);
}

static pa_status parse_choice(const pa_option_spec *spec, const char *text, const char *place,
                              pa_error *err)
{
    char copy[CHOICES_ROOM];
    const char *choice[MAX_CHOICES];
    size_t n = 0;
    size_t length = strlen(spec->choices);
    PA_ASSERT(length < sizeof copy);
    memcpy(copy, spec->choices, length + 1);
    for (char *c = copy; c; n++) {
        PA_ASSERT(n < MAX_CHOICES);
        choice[n] = c;
        c = strchr(c, '|');
        if (c) *c++ = '\0';
        if (strcmp(choice[n], text) == 0) return PA_OK;
    }
    const char *nearest = pa_nearest_name(text, choice, n);
    char listed[CHOICES_ROOM];
    pa_option_choices_text(spec, listed, sizeof listed);
    return pa_fail(err, PA_E_CONFIG, "%s: '%s' is '%.80s'; it must be one of %s%s%s%s", place,
                   spec->key, text, listed, nearest ? ": did you mean '" : "",
                   nearest ? nearest : "", nearest ? "'?" : "");
}

/* Power of two of a suffix, -1 for any other text. */
static int suffix_shift(const char *suffix)
{
    static const char *const known[] = {"", "k", "m", "g", "t"};
    for (int i = 0; i < 5; i++) {
        if (strcasecmp(suffix, known[i]) == 0) return 10 * i;
    }
    return -1;
}

static pa_status parse_bytes(const pa_option_spec *spec, const char *text, const char *place,
                             pa_option_value *value, pa_error *err)
{
    size_t n_digits = strspn(text, "0123456789");
    int shift = suffix_shift(text + n_digits);
    if (n_digits == 0 || shift < 0) {
        return must_be(spec, text, place, "a number of bytes such as 4096, 64k, 4M or 2G", err);
    }
    int64_t units;
    if (!pa_parse_i64(text, n_digits, &units) || units > (INT64_MAX >> shift)) {
        return must_be(spec, text, place, "a number of bytes of at most 63 bits", err);
    }
    value->integer = units * ((int64_t)1 << shift);
    return check_range(spec, (double)value->integer, text, place, err);
}

static pa_status parse_time(const pa_option_spec *spec, const char *text, const char *place,
                            pa_option_value *value, pa_error *err)
{
    if (*text == '\0' || pa_parse_time(text, strlen(text), &value->integer)) return PA_OK;
    return must_be(spec, text, place,
                   "a time such as 2018-07-25, '2018-07-25 13:00:00' or seconds since 1970-01-01",
                   err);
}

static pa_status parse(const pa_option_spec *spec, const char *text, const char *place,
                       pa_option_value *value, pa_error *err)
{
    switch (spec->type) {
    case PA_OPTION_INT:
        return parse_int(spec, text, place, value, err);
    case PA_OPTION_REAL:
        return parse_real(spec, text, place, value, err);
    case PA_OPTION_BOOL:
        return parse_bool(spec, text, place, value, err);
    case PA_OPTION_CHOICE:
        return parse_choice(spec, text, place, err);
    case PA_OPTION_BYTES:
        return parse_bytes(spec, text, place, value, err);
    case PA_OPTION_TIME:
        return parse_time(spec, text, place, value, err);
    case PA_OPTION_TEXT:
    case PA_OPTION_PATHS:
        return PA_OK;
    }
    return pa_fail(err, PA_E_BUG, "key '%s' has no known type", spec->key);
}

static pa_status canonical_text(const pa_option_spec *spec, const char *text,
                                pa_option_value *value, pa_error *err)
{
    char number[PA_TIME_TEXT + 16]; /* the longest: 17 digits and an exponent, or a time */
    const char *canonical = number;
    switch (spec->type) {
    case PA_OPTION_INT:
    case PA_OPTION_BYTES:
        snprintf(number, sizeof number, "%" PRId64, value->integer);
        break;
    case PA_OPTION_REAL:
        real_text(value->real, number, sizeof number);
        break;
    case PA_OPTION_BOOL:
        canonical = value->integer ? "true" : "false";
        break;
    case PA_OPTION_TIME:
        if (*text == '\0') canonical = text;
        pa_format_time(value->integer, number);
        break;
    case PA_OPTION_TEXT:
    case PA_OPTION_PATHS:
    case PA_OPTION_CHOICE:
        canonical = text;
        break;
    }
    pa_buffer copy = {0};
    PA_TRY(pa_buffer_printf(&copy, err, "%s", canonical));
    value->text = copy.data;
    return PA_OK;
}

pa_status pa_option_parse(const pa_option_spec *spec, const char *text, const char *place,
                          pa_option_value *value, pa_error *err)
{
    *value = (pa_option_value){0};
    if (spec->type == PA_OPTION_TEXT) return canonical_text(spec, text, value, err);
    const char *start = text + strspn(text, " \t");
    size_t length = strlen(start);
    while (length && (start[length - 1] == ' ' || start[length - 1] == '\t')) length--;
    pa_buffer trimmed = {0};
    pa_status st = PA_OK;
    PA_GOTO(pa_buffer_add(&trimmed, start, length, err));
    PA_GOTO(pa_buffer_add(&trimmed, "", 1, err));
    PA_GOTO(parse(spec, trimmed.data, place, value, err));
    PA_GOTO(canonical_text(spec, trimmed.data, value, err));
out:
    pa_buffer_free(&trimmed);
    return st;
}

bool pa_lists_name(const char *list, const char *name)
{
    static const char between[] = ", \t";
    size_t length = strlen(name);
    for (const char *at = list + strspn(list, between); *at; at += strspn(at, between)) {
        size_t n = strcspn(at, between);
        if (n == length && memcmp(at, name, n) == 0) return true;
        at += n;
    }
    return false;
}

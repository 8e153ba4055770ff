/* Times by their form. */
#include "paraudit/csv/time_form.h"

#include <stdio.h>
#include <string.h>

#include "paraudit/base/options.h"
#include "paraudit/base/text.h"
#include "paraudit/base/words.h"
#include "paraudit/csv/csv_parts.h"

/* How a number of each form becomes seconds, times `unit` and 10^shift; what its values look
 * like. */
static const struct {
    const char *word;
    int32_t unit, shift;
    const char *like;
} kinds[PA_TIME_N_KINDS] = {
    [PA_TIME_AUTO] = {"auto", 1, 0, "like 2018-07-25 13:05:59 (input.time_format)"},
    [PA_TIME_SECONDS] = {"seconds", 1, 0, "a number of seconds within the years 0 to 9999"},
    [PA_TIME_MILLISECONDS] = {"milliseconds", 1, -3,
                              "a number of milliseconds within the years 0 to 9999"},
    [PA_TIME_MICROSECONDS] = {"microseconds", 1, -6,
                              "a number of microseconds within the years 0 to 9999"},
    [PA_TIME_NANOSECONDS] = {"nanoseconds", 1, -9,
                             "a number of nanoseconds within the years 0 to 9999"},
    [PA_TIME_MINUTES] = {"minutes", 60, 0, "a number of minutes within the years 0 to 9999"},
    [PA_TIME_HOURS] = {"hours", PA_HOUR_SECONDS, 0, "a number of hours within the years 0 to 9999"},
    [PA_TIME_DAYS] = {"days", PA_DAY_SECONDS, 0, "a number of days within the years 0 to 9999"},
    [PA_TIME_EXCEL] = {"excel", 2 * PA_DAY_SECONDS, 0, "a number of days since 1899-12-30"},
    [PA_TIME_YYYYMMDD] = {"yyyymmdd", 0, 0, "like 20180725"},
    [PA_TIME_YYYYMMDDHHMMSS] = {"yyyymmddhhmmss", 0, 0, "like 20180725130559"},
    [PA_TIME_DD_MM_YYYY] = {"dd/mm/yyyy", 0, 0, "like 25/07/2018 13:05"},
    [PA_TIME_MM_DD_YYYY] = {"mm/dd/yyyy", 0, 0, "like 07/25/2018 13:05"},
};

const char pa_time_form_words[] =
    "auto, seconds, milliseconds, microseconds, nanoseconds, minutes, hours, days, excel, "
    "yyyymmdd, yyyymmddhhmmss, dd/mm/yyyy, mm/dd/yyyy";

static pa_status set_kind(const char *format, pa_time_form *form, pa_error *err)
{
    const char *words[PA_TIME_BY_PATTERN];
    for (int i = 0; i < PA_TIME_BY_PATTERN; i++) {
        words[i] = kinds[i].word;
        if (strcmp(words[i], format) == 0) return form->kind = i, PA_OK;
    }
    const char *nearest = pa_nearest_name(format, words, PA_TIME_BY_PATTERN);
    return pa_fail(err, PA_E_CONFIG,
                   "input.time_format is '%.80s'; it must be one of %s, or a pattern such as "
                   "'%%d.%%m.%%Y %%H:%%M'%s%s%s",
                   format, pa_time_form_words, nearest ? ": did you mean '" : "",
                   nearest ? nearest : "", nearest ? "'?" : "");
}

static pa_status set_pattern(const char *format, pa_time_form *form, pa_error *err)
{
    size_t n = strlen(format);
    if (n >= PA_TIME_PATTERN) {
        return pa_fail(err, PA_E_CONFIG,
                       "input.time_format is a pattern of %zu bytes: at most %d are read", n,
                       PA_TIME_PATTERN - 1);
    }
    form->kind = PA_TIME_BY_PATTERN;
    memcpy(form->pattern, format, n);
    return pa_check_pattern(form->pattern, "input.time_format", err);
}

/* Read once to see that it is there. */
static pa_status set_zone(const char *zone, pa_time_form *form, pa_error *err)
{
    pa_zone read;
    if (*zone == '\0' || strcmp(zone, "UTC") == 0) return PA_OK;
    PA_TRY(pa_zone_read(zone, "input.time_zone", &read, err));
    memcpy(form->zone, zone, strlen(zone));
    return PA_OK;
}

pa_status pa_time_form_make(const char *format, const char *zone, int64_t start, bool start_is_set,
                            pa_time_form *form, pa_error *err)
{
    memset(form, 0, sizeof *form);
    form->start = start;
    form->start_is_set = start_is_set;
    if (strchr(format, '%')) {
        PA_TRY(set_pattern(format, form, err));
    } else {
        PA_TRY(set_kind(format, form, err));
    }
    return set_zone(zone, form, err);
}

const char *pa_time_form_name(const pa_time_form *form)
{
    return form->kind == PA_TIME_BY_PATTERN ? form->pattern : kinds[form->kind].word;
}

static bool read_number(const pa_time_form *form, pa_csv_field f, pa_written_time *w)
{
    int64_t v, t;
    int32_t unit = kinds[form->kind].unit, shift = kinds[form->kind].shift;
    bool quick = shift == 0 && f.length > 0 && f.length <= 8 && pa_digits8(f.text, f.length, &v);
    if (quick) {
        v *= unit;
    } else if (!pa_parse_floor(f.text, f.length, unit, shift, &v)) {
        return false;
    }
    if (__builtin_add_overflow(form->start, v, &t)) return false;
    *w = (pa_written_time){.local = t, .zoned = true};
    return true;
}

/* The nearest second: that of twice the number is known, rounded down. */
static bool read_excel(pa_csv_field f, pa_written_time *w)
{
    const int64_t most = PA_TIME_MAX - PA_TIME_MIN;
    const int64_t origin = pa_days_from_civil(1899, 12, 30) * PA_DAY_SECONDS;
    char text[64];
    int64_t twice;
    f = pa_csv_with_point(f, text, sizeof text);
    if (!pa_parse_floor(f.text, f.length, kinds[PA_TIME_EXCEL].unit, 0, &twice)) return false;
    if (twice < -2 * most || twice > 2 * most) return false;
    *w = (pa_written_time){.local = origin + (twice + 1 - ((twice + 1) & 1)) / 2};
    return true;
}

/* In the order of what is met most. A number has no sign of a date. */
static bool read_auto(const pa_time_form *form, pa_csv_field f, pa_written_time *w)
{
    bool dated = form->texts || (f.length >= 8 && (f.text[4] == '-' || f.text[4] == '/'));
    if (!dated && read_number(form, f, w)) return true;
    return pa_read_date_time(f.text, f.length, PA_DATE_ANY, w);
}

/* 20180725130559, 201807251305 */
static bool read_joined(pa_csv_field f, pa_written_time *w)
{
    size_t n = 0;
    int64_t date;
    while (n < f.length && (unsigned char)(f.text[n] - '0') <= 9) n++;
    if (n != 12 && n != 14) return false;
    if (!pa_digits8(f.text, 8, &date) ||
        !pa_date_exists(date / 10000, date / 100 % 100, date % 100))
        return false;
    if (!pa_read_clock(f.text + 8, f.length - 8, w)) return false;
    int64_t days = pa_days_from_civil(date / 10000, (int)(date / 100 % 100), (int)(date % 100));
    w->local += days * PA_DAY_SECONDS;
    return true;
}

bool pa_time_read(const pa_time_form *form, pa_csv_field f, pa_written_time *w)
{
    f = pa_csv_trimmed(f);
    switch (form->kind) {
    case PA_TIME_AUTO:
        return read_auto(form, f, w);
    case PA_TIME_EXCEL:
        return read_excel(f, w);
    case PA_TIME_YYYYMMDD:
        return pa_read_date_time(f.text, f.length, PA_DATE_COMPACT, w);
    case PA_TIME_YYYYMMDDHHMMSS:
        return read_joined(f, w);
    case PA_TIME_DD_MM_YYYY:
        return pa_read_date_time(f.text, f.length, PA_DATE_DMY, w);
    case PA_TIME_MM_DD_YYYY:
        return pa_read_date_time(f.text, f.length, PA_DATE_MDY, w);
    case PA_TIME_BY_PATTERN:
        return pa_read_pattern(f.text, f.length, form->pattern, w);
    default:
        return read_number(form, f, w);
    }
}

/* A number says when only where it is asked to; its zone is that of the clock. */
static bool read_date(const pa_time_form *form, pa_csv_field f, pa_written_time *date)
{
    f = pa_csv_trimmed(f);
    bool number = form->kind >= PA_TIME_SECONDS && form->kind <= PA_TIME_DAYS;
    if (number) {
        if (!read_number(form, f, date)) return false;
        date->zoned = false;
        return true;
    }
    bool dated = form->kind == PA_TIME_AUTO ? pa_read_date_time(f.text, f.length, PA_DATE_ANY, date)
                                            : pa_time_read(form, f, date);
    return dated && date->local == pa_day_of(date->local) * PA_DAY_SECONDS;
}

static bool read_year_month_day(const pa_csv_field part[3], pa_written_time *date)
{
    int64_t v[3];
    for (int i = 0; i < 3; i++) {
        pa_csv_field f = pa_csv_trimmed(part[i]);
        if (!pa_parse_i64(f.text, f.length, &v[i])) return false;
    }
    if (!pa_date_exists(v[0], v[1], v[2])) return false;
    *date =
        (pa_written_time){.local = pa_days_from_civil(v[0], (int)v[1], (int)v[2]) * PA_DAY_SECONDS};
    return true;
}

bool pa_time_join(const pa_time_form *form, const pa_csv_field part[], int n, pa_written_time *time)
{
    pa_written_time date, clock;
    bool dated = n == 4 ? read_year_month_day(part, &date) : read_date(form, part[0], &date);
    pa_csv_field f = pa_csv_trimmed(part[n == 4 ? 3 : 1]);
    if (!dated || !pa_read_clock(f.text, f.length, &clock)) return false;
    f = n == 3 ? pa_csv_trimmed(part[2]) : (pa_csv_field){0};
    if (f.length > 0) {
        int32_t east;
        if (!pa_read_zone(f.text, f.length, &east)) return false;
        if (!clock.zoned) clock.east = east;
        clock.zoned = true;
    }
    *time = clock.zoned ? clock : date;
    return !__builtin_add_overflow(date.local, clock.local, &time->local);
}

void pa_time_words(const pa_time_form *form, int n, char words[PA_TIME_WORDS])
{
    const char *zone = n == 3 ? ", with a zone such as UTC, CET, PST or +02:00" : "";
    if (n == 4) {
        snprintf(words, PA_TIME_WORDS, "like 2018 7 25 13:05");
    } else if (form->kind == PA_TIME_BY_PATTERN) {
        snprintf(words, PA_TIME_WORDS, "of the form %s%s", form->pattern, zone);
    } else {
        snprintf(words, PA_TIME_WORDS, "%s%s", kinds[form->kind].like, zone);
    }
}

bool pa_time_in_utc(const pa_zone *zone, pa_zone_span *last, const pa_written_time *w,
                    int64_t *seconds)
{
    int64_t t = w->local;
    if (t < PA_TIME_MIN - PA_DAY_SECONDS || t > PA_TIME_MAX + PA_DAY_SECONDS) return false;
    t -= w->zoned || !zone ? w->east : pa_zone_east(zone, t, last);
    if (t < PA_TIME_MIN || t > PA_TIME_MAX) return false;
    *seconds = t;
    return true;
}

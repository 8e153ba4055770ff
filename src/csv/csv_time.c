/* Times in the forms that files have. */
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"
#include "paraudit/base/words.h"
#include "paraudit/csv/csv_parts.h"

/* How a number of each form becomes seconds: times `unit` and 10^shift. */
static const struct {
    int32_t unit, shift;
} scale[] = {
    [PA_CSV_TIME_AUTO] = {1, 0},
    [PA_CSV_TIME_SECONDS] = {1, 0},
    [PA_CSV_TIME_MILLISECONDS] = {1, -3},
    [PA_CSV_TIME_HOURS] = {PA_HOUR_SECONDS, 0},
    [PA_CSV_TIME_DAYS] = {PA_DAY_SECONDS, 0},
};

static bool within_years(int64_t from, int64_t more, int64_t *seconds)
{
    int64_t t;
    if (__builtin_add_overflow(from, more, &t) || t < PA_TIME_MIN || t > PA_TIME_MAX) return false;
    *seconds = t;
    return true;
}

static bool read_number(const pa_csv_intake *p, pa_csv_field f, int64_t *seconds)
{
    int64_t v;
    int32_t unit = scale[p->time_form].unit, shift = scale[p->time_form].shift;
    bool quick = shift == 0 && f.length > 0 && f.length <= 8 && pa_digits8(f.text, f.length, &v);
    if (quick) {
        v *= unit;
    } else if (!pa_parse_floor(f.text, f.length, unit, shift, &v)) {
        return false;
    }
    return within_years(p->time_start, v, seconds);
}

bool pa_csv_read_time(const pa_csv_intake *p, pa_csv_field f, int64_t *seconds)
{
    f = pa_csv_trimmed(f);
    switch (p->time_form) {
    case PA_CSV_TIME_AUTO:
        if (f.length >= 8 && (f.text[4] == '-' || f.text[4] == '/')) {
            return pa_parse_date_time(f.text, f.length, PA_DATE_YMD, seconds);
        }
        return read_number(p, f, seconds);
    case PA_CSV_TIME_YYYYMMDD:
        return pa_parse_date_time(f.text, f.length, PA_DATE_COMPACT, seconds);
    case PA_CSV_TIME_DD_MM_YYYY:
        return pa_parse_date_time(f.text, f.length, PA_DATE_DMY, seconds);
    case PA_CSV_TIME_MM_DD_YYYY:
        return pa_parse_date_time(f.text, f.length, PA_DATE_MDY, seconds);
    default:
        return read_number(p, f, seconds);
    }
}

/* A date whose own clock, if there is one, says midnight: spreadsheets add it. */
static bool read_date(const pa_csv_intake *p, pa_csv_field f, int64_t *seconds)
{
    f = pa_csv_trimmed(f);
    bool number = p->time_form >= PA_CSV_TIME_SECONDS && p->time_form <= PA_CSV_TIME_DAYS;
    if (number) return read_number(p, f, seconds);
    bool dated = p->time_form == PA_CSV_TIME_AUTO
                     ? pa_parse_date_time(f.text, f.length, PA_DATE_YMD, seconds)
                     : pa_csv_read_time(p, f, seconds);
    return dated && *seconds == pa_day_of(*seconds) * PA_DAY_SECONDS;
}

static bool read_year_month_day(const pa_csv_field part[3], int64_t *seconds)
{
    int64_t v[3];
    for (int i = 0; i < 3; i++) {
        pa_csv_field f = pa_csv_trimmed(part[i]);
        if (!pa_parse_i64(f.text, f.length, &v[i])) return false;
    }
    if (!pa_date_exists(v[0], v[1], v[2])) return false;
    *seconds = pa_days_from_civil(v[0], (int)v[1], (int)v[2]) * PA_DAY_SECONDS;
    return true;
}

bool pa_csv_join_time(const pa_csv_intake *p, const pa_csv_field part[], int n, int64_t *seconds)
{
    int64_t date, clock;
    bool dated = n == 2 ? read_date(p, part[0], &date) : read_year_month_day(part, &date);
    if (!dated) return false;
    pa_csv_field f = pa_csv_trimmed(part[n - 1]);
    return pa_parse_clock(f.text, f.length, &clock) && within_years(date, clock, seconds);
}

const char *pa_csv_time_words(const pa_csv_intake *p, bool of_label)
{
    static const char *const like[] = {
        [PA_CSV_TIME_AUTO] = "like 2018-07-25 13:05:59 (input.time_format)",
        [PA_CSV_TIME_SECONDS] = "a number of seconds within the years 0 to 9999",
        [PA_CSV_TIME_MILLISECONDS] = "a number of milliseconds within the years 0 to 9999",
        [PA_CSV_TIME_HOURS] = "a number of hours within the years 0 to 9999",
        [PA_CSV_TIME_DAYS] = "a number of days within the years 0 to 9999",
        [PA_CSV_TIME_YYYYMMDD] = "like 20180725",
        [PA_CSV_TIME_DD_MM_YYYY] = "like 25/07/2018 13:05",
        [PA_CSV_TIME_MM_DD_YYYY] = "like 07/25/2018 13:05",
    };
    if (p->layout.n_time == 4 && !of_label) return "like 2018 7 25 13:05";
    return like[p->time_form];
}

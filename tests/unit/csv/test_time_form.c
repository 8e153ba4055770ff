#include "paraudit/csv/time_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "unit.h"

enum { NONE = -7 };

static pa_csv_field field(const char *text)
{
    return (pa_csv_field){text, strlen(text)};
}

static pa_time_form form_of(const char *format)
{
    pa_time_form form;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_time_form_make(format, "", 0, false, &form, &err), PA_OK);
    return form;
}

/* In UTC, or NONE. */
static int64_t read_by(const pa_time_form *form, const char *text)
{
    pa_written_time w;
    pa_zone_span last = {0};
    int64_t seconds = NONE;
    if (pa_time_read(form, field(text), &w)) pa_time_in_utc(NULL, &last, &w, &seconds);
    return seconds;
}

static void test_every_form_reads_its_own(void)
{
    static const struct {
        const char *format, *text;
        int64_t seconds;
    } example[] = {
        {"auto", " 2018-07-25 13:05:59 ", 1532523959},
        {"auto", "20180725T130559Z", 1532523959},
        {"auto", "[25/Jul/2018:13:05:59 +0000]", 1532523959},
        {"auto", "25-Jul-2018 13:05:59", 1532523959},
        {"auto", "Jul 25, 2018 01:05:59 PM", 1532523959},
        {"auto", "2018.07.25 13:05:59", 1532523959},
        {"auto", "2018-07-25 13:05:59,123", 1532523959},
        {"auto", "2018-07-25 14:05:59 CET", 1532523959},
        {"auto", "2018-07-25 13:05:59 +0000 UTC", 1532523959},
        {"auto", "1532523959", 1532523959},
        {"auto", "1.532523959e9", 1532523959},
        {"auto", "20180725", 20180725}, /* asked for: the sample refuses it */
        {"auto", "25/07/2018", NONE},
        {"auto", "1532523959000", NONE},
        {"seconds", "20180725", 20180725},
        {"seconds", "20180725T130559Z", NONE},
        {"milliseconds", "1532523959999", 1532523959},
        {"microseconds", "1532523959999999", 1532523959},
        {"microseconds", "-1", -1},
        {"nanoseconds", "1532523959999999999", 1532523959},
        {"nanoseconds", "1.53252395999e18", 1532523959},
        {"minutes", "25542065.99", 1532523959},
        {"hours", "1.5", 5400},
        {"days", "17737", 1532476800},
        {"excel", "43306", 1532476800},
        {"excel", "43306.54582", 1532523959},         /* 13:05:58.848 */
        {"excel", "43306.545821", 1532523959},        /* 58.934 */
        {"excel", "43306,545815", 1532523958},        /* 58.416 */
        {"excel", "2.0000057870370370", -2208988800}, /* half a second, not quite */
        {"excel", "2.0000057870370371", -2208988799},
        {"excel", "0.75", -2209161600 + 64800},
        {"excel", "1e99", NONE},
        {"excel", "2018-07-25", NONE},
        {"excel", "43306,5,5", NONE},
        {"yyyymmdd", "20180725", 1532476800},
        {"yyyymmdd", "20181325", NONE},
        {"yyyymmddhhmmss", "20180725130559", 1532523959},
        {"yyyymmddhhmmss", "201807251305", 1532523900},
        {"yyyymmddhhmmss", "20180725130559.123", 1532523959},
        {"yyyymmddhhmmss", "20180725130559+0200", 1532516759},
        {"yyyymmddhhmmss", "20180725", NONE},
        {"yyyymmddhhmmss", "20180725240000", NONE},
        {"yyyymmddhhmmss", "20180230000000", NONE},
        {"dd/mm/yyyy", "25/07/18 1:05:59 pm", 1532523959},
        {"dd/mm/yyyy", "25.07.2018 13:05:59,5 +0000", 1532523959},
        {"dd/mm/yyyy", "07/25/2018", NONE},
        {"mm/dd/yyyy", "7-25-18 13:05", 1532523900},
        {"mm/dd/yyyy", "07/25/2018 12:05:59 AM", 1532477159},
        {"%d.%m.%Y %H:%M", " 25.07.2018 13:05 ", 1532523900},
        {"%d.%m.%Y %H:%M", "2018-07-25 13:05", NONE},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        pa_time_form form = form_of(example[i].format);
        CU_ASSERT_STRING_EQUAL(pa_time_form_name(&form), example[i].format);
        CU_ASSERT_EQUAL(read_by(&form, example[i].text), example[i].seconds);
        if (read_by(&form, example[i].text) != example[i].seconds)
            printf("%s %s %lld\n", example[i].format, example[i].text,
                   (long long)read_by(&form, example[i].text));
    }
}

/* Every second of a day, written with as many digits as a spreadsheet has. */
static void test_days_of_a_spreadsheet_are_read_to_the_second(void)
{
    pa_time_form form = form_of("excel");
    int wrong = 0;
    for (int64_t s = 0; s < 86400; s++) {
        char text[40];
        snprintf(text, sizeof text, "%.10f", 45292 + (double)s / 86400);
        wrong += read_by(&form, text) != 1704067200 + s;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_numbers_count_from_a_start(void)
{
    pa_time_form form;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_time_form_make("minutes", "", 1000, true, &form, &err), PA_OK);
    CU_ASSERT_EQUAL(read_by(&form, "2"), 1120);
    CU_ASSERT_EQUAL(pa_time_form_make("auto", "", 1000, true, &form, &err), PA_OK);
    CU_ASSERT_EQUAL(read_by(&form, "2"), 1002);
    CU_ASSERT_EQUAL(read_by(&form, "1970-01-02"), 86400);
}

static void test_forms_that_are_none_are_refused_with_a_hint(void)
{
    static const struct {
        const char *format, *zone, *message;
    } example[] = {
        {"dd/mm/yyy", "",
         "input.time_format is 'dd/mm/yyy'; it must be one of auto, seconds, milliseconds, "
         "microseconds, nanoseconds, minutes, hours, days, excel, yyyymmdd, yyyymmddhhmmss, "
         "dd/mm/yyyy, mm/dd/yyyy, or a pattern such as '%d.%m.%Y %H:%M': did you mean "
         "'dd/mm/yyyy'?"},
        {"%d.%m.%Y %k", "",
         "input.time_format: '%k' in '%d.%m.%Y %k' is not known; these are: %Y %y %m %d %e %b %B "
         "%h %H %I %M %S %f %p %z %Z %j %a %A %T %D %F %R %s %n %t %%"},
        {"%F 0123456789012345678901234567890123456789012345678901234567890", "",
         "input.time_format is a pattern of 64 bytes: at most 63 are read"},
        {"auto", "Berlin, Europe",
         "input.time_zone is 'Berlin, Europe', which names no time zone: it is like "
         "Europe/Berlin, or +02:00"},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        pa_time_form form;
        pa_error err = {0};
        CU_ASSERT_EQUAL(
            pa_time_form_make(example[i].format, example[i].zone, 0, false, &form, &err),
            PA_E_CONFIG);
        CU_ASSERT_STRING_EQUAL(err.message, example[i].message);
    }
}

static void test_forms_are_plain_bytes(void)
{
    pa_time_form a, b, zero = {0};
    pa_error err = {0};
    memset(&a, 1, sizeof a);
    memset(&b, 2, sizeof b);
    CU_ASSERT_EQUAL(pa_time_form_make("%F", "+01:00", 5, true, &a, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_time_form_make("%F", "+01:00", 5, true, &b, &err), PA_OK);
    CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof a), 0);
    CU_ASSERT_STRING_EQUAL(a.zone, "+01:00");
    CU_ASSERT_EQUAL(pa_time_form_make("auto", "UTC", 0, false, &a, &err), PA_OK);
    CU_ASSERT_EQUAL(memcmp(&a, &zero, sizeof a), 0);
}

/* ---- several columns --------------------------------------------------------------- */

static void test_columns_are_joined(void)
{
    static const struct {
        const char *format;
        int n;
        const char *part[4];
        int64_t seconds;
    } example[] = {
        {"auto", 2, {"2018-07-25", "130559"}, 1532523959},
        {"auto", 2, {"2018-07-25", "1305"}, 1532523900},
        {"auto", 2, {"25 Jul 2018", " 1:05:59 PM"}, 1532523959},
        {"auto", 2, {"2018-07-25 00:00:00", "13:05:59"}, 1532523959},
        {"auto", 2, {"2018-07-25 01:00:00", "13:05:59"}, NONE},
        {"auto", 2, {"20180725", "13:05:59"}, NONE},
        {"yyyymmdd", 2, {"20180725", "000000"}, 1532476800},
        {"dd/mm/yyyy", 2, {"25/07/18", "13:05:59+01"}, 1532520359},
        {"%d-%b-%y", 2, {"25-JUL-18", "13:05:59"}, 1532523959},
        {"excel", 2, {"43306", "13:05:59"}, 1532523959},
        {"excel", 2, {"43306.5", "13:05:59"}, NONE},
        {"days", 2, {"17737", "13:05:59"}, 1532523959},
        {"mm/dd/yyyy", 3, {"07/25/2018", "06:05:59", "PDT"}, 1532523959},
        {"mm/dd/yyyy", 3, {"07/25/2018", "05:05:59", " PST "}, 1532523959},
        {"mm/dd/yyyy", 3, {"07/25/2018", "13:05:59", ""}, 1532523959},
        {"mm/dd/yyyy", 3, {"07/25/2018", "15:05:59", "+02:00"}, 1532523959},
        {"mm/dd/yyyy", 3, {"07/25/2018", "13:05:59Z", "PDT"}, 1532523959},
        {"mm/dd/yyyy", 3, {"07/25/2018", "13:05:59", "BST"}, NONE},
        {"auto", 4, {"2018", "07", " 25", "13:05:59"}, 1532523959},
        {"auto", 4, {"2018", "7", "25", "130559"}, 1532523959},
        {"auto", 4, {"2018", "13", "25", "130559"}, NONE},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        pa_csv_field part[4] = {{0}};
        pa_time_form form = form_of(example[i].format);
        pa_written_time w;
        pa_zone_span last = {0};
        int64_t seconds = NONE;
        for (int k = 0; k < example[i].n; k++) part[k] = field(example[i].part[k]);
        if (pa_time_join(&form, part, example[i].n, &w)) pa_time_in_utc(NULL, &last, &w, &seconds);
        CU_ASSERT_EQUAL(seconds, example[i].seconds);
    }
}

static void test_words_say_what_a_time_should_look_like(void)
{
    char words[PA_TIME_WORDS];
    pa_time_form form = form_of("auto");
    pa_time_words(&form, 1, words);
    CU_ASSERT_STRING_EQUAL(words, "like 2018-07-25 13:05:59 (input.time_format)");
    pa_time_words(&form, 4, words);
    CU_ASSERT_STRING_EQUAL(words, "like 2018 7 25 13:05");
    form = form_of("%d.%m.%Y %H:%M");
    pa_time_words(&form, 1, words);
    CU_ASSERT_STRING_EQUAL(words, "of the form %d.%m.%Y %H:%M");
    form = form_of("mm/dd/yyyy");
    pa_time_words(&form, 3, words);
    CU_ASSERT_STRING_EQUAL(words,
                           "like 07/25/2018 13:05, with a zone such as UTC, CET, PST or +02:00");
}

/* ---- zones ------------------------------------------------------------------------- */

static void test_local_times_become_utc_and_others_stay(void)
{
    pa_time_form form;
    pa_error err = {0};
    pa_zone zone;
    if (pa_time_form_make("auto", "Europe/Berlin", 0, false, &form, &err) != PA_OK) {
        printf("skipped: no time zone data here (tzdata)\n");
        return;
    }
    CU_ASSERT_EQUAL_FATAL(pa_zone_read(form.zone, "key", &zone, &err), PA_OK);
    static const struct {
        const char *text;
        int64_t seconds;
    } example[] = {
        {"2024-03-31 01:59:59", 1711846799},  {"2024-03-31 02:30:00", 1711848600},
        {"2024-03-31 03:00:00", 1711846800},  {"2024-10-27 02:30:00", 1729989000},
        {"2024-10-27 03:00:00", 1729994400},  {"2024-03-31 02:30:00Z", 1711852200},
        {"2024-07-01 12:00 CET", 1719831600}, {"1719831600", 1719831600},
        {"0000-01-01 00:00:00", NONE},
    };
    pa_zone_span last = {0};
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        pa_written_time w;
        int64_t seconds = NONE;
        CU_ASSERT(pa_time_read(&form, field(example[i].text), &w));
        pa_time_in_utc(&zone, &last, &w, &seconds);
        CU_ASSERT_EQUAL(seconds, example[i].seconds);
    }
}

/* ---- drawn times in drawn styles --------------------------------------------------- */

static uint64_t draw(uint64_t i, uint64_t what, uint64_t n)
{
    return pa_draw_below(9, PA_DRAW_TEST, 100 + what, i, n);
}

typedef struct {
    int64_t year;
    int month, day, hour, minute, second, east; /* minutes */
    int64_t seconds;
} moment;

static moment draw_moment(uint64_t i)
{
    moment m = {.hour = (int)draw(i, 1, 24), .minute = (int)draw(i, 2, 60)};
    int64_t days = (int64_t)draw(i, 3, 36159) - 365; /* 1969 to 2067 */
    m.second = (int)draw(i, 4, 60);
    pa_civil_from_days(days, &m.year, &m.month, &m.day);
    m.east = (int)draw(i, 5, 113) * 15 - 56 * 15;
    m.seconds = days * 86400 + m.hour * 3600 + m.minute * 60 + m.second;
    return m;
}

static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
static const char *const day_names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};

/* In full or short, as it is or in capitals. */
static int write_name(char *out, size_t room, const char *name, uint64_t i)
{
    int n = snprintf(out, room, draw(i, 6, 2) ? "%s" : "%.3s", name);
    for (int k = 0; draw(i, 7, 2) && k < n; k++) {
        if (out[k] >= 'a') out[k] = (char)(out[k] - 32);
    }
    return n;
}

/* Writes one directive, each in one of the ways that are right; the obvious way. */
static int write_one(char *out, size_t room, char letter, const moment *m, uint64_t i, uint64_t at)
{
    bool padded = draw(i, 10 + at, 2);
    int weekday = pa_weekday_of(m->seconds), hour = m->hour % 12 ? m->hour % 12 : 12;
    int64_t first = pa_days_from_civil(m->year, 1, 1);
    switch (letter) {
    case 'Y':
        return snprintf(out, room, "%04d", (int)m->year);
    case 'y':
        return snprintf(out, room, "%02d", (int)(m->year % 100));
    case 'm':
        return snprintf(out, room, padded ? "%02d" : "%d", m->month);
    case 'd':
        return snprintf(out, room, padded ? "%02d" : "%d", m->day);
    case 'e':
        return snprintf(out, room, padded ? "%2d" : "%d", m->day);
    case 'b':
    case 'B':
    case 'h':
        return write_name(out, room, month_names[m->month - 1], i);
    case 'a':
    case 'A':
        return write_name(out, room, day_names[weekday], i + 1);
    case 'H':
        return snprintf(out, room, padded ? "%02d" : "%d", m->hour);
    case 'I':
        return snprintf(out, room, padded ? "%02d" : "%d", hour);
    case 'p':
        return snprintf(out, room, padded ? "%cM" : "%c.m.", m->hour < 12 ? 'A' : 'P');
    case 'M':
        return snprintf(out, room, "%02d", m->minute);
    case 'S':
        return snprintf(out, room, "%02d", m->second);
    case 'f':
        return snprintf(out, room, "%d", (int)draw(i, 50 + at, 1000000));
    case 'j':
        return snprintf(out, room, "%03d", (int)(pa_day_of(m->seconds) - first + 1));
    case 'z':
        return snprintf(out, room, padded ? "%c%02d:%02d" : "%c%02d%02d", m->east < 0 ? '-' : '+',
                        abs(m->east) / 60, abs(m->east) % 60);
    case 's':
        return snprintf(out, room, "%lld", (long long)m->seconds);
    default:
        return snprintf(out, room, "%c", letter);
    }
}

static void write_time(char *out, size_t room, const char *pattern, const moment *m, uint64_t i)
{
    size_t n = 0;
    for (const char *p = pattern; *p; p++) {
        if (*p == '%') {
            p++;
            n += (size_t)write_one(out + n, room - n, *p, m, i, (uint64_t)(p - pattern));
        } else {
            out[n++] = *p;
        }
    }
    out[n] = '\0';
}

static void test_what_is_written_is_read_back(void)
{
    static const struct {
        const char *format; /* NULL: the pattern it is written by */
        const char *written;
    } style[] = {
        {"auto", "%Y-%m-%d %H:%M:%S"},
        {"auto", "%Y/%m/%dT%H:%M:%S.%f"},
        {"auto", "%Y.%m.%d %I:%M:%S %p"},
        {"auto", "%Y-%m-%d %H:%M:%S%z"},
        {"auto", "%d-%b-%Y %H:%M:%S"},
        {"auto", "%d %B %y, %H:%M:%S,%f"},
        {"auto", "%b %d, %Y %I:%M:%S %p"},
        {"auto", "[%d/%b/%Y:%H:%M:%S %z]"},
        {"auto", "%a, %d %b %Y %H:%M:%S %z"},
        {"auto", "%a %b %e %H:%M:%S %Y"},
        {"auto", "%s"},
        {"dd/mm/yyyy", "%d/%m/%Y %H:%M:%S"},
        {"dd/mm/yyyy", "%d.%m.%y %I:%M:%S%p %z"},
        {"mm/dd/yyyy", "%m/%d/%y %H:%M:%S.%f"},
        {"mm/dd/yyyy", "%m-%d-%Y, %I:%M:%S %p"},
        {NULL, "%Y-%m-%d %H:%M:%S"},
        {NULL, "%d.%m.%y um %H.%M.%S Uhr"},
        {NULL, "%A %e %B %Y %I:%M:%S.%f %p %z"},
        {NULL, "%H:%M:%S on %j of %Y"},
        {NULL, "<%s>"},
        {NULL, "%S|%M|%H|%h|%d|%y"},
    };
    enum { N_STYLES = sizeof style / sizeof *style, DRAWS = 42000 };
    pa_time_form form[N_STYLES];
    int wrong = 0;
    for (size_t k = 0; k < N_STYLES; k++)
        form[k] = form_of(style[k].format ? style[k].format : style[k].written);
    for (uint64_t i = 0; i < DRAWS; i++) {
        char text[120];
        moment m = draw_moment(i);
        size_t k = i % N_STYLES;
        const char *p = style[k].written;
        write_time(text, sizeof text, p, &m, i);
        int64_t expected = m.seconds - (strstr(p, "%z") ? m.east * 60 : 0);
        if (read_by(&form[k], text) != expected) {
            if (wrong++ < 5) printf("%s by %s\n", text, p);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Any bytes by any form: nothing outside is read, and what is read is a time. */
static void test_damaged_times_are_times_or_refused(void)
{
    static const char *const texts[] = {
        "2018-07-25 13:05:59.123+02:00",     "25-Jul-2018 1:05:59 PM",
        "[25/Jul/2018:13:05:59 +0000]",      "20180725T130559Z",
        "Wed Jul 25 15:05:59 CEST 2018 (x)", "25.07.18, 13:05"};
    static const char signs[] = "0123456789-+:/., TZ[]()APMajulgEe%\xc2\xa0";
    static const char *const formats[] = {
        "auto",     "excel",          "dd/mm/yyyy",  "mm/dd/yyyy",
        "yyyymmdd", "yyyymmddhhmmss", "nanoseconds", "%a %d %b %Y %T %z"};
    int bad = 0;
    pa_time_form form[8];
    for (int k = 0; k < 8; k++) form[k] = form_of(formats[k]);
    for (uint64_t i = 0; i < 60000; i++) {
        const char *text = texts[i % 6];
        size_t n = strlen(text) - (size_t)draw(i, 1, strlen(text) + 1);
        char *exact = malloc(n + 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
        memcpy(exact, text, n);
        for (uint64_t k = 0; n > 0 && k < draw(i, 2, 4); k++) {
            exact[draw(i, 3 + k, n)] = signs[draw(i, 7 + k, sizeof signs - 1)];
        }
        char *block = malloc(n);
        if (n > 0 && block) memcpy(block, exact, n);
        for (int k = 0; k < 8; k++) {
            pa_written_time w;
            pa_zone_span last = {0};
            int64_t v = 0;
            if (!pa_time_read(&form[k], (pa_csv_field){block, n}, &w)) continue;
            bool within = pa_time_in_utc(NULL, &last, &w, &v);
            bad += within && (v < PA_TIME_MIN || v > PA_TIME_MAX);
            bad += w.east <= -86400 || w.east >= 86400 || (w.east != 0 && !w.zoned);
        }
        free(block);
        free(exact);
    }
    CU_ASSERT_EQUAL(bad, 0);
}

/* ---- samples ----------------------------------------------------------------------- */

/* Values apart by blanks or, where there are some in them, by bars. */
static pa_time_sniffed sniff(const pa_time_form *form, const char *values)
{
    static char text[4000];
    pa_csv_field sample[400];
    size_t n = 0;
    char mark = strchr(values, '|') ? '|' : ' ';
    snprintf(text, sizeof text, "%s", values);
    for (char *t = text; t && n < 400; n++) {
        char *end = strchr(t, mark);
        sample[n] = (pa_csv_field){t, end ? (size_t)(end - t) : strlen(t)};
        t = end ? end + 1 : NULL;
    }
    pa_time_sniffed s;
    pa_time_sniff(sample, n, form, &s);
    return s;
}

static void test_samples_show_their_form(void)
{
    static const struct {
        const char *values;
        pa_time_verdict verdict;
        const char *form; /* of CLEAR */
        const char *hint; /* in the text */
    } example[] = {
        {"2024-01-01 00:00:00|2024-01-02 12:00:00", PA_TIME_CLEAR, "auto", ""},
        {"01-Jan-2024 02-Jan-2024", PA_TIME_CLEAR, "auto", ""},
        {"1704067200 1704111187", PA_TIME_CLEAR, "auto", ""},
        {"0 0 1 1 2 7 172792", PA_TIME_CLEAR, "auto", ""},
        {"0 1 2 3 744", PA_TIME_CLEAR, "auto", ""},
        {"1704067200000 1714394873000", PA_TIME_CLEAR, "milliseconds",
         "times are read as milliseconds: '1704067200000' lies beyond the year 9999 in seconds"},
        {"631152000000 1714394873000", PA_TIME_CLEAR, "milliseconds", "'631152000000' lies"},
        {"1704067200000000 1714394873000000", PA_TIME_CLEAR, "microseconds", "'1704067200000000'"},
        {"1704067200000000000 1714394873000000000", PA_TIME_CLEAR, "nanoseconds", "lies"},
        {"1.7040672e12 1.714394873e+12", PA_TIME_CLEAR, "milliseconds", "lies"},
        {"20240101 20240101 20240429", PA_TIME_REFUSED, NULL,
         "time '20240101' looks like a date, and as a number it would count seconds: say "
         "input.time_format = yyyymmdd (or seconds)"},
        {"20240101  20240101 99991231 20240429", PA_TIME_REFUSED, NULL, "= yyyymmdd "},
        {"20140101 20231214", PA_TIME_REFUSED, NULL, "= yyyymmdd "},
        {"25072018 26072018", PA_TIME_REFUSED, NULL, "= %d%m%Y "},
        {"07252018 07262018", PA_TIME_REFUSED, NULL, "= %m%d%Y "},
        {"20240101000000 20240101121307", PA_TIME_REFUSED, NULL, "= yyyymmddhhmmss "},
        {"202401010000 202401011213", PA_TIME_REFUSED, NULL, "= yyyymmddhhmmss "},
        {"991231 990101 980615", PA_TIME_REFUSED, NULL, "= %y%m%d (or seconds)"},
        {"010124 300124 290224", PA_TIME_REFUSED, NULL, "= %y%m%d or %d%m%y "},
        {"310124 300124 290224", PA_TIME_REFUSED, NULL, "= %y%m%d or %d%m%y "},
        {"012924 013024 022924", PA_TIME_REFUSED, NULL, "= %m%d%y "},
        {"2401012359 2401020102 2402291305", PA_TIME_REFUSED, NULL, "= %y%m%d%H%M "},
        {"99999 100000 100001", PA_TIME_CLEAR, "auto", ""},
        {"45292.00000 45292.50911 45411.53325", PA_TIME_REFUSED, NULL,
         "time '45292.00000' looks like the days since 1899-12-30 of a spreadsheet, and as a "
         "number "
         "it would count seconds: say input.time_format = excel (or seconds)"},
        {"45292 45293", PA_TIME_REFUSED, NULL, "= excel "},
        {"45292,5 45293,25", PA_TIME_REFUSED, NULL, "= excel "},
        {"19999 45293 80001", PA_TIME_CLEAR, "auto", ""},
        {"13/01/2024 02/01/2024", PA_TIME_CLEAR, "dd/mm/yyyy",
         "times are read as dd/mm/yyyy: '13/01/2024' has its day first"},
        {"01/13/2024 02/01/2024", PA_TIME_CLEAR, "mm/dd/yyyy",
         "times are read as mm/dd/yyyy: '01/13/2024' has its month first"},
        {"1/2/2024 1:05 PM|1/13/2024 1:05 PM", PA_TIME_CLEAR, "mm/dd/yyyy", "1:05 PM' has"},
        {"29.02.24 28.02.24 01.03.24", PA_TIME_CLEAR, "dd/mm/yyyy", "'29.02.24' has its day first"},
        {"03/04/2024 05/06/2024", PA_TIME_AMBIGUOUS, NULL,
         "time '03/04/2024' may have its day first or its month, and no day above 12 tells which: "
         "say input.time_format = dd/mm/yyyy or mm/dd/yyyy"},
        {"24/01/05 24/01/17 24/02/09", PA_TIME_AMBIGUOUS, NULL,
         "time '24/01/05' may have its year first or last: say input.time_format = dd/mm/yyyy, "
         "mm/dd/yyyy or a pattern such as %y/%m/%d"},
        {"13/01/2024 01/13/2024", PA_TIME_MIXED, NULL,
         "times '13/01/2024' and '01/13/2024' are written in different ways, of which "
         "input.time_format means one"},
        {"2024-01-01 02.01.2024 2024-01-03 13.01.2024", PA_TIME_MIXED, NULL,
         "times '2024-01-01' and '02.01.2024' are"},
        {"1704067200 1704111187 1714350886000", PA_TIME_MIXED, NULL,
         "times '1704067200' and '1714350886000' are"},
        {"2024-01-01 45292.5", PA_TIME_MIXED, NULL, "'45292.5'"},
        {"Q1 Q2 2024-01-01", PA_TIME_UNKNOWN, NULL,
         "time 'Q1' is in none of the forms that are known: say input.time_format, which may be a "
         "pattern such as %d.%m.%Y %H:%M"},
        {"2024-W01 2024-W02", PA_TIME_UNKNOWN, NULL, "'2024-W01'"},
        {"", PA_TIME_NONE, NULL, ""},
        {" ", PA_TIME_NONE, NULL, ""},
    };
    const pa_time_form asked = {0};
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        pa_time_sniffed s = sniff(&asked, example[i].values);
        const char *form = example[i].form ? example[i].form : "auto";
        bool right = s.verdict == example[i].verdict && strstr(s.text, example[i].hint) &&
                     strcmp(pa_time_form_name(&s.form), form) == 0;
        CU_ASSERT(right);
        CU_ASSERT_EQUAL(s.settled, s.verdict == PA_TIME_CLEAR && strcmp(form, "auto") != 0);
        if (!right) printf("%s: %d %s\n", example[i].values, (int)s.verdict, s.text);
    }
}

static void test_a_stray_value_does_not_make_a_sample_mixed(void)
{
    char values[1000] = "";
    const pa_time_form asked = {0};
    for (int i = 0; i < 40; i++) snprintf(values + strlen(values), 20, "2024-01-%02d ", 1 + i % 28);
    size_t n = strlen(values);
    snprintf(values + n, sizeof values - n, "13/01/2024 x");
    CU_ASSERT_EQUAL(sniff(&asked, values).verdict, PA_TIME_CLEAR);
    snprintf(values + n, sizeof values - n, "13/01/2024 13/01/2024 13/01/2024");
    CU_ASSERT_EQUAL(sniff(&asked, values).verdict, PA_TIME_MIXED);
}

static void test_what_the_user_says_is_not_doubted(void)
{
    pa_time_form asked = form_of("seconds");
    CU_ASSERT_EQUAL(sniff(&asked, "20240101 20240102").verdict, PA_TIME_CLEAR);
    asked = form_of("mm/dd/yyyy");
    pa_time_sniffed s = sniff(&asked, "13/01/2024");
    CU_ASSERT(s.verdict == PA_TIME_CLEAR && !s.settled && s.form.kind == PA_TIME_MM_DD_YYYY);
    /* With a start, numbers count from there; those that are dates are still doubted. */
    asked = (pa_time_form){.start = 1377993600, .start_is_set = 1};
    CU_ASSERT_EQUAL(sniff(&asked, "45292 45293").verdict, PA_TIME_CLEAR);
    CU_ASSERT_EQUAL(sniff(&asked, "240101 240102 240103").verdict, PA_TIME_CLEAR);
    CU_ASSERT_EQUAL(sniff(&asked, "20240101 20240102").verdict, PA_TIME_REFUSED);
    CU_ASSERT_EQUAL(sniff(&asked, "1704067200000 1704067201000").verdict, PA_TIME_UNKNOWN);
}

static const pa_test tests[] = {
    {"every form reads its own", test_every_form_reads_its_own},
    {"days of a spreadsheet are read to the second",
     test_days_of_a_spreadsheet_are_read_to_the_second},
    {"numbers count from a start", test_numbers_count_from_a_start},
    {"forms that are none are refused with a hint",
     test_forms_that_are_none_are_refused_with_a_hint},
    {"forms are plain bytes", test_forms_are_plain_bytes},
    {"columns are joined", test_columns_are_joined},
    {"words say what a time should look like", test_words_say_what_a_time_should_look_like},
    {"local times become UTC and others stay", test_local_times_become_utc_and_others_stay},
    {"what is written is read back", test_what_is_written_is_read_back},
    {"damaged times are times or refused", test_damaged_times_are_times_or_refused},
    {"samples show their form", test_samples_show_their_form},
    {"a stray value does not make a sample mixed", test_a_stray_value_does_not_make_a_sample_mixed},
    {"what the user says is not doubted", test_what_the_user_says_is_not_doubted},
};
PA_TEST_MAIN("time_form", tests)

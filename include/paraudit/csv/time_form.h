/* How the times of a file are written, and which of the ways a sample of them shows.
 *
 *     auto              what can be read in one way only (PA_DATE_ANY of base/calendar.h),
 *                       or a number of seconds
 *     seconds milliseconds microseconds nanoseconds minutes hours days
 *                       numbers, also 172792.0 and 1e+05, that count from `start` and are
 *                       rounded down
 *     excel             days since 1899-12-30, with the time of day as a fraction: to the
 *                       nearest second, halves up; a comma may be the point
 *     yyyymmdd          20180725, and a clock behind it or not
 *     yyyymmddhhmmss    20180725130559 or 201807251305, a fraction and a zone or not
 *     dd/mm/yyyy mm/dd/yyyy
 *                       25/07/2018, 25.7.18, 25-07-2018 1:05:59 PM
 *     %d.%m.%Y %H:%M    a pattern (pa_read_pattern of base/calendar.h)
 *
 * Times without a zone of their own belong to the zone of the form, by the rules of
 * base/zone.h. Numbers that count from a start are seconds of UTC, as the start is.
 * Nothing here talks; pa_time_form_make alone looks at files, those of the time zones. */
#ifndef PARAUDIT_CSV_TIME_FORM_H
#define PARAUDIT_CSV_TIME_FORM_H

#include "paraudit/base/calendar.h"
#include "paraudit/base/zone.h"
#include "paraudit/csv/records.h"

enum { PA_TIME_PATTERN = 64, PA_TIME_WORDS = 128 };

typedef enum {
    PA_TIME_AUTO,
    PA_TIME_SECONDS,
    PA_TIME_MILLISECONDS,
    PA_TIME_MICROSECONDS,
    PA_TIME_NANOSECONDS,
    PA_TIME_MINUTES,
    PA_TIME_HOURS,
    PA_TIME_DAYS,
    PA_TIME_EXCEL,
    PA_TIME_YYYYMMDD,
    PA_TIME_YYYYMMDDHHMMSS,
    PA_TIME_DD_MM_YYYY,
    PA_TIME_MM_DD_YYYY,
    PA_TIME_BY_PATTERN,
    PA_TIME_N_KINDS
} pa_time_kind;

/* "auto, seconds, ..., mm/dd/yyyy": all but the pattern, in the order of the kinds. */
extern const char pa_time_form_words[];

/* Plain bytes, those behind the texts zero, so that it may be sent and compared as such.
 * Zeroed: auto, UTC, from 1970-01-01. */
typedef struct {
    int64_t start;
    int32_t kind;                  /* pa_time_kind */
    int32_t start_is_set;          /* numbers count from where the user says */
    int32_t texts;                 /* auto: a number is no time */
    char pattern[PA_TIME_PATTERN]; /* of PA_TIME_BY_PATTERN */
    char zone[PA_ZONE_NAME];       /* IANA, or +02:00; empty: UTC */
} pa_time_form;

/* format, zone: of input.time_format and input.time_zone, which messages name. PA_E_CONFIG: a
 * word or pattern that is none, a zone that is not there. Local. */
pa_status pa_time_form_make(const char *format, const char *zone, int64_t start, bool start_is_set,
                            pa_time_form *form, pa_error *err);

/* The word or the pattern. */
const char *pa_time_form_name(const pa_time_form *form);

/* A time by its form, blanks around it aside; where numbers count from a start it has the zone
 * UTC. False where it is none. */
bool pa_time_read(const pa_time_form *form, pa_csv_field f, pa_written_time *time);

/* A time of n columns: date, clock; date, clock, zone (empty: none); or year, month, day and
 * clock, where the form plays no part. A clock in the date's column must say midnight, as
 * spreadsheets add it. A zone is taken from the clock, else its column, else the date. */
bool pa_time_join(const pa_time_form *form, const pa_csv_field part[], int n,
                  pa_written_time *time);

/* What times of this form should look like, of n columns: "like 2018-07-25 13:05:59
 * (input.time_format)". */
void pa_time_words(const pa_time_form *form, int n, char words[PA_TIME_WORDS]);

/* In seconds of UTC. zone: of the form, or NULL for UTC; *last: as pa_zone_east has it.
 * False outside of the years 0 to 9999. */
bool pa_time_in_utc(const pa_zone *zone, pa_zone_span *last, const pa_written_time *time,
                    int64_t *seconds);

/* What a sample shows. */
typedef enum {
    PA_TIME_CLEAR,     /* the form reads it */
    PA_TIME_NONE,      /* no field of the sample holds anything */
    PA_TIME_UNKNOWN,   /* no form reads most of it: a pattern is needed */
    PA_TIME_REFUSED,   /* numbers that look like dates and would be read as seconds */
    PA_TIME_AMBIGUOUS, /* the day or the month comes first: nothing tells which */
    PA_TIME_MIXED      /* more than one form */
} pa_time_verdict;

typedef struct {
    pa_time_verdict verdict;
    pa_time_form form; /* of CLEAR; of the others as it was asked for */
    bool settled;      /* CLEAR: the sample made it so and not the configuration */
    size_t example;    /* place in the sample of a field that shows it */
    char text[400];    /* what to say, in one line, with that field and the key that helps: "time
                          '20240101' looks like a date, ..."; of a form that the sample settled
                          "times are read as dd/mm/yyyy: '25/07/2018' ..."; else empty */
} pa_time_sniffed;

/* Looks at fields from the beginning and the end of a file, times of one column or the dates of
 * several; missing ones are empty. Where the form is other than auto it stays. In auto:
 *
 *   - texts that auto reads, and numbers that are seconds, stay auto; of texts the form is then
 *     one in which numbers are none (`texts`);
 *   - numbers that as seconds lie beyond the year 9999 and in milli-, micro- or nanoseconds in
 *     1990 to 2100 are that, unless the user set a start;
 *   - most numbers of 8, 10 (YYYYMMDDhh), 12 or 14 digits being dates of 1900 to 2100, or all of
 *     6, 7, 10 or 13 digits (YYMMDD, YYYYDDD, YYMMDDhhmm, YYYYDDDhhmmss; without a start), or all
 * numbers within 20000 to 80000 without a start (the days of Excel from 1954 to 2119): REFUSED.
 * Seconds are so if said.
 *   - days and months in figures are settled by days above 12; AMBIGUOUS without one, MIXED
 *     where both orders have some. Where two digits make the year, and the last part changes
 *     more than the first, the year may come first: AMBIGUOUS.
 *
 * Up to one value in twenty may be of another form, which the rows then show. */
void pa_time_sniff(const pa_csv_field sample[], size_t n, const pa_time_form *form,
                   pa_time_sniffed *sniffed);

#endif

/* Times of series: whole numbers, or dates and times of day; and the step from one to the next,
 * which is the same for all series of a file. Nothing here reads files or talks. */
#ifndef PARAUDIT_FORECAST_TIME_STEPS_H
#define PARAUDIT_FORECAST_TIME_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/array.h"

typedef enum {
    PA_STEP_NUMBERS, /* times are whole numbers */
    PA_STEP_SECONDS, /* times are seconds since 1970-01-01, steps as well */
    PA_STEP_MONTHS   /* times are such seconds, and each is so many months behind the one before:
                        on the same day of the month, or both on its last one */
} pa_step_kind;

typedef struct {
    pa_step_kind kind;
    int64_t step; /* numbers, seconds or months */
} pa_time_step;

/* What was seen of the times of series; begins as pa_steps_none. The least and the largest of
 * several are those of all. */
typedef struct {
    int64_t least;        /* difference of neighbours */
    int64_t least_months; /* the same in months, where all neighbours are whole months apart */
    int64_t odd;          /* 1: some are not */
} pa_steps_seen;
extern const pa_steps_seen pa_steps_none;

/* times: n of one series, ascending, no two alike. */
void pa_steps_see(size_t n, const int64_t time[], bool dates, pa_steps_seen *seen);

/* The step that follows; 1, or a day, where no series has two values. */
pa_time_step pa_step_of(const pa_steps_seen *seen, bool dates);

/* The time `count` steps behind another one. first: the day of the month from which the series
 * counts, 31 where it stands on last days. */
int64_t pa_step_on(const pa_time_step *step, int64_t time, int64_t count, int day);

/* The day of the month that a series keeps: the largest of its days, 31 where all are last ones. */
int pa_step_day(const pa_time_step *step, size_t n, const int64_t time[]);

/* Which one it is of the steps from time 0 on, so that equal times of all series have equal ones.
 */
int64_t pa_step_number(const pa_time_step *step, int64_t time);

/* Whether b is one step behind a. */
bool pa_step_is_one(const pa_time_step *step, int64_t a, int64_t b);

/* Appends a time as the file has it: a number, a date, or a date and a clock where step or time
 * have one; and a step in words: "1", "7 days", "3 months". */
pa_status pa_step_add_time(const pa_time_step *step, int64_t time, pa_buffer *text, pa_error *err);
void pa_step_tell(const pa_time_step *step, char text[40]);

#endif

#include "paraudit/forecast/time_steps.h"

#include <inttypes.h>
#include <stdio.h>

#include "paraudit/base/calendar.h"

const pa_steps_seen pa_steps_none = {INT64_MAX, INT64_MAX, 0};

/* ---- months ---- */

typedef struct {
    int64_t month; /* since year 0 */
    int day;
    bool last; /* of the month */
    int64_t clock;
} month_time;

static int days_in(int64_t month)
{
    int64_t next = month + 1;
    return (int)(pa_days_from_civil(next / 12, (int)(next % 12) + 1, 1) -
                 pa_days_from_civil(month / 12, (int)(month % 12) + 1, 1));
}

static month_time month_of(int64_t time)
{
    int64_t year, day = pa_day_of(time);
    int month;
    month_time m;
    pa_civil_from_days(day, &year, &month, &m.day);
    m.month = 12 * year + month - 1;
    m.last = m.day == days_in(m.month);
    m.clock = time - day * PA_DAY_SECONDS;
    return m;
}

/* Months from a to b; 0 where they are not whole. */
static int64_t months_between(int64_t a, int64_t b)
{
    month_time from = month_of(a), to = month_of(b);
    bool whole = from.clock == to.clock &&
                 (from.day == to.day || (from.last && to.last) ||
                  (from.last && from.day < to.day) || (to.last && to.day < from.day));
    return whole ? to.month - from.month : 0;
}

/* ---- */

void pa_steps_see(size_t n, const int64_t time[], bool dates, pa_steps_seen *seen)
{
    for (size_t t = 1; t < n; t++) {
        int64_t step = time[t] - time[t - 1];
        int64_t months = dates ? months_between(time[t - 1], time[t]) : 0;
        if (step < seen->least) seen->least = step;
        if (months < 1)
            seen->odd = 1;
        else if (months < seen->least_months)
            seen->least_months = months;
    }
}

pa_time_step pa_step_of(const pa_steps_seen *seen, bool dates)
{
    if (seen->least == INT64_MAX)
        return (pa_time_step){dates ? PA_STEP_SECONDS : PA_STEP_NUMBERS,
                              dates ? PA_DAY_SECONDS : 1};
    if (dates && !seen->odd) return (pa_time_step){PA_STEP_MONTHS, seen->least_months};
    return (pa_time_step){dates ? PA_STEP_SECONDS : PA_STEP_NUMBERS, seen->least};
}

int64_t pa_step_on(const pa_time_step *s, int64_t time, int64_t count, int day)
{
    if (s->kind != PA_STEP_MONTHS) return time + s->step * count;
    month_time m = month_of(time);
    int64_t month = m.month + s->step * count;
    int most = days_in(month);
    int64_t days = pa_days_from_civil(month / 12, (int)(month % 12) + 1, day < most ? day : most);
    return days * PA_DAY_SECONDS + m.clock;
}

int pa_step_day(const pa_time_step *s, size_t n, const int64_t time[])
{
    int most = 1;
    bool last = true;
    if (s->kind != PA_STEP_MONTHS) return most;
    for (size_t t = 0; t < n; t++) {
        month_time m = month_of(time[t]);
        if (m.day > most) most = m.day;
        last = last && m.last;
    }
    return last && n > 1 ? 31 : most;
}

int64_t pa_step_number(const pa_time_step *s, int64_t time)
{
    int64_t at = s->kind == PA_STEP_MONTHS ? month_of(time).month : time, rest = at % s->step;
    return at / s->step - (rest < 0);
}

bool pa_step_is_one(const pa_time_step *s, int64_t a, int64_t b)
{
    return s->kind == PA_STEP_MONTHS ? months_between(a, b) == s->step : b - a == s->step;
}

pa_status pa_step_add_time(const pa_time_step *s, int64_t time, pa_buffer *text, pa_error *err)
{
    char date[PA_TIME_TEXT];
    if (s->kind == PA_STEP_NUMBERS) return pa_buffer_printf(text, err, "%" PRId64, time);
    bool clock =
        time % PA_DAY_SECONDS != 0 || (s->kind == PA_STEP_SECONDS && s->step % PA_DAY_SECONDS != 0);
    pa_format_time(time, date);
    return pa_buffer_printf(text, err, "%.*s", clock ? PA_TIME_TEXT : 10, date);
}

static void tell(int64_t n, const char *what, char text[40])
{
    snprintf(text, 40, "%" PRId64 " %s%s", n, what, n == 1 ? "" : "s");
}

void pa_step_tell(const pa_time_step *s, char text[40])
{
    if (s->kind == PA_STEP_NUMBERS)
        snprintf(text, 40, "%" PRId64, s->step);
    else if (s->kind == PA_STEP_MONTHS)
        tell(s->step, "month", text);
    else if (s->step % PA_DAY_SECONDS == 0)
        tell(s->step / PA_DAY_SECONDS, "day", text);
    else
        tell(s->step, "second", text);
}

/* Times of rows. */
#include "paraudit/csv/csv_parts.h"

void pa_csv_set_time(pa_csv_intake *p, const pa_time_form *form, const pa_zone *zone)
{
    p->time = *form;
    p->zone = zone;
    p->zone_span = (pa_zone_span){0};
    p->month_days = 0;
}

void pa_csv_set_layout(pa_csv_intake *p, const pa_csv_layout *layout)
{
    p->layout = *layout;
    pa_csv_set_time(p, &layout->time_form, p->zone);
}

bool pa_csv_read_time(pa_csv_intake *p, pa_csv_field f, pa_written_time *time, int64_t *seconds)
{
    return pa_time_read(&p->time, f, time) && pa_time_in_utc(p->zone, &p->zone_span, time, seconds);
}

bool pa_csv_join_time(pa_csv_intake *p, const pa_csv_field part[], int n, int64_t *seconds)
{
    pa_written_time time;
    return pa_time_join(&p->time, part, n, &time) &&
           pa_time_in_utc(p->zone, &p->zone_span, &time, seconds);
}

void pa_csv_time_words(const pa_csv_intake *p, bool of_label, char words[PA_TIME_WORDS])
{
    pa_time_words(&p->time, of_label ? 1 : p->layout.n_time, words);
}

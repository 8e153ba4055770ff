/* Times of rows. */
#include <stdio.h>
#include <string.h>

#include "paraudit/csv/csv_parts.h"

void pa_csv_set_time(pa_csv_intake *p, const pa_time_form *form, const pa_zone *zone)
{
    p->time = *form;
    p->zone = zone;
    p->zone_span = (pa_zone_span){0};
    memset(p->month, 0, sizeof p->month);
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

bool pa_csv_read_label_time(pa_csv_intake *p, pa_csv_field f, int64_t *seconds)
{
    pa_written_time time;
    return pa_time_read(&p->layout.label_time_form, f, &time) &&
           pa_time_in_utc(p->zone, &p->zone_span, &time, seconds);
}

bool pa_csv_join_time(pa_csv_intake *p, const pa_csv_field part[], int n, int64_t *seconds)
{
    pa_written_time time;
    return pa_time_join(&p->time, part, n, &time) &&
           pa_time_in_utc(p->zone, &p->zone_span, &time, seconds);
}

/* With the key of its own. */
static void label_words(const pa_time_form *form, char words[PA_TIME_WORDS])
{
    static const char key[] = "input.time_format";
    char of_time[PA_TIME_WORDS];
    pa_time_words(form, 1, of_time);
    const char *at = strstr(of_time, key);
    if (!at) at = of_time + strlen(of_time);
    snprintf(words, PA_TIME_WORDS, "%.*s%s%s", (int)(at - of_time), of_time,
             *at ? "input.label_time_format" : "", *at ? at + sizeof key - 1 : "");
}

void pa_csv_time_words(const pa_csv_intake *p, bool of_label, char words[PA_TIME_WORDS])
{
    if (of_label) {
        label_words(&p->layout.label_time_form, words);
    } else {
        pa_time_words(&p->time, p->layout.n_time, words);
    }
}

#include "paraudit/generate/row_text.h"

#include <string.h>

#include "paraudit/base/calendar.h"

const char pa_row_header[] = "tx,account,merchant,category,channel,country,currency,time,amount,"
                             "home_lat,home_lon,merchant_lat,merchant_lon,label,kind\n";

/* At least `width` digits, zeros in front. */
static char *put_number(char *t, uint64_t v, int width)
{
    char digits[20];
    int n = 0;
    for (; v > 0 || n < width; v /= 10) digits[n++] = (char)('0' + v % 10);
    while (n > 0) *t++ = digits[--n];
    return t;
}

static char *put_word(char *t, const char *word)
{
    while (*word) *t++ = *word++;
    *t++ = ',';
    return t;
}

static char *put_two(char *t, int v, char behind)
{
    *t++ = (char)('0' + v / 10);
    *t++ = (char)('0' + v % 10);
    *t++ = behind;
    return t;
}

static char *put_time(char *t, int64_t time)
{
    int64_t year, day = pa_day_of(time);
    int month, of_month, second = (int)(time - day * PA_DAY_SECONDS);
    pa_civil_from_days(day, &year, &month, &of_month);
    t = put_number(t, (uint64_t)year, 4);
    *t++ = '-';
    t = put_two(t, month, '-');
    t = put_two(t, of_month, ' ');
    t = put_two(t, second / 3600, ':');
    t = put_two(t, second / 60 % 60, ':');
    return put_two(t, second % 60, ',');
}

static char *put_amount(char *t, int64_t minor)
{
    t = put_number(t, (uint64_t)minor / 100, 1);
    *t++ = '.';
    return put_two(t, (int)(minor % 100), ',');
}

static char *put_degrees(char *t, int32_t v)
{
    if (v == PA_NO_PLACE) {
        *t++ = ',';
        return t;
    }
    if (v < 0) {
        *t++ = '-';
        v = -v;
    }
    t = put_number(t, (uint64_t)v / 10000, 1);
    *t++ = '.';
    t = put_number(t, (uint64_t)v % 10000, 4);
    *t++ = ',';
    return t;
}

char *pa_row_text(const pa_generated_row *row, int64_t account, char *t)
{
    t = put_number(t, (uint64_t)row->tx, 1);
    memcpy(t, ",A", 2);
    t = put_number(t + 2, (uint64_t)account, 7);
    memcpy(t, ",M", 2);
    t = put_number(t + 2, (uint64_t)row->merchant, 6);
    *t++ = ',';
    t = put_word(t, pa_category_names[row->category]);
    t = put_word(t, pa_channel_names[row->channel]);
    t = put_word(t, pa_country_names[row->country]);
    t = put_word(t, pa_currency_names[row->country]);
    t = put_time(t, row->time);
    t = put_amount(t, row->amount_minor);
    t = put_degrees(t, row->home_lat);
    t = put_degrees(t, row->home_lon);
    t = put_degrees(t, row->merchant_lat);
    t = put_degrees(t, row->merchant_lon);
    *t++ = row->kind == PA_GENUINE ? '0' : '1';
    *t++ = ',';
    t = put_word(t, pa_fraud_kind_names[row->kind]);
    t[-1] = '\n';
    return t;
}

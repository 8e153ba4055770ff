#include "paraudit/generate/row_text.h"

#include <string.h>

#include "paraudit/base/calendar.h"

const char pa_row_header[] = "tx,account,merchant,category,channel,country,currency,time,amount,"
                             "home_lat,home_lon,merchant_lat,merchant_lon,label,label_time,kind\n";

static const char pairs[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233"
    "34353637383940414243444546474849505152535455565758596061626364656667"
    "6869707172737475767778798081828384858687888990919293949596979899";

static char *put_pair(char *t, unsigned v)
{
    memcpy(t, pairs + (size_t)2 * v, 2);
    return t + 2;
}

/* At least `width` digits, zeros in front. */
static char *put_number(char *t, uint64_t v, int width)
{
    int n = 1;
    for (uint64_t above = 10; n < 19 && v >= above; above *= 10) n++;
    if (n < width) n = width;
    char *end = t + n, *at = end;
    for (; at - t >= 2; v /= 100) put_pair(at -= 2, (unsigned)(v % 100));
    if (at > t) *t = (char)('0' + v % 10);
    return end;
}

/* A name of `room` bytes and a comma: copying all of the room is faster than
 * copying its length, and what is too much is written over. */
#define PUT_NAME(t, name) (memcpy((t), (name), sizeof(name)), put_comma((t) + strlen(name)))

static char *put_comma(char *t)
{
    *t = ',';
    return t + 1;
}

static char *put_time(char *t, int64_t time)
{
    int64_t year, day = pa_day_of(time);
    int month, of_month;
    unsigned second = (unsigned)(time - day * PA_DAY_SECONDS);
    pa_civil_from_days(day, &year, &month, &of_month);
    t = put_pair(put_pair(t, (unsigned)year / 100), (unsigned)year % 100);
    *t++ = '-';
    t = put_pair(t, (unsigned)month);
    *t++ = '-';
    t = put_pair(t, (unsigned)of_month);
    *t++ = ' ';
    t = put_pair(t, second / 3600);
    *t++ = ':';
    t = put_pair(t, second / 60 % 60);
    *t++ = ':';
    return put_comma(put_pair(t, second % 60));
}

static char *put_amount(char *t, int64_t minor)
{
    t = put_number(t, (uint64_t)minor / 100, 1);
    *t++ = '.';
    return put_comma(put_pair(t, (unsigned)(minor % 100)));
}

static char *put_degrees(char *t, int32_t v)
{
    if (v == PA_NO_PLACE) return put_comma(t);
    if (v < 0) *t++ = '-';
    unsigned size = v < 0 ? 0u - (unsigned)v : (unsigned)v, whole = size / 10000;
    if (whole >= 100) *t++ = (char)('0' + whole / 100);
    if (whole >= 10) *t++ = (char)('0' + whole / 10 % 10);
    *t++ = (char)('0' + whole % 10);
    *t++ = '.';
    return put_comma(put_pair(put_pair(t, size / 100 % 100), size % 100));
}

char *pa_row_text(const pa_generated_row *row, int64_t account, char *t)
{
    t = put_number(t, (uint64_t)row->tx, 1);
    t = put_comma(t);
    *t++ = 'A';
    t = put_comma(put_number(t, (uint64_t)account, 7));
    *t++ = 'M';
    t = put_comma(put_number(t, (uint64_t)row->merchant, 6));
    t = PUT_NAME(t, pa_category_names[row->category]);
    t = PUT_NAME(t, pa_channel_names[row->channel]);
    t = PUT_NAME(t, pa_country_names[row->country]);
    t = PUT_NAME(t, pa_currency_names[row->country]);
    t = put_time(t, row->time);
    t = put_amount(t, row->amount_minor);
    t = put_degrees(t, row->home_lat);
    t = put_degrees(t, row->home_lon);
    t = put_degrees(t, row->merchant_lat);
    t = put_degrees(t, row->merchant_lon);
    *t++ = row->kind == PA_GENUINE ? '0' : '1';
    *t++ = ',';
    t = row->label_time == INT64_MIN ? put_comma(t) : put_time(t, row->label_time);
    t = PUT_NAME(t, pa_fraud_kind_names[row->kind]);
    t[-1] = '\n';
    return t;
}

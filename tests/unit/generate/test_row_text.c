#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/calendar.h"
#include "paraudit/base/draw.h"
#include "paraudit/generate/row_text.h"
#include "unit.h"

enum { DRAWN = 20000 };

static void twin_degrees(int32_t v, char text[32])
{
    text[0] = 0;
    if (v != PA_NO_PLACE) {
        snprintf(text, 32, "%s%d.%04d", v < 0 ? "-" : "", abs(v) / 10000, abs(v) % 10000);
    }
}

/* The line as printf writes it. */
static void twin(const pa_generated_row *r, int64_t account, char line[512])
{
    char time[PA_TIME_TEXT], found[PA_TIME_TEXT] = "", place[4][32];
    pa_format_time(r->time, time);
    if (r->label_time != INT64_MIN) pa_format_time(r->label_time, found);
    const int32_t degrees[4] = {r->home_lat, r->home_lon, r->merchant_lat, r->merchant_lon};
    for (int i = 0; i < 4; i++) twin_degrees(degrees[i], place[i]);
    snprintf(line, 512,
             "%" PRId64 ",A%07" PRId64 ",M%06" PRId64 ",%s,%s,%s,%s,%s,%" PRId64
             ".%02d,%s,%s,%s,%s,%d,%s,%s\n",
             r->tx, account, r->merchant, pa_category_names[r->category],
             pa_channel_names[r->channel], pa_country_names[r->country],
             pa_currency_names[r->country], time, r->amount_minor / 100,
             (int)(r->amount_minor % 100), place[0], place[1], place[2], place[3],
             r->kind != PA_GENUINE, found, pa_fraud_kind_names[r->kind]);
}

static uint64_t drawn(uint64_t i, uint64_t field, uint64_t n)
{
    /* Short and long numbers alike. */
    uint64_t v = pa_draw(9, PA_DRAW_TEST, i, field), size = pa_draw(9, PA_DRAW_TEST, i, field + 99);
    return (v >> size % 64) % n;
}

static int32_t drawn_degrees(uint64_t i, uint64_t field)
{
    return (int32_t)drawn(i, field, 1800001) * (i % 3 ? 1 : -1);
}

static pa_generated_row drawn_row(uint64_t i)
{
    bool placed = i % 5 != 0;
    return (pa_generated_row){
        .tx = (int64_t)drawn(i, 0, INT64_MAX),
        .merchant = (int64_t)drawn(i, 1, 2000000000),
        .time = (int64_t)drawn(i, 2, 4000000000),
        .amount_minor = 1 + (int64_t)drawn(i, 3, 10000000000),
        .home_lat = drawn_degrees(i, 4),
        .home_lon = drawn_degrees(i, 5),
        .merchant_lat = placed ? drawn_degrees(i, 6) : PA_NO_PLACE,
        .merchant_lon = placed ? drawn_degrees(i, 7) : PA_NO_PLACE,
        .category = (uint8_t)drawn(i, 8, PA_N_CATEGORIES),
        .channel = (uint8_t)drawn(i, 9, PA_N_CHANNELS),
        .country = (uint8_t)drawn(i, 10, PA_N_COUNTRIES),
        .kind = (uint8_t)(i % PA_N_FRAUD_KINDS),
        .label_time = i % 4 ? INT64_MIN : (int64_t)drawn(i, 9, 4000000000),
    };
}

static void test_lines_are_as_printf_writes_them(void)
{
    size_t differ = 0, longest = 0;
    for (uint64_t i = 0; i < DRAWN; i++) {
        pa_generated_row row = drawn_row(i);
        int64_t account = (int64_t)drawn(i, 20, INT64_MAX);
        char line[512], text[PA_ROW_TEXT];
        twin(&row, account, line);
        size_t n = (size_t)(pa_row_text(&row, account, text) - text);
        differ += n != strlen(line) || memcmp(text, line, n) != 0;
        if (n > longest) longest = n;
    }
    CU_ASSERT_EQUAL(differ, 0);
    CU_ASSERT(longest < PA_ROW_TEXT);
}

static size_t commas(const char *text, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += text[i] == ',';
    return count;
}

static void test_lines_have_as_many_fields_as_the_header(void)
{
    char text[PA_ROW_TEXT];
    pa_generated_row row = drawn_row(5);
    size_t n = (size_t)(pa_row_text(&row, 1, text) - text);
    CU_ASSERT_EQUAL(commas(text, n), commas(pa_row_header, strlen(pa_row_header)));
}

static const pa_test tests[] = {
    {"lines are as printf writes them", test_lines_are_as_printf_writes_them},
    {"lines have as many fields as the header", test_lines_have_as_many_fields_as_the_header},
};
PA_TEST_MAIN("row_text", tests)

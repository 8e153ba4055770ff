/* Books that are drawn: of whole rows, and of odd ones among them. */
#ifndef PARAUDIT_TESTS_MPI_TEXT_DRAWN_BOOK_H
#define PARAUDIT_TESTS_MPI_TEXT_DRAWN_BOOK_H

#include <stdbool.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"

/* All odd rows, and those that are no longer than a record may be. */
enum { ALL_ODD = 9, SHORT_ODD = 8 };

/* n_odd: so many kinds of odd rows; 0: none. */
static void draw_book(uint64_t seed, uint64_t n_odd, pa_buffer *text)
{
    static const char *const whole[] = {
        "1,a,b,c",      "2,\"x, y\",b,c", "3,a,\"say \"\"so\"\"\",c", "4,5\" pizza,b,", "5,,,",
        "wrong,fields", "6,\"\",b,\"c\""};
    static const char *const odd[] = {
        "7,\"two\nlines\",b,c",
        "8,\"open,b,c",
        "9,a,b,\"open",
        "1,\"a\"b,b,c",
        "2,a,b,close\"",
        "3,\"a\n1,b,c,d\n\",b,c",
        "\"\n\n\n\n\n\n\n\"",
        "\"x\ny,a\",b,c,d",
        "a record that is longer, and by far, than the longest that there may be"};
    static const char *const ends[] = {"\n", "\r\n", "\r", "\r\r\n", "\n\n"};
    text->length = 0;
    size_t n = 3 + pa_draw_below(seed, PA_DRAW_TEST, 11, 0, 40);
    for (uint64_t i = 0; i < n; i++) {
        bool is_odd = n_odd > 0 && pa_draw_below(seed, PA_DRAW_TEST, 12, i, 4) == 0;
        uint64_t which = pa_draw_below(seed, PA_DRAW_TEST, 13, i, is_odd ? n_odd : 7);
        uint64_t end = pa_draw_below(seed, PA_DRAW_TEST, 14, i, 9);
        pa_buffer_printf(text, NULL, "%s%s", is_odd ? odd[which] : whole[which],
                         ends[end < 5 ? end : 0]);
    }
    if (seed % 3 == 0) text->length -= pa_draw_below(seed, PA_DRAW_TEST, 15, 0, 4);
}

#endif

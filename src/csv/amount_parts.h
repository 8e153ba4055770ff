/* What the files that read amounts share. */
#ifndef PARAUDIT_SRC_CSV_AMOUNT_PARTS_H
#define PARAUDIT_SRC_CSV_AMOUNT_PARTS_H

#include <stdbool.h>
#include <stddef.h>

/* What stood around a number, counted. */
typedef struct {
    int minus, plus;    /* signs; debit and credit count as such */
    int opened, closed; /* parentheses */
    int symbols, words; /* of currencies */
} pa_amount_around;

/* Steps over what may stand before or behind a number, up to the first digit, point or
 * comma, or to the end. False where there is anything else. */
bool pa_amount_take_around(const char **text, const char *end, bool behind,
                           pa_amount_around *around);

/* Bytes of the blank at t, 0 where there is none: space, no-break space, the spaces
 * U+2000 to U+200A (thin, figure ...) and the narrow no-break space U+202F. */
static inline size_t pa_amount_blank(const char *t, const char *end)
{
    const unsigned char *u = (const unsigned char *)t;
    if (*u == ' ') return 1;
    if (*u == 0xc2) return end - t >= 2 && u[1] == 0xa0 ? 2 : 0;
    if (*u != 0xe2 || end - t < 3 || u[1] != 0x80) return 0;
    return (u[2] >= 0x80 && u[2] <= 0x8a) || u[2] == 0xaf ? 3 : 0;
}

#endif

/* Rows of a few accounts, drawn: those of one together, in the order of time. */
#ifndef PARAUDIT_TESTS_DRAWN_ROWS_H
#define PARAUDIT_TESTS_DRAWN_ROWS_H

#include <stddef.h>
#include <stdint.h>

enum { MOST_ROWS = 1500, MOST_MERCHANTS = 64 };

typedef struct {
    size_t n;
    int32_t account[MOST_ROWS], merchant[MOST_ROWS], category[MOST_ROWS];
    int64_t time[MOST_ROWS], amount_minor[MOST_ROWS];
    int8_t segment[MOST_ROWS];
} drawn_rows;

uint32_t draw_below(uint32_t *state, uint32_t below);

/* Some rows have no merchant or no category (-1). Segments are 0 .. 3, one an account. */
void draw_rows(uint32_t *state, size_t n, int n_accounts, int n_merchants, drawn_rows *r);

#endif

/* A whole portfolio in memory, for the tests of what it looks like. */
#ifndef PARAUDIT_TESTS_BOOK_H
#define PARAUDIT_TESTS_BOOK_H

#include "paraudit/generate/portfolio.h"

typedef struct {
    pa_world *world;
    size_t n, n_accounts;
    pa_generated_row *rows;
    size_t *first; /* n_accounts + 1: where the rows of each account begin */
} pa_book;

enum { PA_BOOK_DAYS = 120, PA_BOOK_ROWS = 400000 };

/* About PA_BOOK_ROWS rows from 2024-01-01 on, of seed 1 or 2; made when first
 * asked for, kept until pa_book_free. */
const pa_book *pa_book_of(uint64_t seed);
void pa_book_free(void);

#endif

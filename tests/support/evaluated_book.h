/* The audit book as pa_evaluate sees it. */
#ifndef PARAUDIT_TESTS_EVALUATED_BOOK_H
#define PARAUDIT_TESTS_EVALUATED_BOOK_H

#include "audit_book.h"
#include "paraudit/evaluate/evaluate.h"

enum { BOOK_DAY = 86400 };

/* By the book's plan, all labels known in the end. */
pa_evaluation_options pa_book_evaluation(void);

/* The rows of a slice; alert: of its rows. */
pa_evaluation_input pa_book_input(book_slice slice, const uint8_t alert[]);

/* Whether a row of the whole book is judged. */
bool pa_book_is_judged(size_t row);

#endif

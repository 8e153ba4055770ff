/* What people write for fraud, for none, and where they know nothing. */
#ifndef PARAUDIT_CSV_LABEL_WORDS_H
#define PARAUDIT_CSV_LABEL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether text is this word, in letters of any size; word: small letters. */
bool pa_is_word(const char *text, size_t n, const char *word);

/* 1 for 1, 1.0, true, t, yes, y and fraud, 0 for 0, 0.0, false, f, no, n and genuine,
 * in letters of any size, and for numbers however they write 0 and 1 (1e0, 0.000).
 * False for anything else, scikit-learn's -1 among it. Blanks around the text are for
 * the caller to take off. */
bool pa_label_word(const char *text, size_t n, int8_t *label);

/* What databases, spreadsheets and programs write for nothing, in the manner of input.missing. */
#define PA_MISSING_WORDS                                                                           \
    "NULL, \\N, NA, N/A, nan, None, (null), [NULL], <NA>, #N/A, NaT, #VALUE!, undefined, nil, "    \
    "n.a."

/* One of these, in letters of any size. The empty text is no word. */
bool pa_is_missing_word(const char *text, size_t n);

#endif

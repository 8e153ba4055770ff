/* What people write of an alert once they have looked at it. */
#ifndef PARAUDIT_CSV_VERDICT_WORDS_H
#define PARAUDIT_CSV_VERDICT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 1 for confirmed, true positive, tp and the like, 0 for false positive, fp, legitimate and the
 * like, -1 for unclear, pending, open and the like; in letters of any size, whatever blanks,
 * hyphens and underscores are between them. False for anything else, words of labels
 * (csv/label_words.h) among it. */
bool pa_verdict_word(const char *text, size_t n, int8_t *verdict);

/* For messages: "fraud, confirmed, ...". */
extern const char pa_verdict_words[];

#endif

/* Words that stand for something, as a configuration lists them, and labels. Nothing
 * here reads files or talks. */
#ifndef PARAUDIT_CSV_LABELS_H
#define PARAUDIT_CSV_LABELS_H

#include <stdbool.h>
#include <stdint.h>

#include "paraudit/base/array.h"

/* Words of a list such as "NULL, \N, N/A". A zeroed one holds none. */
typedef struct {
    pa_buffer text; /* in small letters, a zero byte behind each */
    size_t longest;
    bool number; /* one of them begins with '+' to '9', as numbers do */
} pa_csv_words;

/* Appends the words of a list: separated by commas, blanks around them taken off. */
pa_status pa_csv_words_add(pa_csv_words *words, const char *list, pa_error *err);
/* Whether the text is one of the words: whole, and in letters of either size (ASCII). */
bool pa_csv_words_hold(const pa_csv_words *words, const char *text, size_t length);
void pa_csv_words_free(pa_csv_words *words);

/* What labels are called beside the defaults, over which these words win:
 *
 *     0, no, n, false, f, genuine    1, yes, y, true, t, fraud
 *
 * A number is the same with .0 behind it. */
typedef struct {
    pa_csv_words fraud, genuine, unknown;
    bool digits; /* 0 or 1 may mean something else than by default */
} pa_csv_label_words;

/* missing: words that count as unknown as well, where they are not among the three
 * lists; borrowed for the call. PA_E_CONFIG where a word is in two lists. On failure
 * there is something to free all the same. */
pa_status pa_csv_label_words_set(pa_csv_label_words *words, const char *fraud, const char *genuine,
                                 const char *unknown, const pa_csv_words *missing, pa_error *err);
void pa_csv_label_words_free(pa_csv_label_words *words);

enum { PA_CSV_LABEL_ODD = 2 };

/* 0, 1, or -1 where it is unknown: empty, missing or a word for that.
 * PA_CSV_LABEL_ODD: anything else. */
int8_t pa_csv_read_label(const pa_csv_label_words *words, const pa_csv_words *missing,
                         const char *text, size_t length);

/* Labels that are none of those, by their words: the smallest PA_CSV_ODD_WORDS by bytes,
 * each with all its rows, so that what is kept does not hang on who met them where. */
enum { PA_CSV_ODD_WORDS = 64, PA_CSV_EXCERPT = 48 /* room for 40 bytes of a value */ };

typedef struct {
    char word[PA_CSV_EXCERPT]; /* as it may stand in one line of a terminal, cut */
    int64_t n, line;           /* rows; line of the first, from 1 */
    int64_t file;              /* of the first, from 0 */
} pa_csv_odd_label;

typedef struct {
    pa_csv_odd_label *word; /* by bytes of the word */
    size_t n_words;
    bool more;        /* there are further words */
    int64_t *in_file; /* rows by file */
    int64_t n_files;
    int64_t n; /* rows of all files */
} pa_csv_odd_labels;

/* Adds rows of a word; and rows of a file, of whatever word. */
pa_status pa_csv_odd_labels_add(pa_csv_odd_labels *odd, const pa_csv_odd_label *label,
                                pa_error *err);
pa_status pa_csv_odd_labels_count(pa_csv_odd_labels *odd, int64_t file, int64_t n, pa_error *err);
void pa_csv_odd_labels_free(pa_csv_odd_labels *odd);

#endif

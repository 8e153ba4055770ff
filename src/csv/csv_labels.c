/* Labels, and the words for them that nobody knows. */
#include <string.h>

#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/label_words.h"
#include "paraudit/csv/labels.h"

/* 1 of 1.0 and 1.00: columns of whole numbers with gaps are written so. */
static pa_csv_field without_point(pa_csv_field f)
{
    size_t n = f.length;
    while (n > 0 && f.text[n - 1] == '0') n--;
    bool zeros = n < f.length && n > 1 && f.text[n - 1] == '.';
    bool digit = zeros && f.text[n - 2] >= '0' && f.text[n - 2] <= '9';
    return digit ? (pa_csv_field){f.text, n - 1} : f;
}

static bool holds(const pa_csv_words *w, pa_csv_field f)
{
    if (pa_csv_words_hold(w, f.text, f.length)) return true;
    pa_csv_field whole = without_point(f);
    return whole.length < f.length && pa_csv_words_hold(w, whole.text, whole.length);
}

static bool means_digit(const pa_csv_words *w)
{
    return pa_csv_words_hold(w, "0", 1) || pa_csv_words_hold(w, "1", 1);
}

/* The words, and the numbers among them without .0 as well. */
static pa_status add_words(pa_csv_words *w, const char *list, pa_error *err)
{
    PA_TRY(pa_csv_words_add(w, list, err));
    for (size_t at = 0, n; at < w->text.length; at += n + 1) {
        n = strlen(w->text.data + at);
        pa_csv_field whole = without_point((pa_csv_field){w->text.data + at, n});
        if (whole.length == n) continue;
        w->text.data[at + whole.length] = '\0';
        memmove(w->text.data + at + whole.length + 1, w->text.data + at + n + 1,
                w->text.length - at - n - 1);
        w->text.length -= n - whole.length;
        n = whole.length;
    }
    return PA_OK;
}

static pa_status check_apart(const pa_csv_words *a, const char *a_key, const pa_csv_words *b,
                             const char *b_key, pa_error *err)
{
    for (size_t at = 0; at < a->text.length; at += strlen(a->text.data + at) + 1) {
        const char *word = a->text.data + at;
        if (!pa_csv_words_hold(b, word, strlen(word))) continue;
        return pa_fail(err, PA_E_CONFIG, "input.%s and input.%s both hold '%s'", a_key, b_key,
                       word);
    }
    return PA_OK;
}

pa_status pa_csv_label_words_set(pa_csv_label_words *w, const char *fraud, const char *genuine,
                                 const char *unknown, const pa_csv_words *missing, pa_error *err)
{
    PA_TRY(add_words(&w->fraud, fraud, err));
    PA_TRY(add_words(&w->genuine, genuine, err));
    PA_TRY(add_words(&w->unknown, unknown, err));
    PA_TRY(check_apart(&w->fraud, "label_fraud", &w->genuine, "label_genuine", err));
    PA_TRY(check_apart(&w->fraud, "label_fraud", &w->unknown, "label_unknown", err));
    PA_TRY(check_apart(&w->genuine, "label_genuine", &w->unknown, "label_unknown", err));
    w->digits = means_digit(&w->fraud) || means_digit(&w->genuine) || means_digit(&w->unknown) ||
                means_digit(missing);
    return PA_OK;
}

void pa_csv_label_words_free(pa_csv_label_words *w)
{
    pa_csv_words_free(&w->fraud);
    pa_csv_words_free(&w->genuine);
    pa_csv_words_free(&w->unknown);
}

int8_t pa_csv_read_label(const pa_csv_label_words *w, const pa_csv_words *missing, const char *text,
                         size_t length)
{
    pa_csv_field f = pa_csv_clean((pa_csv_field){text, length});
    if (f.length == 0) return -1;
    if (holds(&w->fraud, f)) return 1;
    if (holds(&w->genuine, f)) return 0;
    if (holds(&w->unknown, f) || pa_csv_words_hold(missing, f.text, f.length)) return -1;
    int8_t label;
    return pa_label_word(f.text, f.length, &label) ? label : PA_CSV_LABEL_ODD;
}

/* ---- odd ones ---- */

static void add_rows(pa_csv_odd_label *to, const pa_csv_odd_label *label)
{
    bool before = label->file != to->file ? label->file < to->file : label->line < to->line;
    to->n += label->n;
    if (!before) return;
    to->file = label->file;
    to->line = label->line;
}

/* A word that is let go for a smaller one is never among the smallest again. */
static void insert(pa_csv_odd_labels *odd, size_t at, const pa_csv_odd_label *label)
{
    bool full = odd->n_words == PA_CSV_ODD_WORDS;
    odd->more |= full;
    if (at == PA_CSV_ODD_WORDS) return;
    size_t behind = odd->n_words - at - (full ? 1 : 0);
    memmove(odd->word + at + 1, odd->word + at, behind * sizeof *odd->word);
    odd->word[at] = *label;
    odd->n_words += !full;
}

pa_status pa_csv_odd_labels_add(pa_csv_odd_labels *odd, const pa_csv_odd_label *label,
                                pa_error *err)
{
    if (!odd->word) PA_TRY(PA_NEW(odd->word, PA_CSV_ODD_WORDS, err));
    size_t at = 0;
    int order = 1;
    for (; at < odd->n_words; at++) {
        order = strcmp(odd->word[at].word, label->word);
        if (order >= 0) break;
    }
    if (order == 0 && at < odd->n_words)
        add_rows(odd->word + at, label);
    else
        insert(odd, at, label);
    return PA_OK;
}

pa_status pa_csv_odd_labels_count(pa_csv_odd_labels *odd, int64_t file, int64_t n, pa_error *err)
{
    if (file >= odd->n_files) {
        PA_TRY(PA_RESIZE(odd->in_file, (size_t)file + 1, err));
        while (odd->n_files <= file) odd->in_file[odd->n_files++] = 0;
    }
    odd->in_file[file] += n;
    odd->n += n;
    return PA_OK;
}

void pa_csv_odd_labels_free(pa_csv_odd_labels *odd)
{
    pa_free(odd->word);
    pa_free(odd->in_file);
    *odd = (pa_csv_odd_labels){0};
}

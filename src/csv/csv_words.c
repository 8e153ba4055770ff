/* Lists of words, compared whole and in letters of either size. */
#include <string.h>

#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/label_words.h"
#include "paraudit/csv/labels.h"

static char small(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static pa_status add_word(pa_csv_words *w, pa_csv_field f, pa_error *err)
{
    if (f.length == 0) return PA_OK; /* what is empty is so without a word for it */
    PA_TRY(pa_buffer_reserve(&w->text, f.length + 1, err));
    char *to = w->text.data + w->text.length;
    for (size_t i = 0; i < f.length; i++) to[i] = small(f.text[i]);
    to[f.length] = '\0';
    w->text.length += f.length + 1;
    if (f.length > w->longest) w->longest = f.length;
    w->number |= *f.text >= '+' && *f.text <= '9';
    return PA_OK;
}

pa_status pa_csv_words_add(pa_csv_words *w, const char *list, pa_error *err)
{
    for (const char *end; list; list = end) {
        size_t n = strcspn(list, ",");
        end = list[n] ? list + n + 1 : NULL;
        PA_TRY(add_word(w, pa_csv_clean((pa_csv_field){list, n}), err));
    }
    return PA_OK;
}

bool pa_csv_words_hold(const pa_csv_words *w, const char *text, size_t length)
{
    if (length > w->longest) return false;
    for (size_t at = 0; at < w->text.length; at += strlen(w->text.data + at) + 1) {
        if (pa_is_word(text, length, w->text.data + at)) return true;
    }
    return false;
}

void pa_csv_words_free(pa_csv_words *w)
{
    pa_buffer_free(&w->text);
    *w = (pa_csv_words){0};
}

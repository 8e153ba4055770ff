#include "paraudit/csv/label_words.h"

#include <string.h>

#include "paraudit/base/text.h"

bool pa_is_word(const char *text, size_t n, const char *word)
{
    size_t i = 0;
    while (i < n && word[i]) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 0x20) : text[i];
        if (c != word[i]) return false;
        i++;
    }
    return i == n && !word[i];
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_alike(const char *a, const char *b, size_t n)
{
    size_t i = 0;
    while (i < n && small(a[i]) == small(b[i])) i++;
    return i == n;
}

bool pa_is_listed(const char *text, size_t n, const char *words)
{
    for (const char *w = words; w; w = strchr(w, ',') ? strchr(w, ',') + 1 : NULL) {
        size_t length = strcspn(w, ",");
        const char *begin = w;
        while (length > 0 && *begin == ' ') begin++, length--;
        while (length > 0 && begin[length - 1] == ' ') length--;
        if (length > 0 && length == n && is_alike(begin, text, n)) return true;
    }
    return false;
}

bool pa_is_missing_word(const char *text, size_t n)
{
    static const char *const words[] = {"nan", "na", "n/a", "null", "none", "\\n"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (pa_is_word(text, n, words[i])) return true;
    return false;
}

static bool is_number_label(const char *text, size_t n, int8_t *label)
{
    double v;
    if (!pa_parse_double(text, n, &v) || (v != 0.0 && v != 1.0)) return false;
    *label = v != 0.0;
    return true;
}

bool pa_label_word(const char *text, size_t n, int8_t *label)
{
    static const char *const words[][2] = {
        {"false", "true"}, {"f", "t"}, {"no", "yes"}, {"n", "y"}, {"genuine", "fraud"}};
    if (n == 1 && (*text == '0' || *text == '1')) {
        *label = (int8_t)(*text - '0');
        return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (int8_t v = 0; v < 2; v++) {
            if (pa_is_word(text, n, words[i][v])) return *label = v, true;
        }
    }
    return is_number_label(text, n, label);
}

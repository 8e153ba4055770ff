#include "paraudit/csv/label_words.h"

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

bool pa_is_missing_word(const char *text, size_t n)
{
    static const char *const words[] = {"nan", "na",      "n/a",       "null", "none",
                                        "\\n", "(null)",  "[null]",    "<na>", "#n/a",
                                        "nat", "#value!", "undefined", "nil",  "n.a."};
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

#include "paraudit/csv/verdict_words.h"

#include <string.h>

const char pa_verdict_words[] = "fraud, confirmed, true positive; genuine, legitimate, false "
                                "positive; unclear, pending, open";

static bool is_between(char c)
{
    return c == ' ' || c == '-' || c == '_' || c == '\t';
}

/* word: small letters alone. */
static bool is_word(const char *text, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        if (is_between(text[i])) continue;
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 0x20) : text[i];
        if (c != *word) return false;
        word++;
    }
    return !*word;
}

bool pa_verdict_word(const char *text, size_t n, int8_t *verdict)
{
    static const struct {
        const char *word;
        int8_t verdict;
    } words[] = {{"confirmed", 1},     {"confirmedfraud", 1}, {"fraudconfirmed", 1},
                 {"fraudulent", 1},    {"truepositive", 1},   {"tp", 1},
                 {"chargeback", 1},    {"falsepositive", 0},  {"fp", 0},
                 {"falsealarm", 0},    {"legitimate", 0},     {"legit", 0},
                 {"notfraud", 0},      {"nofraud", 0},        {"confirmedgenuine", 0},
                 {"cleared", 0},       {"unclear", -1},       {"pending", -1},
                 {"open", -1},         {"unknown", -1},       {"undecided", -1},
                 {"inconclusive", -1}, {"inreview", -1},      {"underreview", -1},
                 {"inprogress", -1},   {"reopened", -1}};
    if (n == 0 || is_between(text[0])) return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(text, n, words[i].word)) return *verdict = words[i].verdict, true;
    return false;
}

/* The index of signs, of words_of and put_places. */
#include "paraudit/csv/kernels.h"

/* Of 64 bytes: bit i is byte i. */
typedef struct {
    uint64_t separators, ends, others;
} words;

/* A sign that there is not is the separator once more. */
typedef struct {
    char separator, quote, escape;
} sought;

static words words_of(const sought *s, const char *text);

/* The places of the bits, in their order, at least 64 of which there is room for. */
static void put_places(uint64_t bits, uint16_t from, uint16_t at[]);

static inline void add_words(words w, size_t from, pa_csv_marks *m)
{
    uint64_t all = w.separators | w.ends | w.others;
    put_places(all, (uint16_t)from, m->at + m->n);
    uint64_t ends = w.ends;
    /* Two whether they are there or not: a loop's end would be guessed wrong. */
    uint16_t *line = m->line + m->n_lines;
    m->n_lines += (size_t)__builtin_popcountll(ends);
    do {
        for (int k = 0; k < 2; k++, ends &= ends - 1) {
            uint64_t before = all & ((ends & (0 - ends)) - 1);
            *line++ = (uint16_t)(m->n + (size_t)__builtin_popcountll(before));
        }
    } while (ends);
    m->n += (size_t)__builtin_popcountll(all);
}

/* What is less than 64 bytes. */
static words words_of_few(const sought *s, const char *text, size_t n)
{
    words w = {0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        uint64_t bit = (uint64_t)1 << i;
        if (text[i] == '\n' || text[i] == '\r')
            w.ends |= bit;
        else if (text[i] == s->separator)
            w.separators |= bit;
        else if (text[i] == s->quote || text[i] == s->escape)
            w.others |= bit;
    }
    return w;
}

static void find_marks(const pa_csv_signs *signs, const char *text, size_t n, pa_csv_marks *m)
{
    const sought s = {signs->separator, signs->quote ? signs->quote : signs->separator,
                      signs->escape ? signs->escape : signs->separator};
    uint64_t others = 0;
    size_t i = 0;
    m->n = m->n_lines = 0;
    for (; i + 64 <= n; i += 64) {
        words w = words_of(&s, text + i);
        others |= w.others;
        add_words(w, i, m);
    }
    words w = words_of_few(&s, text + i, n - i);
    add_words(w, i, m);
    m->others = (others | w.others) != 0;
}

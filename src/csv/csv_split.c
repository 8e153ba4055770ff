/* A record to its fields: in one way or, for most records, by an index of the signs. */
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "paraudit/csv/csv_parts.h"

size_t pa_csv_split(const pa_csv_signs *signs, const char *record, size_t n, char *scratch,
                    pa_csv_field field[], size_t room)
{
    const pa_record_rule rule = {.signs = *signs, .longest = n};
    pa_record_seen seen;
    pa_record_judge(&rule, record, n, true, scratch, field, room, &seen);
    return seen.n_fields;
}

static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

/* Over a field that is closed by the quote right before its end, and in which there are no
 * marks but separators: no quote for two, no escape, no line end. Returns the marks up to its
 * last quote, 0 where it is of another kind. */
static size_t over_quoted(const pa_csv_signs *s, const char *text, const uint16_t mark[],
                          size_t n_marks)
{
    size_t k = 1;
    while (k < n_marks && text[mark[k]] == s->separator) k++;
    bool closed = k + 1 < n_marks && text[mark[k]] == s->quote && mark[k + 1] == mark[k] + 1;
    return closed ? k + 1 : 0;
}

size_t pa_csv_split_marks(const pa_csv_signs *s, const char *text, size_t begin,
                          const uint16_t mark[], size_t n_marks, pa_csv_field field[],
                          size_t n_fields)
{
    size_t k = 0, from = begin;
    if (n_fields < 2) return 0; /* an empty line would look like a record */
    for (size_t i = 0; i < n_fields; i++, k++) {
        bool quoted = k < n_marks && s->quote && text[from] == s->quote;
        size_t over = quoted ? over_quoted(s, text, mark + k, n_marks - k) : 0;
        k += over;
        if ((quoted && over == 0) || k >= n_marks) return 0;
        char end = text[mark[k]];
        if (i + 1 < n_fields ? end != s->separator : !ends_line(end)) return 0;
        field[i] = (pa_csv_field){text + from + quoted, mark[k] - from - 2 * quoted};
        from = (size_t)mark[k] + 1;
    }
    return k;
}

/* The bytes to be found; a sign that there is not is another one once more. */
typedef struct {
    char separator, quote, escape;
} marks;

static marks marks_of(const pa_csv_signs *s)
{
    return (marks){s->separator, s->quote ? s->quote : s->separator,
                   s->escape ? s->escape : s->separator};
}

/* Writes every place and keeps the good ones: no branch to guess wrong. */
static size_t index_bytes(marks m, const char *text, size_t from, size_t to, uint16_t at[])
{
    size_t k = 0;
    for (size_t i = from; i < to; i++) {
        char c = text[i];
        at[k] = (uint16_t)i;
        k += c == m.separator || c == '\n' || c == '\r' || c == m.quote || c == m.escape;
    }
    return k;
}

#ifdef __SSE2__
typedef struct {
    __m128i separator, quote, escape;
} vectors;

/* Escapes are rare: whether there is one is known when this is compiled. */
static inline unsigned marks_of_16(const vectors *m, const char *text, bool escapes)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
                                _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
    __m128i signs = _mm_or_si128(_mm_cmpeq_epi8(v, m->separator), _mm_cmpeq_epi8(v, m->quote));
    if (escapes) signs = _mm_or_si128(signs, _mm_cmpeq_epi8(v, m->escape));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(ends, signs));
}

static inline size_t index_vectors(marks signs, const char *text, size_t n, bool escapes,
                                   uint16_t at[])
{
    const vectors m = {_mm_set1_epi8(signs.separator), _mm_set1_epi8(signs.quote),
                       _mm_set1_epi8(signs.escape)};
    size_t k = 0, i = 0;
    for (; i + 64 <= n; i += 64) {
        uint64_t found = (uint64_t)marks_of_16(&m, text + i, escapes) |
                         (uint64_t)marks_of_16(&m, text + i + 16, escapes) << 16 |
                         (uint64_t)marks_of_16(&m, text + i + 32, escapes) << 32 |
                         (uint64_t)marks_of_16(&m, text + i + 48, escapes) << 48;
        for (; found; found &= found - 1) {
            at[k++] = (uint16_t)(i + (size_t)__builtin_ctzll(found));
        }
    }
    return k + index_bytes(signs, text, i, n, at + k);
}

/* Every x86-64 has SSE2; elsewhere, and at the end, byte by byte. */
size_t pa_csv_index(const pa_csv_signs *signs, const char *text, size_t n, uint16_t at[])
{
    marks m = marks_of(signs);
    return signs->escape ? index_vectors(m, text, n, true, at)
                         : index_vectors(m, text, n, false, at);
}
#else
size_t pa_csv_index(const pa_csv_signs *signs, const char *text, size_t n, uint16_t at[])
{
    return index_bytes(marks_of(signs), text, 0, n, at);
}
#endif

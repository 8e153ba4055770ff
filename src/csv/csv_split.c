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

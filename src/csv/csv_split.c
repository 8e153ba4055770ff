/* A record to its fields. */
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "paraudit/csv/csv_parts.h"

size_t pa_csv_trim_line_end(const char *record, size_t n)
{
    if (n > 0 && record[n - 1] == '\n') n--;
    if (n > 0 && record[n - 1] == '\r') n--;
    return n;
}

/* One field from text[0 .. n) to out; returns the bytes read, without the comma. */
static size_t unquote(const char *text, size_t n, char *out, size_t *length)
{
    size_t i = 0, k = 0;
    bool quoted = n > 0 && text[0] == '"';
    if (quoted) i++;
    for (; i < n && (quoted || text[i] != ','); i++) {
        if (quoted && text[i] == '"') {
            if (i + 1 == n || text[i + 1] != '"') {
                quoted = false;
                continue;
            }
            i++;
        }
        out[k++] = text[i];
    }
    *length = k;
    return i;
}

size_t pa_csv_split(const char *record, size_t n, char *scratch, pa_csv_field field[], size_t room)
{
    size_t count = 0;
    for (size_t i = 0;; i++) {
        size_t length;
        i += unquote(record + i, n - i, scratch, &length);
        if (count < room) field[count] = (pa_csv_field){scratch, length};
        count++;
        scratch += length;
        if (i >= n) return count;
    }
}

/* Writes every place and keeps the good ones: no branch to guess wrong. */
static size_t index_bytes(const char *text, size_t from, size_t to, uint16_t at[])
{
    size_t k = 0;
    for (size_t i = from; i < to; i++) {
        at[k] = (uint16_t)i;
        k += text[i] == ',' || text[i] == '\n' || text[i] == '"';
    }
    return k;
}

#ifdef __SSE2__
static unsigned marks_of_16(const char *text)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i comma = _mm_cmpeq_epi8(v, _mm_set1_epi8(','));
    __m128i newline = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(comma, _mm_or_si128(newline, quote)));
}

/* Every x86-64 has SSE2; elsewhere, and at the end, byte by byte. */
size_t pa_csv_index(const char *text, size_t n, uint16_t at[])
{
    size_t k = 0, i = 0;
    for (; i + 64 <= n; i += 64) {
        uint64_t marks =
            (uint64_t)marks_of_16(text + i) | (uint64_t)marks_of_16(text + i + 16) << 16 |
            (uint64_t)marks_of_16(text + i + 32) << 32 | (uint64_t)marks_of_16(text + i + 48) << 48;
        for (; marks; marks &= marks - 1) {
            at[k++] = (uint16_t)(i + (size_t)__builtin_ctzll(marks));
        }
    }
    return k + index_bytes(text, i, n, at + k);
}
#else
size_t pa_csv_index(const char *text, size_t n, uint16_t at[])
{
    return index_bytes(text, 0, n, at);
}
#endif

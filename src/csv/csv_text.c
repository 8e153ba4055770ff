/* Records from blocks of text, those that lie over the end of one included. */
#include <string.h>

#include "paraudit/base/escape.h"
#include "paraudit/csv/csv_parts.h"

/* RFC 3629: neither the long way round, nor surrogates, nor beyond U+10FFFF. */
size_t pa_csv_character(const char *text, size_t n)
{
    const unsigned char *t = (const unsigned char *)text;
    if (t[0] < 0x80) return t[0] != 0;
    size_t length = t[0] >= 0xf0 ? 4 : t[0] >= 0xe0 ? 3 : 2;
    if (t[0] < 0xc2 || t[0] > 0xf4 || n < length) return 0;
    for (size_t i = 1; i < length; i++) {
        if ((t[i] & 0xc0) != 0x80) return 0;
    }
    if (t[0] == 0xe0 && t[1] < 0xa0) return 0;
    if (t[0] == 0xed && t[1] > 0x9f) return 0;
    if (t[0] == 0xf0 && t[1] < 0x90) return 0;
    if (t[0] == 0xf4 && t[1] > 0x8f) return 0;
    return length;
}

static bool is_utf8(const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t length = pa_csv_character(text + i, n - i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

/* Nearly all names are ASCII, eight bytes at a time: no zero byte, no high bit. */
bool pa_csv_is_text(const char *text, size_t n)
{
    const uint64_t high_bits = 0x8080808080808080u;
    uint64_t suspect = 0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        suspect |= word | ~((word & ~high_bits) + ~high_bits);
    }
    for (; i < n; i++)
        suspect |= (unsigned char)text[i] == 0 || (unsigned char)text[i] > 127 ? high_bits : 0;
    return !(suspect & high_bits) || is_utf8(text, n);
}

void pa_csv_excerpt(pa_csv_field value, char out[PA_CSV_EXCERPT])
{
    const size_t most = 40;
    size_t n = 0, i = 0, bytes;
    for (; i < value.length; i += bytes) {
        char shown[PA_ESCAPED];
        size_t length = pa_escape_one(value.text + i, value.length - i, shown, &bytes);
        if (n + length > most) break;
        memcpy(out + n, shown, length);
        n += length;
    }
    memcpy(out + n, i < value.length ? "..." : "", i < value.length ? 4 : 1);
}

pa_csv_field pa_csv_with_point(pa_csv_field f, char text[], size_t room)
{
    const char *comma = memchr(f.text, ',', f.length);
    if (!comma || f.length > room || memchr(f.text, '.', f.length)) return f;
    memcpy(text, f.text, f.length);
    text[comma - f.text] = '.';
    return (pa_csv_field){text, f.length};
}

/* Names as they are kept: without blanks around them, and of a bounded length. */
#include <string.h>
#include <xxhash.h>

#include "paraudit/base/words.h"
#include "paraudit/csv/csv_parts.h"

/* Bytes of the blank that the text begins with, 0 where it is none: ASCII's, those of
 * other widths (U+00A0, U+2000 to U+200A, U+202F, U+205F, U+3000), and what is not to be
 * seen at all: zero width (U+200B, U+2060, U+FEFF), marks of direction (U+200E, U+200F). */
static size_t blank_at(const unsigned char *t, size_t n)
{
    if (*t == ' ' || (*t >= '\t' && *t <= '\r')) return 1;
    if (*t == 0xc2) return n >= 2 && t[1] == 0xa0 ? 2 : 0;
    if (n < 3) return 0;
    uint32_t three = (uint32_t)t[0] << 16 | (uint32_t)t[1] << 8 | t[2];
    bool wide = three >= 0xe28080 && three <= 0xe2808b;
    bool other = three == 0xe2808e || three == 0xe2808f || three == 0xe280af || three == 0xe2819f ||
                 three == 0xe281a0 || three == 0xe38080 || three == 0xefbbbf;
    return wide || other ? 3 : 0;
}

/* The same of a text's end. */
static size_t blank_before(const unsigned char *end, size_t n)
{
    for (size_t length = 1; length <= 3 && length <= n; length++) {
        if (blank_at(end - length, length) == length) return length;
    }
    return 0;
}

static bool is_plain(char c)
{
    return c > ' ' && c < 127;
}

pa_csv_field pa_csv_clean(pa_csv_field f)
{
    if (f.length == 0 || (is_plain(f.text[0]) && is_plain(f.text[f.length - 1]))) return f;
    for (size_t n; f.length && (n = blank_at((const unsigned char *)f.text, f.length)) > 0;) {
        f.text += n;
        f.length -= n;
    }
    for (size_t n;
         f.length && (n = blank_before((const unsigned char *)f.text + f.length, f.length)) > 0;) {
        f.length -= n;
    }
    return f;
}

bool pa_csv_is_missing(const pa_csv_intake *p, pa_csv_field f)
{
    f = pa_csv_clean(f);
    return f.length == 0 || pa_csv_words_hold(&p->missing, f.text, f.length);
}

/* Short ASCII in one word; the others by byte. */
static bool is_text(const char *text, size_t n)
{
    const uint64_t high_bits = 0x8080808080808080u;
    if (n > 8) return pa_csv_is_text(text, n);
    /* Ones above the text, so that its own zero bytes alone are found. */
    uint64_t word = pa_word(text, n) | (n < 8 ? 0x0101010101010101u << 8 * n : 0);
    if (!((word | ~((word & ~high_bits) + ~high_bits)) & high_bits)) return true;
    return pa_csv_is_text(text, n);
}

/* The first bytes, up to a character's end, '~' and the digest of all of them. */
static size_t cut_name(pa_csv_field name, char cut[PA_CSV_NAME_BYTES])
{
    static const char digit[] = "0123456789abcdef";
    XXH128_canonical_t digest;
    enum { TAIL = 1 + 2 * sizeof digest.digest };
    size_t n = PA_CSV_NAME_BYTES - TAIL;
    while (n > 0 && ((unsigned char)name.text[n] & 0xc0) == 0x80) n--;
    memcpy(cut, name.text, n);
    cut[n++] = '~';
    XXH128_canonicalFromHash(&digest, XXH3_128bits(name.text, name.length));
    for (size_t i = 0; i < sizeof digest.digest; i++) {
        cut[n++] = digit[digest.digest[i] >> 4];
        cut[n++] = digit[digest.digest[i] & 15];
    }
    return n;
}

pa_csv_name_kind pa_csv_clean_name(const pa_csv_words *missing, pa_csv_field *name,
                                   char cut[PA_CSV_NAME_BYTES])
{
    *name = pa_csv_clean(*name);
    if (name->length == 0) return PA_CSV_NAME_EMPTY;
    if (missing && pa_csv_words_hold(missing, name->text, name->length)) return PA_CSV_NAME_EMPTY;
    if (!is_text(name->text, name->length)) return PA_CSV_NAME_NO_TEXT;
    if (name->length <= PA_CSV_NAME_BYTES) return PA_CSV_NAME_GOOD;
    *name = (pa_csv_field){cut, cut_name(*name, cut)};
    return PA_CSV_NAME_CUT;
}

const pa_csv_field pa_csv_no_merchant = {"none", 4};

pa_csv_field pa_csv_own_account(pa_csv_field id, char own[PA_CSV_NAME_BYTES])
{
    static const char mark[] = "own:";
    enum { MARK = sizeof mark - 1 };
    char text[MARK + PA_CSV_NAME_BYTES], cut[PA_CSV_NAME_BYTES];
    PA_ASSERT(id.length <= PA_CSV_NAME_BYTES);
    memcpy(text, mark, MARK);
    memcpy(text + MARK, id.text, id.length);
    pa_csv_field name = {text, MARK + id.length};
    pa_csv_clean_name(NULL, &name, cut);
    memcpy(own, name.text, name.length);
    return (pa_csv_field){own, name.length};
}

pa_csv_field pa_csv_without_apostrophe(pa_csv_field f)
{
    char c = f.length > 1 && f.text[0] == '\'' ? f.text[1] : '\0';
    bool is_put = c == '=' || c == '+' || c == '-' || c == '@';
    return is_put ? (pa_csv_field){f.text + 1, f.length - 1} : f;
}

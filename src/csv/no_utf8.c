#include "paraudit/csv/no_utf8.h"

#include <string.h>

#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/encoding.h"

/* Bytes from which on the text is to be looked at one by one. */
static size_t skip_ascii(const char *text, size_t n, size_t from)
{
    enum { STEP = 64 };
    while (n - from >= STEP && !pa_has_high(text + from, STEP)) from += STEP;
    while (from < n && (unsigned char)text[from] < 128) from++;
    return from;
}

/* May be the beginning of a sign that the text's end cuts? */
static bool may_go_on(const char *text, size_t n)
{
    /* The lowest and the highest byte that go on where the sign could not. */
    for (int c = 0; n < 4 && c < 2; c++) {
        char whole[4];
        memset(whole, c ? '\xbf' : '\x80', sizeof whole);
        memcpy(whole, text, n);
        size_t length = pa_csv_character(whole, sizeof whole);
        if (length > n) return true;
    }
    return false;
}

/* Latin-1 has control signs at 128 to 159, Windows-1252 letters and quotes. */
static const char *guess_of(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= 0x80 && byte < 0xa0) return "windows-1252";
    }
    return "latin1";
}

bool pa_find_no_utf8(const char *text, size_t n, bool last, pa_bad_byte *bad)
{
    size_t at = skip_ascii(text, n, 0), length;
    while (at < n && (length = pa_csv_character(text + at, n - at)) > 0)
        at = skip_ascii(text, n, at + length);
    if (at == n || (!last && may_go_on(text + at, n - at))) return false;
    *bad = (pa_bad_byte){.offset = (int64_t)at,
                         .line = 1 + pa_csv_line_ends(text, at),
                         .value = (unsigned char)text[at],
                         .guess = guess_of(text + at, n - at)};
    return true;
}

pa_status pa_fail_no_utf8(const pa_bad_byte *bad, int64_t file, const char *name, pa_error *err)
{
    bool latin1 = strcmp(bad->guess, "latin1") == 0;
    return pa_fail_at(err, PA_E_DATA, file, bad->line,
                      "%s:%lld: byte 0x%02X (offset %lld) is no UTF-8: set input.encoding (%s), "
                      "or convert the file with iconv -f WINDOWS-1252 -t UTF-8",
                      name, (long long)bad->line, bad->value, (long long)bad->offset,
                      latin1 ? "latin1, windows-1252" : "windows-1252, cp850");
}

#include "paraudit/csv/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ---- names ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_letter(char c)
{
    return upper(c) >= 'A' && upper(c) <= 'Z';
}

/* In capitals as iconv has it. False: what is no name, as of a slash, behind which iconv is
 * told what to leave out. */
static bool spell(const char *name, char out[PA_ENCODING_NAME])
{
    size_t n = strlen(name);
    if (n >= PA_ENCODING_NAME) return false;
    for (size_t i = 0; i <= n; i++) {
        bool fine = is_letter(name[i]) || is_digit(name[i]) || strchr("-_.:()", name[i]);
        if (!fine) return false;
        out[i] = upper(name[i]);
    }
    return true;
}

/* Letters and digits alone: "UTF16LE" of utf-16-le. */
static void squeeze(const char *name, char out[PA_ENCODING_NAME])
{
    size_t n = 0;
    for (; *name; name++) {
        if (is_letter(*name) || is_digit(*name)) out[n++] = upper(*name);
    }
    out[n] = '\0';
}

/* Names that would depend on the machine, or that iconv lacks. */
static const char *common_name(const char *squeezed)
{
    static const char *const pairs[][2] = {
        {"UTF8", "UTF-8"},          {"UTF8SIG", "UTF-8"},      {"UTF8BOM", "UTF-8"},
        {"CP65001", "UTF-8"},       {"ISO10646UTF8", "UTF-8"}, {"UTF16", "UTF-16"},
        {"UCS2", "UTF-16"},         {"UNICODE", "UTF-16"},     {"ISO10646UCS2", "UTF-16"},
        {"UTF16LE", "UTF-16LE"},    {"UCS2LE", "UTF-16LE"},    {"UTF16BE", "UTF-16BE"},
        {"UCS2BE", "UTF-16BE"},     {"UTF32", "UTF-32"},       {"UCS4", "UTF-32"},
        {"ISO10646UCS4", "UTF-32"}, {"UTF32LE", "UTF-32LE"},   {"UCS4LE", "UTF-32LE"},
        {"UTF32BE", "UTF-32BE"},    {"UCS4BE", "UTF-32BE"},    {"ANSI", "CP1252"},
        {"MACROMAN", "MACINTOSH"},  {"SHIFTJIS", "SHIFT_JIS"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (strcmp(squeezed, pairs[i][0]) == 0) return pairs[i][1];
    }
    return NULL;
}

/* windows1252 and win-1252 for CP1252, iso885915 for ISO-8859-15, and "LATIN1" of latin-1. */
static void respell(const char *squeezed, char out[PA_ENCODING_NAME])
{
    static const char *const heads[][2] = {
        {"WINDOWS", "CP"}, {"WIN", "CP"}, {"ISO8859", "ISO-8859-"}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t n = strlen(heads[i][0]);
        if (strncmp(squeezed, heads[i][0], n) == 0 && is_digit(squeezed[n])) {
            snprintf(out, PA_ENCODING_NAME, "%s%.20s", heads[i][1], squeezed + n);
            return;
        }
    }
    memcpy(out, squeezed, strlen(squeezed) + 1);
}

static const iconv_t none = (iconv_t)-1;

static iconv_t open_name(const char *name, char out[PA_ENCODING_NAME])
{
    char squeezed[PA_ENCODING_NAME];
    iconv_t cd = none;
    if (!spell(name, out)) return none;
    squeeze(name, squeezed);
    const char *common = common_name(squeezed);
    if (common) snprintf(out, PA_ENCODING_NAME, "%s", common);
    if (*squeezed) cd = iconv_open("UTF-8", out);
    if (cd != none || common) return cd;
    respell(squeezed, out);
    return *squeezed ? iconv_open("UTF-8", out) : none;
}

/* ---- tables ---- */

/* What one byte is alone. False: no sign of its own, or one that the next may change. */
static bool convert_byte(iconv_t cd, unsigned char byte, pa_encoding *e)
{
    char text = (char)byte, made[16], *in = &text, *out = made;
    size_t left = 1, room = sizeof made;
    iconv(cd, NULL, NULL, NULL, NULL);
    bool ok = iconv(cd, &in, &left, &out, &room) != (size_t)-1, high = byte & 0x80;
    if (!ok && errno == EILSEQ && high) {
        e->length[byte] = 1;
        e->utf8[byte][0] = '\xff';
        return true;
    }
    size_t n = (size_t)(out - made);
    if (!ok || n == 0 || n > sizeof e->utf8[byte] || pa_encoded_from(made, n) != 1) return false;
    if (!high && (n != 1 || made[0] != text)) return false;
    e->length[byte] = (unsigned char)n;
    memcpy(e->utf8[byte], made, n);
    return true;
}

static pa_encoding_kind classify(iconv_t cd, pa_encoding *e)
{
    if (strcmp(e->name, "UTF-8") == 0) return PA_ENCODING_UTF8;
    for (int b = 0; b < 256; b++) {
        if (!convert_byte(cd, (unsigned char)b, e)) return PA_ENCODING_STREAM;
    }
    return PA_ENCODING_TABLE;
}

pa_status pa_encoding_make(const char *name, pa_encoding *e, pa_error *err)
{
    *e = (pa_encoding){.kind = PA_ENCODING_UTF8, .name = "UTF-8"};
    if (!name || !*name) return PA_OK;
    iconv_t cd = open_name(name, e->name);
    if (cd == none) {
        return pa_fail(err, PA_E_CONFIG,
                       "input.encoding: '%.40s' is not known: `iconv -l` lists what is", name);
    }
    e->kind = classify(cd, e);
    iconv_close(cd);
    return PA_OK;
}

/* ---- what a text tells ---- */

static const char *marked(const char *first, size_t n)
{
    /* The mark of UTF-16LE begins that of UTF-32LE. */
    static const struct {
        const char *mark;
        size_t length;
        const char *name;
    } marks[] = {{"\xff\xfe\0\0", 4, "UTF-32LE"},
                 {"\0\0\xfe\xff", 4, "UTF-32BE"},
                 {"\xff\xfe", 2, "UTF-16LE"},
                 {"\xfe\xff", 2, "UTF-16BE"},
                 {"\xef\xbb\xbf", 3, "UTF-8"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (n >= marks[i].length && memcmp(first, marks[i].mark, marks[i].length) == 0)
            return marks[i].name;
    }
    return NULL;
}

static bool is_written(uint32_t sign)
{
    return (sign >= 32 && sign != 127) || (sign >= 9 && sign <= 13);
}

/* The unit at `at`, of 2 or 4 bytes, the lowest first or last. */
static uint32_t unit(const unsigned char *at, size_t width, bool little)
{
    uint32_t u = 0;
    for (size_t i = 0; i < width; i++) u = u << 8 | at[little ? width - 1 - i : i];
    return u;
}

/* Units that are signs all, of which a quarter at least are of ASCII, as digits, separators and
 * line ends are in whatever script. */
static bool fits(const char *first, size_t n, size_t width, bool little)
{
    const unsigned char *b = (const unsigned char *)first;
    size_t units = n / width, ascii = 0;
    for (size_t i = 0; i < units; i++) {
        uint32_t u = unit(b + i * width, width, little);
        if (!is_written(u) || u > 0x10ffff) return false;
        ascii += u < 128;
    }
    return n >= 4 && ascii > 0 && ascii >= units / 4;
}

static const char *told_by_zeros(const char *first, size_t n)
{
    static const struct {
        size_t width;
        bool little;
        const char *name;
    } forms[] = {{4, true, "UTF-32LE"},
                 {4, false, "UTF-32BE"},
                 {2, true, "UTF-16LE"},
                 {2, false, "UTF-16BE"}};
    if (!memchr(first, 0, n)) return NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (fits(first, n, forms[i].width, forms[i].little)) return forms[i].name;
    }
    return NULL;
}

/* UTF-16 or UTF-32 with a byte order: where the zeros do not tell, that of Windows. */
static const char *with_order(const char *said, const char *told)
{
    if (told && strncmp(told, said, strlen(said)) == 0) return told;
    return strcmp(said, "UTF-16") == 0 ? "UTF-16LE" : "UTF-32LE";
}

static const char *encoding_of(const pa_encoding *said, const char *first, size_t n)
{
    const char *mark = marked(first, n);
    if (mark) return strcmp(mark, "UTF-8") == 0 ? NULL : mark;
    const char *told = told_by_zeros(first, n);
    if (!said || said->kind == PA_ENCODING_UTF8) return told;
    bool open = strcmp(said->name, "UTF-16") == 0 || strcmp(said->name, "UTF-32") == 0;
    return open ? with_order(said->name, told) : said->name;
}

void pa_encoding_tell(const pa_encoding *said, const char *first, size_t n,
                      char name[PA_ENCODING_NAME])
{
    const char *of = encoding_of(said, first, n);
    snprintf(name, PA_ENCODING_NAME, "%s", of ? of : "");
}

/* ---- bytes ---- */

bool pa_has_high(const char *text, size_t n)
{
    uint64_t all = 0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        all |= word;
    }
    for (; i < n; i++) all |= (unsigned char)text[i];
    return (all & 0x8080808080808080u) != 0;
}

/* Most text is ASCII, which is itself. */
size_t pa_encode_utf8(const pa_encoding *e, const char *text, size_t n, char *out)
{
    enum { STEP = 16 };
    size_t at = 0;
    for (size_t i = 0; i < n;) {
        size_t step = n - i < STEP ? n - i : STEP;
        if (step == STEP && !pa_has_high(text + i, STEP)) {
            memcpy(out + at, text + i, STEP);
            at += STEP;
            i += STEP;
            continue;
        }
        for (size_t end = i + step; i < end; i++) {
            unsigned char byte = (unsigned char)text[i];
            memcpy(out + at, e->utf8[byte], PA_ENCODED_MOST); /* at <= PA_ENCODED_MOST i */
            at += e->length[byte];
        }
    }
    return at;
}

/* Each sign has one byte that goes on with none. */
static bool begins_sign(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

size_t pa_encoded_from(const char *utf8, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) bytes += begins_sign(utf8[i]);
    return bytes;
}

size_t pa_encoded_length(const char *utf8, size_t n, size_t bytes)
{
    size_t i = 0;
    for (; i < n; i++) {
        if (begins_sign(utf8[i]) && bytes-- == 0) break;
    }
    return i;
}

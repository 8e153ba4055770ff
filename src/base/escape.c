#include "paraudit/base/escape.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "paraudit/base/utf8.h"

/* One character of a text that ends within it. */
typedef struct {
    int bytes;     /* 1 where they are no UTF-8 */
    uint32_t code; /* its code point; the byte where it is no UTF-8 */
    bool whole;    /* it is UTF-8 */
} character;

static character next_character(const char *text, size_t n)
{
    unsigned char c[5] = {0};
    memcpy(c, text, n < 4 ? n : 4);
    int bytes = pa_utf8_length((const char *)c);
    if (bytes == 0) return (character){.bytes = 1, .code = c[0]};
    static const unsigned char lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = c[0] & lead[bytes];
    for (int i = 1; i < bytes; i++) code = code << 6 | (c[i] & 0x3f);
    return (character){.bytes = bytes, .code = code, .whole = true};
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

static bool turns_direction(uint32_t code)
{
    return code == 0x61c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static bool is_shown(const character *c)
{
    return c->whole && !is_control(c->code) && !turns_direction(c->code);
}

static size_t write_out(const character *c, char out[PA_ESCAPED])
{
    static const char names[] = "\nn\tt\rr";
    const char *name = c->code ? strchr(names, (int)c->code) : NULL;
    if (c->code < 0x20 && name) return (size_t)snprintf(out, PA_ESCAPED, "\\%c", name[1]);
    return (size_t)snprintf(out, PA_ESCAPED, c->code < 0x100 ? "\\x%02x" : "\\u%04x",
                            (unsigned)c->code);
}

size_t pa_escape_one(const char *text, size_t n, char out[PA_ESCAPED], size_t *bytes)
{
    character c = next_character(text, n);
    *bytes = (size_t)c.bytes;
    if (!is_shown(&c)) return write_out(&c, out);
    memcpy(out, text, *bytes);
    return *bytes;
}

pa_status pa_escape(pa_buffer *to, const char *text, size_t n, bool lines, pa_error *err)
{
    for (size_t at = 0; at < n;) {
        char out[PA_ESCAPED];
        size_t bytes, length = pa_escape_one(text + at, n - at, out, &bytes);
        bool stays = lines && (text[at] == '\n' || text[at] == '\t');
        PA_TRY(stays ? pa_buffer_add(to, text + at, 1, err) : pa_buffer_add(to, out, length, err));
        at += bytes;
    }
    return pa_buffer_printf(to, err, "%s", "");
}

void pa_print(FILE *to, const char *format, ...)
{
    pa_buffer text = {0}, shown = {0};
    va_list args;
    va_start(args, format);
    pa_status st = pa_buffer_vprintf(&text, NULL, format, args);
    va_end(args);
    if (st == PA_OK) st = pa_escape(&shown, text.data, text.length, true, NULL);
    if (st == PA_OK) fwrite(shown.data, 1, shown.length, to);
    pa_buffer_free(&text);
    pa_buffer_free(&shown);
}

/* Values from INI text and files. */
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "options_internal.h"
#include "paraudit/base/paths.h"

/* A larger file is no configuration: most likely the data were named instead. */
enum { MAX_FILE_BYTES = 1 << 20, PLACE_ROOM = 300 };

/* inih splits lines into section, key and value, but hands no line number to
 * its handler, and cuts lines at a length fixed when it was built (200 bytes in
 * Debian). So our reader feeds it line by line, counts them, and keeps the
 * whole line, from which the value is taken. */
typedef struct {
    pa_config *config;
    const char *path, *origin;
    const char *next; /* the text not read yet */
    const char *text; /* the current line without blanks at its ends */
    size_t length;
    int line;
    int *given_at; /* per key: the line of this text that gave it; 0: none yet */
    pa_error error;
} ini_source;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void trim(const char **text, size_t *length)
{
    while (*length && is_blank((*text)[*length - 1])) --*length;
    while (*length && is_blank(**text)) {
        ++*text;
        --*length;
    }
}

/* Blanks go from both ends: to inih an indented line would continue the value
 * before it, and `  key = value` would silently change its meaning. */
static void take_line(ini_source *s)
{
    s->line++;
    s->text = s->next;
    s->length = strcspn(s->next, "\n");
    s->next += s->length + (s->next[s->length] == '\n');
    trim(&s->text, &s->length);
}

static void place_of(const ini_source *s, int line, char out[PLACE_ROOM])
{
    snprintf(out, PLACE_ROOM, "%.280s:%d", s->path, line);
}

static bool section_is_known(const pa_config *config, const char *name, size_t length)
{
    for (size_t i = 0; i < config->n; i++) {
        const char *key = config->entry[i].spec->key;
        if (pa_option_section_length(key) == length && strncmp(key, name, length) == 0) return true;
    }
    return false;
}

/* list[i] = "[section]" of key i, inside names. */
static pa_status list_sections(const pa_config *config, pa_buffer *names, const char *list[],
                               pa_error *err)
{
    for (size_t i = 0; i < config->n; i++) {
        const char *key = config->entry[i].spec->key;
        int length = (int)pa_option_section_length(key);
        PA_TRY(pa_buffer_printf(names, err, "[%.*s]%c", length, key, '\0'));
    }
    pa_option_list_names(names, config->n, list);
    return PA_OK;
}

static pa_status unknown_section(ini_source *s, const char *place, int length)
{
    pa_buffer names = {0};
    char word[80];
    const char **list = NULL;
    size_t n = s->config->n;
    pa_status st = PA_NEW(list, n, &s->error);
    if (st != PA_OK) goto out;
    PA_GOTO(list_sections(s->config, &names, list, &s->error));
    snprintf(word, sizeof word, "%.*s", length, s->text);
    const char *nearest = pa_nearest_name(word, list, n);
    st = pa_fail(&s->error, PA_E_CONFIG, "%s: unknown section '%s'%s%s%s", place, word,
                 nearest ? ": did you mean '" : " (--help lists all keys)", nearest ? nearest : "",
                 nearest ? "'?" : "");
out:
    pa_buffer_free(&names);
    pa_free(list);
    return st;
}

/* inih takes any name and overlooks what follows the bracket: a key on the
 * section's line would be lost without a word. */
static pa_status check_section(ini_source *s)
{
    char place[PLACE_ROOM];
    place_of(s, s->line, place);
    const char *end = memchr(s->text, ']', s->length);
    if (!end) {
        return pa_fail(&s->error, PA_E_CONFIG, "%s: no ']' in '%.*s'", place,
                       (int)(s->length < 60 ? s->length : 60), s->text);
    }
    size_t name_length = (size_t)(end - s->text) - 1;
    if (!section_is_known(s->config, s->text + 1, name_length)) {
        return unknown_section(s, place, (int)name_length + 2);
    }
    const char *rest = end + 1;
    size_t rest_length = s->length - name_length - 2;
    trim(&rest, &rest_length);
    if (rest_length && *rest != ';' && *rest != '#') {
        return pa_fail(&s->error, PA_E_CONFIG,
                       "%s: '%.*s' follows the section's name; give it a line of its own", place,
                       (int)(rest_length < 60 ? rest_length : 60), rest);
    }
    return PA_OK;
}

/* The value may be longer than inih's buffer, its key may not. */
static pa_status check_key_fits(ini_source *s, size_t room)
{
    bool comment = *s->text == ';' || *s->text == '#';
    if (comment || s->length <= room || memchr(s->text, '=', room) || memchr(s->text, ':', room)) {
        return PA_OK;
    }
    char place[PLACE_ROOM];
    place_of(s, s->line, place);
    return pa_fail(&s->error, PA_E_CONFIG, "%s: no '=' in the first %zu characters of '%.40s...'",
                   place, room, s->text);
}

/* ini_reader: the next line, cut to inih's room but always with its line end, so
 * that one call is one line. Stops at the first error. */
static char *next_line(char *out, int room, void *stream)
{
    ini_source *s = stream;
    if (s->error.status != PA_OK || *s->next == '\0') return NULL;
    take_line(s);
    size_t fits = (size_t)room - 2;
    if (s->length && *s->text == '[' && check_section(s) != PA_OK) return NULL;
    if (s->length && check_key_fits(s, fits) != PA_OK) return NULL;
    size_t length = s->length < fits ? s->length : fits;
    memcpy(out, s->text, length);
    memcpy(out + length, "\n", 2);
    return out;
}

/* "text with ; # or blanks at its ends": a quote inside is written twice. */
static pa_status unquote(ini_source *s, const char *raw, size_t length, const char *place,
                         const char *key, pa_buffer *value)
{
    size_t i = 1;
    for (; i < length; i++) {
        if (raw[i] == '"') {
            if (i + 1 >= length || raw[i + 1] != '"') break;
            i++;
        }
        PA_TRY(pa_buffer_add(value, &raw[i], 1, &s->error));
    }
    if (i >= length) {
        return pa_fail(&s->error, PA_E_CONFIG,
                       "%s: the value of '%s' has no closing '\"' (inside quotes write \"\" for a "
                       "quote)",
                       place, key);
    }
    const char *rest = raw + i + 1;
    size_t rest_length = length - i - 1;
    trim(&rest, &rest_length);
    if (rest_length && *rest != ';' && *rest != '#') {
        return pa_fail(&s->error, PA_E_CONFIG,
                       "%s: text follows the closing '\"' in the value of '%s' (inside quotes "
                       "write \"\" for a quote)",
                       place, key);
    }
    return PA_OK;
}

/* A comment starts at ; or # where a blank or the '=' stands before it. */
static size_t length_without_comment(const char *raw, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool mark = raw[i] == ';' || raw[i] == '#';
        if (mark && (i == 0 || is_blank(raw[i - 1]))) return i;
    }
    return length;
}

static pa_status value_of_line(ini_source *s, const char *place, const char *key, pa_buffer *value)
{
    size_t start = 0;
    while (s->text[start] != '=' && s->text[start] != ':') start++;
    const char *raw = s->text + start + 1;
    size_t length = s->length - start - 1;
    trim(&raw, &length);
    if (length && *raw == '"') {
        PA_TRY(unquote(s, raw, length, place, key, value));
    } else {
        length = length_without_comment(raw, length);
        trim(&raw, &length);
        PA_TRY(pa_buffer_add(value, raw, length, &s->error));
    }
    return pa_buffer_add(value, "", 1, &s->error);
}

/* Relative paths start at the file that names them: it and its data move together. */
static pa_status move_paths(ini_source *s, pa_buffer *value)
{
    const char *slash = strrchr(s->path, '/');
    pa_buffer folder = {0}, moved = {0};
    pa_status st = pa_buffer_printf(&folder, &s->error, "%.*s",
                                    slash ? (int)(slash + 1 - s->path) : 0, s->path);
    if (st == PA_OK) st = pa_paths_below(folder.data, value->data, &moved, &s->error);
    pa_buffer_free(&folder);
    if (st != PA_OK) {
        pa_buffer_free(&moved);
        return st;
    }
    pa_buffer_free(value);
    *value = moved;
    return PA_OK;
}

static pa_status take_value(ini_source *s, pa_option_entry *entry, const char *place)
{
    const char *key = entry->spec->key;
    int *given_at = &s->given_at[entry - s->config->entry];
    if (*given_at) {
        return pa_fail(&s->error, PA_E_CONFIG, "%s: key '%s' is given twice, first in line %d",
                       place, key, *given_at);
    }
    *given_at = s->line;
    pa_buffer value = {0};
    pa_status st = value_of_line(s, place, key, &value);
    if (st == PA_OK && entry->spec->type == PA_OPTION_PATHS) st = move_paths(s, &value);
    if (st == PA_OK) st = pa_config_assign(entry, value.data, s->origin, place, &s->error);
    pa_buffer_free(&value);
    return st;
}

/* ini_handler. inih's value is passed over: it may be cut. */
static int take_pair(void *user, const char *section, const char *name, const char *value)
{
    (void)value;
    ini_source *s = user;
    char place[PLACE_ROOM], key[200];
    place_of(s, s->line, place);
    if (*name == '\0') {
        return pa_fail(&s->error, PA_E_CONFIG, "%s: no key before the '='", place) == PA_OK;
    }
    if (*section == '\0') {
        return pa_fail(&s->error, PA_E_CONFIG,
                       "%s: key '%.80s' stands outside any section; put a line such as "
                       "'[input]' before it",
                       place, name) == PA_OK;
    }
    snprintf(key, sizeof key, "%.50s.%.120s", section, name);
    pa_option_entry *entry = pa_config_find(s->config, key);
    if (!entry) return pa_config_unknown_key(s->config, key, place, &s->error) == PA_OK;
    return take_value(s, entry, place) == PA_OK;
}

/* inih names the line of what it cannot read, and goes on. */
static pa_status syntax_error(const ini_source *s, const char *text, int line, pa_error *err)
{
    ini_source again = {.next = text};
    char place[PLACE_ROOM];
    while (again.line < line) take_line(&again);
    place_of(s, line, place);
    return pa_fail(err, PA_E_CONFIG,
                   "%s: no '=' in '%.*s'; a line is 'key = value', '[section]' or a comment", place,
                   (int)(again.length < 60 ? again.length : 60), again.text);
}

pa_status pa_config_read_text(pa_config *config, const char *text, const char *path,
                              const char *origin, pa_error *err)
{
    static const char bom[] = "\xef\xbb\xbf";
    if (strncmp(text, bom, 3) == 0) text += 3;
    ini_source s = {.config = config, .path = path, .origin = origin, .next = text};
    PA_TRY(PA_NEW(s.given_at, config->n, err));
    int bad = ini_parse_stream(next_line, &s, take_pair, &s);
    pa_free(s.given_at);
    if (bad > 0 && (s.error.status == PA_OK || bad < s.line)) {
        return syntax_error(&s, text, bad, err);
    }
    if (s.error.status != PA_OK) return pa_fail(err, s.error.status, "%s", s.error.message);
    return bad ? pa_fail(err, PA_E_MEMORY, "%s: out of memory", path) : PA_OK;
}

static pa_status read_all(FILE *file, const char *path, pa_buffer *text, pa_error *err)
{
    size_t got = 0;
    do {
        PA_TRY(pa_buffer_reserve(text, 4096, err));
        got = fread(text->data + text->length, 1, 4096, file);
        text->length += got;
        if (text->length > MAX_FILE_BYTES) {
            return pa_fail(err, PA_E_CONFIG, "%s: larger than 1 MiB: this is no configuration",
                           path);
        }
    } while (got);
    if (ferror(file)) return pa_fail(err, PA_E_IO, "%s: cannot read: %s", path, strerror(errno));
    return PA_OK;
}

static pa_status check_no_zero_byte(const pa_buffer *text, const char *path, pa_error *err)
{
    const char *zero = memchr(text->data, '\0', text->length);
    if (!zero) return PA_OK;
    int line = 1;
    for (const char *c = text->data; c < zero; c++) line += *c == '\n';
    return pa_fail(err, PA_E_CONFIG, "%s:%d: a zero byte: this is no text file in UTF-8", path,
                   line);
}

pa_status pa_config_load_text(const char *path, pa_buffer *text, pa_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return pa_fail(err, PA_E_NO_INPUT, "%s: cannot open the configuration: %s", path,
                       strerror(errno));
    }
    pa_status st = read_all(file, path, text, err);
    fclose(file);
    if (st == PA_OK) st = check_no_zero_byte(text, path, err);
    if (st == PA_OK) st = pa_buffer_add(text, "", 1, err);
    return st;
}

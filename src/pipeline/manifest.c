#include "manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char first_line[] = "paraudit checkpoint 2\n";
static const char last_word[] = "sha256 ";

enum { LAST_LINE = sizeof last_word - 1 + PA_DIGEST_TEXT }; /* its newline included */

/* ---- names ---- */

enum { LEAST_DIGITS = 6, MOST_DIGITS = 18 };

void pa_saved_name(int64_t number, const char *kind, char name[PA_SAVED_NAME])
{
    snprintf(name, PA_SAVED_NAME, "%0*" PRId64 "%s", LEAST_DIGITS, number, kind);
}

int64_t pa_saved_number(const char *name, const char *kind)
{
    size_t digits = strspn(name, "0123456789");
    if (digits < LEAST_DIGITS || digits > MOST_DIGITS || strcmp(name + digits, kind) != 0)
        return -1;
    return strtoll(name, NULL, 10);
}

/* ---- the last line ---- */

pa_status pa_seal_text(pa_buffer *text, pa_error *err)
{
    char digest[PA_DIGEST_TEXT];
    pa_digest_bytes(text->data, text->length, digest);
    return pa_buffer_printf(text, err, "%s%s\n", last_word, digest);
}

bool pa_text_is_sealed(const char *text, size_t length)
{
    char line[LAST_LINE + 1], digest[PA_DIGEST_TEXT];
    if (length <= LAST_LINE) return false;
    size_t before = length - LAST_LINE;
    pa_digest_bytes(text, before, digest);
    snprintf(line, sizeof line, "%s%s\n", last_word, digest);
    return memcmp(text + before, line, LAST_LINE) == 0;
}

/* ---- the text ---- */

static pa_status write_line(pa_buffer *text, const char *kind, const pa_saved *s, pa_error *err)
{
    bool none = s->name[0] == '\0';
    return pa_buffer_printf(text, err, "%s %s %s %" PRId64 " %s\n", kind, s->step,
                            none ? "-" : s->name, s->bytes, none ? "-" : s->digest);
}

pa_status pa_manifest_write(const pa_manifest *m, pa_buffer *text, pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, "%sconfig %s\ninputs %s\n", first_line, m->config_digest,
                            m->inputs_digest));
    for (size_t i = 0; i < m->n_steps; i++) PA_TRY(write_line(text, "step", m->steps + i, err));
    if (m->model.name[0]) PA_TRY(write_line(text, "model", &m->model, err));
    return pa_seal_text(text, err);
}

/* One line; what sscanf forgives is found when the text is written again. */
static bool read_line(const char *line, const char *kind, pa_saved *s)
{
    char word[8], name[PA_SAVED_NAME], digest[PA_DIGEST_TEXT];
    long long bytes;
    if (sscanf(line, "%7s %39s %31s %lld %64s", word, s->step, name, &bytes, digest) != 5)
        return false;
    if (strcmp(word, kind) != 0 || bytes < 0) return false;
    s->bytes = bytes;
    if (strcmp(name, "-") == 0) return true;
    memcpy(s->name, name, sizeof name);
    memcpy(s->digest, digest, sizeof digest);
    return pa_saved_number(name, PA_SAVED_FILE) >= 0;
}

static bool read_lines(const char *text, pa_manifest *m)
{
    const char *at = text + sizeof first_line - 1;
    if (strncmp(text, first_line, sizeof first_line - 1) != 0) return false;
    if (sscanf(at, "config %64s", m->config_digest) != 1 || !(at = strchr(at, '\n'))) return false;
    if (sscanf(++at, "inputs %64s", m->inputs_digest) != 1) return false;
    while ((at = strchr(at, '\n')) && *++at && strncmp(at, last_word, sizeof last_word - 1) != 0) {
        if (m->model.name[0] || m->n_steps == PA_MAX_STEPS) return false;
        if (read_line(at, "step", m->steps + m->n_steps))
            m->n_steps++;
        else if (!read_line(at, "model", &m->model))
            return false;
    }
    return m->n_steps > 0 && m->steps[0].name[0];
}

static pa_status is_same_again(const pa_manifest *m, const char *text, size_t length, bool *same,
                               pa_error *err)
{
    pa_buffer again = {0};
    pa_status st = pa_manifest_write(m, &again, err);
    *same = st == PA_OK && again.length == length && memcmp(again.data, text, length) == 0;
    pa_buffer_free(&again);
    return st;
}

pa_status pa_manifest_read(const char *text, size_t length, pa_manifest *m, pa_error *err)
{
    bool same = false;
    *m = (pa_manifest){0};
    if (pa_text_is_sealed(text, length) && !memchr(text, '\0', length) && read_lines(text, m))
        PA_TRY(is_same_again(m, text, length, &same, err));
    return same ? PA_OK : pa_fail(err, PA_E_DATA, "not a whole manifest");
}

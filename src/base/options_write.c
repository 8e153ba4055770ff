/* The configuration as INI text, and the list of keys for people. */
#include <string.h>

#include "options_internal.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What the reader would take for a comment, a quote or padding. */
static bool needs_quotes(const char *text)
{
    size_t n = strlen(text);
    if (n == 0) return false;
    if (text[0] == '"' || is_blank(text[0]) || is_blank(text[n - 1])) return true;
    for (size_t i = 0; i < n; i++) {
        bool mark = text[i] == ';' || text[i] == '#';
        if (mark && (i == 0 || is_blank(text[i - 1]))) return true;
    }
    return false;
}

pa_status pa_option_write_text(const char *value, pa_buffer *text, pa_error *err)
{
    if (!needs_quotes(value)) return pa_buffer_printf(text, err, "%s", value);
    PA_TRY(pa_buffer_add(text, "\"", 1, err));
    for (const char *c = value; *c; c++) {
        PA_TRY(pa_buffer_add(text, c, 1, err));
        if (*c == '"') PA_TRY(pa_buffer_add(text, c, 1, err));
    }
    return pa_buffer_printf(text, err, "\"");
}

/* Length of the section's name where it differs from the key's before, else 0. */
static int new_section(const char *before, const char *key)
{
    size_t length = pa_option_section_length(key);
    return before && strncmp(before, key, length + 1) == 0 ? 0 : (int)length;
}

pa_status pa_config_write(const pa_config *config, bool only_result, pa_buffer *text, pa_error *err)
{
    const char *before = NULL;
    for (size_t i = 0; i < config->n; i++) {
        const pa_option_entry *entry = &config->entry[i];
        const char *key = entry->spec->key;
        if (!entry->value.text || (only_result && entry->spec->run_only)) continue;
        int section = new_section(before, key);
        if (section) {
            PA_TRY(pa_buffer_printf(text, err, "%s[%.*s]\n", before ? "\n" : "", section, key));
        }
        const char *name = key + pa_option_section_length(key) + 1;
        PA_TRY(pa_buffer_printf(text, err, "%s =%s", name, *entry->value.text ? " " : ""));
        PA_TRY(pa_option_write_text(entry->value.text, text, err));
        PA_TRY(pa_buffer_printf(text, err, "\n"));
        before = key;
    }
    return PA_OK;
}

/* ---- help ---- */

static const char *type_text(pa_option_type type)
{
    switch (type) {
    case PA_OPTION_INT:
        return "whole number";
    case PA_OPTION_REAL:
        return "number";
    case PA_OPTION_BOOL:
        return "true or false";
    case PA_OPTION_TEXT:
        return "text";
    case PA_OPTION_PATHS:
        return "paths; relative ones are below the folder of the INI file, of --set and the "
               "environment below the one that paraudit runs in";
    case PA_OPTION_CHOICE:
        return "one of ";
    case PA_OPTION_BYTES:
        return "bytes, such as 64k, 4M or 2G";
    case PA_OPTION_TIME:
        return "time, such as 2018-07-25 or 2018-07-25 13:00:00";
    }
    return "";
}

/* Words of `words`, in lines of at most 80 characters that start with indent blanks. */
static pa_status add_wrapped(const char *words, int indent, pa_buffer *text, pa_error *err)
{
    int column = 0;
    while (*words) {
        int length = (int)strcspn(words, " ");
        if (column && column + 1 + length > 80) {
            PA_TRY(pa_buffer_printf(text, err, "\n"));
            column = 0;
        }
        int blanks = column ? 1 : indent;
        PA_TRY(pa_buffer_printf(text, err, "%*s%.*s", blanks, "", length, words));
        column += blanks + length;
        words += length;
        while (*words == ' ') words++;
    }
    return pa_buffer_printf(text, err, "\n");
}

pa_status pa_option_describe(const pa_option_spec *spec, pa_buffer *words, pa_error *err)
{
    char range[80], choices[400] = "";
    pa_option_range_text(spec, range, sizeof range);
    if (spec->type == PA_OPTION_CHOICE) pa_option_choices_text(spec, choices, sizeof choices);
    PA_TRY(pa_buffer_printf(words, err, "%s%s", type_text(spec->type), choices));
    const char *separator = spec->type == PA_OPTION_BYTES ? ";" : ",";
    if (*range) PA_TRY(pa_buffer_printf(words, err, "%s %s", separator, range));
    const char *unit = spec->type == PA_OPTION_BYTES ? NULL : spec->unit;
    if (unit) PA_TRY(pa_buffer_printf(words, err, "%s%s", *range ? " " : ", in ", unit));
    if (!spec->run_only) return PA_OK;
    return pa_buffer_printf(words, err,
                            spec->type == PA_OPTION_PATHS
                                ? "; their content is part of the result, their places are not"
                                : "; does not change the result");
}

static pa_status help_on_key(const pa_option_spec *spec, pa_buffer *text, pa_error *err)
{
    pa_buffer words = {0};
    const char *name = spec->key + pa_option_section_length(spec->key) + 1;
    pa_status st = pa_option_describe(spec, &words, err);
    if (st != PA_OK) goto out;
    if (spec->fallback) {
        const char *blank = *spec->fallback ? " " : "";
        PA_GOTO(pa_buffer_printf(text, err, "  %s =%s%s\n", name, blank, spec->fallback));
    } else {
        PA_GOTO(pa_buffer_printf(text, err, "  %s   (must be given)\n", name));
    }
    PA_GOTO(add_wrapped(spec->meaning, 6, text, err));
    PA_GOTO(add_wrapped(words.data, 6, text, err));
out:
    pa_buffer_free(&words);
    return st;
}

static bool same_section(const char *key, const char *other)
{
    size_t length = pa_option_section_length(key);
    return strncmp(key, other, length + 1) == 0;
}

/* The first key of each section is the one that heads it. */
static bool section_is_new(const pa_option_spec *const tables[], const pa_option_spec *spec)
{
    for (size_t t = 0;; t++) {
        for (const pa_option_spec *other = tables[t]; other->key; other++) {
            if (other == spec) return true;
            if (same_section(spec->key, other->key)) return false;
        }
    }
}

static pa_status help_on_section(const pa_option_spec *const tables[], size_t n, const char *key,
                                 pa_buffer *text, pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, "%s[%.*s]\n", text->length ? "\n" : "",
                            (int)pa_option_section_length(key), key));
    for (size_t t = 0; t < n; t++) {
        for (const pa_option_spec *spec = tables[t]; spec->key; spec++) {
            if (same_section(key, spec->key)) PA_TRY(help_on_key(spec, text, err));
        }
    }
    return PA_OK;
}

pa_status pa_options_help(const pa_option_spec *const tables[], size_t n, pa_buffer *text,
                          pa_error *err)
{
    for (size_t t = 0; t < n; t++) {
        for (const pa_option_spec *spec = tables[t]; spec->key; spec++) {
            if (!section_is_new(tables, spec)) continue;
            PA_TRY(help_on_section(tables, n, spec->key, text, err));
        }
    }
    return PA_OK;
}

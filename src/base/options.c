#include "paraudit/base/options.h"

#include <stdlib.h>
#include <string.h>

#include "options_internal.h"
#include "paraudit/base/utf8.h"

/* Weakest first: the index is the rank of a source. */
static const char *const origins[] = {"default", "preset", "file", "environment", "command line"};
enum { N_ORIGINS = sizeof origins / sizeof *origins };

static int rank_of(const char *origin)
{
    int rank = 0;
    while (rank < N_ORIGINS && strcmp(origins[rank], origin) != 0) rank++;
    PA_ASSERT(rank < N_ORIGINS);
    return rank;
}

size_t pa_option_section_length(const char *key)
{
    return strcspn(key, ".");
}

void pa_option_list_names(const pa_buffer *names, size_t n, const char *name[])
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        name[i] = names->data + at;
        at += strlen(name[i]) + 1;
    }
}

/* Keys are plain lower case with one dot, short enough for inih's buffers, so
 * that one key is one INI line and one environment name. PARAUDIT_TEST_* is kept
 * for the tests. */
static bool key_is_well_formed(const char *key)
{
    size_t section = pa_option_section_length(key);
    if (section == 0 || section > 40 || key[section] != '.') return false;
    if (strncmp(key, "test.", 5) == 0) return false;
    const char *name = key + section + 1;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == section && length > 0 &&
           length <= 40 && name[length] == '\0';
}

static int by_key(const void *a, const void *b)
{
    const pa_option_entry *left = a, *right = b;
    return strcmp(left->spec->key, right->spec->key);
}

/* a.b_c and a_b.c would both be PARAUDIT_A_B_C. */
static bool same_environment_name(const char *a, const char *b)
{
    while (*a && (*a == *b || (strchr("._", *a) && *b && strchr("._", *b)))) a++, b++;
    return *a == *b;
}

static void check_keys_are_distinct(const pa_config *config)
{
    for (size_t i = 0; i < config->n; i++) {
        for (size_t j = 0; j < i; j++) {
            bool key_given_twice_in_the_tables =
                same_environment_name(config->entry[i].spec->key, config->entry[j].spec->key);
            PA_ASSERT(!key_given_twice_in_the_tables);
        }
    }
}

static size_t count_specs(const pa_option_spec *const tables[], size_t n)
{
    size_t total = 0;
    for (size_t t = 0; t < n; t++) {
        for (const pa_option_spec *spec = tables[t]; spec->key; spec++) total++;
    }
    return total;
}

static void list_entries(const pa_option_spec *const tables[], size_t n, pa_config *config)
{
    for (size_t t = 0; t < n; t++) {
        for (const pa_option_spec *spec = tables[t]; spec->key; spec++) {
            PA_ASSERT(key_is_well_formed(spec->key));
            PA_ASSERT(spec->meaning != NULL);
            PA_ASSERT(spec->type != PA_OPTION_CHOICE || spec->choices != NULL);
            config->entry[config->n++].spec = spec;
        }
    }
    qsort(config->entry, config->n, sizeof *config->entry, by_key);
    check_keys_are_distinct(config);
}

static pa_status take_defaults(pa_config *config, pa_error *err)
{
    for (size_t i = 0; i < config->n; i++) {
        pa_option_entry *entry = &config->entry[i];
        if (!entry->spec->fallback) continue;
        pa_error bad = {0};
        pa_status st =
            pa_option_parse(entry->spec, entry->spec->fallback, "default", &entry->value, &bad);
        if (st == PA_E_CONFIG) st = PA_E_BUG; /* the table is ours, not the user's */
        if (st != PA_OK) return pa_fail(err, st, "%s", bad.message);
    }
    return PA_OK;
}

pa_status pa_config_new(const pa_option_spec *const tables[], size_t n, pa_config **config,
                        pa_error *err)
{
    *config = NULL;
    pa_config *made = NULL;
    pa_status st = PA_NEW(made, 1, err);
    if (st != PA_OK) goto out;
    PA_GOTO(PA_NEW(made->entry, count_specs(tables, n), err));
    list_entries(tables, n, made);
    PA_GOTO(take_defaults(made, err));
    *config = made;
    made = NULL;
out:
    pa_config_free(made);
    return st;
}

void pa_config_free(pa_config *config)
{
    if (!config) return;
    for (size_t i = 0; i < config->n; i++) {
        pa_free(config->entry[i].value.text);
        pa_free(config->entry[i].place);
    }
    pa_free(config->entry);
    pa_buffer_free(&config->files);
    pa_free(config);
}

static int key_against_entry(const void *key, const void *entry)
{
    return strcmp(key, ((const pa_option_entry *)entry)->spec->key);
}

pa_option_entry *pa_config_find(const pa_config *config, const char *key)
{
    return bsearch(key, config->entry, config->n, sizeof *config->entry, key_against_entry);
}

/* A value that breaks its line could not be written back to an INI file, and the
 * result file and run.json hold UTF-8 only: better said now than after hours. */
static pa_status check_characters(const char *key, const char *text, const char *place,
                                  pa_error *err)
{
    for (const char *c = text; *c; c += pa_utf8_length(c)) {
        if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f) {
            return pa_fail(err, PA_E_CONFIG,
                           "%s: the value of '%s' holds a line break or another control "
                           "character (code %d)",
                           place, key, *c);
        }
        if (pa_utf8_length(c) == 0) {
            return pa_fail(err, PA_E_CONFIG, "%s: the value of '%s' is not UTF-8 text", place, key);
        }
    }
    return PA_OK;
}

pa_status pa_config_assign(pa_option_entry *entry, const char *text, const char *origin,
                           const char *place, pa_error *err)
{
    int rank = rank_of(origin);
    pa_option_value value = {0};
    pa_buffer where = {0};
    pa_status st = check_characters(entry->spec->key, text, place, err);
    if (st != PA_OK) goto out;
    PA_GOTO(pa_option_parse(entry->spec, text, place, &value, err));
    if (rank < entry->rank) goto out;
    PA_GOTO(pa_buffer_printf(&where, err, "%s", place));
    pa_free(entry->value.text);
    pa_free(entry->place);
    entry->value = value;
    entry->place = where.data;
    entry->rank = rank;
    return PA_OK;
out:
    pa_free(value.text);
    return st;
}

pa_status pa_config_unknown_key(const pa_config *config, const char *key, const char *place,
                                pa_error *err)
{
    const char **known = NULL;
    PA_TRY(PA_NEW(known, config->n, err));
    for (size_t i = 0; i < config->n; i++) known[i] = config->entry[i].spec->key;
    const char *nearest = pa_nearest_name(key, known, config->n);
    pa_free(known);
    if (nearest) {
        return pa_fail(err, PA_E_CONFIG, "%s: unknown key '%s': did you mean '%s'?", place, key,
                       nearest);
    }
    return pa_fail(err, PA_E_CONFIG, "%s: unknown key '%s' (--help lists all keys)", place, key);
}

pa_status pa_config_complete(const pa_config *config, pa_error *err)
{
    const pa_option_spec *first = NULL;
    pa_buffer others = {0};
    pa_status st = PA_OK;
    for (size_t i = 0; i < config->n; i++) {
        const pa_option_entry *entry = &config->entry[i];
        if (entry->value.text) continue;
        if (first) {
            PA_GOTO(pa_buffer_printf(&others, err, "%s%s",
                                     others.length ? ", " : "; so are: ", entry->spec->key));
        } else {
            first = entry->spec;
        }
    }
    if (first) {
        int section = (int)pa_option_section_length(first->key);
        st = pa_fail(err, PA_E_CONFIG,
                     "'%s' is not set (%s): give it in section [%.*s] of the configuration or by "
                     "--set %s=VALUE%s",
                     first->key, first->meaning, section, first->key, first->key,
                     others.length ? others.data : "");
    }
out:
    pa_buffer_free(&others);
    return st;
}

static const pa_option_entry *entry_of(const pa_config *config, const char *key)
{
    const pa_option_entry *entry = pa_config_find(config, key);
    PA_ASSERT(entry != NULL);
    PA_ASSERT(entry->value.text != NULL);
    return entry;
}

int64_t pa_config_int(const pa_config *config, const char *key)
{
    const pa_option_entry *entry = entry_of(config, key);
    PA_ASSERT(entry->spec->type == PA_OPTION_INT || entry->spec->type == PA_OPTION_BYTES);
    return entry->value.integer;
}

double pa_config_real(const pa_config *config, const char *key)
{
    const pa_option_entry *entry = entry_of(config, key);
    PA_ASSERT(entry->spec->type == PA_OPTION_REAL);
    return entry->value.real;
}

bool pa_config_bool(const pa_config *config, const char *key)
{
    const pa_option_entry *entry = entry_of(config, key);
    PA_ASSERT(entry->spec->type == PA_OPTION_BOOL);
    return entry->value.integer != 0;
}

const char *pa_config_text(const pa_config *config, const char *key)
{
    const pa_option_entry *entry = entry_of(config, key);
    PA_ASSERT(entry->spec->type == PA_OPTION_TEXT || entry->spec->type == PA_OPTION_PATHS ||
              entry->spec->type == PA_OPTION_CHOICE);
    return entry->value.text;
}

bool pa_config_time(const pa_config *config, const char *key, int64_t *seconds)
{
    const pa_option_entry *entry = entry_of(config, key);
    PA_ASSERT(entry->spec->type == PA_OPTION_TIME);
    if (entry->value.text[0] == '\0') return false;
    *seconds = entry->value.integer;
    return true;
}

const char *pa_config_origin(const pa_config *config, const char *key, const char **place)
{
    const pa_option_entry *entry = pa_config_find(config, key);
    PA_ASSERT(entry != NULL);
    if (place) *place = entry->place ? entry->place : "";
    return origins[entry->rank];
}

pa_status pa_config_add_file(pa_config *config, const char *path, pa_error *err)
{
    return pa_buffer_add(&config->files, path, strlen(path) + 1, err);
}

const pa_buffer *pa_config_files(const pa_config *config)
{
    return &config->files;
}

size_t pa_config_count(const pa_config *config)
{
    return config->n;
}

const pa_option_spec *pa_config_spec(const pa_config *config, size_t i)
{
    PA_ASSERT(i < config->n);
    return config->entry[i].spec;
}

const char *pa_config_value(const pa_config *config, size_t i)
{
    PA_ASSERT(i < config->n);
    return config->entry[i].value.text;
}

/* Values from the environment and the command line. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "options_internal.h"

static const char prefix[] = "PARAUDIT_";

/* split.train_from as PARAUDIT_SPLIT_TRAIN_FROM, with a zero byte. */
static pa_status add_environment_name(const char *key, pa_buffer *names, pa_error *err)
{
    PA_TRY(pa_buffer_add(names, prefix, strlen(prefix), err));
    for (const char *c = key; *c; c++) {
        char upper = *c == '.' ? '_' : (char)toupper((unsigned char)*c);
        PA_TRY(pa_buffer_add(names, &upper, 1, err));
    }
    return pa_buffer_add(names, "", 1, err);
}

/* name[i] is the environment name of key i, inside names. */
static pa_status list_environment_names(const pa_config *config, pa_buffer *names,
                                        const char *name[], pa_error *err)
{
    for (size_t i = 0; i < config->n; i++) {
        PA_TRY(add_environment_name(config->entry[i].spec->key, names, err));
    }
    pa_option_list_names(names, config->n, name);
    return PA_OK;
}

/* Is it PARAUDIT_SECTION_ and more, of a section that has keys? */
static bool is_of_a_section(const pa_config *config, const char *const name[], const char *word)
{
    for (size_t i = 0; i < config->n; i++) {
        size_t n = strlen(prefix) + pa_option_section_length(config->entry[i].spec->key) + 1;
        if (strncmp(name[i], word, n) == 0) return true;
    }
    return false;
}

/* The name that `word` comes close to, not counting what all names have in common, or NULL. */
static const char *nearest_variable(const char *const name[], size_t n, const char *word,
                                    const char *tail[])
{
    const size_t common = strlen(prefix);
    for (size_t i = 0; i < n; i++) tail[i] = name[i] + common;
    return pa_nearest_name(word + common, tail, n);
}

/* Of a section, or a slip of the pen away from a key, it was meant for us. Others may be
 * anyone's: module files set PARAUDIT_ROOT and the like. */
static pa_status unknown_variable(const pa_config *config, const char *const name[],
                                  const char *word, pa_error *err)
{
    const char **tail = NULL;
    PA_TRY(PA_NEW(tail, config->n, err));
    const char *nearest = nearest_variable(name, config->n, word, tail);
    pa_free(tail);
    if (nearest) {
        return pa_fail(err, PA_E_CONFIG, "unknown environment variable '%s': did you mean '%s%s'?",
                       word, prefix, nearest);
    }
    if (!is_of_a_section(config, name, word)) return PA_OK;
    return pa_fail(err, PA_E_CONFIG,
                   "unknown environment variable '%s' (PARAUDIT_SECTION_KEY sets a key)", word);
}

static pa_status read_variable(pa_config *config, const char *const name[], const char *variable,
                               pa_error *err)
{
    char word[160];
    size_t length = strcspn(variable, "=");
    if (variable[length] != '=') return PA_OK;
    snprintf(word, sizeof word, "%.*s", (int)length, variable);
    for (size_t i = 0; i < config->n; i++) {
        if (strcmp(name[i], word) == 0) {
            return pa_config_assign(&config->entry[i], variable + length + 1, "environment", word,
                                    err);
        }
    }
    return unknown_variable(config, name, word, err);
}

pa_status pa_config_read_environment(pa_config *config, char *const environment[], pa_error *err)
{
    pa_buffer names = {0};
    const char **name = NULL;
    pa_status st = PA_NEW(name, config->n, err);
    if (st != PA_OK) goto out;
    PA_GOTO(list_environment_names(config, &names, name, err));
    for (char *const *variable = environment; variable && *variable; variable++) {
        if (strncmp(*variable, prefix, strlen(prefix)) != 0) continue;
        PA_GOTO(read_variable(config, name, *variable, err));
    }
out:
    pa_free(name);
    pa_buffer_free(&names);
    return st;
}

pa_status pa_config_set(pa_config *config, const char *assignment, const char *origin,
                        pa_error *err)
{
    const char *place = strcmp(origin, "command line") == 0 ? "--set" : origin;
    const char *equals = strchr(assignment, '=');
    if (!equals) {
        return pa_fail(err, PA_E_USAGE, "%s: no '=' in '%.80s'; write section.key=value", place,
                       assignment);
    }
    char key[160];
    snprintf(key, sizeof key, "%.*s", (int)(equals - assignment), assignment);
    pa_option_entry *entry = pa_config_find(config, key);
    if (!entry) return pa_config_unknown_key(config, key, place, err);
    return pa_config_assign(entry, equals + 1, origin, place, err);
}

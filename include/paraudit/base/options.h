/* Configuration: a strict table of keys, and where each value came from.
 *
 * Precedence: default < preset < file < environment < command line. A key that
 * is in no table is an error that names the nearest known one; so are a key
 * given twice in one file and a value out of its range. */
#ifndef PARAUDIT_BASE_OPTIONS_H
#define PARAUDIT_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/array.h"
#include "paraudit/base/status.h"

typedef enum {
    PA_OPTION_INT,
    PA_OPTION_REAL,
    PA_OPTION_BOOL, /* true/false, yes/no, on/off, 1/0 */
    PA_OPTION_TEXT,
    PA_OPTION_PATHS, /* base/paths.h; relative ones of a file are below its folder */
    PA_OPTION_CHOICE,
    PA_OPTION_BYTES, /* 4096, 64k, 4M, 2G (powers of 1024) */
    PA_OPTION_TIME   /* 2018-07-25, 2018-07-25 13:00:00 or seconds; empty: not set */
} pa_option_type;

typedef struct {
    const char *key; /* "split.train_from": section.key in a-z 0-9 _; NULL ends a table */
    pa_option_type type;
    const char *fallback; /* default, as text; NULL: must be given */
    double min, max;      /* INT, REAL, BYTES; both 0: unbounded; from 9.2e18 on: no bound */
    const char *choices;  /* CHOICE: "a|b|c" */
    const char *unit;     /* for --help; NULL: none */
    const char *meaning;  /* one sentence for --help and README */
    bool run_only;        /* does not determine the result: left out of /config */
} pa_option_spec;

typedef struct pa_config pa_config;

/* tables: n tables, each ended by a NULL key; borrowed. A key in two tables is
 * our bug (assert), and so is a default that breaks its own rules (PA_E_BUG). */
pa_status pa_config_new(const pa_option_spec *const tables[], size_t n, pa_config **config,
                        pa_error *err);
void pa_config_free(pa_config *config);

/* INI (inih). Messages start with PATH:LINE; relative PATHS are below the folder of `path`.
 * origin: "preset" or "file".
 *
 * Lines are `key = value` or `key: value` below a `[section]`; blanks around
 * them do not count, nor do empty lines and comments: from a ; or # that starts
 * a line or follows a blank. A value in double quotes is taken as it stands
 * between them, with "" for a quote. Lines end in LF or CRLF and may be of any
 * length; a byte order mark is passed over. After an error the configuration is
 * good for nothing but pa_config_free. */
pa_status pa_config_read_text(pa_config *config, const char *text, const char *path,
                              const char *origin, pa_error *err);
/* A file's text, ended by a zero byte (which length counts), to be handed to all ranks
 * and to pa_config_read_text, whose messages name `path`. PA_E_NO_INPUT where it cannot be
 * opened; a zero byte inside or more than 1 MiB is an error. */
pa_status pa_config_load_text(const char *path, pa_buffer *text, pa_error *err);
/* PARAUDIT_SECTION_KEY=value for every known key; an unknown key of a known section is an
 * error, and so is a name that comes near to one of ours (pa_nearest_name). Others are left
 * alone: PARAUDIT_ROOT may be a module file's. environment: as `environ`. */
pa_status pa_config_read_environment(pa_config *config, char *const environment[], pa_error *err);
/* One "section.key=value" of the command line; without '=' PA_E_USAGE. The value
 * of a TEXT is taken byte by byte: no quotes, no comments. Relative PATHS stay as
 * they are. Of several from one source the last one holds. */
pa_status pa_config_set(pa_config *config, const char *assignment, const char *origin,
                        pa_error *err);

/* After all sources: every key without a default has a value. */
pa_status pa_config_complete(const pa_config *config, pa_error *err);

/* Values, after pa_config_complete. The key must be in a table with that type (assert). */
int64_t pa_config_int(const pa_config *config, const char *key); /* INT and BYTES */
double pa_config_real(const pa_config *config, const char *key);
bool pa_config_bool(const pa_config *config, const char *key);
const char *pa_config_text(const pa_config *config, const char *key); /* TEXT, PATHS, CHOICE */
/* False where the key is empty; *seconds since 1970-01-01 otherwise. */
bool pa_config_time(const pa_config *config, const char *key, int64_t *seconds);

/* "default", "preset", "file", "environment" or "command line"; and a place such
 * as "jobs/handbook.ini:7" ("" for a default). */
const char *pa_config_origin(const pa_config *config, const char *key, const char **place);

/* The files that the values were read from, as who read them has named them: texts, each ended
 * by a zero byte. */
pa_status pa_config_add_file(pa_config *config, const char *path, pa_error *err);
const pa_buffer *pa_config_files(const pa_config *config);

/* All keys in byte order; i < pa_config_count. */
size_t pa_config_count(const pa_config *config);
const pa_option_spec *pa_config_spec(const pa_config *config, size_t i);
/* The value in its canonical text (NULL: a key without default, not given):
 * decimal numbers, true or false, bytes without suffix, times as
 * 2018-07-25 13:00:00, texts as they are. Equal values have equal texts, however
 * they were spelt. */
const char *pa_config_value(const pa_config *config, size_t i);

/* INI text, canonical values in the byte order of their keys: of all keys that
 * have a value, or only of those that determine the result. Reading it back
 * gives the same values and writes the same bytes. */
pa_status pa_config_write(const pa_config *config, bool only_result, pa_buffer *text,
                          pa_error *err);

/* A text as it may stand behind `key = ` in INI text: in double quotes where it would be read
 * as something else. Appended to text. */
pa_status pa_option_write_text(const char *value, pa_buffer *text, pa_error *err);

/* For --help: the keys by section, in the order of the tables, with default,
 * meaning, kind, range and unit. Appended to text. */
pa_status pa_options_help(const pa_option_spec *const tables[], size_t n, pa_buffer *text,
                          pa_error *err);

/* Of one key its kind, range and unit, and whether it determines the result, in a line. Appended
 * to text. */
pa_status pa_option_describe(const pa_option_spec *spec, pa_buffer *text, pa_error *err);

/* The candidate nearest to word (Damerau-Levenshtein distance at most a third of
 * word's length, ties to the first), else the first that differs in capitals
 * only, or NULL. */
const char *pa_nearest_name(const char *word, const char *const candidates[], size_t n);

/* Whether `name` is one of the names between commas or blanks in `list`. */
bool pa_lists_name(const char *list, const char *name);

#endif

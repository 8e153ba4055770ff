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
    PA_OPTION_CHOICE,
    PA_OPTION_BYTES, /* 4096, 64k, 4M, 2G (powers of 1024) */
    PA_OPTION_TIME   /* 2018-07-25, 2018-07-25 13:00:00 or seconds; empty: not set */
} pa_option_type;

typedef struct {
    const char *key; /* "split.train_from": section and key; NULL ends a table */
    pa_option_type type;
    const char *fallback; /* default, as text; NULL: must be given */
    double min, max;      /* INT, REAL, BYTES; both 0: unbounded */
    const char *choices;  /* CHOICE: "a|b|c" */
    const char *unit;     /* for --help; NULL: none */
    const char *meaning;  /* one sentence for --help and README */
    bool run_only;        /* does not determine the result: left out of /config */
} pa_option_spec;

typedef struct pa_config pa_config;

/* tables: n tables, each ended by a NULL key; borrowed. A key in two tables is
 * our bug (assert). */
pa_status pa_config_new(const pa_option_spec *const tables[], size_t n, pa_config **config,
                        pa_error *err);
void pa_config_free(pa_config *config);

/* INI (inih). Messages start with PATH:LINE. origin: "preset" or "file". */
pa_status pa_config_read_file(pa_config *config, const char *path, const char *origin,
                              pa_error *err);
/* The same from memory, for ranks that were handed the text; `path` is for messages. */
pa_status pa_config_read_text(pa_config *config, const char *text, const char *path,
                              const char *origin, pa_error *err);
/* PARAUDIT_SECTION_KEY=value for every known key; unknown PARAUDIT_ names are
 * errors, PARAUDIT_PRESETS (a folder) and PARAUDIT_TEST_* apart. environment: as
 * `environ`. */
pa_status pa_config_read_environment(pa_config *config, char *const environment[], pa_error *err);
/* One "section.key=value" of the command line. */
pa_status pa_config_set(pa_config *config, const char *assignment, const char *origin,
                        pa_error *err);

/* After all sources: every key without a default has a value. */
pa_status pa_config_complete(const pa_config *config, pa_error *err);

/* Values. The key must be in a table with that type (assert). */
int64_t pa_config_int(const pa_config *config, const char *key); /* INT and BYTES */
double pa_config_real(const pa_config *config, const char *key);
bool pa_config_bool(const pa_config *config, const char *key);
const char *pa_config_text(const pa_config *config, const char *key); /* TEXT and CHOICE */
/* False where the key is empty; *seconds since 1970-01-01 otherwise. */
bool pa_config_time(const pa_config *config, const char *key, int64_t *seconds);

/* "default", "preset", "file", "environment" or "command line"; and a place such
 * as "jobs/handbook.ini:7" ("" for a default). */
const char *pa_config_origin(const pa_config *config, const char *key, const char **place);

/* All keys in byte order; i < pa_config_count. */
size_t pa_config_count(const pa_config *config);
const pa_option_spec *pa_config_spec(const pa_config *config, size_t i);
const char *pa_config_value(const pa_config *config, size_t i); /* as text */

/* INI text, keys in byte order, of all keys or only those that determine the
 * result; reading it back gives the same values. */
pa_status pa_config_write(const pa_config *config, bool only_result, pa_buffer *text,
                          pa_error *err);

/* The candidate nearest to word (Damerau-Levenshtein distance at most a third of
 * its length, ties to the first), or NULL. */
const char *pa_nearest_name(const char *word, const char *const candidates[], size_t n);

#endif

/* What the files options_*.c share: the table of keys and one parsed value. */
#ifndef PARAUDIT_SRC_BASE_OPTIONS_INTERNAL_H
#define PARAUDIT_SRC_BASE_OPTIONS_INTERNAL_H

#include "paraudit/base/options.h"

/* One value in its one canonical spelling: `yes` and `true`, `1M` and `1048576`
 * give the same text, because the text enters the result and its digest. */
typedef struct {
    char *text;      /* canonical, owned; NULL: not given */
    int64_t integer; /* INT, BYTES, BOOL (0 or 1), TIME */
    double real;     /* REAL */
} pa_option_value;

typedef struct {
    const pa_option_spec *spec;
    pa_option_value value;
    int rank;    /* of the source: a lower rank never replaces a higher one */
    char *place; /* owned; NULL for a default */
} pa_option_entry;

struct pa_config {
    size_t n;
    pa_option_entry *entry; /* byte order of the keys, which keeps sections together */
    pa_buffer files;        /* names of the files that it was read from, each ended by a zero */
};

/* Parses and checks text, which holds neither line breaks nor other control
 * characters; messages start with place. */
pa_status pa_option_parse(const pa_option_spec *spec, const char *text, const char *place,
                          pa_option_value *value, pa_error *err);

/* "1 to 10000" or "at least 1" ("" where unbounded), and "a, b, c". */
void pa_option_range_text(const pa_option_spec *spec, char *out, size_t room);
void pa_option_choices_text(const pa_option_spec *spec, char *out, size_t room);

/* NULL: no such key. */
pa_option_entry *pa_config_find(const pa_config *config, const char *key);

/* name[i] = the i-th of n texts in names, each followed by a zero byte. */
void pa_option_list_names(const pa_buffer *names, size_t n, const char *name[]);

/* Length of the section's name in "section.key". */
size_t pa_option_section_length(const char *key);

/* Checks the value and keeps it, unless a stronger source has spoken already. */
pa_status pa_config_assign(pa_option_entry *entry, const char *text, const char *origin,
                           const char *place, pa_error *err);

/* "PLACE: unknown key 'x': did you mean 'y'?" */
pa_status pa_config_unknown_key(const pa_config *config, const char *key, const char *place,
                                pa_error *err);

#endif

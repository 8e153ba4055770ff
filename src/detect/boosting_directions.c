#include "boosting_directions.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/options.h"

enum { TERM_BYTES = 128 };

static const char blanks[] = " \t\r\n";

/* The next term without the blanks around it, and *text behind it; false at the end. */
static bool next(const char **text, char term[TERM_BYTES], size_t *length)
{
    const char *from = *text;
    if (!*from) return false;
    *length = strcspn(from, ",");
    *text += *length + (from[*length] == ',');
    while (*length > 0 && strchr(blanks, *from)) from++, --*length;
    while (*length > 0 && strchr(blanks, from[*length - 1])) --*length;
    if (*length >= TERM_BYTES) *length = TERM_BYTES - 1;
    memcpy(term, from, *length);
    term[*length] = '\0';
    return true;
}

/* Cuts the sign off a term. */
static bool take_sign(char term[TERM_BYTES], size_t length, int8_t *direction)
{
    static const char signs[] = "-0+";
    const char *sign = length > 2 ? strchr(signs, term[length - 1]) : NULL;
    if (!sign || term[length - 2] != ':') return false;
    *direction = (int8_t)(sign - signs - 1);
    term[length - 2] = '\0';
    return true;
}

static pa_status unknown(const char *key, const char *name, size_t n,
                         const pa_column_spec *const column[], pa_error *err)
{
    const char **candidate = NULL;
    PA_TRY(PA_NEW(candidate, n, err));
    for (size_t i = 0; i < n; i++) candidate[i] = column[i]->name;
    const char *near = pa_nearest_name(name, candidate, n);
    pa_status st =
        near ? pa_fail(err, PA_E_CONFIG,
                       "%s: '%s' is no column that the trees read: did you mean '%s'?", key, name,
                       near)
             : pa_fail(err, PA_E_CONFIG, "%s: '%s' is no column that the trees read", key, name);
    pa_free(candidate);
    return st;
}

static pa_status take_name(const char *key, const char *name, int8_t to, size_t n,
                           const pa_column_spec *const column[], int8_t direction[], pa_error *err)
{
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(column[i]->name, name) != 0) continue;
        direction[i] = to;
        found = true;
    }
    return found ? PA_OK : unknown(key, name, n, column, err);
}

pa_status pa_boosting_directions(const char *key, const char *terms, size_t n,
                                 const pa_column_spec *const column[], int8_t direction[],
                                 pa_error *err)
{
    char term[TERM_BYTES];
    size_t length;
    int8_t to;
    memset(direction, 0, n);
    if (strcmp(terms, "none") == 0) return PA_OK;
    while (next(&terms, term, &length)) {
        if (strcmp(term, "spec") == 0)
            for (size_t i = 0; i < n; i++) direction[i] = column[i]->direction;
        else if (take_sign(term, length, &to))
            PA_TRY(take_name(key, term, to, n, column, direction, err));
        else
            return pa_fail(err, PA_E_CONFIG,
                           "%s: '%s' is none of none, spec, NAME:+, NAME:- and NAME:0", key, term);
    }
    return PA_OK;
}

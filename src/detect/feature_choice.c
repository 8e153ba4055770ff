#include "paraudit/detect/feature_choice.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/options.h"

static const char blanks[] = " \t\r\n";

/* A term, without the blanks around it; length 0: there is none. */
typedef struct {
    const char *name;
    size_t length;
    bool takes_away;
} term;

static void trim(term *t)
{
    while (t->length > 0 && strchr(blanks, *t->name)) t->name++, t->length--;
    while (t->length > 0 && strchr(blanks, t->name[t->length - 1])) t->length--;
}

/* The next term, and *text behind it; false at the end. */
static bool next(const char **text, term *t)
{
    if (!**text) return false;
    size_t length = strcspn(*text, ",");
    *t = (term){.name = *text, .length = length};
    *text += length + ((*text)[length] == ',');
    trim(t);
    t->takes_away = t->length > 0 && *t->name == '-';
    if (t->takes_away) {
        t->name++;
        t->length--;
        trim(t);
    }
    return true;
}

static bool is_called(const term *t, const char *name)
{
    return name && strlen(name) == t->length && strncmp(t->name, name, t->length) == 0;
}

static bool covers(const term *t, const pa_column_spec *f)
{
    if (is_called(t, "all")) return true;
    if (is_called(t, "label_free")) return !(f->flags & PA_NEEDS_LABELS);
    return is_called(t, f->name) || is_called(t, f->family);
}

bool pa_feature_is_chosen(const char *terms, const pa_column_spec *f)
{
    term t;
    bool first = true, chosen = false;
    while (next(&terms, &t)) {
        if (first && t.takes_away) chosen = !(f->flags & PA_NEEDS_LABELS);
        if (covers(&t, f)) chosen = !t.takes_away;
        first = false;
    }
    return chosen;
}

/* ---- are they known ---- */

static bool is_known(const term *t, const pa_column_spec *const feature[], size_t n)
{
    bool known = is_called(t, "all") || is_called(t, "label_free");
    for (size_t i = 0; i < n && !known; i++) known = covers(t, feature[i]);
    return known;
}

static const char *nearest(const char *word, const pa_column_spec *const feature[], size_t n,
                           const char **candidate)
{
    size_t m = 0;
    candidate[m++] = "all";
    candidate[m++] = "label_free";
    for (size_t i = 0; i < n; i++) {
        candidate[m++] = feature[i]->name;
        if (feature[i]->family) candidate[m++] = feature[i]->family;
    }
    return pa_nearest_name(word, candidate, m);
}

static pa_status unknown(const char *key, const term *t, const pa_column_spec *const feature[],
                         size_t n, pa_error *err)
{
    const char **candidate = NULL;
    char word[64] = "";
    PA_TRY(PA_NEW(candidate, 2 * n + 2, err));
    size_t length = t->length < sizeof word ? t->length : sizeof word - 1;
    memcpy(word, t->name, length);
    const char *near = nearest(word, feature, n, candidate);
    pa_status st =
        near ? pa_fail(err, PA_E_CONFIG,
                       "%s: '%s' is no feature column and no family of them: did you mean '%s'?",
                       key, word, near)
             : pa_fail(err, PA_E_CONFIG,
                       "%s: '%s' is no feature column and no family of them: README lists them",
                       key, word);
    pa_free(candidate);
    return st;
}

pa_status pa_feature_choice_check(const char *key, const char *terms,
                                  const pa_column_spec *const feature[], size_t n, pa_error *err)
{
    term t;
    while (next(&terms, &t)) {
        if (t.length == 0)
            return pa_fail(err, PA_E_CONFIG, "%s: a name is missing between two commas", key);
        if (!is_known(&t, feature, n)) return unknown(key, &t, feature, n, err);
    }
    return PA_OK;
}

/* Whether some feature is of the family that this one yields to. */
static bool yields(const pa_column_spec *f, size_t n, const pa_column_spec *const feature[])
{
    bool found = false;
    for (size_t i = 0; f->yields_to && !found && i < n; i++)
        found = feature[i]->family && strcmp(feature[i]->family, f->yields_to) == 0;
    return found;
}

pa_status pa_choose_features(const char *key, const char *terms, size_t n,
                             const pa_column_spec *const feature[], bool chosen[], pa_error *err)
{
    bool is_auto = strcmp(terms, "auto") == 0;
    if (!is_auto) PA_TRY(pa_feature_choice_check(key, terms, feature, n, err));
    for (size_t i = 0; i < n; i++)
        chosen[i] =
            is_auto ? !yields(feature[i], n, feature) : pa_feature_is_chosen(terms, feature[i]);
    return PA_OK;
}

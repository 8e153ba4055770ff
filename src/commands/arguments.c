#include "paraudit/commands/arguments.h"

#include <inttypes.h>
#include <string.h>

#include "paraudit/base/options.h"
#include "paraudit/base/rights.h"
#include "paraudit/base/text.h"

/* The flag that `word` names, up to a '=' in it. */
static const pa_flag *find(const pa_flag flags[], const char *word, size_t length)
{
    for (; flags->name; flags++) {
        if (strlen(flags->name) == length && memcmp(flags->name, word, length) == 0) return flags;
    }
    return NULL;
}

static pa_status unknown(const pa_flag flags[], const char *word, pa_error *err)
{
    const char *names[64];
    size_t n = 0;
    for (; flags->name && n < 64; flags++) names[n++] = flags->name;
    const char *nearest = pa_nearest_name(word, names, n);
    return nearest
               ? pa_fail(err, PA_E_USAGE, "unknown option '%s': did you mean '%s'?", word, nearest)
               : pa_fail(err, PA_E_USAGE, "unknown option '%s'", word);
}

/* argv[*i] starts with "--"; *i moves on where the value is the next word. */
static pa_status take_flag(int argc, char *const argv[], int *i, pa_arguments *a, pa_error *err)
{
    const char *word = argv[*i], *value = NULL;
    const char *equals = strchr(word, '=');
    const pa_flag *flag = find(a->flags, word, equals ? (size_t)(equals - word) : strlen(word));
    if (!flag) return unknown(a->flags, word, err);
    if (!flag->value && equals) return pa_fail(err, PA_E_USAGE, "%s takes no value", flag->name);
    if (!flag->many && pa_is_given(a, flag->name)) {
        return pa_fail(err, PA_E_USAGE, "%s is given twice", flag->name);
    }
    if (flag->value) {
        if (!equals && *i + 1 == argc) {
            return pa_fail(err, PA_E_USAGE, "%s needs a value: %s %s", flag->name, flag->name,
                           flag->value);
        }
        value = equals ? equals + 1 : argv[++*i];
    }
    a->given[a->n_given] = flag->name;
    a->values[a->n_given++] = value;
    return PA_OK;
}

pa_status pa_parse_arguments(int argc, char *const argv[], const pa_flag flags[], size_t min_words,
                             size_t max_words, const char *usage, pa_arguments *a, pa_error *err)
{
    *a = (pa_arguments){.flags = flags};
    if (argc > PA_MAX_ARGUMENTS) return pa_fail(err, PA_E_USAGE, "too many arguments");
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0)
            PA_TRY(take_flag(argc, argv, &i, a, err));
        else if (argv[i][0] == '-' && argv[i][1])
            return unknown(flags, argv[i], err);
        else
            a->words[a->n_words++] = argv[i];
    }
    if (pa_is_given(a, "--help")) return PA_OK;
    if (a->n_words < min_words || a->n_words > max_words) {
        return pa_fail(err, PA_E_USAGE, "%s\nusage: %s",
                       a->n_words < min_words ? "an argument is missing" : "too many arguments",
                       usage);
    }
    return PA_OK;
}

bool pa_is_given(const pa_arguments *a, const char *flag)
{
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i], flag) == 0) return true;
    }
    return false;
}

const char *pa_value_of(const pa_arguments *a, const char *flag)
{
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i], flag) == 0) return a->values[i];
    }
    return NULL;
}

pa_status pa_integer_of(const pa_arguments *a, const char *flag, int64_t otherwise, int64_t least,
                        int64_t most, int64_t *number, pa_error *err)
{
    const char *text = pa_value_of(a, flag);
    *number = otherwise;
    if (!text) return PA_OK;
    bool fits = pa_parse_i64(text, strlen(text), number);
    if (!fits && *number == 0) {
        return pa_fail(err, PA_E_USAGE, "%s '%s' is not a whole number", flag, text);
    }
    if (fits && *number >= least && *number <= most) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "%s must be from %" PRId64 " to %" PRId64, flag, least, most);
}

pa_status pa_mode_of(const pa_arguments *a, pa_error *err)
{
    const char *mode = pa_value_of(a, "--mode");
    pa_error inner = {0};
    if (!mode || pa_set_output_mode("--mode", mode, &inner) == PA_OK) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "%s", inner.message);
}

pa_status pa_flags_help(const pa_flag flags[], pa_buffer *text, pa_error *err)
{
    for (; flags->name; flags++) {
        PA_TRY(pa_buffer_printf(text, err, "  %s%s%s\n      %s\n", flags->name,
                                flags->value ? " " : "", flags->value ? flags->value : "",
                                flags->meaning));
    }
    return PA_OK;
}

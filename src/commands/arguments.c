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

/* Values that name a file or a folder. */
static bool is_path(const pa_flag *flag)
{
    static const char *const words[] = {"DIR", "FILE", "FOLDER", "TRAIN.csv"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (strncmp(flag->value, words[i], n) == 0 && strchr(" ", flag->value[n])) return true;
    }
    return false;
}

/* A path that is empty is a variable that was not set, one that begins with a '-' an option that
 * came too early. */
static pa_status check_value(const pa_flag *flag, const char *value, pa_error *err)
{
    if (!is_path(flag)) return PA_OK;
    if (!*value) return pa_fail(err, PA_E_USAGE, "%s is empty", flag->name);
    if (*value != '-') return PA_OK;
    return pa_fail(err, PA_E_USAGE, "%s needs a value: %s %s; what is called '%s' is named ./%s",
                   flag->name, flag->name, flag->value, value, value);
}

static void take(pa_arguments *a, const char *name, const char *value)
{
    a->given[a->n_given] = name;
    a->values[a->n_given++] = value;
}

static bool is_word(const char *argument)
{
    return argument[0] != '-' || argument[1] == '\0';
}

static bool is_list(const pa_flag *flag)
{
    return flag->value && strstr(flag->value, " ...");
}

/* argv[*i] starts with "--"; *i moves on where the value is the next word. *spare: how many
 * words after that a list has taken. */
static pa_status take_flag(int argc, char *const argv[], int *i, size_t *spare, pa_arguments *a,
                           pa_error *err)
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
        PA_TRY(check_value(flag, value, err));
    }
    take(a, flag->name, value);
    for (*spare = 0; is_list(flag) && *i + 1 < argc && is_word(argv[*i + 1]); ++*spare) {
        take(a, flag->name, argv[++*i]);
    }
    return PA_OK;
}

/* The last of the spare words of a list are words of the command, if it lacks these. */
static void give_back(size_t spare, size_t min_words, pa_arguments *a)
{
    size_t missing = a->n_words < min_words ? min_words - a->n_words : 0;
    if (missing > spare) return;
    for (size_t i = 0; i < missing; i++) {
        a->words[a->n_words++] = a->values[a->n_given - missing + i];
    }
    a->n_given -= missing;
}

/* The n-th word that the usage names after "paraudit NAME". */
static pa_status word_is_missing(const char *usage, size_t n, pa_error *err)
{
    const char *word = usage;
    for (size_t i = 0; i < n + 2; i++) {
        word += strcspn(word, " ");
        word += strspn(word, " ");
    }
    return pa_fail(err, PA_E_USAGE, "%.*s is missing\nusage: %s", (int)strcspn(word, " "), word,
                   usage);
}

pa_status pa_parse_arguments(int argc, char *const argv[], const pa_flag flags[], size_t min_words,
                             size_t max_words, const char *usage, pa_arguments *a, pa_error *err)
{
    size_t spare = 0;
    *a = (pa_arguments){.flags = flags};
    if (argc > PA_MAX_ARGUMENTS) return pa_fail(err, PA_E_USAGE, "too many arguments");
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            while (++i < argc) a->words[a->n_words++] = argv[i];
        } else if (strncmp(argv[i], "--", 2) == 0)
            PA_TRY(take_flag(argc, argv, &i, &spare, a, err));
        else if (!is_word(argv[i]))
            return unknown(flags, argv[i], err);
        else
            a->words[a->n_words++] = argv[i];
    }
    if (pa_is_given(a, "--help")) return PA_OK;
    give_back(spare, min_words, a);
    if (a->n_words < min_words) return word_is_missing(usage, a->n_words, err);
    if (a->n_words > max_words) {
        return pa_fail(err, PA_E_USAGE, "'%s' is one argument too many\nusage: %s",
                       a->words[max_words], usage);
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

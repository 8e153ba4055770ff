#include "paraudit/commands/arguments.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static const char usage[] =
    "paraudit try DIR FILE [--in FOLDER ...] [--set KEY=VALUE ...] --out DIR";

static const pa_flag flags[] = {
    {"--in", "FOLDER ...", "a list", true},   {"--set", "KEY=VALUE", "a value, often", true},
    {"--out", "DIR", "a value, once", false}, {"--quiet", NULL, "no value", false},
    {"--help", NULL, "this text", false},     {0}};

/* Words of a line, split at blanks, to flags and at least two words and at most three. */
static pa_status parse(const char *line, pa_arguments *a, pa_error *err)
{
    static char copy[200];
    char *argv[40];
    int argc = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *at = strtok(copy, " "); at; at = strtok(NULL, " ")) argv[argc++] = at;
    return pa_parse_arguments(argc, argv, flags, 2, 3, usage, a, err);
}

/* "word word | --flag=value --flag" of what was taken. */
static void describe(const pa_arguments *a, char text[400])
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < a->n_words; i++) {
        at += (size_t)snprintf(text + at, 400 - at, "%s ", a->words[i]);
    }
    at += (size_t)snprintf(text + at, 400 - at, "|");
    for (size_t i = 0; i < a->n_given; i++) {
        at += (size_t)snprintf(text + at, 400 - at, " %s%s%s", a->given[i], a->values[i] ? "=" : "",
                               a->values[i] ? a->values[i] : "");
    }
}

static void expect(const char *line, const char *taken)
{
    pa_arguments a;
    pa_error err = {0};
    char text[400];
    CU_ASSERT_EQUAL(parse(line, &a, &err), PA_OK);
    describe(&a, text);
    CU_ASSERT_STRING_EQUAL(text, taken);
    if (strcmp(text, taken) != 0) fprintf(stderr, "%s\n  is %s\n", line, text);
}

/* The first line of the message; the usage is the second where words are counted. */
static void expect_error(const char *line, const char *message)
{
    pa_arguments a;
    pa_error err = {0};
    CU_ASSERT_EQUAL(parse(line, &a, &err), PA_E_USAGE);
    char *end = strchr(err.message, '\n');
    if (end) {
        CU_ASSERT_STRING_EQUAL(end + 1 + strlen("usage: "), usage);
        *end = '\0';
    }
    CU_ASSERT_STRING_EQUAL(err.message, message);
    if (strcmp(err.message, message) != 0) fprintf(stderr, "%s\n  says %s\n", line, err.message);
}

static void test_words_and_flags_mix(void)
{
    expect("a b", "a b |");
    expect("a --quiet b --out=c d", "a b d | --quiet --out=c");
    expect("a --set k=v b --set=k=w", "a b | --set=k=v --set=k=w");
    expect("- b", "- b |");
    expect("--help", "| --help");
}

static void test_a_list_takes_words_up_to_the_next_flag(void)
{
    expect("a b --in x y z", "a b | --in=x --in=y --in=z");
    expect("a b --in x y --quiet", "a b | --in=x --in=y --quiet");
    expect("a b --in x --out c d", "a b d | --in=x --out=c");
    expect("a b --in=x y --in z", "a b | --in=x --in=y --in=z");
}

static void test_words_that_are_wanting_come_from_a_list_that_stands_last(void)
{
    expect("--in x a b", "a b | --in=x");
    expect("--in x y a b", "a b | --in=x --in=y");
    expect("a --in x b", "a b | --in=x");
}

static void test_what_is_missing_or_too_much_is_named(void)
{
    expect_error("", "DIR is missing");
    expect_error("a", "FILE is missing");
    expect_error("--quiet a", "FILE is missing");
    expect_error("--in x y", "DIR is missing"); /* x is the list's own */
    expect_error("a b c d e", "'d' is one argument too many");
    expect_error("a b --in", "--in needs a value: --in FOLDER ...");
    expect_error("a b --out", "--out needs a value: --out DIR");
    expect_error("a b --out c --out d", "--out is given twice");
    expect_error("a b --quiet=c", "--quiet takes no value");
    expect_error("a b --quite", "unknown option '--quite': did you mean '--quiet'?");
    expect_error("a b -q", "unknown option '-q'");
}

static void test_values_that_are_paths_are_no_flags_and_not_empty(void)
{
    expect_error("a b --out=", "--out is empty");
    expect_error("a b --in=", "--in is empty");
    expect_error("a b --out --quiet", "--out needs a value: --out DIR; what is called '--quiet' is "
                                      "named ./--quiet");
    expect_error("a b --out=-x", "--out needs a value: --out DIR; what is called '-x' is named "
                                 "./-x");
    expect_error("a b --out --", "--out needs a value: --out DIR; what is called '--' is named "
                                 "./--");
    expect("a b --out ./-x --set=-k=v", "a b | --out=./-x --set=-k=v");
}

static const pa_test tests[] = {
    {"words and flags mix", test_words_and_flags_mix},
    {"a list takes words up to the next flag", test_a_list_takes_words_up_to_the_next_flag},
    {"words that are wanting come from a list that stands last",
     test_words_that_are_wanting_come_from_a_list_that_stands_last},
    {"what is missing or too much is named", test_what_is_missing_or_too_much_is_named},
    {"values that are paths are no flags and not empty",
     test_values_that_are_paths_are_no_flags_and_not_empty},
};

PA_TEST_MAIN("arguments", tests)

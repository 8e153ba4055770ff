#include "paraudit/base/options.h"

#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* Two tables, as two stages would give them; `split` is in both. */
static const pa_option_spec split_table[] = {
    {.key = "split.train_from",
     .type = PA_OPTION_TIME,
     .fallback = "2018-08-01",
     .meaning = "First moment of the rows that the supervised model learns from."},
    {.key = "split.as_of",
     .type = PA_OPTION_TIME,
     .fallback = "",
     .meaning = "When the audit runs."},
    {.key = "split.label_delay_days",
     .type = PA_OPTION_INT,
     .fallback = "7",
     .max = 3650,
     .unit = "days",
     .meaning = "How long after its transaction a label becomes known."},
    {.key = "input.preset",
     .type = PA_OPTION_CHOICE,
     .fallback = "generic",
     .choices = "generic|handbook|ulb",
     .meaning = "Names of the columns of a known data set."},
    {.key = NULL}};
static const pa_option_spec forest_table[] = {
    {.key = "forest.trees",
     .type = PA_OPTION_INT,
     .fallback = "100",
     .min = 1,
     .max = 10000,
     .meaning = "Trees of the isolation forest."},
    {.key = "forest.share",
     .type = PA_OPTION_REAL,
     .fallback = "0.5",
     .min = 0.25,
     .max = 1,
     .meaning = "Share of the columns that a tree may use."},
    {.key = "forest.seed", .type = PA_OPTION_INT, .fallback = "1", .meaning = "Seed of all draws."},
    {.key = "forest.weight", .type = PA_OPTION_REAL, .fallback = "1", .meaning = "A factor."},
    {.key = "forest.enabled", .type = PA_OPTION_BOOL, .fallback = "yes", .meaning = "Build it."},
    {.key = "run.buffer",
     .type = PA_OPTION_BYTES,
     .fallback = "4M",
     .min = 4096,
     .max = 1 << 30,
     .unit = "bytes",
     .meaning = "Bytes read at a time.",
     .run_only = true},
    {.key = "run.title", .type = PA_OPTION_TEXT, .fallback = "", .meaning = "Heading of reports."},
    {.key = "split.seal", .type = PA_OPTION_BOOL, .fallback = "off", .meaning = "Seal the folds."},
    {.key = NULL}};
static const pa_option_spec *const tables[] = {split_table, forest_table};

static pa_config *new_config(void)
{
    pa_config *config = NULL;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_config_new(tables, 2, &config, &err), PA_OK);
    return config;
}

/* Says what differs, which CUnit's own assert does not. */
static void expect_text(const char *found, const char *wanted)
{
    if (!found || strcmp(found, wanted) != 0) {
        fprintf(stderr, "\n  found  %s\n  wanted %s\n", found ? found : "(null)", wanted);
    }
    CU_ASSERT(found && strcmp(found, wanted) == 0);
}

static void expect_failure(pa_status st, const pa_error *err, pa_status status, const char *message)
{
    CU_ASSERT_EQUAL(st, status);
    CU_ASSERT_EQUAL(err->status, status);
    expect_text(err->message, message);
}

static void expect_ini_error(const char *text, const char *message)
{
    pa_config *config = new_config();
    pa_error err = {0};
    pa_status st = pa_config_read_text(config, text, "jobs/x.ini", "file", &err);
    expect_failure(st, &err, PA_E_CONFIG, message);
    pa_config_free(config);
}

static void expect_set_error(const char *assignment, pa_status status, const char *message)
{
    pa_config *config = new_config();
    pa_error err = {0};
    pa_status st = pa_config_set(config, assignment, "command line", &err);
    expect_failure(st, &err, status, message);
    pa_config_free(config);
}

static const char *value_of(const pa_config *config, const char *key)
{
    for (size_t i = 0; i < pa_config_count(config); i++) {
        if (strcmp(pa_config_spec(config, i)->key, key) == 0) return pa_config_value(config, i);
    }
    return NULL;
}

static void read_ini(pa_config *config, const char *text)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_config_read_text(config, text, "x.ini", "file", &err), PA_OK);
    expect_text(err.message, "");
}

static void set(pa_config *config, const char *assignment)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_config_set(config, assignment, "command line", &err), PA_OK);
    expect_text(err.message, "");
}

/* The canonical text of key's value when it is given as `text`. */
static void expect_canonical(const char *key, const char *text, const char *canonical)
{
    char assignment[200];
    pa_config *config = new_config();
    snprintf(assignment, sizeof assignment, "%s=%s", key, text);
    set(config, assignment);
    expect_text(value_of(config, key), canonical);
    pa_config_free(config);
}

static void test_defaults_hold_until_something_is_given(void)
{
    pa_config *config = new_config();
    const char *place = NULL;
    int64_t seconds = 0;
    CU_ASSERT_EQUAL(pa_config_int(config, "forest.trees"), 100);
    CU_ASSERT_EQUAL(pa_config_int(config, "run.buffer"), 4 << 20);
    CU_ASSERT_EQUAL(pa_config_real(config, "forest.share"), 0.5);
    CU_ASSERT_TRUE(pa_config_bool(config, "forest.enabled"));
    CU_ASSERT_STRING_EQUAL(pa_config_text(config, "input.preset"), "generic");
    CU_ASSERT_TRUE(pa_config_time(config, "split.train_from", &seconds));
    CU_ASSERT_EQUAL(seconds, 1533081600);
    CU_ASSERT_FALSE(pa_config_time(config, "split.as_of", &seconds));
    CU_ASSERT_STRING_EQUAL(pa_config_origin(config, "forest.trees", &place), "default");
    CU_ASSERT_STRING_EQUAL(place, "");
    pa_config_free(config);
}

static void test_lines_may_be_indented_commented_and_use_colons(void)
{
    pa_config *config = new_config();
    const char *place = NULL;
    read_ini(config, "; a comment\n"
                     "# another\n\n"
                     "[forest]   ; trees\n"
                     "trees = 250\n"
                     "  share: 0.75 # not a continuation of the line above\n"
                     "\tenabled=off\n"
                     "[run] # again\n"
                     "title = a;b#c : d = e ; comment\n"
                     "[forest]\n"
                     "seed = -3");
    CU_ASSERT_EQUAL(pa_config_int(config, "forest.trees"), 250);
    CU_ASSERT_EQUAL(pa_config_real(config, "forest.share"), 0.75);
    CU_ASSERT_FALSE(pa_config_bool(config, "forest.enabled"));
    CU_ASSERT_EQUAL(pa_config_int(config, "forest.seed"), -3);
    expect_text(pa_config_text(config, "run.title"), "a;b#c : d = e");
    CU_ASSERT_STRING_EQUAL(pa_config_origin(config, "forest.seed", &place), "file");
    expect_text(place, "x.ini:11");
    read_ini(config, "[run]\ntitle =; empty\n");
    expect_text(pa_config_text(config, "run.title"), "");
    read_ini(config, "[run]\ntitle = # empty\n");
    expect_text(pa_config_text(config, "run.title"), "");
    pa_config_free(config);
}

static void test_crlf_and_byte_order_mark_make_no_difference(void)
{
    pa_config *config = new_config();
    read_ini(config, "\xef\xbb\xbf[forest]\r\ntrees = 250\r\n\r\n[run]\r\ntitle = x \r\n");
    CU_ASSERT_EQUAL(pa_config_int(config, "forest.trees"), 250);
    expect_text(pa_config_text(config, "run.title"), "x");
    pa_config_free(config);
    config = new_config();
    read_ini(config, "\xef\xbb\xbf");
    read_ini(config, "");
    pa_config_free(config);
    expect_ini_error("\xef\xbb\xbf[forst]\n",
                     "jobs/x.ini:1: unknown section '[forst]': did you mean '[forest]'?");
}

static void test_unknown_key_names_the_nearest(void)
{
    expect_ini_error("\n\n\n\n\n[split]\ntrain_form = 2018-07-25\n",
                     "jobs/x.ini:7: unknown key 'split.train_form': did you mean "
                     "'split.train_from'?");
    expect_ini_error("[split]\nwhatever = 1\n",
                     "jobs/x.ini:2: unknown key 'split.whatever' (--help lists all keys)");
    expect_ini_error("[split]\nsplit.as_of = 1\n",
                     "jobs/x.ini:2: unknown key 'split.split.as_of' (--help lists all keys)");
}

static void test_unknown_section_names_the_nearest(void)
{
    expect_ini_error("[forest]\n[splt]\n",
                     "jobs/x.ini:2: unknown section '[splt]': did you mean '[split]'?");
    expect_ini_error("[Forest]\ntrees = 1\n",
                     "jobs/x.ini:1: unknown section '[Forest]': did you mean '[forest]'?");
    expect_ini_error("[]\n", "jobs/x.ini:1: unknown section '[]' (--help lists all keys)");
    expect_ini_error("[database]\n",
                     "jobs/x.ini:1: unknown section '[database]' (--help lists all keys)");
}

static void test_key_twice_in_a_file_names_both_lines(void)
{
    expect_ini_error("[forest]\ntrees = 1\n[run]\n[forest]\ntrees = 1\n",
                     "jobs/x.ini:5: key 'forest.trees' is given twice, first in line 2");
}

static void test_later_file_of_the_same_origin_holds(void)
{
    pa_config *config = new_config();
    read_ini(config, "[forest]\ntrees = 1\n");
    read_ini(config, "[forest]\ntrees = 2\n");
    CU_ASSERT_EQUAL(pa_config_int(config, "forest.trees"), 2);
    pa_config_free(config);
}

static void test_lines_that_are_not_ini_are_errors(void)
{
    expect_ini_error("trees = 1\n[forest]\n",
                     "jobs/x.ini:1: key 'trees' stands outside any section; put a line such as "
                     "'[input]' before it");
    expect_ini_error("[forest]\n  trees 1\nseed = x\n",
                     "jobs/x.ini:2: no '=' in 'trees 1'; a line is 'key = value', '[section]' or a "
                     "comment");
    expect_ini_error("[forest]\ntrees = 2\n  b.csv\n",
                     "jobs/x.ini:3: no '=' in 'b.csv'; a line is 'key = value', '[section]' or a "
                     "comment");
    expect_ini_error("[forest]\n = 1\n", "jobs/x.ini:2: no key before the '='");
    expect_ini_error("[forest\ntrees = 1\n", "jobs/x.ini:1: no ']' in '[forest'");
    expect_ini_error("[forest] trees = 1\n",
                     "jobs/x.ini:1: 'trees = 1' follows the section's name; give it a line of its "
                     "own");
}

static void test_first_bad_line_is_the_one_reported(void)
{
    expect_ini_error("[forest]\nseed = x\ntrees 1\n",
                     "jobs/x.ini:2: 'forest.seed' is 'x'; it must be a whole number");
    expect_ini_error("[forest]\ntrees 1\n[forst]\n",
                     "jobs/x.ini:2: no '=' in 'trees 1'; a line is 'key = value', '[section]' or a "
                     "comment");
}

/* inih's buffer is 200 bytes: beyond it values must not be cut. */
static void test_values_of_any_length_are_taken_whole(void)
{
    enum { N = 5000 };
    char title[N + 1], text[N + 100];
    int wrong = 0;
    for (int n = 150; n <= N; n += n < 300 ? 1 : 977) {
        for (int i = 0; i < n; i++) title[i] = (char)('a' + i % 26);
        title[n] = '\0';
        snprintf(text, sizeof text, "[run]\ntitle = %s\n[forest]\ntrees = 7\n", title);
        pa_config *config = new_config();
        read_ini(config, text);
        wrong += strcmp(pa_config_text(config, "run.title"), title) != 0;
        wrong += pa_config_int(config, "forest.trees") != 7;
        pa_config_free(config);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_key_longer_than_a_line_may_be_is_an_error(void)
{
    char text[1000];
    pa_config *config = new_config();
    pa_error err = {0};
    memset(text, 'k', sizeof text);
    memcpy(text, "[forest]\n", 9);
    strcpy(text + 900, " = 1\n");
    CU_ASSERT_EQUAL(pa_config_read_text(config, text, "x.ini", "file", &err), PA_E_CONFIG);
    CU_ASSERT(strncmp(err.message, "x.ini:2: no '=' in the first ", 29) == 0);
    text[9] = ';'; /* as a comment it may have any length */
    read_ini(config, text);
    pa_config_free(config);
}

static void test_numbers_are_checked_when_they_are_set(void)
{
    expect_ini_error("[forest]\ntrees = 0\n",
                     "jobs/x.ini:2: 'forest.trees' is '0'; it must be 1 to 10000");
    expect_ini_error("[forest]\ntrees = 1.5\n",
                     "jobs/x.ini:2: 'forest.trees' is '1.5'; it must be a whole number");
    expect_ini_error("[forest]\ntrees =\n",
                     "jobs/x.ini:2: 'forest.trees' is ''; it must be a whole number");
    expect_ini_error("[forest]\nseed = 9223372036854775808\n",
                     "jobs/x.ini:2: 'forest.seed' is '9223372036854775808'; it must be a whole "
                     "number of at most 64 bits");
    expect_ini_error("[split]\nlabel_delay_days = 4000\n",
                     "jobs/x.ini:2: 'split.label_delay_days' is '4000'; it must be 0 to 3650 days");
    expect_ini_error("[forest]\nshare = 0.2\n",
                     "jobs/x.ini:2: 'forest.share' is '0.2'; it must be 0.25 to 1");
    expect_ini_error("[forest]\nshare = 1,5\n",
                     "jobs/x.ini:2: 'forest.share' is '1,5'; it must be a number");
    expect_ini_error("[forest]\nweight = nan\n",
                     "jobs/x.ini:2: 'forest.weight' is 'nan'; it must be a number");
    expect_ini_error("[forest]\nweight = 0x10\n",
                     "jobs/x.ini:2: 'forest.weight' is '0x10'; it must be a number");
    expect_ini_error("[forest]\nweight = 1e999\n",
                     "jobs/x.ini:2: 'forest.weight' is '1e999'; it must be a finite number");
}

static void test_other_kinds_are_checked_when_they_are_set(void)
{
    expect_ini_error("[forest]\nenabled = maybe\n",
                     "jobs/x.ini:2: 'forest.enabled' is 'maybe'; it must be true or false (or "
                     "yes/no, on/off, 1/0)");
    expect_ini_error("[input]\npreset = handbok\n",
                     "jobs/x.ini:2: 'input.preset' is 'handbok'; it must be one of generic, "
                     "handbook, ulb: did you mean 'handbook'?");
    expect_ini_error("[input]\npreset = x\n",
                     "jobs/x.ini:2: 'input.preset' is 'x'; it must be one of generic, handbook, "
                     "ulb");
    expect_ini_error("[split]\nas_of = soon\n",
                     "jobs/x.ini:2: 'split.as_of' is 'soon'; it must be a time such as 2018-07-25, "
                     "'2018-07-25 13:00:00' or seconds since 1970-01-01");
}

static void test_bytes_take_suffixes_of_1024(void)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } cases[] = {{"4096", 4096},          {"64k", 65536},        {"64K", 65536},
                 {"4M", 4194304},         {"1024m", 1073741824}, {"1g", 1073741824},
                 {"1048576k", 1073741824}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char assignment[60];
        pa_config *config = new_config();
        snprintf(assignment, sizeof assignment, "run.buffer=%s", cases[i].text);
        set(config, assignment);
        CU_ASSERT_EQUAL(pa_config_int(config, "run.buffer"), cases[i].bytes);
        pa_config_free(config);
    }
    expect_set_error("run.buffer=4 MB", PA_E_CONFIG,
                     "--set: 'run.buffer' is '4 MB'; it must be a number of bytes such as 4096, "
                     "64k, 4M or 2G");
    expect_set_error("run.buffer=-4k", PA_E_CONFIG,
                     "--set: 'run.buffer' is '-4k'; it must be a number of bytes such as 4096, "
                     "64k, 4M or 2G");
    expect_set_error("run.buffer=2G", PA_E_CONFIG,
                     "--set: 'run.buffer' is '2G'; it must be 4k to 1G bytes");
    expect_set_error("run.buffer=99999999999999999t", PA_E_CONFIG,
                     "--set: 'run.buffer' is '99999999999999999t'; it must be a number of bytes of "
                     "at most 63 bits");
}

static void test_command_line_errors_name_the_option(void)
{
    expect_set_error("forest.trees", PA_E_USAGE,
                     "--set: no '=' in 'forest.trees'; write section.key=value");
    expect_set_error("forest.treees=1", PA_E_CONFIG,
                     "--set: unknown key 'forest.treees': did you mean 'forest.trees'?");
    expect_set_error("=1", PA_E_CONFIG, "--set: unknown key '' (--help lists all keys)");
    expect_set_error("run.title=a\nb", PA_E_CONFIG,
                     "--set: the value of 'run.title' holds a line break or another control "
                     "character (code 10)");
}

/* The variables of an environment, one a line. */
static pa_status read_environment(pa_config *config, const char *variables, pa_error *err)
{
    char copy[800];
    char *environment[24] = {NULL};
    snprintf(copy, sizeof copy, "%s", variables);
    int n = 0;
    for (char *at = strtok(copy, "\n"); at; at = strtok(NULL, "\n")) environment[n++] = at;
    return pa_config_read_environment(config, environment, err);
}

static void test_environment_sets_every_known_key(void)
{
    pa_config *config = new_config();
    pa_error err = {0};
    const char *place = NULL;
    pa_status st = read_environment(config,
                                    "HOME=/root\n"
                                    "PARAUDIT_FOREST_TREES=12\n"
                                    "PARAUDIT_SPLIT_LABEL_DELAY_DAYS=3\n"
                                    "PARAUDIT_RUN_TITLE= a=b \n"
                                    "PARAUDIT_PRESETS=folder\n"
                                    "PARAUDIT_TEST_DATA=x\n"
                                    "PARAUDIT_ROOT=/opt/paraudit\n"
                                    "PARAUDIT_HOME=/opt/paraudit\n"
                                    "PARAUDIT_DIR=/opt/paraudit\n"
                                    "PARAUDIT_LIB_DIR=/opt/paraudit/lib\n"
                                    "PARAUDIT_VERSION=0.1.0\n"
                                    "PARAUDIT_FORESTRY=x\n"
                                    "PARAUDIT_=x\n"
                                    "PARAUDITOR=x",
                                    &err);
    CU_ASSERT_EQUAL(st, PA_OK);
    CU_ASSERT_EQUAL(pa_config_int(config, "forest.trees"), 12);
    CU_ASSERT_EQUAL(pa_config_int(config, "split.label_delay_days"), 3);
    expect_text(pa_config_text(config, "run.title"), " a=b ");
    CU_ASSERT_STRING_EQUAL(pa_config_origin(config, "forest.trees", &place), "environment");
    expect_text(place, "PARAUDIT_FOREST_TREES");
    CU_ASSERT_EQUAL(pa_config_read_environment(config, NULL, &err), PA_OK);
    pa_config_free(config);
}

static void expect_environment_error(const char *variable, const char *message)
{
    pa_config *config = new_config();
    pa_error err = {0};
    expect_failure(read_environment(config, variable, &err), &err, PA_E_CONFIG, message);
    pa_config_free(config);
}

static void test_environment_errors_name_the_variable(void)
{
    expect_environment_error("PARAUDIT_FOREST_TREE=1",
                             "unknown environment variable 'PARAUDIT_FOREST_TREE': did you mean "
                             "'PARAUDIT_FOREST_TREES'?");
    expect_environment_error("PARAUDIT_FORST_TREES=1",
                             "unknown environment variable 'PARAUDIT_FORST_TREES': did you mean "
                             "'PARAUDIT_FOREST_TREES'?");
    expect_environment_error("PARAUDIT_forest_trees=1",
                             "unknown environment variable 'PARAUDIT_forest_trees': did you mean "
                             "'PARAUDIT_FOREST_TREES'?");
    expect_environment_error("PARAUDIT_RUN_ANOTHER_WORD=1",
                             "unknown environment variable 'PARAUDIT_RUN_ANOTHER_WORD' "
                             "(PARAUDIT_SECTION_KEY sets a key)");
    expect_environment_error("PARAUDIT_FOREST_TREES=many",
                             "PARAUDIT_FOREST_TREES: 'forest.trees' is 'many'; it must be a whole "
                             "number");
}

static pa_status give(pa_config *config, int source, pa_error *err)
{
    switch (source) {
    case 0:
        return pa_config_read_text(config, "[forest]\ntrees=1", "p.ini", "preset", err);
    case 1:
        return pa_config_read_text(config, "[forest]\ntrees=2", "f.ini", "file", err);
    case 2:
        return read_environment(config, "PARAUDIT_FOREST_TREES=3", err);
    default:
        return pa_config_set(config, "forest.trees=4", "command line", err);
    }
}

/* Every sequence of four calls, each source any number of times. */
static void test_precedence_does_not_depend_on_the_order_of_calls(void)
{
    static const char *const origin[] = {"preset", "file", "environment", "command line"};
    int wrong = 0;
    for (int sequence = 0; sequence < 256; sequence++) {
        pa_config *config = new_config();
        pa_error err = {0};
        int strongest = 0;
        for (int call = 0; call < 4; call++) {
            int source = sequence >> 2 * call & 3;
            wrong += give(config, source, &err) != PA_OK;
            if (source > strongest) strongest = source;
        }
        wrong += pa_config_int(config, "forest.trees") != strongest + 1;
        wrong += strcmp(pa_config_origin(config, "forest.trees", NULL), origin[strongest]) != 0;
        pa_config_free(config);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_value_of_a_weaker_source_is_still_checked(void)
{
    pa_config *config = new_config();
    pa_error err = {0};
    set(config, "forest.trees=4");
    pa_status st = pa_config_read_text(config, "[forest]\ntrees=0", "f.ini", "file", &err);
    expect_failure(st, &err, PA_E_CONFIG, "f.ini:2: 'forest.trees' is '0'; it must be 1 to 10000");
    pa_config_free(config);
}

static const pa_option_spec must_table[] = {
    {.key = "input.files", .type = PA_OPTION_TEXT, .meaning = "Files of transactions"},
    {.key = "input.until", .type = PA_OPTION_TIME, .meaning = "End"},
    {.key = "input.zeal", .type = PA_OPTION_INT, .meaning = "Zeal"},
    {.key = NULL}};

static void test_missing_keys_are_named_with_their_meaning(void)
{
    static const pa_option_spec *const must[] = {must_table};
    pa_config *config = NULL;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_config_new(must, 1, &config, &err), PA_OK);
    expect_failure(pa_config_complete(config, &err), &err, PA_E_CONFIG,
                   "'input.files' is not set (Files of transactions): give it in section [input] "
                   "of the configuration or by --set input.files=VALUE; so are: input.until, "
                   "input.zeal");
    err = (pa_error){0};
    set(config, "input.files=a.csv");
    set(config, "input.zeal=1");
    expect_failure(pa_config_complete(config, &err), &err, PA_E_CONFIG,
                   "'input.until' is not set (End): give it in section [input] of the "
                   "configuration or by --set input.until=VALUE");
    CU_ASSERT_PTR_NULL(value_of(config, "input.until"));
    set(config, "input.until=");
    err = (pa_error){0};
    CU_ASSERT_EQUAL(pa_config_complete(config, &err), PA_OK);
    pa_config_free(config);
}

static void test_equal_values_have_one_canonical_text(void)
{
    expect_canonical("forest.trees", " +0012 ", "12");
    expect_canonical("forest.seed", "-0", "0");
    expect_canonical("forest.seed", "-9223372036854775808", "-9223372036854775808");
    expect_canonical("forest.enabled", "true", "true");
    expect_canonical("forest.enabled", "YES", "true");
    expect_canonical("forest.enabled", "on", "true");
    expect_canonical("forest.enabled", "1", "true");
    expect_canonical("forest.enabled", "No", "false");
    expect_canonical("forest.enabled", "off", "false");
    expect_canonical("run.buffer", "1M", "1048576");
    expect_canonical("run.buffer", "1024k", "1048576");
    expect_canonical("run.buffer", "1048576", "1048576");
    expect_canonical("split.as_of", "2018-08-01", "2018-08-01 00:00:00");
    expect_canonical("split.as_of", "2018-08-01 00:00:00", "2018-08-01 00:00:00");
    expect_canonical("split.as_of", "1533081600", "2018-08-01 00:00:00");
    expect_canonical("split.as_of", "-1", "1969-12-31 23:59:59");
    expect_canonical("split.as_of", " ", "");
    expect_canonical("forest.weight", "1e3", "1000");
    expect_canonical("forest.weight", "+1000.0", "1000");
    expect_canonical("forest.weight", ".1", "0.1");
    expect_canonical("forest.weight", "-0.0", "0");
    expect_canonical("forest.weight", "0.1000000000000000055511151231257827", "0.1");
    expect_canonical("forest.weight", "0.30000000000000004", "0.30000000000000004");
    expect_canonical("run.title", " yes ", " yes ");
}

static void test_canonical_reals_read_back_to_the_same_bits(void)
{
    int wrong = 0;
    uint64_t bits = 88172645463325252u;
    pa_config *config = new_config();
    for (int i = 0; i < 2000; i++) {
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        double v, back;
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v)) continue;
        char assignment[64];
        pa_error err = {0};
        snprintf(assignment, sizeof assignment, "forest.weight=%.17g", v);
        wrong += pa_config_set(config, assignment, "command line", &err) != PA_OK;
        back = strtod(value_of(config, "forest.weight"), NULL);
        wrong += memcmp(&v, &back, sizeof v) != 0;
        wrong += pa_config_real(config, "forest.weight") != v;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_config_free(config);
}

static void test_written_text_is_sorted_and_canonical(void)
{
    pa_config *config = new_config();
    pa_buffer text = {0};
    pa_error err = {0};
    set(config, "run.title=book ; 1");
    set(config, "forest.share=5e-1");
    CU_ASSERT_EQUAL(pa_config_write(config, false, &text, &err), PA_OK);
    expect_text(text.data, "[forest]\nenabled = true\nseed = 1\nshare = 0.5\ntrees = 100\n"
                           "weight = 1\n\n"
                           "[input]\npreset = generic\n\n"
                           "[run]\nbuffer = 4194304\ntitle = \"book ; 1\"\n\n"
                           "[split]\nas_of =\nlabel_delay_days = 7\nseal = false\n"
                           "train_from = 2018-08-01 00:00:00\n");
    pa_buffer_free(&text);
    pa_config_free(config);
}

static void test_result_text_leaves_out_what_does_not_determine_it(void)
{
    pa_config *a = new_config(), *b = new_config();
    pa_buffer text_a = {0}, text_b = {0};
    pa_error err = {0};
    set(b, "run.buffer=8k");
    set(b, "forest.enabled=1");
    set(b, "split.train_from=1533081600");
    CU_ASSERT_EQUAL(pa_config_write(a, true, &text_a, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_write(b, true, &text_b, &err), PA_OK);
    expect_text(text_a.data, text_b.data);
    CU_ASSERT_PTR_NULL(strstr(text_a.data, "buffer"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text_a.data, "[run]\ntitle ="));
    pa_buffer_free(&text_a);
    pa_buffer_free(&text_b);
    pa_config_free(a);
    pa_config_free(b);
}

/* Writes, reads back, and says whether title and text survived. */
static bool title_survives(const char *title)
{
    pa_config *config = new_config(), *again = new_config();
    pa_buffer text = {0}, text_again = {0}, assignment = {0};
    pa_error err = {0};
    bool same = pa_buffer_printf(&assignment, &err, "run.title=%s", title) == PA_OK &&
                pa_config_set(config, assignment.data, "command line", &err) == PA_OK &&
                pa_config_write(config, false, &text, &err) == PA_OK &&
                pa_config_read_text(again, text.data, "back.ini", "file", &err) == PA_OK &&
                pa_config_write(again, false, &text_again, &err) == PA_OK &&
                strcmp(pa_config_text(again, "run.title"), title) == 0 &&
                strcmp(text.data, text_again.data) == 0;
    if (!same) fprintf(stderr, "\n  title <%s>: %s\n%s\n", title, err.message, text.data);
    pa_buffer_free(&text);
    pa_buffer_free(&text_again);
    pa_buffer_free(&assignment);
    pa_config_free(config);
    pa_config_free(again);
    return same;
}

/* All short texts, and many long ones, of the characters that could break a line of INI. */
static void test_any_text_survives_write_and_read(void)
{
    static const char alphabet[] = "a \t\"';#=:[]\\";
    const unsigned n = sizeof alphabet - 1;
    bool all = true;
    for (unsigned i = 0; i < n * n && all; i++) {
        char title[3] = {0};
        for (unsigned k = 0, code = i; code; k++, code /= n) title[k] = alphabet[code % n];
        all = title_survives(title);
    }
    CU_ASSERT_TRUE(all);
    unsigned random = 1;
    for (int trial = 0; trial < 400 && all; trial++) {
        char title[400] = {0};
        for (int k = 0; k < 3 + trial % 8 + trial / 40 * 30; k++) {
            random = random * 1664525u + 1013904223u;
            title[k] = alphabet[(random >> 16) % n];
        }
        all = title_survives(title);
    }
    CU_ASSERT_TRUE(all);
    CU_ASSERT_TRUE(title_survives("Z\xc3\xbcrich \xe2\x82\xac"));
    CU_ASSERT_TRUE(title_survives("a b, \"c\" ; d # e = f"));
}

static void test_values_must_be_utf8(void)
{
    static const char *const good[] = {"\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                       "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",         "\xc1\xbf\xbf\xbf", "caf\xe9",
                                      "\xe0\x9f\xbf", "\xed\xa0\x80",     "\xf0\x8f\xbf\xbf",
                                      "\xe2\x82",     "\xf4\x90\x80\x80", "\xff"};
    char assignment[40];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CU_ASSERT_TRUE(title_survives(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(assignment, sizeof assignment, "run.title=%s", bad[i]);
        expect_set_error(assignment, PA_E_CONFIG,
                         "--set: the value of 'run.title' is not UTF-8 text");
    }
}

static void test_quotes_must_close_the_value(void)
{
    pa_config *config = new_config();
    read_ini(config, "[run]\ntitle = \" a \"\"b\"\" ; \"  ; comment\n[forest]\ntrees=\"5\"\n");
    expect_text(pa_config_text(config, "run.title"), " a \"b\" ; ");
    CU_ASSERT_EQUAL(pa_config_int(config, "forest.trees"), 5);
    pa_config_free(config);
    expect_ini_error("[run]\ntitle = \"a\nb\"\n",
                     "jobs/x.ini:2: the value of 'run.title' has no closing '\"' (inside quotes "
                     "write \"\" for a quote)");
    expect_ini_error("[run]\ntitle = \"a\" b\n",
                     "jobs/x.ini:2: text follows the closing '\"' in the value of 'run.title' "
                     "(inside quotes write \"\" for a quote)");
}

/* A file of its own under the working folder, removed by the caller. */
static void write_file(const char *path, const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

/* What all ranks do with the text that rank 0 loads. */
static pa_status read_file(pa_config *config, const char *path, const char *origin, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = pa_config_load_text(path, &text, err);
    if (st == PA_OK) st = pa_config_read_text(config, text.data, path, origin, err);
    pa_buffer_free(&text);
    return st;
}

static void expect_file_error(const char *path, pa_status status, const char *message)
{
    pa_config *config = new_config();
    pa_error err = {0};
    expect_failure(read_file(config, path, "file", &err), &err, status, message);
    pa_config_free(config);
}

static void test_files_are_read_and_refused_by_name(void)
{
    static const char good[] = "[forest]\ntrees = 9\n", zero[] = "[forest]\ntrees = 9\0\n";
    char folder[] = "/tmp/paraudit-options-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    CU_ASSERT_EQUAL_FATAL(chdir(folder), 0);
    expect_file_error("absent.ini", PA_E_NO_INPUT,
                      "absent.ini: cannot open the configuration: No such file or directory");
    expect_file_error(".", PA_E_IO, ".: cannot read: Is a directory");
    write_file("x.ini", zero, sizeof zero - 1);
    expect_file_error("x.ini", PA_E_CONFIG, "x.ini:2: a zero byte: this is no text file in UTF-8");
    char *big = calloc(1, (1 << 20) + 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(big);
    memset(big, '\n', (1 << 20) + 1);
    write_file("x.ini", big, (1 << 20) + 1);
    free(big);
    expect_file_error("x.ini", PA_E_CONFIG, "x.ini: larger than 1 MiB: this is no configuration");
    write_file("x.ini", good, sizeof good - 1);
    pa_config *config = new_config();
    pa_error err = {0};
    CU_ASSERT_EQUAL(read_file(config, "x.ini", "preset", &err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_int(config, "forest.trees"), 9);
    CU_ASSERT_STRING_EQUAL(pa_config_origin(config, "forest.trees", NULL), "preset");
    pa_config_free(config);
    write_file("x.ini", "", 0);
    config = new_config();
    CU_ASSERT_EQUAL(read_file(config, "x.ini", "file", &err), PA_OK);
    pa_config_free(config);
    unlink("x.ini");
    CU_ASSERT_EQUAL(chdir("/"), 0);
    rmdir(folder);
}

static void test_default_that_breaks_its_own_rules_is_our_bug(void)
{
    static const pa_option_spec wrong[] = {{.key = "a.b",
                                            .type = PA_OPTION_INT,
                                            .fallback = "0",
                                            .min = 1,
                                            .max = INFINITY,
                                            .meaning = "x"},
                                           {.key = NULL}};
    static const pa_option_spec *const one[] = {wrong};
    pa_config *config = NULL;
    pa_error err = {0};
    expect_failure(pa_config_new(one, 1, &config, &err), &err, PA_E_BUG,
                   "default: 'a.b' is '0'; it must be at least 1");
    CU_ASSERT_PTR_NULL(config);
}

/* Runs in a child, as PA_ASSERT ends the process. */
static bool new_aborts(const pa_option_spec *const list[], size_t n)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        pa_config *config = NULL;
        if (!freopen("/dev/null", "w", stderr)) _exit(1);
        signal(SIGABRT, SIG_DFL);
        (void)pa_config_new(list, n, &config, NULL);
        _exit(0);
    }
    int state = 0;
    return waitpid(child, &state, 0) == child && WIFSIGNALED(state) && WTERMSIG(state) == SIGABRT;
}

static void test_key_in_two_tables_is_our_bug(void)
{
    static const pa_option_spec a[] = {{.key = "a.b_c", .type = PA_OPTION_TEXT, .meaning = "x"},
                                       {.key = NULL}};
    static const pa_option_spec b[] = {{.key = "a_b.c", .type = PA_OPTION_TEXT, .meaning = "x"},
                                       {.key = NULL}};
    static const pa_option_spec bad_key[] = {{.key = "A.b", .type = PA_OPTION_TEXT, .meaning = "x"},
                                             {.key = NULL}};
    const pa_option_spec *const one[] = {a};
    const pa_option_spec *const twice[] = {a, forest_table, a};
    const pa_option_spec *const one_environment_name[] = {a, b};
    const pa_option_spec *const capital[] = {bad_key};
    CU_ASSERT_FALSE(new_aborts(one, 1));
    CU_ASSERT_TRUE(new_aborts(twice, 3));
    CU_ASSERT_TRUE(new_aborts(one_environment_name, 2));
    CU_ASSERT_TRUE(new_aborts(capital, 1));
}

static void test_help_lists_keys_by_section(void)
{
    pa_buffer text = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_options_help(tables, 2, &text, &err), PA_OK);
    expect_text(text.data,
                "[split]\n"
                "  train_from = 2018-08-01\n"
                "      First moment of the rows that the supervised model learns from.\n"
                "      time, such as 2018-07-25 or 2018-07-25 13:00:00\n"
                "  as_of =\n"
                "      When the audit runs.\n"
                "      time, such as 2018-07-25 or 2018-07-25 13:00:00\n"
                "  label_delay_days = 7\n"
                "      How long after its transaction a label becomes known.\n"
                "      whole number, 0 to 3650 days\n"
                "  seal = off\n"
                "      Seal the folds.\n"
                "      true or false\n"
                "\n"
                "[input]\n"
                "  preset = generic\n"
                "      Names of the columns of a known data set.\n"
                "      one of generic, handbook, ulb\n"
                "\n"
                "[forest]\n"
                "  trees = 100\n"
                "      Trees of the isolation forest.\n"
                "      whole number, 1 to 10000\n"
                "  share = 0.5\n"
                "      Share of the columns that a tree may use.\n"
                "      number, 0.25 to 1\n"
                "  seed = 1\n"
                "      Seed of all draws.\n"
                "      whole number\n"
                "  weight = 1\n"
                "      A factor.\n"
                "      number\n"
                "  enabled = yes\n"
                "      Build it.\n"
                "      true or false\n"
                "\n"
                "[run]\n"
                "  buffer = 4M\n"
                "      Bytes read at a time.\n"
                "      bytes, such as 64k, 4M or 2G; 4k to 1G; does not change the result\n"
                "  title =\n"
                "      Heading of reports.\n"
                "      text\n");
    pa_buffer_free(&text);
}

static void test_help_keeps_to_80_columns_and_marks_what_must_be_given(void)
{
    /* Fifteen words of four letters fill a line of 80, one letter more does not fit. */
    static const pa_option_spec wide[] = {
        {.key = "a.b",
         .type = PA_OPTION_TEXT,
         .meaning = "0001 0002 0003 0004 0005 0006 0007 0008 0009 0010 0011 0012 0013 0014 0015 "
                    "0016 0017 0018 0019 0020 0021 0022 0023 0024 0025 0026 0027 0028 0029 00300 "
                    "end"},
        {.key = NULL}};
    static const pa_option_spec *const one[] = {wide};
    pa_buffer text = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_options_help(one, 1, &text, &err), PA_OK);
    expect_text(text.data,
                "[a]\n  b   (must be given)\n"
                "      0001 0002 0003 0004 0005 0006 0007 0008 0009 0010 0011 0012 0013 0014 0015\n"
                "      0016 0017 0018 0019 0020 0021 0022 0023 0024 0025 0026 0027 0028 0029\n"
                "      00300 end\n"
                "      text\n");
    pa_buffer_free(&text);
}

/* The definition, letter by letter: slow, and only for short words. */
static int slow_distance(const char *a, const char *b)
{
    size_t m = strlen(a), n = strlen(b);
    if (m == 0 || n == 0) return (int)(m + n);
    int best = slow_distance(a + 1, b + 1) + (*a != *b);
    int drop_a = slow_distance(a + 1, b) + 1, drop_b = slow_distance(a, b + 1) + 1;
    if (drop_a < best) best = drop_a;
    if (drop_b < best) best = drop_b;
    if (m > 1 && n > 1 && a[0] == b[1] && a[1] == b[0]) {
        int swap = slow_distance(a + 2, b + 2) + 1;
        if (swap < best) best = swap;
    }
    return best;
}

static void word_of(unsigned code, char word[8])
{
    int n = 1 + (int)(code % 6);
    for (int i = 0; i < n; i++) word[i] = (char)('a' + (code >> (3 + 2 * i)) % 3);
    word[n] = '\0';
}

static void test_nearest_name_agrees_with_the_definition(void)
{
    int wrong = 0;
    unsigned random = 12345;
    for (int trial = 0; trial < 500; trial++) {
        char word[8], text[4][8];
        const char *candidate[4], *nearest = NULL;
        random = random * 1664525u + 1013904223u;
        word_of(random >> 8, word);
        int best = (int)strlen(word) / 3 + 1;
        for (int i = 0; i < 4; i++) {
            random = random * 1664525u + 1013904223u;
            word_of(random >> 8, text[i]);
            candidate[i] = text[i];
            int d = slow_distance(word, text[i]);
            if (d < best) best = d, nearest = text[i];
        }
        wrong += pa_nearest_name(word, candidate, 4) != nearest;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_nearest_name_prefers_the_first_and_stops_at_a_third(void)
{
    static const char *const names[] = {"abcdxx", "abcdex", "abcdeg"};
    char long_word[500];
    memset(long_word, 'a', sizeof long_word);
    long_word[499] = '\0';
    CU_ASSERT_PTR_EQUAL(pa_nearest_name("abcdef", names, 3), names[1]);
    CU_ASSERT_PTR_EQUAL(pa_nearest_name("abcedx", names, 3), names[1]); /* a swap is one edit */
    CU_ASSERT_PTR_EQUAL(pa_nearest_name("abcdxx", names, 3), names[0]);
    CU_ASSERT_PTR_NULL(pa_nearest_name("abzzzz", names, 3));
    CU_ASSERT_PTR_NULL(pa_nearest_name(long_word, names, 3));
    CU_ASSERT_PTR_EQUAL(pa_nearest_name("ABCDEX", names, 3), names[1]); /* but for capitals */
    CU_ASSERT_PTR_NULL(pa_nearest_name("x", NULL, 0));
}

static const pa_option_spec paths_table[] = {
    {.key = "run.inputs", .type = PA_OPTION_PATHS, .fallback = "", .meaning = "Files."},
    {.key = NULL}};

/* The value of run.inputs after one source has spoken: a file at `path`, or the command line. */
static void expect_paths(const char *path, const char *value, const char *wanted)
{
    const pa_option_spec *table[] = {paths_table};
    pa_config *config = NULL;
    pa_error err = {0};
    char text[200];
    CU_ASSERT_EQUAL(pa_config_new(table, 1, &config, &err), PA_OK);
    snprintf(text, sizeof text, path ? "[run]\ninputs = %s\n" : "run.inputs=%s", value);
    pa_status st = path ? pa_config_read_text(config, text, path, "file", &err)
                        : pa_config_set(config, text, "command line", &err);
    CU_ASSERT_EQUAL(st, PA_OK);
    expect_text(pa_config_text(config, "run.inputs"), wanted);
    pa_config_free(config);
}

static void test_paths_in_a_file_start_at_its_folder(void)
{
    expect_paths("book.ini", "a.csv, /b/*.csv", "a.csv, /b/*.csv");
    expect_paths("jobs/book.ini", "a.csv, /b/*.csv", "jobs/a.csv /b/*.csv");
    expect_paths("../book.ini", "\"../a.csv\" ; comment", "../../a.csv");
    expect_paths("/book.ini", "a.csv", "/a.csv");
    expect_paths("jobs/book.ini", "", "");
    expect_paths(NULL, "a.csv, /b/*.csv", "a.csv, /b/*.csv");
}

static const pa_test tests[] = {
    {"defaults hold until something is given", test_defaults_hold_until_something_is_given},
    {"lines may be indented commented and use colons",
     test_lines_may_be_indented_commented_and_use_colons},
    {"crlf and byte order mark make no difference",
     test_crlf_and_byte_order_mark_make_no_difference},
    {"unknown key names the nearest", test_unknown_key_names_the_nearest},
    {"unknown section names the nearest", test_unknown_section_names_the_nearest},
    {"key twice in a file names both lines", test_key_twice_in_a_file_names_both_lines},
    {"later file of the same origin holds", test_later_file_of_the_same_origin_holds},
    {"lines that are not ini are errors", test_lines_that_are_not_ini_are_errors},
    {"first bad line is the one reported", test_first_bad_line_is_the_one_reported},
    {"values of any length are taken whole", test_values_of_any_length_are_taken_whole},
    {"key longer than a line may be is an error", test_key_longer_than_a_line_may_be_is_an_error},
    {"numbers are checked when they are set", test_numbers_are_checked_when_they_are_set},
    {"other kinds are checked when they are set", test_other_kinds_are_checked_when_they_are_set},
    {"bytes take suffixes of 1024", test_bytes_take_suffixes_of_1024},
    {"command line errors name the option", test_command_line_errors_name_the_option},
    {"environment sets every known key", test_environment_sets_every_known_key},
    {"environment errors name the variable", test_environment_errors_name_the_variable},
    {"precedence does not depend on the order of calls",
     test_precedence_does_not_depend_on_the_order_of_calls},
    {"value of a weaker source is still checked", test_value_of_a_weaker_source_is_still_checked},
    {"missing keys are named with their meaning", test_missing_keys_are_named_with_their_meaning},
    {"equal values have one canonical text", test_equal_values_have_one_canonical_text},
    {"canonical reals read back to the same bits", test_canonical_reals_read_back_to_the_same_bits},
    {"written text is sorted and canonical", test_written_text_is_sorted_and_canonical},
    {"result text leaves out what does not determine it",
     test_result_text_leaves_out_what_does_not_determine_it},
    {"any text survives write and read", test_any_text_survives_write_and_read},
    {"values must be utf8", test_values_must_be_utf8},
    {"quotes must close the value", test_quotes_must_close_the_value},
    {"paths in a file start at its folder", test_paths_in_a_file_start_at_its_folder},
    {"files are read and refused by name", test_files_are_read_and_refused_by_name},
    {"default that breaks its own rules is our bug",
     test_default_that_breaks_its_own_rules_is_our_bug},
    {"key in two tables is our bug", test_key_in_two_tables_is_our_bug},
    {"help lists keys by section", test_help_lists_keys_by_section},
    {"help keeps to 80 columns and marks what must be given",
     test_help_keeps_to_80_columns_and_marks_what_must_be_given},
    {"nearest name agrees with the definition", test_nearest_name_agrees_with_the_definition},
    {"nearest name prefers the first and stops at a third",
     test_nearest_name_prefers_the_first_and_stops_at_a_third},
};
PA_TEST_MAIN("options", tests)

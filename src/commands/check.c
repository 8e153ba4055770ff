/* paraudit check: what an audit would find, before a job is started; and a configuration to
 * start from. */
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "paraudit/commands/command.h"
#include "paraudit/commands/configure.h"

enum { LOOKED_AT = 1 << 20 };

static const pa_flag flags[] = {
    {"--out", "DIR", "the folder of the result: whether it can be written, and has room", false},
    {"--set", "SECTION.KEY=VALUE", "a value that overrides CONFIG; may be given often", true},
    {"--bytes", "N", "bytes of rows that are looked at, at either end of a file (default 1048576)",
     false},
    {"--help", NULL, "this text, with all keys of CONFIG", false},
    {0}};

static pa_status check_config(pa_comm *comm, const pa_arguments *a, size_t bytes, pa_error *err)
{
    pa_config *config;
    PA_TRY(pa_configure(comm, a->words[0], a, &config, err));
    pa_status st = pa_check_job(comm, config, pa_value_of(a, "--out"), bytes, stdout, err);
    pa_config_free(config);
    return st;
}

/* An INI file: its first line that is no comment is a section, or its name says so. */
static bool is_config(const char *path)
{
    char first[4096];
    size_t length = strlen(path);
    struct stat about;
    if (length > 4 && strcmp(path + length - 4, ".ini") == 0) return true;
    /* A pipe would wait for its writer; what reads the file says what is wrong. */
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) return false;
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    size_t n = fread(first, 1, sizeof first - 1, f);
    fclose(f);
    first[n] = '\0';
    const char *p = first;
    if (strncmp(p, "\xef\xbb\xbf", 3) == 0) p += 3;
    for (p += strspn(p, " \t\r\n"); *p == ';' || *p == '#'; p += strspn(p, " \t\r\n"))
        p += strcspn(p, "\n");
    size_t name = *p == '[' ? strspn(p + 1, "abcdefghijklmnopqrstuvwxyz0123456789_ ") : 0;
    return name > 0 && p[1 + name] == ']' &&
           strchr(";#\r\n", p[2 + name + strspn(p + 2 + name, " \t")]);
}

static pa_status run(pa_comm *comm, const pa_arguments *a, pa_error *err)
{
    int64_t bytes;
    PA_TRY(pa_integer_of(a, "--bytes", LOOKED_AT, 1, 1 << 30, &bytes, err));
    if (a->n_words == 1 && is_config(a->words[0])) return check_config(comm, a, (size_t)bytes, err);
    if (pa_is_given(a, "--set"))
        return pa_fail(err, PA_E_USAGE, "--set changes a CONFIG, and %s is none", a->words[0]);
    return pa_check_files(comm, a, pa_value_of(a, "--out"), (size_t)bytes, err);
}

const pa_command pa_command_check = {
    .name = "check",
    .summary = "what an audit would find and need, or a configuration to start from",
    .usage = "paraudit check CONFIG [--set SECTION.KEY=VALUE ...] [--out DIR], or FILE ...",
    .about =
        "Looks at the first rows and the last of the files that CONFIG names: how they are "
        "written,\n"
        "where each column is, some rows as they are understood, what could not be used, the time\n"
        "plan, the memory and the disk that an audit needs, and whether DIR can be written. Ends\n"
        "with the error that the audit would end with, where these rows show it.\n"
        "Of data files (CSV, plain or packed, or patterns) without a configuration it prints one "
        "to\n"
        "start from, and all else on standard error:\n"
        "  paraudit check book.csv >book.ini && paraudit audit book.ini --out DIR",
    .flags = flags,
    .min_words = 1,
    .max_words = PA_MAX_ARGUMENTS,
    .run = run,
    .help = pa_configure_help,
};

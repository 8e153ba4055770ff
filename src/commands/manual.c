/* The manual page: what --help says of every command, once the keys of a configuration, and what
 * holds for all. */
#include <string.h>

#include "paraudit/base/utf8.h"
#include "paraudit/commands/configure.h"
#include "paraudit/commands/pages.h"

/* ---- roff ---- */

/* Signs that roff would read, or print as others: people copy from a page. */
static const char *escape_of(char c)
{
    static const struct {
        char sign;
        const char *escape;
    } escapes[] = {{'\\', "\\(rs"}, {'-', "\\-"},   {'\'', "\\(aq"},
                   {'`', "\\(ga"},  {'^', "\\(ha"}, {'~', "\\(ti"}};
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        if (escapes[i].sign == c) return escapes[i].escape;
    }
    return NULL;
}

/* The code point of n bytes of UTF-8. */
static unsigned code_point(const char *sign, size_t n)
{
    unsigned code = (unsigned char)*sign & (n == 1 ? 0x7f : 0xff >> (n + 1));
    for (size_t i = 1; i < n; i++) code = code << 6 | ((unsigned char)sign[i] & 0x3f);
    return code;
}

static pa_status add_sign(const char *sign, size_t n, pa_buffer *text, pa_error *err)
{
    const char *escape = escape_of(*sign);
    if (n > 1) return pa_buffer_printf(text, err, "\\[u%04X]", code_point(sign, n));
    return escape ? pa_buffer_printf(text, err, "%s", escape) : pa_buffer_add(text, sign, 1, err);
}

/* Text within a line; begins: it is the first of its line, where a point would be a request. */
static pa_status add_text(const char *words, size_t n, bool begins, pa_buffer *text, pa_error *err)
{
    if (begins && n > 0 && *words == '.') PA_TRY(pa_buffer_printf(text, err, "\\&"));
    for (size_t i = 0, length; i < n; i += length) {
        length = pa_utf8_length(words + i);
        if (length == 0) length = 1;
        PA_TRY(add_sign(words + i, length, text, err));
    }
    return PA_OK;
}

static pa_status add_line(const char *words, pa_buffer *text, pa_error *err)
{
    PA_TRY(add_text(words, strlen(words), true, text, err));
    return pa_buffer_printf(text, err, "\n");
}

/* Lines that begin with a blank stand as they are, the others are filled; an empty one ends a
 * paragraph. */
static pa_status add_lines(const char *lines, pa_buffer *text, pa_error *err)
{
    bool as_it_is = false;
    for (size_t n; *lines; lines += n + (lines[n] == '\n')) {
        n = strcspn(lines, "\n");
        bool blank = *lines == ' ';
        if (blank != as_it_is) PA_TRY(pa_buffer_printf(text, err, blank ? ".nf\n" : ".fi\n"));
        as_it_is = blank;
        if (n == 0) PA_TRY(pa_buffer_printf(text, err, ".PP"));
        PA_TRY(add_text(lines, n, true, text, err));
        PA_TRY(pa_buffer_printf(text, err, "\n"));
    }
    return as_it_is ? pa_buffer_printf(text, err, ".fi\n") : PA_OK;
}

/* ".TP", the term in bold and what follows it in italics. */
static pa_status add_term(const char *term, const char *value, pa_buffer *text, pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, ".TP\n\\fB"));
    PA_TRY(add_text(term, strlen(term), false, text, err));
    PA_TRY(pa_buffer_printf(text, err, "\\fR"));
    if (value && *value) {
        PA_TRY(pa_buffer_printf(text, err, " \\fI"));
        PA_TRY(add_text(value, strlen(value), false, text, err));
        PA_TRY(pa_buffer_printf(text, err, "\\fR"));
    }
    return pa_buffer_printf(text, err, "\n");
}

/* ---- its parts ---- */

static pa_status add_head(pa_buffer *text, pa_error *err)
{
    return pa_buffer_printf(
        text, err,
        ".TH PARAUDIT 1 \"\" \"paraudit " PARAUDIT_VERSION "\" \"User Commands\"\n.nh\n.ad l\n"
        ".SH NAME\nparaudit \\- audits a whole card portfolio for fraud in one batch job\n"
        ".SH SYNOPSIS\nparaudit \\fICOMMAND\\fR ...\n.br\n"
        "mpirun \\-n \\fIP\\fR paraudit \\fICOMMAND\\fR ...\n.br\n"
        "paraudit \\fICOMMAND\\fR \\-\\-help\n.br\n"
        "paraudit \\-\\-help | \\-\\-version | \\-\\-man | \\-\\-completion\n"
        ".SH DESCRIPTION\n"
        "Ranks partition the transactions by account, count patterns, forecast every account, "
        "train "
        "vectors\nof merchants and detectors together, and write features, scores and alerts into "
        "one HDF5 file, whose\nbytes are the same for any number of ranks.\n"
        "A flag takes its value as the next word or behind a \\(aq=\\(aq; behind \\-\\- all words "
        "are names.\n");
}

static pa_status add_flags(const pa_flag flags[], pa_buffer *text, pa_error *err)
{
    for (; flags->name; flags++) {
        PA_TRY(add_term(flags->name, flags->value, text, err));
        PA_TRY(add_line(flags->meaning, text, err));
    }
    return PA_OK;
}

static pa_status add_command(const pa_command *c, pa_buffer *text, pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, ".SS paraudit %s\n", c->name));
    PA_TRY(add_line(c->usage, text, err));
    PA_TRY(pa_buffer_printf(text, err, ".PP\n"));
    PA_TRY(add_lines(c->about, text, err));
    PA_TRY(add_flags(pa_flags_of(c), text, err));
    if (c->needs_ranks) return PA_OK;
    return pa_buffer_printf(text, err, ".PP\nRuns on one rank, without mpirun.\n");
}

static pa_status add_key(const pa_option_spec *spec, pa_buffer *text, pa_error *err)
{
    const char *name = strchr(spec->key, '.') + 1, *fallback = spec->fallback;
    PA_TRY(add_term(name, fallback ? "=" : "(must be given)", text, err));
    if (fallback && *fallback) {
        text->length--; /* the value stands in the same line */
        PA_TRY(pa_buffer_printf(text, err, " "));
        PA_TRY(add_line(fallback, text, err));
    }
    PA_TRY(pa_buffer_printf(text, err, ".br\n")); /* below it, however short it is */
    PA_TRY(add_line(spec->meaning, text, err));
    pa_buffer words = {0};
    PA_TRY(pa_buffer_printf(text, err, ".br\n"));
    pa_status st = pa_option_describe(spec, &words, err);
    if (st == PA_OK) st = add_line(words.data, text, err);
    pa_buffer_free(&words);
    return st;
}

static pa_status add_all_keys(const pa_config *config, pa_buffer *text, pa_error *err)
{
    const char *before = "";
    for (size_t i = 0; i < pa_config_count(config); i++) {
        const pa_option_spec *spec = pa_config_spec(config, i);
        size_t section = strcspn(spec->key, ".");
        if (strncmp(before, spec->key, section + 1) != 0)
            PA_TRY(pa_buffer_printf(text, err, ".SS [%.*s]\n", (int)section, spec->key));
        PA_TRY(add_key(spec, text, err));
        before = spec->key;
    }
    return PA_OK;
}

static pa_status add_keys(pa_buffer *text, pa_error *err)
{
    pa_config *config = NULL;
    PA_TRY(pa_buffer_printf(
        text, err,
        ".SH CONFIGURATION\nCONFIG is an INI file: lines \\(aqkey = value\\(aq below a "
        "\\(aq[section]\\(aq. \\-\\-set\nand the environment say a key as section.key and "
        "PARAUDIT_SECTION_KEY. A default gives way to\na preset, that to the file, that to the "
        "environment, that to \\-\\-set.\n"));
    pa_status st = pa_configure_defaults(&config, err);
    if (st == PA_OK) st = add_all_keys(config, text, err);
    pa_config_free(config);
    return st;
}

static pa_status add_codes(pa_buffer *text, pa_error *err)
{
    static const struct {
        const char *code, *meaning;
    } codes[] = {{"0", "all is done, or was done already"},
                 {"64", "the command line, or how the job was launched"},
                 {"65", "the content of an input"},
                 {"66", "an input that cannot be opened"},
                 {"70", "a mistake of paraudit's own"},
                 {"71", "the machine gave no memory"},
                 {"73", "an output that cannot be created"},
                 {"74", "reading or writing failed half-way"},
                 {"75", "stopped by a signal: `paraudit resume` goes on"},
                 {"78", "a key of the configuration, or its value"}};
    PA_TRY(pa_buffer_printf(text, err, ".SH EXIT STATUS\n"));
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        PA_TRY(add_term(codes[i].code, NULL, text, err));
        PA_TRY(add_line(codes[i].meaning, text, err));
    }
    return PA_OK;
}

static pa_status add_environment(pa_buffer *text, pa_error *err)
{
    static const char *const variables[][2] = {
        {"PARAUDIT_SECTION_KEY", "the value of a key; one near to a key's name is an error"},
        {"PARAUDIT_PRESETS", "a folder of presets, before those that were installed"},
        {"OPENBLAS_CORETYPE", "the kernel of OpenBLAS, the same on all hosts"}};
    PA_TRY(pa_buffer_printf(text, err, ".SH ENVIRONMENT\n"));
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        PA_TRY(add_term(variables[i][0], NULL, text, err));
        PA_TRY(add_line(variables[i][1], text, err));
    }
    return PA_OK;
}

pa_status pa_manual_write(size_t n, const pa_command *const commands[], pa_buffer *text,
                          pa_error *err)
{
    PA_TRY(add_head(text, err));
    PA_TRY(pa_buffer_printf(text, err, ".SH COMMANDS\n"));
    for (size_t i = 0; i < n; i++) PA_TRY(add_command(commands[i], text, err));
    PA_TRY(add_keys(text, err));
    PA_TRY(add_environment(text, err));
    PA_TRY(add_codes(text, err));
    return pa_buffer_printf(text, err, ".SH SEE ALSO\nmpirun(1), sbatch(1), h5dump(1)\n");
}

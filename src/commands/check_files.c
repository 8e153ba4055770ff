/* Data files without a configuration: one to start from. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "check_write.h"
#include "paraudit/base/array.h"
#include "paraudit/base/escape.h"
#include "paraudit/base/paths.h"
#include "paraudit/base/utf8.h"
#include "paraudit/commands/configure.h"

/* ---- input.files ---- */

/* A name that is there stands for itself; a pattern keeps its signs. A line's end, which no value
 * holds, is any sign. */
static pa_status add_path(const char *path, pa_buffer *files, pa_error *err)
{
    const char *escaped = access(path, F_OK) == 0 ? ", \t\r\n*?[]\\" : ", \t\r\n";
    if (files->length > 0) PA_TRY(pa_buffer_add(files, " ", 1, err));
    for (const char *c = path; *c; c++) {
        bool end = *c == '\n' || *c == '\r';
        if (!end && strchr(escaped, *c)) PA_TRY(pa_buffer_add(files, "\\", 1, err));
        PA_TRY(pa_buffer_add(files, end ? "?" : c, 1, err));
    }
    return pa_buffer_printf(files, err, "%s", "");
}

static pa_status list_files(const pa_arguments *a, pa_buffer *files, pa_error *err)
{
    for (size_t i = 0; i < a->n_words; i++) PA_TRY(add_path(a->words[i], files, err));
    return PA_OK;
}

static bool any_is_relative(const char *files)
{
    for (size_t n; (n = pa_paths_next(&files)) > 0; files += n) {
        if (*files != '/') return true;
    }
    return false;
}

/* ---- presets ---- */

/* Those of known data sets: of `generic` the columns say what they are themselves. */
static const struct {
    const char *name, *what;
} presets[] = {
    {"sparkov", "the Sparkov card simulator"},
    {"handbook", "the Fraud Detection Handbook's simulator"},
    {"paysim", "the PaySim mobile money simulator"},
    {"tabformer", "the IBM TabFormer card data set"},
    {"ulb", "the ULB card data set"},
};

enum { N_PRESETS = sizeof presets / sizeof *presets };

/* The section [input] with what the preset sets, as comments. */
static pa_status write_preset(const pa_config *config, size_t preset, const char *files,
                              pa_buffer *text, pa_error *err)
{
    PA_TRY(pa_buffer_printf(
        text, err, "; The columns are those of %s.\n[input]\nfiles = ", presets[preset].what));
    PA_TRY(pa_option_write_text(files, text, err));
    PA_TRY(pa_buffer_printf(text, err, "\npreset = %s\n; which sets\n", presets[preset].name));
    for (size_t i = 0; i < pa_config_count(config); i++) {
        const char *place, *key = pa_config_spec(config, i)->key;
        if (strcmp(pa_config_origin(config, key, &place), "preset") != 0) continue;
        PA_TRY(pa_buffer_printf(text, err, ";   %s = %s\n", key, pa_config_value(config, i)));
    }
    return PA_OK;
}

static pa_status try_preset(pa_comm *comm, const pa_first_text *first, size_t preset,
                            const char *files, bool *fits, pa_buffer *text, pa_error *err)
{
    pa_config *config = NULL;
    pa_buffer trial = {0};
    pa_status st =
        pa_buffer_printf(&trial, err, "[input]\npreset = %s\nfiles = x\n", presets[preset].name);
    if (st == PA_OK) st = pa_configure_text(comm, trial.data, "preset", &config, err);
    if (st == PA_OK) st = pa_first_text_fits(first, config, fits, err);
    if (st == PA_OK && *fits) st = write_preset(config, preset, files, text, err);
    pa_config_free(config);
    pa_buffer_free(&trial);
    return st;
}

/* ---- the configuration ---- */

static pa_status write_guess(const pa_first_text *first, const char *files, size_t bytes,
                             pa_buffer *text, pa_error *err)
{
    pa_guess guess = {.first = first, .files = files};
    PA_TRY(pa_guess_layout(first->text, first->n, first->last, 1, first->name, &guess.layout, err));
    pa_status st = pa_guess_columns_read(&guess.layout, first->text, first->n, first->last,
                                         &guess.columns, err);
    if (st == PA_OK) pa_guess_roles_find(&guess.columns, &guess.roles);
    if (st == PA_OK) st = pa_guess_compare(&guess, bytes, err);
    if (st == PA_OK) st = pa_guess_write(&guess, text, err);
    pa_guess_columns_free(&guess.columns);
    return st;
}

/* A name may hold a line's end, which would end the comment. */
static void one_line(const char *name, char line[256])
{
    snprintf(line, 256, "%s", name);
    for (char *c = line; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 127) *c = '?';
    }
}

static pa_status write_config(pa_comm *comm, const pa_first_text *first, const char *files,
                              size_t bytes, pa_buffer *text, pa_error *err)
{
    bool fits = false;
    char name[256];
    one_line(first->name, name);
    PA_TRY(pa_buffer_printf(text, err,
                            "; A start for %s%s, guessed from its first rows: to be looked "
                            "through.\n",
                            name, first->n_files > 1 ? " and the other files" : ""));
    if (any_is_relative(files)) {
        PA_TRY(pa_buffer_printf(text, err, "; Paths are relative to the folder of this file.\n"));
    }
    if (first->is_result) {
        PA_TRY(pa_buffer_printf(text, err, "[input]\nfiles = "));
        PA_TRY(pa_option_write_text(files, text, err));
        return pa_buffer_printf(text, err, "\n");
    }
    for (size_t i = 0; i < N_PRESETS && !fits && !*first->encoding; i++)
        PA_TRY(try_preset(comm, first, i, files, &fits, text, err));
    return fits ? PA_OK : write_guess(first, files, bytes, text, err);
}

/* What the audit of this text would say. */
static pa_status check_text(pa_comm *comm, const char *text, const char *folder, size_t bytes,
                            pa_error *err)
{
    pa_config *config;
    PA_TRY(pa_configure_text(comm, text, "the configuration", &config, err));
    pa_status st = pa_check_job(comm, config, folder, bytes, stderr, err);
    pa_config_free(config);
    return st;
}

/* Names of columns may hold anything. */
static void print_config(const pa_buffer *text)
{
    pa_buffer shown = {0};
    if (pa_escape(&shown, text->data, text->length, true, NULL) == PA_OK) fputs(shown.data, stdout);
    fflush(stdout);
    pa_buffer_free(&shown);
}

pa_status pa_check_files(pa_comm *comm, const pa_arguments *a, const char *folder, size_t bytes,
                         pa_error *err)
{
    pa_first_text first = {0};
    pa_buffer files = {0}, text = {0};
    pa_status st = list_files(a, &files, err);
    size_t most = bytes < 65536 ? 65536 : bytes;
    if (st == PA_OK) st = pa_first_text_read(files.data, 0, most, &first, err);
    if (st == PA_OK) st = write_config(comm, &first, files.data, most, &text, err);
    if (text.length > 0) {
        pa_utf8_mend(text.data);
        print_config(&text);
    }
    if (st == PA_OK) st = check_text(comm, text.data, folder, bytes, err);
    pa_first_text_free(&first);
    pa_buffer_free(&files);
    pa_buffer_free(&text);
    return st;
}

#include "paraudit/commands/configure.h"

#include <stdio.h>
#include <string.h>

#include "paraudit/base/paths.h"
#include "paraudit/commands/presets.h"
#include "paraudit/commands/stages.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/pipeline/job.h"

extern char **environ;

enum { MAX_TABLES = 64, MOST_VARIABLES = 1024 };

static size_t option_tables(const pa_option_spec *tables[MAX_TABLES])
{
    size_t n = 0;
    tables[n++] = pa_job_options;
    tables[n++] = pa_time_plan_options;
    tables[n++] = pa_ingest_options;
    for (size_t i = 0; i < pa_n_stages; i++) {
        if (pa_stages[i]->options) tables[n++] = pa_stages[i]->options;
    }
    return n;
}

pa_status pa_configure_defaults(pa_config **config, pa_error *err)
{
    const pa_option_spec *tables[MAX_TABLES];
    size_t n = option_tables(tables);
    *config = NULL;
    return pa_config_new(tables, n, config, err);
}

pa_status pa_configure_help(pa_buffer *text, pa_error *err)
{
    const pa_option_spec *tables[MAX_TABLES];
    size_t n = option_tables(tables);
    PA_TRY(pa_buffer_printf(text, err, "\nkeys of CONFIG, and of --set:\n"));
    return pa_options_help(tables, n, text, err);
}

pa_status pa_path_in(const char *folder, const char *file, char path[4096], pa_error *err)
{
    int n = snprintf(path, 4096, "%s/%s", folder, file);
    return n < 4096 ? PA_OK : pa_fail(err, PA_E_USAGE, "the path of the folder is too long");
}

/* Rank 0's text, all of its bytes, on all ranks. */
static pa_status hand_out(pa_comm *comm, pa_buffer *text, pa_error *err)
{
    int64_t bytes = (int64_t)text->length;
    pa_broadcast(comm, &bytes, sizeof bytes, 0);
    pa_status st = PA_OK;
    if (pa_comm_rank(comm) != 0) st = pa_buffer_reserve(text, (size_t)bytes, err);
    PA_AGREE(comm, st, err);
    text->length = (size_t)bytes;
    pa_broadcast(comm, text->data, text->length, 0);
    return PA_OK;
}

/* st, text: of rank 0, which has read `path`, or not. */
static pa_status take_source(pa_comm *comm, pa_status st, pa_buffer *text, const char *path,
                             const char *origin, pa_config *config, pa_error *err)
{
    PA_AGREE(comm, st, err);
    PA_TRY(hand_out(comm, text, err));
    return pa_agree(comm, pa_config_read_text(config, text->data, path, origin, err), err);
}

static pa_status read_source(pa_comm *comm, const char *path, const char *origin, pa_config *config,
                             pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = pa_comm_rank(comm) == 0 ? pa_config_load_text(path, &text, err) : PA_OK;
    st = take_source(comm, st, &text, path, origin, config, err);
    pa_buffer_free(&text);
    return st;
}

static pa_status load_kept(const char *folder, pa_buffer *text, pa_error *err)
{
    char *kept = NULL;
    PA_TRY(pa_checkpoint_job_ini(folder, &kept, err));
    pa_status st = pa_buffer_add(text, kept, strlen(kept) + 1, err);
    pa_free(kept);
    return st;
}

static pa_status read_kept(pa_comm *comm, const char *folder, const char *path, pa_config *config,
                           pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = pa_comm_rank(comm) == 0 ? load_kept(folder, &text, err) : PA_OK;
    st = take_source(comm, st, &text, path, "file", config, err);
    pa_buffer_free(&text);
    return st;
}

/* Rank 0 decides which file it is. */
static pa_status read_preset(pa_comm *comm, const char *config_path, pa_config *config,
                             pa_error *err)
{
    char path[4096] = "";
    pa_status st = PA_OK;
    if (pa_comm_rank(comm) == 0) {
        st = pa_preset_find(config_path, pa_config_text(config, "input.preset"), path, err);
    }
    PA_AGREE(comm, st, err);
    pa_broadcast(comm, path, sizeof path, 0);
    PA_AGREE(comm, pa_config_add_file(config, path, err), err);
    return read_source(comm, path, "preset", config, err);
}

/* A launcher may not hand on the environment to other hosts: rank 0's counts. */
static pa_status read_environment(pa_comm *comm, pa_config *config, pa_error *err)
{
    pa_buffer lines = {0};
    pa_status st = PA_OK;
    if (pa_comm_rank(comm) == 0) {
        for (char **e = environ; *e && st == PA_OK; e++) {
            if (strncmp(*e, "PARAUDIT_", 9) == 0)
                st = pa_buffer_add(&lines, *e, strlen(*e) + 1, err);
        }
        if (st == PA_OK) st = pa_buffer_add(&lines, "", 1, err);
    }
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = hand_out(comm, &lines, err);
    if (st == PA_OK) {
        char *list[MOST_VARIABLES + 1] = {NULL};
        size_t n = 0;
        for (char *line = lines.data; *line; line += strlen(line) + 1) {
            if (n < MOST_VARIABLES) list[n] = line;
            n++;
        }
        st = n <= MOST_VARIABLES
                 ? pa_config_read_environment(config, list, err)
                 : pa_fail(err, PA_E_CONFIG, "%zu variables begin with PARAUDIT_: at most %d may",
                           n, MOST_VARIABLES);
        st = pa_agree(comm, st, err);
    }
    pa_buffer_free(&lines);
    return st;
}

static pa_status read_command_line(const pa_arguments *a, pa_config *config, pa_error *err)
{
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i], "--set") == 0) {
            PA_TRY(pa_config_set(config, a->values[i], "command line", err));
        }
    }
    return PA_OK;
}

static pa_status read_all(pa_comm *comm, const char *path, const pa_arguments *a, pa_config *config,
                          pa_error *err)
{
    PA_TRY(read_source(comm, path, "file", config, err));
    PA_AGREE(comm, pa_config_add_file(config, path, err), err);
    PA_TRY(read_environment(comm, config, err));
    PA_AGREE(comm, read_command_line(a, config, err), err);
    PA_TRY(read_preset(comm, path, config, err));
    return pa_agree(comm, pa_config_complete(config, err), err);
}

static pa_status new_config(pa_comm *comm, pa_config **config, pa_error *err)
{
    return pa_agree(comm, pa_configure_defaults(config, err), err);
}

pa_status pa_configure(pa_comm *comm, const char *path, const pa_arguments *arguments,
                       pa_config **config, pa_error *err)
{
    PA_TRY(new_config(comm, config, err));
    pa_status st = read_all(comm, path, arguments, *config, err);
    if (st != PA_OK) {
        pa_config_free(*config);
        *config = NULL;
    }
    return st;
}

static pa_status read_all_text(pa_comm *comm, const char *text, const char *name, pa_config *config,
                               pa_error *err)
{
    PA_AGREE(comm, pa_config_read_text(config, text, name, "file", err), err);
    PA_TRY(read_environment(comm, config, err));
    PA_TRY(read_preset(comm, name, config, err));
    return pa_agree(comm, pa_config_complete(config, err), err);
}

pa_status pa_configure_text(pa_comm *comm, const char *text, const char *name, pa_config **config,
                            pa_error *err)
{
    PA_TRY(new_config(comm, config, err));
    pa_status st = read_all_text(comm, text, name, *config, err);
    if (st != PA_OK) {
        pa_config_free(*config);
        *config = NULL;
    }
    return st;
}

static pa_status set_again(const char *path, const pa_arguments *a, pa_config *config,
                           pa_error *err)
{
    pa_buffer before = {0}, after = {0};
    pa_status st = pa_config_write(config, true, &before, err);
    if (st == PA_OK) st = read_command_line(a, config, err);
    if (st == PA_OK) st = pa_config_write(config, true, &after, err);
    if (st == PA_OK &&
        (before.length != after.length || memcmp(before.data, after.data, before.length) != 0)) {
        st = pa_fail(err, PA_E_CONFIG,
                     "a resumed job keeps the keys that determine its result (%s); only keys "
                     "such as checkpoint.every may be set",
                     path);
    }
    pa_buffer_free(&before);
    pa_buffer_free(&after);
    return st;
}

pa_status pa_configure_again(pa_comm *comm, const char *folder, const pa_arguments *arguments,
                             pa_config **config, pa_error *err)
{
    char path[4096];
    *config = NULL;
    PA_AGREE(comm, pa_path_in(folder, "checkpoint/job.ini", path, err), err);
    PA_TRY(new_config(comm, config, err));
    pa_status st = read_kept(comm, folder, path, *config, err);
    if (st == PA_OK) st = pa_agree(comm, pa_config_complete(*config, err), err);
    if (st == PA_OK) st = pa_agree(comm, set_again(path, arguments, *config, err), err);
    if (st != PA_OK) {
        pa_config_free(*config);
        *config = NULL;
    }
    return st;
}

static pa_status make_absolute(pa_config *config, const char *key, const char *paths, pa_error *err)
{
    pa_buffer value = {0};
    pa_status st = pa_buffer_printf(&value, err, "%s=", key);
    if (st == PA_OK) st = pa_paths_absolute(paths, &value, err);
    if (st == PA_OK) st = pa_config_set(config, value.data, "command line", err);
    pa_buffer_free(&value);
    return st;
}

static pa_status make_all_absolute(pa_config *config, pa_error *err)
{
    for (size_t i = 0; i < pa_config_count(config); i++) {
        const pa_option_spec *spec = pa_config_spec(config, i);
        const char *paths = pa_config_value(config, i);
        if (spec->type == PA_OPTION_PATHS && paths)
            PA_TRY(make_absolute(config, spec->key, paths, err));
    }
    return PA_OK;
}

static pa_status write_absolute(const pa_buffer *as_given, pa_buffer *text, pa_error *err)
{
    pa_config *config = NULL;
    pa_status st = pa_configure_defaults(&config, err);
    if (st == PA_OK) st = pa_config_read_text(config, as_given->data, "job.ini", "file", err);
    if (st == PA_OK) st = make_all_absolute(config, err);
    if (st == PA_OK) st = pa_config_write(config, false, text, err);
    pa_config_free(config);
    return st;
}

pa_status pa_configure_kept(const pa_config *config, pa_buffer *text, pa_error *err)
{
    pa_buffer as_given = {0};
    pa_status st = pa_config_write(config, false, &as_given, err);
    if (st == PA_OK) st = write_absolute(&as_given, text, err);
    pa_buffer_free(&as_given);
    return st;
}

static pa_status read_result(pa_comm *comm, pa_result_file *file, const char *path,
                             pa_config *config, pa_error *err)
{
    char *text = NULL;
    PA_TRY(pa_result_text(file, "config/effective", &text, err));
    pa_status st = pa_agree(comm, pa_config_read_text(config, text, path, "file", err), err);
    pa_free(text);
    /* Nobody has set these keys: it is the file that is wrong. */
    if (st == PA_E_CONFIG) st = err->status = PA_E_DATA;
    return st;
}

pa_status pa_configure_from_result(pa_comm *comm, pa_result_file *file, const char *path,
                                   pa_config **config, pa_error *err)
{
    PA_TRY(new_config(comm, config, err));
    pa_status st = read_result(comm, file, path, *config, err);
    if (st != PA_OK) {
        pa_config_free(*config);
        *config = NULL;
    }
    return st;
}

pa_status pa_time_plan_from_result(const pa_result_file *file, pa_time_plan *p, pa_error *err)
{
    const struct {
        const char *name;
        int64_t *value;
    } parts[] = {{"history_from", &p->history_from}, {"reference_from", &p->reference_from},
                 {"train_from", &p->train_from},     {"train_until", &p->train_until},
                 {"audit_from", &p->audit_from},     {"audit_until", &p->audit_until},
                 {"label_delay", &p->label_delay},   {"as_of", &p->as_of}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!pa_result_attribute_i64(file, parts[i].name, parts[i].value)) {
            return pa_fail(err, PA_E_DATA, "the result does not say its %s", parts[i].name);
        }
    }
    return pa_time_plan_check(p, err);
}

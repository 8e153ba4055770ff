/* What a job reads is none of the files that it writes, replaces or removes. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "out_parts.h"
#include "paraudit/commands/configure.h"
#include "paraudit/files/draft.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/pipeline/previous.h"

/* Names, each ended by a zero byte, and what they are. */
typedef struct {
    const char *what;
    const pa_buffer *names;
} readings;

/* By the file itself, under whatever name. becomes: what the audit would do to it. */
static pa_status check_path(const char *path, const char *becomes, const readings *r, pa_error *err)
{
    struct stat out, in;
    if (stat(path, &out) != 0) return PA_OK;
    for (size_t at = 0; at < r->names->length; at += strlen(r->names->data + at) + 1) {
        const char *input = r->names->data + at;
        if (stat(input, &in) != 0 || in.st_dev != out.st_dev || in.st_ino != out.st_ino) continue;
        return pa_fail(err, PA_E_CREATE,
                       "%s: is the %s %s, which the audit would %s: name another folder by --out",
                       path, r->what, input, becomes);
    }
    return PA_OK;
}

static pa_status check_outputs(const char *folder, const readings *r, pa_error *err)
{
    char path[4096];
    for (size_t i = 0; i < PA_OUT_NAMES; i++) {
        PA_TRY(pa_path_in(folder, pa_out_names[i], path, err));
        PA_TRY(check_path(path, "write over", r, err));
        char *draft = pa_draft_name(path, err);
        if (!draft) return PA_E_MEMORY;
        pa_status st = check_path(draft, "remove", r, err);
        pa_free(draft);
        if (st != PA_OK) return st;
    }
    return PA_OK;
}

/* Whatever it is called there: names of the next job's checkpoints are not known yet. */
static pa_status check_checkpoints(const char *folder, const readings *r, pa_error *err)
{
    char inside[4096], path[4096 + 256];
    PA_TRY(pa_path_in(folder, "checkpoint", inside, err));
    DIR *dir = opendir(inside);
    pa_status st = PA_OK;
    if (!dir) return PA_OK;
    for (struct dirent *e; st == PA_OK && (e = readdir(dir));) {
        snprintf(path, sizeof path, "%s/%s", inside, e->d_name);
        st = check_path(path, "remove", r, err);
    }
    closedir(dir);
    return st;
}

static pa_status check_readings(const char *folder, const readings *r, pa_error *err)
{
    PA_TRY(check_outputs(folder, r, err));
    return check_checkpoints(folder, r, err);
}

static pa_status check_previous(const pa_config *config, const char *folder, pa_error *err)
{
    char path[PA_PREVIOUS_PATH];
    pa_buffer names = {0};
    PA_TRY(pa_previous_path(config, path, err));
    if (!*path) return PA_OK;
    pa_status st = pa_buffer_add(&names, path, strlen(path) + 1, err);
    if (st == PA_OK) st = check_readings(folder, &(readings){"previous result", &names}, err);
    pa_buffer_free(&names);
    return st;
}

/* Of a job that goes on the configuration lies among its checkpoints, and is not in the list. */
pa_status pa_out_check_reads(const pa_config *config, const char *folder, pa_error *err)
{
    pa_buffer inputs = {0};
    /* What is wrong with the names of inputs is said by who reads them. */
    if (pa_inputs_paths(config, &inputs, NULL) != PA_OK) inputs.length = 0;
    pa_status st = check_readings(folder, &(readings){"input", &inputs}, err);
    pa_buffer_free(&inputs);
    if (st != PA_OK) return st;
    PA_TRY(check_previous(config, folder, err));
    return check_readings(folder, &(readings){"configuration", pa_config_files(config)}, err);
}

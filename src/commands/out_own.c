/* What in the folder of a result is whose: what a job has left is known by where it lies, by its
 * owner, by having one name, and by how it begins. */
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "out_parts.h"
#include "paraudit/alerts/alerts_csv.h"
#include "paraudit/commands/configure.h"
#include "paraudit/ingest/rejects_csv.h"

static pa_status foreign(const char *folder, const char *name, const char *or_else, pa_error *err)
{
    return pa_fail(err, PA_E_CREATE, "%s/%s: is there already: %s", folder, name, or_else);
}

pa_status pa_out_check_foreign(const char *folder, bool marked, const char *or_else, pa_error *err)
{
    size_t n = marked ? PA_OUT_RESULT : PA_OUT_NAMES - 1;
    for (size_t i = 1; i < n; i++) {
        if (pa_out_is_file(folder, pa_out_names[i]))
            return foreign(folder, pa_out_names[i], or_else, err);
    }
    return PA_OK;
}

static bool begins_with(const char *folder, const char *name, const char *bytes)
{
    char path[4096];
    return pa_path_in(folder, name, path, NULL) == PA_OK &&
           pa_file_begins_with(path, bytes, strlen(bytes));
}

/* A log of no bytes is that of a job that was killed as it began. */
bool pa_out_is_log(const char *folder)
{
    struct stat s;
    char path[4096];
    bool empty = pa_path_in(folder, "log.txt", path, NULL) == PA_OK && lstat(path, &s) == 0 &&
                 s.st_size == 0;
    return begins_with(folder, "log.txt", empty ? "" : "time=");
}

/* The account of a run has the digest of its result. */
static bool is_account(const char *folder, const char *digest)
{
    char path[4096];
    if (!begins_with(folder, "run.json", "{") ||
        pa_path_in(folder, "run.json", path, NULL) != PA_OK)
        return false;
    json_t *json = json_load_file(path, 0, NULL);
    const char *stored = json_string_value(json_object_get(json, "content_digest"));
    bool same = stored && strcmp(stored, digest) == 0;
    json_decref(json);
    return same;
}

static bool is_own(const char *folder, const char *name, const char *digest)
{
    if (strcmp(name, "alerts.csv") == 0) return begins_with(folder, name, pa_alerts_csv_header);
    if (strcmp(name, "rejects.csv") == 0) return begins_with(folder, name, pa_rejects_csv_header);
    if (strcmp(name, "log.txt") == 0) return pa_out_is_log(folder);
    if (strcmp(name, "run.json") == 0) return is_account(folder, digest);
    return true;
}

pa_status pa_out_check_own(const char *folder, const char *digest, const char *or_else,
                           pa_error *err)
{
    for (size_t i = 0; i < PA_OUT_NAMES; i++) {
        bool there = pa_out_is_file(folder, pa_out_names[i]);
        if (there && !is_own(folder, pa_out_names[i], digest))
            return foreign(folder, pa_out_names[i], or_else, err);
    }
    return PA_OK;
}

void pa_out_note_own(const char *folder, pa_standing *standing)
{
    static const char *const own[] = {"audit.h5", "rejects.csv", "run.json"};
    char path[4096];
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (pa_path_in(folder, own[i], path, NULL) == PA_OK) pa_standing_note(standing, path);
    }
}

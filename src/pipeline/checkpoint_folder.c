/* OUT/checkpoint: job.ini, and under their numbers files and the manifests that name them. */
#include <stdio.h>
#include <string.h>

#include "checkpointer.h"

static const char config_name[] = "job.ini";

/* ---- names ---- */

/* The number in a name of ours; -1: none. Behind its kind a name may say that the file was
 * not finished. */
static int64_t number_of(const char *name)
{
    static const char *const kinds[] = {PA_SAVED_FILE, PA_SAVED_MANIFEST};
    static const char *const unfinished[] = {"", ".part", ".paraudit.part", ".reserve"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (size_t k = 0; k < sizeof unfinished / sizeof *unfinished; k++) {
            char ending[32];
            snprintf(ending, sizeof ending, "%s%s", kinds[i], unfinished[k]);
            int64_t number = pa_saved_number(name, ending);
            if (number >= 0) return number;
        }
    }
    return -1;
}

static bool is_ours(const char *name)
{
    return number_of(name) >= 0 || strcmp(name, config_name) == 0 ||
           strcmp(name, "job.ini.part") == 0;
}

/* ---- what is there ---- */

static void note_highest(const char *name, void *to)
{
    int64_t number = number_of(name), *highest = to;
    if (number > *highest) *highest = number;
}

typedef struct {
    size_t n;
    int64_t *number; /* PA_MOST_FOUND */
} newest;

/* In falling order; those for which there is no room are the oldest. */
static void note_manifest(const char *name, void *to)
{
    newest *found = to;
    int64_t number = pa_saved_number(name, PA_SAVED_MANIFEST);
    size_t at = found->n;
    if (number < 0) return;
    while (at > 0 && found->number[at - 1] < number) at--;
    if (at == PA_MOST_FOUND) return;
    if (found->n < PA_MOST_FOUND) found->n++;
    memmove(found->number + at + 1, found->number + at, (found->n - at - 1) * sizeof(int64_t));
    found->number[at] = number;
}

size_t pa_checkpoint_find(const pa_own_folder *folder, int64_t number[PA_MOST_FOUND])
{
    newest found = {0, number};
    pa_own_folder_visit(folder, note_manifest, &found);
    return found.n;
}

pa_status pa_checkpoint_manifest(const pa_own_folder *folder, int64_t number, pa_manifest *manifest,
                                 pa_error *err)
{
    char name[PA_SAVED_NAME], *text = NULL;
    size_t length = 0;
    pa_error inner = {0};
    pa_saved_name(number, PA_SAVED_MANIFEST, name);
    pa_status st = pa_own_file_read(folder, name, PA_MANIFEST_MOST, &text, &length, &inner);
    if (st == PA_OK) st = pa_manifest_read(text, length, manifest, &inner);
    pa_free(text);
    if (st == PA_OK || st == PA_E_MEMORY) return st;
    return pa_fail(err, PA_E_DATA, "%s/%s is damaged, or not paraudit's", folder->path, name);
}

/* ---- what goes ---- */

static bool names(const pa_manifest *m, const char *name)
{
    if (strcmp(m->model.name, name) == 0) return true;
    for (size_t i = 0; i < m->n_steps; i++) {
        if (strcmp(m->steps[i].name, name) == 0) return true;
    }
    return false;
}

static void remove_unnamed(const char *name, void *to)
{
    const struct pa_checkpointer *c = to;
    if (number_of(name) < 0) return;
    for (size_t i = 0; i < sizeof c->kept / sizeof *c->kept; i++) {
        const pa_kept *k = c->kept + i;
        if (k->number < 0) continue;
        if (names(&k->manifest, name)) return;
        if (pa_saved_number(name, PA_SAVED_MANIFEST) == k->number) return;
    }
    pa_own_file_remove(&c->folder, name);
}

void pa_checkpoint_prune(const struct pa_checkpointer *c)
{
    pa_own_folder_visit(&c->folder, remove_unnamed, (void *)c);
}

static void remove_ours(const char *name, void *to)
{
    if (is_ours(name)) pa_own_file_remove(to, name);
}

/* job.ini first, without which nothing is resumed: a job killed in here leaves files that
 * are merely in the way, and not half a job. */
static void empty(pa_own_folder *folder)
{
    pa_own_file_remove(folder, config_name);
    pa_own_folder_visit(folder, remove_ours, folder);
}

/* ---- a job's beginning and end ---- */

static void folder_path(const char *out, char path[4096])
{
    snprintf(path, 4096, "%.4000s/checkpoint", out);
}

pa_status pa_checkpoint_check(const char *out, pa_error *err)
{
    char path[4096];
    pa_own_folder folder;
    folder_path(out, path);
    PA_TRY(pa_own_folder_open(path, &folder, err));
    pa_own_folder_close(&folder);
    return PA_OK;
}

bool pa_checkpoint_is_saved(const char *out)
{
    char path[4096];
    int64_t number[PA_MOST_FOUND];
    pa_own_folder folder;
    pa_error none = {0};
    folder_path(out, path);
    if (pa_own_folder_open(path, &folder, &none) != PA_OK) return false;
    size_t n = pa_checkpoint_find(&folder, number);
    pa_own_folder_close(&folder);
    return n > 0;
}

pa_status pa_checkpoint_take(pa_job *job)
{
    pa_run *run = &job->run;
    struct pa_checkpointer *c = run->checkpointer;
    pa_status st = PA_OK;
    if (c->taken) return PA_OK;
    if (pa_comm_rank(run->comm) == 0) {
        int64_t highest = -1;
        st = pa_own_folder_make(c->path, &c->folder, &run->err);
        if (st == PA_OK) pa_own_folder_visit(&c->folder, note_highest, &highest);
        c->next = highest + 1;
    }
    PA_AGREE(run->comm, st, &run->err);
    pa_broadcast(run->comm, &c->next, sizeof c->next, 0);
    c->taken = true;
    return PA_OK;
}

pa_status pa_checkpoint_begin(pa_job *job)
{
    struct pa_checkpointer *c = job->run.checkpointer;
    PA_TRY(pa_checkpoint_take(job));
    if (c->folder.fd >= 0) empty(&c->folder);
    return PA_OK;
}

pa_status pa_checkpoint_remove(pa_job *job)
{
    struct pa_checkpointer *c = job->run.checkpointer;
    if (c && c->folder.fd >= 0) {
        empty(&c->folder);
        pa_own_folder_remove(&c->folder);
    }
    if (c) c->taken = false;
    pa_barrier(job->run.comm);
    return PA_OK;
}

/* ---- the checkpointer ---- */

pa_status pa_checkpointer_new(pa_job *job, struct pa_checkpointer **checkpointer)
{
    PA_TRY(PA_NEW(*checkpointer, 1, &job->run.err));
    struct pa_checkpointer *c = *checkpointer;
    c->job = job;
    c->every = pa_config_real(job->run.config, "checkpoint.every");
    c->last = pa_clock();
    c->folder.fd = -1;
    c->kept[0].number = c->kept[1].number = -1;
    folder_path(job->folder, c->path);
    return PA_OK;
}

void pa_checkpointer_free(struct pa_checkpointer *c)
{
    if (!c) return;
    pa_own_folder_close(&c->folder);
    for (size_t i = 0; i < c->n_marks; i++) pa_mark_free(c->marks + i);
    pa_buffer_free(&c->config);
    pa_buffer_free(&c->inputs);
    pa_free(c);
}

pa_status pa_checkpointer_mark(pa_job *job)
{
    struct pa_checkpointer *c = job->run.checkpointer;
    if (!c) return PA_OK;
    PA_ASSERT(c->n_marks < PA_MAX_STEPS);
    PA_TRY(pa_mark_now(&job->run, c->marks + c->n_marks, &job->run.err));
    c->n_marks++;
    return PA_OK;
}

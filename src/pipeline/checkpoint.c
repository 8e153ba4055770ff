/* Checkpoints are result files: the tables so far, the stores, and where the
 * job stands. The newest two are kept; one is written beside, checked and
 * renamed, so a job killed while it saves still has the one before. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checkpointer.h"
#include "contents.h"
#include "restore.h"

enum { KEPT = 2, MAX_FOUND = 64 };

static void checkpoint_path(const char *folder, int64_t sequence, char path[4096])
{
    snprintf(path, 4096, "%s/checkpoint/%06" PRId64 ".h5", folder, sequence);
}

/* Names, because another program, or this one with a stage left out, counts others. */
static pa_status name_done_stages(const pa_job *job, pa_buffer *text, pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, "%s", ""));
    for (size_t i = 0; i < job->n_done; i++)
        PA_TRY(pa_buffer_printf(text, err, "%s%s", i ? " " : "", job->stages[i]->name));
    return PA_OK;
}

static pa_status save(pa_job *job, const pa_store *unfinished, const char *path)
{
    pa_run *run = &job->run;
    pa_contents contents = {0};
    pa_buffer done = {0};
    pa_status st = name_done_stages(job, &done, &run->err);
    const pa_attribute progress[] = {{"stages_done", done.data, 0}};
    if (st == PA_OK) st = pa_contents_gather(job, unfinished, progress, 1, &contents);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK) st = pa_result_write(run->comm, path, &contents.result, &run->err);
    pa_contents_free(&contents);
    pa_buffer_free(&done);
    return st;
}

pa_status pa_checkpoint_save(pa_job *job, const pa_store *unfinished)
{
    pa_run *run = &job->run;
    struct pa_checkpointer *c = run->checkpointer;
    char path[4096];
    checkpoint_path(job->folder, c->sequence, path);
    double start = pa_clock();
    PA_TRY(save(job, unfinished, path));
    pa_log_event(run->log, "checkpoint", "number=%" PRId64 " seconds=%.3f", c->sequence,
                 pa_clock() - start);
    if (pa_comm_rank(run->comm) == 0 && c->sequence >= KEPT) {
        checkpoint_path(job->folder, c->sequence - KEPT, path);
        unlink(path);
    }
    c->sequence++;
    c->last = pa_clock();
    return PA_OK;
}

/* Visits the regular names of OUT/checkpoint; none where it is missing. */
static void visit(const char *folder, void (*found)(const char *path, const char *name, void *to),
                  void *to)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/checkpoint", folder);
    DIR *dir = opendir(path);
    if (!dir) return;
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] != '.') found(path, e->d_name, to);
    }
    closedir(dir);
}

static void remove_one(const char *path, const char *name, void *to)
{
    (void)to;
    char file[4096 + 300];
    snprintf(file, sizeof file, "%s/%s", path, name);
    unlink(file);
}

pa_status pa_checkpoint_remove(pa_job *job)
{
    if (pa_comm_rank(job->run.comm) == 0) {
        char path[4096];
        /* Without job.ini nothing is resumed: first of all, so that a job killed in
         * here leaves files that are merely in the way, and not half a job. */
        snprintf(path, sizeof path, "%s/checkpoint/job.ini", job->folder);
        unlink(path);
        visit(job->folder, remove_one, NULL);
        snprintf(path, sizeof path, "%s/checkpoint", job->folder);
        rmdir(path);
    }
    pa_barrier(job->run.comm);
    return PA_OK;
}

typedef struct {
    int64_t n;
    int64_t sequence[MAX_FOUND];
} found_list;

static void note_one(const char *path, const char *name, void *to)
{
    (void)path;
    found_list *list = to;
    char *end;
    long long sequence = strtoll(name, &end, 10);
    if (end != name && strcmp(end, ".h5") == 0 && list->n < MAX_FOUND) {
        list->sequence[list->n++] = sequence;
    }
}

static int newest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

static found_list find_all(pa_job *job)
{
    found_list list = {0};
    if (pa_comm_rank(job->run.comm) == 0) {
        visit(job->folder, note_one, &list);
        qsort(list.sequence, (size_t)list.n, sizeof *list.sequence, newest_first);
    }
    pa_broadcast(job->run.comm, &list, sizeof list, 0);
    return list;
}

/* Columns made with other values than the stages to come will read would mix two
 * audits in one result. */
static pa_status check_config(pa_job *job, pa_result_file *file, const char *path)
{
    pa_buffer text = {0};
    char digest[PA_DIGEST_TEXT];
    pa_error *err = &job->run.err;
    const char *saved = pa_result_attribute_text(file, "config_digest");
    pa_status st = pa_contents_config(job->run.config, &text, digest, err);
    if (st == PA_OK && (!saved || strcmp(saved, digest) != 0)) {
        st = pa_fail(err, PA_E_CONFIG,
                     "%s was saved by a job with another configuration: put the values in job.ini "
                     "beside it back, or start anew with `paraudit audit`",
                     path);
    }
    pa_buffer_free(&text);
    return st;
}

static pa_status load(pa_job *job, const char *path)
{
    pa_run *run = &job->run;
    pa_result_file *file;
    PA_TRY(pa_result_open(run->comm, path, &file, &run->err));
    pa_phase_begin(run->comm, &job->timing, "restore");
    pa_status st = pa_agree(run->comm, check_config(job, file, path), &run->err);
    if (st == PA_OK) st = pa_agree(run->comm, pa_job_restore(job, file), &run->err);
    pa_phase_end(run->comm, &job->timing);
    pa_result_close(file);
    return st;
}

pa_status pa_checkpoint_load(pa_job *job, bool *found)
{
    pa_run *run = &job->run;
    found_list list = find_all(job);
    *found = false;
    for (int64_t i = 0; i < list.n; i++) {
        char path[4096];
        pa_error damage = {0};
        pa_result_check check;
        checkpoint_path(job->folder, list.sequence[i], path);
        if (pa_result_verify(run->comm, path, &check, &damage) == PA_OK) {
            run->checkpointer->sequence = list.sequence[0] + 1;
            *found = true;
            pa_log_say(run->log, "going on from %s", path);
            return load(job, path);
        }
        pa_log_say(run->log, "checkpoint passed over: %s", damage.message);
    }
    return PA_OK;
}

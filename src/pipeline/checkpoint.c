/* Saving and loading. Files are written beside, checked and renamed, and never touched again:
 * a job killed while it saves still has the manifest before, and all that this one names. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "checkpointer.h"
#include "paraudit/base/stop.h"
#include "restore.h"
#include "space.h"

static void path_of(const struct pa_checkpointer *c, const char *name,
                    char path[PA_CHECKPOINT_PATH])
{
    snprintf(path, PA_CHECKPOINT_PATH, "%s/%s", c->path, name);
}

/* ---- saving ---- */

/* What is known of a file that is there. */
static pa_status take_note(const struct pa_checkpointer *c, pa_saved *saved)
{
    pa_run *run = &c->job->run;
    pa_status st = PA_OK;
    if (pa_comm_rank(run->comm) == 0) {
        st = pa_own_file_close_to_others(&c->folder, saved->name, &run->err);
        saved->bytes = pa_own_file_size(&c->folder, saved->name);
    }
    PA_AGREE(run->comm, st, &run->err);
    pa_broadcast(run->comm, &saved->bytes, sizeof saved->bytes, 0);
    return PA_OK;
}

static bool is_empty(const pa_result *r)
{
    return r->n_tables + r->n_lists + r->n_stores == 0;
}

static pa_status write_file(struct pa_checkpointer *c, pa_contents *contents, pa_saved *saved)
{
    pa_run *run = &c->job->run;
    char path[PA_CHECKPOINT_PATH];
    pa_saved_name(c->next++, PA_SAVED_FILE, saved->name);
    path_of(c, saved->name, path);
    /* A result that nobody wants is no reason to lose what it took. */
    if (contents->result.how.writer == PA_WRITER_NONE) contents->result.how.writer = PA_WRITER_AUTO;
    PA_TRY(pa_job_leave_space(c->job, path, pa_result_bytes(&contents->result)));
    PA_TRY(pa_result_write(run->comm, path, &contents->result, &run->err));
    memcpy(saved->digest, contents->file_digest, sizeof saved->digest);
    return take_note(c, saved);
}

static pa_status save_part(struct pa_checkpointer *c, const pa_part *part, const char *step,
                           pa_saved *saved)
{
    pa_run *run = &c->job->run;
    pa_contents contents;
    *saved = (pa_saved){0};
    snprintf(saved->step, sizeof saved->step, "%s", step);
    pa_status st = pa_contents_gather_part(c->job, part, &contents);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK && !is_empty(&contents.result)) st = write_file(c, &contents, saved);
    pa_contents_free(&contents);
    return st;
}

/* Step 0 is ingest, step i + 1 stage i. */
static const char *step_name(const pa_job *job, size_t step)
{
    return step == 0 ? "ingest" : job->stages[step - 1]->name;
}

static pa_status save_steps(struct pa_checkpointer *c)
{
    pa_manifest *now = &c->now;
    for (size_t i = now->n_steps; i < c->n_marks; i++) {
        const pa_store *model = i > 0 ? c->job->stores + i - 1 : NULL;
        pa_part part = {.from = i > 0 ? c->marks + i - 1 : NULL,
                        .until = c->marks + i,
                        .store = model && model->complete ? model : NULL};
        PA_TRY(save_part(c, &part, step_name(c->job, i), now->steps + i));
        now->n_steps++;
    }
    return PA_OK;
}

static pa_status write_manifest(struct pa_checkpointer *c, const pa_manifest *m)
{
    pa_run *run = &c->job->run;
    pa_status st = PA_OK;
    int64_t number = c->next++;
    if (pa_comm_rank(run->comm) == 0) {
        pa_buffer text = {0};
        char name[PA_SAVED_NAME];
        pa_saved_name(number, PA_SAVED_MANIFEST, name);
        st = pa_manifest_write(m, &text, &run->err);
        if (st == PA_OK)
            st = pa_own_file_write(&c->folder, name, text.data, text.length, &run->err);
        pa_buffer_free(&text);
    }
    PA_AGREE(run->comm, st, &run->err);
    c->kept[1] = c->kept[0];
    c->kept[0] = (pa_kept){*m, number};
    if (pa_comm_rank(run->comm) == 0) pa_checkpoint_prune(c);
    return PA_OK;
}

static pa_status save(struct pa_checkpointer *c, const pa_store *model)
{
    pa_run *run = &c->job->run;
    pa_buffer text = {0};
    pa_manifest *m = NULL; /* large for a stack */
    pa_status st = pa_contents_config(run->config, &text, c->now.config_digest, &run->err);
    /* As job.ini says them, which has all of them on rank 0; the table is cut after a restart. */
    if (pa_comm_rank(run->comm) == 0)
        pa_digest_bytes(c->inputs.data, c->inputs.length, c->now.inputs_digest);
    if (st == PA_OK) st = PA_NEW(m, 1, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK) st = save_steps(c);
    if (st == PA_OK) *m = c->now;
    if (st == PA_OK && model) {
        const pa_part part = {.from = c->marks + c->n_marks - 1, .store = model};
        st = save_part(c, &part, model->name, &m->model);
    }
    if (st == PA_OK) st = write_manifest(c, m);
    pa_buffer_free(&text);
    pa_free(m);
    return st;
}

pa_status pa_checkpoint_save(pa_job *job, const pa_store *model)
{
    pa_run *run = &job->run;
    struct pa_checkpointer *c = run->checkpointer;
    double start = pa_clock();
    PA_ASSERT(c->n_marks == job->n_done + 1);
    pa_status st = pa_checkpoint_take(job);
    if (st == PA_OK) st = save(c, model);
    c->last = pa_clock();
    if (st == PA_OK)
        pa_log_event(run->log, "checkpoint", "number=%" PRId64 " seconds=%.3f", c->kept[0].number,
                     c->last - start);
    return st;
}

/* ---- which files are whole ---- */

/* How far a job can go on from a manifest. */
typedef struct {
    size_t n_steps;
    bool model;
} reach;

/* A file that two manifests name is looked at, and told of, once. */
typedef struct {
    struct {
        char name[PA_SAVED_NAME];
        bool whole;
    } file[2 * PA_MAX_STEPS];
    size_t n;
} known_files;

static pa_status look_at(const struct pa_checkpointer *c, const pa_saved *s, bool *whole)
{
    pa_run *run = &c->job->run;
    char path[PA_CHECKPOINT_PATH], digest[PA_DIGEST_TEXT] = "";
    pa_error damage = {0};
    path_of(c, s->name, path);
    int64_t bytes = pa_comm_rank(run->comm) == 0 ? pa_own_file_size(&c->folder, s->name) : 0;
    pa_broadcast(run->comm, &bytes, sizeof bytes, 0);
    pa_status st = PA_OK;
    if (bytes == s->bytes) st = pa_sealed_digest(run->comm, path, digest, &damage);
    *whole = bytes == s->bytes && st == PA_OK && strcmp(digest, s->digest) == 0;
    if (st == PA_E_MEMORY || st == PA_E_AGAIN) return pa_fail(&run->err, st, "%s", damage.message);
    if (!*whole) {
        pa_log_say(run->log, "checkpoint: passed over %s, which is %s", path,
                   bytes < 0           ? "not there, or no file"
                   : bytes != s->bytes ? "of another length than it was"
                   : st == PA_E_IO     ? "not to be read"
                                       : "not as it was written");
    }
    return PA_OK;
}

static pa_status is_whole(const struct pa_checkpointer *c, const pa_saved *s, known_files *known,
                          bool *whole)
{
    for (size_t i = 0; i < known->n; i++) {
        *whole = known->file[i].whole;
        if (strcmp(known->file[i].name, s->name) == 0) return PA_OK;
    }
    PA_TRY(look_at(c, s, whole));
    if (known->n == sizeof known->file / sizeof *known->file) return PA_OK;
    memcpy(known->file[known->n].name, s->name, sizeof s->name);
    known->file[known->n++].whole = *whole;
    return PA_OK;
}

static pa_status reach_of(const struct pa_checkpointer *c, const pa_manifest *m, known_files *known,
                          reach *r)
{
    bool whole = true;
    *r = (reach){0};
    for (; r->n_steps < m->n_steps; r->n_steps++) {
        const pa_saved *s = m->steps + r->n_steps;
        if (*s->name) PA_TRY(is_whole(c, s, known, &whole));
        if (!whole) return PA_OK;
    }
    if (*m->model.name) PA_TRY(is_whole(c, &m->model, known, &r->model));
    return PA_OK;
}

/* ---- which manifest serves ---- */

/* Columns made with other values than the stages to come will read would mix two audits in
 * one result. */
static pa_status check_config(const struct pa_checkpointer *c, const pa_kept *k)
{
    pa_run *run = &c->job->run;
    pa_buffer text = {0};
    char digest[PA_DIGEST_TEXT] = "";
    pa_status st = pa_contents_config(run->config, &text, digest, &run->err);
    if (st == PA_OK && strcmp(k->manifest.config_digest, digest) != 0) {
        st = pa_fail(&run->err, PA_E_CONFIG,
                     "%s was saved by a job with another configuration: put the values in job.ini "
                     "in it back, or start anew with `paraudit audit`",
                     c->path);
    }
    pa_buffer_free(&text);
    return pa_agree(run->comm, st, &run->err);
}

/* Whether a manifest is of the inputs that job.ini names: the rows of one book under the name of
 * another would be a false result. */
static bool is_of_inputs(const struct pa_checkpointer *c, const pa_kept *k)
{
    pa_run *run = &c->job->run;
    char digest[PA_DIGEST_TEXT];
    uint64_t alike = 1;
    if (pa_comm_rank(run->comm) == 0 && c->has_job_ini) {
        pa_digest_bytes(c->inputs.data, c->inputs.length, digest);
        alike = strcmp(k->manifest.inputs_digest, digest) == 0;
        if (!alike)
            pa_log_say(run->log,
                       "checkpoint: passed over %s/%06" PRId64 "%s, which is of other inputs than "
                       "job.ini",
                       c->path, k->number, PA_SAVED_MANIFEST);
    }
    pa_broadcast(run->comm, &alike, sizeof alike, 0);
    return alike != 0;
}

/* The steps by name: those that this program takes first, or columns would be mixed up. */
static pa_status check_steps(const pa_job *job, const pa_manifest *m, pa_error *err)
{
    for (size_t i = 0; i < m->n_steps; i++) {
        const char *here = i <= job->n_stages ? step_name(job, i) : "none";
        if (strcmp(m->steps[i].step, here) != 0) {
            return pa_fail(err, PA_E_DATA,
                           "step %zu of the checkpoint is '%s', of this program '%s'", i,
                           m->steps[i].step, here);
        }
    }
    return PA_OK;
}

/* The manifest of a number, on all ranks; number -1: it is none. */
static pa_status fetch(const struct pa_checkpointer *c, int64_t number, pa_kept *k)
{
    pa_run *run = &c->job->run;
    pa_error damage = {0};
    pa_status st = PA_OK;
    if (pa_comm_rank(run->comm) == 0) {
        st = pa_checkpoint_manifest(&c->folder, number, &k->manifest, &damage);
        k->number = st == PA_OK ? number : -1;
        if (st == PA_E_DATA) {
            pa_log_say(run->log, "checkpoint: passed over %s", damage.message);
            st = PA_OK;
        } else if (st != PA_OK) {
            pa_fail(&run->err, st, "%s", damage.message);
        }
    }
    PA_AGREE(run->comm, st, &run->err);
    pa_broadcast(run->comm, k, sizeof *k, 0);
    return PA_OK;
}

typedef struct {
    known_files known;
    pa_kept kept, best;
    reach reach;  /* of the best */
    bool strange; /* one of other inputs was met */
} search;

static bool reaches_further(const search *s, const reach *r)
{
    if (s->best.number < 0) return true;
    if (r->n_steps != s->reach.n_steps) return r->n_steps > s->reach.n_steps;
    return r->model && !s->reach.model;
}

static pa_status try_one(const struct pa_checkpointer *c, int64_t number, search *s)
{
    reach r;
    PA_TRY(fetch(c, number, &s->kept));
    if (s->kept.number < 0) return PA_OK;
    PA_TRY(check_config(c, &s->kept));
    if (!is_of_inputs(c, &s->kept)) {
        s->strange = true;
        return PA_OK;
    }
    PA_TRY(reach_of(c, &s->kept.manifest, &s->known, &r));
    if (!reaches_further(s, &r)) return PA_OK;
    s->best = s->kept;
    s->reach = r;
    return PA_OK;
}

static bool is_all(const search *s)
{
    const pa_manifest *m = &s->best.manifest;
    return s->best.number >= 0 && s->reach.n_steps == m->n_steps &&
           s->reach.model == (*m->model.name != '\0');
}

/* The newest from which the job can go on furthest. */
static pa_status choose(const struct pa_checkpointer *c, search *s)
{
    pa_run *run = &c->job->run;
    int64_t number[PA_MOST_FOUND] = {0};
    uint64_t n = pa_comm_rank(run->comm) == 0 ? pa_checkpoint_find(&c->folder, number) : 0;
    pa_broadcast(run->comm, &n, sizeof n, 0);
    pa_broadcast(run->comm, number, sizeof number, 0);
    s->best.number = -1;
    for (uint64_t i = 0; i < n && !is_all(s); i++) PA_TRY(try_one(c, number[i], s));
    return PA_OK;
}

/* ---- loading ---- */

static pa_status load_file(pa_job *job, const pa_saved *s,
                           pa_status (*take)(pa_job *job, pa_result_file *file))
{
    pa_run *run = &job->run;
    char path[PA_CHECKPOINT_PATH];
    pa_result_file *file;
    path_of(run->checkpointer, s->name, path);
    PA_TRY(pa_result_open(run->comm, path, &file, &run->err));
    pa_status st = pa_agree(run->comm, take(job, file), &run->err);
    pa_result_close(file);
    return st;
}

static pa_status load_steps(pa_job *job, const pa_manifest *m, const reach *r)
{
    pa_run *run = &job->run;
    PA_TRY(load_file(job, m->steps, pa_restore_facts));
    for (size_t i = 0; i < r->n_steps; i++) {
        if (*m->steps[i].name) PA_TRY(load_file(job, m->steps + i, pa_restore_part));
        PA_AGREE(run->comm, pa_checkpointer_mark(job), &run->err);
    }
    if (r->model) PA_TRY(load_file(job, &m->model, pa_restore_part));
    job->n_done = r->n_steps - 1;
    return pa_restore_end(job);
}

static void tell_where(const struct pa_checkpointer *c, const search *s)
{
    const pa_manifest *m = &s->best.manifest;
    pa_log_say(c->job->run.log, "going on from %s/%06" PRId64 "%s, behind %s%s%s", c->path,
               s->best.number, PA_SAVED_MANIFEST, m->steps[s->reach.n_steps - 1].step,
               s->reach.model ? ", with a model of " : "", s->reach.model ? m->model.step : "");
}

static pa_status load(pa_job *job, const search *s)
{
    pa_run *run = &job->run;
    struct pa_checkpointer *c = run->checkpointer;
    PA_AGREE(run->comm, check_steps(job, &s->best.manifest, &run->err), &run->err);
    tell_where(c, s);
    pa_phase_begin(run->comm, &job->timing, "restore");
    pa_status st = load_steps(job, &s->best.manifest, &s->reach);
    pa_phase_end(run->comm, &job->timing);
    c->kept[0] = s->best;
    c->now = s->best.manifest;
    c->now.n_steps = s->reach.n_steps;
    c->now.model = (pa_saved){0};
    return st;
}

/* job.ini, or all the rest, is that of another job, and to begin anew would remove the rest. */
static pa_status refuse_inputs(const struct pa_checkpointer *c)
{
    return pa_fail(&c->job->run.err, PA_E_DATA,
                   "%s was saved by a job with other inputs than job.ini in it says: put back the "
                   "job.ini that it was saved with, or start anew with `paraudit audit --replace`",
                   c->path);
}

static pa_status find_and_load(pa_job *job, search *s, bool *found)
{
    pa_run *run = &job->run;
    struct pa_checkpointer *c = run->checkpointer;
    pa_status st = PA_OK;
    PA_TRY(pa_checkpoint_take(job));
    if (pa_comm_rank(run->comm) == 0) st = pa_checkpoint_read_inputs(c, &run->err);
    PA_AGREE(run->comm, st, &run->err);
    PA_TRY(choose(c, s));
    *found = s->best.number >= 0 && s->reach.n_steps > 0;
    if (*found) return load(job, s);
    if (s->strange && s->best.number < 0) return refuse_inputs(c);
    pa_log_say(run->log, "no whole checkpoint in %s: the job begins with its inputs", c->path);
    return PA_OK;
}

pa_status pa_checkpoint_load(pa_job *job, bool *found)
{
    pa_run *run = &job->run;
    search *s = NULL;
    *found = false;
    PA_AGREE(run->comm, PA_NEW(s, 1, &run->err), &run->err);
    pa_stop_allow(true);
    pa_status st = find_and_load(job, s, found);
    pa_stop_allow(false);
    pa_free(s);
    return st == PA_E_AGAIN ? pa_stopped_loading(job) : st;
}

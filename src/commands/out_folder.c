#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain.h"
#include "out_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/commands/configure.h"
#include "paraudit/files/draft.h"
#include "paraudit/files/files.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/pipeline/job.h"
#include "paraudit/result/one_folder.h"
#include "paraudit/result/result.h"

const char *const pa_out_names[PA_OUT_NAMES] = {"audit.h5",    "alerts.csv", "run.json",
                                                "rejects.csv", "log.txt",    ".lock"};

static bool is_there(const char *folder, const char *name, struct stat *s)
{
    char path[4096];
    return pa_path_in(folder, name, path, NULL) == PA_OK && lstat(path, s) == 0;
}

bool pa_out_is_file(const char *folder, const char *name)
{
    struct stat s;
    return is_there(folder, name, &s) && S_ISREG(s.st_mode);
}

/* ---- what is never written over ---- */

/* A link would be replaced, or written through; a pipe would be waited for. */
static pa_status check_names(const char *folder, pa_error *err)
{
    struct stat s;
    for (size_t i = 0; i < PA_OUT_NAMES; i++) {
        if (!is_there(folder, pa_out_names[i], &s) || S_ISREG(s.st_mode)) continue;
        return pa_fail(err, PA_E_CREATE,
                       "%s/%s: is %s, where a file would be written: move it away", folder,
                       pa_out_names[i],
                       S_ISLNK(s.st_mode)   ? "a link"
                       : S_ISDIR(s.st_mode) ? "a folder"
                                            : "no file");
    }
    return PA_OK;
}

/* A draft that was left counts as ours in a folder that bears our mark alone. */
static pa_status check_drafts(const char *folder, bool marked, pa_error *err)
{
    char path[4096];
    for (size_t i = 0; i < PA_OUT_DRAFTS; i++) {
        PA_TRY(pa_path_in(folder, pa_out_names[i], path, err));
        PA_TRY(pa_draft_check(path, marked, err));
    }
    return PA_OK;
}

/* ---- a result ---- */

static pa_status no_result(const char *folder, const char *or_else, const char *why, pa_error *err)
{
    return pa_fail(err, PA_E_CREATE, "%s/audit.h5: is there already, %s: %s", folder, why, or_else);
}

static pa_status config_digest(const pa_config *config, char digest[PA_DIGEST_TEXT], pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = pa_config_write(config, true, &text, err);
    if (st == PA_OK) pa_digest_bytes(text.data, text.length, digest);
    pa_buffer_free(&text);
    return st;
}

static bool says(const pa_result_file *file, const char *name, const char *value)
{
    const char *text = pa_result_attribute_text(file, name);
    return strcmp(text ? text : "", value) == 0;
}

static pa_status compare_inputs(pa_comm *comm, const pa_config *config, pa_result_file *file,
                                bool *alike, pa_error *err)
{
    pa_strings pool = {0};
    pa_table inputs = {0};
    int64_t n = pa_result_rows(file, "inputs");
    bool root = pa_comm_rank(comm) == 0;
    *alike = false;
    if (n < 0) return PA_OK;
    pa_error damaged = {0};
    pa_status st = pa_result_read_table(file, "inputs", root ? 0 : n, root ? (size_t)n : 0, &pool,
                                        &inputs, &damaged) == PA_OK
                       ? pa_inputs_alike(comm, config, &inputs, alike, err)
                       : PA_OK;
    pa_table_free(&inputs);
    pa_strings_free(&pool);
    return st;
}

/* read: the inputs, too. */
static pa_status compare_result(pa_comm *comm, const pa_out_job *job, const char *folder,
                                pa_result_file *file, const char *or_else, bool read, pa_error *err)
{
    char digest[PA_DIGEST_TEXT];
    bool alike = true;
    PA_AGREE(comm, config_digest(job->config, digest, err), err);
    if (!says(file, "config_digest", digest))
        return no_result(folder, or_else, "the result of another configuration", err);
    if (!says(file, "previous_audit_digest", job->previous))
        return no_result(folder, or_else, "the result of another previous audit", err);
    if (!says(file, "software_version", PARAUDIT_VERSION))
        return no_result(folder, or_else, "the result of another version of paraudit", err);
    if (read) PA_TRY(compare_inputs(comm, job->config, file, &alike, err));
    return alike ? PA_OK : no_result(folder, or_else, "the result of other inputs", err);
}

/* content: the digest of what is in it. */
static pa_status check_result(pa_comm *comm, const pa_out_job *job, const char *folder,
                              const char *or_else, bool read, char content[PA_DIGEST_TEXT],
                              pa_error *err)
{
    char path[4096];
    pa_result_file *file;
    pa_error damaged = {0};
    PA_AGREE(comm, pa_path_in(folder, "audit.h5", path, err), err);
    if (pa_result_open(comm, path, &file, &damaged) != PA_OK)
        return no_result(folder, or_else, "and no result that can be read", err);
    pa_status st = compare_result(comm, job, folder, file, or_else, read, err);
    const char *digest = pa_result_attribute_text(file, "content_digest");
    snprintf(content, PA_DIGEST_TEXT, "%s", digest ? digest : "");
    pa_result_close(file);
    return st;
}

/* ---- a job that has not ended ---- */

static pa_status same_keys(const pa_config *a, const pa_config *b, bool *same, pa_error *err)
{
    char one[PA_DIGEST_TEXT], other[PA_DIGEST_TEXT];
    PA_TRY(config_digest(a, one, err));
    PA_TRY(config_digest(b, other, err));
    *same = strcmp(one, other) == 0;
    return PA_OK;
}

static pa_status check_previous(const pa_out_job *job, const char *folder, pa_error *err)
{
    char digest[PA_DIGEST_TEXT];
    pa_chain_kept(folder, digest);
    if (strcmp(digest, job->previous) == 0) return PA_OK;
    return pa_fail(err, PA_E_CREATE,
                   "%s/checkpoint: holds an audit behind another previous audit that has not "
                   "ended: `paraudit resume` goes on with it; else " PA_OR_ELSE,
                   folder);
}

static pa_status check_job(pa_comm *comm, const pa_out_job *job, const char *folder, pa_error *err)
{
    static const pa_arguments nothing = {0};
    pa_config *kept = NULL;
    pa_error damaged = {0};
    struct stat s;
    bool same = false;
    pa_status st = pa_configure_again(comm, folder, &nothing, &kept, &damaged);
    if (st == PA_E_DATA) return pa_fail(err, st, "%s", damaged.message);
    if (st == PA_E_NO_INPUT && is_there(folder, "checkpoint/job.ini", &s))
        return pa_fail(err, PA_E_CREATE, "%s: " PA_OR_ELSE, damaged.message);
    if (st == PA_OK) {
        st = pa_agree(comm, same_keys(job->config, kept, &same, err), err);
        pa_config_free(kept);
        PA_TRY(st);
    }
    if (same)
        return pa_agree(comm, pa_comm_rank(comm) == 0 ? check_previous(job, folder, err) : PA_OK,
                        err);
    return pa_fail(err, PA_E_CREATE,
                   "%s/checkpoint: holds an audit of another configuration that has not ended: "
                   "`paraudit resume` goes on with it; else " PA_OR_ELSE,
                   folder);
}

pa_status pa_out_check_inputs(pa_comm *comm, const pa_config *config, const char *path,
                              const pa_table *inputs, pa_error *err)
{
    bool alike = false;
    const pa_table none = {0};
    PA_TRY(pa_inputs_alike(comm, config, inputs ? inputs : &none, &alike, err));
    if (alike) return PA_OK;
    return pa_fail(err, PA_E_CREATE,
                   "%s/checkpoint: holds an audit of other inputs that has not ended: `paraudit "
                   "resume` goes on with it; else " PA_OR_ELSE,
                   path);
}

/* ---- what is there ---- */

/* What rank 0 sees, the same on all. */
typedef struct {
    bool result, finished, saved;
} sight;

/* marked: some job of ours was here. */
static pa_status look(const char *folder, bool marked, const char *or_else, sight *s, pa_error *err)
{
    *s = (sight){.result = pa_out_is_file(folder, "audit.h5"),
                 .saved = pa_checkpoint_is_saved(folder)};
    s->finished =
        pa_out_is_file(folder, "run.json") && !pa_out_is_file(folder, "checkpoint/job.ini");
    return s->result ? PA_OK : pa_out_check_foreign(folder, marked || s->saved, or_else, err);
}

static pa_status look_for_all(pa_comm *comm, const char *folder, bool marked, const char *or_else,
                              sight *s, pa_error *err)
{
    *s = (sight){0};
    PA_AGREE(comm, pa_comm_rank(comm) == 0 ? look(folder, marked, or_else, s, err) : PA_OK, err);
    pa_broadcast(comm, s, sizeof *s, 0);
    return PA_OK;
}

/* read: the inputs are compared with those of the result. */
static pa_status check_standing(pa_comm *comm, const pa_out_job *job, const char *folder,
                                const sight *s, const char *or_else, bool read, pa_error *err)
{
    char content[PA_DIGEST_TEXT] = "";
    if (s->result) PA_TRY(check_result(comm, job, folder, or_else, read, content, err));
    /* A result that is finished stands for the files beside it. */
    if ((s->result && s->finished) || pa_comm_rank(comm) != 0) return pa_agree(comm, PA_OK, err);
    return pa_agree(comm, pa_out_check_own(folder, content, or_else, err), err);
}

static pa_status judge(pa_comm *comm, const pa_out_job *job, const char *folder, bool marked,
                       bool read, pa_out_state *state, pa_error *err)
{
    sight s;
    PA_TRY(look_for_all(comm, folder, marked, PA_OR_ELSE, &s, err));
    *state = PA_OUT_BEGIN;
    PA_TRY(check_standing(comm, job, folder, &s, PA_OR_ELSE, read, err));
    if (s.result && s.finished) *state = PA_OUT_DONE;
    if (*state == PA_OUT_DONE || !s.saved) return PA_OK;
    PA_TRY(check_job(comm, job, folder, err));
    *state = PA_OUT_GO_ON;
    return PA_OK;
}

/* Of a job that goes on: what it has left itself, and no more. Its inputs are compared when it
 * is loaded. */
static pa_status judge_again(pa_comm *comm, const pa_out_job *job, const char *folder,
                             pa_error *err)
{
    sight s;
    PA_TRY(look_for_all(comm, folder, true, PA_OR_MOVE, &s, err));
    s.finished = false;
    return check_standing(comm, job, folder, &s, PA_OR_MOVE, false, err);
}

/* ---- the whole ---- */

const char pa_out_replaces[] = "\n; what is there is replaced\n";

static bool was_begun_to_replace(const char *folder)
{
    char path[4096], *text = NULL;
    size_t length = 0;
    pa_error none = {0};
    if (pa_path_in(folder, "checkpoint/job.ini", path, NULL) != PA_OK) return false;
    if (pa_read_file(path, &text, &length, &none) != PA_OK) return false;
    bool said = strstr(text, pa_out_replaces) != NULL;
    pa_free(text);
    return said;
}

/* Rank 0 makes the folder and locks it. had_lock: it was locked by somebody before. */
static pa_status enter(const pa_out_job *job, pa_out_folder *out, bool *had_lock, pa_error *err)
{
    char path[4096];
    PA_TRY(pa_path_in(out->path, "rejects.csv.paraudit.part", path, err)); /* the longest */
    PA_TRY(pa_make_folders(out->path, err));
    PA_TRY(check_names(out->path, err));
    PA_TRY(pa_checkpoint_check(out->path, err));
    PA_TRY(pa_out_check_reads(job->config, out->path, err));
    *had_lock = pa_out_is_file(out->path, ".lock");
    return pa_lock_folder(out->path, &out->lock, err);
}

/* A folder that must not be written stays as it was. */
static void retreat(pa_out_folder *out, bool had_lock)
{
    char path[4096];
    if (out->lock >= 0 && !had_lock && pa_path_in(out->path, ".lock", path, NULL) == PA_OK)
        unlink(path);
    pa_out_leave(out);
}

/* Rank 0: what the job may replace, and its log. */
static void settle(pa_out_wish wish, bool replaces, pa_out_folder *out)
{
    out->standing.any = replaces;
    if (!replaces) pa_out_note_own(out->path, &out->standing);
    out->log_goes_on = wish != PA_OUT_REPLACE && pa_out_is_log(out->path);
}

/* Rank 0: what this job will write, it can. */
static pa_status prepare(pa_out_wish wish, bool replaces, bool marked, pa_out_folder *out,
                         pa_error *err)
{
    if (out->state == PA_OUT_DONE) return PA_OK;
    PA_TRY(check_drafts(out->path, marked, err));
    settle(wish, replaces, out);
    return pa_mark_folder(out->path, out->lock, err);
}

static pa_status take(pa_comm *comm, const pa_out_job *job, pa_out_wish wish, pa_out_folder *out,
                      pa_error *err)
{
    bool root = pa_comm_rank(comm) == 0, resumes = wish >= PA_OUT_RESUME;
    bool replaces = wish == PA_OUT_REPLACE || wish == PA_OUT_RESUME_REPLACE;
    if (root && resumes) replaces |= was_begun_to_replace(out->path);
    pa_broadcast(comm, &replaces, sizeof replaces, 0);
    bool marked = root && (resumes || pa_folder_is_marked(out->lock));
    out->state = resumes ? PA_OUT_GO_ON : PA_OUT_BEGIN;
    if (wish == PA_OUT_AUDIT)
        PA_TRY(judge(comm, job, out->path, marked, true, &out->state, err));
    else if (!replaces)
        PA_TRY(judge_again(comm, job, out->path, err));
    return pa_agree(comm, root ? prepare(wish, replaces, marked, out, err) : PA_OK, err);
}

static pa_status is_one(pa_comm *comm, const char *folder, pa_error *err)
{
    char path[4096];
    PA_AGREE(comm, pa_path_in(folder, "token", path, err), err);
    return pa_one_folder(comm, path, err);
}

pa_status pa_out_take(pa_comm *comm, const pa_out_job *job, const char *path, pa_out_wish wish,
                      pa_out_folder *out, pa_error *err)
{
    bool had_lock = true;
    *out = (pa_out_folder){.path = path, .lock = -1};
    pa_status st = pa_comm_rank(comm) == 0 ? enter(job, out, &had_lock, err) : PA_OK;
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = is_one(comm, path, err);
    if (st == PA_OK) st = take(comm, job, wish, out, err);
    if (st != PA_OK) retreat(out, had_lock);
    return st;
}

void pa_out_leave(pa_out_folder *out)
{
    pa_unlock_folder(&out->lock);
}

/* Without the lock, which a job may hold: it is looked at again when the audit begins. */
static bool is_marked(const char *folder)
{
    int lock = -1;
    pa_error busy = {0};
    bool marked = pa_out_is_file(folder, ".lock") &&
                  pa_lock_folder(folder, &lock, &busy) == PA_OK && pa_folder_is_marked(lock);
    pa_unlock_folder(&lock);
    return marked;
}

pa_status pa_out_look(pa_comm *comm, const pa_out_job *job, const char *path, bool *again,
                      pa_error *err)
{
    pa_out_state state;
    bool marked = is_marked(path);
    PA_TRY(check_names(path, err));
    PA_TRY(pa_out_check_reads(job->config, path, err));
    PA_TRY(judge(comm, job, path, marked, false, &state, err));
    *again = state != PA_OUT_BEGIN;
    return state == PA_OUT_DONE ? PA_OK : check_drafts(path, marked, err);
}

#include "paraudit/pipeline/previous.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "changes.h"
#include "contents.h"
#include "paraudit/base/array.h"
#include "paraudit/base/paths.h"
#include "paraudit/files/files.h"
#include "paraudit/pipeline/job.h"

enum { MOST_NAMED = 20 }; /* files that are told of by name */

/* ---- its place ---- */

/* One path of a list without its backslashes. */
static bool take_path(const char *word, size_t length, char path[PA_PREVIOUS_PATH])
{
    size_t n = 0;
    for (size_t i = 0; i < length && n < PA_PREVIOUS_PATH - 1; i++) {
        if (word[i] == '\\' && i + 1 < length) i++;
        path[n++] = word[i];
    }
    path[n] = '\0';
    return n < PA_PREVIOUS_PATH - 1;
}

pa_status pa_previous_path(const pa_config *config, char path[PA_PREVIOUS_PATH], pa_error *err)
{
    static const char name[] = "/audit.h5";
    const char *list = pa_config_text(config, "job.previous");
    struct stat s;
    path[0] = '\0';
    size_t length = pa_paths_next(&list);
    if (length == 0) return PA_OK;
    const char *rest = list + length;
    if (pa_paths_next(&rest) > 0)
        return pa_fail(err, PA_E_CONFIG,
                       "job.previous names more than one path: '%s' follows the first (a blank or "
                       "comma in a name takes a backslash before it)",
                       rest);
    bool fits = take_path(list, length, path);
    bool is_file = fits && stat(path, &s) == 0 && !S_ISDIR(s.st_mode);
    if (fits && is_file) return PA_OK;
    if (!fits || strlen(path) + sizeof name > PA_PREVIOUS_PATH)
        return pa_fail(err, PA_E_CONFIG, "job.previous: the path is too long: %.60s...", path);
    memcpy(path + strlen(path), name, sizeof name);
    return PA_OK;
}

/* Whether a job of ours is under way in the folder of the file, or the file is one of its
 * checkpoints. */
static bool has_beside(const char *path, const char *name)
{
    char beside[PA_PREVIOUS_PATH + 32];
    struct stat s;
    snprintf(beside, sizeof beside, "%.*s%s", (int)(pa_base_name(path) - path), path, name);
    return lstat(beside, &s) == 0;
}

static pa_status check_place(const char *path, pa_error *err)
{
    struct stat s;
    int folder = (int)(pa_base_name(path) - path);
    if (has_beside(path, "checkpoint/job.ini"))
        return pa_fail(err, PA_E_NO_INPUT,
                       "job.previous: %.*s holds an audit that has not ended: `paraudit resume` "
                       "goes on with it",
                       folder, path);
    if (has_beside(path, "job.ini"))
        return pa_fail(err, PA_E_DATA, "job.previous: %s is a checkpoint, and no result", path);
    if (stat(path, &s) == 0) return PA_OK;
    return pa_fail(err, PA_E_NO_INPUT, "job.previous: %s: there is no such result", path);
}

/* ---- what is in it ---- */

/* Names and digests of files as texts. */
static pa_status list_inputs(size_t n, const char *names, size_t width, const char *digests,
                             size_t digits, pa_strings *pool, pa_named **list, pa_error *err)
{
    PA_TRY(PA_NEW(*list, n, err));
    for (size_t i = 0; i < n; i++) {
        const char *name = names + i * width, *digest = digests + i * digits;
        PA_TRY(pa_strings_keep(pool, name, strnlen(name, width), &(*list)[i].name, err));
        PA_TRY(pa_strings_keep(pool, digest, strnlen(digest, digits), &(*list)[i].value, err));
    }
    return PA_OK;
}

/* Whole on rank 0. */
static pa_status read_inputs(pa_result_file *file, bool root, pa_previous *p, pa_error *err)
{
    pa_table inputs = {0};
    int64_t n = pa_result_rows(file, "inputs");
    if (n < 0) return pa_fail(err, PA_E_DATA, "%s: does not list its inputs", p->path);
    PA_TRY(pa_result_read_table(file, "inputs", root ? 0 : n, root ? (size_t)n : 0, &p->pool,
                                &inputs, err));
    const pa_column *name = pa_table_find(&inputs, "file"),
                    *digest = pa_table_find(&inputs, "digest");
    pa_status st = PA_OK;
    if (!name || !digest || name->spec.type != PA_BYTES || digest->spec.type != PA_BYTES)
        st = pa_fail(err, PA_E_DATA, "%s: does not list its inputs as expected", p->path);
    else
        st = list_inputs(inputs.n_rows, name->data, (size_t)name->spec.width, digest->data,
                         (size_t)digest->spec.width, &p->pool, &p->inputs, err);
    p->n_inputs = st == PA_OK ? inputs.n_rows : 0;
    pa_table_free(&inputs);
    return st;
}

static pa_status read_facts(pa_comm *comm, pa_result_file *file, pa_previous *p, pa_error *err)
{
    char *text = NULL;
    const char *version = pa_result_attribute_text(file, "software_version");
    const char *digest = pa_result_attribute_text(file, "content_digest");
    bool is_result = version && digest && strlen(digest) < PA_DIGEST_TEXT &&
                     pa_result_rows(file, "transactions") >= 0;
    if (!is_result) return pa_fail(err, PA_E_DATA, "%s: is not the result of an audit", p->path);
    snprintf(p->digest, sizeof p->digest, "%s", digest);
    PA_TRY(pa_strings_keep(&p->pool, version, strlen(version), &p->version, err));
    PA_TRY(pa_result_text(file, "config/effective", &text, err));
    pa_status st = pa_list_keys(text, &p->pool, &p->keys, &p->n_keys, err);
    pa_free(text);
    PA_AGREE(comm, st, err);
    return pa_agree(comm, read_inputs(file, pa_comm_rank(comm) == 0, p, err), err);
}

static pa_status read_file(pa_comm *comm, pa_previous *p, pa_error *err)
{
    pa_result_file *file;
    PA_TRY(pa_result_open(comm, p->path, &file, err));
    pa_status st = read_facts(comm, file, p, err);
    pa_result_close(file);
    return st;
}

static pa_status find(pa_comm *comm, const pa_config *config, pa_previous *p, pa_error *err)
{
    *p = (pa_previous){0};
    return pa_agree(comm, pa_previous_path(config, p->path, err), err);
}

/* All bytes once, against the trailer; where that is gone, or does not fit, the digests of what is
 * in it tell. */
static pa_status check_bytes(pa_comm *comm, const char *path, pa_error *err)
{
    char digest[PA_DIGEST_TEXT];
    pa_error odd = {0};
    pa_status st = pa_sealed_digest(comm, path, digest, &odd);
    if (st == PA_E_DATA) return pa_result_verify(comm, path, NULL, err);
    return st == PA_OK ? st : pa_fail(err, st, "%s", odd.message);
}

/* What is said of a file by who reads it does not tell who asked. */
static pa_status check_and_read(pa_comm *comm, pa_previous *p, bool whole, pa_error *err)
{
    pa_error why = {0};
    PA_AGREE(comm, pa_comm_rank(comm) == 0 ? check_place(p->path, err) : PA_OK, err);
    pa_status st = whole ? check_bytes(comm, p->path, &why) : PA_OK;
    if (st == PA_OK) st = read_file(comm, p, &why);
    return st == PA_OK ? st : pa_fail(err, st, "job.previous: %s", why.message);
}

pa_status pa_previous_read(pa_comm *comm, const pa_config *config, pa_previous *p, pa_error *err)
{
    PA_TRY(find(comm, config, p, err));
    pa_status st = *p->path ? check_and_read(comm, p, true, err) : PA_OK;
    if (st != PA_OK) pa_previous_free(p);
    return st;
}

/* The job has the digest; the result is read for what it can be compared with. */
static pa_status compare_digest(pa_comm *comm, const char *digest, pa_previous *p, pa_error *err)
{
    pa_error why = {0};
    pa_status st = check_and_read(comm, p, false, &why);
    if (st == PA_E_MEMORY) return pa_fail(err, st, "%s", why.message);
    if (st != PA_OK)
        snprintf(p->unread, sizeof p->unread, "%s", why.message);
    else if (strcmp(p->digest, digest) != 0)
        snprintf(p->unread, sizeof p->unread,
                 "job.previous: %.400s is another result than when this job began", p->path);
    return PA_OK;
}

pa_status pa_previous_read_again(pa_comm *comm, const pa_config *config,
                                 const char digest[PA_DIGEST_TEXT], pa_previous *p, pa_error *err)
{
    PA_TRY(find(comm, config, p, err));
    if (*p->path && !*digest)
        return pa_fail(err, PA_E_CONFIG,
                       "job.previous is set, and this job began without it: it goes on without, or "
                       "begins anew with `paraudit audit`");
    pa_status st = *p->path ? compare_digest(comm, digest, p, err) : PA_OK;
    if (st == PA_OK && *digest && !*p->path)
        snprintf(p->unread, sizeof p->unread, "job.previous is not set any more");
    snprintf(p->digest, sizeof p->digest, "%s", digest);
    if (st != PA_OK) pa_previous_free(p);
    return st;
}

void pa_previous_free(pa_previous *p)
{
    pa_free(p->keys);
    pa_free(p->inputs);
    pa_free(p->key_changes);
    pa_free(p->input_changes);
    pa_strings_free(&p->pool);
    *p = (pa_previous){0};
}

/* ---- what differs ---- */

static bool is_same(const pa_change *c)
{
    return strcmp(pa_state_of(c), "same") == 0;
}

static pa_status find_key_changes(const pa_config *config, pa_previous *p, pa_error *err)
{
    pa_buffer text = {0};
    pa_named *now = NULL;
    size_t n = 0;
    pa_status st;
    PA_GOTO(pa_config_write(config, true, &text, err));
    PA_GOTO(pa_list_keys(text.data, &p->pool, &now, &n, err));
    PA_GOTO(PA_NEW(p->key_changes, p->n_keys + n, err));
    size_t all = pa_find_changes(p->n_keys, p->keys, n, now, p->key_changes);
    for (size_t i = 0; i < all; i++) {
        pa_change c = p->key_changes[i];
        if (!is_same(&c)) p->key_changes[p->n_key_changes++] = c;
    }
out:
    pa_buffer_free(&text);
    pa_free(now);
    return st;
}

/* names, digests: of all inputs, of n bytes each in all. */
static pa_status find_input_changes(pa_previous *p, const pa_table *inputs, const void *names,
                                    size_t n_bytes, const void *digests, pa_error *err)
{
    size_t width = (size_t)pa_table_find(inputs, "file")->spec.width,
           digits = (size_t)pa_table_find(inputs, "digest")->spec.width, n = n_bytes / width;
    pa_named *now = NULL;
    pa_status st;
    PA_GOTO(list_inputs(n, names, width, digests, digits, &p->pool, &now, err));
    PA_GOTO(PA_NEW(p->input_changes, p->n_inputs + n, err));
    p->n_input_changes = pa_find_changes(p->n_inputs, p->inputs, n, now, p->input_changes);
out:
    pa_free(now);
    return st;
}

/* ---- told ---- */

static size_t count(const pa_previous *p, const char *state)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_input_changes; i++)
        n += strcmp(pa_state_of(p->input_changes + i), state) == 0;
    return n;
}

static pa_status print_keys(const pa_previous *p, pa_buffer *text, pa_error *err)
{
    for (size_t i = 0; i < p->n_key_changes; i++) {
        const pa_change *c = p->key_changes + i;
        PA_TRY(pa_buffer_printf(text, err, "\n  %s: %s%s%s before, %s%s%s now", c->name,
                                c->before ? "'" : "", c->before ? c->before : "no such key",
                                c->before ? "'" : "", c->now ? "'" : "",
                                c->now ? c->now : "no such key", c->now ? "'" : ""));
    }
    return PA_OK;
}

static pa_status print_inputs(const pa_previous *p, pa_buffer *text, pa_error *err)
{
    size_t same = count(p, "same"), named = 0;
    PA_TRY(pa_buffer_printf(text, err, "\n  input files: %zu same, %zu changed, %zu new, %zu gone",
                            same, count(p, "changed"), count(p, "new"), count(p, "gone")));
    for (size_t i = 0; i < p->n_input_changes && named < MOST_NAMED; i++) {
        const pa_change *c = p->input_changes + i;
        if (is_same(c)) continue;
        PA_TRY(pa_buffer_printf(text, err, "%s %s (%s)", named++ ? "," : ":", c->name,
                                pa_state_of(c)));
    }
    if (p->n_input_changes - same > named) return pa_buffer_printf(text, err, ", ...");
    return PA_OK;
}

static pa_status print(const pa_previous *p, pa_buffer *text, pa_error *err)
{
    bool same = strcmp(p->version, PARAUDIT_VERSION) == 0;
    PA_TRY(pa_buffer_printf(text, err, "previous audit %s, content digest %s", p->path, p->digest));
    PA_TRY(pa_buffer_printf(text, err, "\n  by paraudit %s%s", p->version,
                            same ? ", as this one" : ", this one by " PARAUDIT_VERSION));
    if (p->n_key_changes == 0)
        PA_TRY(pa_buffer_printf(text, err, "\n  no key that determines a result has changed"));
    PA_TRY(print_keys(p, text, err));
    return print_inputs(p, text, err);
}

static pa_status tell(pa_run *run, const pa_previous *p, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = print(p, &text, err);
    if (st == PA_OK) {
        pa_log_say(run->log, "%s", text.data);
        pa_log_event(run->log, "previous",
                     "digest=%s keys=%zu same=%zu changed=%zu new=%zu gone=%zu", p->digest,
                     p->n_key_changes, count(p, "same"), count(p, "changed"), count(p, "new"),
                     count(p, "gone"));
    }
    pa_buffer_free(&text);
    return st;
}

static pa_status compare(pa_job *job, const void *names, size_t n_bytes, const void *digests)
{
    pa_run *run = &job->run;
    PA_TRY(find_key_changes(run->config, job->previous, &run->err));
    PA_TRY(find_input_changes(job->previous, pa_run_table(run, "inputs"), names, n_bytes, digests,
                              &run->err));
    return tell(run, job->previous, &run->err);
}

static pa_status gather_and_compare(pa_job *job)
{
    pa_run *run = &job->run;
    const pa_table *inputs = pa_run_table(run, "inputs");
    const pa_column *file = pa_table_find(inputs, "file"),
                    *digest = pa_table_find(inputs, "digest");
    void *names = NULL, *digests = NULL;
    size_t n_names = 0, n_digests = 0;
    pa_status st = pa_gather_root(run->comm, file->data, inputs->n_rows * (size_t)file->spec.width,
                                  &names, &n_names, &run->err);
    if (st == PA_OK)
        st = pa_gather_root(run->comm, digest->data, inputs->n_rows * (size_t)digest->spec.width,
                            &digests, &n_digests, &run->err);
    if (st == PA_OK && pa_comm_rank(run->comm) == 0) st = compare(job, names, n_names, digests);
    pa_free(names);
    pa_free(digests);
    return pa_agree(run->comm, st, &run->err);
}

pa_status pa_previous_compare(pa_job *job)
{
    const pa_previous *p = job->previous;
    if (!p || !*p->digest) return PA_OK;
    if (!*p->unread) return gather_and_compare(job);
    pa_run_note(&job->run, "what differs from the previous audit is not told: %s", p->unread);
    return PA_OK;
}

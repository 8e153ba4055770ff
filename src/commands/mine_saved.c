/* What a run that was stopped has done, in a folder of its own (files/own_folder.h): `job`, which
 * says by digests what was mined and how, and chunks of tasks, each with its SHA-256 in front.
 * Files are written once; one that is cut or damaged counts for nothing, and its tasks are done
 * again. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mine_parts.h"
#include "paraudit/base/escape.h"
#include "paraudit/base/sort.h"
#include "paraudit/base/stop.h"
#include "paraudit/pipeline/machine.h"
#include "paraudit/result/digest.h"

enum { MOST_NAME = 64, PROGRESS_SECONDS = 8, SOON = 10 };

static const char job_name[] = "job", ending[] = ".tasks";
static const size_t most_chunk = (size_t)1 << 40;

/* ---- which job it is ---- */

/* What changes nothing about the tasks and what they find. */
static bool is_apart(const char *flag)
{
    static const char *const apart[] = {"--out",     "--replace",         "--memory",
                                        "--block",   "--quiet",           "--saved",
                                        "--time",    "--save-every",      "--max-sets",
                                        "--rules",   "--min-confidence",  "--min-lift",
                                        "--max-fdr", "--min-improvement", "--no-redundant"};
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        if (strcmp(apart[i], flag) == 0) return true;
    return false;
}

/* In the order of the table, not in that of the command line. */
pa_status pa_mine_tell_arguments(const pa_arguments *a, const char *form, pa_buffer *text,
                                 pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, "form %s\n", form));
    for (const pa_flag *f = a->flags; f->name; f++) {
        if (is_apart(f->name) || !pa_is_given(a, f->name)) continue;
        const char *value = pa_value_of(a, f->name);
        PA_TRY(pa_buffer_printf(text, err, "%s %s\n", f->name, value ? value : ""));
    }
    return PA_OK;
}

/* Equal on all ranks: the input, how it is mined, by which program, and in which tasks. */
static pa_status tell_job(pa_mine_saver *s, const void *about, size_t bytes, pa_error *err)
{
    pa_buffer text = {0};
    char input[PA_DIGEST_TEXT], tasks[PA_DIGEST_TEXT];
    PA_TRY(pa_file_digest(s->comm, s->input, PA_DIGEST_INPUT_BLOCK, input, err));
    pa_digest_bytes(about, bytes, tasks);
    pa_status st = pa_buffer_printf(&text, err, "mine 1\nprogram %s\ninput %s\ntasks %s\n%s",
                                    pa_build_commit(), input, tasks, s->arguments);
    if (st == PA_OK) pa_digest_bytes(text.data, text.length, s->job);
    pa_buffer_free(&text);
    return pa_agree(s->comm, st, err);
}

static pa_status refuse(const pa_mine_saver *s, const char *why, pa_error *err)
{
    return pa_fail(err, PA_E_CREATE,
                   "%s: %s: remove it, name another folder by --saved, or have it replaced by "
                   "--replace",
                   s->folder.path, why);
}

/* ---- the files ---- */

typedef struct {
    pa_buffer names; /* MOST_NAME bytes each */
    pa_status st;
    pa_error *err;
} name_list;

static bool is_chunk(const char *name)
{
    size_t n = strlen(name), k = sizeof ending - 1;
    return n > k && n < MOST_NAME && strcmp(name + n - k, ending) == 0;
}

static void list_chunk(const char *name, void *to)
{
    name_list *l = to;
    char padded[MOST_NAME] = {0};
    if (!is_chunk(name) || l->st != PA_OK) return;
    snprintf(padded, sizeof padded, "%s", name);
    l->st = pa_buffer_add(&l->names, padded, sizeof padded, l->err);
}

static int compare_names(const void *a, const void *b, void *context)
{
    (void)context;
    return memcmp(a, b, MOST_NAME);
}

static pa_status list_chunks(const pa_own_folder *folder, pa_buffer *names, pa_error *err)
{
    name_list l = {.st = PA_OK, .err = err};
    pa_own_folder_visit(folder, list_chunk, &l);
    if (l.st == PA_OK && l.names.length)
        l.st =
            pa_sort(l.names.data, l.names.length / MOST_NAME, MOST_NAME, compare_names, NULL, err);
    *names = l.names;
    return l.st;
}

/* Job and chunks, and drafts of these. */
static void remove_own(const char *name, void *of)
{
    pa_mine_saver *s = of;
    char whole[MOST_NAME];
    size_t n = strlen(name), k = strlen(".part");
    bool is_draft = n > k && n < MOST_NAME && strcmp(name + n - k, ".part") == 0;
    snprintf(whole, sizeof whole, "%.*s", (int)(is_draft ? n - k : n < MOST_NAME ? n : 0), name);
    if (is_chunk(whole) || strcmp(whole, job_name) == 0) pa_own_file_remove(&s->folder, name);
}

static void remove_all(pa_mine_saver *s)
{
    pa_own_folder_visit(&s->folder, remove_own, s);
    pa_own_folder_remove(&s->folder);
}

/* Who takes chunks. */
typedef struct {
    pa_chunk_taker *take;
    void *self;
} taker;

/* A chunk's bytes are taken where they are what they were. */
static pa_status read_chunk(pa_mine_saver *s, const char *name, const taker *to, pa_error *err)
{
    char *bytes = NULL;
    size_t n;
    uint8_t digest[PA_DIGEST_BYTES];
    pa_error why = {0};
    pa_status st = pa_own_file_read(&s->folder, name, most_chunk, &bytes, &n, &why);
    if (st == PA_E_MEMORY) return pa_fail(err, st, "%s", why.message);
    bool good = st == PA_OK && n >= sizeof digest;
    if (good) pa_sha256_of(bytes + sizeof digest, n - sizeof digest, digest);
    if (!good || memcmp(digest, bytes, sizeof digest) != 0) {
        s->n_damaged++;
        st = PA_OK;
    } else {
        st = to->take(to->self, bytes + sizeof digest, n - sizeof digest, err);
    }
    pa_free(bytes);
    return st;
}

/* ---- going on ---- */

/* Of rank 0: whether there is a job, and it is this one. */
static pa_status look_at_job(pa_mine_saver *s, pa_buffer *names, pa_error *err)
{
    char *text = NULL;
    size_t n;
    pa_error none = {0};
    PA_TRY(pa_own_folder_open(s->folder.path, &s->folder, err));
    if (s->folder.fd < 0) return PA_OK;
    bool there = pa_own_file_read(&s->folder, job_name, PA_DIGEST_TEXT, &text, &n, &none) == PA_OK;
    bool same = there && strcmp(text, s->job) == 0;
    pa_free(text);
    if (same) return list_chunks(&s->folder, names, err);
    if (there && !s->replace)
        return refuse(s, "holds what a run of another input, or with other options, has done", err);
    remove_all(s);
    return PA_OK;
}

static pa_status share_names(pa_mine_saver *s, pa_buffer *names, pa_error *err)
{
    uint64_t n = names->length;
    pa_broadcast(s->comm, &n, sizeof n, 0);
    if (pa_comm_rank(s->comm) != 0) {
        pa_status st = pa_buffer_reserve(names, n, err);
        if (st == PA_OK && n) st = pa_own_folder_open(s->folder.path, &s->folder, err);
        PA_TRY(pa_agree(s->comm, st, err));
        names->length = n;
    } else {
        PA_AGREE(s->comm, PA_OK, err);
    }
    if (n) pa_broadcast(s->comm, names->data, n, 0);
    return PA_OK;
}

static pa_status read_chunks(pa_mine_saver *s, const pa_buffer *names, const taker *to,
                             pa_error *err)
{
    size_t rank = (size_t)pa_comm_rank(s->comm), n_ranks = (size_t)pa_comm_size(s->comm);
    pa_status st = PA_OK;
    s->n_files = (int64_t)(names->length / MOST_NAME);
    for (size_t i = rank; st == PA_OK && i < (size_t)s->n_files; i += n_ranks)
        st = read_chunk(s, names->data + i * MOST_NAME, to, err);
    PA_AGREE(s->comm, st, err);
    pa_sum_i64(s->comm, &s->n_damaged, 1);
    if (s->n_files)
        pa_log_say(s->log, "%s: what an earlier run has done is taken from there", s->folder.path);
    if (pa_comm_rank(s->comm) == 0 && s->n_damaged)
        pa_print(stderr, "NOTE %s: %" PRId64 " files are damaged: what was in them is mined anew\n",
                 s->folder.path, s->n_damaged);
    return PA_OK;
}

static pa_status load(void *self, const void *about, size_t bytes, pa_chunk_taker *take,
                      void *taking, pa_error *err)
{
    pa_mine_saver *s = self;
    const taker to = {take, taking};
    pa_buffer names = {0};
    if (!s->folder.path) return PA_OK;
    PA_TRY(tell_job(s, about, bytes, err));
    bool root = pa_comm_rank(s->comm) == 0;
    pa_status st = pa_agree(s->comm, root ? look_at_job(s, &names, err) : PA_OK, err);
    if (st == PA_OK) st = share_names(s, &names, err);
    if (st == PA_OK) st = read_chunks(s, &names, &to, err);
    pa_buffer_free(&names);
    s->last_save = pa_clock();
    if (st == PA_OK) pa_stop_on_signals();
    return st;
}

/* ---- saving ---- */

static pa_status make_folder(pa_mine_saver *s, pa_error *err)
{
    bool root = pa_comm_rank(s->comm) == 0;
    if (s->is_made) return PA_OK;
    if (s->folder.fd < 0)
        PA_TRY(root ? pa_own_folder_make(s->folder.path, &s->folder, err)
                    : pa_own_folder_open(s->folder.path, &s->folder, err));
    if (root && pa_own_file_size(&s->folder, job_name) < 0)
        PA_TRY(pa_own_file_write(&s->folder, job_name, s->job, strlen(s->job), err));
    s->is_made = s->folder.fd >= 0 && pa_own_file_size(&s->folder, job_name) >= 0;
    return PA_OK;
}

static pa_status save(void *self, const char *chunk, size_t bytes, pa_error *err)
{
    pa_mine_saver *s = self;
    pa_buffer text = {0};
    uint8_t digest[PA_DIGEST_BYTES];
    char name[MOST_NAME];
    if (!s->folder.path) return PA_OK;
    PA_TRY(make_folder(s, err));
    s->last_save = pa_clock();
    if (bytes == 0) return PA_OK;
    pa_sha256_of(chunk, bytes, digest);
    snprintf(name, sizeof name, "%06" PRId64 "-%06d-%06d%s", s->n_files, pa_comm_rank(s->comm),
             s->n_saved++, ending);
    pa_status st = pa_buffer_add(&text, digest, sizeof digest, err);
    if (st == PA_OK) st = pa_buffer_add(&text, chunk, bytes, err);
    if (st == PA_OK) st = pa_own_file_write(&s->folder, name, text.data, text.length, err);
    pa_buffer_free(&text);
    return st;
}

/* It is tried again, not at once. */
static void not_saved(void *self, const pa_error *why)
{
    pa_mine_saver *s = self;
    if (!s->is_told) pa_print(stderr, "NOTE nothing is saved on the way: %s\n", why->message);
    s->is_told = true;
    s->last_save = pa_clock() - s->every + (s->every < SOON ? s->every : SOON);
}

/* Rank 0 makes the folder; others wait until it is there. */
static bool is_due(void *self)
{
    pa_mine_saver *s = self;
    pa_error none = {0};
    if (!s->folder.path || pa_clock() - s->last_save < s->every) return false;
    if (make_folder(s, &none) == PA_OK && s->is_made) return true;
    if (pa_comm_rank(s->comm) == 0) not_saved(s, &none);
    return false;
}

static bool stop(void *self)
{
    (void)self;
    return pa_stop_signal() != 0;
}

static pa_status stopped(void *self, size_t n_done, size_t n, pa_error *err)
{
    pa_mine_saver *s = self;
    int64_t signal = pa_stop_signal();
    pa_max_i64(s->comm, &signal, 1);
    pa_stop_learn((int)signal);
    if (!s->folder.path)
        return pa_fail(err, PA_E_AGAIN,
                       "stopped by %s: nothing is saved: that takes --out or --saved",
                       pa_stop_name());
    if (s->folder.fd < 0)
        return pa_fail(err, PA_E_AGAIN,
                       "stopped by %s: no task is done yet, and nothing is saved: the same command "
                       "begins anew",
                       pa_stop_name());
    return pa_fail(
        err, PA_E_AGAIN,
        "stopped by %s; %zu of %zu tasks are done and saved in %s: the same command goes "
        "on from there",
        pa_stop_name(), n_done, n, s->folder.path);
}

static void tell(void *self, int64_t done, int64_t all)
{
    pa_mine_saver *s = self;
    int64_t share = done < all / pa_comm_size(s->comm) ? done * pa_comm_size(s->comm) : all;
    pa_log_progress(s->log, "mine", share, all);
}

/* ---- */

pa_status pa_mine_saver_open(pa_comm *comm, pa_mine_saver *s, bool quiet, pa_error *err)
{
    s->comm = comm;
    s->folder.fd = -1;
    s->keeper = (pa_mine_keeper){s, load, is_due, save, not_saved, stop, stopped, tell};
    bool root = pa_comm_rank(comm) == 0;
    return pa_agree(comm, root ? pa_log_open(NULL, quiet, PROGRESS_SECONDS, &s->log, err) : PA_OK,
                    err);
}

void pa_mine_saver_done(pa_mine_saver *s)
{
    if (s->folder.fd >= 0 && pa_comm_rank(s->comm) == 0) remove_all(s);
}

void pa_mine_saver_close(pa_mine_saver *s)
{
    pa_own_folder_close(&s->folder);
    pa_log_close(s->log);
}

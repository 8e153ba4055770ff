/* A training that can be stopped: every now and then, and at a signal, rank 0 writes the rounds
 * that are done and the model, with its SHA-256 in front, into a folder of its own, where `job`
 * says by digests what is trained and how. The model is the same on all ranks, so that any number
 * of them goes on from there. */
#include <inttypes.h>
#include <string.h>

#include "embed_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/escape.h"
#include "paraudit/base/stop.h"
#include "paraudit/pipeline/machine.h"
#include "paraudit/result/digest.h"

enum { PROGRESS_SECONDS = 8, LISTEN_EVERY = 1 << 15 /* tokens */ };

static const char job_name[] = "job", model_name[] = "model";

/* ---- which job it is ---- */

static pa_status tell_job(pa_embed_saver *s, pa_error *err)
{
    const pa_sgns_options *o = &s->settings->sgns;
    pa_buffer text = {0};
    char input[PA_DIGEST_TEXT];
    PA_TRY(pa_file_digest(s->comm, s->settings->path, PA_DIGEST_INPUT_BLOCK, input, err));
    pa_status st = pa_buffer_printf(
        &text, err,
        "embed 1\nprogram %s\ninput %s\n%d %d %d %d %a %a %a %" PRId64 " %d %d %" PRIu64 "\n",
        pa_build_commit(), input, o->dim, o->window, o->negative, o->epochs, o->sample, o->power,
        o->rate, o->min_count, o->shards, o->round, o->seed);
    if (st == PA_OK) pa_digest_bytes(text.data, text.length, s->job);
    pa_buffer_free(&text);
    return pa_agree(s->comm, st, err);
}

/* ---- the model as bytes ---- */

/* What a file holds: the digest of what follows, the rounds, inputs, outputs. */
typedef struct {
    size_t n; /* floats of inputs, and of outputs */
    char *bytes;
    size_t length;
} image;

static pa_status image_new(const pa_embed_saver *s, size_t n_items, image *im, pa_error *err)
{
    im->n = n_items * (size_t)s->settings->sgns.dim;
    im->length = PA_DIGEST_BYTES + sizeof(int64_t) + 2 * im->n * sizeof(float);
    return PA_NEW(im->bytes, im->length, err);
}

static float *image_rows(const image *im)
{
    return (float *)(void *)(im->bytes + PA_DIGEST_BYTES + sizeof(int64_t));
}

static void digest_of(const image *im, uint8_t digest[PA_DIGEST_BYTES])
{
    pa_sha256_of(im->bytes + PA_DIGEST_BYTES, im->length - PA_DIGEST_BYTES, digest);
}

/* Of rank 0. A folder is made when there is something to save. */
static pa_status write_model(pa_embed_saver *s, const pa_sgns *sgns, size_t n_items, pa_error *err)
{
    image im = {0};
    int64_t round = pa_sgns_rounds_done(sgns);
    s->last_save = pa_clock();
    if (s->folder.fd < 0) PA_TRY(pa_own_folder_make(s->path.data, &s->folder, err));
    if (pa_own_file_size(&s->folder, job_name) < 0)
        PA_TRY(pa_own_file_write(&s->folder, job_name, s->job, strlen(s->job), err));
    pa_status st = image_new(s, n_items, &im, err);
    if (st == PA_OK) {
        memcpy(im.bytes + PA_DIGEST_BYTES, &round, sizeof round);
        pa_sgns_vectors(sgns, image_rows(&im), image_rows(&im) + im.n);
        digest_of(&im, (uint8_t *)im.bytes);
        st = pa_own_file_write(&s->folder, model_name, im.bytes, im.length, err);
    }
    pa_free(im.bytes);
    return st;
}

/* ---- going on ---- */

static void remove_own(const char *name, void *of)
{
    pa_embed_saver *s = of;
    static const char *const own[] = {job_name, "job.part", model_name, "model.part"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i], name) == 0) pa_own_file_remove(&s->folder, name);
}

static void remove_all(pa_embed_saver *s)
{
    pa_own_folder_visit(&s->folder, remove_own, s);
    pa_own_folder_remove(&s->folder);
}

/* Of rank 0: what is there of this job, if it is whole. */
static pa_status read_model(pa_embed_saver *s, int64_t n_rounds, image *im, int64_t *round,
                            pa_error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    uint8_t digest[PA_DIGEST_BYTES] = {0};
    pa_error why = {0};
    pa_status st = pa_own_file_read(&s->folder, model_name, im->length, &bytes, &length, &why);
    if (st == PA_E_MEMORY) return pa_fail(err, st, "%s", why.message);
    if (st == PA_OK && length == im->length) {
        memcpy(im->bytes, bytes, length);
        memcpy(round, im->bytes + PA_DIGEST_BYTES, sizeof *round);
        digest_of(im, digest);
    }
    bool good = st == PA_OK && length == im->length &&
                memcmp(digest, im->bytes, sizeof digest) == 0 && *round > 0 && *round <= n_rounds;
    if (!good) *round = 0;
    if (!good && st == PA_OK)
        pa_print(stderr, "NOTE %s: what was saved is damaged: training begins anew\n",
                 s->path.data);
    pa_free(bytes);
    return PA_OK;
}

static pa_status look_at_job(pa_embed_saver *s, int64_t n_rounds, image *im, int64_t *round,
                             pa_error *err)
{
    char *text = NULL;
    size_t n;
    pa_error none = {0};
    PA_TRY(pa_own_folder_open(s->path.data, &s->folder, err));
    if (s->folder.fd < 0) return PA_OK;
    bool there = pa_own_file_read(&s->folder, job_name, PA_DIGEST_TEXT, &text, &n, &none) == PA_OK;
    bool same = there && strcmp(text, s->job) == 0;
    pa_free(text);
    if (same) return read_model(s, n_rounds, im, round, err);
    if (there && !s->settings->replace)
        return pa_fail(err, PA_E_CREATE,
                       "%s: holds what a run of another input, or with other options, has done: "
                       "remove it, name another folder by --saved, or have it replaced by "
                       "--replace",
                       s->path.data);
    remove_all(s);
    return PA_OK;
}

static pa_status load(pa_embed_saver *s, pa_sgns *sgns, size_t n_items, pa_error *err)
{
    image im = {0};
    int64_t round = 0;
    bool root = pa_comm_rank(s->comm) == 0;
    pa_status st = image_new(s, n_items, &im, err);
    if (st == PA_OK && root) st = look_at_job(s, pa_sgns_n_rounds(sgns), &im, &round, err);
    st = pa_agree(s->comm, st, err);
    if (st == PA_OK) pa_broadcast(s->comm, &round, sizeof round, 0);
    if (st == PA_OK && round > 0) {
        pa_broadcast(s->comm, im.bytes, im.length, 0);
        pa_sgns_resume(sgns, round, image_rows(&im), image_rows(&im) + im.n);
        pa_log_say(s->log, "%s: what an earlier run has done is taken from there", s->path.data);
    }
    pa_free(im.bytes);
    return st;
}

static pa_status name_folder(pa_embed_saver *s, pa_error *err)
{
    const pa_embed_settings *o = s->settings;
    if (!o->saved && !o->out) return PA_OK;
    return pa_buffer_printf(&s->path, err, "%s%s", o->saved ? o->saved : o->out,
                            o->saved ? "" : ".saved");
}

pa_status pa_embed_saver_open(pa_comm *comm, const pa_embed_settings *settings, pa_sgns *sgns,
                              size_t n_items, pa_embed_saver *s, pa_error *err)
{
    bool root = pa_comm_rank(comm) == 0;
    s->comm = comm;
    s->settings = settings;
    pa_status st = name_folder(s, err);
    s->folder = (pa_own_folder){.path = s->path.data, .fd = -1};
    if (st == PA_OK && root)
        st = pa_log_open(NULL, settings->quiet, PROGRESS_SECONDS, &s->log, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK && s->path.data) st = tell_job(s, err);
    if (st == PA_OK && s->path.data) st = load(s, sgns, n_items, err);
    s->last_save = pa_clock();
    return st;
}

/* ---- training ---- */

static pa_status save(pa_embed_saver *s, const pa_sgns *sgns, size_t n_items, pa_error *err)
{
    bool root = pa_comm_rank(s->comm) == 0;
    return pa_agree(s->comm, root ? write_model(s, sgns, n_items, err) : PA_OK, err);
}

static pa_status stop(pa_embed_saver *s, const pa_sgns *sgns, size_t n_items, pa_error *err)
{
    if (!s->path.data)
        return pa_fail(err, PA_E_AGAIN,
                       "stopped by %s: nothing is saved: that takes --out or --saved",
                       pa_stop_name());
    PA_TRY(save(s, sgns, n_items, err));
    return pa_fail(err, PA_E_AGAIN,
                   "stopped by %s; %" PRId64 " of %" PRId64
                   " rounds are done and saved in %s: the same command goes on from there",
                   pa_stop_name(), pa_sgns_rounds_done(sgns), pa_sgns_n_rounds(sgns), s->path.data);
}

/* Rank 0 says when it is time to save; a signal may come to any rank. */
static pa_status listen(pa_embed_saver *s, const pa_sgns *sgns, size_t n_items, pa_error *err)
{
    bool root = pa_comm_rank(s->comm) == 0;
    bool due = root && s->path.data && pa_clock() - s->last_save >= (double)s->settings->save_every;
    int64_t heard[2] = {pa_stop_signal(), due};
    pa_max_i64(s->comm, heard, 2);
    if (heard[0]) {
        pa_stop_learn((int)heard[0]);
        return stop(s, sgns, n_items, err);
    }
    return heard[1] ? save(s, sgns, n_items, err) : PA_OK;
}

pa_status pa_embed_train(pa_embed_saver *s, pa_sgns *sgns, size_t n_items, pa_error *err)
{
    int64_t n_rounds = pa_sgns_n_rounds(sgns), n_epochs = s->settings->sgns.epochs;
    int64_t every = 1 + LISTEN_EVERY * n_rounds / (1 + pa_sgns_n_tokens(sgns) * n_epochs);
    pa_stop_on_signals();
    while (!pa_sgns_is_done(sgns)) {
        PA_TRY(pa_sgns_round(sgns, err));
        int64_t done = pa_sgns_rounds_done(sgns);
        pa_log_progress(s->log, "train", done, n_rounds);
        if (done % every == 0) PA_TRY(listen(s, sgns, n_items, err));
    }
    return PA_OK;
}

/* ---- */

void pa_embed_saver_done(pa_embed_saver *s)
{
    if (s->folder.fd >= 0 && pa_comm_rank(s->comm) == 0) remove_all(s);
}

void pa_embed_saver_close(pa_embed_saver *s)
{
    pa_own_folder_close(&s->folder);
    pa_buffer_free(&s->path);
    pa_log_close(s->log);
}

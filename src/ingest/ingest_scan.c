/* The first pass: digests, and what each piece does to quotes and lines. */
#include <string.h>
#include <unistd.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/stop.h"
#include "paraudit/files/input.h"
#include "paraudit/files/sha256.h"

/* The hash of the block that is being read. */
typedef struct {
    pa_sha256 *sha;
    bool open;
    pa_first_pass *pass;
} hasher;

typedef struct {
    const pa_inputs *inputs;
    char *buffer;
    size_t read; /* bytes asked for at a time */
    hasher hash;
    pa_log *log;
    int64_t done, total; /* bytes, for the log */
} scanner;

static void end_block(hasher *h)
{
    pa_sha256_end(h->sha, h->pass->digests + h->pass->n_digests++ * PA_DIGEST_BYTES);
    h->open = false;
}

static void hash_text(hasher *h, int64_t offset, int64_t file_size, const char *text, size_t n)
{
    while (n > 0) {
        int64_t room = PA_DIGEST_INPUT_BLOCK - offset % PA_DIGEST_INPUT_BLOCK;
        size_t step = (int64_t)n < room ? n : (size_t)room;
        if (!h->open) pa_sha256_start(h->sha);
        h->open = true;
        pa_sha256_add(h->sha, text, step);
        text += step;
        offset += (int64_t)step;
        n -= step;
        if (offset % PA_DIGEST_INPUT_BLOCK == 0 || offset == file_size) end_block(h);
    }
}

static int64_t next_block(int64_t offset)
{
    return (offset + PA_DIGEST_INPUT_BLOCK - 1) / PA_DIGEST_INPUT_BLOCK * PA_DIGEST_INPUT_BLOCK;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A hashed block belongs to the piece in which it begins, as a record does. */
typedef struct {
    int64_t from, until; /* equal: no block begins in the piece */
} span;

static span hashed_span(const pa_inputs *in, const pa_piece *p)
{
    int64_t from = next_block(p->begin);
    if (from >= p->end) return (span){p->end, p->end};
    return (span){from, least(next_block(p->end), in->file[p->file].size)};
}

static pa_status scan_piece(scanner *s, const pa_piece *p, int fd, pa_csv_scan *scan, pa_error *err)
{
    const pa_input *f = &s->inputs->file[p->file];
    span hashed = hashed_span(s->inputs, p);
    int64_t until = hashed.until > p->end ? hashed.until : p->end;
    for (int64_t at = p->begin, end; at < until; at = end) {
        size_t n = (size_t)least((int64_t)s->read, until - at);
        PA_TRY(pa_stop_poll(err));
        end = at + (int64_t)n;
        PA_TRY(pa_read_at(fd, f->path, p->file + 1, at, s->buffer, n, err));
        int64_t from = at > f->layout.length ? at : f->layout.length;
        int64_t to = least(end, p->end);
        bool text = pa_input_is_cut(f);
        if (text && from < to) {
            const char *records = s->buffer + (from - at);
            pa_csv_scan_add(scan, &f->layout.signs, records, (size_t)(to - from));
        }
        from = at > hashed.from ? at : hashed.from;
        to = least(end, hashed.until);
        if (from < to) {
            const char *bytes = s->buffer + (from - at);
            hash_text(&s->hash, from, f->size, bytes, (size_t)(to - from));
        }
        s->done += (int64_t)n;
        pa_log_progress(s->log, "ingest: scan", least(s->done, s->total), s->total);
    }
    return PA_OK;
}

static size_t count_blocks(const pa_inputs *in, const pa_piece pieces[], size_t n)
{
    int64_t blocks = 0;
    for (size_t i = 0; i < n; i++) {
        span s = hashed_span(in, &pieces[i]);
        blocks += (s.until - s.from + PA_DIGEST_INPUT_BLOCK - 1) / PA_DIGEST_INPUT_BLOCK;
    }
    return (size_t)blocks;
}

pa_status pa_ingest_scan(const pa_inputs *in, const pa_piece pieces[], size_t n, size_t read,
                         pa_log *log, pa_first_pass *pass, pa_error *err)
{
    scanner s = {.inputs = in, .read = read, .log = log, .total = pa_pieces_bytes(pieces, n)};
    s.hash = (hasher){.sha = pa_sha256_new(err), .pass = pass};
    pa_status st = s.hash.sha ? PA_OK : PA_E_MEMORY;
    if (st != PA_OK) goto out;
    PA_GOTO(PA_NEW(s.buffer, read, err));
    PA_GOTO(PA_NEW(pass->scan, n, err));
    PA_GOTO(PA_NEW(pass->digests, count_blocks(in, pieces, n) * PA_DIGEST_BYTES, err));
    for (size_t i = 0; i < n; i++) {
        int fd = -1;
        pass->scan[i] = pa_csv_scan_start;
        PA_GOTO(pa_open_input(in->file[pieces[i].file].path, pieces[i].file + 1, &fd, err));
        st = scan_piece(&s, &pieces[i], fd, &pass->scan[i], err);
        close(fd);
        if (st != PA_OK) goto out;
    }
out:
    pa_sha256_free(s.hash.sha);
    pa_free(s.buffer);
    return st;
}

void pa_first_pass_free(pa_first_pass *pass)
{
    pa_free(pass->scan);
    pa_free(pass->digests);
    *pass = (pa_first_pass){0};
}

/* blocks: the digests of all blocks of all files, in order. */
static pa_status file_digests(const pa_inputs *in, const unsigned char *blocks,
                              char (*file_digest)[65], char input_digest[65], pa_error *err)
{
    unsigned char *digest = NULL, all[PA_DIGEST_BYTES];
    PA_TRY(PA_NEW(digest, in->n * PA_DIGEST_BYTES, err));
    for (size_t i = 0; i < in->n; i++) {
        size_t n = (size_t)next_block(in->file[i].size) / PA_DIGEST_INPUT_BLOCK * PA_DIGEST_BYTES;
        pa_sha256_of(blocks, n, digest + i * PA_DIGEST_BYTES);
        pa_hex(digest + i * PA_DIGEST_BYTES, file_digest[i]);
        blocks += n;
    }
    pa_sha256_of(digest, in->n * PA_DIGEST_BYTES, all);
    pa_hex(all, input_digest);
    pa_free(digest);
    return PA_OK;
}

/* 32 bytes per MiB of input on rank 0: 20 MB for 10^10 rows. */
pa_status pa_ingest_digests(pa_comm *comm, const pa_inputs *in, const pa_first_pass *pass,
                            char (**file_digest)[65], char input_digest[65], pa_error *err)
{
    void *blocks = NULL;
    size_t n = 0;
    PA_TRY(
        pa_gather_root(comm, pass->digests, pass->n_digests * PA_DIGEST_BYTES, &blocks, &n, err));
    pa_status st = PA_OK;
    if (pa_comm_rank(comm) == 0) {
        *file_digest = pa_alloc(in->n, sizeof **file_digest, err);
        st = *file_digest ? file_digests(in, blocks, *file_digest, input_digest, err) : PA_E_MEMORY;
    }
    pa_free(blocks);
    PA_AGREE(comm, st, err);
    pa_broadcast(comm, input_digest, 65, 0);
    return PA_OK;
}

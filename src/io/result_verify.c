#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "items.h"
#include "sha256.h"
#include "verify.h"

enum { BUFFER = 8 << 20 }; /* bytes read at once, one row at least */

/* All blocks of all datasets form one line, cut into runs of equal bytes: rank
 * r digests run r without waiting for anybody, then block digests meet. */
typedef struct {
    const pa_result_file *file;
    pa_i128 bytes;   /* of all datasets */
    uint8_t *digest; /* of the blocks done here, in order */
    size_t n_blocks;
    size_t *blocks_of; /* of each entry, done here */
    char *buffer;
    pa_sha256 *sha;
} checker;

static int64_t blocks_of(const pa_entry *e)
{
    return e->rows / PA_DIGEST_ROWS + (e->rows % PA_DIGEST_ROWS != 0);
}

static int64_t rows_of_block(const pa_entry *e, int64_t block)
{
    int64_t left = e->rows - block * PA_DIGEST_ROWS;
    return left < PA_DIGEST_ROWS ? left : PA_DIGEST_ROWS;
}

/* The rank of the block that starts `before` bytes into the line. */
static bool is_mine(const checker *c, pa_i128 before)
{
    int size = pa_comm_size(c->file->comm);
    return (int)(before * size / (c->bytes + 1)) == pa_comm_rank(c->file->comm);
}

static pa_status digest_block(checker *c, const pa_entry *e, int64_t block, uint8_t *digest,
                              pa_error *err)
{
    int64_t row = block * PA_DIGEST_ROWS, end = row + rows_of_block(e, block);
    int64_t at_once = e->row_bytes && e->row_bytes < BUFFER ? (int64_t)(BUFFER / e->row_bytes) : 1;
    pa_sha256_start(c->sha);
    while (row < end) {
        int64_t n = end - row < at_once ? end - row : at_once;
        PA_TRY(pa_entry_read(c->file, e, row, (size_t)n, c->buffer, err));
        pa_sha256_add(c->sha, c->buffer, (size_t)n * e->row_bytes);
        row += n;
    }
    pa_sha256_end(c->sha, digest);
    return PA_OK;
}

typedef pa_status (*on_block)(checker *c, size_t entry, int64_t block, pa_error *err);

static pa_status each_block_of_mine(checker *c, on_block call, pa_error *err)
{
    pa_i128 before = 0;
    for (size_t i = 0; i < c->file->n; i++) {
        const pa_entry *e = c->file->entries + i;
        for (int64_t b = 0; e->is_dataset && b < blocks_of(e); b++) {
            if (is_mine(c, before)) PA_TRY(call(c, i, b, err));
            before += (pa_i128)rows_of_block(e, b) * (pa_i128)e->row_bytes;
        }
    }
    return PA_OK;
}

static pa_status count_block(checker *c, size_t entry, int64_t block, pa_error *err)
{
    (void)block, (void)err;
    c->blocks_of[entry]++;
    c->n_blocks++;
    return PA_OK;
}

static pa_status do_block(checker *c, size_t entry, int64_t block, pa_error *err)
{
    PA_TRY(digest_block(c, c->file->entries + entry, block,
                        c->digest + c->n_blocks * PA_DIGEST_BYTES, err));
    c->n_blocks++;
    return PA_OK;
}

static pa_status digest_mine(checker *c, pa_error *err)
{
    size_t widest = BUFFER;
    for (size_t i = 0; i < c->file->n; i++) {
        const pa_entry *e = c->file->entries + i;
        if (!e->is_dataset) continue;
        c->bytes += (pa_i128)e->rows * (pa_i128)e->row_bytes;
        if (e->row_bytes > widest) widest = e->row_bytes;
    }
    PA_TRY(PA_NEW(c->blocks_of, c->file->n, err));
    PA_TRY(each_block_of_mine(c, count_block, err));
    PA_TRY(PA_NEW(c->digest, c->n_blocks * PA_DIGEST_BYTES, err));
    PA_TRY(PA_NEW(c->buffer, widest, err));
    c->sha = pa_sha256_new(err);
    if (!c->sha) return PA_E_MEMORY;
    c->n_blocks = 0;
    return each_block_of_mine(c, do_block, err);
}

static void note(pa_result_check *check, const pa_entry *e, const char *digest)
{
    check->datasets++;
    check->bytes += e->rows * (int64_t)e->row_bytes;
    if (e->digest && strcmp(e->digest, digest) == 0) return;
    if (check->differ++ == 0) snprintf(check->first, sizeof check->first, "%s", e->path);
}

/* Dataset by dataset: the same lines as the writer's. */
static pa_status join(const checker *c, pa_result_check *check, pa_buffer *lines, pa_error *err)
{
    const uint8_t *digest = c->digest;
    pa_status st = PA_OK;
    for (size_t i = 0; i < c->file->n; i++) {
        const pa_entry *e = c->file->entries + i;
        if (!e->is_dataset) continue;
        char hex[PA_DIGEST_TEXT];
        PA_TRY(pa_digest_join(c->file->comm, digest, c->blocks_of[i], hex, err));
        digest += c->blocks_of[i] * PA_DIGEST_BYTES;
        note(check, e, hex);
        /* A rank without memory keeps joining, so that nobody waits. */
        if (st == PA_OK) st = pa_content_line(lines, e->path, hex, err);
    }
    return st;
}

static pa_status check_content(const pa_result_file *f, pa_buffer *lines, pa_result_check *check,
                               pa_error *err)
{
    for (size_t i = 0; i < f->n_attributes; i++) {
        const pa_attribute *a = f->attributes + i;
        if (strcmp(a->name, "content_digest") == 0) continue;
        PA_TRY(pa_content_attribute(lines, a, err));
    }
    pa_digest_bytes(lines->data ? lines->data : "", lines->length, check->content_digest);
    const char *stored = pa_result_attribute_text(f, "content_digest");
    check->content_differs = !stored || strcmp(stored, check->content_digest) != 0;
    return PA_OK;
}

pa_status pa_check_file(pa_comm *comm, const char *path, pa_result_check *check, pa_error *err)
{
    pa_result_file *file = NULL;
    pa_buffer lines = {0};
    *check = (pa_result_check){0};
    PA_TRY(pa_result_open(comm, path, &file, err));
    checker c = {.file = file};
    pa_status st = pa_agree(comm, digest_mine(&c, err), err);
    if (st == PA_OK) {
        st = join(&c, check, &lines, err);
        if (st == PA_OK) st = check_content(file, &lines, check, err);
        st = pa_agree(comm, st, err);
    }
    pa_buffer_free(&lines);
    pa_free(c.digest);
    pa_free(c.blocks_of);
    pa_free(c.buffer);
    pa_sha256_free(c.sha);
    pa_result_close(file);
    return st;
}

pa_status pa_result_verify(pa_comm *comm, const char *path, pa_result_check *check, pa_error *err)
{
    pa_result_check mine = {0};
    pa_result_check *c = check ? check : &mine;
    PA_TRY(pa_check_file(comm, path, c, err));
    if (c->differ > 0) {
        return pa_fail(err, PA_E_DATA, "%s: %s differs from its digest (%lld of %lld datasets do)",
                       path, c->first, (long long)c->differ, (long long)c->datasets);
    }
    if (c->content_differs) {
        return pa_fail(err, PA_E_DATA,
                       "%s: the content digest differs: datasets or attributes "
                       "were added, removed or changed",
                       path);
    }
    return PA_OK;
}

/* Checking a file against the digests that it carries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "items.h"
#include "paraudit/base/exact.h"
#include "paraudit/files/spans.h"
#include "verify.h"

enum { BUFFER = 8 << 20 }; /* bytes of a read through HDF5, one row at least */

/* What this rank does of a dataset. */
typedef struct {
    bool is_placed;
    int64_t block; /* the first of its blocks done here */
    size_t count;  /* ... and how many are */
    size_t first;  /* where their digests begin, in data or loose */
} share;

/* The file is read once, from its first byte to its last, for its own digest
 * and for those of its datasets:
 *
 *     file     |      block 0      |      block 1      |  block 2  |
 *     datasets  [ a0 | a1 |a2]  [ b0 | b1 | b2 | b3 |b4]  [ c0 ]
 *     rank 0   |----------------------->|
 *     rank 1                       |------------------------------>|
 *
 * A rank takes an equal run of the file's blocks and those blocks of datasets
 * that begin there, reading on to the end of the last one (b1).
 *
 * Datasets that do not stand in one piece (a file that another program has
 * packed) are read through HDF5, their blocks cut into equal runs. */
typedef struct {
    const pa_result_file *file;
    int64_t size;            /* of the file without its trailer */
    const pa_entry **placed; /* datasets that stand in one piece, in order of place */
    size_t n_placed;
    share *share;         /* of each entry */
    pa_spans whole, data; /* of the file; of the placed datasets */
    uint8_t *loose;       /* digests of the blocks of the others, in order of path */
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

/* ---- what stands where ---- */

static int64_t end_of(const pa_entry *e)
{
    return e->at + e->rows * (int64_t)e->row_bytes;
}

/* In one piece, and inside the file. */
static bool can_pass(const checker *c, const pa_entry *e)
{
    return e->at >= 0 && e->at <= c->size && e->row_bytes > 0 &&
           (pa_i128)e->rows * (pa_i128)e->row_bytes <= c->size - e->at;
}

static int place_order(const void *a, const void *b)
{
    const pa_entry *x = *(const pa_entry *const *)a, *y = *(const pa_entry *const *)b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return strcmp(x->path, y->path);
}

/* Datasets that overlap, as only a damaged file has them, are read apart. */
static pa_status place(checker *c, pa_error *err)
{
    const pa_result_file *f = c->file;
    PA_TRY(PA_NEW(c->placed, f->n, err));
    PA_TRY(PA_NEW(c->share, f->n, err));
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        const pa_entry *e = f->entries + i;
        if (e->is_dataset && e->rows > 0 && can_pass(c, e)) c->placed[n++] = e;
    }
    if (n > 0) qsort(c->placed, n, sizeof *c->placed, place_order);
    int64_t end = 0;
    for (size_t i = 0; i < n; i++) {
        const pa_entry *e = c->placed[i];
        if (e->at < end) continue;
        end = end_of(e);
        c->share[e - f->entries].is_placed = true;
        c->placed[c->n_placed++] = e;
    }
    return PA_OK;
}

/* ---- datasets in one piece, and the file ---- */

/* The first block that begins at or behind `from`, or their number. */
static int64_t block_from(const pa_entry *e, int64_t from)
{
    int64_t bytes = rows_of_block(e, 0) * (int64_t)e->row_bytes;
    if (from <= e->at) return 0;
    int64_t block = (from - e->at + bytes - 1) / bytes;
    return block < blocks_of(e) ? block : blocks_of(e);
}

/* Shares of the datasets in one piece: the blocks that begin in `mine`. Returns how
 * many there are. */
static size_t share_placed(checker *c, pa_span mine)
{
    size_t n = 0;
    for (size_t p = 0; p < c->n_placed; p++) {
        const pa_entry *e = c->placed[p];
        share *s = c->share + (e - c->file->entries);
        s->block = block_from(e, mine.from);
        s->count = (size_t)(block_from(e, mine.until) - s->block);
        s->first = n;
        n += s->count;
    }
    return n;
}

static void list_blocks(const pa_entry *e, const share *s, pa_span span[])
{
    int64_t bytes = rows_of_block(e, 0) * (int64_t)e->row_bytes;
    for (size_t k = 0; k < s->count; k++) {
        int64_t from = e->at + (s->block + (int64_t)k) * bytes, left = end_of(e) - from;
        span[k] = (pa_span){from, from + (left < bytes ? left : bytes)};
    }
}

static pa_status pass(checker *c, pa_error *err)
{
    pa_comm *comm = c->file->comm;
    pa_spans *const sets[] = {&c->whole, &c->data};
    PA_TRY(pa_spans_of_blocks(c->size, PA_TRAILER_BLOCK, pa_comm_rank(comm), pa_comm_size(comm),
                              &c->whole, err));
    size_t n = c->whole.n;
    pa_span mine = {0};
    if (n > 0) mine = (pa_span){c->whole.span[0].from, c->whole.span[n - 1].until};
    PA_TRY(pa_spans_init(&c->data, share_placed(c, mine), err));
    for (size_t p = 0; p < c->n_placed; p++) {
        const share *s = c->share + (c->placed[p] - c->file->entries);
        list_blocks(c->placed[p], s, c->data.span + s->first);
    }
    return pa_spans_read(c->file->path, sets, 2, err);
}

/* ---- the other datasets ---- */

static pa_status digest_block(const checker *c, const pa_entry *e, int64_t block, char *buffer,
                              pa_sha256 *sha, uint8_t *digest, pa_error *err)
{
    int64_t row = block * PA_DIGEST_ROWS, end = row + rows_of_block(e, block);
    int64_t at_once = e->row_bytes && e->row_bytes < BUFFER ? (int64_t)(BUFFER / e->row_bytes) : 1;
    pa_sha256_start(sha);
    while (row < end) {
        int64_t n = end - row < at_once ? end - row : at_once;
        PA_TRY(pa_entry_read(c->file, e, row, (size_t)n, buffer, err));
        pa_sha256_add(sha, buffer, (size_t)n * e->row_bytes);
        row += n;
    }
    pa_sha256_end(sha, digest);
    return PA_OK;
}

/* Shares of these: equal runs of their blocks. Returns how many there are here. */
static size_t share_loose(checker *c, size_t *widest)
{
    int64_t rank = pa_comm_rank(c->file->comm), ranks = pa_comm_size(c->file->comm);
    size_t n = 0;
    for (size_t i = 0; i < c->file->n; i++) {
        const pa_entry *e = c->file->entries + i;
        share *s = c->share + i;
        if (!e->is_dataset || s->is_placed) continue;
        s->block = pa_even_share(blocks_of(e), rank, ranks);
        s->count = (size_t)(pa_even_share(blocks_of(e), rank + 1, ranks) - s->block);
        s->first = n;
        n += s->count;
        if (s->count && e->row_bytes > *widest) *widest = e->row_bytes;
    }
    return n;
}

static pa_status digest_entry(const checker *c, size_t i, char *buffer, pa_sha256 *sha,
                              pa_error *err)
{
    const share *s = c->share + i;
    for (size_t k = 0; k < s->count; k++) {
        PA_TRY(digest_block(c, c->file->entries + i, s->block + (int64_t)k, buffer, sha,
                            c->loose + (s->first + k) * PA_DIGEST_BYTES, err));
    }
    return PA_OK;
}

static pa_status digest_loose(checker *c, pa_error *err)
{
    size_t widest = BUFFER, n = share_loose(c, &widest);
    if (n == 0) return PA_OK;
    char *buffer = NULL;
    pa_sha256 *sha = NULL;
    pa_status st = PA_NEW(c->loose, n * PA_DIGEST_BYTES, err);
    if (st == PA_OK) st = PA_NEW(buffer, widest, err);
    if (st == PA_OK && !(sha = pa_sha256_new(err))) st = PA_E_MEMORY;
    for (size_t i = 0; st == PA_OK && i < c->file->n; i++) {
        if (!c->share[i].is_placed) st = digest_entry(c, i, buffer, sha, err);
    }
    pa_free(buffer);
    pa_sha256_free(sha);
    return st;
}

/* ---- all ranks ---- */

static pa_status digest_mine(checker *c, pa_error *err)
{
    c->size = c->file->size;
    PA_TRY(place(c, err));
    PA_TRY(pass(c, err));
    return digest_loose(c, err);
}

static void note(pa_result_check *check, const pa_entry *e, const char *digest)
{
    check->datasets++;
    check->bytes += e->rows * (int64_t)e->row_bytes;
    if (e->digest && strcmp(e->digest, digest) == 0) return;
    if (check->differ++ == 0) snprintf(check->first, sizeof check->first, "%s", e->path);
}

/* The digests of all datasets at once; hex: one an entry. */
static pa_status join_datasets(const checker *c, pa_status st, char (*hex)[PA_DIGEST_TEXT],
                               pa_error *err)
{
    size_t *count = NULL, n = c->file->n;
    const uint8_t **blocks = NULL;
    if (st == PA_OK) st = PA_NEW(count, n, err);
    if (st == PA_OK) st = PA_NEW(blocks, n, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) {
        const share *s = c->share + i;
        const uint8_t *all = s->is_placed ? c->data.digest : c->loose;
        count[i] = s->count;
        blocks[i] = s->count ? all + s->first * PA_DIGEST_BYTES : NULL;
    }
    st = pa_digests_join(c->file->comm, st, n, count, blocks, hex, err);
    pa_free(count);
    pa_free(blocks);
    return st;
}

/* Dataset by dataset: the same lines as the writer's. */
static pa_status join(const checker *c, pa_result_check *check, pa_buffer *lines, pa_error *err)
{
    char(*hex)[PA_DIGEST_TEXT] = NULL;
    pa_status st = PA_NEW(hex, c->file->n, err);
    st = join_datasets(c, st, hex, err);
    for (size_t i = 0; st == PA_OK && i < c->file->n; i++) {
        const pa_entry *e = c->file->entries + i;
        if (!e->is_dataset) continue;
        note(check, e, hex[i]);
        st = pa_content_line(lines, e->path, hex[i], err);
    }
    pa_free(hex);
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

/* ---- the blocks of the file ---- */

/* Where the first block of this rank's begins that the trailer does not have so; -1: none. */
static int64_t first_unlike(const checker *c, const pa_trailer *t)
{
    for (size_t k = 0; k < c->whole.n; k++) {
        int64_t at = c->whole.span[k].from, b = at / PA_TRAILER_BLOCK * PA_DIGEST_BYTES;
        if (memcmp(c->whole.digest + k * PA_DIGEST_BYTES, t->digest + b, PA_DIGEST_BYTES) != 0)
            return at;
    }
    return -1;
}

static pa_status compare_trailer(const checker *c, pa_result_check *check, pa_error *err)
{
    pa_comm *comm = c->file->comm;
    pa_trailer t = {0};
    PA_TRY(pa_agree(comm, pa_trailer_of(c->file->path, &t, err), err));
    int64_t at = t.is_there ? first_unlike(c, &t) : -1, first = at < 0 ? INT64_MAX : at;
    pa_min_i64(comm, &first, 1);
    check->is_sealed = t.is_there;
    check->damaged = first == INT64_MAX ? -1 : first;
    pa_trailer_free(&t);
    return PA_OK;
}

static pa_status join_blocks(const checker *c, pa_result_check *check, uint8_t **blocks,
                             pa_error *err)
{
    pa_comm *comm = c->file->comm;
    void *all = NULL;
    size_t bytes = 0;
    PA_TRY(pa_gather_root(comm, c->whole.digest, c->whole.n * PA_DIGEST_BYTES, &all, &bytes, err));
    if (pa_comm_rank(comm) == 0) pa_digest_bytes(all ? all : "", bytes, check->file_digest);
    pa_broadcast(comm, check->file_digest, PA_DIGEST_TEXT, 0);
    if (blocks)
        *blocks = all;
    else
        pa_free(all);
    return compare_trailer(c, check, err);
}

static void checker_free(checker *c)
{
    pa_free(c->placed);
    pa_free(c->share);
    pa_free(c->loose);
    pa_spans_free(&c->whole);
    pa_spans_free(&c->data);
}

pa_status pa_check_file(pa_comm *comm, const char *path, pa_result_check *check, uint8_t **blocks,
                        pa_error *err)
{
    pa_result_file *file = NULL;
    pa_buffer lines = {0};
    *check = (pa_result_check){.damaged = -1};
    PA_TRY(pa_result_open(comm, path, &file, err));
    checker c = {.file = file};
    pa_apart(comm);
    pa_status st = pa_rejoin(comm, digest_mine(&c, err), err);
    if (st == PA_OK) st = join_blocks(&c, check, blocks, err);
    if (st == PA_OK) {
        st = join(&c, check, &lines, err);
        if (st == PA_OK) st = check_content(file, &lines, check, err);
        st = pa_agree(comm, st, err);
    }
    pa_buffer_free(&lines);
    checker_free(&c);
    pa_result_close(file);
    return st;
}

pa_status pa_result_verify(pa_comm *comm, const char *path, pa_result_check *check, pa_error *err)
{
    pa_result_check mine = {0};
    pa_result_check *c = check ? check : &mine;
    PA_TRY(pa_check_file(comm, path, c, NULL, err));
    if (c->differ > 0) {
        return pa_fail(err, PA_E_DATA,
                       "%s: damaged: %s differs from its digest (%lld of %lld datasets do)", path,
                       c->first, (long long)c->differ, (long long)c->datasets);
    }
    if (c->damaged >= 0) {
        return pa_fail(err, PA_E_DATA,
                       "%s: damaged: the block that begins at byte %lld is not as it was written",
                       path, (long long)c->damaged);
    }
    if (c->content_differs) {
        return pa_fail(err, PA_E_DATA,
                       "%s: damaged: the content digest differs: datasets or attributes "
                       "were added, removed or changed",
                       path);
    }
    return PA_OK;
}

#include "paraudit/result/digest.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/comm/message.h"
#include "paraudit/files/files.h"
#include "paraudit/files/spans.h"
#include "paraudit/files/trailer.h"

enum { GROUP_BLOCKS = 1 << 19 /* whose digests, 16 MiB, rank 0 holds at a time */ };

pa_status pa_digest_join(pa_comm *comm, const uint8_t *blocks, size_t n, char hex[PA_DIGEST_TEXT],
                         pa_error *err)
{
    char joined[1][PA_DIGEST_TEXT];
    PA_TRY(pa_digests_join(comm, 1, &n, &blocks, joined, err));
    memcpy(hex, joined[0], sizeof joined[0]);
    return PA_OK;
}

/* What a rank has of a group of `n`: how many blocks of each, then their digests. */
static pa_status pack(size_t n, const size_t count[], const uint8_t *const blocks[],
                      pa_buffer *mine, pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        int64_t blocks_here = (int64_t)count[i];
        PA_TRY(pa_buffer_add(mine, &blocks_here, sizeof blocks_here, err));
    }
    for (size_t i = 0; i < n; i++)
        PA_TRY(pa_buffer_add(mine, blocks[i], count[i] * PA_DIGEST_BYTES, err));
    return PA_OK;
}

/* Where the digests of number `i` lie in what one rank has packed; bytes: of all of it. */
static const char *find(const char *packed, size_t n, size_t i, size_t *count, size_t *bytes)
{
    const char *at = packed + n * sizeof(int64_t), *found = at;
    for (size_t k = 0; k < n; k++) {
        int64_t blocks;
        memcpy(&blocks, packed + k * sizeof blocks, sizeof blocks);
        if (k == i) {
            found = at;
            *count = (size_t)blocks;
        }
        at += (size_t)blocks * PA_DIGEST_BYTES;
    }
    *bytes = (size_t)(at - packed);
    return found;
}

/* Rank 0: number `i` over all ranks. */
static void join_one(pa_sha256 *sha, const char *all, size_t bytes, size_t n, size_t i,
                     char hex[PA_DIGEST_TEXT])
{
    uint8_t digest[PA_DIGEST_BYTES];
    pa_sha256_start(sha);
    for (size_t at = 0, count = 0, step; at < bytes; at += step) {
        const char *blocks = find(all + at, n, i, &count, &step);
        pa_sha256_add(sha, blocks, count * PA_DIGEST_BYTES);
    }
    pa_sha256_end(sha, digest);
    pa_hex(digest, hex);
}

static pa_status join_group(pa_comm *comm, size_t n, const size_t count[],
                            const uint8_t *const blocks[], char (*hex)[PA_DIGEST_TEXT],
                            pa_error *err)
{
    pa_buffer mine = {0};
    void *all = NULL;
    size_t bytes = 0;
    pa_sha256 *sha = NULL;
    pa_status st = pack(n, count, blocks, &mine, err);
    if (st == PA_OK && !(sha = pa_sha256_new(err))) st = PA_E_MEMORY;
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_gather_root(comm, mine.data, mine.length, &all, &bytes, err);
    for (size_t i = 0; all && i < n; i++) join_one(sha, all, bytes, n, i, hex[i]);
    pa_sha256_free(sha);
    pa_buffer_free(&mine);
    pa_free(all);
    return st;
}

/* One behind the last of a group. total: blocks over all ranks. */
static size_t end_of_group(size_t n, const int64_t total[], size_t i)
{
    int64_t blocks = total[i++];
    while (i < n && blocks + total[i] <= GROUP_BLOCKS) blocks += total[i++];
    return i;
}

pa_status pa_digests_join(pa_comm *comm, size_t n, const size_t count[],
                          const uint8_t *const blocks[], char (*hex)[PA_DIGEST_TEXT], pa_error *err)
{
    int64_t *total = NULL;
    PA_AGREE(comm, PA_NEW(total, n, err), err);
    for (size_t i = 0; i < n; i++) total[i] = (int64_t)count[i];
    pa_sum_i64(comm, total, n);
    pa_status st = PA_OK;
    for (size_t i = 0, end; st == PA_OK && i < n; i = end) {
        end = end_of_group(n, total, i);
        st = join_group(comm, end - i, count + i, blocks + i, hex + i, err);
    }
    if (st == PA_OK) pa_broadcast(comm, hex, n * sizeof *hex, 0);
    pa_free(total);
    return st;
}

/*  Rows of ranks 1 to 3, blocks of B rows:
 *
 *      block    |      b      |     b+1     |     b+2     |
 *      rank    1 1 1 1|2 2 2 2 2 2 2 2 2 2 2 2 2|3 3 3 ...
 *                     |<-head>|<own>         |
 *
 *  Rank 2 sends its head to rank 1, digests block b+1, and begins block b+2,
 *  which it finishes with the head of rank 3. */
struct pa_row_digest {
    pa_comm *comm;
    const int64_t *cut;
    int64_t block_rows;
    size_t row_bytes;
    const char *rows;
    int64_t from, until;         /* the rows of this rank */
    int64_t first_block, blocks; /* those whose first row is here */
    uint8_t *digest;             /* of the blocks owned here */
    pa_sha256 *sha;              /* of the last of them, while its rest is not here */
};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

pa_status pa_row_digest_new(pa_comm *comm, const int64_t cut[], size_t row_bytes, const void *rows,
                            int64_t block_rows, pa_row_digest **digest, pa_error *err)
{
    pa_row_digest *d = NULL;
    int rank = pa_comm_rank(comm);
    *digest = NULL;
    PA_TRY(PA_NEW(d, 1, err));
    *d = (pa_row_digest){.comm = comm,
                         .cut = cut,
                         .block_rows = block_rows,
                         .row_bytes = row_bytes,
                         .rows = rows,
                         .from = cut[rank],
                         .until = cut[rank + 1]};
    d->first_block = (d->from + block_rows - 1) / block_rows;
    d->blocks = (d->until + block_rows - 1) / block_rows - d->first_block;
    pa_status st = PA_NEW(d->digest, (size_t)d->blocks * PA_DIGEST_BYTES, err);
    if (st == PA_OK && !(d->sha = pa_sha256_new(err))) st = PA_E_MEMORY;
    if (st == PA_OK)
        *digest = d;
    else
        pa_row_digest_free(d);
    return st;
}

void pa_row_digest_free(pa_row_digest *d)
{
    if (!d) return;
    pa_free(d->digest);
    pa_sha256_free(d->sha);
    pa_free(d);
}

/* One behind the last row of an owned block. */
static int64_t end_of_block(const pa_row_digest *d, int64_t i)
{
    return least((d->first_block + i + 1) * d->block_rows, d->cut[pa_comm_size(d->comm)]);
}

void pa_row_digest_mine(pa_row_digest *d)
{
    for (int64_t i = 0; i < d->blocks; i++) {
        int64_t start = (d->first_block + i) * d->block_rows, end = end_of_block(d, i);
        int64_t mine = least(end, d->until);
        pa_sha256_start(d->sha);
        pa_sha256_add(d->sha, d->rows + (size_t)(start - d->from) * d->row_bytes,
                      (size_t)(mine - start) * d->row_bytes);
        if (mine == end) pa_sha256_end(d->sha, d->digest + i * PA_DIGEST_BYTES);
    }
}

static int rank_of_row(const pa_row_digest *d, int64_t row)
{
    int r = pa_comm_rank(d->comm);
    while (d->cut[r] > row) r--;
    return r;
}

/* Straight from the column's memory. */
static void send_head(const pa_row_digest *d, pa_outbox *head, size_t bytes)
{
    if (bytes == 0) return;
    pa_outbox_send(head, rank_of_row(d, (d->first_block - 1) * d->block_rows), d->rows, bytes);
}

/* The rest of the last block, from the ranks above in row order. */
static void add_heads(pa_row_digest *d, int64_t end, char *received)
{
    int64_t row = d->until;
    for (int r = pa_comm_rank(d->comm) + 1; row < end; r++) {
        int64_t n = least(d->cut[r + 1], end) - row;
        size_t left = n > 0 ? (size_t)n * d->row_bytes : 0;
        while (left > 0) {
            size_t part = left < PA_MESSAGE ? left : PA_MESSAGE;
            pa_receive(d->comm, r, received, part);
            pa_sha256_add(d->sha, received, part);
            left -= part;
        }
        if (n > 0) row += n;
    }
    pa_sha256_end(d->sha, d->digest + (d->blocks - 1) * PA_DIGEST_BYTES);
}

static size_t head_bytes(const pa_row_digest *d)
{
    int64_t rows = least(d->until, d->first_block * d->block_rows) - d->from;
    return (size_t)rows * d->row_bytes;
}

/* Where the last block ends that begins here. */
static int64_t end_of_last(const pa_row_digest *d)
{
    return d->blocks > 0 ? end_of_block(d, d->blocks - 1) : d->until;
}

/* The heads of all leave before any is waited for. */
static void exchange_heads(size_t n, pa_row_digest *const digests[], pa_outbox *heads,
                           char *received)
{
    for (size_t i = 0; i < n; i++) send_head(digests[i], heads, head_bytes(digests[i]));
    for (size_t i = 0; i < n; i++) {
        int64_t end = end_of_last(digests[i]);
        if (end > digests[i]->until) add_heads(digests[i], end, received);
    }
    pa_outbox_wait(heads);
}

static pa_status join_heads(pa_comm *comm, size_t n, pa_row_digest *const digests[], pa_error *err)
{
    size_t bytes = 0;
    bool receives = false;
    for (size_t i = 0; i < n; i++) {
        bytes += (head_bytes(digests[i]) + PA_MESSAGE - 1) / PA_MESSAGE * PA_MESSAGE;
        receives |= end_of_last(digests[i]) > digests[i]->until;
    }
    pa_outbox *heads = NULL;
    char *received = NULL;
    pa_status st = pa_outbox_new(comm, bytes, &heads, err);
    if (st == PA_OK) st = PA_NEW(received, receives ? PA_MESSAGE : 0, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) exchange_heads(n, digests, heads, received);
    pa_outbox_free(heads);
    pa_free(received);
    return st;
}

static pa_status join_all(pa_comm *comm, size_t n, pa_row_digest *const digests[], size_t count[],
                          const uint8_t *blocks[], char (*hex)[PA_DIGEST_TEXT], pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        count[i] = (size_t)digests[i]->blocks;
        blocks[i] = digests[i]->digest;
    }
    return pa_digests_join(comm, n, count, blocks, hex, err);
}

pa_status pa_row_digests_join(pa_comm *comm, size_t n, pa_row_digest *const digests[],
                              char (*hex)[PA_DIGEST_TEXT], pa_error *err)
{
    size_t *count = NULL;
    const uint8_t **blocks = NULL;
    pa_status st = PA_NEW(count, n, err);
    if (st == PA_OK) st = PA_NEW(blocks, n, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = join_heads(comm, n, digests, err);
    if (st == PA_OK) st = join_all(comm, n, digests, count, blocks, hex, err);
    pa_free(count);
    pa_free(blocks);
    return st;
}

/* Of the first `size` bytes. */
static pa_status digest_until(pa_comm *comm, const char *path, int64_t size, int64_t block_bytes,
                              char hex[PA_DIGEST_TEXT], pa_error *err)
{
    pa_spans blocks = {0}, *const sets[] = {&blocks};
    pa_status st =
        pa_spans_of_blocks(size, block_bytes, pa_comm_rank(comm), pa_comm_size(comm), &blocks, err);
    if (st == PA_OK) st = pa_spans_read(path, sets, 1, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_digest_join(comm, blocks.digest, blocks.n, hex, err);
    pa_spans_free(&blocks);
    return st;
}

pa_status pa_file_digest(pa_comm *comm, const char *path, int64_t block_bytes,
                         char hex[PA_DIGEST_TEXT], pa_error *err)
{
    int64_t size = 0;
    PA_AGREE(comm, pa_file_size(path, &size, err), err);
    return digest_until(comm, path, size, block_bytes, hex, err);
}

static pa_status read_trailer(const char *path, pa_trailer *t, pa_error *err)
{
    PA_TRY(pa_trailer_of(path, t, err));
    if (t->is_there) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%s: damaged: it has lost its trailer", path);
}

pa_status pa_sealed_digest(pa_comm *comm, const char *path, char hex[PA_DIGEST_TEXT], pa_error *err)
{
    pa_trailer t = {0};
    char stored[PA_DIGEST_TEXT];
    PA_TRY(pa_agree(comm, read_trailer(path, &t, err), err));
    pa_hex(t.whole, stored);
    int64_t size = t.size;
    pa_trailer_free(&t);
    PA_TRY(digest_until(comm, path, size, PA_TRAILER_BLOCK, hex, err));
    if (strcmp(hex, stored) == 0) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%s: damaged: its bytes are not those of its trailer", path);
}

pa_status pa_row_digest_join(pa_row_digest *digest, char hex[PA_DIGEST_TEXT], pa_error *err)
{
    char joined[1][PA_DIGEST_TEXT];
    PA_TRY(pa_row_digests_join(digest->comm, 1, &digest, joined, err));
    memcpy(hex, joined[0], sizeof joined[0]);
    return PA_OK;
}

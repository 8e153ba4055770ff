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
    PA_TRY(pa_digests_join(comm, PA_OK, 1, &n, &blocks, joined, err));
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

/* What one rank has packed, on the way from the first of the group to the last. */
typedef struct {
    const char *count, *digests; /* of the next of them */
} packed;

static size_t take_count(packed *p)
{
    int64_t blocks;
    memcpy(&blocks, p->count, sizeof blocks);
    p->count += sizeof blocks;
    return (size_t)blocks;
}

/* all: what the ranks have packed, one behind the other. */
static void open_packed(const char *all, int n_ranks, size_t n, packed rank[])
{
    for (int r = 0; r < n_ranks; r++) {
        rank[r] = (packed){all, all + n * sizeof(int64_t)};
        packed ahead = rank[r];
        for (size_t i = 0; i < n; i++) ahead.digests += take_count(&ahead) * PA_DIGEST_BYTES;
        all = ahead.digests;
    }
}

/* Rank 0: the next of the group over all ranks. */
static void join_next(pa_sha256 *sha, int n_ranks, packed rank[], char hex[PA_DIGEST_TEXT])
{
    uint8_t digest[PA_DIGEST_BYTES];
    pa_sha256_start(sha);
    for (int r = 0; r < n_ranks; r++) {
        size_t bytes = take_count(rank + r) * PA_DIGEST_BYTES;
        pa_sha256_add(sha, rank[r].digests, bytes);
        rank[r].digests += bytes;
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
    packed *rank = NULL;
    pa_status st = pack(n, count, blocks, &mine, err);
    if (st == PA_OK) st = PA_NEW(rank, (size_t)pa_comm_size(comm), err);
    if (st == PA_OK && !(sha = pa_sha256_new(err))) st = PA_E_MEMORY;
    st = pa_gather_root_if(comm, st, mine.data, mine.length, &all, &bytes, err);
    if (all) open_packed(all, pa_comm_size(comm), n, rank);
    for (size_t i = 0; all && i < n; i++) join_next(sha, pa_comm_size(comm), rank, hex[i]);
    pa_sha256_free(sha);
    pa_free(rank);
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

pa_status pa_digests_join(pa_comm *comm, pa_status st, size_t n, const size_t count[],
                          const uint8_t *const blocks[], char (*hex)[PA_DIGEST_TEXT], pa_error *err)
{
    int64_t *total = NULL;
    if (st == PA_OK) st = PA_NEW(total, n, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t i = 0; i < n; i++) total[i] = (int64_t)count[i];
    pa_sum_i64(comm, total, n);
    for (size_t i = 0, end; st == PA_OK && i < n; i = end) {
        end = end_of_group(n, total, i);
        st = join_group(comm, end - i, count + i, blocks + i, hex + i, err);
    }
    if (st == PA_OK) pa_broadcast(comm, hex, n * sizeof *hex, 0);
out:
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

static size_t head_bytes(const pa_row_digest *d)
{
    int64_t rows = least(d->until, d->first_block * d->block_rows) - d->from;
    return (size_t)rows * d->row_bytes;
}

/* Whose block the head lies in. */
static int rank_of_head(const pa_row_digest *d)
{
    int r = pa_comm_rank(d->comm);
    while (d->cut[r] > (d->first_block - 1) * d->block_rows) r--;
    return r;
}

/* Where the last block ends that begins here. */
static int64_t end_of_last(const pa_row_digest *d)
{
    return d->blocks > 0 ? end_of_block(d, d->blocks - 1) : d->until;
}

/* Whether rank r, above this one, has rows of it, and how many bytes these are. */
static bool reaches(const pa_row_digest *d, int r)
{
    return r < pa_comm_size(d->comm) && d->cut[r] < end_of_last(d);
}

static size_t bytes_from(const pa_row_digest *d, int r)
{
    return (size_t)(least(d->cut[r + 1], end_of_last(d)) - d->cut[r]) * d->row_bytes;
}

/* Straight from the columns' memory; to: -1 where there is none. */
static void send_heads(pa_comm *comm, size_t n, pa_row_digest *const digests[], const int to[],
                       pa_outbox *box)
{
    for (int r = pa_comm_rank(comm) - 1; r >= 0; r--)
        for (size_t i = 0; i < n; i++)
            if (to[i] == r) pa_outbox_add(box, r, digests[i]->rows, head_bytes(digests[i]));
    pa_outbox_send(box);
}

/* The rest of the last block, from the ranks above in row order. */
static void add_heads(pa_row_digest *d, pa_inbox *box)
{
    if (end_of_last(d) <= d->until) return;
    for (int r = pa_comm_rank(d->comm) + 1; reaches(d, r); r++) {
        for (size_t left = bytes_from(d, r), part; left > 0; left -= part) {
            part = left;
            const void *bytes = pa_inbox_take(box, r, &part);
            pa_sha256_add(d->sha, bytes, part);
        }
    }
    pa_sha256_end(d->sha, d->digest + (d->blocks - 1) * PA_DIGEST_BYTES);
}

/* What a rank sends others, and what they send it. */
typedef struct {
    int *to; /* of each digest */
    size_t *from;
    pa_outbox *leaves;
    pa_inbox *comes;
} heads;

static void heads_free(heads *h)
{
    pa_free(h->to);
    pa_free(h->from);
    pa_outbox_free(h->leaves);
    pa_inbox_free(h->comes);
}

static pa_status heads_new(pa_comm *comm, size_t n, pa_row_digest *const digests[], heads *h,
                           pa_error *err)
{
    size_t bytes = 0;
    PA_TRY(PA_NEW(h->to, n, err));
    PA_TRY(PA_NEW(h->from, (size_t)pa_comm_size(comm), err));
    for (size_t i = 0; i < n; i++) {
        size_t head = head_bytes(digests[i]);
        h->to[i] = head ? rank_of_head(digests[i]) : -1;
        bytes += head;
        for (int r = pa_comm_rank(comm) + 1; reaches(digests[i], r); r++)
            h->from[r] += bytes_from(digests[i], r);
    }
    PA_TRY(pa_outbox_new(comm, n, bytes, &h->leaves, err));
    return pa_inbox_new(comm, h->from, &h->comes, err);
}

/* The heads of all leave before any is waited for. */
static pa_status join_heads(pa_comm *comm, pa_status st, size_t n, pa_row_digest *const digests[],
                            pa_error *err)
{
    heads h = {0};
    if (st == PA_OK) st = heads_new(comm, n, digests, &h, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) {
        send_heads(comm, n, digests, h.to, h.leaves);
        for (size_t i = 0; i < n; i++) add_heads(digests[i], h.comes);
        pa_outbox_wait(h.leaves);
    }
    heads_free(&h);
    return st;
}

static pa_status join_all(pa_comm *comm, size_t n, pa_row_digest *const digests[], size_t count[],
                          const uint8_t *blocks[], char (*hex)[PA_DIGEST_TEXT], pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        count[i] = (size_t)digests[i]->blocks;
        blocks[i] = digests[i]->digest;
    }
    return pa_digests_join(comm, PA_OK, n, count, blocks, hex, err);
}

pa_status pa_row_digests_join(pa_comm *comm, pa_status st, size_t n, pa_row_digest *const digests[],
                              char (*hex)[PA_DIGEST_TEXT], pa_error *err)
{
    size_t *count = NULL;
    const uint8_t **blocks = NULL;
    if (st == PA_OK) st = PA_NEW(count, n, err);
    if (st == PA_OK) st = PA_NEW(blocks, n, err);
    st = join_heads(comm, st, n, digests, err);
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
    PA_TRY(pa_row_digests_join(digest->comm, PA_OK, 1, &digest, joined, err));
    memcpy(hex, joined[0], sizeof joined[0]);
    return PA_OK;
}

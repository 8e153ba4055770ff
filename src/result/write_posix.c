/* Values by plain writes of all ranks. A rank writes the blocks of the file whose first byte it
 * holds (blocks.h); what it has of other blocks travels to those who write them. */
#include <errno.h>
#include <string.h>

#include "blocks.h"
#include "frame.h"
#include "paraudit/base/stop.h"
#include "paraudit/comm/route.h"
#include "paraudit/files/bulk.h"
#include "write_values.h"

enum {
    RUN_BYTES = 4 << 20, /* of those of one write */
    GROUP_ITEMS = 128    /* large datasets whose pieces travel together: 2 blocks each at most */
};

static int64_t bytes_of(const pa_item *item)
{
    return item->rows * (int64_t)pa_item_row_bytes(item);
}

static bool is_large(const pa_item *item)
{
    return bytes_of(item) >= PA_LARGE;
}

/* Bytes of an item that a rank has. */
static size_t bytes_on(const pa_item *item, int rank)
{
    return (size_t)(item->cut[rank + 1] - item->cut[rank]) * pa_item_row_bytes(item);
}

static pa_status put(const pa_values *v, pa_bulk *file, size_t i, const void *bytes, size_t n,
                     int64_t at, pa_error *err)
{
    if (pa_bulk_write(file, bytes, n, at)) return PA_OK;
    return pa_cannot_write(v->path, v->list->items[i].path, strerror(errno), err);
}

static pa_status leave(const pa_values *v, pa_bulk *file, pa_status st, pa_error *err)
{
    if (pa_bulk_close(file) || st != PA_OK) return st;
    return pa_cannot_write(v->path, "the values", strerror(errno), err);
}

/* The pieces of a large item that this rank has; `first`: its first byte in the file. */
static size_t pieces_of(const pa_values *v, size_t i, int64_t *first, pa_piece piece[])
{
    const pa_item *item = v->list->items + i;
    int rank = pa_comm_rank(v->comm);
    const pa_placed placed = {.at = v->places[i],
                              .row_bytes = (int64_t)pa_item_row_bytes(item),
                              .cut = item->cut,
                              .n_ranks = pa_comm_size(v->comm)};
    *first = placed.at + item->cut[rank] * placed.row_bytes;
    return is_large(item) ? pa_cut_at_blocks(&placed, rank, piece) : 0;
}

/* ---- what is this rank's ---- */

static pa_status write_pieces(const pa_values *v, pa_bulk *file, size_t i, pa_error *err)
{
    pa_piece piece[PA_MOST_PIECES];
    int64_t first;
    size_t n = pieces_of(v, i, &first, piece);
    const char *data = v->list->items[i].data;
    for (size_t k = 0; k < n; k++) {
        const pa_piece *p = piece + k;
        if (p->writer != pa_comm_rank(v->comm)) continue;
        PA_TRY(
            put(v, file, i, data + (p->from - first), (size_t)(p->until - p->from), p->from, err));
    }
    return PA_OK;
}

pa_status pa_posix_write_own(const pa_values *v, pa_error *err)
{
    pa_bulk *file = NULL;
    pa_status st = pa_bulk_open(v->part, true, &file, err);
    for (size_t i = 0; st == PA_OK && i < v->list->n; i++) {
        st = pa_stop_poll(err);
        if (st == PA_OK) st = write_pieces(v, file, i, err);
        pa_log_progress(v->log, "write: values", (int64_t)i + 1, (int64_t)v->list->n);
    }
    return leave(v, file, st, err);
}

/* ---- what is in another's block ---- */

/* A piece on its way: where its `n` bytes belong in item `item`. */
typedef struct {
    int64_t item, at, n;
} address;

typedef struct {
    size_t n;
    int32_t *to;
    address *address;
    char *bytes; /* a block each */
} parcels;

static void parcels_free(parcels *p)
{
    pa_free(p->to);
    pa_free(p->address);
    pa_free(p->bytes);
}

static pa_status parcels_room(parcels *p, size_t n, pa_error *err)
{
    PA_TRY(PA_NEW(p->to, n, err));
    PA_TRY(PA_NEW(p->address, n, err));
    return PA_NEW(p->bytes, n * PA_BLOCK, err);
}

/* Of the large items from .. until - 1, with their bytes where there is room for them. */
static size_t pack(const pa_values *v, size_t from, size_t until, parcels *p)
{
    pa_piece piece[PA_MOST_PIECES];
    size_t n = 0;
    for (size_t i = from; i < until; i++) {
        int64_t first;
        size_t n_pieces = pieces_of(v, i, &first, piece);
        for (size_t k = 0; k < n_pieces; k++) {
            const pa_piece *q = piece + k;
            if (q->writer == pa_comm_rank(v->comm)) continue;
            if (p->bytes) {
                p->to[n] = q->writer;
                p->address[n] = (address){(int64_t)i, q->from, q->until - q->from};
                memcpy(p->bytes + n * PA_BLOCK,
                       (const char *)v->list->items[i].data + (q->from - first),
                       (size_t)(q->until - q->from));
            }
            n++;
        }
    }
    return n;
}

static pa_status unpack(const pa_values *v, pa_bulk *file, const parcels *p, pa_error *err)
{
    for (size_t k = 0; k < p->n; k++) {
        const address *a = p->address + k;
        PA_TRY(put(v, file, (size_t)a->item, p->bytes + k * PA_BLOCK, (size_t)a->n, a->at, err));
    }
    return PA_OK;
}

/* The pieces of a group of items. What fails on one rank alone is told with the next group. */
static pa_status pack_group(const pa_values *v, size_t from, size_t until, parcels *p,
                            pa_error *err)
{
    p->n = pack(v, from, until, p);
    PA_TRY(parcels_room(p, p->n, err));
    pack(v, from, until, p);
    return PA_OK;
}

/* st: what came of packing. */
static pa_status deliver(const pa_values *v, pa_status st, const parcels *sent, parcels *arrived,
                         pa_error *err)
{
    pa_route *route = NULL;
    PA_TRY(pa_route_make_if(v->comm, st, sent->n, sent->to, &route, err));
    arrived->n = pa_route_received(route);
    st = parcels_room(arrived, arrived->n, err);
    const pa_column_move moves[] = {{sizeof(address), sent->address, arrived->address},
                                    {PA_BLOCK, sent->bytes, arrived->bytes}};
    st = pa_route_send_if(v->comm, st, route, 2, moves, err);
    pa_route_free(route);
    return st;
}

/* st: what came of the group before. */
static pa_status exchange(const pa_values *v, pa_bulk *file, pa_status st, size_t from,
                          size_t until, pa_error *err)
{
    parcels sent = {0}, arrived = {0};
    if (st == PA_OK) st = pack_group(v, from, until, &sent, err);
    st = deliver(v, st, &sent, &arrived, err);
    if (st == PA_OK) st = unpack(v, file, &arrived, err);
    parcels_free(&sent);
    parcels_free(&arrived);
    return st;
}

/* One behind the last item of a group of at most GROUP_ITEMS large ones. */
static size_t end_of_large(const pa_values *v, size_t i)
{
    size_t n = 0;
    while (i < v->list->n && n + is_large(v->list->items + i) <= GROUP_ITEMS)
        n += is_large(v->list->items + i++);
    return i;
}

static pa_status exchange_all(const pa_values *v, pa_bulk *file, pa_status st, pa_error *err)
{
    if (pa_comm_size(v->comm) == 1) return st;
    for (size_t i = 0, end; i < v->list->n; i = end) {
        end = end_of_large(v, i);
        st = exchange(v, file, st, i, end, err);
    }
    return st;
}

/* ---- what is small ---- */

static pa_status collect(const pa_values *v, size_t from, size_t until, pa_buffer *mine,
                         pa_error *err)
{
    int rank = pa_comm_rank(v->comm);
    for (size_t i = from; i < until; i++) {
        const pa_item *item = v->list->items + i;
        if (!is_large(item)) PA_TRY(pa_buffer_add(mine, item->data, bytes_on(item, rank), err));
    }
    return PA_OK;
}

/* start: of each rank, where in `all` its next item begins; it goes up. */
static void assemble(const pa_values *v, const pa_item *item, const char *all, size_t start[],
                     char *out)
{
    for (int r = 0; r < pa_comm_size(v->comm); r++) {
        size_t n = bytes_on(item, r);
        memcpy(out, all + start[r], n);
        start[r] += n;
        out += n;
    }
}

static void find_starts(const pa_values *v, size_t from, size_t until, size_t start[])
{
    for (int r = 0; r < pa_comm_size(v->comm); r++) {
        start[r + 1] = start[r];
        for (size_t i = from; i < until; i++) {
            const pa_item *item = v->list->items + i;
            if (!is_large(item)) start[r + 1] += bytes_on(item, r);
        }
    }
}

/* Small items that stand one behind the other go in one write. */
typedef struct {
    char *bytes; /* RUN_BYTES */
    size_t n;
    int64_t at;
    size_t item; /* the last of them */
} run;

static pa_status flush(const pa_values *v, pa_bulk *file, run *r, pa_error *err)
{
    size_t n = r->n;
    r->n = 0;
    return n > 0 ? put(v, file, r->item, r->bytes, n, r->at, err) : PA_OK;
}

static pa_status append(const pa_values *v, pa_bulk *file, run *r, size_t i, const char *all,
                        size_t start[], pa_error *err)
{
    const pa_item *item = v->list->items + i;
    bool fits = v->places[i] == r->at + (int64_t)r->n && r->n + PA_LARGE <= RUN_BYTES;
    if (!fits) PA_TRY(flush(v, file, r, err));
    if (r->n == 0) r->at = v->places[i];
    if (all)
        assemble(v, item, all, start, r->bytes + r->n);
    else
        memcpy(r->bytes + r->n, item->data, (size_t)bytes_of(item));
    r->n += (size_t)bytes_of(item);
    r->item = i;
    return PA_OK;
}

/* Rank 0: `all` has what each rank had of the items, one rank after the other; NULL: there is no
 * other. */
static pa_status write_small(const pa_values *v, pa_bulk *file, size_t from, size_t until,
                             const char *all, pa_error *err)
{
    size_t *start = NULL;
    run r = {0};
    pa_status st = PA_NEW(start, (size_t)pa_comm_size(v->comm) + 1, err);
    if (st == PA_OK) st = PA_NEW(r.bytes, RUN_BYTES, err);
    if (st == PA_OK) find_starts(v, from, until, start);
    for (size_t i = from; st == PA_OK && i < until; i++) {
        const pa_item *item = v->list->items + i;
        if (!is_large(item) && bytes_of(item) > 0) st = append(v, file, &r, i, all, start, err);
    }
    if (st == PA_OK) st = flush(v, file, &r, err);
    pa_free(start);
    pa_free(r.bytes);
    return st;
}

/* st: what came of the group before. */
static pa_status gather_small(const pa_values *v, pa_bulk *file, pa_status st, size_t from,
                              size_t until, pa_error *err)
{
    pa_buffer mine = {0};
    void *all = NULL;
    size_t n = 0;
    if (st == PA_OK) st = collect(v, from, until, &mine, err);
    st = pa_gather_root_if(v->comm, st, mine.data, mine.length, &all, &n, err);
    pa_buffer_free(&mine);
    if (st == PA_OK && pa_comm_rank(v->comm) == 0) st = write_small(v, file, from, until, all, err);
    pa_free(all);
    return st;
}

/* One behind the last item of a group whose small ones have at most PA_GATHERED_BYTES. */
static size_t end_of_small(const pa_values *v, size_t i)
{
    int64_t bytes = 0;
    for (; i < v->list->n; i++) {
        const pa_item *item = v->list->items + i;
        if (!is_large(item)) bytes += bytes_of(item);
        if (bytes > PA_GATHERED_BYTES) break;
    }
    return i;
}

static pa_status gather_all_small(const pa_values *v, pa_bulk *file, pa_status st, pa_error *err)
{
    bool alone = pa_comm_size(v->comm) == 1;
    if (alone) return st == PA_OK ? write_small(v, file, 0, v->list->n, NULL, err) : st;
    for (size_t i = 0, end; i < v->list->n; i = end) {
        end = end_of_small(v, i);
        st = gather_small(v, file, st, i, end, err);
    }
    return st;
}

pa_status pa_posix_write_rest(const pa_values *v, pa_error *err)
{
    pa_bulk *file = NULL;
    pa_status st = pa_bulk_open(v->part, true, &file, err);
    st = exchange_all(v, file, st, err);
    st = gather_all_small(v, file, st, err);
    return pa_agree(v->comm, leave(v, file, st, err), err);
}

#include "past.h"

#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/pack.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/node_array.h"

/* Rows of a block: a byte counts those beside the last one, and amounts of up to 2^53 add up to 64
 * bits. */
enum { MOST_TOGETHER = 256 };

/* What a rank holds of the view; first > last: nothing. */
typedef struct {
    uint64_t first, last;
    uint64_t last_of_first; /* the last row of the merchant of the first */
} span;

/* What a later rank looks back from: its rows of its first merchant. */
typedef struct {
    uint64_t begin; /* of the merchant */
    uint64_t first, until;
} walker;

static span span_of(const pa_view *view, uint64_t stride)
{
    if (view->n == 0) return (span){1, 0, 0};
    uint64_t end = (view->key[0] / stride + 1) * stride;
    size_t behind = pa_lower_bound_u64(view->n, view->key, end);
    return (span){view->key[0], view->key[view->n - 1], view->key[behind - 1]};
}

/* Up to where the rank's borders walk: to its last row of the merchant, or to the row behind it,
 * for what is known then is told to the next rank. */
static walker walker_of(const span all[], int rank, int n_ranks, uint64_t stride)
{
    const span *own = all + rank;
    walker w = {own->first / stride * stride, own->first, own->last_of_first};
    for (int r = rank + 1; r < n_ranks; r++) {
        if (all[r].first > all[r].last) continue;
        if (all[r].first < w.begin + stride) w.until = all[r].first;
        break;
    }
    return w;
}

/* Own rows that a border of some rank walks over; where these are none, the border stands before
 * the first and no block lies on both sides of it. */
typedef struct {
    size_t row, end;
} stretch;

/* The choice of rows for the ranks of a machine. */
typedef struct {
    const pa_view *view;
    const pa_past_needs *needs;
    uint32_t *alone; /* rows that may be needed for themselves */
    size_t n_alone;
    uint64_t first, until; /* where the ranks' borders begin to walk, and end */
    size_t row;            /* the first within their reach */
    stretch *walked;
    size_t n_walked, walked_room;
    pa_past_block *block;
    size_t n, block_room;
} choice;

static pa_status add_block(choice *c, size_t row, size_t end, bool told, pa_error *err)
{
    PA_TRY(PA_ROOM(c->block, c->block_room, c->n + 1, err));
    c->block[c->n++] = (pa_past_block){(uint32_t)row, (uint16_t)(end - row), told};
    return PA_OK;
}

static pa_status add_blocks(choice *c, size_t row, size_t end, bool told, pa_error *err)
{
    while (row < end) {
        size_t n = end - row < MOST_TOGETHER ? end - row : MOST_TOGETHER;
        PA_TRY(add_block(c, row, row + n, told || n == 1, err));
        row += n;
    }
    return PA_OK;
}

static bool is_alone(const choice *c, size_t row)
{
    const pa_past_needs *needs = c->needs;
    if (needs->event[row] > 0) return true;
    uint64_t known = c->view->key[row] + (uint64_t)(needs->delay + needs->late[row]);
    return known > c->first && known <= c->until;
}

/* Rows begin .. end - 1; those that are needed for themselves are a block each. */
static pa_status choose(choice *c, size_t row, size_t end, bool told, pa_error *err)
{
    size_t next = pa_lower_bound_u32(c->n_alone, c->alone, (uint32_t)row);
    for (; next < c->n_alone && c->alone[next] < end; next++) {
        size_t alone = c->alone[next];
        if (!is_alone(c, alone)) continue;
        PA_TRY(add_blocks(c, row, alone, told, err));
        PA_TRY(add_block(c, alone, alone + 1, true, err));
        row = alone + 1;
    }
    return add_blocks(c, row, end, told, err);
}

/* The first row of the merchant that is nearer to a position than `border`. */
static size_t nearer(const choice *c, const walker *w, uint64_t position, int64_t border)
{
    uint64_t b = (uint64_t)border, least = w->begin;
    if (position >= b && position - b + 1 > least) least = position - b + 1;
    return pa_lower_bound_u64(c->view->n, c->view->key, least);
}

static pa_status add_walker(choice *c, const walker *w, pa_error *err)
{
    size_t n = c->needs->n_borders, row = nearer(c, w, w->first, c->needs->reach);
    PA_TRY(PA_ROOM(c->walked, c->walked_room, c->n_walked + n, err));
    if (row < c->row) c->row = row;
    if (w->first < c->first) c->first = w->first;
    if (w->until > c->until) c->until = w->until;
    for (size_t i = 0; i < n; i++) {
        c->walked[c->n_walked++] = (stretch){nearer(c, w, w->first, c->needs->border[i]),
                                             nearer(c, w, w->until, c->needs->border[i])};
    }
    return PA_OK;
}

static int earlier(const void *a, const void *b)
{
    size_t x = ((const stretch *)a)->row, y = ((const stretch *)b)->row;
    return (x > y) - (x < y);
}

static pa_status choose_walked(choice *c, pa_error *err)
{
    size_t row = c->row;
    if (c->n_walked > 0) qsort(c->walked, c->n_walked, sizeof *c->walked, earlier);
    for (size_t i = 0; i < c->n_walked; i++) {
        const stretch *s = c->walked + i;
        if (s->end <= row) continue;
        if (s->row > row) {
            PA_TRY(choose(c, row, s->row, false, err));
            row = s->row;
        }
        PA_TRY(choose(c, row, s->end, true, err));
        row = s->end;
    }
    return choose(c, row, c->view->n, false, err);
}

static pa_status list_alone(choice *c, pa_error *err)
{
    const int8_t *event = c->needs->event;
    const int32_t *late = c->needs->late;
    size_t n = 0;
    if (!event) return PA_OK;
    for (size_t i = 0; i < c->view->n; i++) n += event[i] > 0 || (event[i] == 0 && late && late[i]);
    PA_TRY(PA_NEW(c->alone, n, err));
    for (size_t i = 0; i < c->view->n; i++)
        if (event[i] > 0 || (event[i] == 0 && late && late[i]))
            c->alone[c->n_alone++] = (uint32_t)i;
    return PA_OK;
}

/* Who looks back, and on which machine. */
typedef struct {
    const span *all; /* of each rank */
    const int *node;
    int n_nodes, rank, n_ranks;
    uint64_t stride;
} ranks;

/* For the ranks of a machine behind this one whose first merchant is its last. */
static pa_status choose_for(choice *c, const ranks *r, int node, pa_error *err)
{
    c->first = UINT64_MAX;
    c->until = 0;
    c->row = c->view->n;
    c->n_walked = 0;
    for (int i = r->rank + 1; i < r->n_ranks; i++) {
        if (r->all[i].first > r->all[i].last) continue;
        if (r->all[i].first / r->stride != r->all[r->rank].last / r->stride) break;
        if (r->node[i] != node) continue;
        const walker w = walker_of(r->all, i, r->n_ranks, r->stride);
        PA_TRY(add_walker(c, &w, err));
    }
    return choose_walked(c, err);
}

/* n_lent: blocks for each machine. */
static pa_status choose_all(const ranks *r, choice *c, int64_t n_lent[], pa_error *err)
{
    if (c->view->n == 0) return PA_OK;
    PA_TRY(list_alone(c, err));
    for (int node = 0; node < r->n_nodes; node++) {
        size_t before = c->n;
        PA_TRY(choose_for(c, r, node, err));
        n_lent[node] = (int64_t)(c->n - before);
    }
    return PA_OK;
}

static pa_status lend(const ranks *r, choice *c, pa_past *past, pa_error *err)
{
    past->n_nodes = r->n_nodes;
    pa_status st = PA_NEW(past->n_lent, (size_t)r->n_nodes, err);
    if (st == PA_OK) st = choose_all(r, c, past->n_lent, err);
    past->lent = c->block;
    pa_free(c->alone);
    pa_free(c->walked);
    return st;
}

/* What a machine is told of blocks begin .. end - 1. own: a column of this rank's rows. */
typedef struct {
    const pa_past *past;
    const void *own;
    size_t width;
    size_t begin, end;
    int rank;
    pa_buffer *rows; /* room for those of a block */
} slice;

typedef pa_status pack_slice(const slice *s, pa_packer *packer, pa_error *err);

/* bytes: how many go to each machine. */
static pa_status pack_all(slice s, pack_slice *pack, int64_t bytes[], pa_buffer *out, pa_error *err)
{
    pa_packer packer = {.out = out};
    for (int k = 0; k < s.past->n_nodes; k++) {
        size_t before = out->length;
        s.begin = s.end;
        s.end += (size_t)s.past->n_lent[k];
        if (s.begin < s.end) PA_TRY(pack(&s, &packer, err));
        PA_TRY(pa_pack_end(&packer, err));
        bytes[k] = (int64_t)(out->length - before);
    }
    return PA_OK;
}

/* told: what this machine was told, the caller's. */
static pa_status tell(pa_comm *comm, slice s, pack_slice *pack, pa_node_array *told, pa_error *err)
{
    pa_buffer out = {0}, rows = {0};
    int64_t *bytes = NULL;
    *told = (pa_node_array){0};
    s.rank = pa_comm_rank(comm);
    s.rows = &rows;
    pa_status st = PA_NEW(bytes, (size_t)s.past->n_nodes, err);
    if (st == PA_OK) st = pack_all(s, pack, bytes, &out, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_node_array_exchange(comm, out.data, bytes, told, err);
    pa_buffer_free(&rows);
    pa_buffer_free(&out);
    pa_free(bytes);
    return st;
}

static pa_unpacker unpack(const pa_node_array *told)
{
    return (pa_unpacker){.at = told->data, .end = (const char *)told->data + told->bytes};
}

/* The rows of a block so that who does not need them can pass over them. */
static pa_status put_rows(pa_packer *rows, pa_packer *packer, pa_error *err)
{
    PA_TRY(pa_pack_end(rows, err));
    PA_TRY(pa_pack(packer, (int64_t)rows->out->length, err));
    return pa_buffer_add(packer->out, rows->out->data, rows->out->length, err);
}

static pa_unpacker take_rows(pa_unpacker *told)
{
    size_t bytes = (size_t)pa_unpack(told);
    PA_ASSERT(told->zeros == 0 && bytes <= (size_t)(told->end - told->at));
    pa_unpacker rows = {.at = told->at, .end = told->at + bytes};
    told->at += bytes;
    return rows;
}

/* A block's rows, how far its last lies behind that of the block before, and, where it is told,
 * the steps between. */
static pa_status pack_positions(const slice *s, const pa_past_block *b, uint64_t before,
                                pa_packer *packer, pa_error *err)
{
    const uint64_t *at = (const uint64_t *)s->own + b->row;
    pa_packer rows = {.out = s->rows};
    PA_TRY(pa_pack(packer, b->told ? b->n : -(int64_t)b->n, err));
    PA_TRY(pa_pack(packer, (int64_t)(at[b->n - 1] - before), err));
    if (!b->told || b->n == 1) return PA_OK;
    s->rows->length = 0;
    for (size_t i = 0; i + 1 < b->n; i++) {
        PA_TRY(pa_pack(&rows, (int64_t)(at[i] - before), err));
        before = at[i];
    }
    return put_rows(&rows, packer, err);
}

static pa_status pack_line(const slice *s, pa_packer *packer, pa_error *err)
{
    const uint64_t *at = s->own;
    uint64_t before = 0;
    PA_TRY(pa_pack(packer, s->rank, err));
    PA_TRY(pa_pack(packer, (int64_t)(s->end - s->begin), err));
    for (size_t i = s->begin; i < s->end; i++) {
        const pa_past_block *b = s->past->lent + i;
        PA_TRY(pack_positions(s, b, before, packer, err));
        before = at[b->row + b->n - 1];
    }
    return PA_OK;
}

/* What is read of what the machine was told. */
typedef struct {
    pa_past *past;
    const pa_past_needs *needs;
    walker own;
    bool looks_back; /* to the rank whose blocks are read */
    size_t halo_room, met_room;
} reader;

/* Whether a border walks over rows behind `before` up to `last`; where the two are equal, over
 * their position. */
static bool walks_over(const reader *r, uint64_t before, uint64_t last)
{
    for (size_t i = 0; i < r->needs->n_borders; i++) {
        uint64_t b = (uint64_t)r->needs->border[i];
        if (last + b > r->own.first && before + b <= r->own.until) return true;
    }
    return false;
}

/* A row that is told alone may be needed for itself. */
static pa_past_use use_of(const reader *r, const pa_past_met *met, uint64_t before, uint64_t last)
{
    bool is_near = last >= r->own.begin && last + (uint64_t)r->needs->reach > r->own.first;
    if (!r->looks_back || !is_near) return PA_PAST_NOTHING;
    bool seen = met->told && (met->n == 1 || walks_over(r, before, last));
    return seen ? PA_PAST_ROWS : PA_PAST_TOGETHER;
}

static pa_status make_room_for(reader *r, size_t n, pa_error *err)
{
    pa_past *past = r->past;
    size_t room = r->halo_room, all = past->line.n_halo + n;
    PA_TRY(PA_ROOM(past->at, room, all, err));
    PA_TRY(PA_ROOM(past->more, r->halo_room, all, err));
    return PA_ROOM(past->met, r->met_room, past->n_met + 1, err);
}

static void add_seen(pa_past *past, uint64_t at, size_t more)
{
    past->at[past->line.n_halo] = at;
    past->more[past->line.n_halo++] = (uint8_t)more;
}

/* Returns the position of the block's last row in *before, where that of the block before was. */
static pa_status read_block(pa_unpacker *told, reader *r, uint64_t *before, pa_error *err)
{
    int64_t rows = pa_unpack(told);
    pa_past_met met = {.n = (uint16_t)(rows < 0 ? -rows : rows), .told = rows > 0};
    uint64_t at = *before, last = at + (uint64_t)pa_unpack(told);
    pa_unpacker steps = {0};
    if (met.told && met.n > 1) steps = take_rows(told);
    met.use = (uint8_t)use_of(r, &met, *before, last);
    PA_TRY(make_room_for(r, met.n, err));
    for (size_t i = 0; met.use == PA_PAST_ROWS && i + 1 < met.n; i++)
        add_seen(r->past, at += (uint64_t)pa_unpack(&steps), 0);
    if (met.use != PA_PAST_NOTHING)
        add_seen(r->past, last, met.use == PA_PAST_ROWS ? 0 : met.n - (size_t)1);
    r->past->met[r->past->n_met++] = met;
    *before = last;
    return PA_OK;
}

static pa_status read_line(pa_unpacker told, int rank, reader *r, pa_error *err)
{
    bool is_empty = r->past->line.n == 0;
    while (!pa_unpack_ended(&told)) {
        r->looks_back = pa_unpack(&told) < rank && !is_empty;
        uint64_t before = 0;
        for (int64_t n = pa_unpack(&told); n > 0; n--) PA_TRY(read_block(&told, r, &before, err));
    }
    return PA_OK;
}

static pa_status new_line(const pa_view *view, pa_unpacker told, int rank, reader *r, pa_error *err)
{
    pa_past *past = r->past;
    past->line = (pa_line){.n = view->n, .at = view->key};
    PA_TRY(read_line(told, rank, r, err));
    size_t n_halo = past->line.n_halo;
    if (n_halo == 0) return PA_OK;
    PA_TRY(PA_RESIZE(past->at, n_halo + view->n, err));
    memcpy(past->at + n_halo, view->key, view->n * sizeof *past->at);
    past->line.at = past->at;
    past->line.more = past->more;
    return PA_OK;
}

static pa_status make_line(pa_comm *comm, const pa_view *view, reader *r, pa_error *err)
{
    pa_node_array told;
    const slice s = {.past = r->past, .own = view->key};
    PA_TRY(tell(comm, s, pack_line, &told, err));
    pa_status st = new_line(view, unpack(&told), pa_comm_rank(comm), r, err);
    pa_node_array_free(&told);
    return pa_agree(comm, st, err);
}

static pa_status make(pa_comm *comm, const pa_view *view, ranks r, const pa_past_needs *needs,
                      pa_past *past, pa_error *err)
{
    choice c = {.view = view, .needs = needs};
    reader reads = {.past = past, .needs = needs};
    if (view->n > 0) reads.own = walker_of(r.all, r.rank, r.n_ranks, r.stride);
    PA_AGREE(comm, lend(&r, &c, past, err), err);
    return make_line(comm, view, &reads, err);
}

pa_status pa_past_make(pa_comm *comm, const pa_view *view, uint64_t stride,
                       const pa_past_needs *needs, pa_past *past, pa_error *err)
{
    const span own = span_of(view, stride);
    ranks r = {.rank = pa_comm_rank(comm), .n_ranks = pa_comm_size(comm), .stride = stride};
    void *all = NULL;
    size_t bytes;
    *past = (pa_past){0};
    PA_TRY(pa_comm_nodes(comm, &r.n_nodes, err));
    PA_TRY(pa_node_of_ranks(comm, &r.node, err));
    PA_TRY(pa_gather_all(comm, &own, sizeof own, &all, &bytes, err));
    r.all = all;
    pa_status st = make(comm, view, r, needs, past, err);
    pa_free(all);
    if (st != PA_OK) pa_past_free(past);
    return st;
}

void pa_past_free(pa_past *past)
{
    pa_free(past->at);
    pa_free(past->more);
    pa_free(past->n_lent);
    pa_free(past->lent);
    pa_free(past->met);
    *past = (pa_past){0};
}

/* Room for what comes before the own rows. */
static pa_status make_room(const pa_past *past, size_t width, void **column, pa_error *err)
{
    size_t n_halo = past->line.n_halo, n = past->line.n;
    if (n_halo == 0) return PA_OK;
    char *both = pa_realloc(*column, n_halo + n, width, err);
    if (!both) return PA_E_MEMORY;
    memmove(both + n_halo * width, both, n * width);
    *column = both;
    return PA_OK;
}

/* Room in *column for what is seen, and the column's own values told to the others. */
static pa_status tell_column(pa_comm *comm, const pa_past *past, size_t width, pack_slice *pack,
                             void **column, pa_node_array *told, pa_error *err)
{
    PA_AGREE(comm, make_room(past, width, column, err), err);
    const slice s = {
        .past = past, .own = (const char *)*column + past->line.n_halo * width, .width = width};
    return tell(comm, s, pack, told, err);
}

static pa_status pack_value(const void *value, size_t width, pa_packer *packer, pa_error *err)
{
    if (width == sizeof(int8_t)) return pa_pack(packer, *(const int8_t *)value, err);
    for (size_t k = 0; k < width / sizeof(int32_t); k++)
        PA_TRY(pa_pack(packer, ((const int32_t *)value)[k], err));
    return PA_OK;
}

static pa_status pack_values(const slice *s, pa_packer *packer, pa_error *err)
{
    for (size_t i = s->begin; i < s->end; i++) {
        const pa_past_block *b = s->past->lent + i;
        const char *value = (const char *)s->own + b->row * s->width;
        pa_packer rows = {.out = s->rows};
        if (!b->told) continue;
        s->rows->length = 0;
        for (size_t k = 0; k < b->n; k++)
            PA_TRY(pack_value(value + k * s->width, s->width, b->n > 1 ? &rows : packer, err));
        if (b->n > 1) PA_TRY(put_rows(&rows, packer, err));
    }
    return PA_OK;
}

static void unpack_value(pa_unpacker *from, size_t width, void *value)
{
    if (width == sizeof(int8_t)) *(int8_t *)value = (int8_t)pa_unpack(from);
    for (size_t k = 0; k < width / sizeof(int32_t); k++)
        ((int32_t *)value)[k] = (int32_t)pa_unpack(from);
}

static void unpack_values(const pa_past *past, pa_unpacker told, size_t width, int none,
                          char *column)
{
    int64_t passed_over;
    for (size_t i = 0; i < past->n_met; i++) {
        const pa_past_met *met = past->met + i;
        bool wanted = met->use == PA_PAST_ROWS;
        pa_unpacker rows = {0}, *from = &told;
        if (met->told && met->n > 1) {
            rows = take_rows(&told);
            from = &rows;
        }
        if (met->told && met->n == 1 && !wanted) unpack_value(from, width, &passed_over);
        for (size_t k = 0; wanted && k < met->n; k++, column += width)
            unpack_value(from, width, column);
        if (met->use != PA_PAST_TOGETHER) continue;
        memset(column, none, width);
        column += width;
    }
}

pa_status pa_past_values(pa_comm *comm, const pa_past *past, size_t width, int none, void **column,
                         pa_error *err)
{
    pa_node_array told = {0};
    PA_ASSERT(width == sizeof(int8_t) || width % sizeof(int32_t) == 0);
    PA_ASSERT(width <= PA_PAST_WIDEST && (none == 0 || none == -1));
    pa_status st = tell_column(comm, past, width, pack_values, column, &told, err);
    if (st == PA_OK) unpack_values(past, unpack(&told), width, none, *column);
    pa_node_array_free(&told);
    return st;
}

/* Of each block the sum, and where it is told the rows of which there are several. */
static pa_status pack_sums(const slice *s, pa_packer *packer, pa_error *err)
{
    for (size_t i = s->begin; i < s->end; i++) {
        const pa_past_block *b = s->past->lent + i;
        const int64_t *amount = (const int64_t *)s->own + b->row;
        pa_packer rows = {.out = s->rows};
        int64_t sum = 0;
        for (size_t k = 0; k < b->n; k++) sum += amount[k];
        PA_TRY(pa_pack(packer, sum, err));
        if (!b->told || b->n == 1) continue;
        s->rows->length = 0;
        for (size_t k = 0; k < b->n; k++) PA_TRY(pa_pack(&rows, amount[k], err));
        PA_TRY(put_rows(&rows, packer, err));
    }
    return PA_OK;
}

static void unpack_sums(const pa_past *past, pa_unpacker told, int64_t amount[])
{
    for (size_t i = 0; i < past->n_met; i++) {
        const pa_past_met *met = past->met + i;
        int64_t sum = pa_unpack(&told);
        pa_unpacker rows = {0};
        if (met->told && met->n > 1) rows = take_rows(&told);
        if (met->use == PA_PAST_ROWS && met->n > 1) {
            for (size_t k = 0; k < met->n; k++) *amount++ = pa_unpack(&rows);
        } else if (met->use != PA_PAST_NOTHING) {
            *amount++ = sum;
        }
    }
}

pa_status pa_past_sums(pa_comm *comm, const pa_past *past, int64_t **column, pa_error *err)
{
    void *both = *column;
    pa_node_array told = {0};
    pa_status st = tell_column(comm, past, sizeof **column, pack_sums, &both, &told, err);
    *column = both;
    if (st == PA_OK) unpack_sums(past, unpack(&told), *column);
    pa_node_array_free(&told);
    return st;
}

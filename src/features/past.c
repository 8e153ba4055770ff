#include "past.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/pack.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"

/* A byte counts the rows beside the last one, and amounts of up to 2^53 add up to 64 bits. */
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

/* The choice of rows for other ranks. */
typedef struct {
    const pa_view *view;
    const pa_past_needs *needs;
    uint32_t *alone; /* rows that may be needed for themselves */
    size_t n_alone;
    uint32_t *row;
    uint8_t *more;
    size_t n, row_room, more_room;
} choice;

static pa_status make_room_for(choice *c, size_t n, pa_error *err)
{
    PA_TRY(PA_ROOM(c->row, c->row_room, c->n + n, err));
    return PA_ROOM(c->more, c->more_room, c->n + n, err);
}

/* A row of its own, standing for the `more` rows before it too. */
static pa_status choose(choice *c, size_t row, size_t more, pa_error *err)
{
    PA_TRY(make_room_for(c, 1, err));
    c->row[c->n] = (uint32_t)row;
    c->more[c->n++] = (uint8_t)more;
    return PA_OK;
}

static pa_status choose_each(choice *c, size_t row, size_t end, pa_error *err)
{
    PA_TRY(make_room_for(c, end - row, err));
    for (; row < end; row++) {
        c->row[c->n] = (uint32_t)row;
        c->more[c->n++] = 0;
    }
    return PA_OK;
}

static pa_status choose_together(choice *c, size_t row, size_t end, pa_error *err)
{
    while (row < end) {
        size_t n = end - row < MOST_TOGETHER ? end - row : MOST_TOGETHER;
        row += n;
        PA_TRY(choose(c, row - 1, n - 1, err));
    }
    return PA_OK;
}

static bool is_alone(const choice *c, const walker *w, size_t row)
{
    const pa_past_needs *needs = c->needs;
    if (needs->event[row] > 0) return true;
    uint64_t known = c->view->key[row] + (uint64_t)(needs->delay + needs->late[row]);
    return known > w->first && known <= w->until;
}

/* Rows that no border walks over. */
static pa_status choose_between(choice *c, const walker *w, size_t row, size_t end, pa_error *err)
{
    size_t next = 0, behind = c->n_alone;
    while (next < behind) {
        size_t middle = next + (behind - next) / 2;
        if (c->alone[middle] < row)
            next = middle + 1;
        else
            behind = middle;
    }
    for (; next < c->n_alone && c->alone[next] < end; next++) {
        if (!is_alone(c, w, c->alone[next])) continue;
        PA_TRY(choose_together(c, row, c->alone[next], err));
        PA_TRY(choose(c, c->alone[next], 0, err));
        row = (size_t)c->alone[next] + 1;
    }
    return choose_together(c, row, end, err);
}

/* The first row of the merchant that is nearer to a position than `border`. */
static size_t nearer(const choice *c, const walker *w, uint64_t position, int64_t border)
{
    uint64_t b = (uint64_t)border, least = w->begin;
    if (position >= b && position - b + 1 > least) least = position - b + 1;
    return pa_lower_bound_u64(c->view->n, c->view->key, least);
}

static pa_status choose_for(choice *c, const walker *w, pa_error *err)
{
    size_t row = nearer(c, w, w->first, c->needs->reach);
    for (size_t i = 0; i < c->needs->n_borders; i++) {
        size_t from = nearer(c, w, w->first, c->needs->border[i]);
        size_t end = nearer(c, w, w->until, c->needs->border[i]);
        if (end <= row) continue;
        if (from > row) PA_TRY(choose_between(c, w, row, from, err));
        PA_TRY(choose_each(c, from > row ? from : row, end, err));
        row = end;
    }
    return choose_between(c, w, row, c->view->n, err);
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

/* count: what each rank is lent, those behind this one whose first merchant is its last. */
static pa_status choose_all(const pa_comm *comm, const span all[], uint64_t stride, choice *c,
                            int64_t count[], pa_error *err)
{
    int rank = pa_comm_rank(comm), n_ranks = pa_comm_size(comm);
    if (c->view->n == 0) return PA_OK;
    PA_TRY(list_alone(c, err));
    for (int r = rank + 1; r < n_ranks; r++) {
        if (all[r].first > all[r].last) continue;
        if (all[r].first / stride != all[rank].last / stride) break;
        const walker w = walker_of(all, r, n_ranks, stride);
        size_t before = c->n;
        PA_TRY(choose_for(c, &w, err));
        count[r] = (int64_t)(c->n - before);
    }
    return PA_OK;
}

static pa_status lend(pa_comm *comm, uint64_t stride, choice *c, pa_past *past, pa_error *err)
{
    const span own = span_of(c->view, stride);
    void *all = NULL;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, &own, sizeof own, &all, &bytes, err));
    pa_status st = PA_NEW(past->n_lent, (size_t)pa_comm_size(comm), err);
    if (st == PA_OK) st = choose_all(comm, all, stride, c, past->n_lent, err);
    past->lent = c->more;
    past->lent_row = c->row;
    c->more = NULL;
    c->row = NULL;
    pa_free(all);
    return pa_agree(comm, st, err);
}

/* What another rank is told of lent rows begin .. end - 1. own: a column of this rank's rows. */
typedef struct {
    const pa_past *past;
    const void *own;
    size_t width;
    size_t begin, end;
} slice;

typedef pa_status pack_slice(const slice *s, pa_packer *packer, pa_error *err);

/* bytes: how many go to each rank. */
static pa_status pack_all(const pa_comm *comm, slice s, pack_slice *pack, int64_t bytes[],
                          pa_buffer *out, pa_error *err)
{
    pa_packer packer = {.out = out};
    for (int r = 0; r < pa_comm_size(comm); r++) {
        size_t before = out->length;
        s.begin = s.end;
        s.end += (size_t)s.past->n_lent[r];
        if (s.begin < s.end) PA_TRY(pack(&s, &packer, err));
        PA_TRY(pa_pack_end(&packer, err));
        bytes[r] = (int64_t)(out->length - before);
    }
    return PA_OK;
}

/* seen: what the others told of theirs, in *memory, which is the caller's. */
static pa_status tell(pa_comm *comm, slice s, pack_slice *pack, void **memory, pa_unpacker *seen,
                      pa_error *err)
{
    pa_buffer out = {0};
    int64_t *bytes = NULL;
    size_t n = 0;
    pa_status st = PA_NEW(bytes, (size_t)pa_comm_size(comm), err);
    if (st == PA_OK) st = pack_all(comm, s, pack, bytes, &out, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_exchange_bytes(comm, out.data, bytes, memory, &n, err);
    if (st == PA_OK) *seen = (pa_unpacker){.at = *memory, .end = (const char *)*memory + n};
    pa_buffer_free(&out);
    pa_free(bytes);
    return st;
}

/* How many there are, how far each lies behind the one before, and what it stands for. */
static pa_status pack_line(const slice *s, pa_packer *packer, pa_error *err)
{
    const uint64_t *at = s->own;
    uint64_t before = 0;
    PA_TRY(pa_pack(packer, (int64_t)(s->end - s->begin), err));
    for (size_t i = s->begin; i < s->end; i++) {
        uint64_t here = at[s->past->lent_row[i]];
        PA_TRY(pa_pack(packer, (int64_t)(here - before), err));
        before = here;
    }
    for (size_t i = s->begin; i < s->end; i++) PA_TRY(pa_pack(packer, s->past->lent[i], err));
    return PA_OK;
}

/* The rows that one rank told of, behind those of the ranks before it. */
static pa_status add_seen(pa_unpacker *seen, pa_past *past, pa_error *err)
{
    size_t all = past->line.n_halo, n = (size_t)pa_unpack(seen);
    PA_TRY(PA_RESIZE(past->at, all + n, err));
    PA_TRY(PA_RESIZE(past->more, all + n, err));
    uint64_t here = 0;
    for (size_t i = all; i < all + n; i++) past->at[i] = here += (uint64_t)pa_unpack(seen);
    for (size_t i = all; i < all + n; i++) past->more[i] = (uint8_t)pa_unpack(seen);
    past->line.n_halo = all + n;
    return PA_OK;
}

static pa_status new_line(const pa_view *view, pa_unpacker seen, pa_past *past, pa_error *err)
{
    past->line = (pa_line){.n = view->n, .at = view->key};
    while (!pa_unpack_ended(&seen)) PA_TRY(add_seen(&seen, past, err));
    size_t n_halo = past->line.n_halo;
    if (n_halo == 0) return PA_OK;
    PA_TRY(PA_RESIZE(past->at, n_halo + view->n, err));
    memcpy(past->at + n_halo, view->key, view->n * sizeof *past->at);
    past->line.at = past->at;
    past->line.more = past->more;
    return PA_OK;
}

static pa_status make_line(pa_comm *comm, const pa_view *view, pa_past *past, pa_error *err)
{
    void *memory = NULL;
    pa_unpacker seen = {0};
    pa_status st =
        tell(comm, (slice){.past = past, .own = view->key}, pack_line, &memory, &seen, err);
    if (st == PA_OK) st = pa_agree(comm, new_line(view, seen, past, err), err);
    pa_free(memory);
    return st;
}

pa_status pa_past_make(pa_comm *comm, const pa_view *view, uint64_t stride,
                       const pa_past_needs *needs, pa_past *past, pa_error *err)
{
    choice c = {.view = view, .needs = needs};
    *past = (pa_past){0};
    pa_status st = lend(comm, stride, &c, past, err);
    if (st == PA_OK) st = make_line(comm, view, past, err);
    pa_free(c.alone);
    pa_free(c.row);
    pa_free(c.more);
    if (st != PA_OK) pa_past_free(past);
    return st;
}

void pa_past_free(pa_past *past)
{
    pa_free(past->at);
    pa_free(past->more);
    pa_free(past->n_lent);
    pa_free(past->lent);
    pa_free(past->lent_row);
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
                             void **column, void **memory, pa_unpacker *seen, pa_error *err)
{
    PA_AGREE(comm, make_room(past, width, column, err), err);
    const slice s = {
        .past = past, .own = (const char *)*column + past->line.n_halo * width, .width = width};
    return tell(comm, s, pack, memory, seen, err);
}

static pa_status pack_values(const slice *s, pa_packer *packer, pa_error *err)
{
    for (size_t i = s->begin; i < s->end; i++) {
        const char *value = (const char *)s->own + s->past->lent_row[i] * s->width;
        if (s->width == sizeof(int8_t)) PA_TRY(pa_pack(packer, *(const int8_t *)value, err));
        for (size_t k = 0; k < s->width / sizeof(int32_t); k++)
            PA_TRY(pa_pack(packer, ((const int32_t *)value)[k], err));
    }
    return PA_OK;
}

static void unpack_values(pa_unpacker seen, size_t n, size_t width, void *column)
{
    int8_t *narrow = column;
    int32_t *wide = column;
    for (size_t i = 0; width == sizeof *narrow && i < n; i++) narrow[i] = (int8_t)pa_unpack(&seen);
    for (size_t i = 0; i < n * (width / sizeof *wide); i++) wide[i] = (int32_t)pa_unpack(&seen);
}

pa_status pa_past_values(pa_comm *comm, const pa_past *past, size_t width, void **column,
                         pa_error *err)
{
    void *memory = NULL;
    pa_unpacker seen;
    PA_ASSERT(width == sizeof(int8_t) || width % sizeof(int32_t) == 0);
    pa_status st = tell_column(comm, past, width, pack_values, column, &memory, &seen, err);
    if (st == PA_OK) unpack_values(seen, past->line.n_halo, width, *column);
    pa_free(memory);
    return st;
}

static pa_status pack_sums(const slice *s, pa_packer *packer, pa_error *err)
{
    const int64_t *own = s->own;
    for (size_t i = s->begin; i < s->end; i++) {
        size_t row = s->past->lent_row[i];
        int64_t sum = own[row];
        for (size_t k = 0; k < s->past->lent[i]; k++) sum += own[--row];
        PA_TRY(pa_pack(packer, sum, err));
    }
    return PA_OK;
}

pa_status pa_past_sums(pa_comm *comm, const pa_past *past, int64_t **column, pa_error *err)
{
    void *both = *column, *memory = NULL;
    pa_unpacker seen;
    pa_status st = tell_column(comm, past, sizeof **column, pack_sums, &both, &memory, &seen, err);
    *column = both;
    for (size_t i = 0; st == PA_OK && i < past->line.n_halo; i++) (*column)[i] = pa_unpack(&seen);
    pa_free(memory);
    return st;
}

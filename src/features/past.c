#include "past.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

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
    int64_t *count = NULL;
    size_t bytes;
    pa_status st;
    PA_GOTO(pa_gather_all(comm, &own, sizeof own, &all, &bytes, err));
    st = PA_NEW(count, (size_t)pa_comm_size(comm), err);
    if (st == PA_OK) st = choose_all(comm, all, stride, c, count, err);
    PA_GOTO(pa_agree(comm, st, err));
    past->lent = c->more;
    past->lent_row = c->row;
    past->n_lent = c->n;
    c->more = NULL;
    c->row = NULL;
    st = pa_route_make_lent(comm, count, past->lent_row, &past->route, err);
out:
    pa_free(all);
    pa_free(count);
    return st;
}

static pa_status new_line(const pa_view *view, pa_past *past, pa_error *err)
{
    size_t n_halo = pa_route_received(past->route);
    past->line = (pa_line){.n_halo = n_halo, .n = view->n, .at = view->key};
    if (n_halo == 0) return PA_OK;
    PA_TRY(PA_NEW(past->at, n_halo + view->n, err));
    PA_TRY(PA_NEW(past->more, n_halo, err));
    memcpy(past->at + n_halo, view->key, view->n * sizeof *past->at);
    past->line.at = past->at;
    past->line.more = past->more;
    return PA_OK;
}

/* Of positions less than 2^32 seconds before the first own row their low half is enough. */
static void widen(const pa_view *view, const uint32_t low[], size_t n, uint64_t at[])
{
    for (size_t i = 0; i < n; i++)
        at[i] = view->key[0] - (uint32_t)((uint32_t)view->key[0] - low[i]);
}

static pa_status fill_line(pa_comm *comm, const pa_view *view, pa_past *past, pa_error *err)
{
    uint32_t *lent = NULL, *low = NULL;
    pa_status st = PA_NEW(lent, past->n_lent, err);
    if (st == PA_OK) st = PA_NEW(low, past->line.n_halo, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) {
        for (size_t i = 0; i < past->n_lent; i++) lent[i] = (uint32_t)view->key[past->lent_row[i]];
        const pa_column_move move[] = {{sizeof *lent, lent, low},
                                       {sizeof *past->more, past->lent, past->more}};
        st = pa_route_send_lent(comm, past->route, 2, move, err);
    }
    if (st == PA_OK) widen(view, low, past->line.n_halo, past->at);
    pa_free(lent);
    pa_free(low);
    return st;
}

pa_status pa_past_make(pa_comm *comm, const pa_view *view, uint64_t stride,
                       const pa_past_needs *needs, pa_past *past, pa_error *err)
{
    choice c = {.view = view, .needs = needs};
    PA_ASSERT(needs->reach <= UINT32_MAX);
    *past = (pa_past){0};
    pa_status st = lend(comm, stride, &c, past, err);
    if (st == PA_OK) st = pa_agree(comm, new_line(view, past, err), err);
    if (st == PA_OK) st = fill_line(comm, view, past, err);
    pa_free(c.alone);
    pa_free(c.row);
    pa_free(c.more);
    if (st != PA_OK) pa_past_free(past);
    return st;
}

void pa_past_free(pa_past *past)
{
    pa_route_free(past->route);
    pa_free(past->at);
    pa_free(past->more);
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

pa_status pa_past_values(pa_comm *comm, const pa_past *past, size_t width, void **column,
                         pa_error *err)
{
    PA_AGREE(comm, make_room(past, width, column, err), err);
    const char *own = (const char *)*column + past->line.n_halo * width;
    return pa_route_send(comm, past->route, width, own, *column, err);
}

/* The largest of the sums, without its sign. */
static int64_t add_up(const pa_past *past, const int64_t own[], int64_t sum[])
{
    int64_t most = 0;
    for (size_t i = 0; i < past->n_lent; i++) {
        size_t end = (size_t)past->lent_row[i] + 1;
        for (size_t row = end - 1 - past->lent[i]; row < end; row++) sum[i] += own[row];
        int64_t size = sum[i] < 0 ? -(sum[i] + 1) : sum[i];
        if (size > most) most = size;
    }
    return most;
}

static size_t width_of(int64_t most)
{
    if (most <= INT8_MAX) return 1;
    if (most <= INT16_MAX) return 2;
    return most <= INT32_MAX ? 4 : 8;
}

/* In place: the low bytes of each, one after the other. */
static void pack(size_t n, size_t width, int64_t v[])
{
    char *to = (char *)v;
    for (size_t i = 0; i < n; i++) memmove(to + i * width, v + i, width);
}

/* In place, from the last on. */
static void unpack(size_t n, size_t width, int64_t v[])
{
    const char *from = (const char *)v;
    int unused = 64 - 8 * (int)width;
    for (size_t i = n; i-- > 0;) {
        uint64_t low = 0;
        memcpy(&low, from + i * width, width);
        v[i] = (int64_t)(low << unused) >> unused;
    }
}

pa_status pa_past_sums(pa_comm *comm, const pa_past *past, int64_t **column, pa_error *err)
{
    int64_t *sum = NULL;
    void *both = *column;
    pa_status st = PA_NEW(sum, past->n_lent, err);
    if (st == PA_OK) st = make_room(past, sizeof *sum, &both, err);
    *column = both;
    st = pa_agree(comm, st, err);
    if (st == PA_OK) {
        int64_t most = add_up(past, *column + past->line.n_halo, sum);
        pa_max_i64(comm, &most, 1);
        size_t width = width_of(most);
        pack(past->n_lent, width, sum);
        const pa_column_move move = {width, sum, *column};
        st = pa_route_send_lent(comm, past->route, 1, &move, err);
        if (st == PA_OK) unpack(past->line.n_halo, width, *column);
    }
    pa_free(sum);
    return st;
}

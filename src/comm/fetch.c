#include "paraudit/comm/fetch.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/comm/route.h"

typedef struct {
    int64_t first, n;
} slice;

/* What is asked of, and where its rows lie: the slices of rank 0's columns, then of rank 1's. */
typedef struct {
    size_t n;
    const pa_spread_column *column;
    size_t width; /* of an answer */
    slice *slices;
} source;

static pa_status gather_slices(pa_comm *comm, source *s, pa_error *err)
{
    slice mine[PA_FETCH_COLUMNS];
    void *all;
    size_t bytes;
    PA_ASSERT(s->n <= PA_FETCH_COLUMNS);
    for (size_t c = 0; c < s->n; c++)
        mine[c] = (slice){s->column[c].first_row, (int64_t)s->column[c].n_rows};
    PA_TRY(pa_gather_all(comm, mine, s->n * sizeof *mine, &all, &bytes, err));
    s->slices = all;
    return PA_OK;
}

/* The last slice of column c that begins at or before the row, and is not empty; -1: it is on no
 * rank. An empty slice begins where the one before it ends, or later. */
static int32_t owner_of(const source *s, int n_ranks, size_t c, int64_t row)
{
    for (int r = n_ranks; r-- > 0;) {
        const slice *one = s->slices + (size_t)r * s->n + c;
        if (row >= one->first && row < one->first + one->n) return r;
    }
    return -1;
}

/* What is asked for, without negative numbers: row * columns + column. */
typedef struct {
    size_t n;
    int64_t *row;
    int32_t *owner;
} request;

static pa_status find_owners(const source *s, int n_ranks, size_t n, const uint8_t of[],
                             const int64_t row[], request *q, pa_error *err)
{
    PA_TRY(PA_NEW(q->row, n, err));
    PA_TRY(PA_NEW(q->owner, n, err));
    for (size_t i = 0; i < n; i++) {
        size_t c = of ? of[i] : 0;
        if (row[i] < 0) continue;
        int32_t owner = owner_of(s, n_ranks, c, row[i]);
        if (owner < 0)
            return pa_fail(err, PA_E_BUG, "row %lld of a column is on no rank", (long long)row[i]);
        q->row[q->n] = row[i] * (int64_t)s->n + (int64_t)c;
        q->owner[q->n++] = owner;
    }
    return PA_OK;
}

static void copy_value(const source *s, int64_t asked, char *reply)
{
    const pa_spread_column *c = s->column + asked % (int64_t)s->n;
    size_t place = (size_t)(asked / (int64_t)s->n - c->first_row);
    memcpy(reply, (const char *)c->values + place * c->width, c->width);
    memset(reply + c->width, 0, s->width - c->width);
}

static pa_status answer(pa_comm *comm, const source *s, const pa_route *route, const request *q,
                        void *values, pa_error *err)
{
    int64_t *asked = NULL;
    char *reply = NULL;
    size_t n = pa_route_received(route);
    pa_status st = PA_NEW(asked, n, err);
    if (st == PA_OK && !(reply = pa_alloc(n, s->width, err))) st = PA_E_MEMORY;
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_route_send(comm, route, sizeof *asked, q->row, asked, err));
    for (size_t i = 0; i < n; i++) copy_value(s, asked[i], reply + i * s->width);
    PA_GOTO(pa_route_return(comm, route, s->width, reply, values, err));
out:
    pa_free(asked);
    pa_free(reply);
    return st;
}

/* Back to where the negative numbers stood. */
static void spread(size_t n, const int64_t row[], size_t width, const char *values, char *out)
{
    for (size_t i = 0; i < n; i++) {
        if (row[i] < 0)
            memset(out + i * width, 0, width);
        else {
            memcpy(out + i * width, values, width);
            values += width;
        }
    }
}

pa_status pa_fetch_from(pa_comm *comm, size_t n_columns, const pa_spread_column column[], size_t n,
                        const uint8_t of[], const int64_t row[], size_t width, void *out,
                        pa_error *err)
{
    source s = {.n = n_columns, .column = column, .width = width};
    request q = {0};
    char *values = NULL;
    pa_route *route = NULL;
    pa_status st;
    PA_GOTO(gather_slices(comm, &s, err));
    st = find_owners(&s, pa_comm_size(comm), n, of, row, &q, err);
    if (st == PA_OK && !(values = pa_alloc(q.n, width, err))) st = PA_E_MEMORY;
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_route_make(comm, q.n, q.owner, &route, err));
    PA_GOTO(answer(comm, &s, route, &q, values, err));
    spread(n, row, width, values, out);
out:
    pa_route_free(route);
    pa_free(s.slices);
    pa_free(q.row);
    pa_free(q.owner);
    pa_free(values);
    return st;
}

pa_status pa_fetch_rows(pa_comm *comm, const pa_spread_column *column, size_t n,
                        const int64_t row[], void *out, pa_error *err)
{
    return pa_fetch_from(comm, 1, column, n, NULL, row, column->width, out, err);
}

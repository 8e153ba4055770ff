#include "paraudit/comm/fetch.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/comm/route.h"

typedef struct {
    int64_t first, n;
} slice;

/* The slices of all ranks, a rank each. */
static pa_status gather_slices(pa_comm *comm, const pa_spread_column *c, slice **slices,
                               pa_error *err)
{
    const slice mine = {c->first_row, (int64_t)c->n_rows};
    void *all;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, &mine, sizeof mine, &all, &bytes, err));
    *slices = all;
    return PA_OK;
}

/* The last slice that begins at or before the row, and is not empty; -1: it is on no rank.
 * An empty slice begins where the one before it ends, or later. */
static int32_t owner_of(const slice slices[], int n_ranks, int64_t row)
{
    for (int r = n_ranks; r-- > 0;)
        if (row >= slices[r].first && row < slices[r].first + slices[r].n) return r;
    return -1;
}

/* What is asked for, without negative numbers. */
typedef struct {
    size_t n;
    int64_t *row;
    int32_t *owner;
} request;

static pa_status find_owners(const slice slices[], int n_ranks, size_t n, const int64_t row[],
                             request *q, pa_error *err)
{
    PA_TRY(PA_NEW(q->row, n, err));
    PA_TRY(PA_NEW(q->owner, n, err));
    for (size_t i = 0; i < n; i++) {
        if (row[i] < 0) continue;
        int32_t owner = owner_of(slices, n_ranks, row[i]);
        if (owner < 0)
            return pa_fail(err, PA_E_BUG, "row %lld of a column is on no rank", (long long)row[i]);
        q->row[q->n] = row[i];
        q->owner[q->n++] = owner;
    }
    return PA_OK;
}

static pa_status answer(pa_comm *comm, const pa_spread_column *c, const pa_route *route,
                        const request *q, void *values, pa_error *err)
{
    int64_t *asked = NULL;
    char *reply = NULL;
    size_t n = pa_route_received(route);
    pa_status st = PA_NEW(asked, n, err);
    if (st == PA_OK && !(reply = pa_alloc(n, c->width, err))) st = PA_E_MEMORY;
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_route_send(comm, route, sizeof *asked, q->row, asked, err));
    for (size_t i = 0; i < n; i++)
        memcpy(reply + i * c->width,
               (const char *)c->values + (size_t)(asked[i] - c->first_row) * c->width, c->width);
    PA_GOTO(pa_route_return(comm, route, c->width, reply, values, err));
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

pa_status pa_fetch_rows(pa_comm *comm, const pa_spread_column *column, size_t n,
                        const int64_t row[], void *out, pa_error *err)
{
    slice *slices = NULL;
    request q = {0};
    char *values = NULL;
    pa_route *route = NULL;
    pa_status st;
    PA_GOTO(gather_slices(comm, column, &slices, err));
    st = find_owners(slices, pa_comm_size(comm), n, row, &q, err);
    if (st == PA_OK && !(values = pa_alloc(q.n, column->width, err))) st = PA_E_MEMORY;
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_route_make(comm, q.n, q.owner, &route, err));
    PA_GOTO(answer(comm, column, route, &q, values, err));
    spread(n, row, column->width, values, out);
out:
    pa_route_free(route);
    pa_free(slices);
    pa_free(q.row);
    pa_free(q.owner);
    pa_free(values);
    return st;
}

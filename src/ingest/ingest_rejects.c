/* Rejects in the order of the inputs. They lie so over the ranks, but for those of a file whose
 * text was dealt: these are brought to the first of its ranks. */
#include <stdlib.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"

static int by_place(const void *a, const void *b)
{
    const pa_csv_reject *x = a, *y = b;
    if (x->file != y->file) return x->file < y->file ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static const pa_piece *dealt_piece(const pa_piece pieces[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (pieces[i].n_ranks > 1) return &pieces[i];
    }
    return NULL;
}

static pa_status make_route(pa_comm *comm, const pa_piece *dealt, const pa_csv_intake *p,
                            pa_route **route, pa_error *err)
{
    int32_t *owner = NULL;
    pa_status st = pa_agree(comm, PA_NEW(owner, p->n_kept, err), err);
    for (size_t i = 0; st == PA_OK && i < p->n_kept; i++) {
        bool moves = dealt && p->rejects[i].file == dealt->file;
        owner[i] = moves ? dealt->first_rank : pa_comm_rank(comm);
    }
    if (st == PA_OK) st = pa_route_make(comm, p->n_kept, owner, route, err);
    pa_free(owner);
    return st;
}

static pa_status move(pa_comm *comm, const pa_route *route, pa_csv_intake *p, pa_error *err)
{
    pa_csv_reject *arrived = NULL;
    size_t n = pa_route_received(route);
    pa_status st = pa_agree(comm, PA_NEW(arrived, n, err), err);
    if (st == PA_OK) st = pa_route_send(comm, route, sizeof *arrived, p->rejects, arrived, err);
    if (st != PA_OK) {
        pa_free(arrived);
        return st;
    }
    pa_free(p->rejects);
    qsort(arrived, n, sizeof *arrived, by_place);
    p->rejects = arrived;
    p->rejects_room = n;
    p->n_kept = n < p->keep_rejects ? n : p->keep_rejects;
    return PA_OK;
}

pa_status pa_ingest_order_rejects(pa_comm *comm, const pa_piece pieces[], size_t n,
                                  pa_csv_intake *p, pa_error *err)
{
    const pa_piece *dealt = dealt_piece(pieces, n);
    pa_route *route = NULL;
    int64_t any = dealt && p->n_kept > 0;
    pa_max_i64(comm, &any, 1);
    if (!any) return PA_OK;
    pa_status st = make_route(comm, dealt, p, &route, err);
    if (st == PA_OK) st = move(comm, route, p, err);
    pa_route_free(route);
    return st;
}

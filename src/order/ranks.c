#include "paraudit/order/ranks.h"

#include <stdbool.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

/* How a rank's part of a view begins and ends. */
typedef struct {
    int64_t n;
    uint64_t first_key, last_key;
    int64_t last_start; /* where the run of last_key begins on this rank */
} view_ends;

static view_ends ends_of(const pa_view *view)
{
    view_ends e = {.n = (int64_t)view->n};
    if (view->n == 0) return e;
    size_t i = view->n - 1;
    while (i > 0 && view->key[i - 1] == view->key[i]) i--;
    e.first_key = view->key[0];
    e.last_key = view->key[view->n - 1];
    e.last_start = view->first + (int64_t)i;
    return e;
}

/* The start of the run that reaches the end of ranks 0 .. rank - 1, if it is the
 * one that `rank` begins with. */
static int64_t run_start(const view_ends ends[], int rank, int64_t first)
{
    uint64_t key = 0;
    int64_t start = -1;
    for (int r = 0; r < rank; r++) {
        if (ends[r].n == 0) continue;
        bool goes_on = start >= 0 && ends[r].first_key == key && ends[r].last_key == key;
        if (!goes_on) start = ends[r].last_start;
        key = ends[r].last_key;
    }
    return start >= 0 && key == ends[rank].first_key ? start : first;
}

/* The position, among all, at which the run of this rank's first key begins:
 * here or on an earlier rank; 0 where the rank holds nothing. */
static pa_status first_run_start(pa_comm *comm, const pa_view *view, int64_t *start, pa_error *err)
{
    view_ends mine = ends_of(view);
    void *all;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, &mine, sizeof mine, &all, &bytes, err));
    *start = view->n ? run_start(all, pa_comm_rank(comm), view->first) : 0;
    pa_free(all);
    return PA_OK;
}

pa_status pa_rank_rows(pa_comm *comm, size_t n, const double margin[], const int64_t tx[],
                       const uint8_t chosen[], int64_t rank[], pa_view *kept, pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *tie = NULL, *place = NULL, *ordered = NULL;
    pa_view view = {0};
    size_t m = 0;
    for (size_t i = 0; i < n; i++) m += chosen[i] != 0;
    pa_status st = PA_NEW(key, m, err);
    if (st == PA_OK) st = PA_NEW(tie, m, err);
    if (st == PA_OK) st = PA_NEW(place, m, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t i = 0, j = 0; i < n; i++) {
        if (!chosen[i]) continue;
        key[j] = ~pa_key_of_f64(margin[i]);
        tie[j++] = tx[i];
    }
    PA_GOTO(pa_view_make(comm, m, key, tie, &view, err));
    PA_GOTO(pa_agree(comm, PA_NEW(ordered, view.n, err), err));
    for (size_t i = 0; i < view.n; i++) ordered[i] = view.first + (int64_t)i + 1;
    PA_GOTO(pa_view_return(comm, &view, sizeof *place, ordered, place, err));
    for (size_t i = 0, j = 0; i < n; i++) rank[i] = chosen[i] ? place[j++] : 0;
    if (kept) {
        *kept = view;
        view = (pa_view){0};
    }
out:
    pa_view_free(&view);
    pa_free(key);
    pa_free(tie);
    pa_free(place);
    pa_free(ordered);
    return st;
}

/* For a view by (day, rank): the place in its day of each item, in view order. */
static pa_status places_in_view(pa_comm *comm, const pa_view *view, int64_t place[], pa_error *err)
{
    int64_t start;
    PA_TRY(first_run_start(comm, view, &start, err));
    for (size_t i = 0; i < view->n; i++) {
        int64_t position = view->first + (int64_t)i;
        if (i > 0 && view->key[i] != view->key[i - 1]) start = position;
        place[i] = position - start;
    }
    return PA_OK;
}

pa_status pa_place_in_day(pa_comm *comm, size_t n, const int64_t day[], const int64_t rank[],
                          int64_t place[], pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *ordered = NULL;
    pa_view view = {0};
    pa_status st;
    PA_GOTO(pa_agree(comm, PA_NEW(key, n, err), err));
    for (size_t i = 0; i < n; i++) key[i] = pa_key_of_i64(day[i]);
    PA_GOTO(pa_view_make(comm, n, key, rank, &view, err));
    PA_GOTO(pa_agree(comm, PA_NEW(ordered, view.n, err), err));
    PA_GOTO(places_in_view(comm, &view, ordered, err));
    PA_GOTO(pa_view_return(comm, &view, sizeof *place, ordered, place, err));
out:
    pa_view_free(&view);
    pa_free(key);
    pa_free(ordered);
    return st;
}

#include "mine_kept.h"

#include <string.h>

#include "paraudit/base/array.h"

enum { KEY, BYTES, N_SIZES, HEAD, CHUNK = 64 << 20 /* bytes, about */ };

/* ---- records ---- */

typedef struct {
    uint64_t head[HEAD];
    const char *by_size; /* not aligned */
    const char *data;
} record;

static size_t head_bytes(const record *r)
{
    return (HEAD + (size_t)r->head[N_SIZES]) * sizeof(uint64_t);
}

/* The record at *at, which moves behind it; has_data: what was written follows. False: the text
 * ends there, or holds no record. */
static bool next_record(const char *text, size_t n, bool has_data, size_t *at, record *r)
{
    size_t left = n - *at;
    if (left < sizeof r->head) return false;
    memcpy(r->head, text + *at, sizeof r->head);
    if (r->head[N_SIZES] > left / sizeof(uint64_t) - HEAD) return false;
    size_t data = has_data ? (size_t)r->head[BYTES] : 0;
    if (data > left - head_bytes(r)) return false;
    r->by_size = text + *at + sizeof r->head;
    r->data = text + *at + head_bytes(r);
    *at += head_bytes(r) + data;
    return true;
}

static bool next_head(const pa_buffer *heads, size_t *at, record *r)
{
    return next_record(heads->data, heads->length, false, at, r);
}

static pa_status add_head(pa_buffer *to, size_t key, size_t bytes, const pa_set_counts *c,
                          pa_error *err)
{
    size_t n = c->n;
    while (n > 0 && c->by_size[n - 1] == 0) n--;
    const uint64_t head[HEAD] = {key, bytes, n};
    PA_TRY(pa_buffer_add(to, head, sizeof head, err));
    return pa_buffer_add(to, c->by_size, n * sizeof *c->by_size, err);
}

static uint64_t count_of(const record *r, size_t size)
{
    uint64_t n;
    memcpy(&n, r->by_size + size * sizeof n, sizeof n);
    return n;
}

/* ---- what earlier runs have done ---- */

/* What was written goes to the spill, the rest to `heads`. */
typedef struct {
    size_t n_tasks;
    pa_buffer heads;
    pa_spill *spill;
} loader;

static pa_status take_record(loader *l, const record *r, pa_error *err)
{
    if (r->head[KEY] >= l->n_tasks) return PA_OK;
    PA_TRY(pa_buffer_add(&l->heads, r->head, sizeof r->head, err));
    PA_TRY(pa_buffer_add(&l->heads, r->by_size, head_bytes(r) - sizeof r->head, err));
    PA_TRY(pa_buffer_add(&l->spill->text, r->data, (size_t)r->head[BYTES], err));
    return pa_spill_added(l->spill, err);
}

static pa_status take_chunk(void *of, const char *chunk, size_t n, pa_error *err)
{
    record r;
    for (size_t at = 0; next_record(chunk, n, true, &at, &r);) PA_TRY(take_record(of, &r, err));
    return PA_OK;
}

/* owner: of each task the last rank that has a record of it, or -1. */
static void find_owners(pa_comm *comm, const loader *l, int64_t owner[])
{
    record r;
    memset(owner, -1, l->n_tasks * sizeof *owner);
    for (size_t at = 0; next_head(&l->heads, &at, &r);) owner[r.head[KEY]] = pa_comm_rank(comm);
    pa_max_i64(comm, owner, l->n_tasks);
}

/* One record of each task counts, on one rank. */
static void put_own(pa_comm *comm, const loader *l, int64_t owner[], pa_task_place place[],
                    pa_set_counts *counts)
{
    record r;
    int64_t rank = pa_comm_rank(comm), from = 0;
    for (size_t at = 0; next_head(&l->heads, &at, &r); from += (int64_t)r.head[BYTES]) {
        size_t key = (size_t)r.head[KEY];
        if (owner[key] != rank) continue;
        owner[key] = -1;
        place[key] = (pa_task_place){rank, from, (int64_t)r.head[BYTES]};
        for (size_t size = 0; size < r.head[N_SIZES] && size < counts->n; size++)
            pa_add_sets(counts->by_size + size, count_of(&r, size));
    }
}

static pa_status load(pa_comm *comm, pa_kept_tasks *k, const void *about, size_t bytes,
                      pa_spill *spill, pa_task_place place[], pa_error *err)
{
    loader l = {.n_tasks = k->n, .spill = spill};
    int64_t *owner = NULL;
    pa_status st = k->keeper->load(k->keeper->self, about, bytes, take_chunk, &l, err);
    if (st == PA_OK) st = pa_agree(comm, PA_NEW(owner, k->n, err), err);
    if (st == PA_OK) {
        find_owners(comm, &l, owner);
        for (size_t key = 0; key < k->n; key++) k->n_done += k->done[key] = owner[key] >= 0;
        put_own(comm, &l, owner, place, &k->earlier);
    }
    pa_buffer_free(&l.heads);
    pa_free(owner);
    return st;
}

pa_status pa_kept_open(pa_comm *comm, const pa_mine_keeper *keeper, const pa_tasks *tasks,
                       const void *about, size_t bytes, size_t n_sizes, pa_spill *spill,
                       pa_task_place place[], pa_kept_tasks *k, pa_error *err)
{
    *k =
        (pa_kept_tasks){.keeper = keeper, .cost = tasks->cost, .n = tasks->n, .earlier.n = n_sizes};
    if (!keeper) return PA_OK;
    pa_status st = PA_NEW(k->done, k->n, err);
    if (st == PA_OK) st = PA_NEW(k->earlier.by_size, n_sizes, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = load(comm, k, about, bytes, spill, place, err);
    for (size_t key = 0; st == PA_OK && key < k->n; key++)
        if (!k->done[key]) k->cost_all += k->cost[key];
    k->saved = pa_spill_end(spill);
    if (st != PA_OK) pa_kept_free(k);
    return st;
}

void pa_kept_free(pa_kept_tasks *k)
{
    pa_free(k->done);
    pa_free(k->earlier.by_size);
    pa_buffer_free(&k->heads);
    *k = (pa_kept_tasks){0};
}

/* ---- what this one does ---- */

static pa_status save_chunk(pa_kept_tasks *k, pa_buffer *chunk, pa_error *err)
{
    pa_status st = k->keeper->save(k->keeper->self, chunk->data, chunk->length, err);
    chunk->length = 0;
    return st;
}

/* The first n records, whose heads take `bytes`, are saved, up to `end` of the spill. */
static void forget_saved(pa_kept_tasks *k, size_t n, size_t bytes, int64_t end)
{
    k->heads.length -= bytes;
    if (bytes) memmove(k->heads.data, k->heads.data + bytes, k->heads.length);
    k->n_saved += n;
    k->saved = end;
}

/* Heads, each with what was written. What a chunk that fails holds is still to be saved. */
static pa_status save_records(pa_kept_tasks *k, const pa_spill *spill, pa_buffer *chunk,
                              pa_error *err)
{
    record r;
    size_t at = 0, from = 0, n = 0;
    int64_t end = k->saved;
    for (; next_head(&k->heads, &at, &r); from = at) {
        PA_TRY(pa_buffer_add(chunk, k->heads.data + from, at - from, err));
        PA_TRY(pa_spill_copy(spill, end, (size_t)r.head[BYTES], chunk, err));
        end += (int64_t)r.head[BYTES];
        n++;
        if (chunk->length < CHUNK) continue;
        PA_TRY(save_chunk(k, chunk, err));
        forget_saved(k, n, at, end);
        at = n = 0;
    }
    PA_TRY(save_chunk(k, chunk, err));
    forget_saved(k, n, at, end);
    return PA_OK;
}

static pa_status save_rest(pa_kept_tasks *k, const pa_spill *spill, pa_error *err)
{
    pa_buffer chunk = {0};
    pa_status st = save_records(k, spill, &chunk, err);
    pa_buffer_free(&chunk);
    return st;
}

/* A disk that is full is not the end: what can not be saved now may be later. */
static pa_status save_on_the_way(pa_kept_tasks *k, const pa_spill *spill, pa_error *err)
{
    pa_error why = {0};
    pa_status st = save_rest(k, spill, &why);
    if (st == PA_E_IO || st == PA_E_CREATE) {
        k->keeper->not_saved(k->keeper->self, &why);
        return PA_OK;
    }
    if (st != PA_OK && err) *err = why;
    return st;
}

pa_status pa_kept_add(pa_kept_tasks *k, size_t key, const pa_set_counts *counts,
                      const pa_spill *spill, size_t bytes, pa_error *err)
{
    if (!k->keeper) return PA_OK;
    PA_TRY(add_head(&k->heads, key, bytes, counts, err));
    k->n_added++;
    k->cost_done += k->cost[key];
    k->keeper->tell(k->keeper->self, k->cost_done, k->cost_all);
    return k->keeper->is_due(k->keeper->self) ? save_on_the_way(k, spill, err) : PA_OK;
}

pa_kept_mark pa_kept_marked(const pa_kept_tasks *k)
{
    return (pa_kept_mark){k->n_added, k->cost_done};
}

void pa_kept_rewind(pa_kept_tasks *k, pa_kept_mark mark, int64_t end_of_spill)
{
    record r;
    size_t at = 0, left = mark.n > k->n_saved ? mark.n - k->n_saved : 0;
    for (size_t i = 0; i < left; i++) next_head(&k->heads, &at, &r);
    k->heads.length = at;
    k->n_added = k->n_saved + left;
    k->cost_done = mark.cost_done;
    if (k->saved > end_of_spill) k->saved = end_of_spill;
}

/* The place for it is made by rank 0, before others come. */
pa_status pa_kept_stopped(pa_comm *comm, pa_kept_tasks *k, const pa_spill *spill, size_t n_done,
                          pa_error *err)
{
    bool root = pa_comm_rank(comm) == 0;
    PA_AGREE(comm, root ? save_rest(k, spill, err) : PA_OK, err);
    PA_AGREE(comm, root ? PA_OK : save_rest(k, spill, err), err);
    return k->keeper->stopped(k->keeper->self, n_done, k->n, err);
}

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
static bool next_record(const pa_buffer *text, bool has_data, size_t *at, record *r)
{
    size_t left = text->length - *at;
    if (left < sizeof r->head) return false;
    memcpy(r->head, text->data + *at, sizeof r->head);
    if (r->head[N_SIZES] > left / sizeof(uint64_t) - HEAD) return false;
    size_t data = has_data ? (size_t)r->head[BYTES] : 0;
    if (data > left - head_bytes(r)) return false;
    r->by_size = text->data + *at + sizeof r->head;
    r->data = text->data + *at + head_bytes(r);
    *at += head_bytes(r) + data;
    return true;
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

/* owner: of each task the last rank that has a record of it, or -1. */
static void find_owners(pa_comm *comm, const pa_kept_tasks *k, int64_t owner[])
{
    record r;
    memset(owner, -1, k->n * sizeof *owner);
    for (size_t at = 0; next_record(&k->loaded, true, &at, &r);)
        if (r.head[KEY] < k->n) owner[r.head[KEY]] = pa_comm_rank(comm);
    pa_max_i64(comm, owner, k->n);
}

/* Keeps one record of each task on one rank. */
static void keep_own(pa_comm *comm, pa_kept_tasks *k, int64_t owner[])
{
    record r;
    size_t kept = 0;
    for (size_t at = 0, from = 0; next_record(&k->loaded, true, &at, &r); from = at) {
        bool mine = r.head[KEY] < k->n && owner[r.head[KEY]] == pa_comm_rank(comm);
        if (!mine) continue;
        owner[r.head[KEY]] = -1;
        memmove(k->loaded.data + kept, k->loaded.data + from, at - from);
        kept += at - from;
    }
    k->loaded.length = kept;
}

static pa_status load(pa_comm *comm, pa_kept_tasks *k, const void *about, size_t bytes,
                      pa_error *err)
{
    int64_t *owner = NULL;
    PA_TRY(k->keeper->load(k->keeper->self, about, bytes, &k->loaded, err));
    pa_status st = PA_NEW(owner, k->n, err);
    if (st == PA_OK) st = PA_NEW(k->done, k->n, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) {
        find_owners(comm, k, owner);
        for (size_t key = 0; key < k->n; key++) k->done[key] = owner[key] >= 0;
        keep_own(comm, k, owner);
    }
    pa_free(owner);
    return st;
}

pa_status pa_kept_open(pa_comm *comm, const pa_mine_keeper *keeper, const pa_tasks *tasks,
                       const void *about, size_t bytes, pa_kept_tasks *k, pa_error *err)
{
    *k = (pa_kept_tasks){.keeper = keeper, .cost = tasks->cost, .n = tasks->n};
    if (!keeper) return PA_OK;
    pa_status st = load(comm, k, about, bytes, err);
    for (size_t key = 0; st == PA_OK && key < k->n; key++)
        if (!k->done[key]) k->cost_all += k->cost[key];
    if (st != PA_OK) pa_kept_free(k);
    return st;
}

void pa_kept_free(pa_kept_tasks *k)
{
    pa_free(k->done);
    pa_buffer_free(&k->loaded);
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

/* Heads, with what they wrote, from byte `saved` of the results on. */
static pa_status save_records(pa_kept_tasks *k, const pa_buffer *result, pa_buffer *chunk,
                              pa_error *err)
{
    record r;
    for (size_t at = 0, from = 0; next_record(&k->heads, false, &at, &r); from = at) {
        size_t bytes = (size_t)r.head[BYTES];
        PA_TRY(pa_buffer_add(chunk, k->heads.data + from, at - from, err));
        PA_TRY(pa_buffer_add(chunk, bytes ? result->data + k->saved : "", bytes, err));
        k->saved += bytes;
        if (chunk->length >= CHUNK) PA_TRY(save_chunk(k, chunk, err));
    }
    k->heads.length = 0;
    return save_chunk(k, chunk, err);
}

static pa_status save_rest(pa_kept_tasks *k, const pa_buffer *result, pa_error *err)
{
    pa_buffer chunk = {0};
    pa_status st = save_records(k, result, &chunk, err);
    pa_buffer_free(&chunk);
    return st;
}

pa_status pa_kept_add(pa_kept_tasks *k, size_t key, const pa_set_counts *counts,
                      const pa_buffer *result, size_t bytes, pa_error *err)
{
    if (!k->keeper) return PA_OK;
    PA_TRY(add_head(&k->heads, key, bytes, counts, err));
    k->cost_done += k->cost[key];
    k->keeper->tell(k->keeper->self, k->cost_done, k->cost_all);
    return k->keeper->is_due(k->keeper->self) ? save_rest(k, result, err) : PA_OK;
}

bool pa_kept_stop(const pa_kept_tasks *k)
{
    return k->keeper && k->keeper->stop(k->keeper->self);
}

/* ---- the end ---- */

/* The place for it is made by rank 0, before others come. */
static pa_status save_all(pa_comm *comm, pa_kept_tasks *k, const pa_task_results *results,
                          size_t n_done, pa_error *err)
{
    bool root = pa_comm_rank(comm) == 0;
    PA_AGREE(comm, root ? save_rest(k, &results->kept, err) : PA_OK, err);
    PA_AGREE(comm, root ? PA_OK : save_rest(k, &results->kept, err), err);
    return k->keeper->stopped(k->keeper->self, n_done, k->n, err);
}

static pa_status put_record(pa_comm *comm, const record *r, pa_task_results *results,
                            pa_set_counts *counts, pa_error *err)
{
    pa_task_place *place = results->place + r->head[KEY];
    *place =
        (pa_task_place){pa_comm_rank(comm), (int64_t)results->kept.length, (int64_t)r->head[BYTES]};
    for (size_t size = 0; size < r->head[N_SIZES] && size < counts->n; size++)
        pa_add_sets(counts->by_size + size, count_of(r, size));
    return pa_buffer_add(&results->kept, r->data, (size_t)r->head[BYTES], err);
}

static pa_status put_loaded(pa_comm *comm, pa_kept_tasks *k, pa_task_results *results,
                            pa_set_counts *counts, pa_error *err)
{
    record r;
    pa_status st = PA_OK;
    for (size_t at = 0; st == PA_OK && next_record(&k->loaded, true, &at, &r);)
        st = put_record(comm, &r, results, counts, err);
    pa_buffer_free(&k->loaded);
    PA_AGREE(comm, st, err);
    pa_max_i64(comm, (int64_t *)results->place,
               results->n * (sizeof *results->place / sizeof(int64_t)));
    results->n_done = results->n;
    return PA_OK;
}

pa_status pa_kept_close(pa_comm *comm, pa_kept_tasks *k, pa_task_results *results,
                        pa_set_counts *counts, pa_error *err)
{
    if (!k->keeper) return PA_OK;
    size_t n_done = results->n_done;
    for (size_t key = 0; key < k->n; key++) n_done += k->done[key];
    return n_done < k->n ? save_all(comm, k, results, n_done, err)
                         : put_loaded(comm, k, results, counts, err);
}

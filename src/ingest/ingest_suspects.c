/* Rows that may have the id of another row, wherever that lies.
 *
 * Four bytes of each id travel to the rank that they name and meet there: an id whose
 * bytes nobody else has is alone. Where ids are whole numbers and dense they tell all ids
 * apart; else a few in a thousand are alike by chance. They meet a stretch at a time, in a
 * table that fits the caches. */
#include "ingest_suspects.h"

#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/base/words.h"
#include "paraudit/comm/route.h"

/* Whole numbers are dense where there are fewer than so many for each row. */
enum { DENSE = 32 };

/* Stretches of keys, at most, and keys of one, about, where there are fewer. */
enum { STRETCHES = 1024, STRETCH_KEYS = 2048 };

/* Places of a table that are looked at for one key: where keys meet so badly, all of the
 * stretch are suspects. */
enum { PROBES = 64 };

/* ---- do they ascend? ------------------------------------------------------------ */

/* A number is eight bytes, the highest first. */
typedef struct {
    uint8_t length;
    char bytes[PA_CSV_NAME_BYTES];
} id_text;

typedef struct {
    bool any, ascend;
    id_text first, last;
} id_range;

static id_text text_of_number(int64_t tx)
{
    uint64_t key = pa_key_of_i64(tx);
    id_text t = {.length = 8};
    for (int i = 0; i < 8; i++) t.bytes[i] = (char)(key >> (56 - 8 * i));
    return t;
}

static id_text text_of_bytes(const char *bytes, size_t n)
{
    id_text t = {.length = (uint8_t)n};
    PA_ASSERT(n <= PA_CSV_NAME_BYTES);
    memcpy(t.bytes, bytes, n);
    return t;
}

static id_range range_of_numbers(size_t n, const int64_t tx[])
{
    id_range r = {.any = n > 0, .ascend = true};
    if (n == 0) return r;
    for (size_t i = 1; i < n; i++) r.ascend &= tx[i - 1] < tx[i];
    r.first = text_of_number(tx[0]);
    r.last = text_of_number(tx[n - 1]);
    return r;
}

static id_range range_of_texts(size_t n, const uint8_t length[], const char *bytes)
{
    id_range r = {.any = n > 0, .ascend = true};
    if (n == 0) return r;
    r.first = text_of_bytes(bytes, length[0]);
    for (size_t i = 1; i < n && r.ascend; i++) {
        r.ascend = pa_compare_ids(bytes, length[i - 1], bytes + length[i - 1], length[i]) < 0;
        bytes += length[i - 1];
    }
    r.last = text_of_bytes(bytes, r.ascend ? length[n - 1] : 0);
    return r;
}

static int by_first(const void *a, const void *b)
{
    const id_range *x = a, *y = b;
    return pa_compare_ids(x->first.bytes, x->first.length, y->first.bytes, y->first.length);
}

pa_status pa_ids_ascend(pa_comm *comm, const pa_csv_batch *b, bool *ascend, pa_error *err)
{
    id_range own = b->has.text_ids ? range_of_texts(b->n, b->id_length, b->id_bytes.data)
                                   : range_of_numbers(b->n, b->tx);
    void *gathered;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, &own, sizeof own, &gathered, &bytes, err));
    id_range *all = gathered;
    size_t n = 0;
    *ascend = true;
    for (size_t i = 0; i < bytes / sizeof *all; i++) {
        *ascend &= all[i].ascend;
        if (all[i].any) all[n++] = all[i];
    }
    if (n > 0) qsort(all, n, sizeof *all, by_first);
    for (size_t i = 1; i < n && *ascend; i++) {
        *ascend = pa_compare_ids(all[i - 1].last.bytes, all[i - 1].last.length, all[i].first.bytes,
                                 all[i].first.length) < 0;
    }
    pa_free(gathered);
    return PA_OK;
}

/* ---- who may have a double? --------------------------------------------------- */

pa_dealing pa_deal_ids(pa_comm *comm, const pa_csv_batch *b)
{
    int64_t least = INT64_MAX, most = INT64_MIN, n = (int64_t)b->n;
    for (size_t i = 0; i < b->n; i++) {
        if (b->tx[i] < least) least = b->tx[i];
        if (b->tx[i] > most) most = b->tx[i];
    }
    pa_min_i64(comm, &least, 1);
    pa_max_i64(comm, &most, 1);
    pa_sum_i64(comm, &n, 1);
    pa_dealing d = {.first = least, .n_ranks = (uint64_t)pa_comm_size(comm)};
    if (b->has.text_ids || n == 0) return d;
    uint64_t span = (uint64_t)most - (uint64_t)least;
    d.block = span / d.n_ranks + 1;
    d.dense = span < DENSE * (uint64_t)n && d.block <= UINT32_MAX;
    return d;
}

int32_t pa_owner_of_id(const pa_dealing *d, int64_t tx, uint32_t *key)
{
    if (d->dense) {
        uint64_t place = (uint64_t)tx - (uint64_t)d->first;
        uint64_t owner = d->n_ranks == 1 ? 0 : place / d->block;
        *key = (uint32_t)(place - owner * d->block);
        return (int32_t)owner;
    }
    uint64_t hash = pa_mix((uint64_t)tx);
    *key = (uint32_t)hash;
    return (int32_t)((hash >> 32) * d->n_ranks >> 32);
}

typedef struct {
    uint32_t key, row;
} keyed;

typedef struct {
    int shift;             /* key >> shift: its stretch */
    size_t end[STRETCHES]; /* of the keys of each stretch */
    keyed *key;            /* by stretch */
    uint32_t *slot;        /* of the table: 1 + the number of a key in the stretch; 0: free */
    int log;               /* of the table's size */
} meeting;

static uint32_t largest(size_t n, const uint32_t key[])
{
    uint32_t most = 0;
    for (size_t i = 0; i < n; i++) most = key[i] > most ? key[i] : most;
    return most;
}

/* Keys by stretch, in each of which they stay in their order. */
static void part_keys(meeting *m, size_t n, const uint32_t key[])
{
    size_t sum = 0, wanted = n / STRETCH_KEYS + 2;
    if (wanted > STRETCHES) wanted = STRETCHES;
    for (uint32_t most = largest(n, key); most >> m->shift >= wanted;) m->shift++;
    for (size_t i = 0; i < n; i++) m->end[key[i] >> m->shift]++;
    for (size_t k = 0; k < STRETCHES; k++) {
        size_t here = m->end[k];
        m->end[k] = sum;
        sum += here;
    }
    for (size_t i = 0; i < n; i++)
        m->key[m->end[key[i] >> m->shift]++] = (keyed){key[i], (uint32_t)i};
}

/* For as many keys as the fullest stretch has, half full at most. */
static pa_status new_table(meeting *m, pa_error *err)
{
    size_t most = 0;
    for (size_t k = 0, from = 0; k < STRETCHES; from = m->end[k++])
        most = m->end[k] - from > most ? m->end[k] - from : most;
    for (m->log = 1; (size_t)1 << m->log < 2 * most; m->log++) continue;
    m->slot = pa_realloc(NULL, (size_t)1 << m->log, sizeof *m->slot, err);
    return m->slot ? PA_OK : PA_E_MEMORY;
}

/* The slot of key[i] or of one like it; NULL: it was not found. */
static uint32_t *find_slot(const meeting *m, const keyed key[], size_t i)
{
    uint32_t mask = ((uint32_t)1 << m->log) - 1, at = (key[i].key * 2654435769u) >> (32 - m->log);
    for (int k = 0; k < PROBES; k++, at = (at + 1) & mask) {
        uint32_t *slot = m->slot + at;
        if (*slot == 0 || key[*slot - 1].key == key[i].key) return slot;
    }
    return NULL;
}

static void meet_in_stretch(const meeting *m, const keyed key[], size_t n, int8_t shared[])
{
    if (n < 2) return;
    memset(m->slot, 0, sizeof *m->slot << m->log);
    for (size_t i = 0; i < n; i++) {
        uint32_t *slot = find_slot(m, key, i);
        if (!slot) {
            for (size_t k = 0; k < n; k++) shared[key[k].row] = 1;
            return;
        }
        if (*slot == 0)
            *slot = (uint32_t)i + 1;
        else
            shared[key[*slot - 1].row] = shared[key[i].row] = 1;
    }
}

static pa_status meet_all(meeting *m, size_t n, const uint32_t key[], int8_t shared[],
                          pa_error *err)
{
    m->key = pa_realloc(NULL, n, sizeof *m->key, err);
    if (!m->key) return PA_E_MEMORY;
    part_keys(m, n, key);
    PA_TRY(new_table(m, err));
    for (size_t k = 0, from = 0; k < STRETCHES; from = m->end[k++])
        meet_in_stretch(m, m->key + from, m->end[k] - from, shared);
    return PA_OK;
}

/* shared[i]: whether key i is that of another row, too; zeros before. */
static pa_status find_shared(size_t n, const uint32_t key[], int8_t shared[], pa_error *err)
{
    meeting m = {.shift = 0};
    pa_status st = n > 0 ? meet_all(&m, n, key, shared, err) : PA_OK;
    pa_free(m.key);
    pa_free(m.slot);
    return st;
}

static pa_status deal_out(const pa_dealing *d, const pa_csv_batch *b, int32_t **owner,
                          uint32_t **key, pa_error *err)
{
    PA_TRY(PA_NEW(*owner, b->n, err));
    PA_TRY(PA_NEW(*key, b->n, err));
    for (size_t i = 0; i < b->n; i++) (*owner)[i] = pa_owner_of_id(d, b->tx[i], *key + i);
    return PA_OK;
}

/* Of one rank's rows: nothing travels. */
static pa_status find_here(const pa_dealing *d, const pa_csv_batch *b, int8_t suspect[],
                           pa_error *err)
{
    uint32_t *key = pa_realloc(NULL, b->n, sizeof *key, err);
    if (!key) return PA_E_MEMORY;
    for (size_t i = 0; i < b->n; i++) pa_owner_of_id(d, b->tx[i], key + i);
    pa_status st = find_shared(b->n, key, suspect, err);
    pa_free(key);
    return st;
}

pa_status pa_find_suspects(pa_comm *comm, const pa_dealing *d, const pa_csv_batch *b,
                           int8_t suspect[], pa_error *err)
{
    pa_route *route = NULL;
    int32_t *owner = NULL;
    uint32_t *key = NULL, *got = NULL;
    int8_t *shared = NULL;
    if (pa_comm_size(comm) == 1) return find_here(d, b, suspect, err);
    pa_status st = pa_agree(comm, deal_out(d, b, &owner, &key, err), err);
    if (st != PA_OK) goto out;
    PA_GOTO(pa_route_make(comm, b->n, owner, &route, err));
    pa_free(owner);
    owner = NULL;
    size_t n = pa_route_received(route);
    PA_GOTO(pa_agree(comm, PA_NEW(got, n, err), err));
    PA_GOTO(pa_route_send(comm, route, sizeof *key, key, got, err));
    pa_free(key);
    key = NULL;
    st = PA_NEW(shared, n, err);
    if (st == PA_OK) st = find_shared(n, got, shared, err);
    PA_GOTO(pa_agree(comm, st, err));
    st = pa_route_return(comm, route, sizeof *shared, shared, suspect, err);
out:
    pa_route_free(route);
    pa_free(owner);
    pa_free(key);
    pa_free(got);
    pa_free(shared);
    return st;
}

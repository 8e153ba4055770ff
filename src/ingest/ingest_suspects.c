/* Rows that may have the id of another row, wherever that lies.
 *
 * Four bytes of each id travel to the rank that they name and meet in a bit map
 * there: an id whose bit nobody else wants is alone. Where ids are whole numbers
 * and dense the map has a bit for each of them; else a few in a thousand share one
 * by chance. The map is gone through a stretch at a time, which fits the caches. */
#include "ingest_suspects.h"

#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/base/words.h"
#include "paraudit/comm/route.h"

/* Whole numbers are dense where there are fewer than so many for each row. */
enum { DENSE = 32, BITS_AN_ID = 256 };

/* Of the map: stretches, and the logarithm of the bits of one, while there are no more. */
enum { STRETCHES = 1024, STRETCH_LOG = 18 };

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

/* A key by its bit in the map, and its place among the keys. */
typedef struct {
    uint32_t bit, place;
} keyed;

typedef struct {
    bool dense;
    uint64_t n_bits;
    int shift; /* bit >> shift: its stretch */
    size_t n_stretches;
    size_t end[STRETCHES];    /* of the keys of each stretch */
    keyed *key;               /* by stretch */
    uint64_t *once, *oftener; /* bits of a stretch that keys want, that several do */
} bit_map;

static inline uint32_t bit_of(const bit_map *m, uint32_t key)
{
    return m->dense ? key : (uint32_t)(key * m->n_bits >> 32);
}

static inline bool is_set(const uint64_t *word, uint32_t bit)
{
    return word[bit >> 6] >> (bit & 63) & 1;
}

static inline void set(uint64_t *word, uint32_t bit)
{
    word[bit >> 6] |= (uint64_t)1 << (bit & 63);
}

static void measure(bit_map *m, const pa_dealing *d, size_t n)
{
    const uint64_t most = (uint64_t)UINT32_MAX + 1, wanted = BITS_AN_ID * (uint64_t)n;
    m->dense = d->dense;
    m->n_bits = d->dense ? d->block : wanted < most ? wanted : most;
    for (m->shift = STRETCH_LOG; m->n_bits >> m->shift >= STRETCHES; m->shift++) continue;
    m->n_stretches = (size_t)(m->n_bits >> m->shift) + 1;
}

/* Keys by stretch, in each of which they stay in their order. */
static void part_keys(bit_map *m, size_t n, const uint32_t key[])
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) m->end[bit_of(m, key[i]) >> m->shift]++;
    for (size_t k = 0; k < m->n_stretches; k++) {
        size_t here = m->end[k];
        m->end[k] = sum;
        sum += here;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t bit = bit_of(m, key[i]);
        m->key[m->end[bit >> m->shift]++] = (keyed){bit, (uint32_t)i};
    }
}

static void find_in_stretch(const bit_map *m, const keyed key[], size_t n, int8_t shared[])
{
    const uint32_t mask = (uint32_t)(((uint64_t)1 << m->shift) - 1);
    const size_t bytes = ((size_t)1 << m->shift) / 8;
    bool any = false;
    if (n < 2) return;
    memset(m->once, 0, bytes);
    for (size_t i = 0; i < n; i++) {
        uint32_t bit = key[i].bit & mask;
        if (is_set(m->once, bit)) {
            if (!any) memset(m->oftener, 0, bytes);
            any = true;
            set(m->oftener, bit);
        }
        set(m->once, bit);
    }
    for (size_t i = 0; any && i < n; i++)
        shared[key[i].place] = (int8_t)is_set(m->oftener, key[i].bit & mask);
}

static pa_status find_shared(bit_map *m, size_t n, const uint32_t key[], int8_t shared[],
                             pa_error *err)
{
    const size_t words = ((size_t)1 << m->shift) / 64;
    m->key = pa_realloc(NULL, n, sizeof *m->key, err);
    if (!m->key) return PA_E_MEMORY;
    PA_TRY(PA_NEW(m->once, words, err));
    PA_TRY(PA_NEW(m->oftener, words, err));
    part_keys(m, n, key);
    for (size_t k = 0, from = 0; k < m->n_stretches; from = m->end[k++])
        find_in_stretch(m, m->key + from, m->end[k] - from, shared);
    return PA_OK;
}

/* shared[i]: whether the bit of key i is that of another key, too. */
static pa_status share_bits(const pa_dealing *d, size_t n, const uint32_t key[], int8_t **shared,
                            pa_error *err)
{
    bit_map *m = NULL;
    PA_TRY(PA_NEW(*shared, n, err));
    PA_TRY(PA_NEW(m, 1, err));
    measure(m, d, n);
    pa_status st = find_shared(m, n, key, *shared, err);
    pa_free(m->key);
    pa_free(m->once);
    pa_free(m->oftener);
    pa_free(m);
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

pa_status pa_find_suspects(pa_comm *comm, const pa_dealing *d, const pa_csv_batch *b,
                           int8_t suspect[], pa_error *err)
{
    pa_route *route = NULL;
    int32_t *owner = NULL;
    uint32_t *key = NULL, *got = NULL;
    int8_t *shared = NULL;
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
    PA_GOTO(pa_agree(comm, share_bits(d, n, got, &shared, err), err));
    st = pa_route_return(comm, route, sizeof *shared, shared, suspect, err);
out:
    pa_route_free(route);
    pa_free(owner);
    pa_free(key);
    pa_free(got);
    pa_free(shared);
    return st;
}

/* Duplicates of transaction ids, wherever they lie.
 *
 * Most books have ids that ascend, and then nothing is to be done. Otherwise
 * four bytes of each id travel to the rank that they name and meet in a bit
 * map there: an id whose bit nobody else wants is alone. Where ids are whole
 * numbers and dense the map has a bit for each of them; else a few in a hundred
 * share one by chance. All who share one travel again, with their whole ids and
 * their places, and are judged exactly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"
#include "paraudit/csv/csv_parts.h"

enum { BITS_AN_ID = 32 };

/* ---- do they ascend? ------------------------------------------------------------ */

/* Ids in the order of their lengths, then of their bytes: counters ascend in it
 * with and without leading zeros. Numbers are eight bytes, the highest first. */
typedef struct {
    uint8_t length;
    char bytes[PA_CSV_NAME_BYTES];
} id_text;

typedef struct {
    bool any, ascend;
    id_text first, last;
} id_range;

static int compare_ids(const char *a, size_t n, const char *b, size_t m)
{
    if (n != m) return n < m ? -1 : 1;
    return memcmp(a, b, n);
}

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
        r.ascend = compare_ids(bytes, length[i - 1], bytes + length[i - 1], length[i]) < 0;
        bytes += length[i - 1];
    }
    r.last = text_of_bytes(bytes, r.ascend ? length[n - 1] : 0);
    return r;
}

static int by_first(const void *a, const void *b)
{
    const id_range *x = a, *y = b;
    return compare_ids(x->first.bytes, x->first.length, y->first.bytes, y->first.length);
}

/* Whether ids ascend on every rank and no rank's range meets another's. */
static pa_status find_ascent(pa_comm *comm, const pa_csv_batch *b, bool *ascend, pa_error *err)
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
        *ascend = compare_ids(all[i - 1].last.bytes, all[i - 1].last.length, all[i].first.bytes,
                              all[i].first.length) < 0;
    }
    pa_free(gathered);
    return PA_OK;
}

/* ---- who may have a double? --------------------------------------------------- */

/* How ids are dealt to ranks and to bits; equal on all ranks. */
typedef struct {
    bool dense;
    int64_t first;  /* the smallest id */
    uint64_t block; /* ids of a rank, where they are dense */
    uint64_t n_ranks;
} dealing;

static dealing find_dealing(pa_comm *comm, const pa_csv_batch *b)
{
    int64_t least = INT64_MAX, most = INT64_MIN, n = (int64_t)b->n;
    for (size_t i = 0; i < b->n; i++) {
        if (b->tx[i] < least) least = b->tx[i];
        if (b->tx[i] > most) most = b->tx[i];
    }
    pa_min_i64(comm, &least, 1);
    pa_max_i64(comm, &most, 1);
    pa_sum_i64(comm, &n, 1);
    dealing d = {.first = least, .n_ranks = (uint64_t)pa_comm_size(comm)};
    if (b->has.text_ids || n == 0) return d;
    uint64_t span = (uint64_t)most - (uint64_t)least;
    d.block = span / d.n_ranks + 1;
    d.dense = span < BITS_AN_ID * (uint64_t)n && d.block <= UINT32_MAX;
    return d;
}

/* The last step of SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t v)
{
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
    v = (v ^ v >> 27) * 0x94d049bb133111ebu;
    return v ^ v >> 31;
}

static int32_t owner_of(const dealing *d, int64_t tx, uint32_t *key)
{
    if (d->dense) {
        uint64_t place = (uint64_t)tx - (uint64_t)d->first;
        uint64_t owner = d->n_ranks == 1 ? 0 : place / d->block;
        *key = (uint32_t)(place - owner * d->block);
        return (int32_t)owner;
    }
    uint64_t hash = mix((uint64_t)tx);
    *key = (uint32_t)hash;
    return (int32_t)((hash >> 32) * d->n_ranks >> 32);
}

typedef struct {
    uint64_t *word;
    uint64_t n_bits;
    bool dense;
} bit_map;

static inline uint64_t bit_of(const bit_map *m, uint32_t key)
{
    return m->dense ? key : key * m->n_bits >> 32;
}

static inline int8_t is_set(const bit_map *m, uint64_t bit)
{
    return (int8_t)(m->word[bit >> 6] >> (bit & 63) & 1);
}

static inline void set(const bit_map *m, uint64_t bit)
{
    m->word[bit >> 6] |= (uint64_t)1 << (bit & 63);
}

/* shared[i]: whether the bit of key i is that of another key, too. */
static void find_shared(const bit_map *m, size_t n_words, size_t n, const uint32_t key[],
                        int8_t shared[])
{
    size_t n_met = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t bit = bit_of(m, key[i]);
        shared[i] = is_set(m, bit);
        n_met += (size_t)shared[i];
        set(m, bit);
    }
    if (n_met == 0) return;
    memset(m->word, 0, n_words * sizeof *m->word);
    for (size_t i = 0; i < n; i++) {
        if (shared[i]) set(m, bit_of(m, key[i]));
    }
    for (size_t i = 0; i < n; i++) shared[i] = is_set(m, bit_of(m, key[i]));
}

static pa_status share_bits(const dealing *d, size_t n, const uint32_t key[], int8_t **shared,
                            pa_error *err)
{
    bit_map m = {.dense = d->dense, .n_bits = d->dense ? d->block : BITS_AN_ID * (uint64_t)n};
    size_t n_words = (size_t)(m.n_bits / 64 + 1);
    PA_TRY(PA_NEW(*shared, n, err));
    PA_TRY(PA_NEW(m.word, n_words, err));
    find_shared(&m, n_words, n, key, *shared);
    pa_free(m.word);
    return PA_OK;
}

static pa_status deal_out(const dealing *d, const pa_csv_batch *b, int32_t **owner, uint32_t **key,
                          pa_error *err)
{
    PA_TRY(PA_NEW(*owner, b->n, err));
    PA_TRY(PA_NEW(*key, b->n, err));
    for (size_t i = 0; i < b->n; i++) (*owner)[i] = owner_of(d, b->tx[i], *key + i);
    return PA_OK;
}

/* suspect[i]: row i may have the id of another row. */
static pa_status find_suspects(pa_comm *comm, const dealing *d, const pa_csv_batch *b,
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

/* ---- who has one? ----------------------------------------------------------------- */

/* What is known of a suspect; the bytes of a text id lie in a column beside. */
typedef struct {
    int64_t tx, line;
    int32_t file, length;
} suspect_row;

typedef struct {
    int64_t line; /* of the first row of that id */
    int32_t file;
    int32_t later; /* 1: it is another row, 0: it is the row itself */
} verdict;

typedef struct {
    pa_route *route;
    size_t n, n_got, width; /* width: of text ids, 0 for numbers */
    suspect_row *row, *got;
    char *id, *got_id;
    size_t *place; /* of each suspect among the rows */
    int32_t *owner;
    uint32_t *order; /* of what arrived: by id, then by place */
    verdict *answer, *found;
} trial;

static void free_trial(trial *t)
{
    pa_route_free(t->route);
    pa_free(t->row);
    pa_free(t->got);
    pa_free(t->id);
    pa_free(t->got_id);
    pa_free(t->place);
    pa_free(t->owner);
    pa_free(t->order);
    pa_free(t->answer);
    pa_free(t->found);
}

static size_t longest_suspect(const pa_csv_batch *b, const int8_t suspect[])
{
    size_t longest = 0;
    for (size_t i = 0; b->has.text_ids && i < b->n; i++) {
        if (suspect[i] && b->id_length[i] > longest) longest = b->id_length[i];
    }
    return longest;
}

/* rows: of each file here. */
static void list_suspects(const dealing *d, const pa_csv_batch *b, const int8_t suspect[],
                          const int64_t rows[], trial *t)
{
    size_t at = 0, n = 0;
    int32_t file = 0;
    int64_t end = rows[0]; /* of the rows of this file */
    for (size_t i = 0; i < b->n; i++) {
        size_t length = b->has.text_ids ? b->id_length[i] : 0;
        while ((int64_t)i >= end) end += rows[++file];
        if (suspect[i]) {
            uint32_t key;
            t->place[n] = i;
            t->owner[n] = owner_of(d, b->tx[i], &key);
            t->row[n] = (suspect_row){b->tx[i], b->line[i], file, (int32_t)length};
            if (length) memcpy(t->id + n * t->width, b->id_bytes.data + at, length);
            n++;
        }
        at += length;
    }
}

static pa_status open_trial(const dealing *d, const pa_csv_batch *b, const int8_t suspect[],
                            const int64_t rows[], trial *t, pa_error *err)
{
    for (size_t i = 0; i < b->n; i++) t->n += (size_t)suspect[i];
    PA_TRY(PA_NEW(t->row, t->n, err));
    PA_TRY(PA_NEW(t->id, t->n * t->width, err));
    PA_TRY(PA_NEW(t->place, t->n, err));
    PA_TRY(PA_NEW(t->owner, t->n, err));
    PA_TRY(PA_NEW(t->found, t->n, err));
    list_suspects(d, b, suspect, rows, t);
    return PA_OK;
}

static pa_status seat_arrivals(trial *t, pa_error *err)
{
    PA_TRY(PA_NEW(t->got, t->n_got, err));
    PA_TRY(PA_NEW(t->got_id, t->n_got * t->width, err));
    PA_TRY(PA_NEW(t->order, t->n_got, err));
    return PA_NEW(t->answer, t->n_got, err);
}

static int compare_suspects(const trial *t, uint32_t a, uint32_t b)
{
    const suspect_row *x = t->got + a, *y = t->got + b;
    if (x->tx != y->tx) return x->tx < y->tx ? -1 : 1;
    if (t->width == 0) return 0;
    return compare_ids(t->got_id + a * t->width, (size_t)x->length, t->got_id + b * t->width,
                       (size_t)y->length);
}

static int by_id_and_place(const void *a, const void *b, void *context)
{
    const trial *t = context;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    int order = compare_suspects(t, i, k);
    if (order) return order;
    const suspect_row *x = t->got + i, *y = t->got + k;
    if (x->file != y->file) return x->file < y->file ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static pa_status judge(trial *t, pa_error *err)
{
    for (size_t i = 0; i < t->n_got; i++) t->order[i] = (uint32_t)i;
    PA_TRY(pa_sort(t->order, t->n_got, sizeof *t->order, by_id_and_place, t, err));
    for (size_t i = 0, from = 0; i < t->n_got; i++) {
        if (compare_suspects(t, t->order[from], t->order[i]) != 0) from = i;
        const suspect_row *first = t->got + t->order[from];
        t->answer[t->order[i]] = (verdict){first->line, first->file, i > from};
    }
    return PA_OK;
}

static pa_status hold_trial(pa_comm *comm, trial *t, pa_error *err)
{
    PA_TRY(pa_route_make(comm, t->n, t->owner, &t->route, err));
    t->n_got = pa_route_received(t->route);
    PA_AGREE(comm, seat_arrivals(t, err), err);
    PA_TRY(pa_route_send(comm, t->route, sizeof *t->row, t->row, t->got, err));
    if (t->width) PA_TRY(pa_route_send(comm, t->route, t->width, t->id, t->got_id, err));
    PA_AGREE(comm, judge(t, err), err);
    return pa_route_return(comm, t->route, sizeof *t->answer, t->answer, t->found, err);
}

/* ---- what follows for this rank's rows -------------------------------------------- */

static bool is_before(const pa_csv_reject *a, const pa_csv_reject *b)
{
    return a->file != b->file ? a->file < b->file : a->line < b->line;
}

/* The parser's rejects and n more, both in the order of places, as one list. */
static pa_status merge_rejects(pa_csv_parser *p, const pa_csv_reject more[], size_t n,
                               pa_error *err)
{
    pa_csv_reject *merged = NULL;
    size_t room = p->n_kept + n < p->keep_rejects ? p->n_kept + n : p->keep_rejects;
    PA_TRY(PA_NEW(merged, room, err));
    for (size_t i = 0, k = 0, at = 0; at < room; at++) {
        bool own = k == n || (i < p->n_kept && is_before(p->rejects + i, more + k));
        merged[at] = own ? p->rejects[i++] : more[k++];
    }
    pa_free(p->rejects);
    p->rejects = merged;
    p->n_kept = p->rejects_room = room;
    p->n_rejected += (int64_t)n;
    return PA_OK;
}

static void tell(const pa_inputs *in, const trial *t, size_t i, pa_first_reject *first)
{
    const suspect_row *row = t->row + i;
    char id[PA_CSV_EXCERPT];
    if (first->file >= 0 &&
        (first->file != row->file ? first->file < row->file : first->line < row->line)) {
        return;
    }
    snprintf(id, sizeof id, "%lld", (long long)row->tx);
    if (t->width) {
        pa_csv_excerpt((pa_csv_field){t->id + i * t->width, (size_t)row->length}, id);
    }
    first->file = row->file;
    first->line = row->line;
    snprintf(first->text, sizeof first->text, "transaction id '%s' is that of %.256s:%lld already",
             id, in->file[t->found[i].file].name, (long long)t->found[i].line);
}

/* gone: a mark a row. */
static pa_status carry_out(const pa_inputs *in, const trial *t, pa_csv_parser *p, int8_t gone[],
                           int64_t rows[], int64_t rejected[], pa_first_reject *first, int64_t *n,
                           pa_error *err)
{
    pa_csv_reject *list = NULL;
    size_t n_gone = 0;
    PA_TRY(PA_NEW(list, t->n, err));
    for (size_t i = 0; i < t->n; i++) {
        const suspect_row *row = t->row + i;
        gone[t->place[i]] = (int8_t)t->found[i].later;
        if (!t->found[i].later) continue;
        if (n_gone == 0) tell(in, t, i, first);
        list[n_gone++] = (pa_csv_reject){row->line, row->file, PA_REJECT_DUPLICATE};
        rows[row->file]--;
        rejected[row->file]++;
    }
    *n = (int64_t)n_gone;
    pa_status st = PA_OK;
    if (n_gone > 0) {
        st = merge_rejects(p, list, n_gone, err);
        if (st == PA_OK) st = pa_ingest_drop(p, gone, n_gone, err);
    }
    pa_free(list);
    return st;
}

static pa_status reject_later(pa_comm *comm, const pa_inputs *in, pa_csv_parser *p, int64_t rows[],
                              int64_t rejected[], pa_first_reject *first, int64_t *n, pa_error *err)
{
    trial t = {0};
    int8_t *suspect = NULL;
    dealing d = find_dealing(comm, &p->rows);
    pa_status st = pa_agree(comm, PA_NEW(suspect, p->rows.n, err), err);
    if (st != PA_OK) goto out;
    PA_GOTO(find_suspects(comm, &d, &p->rows, suspect, err));
    int64_t width = (int64_t)longest_suspect(&p->rows, suspect);
    pa_max_i64(comm, &width, 1);
    t.width = (size_t)width;
    PA_GOTO(pa_agree(comm, open_trial(&d, &p->rows, suspect, rows, &t, err), err));
    PA_GOTO(hold_trial(comm, &t, err));
    st = pa_agree(comm, carry_out(in, &t, p, suspect, rows, rejected, first, n, err), err);
out:
    free_trial(&t);
    pa_free(suspect);
    return st;
}

pa_status pa_ingest_duplicates(pa_comm *comm, const pa_inputs *in, pa_csv_parser *p, int64_t rows[],
                               int64_t rejected[], pa_first_reject *first, int64_t *n,
                               pa_error *err)
{
    bool ascend = true;
    *n = 0;
    pa_status st = PA_OK;
    /* Without ids rows are named by their places, which are all different. */
    if (in->file[0].layout.tx >= 0) st = find_ascent(comm, &p->rows, &ascend, err);
    if (st == PA_OK && !ascend) st = reject_later(comm, in, p, rows, rejected, first, n, err);
    return st;
}

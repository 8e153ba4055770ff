/* Closed and maximal sets where memory is short: what is beside a prefix is looked for in the rows
 * at hand, of which it has a list, and copied where there is room. Finds the same sets in the same
 * order as closed_sets.c, and takes longer. */
#include <string.h>

#include "closed_miner.h"
#include "paraudit/patterns/superset_sums.h"

/* Which rows of a database. */
typedef struct {
    uint32_t n;
    const uint32_t *row; /* NULL: all */
} row_list;

/* ---- rows, item by item ---- */

/* What is left of a row. */
typedef struct {
    const int32_t *item, *item_end; /* of a database */
    const uint8_t *code, *code_end; /* coded */
    int32_t last;
    uint32_t weight;
} reader;

static inline reader read_row(const miner *m, const lean_database *d, const row_list *in,
                              uint32_t i)
{
    uint32_t r = in->row ? in->row[i] : i;
    if (d->of) {
        const uint32_t *first = d->of->first + r;
        return (reader){.item = d->of->item + first[0],
                        .item_end = d->of->item + first[1],
                        .weight = d->of->weight[r]};
    }
    const uint32_t *first = m->coded->first + r;
    reader to = {
        .code = m->coded->code + first[0], .code_end = m->coded->code + first[1], .last = -1};
    to.weight = pa_coded_number(&to.code);
    return to;
}

/* The next item of the database; -1: there is none. */
static inline int32_t next_item(const miner *m, const lean_database *d, reader *r)
{
    while (true) {
        int32_t item;
        if (r->item < r->item_end)
            item = *r->item++;
        else if (r->code < r->code_end)
            item = r->last += (int32_t)pa_coded_number(&r->code) + 1;
        else
            return -1;
        if (d->item) item = m->place[item];
        if (item >= 0) return item;
    }
}

/* The next item that stays beside a longer prefix, as its place there; -1: there is none. */
static inline int32_t next_kept(const miner *m, const lean_database *d, reader *r)
{
    int32_t item;
    do item = next_item(m, d, r);
    while (item >= 0 && m->to[item] < 0);
    return item < 0 ? -1 : m->to[item];
}

static void take_off(miner *m)
{
    const lean_database *d = m->worn;
    for (int32_t i = 0; d && i < d->n_items; i++) m->place[d->item[i]] = -1;
    m->worn = NULL;
}

/* Before its rows are read, as others may have been since. */
static void put_on(miner *m, const lean_database *d)
{
    if (!d->item || m->worn == d) return;
    take_off(m);
    m->worn = d;
    for (int32_t i = 0; i < d->n_items; i++) m->place[d->item[i]] = i;
}

/* ---- few extensions: all sets at once ---- */

/* Rows as masks of the extensions that stay. */
typedef struct {
    const lean_database *of;
    const row_list *in;
    int k;
    int32_t n_items;
    int32_t most_words; /* of guards, of a mask at a time */
    uint64_t *own;      /* the guards of a row: so many */
    uint16_t *mask;     /* of each row */
} lean_masks;

static bool take_masks(const miner *m, lean_masks *l)
{
    int32_t most = 1 << (LATTICE - l->k), n_words = (l->n_items - l->k + CHUNK - 1) / CHUNK;
    l->most_words = n_words < most ? n_words : most;
    l->own = pa_arena_take(m->arena, (size_t)l->most_words, sizeof *l->own);
    l->mask = pa_arena_take(m->arena, l->in->n, sizeof *l->mask);
    return l->own && l->mask;
}

static uint32_t mask_of(const miner *m, const lean_database *d, int k, reader *r)
{
    uint32_t mask = 0;
    for (int32_t to; (to = next_kept(m, d, r)) >= 0 && to < k;) mask |= 1u << to;
    return mask;
}

/* In m->in_all each mask has n_words of guards. */
static void meet_guards(const miner *m, const lean_masks *l, int32_t low, int32_t n_words)
{
    uint64_t *own = l->own;
    for (uint32_t i = 0; i < l->in->n; i++) {
        if (!l->mask[i]) continue;
        reader r = read_row(m, l->of, l->in, i);
        memset(own, 0, (size_t)n_words * sizeof *own);
        for (int32_t to; (to = next_kept(m, l->of, &r)) >= 0;)
            if (to >= low && to < low + n_words * CHUNK)
                own[(to - low) / CHUNK] |= UINT64_C(1) << (to - low) % CHUNK;
        uint64_t *in_all = m->in_all + (size_t)l->mask[i] * (size_t)n_words;
        for (int32_t w = 0; w < n_words; w++) in_all[w] &= own[w];
    }
}

/* ... and what is in all rows of a mask is in all of those of a mask with more. */
static void spread_guards(const miner *m, int k, int32_t n_words)
{
    uint32_t n = 1u << k, words = (uint32_t)n_words;
    for (uint32_t half = 1; half < n; half *= 2)
        for (uint32_t mask = 0; mask < n; mask++)
            for (uint32_t w = 0; w < words && !(mask & half); w++)
                m->in_all[mask * words + w] &= m->in_all[(mask | half) * words + w];
    for (uint32_t mask = 1; mask < n; mask++)
        for (uint32_t w = 0; w < words; w++)
            if (m->in_all[mask * words + w]) m->owned[mask] = 0;
}

/* Masks with a guard in all rows are not this prefix's. */
static void drop_guarded(const miner *m, const lean_masks *l)
{
    for (int32_t low = l->k; low < l->n_items; low += l->most_words * CHUNK) {
        int32_t n_words = (l->n_items - low + CHUNK - 1) / CHUNK;
        if (n_words > l->most_words) n_words = l->most_words;
        memset(m->in_all, 0xff, (size_t)n_words * sizeof *m->in_all << l->k);
        meet_guards(m, l, low, n_words);
        spread_guards(m, l->k, n_words);
    }
}

/* Whether some guard is in enough of the mask's rows. */
static bool is_extended(const miner *m, const lean_masks *l, uint32_t mask)
{
    int32_t n_met = 0;
    bool extended = false;
    for (uint32_t i = 0; i < l->in->n && !extended; i++) {
        if ((l->mask[i] & mask) != mask) continue;
        reader r = read_row(m, l->of, l->in, i);
        for (int32_t to; (to = next_kept(m, l->of, &r)) >= 0;) {
            if (to < l->k) continue;
            if (m->support[to] == 0) m->met[n_met++] = to;
            m->support[to] += r.weight;
            extended |= m->support[to] >= (uint32_t)m->o->min_support;
        }
    }
    forget_met(m, n_met);
    return extended;
}

static pa_status mine_masks(miner *m, const lean_database *d, const row_list *in, const beside *b)
{
    int32_t code[LATTICE];
    lean_masks l = {
        .of = d, .in = in, .k = b->n_extensions, .n_items = b->n_extensions + b->n_guards};
    if (!take_masks(m, &l)) return no_memory(m);
    for (int32_t i = 0; i < l.k; i++) code[i] = d->code[m->met[i]];
    put_on(m, d);
    memset(m->sum, 0, sizeof *m->sum << l.k);
    for (uint32_t i = 0; i < in->n; i++) {
        reader r = read_row(m, d, in, i);
        l.mask[i] = (uint16_t)mask_of(m, d, l.k, &r);
        m->sum[l.mask[i]] += r.weight;
    }
    pa_superset_sums(l.k, m->sum);
    if (pa_closed_list_candidates(m, l.k) == 0) return PA_OK;
    if (m->kind == PA_CLOSED) drop_guarded(m, &l);
    for (uint32_t mask = 1; m->kind == PA_MAXIMAL && mask < 1u << l.k; mask++)
        if (m->owned[mask]) m->owned[mask] = !is_extended(m, &l, mask);
    return pa_closed_find_owned(m, l.k, code);
}

/* ---- the rows beside a longer prefix ---- */

/* Rows without an extension are left out. */
static void copy_rows(const miner *m, const lean_database *d, const row_list *in, database *to)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < in->n; i++) {
        uint32_t begin = at;
        reader r = read_row(m, d, in, i);
        for (int32_t item; (item = next_kept(m, d, &r)) >= 0;) {
            if (at == begin && item >= to->n_extensions) break;
            to->item[at++] = item;
        }
        if (at == begin) continue;
        to->first[to->n] = begin;
        to->weight[to->n++] = r.weight;
    }
    to->first[to->n] = at;
}

static pa_status mine_copy(miner *m, const lean_database *d, const row_list *in, const beside *b)
{
    database to;
    int32_t *code;
    if (!pa_closed_take_database(m->arena, b, in->n, &to, &code)) return no_memory(m);
    for (int32_t i = 0; i < b->n_extensions; i++) code[i] = d->code[m->met[i]];
    to.code = code;
    put_on(m, d);
    copy_rows(m, d, in, &to);
    return pa_closed_mine_copy(m, &to);
}

/* What a lean database has of its own. */
static bool take_lean(const miner *m, const lean_database *d, const beside *b, lean_database *to)
{
    size_t n = (size_t)b->n_extensions, n_items = n + (size_t)b->n_guards;
    int32_t *item = pa_arena_take(m->arena, n_items, sizeof *item);
    int32_t *code = pa_arena_take(m->arena, n, sizeof *code);
    uint32_t *n_rows = pa_arena_take(m->arena, n, sizeof *n_rows);
    if (!item || !code || !n_rows) return false;
    for (size_t i = 0; i < n_items; i++) item[i] = d->item ? d->item[m->met[i]] : m->met[i];
    for (size_t i = 0; i < n; i++) code[i] = d->code[m->met[i]];
    *to = (lean_database){d->of, b->n_extensions, (int32_t)n_items, item, code, n_rows};
    return true;
}

static void count_rows(miner *m, const lean_database *d, const row_list *in)
{
    put_on(m, d);
    memset(d->n_rows, 0, (size_t)d->n_extensions * sizeof *d->n_rows);
    for (uint32_t i = 0; i < in->n; i++) {
        reader r = read_row(m, d, in, i);
        for (int32_t item; (item = next_item(m, d, &r)) >= 0 && item < d->n_extensions;)
            d->n_rows[item]++;
    }
}

static pa_status mine_lean(miner *m, const lean_database *d, const row_list *in, int32_t first,
                           int32_t last);

static pa_status mine_longer(miner *m, const lean_database *d, const row_list *in, const beside *b)
{
    if (pa_closed_has_room(m->arena, b, in->n)) return mine_copy(m, d, in, b);
    if (b->n_extensions <= LATTICE) return mine_masks(m, d, in, b);
    lean_database to;
    if (!take_lean(m, d, b, &to)) return no_memory(m);
    count_rows(m, &to, in);
    pa_status st = mine_lean(m, &to, in, 0, to.n_extensions);
    if (m->worn == &to) take_off(m);
    return st;
}

/* ---- all of a database ---- */

/* Counts the items of the rows in m->support; returns the weight of these. */
static uint32_t count_beside(miner *m, const lean_database *d, const row_list *in, beside *b)
{
    uint32_t support = 0;
    *b = (beside){0};
    put_on(m, d);
    for (uint32_t i = 0; i < in->n; i++) {
        reader r = read_row(m, d, in, i);
        support += r.weight;
        for (int32_t item; (item = next_item(m, d, &r)) >= 0; b->length++) {
            if (m->support[item] == 0) m->met[b->n_met++] = item;
            m->support[item] += r.weight;
        }
    }
    return support;
}

/* A row stands for a basket or more. */
static void count_kept(const miner *m, beside *b)
{
    size_t n = 0;
    for (int32_t i = 0; i < b->n_met; i++)
        if (m->to[m->met[i]] >= 0) n += m->support[m->met[i]];
    if (n < b->length) b->length = n;
}

static pa_status mine_extension(miner *m, const lean_database *d, int32_t e, const row_list *in)
{
    char *mark = m->arena->at;
    int32_t n_set = m->n_set;
    beside b;
    pa_status st = PA_OK;
    PA_TRY(go_on(m));
    uint32_t support = count_beside(m, d, in, &b);
    m->set[m->n_set++] = d->code[e];
    pa_closed_part_items(m, d->code, e, support, &b);
    count_kept(m, &b);
    forget_met(m, b.n_met);
    if (!b.guarded && (m->kind == PA_CLOSED || !b.extended)) st = pa_closed_find(m, 0, support);
    if (st == PA_OK && goes_deeper(m, &b)) {
        pa_closed_place_items(m, &b);
        st = mine_longer(m, d, in, &b);
    }
    m->n_set = n_set;
    m->arena->at = mark;
    return st;
}

/* Of extensions up to last - 1 the first one of those whose rows are listed together. */
static int32_t begin_of_block(const miner *m, const lean_database *d, int32_t first, int32_t last)
{
    enum { PART = 4 }; /* of what is left */
    size_t most = (size_t)(m->arena->end - m->arena->at) / PART / sizeof *d->n_rows;
    size_t n = 1 + d->n_rows[--last];
    while (last > first && n + 1 + d->n_rows[last - 1] <= most) n += 1 + d->n_rows[--last];
    return last;
}

/* Which rows have each of these extensions: end: where its list ends, and the next one begins. */
static void list_rows(miner *m, const lean_database *d, const row_list *in, int32_t first,
                      int32_t last, uint32_t end[], uint32_t list[])
{
    uint32_t at = 0;
    for (int32_t e = first; e < last; e++) {
        end[e - first] = at;
        at += d->n_rows[e];
    }
    put_on(m, d);
    for (uint32_t i = 0; i < in->n; i++) {
        reader r = read_row(m, d, in, i);
        for (int32_t e; (e = next_item(m, d, &r)) >= 0 && e < last;)
            if (e >= first) list[end[e - first]++] = in->row ? in->row[i] : i;
    }
}

static pa_status mine_block(miner *m, const lean_database *d, const row_list *in, int32_t first,
                            int32_t last)
{
    size_t n = 0;
    for (int32_t e = first; e < last; e++) n += d->n_rows[e];
    uint32_t *end = pa_arena_take(m->arena, (size_t)(last - first), sizeof *end);
    uint32_t *list = pa_arena_take(m->arena, n, sizeof *list);
    if (!end || !list) return no_memory(m);
    list_rows(m, d, in, first, last, end, list);
    for (int32_t e = last; e-- > first;) {
        const row_list own = {d->n_rows[e], list + end[e - first] - d->n_rows[e]};
        PA_TRY(mine_extension(m, d, e, &own));
    }
    return PA_OK;
}

static pa_status mine_lean(miner *m, const lean_database *d, const row_list *in, int32_t first,
                           int32_t last)
{
    char *mark = m->arena->at;
    pa_status st = PA_OK;
    while (st == PA_OK && last > first) {
        int32_t from = begin_of_block(m, d, first, last);
        st = mine_block(m, d, in, from, last);
        m->arena->at = mark;
        last = from;
    }
    return st;
}

/* ---- */

pa_status pa_lean_mine_longer(miner *m, const database *d, int32_t e, const beside *b)
{
    const lean_database all = {.of = d, .n_extensions = d->n_extensions, .code = d->code};
    const row_list in = {d->from[e + 1] - d->from[e], d->occurs + d->from[e]};
    return mine_longer(m, &all, &in, b);
}

static pa_status mine_indexed(miner *m, int32_t e)
{
    char *mark = m->arena->at;
    uint32_t n = m->lean.n_rows[e], *row = pa_arena_take(m->arena, n, sizeof *row);
    if (!row) return no_memory(m);
    pa_row_index_list(&m->index, e, n, row);
    const row_list own = {n, row};
    pa_status st = mine_extension(m, &m->lean, e, &own);
    m->arena->at = mark;
    return st;
}

pa_status pa_lean_mine(miner *m, int32_t first, int32_t last)
{
    const row_list all = {.n = m->coded->n};
    for (; last > first && last > m->index.from; last--) PA_TRY(mine_indexed(m, last - 1));
    return mine_lean(m, &m->lean, &all, first, last);
}

/* What is left beyond half as much as the rows take. */
static size_t room_for_index(const pa_arena *a, const pa_coded_rows *rows)
{
    size_t room = (size_t)(a->end - a->at);
    size_t kept = (rows->first[rows->n] + rows->n * sizeof *rows->first) / 2;
    return room > kept ? room - kept : 0;
}

bool pa_lean_open(miner *m, const pa_coded_rows *rows, const int32_t code[])
{
    size_t n = (size_t)rows->n_items;
    uint32_t *n_rows = pa_arena_take(m->arena, n, sizeof *n_rows);
    if (!n_rows) return false;
    m->coded = rows;
    m->lean = (lean_database){
        .n_extensions = rows->n_items, .n_items = rows->n_items, .code = code, .n_rows = n_rows};
    const row_list all = {.n = rows->n};
    count_rows(m, &m->lean, &all);
    pa_row_index_make(m->arena, rows, room_for_index(m->arena, rows), &m->index);
    return true;
}

#include "paraudit/patterns/closed_sets.h"

#include <string.h>

#include "closed_miner.h"
#include "paraudit/base/array.h"
#include "paraudit/patterns/item_order.h"
#include "paraudit/patterns/superset_sums.h"

/* ---- what is found ---- */

pa_status pa_closed_find(const miner *m, int32_t n, uint32_t support)
{
    int32_t size = m->n_set + n;
    if (size < m->o->min_length || (m->o->max_length && size > m->o->max_length)) return PA_OK;
    m->counts->by_size[size]++;
    if (!m->sink) return PA_OK;
    return m->sink->found(m->sink->self, (size_t)size, m->set, support, m->err);
}

/* ---- few extensions: all sets at once ---- */

/* Rows as masks of extensions; guard: where the guards that were not looked at yet begin. */
typedef struct {
    uint32_t n;
    uint32_t *mask, *weight, *guard, *end;
} masks;

enum { MASKS = 4 }; /* arrays of these */

static bool take_masks(pa_arena *a, uint32_t n, masks *r)
{
    r->n = n;
    r->mask = pa_arena_take(a, n, sizeof *r->mask);
    r->weight = pa_arena_take(a, n, sizeof *r->weight);
    r->guard = pa_arena_take(a, n, sizeof *r->guard);
    r->end = pa_arena_take(a, n, sizeof *r->end);
    return r->mask && r->weight && r->guard && r->end;
}

/* Whether the mask is frequent, and no other extension is in all of its rows (closed) or in
 * enough of them (maximal). */
static bool is_candidate(const miner *m, int k, uint32_t mask)
{
    uint32_t support = m->sum[mask], least = (uint32_t)m->o->min_support;
    if (support < least) return false;
    uint32_t enough = m->kind == PA_CLOSED ? support : least;
    for (uint32_t others = ~mask & ((1u << k) - 1); others; others &= others - 1)
        if (m->sum[mask | (others & -others)] >= enough) return false;
    return true;
}

uint32_t pa_closed_list_candidates(const miner *m, int k)
{
    uint32_t n = 0;
    for (uint32_t mask = 1; mask < 1u << k; mask++) n += m->owned[mask] = is_candidate(m, k, mask);
    return n;
}

/* The guards of the next CHUNK places, from `low` on, that a row has. */
static uint64_t next_guards(const database *d, masks *r, uint32_t i, int32_t low)
{
    uint64_t word = 0;
    uint32_t at = r->guard[i];
    for (; at < r->end[i] && d->item[at] < low + CHUNK; at++)
        word |= UINT64_C(1) << (d->item[at] - low);
    r->guard[i] = at;
    return word;
}

/* Masks with a guard in all rows are not this prefix's. */
static void drop_guarded(const miner *m, int k, const database *d, masks *r)
{
    uint32_t n = 1u << k;
    for (int32_t low = d->n_extensions; low < d->n_items; low += CHUNK) {
        memset(m->in_all, 0xff, n * sizeof *m->in_all);
        for (uint32_t i = 0; i < r->n; i++) m->in_all[r->mask[i]] &= next_guards(d, r, i, low);
        for (uint32_t half = 1; half < n; half *= 2)
            for (uint32_t from = 0; from < n; from += 2 * half)
                for (uint32_t i = from; i < from + half; i++) m->in_all[i] &= m->in_all[i + half];
        for (uint32_t mask = 1; mask < n; mask++)
            if (m->in_all[mask]) m->owned[mask] = 0;
    }
}

/* Whether some guard is in enough of the mask's rows. */
static bool is_extended(const miner *m, const database *d, const masks *r, uint32_t mask)
{
    int32_t n_met = 0;
    bool extended = false;
    for (uint32_t i = 0; i < r->n && !extended; i++) {
        if ((r->mask[i] & mask) != mask) continue;
        for (uint32_t at = r->guard[i]; at < r->end[i]; at++) {
            int32_t item = d->item[at];
            if (m->support[item] == 0) m->met[n_met++] = item;
            m->support[item] += r->weight[i];
            extended |= m->support[item] >= (uint32_t)m->o->min_support;
        }
    }
    for (int32_t i = 0; i < n_met; i++) m->support[m->met[i]] = 0;
    return extended;
}

static void drop_extended(const miner *m, int k, const database *d, const masks *r)
{
    for (uint32_t mask = 1; mask < 1u << k; mask++)
        if (m->owned[mask]) m->owned[mask] = !is_extended(m, d, r, mask);
}

pa_status pa_closed_find_owned(const miner *m, int k, const int32_t code[])
{
    for (uint32_t mask = 1; mask < 1u << k; mask++) {
        if (!m->owned[mask]) continue;
        int32_t n = 0;
        for (uint32_t items = mask; items; items &= items - 1)
            m->set[m->n_set + n++] = code[__builtin_ctz(items)];
        PA_TRY(pa_closed_find(m, n, m->sum[mask]));
    }
    return PA_OK;
}

static pa_status mine_lattice(const miner *m, const database *d)
{
    masks r;
    int k = d->n_extensions;
    if (!take_masks(m->arena, d->n, &r)) return no_memory(m);
    memset(m->sum, 0, sizeof *m->sum << k);
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t at = d->first[i], mask = 0;
        for (; at < d->first[i + 1] && d->item[at] < k; at++) mask |= 1u << d->item[at];
        r.mask[i] = mask;
        r.weight[i] = d->weight[i];
        r.guard[i] = at;
        r.end[i] = d->first[i + 1];
        m->sum[mask] += d->weight[i];
    }
    pa_superset_sums(k, m->sum);
    if (pa_closed_list_candidates(m, k) == 0) return PA_OK;
    if (m->kind == PA_CLOSED)
        drop_guarded(m, k, d, &r);
    else
        drop_extended(m, k, d, &r);
    return pa_closed_find_owned(m, k, d->code);
}

/* ---- the rows beside a longer prefix ---- */

/* Counts the items of the extension's rows in m->support. */
static void count_beside(miner *m, const database *d, int32_t e, beside *b)
{
    *b = (beside){0};
    for (uint32_t k = d->from[e]; k < d->from[e + 1]; k++) {
        uint32_t row = d->occurs[k], weight = d->weight[row];
        for (uint32_t at = d->first[row]; at < d->first[row + 1]; at++) {
            int32_t item = d->item[at];
            if (m->support[item] == 0) m->met[b->n_met++] = item;
            m->support[item] += weight;
        }
        b->length += d->first[row + 1] - d->first[row];
    }
}

void pa_closed_part_items(miner *m, const int32_t code[], int32_t e, uint32_t support, beside *b)
{
    for (int32_t i = 0; i < b->n_met; i++) {
        int32_t item = m->met[i];
        uint32_t own = m->support[item];
        m->to[item] = -1;
        if (item == e) continue;
        if (own == support) {
            b->guarded |= item > e;
            if (item < e) m->set[m->n_set++] = code[item];
            continue;
        }
        if (own < (uint32_t)m->o->min_support) continue;
        b->extended = true;
        m->to[item] = item < e ? b->n_extensions++ : b->n_guards++;
    }
}

void pa_closed_place_items(const miner *m, const beside *b)
{
    int32_t n = 0, at = 0;
    for (int32_t i = 0; i < b->n_met; i++)
        if (m->to[m->met[i]] >= 0) m->met[n++] = m->met[i];
    pa_sort_items((size_t)n, m->met);
    for (int32_t i = 0; i < n; i++) m->to[m->met[i]] = at++;
}

bool pa_closed_has_room(const pa_arena *a, const beside *b, uint32_t n)
{
    enum { LOST = 16 * 10 }; /* bytes: arrays are rounded up */
    size_t rows = b->n_extensions + (size_t)n, room = (size_t)(a->end - a->at);
    if (b->n_extensions <= LATTICE)
        return sizeof(int32_t) * (2 * rows + b->length + MASKS * (size_t)n) + LOST <= room;
    return 2 * sizeof(int32_t) * (rows + b->length) + LOST <= room / 2;
}

bool pa_closed_take_database(pa_arena *a, const beside *b, uint32_t n, database *d, int32_t **code)
{
    *d = (database){.n_extensions = b->n_extensions, .n_items = b->n_extensions + b->n_guards};
    *code = pa_arena_take(a, (size_t)b->n_extensions, sizeof **code);
    d->first = pa_arena_take(a, (size_t)n + 1, sizeof *d->first);
    d->weight = pa_arena_take(a, n, sizeof *d->weight);
    d->from = pa_arena_take(a, (size_t)b->n_extensions + 1, sizeof *d->from);
    d->item = pa_arena_take(a, b->length, sizeof *d->item);
    return *code && d->first && d->weight && d->from && d->item;
}

/* Rows without an extension are left out: they are of no longer set. */
static void copy_rows(const miner *m, const database *d, int32_t e, database *to)
{
    uint32_t at = 0;
    for (uint32_t k = d->from[e]; k < d->from[e + 1]; k++) {
        uint32_t row = d->occurs[k], begin = at;
        for (uint32_t i = d->first[row]; i < d->first[row + 1]; i++) {
            int32_t item = m->to[d->item[i]];
            if (item >= 0) to->item[at++] = item;
        }
        if (at == begin || to->item[begin] >= to->n_extensions) {
            at = begin;
            continue;
        }
        to->first[to->n] = begin;
        to->weight[to->n++] = d->weight[row];
    }
    to->first[to->n] = at;
}

/* Which rows have each extension. */
static bool list_occurrences(pa_arena *a, database *d)
{
    uint32_t n = 0;
    memset(d->from, 0, ((size_t)d->n_extensions + 1) * sizeof *d->from);
    for (uint32_t r = 0; r < d->n; r++)
        for (uint32_t i = d->first[r]; i < d->first[r + 1] && d->item[i] < d->n_extensions; i++) {
            d->from[d->item[i]]++;
            n++;
        }
    d->occurs = pa_arena_take(a, n, sizeof *d->occurs);
    if (!d->occurs) return false;
    for (int32_t e = 0; e < d->n_extensions; e++) d->from[e + 1] += d->from[e];
    for (uint32_t r = d->n; r-- > 0;)
        for (uint32_t i = d->first[r]; i < d->first[r + 1] && d->item[i] < d->n_extensions; i++)
            d->occurs[--d->from[d->item[i]]] = r;
    return true;
}

static pa_status mine_database(miner *m, const database *d, int32_t first, int32_t last);

pa_status pa_closed_mine_copy(miner *m, database *d)
{
    if (d->n_extensions <= LATTICE) return mine_lattice(m, d);
    if (!list_occurrences(m->arena, d)) return no_memory(m);
    return mine_database(m, d, 0, d->n_extensions);
}

static pa_status mine_longer(miner *m, const database *d, int32_t e, const beside *b)
{
    database to;
    int32_t *code;
    uint32_t n = d->from[e + 1] - d->from[e];
    pa_closed_place_items(m, b);
    if (!pa_closed_has_room(m->arena, b, n)) return pa_lean_mine_longer(m, d, e, b);
    if (!pa_closed_take_database(m->arena, b, n, &to, &code)) return no_memory(m);
    for (int32_t i = 0; i < b->n_extensions; i++) code[i] = d->code[m->met[i]];
    to.code = code;
    copy_rows(m, d, e, &to);
    return pa_closed_mine_copy(m, &to);
}

/* ---- all of a database ---- */

static uint32_t support_of(const database *d, int32_t e)
{
    uint32_t support = 0;
    for (uint32_t k = d->from[e]; k < d->from[e + 1]; k++) support += d->weight[d->occurs[k]];
    return support;
}

static pa_status mine_extension(miner *m, const database *d, int32_t e)
{
    char *mark = m->arena->at;
    int32_t n_set = m->n_set;
    uint32_t support = support_of(d, e);
    beside b;
    pa_status st = PA_OK;
    PA_TRY(go_on(m));
    count_beside(m, d, e, &b);
    m->set[m->n_set++] = d->code[e];
    pa_closed_part_items(m, d->code, e, support, &b);
    forget_met(m, b.n_met);
    if (!b.guarded && (m->kind == PA_CLOSED || !b.extended)) st = pa_closed_find(m, 0, support);
    if (st == PA_OK && goes_deeper(m, &b)) st = mine_longer(m, d, e, &b);
    m->n_set = n_set;
    m->arena->at = mark;
    return st;
}

static pa_status mine_database(miner *m, const database *d, int32_t first, int32_t last)
{
    for (int32_t e = last; e-- > first;) PA_TRY(mine_extension(m, d, e));
    return PA_OK;
}

/* ---- from a tree ---- */

/* The rows that a tree stands for: a path for each node that more rows end at than go on. */
static bool rows_of_tree(pa_arena *a, const pa_fp_tree *t, const int32_t code[], database *d)
{
    uint32_t *ending = pa_arena_take(a, t->n_nodes, sizeof *ending), n = 0;
    size_t length = 0;
    if (!ending) return false;
    memcpy(ending, t->count, t->n_nodes * sizeof *ending);
    for (uint32_t v = 0; v < t->n_nodes; v++)
        if (t->parent[v] != PA_FP_ROOT) ending[t->parent[v]] -= t->count[v];
    for (uint32_t v = 0; v < t->n_nodes; v++) {
        if (!ending[v]) continue;
        n++;
        for (uint32_t p = v; p != PA_FP_ROOT; p = t->parent[p]) length++;
    }
    beside b = {.n_extensions = t->n_items, .length = length};
    int32_t *codes;
    if (length > UINT32_MAX || !pa_closed_take_database(a, &b, n, d, &codes)) return false;
    memcpy(codes, code, (size_t)t->n_items * sizeof *codes);
    d->code = codes;
    uint32_t at = 0;
    for (uint32_t v = 0; v < t->n_nodes; v++) {
        if (!ending[v]) continue;
        uint32_t depth = 0;
        for (uint32_t p = v; p != PA_FP_ROOT; p = t->parent[p]) depth++;
        d->first[d->n] = at;
        d->weight[d->n++] = ending[v];
        at += depth;
        uint32_t back = at;
        for (uint32_t p = v; p != PA_FP_ROOT; p = t->parent[p]) d->item[--back] = t->item[p];
    }
    d->first[d->n] = at;
    return list_occurrences(a, d);
}

static bool take_scratch(miner *m, int32_t n_items, size_t longest)
{
    pa_arena *a = m->arena;
    size_t n = (size_t)n_items, sets = (size_t)1 << LATTICE;
    m->sum = pa_arena_take(a, sets, sizeof *m->sum);
    m->in_all = pa_arena_take(a, sets, sizeof *m->in_all);
    m->owned = pa_arena_take(a, sets, sizeof *m->owned);
    m->support = pa_arena_take(a, n, sizeof *m->support);
    m->to = pa_arena_take(a, n, sizeof *m->to);
    m->met = pa_arena_take(a, n, sizeof *m->met);
    m->place = pa_arena_take(a, n, sizeof *m->place);
    m->set = pa_arena_take(a, longest + LATTICE + 1, sizeof *m->set);
    if (!m->sum || !m->in_all || !m->owned || !m->support || !m->to || !m->met || !m->place ||
        !m->set)
        return false;
    memset(m->support, 0, n * sizeof *m->support);
    memset(m->place, -1, n * sizeof *m->place);
    return true;
}

static miner *take_miner(pa_arena *a, int32_t n_items, size_t longest, pa_closed_kind kind,
                         const pa_mine_options *options, pa_error *err)
{
    miner *m = pa_arena_take(a, 1, sizeof *m);
    if (m) *m = (miner){.kind = kind, .o = options, .arena = a, .err = err};
    return m && take_scratch(m, n_items, longest) ? m : NULL;
}

pa_status pa_closed_miner_open(pa_arena *arena, const pa_fp_tree *tree, const int32_t code[],
                               size_t longest, pa_closed_kind kind, const pa_mine_options *options,
                               pa_closed_miner **opened, pa_error *err)
{
    char *mark = arena->at;
    miner *m = take_miner(arena, tree->n_items, longest, kind, options, err);
    *opened = m;
    if (m && rows_of_tree(arena, tree, code, &m->all)) return PA_OK;
    arena->at = mark;
    return pa_arena_is_short(arena, err);
}

pa_status pa_closed_miner_open_lean(pa_arena *arena, const pa_coded_rows *rows,
                                    const int32_t code[], size_t longest, pa_closed_kind kind,
                                    const pa_mine_options *options, pa_closed_miner **opened,
                                    pa_error *err)
{
    char *mark = arena->at;
    miner *m = take_miner(arena, rows->n_items, longest, kind, options, err);
    *opened = m;
    if (m && pa_lean_open(m, rows, code)) return PA_OK;
    arena->at = mark;
    return pa_arena_is_short(arena, err);
}

pa_status pa_closed_sets(pa_closed_miner *m, int32_t first, int32_t last, const pa_set_sink *sink,
                         pa_set_counts *counts, pa_error *err)
{
    m->sink = sink;
    m->counts = counts;
    m->err = err;
    return m->coded ? pa_lean_mine(m, first, last) : mine_database(m, &m->all, first, last);
}

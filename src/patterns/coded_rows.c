#include "paraudit/patterns/coded_rows.h"

#include <string.h>

#include "paraudit/patterns/item_order.h"

enum { MOST_BYTES = 5 }; /* of a number */

/* The items of basket k that belong to the run, as ranks, in no order; 0 where none of
 * first .. last - 1 is there. row: NULL: they are only counted. */
static size_t take_run(const pa_baskets *b, size_t k, const int32_t rank[], const pa_rank_run *run,
                       int32_t row[])
{
    size_t n = 0;
    bool met = false;
    int32_t end = run->whole ? INT32_MAX : run->last;
    for (size_t i = b->first[k]; i < b->first[k + 1]; i++) {
        int32_t own = rank[b->item[i]];
        if (own < 0 || own >= end) continue;
        if (row) row[n] = own;
        n++;
        met |= own >= run->first && own < run->last;
    }
    return met ? n : 0;
}

static uint8_t *put_row(uint8_t *at, uint32_t weight, size_t n, const int32_t row[])
{
    int32_t last = -1;
    at = pa_coded_put(at, weight);
    for (size_t i = 0; i < n; i++) {
        at = pa_coded_put(at, (uint32_t)(row[i] - last - 1));
        last = row[i];
    }
    return at;
}

/* How many rows there will be, and the most items of one. */
static size_t count_rows(const pa_baskets *b, const int32_t rank[], const pa_rank_run *run,
                         size_t *longest)
{
    size_t n = 0;
    *longest = 0;
    for (size_t k = 0; k < b->n; k++) {
        size_t own = take_run(b, k, rank, run, NULL);
        n += own > 0;
        if (own > *longest) *longest = own;
    }
    return n;
}

/* Where all is written that there is room for. row, coded: room for the longest. */
static bool put_rows(pa_arena *a, const pa_baskets *b, const int32_t rank[], const pa_rank_run *run,
                     int32_t row[], uint8_t coded[], uint32_t first[], pa_coded_rows *rows)
{
    uint8_t *code = pa_arena_take(a, 0, 1);
    size_t at = 0;
    for (size_t k = 0; k < b->n; k++) {
        if (take_run(b, k, rank, run, NULL) == 0) continue;
        size_t n = take_run(b, k, rank, run, row);
        pa_sort_items(n, row);
        size_t bytes = (size_t)(put_row(coded, b->weight ? b->weight[k] : 1, n, row) - coded);
        if (at + bytes > UINT32_MAX || !pa_arena_take(a, bytes, 1)) return false;
        a->at = (char *)code + at + bytes;
        memcpy(code + at, coded, bytes);
        first[rows->n++] = (uint32_t)at;
        at += bytes;
    }
    first[rows->n] = (uint32_t)at;
    a->at = (char *)code;
    rows->first = first;
    rows->code = code;
    return pa_arena_take(a, at, 1);
}

pa_status pa_coded_rows_of(pa_arena *a, const pa_baskets *b, const pa_item_ranks *ranks,
                           const pa_rank_run *run, pa_coded_rows *rows, pa_error *err)
{
    char *begin = a->at, *end = a->end;
    size_t longest, n = count_rows(b, ranks->rank, run, &longest);
    *rows = (pa_coded_rows){.n_items = ranks->n};
    int32_t *row = pa_arena_take_back(a, longest, sizeof *row);
    uint8_t *coded = pa_arena_take_back(a, longest + 1, MOST_BYTES);
    uint32_t *first = n < UINT32_MAX ? pa_arena_take(a, n + 1, sizeof *first) : NULL;
    bool fits = row && coded && first && put_rows(a, b, ranks->rank, run, row, coded, first, rows);
    a->end = end;
    if (fits) return PA_OK;
    a->at = begin;
    return pa_arena_is_short(a, err);
}

/* ---- which rows have an item ---- */

/* While an index is made: of each item the last row that it met, and its bytes, or where they go
 * on. */
typedef struct {
    uint32_t *last, *at;
} index_space;

static uint32_t bytes_of(uint32_t v)
{
    uint32_t n = 1;
    for (; v > 127; v >>= 7) n++;
    return n;
}

/* code: NULL: bytes are counted. */
static void go_through(const pa_coded_rows *rows, int32_t from, const index_space *s,
                       uint8_t code[])
{
    for (int32_t i = from; i < rows->n_items; i++) s->last[i] = UINT32_MAX;
    for (uint32_t r = 0; r < rows->n; r++) {
        const uint8_t *at = rows->code + rows->first[r], *end = rows->code + rows->first[r + 1];
        int32_t item = -1;
        for (pa_coded_number(&at); at < end;) {
            item += (int32_t)pa_coded_number(&at) + 1;
            if (item < from) continue;
            uint32_t distance = r - s->last[item] - 1;
            if (code)
                s->at[item] = (uint32_t)(pa_coded_put(code + s->at[item], distance) - code);
            else
                s->at[item] += bytes_of(distance);
            s->last[item] = r;
        }
    }
}

/* Where the items begin that there is room for. */
static int32_t begin_of_index(const pa_coded_rows *rows, const index_space *s, size_t most)
{
    int32_t from = rows->n_items;
    for (size_t bytes = sizeof *s->at; from > 0; from--) {
        bytes += s->at[from - 1] + sizeof *s->at;
        if (bytes > most) break;
    }
    return from;
}

static bool make_index(pa_arena *a, const pa_coded_rows *rows, size_t most, const index_space *s,
                       pa_row_index *x)
{
    uint32_t at = 0;
    memset(s->at, 0, (size_t)rows->n_items * sizeof *s->at);
    go_through(rows, 0, s, NULL);
    int32_t from = begin_of_index(rows, s, most);
    size_t n = (size_t)(rows->n_items - from);
    uint32_t *first = pa_arena_take(a, n + 1, sizeof *first);
    for (size_t i = 0; first && i < n; i++) {
        first[i] = at;
        at += s->at[(size_t)from + i];
        s->at[(size_t)from + i] = first[i];
    }
    uint8_t *code = pa_arena_take(a, at, 1);
    if (!first || !code) return false;
    first[n] = at;
    go_through(rows, from, s, code);
    *x = (pa_row_index){.from = from, .first = first, .code = code};
    return true;
}

void pa_row_index_make(pa_arena *a, const pa_coded_rows *rows, size_t most, pa_row_index *x)
{
    char *begin = a->at, *end = a->end;
    size_t n = (size_t)rows->n_items, own = 2 * n * sizeof(uint32_t) + 64;
    *x = (pa_row_index){.from = rows->n_items};
    if (own > most) return;
    const index_space s = {pa_arena_take_back(a, n, sizeof *s.last),
                           pa_arena_take_back(a, n, sizeof *s.at)};
    if (!make_index(a, rows, most - own, &s, x)) a->at = begin;
    a->end = end;
}

void pa_row_index_list(const pa_row_index *x, int32_t item, uint32_t n, uint32_t row[])
{
    const uint8_t *at = x->code + x->first[item - x->from];
    uint32_t last = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) row[i] = last += pa_coded_number(&at) + 1;
}

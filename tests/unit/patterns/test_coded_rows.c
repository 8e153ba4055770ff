/* Baskets as bytes, and which of them have an item, read back. */
#include "paraudit/patterns/coded_rows.h"

#include <string.h>

#include "drawn_baskets.h"
#include "paraudit/base/array.h"
#include "unit.h"

enum { ARENA = 1 << 18 };

/* Every item is frequent. */
static void rank_items(const pa_baskets *b, pa_item_ranks *ranks)
{
    int64_t *support;
    CU_ASSERT_EQUAL_FATAL(PA_NEW(support, (size_t)b->n_items, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_item_supports(b, support, NULL), PA_OK);
    CU_ASSERT_EQUAL_FATAL(pa_item_ranks_of(support, b->n_items, 0, ranks, NULL), PA_OK);
    pa_free(support);
}

/* The items of a row as a word; nothing stands behind them. */
static uint64_t word_of(const pa_coded_rows *rows, const pa_item_ranks *ranks, uint32_t r,
                        uint32_t *weight)
{
    const uint8_t *at = rows->code + rows->first[r], *end = rows->code + rows->first[r + 1];
    uint64_t word = 0;
    int32_t item = -1;
    *weight = pa_coded_number(&at);
    while (at < end) {
        item += (int32_t)pa_coded_number(&at) + 1;
        word |= UINT64_C(1) << ranks->code[item];
    }
    CU_ASSERT(at == end);
    return word;
}

/* What of a basket the run has: by its definition. */
static uint64_t word_in_run(const pa_item_ranks *ranks, const pa_rank_run *run, uint64_t word)
{
    uint64_t kept = 0;
    bool met = false;
    for (int32_t i = 0; i < ranks->n; i++) {
        if (!(word >> ranks->code[i] & 1)) continue;
        met |= i >= run->first && i < run->last;
        if (run->whole || i < run->last) kept |= UINT64_C(1) << ranks->code[i];
    }
    return met ? kept : 0;
}

static void check_rows(const drawn *d, const pa_item_ranks *ranks, const pa_rank_run *run,
                       const pa_coded_rows *rows)
{
    uint32_t r = 0, weight;
    for (size_t k = 0; k < d->n; k++) {
        uint64_t word = word_in_run(ranks, run, d->word[k]);
        if (word == 0) continue;
        CU_ASSERT_FATAL(r < rows->n);
        CU_ASSERT(word_of(rows, ranks, r++, &weight) == word);
        CU_ASSERT_EQUAL(weight, d->weight[k]);
    }
    CU_ASSERT_EQUAL(r, rows->n);
}

/* Of the items that it knows; returns the first of these. */
static int32_t check_index(pa_arena *a, const pa_item_ranks *ranks, const pa_coded_rows *rows,
                           size_t most)
{
    pa_row_index index;
    uint32_t row[MOST_BASKETS], weight;
    char *before = a->at;
    pa_row_index_make(a, rows, most, &index);
    CU_ASSERT((size_t)(a->at - before) <= most);
    for (int32_t i = index.from; i < ranks->n; i++) {
        uint32_t n = 0, own[MOST_BASKETS];
        for (uint32_t r = 0; r < rows->n; r++)
            if (word_of(rows, ranks, r, &weight) >> ranks->code[i] & 1) own[n++] = r;
        pa_row_index_list(&index, i, n, row);
        CU_ASSERT(memcmp(row, own, n * sizeof *row) == 0);
    }
    a->at = before;
    return index.from;
}

static void test_rows_and_their_index_are_read_back(void)
{
    static drawn d;
    uint32_t state = 31;
    int some = 0;
    pa_arena arena;
    CU_ASSERT_EQUAL_FATAL(pa_arena_open(&arena, ARENA, NULL), PA_OK);
    for (int round = 0; round < 300; round++) {
        pa_item_ranks ranks;
        pa_coded_rows rows;
        int32_t n_items = 1 + (int32_t)draw(&state, MOST_ITEMS);
        draw_baskets(&state, n_items, draw(&state, MOST_BASKETS), 5 + draw(&state, 80), &d);
        for (size_t k = 0; k < d.n; k++) d.weight[k] = draw(&state, 3) ? 1 : draw(&state, 1 << 20);
        const pa_baskets b = baskets_of(&d, n_items);
        const pa_rank_run run = {.first = (int32_t)draw(&state, (uint32_t)n_items),
                                 .last = n_items - (int32_t)draw(&state, 2),
                                 .whole = draw(&state, 2)};
        rank_items(&b, &ranks);
        arena.at = arena.begin;
        CU_ASSERT_EQUAL_FATAL(pa_coded_rows_of(&arena, &b, &ranks, &run, &rows, NULL), PA_OK);
        CU_ASSERT(arena.end == arena.limit);
        check_rows(&d, &ranks, &run, &rows);
        CU_ASSERT_EQUAL(check_index(&arena, &ranks, &rows, 1 << 16), 0);
        int32_t from = check_index(&arena, &ranks, &rows, draw(&state, 2000));
        some += from > 0 && from < n_items;
        pa_item_ranks_free(&ranks);
    }
    CU_ASSERT(some > 50);
    pa_arena_free(&arena);
}

static void test_numbers_of_all_lengths(void)
{
    static const uint32_t numbers[] = {0,       1,       127,       128,       16383,     16384,
                                       2097151, 2097152, 268435455, 268435456, UINT32_MAX};
    uint8_t code[64], *end = code;
    const uint8_t *at = code;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        end = pa_coded_put(end, numbers[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        CU_ASSERT_EQUAL(pa_coded_number(&at), numbers[i]);
    CU_ASSERT(at == end && end - code == 1 + 1 + 1 + 2 + 2 + 3 + 3 + 4 + 4 + 5 + 5);
}

static void test_the_arena_is_a_hard_bound(void)
{
    static drawn d;
    uint32_t state = 32;
    pa_item_ranks ranks;
    int failed = 0, done = 0;
    draw_baskets(&state, 30, 200, 60, &d);
    const pa_baskets b = baskets_of(&d, 30);
    const pa_rank_run run = {.last = 30, .whole = true};
    rank_items(&b, &ranks);
    for (size_t bytes = 100; bytes < 20000; bytes += 100) {
        pa_arena arena;
        pa_coded_rows rows;
        pa_error err = {0};
        CU_ASSERT_EQUAL_FATAL(pa_arena_open(&arena, bytes, NULL), PA_OK);
        pa_status st = pa_coded_rows_of(&arena, &b, &ranks, &run, &rows, &err);
        CU_ASSERT(st == PA_OK || st == PA_E_MEMORY);
        CU_ASSERT(st == PA_OK || arena.at == arena.begin);
        CU_ASSERT(arena.end == arena.limit && arena.most <= bytes);
        if (st == PA_OK) check_rows(&d, &ranks, &run, &rows);
        failed += st != PA_OK;
        done += st == PA_OK;
        pa_arena_free(&arena);
    }
    CU_ASSERT(failed > 10 && done > 10);
    pa_item_ranks_free(&ranks);
}

static const pa_test tests[] = {
    {"rows and their index are read back", test_rows_and_their_index_are_read_back},
    {"numbers of all lengths", test_numbers_of_all_lengths},
    {"the arena is a hard bound", test_the_arena_is_a_hard_bound},
};
PA_TEST_MAIN("coded_rows", tests)

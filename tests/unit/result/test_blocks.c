#include "blocks.h"

#include <stdbool.h>

#include "items.h"
#include "paraudit/base/draw.h"
#include "unit.h"

enum { MOST_RANKS = 9, MOST_WRITTEN = MOST_RANKS * PA_MOST_PIECES };

static int64_t drawn_below(uint64_t attempt, uint64_t what, int64_t n)
{
    return (int64_t)pa_draw_below(7, PA_DRAW_TEST, attempt, what, (uint64_t)n);
}

/* A dataset of some megabytes at a block or not, its cuts anywhere: ranks without rows, ranks
 * with less than a block of them, one with all. */
static void draw(uint64_t attempt, pa_placed *p, int64_t cut[])
{
    static const int64_t widths[] = {1, 4, 8, 24, 64, 70001};
    int64_t row_bytes = widths[drawn_below(attempt, 0, 6)];
    int64_t rows = (PA_LARGE + drawn_below(attempt, 1, 3 << 20)) / row_bytes + 1;
    int64_t near = drawn_below(attempt, 2, 2) ? rows : 200000 / row_bytes + 1;
    *p = (pa_placed){.at = PA_BLOCK * drawn_below(attempt, 3, 5),
                     .row_bytes = row_bytes,
                     .cut = cut,
                     .n_ranks = 1 + (int)drawn_below(attempt, 4, MOST_RANKS)};
    if (drawn_below(attempt, 5, 3) == 0) p->at += drawn_below(attempt, 6, PA_BLOCK);
    cut[0] = 0;
    for (int r = 1; r < p->n_ranks; r++) {
        cut[r] = cut[r - 1] + drawn_below(attempt, 6 + (uint64_t)r, near);
        if (cut[r] > rows || drawn_below(attempt, 20 + (uint64_t)r, 5) == 0) cut[r] = cut[r - 1];
    }
    cut[p->n_ranks] = rows;
}

/* All pieces in the order of ranks. */
static size_t cut_all(const pa_placed *p, pa_piece piece[])
{
    size_t n = 0;
    for (int r = 0; r < p->n_ranks; r++) n += pa_cut_at_blocks(p, r, piece + n);
    return n;
}

static void test_every_byte_has_one_writer(void)
{
    pa_piece piece[MOST_WRITTEN];
    int64_t cut[MOST_RANKS + 1];
    pa_placed p;
    int unlike = 0;
    for (uint64_t attempt = 0; attempt < 3000; attempt++) {
        draw(attempt, &p, cut);
        size_t n = cut_all(&p, piece);
        int64_t at = p.at;
        for (size_t i = 0; i < n; i++) {
            unlike += piece[i].from != at || piece[i].until <= at;
            at = piece[i].until;
        }
        unlike += at != p.at + cut[p.n_ranks] * p.row_bytes;
    }
    CU_ASSERT_EQUAL(unlike, 0);
}

/* Blocks that two neighbouring pieces share, and those at the ends, which hold other bytes. */
static void test_no_block_has_two_writers(void)
{
    pa_piece piece[MOST_WRITTEN];
    int64_t cut[MOST_RANKS + 1];
    pa_placed p;
    int shared = 0, foreign = 0;
    for (uint64_t attempt = 0; attempt < 3000; attempt++) {
        draw(attempt, &p, cut);
        size_t n = cut_all(&p, piece);
        for (size_t i = 1; i < n; i++)
            shared += piece[i].from % PA_BLOCK != 0 && piece[i].writer != piece[i - 1].writer;
        foreign += piece[0].from % PA_BLOCK != 0 && piece[0].writer != 0;
        foreign += piece[n - 1].until % PA_BLOCK != 0 && piece[n - 1].writer != 0;
    }
    CU_ASSERT_EQUAL(shared, 0);
    CU_ASSERT_EQUAL(foreign, 0);
}

/* The whole blocks of a slice stay where they are: but for its ends a rank sends nothing. */
static void test_little_travels(void)
{
    pa_piece piece[PA_MOST_PIECES];
    int64_t cut[MOST_RANKS + 1];
    pa_placed p;
    int far = 0;
    for (uint64_t attempt = 0; attempt < 3000; attempt++) {
        draw(attempt, &p, cut);
        for (int r = 0; r < p.n_ranks; r++) {
            size_t n = pa_cut_at_blocks(&p, r, piece);
            for (size_t i = 0; i < n; i++)
                far += piece[i].writer != r && piece[i].until - piece[i].from >= PA_BLOCK;
        }
    }
    CU_ASSERT_EQUAL(far, 0);
}

static void test_cuts_at_blocks_need_no_others(void)
{
    const int64_t cut[] = {0, 2 * PA_BLOCK, 2 * PA_BLOCK, 7 * PA_BLOCK};
    const pa_placed p = {.at = 3 * PA_BLOCK, .row_bytes = 1, .cut = cut, .n_ranks = 3};
    pa_piece piece[MOST_WRITTEN];
    CU_ASSERT_EQUAL(cut_all(&p, piece), 2);
    CU_ASSERT_EQUAL(piece[0].writer, 0);
    CU_ASSERT_EQUAL(piece[1].writer, 2);
    CU_ASSERT_EQUAL(piece[1].from, 5 * PA_BLOCK);
}

static const pa_test tests[] = {
    {"every byte has one writer", test_every_byte_has_one_writer},
    {"no block has two writers", test_no_block_has_two_writers},
    {"little travels", test_little_travels},
    {"cuts at blocks need no others", test_cuts_at_blocks_need_no_others},
};
PA_TEST_MAIN("blocks", tests)

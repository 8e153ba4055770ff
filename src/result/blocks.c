#include "blocks.h"

#include "items.h"

static int64_t down(int64_t at)
{
    return at / PA_BLOCK * PA_BLOCK;
}

static int64_t up(int64_t at)
{
    return down(at + PA_BLOCK - 1);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t begin_of(const pa_placed *p, int rank)
{
    return p->at + p->cut[rank] * p->row_bytes;
}

/* Of the block in which the byte `at` of the dataset, held by `rank`, lies. */
static int writer_of(const pa_placed *p, int rank, int64_t at)
{
    int64_t from = down(at), end = begin_of(p, p->n_ranks);
    if (from < p->at || from + PA_BLOCK > end) return 0;
    while (begin_of(p, rank) > from) rank--;
    return rank;
}

/* Adds what is there of it; to the last piece where both are of the rank itself. */
static size_t add(const pa_placed *p, int rank, int64_t from, int64_t until, pa_piece piece[],
                  size_t n)
{
    if (from >= until) return n;
    int writer = writer_of(p, rank, from);
    if (n > 0 && writer == rank && piece[n - 1].writer == rank) {
        piece[n - 1].until = until;
        return n;
    }
    piece[n] = (pa_piece){from, until, writer};
    return n + 1;
}

size_t pa_cut_at_blocks(const pa_placed *p, int rank, pa_piece piece[PA_MOST_PIECES])
{
    int64_t from = begin_of(p, rank), until = begin_of(p, rank + 1);
    int64_t head = least(up(from), until), whole = down(begin_of(p, p->n_ranks));
    int64_t tail = least(until, whole > head ? whole : head);
    size_t n = add(p, rank, from, head, piece, 0);
    n = add(p, rank, head, tail, piece, n);
    return add(p, rank, tail, until, piece, n);
}

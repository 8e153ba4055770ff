/* Who writes what of a large dataset: by whole blocks of the file, so that no two ranks write
 * into one, and what a network file system keeps of a file on a node is that node's alone.
 *
 *      blocks of the file  |       0       |       1       |       2       |    3    ...
 *      the dataset            [a a a a a a a a a b b b b b c c c c c c c c c c]
 *      written by               rank 0     |     rank a    |     rank b    | rank 0
 *
 * A block is written by the rank that holds its first byte. One that the dataset does not fill
 * holds bytes of others, of HDF5 most often, and is rank 0's. */
#ifndef PARAUDIT_SRC_RESULT_BLOCKS_H
#define PARAUDIT_SRC_RESULT_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

/* Where the rows of a dataset stand, and who holds them: those from cut[r] up to cut[r + 1]
 * rank r does, of n_ranks. */
typedef struct {
    int64_t at, row_bytes;
    const int64_t *cut;
    int n_ranks;
} pa_placed;

/* Bytes from .. until - 1 of the file, never none. */
typedef struct {
    int64_t from, until;
    int writer;
} pa_piece;

enum { PA_MOST_PIECES = 3 };

/* What a rank holds, in order: the piece of its own, and up to two of less than a block for
 * others (or for itself). Returns how many there are. Local. */
size_t pa_cut_at_blocks(const pa_placed *placed, int rank, pa_piece piece[PA_MOST_PIECES]);

#endif

/* Where the pieces begin into which ranks have cut the text of files. */
#ifndef PARAUDIT_TEXT_PIECES_H
#define PARAUDIT_TEXT_PIECES_H

#include "paraudit/comm/comm.h"
#include "paraudit/csv/records.h"
#include "paraudit/text/window.h"

/* Bytes [begin, end) of a file's records. */
typedef struct {
    int64_t file; /* any number that only pieces of one file have in common */
    int64_t begin, end;
    int64_t first_line; /* in which the records of the file begin */
    pa_csv_scan scan;   /* over the piece */
} pa_text_piece;

/* Where a reader of the records of a piece begins, at or behind the piece's begin (at or
 * behind its end: no record begins in it), and the state and line of that byte. */
typedef struct {
    int64_t begin, line;
    pa_csv_state state;
} pa_text_start;

/* How a rank walks through the text of one of its pieces, where it has to. */
typedef struct {
    pa_text_file file;
    pa_record_rule rule;
} pa_text_way;

/* Gives the way of piece i of this rank. Local. */
typedef void pa_text_guide(void *guide_of, size_t i, pa_text_way *way);

/* pieces: n of this rank, and those of all ranks in the order of the text. A piece
 * takes a few dozen bytes and there are at most files + ranks of them, so everyone
 * hears of all. As long as lines are records that is all. Files where they are not are
 * read once more: each rank walks from the first good record in its piece, at the same
 * time; where the true reader of the file comes to another one, the rank walks again.
 * read: bytes at a time. PA_E_IO, PA_E_MEMORY. Collective. */
pa_status pa_text_starts(pa_comm *comm, const pa_text_piece pieces[], size_t n,
                         pa_text_guide *guide, void *guide_of, size_t read, pa_text_start start[],
                         pa_error *err);

#endif

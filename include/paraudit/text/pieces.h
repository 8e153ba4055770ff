/* Where the pieces begin into which ranks have cut the text of files. */
#ifndef PARAUDIT_TEXT_PIECES_H
#define PARAUDIT_TEXT_PIECES_H

#include "paraudit/comm/comm.h"
#include "paraudit/csv/scan.h"

typedef struct {
    int64_t file;       /* any number that only pieces of one file have in common */
    int64_t first_line; /* in which the records of the file begin */
    pa_csv_scan scan;   /* over the records of the piece */
} pa_text_piece;

/* Of the first byte. */
typedef struct {
    pa_csv_state state;
    int64_t line;
} pa_text_start;

/* pieces: n of this rank, and those of all ranks in the order of the text. A piece
 * takes a few dozen bytes and there are at most files + ranks of them, so everyone
 * hears of all. Collective. */
pa_status pa_text_starts(pa_comm *comm, const pa_text_piece pieces[], size_t n,
                         pa_text_start start[], pa_error *err);

#endif

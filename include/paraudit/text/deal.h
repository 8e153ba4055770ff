/* The text of a stream, which only one rank can read, dealt among ranks while it is read: in
 * blocks of whole records, to each rank in turn, so that no rank holds more of it than a few
 * blocks. A stretch in which records are looked for, behind a broken one, stays with one
 * rank. Which block goes where follows from the file and from the number of ranks. */
#ifndef PARAUDIT_TEXT_DEAL_H
#define PARAUDIT_TEXT_DEAL_H

#include "paraudit/comm/comm.h"
#include "paraudit/csv/records.h"
#include "paraudit/text/window.h"

/* Records from text on that begin before text + own, for a reader as pa_csv_parse is one;
 * what it does not use up comes again with more behind it. */
typedef struct {
    const char *text;
    size_t n, own;
    bool last; /* the file ends at text + n */
    /* A record begins at the text, on this line and at this byte of the unpacked text; where it
     * is not fresh the reader goes on where it was. */
    bool fresh;
    int64_t line, at;
    int64_t done; /* bytes of the file, as they lie on the disk, that were read so far */
} pa_dealt;

/* *used: bytes that are done with. Local. */
typedef pa_status pa_dealt_taker(void *taker, const pa_dealt *text, size_t *used, pa_error *err);

typedef struct {
    const pa_text_file *file; /* a stream */
    pa_record_rule rule;
    int64_t begin, line; /* of the first record */
    int first_rank, n_ranks;
    size_t block; /* bytes of a block, about; 1 or more */
} pa_text_dealing;

/* To be called by the ranks first_rank .. first_rank + n_ranks - 1, of which the first reads.
 * was: what has failed on this rank before: nothing is read or taken then, but the others are
 * not left waiting. room: PA_MESSAGE bytes (comm/message.h). Signals are heard (pa_stop_poll).
 * What fails on a rank is returned there alone: the caller agrees. */
pa_status pa_text_deal(pa_comm *comm, const pa_text_dealing *dealing, pa_status was,
                       pa_dealt_taker *take, void *taker, char *room, pa_error *err);

#endif

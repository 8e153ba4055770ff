/* Sequences in a text file, a line each: names of items with blanks between, plain, .gz or .zst,
 * read by all ranks together. */
#ifndef PARAUDIT_EMBED_SEQUENCE_FILE_H
#define PARAUDIT_EMBED_SEQUENCE_FILE_H

#include "paraudit/comm/dictionary.h"
#include "paraudit/embed/sgns.h"
#include "paraudit/text/source.h"

enum {
    PA_ITEM_NAME_BYTES = 1000,

    /* A line of more items is several sequences: a whole basket of n has n (n - 1) pairs. */
    PA_SEQUENCE_PIECE = 10000
};

typedef struct {
    pa_sequences here;         /* of this rank; an id is a line's number, and which piece of it */
    int64_t n_lines, n_tokens; /* lines with an item, and items of these, of all ranks */
    int64_t n_long;            /* of them those that are several sequences */
    int64_t n_rare, n_rare_tokens; /* names that are left out, and how often they are met */
    pa_names names; /* of each code: those met most often first, then by their bytes; replicated */
    int64_t *count; /* of each code, in all lines */
    uint64_t *id;
    size_t *start;
    int32_t *item;
    size_t room_start, room_id, room_item;
} pa_sequence_file;

/* Items that are met less than min_count times are left out of their sequences. PA_E_NO_INPUT,
 * PA_E_IO, PA_E_MEMORY; PA_E_DATA with file and line: a name of more than PA_ITEM_NAME_BYTES bytes,
 * or in no UTF-8; without a line: no item at all, none that is met often enough, or more of them
 * than have a code. On failure there is nothing to free. Collective. */
pa_status pa_sequence_file_read(pa_comm *comm, const char *path, const pa_text_io *io,
                                int64_t min_count, pa_sequence_file *file, pa_error *err);
void pa_sequence_file_free(pa_sequence_file *file); /* local */

/* The code of a name, or -1. Local. */
int32_t pa_sequence_file_find(const pa_sequence_file *file, const char *name);

#endif

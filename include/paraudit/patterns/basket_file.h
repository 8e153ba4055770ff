/* Baskets in a text file, a line each: whole numbers with blanks between (the form of the FIMI
 * repository), plain, .gz or .zst, read by all ranks together. */
#ifndef PARAUDIT_PATTERNS_BASKET_FILE_H
#define PARAUDIT_PATTERNS_BASKET_FILE_H

#include "paraudit/comm/comm.h"
#include "paraudit/patterns/baskets.h"
#include "paraudit/text/source.h"

typedef struct {
    pa_baskets here;    /* of this rank, in the order of the file; codes are those of `number` */
    int64_t n_global;   /* baskets of all ranks: lines with an item */
    int64_t n_repeated; /* items that stood in their line already, of all ranks; left out */
    int64_t n_empty;    /* lines without an item, of all ranks */
    int32_t *number;    /* of each code, as the file has it, ascending: on every rank */
    size_t *first;
    int32_t *item;
    size_t room_first, room_item;
} pa_basket_file;

/* PA_E_NO_INPUT, PA_E_IO, PA_E_MEMORY; PA_E_DATA with file and line: something that is no number
 * from 0 to 2^31 - 2, or no text; without a line: no basket at all. On failure there is nothing to
 * free. Collective. */
pa_status pa_basket_file_read(pa_comm *comm, const char *path, const pa_text_io *io,
                              pa_basket_file *file, pa_error *err);
void pa_basket_file_free(pa_basket_file *file); /* local */

#endif

/* What a rank has written of the sets, in the order of writing: in memory, and from some size on
 * in a file without a name. Local. */
#ifndef PARAUDIT_PATTERNS_SPILL_H
#define PARAUDIT_PATTERNS_SPILL_H

#include <stdint.h>

#include "paraudit/base/array.h"

typedef struct {
    pa_buffer text;     /* who writes adds here */
    size_t most;        /* bytes that may stand in memory */
    const char *beside; /* a path, borrowed: the file is in its folder; NULL: there may be none */
    int fd;             /* of the file; -1: none yet */
    int64_t in_file;    /* bytes: what stands in memory comes behind them */
    void *map;          /* all of the file, once it is whole */
} pa_spill;

void pa_spill_open(pa_spill *spill, size_t most, const char *beside);
void pa_spill_free(pa_spill *spill); /* one that was opened, or zeroes */

static inline int64_t pa_spill_end(const pa_spill *spill)
{
    return spill->in_file + (int64_t)spill->text.length;
}

/* To be called when something was added. PA_E_MEMORY: it is more than memory may hold, and there
 * may be no file; PA_E_IO, PA_E_CREATE. */
pa_status pa_spill_added(pa_spill *spill, pa_error *err);

/* What comes behind the first `end` bytes goes. */
void pa_spill_cut(pa_spill *spill, int64_t end);

/* Appends n bytes from `at` on to a text. PA_E_IO. */
pa_status pa_spill_copy(const pa_spill *spill, int64_t at, size_t n, pa_buffer *to, pa_error *err);

/* All of it as one piece, which belongs to `spill`; nothing may be added any more. PA_E_IO. */
pa_status pa_spill_whole(pa_spill *spill, const char **data, pa_error *err);

#endif

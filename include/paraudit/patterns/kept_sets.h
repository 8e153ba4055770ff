/* What a rank has written of the sets, in the order of writing: in memory, and from some size on
 * in a file without a name. Local. */
#ifndef PARAUDIT_PATTERNS_KEPT_SETS_H
#define PARAUDIT_PATTERNS_KEPT_SETS_H

#include <stdint.h>

#include "paraudit/base/array.h"

typedef struct {
    pa_buffer text;     /* who writes adds here */
    size_t most;        /* bytes that may stand in memory */
    const char *beside; /* a path, borrowed: the file is in its folder; NULL: there may be none */
    int fd;             /* of the file; -1: none yet */
    int64_t in_file;    /* bytes: what stands in memory comes behind them */
    void *map;          /* all of the file, once it is whole */
} pa_kept_sets;

void pa_kept_open(pa_kept_sets *kept, size_t most, const char *beside);
void pa_kept_free(pa_kept_sets *kept); /* one that was opened, or zeroes */

static inline int64_t pa_kept_end(const pa_kept_sets *kept)
{
    return kept->in_file + (int64_t)kept->text.length;
}

/* To be called when something was added. PA_E_MEMORY: it is more than memory may hold, and there
 * may be no file; PA_E_IO, PA_E_CREATE. */
pa_status pa_kept_added(pa_kept_sets *kept, pa_error *err);

/* What comes behind the first `end` bytes goes. */
void pa_kept_cut(pa_kept_sets *kept, int64_t end);

/* All of it as one piece, which belongs to `kept`; nothing may be added any more. PA_E_IO. */
pa_status pa_kept_whole(pa_kept_sets *kept, const char **data, pa_error *err);

#endif

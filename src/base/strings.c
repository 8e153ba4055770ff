#include "paraudit/base/strings.h"

#include <string.h>

#include "paraudit/base/array.h"

/* Blocks never move, so that kept strings stay where they are. */
struct pa_strings_block {
    struct pa_strings_block *older;
    size_t used, room;
    char bytes[];
};

static struct pa_strings_block *block_with(pa_strings *pool, size_t n, pa_error *err)
{
    struct pa_strings_block *b = pool->newest;
    if (b && n <= b->room - b->used) return b;
    size_t room = n > 4000 ? n : 4000;
    b = pa_alloc(sizeof *b + room, 1, err);
    if (!b) return NULL;
    b->older = pool->newest;
    b->room = room;
    pool->newest = b;
    return b;
}

pa_status pa_strings_keep(pa_strings *pool, const char *text, size_t length, const char **kept,
                          pa_error *err)
{
    *kept = NULL;
    if (!text) return PA_OK;
    struct pa_strings_block *b = block_with(pool, length + 1, err);
    if (!b) return PA_E_MEMORY;
    char *to = b->bytes + b->used;
    memcpy(to, text, length);
    to[length] = '\0';
    b->used += length + 1;
    *kept = to;
    return PA_OK;
}

void pa_strings_free(pa_strings *pool)
{
    for (struct pa_strings_block *b = pool->newest; b;) {
        struct pa_strings_block *older = b->older;
        pa_free(b);
        b = older;
    }
    pool->newest = NULL;
}

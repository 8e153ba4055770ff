/* A pool of strings that live until it is freed. Column specs borrow their
 * texts; those that come from a file are kept here, so that a table outlives
 * the file it was read from. */
#ifndef PARAUDIT_BASE_STRINGS_H
#define PARAUDIT_BASE_STRINGS_H

#include <stddef.h>

#include "paraudit/base/status.h"

typedef struct {
    struct pa_strings_block *newest;
} pa_strings;

/* A copy of text with a zero byte behind it; NULL stays NULL. Equal texts are
 * not merged. Zero the pool before its first use. */
pa_status pa_strings_keep(pa_strings *pool, const char *text, size_t length, const char **kept,
                          pa_error *err);
void pa_strings_free(pa_strings *pool);

#endif

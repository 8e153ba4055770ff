/* What differs between two lists of names with a value each: keys of a configuration, digests
 * of files. Private to the pipeline; local. */
#ifndef PARAUDIT_PIPELINE_CHANGES_H
#define PARAUDIT_PIPELINE_CHANGES_H

#include "paraudit/base/strings.h"
#include "paraudit/pipeline/previous.h"

/* Sorts both lists by name and value, and pairs what has one name: equal values first, then
 * those that are left, in the order of their values. changes: n_before + n_now elements, the
 * caller's; they borrow all texts and come in the order of names, what is the same among them.
 * Returns how many there are. A name may come several times in a list. */
size_t pa_find_changes(size_t n_before, pa_named before[], size_t n_now, pa_named now[],
                       pa_change changes[]);

/* The keys of a text that pa_config_write has made, as "section.key", with their values as they
 * stand there. *keys is freed by pa_free, its texts live in the pool. */
pa_status pa_list_keys(const char *text, pa_strings *pool, pa_named **keys, size_t *n,
                       pa_error *err);

/* "same", "changed", "new" or "gone". */
const char *pa_state_of(const pa_change *change);

#endif

/* Byte strings to dense codes, in the order of first appearance.
 *
 * Names lie end to end, as pa_names of comm/dictionary.h holds them: name i is
 * bytes[start[i] .. start[i + 1]). A flat table of 16 bytes a slot finds them by
 * XXH3. Codes depend on the order of adding alone, never on the hash. */
#ifndef PARAUDIT_BASE_INTERN_H
#define PARAUDIT_BASE_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

typedef struct {
    uint64_t tag;  /* hash in the high half, kind of the name, code + 1; 0: free */
    uint64_t word; /* a short name itself; where a longer one lies */
} pa_intern_slot;

/* A zeroed table is empty and good to use. */
typedef struct {
    size_t n;
    size_t *start; /* n + 1 offsets; NULL while nothing was added */
    char *bytes;
    size_t start_room, bytes_room;
    pa_intern_slot *slots;
    int slot_bits; /* 2^slot_bits slots */
} pa_intern;

/* Gives the code of a name, a new one where it was never added. The table keeps
 * a copy. Names of any length, the empty one too. PA_E_USAGE beyond 2^31 - 1
 * names. */
pa_status pa_intern_add(pa_intern *t, const char *name, size_t length, int32_t *code,
                        pa_error *err);

/* The code of a name, or -1. */
int32_t pa_intern_find(const pa_intern *t, const char *name, size_t length);

/* The codes of n names at once, -1 of those that are not there and of empty ones: places in a
 * large table are all asked for before the first is looked at. Eight bytes are read from the
 * begin of each name, however short it is. */
void pa_intern_find_each(const pa_intern *t, size_t n, const char *const name[],
                         const uint32_t length[], int32_t code[]);

/* Has the place fetched where a name will soon be looked for, so that others can be
 * dealt with meanwhile. Worth while where the table is larger than a core's cache. */
void pa_intern_prefetch(const pa_intern *t, const char *name, size_t length);
bool pa_intern_is_large(const pa_intern *t);

/* Hands the names over, cut to size: the caller owns *start (n + 1 offsets, also
 * for n = 0) and *bytes, freed by pa_free, and the table is empty. On failure
 * the table stays as it was. */
pa_status pa_intern_take(pa_intern *t, size_t *n, size_t **start, char **bytes, pa_error *err);

void pa_intern_free(pa_intern *t);

#endif

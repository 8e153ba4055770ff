/* A result file without its values: everything that HDF5 has to say about them.
 * Both calls are local: one rank makes them, so that no other waits inside HDF5
 * for one that cannot write. After PA_E_IO HDF5 keeps what it could not write,
 * and the process must be ended. path: the name that messages give. */
#ifndef PARAUDIT_SRC_RESULT_FRAME_H
#define PARAUDIT_SRC_RESULT_FRAME_H

#include "items.h"

/* Fills the file `part`, which is there: groups, datasets, attributes, and room for all values
 * and digests. places: list->n offsets in the file, out: where row 0 of each item
 * belongs. PA_E_IO. */
pa_status pa_frame_write(const char *path, const char *part, const pa_result *content,
                         const pa_items *list, int64_t places[], pa_error *err);

/* Fills in the digests of the items and of the content. PA_E_IO. */
pa_status pa_frame_digests(const char *path, const char *part, const pa_items *list,
                           const char *content_digest, pa_error *err);

/* PA_E_IO: `PATH: cannot write WHERE: REASON (the file system has 3 MiB left)`. */
pa_status pa_cannot_write(const char *path, const char *where, const char *reason, pa_error *err);

#endif

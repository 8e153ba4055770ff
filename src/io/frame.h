/* A result file without its values: everything that HDF5 has to say about them. */
#ifndef PARAUDIT_SRC_IO_FRAME_H
#define PARAUDIT_SRC_IO_FRAME_H

#include "items.h"

/* Makes the file `part`: groups, datasets, attributes, and room for all values.
 * places: list->n offsets in the file, out: where row 0 of each item belongs.
 * path: the name that messages give. Local: one rank does it, so that no other
 * waits inside HDF5 for one that cannot write. PA_E_CREATE; after PA_E_IO HDF5
 * keeps what it could not write, and the process must be ended. */
pa_status pa_frame_write(const char *path, const char *part, const pa_result *content,
                         const pa_items *list, const char *digest, int64_t places[], pa_error *err);

/* PA_E_IO: `PATH: cannot write WHERE: REASON (the file system has 3 MiB left)`. */
pa_status pa_cannot_write(const char *path, const char *where, const char *reason, pa_error *err);

#endif

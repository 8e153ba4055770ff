/* Bytes of a file that may be compressed by gzip or zstd, one after another.
 *
 * Members of a .gz and frames of a .zst may follow each other, as `cat` joins
 * them; skippable frames of a .zst are passed over, and so are zero bytes behind
 * a .gz (tapes pad with them). Everything else behind the end is an error, as is
 * a file that ends early. All calls are local; memory is bounded by the raw
 * buffer and the window of the compression (at most 128 MiB). */
#ifndef PARAUDIT_FILES_UNPACK_H
#define PARAUDIT_FILES_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

typedef enum { PA_PACKED_NOT, PA_PACKED_GZ, PA_PACKED_ZST } pa_packing;

/* Told by the first bytes of a file, never by its name; four are enough. */
pa_packing pa_packing_of(const char *first, size_t n);

typedef struct pa_unpack pa_unpack;

/* fd: of the file, borrowed; read by offset, from its start. name: for messages,
 * borrowed; file: its ordinal from 1, the place in errors (0: none). raw: bytes
 * read at a time, 1 or more. */
pa_status pa_unpack_new(int fd, pa_packing packing, const char *name, int64_t file, size_t raw,
                        pa_unpack **u, pa_error *err);
void pa_unpack_free(pa_unpack *u); /* NULL is fine */

/* The next bytes; *got is below `room` only where the data ends, and then the
 * whole file was found in order. PA_E_DATA: damaged or cut short, with the byte
 * of the file; PA_E_IO; PA_E_MEMORY. */
pa_status pa_unpack_read(pa_unpack *u, char *bytes, size_t room, size_t *got, pa_error *err);

/* Bytes of the file that are done with. */
int64_t pa_unpack_done(const pa_unpack *u);

#endif

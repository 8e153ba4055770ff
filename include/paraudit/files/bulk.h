/* Large transfers between memory and a file, past the page cache where the file
 * system takes that (O_DIRECT): gigabytes written once push nothing else out of
 * memory, ranks that write one file do not wait for each other at its lock, and
 * what is read back comes from the disk. Elsewhere (tmpfs, some network file
 * systems) the same by ordinary calls. All calls are local. */
#ifndef PARAUDIT_FILES_BULK_H
#define PARAUDIT_FILES_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum { PA_BULK_PIECE = 4 << 20 /* bytes of one transfer */ };

typedef struct pa_bulk pa_bulk;

/* A file that exists, for reading or for writing (no link, then). PA_E_NO_INPUT where it cannot
 * be opened to read, PA_E_CREATE to write; the message starts with the path,
 * which must outlive *bulk. On failure *bulk is NULL. */
pa_status pa_bulk_open(const char *path, bool writing, pa_bulk **bulk, pa_error *err);

/* NULL is fine. False where the system reports late what it could not write:
 * errno says why. */
bool pa_bulk_close(pa_bulk *bulk);

/* Writes n bytes at an offset, all of them or false: errno says why. Other ranks
 * may write the bytes beside them at the same time, on a file system that all see
 * alike (POSIX; not two clients of NFS). */
bool pa_bulk_write(pa_bulk *bulk, const void *bytes, size_t n, int64_t at);

/* n bytes (PA_BULK_PIECE at most) from an offset on: *bytes is good until the
 * next call. PA_E_IO. */
pa_status pa_bulk_read(pa_bulk *bulk, size_t n, int64_t at, const char **bytes, pa_error *err);

#endif

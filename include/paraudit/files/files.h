/* Folders, locks and small files, written so that a crash leaves either the
 * old file or the new one. All calls are local; messages start with the path. */
#ifndef PARAUDIT_FILES_FILES_H
#define PARAUDIT_FILES_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"
#include "paraudit/files/standing.h"

/* The part after the last slash; borrowed from path. */
const char *pa_base_name(const char *path);

/* Makes the folder and those above it, with the rights of base/rights.h; one that exists is
 * fine, and keeps its own. PA_E_CREATE. */
pa_status pa_make_folders(const char *path, pa_error *err);

/* Takes the lock of a folder that exists: OUT/.lock, held by flock until
 * pa_unlock_folder or the end of the process, however it ends. PA_E_CREATE where
 * another process holds it. A file system without locks (some Lustre mounts)
 * grants it unseen. A link in its place is not followed. */
pa_status pa_lock_folder(const char *folder, int *lock, pa_error *err);
void pa_unlock_folder(int *lock); /* a lock of -1 is fine; becomes -1 */

/* OUT/.lock says that paraudit writes into this folder, so that what bears the names of its
 * files there is its own. A lock in which something else is written stays as it is, and its
 * folder without a mark. PA_E_IO. */
bool pa_folder_is_marked(int lock);
pa_status pa_mark_folder(const char *folder, int lock, pa_error *err);

/* Writes n bytes at an offset of an open file, all of them, however often the
 * system takes only a part. False where it refuses: errno says why. */
bool pa_write_at(int fd, const char *bytes, size_t n, int64_t offset);

/* Writes a draft (files/draft.h), syncs it, gives it the name PATH and syncs the folder:
 * what was called so is replaced. PA_E_CREATE or PA_E_IO. */
pa_status pa_write_file(const char *path, const char *bytes, size_t length, pa_error *err);

/* The same; what is there is replaced where it may be (files/standing.h). */
pa_status pa_write_file_beside(const char *path, const pa_standing *standing, const char *bytes,
                               size_t length, pa_error *err);

/* For files that others have written: what stands in `path` reaches the disk; whatever names
 * were given in the folder that `path` lies in are kept. */
pa_status pa_sync_file(const char *path, pa_error *err);
pa_status pa_sync_folder_of(const char *path, pa_error *err);

/* Whole file into memory from pa_alloc, with a zero byte behind it that length
 * leaves out. PA_E_NO_INPUT or PA_E_IO. */
pa_status pa_read_file(const char *path, char **bytes, size_t *length, pa_error *err);

/* Opens for reading a file that paraudit has written beside others of its own: no link is
 * followed, and what is no file is not waited for. *there is false where nothing is called so.
 * PA_E_NO_INPUT: it is no file, or must not be read. */
pa_status pa_open_own(const char *path, bool *there, int *fd, pa_error *err);

pa_status pa_file_size(const char *path, int64_t *bytes, pa_error *err);

/* Bytes that this user may still write where `path` lies or would lie. */
pa_status pa_space_left(const char *path, int64_t *bytes, pa_error *err);

/* Makes sure that `bytes` can be written at `path` before anybody starts: a
 * sibling file PATH.reserve, without a name from its first moment on, is
 * allocated to that size and closed again.
 * PA_E_CREATE with the system's reason where no file can be made there, PA_E_IO
 * `out/audit.h5: needs 412 MiB, the file system has 100 MiB left` where the
 * space does not suffice. */
pa_status pa_reserve(const char *path, int64_t bytes, pa_error *err);

/* "412 MiB", "1.5 GiB", "17 bytes": for messages. */
void pa_bytes_text(int64_t bytes, char text[32]);

#endif

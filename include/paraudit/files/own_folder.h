/* A folder that holds files of ours alone. It bears a mark, a small file that was made with
 * it; what has none is somebody else's, and nothing in it is read, made or removed. The
 * folder is held open, so that nobody puts another in its place, and no link is followed.
 * All calls are local; messages start with the path. */
#ifndef PARAUDIT_FILES_OWN_FOLDER_H
#define PARAUDIT_FILES_OWN_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* The name of the mark. */
extern const char pa_own_mark[sizeof ".paraudit"];

/* fd: of the folder, -1 where there is none. path: borrowed. */
typedef struct {
    const char *path;
    int fd;
} pa_own_folder;

/* Opens the folder that is there; PA_E_CREATE where it is a link, no folder, or holds files
 * but no mark. An empty one is nobody's, and counts as none. */
pa_status pa_own_folder_open(const char *path, pa_own_folder *folder, pa_error *err);

/* The same; what is not there is made, and an empty one is taken: for this user alone (0700)
 * whatever the umask, with its mark. */
pa_status pa_own_folder_make(const char *path, pa_own_folder *folder, pa_error *err);

void pa_own_folder_close(pa_own_folder *folder); /* fd becomes -1; -1 is fine */

/* Removes mark and folder where nothing else is left in it, and closes it. */
void pa_own_folder_remove(pa_own_folder *folder);

/* Calls found for every name but those that begin with a dot. fd -1: none. */
void pa_own_folder_visit(const pa_own_folder *folder, void (*found)(const char *name, void *to),
                         void *to);

/* Writes NAME.part, which is new and for this user alone (0600), syncs it, renames it to
 * NAME and syncs the folder. PA_E_CREATE, PA_E_IO. */
pa_status pa_own_file_write(const pa_own_folder *folder, const char *name, const char *bytes,
                            size_t length, pa_error *err);

/* A whole file of at most `most` bytes into memory from pa_alloc, with a zero byte behind it.
 * PA_E_NO_INPUT: there is no such file, or it is larger; PA_E_IO. */
pa_status pa_own_file_read(const pa_own_folder *folder, const char *name, size_t most, char **bytes,
                           size_t *length, pa_error *err);

/* Gives a file that others of this program have written the mode 0600. PA_E_CREATE. */
pa_status pa_own_file_close_to_others(const pa_own_folder *folder, const char *name, pa_error *err);

/* Bytes of a file; -1: there is none of that name, or it is a link or no file. */
int64_t pa_own_file_size(const pa_own_folder *folder, const char *name);

/* A link is removed, not what it points at. */
void pa_own_file_remove(const pa_own_folder *folder, const char *name);

#endif

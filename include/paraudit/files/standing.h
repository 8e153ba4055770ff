/* Files that stand where a job will put its own, and may be replaced by them.
 *
 * When the job begins, those that it knows for its own are noted, each by what tells it from
 * any other file: one that comes meanwhile, or that somebody changes, is not among them, and
 * stays. What holds the very bytes of the new file is no loss, whoever wrote it. All calls
 * are local. */
#ifndef PARAUDIT_FILES_STANDING_H
#define PARAUDIT_FILES_STANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "paraudit/base/status.h"

typedef struct {
    dev_t device;
    ino_t number;
    off_t bytes;
    struct timespec written;
} pa_standing_file;

enum { PA_MOST_STANDING = 8 };

/* All zero: none is known. Where a call takes NULL, whatever is there may be replaced. */
typedef struct {
    bool any; /* as NULL */
    size_t n;
    pa_standing_file file[PA_MOST_STANDING];
} pa_standing;

/* Notes the file that is called so, if there is one. */
void pa_standing_note(pa_standing *standing, const char *path);

/* Whether the file called `path` may give way to the draft of that name: nothing that is no
 * plain file does. */
bool pa_standing_gives_way(const pa_standing *standing, const char *path, const char *draft);

/* One plain file of this user, under one name alone, that begins with these bytes: what stands
 * here may be one of ours. A link is not followed, and no pipe waited for. */
bool pa_file_begins_with(const char *path, const char *bytes, size_t n);

#endif

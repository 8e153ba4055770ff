/* A file while it is written: NAME.paraudit.part, until it is whole and takes its name.
 *
 * The draft is made new (O_EXCL), with the rights of base/rights.h, and no link is followed.
 * One that a killed job has left is known by its name, by its owner, who is this user, and by
 * being one plain file under one name that nobody holds; it goes, so that the job may be run
 * again. Anything else of that name is somebody's, stays, and is an error that names it. All
 * calls are local. */
#ifndef PARAUDIT_FILES_DRAFT_H
#define PARAUDIT_FILES_DRAFT_H

#include <stdbool.h>
#include <stdint.h>

#include "paraudit/base/status.h"
#include "paraudit/files/standing.h"

typedef struct {
    const char *path; /* what it will be called; borrowed */
    char *name;       /* what it is called until then; NULL: there is none */
    int fd;           /* open for writing */
} pa_draft;

/* The name of a draft, in memory from pa_alloc. NULL: PA_E_MEMORY. */
char *pa_draft_name(const char *path, pa_error *err);

/* Makes an empty one and locks it (flock), so that no other job takes it for left behind.
 * PA_E_CREATE, PA_E_IO where the disk is full. On failure there is nothing to drop. */
pa_status pa_draft_make(const char *path, pa_draft *draft, pa_error *err);

/* Who makes a file that is new, in a way of his own: false with the reason in errno, EEXIST where
 * something is called so. */
typedef struct {
    bool (*make)(const char *name, const void *context);
    const void *context;
} pa_draft_maker;

/* The same, the file made by `maker`; NULL: as others. */
pa_status pa_draft_make_by(const char *path, const pa_draft_maker *maker, pa_draft *draft,
                           pa_error *err);

/* Whether a draft could be made as far as what is called so goes: what a killed job has left
 * counts only where `left_by_us`, which the caller knows. Touches nothing. PA_E_CREATE. */
pa_status pa_draft_check(const char *path, bool left_by_us, pa_error *err);

/* Takes the room for the first `bytes` bytes of a draft, which keeps its length and stays as it is:
 * until it is cut off (O_TRUNC) no write of these finds the disk full. *taken false: the file
 * system cannot, and has that much left. PA_E_IO as pa_reserve. */
pa_status pa_reserve_in(const pa_draft *draft, int64_t bytes, bool *taken, pa_error *err);

/* Lets go of the lock, for a library that locks what it opens. */
void pa_draft_unlock(pa_draft *draft);

/* A name by which this process reaches this very file, whatever has become of the other. */
void pa_draft_way(const pa_draft *draft, char way[64]);

/* Gives it its name for good, and sync the folder: the file itself was synced by who wrote it.
 * What is called so is replaced, or, where that is not wished, an error (PA_E_CREATE). On
 * failure the draft is still there, or has its name and is lost from it. */
pa_status pa_draft_keep(pa_draft *draft, bool replace, pa_error *err);

/* The same; what is called so is replaced where it may be (files/standing.h). */
pa_status pa_draft_keep_beside(pa_draft *draft, const pa_standing *standing, pa_error *err);

/* Removes it; one that was kept, or never made (all zero), is fine. */
void pa_draft_drop(pa_draft *draft);

#endif

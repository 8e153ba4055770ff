#include "paraudit/files/try_folder.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/draft.h"
#include "paraudit/files/files.h"

/* Bytes of the part of a path that is there: 0 where not even its first folder is. */
static size_t length_there(const char *path)
{
    char part[4096];
    size_t n = strlen(path);
    if (n >= sizeof part) return n;
    memcpy(part, path, n + 1);
    while (n > 0 && access(part, F_OK) != 0) {
        while (n > 0 && part[n - 1] == '/') n--;
        while (n > 0 && part[n - 1] != '/') n--;
        part[n] = '\0';
    }
    return n;
}

/* Removes the folders that lie behind the first `there` bytes, as far as they are empty. */
static void remove_folders(const char *path, size_t there)
{
    char part[4096];
    size_t n = strlen(path);
    if (n >= sizeof part) return;
    memcpy(part, path, n + 1);
    while (n > there) {
        while (n > there && part[n - 1] == '/') n--;
        part[n] = '\0';
        if (n > there) rmdir(part);
        while (n > there && part[n - 1] != '/') n--;
        part[n] = '\0';
    }
}

static pa_status try_file(const char *folder, pa_error *err)
{
    char path[4200];
    pa_draft draft;
    pa_error inner = {0};
    snprintf(path, sizeof path, "%.4095s/.check", folder);
    pa_status st = pa_draft_make(path, &draft, &inner);
    if (st != PA_OK) return pa_fail(err, st, "%s", inner.message);
    pa_draft_drop(&draft);
    return PA_OK;
}

static pa_status try_and_undo(const char *folder, pa_folder_tried *tried, pa_error *err)
{
    char file[4200];
    int lock = -1;
    size_t there = length_there(folder);
    *tried = (pa_folder_tried){.is_new = there < strlen(folder)};
    snprintf(file, sizeof file, "%.4095s/.lock", folder);
    bool locked_before = access(file, F_OK) == 0;
    pa_status st = pa_make_folders(folder, err);
    if (st == PA_OK) st = pa_lock_folder(folder, &lock, err);
    if (st == PA_OK) st = try_file(folder, err);
    if (st == PA_OK) st = pa_space_left(file, &tried->left, err);
    if (lock >= 0 && !locked_before) unlink(file);
    pa_unlock_folder(&lock);
    remove_folders(folder, there);
    return st;
}

/* A signal waits until all is as it was. */
pa_status pa_try_folder(const char *folder, pa_folder_tried *tried, pa_error *err)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    pa_status st = try_and_undo(folder, tried, err);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return st;
}

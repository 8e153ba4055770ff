/* statfs with its types, fallocate and O_DIRECT are Linux's, outside POSIX. */
#define _GNU_SOURCE
#include "paraudit/files/file_system.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "paraudit/files/draft.h"

enum { NFS = 0x6969 };

static const struct {
    unsigned long type;
    const char *name;
} known[] = {{0xEF53, "ext4"},       {0x58465342, "XFS"},     {0x9123683E, "Btrfs"},
             {0x01021994, "tmpfs"},  {0x794C7630, "overlay"}, {NFS, "NFS"},
             {0x0BD00BD0, "Lustre"}, {0x47504653, "GPFS"},    {0x19830326, "BeeGFS"},
             {0x65735546, "FUSE"},   {0x00C36400, "CephFS"},  {0x2FC12FC1, "ZFS"}};

static bool ask(const char *path, struct statfs *s)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    int n = slash ? (int)(slash - path) : 0;
    if (n >= (int)sizeof folder) return false;
    snprintf(folder, sizeof folder, "%.*s", n, path);
    return statfs(!slash ? "." : n == 0 ? "/" : folder, s) == 0;
}

pa_file_system pa_file_system_of(const char *path)
{
    pa_file_system fs = {.name = "unknown"};
    struct statfs s;
    if (!ask(path, &s)) return fs;
    unsigned long type = (unsigned long)s.f_type & 0xFFFFFFFFul;
    snprintf(fs.name, sizeof fs.name, "0x%lx", type);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].type == type) snprintf(fs.name, sizeof fs.name, "%s", known[i].name);
    }
    fs.is_nfs = type == NFS;
    return fs;
}

/* A block that is written past the page cache. */
static bool writes_direct(const char *name)
{
    enum { BLOCK = 65536 };
    void *block = NULL;
    int fd = open(name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_DIRECT);
    if (fd < 0) return false;
    bool written = posix_memalign(&block, BLOCK, BLOCK) == 0;
    if (written) {
        memset(block, 0, BLOCK);
        written = pwrite(fd, block, BLOCK, 0) == BLOCK;
    }
    free(block);
    close(fd);
    return written;
}

pa_status pa_file_abilities_of(const char *path, pa_file_abilities *a, pa_error *err)
{
    pa_draft draft;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    PA_TRY(pa_draft_make(path, &draft, err));
    *a = (pa_file_abilities){.locks = fcntl(draft.fd, F_SETLK, &lock) == 0,
                             .room = fallocate(draft.fd, FALLOC_FL_KEEP_SIZE, 0, 4096) == 0,
                             .direct = writes_direct(draft.name)};
    pa_draft_drop(&draft);
    return PA_OK;
}

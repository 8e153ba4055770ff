/* What kind of file system a file lies on. Local. */
#ifndef PARAUDIT_FILES_FILE_SYSTEM_H
#define PARAUDIT_FILES_FILE_SYSTEM_H

#include <stdbool.h>

#include "paraudit/base/status.h"

typedef struct {
    char name[24]; /* "ext4", "NFS", "Lustre"; "0x1234" where it is not known here */
    bool is_nfs;
} pa_file_system;

/* Of the folder that holds, or would hold, `path`; "unknown" where it cannot be asked. */
pa_file_system pa_file_system_of(const char *path);

/* What can be done to a file there. */
typedef struct {
    bool locks;  /* fcntl */
    bool room;   /* fallocate: room is kept ahead */
    bool direct; /* O_DIRECT: past the page cache */
} pa_file_abilities;

/* Tried on a new file called `path`, which goes again. PA_E_CREATE, PA_E_IO: none can be made. */
pa_status pa_file_abilities_of(const char *path, pa_file_abilities *abilities, pa_error *err);

#endif

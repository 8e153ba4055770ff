/* What kind of file system a file lies on. Local. */
#ifndef PARAUDIT_FILES_FILE_SYSTEM_H
#define PARAUDIT_FILES_FILE_SYSTEM_H

#include <stdbool.h>

typedef struct {
    char name[24]; /* "ext4", "NFS", "Lustre"; "0x1234" where it is not known here */
    bool is_nfs;
} pa_file_system;

/* Of the folder that holds, or would hold, `path`; "unknown" where it cannot be asked. */
pa_file_system pa_file_system_of(const char *path);

#endif

/* Whether a folder can be written, without leaving anything in it. Local. */
#ifndef PARAUDIT_FILES_TRY_FOLDER_H
#define PARAUDIT_FILES_TRY_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "paraudit/base/status.h"

typedef struct {
    bool is_new;  /* it would have to be made */
    int64_t left; /* bytes that this user may write there */
} pa_folder_tried;

/* Makes it, locks it and makes a file in it, as a job does, and takes back all that was not
 * there. The errors of pa_make_folders and pa_lock_folder; PA_E_CREATE. */
pa_status pa_try_folder(const char *folder, pa_folder_tried *tried, pa_error *err);

#endif

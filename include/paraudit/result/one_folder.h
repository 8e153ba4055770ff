/* Whether all ranks see the folder that a job writes to. */
#ifndef PARAUDIT_RESULT_ONE_FOLDER_H
#define PARAUDIT_RESULT_ONE_FOLDER_H

#include "paraudit/comm/comm.h"

/* Rank 0 puts a token at `path`, in a folder that is there, and takes it away when all have
 * looked. PA_E_CREATE where one does not find it: the message names its host and that of rank 0.
 * Takes 2 s at most where a rank has to wait for its file system. Collective. */
pa_status pa_one_folder(pa_comm *comm, const char *path, pa_error *err);

#endif

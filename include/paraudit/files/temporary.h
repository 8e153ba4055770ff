/* Files that go with the process when a signal ends it. Local. */
#ifndef PARAUDIT_FILES_TEMPORARY_H
#define PARAUDIT_FILES_TEMPORARY_H

#include "paraudit/base/status.h"

/* From here on INT, HUP and TERM remove what pa_temporary_add has named, and then end the
 * process as they do by default. Those that are ignored stay so. */
void pa_end_on_signals(void);

/* Names a file that this process has made and that nobody wants half done; path is copied,
 * and stays named: once the file has got its right name it is not there to be removed. */
pa_status pa_temporary_add(const char *path, pa_error *err);

#endif

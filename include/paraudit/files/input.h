/* Files that are read at places. All calls are local; file: as in pa_fail_at. */
#ifndef PARAUDIT_FILES_INPUT_H
#define PARAUDIT_FILES_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* PA_E_NO_INPUT. */
pa_status pa_open_input(const char *path, int64_t file, int *fd, pa_error *err);

/* n bytes at an offset, all of them (PA_E_IO). path: for messages. */
pa_status pa_read_at(int fd, const char *path, int64_t file, int64_t offset, char *bytes, size_t n,
                     pa_error *err);

#endif

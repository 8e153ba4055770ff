/* Lists of paths and patterns, as input.files has them: separated by blanks and commas, each
 * of which a backslash takes into a name; the backslash is glob's own, too. */
#ifndef PARAUDIT_BASE_PATHS_H
#define PARAUDIT_BASE_PATHS_H

#include <stddef.h>

#include "paraudit/base/array.h"
#include "paraudit/base/status.h"

/* The bytes of the next path of the list at *at, which moves on to it; 0 at the end. */
size_t pa_paths_next(const char **at);

/* Appends the list with every relative path below `folder`; "" leaves it as it is. */
pa_status pa_paths_below(const char *folder, const char *paths, pa_buffer *to, pa_error *err);

/* The same below the folder that the process runs in, where that can be told. */
pa_status pa_paths_absolute(const char *paths, pa_buffer *to, pa_error *err);

#endif

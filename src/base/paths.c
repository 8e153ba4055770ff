#include "paraudit/base/paths.h"

#include <string.h>
#include <unistd.h>

static const char separators[] = ", \t\r\n";

enum { MOST_FOLDER = 4096 };

size_t pa_paths_next(const char **at)
{
    size_t n = 0;
    *at += strspn(*at, separators);
    const char *p = *at;
    while (p[n] && !strchr(separators, p[n])) n += p[n] == '\\' && p[n + 1] ? 2 : 1;
    return n;
}

/* A folder stands for itself: its name is no pattern. */
static pa_status add_folder(pa_buffer *to, const char *folder, pa_error *err)
{
    for (const char *c = folder; *c; c++) {
        if (strchr("*?[]\\", *c) || strchr(separators, *c)) PA_TRY(pa_buffer_add(to, "\\", 1, err));
        PA_TRY(pa_buffer_add(to, c, 1, err));
    }
    return folder[strlen(folder) - 1] == '/' ? PA_OK : pa_buffer_add(to, "/", 1, err);
}

pa_status pa_paths_below(const char *folder, const char *paths, pa_buffer *to, pa_error *err)
{
    if (!*folder) return pa_buffer_printf(to, err, "%s", paths);
    const char *blank = "";
    for (size_t n; (n = pa_paths_next(&paths)) > 0; paths += n) {
        PA_TRY(pa_buffer_printf(to, err, "%s", blank));
        if (*paths != '/') PA_TRY(add_folder(to, folder, err));
        PA_TRY(pa_buffer_add(to, paths, n, err));
        blank = " ";
    }
    return pa_buffer_printf(to, err, "%s", "");
}

pa_status pa_paths_absolute(const char *paths, pa_buffer *to, pa_error *err)
{
    char folder[MOST_FOLDER];
    if (!getcwd(folder, sizeof folder)) folder[0] = '\0';
    return pa_paths_below(folder, paths, to, err);
}

#define _XOPEN_SOURCE 700 /* realpath */
#include "paraudit/commands/presets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 4096 };

void pa_preset_folder(char folder[ROOM])
{
    char program[ROOM - 256], path[ROOM];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    folder[0] = '\0';
    if (n <= 0 || n == sizeof program - 1) return; /* or it is cut */
    program[n] = '\0';
    char *slash = strrchr(program, '/');
    if (slash) *slash = '\0';
    snprintf(path, sizeof path, "%s/" PARAUDIT_PRESETS_FROM_PROGRAM, program);
    /* A folder that is not there is named all the same, in messages. */
    char *real = realpath(path, NULL);
    snprintf(folder, ROOM, "%s", real ? real : path);
    free(real);
}

static void beside(const char *config_path, char folder[ROOM])
{
    const char *slash = strrchr(config_path, '/');
    snprintf(folder, ROOM, "%.*spresets", slash ? (int)(slash - config_path) + 1 : 0, config_path);
}

pa_status pa_preset_find(const char *config_path, const char *name, char path[ROOM], pa_error *err)
{
    char near[ROOM], installed[ROOM];
    beside(config_path, near);
    pa_preset_folder(installed);
    const char *variable = getenv("PARAUDIT_PRESETS");
    const char *named = variable ? variable : "";
    const char *folders[] = {near, named, installed};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (!*folders[i]) continue;
        int n = snprintf(path, ROOM, "%s/%s.ini", folders[i], name);
        if (n < ROOM && access(path, R_OK) == 0) return PA_OK;
    }
    return pa_fail(err, PA_E_NO_INPUT,
                   "preset '%s': there is no %s.ini in %s%s%s, nor in %s (PARAUDIT_PRESETS names "
                   "a folder)",
                   name, name, near, *named ? ", in " : "", named, installed);
}

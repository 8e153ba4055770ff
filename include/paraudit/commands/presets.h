/* Where presets are found. Local. */
#ifndef PARAUDIT_COMMANDS_PRESETS_H
#define PARAUDIT_COMMANDS_PRESETS_H

#include "paraudit/base/status.h"

/* The folder that was installed with the program, told by where the program lies: a tree
 * that is moved takes its presets along. "" where that cannot be told. */
void pa_preset_folder(char folder[4096]);

/* NAME.ini of the first folder that has it: presets/ beside the configuration, the folder
 * that $PARAUDIT_PRESETS names, pa_preset_folder. PA_E_NO_INPUT where none has. */
pa_status pa_preset_find(const char *config_path, const char *name, char path[4096], pa_error *err);

#endif

/* Who may read what this process makes: files 0600 in folders 0700, whatever the umask,
 * until it says otherwise. What holds account data is nobody else's by accident. */
#ifndef PARAUDIT_BASE_RIGHTS_H
#define PARAUDIT_BASE_RIGHTS_H

#include <sys/types.h>

#include "paraudit/base/status.h"

/* Sets the rights of files from text such as 0640, three octal digits with or without the
 * zero; folders may be entered by whom files may be read by. The owner reads and writes,
 * others do not write, nobody executes: else PA_E_CONFIG, with a message that starts with
 * `key`. For the whole process, as is the umask. Local. */
pa_status pa_set_output_mode(const char *key, const char *text, pa_error *err);

mode_t pa_file_mode(void);   /* 0600 */
mode_t pa_folder_mode(void); /* 0700 */

#endif

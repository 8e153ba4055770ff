#include "paraudit/base/rights.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static mode_t file_mode = 0600;

pa_status pa_set_output_mode(const char *key, const char *text, pa_error *err)
{
    size_t n = strlen(text);
    bool octal = (n == 3 || (n == 4 && *text == '0')) && strspn(text, "01234567") == n;
    mode_t mode = octal ? (mode_t)strtoul(text, NULL, 8) : 0;
    if ((mode & 0600) != 0600 || (mode & 0133) != 0) {
        return pa_fail(
            err, PA_E_CONFIG,
            "%s is '%s'; it must be like 0600, 0640 or 0644: the owner reads and writes, "
            "others may read",
            key, text);
    }
    file_mode = mode;
    return PA_OK;
}

mode_t pa_file_mode(void)
{
    return file_mode;
}

mode_t pa_folder_mode(void)
{
    return file_mode | (mode_t)((file_mode & 0444) >> 2);
}

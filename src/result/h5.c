#include "paraudit/result/h5.h"

#include <stdio.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "columns are written as they lie in memory, and files are little-endian");

void pa_h5_quiet(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/* What the system said is wrapped into a line about offsets and addresses:
 * "file write failed: time = ..., error message = 'No space left on device', ...". */
static herr_t keep_innermost(unsigned n, const H5E_error2_t *e, void *text)
{
    static const char before[] = "error message = '";
    if (n > 0) return 0;
    const char *said = strstr(e->desc, before);
    if (said) {
        said += sizeof before - 1;
        snprintf(text, PA_H5_REASON, "%.*s", (int)strcspn(said, "'"), said);
    } else {
        snprintf(text, PA_H5_REASON, "%s: %s", e->func_name, e->desc);
    }
    return 0;
}

void pa_h5_reason(char text[PA_H5_REASON])
{
    snprintf(text, PA_H5_REASON, "no reason given");
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, text);
    for (char *c = text; *c; c++) {
        if (*c == '\n') *c = ' ';
    }
}

/* What h5py reads as a boolean. */
static hid_t boolean(void)
{
    const signed char no = 0, yes = 1;
    hid_t id = H5Tenum_create(H5T_STD_I8LE);
    H5Tenum_insert(id, "FALSE", &no);
    H5Tenum_insert(id, "TRUE", &yes);
    return id;
}

static hid_t text_type(int bytes)
{
    hid_t id = H5Tcopy(H5T_C_S1);
    H5Tset_size(id, (size_t)bytes);
    H5Tset_cset(id, H5T_CSET_UTF8);
    H5Tset_strpad(id, H5T_STR_NULLPAD);
    return id;
}

hid_t pa_h5_type(pa_type type, int bytes)
{
    switch (type) {
    case PA_I64:
        return H5Tcopy(H5T_STD_I64LE);
    case PA_I32:
        return H5Tcopy(H5T_STD_I32LE);
    case PA_I8:
        return H5Tcopy(H5T_STD_I8LE);
    case PA_BOOL:
        return boolean();
    case PA_F32:
        return H5Tcopy(H5T_IEEE_F32LE);
    case PA_F64:
        return H5Tcopy(H5T_IEEE_F64LE);
    case PA_BYTES:
        return text_type(bytes);
    }
    return H5I_INVALID_HID;
}

bool pa_h5_type_is(hid_t id, pa_type *type, int *bytes)
{
    static const pa_type plain[] = {PA_I64, PA_I32, PA_I8, PA_BOOL, PA_F32, PA_F64};
    *bytes = 0;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        hid_t candidate = pa_h5_type(plain[i], 0);
        bool same = H5Tequal(id, candidate) > 0;
        H5Tclose(candidate);
        if (same) {
            *type = plain[i];
            return true;
        }
    }
    if (H5Tget_class(id) != H5T_STRING || H5Tis_variable_str(id) != 0) return false;
    size_t size = H5Tget_size(id);
    if (size == 0 || size > INT32_MAX) return false;
    *type = PA_BYTES;
    *bytes = (int)size;
    return true;
}

static const char *const roles[] = {
    [PA_ROLE_ID] = "id",         [PA_ROLE_INPUT] = "input",
    [PA_ROLE_LABEL] = "label",   [PA_ROLE_FEATURE] = "feature",
    [PA_ROLE_RAW] = "raw",       [PA_ROLE_TAIL] = "tail",
    [PA_ROLE_RESULT] = "result", [PA_ROLE_CONTRIBUTION] = "contribution",
    [PA_ROLE_REASON] = "reason",
};

const char *pa_role_text(pa_role role)
{
    return roles[role];
}

bool pa_role_is(const char *text, pa_role *role)
{
    for (int r = 0; r < (int)(sizeof roles / sizeof *roles); r++) {
        if (strcmp(text, roles[r]) == 0) {
            *role = (pa_role)r;
            return true;
        }
    }
    return false;
}

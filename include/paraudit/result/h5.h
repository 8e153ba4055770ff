/* The few things about HDF5 that writer and reader share. */
#ifndef PARAUDIT_RESULT_H5_H
#define PARAUDIT_RESULT_H5_H

#include <hdf5.h>
#include <stdbool.h>

#include "paraudit/table/column.h"

/* HDF5 prints nothing by itself from now on: its reasons go into our messages. */
void pa_h5_quiet(void);

/* The innermost message of the last failure. */
enum { PA_H5_REASON = 160 };
void pa_h5_reason(char text[PA_H5_REASON]);

/* The type in the file, which is also that in memory (little-endian). A new
 * id: H5Tclose. */
hid_t pa_h5_type(pa_type type, int bytes);

/* The other way: false for a type that we do not write. */
bool pa_h5_type_is(hid_t id, pa_type *type, int *bytes);

/* "id", "input", ...: the attribute role. */
const char *pa_role_text(pa_role role);
bool pa_role_is(const char *text, pa_role *role);

#endif

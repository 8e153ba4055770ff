/* The few things about HDF5 that writer and reader share. */
#ifndef PARAUDIT_RESULT_H5_H
#define PARAUDIT_RESULT_H5_H

#include <hdf5.h>
#include <stdbool.h>

#include "paraudit/base/status.h"
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

/* ---- files that are read ---- */

/* Opens a file for reading, through a driver of our own that hands HDF5 no byte that the
 * file's trailer (files/trailer.h) does not vouch for, where there is one, and none behind
 * its end; what the trailer marks is checked first. From now on no filter or link class is loaded
 * as a plug-in, and links to other files are no longer followed. `file` is the ordinal for errors,
 * 0: none; name: the one that messages give. PA_E_NO_INPUT; PA_E_DATA: a damaged trailer, or not
 * HDF5. On success H5Fclose(*id). Local. */
pa_status pa_h5_open(const char *path, const char *name, int64_t file, hid_t *id, pa_error *err);

/* Whether PATH below `at` can be opened without leaving the file: every link on the way is a
 * hard one, or a soft one that leads to a place inside. False with the reason, to stand behind
 * "PATH "; `there` tells whether all of them are there. */
bool pa_h5_stays_inside(hid_t at, const char *path, bool *there, char why[PA_H5_REASON]);

/* The same of one link: false for external and user-defined ones. */
bool pa_h5_link_stays(const H5L_info_t *info, char why[PA_H5_REASON]);

/* Whether all values of a dataset are in the file, so that its size bounds what reading them
 * takes: false with the reason, to stand behind "PATH ", for storage in other files, virtual
 * datasets, named types, filters other than shuffle, deflate and Fletcher32, rows that were
 * never written and more rows than `size` bytes can hold. */
bool pa_h5_is_inside(hid_t dataset, int64_t size, char why[PA_H5_REASON]);

/* Rows of a dataset whose chunks were looked at; zeroed at first. */
typedef struct {
    int64_t from, until;
} pa_h5_rows;

/* To be asked before rows are read: whether the trailer, where there is one, has their bytes
 * as they are, and no chunk that holds some of them unpacks to more, or less, than its shape
 * says. row_bytes: what a row takes in the file where it is not packed. */
bool pa_h5_can_read(hid_t dataset, int64_t first, int64_t n, size_t row_bytes, pa_h5_rows *seen,
                    char why[PA_H5_REASON]);

/* The first half of that. */
bool pa_h5_vouches(hid_t dataset, int64_t first, int64_t n, size_t row_bytes,
                   char why[PA_H5_REASON]);

/* PA_E_DATA with "NAME: PATH WHY" of one of the above, or "NAME: damaged: PATH: ..." where that
 * is why. */
pa_status pa_h5_refuse(const char *name, int64_t file, const char *path, const char *why,
                       pa_error *err);

/* "id", "input", ...: the attribute role. */
const char *pa_role_text(pa_role role);
bool pa_role_is(const char *text, pa_role *role);

#endif

/* What stands in an open result file: every group and dataset with its
 * attributes, read once at opening. */
#ifndef PARAUDIT_SRC_RESULT_CATALOGUE_H
#define PARAUDIT_SRC_RESULT_CATALOGUE_H

#include <hdf5.h>

#include "paraudit/result/result.h"

typedef enum {
    PA_ENTRY_OTHER, /* not ours, or a plain group on the way */
    PA_ENTRY_TABLE,
    PA_ENTRY_COLUMN,
    PA_ENTRY_LIST,
    PA_ENTRY_STORE,
    PA_ENTRY_ARRAY,
    PA_ENTRY_TEXT
} pa_entry_kind;

/* Strings are the file's. */
typedef struct {
    const char *path;
    pa_entry_kind kind;
    bool is_dataset;
    bool plain;          /* of a type that we write: spec.type and spec.width hold */
    pa_column_spec spec; /* of a column; name, type, width and meaning of the rest */
    int n_dims;
    int64_t rows;     /* a scalar has 1; a table's attribute */
    size_t width;     /* values a row */
    size_t row_bytes; /* of a dataset */
    int64_t at; /* where the rows of a dataset stand in the file, in order; -1: in no one place */
    const char *digest;
    int64_t position;
    int64_t version, round; /* of a store */
    bool complete;          /* of a store */
    bool sliced;            /* of an array */
    const char *cut_by;     /* of a table or a sliced array; NULL: not said */
} pa_entry;

struct pa_result_file {
    pa_comm *comm;
    const char *path;
    hid_t *id;    /* invalid until this rank needs HDF5; its own */
    int64_t size; /* of the file without its trailer */
    pa_strings strings;
    pa_entry *entries; /* in byte order of path */
    size_t n, room;
    pa_attribute *attributes; /* of the root, in byte order of name */
    size_t n_attributes;
};

/* Local: opens the file for this rank alone and lists it. */
pa_status pa_catalogue_open(pa_result_file *file, pa_error *err);

/* Gives all ranks what rank 0 has listed. They open the file when they read from it. Collective. */
pa_status pa_catalogue_share(pa_result_file *file, pa_error *err);
void pa_catalogue_close(pa_result_file *file);

/* NULL: nothing there. */
const pa_entry *pa_entry_at(const pa_result_file *file, const char *path);

/* The entry /FOLDER/NAME of that kind; NULL: none. folder and name may be "". */
const pa_entry *pa_entry_find(const pa_result_file *file, const char *folder, const char *name,
                              pa_entry_kind kind);

/* Rows first .. first + n - 1 of a dataset as they are stored. Local. */
pa_status pa_entry_read(const pa_result_file *file, const pa_entry *entry, int64_t first, size_t n,
                        void *out, pa_error *err);

#endif

/* What a result file will hold, as one flat list: the form in which it is
 * checked, digested, measured and written. */
#ifndef PARAUDIT_SRC_RESULT_ITEMS_H
#define PARAUDIT_SRC_RESULT_ITEMS_H

#include "paraudit/result/result.h"

enum {
    PA_BLOCK = 1 << 16, /* bytes: no two ranks write into one block of the file */
    PA_LARGE = 1 << 20  /* bytes from which on a dataset begins at a block, and ranks share it */
};

/* A group that carries attributes: that of a table or of a store. */
typedef struct {
    const char *path;
    const pa_table *table; /* or NULL */
    const pa_store *store; /* or NULL */
} pa_group;

/* The rows of a rank, common to all columns of a table. */
typedef struct {
    const char *path; /* for messages */
    int64_t first;
    size_t n;
    int64_t n_global;
    bool replicated; /* all ranks hold all rows; they write equal shares */
} pa_slice;

/* A dataset. Exactly one of column, array, text is set. */
typedef struct {
    const char *path;
    const char *name; /* the last part of path */
    const char *kind; /* "column", "list", "array", "text" */
    const pa_column_spec *column;
    const pa_store_array *array;
    const pa_named_text *text;
    int64_t position; /* among the columns of its table, the arrays of its store */
    int64_t scale;    /* item that is its dimension scale (itself perhaps); -1: none */
    pa_type type;
    int bytes;  /* of a PA_BYTES value */
    int n_dims; /* 0, 1, 2 */
    int64_t rows;
    size_t width;       /* values a row */
    size_t slice;       /* its number in the list */
    const void *data;   /* of the rows cut[rank] .. cut[rank + 1] - 1 */
    const int64_t *cut; /* P + 1 row numbers */
    pa_row_digest *blocks;
    char digest[PA_DIGEST_TEXT];
} pa_item;

typedef struct {
    pa_item *items; /* in the order of the file */
    size_t n;
    size_t *by_path; /* item numbers in byte order of path */
    pa_group *groups;
    size_t n_groups;
    pa_slice *slices;
    size_t n_slices;
    int64_t *cuts; /* P + 1 row numbers a slice */
    pa_strings names;
} pa_items;

/* Lists the content and checks it: names, lengths, slices that follow the
 * ranks, equality on all ranks. PA_E_BUG. Collective; the list borrows from
 * content. */
pa_status pa_items_make(pa_comm *comm, const pa_result *content, pa_items *list, pa_error *err);
void pa_items_free(pa_items *list);

size_t pa_item_row_bytes(const pa_item *item);

/* Fills every item's digest: first each rank for its rows, local, then all ranks
 * together, collective. PA_E_MEMORY. */
pa_status pa_items_digest_mine(pa_comm *comm, pa_items *list, pa_error *err);
pa_status pa_items_digest_join(pa_comm *comm, pa_items *list, pa_error *err);

/* Adds the line of one dataset, or of one root attribute, to the text whose
 * SHA-256 is the content digest. */
pa_status pa_content_line(pa_buffer *lines, const char *path, const char *digest, pa_error *err);
pa_status pa_content_attribute(pa_buffer *lines, const pa_attribute *attribute, pa_error *err);

/* Byte order of names, for qsort. */
int pa_attribute_order(const void *a, const void *b);

#endif

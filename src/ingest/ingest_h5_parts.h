/* What the files of the HDF5 inputs share: the datasets of an input, and a slice
 * of its rows. All local. */
#ifndef PARAUDIT_SRC_INGEST_INGEST_H5_PARTS_H
#define PARAUDIT_SRC_INGEST_INGEST_H5_PARTS_H

#include <string.h>

#include "ingest_parts.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/result/h5.h"

/* What a dataset holds; HDF5 converts to the widest type of the kind. */
typedef enum { PA_H5_WHOLE, PA_H5_REAL, PA_H5_TEXT } pa_h5_content;

/* A dataset of one dimension. */
typedef struct {
    char path[160];
    hid_t id; /* 0: it is not there */
    int64_t rows;
    size_t width; /* bytes of a value in the file */
    pa_h5_rows seen;
} pa_h5_dataset;

/* The whole numbers of a row. */
enum {
    PA_H5_TX,
    PA_H5_ACCOUNT,
    PA_H5_MERCHANT,
    PA_H5_TIME,
    PA_H5_AMOUNT,
    PA_H5_LABEL,
    PA_H5_N_REQUIRED,
    PA_H5_LABEL_TIME = PA_H5_N_REQUIRED,
    PA_H5_CODED,
    PA_H5_N_WHOLE = PA_H5_CODED + PA_CSV_N_CODED
};

/* Names that codes stand for. */
enum {
    PA_H5_ACCOUNTS,
    PA_H5_MERCHANTS,
    PA_H5_CATEGORIES,
    PA_H5_N_DICTIONARIES = PA_H5_CATEGORIES + PA_CSV_N_CODED
};

typedef struct {
    const char *name; /* of the file, for messages */
    int64_t ordinal;  /* from 1 */
    hid_t file;
    int64_t size; /* without a trailer */
    pa_h5_dataset whole[PA_H5_N_WHOLE], text_id, place[PA_CSV_N_PLACES];
    pa_h5_dataset dictionary[PA_H5_N_DICTIONARIES];
    pa_h5_dataset *numeric;
    size_t n_numeric;
} pa_h5_source;

/* PA_E_DATA where amounts are not kept with so many decimals. Local. */
pa_status pa_h5_check_unit(const pa_h5_source *s, int32_t decimals, pa_error *err);

/* "FILE: damaged: WHAT: ", with the library's reason. */
pa_status pa_h5_broken(const pa_h5_source *s, const char *what, pa_error *err);

/* pa_h5_refuse of this file. */
pa_status pa_h5_refused(const pa_h5_source *s, const char *path, const char *why, pa_error *err);

/* All datasets of file number `file`. To be closed also after a failure. */
pa_status pa_h5_open_source(const pa_inputs *in, int32_t file, pa_h5_source *s, pa_error *err);
void pa_h5_close_source(pa_h5_source *s);

/* The names that the codes of one column stand for, within a slice of rows. */
typedef struct {
    int32_t *of_row; /* index into names; -1: none */
    size_t n;
    int64_t *code;     /* of each name, ascending */
    char *names;       /* n x width */
    int32_t *interned; /* -1: not yet */
} pa_h5_names;

/* A slice of rows as they stand in the file; columns that are not there: NULL. */
typedef struct {
    int64_t first;
    size_t n;
    int64_t *whole[PA_H5_N_WHOLE];
    char *text_id;
    double *place[PA_CSV_N_PLACES];
    double **numeric;
    pa_h5_names dictionary[PA_H5_N_DICTIONARIES];
    uint64_t *key; /* for sorting codes */
    uint32_t *order;
} pa_h5_slice;

/* Room for `room` rows in a zeroed slice; to be freed also after a failure. */
pa_status pa_h5_new_slice(const pa_h5_source *s, size_t room, pa_h5_slice *c, pa_error *err);
void pa_h5_free_slice(const pa_h5_source *s, pa_h5_slice *c);

/* Rows first .. first + n - 1 and the names that their codes stand for, which are
 * read in blocks of about `read` bytes. */
pa_status pa_h5_read_slice(pa_h5_source *s, int64_t first, size_t n, size_t read, pa_h5_slice *c,
                           pa_error *err);

/* A text of a fixed length, up to its first zero byte. */
static inline pa_csv_field pa_h5_text_at(const char *texts, size_t width, size_t i)
{
    const char *text = texts + i * width, *end = memchr(text, 0, width);
    return (pa_csv_field){text, end ? (size_t)(end - text) : width};
}

#endif

/* The result file: tables, stores and texts in one HDF5 file, whose bytes do
 * not depend on the number of ranks. Checkpoints are written and read by the
 * same calls, so what P ranks wrote Q ranks can read.
 *
 *     /                       attributes: schema_version, the caller's, content_digest
 *     /<table>/<column>       1-D; "a/b" is the group /a/b; the first column is the
 *                             dimension scale of all
 *     /<list>                 a table of one column, written as the dataset itself
 *     /models/<store>/<array> 1-D, or 2-D where its width is not 1
 *     /<text>                 a scalar string
 *
 * Every dataset is contiguous, little-endian, one of 1 MiB or more at a multiple of 64 KiB in the
 * file, with scalar attributes: kind,
 * long_name, description, units, and for columns stage, role, position, codes,
 * family, words, yields_to, causal, needs_labels, needs_history, fitted (booleans); units stand as
 * the spec has them, so a time column whose unit is PA_UNIT_TIME is a date in xarray. A
 * PA_BOOL is h5py's boolean. A table's group has kind, description, rows; a
 * store's has kind, version, round, complete. A table or a sliced array whose rows
 * a named partition owns says so in cut_by.
 *
 * Behind the last byte of HDF5 stands a trailer (files/trailer.h) with the digests of all
 * blocks of 1 MiB, which readers check before they look at a block: HDF5 is known to crash
 * on damaged files. Other programs do not see it, and one that changes the file cuts it off.
 *
 * Digests. Each dataset carries the attribute `digest`: SHA-256, in hexadecimal,
 * over the concatenated SHA-256 digests (32 bytes each) of its blocks of 65,536
 * rows in row order, taken of the raw bytes as stored; a scalar counts as one
 * row, an empty dataset has no block. The root attribute content_digest is the
 * SHA-256 over one line `PATH DIGEST\n` for each dataset of the file, in byte
 * order of PATH, followed by one line `@NAME=VALUE\n` for each root attribute
 * but itself, in byte order of NAME, numbers in decimal. tests/golden/check_digest.py
 * recomputes both by h5py. */
#ifndef PARAUDIT_RESULT_RESULT_H
#define PARAUDIT_RESULT_RESULT_H

#include "paraudit/base/array.h"
#include "paraudit/base/log.h"
#include "paraudit/base/strings.h"
#include "paraudit/comm/comm.h"
#include "paraudit/files/standing.h"
#include "paraudit/result/digest.h"
#include "paraudit/result/writing.h"
#include "paraudit/table/store.h"
#include "paraudit/table/table.h"

/* 2: named partitions, the reference part of the time plan and its text. 3: datasets of 1 MiB or
 * more begin at a block of 64 KiB; one of schema 2 is read like it. */
enum { PA_RESULT_SCHEMA = 3, PA_OLDEST_SCHEMA = 2 };

/* A dataset of text: name "config/effective". */
typedef struct {
    const char *name;
    const char *text;
} pa_named_text;

/* A root attribute: text, or number where text is NULL. */
typedef struct {
    const char *name;
    const char *text;
    int64_t number;
} pa_attribute;

/* Seconds until the disk had the file, and of these in waiting for other ranks. */
typedef struct {
    double wall, comm;
} pa_sync_time;

/* What a file holds. Everything but column and array data must be equal on all
 * ranks; the slices of a table or of a sliced array follow the ranks. */
typedef struct {
    const pa_table *const *tables;
    size_t n_tables;
    const pa_table *const *lists; /* "categories/mcc" with its one column "mcc" */
    size_t n_lists;
    const pa_store *const *stores;
    size_t n_stores;
    const pa_named_text *texts;
    size_t n_texts;
    const pa_attribute *attributes; /* schema_version and content_digest apart */
    size_t n_attributes;
    char *content_digest; /* gets it, PA_DIGEST_TEXT bytes; NULL: not wanted */
    char *file_digest;    /* ... that of the file's bytes before its trailer, as that has it */
    pa_sync_time *sync;   /* gets what the last step took here; NULL: not wanted */
    const pa_standing *standing; /* what may be replaced under its name; NULL: whatever is there */
    pa_log *log;                 /* hears how far the writing is; NULL: nobody does */
    pa_writing how;              /* the bytes do not depend on it */
    pa_written *written;         /* gets how it was done; NULL: not wanted */
} pa_result;

/* Writes path by way of a draft (files/draft.h): reserves the space, writes (result/writing.h),
 * reads everything back and compares digests, adds the trailer, syncs, renames. path NULL is as
 * PA_WRITER_NONE: digests only. PA_E_CREATE, PA_E_IO; what HDF5 cannot write ends the job at once
 * with its message (exit code PA_E_IO), because HDF5 keeps it and fails anew at the end of the
 * process. All ranks must see path on one file system: what one has written and closed,
 * the others that open it then see. Collective. */
pa_status pa_result_write(pa_comm *comm, const char *path, const pa_result *content, pa_error *err);

/* Bytes that the file will take at most: the data and a bound on the rest. Local. */
int64_t pa_result_bytes(const pa_result *content);

/* The HDF5 library, "1.10.8". Local. */
const char *pa_hdf5_version(void);

/* ---- reading ---- */

/* An open file. Lookups are local; opening, closing and reading are collective. */
typedef struct pa_result_file pa_result_file;

/* PA_E_NO_INPUT: missing; PA_E_DATA: not HDF5, cut short, not ours, or of
 * another schema. On failure *file is NULL. */
pa_status pa_result_open(pa_comm *comm, const char *path, pa_result_file **file, pa_error *err);
void pa_result_close(pa_result_file *file); /* NULL is fine */

/* Names of tables, lists among them, in byte order; borrowed from the file. NULL from
 * i = their number on. */
const char *pa_result_list_tables(const pa_result_file *file, size_t i);

bool pa_result_has_store(const pa_result_file *file, const char *store);
int64_t pa_result_rows(const pa_result_file *file, const char *table); /* -1: no such table */

/* Columns in the order in which they were written; the spec is borrowed from
 * the file; NULL: no such column, or i = their number. */
const pa_column_spec *pa_result_column(const pa_result_file *file, const char *table, size_t i);
const pa_column_spec *pa_result_find_column(const pa_result_file *file, const char *table,
                                            const char *column);

/* Makes t (taken as uninitialised) of the rows first_row .. first_row + n_rows - 1
 * for this rank, all columns and specs restored. Names and meanings are kept in
 * `pool`, which must outlive t; the file need not. On failure t is empty. */
pa_status pa_result_read_table(pa_result_file *file, const char *table, int64_t first_row,
                               size_t n_rows, pa_strings *pool, pa_table *t, pa_error *err);

/* n values from row `first` on into `out`. The type must be the stored one. */
pa_status pa_result_read_column(pa_result_file *file, const char *table, const char *column,
                                pa_type type, int64_t first, size_t n, void *out, pa_error *err);

/* The name of the partition that says who owns the table's rows; NULL: none does. */
const char *pa_result_cut_by(const pa_result_file *file, const char *table);

/* Makes s (taken as uninitialised) of a whole store: replicated arrays on all
 * ranks, sliced ones as the partition of theirs cuts them, or evenly where they
 * name none (rank r from row n * r / P on). PA_E_DATA: an array names a partition
 * that is not among the n_parts, or has other rows than it. On failure s is empty. */
pa_status pa_result_read_store(pa_result_file *file, const char *store, size_t n_parts,
                               pa_partition *const parts[], pa_store *s, pa_error *err);

/* The same without its sliced arrays, which may be large. */
pa_status pa_result_read_replicated(pa_result_file *file, const char *store, pa_store *s,
                                    pa_error *err);

/* *text: with a zero byte at its end, freed by pa_free. */
pa_status pa_result_text(pa_result_file *file, const char *name, char **text, pa_error *err);

/* Root attributes. NULL and false: none of that name and type. */
const char *pa_result_attribute_text(const pa_result_file *file, const char *name);
bool pa_result_attribute_i64(const pa_result_file *file, const char *name, int64_t *value);

/* ---- checking ---- */

typedef struct {
    int64_t datasets;
    int64_t bytes;                       /* of their values */
    int64_t differ;                      /* datasets unlike their digest, or without one */
    char first[200];                     /* path of the first of them */
    char content_digest[PA_DIGEST_TEXT]; /* recomputed */
    bool content_differs;                /* ... and unlike the stored one */
    char file_digest[PA_DIGEST_TEXT];    /* of the bytes before the trailer, in its blocks */
    bool is_sealed;                      /* there is a trailer */
    int64_t damaged;                     /* where the first block unlike it begins; -1: none */
} pa_result_check;

/* Reads everything again, ranks sharing the blocks, and recomputes all digests.
 * PA_E_DATA names the first dataset that differs, or the first block; errors of
 * pa_result_open. */
pa_status pa_result_verify(pa_comm *comm, const char *path, pa_result_check *check, pa_error *err);

/* Looks at every number of the columns for what no audit writes: NaN where the spec forbids
 * it, infinities among the transactions, codes beyond their table, booleans other than 0 and
 * 1. For files without a trailer. Collective. PA_E_DATA names the row. */
pa_status pa_result_check_values(pa_result_file *file, pa_error *err);

#endif

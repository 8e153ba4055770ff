/* The first rows of every input file and its last ones, read as an audit reads all of them:
 * what they show before a job is started. */
#ifndef PARAUDIT_INGEST_LOOK_H
#define PARAUDIT_INGEST_LOOK_H

#include "paraudit/ingest/ingest.h"

/* A file. Where `whole`, all of its rows were looked at, and the numbers are those of an
 * audit. */
typedef struct {
    const char *name; /* base name; in look.names */
    int64_t size;     /* bytes as they lie on the disk */
    bool whole;
    bool ends;                /* its last rows were looked at */
    int64_t n_first, n_last;  /* rows that were looked at, rejected ones among them */
    double rows;              /* of the file: counted, or as their mean length lets expect */
    int64_t n_kept;           /* of those looked at: the rest is rejected */
    int64_t earliest, latest; /* times of these; nothing where n_kept is 0 */
} pa_look_file;

/* Texts are for people, in lines; those that were not come to are empty. */
typedef struct {
    size_t n_files;
    pa_look_file *file;
    bool whole;        /* all rows of all files */
    bool ends;         /* the last rows of all files */
    double rows;       /* of all files */
    pa_buffer files;   /* size, rows and form of each file */
    pa_buffer columns; /* how each wanted column was found, in files of the same columns */
    pa_buffer rows_as; /* some rows as they were understood */
    pa_buffer rejects; /* what could not be used, by reason, with examples; labels */
    pa_buffer notes;   /* what the rows leave open: a text each, ended by a zero byte */
    pa_strings names;
} pa_look;

/* Looks at `bytes` of text at either end of each file, 1 or more, which are less where there
 * are many files. What is packed, or in an encoding that is converted from its start, has no
 * last rows if it is large. The lines of last rows are counted from where the bytes begin, and
 * their file is called "NAME, last 1.0 MiB".
 *
 * `ingest`: as pa_ingest_read leaves it, of the rows that were looked at, all digests being
 * empty. Errors are those of pa_ingest_read, as far as these rows show them. The caller frees
 * *look, also on failure: it holds what was found until then. One rank alone. */
pa_status pa_ingest_look(pa_comm *comm, const pa_config *config, pa_log *log, size_t bytes,
                         pa_look *look, pa_ingest *ingest, pa_error *err);
void pa_look_free(pa_look *look);

#endif

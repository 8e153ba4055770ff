/* What the files of the look share. */
#ifndef PARAUDIT_SRC_INGEST_INGEST_LOOK_H
#define PARAUDIT_SRC_INGEST_INGEST_LOOK_H

#include "ingest_work.h"
#include "paraudit/ingest/look.h"

/* A stretch of a file; several are those of one file, and as many files of the work. */
typedef struct {
    int32_t source;  /* number of the file in the look */
    char *text;      /* of the caller; NULL: HDF5 */
    size_t n, begin; /* records begin at text + begin */
    int64_t at;      /* where the text lies in that of the file */
    int64_t line;    /* in which they do, from 1 */
    bool last;       /* the file ends at text + n */
    pa_piece piece;  /* of HDF5 */
    size_t used;     /* bytes of records that were parsed */
    int64_t n_rows;  /* rows and rejected ones */
} pa_stretch;

typedef struct {
    pa_stretch *part;
    size_t n;
} pa_stretches;
void pa_stretches_free(pa_stretches *s);

/* The stretches of all files of `in`. look->file has its sizes, and knows which files are
 * whole; rows is set where the text's length was read only on the way. Local. */
pa_status pa_look_read(const pa_inputs *in, size_t bytes, pa_look *look, pa_stretches *parts,
                       pa_error *err);

/* The text of the bytes from `at` on, n of them; the caller frees *text. Local. */
pa_status pa_look_read_new(const pa_inputs *in, int32_t file, int fd, int64_t at, size_t n,
                           char **text, size_t *length, pa_error *err);
/* Where the first good record begins behind the line in which the text does. Local. */
pa_status pa_look_find_start(const pa_csv_layout *layout, pa_stretch *part, pa_error *err);
/* Adds what a stretch tells of how the amounts of its file are written. */
void pa_look_add_amounts(pa_amount_tally *to, const pa_amount_tally *part);

/* Texts of the look; w: the files are the stretches. Local. */
pa_status pa_look_files(const pa_inputs *in, const pa_stretches *parts, pa_look *look,
                        pa_error *err);
pa_status pa_look_columns(const pa_config *config, const pa_inputs *in, const pa_stretches *parts,
                          pa_look *look, pa_error *err);
pa_status pa_look_rows(const pa_ingest_work *w, pa_look *look, pa_error *err);
pa_status pa_look_rejects(const pa_ingest_work *w, pa_look *look, pa_error *err);

#endif

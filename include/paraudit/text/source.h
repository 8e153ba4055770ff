/* A text file, plain or compressed by gzip or zstd, in UTF-8 or, as its first bytes tell, in
 * UTF-16 or UTF-32, read by all ranks together.
 *
 * Its first bytes tell what it is, never its name. A plain file is cut among the
 * ranks at multiples of `block`; a rank has the records that begin in its part,
 * so that they stay in the order of the file. One that is a stream (text/stream.h) is read
 * by rank 0.
 *
 *     pa_source_open(comm, path, &io, &source, err)
 *     pa_source_header(&source, &header, err)                 if it has one
 *     pa_source_read(&source, &rule, take, taker, err)
 *
 * Nothing is held open between these calls. */
#ifndef PARAUDIT_TEXT_SOURCE_H
#define PARAUDIT_TEXT_SOURCE_H

#include "paraudit/comm/comm.h"
#include "paraudit/csv/records.h"
#include "paraudit/text/window.h"

typedef struct {
    int64_t block;  /* 1 or more */
    size_t read;    /* bytes read at a time, 1 or more */
    size_t longest; /* bytes of a record with its line end */
} pa_text_io;

/* Equal on all ranks. */
typedef struct {
    pa_comm *comm;
    pa_text_io io;
    pa_text_file file;
    int64_t begin, first_line; /* of the first record */
} pa_text_source;

/* path is borrowed. PA_E_NO_INPUT; PA_E_DATA: no text, and what it is. Collective. */
pa_status pa_source_open(pa_comm *comm, const char *path, const pa_text_io *io,
                         pa_text_source *source, pa_error *err);

typedef struct {
    char *text; /* the record, without its line end; of pa_alloc, to be freed */
    size_t length;
    int64_t line;
} pa_text_header;

/* Takes the first line that is not empty, behind a byte order mark if there is one,
 * for a header: records begin behind it. PA_E_DATA where there is none. On failure
 * nothing is to be freed. Collective. */
pa_status pa_source_header(pa_text_source *source, pa_text_header *header, pa_error *err);

/* Hands the records of this rank to `take`, in their order; rule->longest is that of io. Of the
 * errors of all ranks that of the smallest line is told by all: PA_E_IO, PA_E_MEMORY, PA_E_DATA as
 * csv/records.h has it or for a damaged file, and what `take` says. Collective. */
pa_status pa_source_read(const pa_text_source *source, const pa_record_rule *rule,
                         pa_record_taker *take, void *taker, pa_error *err);

#endif

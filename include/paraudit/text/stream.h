/* The text of a file, in UTF-8 from its start, which may be compressed and in any encoding
 * that iconv knows. All calls are local. */
#ifndef PARAUDIT_TEXT_STREAM_H
#define PARAUDIT_TEXT_STREAM_H

#include "paraudit/csv/encoding.h"
#include "paraudit/files/unpack.h"

typedef struct {
    const char *path, *name; /* name: for messages about what is in it */
    int64_t ordinal;         /* from 1, the place in errors */
    int64_t size;            /* bytes as they lie on the disk */
    pa_packing packing;
    char encoding[PA_ENCODING_NAME]; /* of the unpacked text, as iconv has it; empty: UTF-8 */
    const pa_encoding *table;        /* of the encoding, borrowed; NULL: it is none of tables */
} pa_text_file;

/* Must it be read from its start? Else each of its bytes is a byte or a sign of the text. */
static inline bool pa_text_is_stream(const pa_text_file *file)
{
    return file->packing != PA_PACKED_NOT || (*file->encoding && !file->table);
}

/* Sets packing, encoding and table of a file whose other members are known; said: its
 * encoding, which the file borrows, or NULL. PA_E_DATA: what it is, where it is no text, and
 * what to do; PA_E_IO. */
pa_status pa_text_look(int fd, const pa_encoding *said, pa_text_file *file, pa_error *err);

typedef struct pa_text_stream pa_text_stream;

/* fd: of the file, borrowed as `file` is; raw: bytes read at a time, 1 or more. PA_E_CONFIG:
 * iconv does not know the encoding. */
pa_status pa_stream_new(int fd, const pa_text_file *file, size_t raw, pa_text_stream **s,
                        pa_error *err);
void pa_stream_free(pa_text_stream *s); /* NULL is fine */

/* The next bytes; *got is below `room` only where the text ends. What pa_unpack_read says,
 * and PA_E_DATA with line and offset where bytes are no sign of the encoding. */
pa_status pa_stream_read(pa_text_stream *s, char *bytes, size_t room, size_t *got, pa_error *err);

/* Bytes of the file that are done with. */
int64_t pa_stream_done(const pa_text_stream *s);

#endif

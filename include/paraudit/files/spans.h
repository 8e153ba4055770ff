/* SHA-256 digests of many stretches of a file, taken while its bytes pass by once. */
#ifndef PARAUDIT_FILES_SPANS_H
#define PARAUDIT_FILES_SPANS_H

#include "paraudit/files/sha256.h"

/* Bytes from .. until - 1 of a file; never empty. */
typedef struct {
    int64_t from, until;
} pa_span;

typedef struct {
    pa_span *span; /* in order of place, without overlap */
    size_t n;
    size_t next;     /* those before it are done */
    uint8_t *digest; /* n x PA_DIGEST_BYTES */
    pa_sha256 *sha;
} pa_spans;

/* Room for n spans, which the caller fills in. PA_E_MEMORY: free it all the same. */
pa_status pa_spans_init(pa_spans *s, size_t n, pa_error *err);
void pa_spans_free(pa_spans *s); /* all zero is fine */

/* The blocks of a file of `size` bytes, of which each of `ranks` ranks takes an equal
 * run: those of one rank. PA_E_MEMORY as above. */
pa_status pa_spans_of_blocks(int64_t size, int64_t block, int rank, int ranks, pa_spans *s,
                             pa_error *err);

/* Reads the file once, from the first byte of any of the sets to the last one, for
 * all of them. Local. PA_E_NO_INPUT, PA_E_IO, PA_E_MEMORY. */
pa_status pa_spans_read(const char *path, pa_spans *const sets[], size_t n_sets, pa_error *err);

/* The n bytes of the file from `at` on. Calls go up through the file and leave
 * out no byte of a span; what is in none is passed over. */
void pa_spans_pass(pa_spans *s, int64_t at, const char *bytes, size_t n);

#endif

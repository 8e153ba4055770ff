/* SHA-256 digests of many stretches of a file, taken while its bytes pass by once. */
#ifndef PARAUDIT_SRC_IO_SPANS_H
#define PARAUDIT_SRC_IO_SPANS_H

#include "sha256.h"

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

/* The n bytes of the file from `at` on. Calls go up through the file and leave
 * out no byte of a span; what is in none is passed over. */
void pa_spans_pass(pa_spans *s, int64_t at, const char *bytes, size_t n);

#endif

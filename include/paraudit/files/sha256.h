/* SHA-256, in steps and at once, by OpenSSL. Its failures other than lack of memory would
 * mean a broken library and are asserts. */
#ifndef PARAUDIT_FILES_SHA256_H
#define PARAUDIT_FILES_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum {
    PA_DIGEST_BYTES = 32,
    PA_DIGEST_TEXT = 65 /* hexadecimal digits and a zero byte */
};

typedef struct evp_md_ctx_st pa_sha256;

pa_sha256 *pa_sha256_new(pa_error *err); /* NULL: PA_E_MEMORY */
void pa_sha256_free(pa_sha256 *s);

void pa_sha256_start(pa_sha256 *s);
void pa_sha256_add(pa_sha256 *s, const void *bytes, size_t n);
void pa_sha256_end(pa_sha256 *s, uint8_t digest[PA_DIGEST_BYTES]);

void pa_sha256_of(const void *bytes, size_t n, uint8_t digest[PA_DIGEST_BYTES]);

/* The digest as hexadecimal text: of configuration texts and the like. */
void pa_digest_bytes(const void *bytes, size_t n, char hex[PA_DIGEST_TEXT]);

void pa_hex(const uint8_t digest[PA_DIGEST_BYTES], char hex[PA_DIGEST_TEXT]);

#endif

#include "paraudit/files/sha256.h"

#include <openssl/evp.h>

pa_sha256 *pa_sha256_new(pa_error *err)
{
    pa_sha256 *s = EVP_MD_CTX_new();
    if (!s) pa_fail(err, PA_E_MEMORY, "out of memory: no room for a digest");
    return s;
}

void pa_sha256_free(pa_sha256 *s)
{
    EVP_MD_CTX_free(s);
}

void pa_sha256_start(pa_sha256 *s)
{
    PA_ASSERT(EVP_DigestInit_ex(s, EVP_sha256(), NULL) == 1);
}

void pa_sha256_add(pa_sha256 *s, const void *bytes, size_t n)
{
    PA_ASSERT(EVP_DigestUpdate(s, bytes, n) == 1);
}

void pa_sha256_end(pa_sha256 *s, uint8_t digest[PA_DIGEST_BYTES])
{
    PA_ASSERT(EVP_DigestFinal_ex(s, digest, NULL) == 1);
}

void pa_sha256_of(const void *bytes, size_t n, uint8_t digest[PA_DIGEST_BYTES])
{
    PA_ASSERT(EVP_Digest(bytes, n, digest, NULL, EVP_sha256(), NULL) == 1);
}

void pa_hex(const uint8_t digest[PA_DIGEST_BYTES], char hex[PA_DIGEST_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < PA_DIGEST_BYTES; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * PA_DIGEST_BYTES] = '\0';
}

void pa_digest_bytes(const void *bytes, size_t n, char hex[PA_DIGEST_TEXT])
{
    uint8_t digest[PA_DIGEST_BYTES];
    pa_sha256_of(bytes, n, digest);
    pa_hex(digest, hex);
}

/* What stands behind the last byte of a file that must not change unnoticed: the SHA-256
 * digest of each of its blocks, and a footer that guards them and itself.
 *
 *     | body, `size` bytes | digests: n x 32 bytes | marks: n bytes | footer |
 *
 *     footer, 144 bytes: "paraudit trailer" | size, n, block bytes: 3 x 8 bytes, little-endian |
 *             SHA-256 of the digests, of the marks, of the footer up to here: 3 x 32 bytes |
 *             "\nsealed\n"
 *
 * Readers that go by the length a format states (HDF5 does) see the body alone. It goes where
 * the file goes, which a second file beside it does not; and who writes to the file through
 * HDF5 cuts it off, so that a file altered on purpose is one without a trailer, not a damaged
 * one. A reader checks the blocks that it reads, not the whole file, and those with a mark
 * first: they say where everything is. It guards against damage: who forges a file can forge
 * this as well. All calls are local. */
#ifndef PARAUDIT_FILES_TRAILER_H
#define PARAUDIT_FILES_TRAILER_H

#include <stdbool.h>

#include "paraudit/files/sha256.h"

enum { PA_TRAILER_BLOCK = 1 << 20 /* bytes of a block, the last one apart */ };

typedef struct {
    int64_t size;                   /* of the body */
    bool is_there;                  /* false: the body is the whole file, nothing is known of it */
    size_t n;                       /* blocks */
    uint8_t *digest;                /* n x PA_DIGEST_BYTES */
    uint8_t *mark;                  /* n: 1: holds more than values, 0: does not */
    uint8_t whole[PA_DIGEST_BYTES]; /* SHA-256 of the digests: the digest of the body */
} pa_trailer;

/* Bytes that the trailer of a body of `size` bytes takes. */
int64_t pa_trailer_bytes(int64_t size);

int64_t pa_trailer_blocks(int64_t size);

/* Puts the trailer behind the last byte of a file of `size` bytes. digest, mark: of its
 * blocks. PA_E_IO. */
pa_status pa_trailer_write(const char *path, int64_t size, const uint8_t digest[],
                           const uint8_t mark[], pa_error *err);

/* fd: the open file; path: for messages. PA_E_DATA: a trailer that is damaged, or stands
 * behind more or fewer bytes than its own body has. On failure there is nothing to free. */
pa_status pa_trailer_read(int fd, const char *path, pa_trailer *trailer, pa_error *err);
/* The same of a file that is not open; PA_E_NO_INPUT as well. */
pa_status pa_trailer_of(const char *path, pa_trailer *trailer, pa_error *err);
void pa_trailer_free(pa_trailer *trailer); /* all zero is fine */

/* Bytes of a block: less than PA_TRAILER_BLOCK for the last one. block: < n. */
size_t pa_trailer_block_bytes(const pa_trailer *trailer, size_t block);

/* Whether these are its bytes. */
bool pa_trailer_agrees(const pa_trailer *trailer, size_t block, const void *bytes);

#endif

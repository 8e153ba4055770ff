/* SHA-256 digests that do not depend on how many ranks made them.
 *
 * What is large is cut into blocks at fixed places; its digest is the SHA-256
 * over the concatenated SHA-256 digests (32 raw bytes each) of its blocks in
 * order, so that ranks digest blocks side by side. Digests are written as 64
 * lower-case hexadecimal digits. */
#ifndef PARAUDIT_RESULT_DIGEST_H
#define PARAUDIT_RESULT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/comm/comm.h"
#include "paraudit/files/sha256.h"

enum {
    PA_DIGEST_ROWS = 65536,         /* rows of a block of a dataset */
    PA_DIGEST_INPUT_BLOCK = 1 << 20 /* bytes of a block of an input file: see ingest.h */
};

/* Digest of rows that are spread over ranks, in blocks of block_rows rows
 * (PA_DIGEST_ROWS outside tests), in steps, for a caller with work to do between
 * them. cut: rank r holds the rows cut[r] up to cut[r + 1]; P + 1 values,
 * replicated, any of the slices may be empty. rows: row_bytes bytes each, those of
 * this rank; both are borrowed. A block that several ranks hold is digested by the
 * one with its first row; the others send theirs in pieces. */
typedef struct pa_row_digest pa_row_digest;

/* Local. PA_E_MEMORY: *digest is NULL. */
pa_status pa_row_digest_new(pa_comm *comm, const int64_t cut[], size_t row_bytes, const void *rows,
                            int64_t block_rows, pa_row_digest **digest, pa_error *err);
void pa_row_digest_free(pa_row_digest *digest); /* NULL is fine */

/* What lies here. Local. */
void pa_row_digest_mine(pa_row_digest *digest);

/* The rest, after pa_row_digest_mine on every rank. Collective; hex is the same on
 * all ranks. */
pa_status pa_row_digest_join(pa_row_digest *digest, char hex[PA_DIGEST_TEXT], pa_error *err);
/* The same of n of them at once; hex: n texts. st: whether this rank has what it needs, as in
 * pa_agree. */
pa_status pa_row_digests_join(pa_comm *comm, pa_status st, size_t n, pa_row_digest *const digests[],
                              char (*hex)[PA_DIGEST_TEXT], pa_error *err);

/* Joins the block digests of all ranks, rank 0 first, into one digest. blocks:
 * n x 32 bytes. Collective. */
pa_status pa_digest_join(pa_comm *comm, const uint8_t *blocks, size_t n, char hex[PA_DIGEST_TEXT],
                         pa_error *err);
/* The same of n things at once, as many on every rank: count[i] blocks of thing i are here; hex: n
 * texts. st: whether this rank has what it needs, as in pa_agree. */
pa_status pa_digests_join(pa_comm *comm, pa_status st, size_t n, const size_t count[],
                          const uint8_t *const blocks[], char (*hex)[PA_DIGEST_TEXT],
                          pa_error *err);

/* Digest of the bytes before a file's trailer (files/trailer.h), all read, as the trailer has it.
 * Collective. PA_E_DATA: another than the trailer's, or none that is whole; PA_E_NO_INPUT,
 * PA_E_IO. */
pa_status pa_sealed_digest(pa_comm *comm, const char *path, char hex[PA_DIGEST_TEXT],
                           pa_error *err);

/* Digest of a file's bytes in blocks of block_bytes, read by all ranks side by
 * side. Collective. PA_E_NO_INPUT or PA_E_IO. */
pa_status pa_file_digest(pa_comm *comm, const char *path, int64_t block_bytes,
                         char hex[PA_DIGEST_TEXT], pa_error *err);

#endif

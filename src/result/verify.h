/* Checking a file without judging it. */
#ifndef PARAUDIT_SRC_RESULT_VERIFY_H
#define PARAUDIT_SRC_RESULT_VERIFY_H

#include "paraudit/files/trailer.h"
#include "paraudit/result/result.h"

/* Fills check; a digest that differs is no error here. blocks: gets, on rank 0, the digests
 * of the blocks that a trailer has (n x PA_DIGEST_BYTES, pa_free, also after a failure); NULL:
 * not wanted. Collective. */
pa_status pa_check_file(pa_comm *comm, const char *path, pa_result_check *check, uint8_t **blocks,
                        pa_error *err);

#endif

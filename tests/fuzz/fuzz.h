/* What a fuzz target is: libFuzzer's entry, which replay.c calls as well. A
 * property that does not hold is an assert that fails. */
#ifndef PARAUDIT_TESTS_FUZZ_H
#define PARAUDIT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* Returns 0; -1: an input that a corpus need not keep. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

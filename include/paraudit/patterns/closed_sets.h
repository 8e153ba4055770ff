/* Closed and maximal frequent sets without a memory of those found: by prefix-preserving closure
 * extension (T. Uno, T. Asai, Y. Uchida, H. Arimura, An efficient algorithm for enumerating closed
 * patterns in transaction databases, DS 2004). A set is closed where no larger one is in as many
 * baskets, maximal where no larger one is frequent. Kernel. */
#ifndef PARAUDIT_PATTERNS_CLOSED_SETS_H
#define PARAUDIT_PATTERNS_CLOSED_SETS_H

#include "paraudit/patterns/fp_growth.h"

typedef enum { PA_CLOSED, PA_MAXIMAL } pa_closed_kind;

/* As pa_fp_growth, of closed or maximal sets: those found from ranks first .. last - 1 are those
 * whose closure by their least frequent item begins there; of all ranks each set is found once.
 * With a max_length, sets are those of all sizes that are no longer: one that is closed stays so.
 */
pa_status pa_closed_sets(pa_arena *arena, const pa_fp_tree *tree, const int32_t code[],
                         int32_t first, int32_t last, pa_closed_kind kind,
                         const pa_mine_options *options, const pa_set_sink *sink,
                         pa_set_counts *counts, pa_error *err);

#endif

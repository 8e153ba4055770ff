/* Closed and maximal frequent sets without a memory of those found: by prefix-preserving closure
 * extension (T. Uno, T. Asai, Y. Uchida, H. Arimura, An efficient algorithm for enumerating closed
 * patterns in transaction databases, DS 2004). A set is closed where no larger one is in as many
 * baskets, maximal where no larger one is frequent. Kernel. */
#ifndef PARAUDIT_PATTERNS_CLOSED_SETS_H
#define PARAUDIT_PATTERNS_CLOSED_SETS_H

#include "paraudit/patterns/coded_rows.h"
#include "paraudit/patterns/fp_growth.h"

typedef enum { PA_CLOSED, PA_MAXIMAL } pa_closed_kind;

/* As pa_fp_miner. */
typedef struct pa_closed_miner pa_closed_miner;

pa_status pa_closed_miner_open(pa_arena *arena, const pa_fp_tree *tree, const int32_t code[],
                               size_t longest, pa_closed_kind kind, const pa_mine_options *options,
                               pa_closed_miner **miner, pa_error *err);

/* Where there is no room for a tree: of rows, which are borrowed. Takes longer. The sets and their
 * order are the same. */
pa_status pa_closed_miner_open_lean(pa_arena *arena, const pa_coded_rows *rows,
                                    const int32_t code[], size_t longest, pa_closed_kind kind,
                                    const pa_mine_options *options, pa_closed_miner **miner,
                                    pa_error *err);

/* As pa_fp_growth, of closed or maximal sets: those of ranks first .. last - 1 are those whose
 * least frequent item that makes the rest follow is of these ranks; of all ranks each set is
 * found once. With a max_length, those that are no longer. */
pa_status pa_closed_sets(pa_closed_miner *miner, int32_t first, int32_t last,
                         const pa_set_sink *sink, pa_set_counts *counts, pa_error *err);

#endif

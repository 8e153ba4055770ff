/* A drawn portfolio's result, the same for any number of ranks: every type,
 * slices of unequal length, a rank without rows, an empty table.
 *
 *     transactions  N rows: rank 1 of 3 and more holds none, the others
 *                   100 + 37 r parts
 *     graph/edges   10 rows, all on the last rank
 *     rejects       no rows
 *     categories/mcc  a list of 5 names, on rank 0
 *     forest        a store: replicated nodes (70,000 x 3), sliced state */
#ifndef PARAUDIT_TESTS_DRAWN_RESULT_H
#define PARAUDIT_TESTS_DRAWN_RESULT_H

#include "paraudit/result/result.h"

enum { PA_DRAWN_TABLES = 3 };

typedef struct {
    pa_table tables[PA_DRAWN_TABLES];
    pa_table mcc;
    pa_store forest;
    const pa_table *table_list[PA_DRAWN_TABLES];
    const pa_table *list_list[1];
    const pa_store *store_list[1];
    pa_result content;
} pa_drawn_result;

/* rows: of transactions over all ranks. */
pa_status pa_draw_result(pa_comm *comm, int64_t rows, pa_drawn_result *drawn, pa_error *err);
void pa_drawn_free(pa_drawn_result *drawn);

/* The eight drawn columns for n rows from row `first` on; t is made new. */
pa_status pa_draw_table(pa_table *t, const char *name, const char *meaning, int64_t first,
                        int64_t n, int64_t n_global, pa_error *err);

/* The value of (column, row) as 64 drawn bits: what the columns are made of. */
uint64_t pa_drawn_bits(int column, int64_t row);

/* Row number where rank r begins in transactions. */
int64_t pa_drawn_first(int64_t rows, int rank, int size);

#endif

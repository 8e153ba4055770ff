/* Plain records, a block of rows at a time. */
#ifndef PARAUDIT_SRC_CSV_CSV_BLOCK_H
#define PARAUDIT_SRC_CSV_CSV_BLOCK_H

#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/kernels.h"

/* Through a stretch of text with its marks. */
typedef struct {
    const char *text;
    size_t n;                  /* bytes that may be read */
    size_t own, longest;       /* records begin before; bytes of one with its line end */
    const pa_csv_marks *marks; /* one more before the first is UINT16_MAX */
    size_t begin, k;           /* of the next record: its first byte, its first mark */
    size_t line;               /* of marks->line, not behind that of the next record */
} pa_csv_walk;

/* Whether the layout is one for blocks. */
bool pa_csv_fits_blocks(const pa_csv_intake *parser);

/* Takes some of the records from walk->begin on, as pa_csv_take_row would one after the other, or
 * none: the caller takes the next one. */
pa_status pa_csv_take_block(pa_csv_intake *parser, pa_csv_walk *walk, pa_error *err);

#endif

/* Rows of a CSV file that name a basket and an item of it. Nothing here reads files or talks. */
#ifndef PARAUDIT_PATTERNS_PAIR_ROWS_H
#define PARAUDIT_PATTERNS_PAIR_ROWS_H

#include "paraudit/base/intern.h"
#include "paraudit/csv/matrix_csv.h"

/* Why a row is left out. */
typedef enum {
    PA_PAIR_NO_BASKET, /* an empty cell, or blanks */
    PA_PAIR_NO_ITEM,
    PA_PAIR_NO_TEXT, /* bytes that are no UTF-8 */
    PA_PAIR_N
} pa_pair_fault;

/* Set header, basket and item; the rest starts as zeros. Names are kept without blanks around
 * them; one longer than PA_CSV_NAME_BYTES is cut, and goes on with a digest of all of it. */
typedef struct {
    const pa_matrix_header *header; /* borrowed */
    size_t basket, item;            /* which fields they are */
    pa_intern baskets, items;
    size_t n, room;
    int32_t *basket_of, *item_of; /* of each row that is kept: codes */
    int64_t n_fault[PA_PAIR_N];
    int64_t first_fault; /* the line of the first row that is left out; 0: none is */
    int64_t n_cut;       /* names */
    pa_csv_field *field; /* of the row at hand */
    char *scratch;
    size_t scratch_room;
} pa_pair_rows;

/* Takes a row, of a pa_pair_rows; a pa_record_taker. Empty lines are passed over. PA_E_DATA with
 * file and line: another number of fields than the header's. */
pa_status pa_pair_take(void *rows, int64_t line, const char *record, size_t n, pa_error *err);
void pa_pair_rows_free(pa_pair_rows *rows);

#endif

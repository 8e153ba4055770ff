/* The rows of a table of transactions as rows of baskets, and the names of their items. */
#ifndef PARAUDIT_PATTERNS_BASKET_ITEMS_H
#define PARAUDIT_PATTERNS_BASKET_ITEMS_H

#include "paraudit/patterns/account_baskets.h"
#include "paraudit/stage/run.h"

/* *category: of the rows, in the type of the kernels; freed by pa_free. NULL: the input has none.
 * Local. */
pa_status pa_category_codes(const pa_table *tx, int32_t **category, pa_error *err);

/* The rows, with columns of the table and these categories, and with codes that are known. Local.
 */
pa_basket_rows pa_basket_rows_of(const pa_config *config, const pa_table *tx,
                                 const int32_t category[], const pa_item_codes *codes);

/* The codes that these rows need, as they mean the same on all ranks. Collective. */
pa_status pa_basket_codes(pa_comm *comm, const pa_basket_rows *rows, pa_item_codes *codes,
                          pa_error *err);

/* Bytes of a name, zeros behind it: "merchant=M019678", "category=grocery",
 * "amount=8.00 to 11.31", "hour=20 to 24". */
enum { PA_ITEM_NAME = 80 };

/* An amount in the currency: "12.05". */
void pa_amount_text(const pa_table *tx, int64_t minor, char text[32]);

/* Of an item of PA_ITEM_AMOUNT or PA_ITEM_HOUR, which no table names. */
void pa_name_item(const pa_table *tx, pa_item_kind kind, int32_t code, char name[PA_ITEM_NAME]);

/* Names of n items, the same on all ranks. Collective. */
pa_status pa_item_names(pa_run *run, const pa_table *tx, const pa_item_codes *codes, size_t n,
                        const int32_t item[], char name[][PA_ITEM_NAME]);

#endif

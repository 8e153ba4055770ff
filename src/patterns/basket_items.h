/* The rows of a table of transactions as rows of baskets, and the names of their items. */
#ifndef PARAUDIT_PATTERNS_BASKET_ITEMS_H
#define PARAUDIT_PATTERNS_BASKET_ITEMS_H

#include "paraudit/patterns/account_baskets.h"
#include "paraudit/stage/run.h"

typedef struct {
    pa_basket_rows rows;
    int32_t *category; /* owned; NULL: the input has none */
} pa_tx_baskets;

/* Collective: codes mean the same on all ranks. */
pa_status pa_tx_baskets_open(pa_run *run, const pa_table *tx, pa_tx_baskets *b);

/* The same with codes that are known. Local. */
pa_status pa_tx_baskets_of(const pa_config *config, const pa_table *tx, const pa_item_codes *codes,
                           pa_tx_baskets *b, pa_error *err);
void pa_tx_baskets_free(pa_tx_baskets *b);

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

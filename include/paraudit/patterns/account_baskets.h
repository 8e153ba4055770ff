/* Baskets of accounts: what the transactions of an account within a window of time have in common
 * with those of other accounts, as items. Kernel.
 *
 * Windows are cut by time alone: window w has the times from w * seconds to (w + 1) * seconds - 1.
 * A basket grows with the rows of its window, and as it stands at a row it holds what that row and
 * the earlier ones bring. Of more than `most` different items the first ones are kept. */
#ifndef PARAUDIT_PATTERNS_ACCOUNT_BASKETS_H
#define PARAUDIT_PATTERNS_ACCOUNT_BASKETS_H

#include <stdbool.h>

#include "paraudit/base/status.h"
#include "paraudit/patterns/baskets.h"
#include "paraudit/patterns/combinations.h"

/* ---- items ---- */

typedef enum {
    PA_ITEM_MERCHANT,
    PA_ITEM_CATEGORY,
    PA_ITEM_AMOUNT, /* pa_amount_band (patterns/combinations.h) */
    PA_ITEM_HOUR,   /* pa_day_part */
    PA_ITEM_KINDS
} pa_item_kind;

enum { PA_BASKET_MOST = 64 };

/* The amounts of a band of pa_amount_band; least > most: no whole number lies in it. */
void pa_amount_band_edges(int band, int64_t *least, int64_t *most);

/* Item codes: first[k] + code for the codes of kind k, which are as many as first[k + 1] says. */
typedef struct {
    int32_t first[PA_ITEM_KINDS + 1];
} pa_item_codes;

/* n: codes of each kind; 0: the kind is not used. PA_E_USAGE: 2^31 - 1 or more together. */
pa_status pa_item_codes_of(const int64_t n[PA_ITEM_KINDS], pa_item_codes *codes, pa_error *err);

/* ---- baskets ---- */

/* Rows of accounts, each account's behind one another with ascending times. Borrowed. */
typedef struct {
    size_t n;
    const int32_t *account;
    const int64_t *time, *amount_minor;
    const int32_t *merchant, *category; /* codes; -1: none; NULL: the kind is not used */
    pa_item_codes codes;
    int64_t seconds; /* of a window, 1 or more */
    size_t most;     /* items of a basket, PA_ITEM_KINDS to PA_BASKET_MOST */
} pa_basket_rows;

/* As it stands at a row; zeros before the first. */
typedef struct {
    size_t n, n_new;              /* the last n_new items came with the row */
    int32_t item[PA_BASKET_MOST]; /* in the order in which they came, none twice */
} pa_basket;

/* Whether the row is the first of its account and window. */
bool pa_starts_basket(const pa_basket_rows *rows, size_t row);

/* Adds a row to the basket of its window; to an empty one where the row `starts`. */
void pa_basket_add(const pa_basket_rows *rows, size_t row, bool starts, pa_basket *basket);

/* Baskets that own their memory; a zeroed list is empty. */
typedef struct {
    size_t n, n_items;
    size_t *first; /* n + 1 */
    int32_t *item;
} pa_basket_list;

/* All baskets of the rows whose time is in [from, until), which are whole there. */
pa_status pa_account_baskets(const pa_basket_rows *rows, int64_t from, int64_t until,
                             pa_basket_list *list, pa_error *err);
void pa_basket_list_free(pa_basket_list *list);

#endif

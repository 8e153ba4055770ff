/* The order of an account's rows.
 *
 * Counting brings rows to their accounts without changing their order. Books
 * are most often written in the order of time, so that is nearly all; accounts
 * that are not in order are sorted one by one. */
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

/* Moves a row after which a radix sort is quicker than insertion. */
enum { MOVES = 8 };

typedef struct {
    const int64_t *time, *tx;
    const char *ids; /* width bytes each; width 0: none */
    size_t width;
} rows_by;

static bool comes_before(const rows_by *r, uint32_t a, uint32_t b)
{
    if (r->time[a] != r->time[b]) return r->time[a] < r->time[b];
    if (r->tx[a] != r->tx[b]) return r->tx[a] < r->tx[b];
    return r->width && memcmp(r->ids + a * r->width, r->ids + b * r->width, r->width) < 0;
}

/* Insertion; stable. False where it would take more than `most` moves: the rows
 * are left somewhere on the way. */
static bool insert_each(const rows_by *r, size_t n, uint32_t order[], size_t most)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t row = order[i];
        size_t at = i;
        for (; at > 0 && comes_before(r, row, order[at - 1]); at--) order[at] = order[at - 1];
        order[at] = row;
        if (i - at > most) return false;
        most -= i - at;
    }
    return true;
}

static pa_status sort_many(const rows_by *r, size_t n, uint32_t order[], pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *tie = NULL;
    uint32_t *place = NULL;
    pa_status st = PA_NEW(key, n, err);
    if (st != PA_OK) goto out;
    PA_GOTO(PA_NEW(tie, n, err));
    PA_GOTO(PA_NEW(place, 2 * n, err));
    for (size_t i = 0; i < n; i++) {
        key[i] = pa_key_of_i64(r->time[order[i]]);
        tie[i] = r->tx[order[i]];
    }
    PA_GOTO(pa_sort_pairs(n, key, tie, place, err));
    memcpy(place + n, order, n * sizeof *order);
    pa_permute(n, sizeof *order, place, place + n, order);
    /* Ids that differ may share their hash: seldom if ever, and side by side. */
    if (r->width) insert_each(r, n, order, SIZE_MAX);
out:
    pa_free(key);
    pa_free(tie);
    pa_free(place);
    return st;
}

/* end[a]: behind the last row of account a in the order, which is by account. */
static pa_status sort_accounts(const rows_by *r, size_t n_accounts, const uint32_t end[],
                               uint32_t order[], pa_error *err)
{
    uint32_t from = 0;
    for (size_t a = 0; a < n_accounts; from = end[a++]) {
        size_t n = end[a] - from;
        if (!insert_each(r, n, order + from, MOVES * n)) {
            PA_TRY(sort_many(r, n, order + from, err));
        }
    }
    return PA_OK;
}

pa_status pa_ingest_order(const pa_csv_batch *b, int64_t first_account, size_t n_accounts,
                          size_t id_width, const char *ids, uint32_t order[], pa_error *err)
{
    rows_by r = {b->time, b->tx, ids, id_width};
    uint32_t *at = NULL, sum = 0;
    PA_TRY(PA_NEW(at, n_accounts + 1, err));
    for (size_t i = 0; i < b->n; i++) at[b->account[i] - first_account]++;
    for (size_t a = 0; a < n_accounts; a++) {
        uint32_t here = at[a];
        at[a] = sum;
        sum += here;
    }
    for (size_t i = 0; i < b->n; i++) order[at[b->account[i] - first_account]++] = (uint32_t)i;
    pa_status st = sort_accounts(&r, n_accounts, at, order, err);
    pa_free(at);
    return st;
}

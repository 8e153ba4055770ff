/* The order of an account's rows.
 *
 * Counting brings rows to their accounts without changing their order. Books
 * are most often written in the order of time, or nearly so, and then little is
 * left to do. Where much is, all rows are sorted by time before. */
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

/* Insertion; stable. False where the rows are too far from their places for it:
 * they are left somewhere on the way. */
static bool insert_each(const rows_by *r, size_t n, uint32_t order[], size_t moves_a_row)
{
    size_t moves = 0;
    for (size_t i = 1; i < n; i++) {
        uint32_t row = order[i];
        size_t at = i;
        for (; at > 0 && comes_before(r, row, order[at - 1]); at--) order[at] = order[at - 1];
        order[at] = row;
        moves += i - at;
        if (moves > moves_a_row * i) return false;
    }
    return true;
}

/* One account of any size in any order. */
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
    if (r->width) insert_each(r, n, order, n);
out:
    pa_free(key);
    pa_free(tie);
    pa_free(place);
    return st;
}

/* How rows lie by account: account a has the rows end[a - 1] .. end[a] of an
 * order, from 0 on. */
typedef struct {
    const int32_t *account;
    int64_t first;
    size_t n_rows, n_accounts;
    uint32_t *end;
} accounts;

/* Rows by account, and in each as `rows` has them; NULL: as they are. */
static void deal_out(const accounts *a, const uint32_t rows[], uint32_t order[])
{
    uint32_t sum = 0;
    memset(a->end, 0, a->n_accounts * sizeof *a->end);
    for (size_t i = 0; i < a->n_rows; i++) a->end[a->account[i] - a->first]++;
    for (size_t k = 0; k < a->n_accounts; k++) {
        uint32_t here = a->end[k];
        a->end[k] = sum;
        sum += here;
    }
    for (size_t i = 0; i < a->n_rows; i++) {
        uint32_t row = rows ? rows[i] : (uint32_t)i;
        order[a->end[a->account[row] - a->first]++] = row;
    }
}

/* False where an account is far from its order. */
static bool order_quickly(const rows_by *r, const accounts *a, uint32_t order[])
{
    uint32_t from = 0;
    deal_out(a, NULL, order);
    for (size_t k = 0; k < a->n_accounts; from = a->end[k++]) {
        if (!insert_each(r, a->end[k] - from, order + from, MOVES)) return false;
    }
    return true;
}

static pa_status sort_by_time(const rows_by *r, size_t n, uint32_t by_time[], pa_error *err)
{
    uint64_t *key = NULL;
    PA_TRY(PA_NEW(key, n, err));
    for (size_t i = 0; i < n; i++) key[i] = pa_key_of_i64(r->time[i]);
    pa_status st = pa_sort_u64(n, key, by_time, err);
    pa_free(key);
    return st;
}

static pa_status order_by_time_first(const rows_by *r, const accounts *a, uint32_t order[],
                                     pa_error *err)
{
    uint32_t *by_time = NULL, from = 0;
    PA_TRY(PA_NEW(by_time, a->n_rows, err));
    pa_status st = sort_by_time(r, a->n_rows, by_time, err);
    if (st == PA_OK) deal_out(a, by_time, order);
    pa_free(by_time);
    for (size_t k = 0; st == PA_OK && k < a->n_accounts; from = a->end[k++]) {
        size_t n = a->end[k] - from;
        if (!insert_each(r, n, order + from, MOVES)) st = sort_many(r, n, order + from, err);
    }
    return st;
}

pa_status pa_ingest_order(const pa_csv_batch *b, int64_t first_account, size_t n_accounts,
                          size_t id_width, const char *ids, uint32_t order[], pa_error *err)
{
    rows_by r = {b->time, b->tx, ids, id_width};
    accounts a = {
        .account = b->account, .first = first_account, .n_rows = b->n, .n_accounts = n_accounts};
    PA_TRY(PA_NEW(a.end, n_accounts, err));
    pa_status st = PA_OK;
    if (!order_quickly(&r, &a, order)) st = order_by_time_first(&r, &a, order, err);
    pa_free(a.end);
    return st;
}

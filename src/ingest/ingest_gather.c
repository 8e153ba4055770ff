/* Rows of neighbouring accounts come to lie near one another.
 *
 * To bring a column into the order of accounts takes a cache line for each value where the
 * rows lie in another order, as in a book that is written by time. So the columns are dealt to
 * stretches of accounts before: that reads along a column and writes along each stretch. What
 * orders the rows, sends them and places them then stays within a stretch, which fits the
 * caches. */
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"

/* As many stretches as may be written along at the same time, and the rows of one, about, where
 * there are fewer; rows of one account in a run on average with which nothing is to be gained. */
enum { STRETCHES = 1024, STRETCH_ROWS = 8192, RUN = 4 };

typedef struct {
    size_t n;
    uint32_t *place;    /* of each row; its stretch, until that is known */
    void *eight, *four; /* room for a column of so many bytes a row */
} dealer;

static bool is_scattered(size_t n, const int32_t account[])
{
    size_t changes = 0;
    for (size_t i = 1; i < n; i++) changes += account[i] != account[i - 1];
    return changes > n / RUN;
}

/* at: where each stretch begins. */
static void find_stretches(dealer *d, const int32_t account[], int64_t n_accounts,
                           uint32_t at[STRETCHES])
{
    size_t n_stretches = d->n / STRETCH_ROWS + 2;
    if (n_stretches > STRETCHES) n_stretches = STRETCHES;
    uint64_t scale = ((uint64_t)n_stretches << 32) / (uint64_t)n_accounts;
    uint32_t sum = 0;
    for (size_t i = 0; i < d->n; i++) {
        d->place[i] = (uint32_t)((uint64_t)account[i] * scale >> 32);
        at[d->place[i]]++;
    }
    for (size_t k = 0; k < n_stretches; k++) {
        uint32_t here = at[k];
        at[k] = sum;
        sum += here;
    }
}

static void find_places(dealer *d, uint32_t at[])
{
    for (size_t i = 0; i < d->n; i++) d->place[i] = at[d->place[i]]++;
}

#define DEAL(type)                                                                                 \
    for (size_t i = 0; i < d->n; i++) ((type *)to)[d->place[i]] = ((const type *)from)[i]

static void deal_into(const dealer *d, size_t width, const void *from, void *to)
{
    if (width == 8)
        DEAL(uint64_t);
    else if (width == 4)
        DEAL(uint32_t);
    else
        DEAL(uint8_t);
}

/* column: of the address of its memory, which is replaced; none is fine. */
static void deal_eight(dealer *d, void *column)
{
    void **data = column, *old = *data;
    if (!old) return;
    deal_into(d, 8, old, d->eight);
    *data = d->eight;
    d->eight = old;
}

static void deal_four(dealer *d, void *column)
{
    void **data = column, *old = *data;
    if (!old) return;
    deal_into(d, 4, old, d->four);
    *data = d->four;
    d->four = old;
}

static void deal_bytes(dealer *d, void *column)
{
    deal_into(d, 1, column, d->four);
    memcpy(column, d->four, d->n);
}

/* The bytes of text ids, while the stretches of rows are known. */
static pa_status deal_ids(const dealer *d, pa_csv_batch *b, pa_error *err)
{
    size_t at[STRETCHES] = {0}, sum = 0, row = 0;
    pa_buffer dealt = {0};
    if (!b->has.text_ids) return PA_OK;
    PA_TRY(pa_buffer_reserve(&dealt, b->id_bytes.length, err));
    for (size_t i = 0; i < d->n; i++) at[d->place[i]] += b->id_length[i];
    for (size_t k = 0; k < STRETCHES; k++) {
        size_t here = at[k];
        at[k] = sum;
        sum += here;
    }
    for (size_t i = 0; i < d->n; i++) {
        memcpy(dealt.data + at[d->place[i]], b->id_bytes.data + row, b->id_length[i]);
        at[d->place[i]] += b->id_length[i];
        row += b->id_length[i];
    }
    dealt.length = b->id_bytes.length;
    pa_buffer_free(&b->id_bytes);
    b->id_bytes = dealt;
    return PA_OK;
}

static void deal_columns(dealer *d, pa_csv_batch *b)
{
    deal_eight(d, &b->tx);
    deal_eight(d, &b->time);
    deal_eight(d, &b->amount_minor);
    deal_eight(d, &b->label_time);
    for (int i = 0; i < PA_CSV_N_PLACES; i++) deal_eight(d, &b->place[i]);
    deal_four(d, &b->account);
    deal_four(d, &b->merchant);
    for (int i = 0; i < PA_CSV_N_CODED; i++) deal_four(d, &b->coded[i]);
    for (int32_t i = 0; i < b->has.n_numeric; i++) deal_four(d, &b->numeric[i]);
    deal_bytes(d, b->label);
    if (b->has.text_ids) deal_bytes(d, b->id_length);
}

static pa_status deal_all(dealer *d, pa_csv_batch *b, int64_t n_accounts, pa_error *err)
{
    uint32_t at[STRETCHES] = {0};
    d->place = pa_realloc(NULL, d->n, sizeof *d->place, err);
    d->four = pa_realloc(NULL, d->n, 4, err);
    if (!d->place || !d->four) return PA_E_MEMORY;
    find_stretches(d, b->account, n_accounts, at);
    PA_TRY(deal_ids(d, b, err));
    find_places(d, at);
    d->eight = b->line; /* nobody asks for lines any more */
    deal_columns(d, b);
    b->line = d->eight;
    b->room = b->n;
    return PA_OK;
}

pa_status pa_ingest_gather(pa_csv_batch *b, int64_t n_accounts, pa_error *err)
{
    if (!is_scattered(b->n, b->account)) return PA_OK;
    dealer d = {.n = b->n};
    pa_status st = deal_all(&d, b, n_accounts, err);
    pa_free(d.place);
    pa_free(d.four);
    return st;
}

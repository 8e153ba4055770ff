#include "paraudit/patterns/account_baskets.h"

#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"

/* ---- items ---- */

/* The least v with v^2 >= 2^k, for k up to 127. */
static int64_t least_of_half_octave(int k)
{
    int64_t root = 0;
    if (k % 2 == 0) return (int64_t)1 << (k / 2);
    for (int bit = k / 2; bit >= 0; bit--) {
        int64_t more = root | (int64_t)1 << bit;
        if ((pa_u128)more * (pa_u128)more < (pa_u128)1 << k) root = more;
    }
    return root + 1;
}

void pa_amount_band_edges(int band, int64_t *least, int64_t *most)
{
    *least = band == 0 ? INT64_MIN : least_of_half_octave(band - 1);
    *most = band == 0 ? 0 : least_of_half_octave(band) - 1;
    if (band == PA_AMOUNT_BANDS - 1) *most = INT64_MAX;
}

pa_status pa_item_codes_of(const int64_t n[PA_ITEM_KINDS], pa_item_codes *codes, pa_error *err)
{
    int64_t sum = 0;
    codes->first[0] = 0;
    for (int k = 0; k < PA_ITEM_KINDS; k++) {
        if (n[k] >= INT32_MAX - sum)
            return pa_fail(err, PA_E_USAGE, "baskets have more than %d different items",
                           INT32_MAX - 1);
        sum += n[k];
        codes->first[k + 1] = (int32_t)sum;
    }
    return PA_OK;
}

/* ---- baskets ---- */

static int64_t window_of(int64_t time, int64_t seconds)
{
    int64_t w = time / seconds;
    return time % seconds < 0 ? w - 1 : w;
}

bool pa_starts_basket(const pa_basket_rows *r, size_t row)
{
    return row == 0 || r->account[row] != r->account[row - 1] ||
           window_of(r->time[row], r->seconds) != window_of(r->time[row - 1], r->seconds);
}

static void add_item(const pa_basket_rows *r, pa_item_kind kind, int32_t code, pa_basket *b)
{
    const int32_t *first = r->codes.first + kind;
    if (code < 0 || first[0] == first[1] || b->n == r->most) return;
    int32_t item = first[0] + code;
    for (size_t i = 0; i < b->n; i++)
        if (b->item[i] == item) return;
    b->item[b->n++] = item;
    b->n_new++;
}

void pa_basket_add(const pa_basket_rows *r, size_t row, bool starts, pa_basket *b)
{
    if (starts) b->n = 0;
    b->n_new = 0;
    if (r->merchant) add_item(r, PA_ITEM_MERCHANT, r->merchant[row], b);
    if (r->category) add_item(r, PA_ITEM_CATEGORY, r->category[row], b);
    add_item(r, PA_ITEM_AMOUNT, pa_amount_band(r->amount_minor[row]), b);
    add_item(r, PA_ITEM_HOUR, pa_day_part(r->time[row]), b);
}

/* ---- a list ---- */

/* The baskets of the rows in [from, until) one after the other; list: where they go, or NULL:
 * only their sizes are counted. */
static void walk(const pa_basket_rows *r, int64_t from, int64_t until, pa_basket_list *l, bool keep)
{
    pa_basket b = {0};
    l->n = l->n_items = 0;
    for (size_t row = 0, last = SIZE_MAX; row < r->n; row++) {
        if (r->time[row] < from || r->time[row] >= until) continue;
        bool starts = last == SIZE_MAX || last + 1 != row || pa_starts_basket(r, row);
        pa_basket_add(r, row, starts, &b);
        if (keep && starts) l->first[l->n] = l->n_items;
        if (keep)
            for (size_t i = b.n - b.n_new; i < b.n; i++)
                l->item[l->n_items + i + b.n_new - b.n] = b.item[i];
        l->n += starts;
        l->n_items += b.n_new;
        last = row;
    }
    if (keep) l->first[l->n] = l->n_items;
}

pa_status pa_account_baskets(const pa_basket_rows *rows, int64_t from, int64_t until,
                             pa_basket_list *l, pa_error *err)
{
    *l = (pa_basket_list){0};
    walk(rows, from, until, l, false);
    pa_status st = PA_NEW(l->first, l->n + 1, err);
    if (st == PA_OK) st = PA_NEW(l->item, l->n_items, err);
    if (st == PA_OK)
        walk(rows, from, until, l, true);
    else
        pa_basket_list_free(l);
    return st;
}

void pa_basket_list_free(pa_basket_list *l)
{
    pa_free(l->first);
    pa_free(l->item);
    *l = (pa_basket_list){0};
}

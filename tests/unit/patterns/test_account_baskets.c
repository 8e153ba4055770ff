/* Items and baskets of rows, by hand and beside a twin that looks at all rows of a window. */
#include "paraudit/patterns/account_baskets.h"

#include <math.h>
#include <string.h>

#include "drawn_baskets.h"
#include "unit.h"

enum { HOUR = 3600, DAY = 24 * HOUR, MOST_ROWS = 300 };

/* ---- bands ---- */

/* Bands cover all amounts without a gap, and an edge lies in its band. */
static void test_edges_are_those_of_the_bands(void)
{
    int64_t last = INT64_MIN;
    for (int b = 0; b < PA_AMOUNT_BANDS; b++) {
        int64_t least, most;
        pa_amount_band_edges(b, &least, &most);
        if (least > most) continue;
        CU_ASSERT(b == 0 ? least == INT64_MIN : least == last + 1);
        CU_ASSERT_EQUAL(pa_amount_band(least), b);
        CU_ASSERT_EQUAL(pa_amount_band(most), b);
        last = most;
    }
    CU_ASSERT_EQUAL(last, INT64_MAX);
}

/* ---- codes ---- */

static void test_codes_lie_one_behind_the_other(void)
{
    pa_item_codes c;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_item_codes_of((int64_t[]){5, 0, 64, 6}, &c, &err), PA_OK);
    const int32_t first[] = {0, 5, 5, 69, 75};
    CU_ASSERT_EQUAL(memcmp(c.first, first, sizeof first), 0);
    CU_ASSERT_EQUAL(pa_item_codes_of((int64_t[]){INT32_MAX, 1, 0, 0}, &c, &err), PA_E_USAGE);
}

/* ---- rows ---- */

typedef struct {
    int32_t account[MOST_ROWS], merchant[MOST_ROWS], category[MOST_ROWS];
    int64_t time[MOST_ROWS], amount[MOST_ROWS];
    pa_basket_rows rows;
} drawn_rows;

static void draw_rows(uint32_t *state, drawn_rows *d)
{
    size_t n = draw(state, MOST_ROWS + 1);
    int32_t account = 0;
    int64_t time = -2 * DAY;
    for (size_t i = 0; i < n; i++) {
        bool next = draw(state, 20) == 0;
        if (next) time = -2 * DAY;
        account += next;
        time += draw(state, 9 * HOUR);
        d->account[i] = account;
        d->time[i] = time;
        d->merchant[i] = (int32_t)draw(state, 9) - 1;
        d->category[i] = (int32_t)draw(state, 4);
        d->amount[i] = (int64_t)draw(state, 30) - 3;
    }
    pa_error err = {0};
    bool no_category = draw(state, 4) == 0;
    d->rows = (pa_basket_rows){.n = n,
                               .account = d->account,
                               .time = d->time,
                               .amount_minor = d->amount,
                               .merchant = d->merchant,
                               .category = no_category ? NULL : d->category,
                               .seconds = draw(state, 2) ? DAY : 6 * HOUR,
                               .most = 4 + draw(state, 9)};
    pa_item_codes_of((int64_t[]){8, no_category ? 0 : 4, PA_AMOUNT_BANDS, PA_DAY_PARTS},
                     &d->rows.codes, &err);
}

static int64_t slow_window(const pa_basket_rows *r, size_t row)
{
    return (int64_t)floor((double)r->time[row] / (double)r->seconds);
}

static void slow_add(const pa_basket_rows *r, int32_t item, pa_basket *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->item[i] == item) return;
    if (b->n < r->most) b->item[b->n++] = item;
}

/* Of all rows of the account's window up to `last` that are in [from, until). */
static void slow_basket(const pa_basket_rows *r, size_t last, int64_t from, int64_t until,
                        pa_basket *b)
{
    const int32_t *f = r->codes.first;
    b->n = 0;
    for (size_t i = 0; i <= last; i++) {
        if (r->account[i] != r->account[last] || slow_window(r, i) != slow_window(r, last))
            continue;
        if (r->time[i] < from || r->time[i] >= until) continue;
        if (r->merchant[i] >= 0) slow_add(r, f[PA_ITEM_MERCHANT] + r->merchant[i], b);
        if (r->category) slow_add(r, f[PA_ITEM_CATEGORY] + r->category[i], b);
        slow_add(r, f[PA_ITEM_AMOUNT] + pa_amount_band(r->amount_minor[i]), b);
        slow_add(r, f[PA_ITEM_HOUR] + pa_day_part(r->time[i]), b);
    }
}

static bool same(const pa_basket *a, size_t n, const int32_t item[])
{
    return a->n == n && memcmp(a->item, item, n * sizeof *item) == 0;
}

static void test_a_basket_stands_as_the_rows_so_far_left_it(void)
{
    static drawn_rows d;
    uint32_t state = 3;
    for (int round = 0; round < 100; round++) {
        pa_basket b = {0}, slow;
        draw_rows(&state, &d);
        size_t wrong = 0;
        for (size_t i = 0; i < d.rows.n; i++) {
            size_t before = pa_starts_basket(&d.rows, i) ? 0 : b.n;
            pa_basket_add(&d.rows, i, pa_starts_basket(&d.rows, i), &b);
            slow_basket(&d.rows, i, INT64_MIN, INT64_MAX, &slow);
            wrong += !same(&slow, b.n, b.item) || b.n_new != b.n - before;
        }
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

/* Whether a row is the last of its window in [from, until). */
static bool is_last(const pa_basket_rows *r, size_t row, int64_t from, int64_t until)
{
    if (r->time[row] < from || r->time[row] >= until) return false;
    return row + 1 == r->n || pa_starts_basket(r, row + 1) || r->time[row + 1] >= until;
}

static void test_the_list_has_every_basket_of_its_time(void)
{
    static drawn_rows d;
    uint32_t state = 7;
    size_t all = 0;
    for (int round = 0; round < 100; round++) {
        pa_basket_list l;
        pa_basket slow;
        pa_error err = {0};
        draw_rows(&state, &d);
        int64_t from = (int64_t)draw(&state, 3 * DAY) - 3 * DAY,
                until = from + draw(&state, 9 * DAY);
        CU_ASSERT_EQUAL_FATAL(pa_account_baskets(&d.rows, from, until, &l, &err), PA_OK);
        size_t at = 0, wrong = 0;
        for (size_t i = 0; i < d.rows.n; i++) {
            if (!is_last(&d.rows, i, from, until)) continue;
            slow_basket(&d.rows, i, from, until, &slow);
            wrong += at >= l.n || !same(&slow, l.first[at + 1] - l.first[at], l.item + l.first[at]);
            at++;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(at, l.n);
        all += at;
        pa_basket_list_free(&l);
    }
    CU_ASSERT(all > 1000);
}

static const pa_test tests[] = {
    {"edges are those of the bands", test_edges_are_those_of_the_bands},
    {"codes lie one behind the other", test_codes_lie_one_behind_the_other},
    {"a basket stands as the rows so far left it", test_a_basket_stands_as_the_rows_so_far_left_it},
    {"the list has every basket of its time", test_the_list_has_every_basket_of_its_time},
};
PA_TEST_MAIN("account_baskets", tests)

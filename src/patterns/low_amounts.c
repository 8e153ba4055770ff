#include "paraudit/patterns/low_amounts.h"

#include "paraudit/base/exact.h"
#include "paraudit/base/math.h"

enum { DAY = 86400, MOST_NEW = 64 };

/* The bits of log2 behind the point come by squaring (as in D. Knuth, The Art of Computer
 * Programming, 1.2.2): all in whole numbers, rounded down. */
int pa_fine_amount_band(int64_t amount_minor)
{
    if (amount_minor <= 0) return 0;
    int zeros = __builtin_clzll((unsigned long long)amount_minor), band = 63 - zeros;
    uint64_t v = (uint64_t)amount_minor << zeros;
    for (int k = 0; k < 3; k++) {
        pa_u128 square = (pa_u128)v * v;
        int upper = (int)(square >> 127);
        v = (uint64_t)(square >> (63 + upper));
        band = 2 * band + upper;
    }
    return 1 + band;
}

static size_t cell(const pa_basket_rows *r, size_t row)
{
    size_t group = r->category ? (size_t)(r->category[row] + 1) : 0;
    return group * PA_FINE_BANDS + (size_t)pa_fine_amount_band(r->amount_minor[row]);
}

void pa_low_amounts_count(const pa_basket_rows *r, int64_t from, int64_t until, int64_t count[])
{
    for (size_t i = 0; i < r->n; i++)
        if (r->time[i] >= from && r->time[i] < until) count[cell(r, i)]++;
}

void pa_low_amounts_bits(size_t n_categories, const int64_t count[], double bits[])
{
    for (size_t g = 0; g <= n_categories; g++) {
        const int64_t *c = count + g * PA_FINE_BANDS;
        double *to = bits + g * PA_FINE_BANDS;
        int64_t all = 0, twice_below = 0;
        for (int b = 0; b < PA_FINE_BANDS; b++) all += c[b];
        for (int b = 0; b < PA_FINE_BANDS; b++) {
            twice_below += c[b];
            to[b] = all ? pa_log2(2 * (double)(all + 1) / (double)(twice_below + 1)) : 0;
            twice_below += c[b];
        }
        to[0] = 0;
    }
}

/* Merchants that the account has met in a day for the first time. */
typedef struct {
    size_t n;
    int32_t merchant[MOST_NEW];
} new_merchants;

static bool is_among(const new_merchants *m, int32_t merchant)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->merchant[i] == merchant) return true;
    return false;
}

/* Whether the next row of a day counts. */
static bool is_summed(const pa_basket_rows *r, const float is_new[], size_t row, new_merchants *met)
{
    if (is_new[row] != 0 && met->n < MOST_NEW) met->merchant[met->n++] = r->merchant[row];
    return is_among(met, r->merchant[row]);
}

void pa_low_new_amounts(const pa_basket_rows *rows, const float is_new[], const double bits[],
                        float out[])
{
    pa_basket_rows r = *rows;
    new_merchants met = {0};
    double sum = 0;
    r.seconds = DAY;
    for (size_t i = 0; i < r.n; i++) {
        if (pa_starts_basket(&r, i)) {
            met.n = 0;
            sum = 0;
        }
        if (is_summed(&r, is_new, i, &met)) sum += bits[cell(&r, i)];
        out[i] = (float)sum;
    }
}

size_t pa_low_new_rows(const pa_basket_rows *rows, const float is_new[], size_t row, size_t room,
                       size_t summed[])
{
    pa_basket_rows r = *rows;
    new_merchants met = {0};
    size_t n = 0, i = row;
    r.seconds = DAY;
    while (!pa_starts_basket(&r, i)) i--;
    for (; i <= row; i++) {
        if (!is_summed(&r, is_new, i, &met)) continue;
        if (n < room) summed[n] = i;
        n++;
    }
    return n;
}

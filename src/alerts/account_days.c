#include "paraudit/alerts/account_days.h"

#include <stdbool.h>
#include <xxhash.h>

#include "paraudit/base/calendar.h"

/* Whether chosen row i is odder than chosen row j, which stands before it. */
static bool is_odder(const pa_day_rows *r, size_t i, size_t j)
{
    if (r->margin[i] != r->margin[j]) return r->margin[i] > r->margin[j];
    return r->tx[i] < r->tx[j];
}

size_t pa_account_days(const pa_day_rows *rows, pa_account_day out[])
{
    pa_account_day open = {0};
    size_t n_days = 0;
    bool any = false;
    for (size_t i = 0; i < rows->n; i++) {
        if (!rows->chosen[i]) continue;
        int64_t day = pa_day_of(rows->time[i]);
        if (!any || rows->account[i] != open.account || day != open.day) {
            any = true;
            open = (pa_account_day){.account = rows->account[i], .day = day, .first = i, .best = i};
            n_days++;
        }
        open.n_rows++;
        if (is_odder(rows, i, open.best)) open.best = i;
        if (out) out[n_days - 1] = open;
    }
    return n_days;
}

/* The oddest row of the account-day that may raise an alert; SIZE_MAX: none. */
static size_t best_free(const pa_day_rows *rows, const int32_t held_by[], const pa_account_day *d)
{
    size_t best = SIZE_MAX;
    for (size_t i = d->first; i < rows->n; i++) {
        if (rows->account[i] != d->account || pa_day_of(rows->time[i]) != d->day) break;
        if (!rows->chosen[i] || held_by[i] >= 0) continue;
        if (best == SIZE_MAX || is_odder(rows, i, best)) best = i;
    }
    return best;
}

size_t pa_hold_back(const pa_day_rows *rows, const int32_t held_by[], size_t *n,
                    pa_account_day days[], pa_account_day held[])
{
    size_t kept = 0, n_held = 0;
    for (size_t i = 0; i < *n; i++) {
        pa_account_day d = days[i];
        if (held_by[d.best] >= 0) {
            held[n_held++] = d;
            d.best = best_free(rows, held_by, &d);
        }
        if (d.best != SIZE_MAX) days[kept++] = d;
    }
    *n = kept;
    return n_held;
}

void pa_alert_id(const char *account, size_t length, int64_t day, char id[16])
{
    uint64_t hash = XXH3_64bits_withSeed(account, length, (uint64_t)day);
    for (int i = 0; i < 16; i++) id[i] = "0123456789abcdef"[hash >> (60 - 4 * i) & 15];
}

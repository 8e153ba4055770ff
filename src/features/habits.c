#include "paraudit/features/habits.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/status.h"
#include "paraudit/table/slices.h"

void pa_account_gap(size_t n, const int32_t account[], const int64_t time[], int64_t cap,
                    float seconds[])
{
    for (size_t i = 0; i < n; i++) {
        int64_t gap = pa_starts_slice(account, i) ? cap : time[i] - time[i - 1];
        seconds[i] = (float)(gap < cap ? gap : cap);
    }
}

void pa_account_age(size_t n, const int32_t account[], const int64_t time[], float days[])
{
    int64_t first = 0;
    for (size_t i = 0; i < n; i++) {
        if (pa_starts_slice(account, i)) first = time[i];
        days[i] = (float)((double)(time[i] - first) / 86400.0);
    }
}

void pa_account_velocity(size_t n, const int32_t account[], const int64_t time[], int64_t brief,
                         const float n_brief[], int64_t extent, const float n_extent[],
                         float ratio[])
{
    int64_t first = 0;
    for (size_t i = 0; i < n; i++) {
        if (pa_starts_slice(account, i)) first = time[i];
        int64_t seen = time[i] - first + brief;
        if (seen > extent) seen = extent;
        ratio[i] =
            (float)((double)n_brief[i] * (double)seen / ((double)n_extent[i] * (double)brief));
    }
}

/* The last amounts of an account, in order of arrival and in order of size. */
typedef struct {
    size_t n, room, next; /* next: where the oldest is, once n == room */
    int64_t arrived[PA_ROBUST_MOST];
    int64_t sorted[PA_ROBUST_MOST];
} recent;

/* How many of n sorted values are below v. The comparison enters as a factor:
 * as a branch, no CPU could foretell it. */
static size_t values_below(const int64_t sorted[], size_t n, int64_t v)
{
    size_t low = 0;
    while (n > 1) {
        size_t half = n / 2;
        low += half * (size_t)(sorted[low + half - 1] < v);
        n -= half;
    }
    return low + (n == 1 && sorted[low] < v);
}

static void recent_add(recent *r, int64_t amount)
{
    int64_t *s = r->sorted;
    size_t place = values_below(s, r->n, amount);
    size_t gone = r->n;
    if (r->n < r->room) {
        r->n++;
    } else {
        gone = values_below(s, r->n, r->arrived[r->next]);
    }
    if (place > gone) {
        place--;
        memmove(s + gone, s + gone + 1, (place - gone) * sizeof *s);
    } else {
        memmove(s + place + 1, s + place, (gone - place) * sizeof *s);
    }
    s[place] = amount;
    r->arrived[r->next] = amount;
    r->next = r->next + 1 < r->room ? r->next + 1 : 0;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Four times the median absolute deviation from a median, of which `centre` is
 * twice the value. The k values nearest to the median stand together in the
 * sorted array, so a binary search for where they begin replaces sorting the
 * deviations: while the value in front is further off than the one behind the
 * last, they begin later. The furthest of them is one of their two ends. Nothing overflows: see
 * PA_AMOUNT_LIMIT. */
static int64_t deviation_4(const int64_t s[], size_t n, int64_t centre)
{
    size_t k = n / 2 + 1, low = 0;
    for (size_t places = n - k + 1; places > 1;) {
        size_t half = places / 2, at = low + half - 1;
        low += half * (size_t)(centre - 2 * s[at] > 2 * s[at + k] - centre);
        places -= half;
    }
    int64_t left = centre - 2 * s[low], right = 2 * s[low + k - 1] - centre;
    int64_t furthest = larger(left, right);
    if (n % 2) return 2 * furthest;
    int64_t second = left >= right ? larger(centre - 2 * s[low + 1], right)
                                   : larger(left, 2 * s[low + k - 2] - centre);
    return furthest + second;
}

static float robust_z(const recent *r, int64_t amount)
{
    if (r->n < PA_ROBUST_LEAST) return 0.0f;
    int64_t centre = r->sorted[(r->n - 1) / 2] + r->sorted[r->n / 2];
    int64_t size = centre < 0 ? -centre : centre;
    double scale_4 = 1.4826 * (double)deviation_4(r->sorted, r->n, centre);
    double floor_4 = (double)(size > 4000 ? size : 4000) / 10.0;
    return (float)((double)(2 * (2 * amount - centre)) / (scale_4 > floor_4 ? scale_4 : floor_4));
}

static bool is_small(const recent *r, int64_t amount)
{
    if (r->n < PA_ROBUST_LEAST) return false;
    int64_t twice_median = r->sorted[(r->n - 1) / 2] + r->sorted[r->n / 2];
    return amount >= 0 && 2 * PA_SMALL_PART * amount < twice_median;
}

void pa_account_robust_z(size_t n, const int32_t account[], const int64_t amount_minor[],
                         size_t n_last, float z[], int8_t small[])
{
    PA_ASSERT(n_last >= PA_ROBUST_LEAST && n_last <= PA_ROBUST_MOST);
    recent r;
    r.room = n_last;
    for (size_t i = 0; i < n; i++) {
        if (pa_starts_slice(account, i)) r.n = r.next = 0;
        z[i] = robust_z(&r, amount_minor[i]);
        if (small) small[i] = is_small(&r, amount_minor[i]);
        recent_add(&r, amount_minor[i]);
    }
}

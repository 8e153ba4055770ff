#include "paraudit/features/account_fraud.h"

#include <stdbool.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/table/slices.h"

/* The frauds of one slice, in the order of rows, when they become known, and when that is taken
 * back. */
typedef struct {
    size_t n;
    size_t *row;
    bool *back; /* the fraud of this row is taken back */
    uint64_t *known;
    uint32_t *order; /* by `known`, then by row */
} frauds;

static void frauds_free(frauds *f)
{
    pa_free(f->row);
    pa_free(f->back);
    pa_free(f->known);
    pa_free(f->order);
}

/* Room for the slice that has most. */
static pa_status frauds_new(frauds *f, size_t n, const int32_t account[], const pa_labels *labels,
                            pa_error *err)
{
    size_t most = 0, here = 0;
    for (size_t i = 0; i < n; i++) {
        if (pa_starts_slice(account, i)) here = 0;
        here += pa_fraud_known_from(labels, i) != INT64_MAX;
        here += pa_fraud_known_until(labels, i) != INT64_MAX;
        if (here > most) most = here;
    }
    PA_TRY(PA_NEW(f->row, most, err));
    PA_TRY(PA_NEW(f->back, most, err));
    PA_TRY(PA_NEW(f->known, most, err));
    return PA_NEW(f->order, most, err);
}

static void tell_none(size_t begin, size_t end, int64_t cap, float count[], float days[])
{
    float none = (float)((double)cap / 86400.0);
    for (size_t i = begin; i < end; i++) {
        count[i] = 0;
        days[i] = none;
    }
}

static void add(frauds *f, size_t row, bool back, int64_t moment)
{
    if (moment == INT64_MAX) return;
    f->row[f->n] = row;
    f->back[f->n] = back;
    f->known[f->n++] = pa_key_of_i64(moment);
}

static void find(frauds *f, size_t begin, size_t end, const pa_labels *labels)
{
    f->n = 0;
    for (size_t i = begin; i < end; i++) {
        add(f, i, false, pa_fraud_known_from(labels, i));
        add(f, i, true, pa_fraud_known_until(labels, i));
    }
}

/* The order of rows, where that is the one in which they become known, as it mostly is. */
static pa_status put_in_order(frauds *f, pa_error *err)
{
    bool ascends = true;
    for (size_t k = 0; k < f->n && k < UINT32_MAX; k++) {
        f->order[k] = (uint32_t)k;
        if (k > 0 && f->known[k] < f->known[k - 1]) ascends = false;
    }
    return ascends && f->n < UINT32_MAX ? PA_OK : pa_sort_u64(f->n, f->known, f->order, err);
}

/* Whether what is known first of all, `n` of it, takes back the fraud of a row. */
static bool is_taken_back(const frauds *f, size_t n, size_t row)
{
    for (size_t k = 0; k < n; k++)
        if (f->back[f->order[k]] && f->row[f->order[k]] == row) return true;
    return false;
}

/* The latest of the frauds that are known, and of those alone. */
static int64_t find_latest(const frauds *f, size_t n, const int64_t time[])
{
    int64_t latest = INT64_MIN;
    for (size_t k = 0; k < n; k++) {
        uint32_t i = f->order[k];
        if (f->back[i] || time[f->row[i]] <= latest || is_taken_back(f, n, f->row[i])) continue;
        latest = time[f->row[i]];
    }
    return latest;
}

/* A fraud of the row's own second may stand behind the row: it and those after it in the
 * order of knowing, which are of that second too, wait for the next row. */
static void tell(const frauds *f, size_t begin, size_t end, const int64_t time[], int64_t cap,
                 float count[], float days[])
{
    size_t known = 0, n = 0;
    int64_t last = INT64_MIN;
    for (size_t i = begin; i < end; i++) {
        uint64_t now = pa_key_of_i64(time[i]);
        for (; known < f->n && f->known[f->order[known]] <= now; known++) {
            uint32_t k = f->order[known];
            if (f->row[k] >= i) break;
            if (f->back[k]) {
                n--;
                last = find_latest(f, known + 1, time);
            } else {
                n++;
                if (time[f->row[k]] > last) last = time[f->row[k]];
            }
        }
        int64_t since = n ? time[i] - last : cap;
        count[i] = (float)n;
        days[i] = (float)((double)(since < cap ? since : cap) / 86400.0);
    }
}

pa_status pa_account_fraud(size_t n, const int32_t account[], const pa_labels *labels, int64_t cap,
                           float count[], float days[], pa_error *err)
{
    frauds f = {0};
    pa_status st = frauds_new(&f, n, account, labels, err);
    for (size_t begin = 0, end; st == PA_OK && begin < n; begin = end) {
        end = pa_end_of_slice(n, account, begin);
        find(&f, begin, end, labels);
        if (f.n == 0) {
            tell_none(begin, end, cap, count, days);
            continue;
        }
        st = put_in_order(&f, err);
        if (st == PA_OK) tell(&f, begin, end, labels->time, cap, count, days);
    }
    frauds_free(&f);
    return st;
}

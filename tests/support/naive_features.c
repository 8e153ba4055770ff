#include "naive_features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

uint64_t naive_random(uint64_t *state, uint64_t limit)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % limit;
}

static int64_t random_step(uint64_t *state)
{
    switch (naive_random(state, 16)) {
    case 0:
        return (int64_t)naive_random(state, 5 * PA_DAY);
    case 1:
    case 2:
        return (int64_t)naive_random(state, 3 * PA_HOUR);
    case 3:
    case 4:
        return (int64_t)naive_random(state, 20) * PA_HOUR;
    case 5:
        return naive_random(state, 12) ? 60 : (int64_t)naive_random(state, PA_MONTH);
    case 6:
    case 7:
        return (int64_t)naive_random(state, 3);
    default:
        return 0; /* the same second */
    }
}

void naive_book(uint64_t seed, size_t n, int32_t accounts, int32_t merchants, naive_row rows[])
{
    uint64_t s = seed;
    int64_t time = 1522540800 - 3 * PA_DAY;
    for (size_t i = 0; i < n; i++) {
        time += random_step(&s);
        rows[i].account = (int32_t)naive_random(&s, (uint64_t)accounts);
        /* Half of all rows at merchant 1: longer than a rank's share. */
        rows[i].merchant =
            naive_random(&s, 2) ? 1 % merchants : (int32_t)naive_random(&s, (uint64_t)merchants);
        rows[i].time = time;
        rows[i].amount = (int64_t)naive_random(&s, naive_random(&s, 9) ? 9000 : 900000) - 700;
        if (rows[i].account == 0) rows[i].amount = 999; /* always pays the same, or nearly */
        if (rows[i].account == 0 && naive_random(&s, 9) == 0) rows[i].amount = 1500;
        static const int8_t label[] = {0, 0, 0, 1, 1, -1};
        rows[i].label = label[naive_random(&s, 6)];
    }
    for (size_t i = 0; i < n; i++) rows[i].tx = (int64_t)i * 3 - 50;
    for (size_t i = n; i > 1; i--) { /* ids first, so that ties are met in another order */
        size_t j = naive_random(&s, i);
        int64_t tx = rows[i - 1].tx;
        rows[i - 1].tx = rows[j].tx;
        rows[j].tx = tx;
    }
    for (size_t i = n; i > 1; i--) {
        size_t j = naive_random(&s, i);
        naive_row row = rows[i - 1];
        rows[i - 1] = rows[j];
        rows[j] = row;
    }
}

bool naive_before(const naive_row *a, const naive_row *b)
{
    return a->time != b->time ? a->time < b->time : a->tx < b->tx;
}

static int in_account(const void *a, const void *b)
{
    const naive_row *x = a, *y = b;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    return naive_before(x, y) ? -1 : 1;
}

static int in_merchant(const void *a, const void *b)
{
    const naive_row *x = a, *y = b;
    if (x->merchant != y->merchant) return x->merchant < y->merchant ? -1 : 1;
    return naive_before(x, y) ? -1 : 1;
}

void naive_sort(size_t n, naive_row rows[], bool by_merchant)
{
    qsort(rows, n, sizeof *rows, by_merchant ? in_merchant : in_account);
}

void naive_to_columns(size_t n, const naive_row rows[], naive_columns *columns)
{
    for (size_t i = 0; i < n; i++) {
        columns->account[i] = rows[i].account;
        columns->merchant[i] = rows[i].merchant;
        columns->tx[i] = rows[i].tx;
        columns->time[i] = rows[i].time;
        columns->amount[i] = rows[i].amount;
        columns->label[i] = rows[i].label;
    }
}

size_t naive_unlike(size_t n, const float a[], const float b[])
{
    size_t unlike = 0;
    for (size_t i = 0; i < n; i++) unlike += memcmp(&a[i], &b[i], sizeof *a) != 0;
    return unlike;
}

/* What a row can see of an owner's window. */
typedef struct {
    double rows, frauds, cents;
} seen;

/* Rows with from <= age < until that come before row i, and i itself if asked. */
static seen look(size_t n, const naive_row rows[], size_t i, bool merchant, int64_t from,
                 int64_t until, bool itself)
{
    seen s = {0};
    for (size_t j = 0; j < n; j++) {
        if (merchant ? rows[j].merchant != rows[i].merchant : rows[j].account != rows[i].account)
            continue;
        if (j == i ? !itself : !naive_before(&rows[j], &rows[i])) continue;
        int64_t age = rows[i].time - rows[j].time;
        if (age < from || age >= until) continue;
        s.rows += 1;
        s.frauds += rows[j].label == 1;
        s.cents += (double)rows[j].amount;
    }
    return s;
}

static float ratio_to(const naive_row *row, seen before)
{
    if (before.cents <= 0) return 1.0f;
    return (float)((double)row->amount * before.rows / before.cents);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double v[], size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return (v[(n - 1) / 2] + v[n / 2]) / 2;
}

/* The account's earlier rows, latest first. */
static size_t earlier_of_account(size_t n, const naive_row rows[], size_t i,
                                 const naive_row *earlier[])
{
    size_t m = 0;
    for (size_t j = 0; j < n; j++) {
        if (rows[j].account != rows[i].account || !naive_before(&rows[j], &rows[i])) continue;
        size_t place = m++;
        for (; place > 0 && naive_before(earlier[place - 1], &rows[j]); place--) {
            earlier[place] = earlier[place - 1];
        }
        earlier[place] = &rows[j];
    }
    return m;
}

static float robust_z(const naive_row *row, const naive_row *earlier[], size_t m, size_t n_last)
{
    static double v[NAIVE_MOST_ROWS];
    if (m > n_last) m = n_last;
    if (m < 5) return 0.0f;
    for (size_t j = 0; j < m; j++) v[j] = (double)earlier[j]->amount;
    double centre = median(v, m);
    for (size_t j = 0; j < m; j++) v[j] = fabs(v[j] - centre);
    double scale = fmax(1.4826 * median(v, m), fmax(fabs(centre) / 20, 100));
    return (float)(((double)row->amount - centre) / scale);
}

static void account_habits(size_t n, const naive_row rows[], size_t i, size_t n_last,
                           float out[PA_N_FEATURES][NAIVE_MOST_ROWS])
{
    static const naive_row *earlier[NAIVE_MOST_ROWS];
    size_t m = earlier_of_account(n, rows, i, earlier), same = 0;
    for (size_t j = 0; j < m; j++) same += earlier[j]->merchant == rows[i].merchant;
    int64_t gap = m ? rows[i].time - earlier[0]->time : PA_MONTH;
    int64_t age = m ? rows[i].time - earlier[m - 1]->time : 0;
    int64_t extent = age + PA_HOUR < PA_MONTH ? age + PA_HOUR : PA_MONTH;
    seen hour = look(n, rows, i, false, 0, PA_HOUR, true);
    seen month = look(n, rows, i, false, 0, PA_MONTH, true);
    out[PA_ACCOUNT_GAP][i] = (float)(gap < PA_MONTH ? gap : PA_MONTH);
    out[PA_ACCOUNT_AGE_DAYS][i] = (float)((double)age / PA_DAY);
    out[PA_ACCOUNT_VELOCITY_1H][i] =
        (float)(hour.rows * (double)extent / (month.rows * (double)PA_HOUR));
    out[PA_AMOUNT_ROBUST_Z][i] = robust_z(&rows[i], earlier, m, n_last);
    out[PA_MERCHANT_IS_NEW][i] = same == 0;
    out[PA_ACCOUNT_MERCHANT_COUNT][i] = (float)same;
}

static void outliers(size_t n, const naive_row rows[], size_t i,
                     float out[PA_N_FEATURES][NAIVE_MOST_ROWS])
{
    size_t found = 0;
    for (size_t j = 0; j < n; j++) {
        bool past = j == i || naive_before(&rows[j], &rows[i]);
        found += past && rows[j].account == rows[i].account &&
                 rows[i].time - rows[j].time < PA_OUTLIER_SPAN && out[PA_AMOUNT_ROBUST_Z][j] > 3;
    }
    out[PA_ACCOUNT_OUTLIERS_14D][i] = (float)found;
}

/* The merchant's known frauds: how long ago the last, how many in a row. */
static void known_frauds(size_t n, const naive_row rows[], size_t i, int64_t delay,
                         float out[PA_N_FEATURES][NAIVE_MOST_ROWS])
{
    const naive_row *clean = NULL; /* the last known row that is no fraud */
    int64_t age = PA_FRAUD_MEMORY;
    for (size_t j = 0; j < n; j++) {
        if (rows[j].merchant != rows[i].merchant || !naive_before(&rows[j], &rows[i])) continue;
        int64_t ago = rows[i].time - rows[j].time;
        if (ago < delay) continue;
        if (rows[j].label == 1 && ago < age) age = ago;
        if (rows[j].label != 1 && (!clean || naive_before(clean, &rows[j]))) clean = &rows[j];
    }
    size_t run = 0;
    for (size_t j = 0; j < n; j++) {
        if (rows[j].merchant != rows[i].merchant || !naive_before(&rows[j], &rows[i])) continue;
        int64_t ago = rows[i].time - rows[j].time;
        if (ago < delay || ago >= delay + PA_FRAUD_MEMORY) continue;
        run += rows[j].label == 1 && (!clean || naive_before(clean, &rows[j]));
    }
    out[PA_MERCHANT_FRAUD_AGE_DAYS][i] = (float)((double)age / PA_DAY);
    out[PA_MERCHANT_FRAUD_RUN][i] = (float)run;
}

static void moment(const naive_row *row, size_t i, float out[PA_N_FEATURES][NAIVE_MOST_ROWS])
{
    double day = floor((double)row->time / PA_DAY);
    double hour = floor(((double)row->time - day * PA_DAY) / PA_HOUR);
    double weekday = fmod(day + 3 + 7000000, 7); /* 1970-01-01 was a Thursday */
    out[PA_TX_AMOUNT][i] = (float)((double)row->amount / 100.0);
    out[PA_DURING_WEEKEND][i] = weekday >= 5;
    out[PA_DURING_NIGHT][i] = hour <= 6;
}

void naive_features(size_t n, const naive_row rows[], int64_t delay, size_t n_last,
                    float out[PA_N_FEATURES][NAIVE_MOST_ROWS])
{
    static const int64_t span[] = {PA_HOUR, PA_DAY, PA_WEEK, PA_MONTH};
    for (size_t i = 0; i < n; i++) {
        moment(&rows[i], i, out);
        account_habits(n, rows, i, n_last, out);
        known_frauds(n, rows, i, delay, out);
        for (int w = 0; w < 4; w++) {
            seen account = look(n, rows, i, false, 0, span[w], true);
            seen merchant = look(n, rows, i, true, 0, span[w], true);
            out[PA_ACCOUNT_TX_COUNT_1H + w][i] = (float)account.rows;
            out[PA_ACCOUNT_AMOUNT_SUM_1H + w][i] = (float)(account.cents / 100.0);
            out[PA_MERCHANT_TX_COUNT_1H + w][i] = (float)merchant.rows;
            if (w == 0) continue;
            out[PA_ACCOUNT_AMOUNT_MEAN_1D + w - 1][i] =
                (float)(account.cents / (100.0 * account.rows));
            seen known = look(n, rows, i, true, delay, delay + span[w], false);
            out[PA_MERCHANT_TX_COUNT_DELAYED_1D + w - 1][i] = (float)known.rows;
            out[PA_MERCHANT_FRAUD_RATE_1D + w - 1][i] =
                known.rows > 0 ? (float)(known.frauds / known.rows) : 0.0f;
        }
        out[PA_AMOUNT_RATIO_30D][i] =
            ratio_to(&rows[i], look(n, rows, i, false, 0, PA_MONTH, false));
        out[PA_AMOUNT_RATIO_MERCHANT_30D][i] =
            ratio_to(&rows[i], look(n, rows, i, true, 0, PA_MONTH, false));
    }
    for (size_t i = 0; i < n; i++) outliers(n, rows, i, out);
}

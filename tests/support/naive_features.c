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

/* Places within a degree, on both sides of the date line, or anywhere. */
static void random_place(uint64_t *s, double place[2])
{
    static const double lat[] = {40, -17}, lon[] = {-74, 179.7};
    size_t k = naive_random(s, 2);
    place[0] = lat[k] + (double)naive_random(s, 1000) / 1000;
    place[1] = lon[k] + (double)naive_random(s, 1000) / 1000;
    switch (naive_random(s, 12)) {
    case 0:
        place[naive_random(s, 2)] = NAN;
        break;
    case 1:
        place[0] = (double)naive_random(s, 181) - 90;
        place[1] = (double)naive_random(s, 361) - 180;
        break;
    case 2:
        place[0] = 90.5; /* no such latitude */
        break;
    default:
        break;
    }
}

static void random_extras(uint64_t *s, naive_row *row)
{
    static const uint64_t codes[NAIVE_CODES] = {6, 2, 3, 40};
    for (int k = 0; k < NAIVE_CODES; k++) {
        row->code[k] = (int32_t)naive_random(s, codes[k]) - (naive_random(s, 9) == 0);
    }
    random_place(s, row->home);
    random_place(s, row->place);
    switch (naive_random(s, 4)) {
    case 0:
        row->label_time = INT64_MIN;
        break;
    case 1:
        row->label_time = row->time + (int64_t)naive_random(s, 130) * PA_DAY;
        break;
    case 2:
        row->label_time = row->time + (int64_t)naive_random(s, 20) * PA_DAY;
        break;
    default:
        row->label_time = row->time + (int64_t)naive_random(s, 8 * PA_DAY);
    }
    if (naive_random(s, 99) == 0) row->label_time = INT64_MAX;
    row->passed = row->back = 0;
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
    for (size_t i = 0; i < n; i++) random_extras(&s, &rows[i]);
}

void naive_in_time(size_t n, naive_row rows[])
{
    for (size_t i = 0; i < n; i++) rows[i].label_time = INT64_MIN;
}

/* Days apart, so that much of it is due at once. */
void naive_changes(uint64_t seed, size_t n, naive_row rows[])
{
    for (size_t i = 0; i < n; i++) {
        naive_row *r = &rows[i];
        if (r->label != 1) continue;
        if (r->label_time == INT64_MIN || r->label_time == INT64_MAX) r->label_time = r->time;
        if (naive_random(&seed, 2))
            r->passed = r->label_time - 1 - (int64_t)naive_random(&seed, 9 * PA_DAY);
        if (naive_random(&seed, 2))
            r->back = r->label_time + 1 + (int64_t)naive_random(&seed, 30 * PA_DAY);
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
        columns->label_time[i] = rows[i].label_time;
        int64_t passed = rows[i].passed ? rows[i].passed : INT64_MAX;
        columns->label_before_time[i] = passed;
        columns->label_first_time[i] = INT64_MAX;
        if (rows[i].back) {
            columns->label[i] = 0;
            columns->label_time[i] = rows[i].back;
            columns->label_before_time[i] = rows[i].label_time;
            columns->label_first_time[i] = passed;
        }
        for (int k = 0; k < NAIVE_CODES; k++) columns->code[k][i] = rows[i].code[k];
        for (int k = 0; k < 2; k++) {
            columns->home[k][i] = rows[i].home[k];
            columns->place[k][i] = rows[i].place[k];
        }
    }
}

size_t naive_unlike(size_t n, const float a[], const float b[])
{
    size_t unlike = 0;
    for (size_t i = 0; i < n; i++) unlike += memcmp(&a[i], &b[i], sizeof *a) != 0;
    return unlike;
}

static bool is_rounded(int feature)
{
    switch (feature) {
    case PA_HOUR_SURPRISE:
    case PA_WEEKDAY_SURPRISE:
    case PA_CATEGORY_SURPRISE:
    case PA_CHANNEL_SURPRISE:
    case PA_CURRENCY_SURPRISE:
    case PA_COUNTRY_SURPRISE:
    case PA_DISTANCE_HOME_KM:
    case PA_DISTANCE_LAST_KM:
    case PA_SPEED_KMH:
    case PA_AMOUNT_Z_ACCOUNT:
        return true;
    default:
        return false;
    }
}

size_t naive_unlike_feature(int feature, size_t n, const float a[], const float b[])
{
    if (!is_rounded(feature)) return naive_unlike(n, a, b);
    size_t unlike = 0;
    for (size_t i = 0; i < n; i++) unlike += !(fabsf(a[i] - b[i]) <= 2e-7f * fabsf(b[i]));
    return unlike;
}

/* Is row j a fraud of which row i knows? */
static bool known_fraud(const naive_row *j, const naive_row *i, int64_t delay)
{
    return j->label == 1 && i->time - j->time >= delay && j->label_time <= i->time &&
           (j->back == 0 || i->time < j->back);
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
        s.frauds += known_fraud(&rows[j], &rows[i], from);
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

/* The amount beside all earlier ones; a mean of cents counts as 100 at least. */
static void spending(const naive_row *row, const naive_row *earlier[], size_t m, size_t i,
                     naive_outputs out)
{
    static double counts[NAIVE_MOST_ROWS];
    double sum = 0, squares = 0;
    for (size_t k = 0; k < m; k++) { /* the oldest first */
        counts[k] = (double)earlier[m - 1 - k]->amount;
        double most = k >= 9 ? floor(3 * fmax(sum, 100 * (double)k) / (double)k) : INFINITY;
        counts[k] = fmin(counts[k], most);
        sum += counts[k];
    }
    double rows = (double)m, amount = (double)row->amount;
    for (size_t k = 0; k < m; k++) squares += pow(counts[k] - sum / rows, 2);
    out[PA_AMOUNT_RATIO_ACCOUNT][i] = m ? (float)(amount * rows / fmax(sum, 100 * rows)) : 1.0f;
    out[PA_AMOUNT_Z_ACCOUNT][i] =
        m ? (float)((amount - sum / rows) / fmax(sqrt(squares / rows), 100)) : 0.0f;
}

static double bits(double share)
{
    return -log2(share);
}

/* Hours apart on the clock, 0 to 12. */
static int clock_distance(int a, int b)
{
    int apart = abs(a - b);
    return apart < 12 ? apart : 24 - apart;
}

static int hour_of(int64_t time)
{
    return (int)(((time % PA_DAY) + PA_DAY) % PA_DAY / PA_HOUR);
}

static int weekday_of(int64_t time)
{
    int64_t day = (time - ((time % PA_DAY) + PA_DAY) % PA_DAY) / PA_DAY;
    return (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

static void profile(const naive_row *row, const naive_row *earlier[], size_t m, size_t i,
                    naive_outputs out)
{
    double near = 0, same = 0;
    for (size_t j = 0; j < m; j++) {
        int apart = clock_distance(hour_of(row->time), hour_of(earlier[j]->time));
        if (apart < 3) near += 3 - apart;
        same += weekday_of(row->time) == weekday_of(earlier[j]->time);
    }
    double rows = (double)m + 1;
    out[PA_HOUR_SURPRISE][i] = (float)bits((near / 9 + 1.0 / 24) / rows);
    out[PA_WEEKDAY_SURPRISE][i] = (float)bits((same + 1.0 / 7) / rows);
}

static void code_novelty(const naive_row *row, const naive_row *earlier[], size_t m, size_t i,
                         naive_outputs out)
{
    static const int is_new[] = {PA_CATEGORY_IS_NEW, PA_CHANNEL_IS_NEW, PA_CURRENCY_IS_NEW,
                                 PA_COUNTRY_IS_NEW};
    static const int surprise[] = {PA_CATEGORY_SURPRISE, PA_CHANNEL_SURPRISE, PA_CURRENCY_SURPRISE,
                                   PA_COUNTRY_SURPRISE};
    for (int k = 0; k < NAIVE_CODES; k++) {
        double given = 0, same = 0, cents = 0;
        for (size_t j = 0; j < m; j++) {
            given += earlier[j]->code[k] >= 0;
            if (earlier[j]->code[k] != row->code[k]) continue;
            same += 1;
            cents += (double)earlier[j]->amount;
        }
        bool has = row->code[k] >= 0;
        out[is_new[k]][i] = has && given > 0 && same == 0;
        out[surprise[k]][i] = has ? (float)bits((same + 0.5) / (given + 1)) : 0.0f;
        if (k > 0) continue;
        out[PA_AMOUNT_RATIO_CATEGORY][i] =
            has && cents > 0 ? (float)((double)row->amount * same / cents) : 1.0f;
    }
}

static bool is_place(const double p[2])
{
    return fabs(p[0]) <= 90 && fabs(p[1]) <= 360;
}

/* By the angle between two vectors from the centre of the Earth. */
static double kilometres(const double a[2], const double b[2])
{
    const long double radian = acosl(-1.0L) / 180;
    long double v[2][3];
    for (int k = 0; k < 2; k++) {
        long double lat = (k ? b[0] : a[0]) * radian, lon = (k ? b[1] : a[1]) * radian;
        v[k][0] = cosl(lat) * cosl(lon);
        v[k][1] = cosl(lat) * sinl(lon);
        v[k][2] = sinl(lat);
    }
    long double cross = 0, dot = 0;
    for (int k = 0; k < 3; k++) {
        int l = (k + 1) % 3;
        long double c = v[0][k] * v[1][l] - v[0][l] * v[1][k];
        cross += c * c;
        dot += v[0][k] * v[1][k];
    }
    return (double)(6371.0088L * atan2l(sqrtl(cross), dot));
}

static void travel(const naive_row *row, const naive_row *earlier[], size_t m, size_t i,
                   naive_outputs out)
{
    out[PA_DISTANCE_HOME_KM][i] = 0;
    if (is_place(row->home) && is_place(row->place)) {
        out[PA_DISTANCE_HOME_KM][i] = (float)kilometres(row->home, row->place);
    }
    size_t last = 0;
    while (last < m && !is_place(earlier[last]->place)) last++;
    out[PA_DISTANCE_LAST_KM][i] = out[PA_SPEED_KMH][i] = 0;
    if (last == m || !is_place(row->place)) return;
    double km = kilometres(earlier[last]->place, row->place);
    double hours = 3 + (double)(row->time - earlier[last]->time) / 3600;
    out[PA_DISTANCE_LAST_KM][i] = (float)km;
    out[PA_SPEED_KMH][i] = (float)(km / hours);
}

static void recent_merchants(const naive_row *row, const naive_row *earlier[], size_t m, size_t i,
                             naive_outputs out)
{
    size_t different = 1, fresh = 0;
    for (size_t j = 0; j <= m; j++) { /* the row itself, then earlier ones, latest first */
        const naive_row *r = j ? earlier[j - 1] : row;
        bool met_later = false, met_before = false;
        for (size_t k = 0; k + 1 < j; k++) met_later |= earlier[k]->merchant == r->merchant;
        for (size_t k = j; k < m; k++) met_before |= earlier[k]->merchant == r->merchant;
        met_later |= j && row->merchant == r->merchant;
        different += j && row->time - r->time < PA_DAY && !met_later;
        fresh += row->time - r->time < PA_WEEK && !met_before;
    }
    out[PA_ACCOUNT_MERCHANTS_1D][i] = (float)different;
    out[PA_ACCOUNT_NEW_MERCHANTS_7D][i] = (float)fresh;
}

/* Is r small beside the n_last rows before it? earlier: those before r, latest first. */
static bool is_small(const naive_row *r, const naive_row *earlier[], size_t m, size_t n_last)
{
    static double v[NAIVE_MOST_ROWS];
    if (m > n_last) m = n_last;
    if (m < 5) return false;
    for (size_t j = 0; j < m; j++) v[j] = (double)earlier[j]->amount;
    return r->amount >= 0 && (double)r->amount * 5 < median(v, m);
}

static void account_habits(size_t n, const naive_row rows[], size_t i, size_t n_last, bool small[],
                           naive_outputs out)
{
    static const naive_row *earlier[NAIVE_MOST_ROWS];
    size_t m = earlier_of_account(n, rows, i, earlier), same = 0;
    int64_t visit = PA_VISIT_MEMORY;
    for (size_t j = 0; j < m; j++) {
        if (earlier[j]->merchant != rows[i].merchant) continue;
        same += 1;
        int64_t ago = rows[i].time - earlier[j]->time;
        if (ago < visit) visit = ago;
    }
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
    out[PA_ACCOUNT_MERCHANT_DAYS][i] = (float)((double)visit / PA_DAY);
    spending(&rows[i], earlier, m, i, out);
    profile(&rows[i], earlier, m, i, out);
    code_novelty(&rows[i], earlier, m, i, out);
    travel(&rows[i], earlier, m, i, out);
    recent_merchants(&rows[i], earlier, m, i, out);
    small[i] = is_small(&rows[i], earlier, m, n_last);
}

static void newcomers(size_t n, const naive_row rows[], size_t i, naive_outputs out)
{
    double all = 0, fresh = 0;
    for (size_t j = 0; j < n; j++) {
        bool past = j == i || naive_before(&rows[j], &rows[i]);
        if (!past || rows[j].merchant != rows[i].merchant) continue;
        if (rows[i].time - rows[j].time >= PA_WEEK) continue;
        all += 1;
        fresh += out[PA_MERCHANT_IS_NEW][j] == 1;
    }
    out[PA_MERCHANT_NEW_SHARE_7D][i] = (float)(fresh / all);
}

static void small_amounts(size_t n, const naive_row rows[], size_t i, const bool small[],
                          naive_outputs out)
{
    size_t found = 0;
    for (size_t j = 0; j < n; j++) {
        bool past = j == i || naive_before(&rows[j], &rows[i]);
        found += past && rows[j].account == rows[i].account &&
                 rows[i].time - rows[j].time < PA_DAY && small[j];
    }
    out[PA_ACCOUNT_SMALL_COUNT_1D][i] = (float)found;
}

static void outliers(size_t n, const naive_row rows[], size_t i, naive_outputs out)
{
    size_t found = 0;
    for (size_t j = 0; j < n; j++) {
        bool past = j == i || naive_before(&rows[j], &rows[i]);
        found += past && rows[j].account == rows[i].account &&
                 rows[i].time - rows[j].time < PA_OUTLIER_SPAN && out[PA_AMOUNT_ROBUST_Z][j] > 3;
    }
    out[PA_ACCOUNT_OUTLIERS_14D][i] = (float)found;
}

/* Rows of the account in 14 days of ratios above 3, and the largest before this one. */
static void high_ratios(size_t n, const naive_row rows[], size_t i, naive_outputs out)
{
    size_t found = out[PA_AMOUNT_RATIO_ACCOUNT][i] > 3;
    float most = 0;
    for (size_t j = 0; j < n; j++) {
        if (rows[j].account != rows[i].account || !naive_before(&rows[j], &rows[i])) continue;
        if (rows[i].time - rows[j].time >= PA_OUTLIER_SPAN) continue;
        found += out[PA_AMOUNT_RATIO_ACCOUNT][j] > 3;
        most = fmaxf(most, out[PA_AMOUNT_RATIO_ACCOUNT][j]);
    }
    out[PA_ACCOUNT_HIGH_COUNT_14D][i] = (float)found;
    out[PA_ACCOUNT_RATIO_MAX_14D][i] = most;
}

static void account_frauds(size_t n, const naive_row rows[], size_t i, int64_t delay,
                           naive_outputs out)
{
    size_t found = 0;
    int64_t age = PA_FRAUD_MEMORY;
    for (size_t j = 0; j < n; j++) {
        if (rows[j].account != rows[i].account || !naive_before(&rows[j], &rows[i])) continue;
        if (!known_fraud(&rows[j], &rows[i], delay)) continue;
        int64_t ago = rows[i].time - rows[j].time;
        found += 1;
        if (ago < age) age = ago;
    }
    out[PA_ACCOUNT_FRAUD_COUNT][i] = (float)found;
    out[PA_ACCOUNT_FRAUD_AGE_DAYS][i] = (float)((double)age / PA_DAY);
}

/* What is found of an earlier row of the merchant, and since when it is known. */
typedef struct {
    const naive_row *row;
    int64_t known;
    bool fraud, unexplained;
} event;

static int in_order_of_knowing(const void *a, const void *b)
{
    const event *x = a, *y = b;
    if (x->known != y->known) return x->known < y->known ? -1 : 1;
    return naive_before(x->row, y->row) ? -1 : 1;
}

/* What is known at a moment. Findings later than the memory are forgotten. */
static int known_label(const naive_row *r, int64_t delay, int64_t when)
{
    const int64_t found[] = {r->passed, r->label_time, r->back};
    const bool is_found[] = {r->passed != 0, true, r->back != 0};
    const int label[] = {0, r->label, 0};
    int64_t due = r->time + delay;
    int known = -1;
    for (int k = 0; k < 3; k++) {
        int64_t from = found[k] > due ? found[k] : due;
        if (is_found[k] && from <= when && from - due < PA_FRAUD_MEMORY) known = label[k];
    }
    return known;
}

/* A moment at which something else is known of a row than just before is an event. */
static size_t known_events(size_t n, const naive_row rows[], size_t i, int64_t delay,
                           naive_outputs out, event events[])
{
    size_t found = 0;
    for (size_t j = 0; j < n; j++) {
        const naive_row *r = &rows[j];
        if (r->merchant != rows[i].merchant || !naive_before(r, &rows[i])) continue;
        const int64_t moment[] = {r->time + delay, r->passed, r->label_time, r->back};
        for (int k = 0; k < 4; k++) {
            bool is_moment = moment[k] >= r->time + delay && moment[k] <= rows[i].time;
            for (int earlier = 0; earlier < k; earlier++) is_moment &= moment[earlier] != moment[k];
            if (!is_moment) continue;
            int before = known_label(r, delay, moment[k] - 1),
                now = known_label(r, delay, moment[k]);
            if (now < 0 || now == before) continue;
            events[found++] =
                (event){r, moment[k], now == 1, now == 1 && out[PA_AMOUNT_ROBUST_Z][j] <= 3};
        }
    }
    qsort(events, found, sizeof *events, in_order_of_knowing);
    return found;
}

/* How many frauds the run has that is going on now, 0 where none is; its first event and
 * its last. */
static size_t running(size_t n, const event events[], int64_t now, bool unexplained, size_t *first,
                      size_t *last)
{
    size_t frauds = 0;
    for (size_t k = 0; k < n; k++) {
        bool fraud = unexplained ? events[k].unexplained : events[k].fraud;
        if (!unexplained && !fraud) frauds = 0;
        if (!fraud) continue;
        if (frauds > 0 && events[k].known - events[*last].known > PA_FRAUD_GAP) frauds = 0;
        if (frauds++ == 0) *first = k;
        *last = k;
    }
    return frauds > 0 && now - events[*last].known <= PA_FRAUD_GAP ? frauds : 0;
}

static float days_since(const event *e, int64_t now)
{
    int64_t ago = now - e->row->time;
    return (float)((double)(ago < PA_FRAUD_MEMORY ? ago : PA_FRAUD_MEMORY) / PA_DAY);
}

static void fraud_runs(size_t n, const naive_row rows[], size_t i, int64_t delay, naive_outputs out)
{
    static event events[3 * NAIVE_MOST_ROWS];
    const float none = PA_FRAUD_MEMORY / PA_DAY;
    int64_t now = rows[i].time;
    size_t m = known_events(n, rows, i, delay, out, events), first = 0, last = 0;
    size_t frauds = running(m, events, now, false, &first, &last);
    out[PA_MERCHANT_FRAUD_START_DAYS][i] = frauds ? days_since(&events[first], now) : none;
    frauds = running(m, events, now, true, &first, &last);
    out[PA_MERCHANT_OWN_FRAUD_START_DAYS][i] = frauds ? days_since(&events[first], now) : none;
    out[PA_MERCHANT_OWN_FRAUD_AGE_DAYS][i] = frauds ? days_since(&events[last], now) : none;
    out[PA_MERCHANT_OWN_FRAUD_RUN][i] = (float)frauds;
    size_t labels = m < 5 ? m : 5, bad = 0;
    for (size_t k = m - labels; k < m; k++) bad += events[k].fraud;
    out[PA_MERCHANT_FRAUD_SHARE_LAST][i] = labels ? (float)((double)bad / (double)labels) : 0.0f;
}

static void own_fraud_rate(size_t n, const naive_row rows[], size_t i, int64_t delay,
                           naive_outputs out)
{
    double all = 0, bad = 0;
    for (size_t j = 0; j < n; j++) {
        if (rows[j].merchant != rows[i].merchant || !naive_before(&rows[j], &rows[i])) continue;
        int64_t ago = rows[i].time - rows[j].time;
        if (ago < delay || ago >= delay + PA_FRAUD_SPAN) continue;
        all += 1;
        bad += known_fraud(&rows[j], &rows[i], delay) && out[PA_AMOUNT_ROBUST_Z][j] <= 3;
    }
    out[PA_MERCHANT_OWN_FRAUD_RATE_35D][i] = all > 0 ? (float)(bad / all) : 0.0f;
}

/* The merchant's known frauds: how long ago the last, how many in a row. */
static void known_frauds(size_t n, const naive_row rows[], size_t i, int64_t delay,
                         naive_outputs out)
{
    const naive_row *clean = NULL; /* the last known row that is no fraud */
    int64_t age = PA_FRAUD_MEMORY;
    for (size_t j = 0; j < n; j++) {
        if (rows[j].merchant != rows[i].merchant || !naive_before(&rows[j], &rows[i])) continue;
        int64_t ago = rows[i].time - rows[j].time;
        if (ago < delay) continue;
        bool fraud = known_fraud(&rows[j], &rows[i], delay);
        if (fraud && ago < age) age = ago;
        if (!fraud && (!clean || naive_before(clean, &rows[j]))) clean = &rows[j];
    }
    size_t run = 0;
    for (size_t j = 0; j < n; j++) {
        if (rows[j].merchant != rows[i].merchant || !naive_before(&rows[j], &rows[i])) continue;
        int64_t ago = rows[i].time - rows[j].time;
        if (ago < delay || ago >= delay + PA_FRAUD_MEMORY) continue;
        run += known_fraud(&rows[j], &rows[i], delay) && (!clean || naive_before(clean, &rows[j]));
    }
    out[PA_MERCHANT_FRAUD_AGE_DAYS][i] = (float)((double)age / PA_DAY);
    out[PA_MERCHANT_FRAUD_RUN][i] = (float)run;
}

static void moment(const naive_row *row, size_t i, naive_outputs out)
{
    double day = floor((double)row->time / PA_DAY);
    double hour = floor(((double)row->time - day * PA_DAY) / PA_HOUR);
    double weekday = fmod(day + 3 + 7000000, 7); /* 1970-01-01 was a Thursday */
    out[PA_TX_AMOUNT][i] = (float)((double)row->amount / 100.0);
    out[PA_DURING_WEEKEND][i] = weekday >= 5;
    out[PA_DURING_NIGHT][i] = hour <= 6;
}

void naive_features(size_t n, const naive_row rows[], int64_t delay, size_t n_last,
                    naive_outputs out)
{
    static const int64_t span[] = {PA_HOUR, PA_DAY, PA_WEEK, PA_MONTH};
    static bool small[NAIVE_MOST_ROWS];
    for (size_t i = 0; i < n; i++) {
        moment(&rows[i], i, out);
        account_habits(n, rows, i, n_last, small, out);
        known_frauds(n, rows, i, delay, out);
        for (int w = 0; w < 4; w++) {
            seen account = look(n, rows, i, false, 0, span[w], true);
            seen merchant = look(n, rows, i, true, 0, span[w], true);
            out[PA_ACCOUNT_TX_COUNT_1H + w][i] = (float)account.rows;
            out[PA_ACCOUNT_AMOUNT_SUM_1H + w][i] = (float)(account.cents / 100.0);
            out[PA_MERCHANT_TX_COUNT_1H + w][i] = (float)merchant.rows;
            if (w == 0) continue;
            out[PA_MERCHANT_AMOUNT_MEAN_1D + w - 1][i] =
                (float)(merchant.cents / (100.0 * merchant.rows));
            out[PA_ACCOUNT_AMOUNT_MEAN_1D + w - 1][i] =
                (float)(account.cents / (100.0 * account.rows));
            seen known = look(n, rows, i, true, delay, delay + span[w], false);
            out[PA_MERCHANT_TX_COUNT_DELAYED_1D + w - 1][i] = (float)known.rows;
            out[PA_MERCHANT_FRAUD_RATE_1D + w - 1][i] =
                known.rows > 0 ? (float)(known.frauds / known.rows) : 0.0f;
        }
        out[PA_MERCHANT_BURST_1D][i] = (float)(out[PA_MERCHANT_TX_COUNT_1D][i] /
                                               (1 + out[PA_MERCHANT_TX_COUNT_30D][i] / 30.0));
        out[PA_AMOUNT_RATIO_30D][i] =
            ratio_to(&rows[i], look(n, rows, i, false, 0, PA_MONTH, false));
        out[PA_AMOUNT_RATIO_MERCHANT_30D][i] =
            ratio_to(&rows[i], look(n, rows, i, true, 0, PA_MONTH, false));
    }
    for (size_t i = 0; i < n; i++) {
        outliers(n, rows, i, out);
        newcomers(n, rows, i, out);
        small_amounts(n, rows, i, small, out);
        high_ratios(n, rows, i, out);
        account_frauds(n, rows, i, delay, out);
        fraud_runs(n, rows, i, delay, out);
        own_fraud_rate(n, rows, i, delay, out);
    }
}

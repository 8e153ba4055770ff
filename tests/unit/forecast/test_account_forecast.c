#include "paraudit/forecast/account_forecast.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "unit.h"

enum { DAY = 86400, ROWS = 400, ACCOUNTS = 7, COLUMNS = 7, CATEGORIES = 3 };

static const pa_count_prior counts[2] = {{.4, 20, .97, .3}, {2, 4, .9, .6}};
static const double weekday[14] = {1, 1, 1, 1.2, 1.2, .8, .8, .7, .9, 1, 1, 1, 1.2, 1.2};
static const pa_amount_prior amounts[2] = {{3, 2, 1.1}, {4, 5, .9}};
static const pa_amount_category categories[CATEGORIES] = {{0, .6}, {1, .3}, {-1, .9}};
/* As of the normal distribution. */
static double low_share[PA_LOW_SHARE_EDGES];
static const pa_account_model model = {counts, weekday, amounts, categories, low_share};

typedef struct {
    int32_t account[ROWS], category[ROWS];
    int64_t time[ROWS], amount[ROWS];
    int8_t segment[ROWS];
    float column[COLUMNS][ROWS];
} book;

static uint64_t draw(uint64_t row, uint64_t what, uint64_t n)
{
    return pa_draw_below(11, PA_DRAW_TEST, row, what, n);
}

/* Several rows a day, days without any, gaps of months; amounts below 0 too. */
static void draw_book(book *b)
{
    int64_t time = 0;
    for (size_t i = 0; i < ROWS; i++) {
        b->account[i] = (int32_t)(i * ACCOUNTS / ROWS);
        bool opens = i == 0 || b->account[i] != b->account[i - 1];
        int64_t step = draw(i, 0, 3) ? (int64_t)draw(i, 1, 20000)
                                     : (int64_t)draw(i, 2, draw(i, 3, 30) ? 5 : 200) * DAY;
        time = opens ? 1700000000 + (int64_t)draw(i, 4, 50) * DAY : time + step;
        b->time[i] = time;
        b->category[i] = (int32_t)draw(i, 5, CATEGORIES) - 1;
        b->amount[i] = draw(i, 6, 20) ? (int64_t)draw(i, 7, 9000) : -500;
        b->segment[i] = b->account[i] % 2;
    }
}

static void tell(book *b, size_t n, int64_t from)
{
    const pa_account_rows r = {.n = n,
                               .account = b->account,
                               .category = b->category,
                               .time = b->time,
                               .amount_minor = b->amount,
                               .segment = b->segment,
                               .units = 100,
                               .from = from};
    const int64_t none[PA_LOW_SHARE_EDGES] = {0};
    pa_low_share_set(none, low_share);
    float(*c)[ROWS] = b->column;
    const pa_account_columns to = {c[0], c[1], c[2], c[3], c[4], {c[5], c[6]}};
    pa_account_forecast(&model, &r, &to);
}

/* ---- one row from the account's rows before, day by day ---- */

static int64_t rows_of_day(const book *b, size_t begin, size_t until, int64_t day)
{
    int64_t n = 0;
    for (size_t i = begin; i < until; i++) n += b->time[i] / DAY == day;
    return n;
}

static double slow_cusum(size_t n, const double z[], size_t days)
{
    double most = 0, sum = 0;
    for (size_t k = 0; k < n && k < days; k++) {
        sum += z[n - 1 - k] - .5;
        most = fmax(most, sum);
    }
    return most;
}

static pa_amount_expected slow_expected(const book *b, size_t begin, size_t row)
{
    const pa_amount_prior *p = amounts + b->segment[row];
    pa_amount_state s = {0};
    pa_amount_expected e = pa_amount_expect(p, &s);
    for (size_t i = begin; i < row && b->time[i] / DAY < b->time[row] / DAY; i++) {
        if (i > begin && b->time[i] / DAY > b->time[i - 1] / DAY) e = pa_amount_expect(p, &s);
        if (b->amount[i] > 0)
            pa_amount_add(&e, categories + 1 + b->category[i], log((double)b->amount[i] / 100), &s);
    }
    return pa_amount_expect(p, &s);
}

static double slow_residual(const book *b, size_t row, const pa_amount_expected *e)
{
    return pa_amount_residual(e, categories + 1 + b->category[row],
                              log((double)b->amount[row] / 100));
}

/* The chance of a sum of n exponential variables is that of n or more Poisson events in it. */
static double slow_low(const book *b, size_t begin, size_t row, const pa_count_state *s)
{
    const pa_count_prior *p = counts + b->segment[row];
    int64_t today = b->time[row] / DAY, n = 0;
    double sum = 0, chance = 0, fewer = 0, w = weekday[7 * b->segment[row] + (today + 3) % 7];
    pa_amount_expected e = slow_expected(b, begin, row);
    for (size_t i = begin + 1; i <= row; i++) {
        if (b->time[i] / DAY != today || b->amount[i] <= 0) continue;
        sum -= log(pa_low_share(low_share, slow_residual(b, i, &e)));
    }
    for (; sum > 0 && n < 1000; n++) {
        chance += exp(pa_count_log_likelihood(p, s, w, n)) * fewer;
        fewer += exp((double)n * log(sum) - sum - lgamma((double)n + 1));
    }
    return sum > 0 ? chance : 1;
}

static void slow_counts(const book *b, size_t begin, size_t row, float told[COLUMNS])
{
    static double z[4000];
    size_t n = 0;
    int64_t today = b->time[row] / DAY;
    const pa_count_prior *p = counts + b->segment[row];
    const double *factor = weekday + 7 * b->segment[row];
    pa_count_state s = pa_count_start(p);
    for (int64_t day = b->time[begin] / DAY + 1; day < today; day++) {
        double count = (double)rows_of_day(b, begin, row, day), w = factor[(day + 3) % 7];
        z[n++] = pa_count_innovation(p, &s, w, count);
        pa_count_step(p, w, count, &s);
    }
    pa_count_day day;
    pa_count_day_open(p, &s, factor[(today + 3) % 7], &day);
    int64_t so_far = rows_of_day(b, begin, row + 1, today) - (today == b->time[begin] / DAY);
    for (int64_t k = 0; k < so_far; k++) pa_count_day_add(&day);
    told[0] = (float)day.mean;
    told[1] = (float)pa_count_day_tail(&day);
    told[3] = (float)-log2(slow_low(b, begin, row, &s));
    told[5] = (float)slow_cusum(n, z, 7);
    told[6] = (float)slow_cusum(n, z, 30);
}

static void test_rows_are_told_what_their_past_says(void)
{
    static book b;
    size_t begin = 0, gaps = 0;
    draw_book(&b);
    tell(&b, ROWS, 0);
    for (size_t i = 0; i < ROWS; i++) {
        float told[COLUMNS];
        if (i > 0 && b.account[i] != b.account[i - 1]) begin = i;
        gaps += i > begin && b.time[i] - b.time[i - 1] > 70 * DAY;
        slow_counts(&b, begin, i, told);
        /* Of a long gap the first days go in at once, as if they were all of factor 1. */
        double close = gaps ? .05 : 1e-6;
        CU_ASSERT_DOUBLE_EQUAL(b.column[0][i] / told[0], 1, close);
        CU_ASSERT_DOUBLE_EQUAL(b.column[1][i] / told[1], 1, 3 * close);
        CU_ASSERT_DOUBLE_EQUAL(b.column[2][i], -log2((double)b.column[1][i]), 1e-4);
        CU_ASSERT_DOUBLE_EQUAL(b.column[3][i], told[3], close * fmax(1, told[3]));
        pa_amount_expected e = slow_expected(&b, begin, i);
        double residual = b.amount[i] > 0 ? slow_residual(&b, i, &e) : 0;
        CU_ASSERT_DOUBLE_EQUAL(b.column[4][i], residual, 1e-4);
        CU_ASSERT_DOUBLE_EQUAL(b.column[5][i], told[5], close);
        CU_ASSERT_DOUBLE_EQUAL(b.column[6][i], told[6], close);
    }
    CU_ASSERT_TRUE(gaps > 0);
}

static void test_residuals_are_those_of_the_rows(void)
{
    static book b;
    static double residual[ROWS];
    draw_book(&b);
    int64_t from = b.time[ROWS / ACCOUNTS / 2];
    tell(&b, ROWS, from);
    const pa_account_rows r = {ROWS, b.account, b.category, b.time, b.amount, b.segment, 100, from};
    pa_account_residuals(&model, &r, residual);
    for (size_t i = 0; i < ROWS; i++) {
        bool is_told = b.time[i] >= from && b.amount[i] > 0;
        CU_ASSERT_TRUE(is_told ? (float)residual[i] == b.column[4][i] : isnan(residual[i]));
    }
}

static void test_later_rows_change_no_bit(void)
{
    static book whole, cut;
    draw_book(&whole);
    draw_book(&cut);
    tell(&whole, ROWS, 0);
    for (size_t n = 1; n < ROWS; n++) {
        tell(&cut, n, 0);
        for (int k = 0; k < COLUMNS; k++)
            CU_ASSERT_EQUAL(memcmp(whole.column[k], cut.column[k], n * sizeof(float)), 0);
    }
}

static void test_earlier_rows_are_told_nothing_and_still_count(void)
{
    static book all, late;
    draw_book(&all);
    draw_book(&late);
    int64_t from = all.time[ROWS / ACCOUNTS / 2];
    tell(&all, ROWS, 0);
    tell(&late, ROWS, from);
    size_t before = 0;
    for (size_t i = 0; i < ROWS; i++) {
        before += all.time[i] < from;
        for (int k = 0; k < COLUMNS; k++)
            CU_ASSERT_TRUE(all.time[i] < from ? isnan(late.column[k][i])
                                              : late.column[k][i] == all.column[k][i]);
    }
    CU_ASSERT_TRUE(before > 10 && before < ROWS - 10);
}

/* Three rows a day until there are none for years, and then one. */
static void test_an_account_that_slept_is_expected_to_do_what_its_segment_does(void)
{
    static book b;
    for (size_t i = 0; i < 301; i++) {
        b.time[i] = 1700000000 + (int64_t)(i / 3) * DAY;
        b.amount[i] = 1000;
        b.category[i] = -1;
    }
    b.time[300] += INT64_C(100) * 366 * DAY;
    tell(&b, 301, 0);
    CU_ASSERT_TRUE(b.column[0][299] > 2);
    CU_ASSERT_TRUE(b.column[0][300] < .4 && b.column[0][300] > 0);
    CU_ASSERT_DOUBLE_EQUAL(b.column[6][300], 0, 0);
}

/* Four rows of 1.00 after months of two rows of 20.00 a day, beside two of 20.00 and four of 20.00:
 * the first are told apart by their amounts alone. Of a day of a thousand rows the first 64 count.
 */
static void test_many_low_amounts_of_a_day_are_told(void)
{
    static book low, usual;
    book *const both[] = {&low, &usual};
    for (int k = 0; k < 2; k++) {
        book *b = both[k];
        for (size_t i = 0; i < ROWS; i++) {
            b->time[i] = 1700000000 + (int64_t)(i < 204 ? i / 2 < 100 ? i / 2 : 100 : 101) * DAY;
            b->amount[i] = i >= 200 && i < 204 && b == &low ? 100 : 2000;
            b->category[i] = -1;
        }
        tell(b, ROWS, 0);
    }
    CU_ASSERT_TRUE(usual.column[3][201] < 3);
    for (size_t i = 200; i < 204; i++) {
        CU_ASSERT_EQUAL(low.column[2][i], usual.column[2][i]);
        CU_ASSERT_TRUE(low.column[3][i] > usual.column[3][i] + 3);
        CU_ASSERT_TRUE(i == 200 || low.column[3][i] > low.column[3][i - 1]);
    }
    CU_ASSERT_TRUE(low.column[3][203] > 20);
    CU_ASSERT_TRUE(usual.column[3][204 + 63] > usual.column[3][204 + 62]);
    CU_ASSERT_EQUAL(usual.column[3][204 + 64], usual.column[3][204 + 63]);
}

/* ---- amounts ---- */

static void test_one_large_amount_moves_no_expectation(void)
{
    pa_amount_state large = {0}, larger = {0};
    pa_amount_expected e = pa_amount_expect(amounts, &large);
    pa_amount_add(&e, categories, 12, &large);
    pa_amount_add(&e, categories, 15, &larger);
    CU_ASSERT_EQUAL(memcmp(&large, &larger, sizeof large), 0);
    CU_ASSERT_DOUBLE_EQUAL(large.level / large.precision, 3 + 3 * 1.1 * .6, 1e-12);
}

static void test_scales_have_a_floor(void)
{
    pa_amount_state s = {0};
    for (int i = 0; i < 1000; i++) {
        pa_amount_expected e = pa_amount_expect(amounts, &s);
        pa_amount_add(&e, categories, e.level, &s);
    }
    CU_ASSERT_DOUBLE_EQUAL(pa_amount_expect(amounts, &s).scale, 1.1 / 2, 1e-9);
}

/* Two levels and three categories, the second wider. */
static void test_fit_takes_levels_and_categories_apart(void)
{
    enum { N = 6000, OF_ACCOUNT = 30 };
    static int32_t account[N], category[N];
    static int8_t segment[N];
    static double x[N];
    static const double adds[3] = {0, 1.5, -2}, width[3] = {.5, 1, .5};
    for (size_t i = 0; i < N; i++) {
        account[i] = (int32_t)(i / OF_ACCOUNT);
        segment[i] = account[i] % 2;
        category[i] = (int32_t)draw(i, 0, 3) - 1;
        double u = 0;
        for (uint64_t k = 0; k < 12; k++) u += pa_uniform(3, PA_DRAW_TEST, i, k);
        double own = (double)(account[i] / 2 % 5 - 2) / 2;
        x[i] = 3 + 2 * segment[i] + own + adds[category[i] + 1] + width[category[i] + 1] * (u - 6);
        if (i % 50 == 0) x[i] = NAN;
    }
    const pa_amount_rows r = {N, account, category, segment, x};
    pa_amount_category c[3] = {0};
    pa_amount_sum sum[3];
    pa_amount_segment_sums of[3] = {0};
    pa_amount_prior prior[3];
    for (int k = 0; k < PA_AMOUNT_ROUNDS; k++) {
        memset(sum, 0, sizeof sum);
        pa_amount_effects(&r, c, sum);
        pa_amount_effects_step(3, sum, c);
    }
    memset(sum, 0, sizeof sum);
    pa_amount_scales(&r, c, sum);
    pa_amount_scales_set(3, sum, c);
    pa_amount_segments(&r, c, of);
    pa_amount_segments_set(3, of, prior);
    CU_ASSERT_DOUBLE_EQUAL(c[1].effect - c[0].effect, 1.5, .08);
    CU_ASSERT_DOUBLE_EQUAL(c[2].effect - c[0].effect, -2, .08);
    for (int k = 0; k < 3; k++) CU_ASSERT_DOUBLE_EQUAL(c[k].scale, width[k], .05);
    CU_ASSERT_DOUBLE_EQUAL(prior[1].level - prior[0].level, 2, .05);
    CU_ASSERT_DOUBLE_EQUAL(1 / prior[0].precision, .5, .1); /* of -1, -.5 .. 1 */
    CU_ASSERT_DOUBLE_EQUAL(prior[0].scale, 1, .05);
    CU_ASSERT_DOUBLE_EQUAL(prior[2].level, (prior[0].level + prior[1].level) / 2, 1e-9);
}

static const pa_test tests[] = {
    {"rows are told what their past says", test_rows_are_told_what_their_past_says},
    {"residuals are those of the rows", test_residuals_are_those_of_the_rows},
    {"later rows change no bit", test_later_rows_change_no_bit},
    {"earlier rows are told nothing, and still count",
     test_earlier_rows_are_told_nothing_and_still_count},
    {"an account that slept is expected to do what its segment does",
     test_an_account_that_slept_is_expected_to_do_what_its_segment_does},
    {"many low amounts of a day are told", test_many_low_amounts_of_a_day_are_told},
    {"one large amount moves no expectation", test_one_large_amount_moves_no_expectation},
    {"scales have a floor", test_scales_have_a_floor},
    {"fit takes levels and categories apart", test_fit_takes_levels_and_categories_apart},
};
PA_TEST_MAIN("account forecast", tests)

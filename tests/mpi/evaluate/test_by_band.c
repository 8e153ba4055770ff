/* Small and large amounts, young and old accounts, groups of accounts, beside a twin that looks at
 * every pair of rows. */
#include <math.h>
#include <stdlib.h>

#include "evaluated_book.h"
#include "mpi_test.h"

static uint8_t alerted(size_t row)
{
    return pa_audit_book()->margin[row] >= 40;
}

/* Five times as slow as the book, so that accounts are of more than one band. */
enum { SLOWER = 5 };

/* Some have none. */
static int8_t segment_of(size_t row)
{
    return (int8_t)((pa_audit_book()->account[row] * 7 % 12) - 1);
}

static void slow_down(pa_time_plan *p)
{
    int64_t *const times[] = {&p->train_from,  &p->train_until, &p->audit_from,
                              &p->audit_until, &p->label_delay, &p->as_of};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) *times[i] *= SLOWER;
}

static pa_status evaluate(book_cut cut, pa_evaluation *e, pa_error *err)
{
    static uint8_t alert[BOOK_ROWS];
    static int64_t time[BOOK_ROWS];
    static int8_t segment[BOOK_ROWS];
    pa_evaluation_options options = pa_book_evaluation();
    book_slice s = pa_slice_book(pa_test_comm(), cut);
    pa_evaluation_input in = pa_book_input(s, alert);
    for (size_t i = 0; i < s.n; i++) {
        alert[i] = alerted(s.first + i);
        time[i] = in.time[i] * SLOWER;
        segment[i] = segment_of(s.first + i);
    }
    in.segment = segment;
    slow_down(&options.plan);
    in.time = time;
    return pa_evaluate(pa_test_comm(), &in, &options, e, err);
}

/* ---- the slow twin ---- */

static double value_of(int32_t of, size_t row)
{
    const audit_book *b = pa_audit_book();
    size_t first = row;
    while (first > 0 && b->account[first - 1] == b->account[row]) first--;
    if (of == PA_BAND_SEGMENT) return segment_of(row);
    if (of == PA_BAND_AMOUNT) return (double)(float)b->amount[row];
    return (double)((b->time[row] - b->time[first]) * SLOWER) / BOOK_DAY;
}

static bool is_in(const pa_evaluation_band *band, size_t row)
{
    double v = value_of(band->of, row);
    return pa_book_is_judged(row) && v >= band->from && v < band->until;
}

/* The mean over the band's frauds of the precision down to them. */
static double slow_average_precision(const pa_evaluation_band *band)
{
    const audit_book *b = pa_audit_book();
    double sum = 0, n = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        if (!is_in(band, i) || b->label[i] != 1) continue;
        double right = 0, at = 0;
        for (size_t k = 0; k < BOOK_ROWS; k++) {
            if (!is_in(band, k) || b->margin[k] < b->margin[i]) continue;
            right += b->label[k] == 1;
            at++;
        }
        sum += right / at;
        n++;
    }
    return sum / n;
}

static void compare(const pa_evaluation_band *band)
{
    const audit_book *b = pa_audit_book();
    int64_t rows = 0, frauds = 0, alerts = 0, right = 0;
    double money = 0, alerted_money = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        if (!is_in(band, i)) continue;
        bool fraud = b->label[i] == 1, alert = alerted(i);
        rows++;
        frauds += fraud;
        alerts += alert;
        right += fraud && alert;
        money += fraud ? b->amount[i] : 0;
        alerted_money += fraud && alert ? b->amount[i] : 0;
    }
    CU_ASSERT(rows > 0);
    CU_ASSERT_EQUAL(band->rows, rows);
    CU_ASSERT_EQUAL(band->frauds, frauds);
    CU_ASSERT_EQUAL(band->alerts, alerts);
    CU_ASSERT_EQUAL(band->alerts_on_frauds, right);
    CU_ASSERT_DOUBLE_EQUAL(band->amount_fraud, money, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(band->amount_alerted, alerted_money, 1e-6);
    if (alerts) CU_ASSERT_EQUAL(band->precision, (double)right / (double)alerts);
    if (!frauds) return;
    CU_ASSERT_EQUAL(band->recall, (double)right / (double)frauds);
    CU_ASSERT_DOUBLE_EQUAL(band->average_precision, slow_average_precision(band), 1e-13);
}

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* ---- tests ---- */

static void test_bands_equal_the_slow_twin(void)
{
    for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
        pa_evaluation e;
        pa_error err = {0};
        int64_t rows[PA_N_BANDINGS] = {0}, frauds[PA_N_BANDINGS] = {0}, bands[PA_N_BANDINGS] = {0};
        int64_t grouped = 0;
        CU_ASSERT_EQUAL_FATAL(evaluate((book_cut)cut, &e, &err), PA_OK);
        for (size_t i = 0; i < e.n_bands; i++) {
            compare(e.bands + i);
            bands[e.bands[i].of]++;
            rows[e.bands[i].of] += e.bands[i].rows;
            frauds[e.bands[i].of] += e.bands[i].frauds;
        }
        for (int of = 0; of < 2; of++) {
            CU_ASSERT(bands[of] > 1);
            CU_ASSERT_EQUAL(rows[of], e.summary.rows_judged);
            CU_ASSERT_EQUAL(frauds[of], e.summary.frauds);
        }
        for (size_t i = 0; i < BOOK_ROWS; i++)
            grouped += pa_book_is_judged(i) && segment_of(i) >= 0;
        CU_ASSERT(bands[PA_BAND_SEGMENT] > 5);
        CU_ASSERT(grouped < e.summary.rows_judged);
        CU_ASSERT_EQUAL(rows[PA_BAND_SEGMENT], grouped);
        pa_evaluation_free(&e);
    }
}

static void test_amounts_are_cut_at_exact_quantiles(void)
{
    static float amount[BOOK_ROWS];
    const double parts[] = {.5, .9, .99};
    size_t n = 0, k = 0;
    pa_evaluation e;
    pa_error err = {0};
    for (size_t i = 0; i < BOOK_ROWS; i++)
        if (pa_book_is_judged(i)) amount[n++] = (float)pa_audit_book()->amount[i];
    qsort(amount, n, sizeof *amount, ascending);
    CU_ASSERT_EQUAL_FATAL(evaluate(BOOK_EVEN, &e, &err), PA_OK);
    for (size_t i = 0; i < e.n_bands; i++) {
        if (e.bands[i].of != PA_BAND_AMOUNT || isinf(e.bands[i].until)) continue;
        CU_ASSERT_EQUAL(e.bands[i].until, (double)amount[(size_t)(parts[k] * (double)n)]);
        k++;
    }
    CU_ASSERT_EQUAL(k, 3);
    pa_evaluation_free(&e);
}

static const pa_test tests[] = {
    {"bands equal the slow twin", test_bands_equal_the_slow_twin},
    {"amounts are cut at exact quantiles", test_amounts_are_cut_at_exact_quantiles},
};
PA_MPI_TEST_MAIN("by_band", tests)

/* Sorting by amount, beside the audit. */
#include <math.h>
#include <string.h>

#include "audit_book.h"
#include "mpi_test.h"
#include "paraudit/evaluate/evaluate.h"

enum { DAY = 86400, PER_DAY = 3 };

static const pa_evaluation_options options = {.plan = {.history_from = 0,
                                                       .train_from = BOOK_TRAIN_FROM * DAY,
                                                       .train_until = BOOK_TRAIN_UNTIL * DAY,
                                                       .audit_from = BOOK_AUDIT_FROM * DAY,
                                                       .audit_until = BOOK_AUDIT_UNTIL * DAY,
                                                       .label_delay = BOOK_DELAY * DAY,
                                                       .as_of = 40 * DAY},
                                              .k = 4,
                                              .curve_points = 12,
                                              .episode_gap = 3 * DAY};

static void evaluate(book_cut cut, const double margin[], const uint8_t alert[], pa_evaluation *e)
{
    const audit_book *b = pa_audit_book();
    book_slice s = pa_slice_book(pa_test_comm(), cut);
    pa_error err = {0};
    const pa_evaluation_input in = {.n = s.n,
                                    .time = b->time + s.first,
                                    .tx = b->tx + s.first,
                                    .account = b->account + s.first,
                                    .amount = b->amount + s.first,
                                    .margin = margin + s.first,
                                    .alert = alert + s.first,
                                    .label = b->label + s.first};
    CU_ASSERT_EQUAL(pa_evaluate(pa_test_comm(), &in, &options, e, &err), PA_OK);
}

static bool is_judged(size_t row, int64_t day)
{
    const audit_book *b = pa_audit_book();
    return b->time[row] / DAY == day && b->label[row] >= 0;
}

/* Does row a come before row b by `of` (descending, ties by tx)? */
static bool comes_before(const double of[], size_t a, size_t b)
{
    const int64_t *tx = pa_audit_book()->tx;
    return of[a] != of[b] ? of[a] > of[b] : tx[a] < tx[b];
}

/* Day by day: the first row of all accounts that have no alert yet, until there are n. */
static void slow_alerts(const double of[], const int64_t n[], uint8_t alert[])
{
    const audit_book *b = pa_audit_book();
    memset(alert, 0, BOOK_ROWS);
    for (int64_t day = BOOK_AUDIT_FROM; day < BOOK_AUDIT_UNTIL; day++) {
        bool has_one[BOOK_ACCOUNTS] = {false};
        for (int64_t k = 0; k < n[day - BOOK_AUDIT_FROM]; k++) {
            size_t first = BOOK_ROWS;
            for (size_t i = 0; i < BOOK_ROWS; i++) {
                if (!is_judged(i, day) || has_one[b->account[i]]) continue;
                if (first == BOOK_ROWS || comes_before(of, i, first)) first = i;
            }
            if (first == BOOK_ROWS) break;
            alert[first] = 1;
            has_one[b->account[first]] = true;
        }
    }
}

/* The queue of the margin: fewer alerts each day, so that days differ. */
static void alert_by_margin(uint8_t alert[])
{
    int64_t n[BOOK_AUDIT_UNTIL - BOOK_AUDIT_FROM];
    for (int day = 0; day < BOOK_AUDIT_UNTIL - BOOK_AUDIT_FROM; day++) n[day] = PER_DAY + day % 4;
    slow_alerts(pa_audit_book()->margin, n, alert);
}

/* Judging a book whose margins are its amounts, alerted by the slow twin. */
static void test_it_is_what_margins_of_that_order_would_reach(void)
{
    const audit_book *b = pa_audit_book();
    static uint8_t alert[BOOK_ROWS], by_amount[BOOK_ROWS];
    alert_by_margin(alert);
    for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
        pa_evaluation e, twin;
        int64_t n[BOOK_AUDIT_UNTIL - BOOK_AUDIT_FROM];
        evaluate((book_cut)cut, b->margin, alert, &e);
        for (size_t i = 0; i < e.n_days; i++) n[i] = e.days[i].alerts;
        slow_alerts(b->amount, n, by_amount);
        evaluate((book_cut)cut, b->amount, by_amount, &twin);
        CU_ASSERT_EQUAL(memcmp(&e.by_amount, &twin.summary, sizeof twin.summary), 0);
        CU_ASSERT_EQUAL(e.by_amount.alerts, e.summary.alerts);
        CU_ASSERT_NOT_EQUAL(e.by_amount.average_precision, e.summary.average_precision);
        CU_ASSERT(e.by_amount.alerts_on_frauds > 0);
        pa_evaluation_free(&e);
        pa_evaluation_free(&twin);
    }
}

/* Where the margin is the amount nothing is gained. */
static void test_an_audit_by_amount_equals_it(void)
{
    const audit_book *b = pa_audit_book();
    static uint8_t alert[BOOK_ROWS];
    int64_t n[BOOK_AUDIT_UNTIL - BOOK_AUDIT_FROM];
    for (int day = 0; day < BOOK_AUDIT_UNTIL - BOOK_AUDIT_FROM; day++) n[day] = PER_DAY;
    slow_alerts(b->amount, n, alert);
    pa_evaluation e;
    evaluate(BOOK_EVEN, b->amount, alert, &e);
    CU_ASSERT_EQUAL(memcmp(&e.by_amount, &e.summary, sizeof e.summary), 0);
    pa_evaluation_free(&e);
}

static const pa_metric *metric(const char *name)
{
    for (size_t i = 0; i < pa_n_metrics; i++)
        if (strcmp(pa_metrics[i].name, name) == 0) return pa_metrics + i;
    return NULL;
}

static void test_it_stands_beside_each_figure_of_quality(void)
{
    const audit_book *b = pa_audit_book();
    static uint8_t alert[BOOK_ROWS];
    alert_by_margin(alert);
    pa_evaluation e;
    pa_buffer text = {0};
    pa_error err = {0};
    evaluate(BOOK_EVEN, b->margin, alert, &e);
    for (size_t i = 0; i < pa_n_metrics; i++) {
        const pa_metric *m = pa_metrics + i;
        double beside = pa_references_of(&e, m).is[PA_BY_AMOUNT];
        if (!m->beside[PA_BY_AMOUNT]) CU_ASSERT(isnan(beside));
        double value = pa_metric_value(m, &e.by_amount);
        if (m->beside[PA_BY_AMOUNT]) CU_ASSERT(beside == value || (isnan(beside) && isnan(value)));
    }
    pa_references right = pa_references_of(&e, metric("alerts_on_frauds"));
    CU_ASSERT_EQUAL(right.is[PA_BY_AMOUNT], (double)e.by_amount.alerts_on_frauds);
    CU_ASSERT(right.is[PA_BEST] >= (double)e.summary.alerts_on_frauds);
    CU_ASSERT_DOUBLE_EQUAL(
        right.is[PA_CHANCE],
        (double)(e.summary.alerts * e.summary.frauds) / (double)e.summary.rows_judged, 1e-12);
    CU_ASSERT_EQUAL(pa_evaluation_print(&e, true, &text, &err), PA_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"average_precision_by_amount\": 0."));
    CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"by_amount\": "));
    pa_buffer_free(&text);
    pa_evaluation_free(&e);
}

static const pa_test tests[] = {
    {"it is what margins of that order would reach",
     test_it_is_what_margins_of_that_order_would_reach},
    {"an audit by amount equals it", test_an_audit_by_amount_equals_it},
    {"it stands beside each figure of quality", test_it_stands_beside_each_figure_of_quality},
};
PA_MPI_TEST_MAIN("by_amount", tests)

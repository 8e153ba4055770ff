/* Costs of the alerts and of every threshold, one by one. */
#include <math.h>
#include <string.h>

#include "evaluated_book.h"
#include "mpi_test.h"
#include "paraudit/evaluate/evaluate.h"

enum { DAY = 86400 };

static uint8_t alerted(size_t row)
{
    return pa_audit_book()->margin[row] >= 40;
}

static void evaluate(book_cut cut, double cost_review, double loss_miss, pa_evaluation *e)
{
    const audit_book *b = pa_audit_book();
    pa_evaluation_options options = pa_book_evaluation();
    options.episode_gap = 0;
    options.cost_review = cost_review;
    options.loss_miss = loss_miss;
    book_slice s = pa_slice_book(pa_test_comm(), cut);
    static uint8_t alert[BOOK_ROWS];
    pa_error err = {0};
    for (size_t i = 0; i < s.n; i++) alert[i] = alerted(s.first + i);
    const pa_evaluation_input in = {.n = s.n,
                                    .time = b->time + s.first,
                                    .tx = b->tx + s.first,
                                    .account = b->account + s.first,
                                    .amount = b->amount + s.first,
                                    .margin = b->margin + s.first,
                                    .alert = alert,
                                    .label = b->label + s.first};
    CU_ASSERT_EQUAL(pa_evaluate(pa_test_comm(), &in, &options, e, &err), PA_OK);
}

static bool is_judged(size_t row)
{
    const audit_book *b = pa_audit_book();
    int64_t day = b->time[row] / DAY;
    return day >= BOOK_AUDIT_FROM && day < BOOK_AUDIT_UNTIL && b->label[row] >= 0;
}

typedef struct {
    double cost, margin;
    int64_t flagged;
} threshold;

/* Flags rows whose `of` is at least `margin`. */
static threshold slow_threshold(const double of[], double margin, double review, double share)
{
    const audit_book *b = pa_audit_book();
    threshold t = {0, margin, 0};
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        if (!is_judged(i)) continue;
        bool flagged = of[i] >= margin;
        t.flagged += flagged;
        t.cost += flagged ? review : b->label[i] == 1 ? share * b->amount[i] : 0;
    }
    return t;
}

static threshold slow_least(const double of[], double review, double share)
{
    threshold least = slow_threshold(of, (double)INFINITY, review, share);
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        if (!is_judged(i)) continue;
        threshold t = slow_threshold(of, of[i], review, share);
        if (t.cost < least.cost - 1e-7) least = t;
    }
    return least;
}

static void test_least_cost_is_that_of_the_slow_twin(void)
{
    const audit_book *b = pa_audit_book();
    static const double review[] = {0.5, 3, 20, 45}, share[] = {1, 0.25, 1, 2};
    for (int k = 0; k < 8; k++) {
        pa_evaluation e;
        double r = review[k / 2], s = share[k / 2];
        threshold expected = slow_least(b->margin, r, s), other = slow_least(b->amount, r, s);
        evaluate((book_cut)(k % 2), r, s, &e);
        CU_ASSERT_DOUBLE_EQUAL(e.summary.cost_least, expected.cost, 1e-6);
        CU_ASSERT_EQUAL(e.summary.cost_least_alerts, expected.flagged);
        CU_ASSERT_EQUAL(e.summary.cost_least_margin, expected.margin);
        CU_ASSERT_DOUBLE_EQUAL(e.by_amount.cost_least, other.cost, 1e-6);
        CU_ASSERT(e.summary.cost_least <= e.summary.cost_without_alerts);
        pa_evaluation_free(&e);
    }
}

static void test_alerts_cost_reviews_and_what_they_miss(void)
{
    const audit_book *b = pa_audit_book();
    double cost = 0, all = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        if (!is_judged(i)) continue;
        double loss = b->label[i] == 1 ? 0.5 * b->amount[i] : 0;
        all += loss;
        cost += alerted(i) ? 7 : loss;
    }
    pa_evaluation e;
    evaluate(BOOK_EVEN, 7, 0.5, &e);
    CU_ASSERT_DOUBLE_EQUAL(e.summary.cost, cost, 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(e.summary.cost_without_alerts, all, 1e-7);
    CU_ASSERT_EQUAL(e.summary.cost_of_reviews, 7 * (double)e.summary.alerts);
    pa_evaluation_free(&e);
}

static void test_reviews_that_cost_too_much_are_not_made(void)
{
    pa_evaluation e;
    evaluate(BOOK_EVEN, 1e6, 1, &e);
    CU_ASSERT_EQUAL(e.summary.cost_least_alerts, 0);
    CU_ASSERT_EQUAL(e.summary.cost_least, e.summary.cost_without_alerts);
    CU_ASSERT(isnan(e.summary.cost_least_margin));
    pa_evaluation_free(&e);
}

static void test_without_a_price_there_are_no_costs(void)
{
    pa_evaluation e;
    evaluate(BOOK_EVEN, 0, 1, &e);
    CU_ASSERT(isnan(e.summary.cost) && isnan(e.summary.cost_least));
    CU_ASSERT(isnan(e.summary.cost_without_alerts) && isnan(e.summary.cost_of_reviews));
    pa_evaluation_free(&e);
}

static const pa_test tests[] = {
    {"least cost is that of the slow twin", test_least_cost_is_that_of_the_slow_twin},
    {"alerts cost reviews and what they miss", test_alerts_cost_reviews_and_what_they_miss},
    {"reviews that cost too much are not made", test_reviews_that_cost_too_much_are_not_made},
    {"without a price there are no costs", test_without_a_price_there_are_no_costs},
};
PA_MPI_TEST_MAIN("cost", tests)

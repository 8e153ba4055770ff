/* The sample below the line, beside one drawn by sorting all rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audit_book.h"
#include "mpi_test.h"
#include "paraudit/base/draw.h"
#include "paraudit/evaluate/below_line.h"

enum { DAY = 86400 };

static uint8_t alerted(size_t row)
{
    return pa_audit_book()->margin[row] >= 40;
}

static bool is_below(size_t row)
{
    const audit_book *b = pa_audit_book();
    int64_t day = b->time[row] / DAY;
    return day >= BOOK_AUDIT_FROM && day < BOOK_AUDIT_UNTIL && !alerted(row);
}

static void sample(book_cut cut, uint64_t seed, int64_t n, pa_below_line *out)
{
    const audit_book *b = pa_audit_book();
    const pa_evaluation_options options = {
        .plan = {.audit_from = BOOK_AUDIT_FROM * DAY, .audit_until = BOOK_AUDIT_UNTIL * DAY},
        .below_line = n,
        .seed = seed};
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
                                    .alert = alert};
    CU_ASSERT_EQUAL(pa_sample_below_line(pa_test_comm(), &in, &options, out, &err), PA_OK);
}

/* ---- the slow twin ---- */

typedef struct {
    uint64_t draw;
    size_t row;
} drawn;

static int by_draw(const void *a, const void *b)
{
    const drawn *x = a, *y = b;
    return (x->draw > y->draw) - (x->draw < y->draw);
}

/* chosen: 1 for the rows of the n smallest draws. Returns how many are below the line. */
static size_t slow_sample(uint64_t seed, size_t n, uint8_t chosen[])
{
    static drawn all[BOOK_ROWS];
    size_t m = 0;
    memset(chosen, 0, BOOK_ROWS);
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        uint64_t tx = (uint64_t)pa_audit_book()->tx[i];
        if (is_below(i)) all[m++] = (drawn){pa_draw(seed, PA_DRAW_SAMPLE, tx, 0), i};
    }
    qsort(all, m, sizeof *all, by_draw);
    for (size_t i = 0; i < n && i < m; i++) chosen[all[i].row] = 1;
    return m;
}

/* ---- tests ---- */

static void compare(const pa_below_line *s, const uint8_t chosen[], size_t n_below)
{
    const audit_book *b = pa_audit_book();
    int64_t place = 0, wrong = 0, n_chosen = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) n_chosen += chosen[i];
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        if (!chosen[i]) continue;
        int64_t here = place++ - s->first;
        if (here < 0 || here >= (int64_t)s->n) continue;
        const pa_below_line_row *r = s->row + here;
        wrong += r->tx != b->tx[i] || r->time != b->time[i] || r->account != b->account[i];
        wrong += r->margin != b->margin[i] || r->amount != b->amount[i];
        wrong += r->probability != (double)n_chosen / (double)n_below;
    }
    CU_ASSERT_EQUAL(s->n_global, n_chosen);
    CU_ASSERT_EQUAL(pa_sum_before_i64(pa_test_comm(), (int64_t)s->n), s->first);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_it_is_that_of_the_slow_twin(void)
{
    static const int64_t sizes[] = {0, 1, 17, 100, 100000};
    static uint8_t chosen[BOOK_ROWS];
    for (int k = 0; k < 10; k++) {
        pa_below_line s;
        uint64_t seed = 3 + (uint64_t)k;
        size_t n_below = slow_sample(seed, (size_t)sizes[k / 2], chosen);
        sample((book_cut)(k % 2), seed, sizes[k / 2], &s);
        compare(&s, chosen, n_below);
        pa_below_line_free(&s);
    }
}

/* Of which the sum below the line is known: frauds without an alert. */
static double estimate(const pa_below_line *s)
{
    const audit_book *b = pa_audit_book();
    int64_t frauds = 0;
    for (size_t k = 0; k < s->n; k++) {
        size_t i = 0;
        while (b->tx[i] != s->row[k].tx) i++;
        frauds += b->label[i] == 1;
    }
    pa_sum_i64(pa_test_comm(), &frauds, 1);
    bool some = s->n > 0;
    double probability = some ? s->row[0].probability : 0;
    pa_max_f64(pa_test_comm(), &probability, 1);
    return (double)frauds / probability;
}

static void test_it_estimates_without_bias_what_was_missed(void)
{
    enum { SEEDS = 300 };
    double missed = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) missed += is_below(i) && pa_audit_book()->label[i] == 1;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        pa_below_line s;
        sample(BOOK_EVEN, seed, 60, &s);
        double x = estimate(&s);
        sum += x;
        squares += x * x;
        pa_below_line_free(&s);
    }
    double mean = sum / SEEDS, error = sqrt((squares / SEEDS - mean * mean) / SEEDS);
    CU_ASSERT(missed > 5);
    CU_ASSERT(error < missed / 10);
    CU_ASSERT(fabs(mean - missed) < 4 * error);
}

static const pa_test tests[] = {
    {"it is that of the slow twin", test_it_is_that_of_the_slow_twin},
    {"it estimates without bias what was missed", test_it_estimates_without_bias_what_was_missed},
};
PA_MPI_TEST_MAIN("below_line", tests)

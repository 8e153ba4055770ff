#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"
#include "paraudit/detect/logit.h"

/* Rows that every rank knows whole: three columns that matter, of unlike sizes, and noise. */
enum { ROWS = 1500, COLUMNS = 5, MOST = COLUMNS + 1 };

typedef struct {
    size_t n, n_columns;
    float value[COLUMNS][ROWS];
    uint8_t label[ROWS];
    float weight[ROWS];
} book;

static book all;

static double uniform(size_t what, size_t row)
{
    return pa_uniform(1, PA_DRAW_TEST, what, row);
}

static double bell(size_t what, size_t row)
{
    double sum = 0;
    for (size_t k = 0; k < 12; k++) sum += pa_uniform(2, PA_DRAW_TEST, what * 12 + k, row);
    return sum - 6;
}

static void draw_book(void)
{
    static const double size[COLUMNS] = {1, 1e-3, 200, 5, 1};
    all = (book){.n = ROWS, .n_columns = COLUMNS};
    for (size_t r = 0; r < ROWS; r++) {
        double odds = -2.5 + 1.5 * bell(0, r) - bell(1, r) + 0.3 * bell(2, r);
        for (size_t c = 0; c < COLUMNS; c++) all.value[c][r] = (float)(size[c] * bell(c, r));
        all.label[r] = uniform(90, r) < 1 / (1 + pa_exp(-odds));
        all.weight[r] = (float)(3 * uniform(91, r));
    }
}

/* ---- the slow twin: dense Newton in long double, over all rows ---- */

typedef long double wide;

static wide slow_size(const book *b, size_t j, size_t r)
{
    return j == 0 ? 1 : (wide)b->value[j - 1][r];
}

static wide slow_odds(const book *b, const wide at[], size_t r)
{
    wide odds = 0;
    for (size_t j = 0; j <= b->n_columns; j++) odds += at[j] * slow_size(b, j, r);
    return odds;
}

static wide slow_objective(const book *b, bool weighted, double l2, const wide at[])
{
    wide sum = 0;
    for (size_t r = 0; r < b->n; r++) {
        wide odds = slow_odds(b, at, r), away = b->label[r] ? -odds : odds;
        wide loss = (away > 0 ? away : 0) + log1pl(expl(-fabsl(odds)));
        sum += (weighted ? (wide)b->weight[r] : 1) * loss;
    }
    for (size_t j = 1; j <= b->n_columns; j++) sum += (wide)l2 / 2 * at[j] * at[j];
    return sum;
}

/* Gauss and Jordan; x is the right side and then the solution. */
static void slow_solve(size_t m, wide a[MOST][MOST], wide x[])
{
    for (size_t i = 0; i < m; i++) {
        size_t best = i;
        for (size_t k = i; k < m; k++)
            if (fabsl(a[k][i]) > fabsl(a[best][i])) best = k;
        for (size_t k = 0; k < m; k++) {
            wide t = a[i][k];
            a[i][k] = a[best][k];
            a[best][k] = t;
        }
        wide t = x[i];
        x[i] = x[best];
        x[best] = t;
        for (size_t k = 0; k < m; k++) {
            if (k == i) continue;
            wide part = a[k][i] / a[i][i];
            for (size_t l = i; l < m; l++) a[k][l] -= part * a[i][l];
            x[k] -= part * x[i];
        }
    }
    for (size_t i = 0; i < m; i++) x[i] /= a[i][i];
}

static void slow_step(const book *b, bool weighted, double l2, const wide at[], wide step[])
{
    static wide a[MOST][MOST];
    size_t m = b->n_columns + 1;
    memset(a, 0, sizeof a);
    for (size_t j = 0; j < m; j++) step[j] = j ? -(wide)l2 * at[j] : 0;
    for (size_t j = 1; j < m; j++) a[j][j] = (wide)l2;
    for (size_t r = 0; r < b->n; r++) {
        wide weight = weighted ? (wide)b->weight[r] : 1, p = 1 / (1 + expl(-slow_odds(b, at, r)));
        for (size_t j = 0; j < m; j++) {
            step[j] -= weight * (p - b->label[r]) * slow_size(b, j, r);
            for (size_t k = 0; k < m; k++)
                a[j][k] += weight * p * (1 - p) * slow_size(b, j, r) * slow_size(b, k, r);
        }
    }
    slow_solve(m, a, step);
}

/* Until nothing is gained any more. Returns J at its least. */
static wide slow_fit(const book *b, bool weighted, double l2, wide at[])
{
    wide step[MOST], trial[MOST];
    memset(at, 0, MOST * sizeof *at);
    wide best = slow_objective(b, weighted, l2, at);
    for (wide part = 1; part > 1e-9L;) {
        slow_step(b, weighted, l2, at, step);
        for (part = 1; part > 1e-9L; part /= 2) {
            for (size_t j = 0; j <= b->n_columns; j++) trial[j] = at[j] + part * step[j];
            wide now = slow_objective(b, weighted, l2, trial);
            if (now >= best) continue;
            memcpy(at, trial, sizeof trial);
            best = now;
            break;
        }
    }
    return best;
}

/* ---- ours ---- */

/* Uneven; of three ranks and more, rank 1 has no row. */
static size_t first_row(size_t n, int rank, int n_ranks)
{
    if (rank == 0) return 0;
    if (rank >= n_ranks) return n;
    if (n_ranks > 2 && rank == 1) return first_row(n, 2, n_ranks);
    return n * (size_t)(rank * rank) / (size_t)(n_ranks * n_ranks);
}

static pa_status fit_book(const book *b, const pa_logit_options *options, bool weighted,
                          double coefficient[], pa_logit_end *end, pa_error *err)
{
    const float *column[COLUMNS];
    int rank = pa_comm_rank(pa_test_comm()), n_ranks = pa_comm_size(pa_test_comm());
    size_t first = first_row(b->n, rank, n_ranks);
    for (size_t c = 0; c < b->n_columns; c++) column[c] = b->value[c] + first;
    const pa_logit_rows rows = {.n = first_row(b->n, rank + 1, n_ranks) - first,
                                .n_columns = b->n_columns,
                                .column = column,
                                .label = b->label + first,
                                .weight = weighted ? b->weight + first : NULL};
    return pa_logit_fit(pa_test_comm(), options, &rows, coefficient, end, err);
}

static pa_logit_options with_l2(double l2)
{
    return (pa_logit_options){.l2 = l2, .max_iterations = 100};
}

/* The largest difference, in units that make each column's size 1. */
static double off_from(const book *b, const double coefficient[], const wide at[])
{
    double most = fabs(coefficient[0] - (double)at[0]);
    for (size_t c = 0; c < b->n_columns; c++) {
        double size = 0;
        for (size_t r = 0; r < b->n; r++) size = fmax(size, fabs((double)b->value[c][r]));
        most = fmax(most, size * fabs(coefficient[c + 1] - (double)at[c + 1]));
    }
    return most;
}

static void check_against_twin(const book *b, bool weighted, double l2)
{
    wide at[MOST];
    double coefficient[MOST];
    pa_logit_end end;
    pa_error err = {0};
    const pa_logit_options options = with_l2(l2);
    CU_ASSERT_EQUAL(fit_book(b, &options, weighted, coefficient, &end, &err), PA_OK);
    wide best = slow_fit(b, weighted, l2, at);
    CU_ASSERT(end.converged && end.iterations < 25);
    CU_ASSERT_DOUBLE_EQUAL(end.objective, (double)best, 1e-12 * (double)best);
    CU_ASSERT(off_from(b, coefficient, at) < 1e-6);
}

static void test_coefficients_are_those_of_the_slow_twin(void)
{
    draw_book();
    check_against_twin(&all, false, 1);
    check_against_twin(&all, false, 0);
    check_against_twin(&all, false, 1000);
    check_against_twin(&all, true, 0.1);
    all.n_columns = 1;
    check_against_twin(&all, true, 1);
    all.n_columns = 0;
    check_against_twin(&all, false, 1);
}

/* The bits: a digest that stands here, at each number of ranks. */
static uint64_t bits_of(const double v[], size_t n)
{
    uint64_t bits = 14695981039346656037u, word;
    for (size_t i = 0; i < n; i++) {
        memcpy(&word, v + i, sizeof word);
        bits = (bits ^ word) * 1099511628211u;
        bits ^= bits >> 29;
    }
    return bits;
}

static void test_bits_do_not_depend_on_the_ranks(void)
{
    double coefficient[MOST];
    pa_error err = {0};
    const pa_logit_options options = with_l2(1);
    draw_book();
    CU_ASSERT_EQUAL(fit_book(&all, &options, true, coefficient, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(bits_of(coefficient, MOST), 0x6dee055bcba06d60u);
}

static void test_rows_in_another_order_change_nothing(void)
{
    double coefficient[MOST], again[MOST];
    pa_error err = {0};
    const pa_logit_options options = with_l2(1);
    draw_book();
    CU_ASSERT_EQUAL(fit_book(&all, &options, true, coefficient, NULL, &err), PA_OK);
    for (size_t r = 0; r < ROWS / 2; r++) {
        size_t other = ROWS - 1 - r;
        for (size_t c = 0; c < COLUMNS; c++) {
            float v = all.value[c][r];
            all.value[c][r] = all.value[c][other];
            all.value[c][other] = v;
        }
        uint8_t label = all.label[r];
        float weight = all.weight[r];
        all.label[r] = all.label[other];
        all.weight[r] = all.weight[other];
        all.label[other] = label;
        all.weight[other] = weight;
    }
    CU_ASSERT_EQUAL(fit_book(&all, &options, true, again, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(memcmp(coefficient, again, sizeof again), 0);
}

static void test_a_weight_counts_as_so_many_rows(void)
{
    double coefficient[MOST], again[MOST];
    pa_logit_end end, end_again;
    pa_error err = {0};
    const pa_logit_options options = with_l2(1);
    draw_book();
    for (size_t r = 0; r < ROWS; r++) all.weight[r] = r < ROWS / 2 ? 2 : 0;
    CU_ASSERT_EQUAL(fit_book(&all, &options, true, coefficient, &end, &err), PA_OK);
    for (size_t r = 0; r < ROWS / 2; r++) {
        for (size_t c = 0; c < COLUMNS; c++) all.value[c][ROWS / 2 + r] = all.value[c][r];
        all.label[ROWS / 2 + r] = all.label[r];
    }
    CU_ASSERT_EQUAL(fit_book(&all, &options, false, again, &end_again, &err), PA_OK);
    CU_ASSERT_DOUBLE_EQUAL(end.objective, end_again.objective, 1e-11);
    for (size_t j = 0; j < MOST; j++)
        CU_ASSERT_DOUBLE_EQUAL(coefficient[j], again[j], 1e-9 * (1 + fabs(again[j])));
}

static void test_separable_rows_are_held_by_l2(void)
{
    draw_book();
    for (size_t r = 0; r < ROWS; r++) all.label[r] = all.value[0][r] > 0.5f;
    check_against_twin(&all, false, 1);
    check_against_twin(&all, false, 1e-4);
    /* Without it there is no end, and a fit stops as it is told to. */
    double coefficient[MOST];
    pa_logit_end end;
    pa_error err = {0};
    pa_logit_options options = with_l2(0);
    options.max_iterations = 12;
    CU_ASSERT_EQUAL(fit_book(&all, &options, false, coefficient, &end, &err), PA_OK);
    CU_ASSERT(!end.converged && end.iterations == 12);
    for (size_t j = 0; j < MOST; j++) CU_ASSERT(isfinite(coefficient[j]));
    CU_ASSERT(coefficient[1] > 10);
}

static void test_columns_that_say_nothing_new_get_nothing(void)
{
    double coefficient[MOST];
    pa_logit_end end;
    pa_error err = {0};
    const pa_logit_options free_ones = with_l2(0), held = with_l2(1);
    draw_book();
    for (size_t r = 0; r < ROWS; r++) {
        all.value[2][r] = 7; /* as the intercept */
        all.value[3][r] = 0;
        all.value[4][r] = 2 * all.value[0][r];
    }
    CU_ASSERT_EQUAL(fit_book(&all, &free_ones, false, coefficient, &end, &err), PA_OK);
    CU_ASSERT(end.converged);
    CU_ASSERT_EQUAL(coefficient[3], 0);
    CU_ASSERT_EQUAL(coefficient[4], 0);
    CU_ASSERT_EQUAL(coefficient[5], 0);
    /* With l2 they share: the least of squares. */
    CU_ASSERT_EQUAL(fit_book(&all, &held, false, coefficient, &end, &err), PA_OK);
    CU_ASSERT(end.converged);
    CU_ASSERT_DOUBLE_EQUAL(coefficient[5], 2 * coefficient[1], 1e-9);
    CU_ASSERT_EQUAL(coefficient[4], 0);
    check_against_twin(&all, false, 1);
}

static void test_values_of_any_size(void)
{
    double coefficient[MOST];
    pa_logit_end end;
    pa_error err = {0};
    const pa_logit_options options = with_l2(0);
    draw_book();
    for (size_t r = 0; r < ROWS; r++) {
        all.value[3][r] = (float)(1e38 * bell(3, r) / 6);
        all.value[4][r] = (float)(1e-38 * bell(4, r));
    }
    CU_ASSERT_EQUAL(fit_book(&all, &options, false, coefficient, &end, &err), PA_OK);
    CU_ASSERT(end.converged);
    check_against_twin(&all, false, 0);
}

/* The best of all choices of columns that are left out, by the twin. */
static wide best_non_negative(double l2)
{
    wide best = INFINITY, at[MOST];
    for (unsigned set = 0; set < 1u << COLUMNS; set++) {
        book some = {.n = ROWS};
        bool good = true;
        memcpy(some.label, all.label, sizeof some.label);
        for (size_t c = 0; c < COLUMNS; c++)
            if (set >> c & 1) memcpy(some.value[some.n_columns++], all.value[c], sizeof *all.value);
        wide objective = slow_fit(&some, false, l2, at);
        for (size_t j = 1; j <= some.n_columns; j++) good = good && at[j] >= 0;
        if (good && objective < best) best = objective;
    }
    return best;
}

static void test_no_coefficient_below_zero(void)
{
    double coefficient[MOST];
    pa_logit_end end;
    pa_error err = {0};
    pa_logit_options options = with_l2(1);
    options.non_negative = true;
    draw_book();
    for (size_t c = 0; c < COLUMNS; c++) /* alike, so that holding one moves others */
        for (size_t r = 0; r < ROWS; r++)
            all.value[c][r] = (float)(bell(c, r) + (c == 4 ? -1.5 : 0.5) * bell(20, r));
    for (size_t r = 0; r < ROWS; r++)
        all.label[r] = uniform(90, r) < 1 / (1 + exp(2 - bell(0, r) + bell(1, r)));
    all.n = 400;
    CU_ASSERT_EQUAL(fit_book(&all, &options, false, coefficient, &end, &err), PA_OK);
    CU_ASSERT(end.converged && end.iterations < 40);
    bool one_is_zero = false, one_is_not = false;
    for (size_t j = 1; j < MOST; j++) {
        CU_ASSERT(coefficient[j] >= 0);
        if (coefficient[j] == 0) one_is_zero = true;
        if (coefficient[j] > 0) one_is_not = true;
    }
    CU_ASSERT(one_is_zero && one_is_not);
    all.n = ROWS;
    CU_ASSERT_EQUAL(fit_book(&all, &options, false, coefficient, &end, &err), PA_OK);
    if (pa_comm_size(pa_test_comm()) == 1) {
        wide best = best_non_negative(1);
        CU_ASSERT_DOUBLE_EQUAL(end.objective, (double)best, 1e-10 * (double)best);
    }
}

static void take_book(void *source, size_t first, size_t n, float value[])
{
    const book *b = source;
    int rank = pa_comm_rank(pa_test_comm()), n_ranks = pa_comm_size(pa_test_comm());
    for (size_t c = 0; c < b->n_columns; c++)
        memcpy(value + c * PA_LOGIT_BLOCK, b->value[c] + first_row(b->n, rank, n_ranks) + first,
               n * sizeof *value);
}

static void test_columns_may_be_made_on_the_way(void)
{
    double coefficient[MOST], again[MOST];
    pa_logit_end end;
    pa_error err = {0};
    pa_logit_options options = with_l2(1);
    draw_book();
    int rank = pa_comm_rank(pa_test_comm()), n_ranks = pa_comm_size(pa_test_comm());
    size_t first = first_row(ROWS, rank, n_ranks);
    const pa_logit_rows rows = {.n = first_row(ROWS, rank + 1, n_ranks) - first,
                                .n_columns = COLUMNS,
                                .take = take_book,
                                .source = &all,
                                .label = all.label + first};
    CU_ASSERT_EQUAL(fit_book(&all, &options, false, coefficient, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_logit_fit(pa_test_comm(), &options, &rows, again, NULL, &err), PA_OK);
    CU_ASSERT_EQUAL(memcmp(coefficient, again, sizeof again), 0);
    /* Who goes on from the end is there. */
    options.goes_on = true;
    CU_ASSERT_EQUAL(pa_logit_fit(pa_test_comm(), &options, &rows, again, &end, &err), PA_OK);
    CU_ASSERT(end.converged && end.iterations <= 1);
    for (size_t j = 0; j < MOST; j++)
        CU_ASSERT_DOUBLE_EQUAL(coefficient[j], again[j], 1e-9 * (1 + fabs(again[j])));
}

/* What is said on all ranks. */
static void check_refused(const char *message)
{
    double coefficient[MOST];
    pa_error err = {0};
    const pa_logit_options options = with_l2(1);
    CU_ASSERT_EQUAL(fit_book(&all, &options, true, coefficient, NULL, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, message);
}

static void test_rows_that_nothing_is_learned_from(void)
{
    draw_book();
    for (size_t r = 0; r < ROWS; r++) all.label[r] = 0;
    check_refused("logistic regression: no row to learn from is a fraud");
    for (size_t r = 0; r < ROWS; r++) all.label[r] = 1;
    check_refused("logistic regression: no row to learn from is genuine");
    draw_book();
    for (size_t r = 0; r < ROWS; r++)
        if (!all.label[r]) all.weight[r] = 0;
    check_refused("logistic regression: no row to learn from is genuine");
    all.n = 0;
    check_refused("logistic regression: no row to learn from is a fraud");
    draw_book();
    all.value[2][700] = NAN;
    check_refused("logistic regression: column 3 has a value nan");
    all.value[1][700] = -INFINITY;
    check_refused("logistic regression: column 2 has a value inf");
    all.weight[900] = -1;
    all.value[1][700] = all.value[2][700] = 0;
    check_refused("logistic regression: a weight is -1");
}

static void test_odds_and_loss_are_those_of_the_fit(void)
{
    static double odds[ROWS];
    const float *column[COLUMNS];
    double coefficient[MOST], sum = 0, loss;
    pa_logit_end end;
    pa_error err = {0};
    const pa_logit_options options = with_l2(0);
    draw_book();
    CU_ASSERT_EQUAL(fit_book(&all, &options, false, coefficient, &end, &err), PA_OK);
    for (size_t c = 0; c < COLUMNS; c++) column[c] = all.value[c];
    pa_logit_rows rows = {.n = ROWS, .n_columns = COLUMNS, .column = column, .label = all.label};
    CU_ASSERT_EQUAL(pa_logit_odds(&rows, coefficient, odds, &err), PA_OK);
    for (size_t r = 0; r < ROWS; r++) sum += log1p(exp(all.label[r] ? -odds[r] : odds[r]));
    CU_ASSERT_DOUBLE_EQUAL(sum, end.objective, 1e-9);
    if (pa_comm_rank(pa_test_comm()) > 0) rows.n = 0;
    CU_ASSERT_EQUAL(pa_logit_loss(pa_test_comm(), &rows, coefficient, &loss, &err), PA_OK);
    CU_ASSERT_DOUBLE_EQUAL(loss, sum, 1e-9);
}

static pa_status third_says_no(void *count)
{
    return ++*(int *)count == 3 ? PA_E_AGAIN : PA_OK;
}

static void test_a_fit_ends_where_a_step_says_so(void)
{
    double coefficient[MOST];
    int count = 0;
    pa_error err = {0};
    pa_logit_options options = with_l2(1);
    options.step = third_says_no;
    options.job = &count;
    draw_book();
    CU_ASSERT_EQUAL(fit_book(&all, &options, false, coefficient, NULL, &err), PA_E_AGAIN);
    CU_ASSERT_EQUAL(count, 3);
}

static const pa_test tests[] = {
    {"coefficients are those of the slow twin", test_coefficients_are_those_of_the_slow_twin},
    {"bits do not depend on the ranks", test_bits_do_not_depend_on_the_ranks},
    {"rows in another order change nothing", test_rows_in_another_order_change_nothing},
    {"a weight counts as so many rows", test_a_weight_counts_as_so_many_rows},
    {"separable rows are held by l2", test_separable_rows_are_held_by_l2},
    {"columns that say nothing new get nothing", test_columns_that_say_nothing_new_get_nothing},
    {"values of any size", test_values_of_any_size},
    {"no coefficient below zero", test_no_coefficient_below_zero},
    {"columns may be made on the way", test_columns_may_be_made_on_the_way},
    {"rows that nothing is learned from", test_rows_that_nothing_is_learned_from},
    {"odds and loss are those of the fit", test_odds_and_loss_are_those_of_the_fit},
    {"a fit ends where a step says so", test_a_fit_ends_where_a_step_says_so},
};
PA_MPI_TEST_MAIN("logit", tests)

/* Intervals of accounts drawn anew, beside a twin that looks at every pair of rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audit_book.h"
#include "mpi_test.h"
#include "paraudit/evaluate/bootstrap.h"
#include "paraudit/evaluate/evaluate.h"

enum {
    DAY = 86400,
    K = 4,
    SEED = 11,
    REPLICATES = 43,
    N_DAYS = BOOK_AUDIT_UNTIL - BOOK_AUDIT_FROM
};

static uint64_t key_of(int32_t account)
{
    return (uint64_t)account * 0x9e3779b97f4a7c15u;
}

static uint8_t alerted(size_t row)
{
    return pa_audit_book()->margin[row] >= 40;
}

static void evaluate(book_cut cut, int64_t replicates, pa_evaluation *e)
{
    const audit_book *b = pa_audit_book();
    const pa_evaluation_options options = {.plan = {.history_from = 0,
                                                    .train_from = BOOK_TRAIN_FROM * DAY,
                                                    .train_until = BOOK_TRAIN_UNTIL * DAY,
                                                    .audit_from = BOOK_AUDIT_FROM * DAY,
                                                    .audit_until = BOOK_AUDIT_UNTIL * DAY,
                                                    .label_delay = BOOK_DELAY * DAY,
                                                    .as_of = 40 * DAY},
                                           .k = K,
                                           .curve_points = 12,
                                           .replicates = replicates,
                                           .seed = SEED};
    book_slice s = pa_slice_book(pa_test_comm(), cut);
    static uint8_t alert[BOOK_ROWS];
    static uint64_t key[BOOK_ACCOUNTS];
    pa_error err = {0};
    for (size_t i = 0; i < s.n; i++) alert[i] = alerted(s.first + i);
    for (int32_t i = 0; i < s.n_accounts; i++) key[i] = key_of(s.first_account + i);
    const pa_evaluation_input in = {.n = s.n,
                                    .time = b->time + s.first,
                                    .tx = b->tx + s.first,
                                    .account = b->account + s.first,
                                    .account_key = key,
                                    .first_account = s.first_account,
                                    .n_accounts = (size_t)s.n_accounts,
                                    .amount = b->amount + s.first,
                                    .margin = b->margin + s.first,
                                    .alert = alert,
                                    .label = b->label + s.first};
    CU_ASSERT_EQUAL(pa_evaluate(pa_test_comm(), &in, &options, e, &err), PA_OK);
}

/* ---- the slow twin ---- */

typedef struct {
    size_t n;
    size_t row[BOOK_ROWS]; /* judged */
    bool top[BOOK_ROWS];
    int n_top;
} judged_rows;

static bool same_day(size_t a, size_t b)
{
    const int64_t *time = pa_audit_book()->time;
    return time[a] / DAY == time[b] / DAY;
}

static void choose(judged_rows *j)
{
    const audit_book *b = pa_audit_book();
    memset(j, 0, sizeof *j);
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        int64_t day = b->time[i] / DAY;
        if (day < BOOK_AUDIT_FROM || day >= BOOK_AUDIT_UNTIL || b->label[i] < 0) continue;
        j->row[j->n++] = i;
    }
    for (size_t i = 0; i < j->n; i++) {
        int before = 0;
        for (size_t k = 0; k < j->n; k++)
            before +=
                same_day(j->row[i], j->row[k]) && pa_compare_book_rows(j->row[k], j->row[i]) < 0;
        j->top[i] = before < K;
        j->n_top += j->top[i];
    }
}

typedef struct {
    double auroc, average_precision, precision, recall, at_k;
} figures;

static double weight_of(const judged_rows *j, size_t i, int replicate)
{
    uint8_t weight[PA_BLOCK];
    uint64_t key = key_of(pa_audit_book()->account[j->row[i]]);
    pa_bootstrap_weights(SEED, key, (uint64_t)(replicate / PA_BLOCK), weight);
    return weight[replicate % PA_BLOCK];
}

static figures slow_replicate(const judged_rows *j, int replicate)
{
    const audit_book *b = pa_audit_book();
    static double w[BOOK_ROWS];
    double frauds = 0, others = 0, won = 0, precision = 0, n[4] = {0};
    for (size_t i = 0; i < j->n; i++) w[i] = weight_of(j, i, replicate);
    for (size_t i = 0; i < j->n; i++) {
        size_t row = j->row[i];
        double at = 0, right = 0, fraud = b->label[row];
        frauds += w[i] * fraud;
        others += w[i] * (1 - fraud);
        n[0] += w[i] * alerted(row);
        n[1] += w[i] * alerted(row) * fraud;
        n[2] += w[i] * j->top[i];
        n[3] += w[i] * j->top[i] * fraud;
        if (fraud == 0 || w[i] == 0) continue;
        for (size_t k = 0; k < j->n; k++) {
            double above = b->margin[j->row[k]] - b->margin[row];
            if (!b->label[j->row[k]]) won += w[i] * w[k] * (above < 0 ? 1 : above == 0 ? 0.5 : 0);
            at += above >= 0 ? w[k] : 0;
            right += above >= 0 && b->label[j->row[k]] ? w[k] : 0;
        }
        precision += w[i] * right / at;
    }
    return (figures){won / frauds / others, precision / frauds, n[1] / n[0], n[1] / frauds,
                     n[3] / n[2] * j->n_top / (K * N_DAYS)};
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Every fortieth at either end is left out: of 43 replicates one. */
static void compare(double value[REPLICATES], double low, double high)
{
    qsort(value, REPLICATES, sizeof *value, ascending);
    CU_ASSERT_DOUBLE_EQUAL(low, value[1], 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(high, value[REPLICATES - 2], 1e-12);
    CU_ASSERT(low < high);
}

static void test_intervals_equal_the_slow_twin(void)
{
    static judged_rows j;
    static double value[5][REPLICATES];
    choose(&j);
    for (int r = 0; r < REPLICATES; r++) {
        figures f = slow_replicate(&j, r);
        value[0][r] = f.auroc;
        value[1][r] = f.average_precision;
        value[2][r] = f.precision;
        value[3][r] = f.recall;
        value[4][r] = f.at_k;
    }
    for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
        pa_evaluation e;
        evaluate((book_cut)cut, REPLICATES, &e);
        const pa_evaluation_summary *low = &e.low, *high = &e.high, *s = &e.summary;
        compare(value[0], low->auroc, high->auroc);
        compare(value[1], low->average_precision, high->average_precision);
        compare(value[2], low->precision, high->precision);
        compare(value[3], low->recall, high->recall);
        compare(value[4], low->precision_at_k, high->precision_at_k);
        CU_ASSERT(low->auroc < s->auroc && s->auroc < high->auroc);
        CU_ASSERT(low->precision < s->precision && s->precision < high->precision);
        pa_evaluation_free(&e);
    }
}

/* The same bits at 1 to 4 ranks; the slow twin above vouches for the figures. */
static void test_bits_do_not_depend_on_the_ranks(void)
{
    pa_evaluation e;
    evaluate(BOOK_ON_LAST, 200, &e);
    CU_ASSERT_EQUAL(e.low.average_precision, 0.23491424106012079);
    CU_ASSERT_EQUAL(e.high.auroc, 0.96450617283950613);
    pa_evaluation_free(&e);
}

static void test_without_replicates_there_is_none(void)
{
    pa_evaluation e;
    evaluate(BOOK_EVEN, 0, &e);
    CU_ASSERT(isnan(e.low.auroc) && isnan(e.high.auroc) && isnan(e.low.precision_at_k));
    CU_ASSERT(!isnan(e.summary.auroc));
    pa_evaluation_free(&e);
}

static const pa_test tests[] = {
    {"intervals equal the slow twin", test_intervals_equal_the_slow_twin},
    {"bits do not depend on the ranks", test_bits_do_not_depend_on_the_ranks},
    {"without replicates there is none", test_without_replicates_there_is_none},
};
PA_MPI_TEST_MAIN("intervals", tests)

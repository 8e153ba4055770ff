/* The frauds of each kind, beside a twin that looks at every pair of rows. */
#include <math.h>
#include <string.h>

#include "evaluated_book.h"
#include "mpi_test.h"

enum { N_KINDS = 5, UNUSED = 3 }; /* no fraud is of the kind UNUSED */

static const char names[N_KINDS][4] = {"ab", "b", "card", "d", "e"}; /* the third fills its place */

/* Genuine rows have kinds as well, which say nothing. */
static int32_t kind_of(size_t row)
{
    int32_t kind = (int32_t)(row * 7 % (N_KINDS + 1)) - 1;
    return kind == UNUSED && pa_audit_book()->label[row] == 1 ? 0 : kind;
}

static uint8_t alerted(size_t row)
{
    return pa_audit_book()->margin[row] >= 40;
}

static pa_status evaluate(book_cut cut, const int32_t kind[], pa_evaluation *e, pa_error *err)
{
    const pa_evaluation_options options = pa_book_evaluation();
    book_slice s = pa_slice_book(pa_test_comm(), cut);
    static uint8_t alert[BOOK_ROWS];
    for (size_t i = 0; i < s.n; i++) alert[i] = alerted(s.first + i);
    pa_evaluation_input in = pa_book_input(s, alert);
    in.kind = kind ? kind + s.first : NULL;
    in.n_kinds = N_KINDS;
    in.kind_names = names[0];
    in.kind_width = sizeof names[0];
    return pa_evaluate(pa_test_comm(), &in, &options, e, err);
}

/* ---- the slow twin ---- */

static bool is_of(size_t row, int32_t kind)
{
    return pa_book_is_judged(row) && pa_audit_book()->label[row] == 1 && kind_of(row) == kind;
}

/* The mean over the kind's frauds of the precision down to them. */
static double slow_average_precision(int32_t kind)
{
    const audit_book *b = pa_audit_book();
    double sum = 0, n = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        if (!is_of(i, kind)) continue;
        double right = 0, at = 0;
        for (size_t k = 0; k < BOOK_ROWS; k++) {
            if (!pa_book_is_judged(k) || b->margin[k] < b->margin[i]) continue;
            right += is_of(k, kind);
            at += is_of(k, kind) || b->label[k] == 0;
        }
        sum += right / at;
        n++;
    }
    return sum / n;
}

static void compare(const pa_evaluation_kind *k)
{
    int64_t frauds = 0, right = 0;
    for (size_t i = 0; i < BOOK_ROWS; i++) {
        frauds += is_of(i, k->kind);
        right += is_of(i, k->kind) && alerted(i);
    }
    CU_ASSERT(frauds > 0);
    CU_ASSERT_EQUAL(k->frauds, frauds);
    CU_ASSERT_EQUAL(k->alerts_on_frauds, right);
    CU_ASSERT_EQUAL(k->recall, (double)right / (double)frauds);
    CU_ASSERT_DOUBLE_EQUAL(k->average_precision, slow_average_precision(k->kind), 1e-13);
    CU_ASSERT_EQUAL(strncmp(k->name, k->kind < 0 ? "" : names[k->kind], sizeof names[0]), 0);
    CU_ASSERT(strlen(k->name) <= sizeof names[0]);
}

/* Episodes of a kind, from the list that other tests vouch for: its leads over all of them. */
static void compare_episodes(const pa_evaluation *e, const pa_evaluation_kind *k)
{
    const audit_book *b = pa_audit_book();
    int64_t n[3] = {0, 0, 0};
    for (size_t i = 0; i < e->n_episodes; i++) {
        size_t first = 0;
        while (b->tx[first] != e->episodes[i].tx) first++;
        if (kind_of(first) != k->kind) continue;
        n[0]++;
        if (isnan(e->episodes[i].lead_hours)) continue;
        n[1]++;
        n[2] += (int64_t)(e->episodes[i].lead_hours * 3600 + 0.5);
    }
    pa_sum_i64(pa_test_comm(), n, 3);
    CU_ASSERT_EQUAL(k->episodes, n[0]);
    CU_ASSERT_EQUAL(k->episodes_detected, n[1]);
    CU_ASSERT_DOUBLE_EQUAL(k->lead_hours_mean_all, (double)n[2] / 3600 / (double)n[0], 1e-9);
}

/* ---- tests ---- */

static const int32_t *all_kinds(void)
{
    static int32_t kind[BOOK_ROWS];
    for (size_t i = 0; i < BOOK_ROWS; i++) kind[i] = kind_of(i);
    return kind;
}

static void test_kinds_equal_the_slow_twin(void)
{
    for (int cut = 0; cut < N_BOOK_CUTS; cut++) {
        pa_evaluation e;
        pa_error err = {0};
        int64_t frauds = 0, right = 0;
        CU_ASSERT_EQUAL_FATAL(evaluate((book_cut)cut, all_kinds(), &e, &err), PA_OK);
        CU_ASSERT_EQUAL_FATAL(e.n_kinds, N_KINDS); /* -1 stands for UNUSED */
        for (size_t i = 0; i < e.n_kinds; i++) {
            CU_ASSERT(e.kinds[i].kind != UNUSED);
            compare(e.kinds + i);
            compare_episodes(&e, e.kinds + i);
            frauds += e.kinds[i].frauds;
            right += e.kinds[i].alerts_on_frauds;
        }
        CU_ASSERT_EQUAL(e.kinds[N_KINDS - 1].kind, -1);
        CU_ASSERT_EQUAL(frauds, e.summary.frauds);
        CU_ASSERT_EQUAL(right, e.summary.alerts_on_frauds);
        pa_evaluation_free(&e);
    }
}

/* The same bits at 1 to 4 ranks; the slow twin above vouches for the figures. */
static void test_bits_do_not_depend_on_the_ranks(void)
{
    pa_evaluation e;
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(evaluate(BOOK_ON_LAST, all_kinds(), &e, &err), PA_OK);
    CU_ASSERT_EQUAL(e.kinds[0].average_precision, 0.21420437923139843);
    CU_ASSERT_EQUAL(e.kinds[0].lead_hours_mean_all, 96.053703703703704);
    pa_evaluation_free(&e);
}

static void test_a_book_without_kinds_has_none(void)
{
    pa_evaluation e;
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(evaluate(BOOK_EVEN, NULL, &e, &err), PA_OK);
    CU_ASSERT_EQUAL(e.n_kinds, 0);
    pa_evaluation_free(&e);
}

static void test_a_kind_that_is_none_is_an_error_everywhere(void)
{
    static int32_t kind[BOOK_ROWS];
    kind[BOOK_ROWS / 2] = N_KINDS;
    pa_evaluation e;
    pa_error err = {0};
    CU_ASSERT_EQUAL(evaluate(BOOK_EVEN, kind, &e, &err), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "value of 'kind'"));
}

static const pa_test tests[] = {
    {"kinds equal the slow twin", test_kinds_equal_the_slow_twin},
    {"bits do not depend on the ranks", test_bits_do_not_depend_on_the_ranks},
    {"a book without kinds has none", test_a_book_without_kinds_has_none},
    {"a kind that is none is an error everywhere", test_a_kind_that_is_none_is_an_error_everywhere},
};
PA_MPI_TEST_MAIN("by_kind", tests)

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/generate/portfolio.h"
#include "unit.h"

enum { DAYS = 120, DAY = 86400 };

typedef struct {
    size_t n, frauds, outside;
    uint64_t *tx;
    size_t of_kind[PA_N_FRAUD_KINDS];
} book;

/* All rows of a small portfolio. */
static book whole_book(uint64_t seed, pa_generated_row rows[], uint64_t tx[])
{
    pa_portfolio p = pa_portfolio_of_rows(seed, 100000, DAYS, 0);
    book b = {.tx = tx};
    for (int64_t a = 0; a < p.n_accounts; a++) {
        size_t n = pa_generate_account(&p, a, rows);
        for (size_t i = 0; i < n; i++) {
            const pa_generated_row *r = rows + i;
            tx[b.n++] = (uint64_t)r->tx;
            b.of_kind[r->kind]++;
            b.frauds += r->kind != PA_GENUINE;
            b.outside += r->time < 0 || r->time >= (int64_t)DAYS * DAY || r->merchant < 0 ||
                         r->merchant >= p.n_merchants || r->amount_minor <= 0;
        }
    }
    return b;
}

static pa_generated_row rows[DAYS * PA_MAX_ROWS_A_DAY];
static uint64_t tx[200000];
static uint32_t order[200000];

static void test_portfolio_has_about_the_rows_asked_for(void)
{
    book b = whole_book(1, rows, tx);
    CU_ASSERT(b.n > 97000 && b.n < 103000);
    CU_ASSERT_EQUAL(b.outside, 0);
}

static void test_transaction_ids_are_distinct(void)
{
    pa_error err = {0};
    book b = whole_book(1, rows, tx);
    CU_ASSERT_EQUAL(pa_sort_u64(b.n, tx, order, &err), PA_OK);
    size_t equal = 0;
    for (size_t i = 1; i < b.n; i++) equal += tx[order[i]] == tx[order[i - 1]];
    CU_ASSERT_EQUAL(equal, 0);
}

static void test_every_kind_of_fraud_is_there_and_all_are_rare(void)
{
    book b = whole_book(1, rows, tx);
    for (int k = 0; k < PA_N_FRAUD_KINDS; k++) CU_ASSERT(b.of_kind[k] > 10);
    CU_ASSERT(b.frauds > b.n / 1000 && b.frauds < b.n / 200);
}

static void test_account_does_not_depend_on_those_before_it(void)
{
    static pa_generated_row again[DAYS * PA_MAX_ROWS_A_DAY];
    pa_portfolio p = pa_portfolio_of_rows(1, 100000, DAYS, 0);
    size_t n = pa_generate_account(&p, 77, rows);
    pa_generate_account(&p, 5, again);
    CU_ASSERT_EQUAL(pa_generate_account(&p, 77, again), n);
    size_t differ = 0;
    for (size_t i = 0; i < n; i++) {
        differ += rows[i].tx != again[i].tx || rows[i].time != again[i].time ||
                  rows[i].amount_minor != again[i].amount_minor;
    }
    CU_ASSERT_EQUAL(differ, 0);
}

static void test_another_seed_gives_another_portfolio(void)
{
    book one = whole_book(1, rows, tx);
    uint64_t first = tx[one.n / 2];
    book two = whole_book(2, rows, tx);
    CU_ASSERT(one.n != two.n || first != tx[two.n / 2]);
}

static const pa_test tests[] = {
    {"portfolio has about the rows asked for", test_portfolio_has_about_the_rows_asked_for},
    {"transaction ids are distinct", test_transaction_ids_are_distinct},
    {"every kind of fraud is there and all are rare",
     test_every_kind_of_fraud_is_there_and_all_are_rare},
    {"account does not depend on those before it", test_account_does_not_depend_on_those_before_it},
    {"another seed gives another portfolio", test_another_seed_gives_another_portfolio},
};
PA_TEST_MAIN("portfolio", tests)

#include "paraudit/patterns/company.h"

#include <stdlib.h>
#include <string.h>

#include "drawn_rows.h"
#include "unit.h"

enum { KIND = 2 };

static drawn_rows r;
static int64_t accounts_with[MOST_MERCHANTS][MOST_MERCHANTS], n_accounts;
static size_t history; /* an account's first so many rows */

static size_t place_in_account(size_t i)
{
    size_t place = 0;
    while (place < i && r.account[i - place - 1] == r.account[i]) place++;
    return place;
}

static bool is_counted(size_t i, int32_t merchant);

/* Every account is looked at for every two merchants. */
static bool has(int32_t account, int32_t merchant)
{
    for (size_t i = 0; i < r.n; i++)
        if (r.account[i] == account) return is_counted(i, merchant);
    return false;
}

static void count_slowly(int n_of, int n_merchants)
{
    memset(accounts_with, 0, sizeof accounts_with);
    n_accounts = 0;
    for (int32_t a = 0; a < n_of; a++) {
        bool any = false;
        for (int32_t m = 0; m < n_merchants; m++) {
            if (!has(a, m)) continue;
            any = true;
            for (int32_t o = 0; o < n_merchants; o++) accounts_with[m][o] += has(a, o);
        }
        n_accounts += any;
    }
}

typedef struct {
    float mean, max, none, lift;
} told;

/* Different merchants before row i, the last used first. */
static size_t others_before(size_t i, int32_t other[])
{
    size_t n = 0;
    for (size_t k = i; k-- > 0 && r.account[k] == r.account[i] && n < PA_COMPANY_OTHERS;) {
        bool seen = r.merchant[k] < 0 || r.merchant[k] == r.merchant[i];
        for (size_t j = 0; j < n; j++) seen = seen || other[j] == r.merchant[k];
        if (!seen) other[n++] = r.merchant[k];
    }
    return n;
}

/* So many merchants of the account, those of its history that it used last. */
static size_t most;

static bool is_counted(size_t i, int32_t merchant)
{
    size_t begin = i - place_in_account(i), end = begin, later = 0;
    bool seen[MOST_MERCHANTS] = {0};
    while (end < r.n && r.account[end] == r.account[i] && end - begin < history) end++;
    for (size_t k = end; k-- > begin;) {
        if (r.merchant[k] < 0 || seen[r.merchant[k]]) continue;
        if (r.merchant[k] == merchant) return later < most;
        seen[r.merchant[k]] = true;
        later++;
    }
    return false;
}

static bool is_habit(size_t i, int32_t merchant)
{
    for (size_t k = i - place_in_account(i); k < i; k++)
        if (r.merchant[k] == merchant) return r.time[i] - r.time[k] >= PA_COMPANY_AGE;
    return false;
}

/* Accounts with both: others by their history, the account of row i by its habits. */
static double with_both(size_t i, int32_t a, int32_t b)
{
    return (double)(accounts_with[a][b] - (is_counted(i, a) && is_counted(i, b)) +
                    (is_habit(i, a) && is_habit(i, b)));
}

static told tell_slowly(size_t i)
{
    int32_t other[PA_COMPANY_OTHERS], m = r.merchant[i];
    size_t n = m < 0 ? 0 : others_before(i, other), none = 0;
    double sum = 0, max = 0, lift = 0;
    if (n == 0) return (told){1, 1, 0, 1};
    for (size_t k = 0; k < n; k++) {
        double both = with_both(i, m, other[k]);
        double of = with_both(i, other[k], other[k]);
        sum += both / (of + 2);
        if (both / (of + 2) > max) max = both / (of + 2);
        none += both == 0;
        double share = with_both(i, m, m) / (double)(n_accounts ? n_accounts : 1);
        lift += (both + .5) / (share * of + .5);
    }
    return (told){(float)(sum / (double)n), (float)max, (float)((double)none / (double)n),
                  (float)(lift / (double)n)};
}

static void count_history(pa_pair_list *pairs, int64_t *n, int64_t *n_cut)
{
    int32_t account[MOST_ROWS], merchant[MOST_ROWS];
    size_t kept = 0;
    for (size_t i = 0; i < r.n; i++) {
        if (place_in_account(i) >= history) continue;
        account[kept] = r.account[i];
        merchant[kept++] = r.merchant[i];
    }
    CU_ASSERT_EQUAL(pa_company_count(KIND, kept, account, merchant, most, pairs, n, n_cut, NULL),
                    PA_OK);
}

static uint32_t count_of(const pa_pair_list *pairs, uint64_t key)
{
    for (size_t i = 0; i < pairs->pair.n; i++)
        if (pairs->pair.key[i] == key) return pairs->count[i];
    return 0;
}

/* Of tiles of so many rows. */
static void check_rows(size_t tile, const pa_pair_list *pairs, int64_t n)
{
    pa_company *c;
    float mean[MOST_ROWS], max[MOST_ROWS], none[MOST_ROWS], lift[MOST_ROWS];
    bool counted[MOST_ROWS], wanted[MOST_ROWS];
    for (size_t i = 0; i < r.n; i++) {
        counted[i] = place_in_account(i) < history;
        wanted[i] = !counted[i];
        mean[i] = -9;
    }
    CU_ASSERT_EQUAL_FATAL(pa_company_open(KIND, most, &c, NULL), PA_OK);
    for (size_t at = 0; at < r.n; at += tile) {
        const pa_pair_questions *q;
        const pa_company_columns out = {mean + at, max + at, none + at, lift + at};
        size_t here = r.n - at < tile ? r.n - at : tile;
        const pa_company_rows rows = {here,        r.account + at, r.merchant + at,
                                      r.time + at, counted + at,   wanted + at};
        CU_ASSERT_EQUAL_FATAL(pa_company_ask(c, &rows, &q, NULL), PA_OK);
        uint32_t *count = calloc(q->n + 1, sizeof *count);
        for (size_t k = 0; k < q->n; k++) count[k] = count_of(pairs, q->key[k]);
        pa_company_tell(c, count, n, &out);
        free(count);
    }
    for (size_t i = 0; i < r.n; i++) {
        told t = tell_slowly(i);
        int32_t other[PA_COMPANY_OTHERS];
        CU_ASSERT_EQUAL(pa_company_others(r.account, r.merchant, i),
                        r.merchant[i] < 0 ? 0 : others_before(i, other));
        if (!wanted[i]) {
            CU_ASSERT_EQUAL(mean[i], -9);
            continue;
        }
        CU_ASSERT_EQUAL(mean[i], t.mean);
        CU_ASSERT_EQUAL(max[i], t.max);
        CU_ASSERT_EQUAL(none[i], t.none);
        CU_ASSERT_EQUAL(lift[i], t.lift);
    }
    pa_company_close(c);
}

static void test_rows_equal_the_naive_twin(void)
{
    static const struct {
        size_t rows, history;
        int accounts, merchants;
        size_t most;
    } book[] = {{300, 12, 12, 9, 1000}, {700, 60, 7, 60, 1000}, {40, 1, 40, 4, 1000},
                {200, 0, 9, 5, 1000},   {400, 30, 6, 20, 4},    {400, 25, 9, 12, 7},
                {700, 90, 5, 60, 13},   {500, 200, 2, 40, 1},   {700, 300, 2, 60, 39}};
    uint32_t state = 11;
    for (size_t b = 0; b < sizeof book / sizeof *book; b++) {
        pa_pair_list pairs = {0};
        int64_t n, n_cut;
        history = book[b].history;
        most = book[b].most;
        draw_rows(&state, book[b].rows, book[b].accounts, book[b].merchants, &r);
        count_slowly(book[b].accounts, book[b].merchants);
        count_history(&pairs, &n, &n_cut);
        CU_ASSERT_EQUAL(n, n_accounts);
        CU_ASSERT_EQUAL(n_cut > 0, most < 1000);
        check_rows(r.n, &pairs, n);
        check_rows(37, &pairs, n);
        check_rows(1, &pairs, n);
        pa_pair_list_free(&pairs);
    }
}

/*  0 uses 1 2 3 2 (1 is used longest ago), 1 uses 3 1 */
static void test_merchants_used_last_count_where_there_are_too_many(void)
{
    const int32_t account[] = {0, 0, 0, 0, 1, 1}, merchant[] = {1, 2, 3, 2, 3, 1};
    pa_pair_list pairs = {0};
    int64_t n, n_cut;
    CU_ASSERT_EQUAL(pa_company_count(KIND, 6, account, merchant, 2, &pairs, &n, &n_cut, NULL),
                    PA_OK);
    CU_ASSERT_EQUAL(n, 2);
    CU_ASSERT_EQUAL(n_cut, 1);
    CU_ASSERT_EQUAL(count_of(&pairs, pa_pair_key(KIND, 2, 3)), 1);
    CU_ASSERT_EQUAL(count_of(&pairs, pa_pair_key(KIND, 1, 2)), 0);
    CU_ASSERT_EQUAL(count_of(&pairs, pa_pair_key(KIND, 1, 3)), 1);
    CU_ASSERT_EQUAL(count_of(&pairs, pa_pair_key(KIND, 3, 3)), 2);
    CU_ASSERT_EQUAL(count_of(&pairs, pa_pair_key(KIND, 1, 1)), 1);
    pa_pair_list_free(&pairs);
}

static const pa_test tests[] = {
    {"rows equal the naive twin", test_rows_equal_the_naive_twin},
    {"merchants used last count where there are too many",
     test_merchants_used_last_count_where_there_are_too_many},
};
PA_TEST_MAIN("company", tests)

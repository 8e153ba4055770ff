/* What holds for every row and every account, and how the book is made up. */
#include <math.h>
#include <string.h>

#include "book.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/sort.h"
#include "unit.h"

enum { DAY = 86400, MOST_VALUE = 1 << 19 };

static double share(size_t part, size_t whole)
{
    return (double)part / (double)whole;
}

static void test_portfolio_has_about_the_rows_asked_for(void)
{
    for (uint64_t seed = 1; seed <= 2; seed++) {
        double n = (double)pa_book_of(seed)->n;
        CU_ASSERT(n > .97 * PA_BOOK_ROWS && n < 1.03 * PA_BOOK_ROWS);
    }
}

static void test_every_row_is_well_formed(void)
{
    const pa_book *b = pa_book_of(1);
    const pa_portfolio *p = pa_world_portfolio(b->world);
    size_t bad = 0;
    for (size_t i = 0; i < b->n; i++) {
        const pa_generated_row *r = b->rows + i;
        bool placed = r->merchant_lat != PA_NO_PLACE;
        bool at_till = r->channel != PA_CHANNEL_ONLINE && r->channel != PA_CHANNEL_RECURRING;
        bad += r->time < p->start || r->time >= p->start + (int64_t)PA_BOOK_DAYS * DAY ||
               r->merchant < 0 || r->merchant >= pa_world_merchants(b->world) ||
               r->amount_minor <= 0 || r->category >= PA_N_CATEGORIES ||
               r->channel >= PA_N_CHANNELS || r->country >= PA_N_COUNTRIES ||
               r->kind >= PA_N_FRAUD_KINDS || placed != at_till ||
               placed != (r->merchant_lon != PA_NO_PLACE);
    }
    CU_ASSERT_EQUAL(bad, 0);
}

static void test_rows_of_an_account_ascend_in_time_and_tx_and_ids_are_distinct(void)
{
    const pa_book *b = pa_book_of(1);
    size_t back = 0, not_above = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        for (size_t i = b->first[a] + 1; i < b->first[a + 1]; i++) {
            back += b->rows[i].time < b->rows[i - 1].time;
        }
    }
    for (size_t i = 1; i < b->n; i++) not_above += b->rows[i].tx <= b->rows[i - 1].tx;
    CU_ASSERT_EQUAL(back, 0);
    CU_ASSERT_EQUAL(not_above, 0);
}

static bool same_row(const pa_generated_row *a, const pa_generated_row *b)
{
    return a->tx == b->tx && a->merchant == b->merchant && a->time == b->time &&
           a->amount_minor == b->amount_minor && a->home_lat == b->home_lat &&
           a->merchant_lat == b->merchant_lat && a->merchant_lon == b->merchant_lon &&
           a->channel == b->channel && a->country == b->country && a->kind == b->kind &&
           a->label_time == b->label_time;
}

static void test_account_does_not_depend_on_those_before_it(void)
{
    static pa_generated_row again[PA_BOOK_DAYS * PA_MAX_ROWS_A_DAY];
    const pa_book *b = pa_book_of(1);
    size_t differ = 0;
    for (size_t a = b->n_accounts; a-- > 0;) {
        size_t n = pa_generate_account(b->world, (int64_t)a, again);
        differ += n != b->first[a + 1] - b->first[a];
        for (size_t i = 0; i < n; i++) differ += !same_row(again + i, b->rows + b->first[a] + i);
    }
    CU_ASSERT_EQUAL(differ, 0);
}

static void test_another_seed_gives_another_portfolio(void)
{
    pa_generated_row one = pa_book_of(1)->rows[1000];
    CU_ASSERT(!same_row(&one, pa_book_of(2)->rows + 1000));
}

/* --- accounts --- */

static void test_accounts_go_from_very_sparse_to_busy(void)
{
    const pa_book *b = pa_book_of(1);
    const double months = PA_BOOK_DAYS / 30.4375;
    size_t under_1 = 0, under_5 = 0, over_60 = 0, most = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        size_t n = b->first[a + 1] - b->first[a];
        under_1 += (double)n < months;
        under_5 += (double)n < 5 * months;
        over_60 += (double)n > 60 * months;
        if (n > most) most = n;
    }
    CU_ASSERT(share(under_5, b->n_accounts) > .40);
    CU_ASSERT(share(under_1, b->n_accounts) > .10);
    CU_ASSERT(share(over_60, b->n_accounts) > .02);
    CU_ASSERT(most > 3 * PA_BOOK_DAYS);
}

static int day_of_row(const pa_book *b, size_t i)
{
    return (int)((b->rows[i].time - pa_world_portfolio(b->world)->start) / DAY);
}

static void test_some_accounts_open_close_or_pause_inside_the_period(void)
{
    const pa_book *b = pa_book_of(1);
    size_t regular = 0, late = 0, early = 0, paused = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        size_t from = b->first[a], until = b->first[a + 1];
        if (until - from < 60) continue;
        int gap = 0;
        for (size_t i = from + 1; i < until; i++) {
            int days = day_of_row(b, i) - day_of_row(b, i - 1);
            if (days > gap) gap = days;
        }
        regular++;
        late += day_of_row(b, from) > 30;
        early += day_of_row(b, until - 1) < 90;
        paused += gap > 10;
    }
    CU_ASSERT(share(late, regular) > .01 && share(late, regular) < .2);
    CU_ASSERT(share(early, regular) > .01 && share(early, regular) < .2);
    CU_ASSERT(share(paused, regular) > .03);
}

/* Variance over mean of the counts a week: Poisson's is 1. */
static void test_counts_vary_more_than_poisson(void)
{
    const pa_book *b = pa_book_of(1);
    size_t busy = 0, uneven = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        double count[PA_BOOK_DAYS] = {0}, mean = 0, variance = 0;
        size_t n = b->first[a + 1] - b->first[a];
        if (n < PA_BOOK_DAYS) continue;
        for (size_t i = b->first[a]; i < b->first[a + 1]; i++) count[day_of_row(b, i)]++;
        mean = (double)n / PA_BOOK_DAYS;
        for (int d = 0; d < PA_BOOK_DAYS; d++) variance += (count[d] - mean) * (count[d] - mean);
        busy++;
        uneven += variance / PA_BOOK_DAYS > 1.2 * mean;
    }
    CU_ASSERT(share(uneven, busy) > .9);
}

/* --- places --- */

static double distance_km(const pa_generated_row *a, const pa_generated_row *b)
{
    const double turn = 3.141592653589793 / 180 / 10000;
    double lat1 = a->merchant_lat * turn, lat2 = b->merchant_lat * turn;
    double north = sin((lat2 - lat1) / 2),
           east = sin((b->merchant_lon - a->merchant_lon) * turn / 2);
    return 12742 * asin(sqrt(north * north + cos(lat1) * cos(lat2) * east * east));
}

static void test_nobody_is_in_two_places(void)
{
    const pa_book *b = pa_book_of(1);
    size_t flights = 0, jumps = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        const pa_generated_row *last = NULL;
        for (size_t i = b->first[a]; i < b->first[a + 1]; i++) {
            const pa_generated_row *r = b->rows + i;
            if (r->kind != PA_GENUINE || r->merchant_lat == PA_NO_PLACE) continue;
            if (last) {
                double km = distance_km(last, r), hours = (double)(r->time - last->time) / 3600;
                flights += km > 1 && km > 400 * hours;
                jumps += hours < 24 && km > 1 && km > 120 * hours;
            }
            last = r;
        }
    }
    CU_ASSERT_EQUAL(flights, 0);
    CU_ASSERT_EQUAL(jumps, 0);
}

static void test_some_rows_are_abroad_and_most_are_near_home(void)
{
    const pa_book *b = pa_book_of(1);
    size_t located = 0, abroad = 0, near = 0;
    for (size_t i = 0; i < b->n; i++) {
        const pa_generated_row *r = b->rows + i;
        if (r->merchant_lat == PA_NO_PLACE || r->kind != PA_GENUINE) continue;
        pa_generated_row home = {.merchant_lat = r->home_lat, .merchant_lon = r->home_lon};
        located++;
        abroad += r->country != 0;
        near += distance_km(&home, r) < 20;
    }
    CU_ASSERT(share(abroad, located) > .01 && share(abroad, located) < .10);
    CU_ASSERT(share(near, located) > .9);
}

/* --- merchants --- */

static uint64_t *rows_by_merchant(const pa_book *b)
{
    pa_error err = {0};
    uint64_t *count = NULL;
    PA_ASSERT(PA_NEW(count, (size_t)pa_world_merchants(b->world), &err) == PA_OK);
    for (size_t i = 0; i < b->n; i++) count[b->rows[i].merchant]++;
    return count;
}

static void test_one_merchant_is_a_giant_and_popularity_is_steep(void)
{
    pa_error err = {0};
    const pa_book *b = pa_book_of(1);
    size_t n = (size_t)pa_world_merchants(b->world), met = 0;
    uint64_t *count = rows_by_merchant(b), top = 0;
    uint32_t *order = NULL;
    PA_ASSERT(PA_NEW(order, n, &err) == PA_OK);
    PA_ASSERT(pa_sort_u64(n, count, order, &err) == PA_OK);
    for (size_t i = 0; i < n; i++) {
        met += count[order[i]] > 0;
        if (i >= n - n / 10) top += count[order[i]];
    }
    CU_ASSERT(share((size_t)count[order[n - 1]], b->n) > .03);
    CU_ASSERT(share((size_t)count[order[n - 2]], b->n) < .03);
    CU_ASSERT(share((size_t)top, b->n) > .4);
    CU_ASSERT(share(met, n) > .9);
    pa_free(order);
    pa_free(count);
}

static void test_every_category_and_channel_is_used(void)
{
    const pa_book *b = pa_book_of(1);
    size_t category[PA_N_CATEGORIES] = {0}, channel[PA_N_CHANNELS] = {0};
    for (size_t i = 0; i < b->n; i++) {
        category[b->rows[i].category]++;
        channel[b->rows[i].channel]++;
    }
    for (int c = 0; c < PA_N_CATEGORIES; c++) {
        CU_ASSERT(share(category[c], b->n) > .0005 && share(category[c], b->n) < .3);
    }
    for (int c = 0; c < PA_N_CHANNELS; c++) CU_ASSERT(share(channel[c], b->n) > .02);
}

/* --- fraud --- */

static void test_every_kind_of_fraud_is_there_and_all_are_rare(void)
{
    for (uint64_t seed = 1; seed <= 2; seed++) {
        const pa_book *b = pa_book_of(seed);
        size_t of_kind[PA_N_FRAUD_KINDS] = {0};
        for (size_t i = 0; i < b->n; i++) of_kind[b->rows[i].kind]++;
        double fraud = 1 - share(of_kind[PA_GENUINE], b->n);
        CU_ASSERT(fraud > .001 && fraud < .005);
        for (int k = 1; k < PA_N_FRAUD_KINDS; k++) CU_ASSERT(share(of_kind[k], b->n) > .0003);
    }
}

/* Chance that a fraud of the kind has a larger value than a genuine row, ties by half;
 * values from MOST_VALUE on count as equal. value: of each row. */
static double auroc_of(const pa_book *b, const uint64_t value[], int kind)
{
    static double genuine[MOST_VALUE], fraud[MOST_VALUE];
    memset(genuine, 0, sizeof genuine);
    memset(fraud, 0, sizeof fraud);
    double n_genuine = 0, n_fraud = 0, below = 0, pairs = 0;
    for (size_t i = 0; i < b->n; i++) {
        size_t v = value[i] < MOST_VALUE ? (size_t)value[i] : MOST_VALUE - 1;
        if (b->rows[i].kind == PA_GENUINE) {
            genuine[v]++;
            n_genuine++;
        } else if (b->rows[i].kind == kind) {
            fraud[v]++;
            n_fraud++;
        }
    }
    for (size_t v = 0; v < MOST_VALUE; v++) {
        pairs += fraud[v] * (below + genuine[v] / 2);
        below += genuine[v];
    }
    return pairs / n_genuine / n_fraud;
}

static uint64_t *room_for_rows(const pa_book *b)
{
    pa_error err = {0};
    uint64_t *value = NULL;
    PA_ASSERT(PA_NEW(value, b->n, &err) == PA_OK);
    return value;
}

static void test_amount_alone_gives_away_large_amounts_only(void)
{
    for (uint64_t seed = 1; seed <= 2; seed++) {
        const pa_book *b = pa_book_of(seed);
        uint64_t *cents = room_for_rows(b);
        for (size_t i = 0; i < b->n; i++) cents[i] = (uint64_t)b->rows[i].amount_minor;
        CU_ASSERT(auroc_of(b, cents, PA_FRAUD_LARGE_AMOUNT) > .8);
        double tests = auroc_of(b, cents, PA_FRAUD_TESTING);
        CU_ASSERT(tests > .2 && tests < .35);
        static const int hidden[] = {PA_FRAUD_MERCHANT, PA_FRAUD_LEAKED_CARD, PA_FRAUD_TAKEOVER,
                                     PA_FRAUD_RING};
        for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
            double auroc = auroc_of(b, cents, hidden[i]);
            CU_ASSERT(auroc > .35 && auroc < .65);
        }
        pa_free(cents);
    }
}

/* Thieves are where genuine rows lie: neither quiet accounts nor small merchants are theirs. */
static void test_sizes_of_account_and_merchant_give_nothing_away(void)
{
    for (uint64_t seed = 1; seed <= 2; seed++) {
        const pa_book *b = pa_book_of(seed);
        uint64_t *of_account = room_for_rows(b), *of_merchant = room_for_rows(b);
        uint64_t *count = rows_by_merchant(b);
        for (size_t a = 0; a < b->n_accounts; a++) {
            for (size_t i = b->first[a]; i < b->first[a + 1]; i++) {
                of_account[i] = b->first[a + 1] - b->first[a];
                of_merchant[i] = count[b->rows[i].merchant];
            }
        }
        for (int k = 1; k < PA_N_FRAUD_KINDS; k++) {
            double account = auroc_of(b, of_account, k), merchant = auroc_of(b, of_merchant, k);
            CU_ASSERT(account > .35 && account < .65);
            CU_ASSERT(merchant > .35 && merchant < .65);
        }
        pa_free(count);
        pa_free(of_merchant);
        pa_free(of_account);
    }
}

/* --- when the bank knows --- */

static void test_the_bank_learns_of_frauds_days_to_weeks_later(void)
{
    const pa_book *b = pa_book_of(1);
    size_t told = 0, early = 0, late = 0, n[PA_N_FRAUD_KINDS] = {0},
           overdue[PA_N_FRAUD_KINDS] = {0};
    for (size_t i = 0; i < b->n; i++) {
        const pa_generated_row *r = b->rows + i;
        told += r->kind == PA_GENUINE && r->label_time != INT64_MIN;
        if (r->kind == PA_GENUINE) continue;
        n[r->kind]++;
        overdue[r->kind] += r->label_time > r->time + (int64_t)7 * DAY;
        early += r->label_time <= r->time;
        late += r->label_time > r->time + (int64_t)58 * DAY;
    }
    CU_ASSERT_EQUAL(told, 0);
    CU_ASSERT_EQUAL(early, 0);
    CU_ASSERT_EQUAL(late, 0);
    CU_ASSERT_EQUAL(overdue[PA_FRAUD_RING], n[PA_FRAUD_RING]);
    for (int k = 1; k < PA_FRAUD_RING; k++) {
        CU_ASSERT(share(overdue[k], n[k]) > .1 && share(overdue[k], n[k]) < .9);
    }
}

static const pa_test tests[] = {
    {"portfolio has about the rows asked for", test_portfolio_has_about_the_rows_asked_for},
    {"every row is well formed", test_every_row_is_well_formed},
    {"rows of an account ascend in time and tx and ids are distinct",
     test_rows_of_an_account_ascend_in_time_and_tx_and_ids_are_distinct},
    {"account does not depend on those before it", test_account_does_not_depend_on_those_before_it},
    {"accounts go from very sparse to busy", test_accounts_go_from_very_sparse_to_busy},
    {"some accounts open, close or pause inside the period",
     test_some_accounts_open_close_or_pause_inside_the_period},
    {"counts vary more than Poisson", test_counts_vary_more_than_poisson},
    {"nobody is in two places", test_nobody_is_in_two_places},
    {"some rows are abroad and most are near home",
     test_some_rows_are_abroad_and_most_are_near_home},
    {"one merchant is a giant and popularity is steep",
     test_one_merchant_is_a_giant_and_popularity_is_steep},
    {"every category and channel is used", test_every_category_and_channel_is_used},
    {"every kind of fraud is there and all are rare",
     test_every_kind_of_fraud_is_there_and_all_are_rare},
    {"amount alone gives away large amounts only", test_amount_alone_gives_away_large_amounts_only},
    {"sizes of account and merchant give nothing away",
     test_sizes_of_account_and_merchant_give_nothing_away},
    {"the bank learns of frauds days to weeks later",
     test_the_bank_learns_of_frauds_days_to_weeks_later},
    {"another seed gives another portfolio", test_another_seed_gives_another_portfolio},
};

int main(void)
{
    int failed = pa_run_tests("portfolio", tests, sizeof tests / sizeof *tests);
    pa_book_free();
    return failed;
}

/* What later stages are to find: habits, rhythms, baskets, and what thieves do. */
#include <string.h>

#include "book.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "unit.h"

enum { DAY = 86400 };

static int category_named(const char *name)
{
    for (int c = 0; c < PA_N_CATEGORIES; c++) {
        if (strcmp(pa_category_names[c], name) == 0) return c;
    }
    PA_ASSERT(!"a category of that name");
    return -1;
}

static double share(size_t part, size_t whole)
{
    return (double)part / (double)whole;
}

static void test_days_weeks_and_hours_have_their_rhythm(void)
{
    const pa_book *b = pa_book_of(1);
    int bakery = category_named("bakery"), restaurant = category_named("restaurant");
    size_t weekday[7] = {0}, hour[24] = {0}, baked = 0, baked_early = 0, dined = 0, dined_late = 0;
    for (size_t i = 0; i < b->n; i++) {
        const pa_generated_row *r = b->rows + i;
        int h = pa_hour_of(r->time);
        if (r->channel == PA_CHANNEL_RECURRING) continue;
        weekday[pa_weekday_of(r->time)]++;
        hour[h]++;
        baked += r->category == bakery;
        baked_early += r->category == bakery && h < 12;
        dined += r->category == restaurant;
        dined_late += r->category == restaurant && h >= 17;
    }
    CU_ASSERT(weekday[4] > weekday[1] && weekday[5] > weekday[1] && weekday[6] < weekday[1]);
    CU_ASSERT(hour[3] * 20 < hour[12] && hour[23] * 2 < hour[18]);
    CU_ASSERT(share(baked_early, baked) > .4);
    CU_ASSERT(share(dined_late, dined) > .4);
}

/* Every second account is paid from the 25th to the 28th, one in eight on the
 * 15th: the days behind the 28th must be busier than those before the 25th. */
static void test_spending_rises_after_paydays(void)
{
    const pa_book *b = pa_book_of(1);
    size_t behind = 0, before = 0;
    for (size_t i = 0; i < b->n; i++) {
        int64_t year;
        int month, day;
        pa_civil_from_days(pa_day_of(b->rows[i].time), &year, &month, &day);
        if (b->rows[i].channel == PA_CHANNEL_RECURRING || month == 4) continue;
        behind += day == 28 || day == 29;
        before += day >= 20 && day <= 24;
    }
    /* January to March have each of these days three times. */
    CU_ASSERT((double)behind / 6 > 1.08 * (double)before / 15);
}

static void test_bills_recur_monthly_with_one_amount(void)
{
    const pa_book *b = pa_book_of(1);
    size_t pairs = 0, equal = 0, a_month = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        for (size_t i = b->first[a]; i < b->first[a + 1]; i++) {
            const pa_generated_row *r = b->rows + i, *next = r + 1;
            if (r->channel != PA_CHANNEL_RECURRING) continue;
            const pa_generated_row *end = b->rows + b->first[a + 1];
            while (next < end &&
                   (next->channel != PA_CHANNEL_RECURRING || next->merchant != r->merchant)) {
                next++;
            }
            if (next == end) continue;
            int64_t days = pa_day_of(next->time) - pa_day_of(r->time);
            pairs++;
            equal += next->amount_minor == r->amount_minor;
            a_month += days >= 28 && days <= 31;
        }
    }
    CU_ASSERT(pairs > b->n / 50);
    CU_ASSERT(share(equal, pairs) > .95);
    CU_ASSERT(share(a_month, pairs) > .95);
}

static void test_health_and_pharmacy_go_together(void)
{
    const pa_book *b = pa_book_of(1);
    int health = category_named("health"), pharmacy = category_named("pharmacy");
    size_t visits = 0, followed = 0, all = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        for (size_t i = b->first[a]; i + 1 < b->first[a + 1]; i++) {
            const pa_generated_row *r = b->rows + i;
            all += r->category == pharmacy;
            if (r->category != health) continue;
            visits++;
            followed += r[1].category == pharmacy && r[1].time - r->time < 3600;
        }
    }
    CU_ASSERT(share(followed, visits) > .5);
    CU_ASSERT(share(followed, visits) > 10 * share(all, b->n));
}

/* Two rows of one trip: within the hour, next to each other. */
static void test_shops_of_a_trip_are_the_same_ones_again(void)
{
    const pa_book *b = pa_book_of(1);
    int grocery = category_named("grocery"), bakery = category_named("bakery");
    size_t pairs = 0, again = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        int64_t last[2] = {-1, -1};
        for (size_t i = b->first[a]; i + 1 < b->first[a + 1]; i++) {
            const pa_generated_row *r = b->rows + i;
            if (r->category != grocery || r[1].category != bakery || r[1].time - r->time > 3600) {
                continue;
            }
            if (last[0] >= 0) {
                pairs++;
                again += last[0] == r->merchant && last[1] == r[1].merchant;
            }
            last[0] = r->merchant;
            last[1] = r[1].merchant;
        }
    }
    CU_ASSERT(pairs > 1000);
    CU_ASSERT(share(again, pairs) > .5);
}

static void test_gardens_are_for_spring_and_sales_for_january(void)
{
    const pa_book *b = pa_book_of(1);
    int garden = category_named("home_garden"), clothing = category_named("clothing");
    size_t rows[12] = {0}, garden_rows[12] = {0}, clothing_rows[12] = {0};
    for (size_t i = 0; i < b->n; i++) {
        int64_t year;
        int month, day;
        pa_civil_from_days(pa_day_of(b->rows[i].time), &year, &month, &day);
        rows[month - 1]++;
        garden_rows[month - 1] += b->rows[i].category == garden;
        clothing_rows[month - 1] += b->rows[i].category == clothing;
    }
    CU_ASSERT(share(garden_rows[3], rows[3]) > 1.5 * share(garden_rows[1], rows[1]));
    CU_ASSERT(share(clothing_rows[0], rows[0]) > 1.2 * share(clothing_rows[1], rows[1]));
}

/* The merchant of a category that an account used most in [from, until). */
static int64_t most_used(const pa_book *b, size_t a, int category, int64_t from, int64_t until,
                         size_t *n, size_t *n_most)
{
    int64_t best = -1;
    *n = *n_most = 0;
    for (size_t i = b->first[a]; i < b->first[a + 1]; i++) {
        const pa_generated_row *r = b->rows + i;
        if (r->category != category || r->time < from || r->time >= until) continue;
        size_t count = 0;
        for (size_t j = b->first[a]; j < b->first[a + 1]; j++) {
            const pa_generated_row *s = b->rows + j;
            count += s->merchant == r->merchant && s->time >= from && s->time < until;
        }
        (*n)++;
        if (count > *n_most) {
            *n_most = count;
            best = r->merchant;
        }
    }
    return best;
}

static void test_accounts_have_favourites_and_change_some_of_them(void)
{
    const pa_book *b = pa_book_of(1);
    int grocery = category_named("grocery");
    int64_t start = pa_world_portfolio(b->world)->start, end = start + (int64_t)PA_BOOK_DAYS * DAY;
    size_t judged = 0, loyal = 0, changed = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        size_t n[2], most[2];
        int64_t early = most_used(b, a, grocery, start, start + (int64_t)40 * DAY, n, most);
        int64_t late = most_used(b, a, grocery, end - (int64_t)40 * DAY, end, n + 1, most + 1);
        if (n[0] < 8 || n[1] < 8) continue;
        judged++;
        loyal += 2 * most[0] > n[0];
        changed += early != late;
    }
    CU_ASSERT(judged > 100);
    CU_ASSERT(share(loyal, judged) > .6);
    CU_ASSERT(share(changed, judged) > .15 && share(changed, judged) < .85);
}

/* --- thieves --- */

static void test_copied_cards_were_at_the_merchant_days_before(void)
{
    const pa_book *b = pa_book_of(1);
    size_t frauds = 0, visited = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        for (size_t i = b->first[a]; i < b->first[a + 1]; i++) {
            const pa_generated_row *r = b->rows + i;
            if (r->kind != PA_FRAUD_MERCHANT) continue;
            size_t j = i;
            while (j > b->first[a] &&
                   (b->rows[j - 1].kind != PA_GENUINE || b->rows[j - 1].merchant != r->merchant)) {
                j--;
            }
            frauds++;
            visited += j > b->first[a] && r->time - b->rows[j - 1].time < (int64_t)8 * DAY;
        }
    }
    CU_ASSERT(frauds > 100);
    CU_ASSERT_EQUAL(visited, frauds);
}

typedef struct {
    size_t merchants, accounts, genuine;
} meeting;

/* Merchants with frauds of the kind, the accounts that meet there (an account
 * counts at each), and genuine rows there. */
static meeting meeting_of(const pa_book *b, int kind)
{
    pa_error err = {0};
    meeting m = {0};
    struct {
        size_t accounts, genuine, last;
    } *at = NULL;
    size_t n = (size_t)pa_world_merchants(b->world);
    PA_ASSERT((at = pa_alloc(n, sizeof *at, &err)) != NULL);
    for (size_t a = 0; a < b->n_accounts; a++) {
        for (size_t i = b->first[a]; i < b->first[a + 1]; i++) {
            const pa_generated_row *r = b->rows + i;
            at[r->merchant].genuine += r->kind == PA_GENUINE;
            if (r->kind != kind || at[r->merchant].last == a + 1) continue;
            at[r->merchant].last = a + 1;
            at[r->merchant].accounts++;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (at[i].accounts == 0) continue;
        m.merchants++;
        m.accounts += at[i].accounts;
        m.genuine += at[i].genuine;
    }
    pa_free(at);
    return m;
}

static void test_rings_meet_at_merchants_like_any_other(void)
{
    const pa_book *b = pa_book_of(1);
    meeting ring = meeting_of(b, PA_FRAUD_RING);
    CU_ASSERT(share(ring.accounts, ring.merchants) > 3);
    CU_ASSERT(share(ring.genuine, ring.merchants) >
              share(b->n, (size_t)pa_world_merchants(b->world)));
}

/* Lives are planned in cells of 64 days: the book has two. */
static void test_rings_are_others_in_each_cell(void)
{
    const pa_book *b = pa_book_of(1);
    int64_t second = pa_world_portfolio(b->world)->start + (int64_t)64 * DAY;
    size_t members = 0, recur = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        bool in[2] = {false, false};
        for (size_t i = b->first[a]; i < b->first[a + 1]; i++) {
            if (b->rows[i].kind == PA_FRAUD_RING) in[b->rows[i].time >= second] = true;
        }
        members += in[0] || in[1];
        recur += in[0] && in[1];
    }
    CU_ASSERT(members > 80);
    CU_ASSERT(share(recur, members) <= .1);
}

static void test_many_accounts_meet_at_a_compromised_merchant(void)
{
    meeting m = meeting_of(pa_book_of(1), PA_FRAUD_MERCHANT);
    CU_ASSERT(share(m.accounts, m.merchants) > 2);
}

/* A test is what an account has of the kind on a day. */
static void test_card_tests_are_a_few_small_amounts_of_a_day(void)
{
    const pa_book *b = pa_book_of(1);
    size_t tests = 0, alone = 0, followed = 0, many = 0, close = 0, at_till = 0, small = 0;
    int64_t day = -1, last = 0;
    size_t of_test = 0;
    for (size_t i = 0; i < b->n; i++) {
        const pa_generated_row *r = b->rows + i;
        if (r->kind != PA_FRAUD_TESTING) continue;
        bool begins = pa_day_of(r->time) != day || r->time < last;
        of_test = begins ? 1 : of_test + 1;
        tests += begins;
        alone += begins;
        alone -= of_test == 2;
        many += of_test > 6;
        close += !begins && r->amount_minor < 1000 && r->time - last < 120;
        followed += r->amount_minor >= 1000;
        small += r->amount_minor < 1000;
        at_till += r->amount_minor < 1000 && r->merchant_lat != PA_NO_PLACE;
        day = pa_day_of(r->time);
        last = r->time;
    }
    CU_ASSERT(tests > 80);
    CU_ASSERT(share(alone, tests) > .1 && share(alone, tests) < .5);
    CU_ASSERT(share(followed, tests) > .2 && share(followed, tests) < .6);
    CU_ASSERT(share(at_till, small) > .35 && share(at_till, small) < .65);
    CU_ASSERT_EQUAL(many, 0);
    CU_ASSERT_EQUAL(close, 0);
}

/* The rows of a spell are found out together: a leak's of at most four days. */
static void test_a_leak_is_found_out_at_once(void)
{
    const pa_book *b = pa_book_of(1);
    size_t pairs = 0, together = 0;
    for (size_t a = 0; a < b->n_accounts; a++) {
        const pa_generated_row *last = NULL;
        for (size_t i = b->first[a]; i < b->first[a + 1]; i++) {
            const pa_generated_row *r = b->rows + i;
            if (r->kind != PA_FRAUD_LEAKED_CARD) continue;
            if (last && r->time - last->time < (int64_t)4 * DAY) {
                pairs++;
                together += r->label_time == last->label_time;
            }
            last = r;
        }
    }
    CU_ASSERT(pairs > 100);
    CU_ASSERT(share(together, pairs) > .98);
}

static void test_takeovers_and_leaks_use_other_merchants(void)
{
    const pa_book *b = pa_book_of(1);
    size_t n[PA_N_FRAUD_KINDS] = {0}, known[PA_N_FRAUD_KINDS] = {0};
    for (size_t a = 0; a < b->n_accounts; a++) {
        for (size_t i = b->first[a]; i < b->first[a + 1]; i++) {
            const pa_generated_row *r = b->rows + i;
            bool met = false;
            for (size_t j = b->first[a]; j < i && !met; j++) {
                met = b->rows[j].kind == PA_GENUINE && b->rows[j].merchant == r->merchant;
            }
            n[r->kind]++;
            known[r->kind] += met;
        }
    }
    CU_ASSERT(share(known[PA_GENUINE], n[PA_GENUINE]) > .5);
    CU_ASSERT(share(known[PA_FRAUD_TAKEOVER], n[PA_FRAUD_TAKEOVER]) < .15);
    CU_ASSERT(share(known[PA_FRAUD_LEAKED_CARD], n[PA_FRAUD_LEAKED_CARD]) < .15);
    CU_ASSERT(share(known[PA_FRAUD_RING], n[PA_FRAUD_RING]) < .15);
}

static const pa_test tests[] = {
    {"days, weeks and hours have their rhythm", test_days_weeks_and_hours_have_their_rhythm},
    {"spending rises after paydays", test_spending_rises_after_paydays},
    {"bills recur monthly with one amount", test_bills_recur_monthly_with_one_amount},
    {"health and pharmacy go together", test_health_and_pharmacy_go_together},
    {"shops of a trip are the same ones again", test_shops_of_a_trip_are_the_same_ones_again},
    {"gardens are for spring and sales for January",
     test_gardens_are_for_spring_and_sales_for_january},
    {"accounts have favourites and change some of them",
     test_accounts_have_favourites_and_change_some_of_them},
    {"copied cards were at the merchant days before",
     test_copied_cards_were_at_the_merchant_days_before},
    {"rings meet at merchants like any other", test_rings_meet_at_merchants_like_any_other},
    {"rings are others in each cell", test_rings_are_others_in_each_cell},
    {"many accounts meet at a compromised merchant",
     test_many_accounts_meet_at_a_compromised_merchant},
    {"card tests are a few small amounts of a day",
     test_card_tests_are_a_few_small_amounts_of_a_day},
    {"a leak is found out at once", test_a_leak_is_found_out_at_once},
    {"takeovers and leaks use other merchants", test_takeovers_and_leaks_use_other_merchants},
};

int main(void)
{
    int failed = pa_run_tests("habits_of_accounts", tests, sizeof tests / sizeof *tests);
    pa_book_free();
    return failed;
}

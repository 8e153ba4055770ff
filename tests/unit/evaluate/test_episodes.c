#include <stdbool.h>

#include "paraudit/evaluate/episodes.h"
#include "unit.h"

enum { DAY = 86400 };

/* Days as times, so that the drawings can be read. */
static pa_episode_input rows_of(size_t n, int64_t time[], const int32_t account[],
                                const double amount[], const uint8_t fraud[],
                                const uint8_t judged[], const uint8_t alert[])
{
    for (size_t i = 0; i < n; i++) time[i] *= DAY;
    return (pa_episode_input){
        .n = n,
        .account = account,
        .labels = {.time = time, .label = (const int8_t *)fraud, .delay = 7 * DAY},
        .amount = amount,
        .fraud = fraud,
        .judged = judged,
        .alert = alert,
        .gap = 14 * DAY,
        .until = 40 * DAY};
}

/*  day       0    1    2    5    9   24   30
 *  fraud     .    F    .    F    F    F    .      24 is 15 days after 9: another episode
 *  alert     A    .    A    .    .    .    .      the alert of day 0 comes too early
 *  judged    x    x    x    x    x    x    x
 *
 *  first episode: days 1 .. 9, label known on day 8, alert on day 2: 6 days ahead;
 *  caught: the fraud of day 5 (that of day 9 comes after the label); before it: that of day 1.
 *  second: label known on day 31, no alert: missed.
 */
static void test_first_alert_from_the_first_fraud_on_counts(void)
{
    int64_t time[] = {0, 1, 2, 5, 9, 24, 30};
    const int32_t account[] = {3, 3, 3, 3, 3, 3, 3};
    const double amount[] = {1, 2, 4, 8, 16, 32, 64};
    const uint8_t fraud[] = {0, 1, 0, 1, 1, 1, 0}, judged[] = {1, 1, 1, 1, 1, 1, 1};
    const uint8_t alert[] = {1, 0, 1, 0, 0, 0, 0};
    pa_episode_input in = rows_of(7, time, account, amount, fraud, judged, alert);
    pa_episode e[7];
    CU_ASSERT_EQUAL(pa_find_episodes(&in, NULL), 2);
    CU_ASSERT_EQUAL(pa_find_episodes(&in, e), 2);
    CU_ASSERT(e[0].first == 1 && e[0].last == 4 && e[0].n_frauds == 3);
    CU_ASSERT(e[0].state == PA_EPISODE_DETECTED && e[0].alert == 2 && e[0].lead == 6 * DAY);
    CU_ASSERT_EQUAL(pa_fixed_to_f64(e[0].amount, PA_AMOUNT_BITS), 26);
    CU_ASSERT_EQUAL(pa_fixed_to_f64(e[0].caught, PA_AMOUNT_BITS), 8);
    CU_ASSERT(e[0].n_before == 1 && pa_fixed_to_f64(e[0].before, PA_AMOUNT_BITS) == 2);
    CU_ASSERT(e[1].n_before == 1 && pa_fixed_to_f64(e[1].before, PA_AMOUNT_BITS) == 32);
    CU_ASSERT(e[1].first == 5 && e[1].last == 5 && e[1].state == PA_EPISODE_MISSED);
}

/*  account 1:  day 1 F A                the alerted fraud itself is caught: lead is the delay
 *  account 2:  day 1 F, day 8 . A       an alert when the label is known is too late
 *  account 3:  day 35 F                 label due on day 42, alerts end on day 40: undecided
 *  account 4:  day 33 F                 label due on day 40: missed
 *  account 5:  day 35 F, day 36 F A     found although the audit ends before the label
 */
static void test_alert_must_come_before_the_label(void)
{
    int64_t time[] = {1, 1, 8, 35, 33, 35, 36};
    const int32_t account[] = {1, 2, 2, 3, 4, 5, 5};
    const double amount[] = {1, 1, 1, 1, 1, 1, 1};
    const uint8_t fraud[] = {1, 1, 0, 1, 1, 1, 1}, judged[] = {1, 1, 1, 1, 1, 1, 1};
    const uint8_t alert[] = {1, 0, 1, 0, 0, 0, 1};
    pa_episode_input in = rows_of(7, time, account, amount, fraud, judged, alert);
    pa_episode e[7];
    CU_ASSERT_EQUAL(pa_find_episodes(&in, e), 5);
    CU_ASSERT(e[0].state == PA_EPISODE_DETECTED && e[0].lead == 7 * DAY);
    CU_ASSERT_EQUAL(e[1].state, PA_EPISODE_MISSED);
    CU_ASSERT_EQUAL(e[2].state, PA_EPISODE_CENSORED);
    CU_ASSERT_EQUAL(e[3].state, PA_EPISODE_MISSED);
    CU_ASSERT(e[4].state == PA_EPISODE_DETECTED && e[4].lead == 6 * DAY);
    CU_ASSERT_EQUAL(pa_fixed_to_f64(e[4].caught, PA_AMOUNT_BITS), 1);
}

/*  day       1    3   20
 *  fraud     F    F    F
 *  judged    .    x    x     the episode of days 1 and 3 began before the audit
 */
static void test_episode_that_began_before_is_not_reported(void)
{
    int64_t time[] = {1, 3, 20};
    const int32_t account[] = {1, 1, 1};
    const double amount[] = {1, 1, 1};
    const uint8_t fraud[] = {1, 1, 1}, judged[] = {0, 1, 1}, alert[] = {0, 1, 0};
    pa_episode_input in = rows_of(3, time, account, amount, fraud, judged, alert);
    pa_episode e[3];
    CU_ASSERT_EQUAL(pa_find_episodes(&in, e), 1);
    CU_ASSERT(e[0].first == 2 && e[0].state == PA_EPISODE_MISSED);
}

/*  account 1:  day 1 F, found on day 20; alert on day 15     lead 5 days, not 8 - 15
 *  account 2:  day 1 F, found on day 20; day 3 F, found on day 5, due on day 10:
 *              known on day 10; alert on day 9               lead 1 day
 *  account 3:  day 1 F, found on day 2, due on day 8; alert on day 8: too late
 */
static void test_a_late_label_leaves_more_time(void)
{
    int64_t time[] = {1, 15, 1, 3, 9, 1, 8};
    int64_t found[] = {20 * DAY, INT64_MIN, 20 * DAY, 5 * DAY, INT64_MIN, 2 * DAY, INT64_MIN};
    const int32_t account[] = {1, 1, 2, 2, 2, 3, 3};
    const double amount[] = {1, 1, 1, 1, 1, 1, 1};
    const uint8_t fraud[] = {1, 0, 1, 1, 0, 1, 0}, judged[] = {1, 1, 1, 1, 1, 1, 1};
    const uint8_t alert[] = {0, 1, 0, 0, 1, 0, 1};
    pa_episode_input in = rows_of(7, time, account, amount, fraud, judged, alert);
    pa_episode e[7];
    in.labels.label_time = found;
    CU_ASSERT_EQUAL(pa_find_episodes(&in, e), 3);
    CU_ASSERT(e[0].state == PA_EPISODE_DETECTED && e[0].lead == 5 * DAY);
    CU_ASSERT(e[1].state == PA_EPISODE_DETECTED && e[1].lead == 1 * DAY);
    CU_ASSERT_EQUAL(e[2].state, PA_EPISODE_MISSED);
}

/*  Training is days 4 .. 8, the delay 5 days.
 *  account 1:  day 5 F, found on day 16    known from day 17 on, though it lies in training
 *  account 2:  day 10 F, found on day 11   due on day 15: known from day 16 on
 */
static void test_an_account_is_known_when_its_label_was_found(void)
{
    enum { N = 8 };
    const int32_t account[N] = {1, 1, 1, 1, 2, 2, 2, 2};
    int64_t time[N] = {5, 15, 16, 17, 10, 14, 15, 16}, found[N];
    const uint8_t fraud[N] = {1, 0, 0, 0, 1, 0, 0, 0}, expected[N] = {0, 0, 0, 1, 0, 0, 0, 1};
    uint8_t known[N];
    for (int i = 0; i < N; i++) time[i] *= DAY, found[i] = INT64_MIN;
    found[0] = 16 * DAY;
    found[4] = 11 * DAY;
    pa_known_input in = {
        .n = N,
        .account = account,
        .labels = {.time = time, .label_time = found, .delay = 5 * DAY},
        .fraud = fraud,
        .train_from = 4 * DAY,
        .train_until = 9 * DAY,
    };
    pa_known_accounts(&in, known);
    for (int i = 0; i < N; i++) CU_ASSERT_EQUAL(known[i], expected[i]);
}

static unsigned draw(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 10;
}

/* As the book says it: had a fraud in training, or in the days after it that are
 * more than the delay before the row's day. */
static int slow_known(const pa_known_input *in, size_t row)
{
    int64_t day = in->labels.time[row] / DAY;
    for (size_t i = 0; i < in->n; i++) {
        if (in->account[i] != in->account[row] || !in->fraud[i]) continue;
        bool in_training =
            in->labels.time[i] >= in->train_from && in->labels.time[i] < in->train_until;
        bool since_known = in->labels.time[i] >= in->train_until &&
                           in->labels.time[i] / DAY < day - in->labels.delay / DAY;
        if (in_training || since_known) return 1;
    }
    return 0;
}

static void test_known_accounts_are_those_of_the_book(void)
{
    enum { N = 300 };
    int32_t account[N];
    int64_t time[N];
    uint8_t fraud[N], known[N];
    int wrong = 0, found = 0;
    for (unsigned seed = 1; seed <= 20; seed++) {
        unsigned state = seed;
        for (int i = 0; i < N; i++) {
            account[i] = i / 15;
            time[i] = (i % 15 * 2 + draw(&state) % 2) * DAY + draw(&state) % DAY;
            fraud[i] = draw(&state) % 25 == 0;
        }
        pa_known_input in = {.n = N,
                             .account = account,
                             .labels = {.time = time, .delay = 5 * DAY},
                             .fraud = fraud,
                             .train_from = 4 * DAY,
                             .train_until = 9 * DAY};
        pa_known_accounts(&in, known);
        for (size_t i = 0; i < N; i++) {
            if (time[i] < 14 * DAY) continue; /* the book's test days begin here */
            wrong += known[i] != slow_known(&in, i);
            found += known[i];
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(found > 100);
}

static const pa_test tests[] = {
    {"first alert from the first fraud on counts", test_first_alert_from_the_first_fraud_on_counts},
    {"alert must come before the label", test_alert_must_come_before_the_label},
    {"episode that began before is not reported", test_episode_that_began_before_is_not_reported},
    {"a late label leaves more time", test_a_late_label_leaves_more_time},
    {"an account is known when its label was found",
     test_an_account_is_known_when_its_label_was_found},
    {"known accounts are those of the book", test_known_accounts_are_those_of_the_book},
};
PA_TEST_MAIN("episodes", tests)

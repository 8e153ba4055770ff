/* The filter of counts on CDNOW: 23,570 customers of whom each is followed, day by day, from the
 * day after the first purchase to the end of June 1998; the filter is set by the days before the
 * first of October 1997, and judged on those from then on. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>

#include "paraudit/base/calendar.h"
#include "paraudit/forecast/count_fit.h"
#include "unit.h"

enum { CUSTOMERS = 23570, DAYS = 546, JUDGED_FROM = 273, WEEK = 7, WEDNESDAY = 2 };

typedef struct {
    int32_t first[CUSTOMERS]; /* day of the first purchase; -1: none yet */
    uint16_t count[CUSTOMERS][DAYS];
    size_t n;
} customers;

static bool read_customers(customers *c)
{
    char command[512], line[256];
    int customer, year, month, day;
    if (!pa_test_data()) return false;
    snprintf(command, sizeof command, "zstd -qdc '%s/sessions/cdnow_transactions.csv.zst'",
             pa_test_data());
    FILE *f = popen(command, "r");
    if (!f || !fgets(line, sizeof line, f)) return false;
    for (size_t i = 0; i < CUSTOMERS; i++) c->first[i] = -1;
    while (fgets(line, sizeof line, f) &&
           sscanf(line, "%d,%4d%2d%2d", &customer, &year, &month, &day) == 4) {
        int64_t at = pa_days_from_civil(year, month, day) - pa_days_from_civil(1997, 1, 1);
        if (customer < 1 || customer > CUSTOMERS || at < 0 || at >= DAYS) return false;
        int32_t *first = c->first + customer - 1;
        if (*first < 0 || at < *first) *first = (int32_t)at;
        c->count[customer - 1][at]++;
        c->n++;
    }
    return pclose(f) == 0;
}

typedef struct {
    double mean, factor[WEEK], log_likelihood;
    pa_count_prior prior;
} fitted;

/* Days before JUDGED_FROM alone. */
static void fit(const customers *c, fitted *f)
{
    static size_t first[CUSTOMERS + 1];
    static uint16_t count[CUSTOMERS * JUDGED_FROM];
    static int8_t segment[CUSTOMERS];
    static int32_t phase[CUSTOMERS], judged[CUSTOMERS];
    int64_t rows[WEEK] = {0}, days[WEEK] = {0}, n = 0;
    pa_i128 sum[PA_COUNT_GRID] = {0};
    pa_error err;
    for (size_t i = 0; i < CUSTOMERS; i++) {
        size_t at = first[i];
        phase[i] = (c->first[i] + 1 + WEDNESDAY) % WEEK;
        for (int32_t day = c->first[i] + 1; day < JUDGED_FROM; day++)
            count[at++] = c->count[i][day];
        first[i + 1] = at;
    }
    const pa_count_series s = {CUSTOMERS, first, count, segment, phase, judged, WEEK};
    pa_count_tally(&s, rows, days);
    pa_count_profile(1, WEEK, rows, days, &f->mean, f->factor);
    CU_ASSERT_EQUAL(pa_count_score(&s, 1, &f->mean, f->factor, sum, &n, &err), PA_OK);
    pa_count_choose(1, &f->mean, sum, &n, &f->prior, &f->log_likelihood);
}

static double judge(const customers *c, const pa_count_prior *p, const double factor[WEEK])
{
    double sum = 0;
    for (size_t i = 0; i < CUSTOMERS; i++) {
        pa_count_state s = pa_count_start(p);
        for (int32_t day = c->first[i] + 1; day < DAYS; day++) {
            double w = factor[(day + WEDNESDAY) % WEEK];
            if (day >= JUDGED_FROM) sum += pa_count_log_likelihood(p, &s, w, c->count[i][day]);
            pa_count_step(p, w, c->count[i][day], &s);
        }
    }
    return sum / CUSTOMERS / (DAYS - JUDGED_FROM);
}

static void test_filter_is_above_a_steady_rate_and_not_below_tsb(void)
{
    const double steady = -.01897, tsb = -.0187;
    static customers c;
    static fitted f;
    if (!read_customers(&c)) {
        printf("SKIPPED: there is no cdnow_transactions.csv.zst (set PARAUDIT_TEST_DATA) ");
        return;
    }
    CU_ASSERT_EQUAL(c.n, 69659);
    fit(&c, &f);
    double told = judge(&c, &f.prior, f.factor);
    printf("%.5f a day: strength %g, discount %g, certainty %g ", told, f.prior.strength,
           f.prior.discount, f.prior.certainty);
    CU_ASSERT_TRUE(told > steady);
    CU_ASSERT_TRUE(told >= tsb);
    CU_ASSERT_TRUE(told < -.018); /* what is better than that has seen what it judges */
}

/* The yardstick itself, from the same days: a gamma-Poisson rate for good. */
static void test_a_steady_rate_has_the_likelihood_that_is_to_be_beaten(void)
{
    static customers c;
    const pa_count_prior steady = {.certainty = 1};
    double sum = 0;
    if (!read_customers(&c)) return;
    for (size_t i = 0; i < CUSTOMERS; i++) {
        pa_count_state s = {.004655 * 75, 75};
        for (int32_t day = c.first[i] + 1; day < DAYS; day++) {
            if (day >= JUDGED_FROM) sum += pa_count_log_likelihood(&steady, &s, 1, c.count[i][day]);
            s.rows += c.count[i][day];
            s.days++;
        }
    }
    CU_ASSERT_DOUBLE_EQUAL(sum / CUSTOMERS / (DAYS - JUDGED_FROM), -.01897, 1e-5);
}

static const pa_test tests[] = {
    {"filter is above a steady rate, and not below TSB",
     test_filter_is_above_a_steady_rate_and_not_below_tsb},
    {"a steady rate has the likelihood that is to be beaten",
     test_a_steady_rate_has_the_likelihood_that_is_to_be_beaten},
};

PA_TEST_MAIN("CDNOW", tests)

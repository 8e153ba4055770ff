#include "paraudit/generate/portfolio.h"

#include "person.h"

/* Rows a trip, less what spells, closed cards and ends of days take: measured
 * over portfolios of a million rows and more. */
static const double rows_a_trip = 1.325;

pa_portfolio pa_portfolio_of_rows(uint64_t seed, int64_t n_rows, int32_t n_days, int64_t start)
{
    double a_day = pa_mean_trips_a_day() * rows_a_trip * pa_mean_day_pace(start, n_days) +
                   pa_mean_bills_a_day();
    double there = 1 - pa_newcomers(n_days) / 2; /* of the period, for newcomers and for leavers */
    double a_life = a_day * n_days * there * there;
    int64_t n_accounts = (int64_t)((double)n_rows / a_life + 0.5);
    return (pa_portfolio){.seed = seed,
                          .n_accounts = n_accounts < 1 ? 1 : n_accounts,
                          .n_merchants = n_rows / 120 + 64,
                          .n_days = n_days,
                          .start = start};
}

/* Each row of an account beside what was expected of it before the row's day: its day so far, and
 * its amount. What a day said goes into expectations and sums from the next day on. Days begin at
 * midnight, as hours do (base/calendar.h). Kernel. */
#ifndef PARAUDIT_FORECAST_ACCOUNT_FORECAST_H
#define PARAUDIT_FORECAST_ACCOUNT_FORECAST_H

#include "paraudit/forecast/amount_filter.h"
#include "paraudit/forecast/count_filter.h"
#include "paraudit/forecast/low_share.h"

enum { PA_WEEK_DAYS = 7 };

/* Arrays by segment, and by category (amount_filter.h). Borrowed. */
typedef struct {
    const pa_count_prior *count;
    const double *weekday; /* segments x PA_WEEK_DAYS, Monday first: factors of counts */
    const pa_amount_prior *amount;
    const pa_amount_category *category;
    const double *low_share; /* low_share.h */
} pa_account_model;

/* Rows of accounts, those of one together and in the order of their times. Borrowed. */
typedef struct {
    size_t n;
    const int32_t *account, *category; /* category: codes from -1 on; NULL: there are none */
    const int64_t *time, *amount_minor;
    const int8_t *segment;
    double units; /* minor ones of one of the currency */
    int64_t from; /* earlier rows are told nothing: NaN */
} pa_account_rows;

/* Of each row. An account's first row opens it and is not counted, as it had to come; of its first
 * day the others are, beside what is usual in its segment. Amounts that are not positive say
 * nothing: residual 0. */
typedef struct {
    float *expected; /* rows of the day */
    float *tail;     /* mid-P of so many rows as the day has so far, this one included */
    float *surprise; /* -log2 of that */
    float *low;      /* -log2 of the chance of a day with so many and so low amounts (below) */
    float *residual; /* of the amount */
    float *cusum[2]; /* over pa_cusum_days finished days */
} pa_account_columns;

/* A cumulative sum: the largest sum of the last innovations (count_filter.h), one half taken off
 * each, of as many finished days as there are; 0 where none is above 0. */
extern const int pa_cusum_days[2];

/* So many and so low amounts: the shares of amounts that are as low beside what is expected
 * (low_share.h) are multiplied over the rows of the day so far, this one included; the chance is
 * that of a day with so small a product (count_filter.h). Of a day the first PA_LOW_ROWS count;
 * amounts that are not positive do not. */
enum { PA_LOW_ROWS = 64 };

void pa_account_forecast(const pa_account_model *model, const pa_account_rows *rows,
                         const pa_account_columns *columns);

/* The residual of each row, in double precision; NaN of earlier rows, and of amounts that say
 * nothing. Of the model only amount and category are needed. */
void pa_account_residuals(const pa_account_model *model, const pa_account_rows *rows,
                          double residual[]);

/* The logarithm of an amount; NaN of one that is not positive. */
double pa_log_amount(int64_t amount_minor, double units);

#endif

/* What the filter of counts (count_filter.h) is to know of each segment, by maximum likelihood on
 * counts that are past: of a grid of strengths, discounts and certainties the best for one day
 * ahead. All sums are exact: series may be dealt in any way. Kernel; between the steps the sums of
 * all ranks are added. */
#ifndef PARAUDIT_FORECAST_COUNT_FIT_H
#define PARAUDIT_FORECAST_COUNT_FIT_H

#include "paraudit/base/exact.h"
#include "paraudit/base/status.h"
#include "paraudit/forecast/count_filter.h"

enum {
    PA_COUNT_STRENGTHS = 7,
    PA_COUNT_DISCOUNTS = 7,
    PA_COUNT_CERTAINTIES = 6,
    PA_COUNT_GRID = PA_COUNT_STRENGTHS * PA_COUNT_DISCOUNTS * PA_COUNT_CERTAINTIES,
    PA_COUNT_SEASON_MOST = 366
};

/* Series i has counts first[i] .. first[i + 1] - 1, one for each of its days. Borrowed. */
typedef struct {
    size_t n;
    const size_t *first; /* n + 1 */
    const uint16_t *count;
    const int8_t *segment;
    const int32_t *phase;  /* place in the season of the first count */
    const int32_t *judged; /* number in the series of the first count that is judged */
    int32_t season;
} pa_count_series;

/* 1: adds the rows and days of each segment by place in the season: segments x season. */
void pa_count_tally(const pa_count_series *series, int64_t rows[], int64_t days[]);

/* 2: the mean of each segment, and factors of the season (segments x season), leaning on those of
 * all, and those on 1, as far as rows are few. */
void pa_count_profile(size_t n_segments, int32_t season, const int64_t rows[], const int64_t days[],
                      double mean[], double factor[]);

/* 3: adds the log likelihoods of the judged days: segments x PA_COUNT_GRID, fixed point, and how
 * many days they are. PA_E_MEMORY. */
pa_status pa_count_score(const pa_count_series *series, size_t n_segments, const double mean[],
                         const double factor[], pa_i128 sum[], int64_t judged[], pa_error *err);

/* 4: the best of each segment; days of all count beside its own, as if they were a thousand.
 * log_likelihood: a day of all, with what was chosen. */
void pa_count_choose(size_t n_segments, const double mean[], const pa_i128 sum[],
                     const int64_t judged[], pa_count_prior prior[], double *log_likelihood);

#endif

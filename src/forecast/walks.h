/* The loops that fits spend their time in, of vectors of 2, 4 or 8 numbers: the same bits. */
#ifndef PARAUDIT_FORECAST_WALKS_H
#define PARAUDIT_FORECAST_WALKS_H

#include "arma_parts.h"
#include "count_parts.h"
#include "smoothing_parts.h"
#include "theta_parts.h"

typedef struct {
    pa_smooth_walk *smooth;
    pa_theta_walk *theta;
    pa_arma_walk *arma;
    pa_arma_step *arma_step;
    pa_arma_given_theta *arma_given_theta;
    pa_count_walk *count;
} pa_walks;

extern const pa_walks pa_walks_any, pa_walks_avx2, pa_walks_avx512;

/* Those of this processor. */
const pa_walks *pa_walks_best(void);

#endif

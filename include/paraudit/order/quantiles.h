/* Exact values at chosen places of the order of all ranks' values. Collective. */
#ifndef PARAUDIT_ORDER_QUANTILES_H
#define PARAUDIT_ORDER_QUANTILES_H

#include "paraudit/comm/comm.h"

/* A value, and how many of all ranks' values are smaller, and at most as large. */
typedef struct {
    float value;
    int64_t below, up_to;
} pa_quantile;

/* value: n local values, none NaN. position: m places from 0, ascending, below
 * the number of values over all ranks, the same on all ranks; so is quantile, m
 * results. -0 counts as 0. Up to 64 places are found by three rounds of counts where the values
 * lie. For more, each value is sent once to the rank that looks up the places around it, an even
 * share of values to each; 12 bytes a value for as long as it runs. */
pa_status pa_quantiles(pa_comm *comm, size_t n, const float value[], size_t m,
                       const int64_t position[], pa_quantile quantile[], pa_error *err);

/* Several such questions in the same rounds, for who has many small ones. */
typedef struct {
    size_t n;
    const float *value; /* n */
    size_t m;
    const int64_t *position; /* m */
    pa_quantile *quantile;   /* m, out */
} pa_quantile_set;

/* How many of n_sets such questions fit into a piece of an exchange on the rank that has most
 * values, at least 1: n values here and m places each. Collective. */
size_t pa_quantiles_group(pa_comm *comm, size_t n_sets, int64_t n, size_t m);

pa_status pa_quantiles_together(pa_comm *comm, size_t n_sets, const pa_quantile_set set[],
                                pa_error *err);

/* The same for who has no room of his own: set[].quantile, which are not read, point at *all
 * then, the answers of the sets one after the other; the caller frees it, after a failure as
 * well. */
pa_status pa_quantiles_in_place(pa_comm *comm, size_t n_sets, pa_quantile_set set[], void **all,
                                pa_error *err);

#endif

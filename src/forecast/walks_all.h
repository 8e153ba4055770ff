/* All of walks.h under the name WALKS, for the processor that it is compiled for. */
#include "arma_given_theta.h"
#include "arma_walk.h"
#include "count_walk.h"
#include "smoothing_walk.h"
#include "theta_walk.h"
#include "walks.h"

static void smooth(const pa_forecast_batch *batch, const pa_smooth_form *form, pa_smooth_sums *sums)
{
    walk_smooth(batch, form, sums);
}

static void theta(const pa_forecast_batch *batch, pa_theta_sums *sums)
{
    walk_theta(batch, sums);
}

static void arma(const pa_forecast_batch *batch, int p, double with_mean, const pa_lanes at[],
                 pa_arma_sums *sums)
{
    walk_arma(batch, p, with_mean, at, sums);
}

static void arma_step(int p, const pa_arma_sums *sums, const pa_lanes held_back,
                      const pa_lanes at[], pa_lanes to[])
{
    step_arma_fit(p, sums, held_back, at, to);
}

static void arma_given_theta(const pa_forecast_batch *batch, int p, int q, bool mean, pa_lanes at[],
                             pa_lanes squares)
{
    walk_given_theta(batch, p, q, mean, at, squares);
}

static void count(const pa_forecast_batch *batch, const pa_count_walk_of *of, pa_lanes rows,
                  pa_lanes days)
{
    walk_counts(batch, of, rows, days);
}

const pa_walks WALKS = {.smooth = smooth,
                        .theta = theta,
                        .arma = arma,
                        .arma_step = arma_step,
                        .arma_given_theta = arma_given_theta,
                        .count = count};

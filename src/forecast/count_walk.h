/* The loop of the filter of counts (walks.h). */
#include "count_parts.h"
#include "lanes.h"

typedef struct {
    lanes rows, days;
} count_walker;

typedef struct {
    const pa_forecast_batch *batch;
    const pa_count_walk_of *of;
    lanes discount, rows_back, days_back;
} count_walk_job;

static inline lanes count_factor(const count_walk_job *j, int32_t t)
{
    return lanes_at(j->of->factor + (size_t)(t % j->of->season) * PA_FORECAST_LANES);
}

/* Over a day whose counts are as they are; where that is wrong, they have to be cut first. */
static inline lane_mask step_counts(const count_walk_job *j, lanes w, lanes y, count_walker *at)
{
    lanes expected = w * at->rows, above = y * at->days - expected;
    lanes most = lanes_of(9) * expected * (at->days + w);
    lane_mask wrong = (lane_mask)(above * above > most) & (lane_mask)(above > lanes_of(0)) &
                      (lane_mask)(y > lanes_of(1));
    at->rows = j->discount * (at->rows + y) + j->rows_back;
    at->days = j->discount * (at->days + w) + j->days_back;
    return wrong;
}

static inline bool any_lane(lane_mask mask)
{
    int64_t any = 0;
    for (int k = 0; k < PA_FORECAST_LANES; k++) any |= mask[k];
    return any != 0;
}

/* Over one day; lanes whose series is at its end stay. */
static inline void cut_and_step(const count_walk_job *j, int32_t t, count_walker *at)
{
    count_walker before = *at;
    lanes w = count_factor(j, t), y = lanes_at(j->batch->y + (size_t)t * PA_FORECAST_LANES);
    lane_mask wrong = step_counts(j, w, y, at);
    if (any_lane(wrong)) {
        for (int k = 0; k < PA_FORECAST_LANES; k++)
            if (wrong[k]) y[k] = pa_count_kept(before.rows[k], before.days[k], w[k], y[k]);
        *at = before;
        (void)step_counts(j, w, y, at);
    }
    lane_mask goes_on = has_value(j->batch, t);
    at->rows = pick(goes_on, at->rows, before.rows);
    at->days = pick(goes_on, at->days, before.days);
}

/* Days together, as few of them have a count to be cut. */
static inline void walk_block(const count_walk_job *j, int32_t from, int32_t until, int32_t phase,
                              count_walker *at)
{
    const double *y = j->batch->y, *factor = j->of->factor;
    count_walker w = *at;
    lane_mask wrong = {0};
    for (int32_t t = from; t < until; t++) {
        wrong |= step_counts(j, lanes_at(factor + (size_t)phase * PA_FORECAST_LANES),
                             lanes_at(y + (size_t)t * PA_FORECAST_LANES), &w);
        phase = phase + 1 == j->of->season ? 0 : phase + 1;
    }
    if (any_lane(wrong))
        for (int32_t t = from; t < until; t++) cut_and_step(j, t, at);
    else
        *at = w;
}

static inline void walk_counts(const pa_forecast_batch *b, const pa_count_walk_of *of,
                               pa_lanes rows, pa_lanes days)
{
    enum { BLOCK = 4 };
    double d = of->prior->discount, back = (1 - d) * PA_COUNT_LEAN * of->prior->strength;
    const count_walk_job j = {b, of, lanes_of(d), lanes_of(back * of->prior->mean), lanes_of(back)};
    count_walker w = {lanes_at(rows), lanes_at(days)};
    int32_t t = 0;
    for (; t + BLOCK <= b->n_least; t += BLOCK) walk_block(&j, t, t + BLOCK, t % of->season, &w);
    for (; t < b->n_most; t++) cut_and_step(&j, t, &w);
    put_lanes(w.rows, rows);
    put_lanes(w.days, days);
}

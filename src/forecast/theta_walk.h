/* The loop that a fit of theta models spends its time in (walks.h). */
#include "lanes.h"
#include "theta_parts.h"

typedef struct {
    lanes level, forgotten, mean, a, b; /* forgotten: (1-alpha)^t at value t */
    lanes product[6];
} theta_walker;

/* The line through values 0 .. t, from the one through those before. */
static inline void turn_line(lanes y, double t, theta_walker *w)
{
    lanes before = w->mean;
    w->mean = (lanes_of(t) * before + y) / lanes_of(t + 1);
    w->b = (lanes_of(t - 1) * w->b + lanes_of(6 / (t + 1)) * (y - before)) / lanes_of(t + 2);
    w->a = w->mean - w->b * lanes_of((t + 2) / 2);
}

static inline void step_theta(lanes alpha, lanes rest, bool dynamic, lanes y, double t,
                              theta_walker *w)
{
    lanes p = w->forgotten, next = p * rest, e = y - w->level;
    lanes q = w->a * p + w->b * ((lanes_of(1) - next) / alpha);
    w->product[0] += e * e;
    w->product[1] += e * p;
    w->product[2] += e * q;
    w->product[3] += p * p;
    w->product[4] += p * q;
    w->product[5] += q * q;
    w->level = alpha * y + rest * w->level;
    w->forgotten = next;
    if (dynamic) turn_line(y, t, w);
}

static inline void keep_theta(lane_mask goes_on, const theta_walker *before, theta_walker *w)
{
    w->level = pick(goes_on, w->level, before->level);
    w->forgotten = pick(goes_on, w->forgotten, before->forgotten);
    w->mean = pick(goes_on, w->mean, before->mean);
    w->a = pick(goes_on, w->a, before->a);
    w->b = pick(goes_on, w->b, before->b);
    for (int i = 0; i < 6; i++) w->product[i] = pick(goes_on, w->product[i], before->product[i]);
}

static inline void walk_values(const pa_forecast_batch *b, lanes alpha, bool dynamic,
                               theta_walker *at)
{
    theta_walker w = *at;
    lanes rest = lanes_of(1) - alpha;
    for (int32_t t = 1; t < b->n_least; t++)
        step_theta(alpha, rest, dynamic, lanes_at(b->y + (size_t)t * PA_FORECAST_LANES), t, &w);
    for (int32_t t = b->n_least > 1 ? b->n_least : 1; t < b->n_most; t++) {
        theta_walker before = w;
        step_theta(alpha, rest, dynamic, lanes_at(b->y + (size_t)t * PA_FORECAST_LANES), t, &w);
        keep_theta(has_value(b, t), &before, &w);
    }
    *at = w;
}

static inline void walk_theta(const pa_forecast_batch *b, pa_theta_sums *s)
{
    lanes alpha = lanes_at(s->alpha), y = lanes_at(b->y);
    theta_walker w = {.level = alpha * y, .forgotten = lanes_of(1) - alpha, .mean = y};
    w.a = s->dynamic ? y : lanes_at(s->a);
    w.b = s->dynamic ? lanes_of(0) : lanes_at(s->b);
    if (s->dynamic)
        walk_values(b, alpha, true, &w);
    else
        walk_values(b, alpha, false, &w);
    put_lanes(w.level, s->level);
    put_lanes(w.forgotten, s->forgotten);
    put_lanes(w.mean, s->mean);
    put_lanes(w.a, s->a);
    put_lanes(w.b, s->b);
    for (int i = 0; i < 6; i++) put_lanes(w.product[i], s->product[i]);
}

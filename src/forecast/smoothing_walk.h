/* The loop that a fit of smoothing spends its time in (walks.h). */
#include "lanes.h"
#include "smoothing_parts.h"

/* x' = (F - g w) x + g y: what an error corrects is within the matrix. */
typedef struct {
    lanes d00, d01, d10, d11, w, g0, g1;
} smooth_matrix;

typedef struct {
    lanes x[PA_SMOOTH_WAYS][2];
    lanes product[6];
} smooth_walker;

static inline smooth_matrix smooth_matrix_of(const pa_smooth_form *f)
{
    smooth_matrix m = {.w = lanes_at(f->w), .g0 = lanes_at(f->g0), .g1 = lanes_at(f->g1)};
    m.d00 = lanes_at(f->f00) - m.g0;
    m.d01 = lanes_at(f->f01) - m.g0 * m.w;
    m.d10 = lanes_at(f->f10) - m.g1;
    m.d11 = lanes_at(f->f11) - m.g1 * m.w;
    return m;
}

/* n_ways: 2 where there is one state. */
static inline void step_smooth(const smooth_matrix *m, int n_ways, lanes y, smooth_walker *at)
{
    lanes e[PA_SMOOTH_WAYS];
    int at_product = 0;
    for (int i = 0; i < n_ways; i++) {
        lanes x0 = at->x[i][0], x1 = at->x[i][1];
        e[i] = -(n_ways == 2 ? x0 : x0 + m->w * x1);
        at->x[i][0] = n_ways == 2 ? m->d00 * x0 : m->d00 * x0 + m->d01 * x1;
        if (n_ways > 2) at->x[i][1] = m->d10 * x0 + m->d11 * x1;
    }
    e[0] += y;
    at->x[0][0] += m->g0 * y;
    if (n_ways > 2) at->x[0][1] += m->g1 * y;
    for (int i = 0; i < PA_SMOOTH_WAYS; i++)
        for (int j = i; j < PA_SMOOTH_WAYS; j++, at_product++)
            if (j < n_ways) at->product[at_product] += e[i] * e[j];
}

/* Lanes that have ended stay as they are. */
static inline void keep_smooth(lane_mask goes_on, const smooth_walker *before, smooth_walker *at)
{
    for (int i = 0; i < PA_SMOOTH_WAYS; i++)
        for (int j = 0; j < 2; j++) at->x[i][j] = pick(goes_on, at->x[i][j], before->x[i][j]);
    for (int i = 0; i < 6; i++) at->product[i] = pick(goes_on, at->product[i], before->product[i]);
}

static inline void walk_states(const pa_forecast_batch *b, const smooth_matrix *m, int n_ways,
                               smooth_walker *at)
{
    smooth_walker w = *at;
    for (int32_t t = 0; t < b->n_least; t++)
        step_smooth(m, n_ways, lanes_at(b->y + (size_t)t * PA_FORECAST_LANES), &w);
    for (int32_t t = b->n_least; t < b->n_most; t++) {
        smooth_walker before = w;
        step_smooth(m, n_ways, lanes_at(b->y + (size_t)t * PA_FORECAST_LANES), &w);
        keep_smooth(has_value(b, t), &before, &w);
    }
    *at = w;
}

static inline void walk_smooth(const pa_forecast_batch *b, const pa_smooth_form *form,
                               pa_smooth_sums *s)
{
    smooth_matrix m = smooth_matrix_of(form);
    smooth_walker at = {0};
    at.x[0][0] = lanes_at(s->first[0]);
    at.x[0][1] = lanes_at(s->first[1]);
    at.x[1][0] = lanes_of(1);
    at.x[2][1] = lanes_of(1);
    if (form->two)
        walk_states(b, &m, 3, &at);
    else
        walk_states(b, &m, 2, &at);
    for (int i = 0; i < PA_SMOOTH_WAYS; i++)
        for (int j = 0; j < 2; j++) put_lanes(at.x[i][j], s->state[i][j]);
    for (int i = 0; i < 6; i++) put_lanes(at.product[i], s->product[i]);
}

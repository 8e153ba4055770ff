/* Weights of the mixture, week by week. */
#include <string.h>

#include "expected_model.h"
#include "paraudit/base/array.h"

static const int64_t week_seconds = 7 * 86400;

size_t pa_expected_week(const pa_run *run, int64_t time)
{
    int64_t week = (time - run->plan->reference_from) / week_seconds;
    return week < PA_EXPECTED_WEEKS ? (size_t)week : PA_EXPECTED_WEEKS - 1;
}

/* Rows week by week: those of week w are order[begin[w]] and so on to begin[w + 1]. */
typedef struct {
    size_t n_weeks; /* on all ranks */
    size_t begin[PA_EXPECTED_WEEKS + 1];
    size_t *order;
} weeks;

static pa_status put_in_order(const pa_run *run, const pa_expected_told *told, weeks *w,
                              pa_error *err)
{
    size_t next[PA_EXPECTED_WEEKS];
    PA_TRY(PA_NEW(w->order, told->n, err));
    for (size_t i = 0; i < told->n; i++)
        w->begin[pa_expected_week(run, told->time[told->row[i]]) + 1]++;
    for (size_t k = 0; k < PA_EXPECTED_WEEKS; k++) {
        if (w->begin[k + 1]) w->n_weeks = k + 1;
        w->begin[k + 1] += w->begin[k];
    }
    memcpy(next, w->begin, sizeof next);
    for (size_t i = 0; i < told->n; i++)
        w->order[next[pa_expected_week(run, told->time[told->row[i]])]++] = i;
    return PA_OK;
}

static void add_week(const pa_run *run, const pa_expected_told *told, const weeks *w, size_t week,
                     const double weight[], int64_t sum[])
{
    int64_t end = run->plan->reference_from + (int64_t)(week + 1) * week_seconds;
    for (size_t k = w->begin[week]; k < w->begin[week + 1]; k++) {
        size_t i = w->order[k];
        if (pa_label_at(&told->labels, told->row[i], end) == PA_LABEL_FRAUD) continue;
        pa_mixture_add(1, PA_N_CHOICE_PARTS, told->part + i * PA_N_CHOICE_PARTS, told->level + i,
                       weight, sum);
    }
}

static pa_status follow(pa_run *run, const pa_expected_model *m, const pa_expected_told *told,
                        const weeks *w, double weight[])
{
    int64_t sum[PA_EXPECTED_WEIGHTS];
    memcpy(sum, m->belongs, sizeof sum);
    memcpy(weight, m->weight, sizeof m->weight);
    for (size_t week = 0; week + 1 < w->n_weeks; week++) {
        double *before = weight + week * PA_EXPECTED_WEIGHTS, *next = before + PA_EXPECTED_WEIGHTS;
        int64_t more[PA_EXPECTED_WEIGHTS] = {0};
        add_week(run, told, w, week, before, more);
        pa_sum_i64(run->comm, more, PA_EXPECTED_WEIGHTS);
        memcpy(next, before, PA_EXPECTED_WEIGHTS * sizeof *next);
        pa_mixture_follow(PA_CHOICE_LEVELS, PA_N_CHOICE_PARTS, more, sum, next);
        PA_TRY(pa_safe_point_tile(run));
    }
    return PA_OK;
}

pa_status pa_expected_follow(pa_run *run, const pa_expected_model *m, const pa_expected_told *told,
                             size_t *n_weeks, double **weight)
{
    weeks w = {0};
    pa_status st = pa_agree(run->comm, put_in_order(run, told, &w, &run->err), &run->err);
    int64_t n = (int64_t)w.n_weeks;
    pa_max_i64(run->comm, &n, 1);
    *n_weeks = w.n_weeks = n > 0 ? (size_t)n : 1;
    if (st == PA_OK)
        st = pa_agree(run->comm, PA_NEW(*weight, w.n_weeks * PA_EXPECTED_WEIGHTS, &run->err),
                      &run->err);
    if (st == PA_OK) st = follow(run, m, told, &w, *weight);
    pa_free(w.order);
    return st;
}

/* The way of one row through every tree, also where values are missing. */
#include "iforest_layout.h"
#include "paraudit/base/array.h"

struct pa_iforest_ways {
    pa_iforest_model model;
    uint16_t *rows; /* n_trees x 2n: rows of the sample that reach a place ... */
    bool counted;   /* ... once a row has asked: most inputs have no gaps */
};

/* The fewest of 1 .. most rows whose average path is `average` or more. */
static int32_t rows_of(int32_t average, const int32_t averages[], int32_t most)
{
    int32_t low = 1;
    while (low < most) {
        int32_t middle = (low + most) / 2;
        if (averages[middle] >= average)
            most = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* What a model does not say is in what it says: more rows, a longer average path. */
static void count_rows(pa_iforest_ways *w)
{
    const pa_iforest_shape *s = &w->model.shape;
    int32_t averages[PA_IFOREST_MAX_SAMPLE + 1];
    size_t heap = (size_t)2 << s->depth;
    pa_iforest_averages(s->sample, averages);
    for (size_t tree = 0; tree < (size_t)s->n_trees; tree++) {
        int32_t level = 0;
        for (size_t place = 1, at = tree * heap + 1; place < heap; place++, at++) {
            if (place >> (level + 1)) level++;
            int32_t average = w->model.expected[at] - level * PA_IFOREST_UNIT;
            w->rows[at] = (uint16_t)rows_of(average, averages, s->sample);
        }
    }
}

pa_status pa_iforest_ways_new(const pa_iforest_model *model, pa_iforest_ways **ways, pa_error *err)
{
    pa_iforest_ways *w;
    *ways = NULL;
    PA_TRY(PA_NEW(w, 1, err));
    w->model = *model;
    pa_status st = PA_NEW(w->rows, (size_t)model->shape.n_trees << (model->shape.depth + 1), err);
    if (st != PA_OK) {
        pa_iforest_ways_free(w);
        return st;
    }
    *ways = w;
    return PA_OK;
}

pa_status pa_iforest_ways_open(const pa_iforest_model *model, pa_iforest_ways **ways, pa_error *err)
{
    *ways = NULL;
    PA_TRY(pa_iforest_check(model, err));
    return pa_iforest_ways_new(model, ways, err);
}

void pa_iforest_ways_free(pa_iforest_ways *w)
{
    if (!w) return;
    pa_free(w->rows);
    pa_free(w);
}

/* A cut of a value that is not there: what is to be expected below, over the rows of
 * the sample on both sides, and the side of more of them, on which the way goes on. */
static int64_t expect_both(const int32_t expected[], const uint16_t rows[], size_t left,
                           size_t *next)
{
    int64_t n_left = rows[left], n_right = rows[left + 1], n = n_left + n_right;
    *next = left + (n_right > n_left);
    return (n_left * expected[left] + n_right * expected[left + 1] + n / 2) / n;
}

static int64_t path_in(const pa_iforest_ways *w, size_t tree, const float row[], int64_t part[])
{
    size_t n = (size_t)1 << w->model.shape.depth, place = 1;
    const int32_t *feature = w->model.feature + tree * n;
    const float *threshold = w->model.threshold + tree * n;
    const int32_t *expected = w->model.expected + tree * 2 * n;
    int64_t path = expected[1];
    while (place < n && feature[place] >= 0) {
        float x = row[feature[place]];
        size_t next = 2 * place + !(x < threshold[place]);
        int64_t below = expected[next];
        if (x != x) below = expect_both(expected, w->rows + tree * 2 * n, 2 * place, &next);
        int64_t saved = expected[place] - below;
        if (part) part[feature[place]] += saved;
        path -= saved;
        place = next;
    }
    return path;
}

int64_t pa_iforest_attribute(pa_iforest_ways *w, const float row[], int64_t part[])
{
    const pa_iforest_shape *s = &w->model.shape;
    int64_t path_sum = 0;
    if (!w->counted) count_rows(w);
    w->counted = true;
    for (int32_t c = 0; part && c < s->n_features; c++) part[c] = 0;
    for (size_t tree = 0; tree < (size_t)s->n_trees; tree++)
        path_sum += path_in(w, tree, row, part);
    return path_sum;
}

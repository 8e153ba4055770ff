#include "paraudit/detect/curves.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "value_places.h"

/* Values whose searches go on together. */
enum { BLOCK = 64 };

static bool ascends(const pa_curves *c, size_t column)
{
    int64_t begin = c->first[column], end = c->first[column + 1];
    for (int64_t k = begin; k < end; k++) {
        if (isnan(c->value[k])) return false;
        if (k > begin && c->value[k] <= c->value[k - 1]) return false;
    }
    return true;
}

pa_status pa_curves_check(const pa_curves *c, double most, pa_error *err)
{
    bool good = c->first[0] == 0;
    for (size_t i = 0; good && i < c->n_columns; i++) good = c->first[i] <= c->first[i + 1];
    for (size_t i = 0; good && i < c->n_columns; i++) good = ascends(c, i);
    if (!good) return pa_fail(err, PA_E_DATA, "the knots of a column are out of order");
    size_t n = (size_t)c->first[c->n_columns] * c->width;
    for (size_t i = 0; good && i < n; i++) good = fabs(c->height[i]) <= most;
    if (!good) return pa_fail(err, PA_E_DATA, "what a column says is larger than %g", most);
    return PA_OK;
}

/* How far x lies on the way between two knots; beside an infinite one there is no way. */
static double part_of(double x, double from, double to)
{
    double part = (x - from) / (to - from);
    return part >= 0 && part <= 1 ? part : 0;
}

/* The knot below, and the part of the way to the next one. */
static size_t find_way(size_t n_knots, const float value[], float x, uint32_t place, double *part)
{
    *part = 0;
    if (place == 0) return 0;
    if (place < n_knots) *part = part_of((double)x, (double)value[place - 1], (double)value[place]);
    return place - 1;
}

static void heights_of_block(const pa_curves *c, size_t column, size_t n, const float x[],
                             double height[])
{
    size_t begin = (size_t)c->first[column], n_knots = (size_t)c->first[column + 1] - begin;
    uint32_t place[BLOCK];
    find_places(n_knots, c->value + begin, n, x, place);
    for (size_t i = 0; i < n; i++, height += c->width) {
        double part;
        size_t knot = find_way(n_knots, c->value + begin, x[i], place[i], &part);
        const double *from = c->height + (begin + knot) * c->width;
        const double *to = part > 0 ? from + c->width : from;
        for (size_t k = 0; k < c->width; k++)
            height[k] = isnan(x[i]) ? 0 : from[k] + part * (to[k] - from[k]);
    }
}

void pa_curves_at(const pa_curves *c, size_t column, size_t n, const float x[], double height[])
{
    if (c->first[column] == c->first[column + 1]) {
        memset(height, 0, n * c->width * sizeof *height);
        return;
    }
    for (size_t i = 0; i < n; i += BLOCK) {
        size_t rows = n - i < BLOCK ? n - i : BLOCK;
        heights_of_block(c, column, rows, x + i, height + i * c->width);
    }
}

#include "boosting_sums.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

/* Rows of bins that are asked for ahead of their turn. */
enum { AHEAD = 16 };

static const double ONE = PA_BOOSTING_ONE;

void pa_boosting_slope(double margin, uint8_t label, pa_boosting_entry *entry)
{
    double p = 1 / (1 + pa_exp(-margin));
    int32_t hessian = (int32_t)(p * (1 - p) * ONE + 0.5);
    entry->gradient = (int32_t)(p * ONE + 0.5) - (label ? PA_BOOSTING_ONE : 0);
    entry->hessian = hessian > 0 ? hessian : 1;
}

pa_boosting_sum pa_boosting_total(size_t n, const pa_boosting_entry entry[])
{
    pa_boosting_sum total = {0, 0};
    for (size_t i = 0; i < n; i++) {
        total[0] += entry[i].gradient;
        total[1] += entry[i].hessian;
    }
    return total;
}

static void ask_ahead(size_t n, size_t i, const pa_boosting_entry entry[],
                      const pa_boosting_rows *rows)
{
    if (i + AHEAD >= n) return;
    const uint16_t *bin = rows->bin + entry[i + AHEAD].row * rows->stride;
    __builtin_prefetch(bin);
    __builtin_prefetch(bin + rows->stride - 1);
}

static pa_boosting_sum slope_of(const pa_boosting_entry *e)
{
    return (pa_boosting_sum){e->gradient, e->hessian};
}

/* Two rows at a time: they share where the bins of a column begin. */
static void add_all(size_t n, const pa_boosting_entry entry[], const pa_boosting_rows *rows,
                    size_t n_columns, const uint32_t offset[], pa_boosting_sum sum[])
{
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        ask_ahead(n, i, entry, rows);
        ask_ahead(n, i + 1, entry, rows);
        const uint16_t *one = rows->bin + entry[i].row * rows->stride;
        const uint16_t *two = rows->bin + entry[i + 1].row * rows->stride;
        const pa_boosting_sum v = slope_of(entry + i), w = slope_of(entry + i + 1);
        for (size_t k = 0; k < n_columns; k++) {
            pa_boosting_sum *bins = sum + offset[k];
            bins[one[k]] += v;
            bins[two[k]] += w;
        }
    }
    for (; i < n; i++) {
        const uint16_t *bin = rows->bin + entry[i].row * rows->stride;
        for (size_t k = 0; k < n_columns; k++) sum[offset[k] + bin[k]] += slope_of(entry + i);
    }
}

void pa_boosting_add(size_t n, const pa_boosting_entry entry[], const pa_boosting_rows *rows,
                     size_t n_columns, const uint32_t column[], const uint32_t offset[],
                     pa_boosting_sum sum[])
{
    if (!column) {
        add_all(n, entry, rows, n_columns, offset, sum);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        ask_ahead(n, i, entry, rows);
        const uint16_t *bin = rows->bin + entry[i].row * rows->stride;
        const pa_boosting_sum v = slope_of(entry + i);
        for (size_t k = 0; k < n_columns; k++) sum[offset[k] + bin[column[k]]] += v;
    }
}

bool pa_boosting_is_better(const pa_boosting_split *a, const pa_boosting_split *b)
{
    if (a->gain != b->gain) return a->gain > b->gain;
    if (a->column != b->column) return a->column < b->column;
    return a->bin != b->bin ? a->bin < b->bin : a->missing_left < b->missing_left;
}

pa_status pa_boosting_scanner_new(pa_boosting_scanner *s, size_t most_bins, pa_error *err)
{
    PA_TRY(PA_NEW(s->left_gradient, most_bins, err));
    PA_TRY(PA_NEW(s->left_hessian, most_bins, err));
    return PA_NEW(s->bin, most_bins, err);
}

void pa_boosting_scanner_free(pa_boosting_scanner *s)
{
    pa_free(s->left_gradient);
    pa_free(s->left_hessian);
    pa_free(s->bin);
}

/* A node's side of the loss, less what no cut changes: gradient^2 / (hessian + l2). */
static double side(double gradient, double hessian, double l2)
{
    return gradient * gradient / (hessian + l2);
}

static double pay_of(double gradient, double hessian, double l2, const pa_boosting_range *range)
{
    double pay = -gradient / (hessian + l2);
    return pay < range->low ? range->low : pay > range->high ? range->high : pay;
}

double pa_boosting_pay(const pa_boosting_limits *limits, const pa_boosting_whole *whole)
{
    return pay_of((double)whole->total[0], (double)whole->total[1], limits->l2 * ONE,
                  &whole->range);
}

/* The same side where it pays something else. */
static double side_that_pays(double gradient, double hessian, double l2, double pay)
{
    return -(2 * gradient + (hessian + l2) * pay) * pay;
}

/* The sums up to each bin that is not empty, in `left` more than that. Returns how many. */
static size_t list_cuts(const pa_boosting_scanner *s, size_t value_bins,
                        const pa_boosting_sum sum[], pa_boosting_sum left)
{
    size_t n = 0;
    for (size_t b = 0; b < value_bins; b++) {
        left += sum[b];
        s->left_gradient[n] = (double)left[0];
        s->left_hessian[n] = (double)left[1];
        s->bin[n] = (uint32_t)b;
        n += sum[b][1] != 0;
    }
    return n;
}

/* Which of the first n cuts gains more than *most; n: none of those that are allowed. */
static size_t best_cut(const pa_boosting_scanner *s, const pa_boosting_limits *limits, size_t n,
                       pa_boosting_sum total, double *most)
{
    double gradient = (double)total[0], hessian = (double)total[1], l2 = limits->l2 * ONE;
    double least = (double)limits->least_hessian, top = *most;
    size_t at = n;
    for (size_t i = 0; i < n; i++) {
        double g = s->left_gradient[i], h = s->left_hessian[i];
        double other = gradient - g, rest = hessian - h;
        if (h < least || rest < least) continue;
        double a = h + l2, b = rest + l2;
        double both = (g * g * b + other * other * a) / (a * b);
        if (both <= top) continue;
        top = both;
        at = i;
    }
    *most = top;
    return at;
}

/* The same where sides pay in a range, and those of the first n_values cuts, between values, by a
 * direction. */
static size_t best_cut_within(const pa_boosting_scanner *s, const pa_boosting_limits *limits,
                              size_t n, size_t n_values, int direction,
                              const pa_boosting_whole *whole, double *most)
{
    double gradient = (double)whole->total[0], hessian = (double)whole->total[1];
    double least = (double)limits->least_hessian, l2 = limits->l2 * ONE;
    size_t at = n;
    for (size_t i = 0; i < n; i++) {
        double g = s->left_gradient[i], h = s->left_hessian[i];
        double other = gradient - g, rest = hessian - h;
        if (h < least || rest < least) continue;
        double left = pay_of(g, h, l2, &whole->range);
        double right = pay_of(other, rest, l2, &whole->range);
        if (i < n_values && direction * (right - left) < 0) continue;
        double both = side_that_pays(g, h, l2, left) + side_that_pays(other, rest, l2, right);
        if (both <= *most) continue;
        *most = both;
        at = i;
    }
    return at;
}

static bool is_free(const pa_boosting_whole *whole, int direction)
{
    return direction == 0 && whole->range.low == -INFINITY && whole->range.high == INFINITY;
}

/* The cuts with missing values on one side. */
static void scan_side(const pa_boosting_scanner *s, const pa_boosting_limits *limits,
                      const pa_boosting_column *column, const pa_boosting_sum sum[],
                      const pa_boosting_whole *whole, bool missing_left, pa_boosting_split *best)
{
    size_t value_bins = column->value_bins;
    const pa_boosting_sum none = {0, 0}, missing = sum[value_bins], total = whole->total;
    bool lacks = missing[1] != 0;
    size_t n = list_cuts(s, value_bins, sum, missing_left ? missing : none), i;
    /* The last of them has nothing on its right but missing values. */
    size_t between = n > 0 ? n - 1 : 0, cuts = missing_left || !lacks ? between : n;
    double g = (double)total[0], h = (double)total[1], l2 = limits->l2 * ONE, uncut, top;
    if (is_free(whole, column->direction)) {
        top = uncut = side(g, h, l2);
        i = best_cut(s, limits, cuts, total, &top);
    } else {
        top = uncut = side_that_pays(g, h, l2, pa_boosting_pay(limits, whole));
        i = best_cut_within(s, limits, cuts, between, column->direction, whole, &top);
    }
    if (i == cuts) return;
    size_t bin = s->bin[i];
    pa_boosting_split found = {.gain = (top - uncut) / ONE, .column = column->number};
    if (i + 1 < n) bin += (s->bin[i + 1] - 1 - bin) / 2;
    if (i + 1 == n) bin = value_bins - 1;
    pa_boosting_sum left = missing_left ? missing : none;
    for (size_t b = 0; b <= s->bin[i]; b++) left += sum[b];
    found.bin = (int32_t)bin;
    found.left_gradient = left[0];
    found.left_hessian = left[1];
    found.missing_left = lacks ? missing_left : left[1] >= total[1] - left[1];
    if (found.gain > limits->least_gain && pa_boosting_is_better(&found, best)) *best = found;
}

void pa_boosting_scan(const pa_boosting_scanner *s, const pa_boosting_limits *limits,
                      const pa_boosting_column *column, const pa_boosting_sum sum[],
                      const pa_boosting_whole *whole, pa_boosting_split *best)
{
    scan_side(s, limits, column, sum, whole, false, best);
    if (sum[column->value_bins][1] != 0) scan_side(s, limits, column, sum, whole, true, best);
}

pa_boosting_fork pa_boosting_fork_of(const pa_boosting_edges *edges, const pa_boosting_rows *rows,
                                     const pa_boosting_split *split)
{
    size_t column = (size_t)split->column;
    return (pa_boosting_fork){.bin = rows->by_column + column * rows->n,
                              .last = (uint16_t)split->bin,
                              .missing_bin = (uint16_t)pa_boosting_value_bins(edges, column),
                              .missing_left = split->missing_left != 0};
}

static inline bool goes_left(const pa_boosting_fork *f, uint32_t row)
{
    uint16_t bin = f->bin[row];
    return (bin <= f->last) | ((bin == f->missing_bin) & f->missing_left);
}

size_t pa_boosting_part(size_t n, pa_boosting_entry entry[], const pa_boosting_fork *fork,
                        pa_boosting_entry scratch[])
{
    const pa_boosting_fork f = *fork;
    size_t left = 0, right = 0;
    for (size_t i = 0; i < n; i++) {
        const pa_boosting_entry e = entry[i];
        bool to_left = goes_left(&f, e.row);
        entry[left] = e;
        scratch[right] = e;
        left += to_left;
        right += !to_left;
    }
    memcpy(entry + left, scratch, right * sizeof *entry);
    return left;
}

size_t pa_boosting_settle(size_t n, const pa_boosting_entry entry[], const pa_boosting_fork *fork,
                          const double value[2], double margin[])
{
    const pa_boosting_fork f = *fork;
    size_t left = 0;
    for (size_t i = 0; i < n; i++) {
        bool to_left = goes_left(&f, entry[i].row);
        margin[entry[i].row] += value[!to_left];
        left += to_left;
    }
    return left;
}

#include "paraudit/patterns/rule_measures.h"

#include <math.h> /* fabs and sqrt, which are exact or rounded once; INFINITY */
#include <stdbool.h>

#include "paraudit/base/exact.h"
#include "paraudit/base/math.h"

/* ---- shares ---- */

/* n_ac n - n_a n_c: above 0 where both are together more often than by chance. */
static pa_i128 excess(pa_rule_counts c)
{
    return (pa_i128)c.n_ac * c.n - (pa_i128)c.n_a * c.n_c;
}

/* Rounded once. */
static double product(int64_t a, int64_t b)
{
    return (double)a * (double)b;
}

static double conviction_of(pa_rule_counts c)
{
    if (c.n_c == c.n) return 1;
    if (c.n_ac == c.n_a) return INFINITY;
    return product(c.n_a, c.n - c.n_c) / product(c.n, c.n_a - c.n_ac);
}

pa_rule_measures pa_measure_rule(pa_rule_counts c)
{
    int64_t apart = c.n_a > c.n_c ? c.n_a - c.n_c : c.n_c - c.n_a;
    return (pa_rule_measures){
        .support = (double)c.n_ac / (double)c.n,
        .confidence = (double)c.n_ac / (double)c.n_a,
        .lift = product(c.n_ac, c.n) / product(c.n_a, c.n_c),
        .leverage = pa_i128_to_f64(excess(c)) / product(c.n, c.n),
        .conviction = conviction_of(c),
        .kulczynski = ((double)c.n_ac / (double)c.n_a + (double)c.n_ac / (double)c.n_c) / 2,
        .imbalance = (double)apart / (double)(c.n_a + c.n_c - c.n_ac),
    };
}

/* ---- Fisher's test ---- */

/* (1 + u) ln(1 + u) - u, u from -1 on, without loss near 0: with v = u / (2 + u),
 * ln(1 + u) = 2 (v + v^3 / 3 + v^5 / 5 ...). */
static double deviance(double u)
{
    if (u <= -1) return 1;
    if (fabs(u) > 0.1) return (1 + u) * pa_ln1p(u) - u;
    double v = u / (2 + u), w = v * v;
    double tail = v * w * (1.0 / 3 + w * (1.0 / 5 + w * (1.0 / 7 + w * (1.0 / 9 + w / 11))));
    return u * v + 2 * (1 + u) * tail;
}

/* The table's cells: with both, with one of them, with none. */
typedef struct {
    int64_t both, only_a, only_c, none;
} cells;

static cells cells_of(pa_rule_counts c)
{
    return (cells){c.n_ac, c.n_a - c.n_ac, c.n_c - c.n_ac, c.n - c.n_a - c.n_c + c.n_ac};
}

/* The table with `more` baskets more that have both. */
static cells moved(cells x, int64_t more)
{
    return (cells){x.both + more, x.only_a - more, x.only_c - more, x.none + more};
}

/* A cell's part in the exponent: `sign` times the excess / n more than the row and column give it.
 * Its factorial takes the rest. */
static double cell_part(pa_rule_counts c, int64_t row, int64_t column, double sign)
{
    double expected = product(row, column) / (double)c.n;
    return expected * deviance(sign * pa_i128_to_f64(excess(c)) / product(row, column));
}

static double rest_of(int64_t n)
{
    return n ? pa_stirling_rest(n) : 0;
}

static double size_of(int64_t n)
{
    const double two_pi = 0x1.921fb54442d18p2;
    return n ? two_pi * (double)n : 1;
}

/* ln of the odds of exactly n_ac: of n_a! (n - n_a)! n_c! (n - n_c)! / (n! and those of the cells),
 * with all large terms of Stirling's formula put together as deviances, which are of one sign.
 * Neither n_a nor n_c is n. */
static double ln_odds(pa_rule_counts c)
{
    cells x = cells_of(c);
    int64_t not_a = c.n - c.n_a, not_c = c.n - c.n_c;
    double far = (cell_part(c, c.n_a, c.n_c, 1) + cell_part(c, not_a, not_c, 1)) +
                 (cell_part(c, c.n_a, not_c, -1) + cell_part(c, not_a, c.n_c, -1));
    double margins = (pa_stirling_rest(c.n_a) + pa_stirling_rest(c.n_c)) +
                     (pa_stirling_rest(not_a) + pa_stirling_rest(not_c)) - pa_stirling_rest(c.n);
    double inside = (rest_of(x.both) + rest_of(x.none)) + (rest_of(x.only_a) + rest_of(x.only_c));
    double sizes = (size_of(c.n_a) * size_of(c.n_c)) * (size_of(not_a) * size_of(not_c)) /
                   ((size_of(x.both) * size_of(x.none)) * (size_of(x.only_a) * size_of(x.only_c)) *
                    size_of(c.n));
    return -far + (margins - inside) + pa_ln(sizes) / 2;
}

/* Terms that only fall from here on, each by a larger factor, are done where what is left of them
 * is nothing beside the sum. */
static bool is_done(double term, double factor, double sum)
{
    return factor < 1 && term * factor <= 0x1p-50 * sum * (1 - factor);
}

/* ln P(so many or more). */
static double ln_upper(pa_rule_counts c)
{
    cells x = cells_of(c);
    double sum = 1, term = 1;
    for (; x.only_a > 0 && x.only_c > 0; x = moved(x, 1)) {
        double factor = product(x.only_a, x.only_c) / product(x.both + 1, x.none + 1);
        term *= factor;
        sum += term;
        if (is_done(term, factor, sum)) break;
    }
    return ln_odds(c) + pa_ln(sum);
}

/* ln P(so many or fewer). */
static double ln_lower(pa_rule_counts c)
{
    cells x = cells_of(c);
    double sum = 1, term = 1;
    for (; x.both > 0 && x.none > 0; x = moved(x, -1)) {
        double factor = product(x.both, x.none) / product(x.only_a + 1, x.only_c + 1);
        term *= factor;
        sum += term;
        if (is_done(term, factor, sum)) break;
    }
    return ln_odds(c) + pa_ln(sum);
}

double pa_fisher_ln_p(pa_rule_counts c)
{
    const double half = -0x1.62e42fefa39efp-1;
    cells x = cells_of(c);
    if (x.both == 0 || x.none == 0) return 0; /* so many there always are */
    if (excess(c) > 0) {
        double p = ln_upper(c);
        if (p < half) return p;
    }
    /* Near 1 only what is lacking is precise. */
    c.n_ac--;
    return pa_ln1p(-pa_exp(ln_lower(c))) + 0.0; /* never -0 */
}

/* ---- a rule that does not hold ---- */

double pa_rule_strength(pa_rule_counts c)
{
    const double z = 1.645;
    double n = (double)c.n_a, miss = (double)(c.n_a - c.n_ac) / n, square = z * z / n;
    double most =
        (miss + square / 2 + sqrt(square * (miss * (1 - miss) + square / 4))) / (1 + square);
    return -pa_log2(most);
}

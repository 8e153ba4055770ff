#include "paraudit/features/spending.h"

#include <math.h>

#include "paraudit/table/slices.h"
#include "sums.h"

/* What an account's earlier amounts have shown. */
typedef struct {
    int64_t n;
    pa_i128 sum;
    double squares; /* of the distances from their mean, added up */
} spending;

static pa_i128 least_sum(const spending *s, int64_t unit)
{
    pa_i128 least = (pa_i128)unit * s->n;
    return s->sum > least ? s->sum : least;
}

static float deviations(const spending *s, double off, double unit)
{
    double scale = sqrt(s->squares / (double)s->n);
    return (float)(off / (scale > unit ? scale : unit));
}

static int64_t what_counts(const spending *s, int64_t amount, pa_i128 sum)
{
    pa_i128 most = PA_SPENDING_MOST * sum;
    if (s->n < PA_SPENDING_FREE || (pa_i128)amount * s->n <= most) return amount;
    return (int64_t)(most / s->n);
}

/* Of an account's first row. */
static void spending_begin(spending *s, int64_t amount, float *ratio, float *z)
{
    *s = (spending){.n = 1, .sum = amount};
    *ratio = 1;
    *z = 0;
}

/* Of a row that is not its account's first. */
static void spending_next(spending *s, int64_t amount, int64_t unit, float *ratio, float *z)
{
    double n = (double)s->n, mean = pa_sum_to_f64(s->sum) / n;
    pa_i128 sum = least_sum(s, unit);
    int64_t counts = what_counts(s, amount, sum);
    double off = (double)counts - mean;
    *ratio = (float)((double)amount * n / pa_sum_to_f64(sum));
    *z = deviations(s, (double)amount - mean, (double)unit);
    s->squares += off * off * (n / (n + 1));
    s->sum += counts;
    s->n++;
}

void pa_account_spending(size_t n, const int32_t account[], const int64_t amount_minor[],
                         int64_t unit, float ratio[], float z[])
{
    spending s = {0};
    for (size_t i = 0; i < n; i++) {
        if (pa_starts_slice(account, i)) {
            spending_begin(&s, amount_minor[i], &ratio[i], &z[i]);
        } else {
            spending_next(&s, amount_minor[i], unit, &ratio[i], &z[i]);
        }
    }
}

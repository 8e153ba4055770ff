#include "paraudit/evaluate/metrics.h"

#include <math.h>

/* Terms of the precision sum are at most 2^53; 2^(53 + 70) leaves room for the
 * sign and for adding. */
enum { PRECISION_BITS = 70 };

static void add_counts(pa_counts *sum, pa_counts part)
{
    sum->frauds += part.frauds;
    sum->others += part.others;
}

size_t pa_score_runs(size_t n, const uint64_t key[], const uint8_t fraud[], pa_score_run runs[])
{
    size_t n_runs = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || key[i] != key[i - 1]) runs[n_runs++] = (pa_score_run){.key = key[i]};
        add_counts(&runs[n_runs - 1].rows, (pa_counts){fraud[i] != 0, fraud[i] == 0});
    }
    return n_runs;
}

/* Runs as they are found; the last one is not known to be complete. */
typedef struct {
    size_t n;
    pa_score_run *out; /* NULL: they are counted */
    pa_score_run last;
    bool any, takes_more; /* the last of `out` takes further runs without a fraud */
} run_list;

static void close_run(run_list *l, bool is_last)
{
    bool alone = is_last || l->n == 0 || l->last.rows.frauds > 0;
    if (alone || !l->takes_more) {
        if (l->out) l->out[l->n] = l->last;
        l->n++;
    } else if (l->out) {
        add_counts(&l->out[l->n - 1].rows, l->last.rows);
    }
    l->takes_more = !alone;
}

size_t pa_merged_runs(size_t n, const uint64_t key[], const uint8_t fraud[],
                      bool (*keeps)(const void *of, size_t i), const void *of, pa_score_run runs[])
{
    run_list l = {.out = runs};
    for (size_t i = 0; i < n; i++) {
        if (!keeps(of, i)) continue;
        if (!l.any || key[i] != l.last.key) {
            if (l.any) close_run(&l, false);
            l.last = (pa_score_run){.key = key[i]};
            l.any = true;
        }
        add_counts(&l.last.rows, (pa_counts){fraud[i] != 0, fraud[i] == 0});
    }
    if (l.any) close_run(&l, true);
    return l.n;
}

pa_run_ends pa_ends_of_runs(size_t n, const pa_score_run runs[])
{
    pa_run_ends e = {.n = (int64_t)n};
    if (n) {
        e.first = runs[0];
        e.last = runs[n - 1];
    }
    return e;
}

/* Does the last run before `rank` have this key? */
static bool began_earlier(int rank, const pa_run_ends ends[], uint64_t key)
{
    for (int r = rank - 1; r >= 0; r--) {
        if (ends[r].n) return ends[r].last.key == key;
    }
    return false;
}

void pa_join_runs(int n_ranks, int rank, const pa_run_ends ends[], pa_score_run runs[],
                  size_t *skip)
{
    const pa_run_ends *mine = ends + rank;
    *skip = mine->n > 0 && began_earlier(rank, ends, mine->first.key);
    if (mine->n == (int64_t)*skip) return;
    for (int r = rank + 1; r < n_ranks; r++) {
        if (ends[r].n == 0) continue;
        if (ends[r].first.key != mine->last.key) break;
        add_counts(&runs[mine->n - 1].rows, ends[r].first.rows);
        if (ends[r].n > 1) break;
    }
}

pa_counts pa_count_runs(size_t n, const pa_score_run runs[])
{
    pa_counts sum = {0, 0};
    for (size_t i = 0; i < n; i++) add_counts(&sum, runs[i].rows);
    return sum;
}

pa_i128 pa_ordered_pairs(size_t n, const pa_score_run runs[], pa_counts before, pa_counts all)
{
    pa_i128 pairs = 0;
    int64_t above = before.others;
    for (size_t i = 0; i < n; i++) {
        int64_t tied = runs[i].rows.others, below = all.others - above - tied;
        pairs += (pa_i128)runs[i].rows.frauds * (2 * below + tied);
        above += tied;
    }
    return pairs;
}

double pa_auroc(pa_i128 pairs, pa_counts all)
{
    if (all.frauds == 0 || all.others == 0) return (double)NAN;
    return pa_i128_to_f64(pairs) / pa_i128_to_f64(2 * (pa_i128)all.frauds * all.others);
}

pa_i128 pa_precision_sum(size_t n, const pa_score_run runs[], pa_counts before)
{
    pa_i128 sum = 0;
    pa_counts at = before;
    for (size_t i = 0; i < n; i++) {
        add_counts(&at, runs[i].rows);
        if (runs[i].rows.frauds == 0) continue;
        double precision = (double)at.frauds / (double)(at.frauds + at.others);
        sum += pa_fixed((double)runs[i].rows.frauds * precision, PRECISION_BITS);
    }
    return sum;
}

double pa_average_precision(pa_i128 sum, pa_counts all)
{
    if (all.frauds == 0) return (double)NAN;
    return pa_fixed_to_f64(sum, PRECISION_BITS) / (double)all.frauds;
}

static double ratio(double part, double whole)
{
    return whole == 0 ? (double)NAN : part / whole;
}

pa_rates pa_rates_of(pa_counts flagged, pa_counts all)
{
    double right = (double)flagged.frauds, n_flagged = (double)(flagged.frauds + flagged.others);
    return (pa_rates){
        .precision = ratio(right, n_flagged),
        .recall = ratio(right, (double)all.frauds),
        .f1 = ratio(2 * right, n_flagged + (double)all.frauds),
        .false_per_1000 = ratio(1000 * (double)flagged.others, (double)(all.frauds + all.others)),
    };
}

bool pa_curve_shows(int64_t run, int64_t n_runs, int64_t n_points)
{
    int64_t head = n_points / 2, steps = n_points - head;
    if (n_runs <= n_points || run < head) return true;
    /* Step j of 1 .. steps stands at head - 1 + floor(j * span / steps); `run`
     * is one of these places where the number of steps up to it grows. */
    pa_i128 span = n_runs - head, place = run - head + 1;
    pa_i128 j = (place * steps + span - 1) / span;
    return j * span / steps == place;
}

int64_t pa_curve_before(int64_t run, int64_t n_runs, int64_t n_points)
{
    int64_t head = n_points / 2, steps = n_points - head;
    if (n_runs <= n_points || run <= head) return run;
    /* The head, and the steps j that stand before: floor(j * span / steps) <= run - head. */
    pa_i128 span = n_runs - head;
    return head + (int64_t)(((pa_i128)(run - head + 1) * steps - 1) / span);
}

#include "paraudit/forecast/count_fit.h"

#include <math.h>
#include <string.h>

#include "count_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

enum { BITS = 40 };

static const double strengths[PA_COUNT_STRENGTHS] = {2, 4, 8, 16, 32, 64, 128};
static const double discounts[PA_COUNT_DISCOUNTS] = {.84, .92, .96, .98, .99, .995, 1};
static const double certainties[PA_COUNT_CERTAINTIES] = {.03, .06, .12, .25, .5, 1};

/* What is taken where nothing tells, and of several that are as good. */
enum { USUAL_STRENGTH = 3, USUAL_DISCOUNT = 4, USUAL_CERTAINTY = 4 };

static size_t place(size_t strength, size_t discount, size_t certainty)
{
    return (strength * PA_COUNT_DISCOUNTS + discount) * PA_COUNT_CERTAINTIES + certainty;
}

/* ---- means and factors ---- */

void pa_count_tally(const pa_count_series *s, int64_t rows[], int64_t days[])
{
    for (size_t i = 0; i < s->n; i++) {
        size_t row = (size_t)s->segment[i] * (size_t)s->season, phase = (size_t)s->phase[i];
        for (size_t t = s->first[i]; t < s->first[i + 1]; t++) {
            rows[row + phase] += s->count[t];
            days[row + phase]++;
            phase = phase + 1 == (size_t)s->season ? 0 : phase + 1;
        }
    }
}

static int64_t total(size_t n, const int64_t v[])
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += v[i];
    return sum;
}

/* Factors whose mean over the days is 1: rows over what the mean makes of the days, with `kept`
 * rows that say what `toward` does. */
static void factors(size_t season, const int64_t rows[], const int64_t days[], double mean,
                    const double toward[], double to[])
{
    const double kept = 100;
    double sum = 0, of = 0;
    for (size_t k = 0; k < season; k++) {
        to[k] = ((double)rows[k] + kept * toward[k]) / ((double)days[k] * mean + kept);
        sum += to[k] * (double)days[k];
        of += (double)days[k];
    }
    for (size_t k = 0; of > 0 && k < season; k++) to[k] *= of / sum;
}

/* Where there is no row: one in as many days, and one more. */
static double mean_of(int64_t rows, int64_t days)
{
    return ((double)rows + .5) / ((double)days + 1);
}

void pa_count_profile(size_t n_segments, int32_t season, const int64_t rows[], const int64_t days[],
                      double mean[], double factor[])
{
    const double toward = 100; /* days that are as all */
    size_t width = (size_t)season;
    int64_t all_rows[PA_COUNT_SEASON_MOST] = {0}, all_days[PA_COUNT_SEASON_MOST] = {0};
    double one[PA_COUNT_SEASON_MOST], all[PA_COUNT_SEASON_MOST];
    for (size_t i = 0; i < n_segments * width; i++) {
        all_rows[i % width] += rows[i];
        all_days[i % width] += days[i];
    }
    double mean_of_all = mean_of(total(width, all_rows), total(width, all_days));
    for (size_t k = 0; k < width; k++) one[k] = 1;
    factors(width, all_rows, all_days, mean_of_all, one, all);
    for (size_t g = 0; g < n_segments; g++) {
        const int64_t *r = rows + g * width, *d = days + g * width;
        mean[g] =
            ((double)total(width, r) + toward * mean_of_all) / ((double)total(width, d) + toward);
        factors(width, r, d, mean[g], all, factor + g * width);
    }
}

/* ---- likelihoods ---- */

/* Days go on alike in all series of a segment that begin at one place of the season: what depends
 * on nothing else is computed once. */
typedef struct {
    double days;                       /* before the day */
    double none[PA_COUNT_CERTAINTIES]; /* ln of the chance of no row, by a row of `rows` */
} clock_day;

/* Its days: those of the longest series, and the first that one of them is judged by. */
typedef struct {
    size_t length, judged;
    clock_day *day;
} day_clock;

typedef struct {
    const pa_count_series *series;
    size_t n_clocks; /* segments x season */
    const double *mean, *factor;
    day_clock *clock;
    clock_day *days; /* of all clocks */
} job;

static size_t clock_of(const pa_count_series *s, size_t i)
{
    return (size_t)s->segment[i] * (size_t)s->season + (size_t)s->phase[i];
}

static pa_status new_clocks(job *j, pa_error *err)
{
    const pa_count_series *s = j->series;
    size_t n_days = 0;
    PA_TRY(PA_NEW(j->clock, j->n_clocks, err));
    for (size_t i = 0; i < s->n; i++) {
        day_clock *c = j->clock + clock_of(s, i);
        size_t length = s->first[i + 1] - s->first[i], judged = (size_t)s->judged[i];
        if (c->length == 0 || judged < c->judged) c->judged = judged;
        if (length > c->length) c->length = length;
    }
    for (size_t k = 0; k < j->n_clocks; k++) n_days += j->clock[k].length;
    PA_TRY(PA_NEW(j->days, n_days, err));
    clock_day *next = j->days;
    for (size_t k = 0; k < j->n_clocks; next += j->clock[k++].length) j->clock[k].day = next;
    return PA_OK;
}

static void fill_clock(const job *j, size_t at, const pa_count_prior *p)
{
    size_t season = (size_t)j->series->season, phase = at % season;
    const day_clock *k = j->clock + at;
    clock_day *to = k->day;
    pa_count_state s = {0, p->strength};
    for (size_t t = 0; t < k->length; t++) {
        double w = j->factor[at - phase + (phase + t) % season];
        to[t].days = s.days;
        for (size_t c = 0; t >= k->judged && c < PA_COUNT_CERTAINTIES; c++)
            to[t].none[c] = -certainties[c] * pa_ln1p(w / (certainties[c] * s.days));
        s.days += w;
        pa_count_blur(p, &s);
    }
}

static void fill_clocks(const job *j, double strength, double discount)
{
    for (size_t k = 0; k < j->n_clocks; k++) {
        const pa_count_prior p = {j->mean[k / (size_t)j->series->season], strength, discount, 1};
        fill_clock(j, k, &p);
    }
}

/* Of a day that has rows; what the chance of none says is added elsewhere. product: to be
 * multiplied, so that logarithms are few; sum: what is too large for that. */
static void add_rows(double rows, double days, double w, int64_t n,
                     double product[PA_COUNT_CERTAINTIES], double sum[PA_COUNT_CERTAINTIES])
{
    enum { FEW = 16 };
    for (size_t c = 0; c < PA_COUNT_CERTAINTIES; c++) {
        double a = certainties[c] * rows, q = w / (certainties[c] * days + w);
        if (n > FEW) {
            sum[c] += (double)n * pa_ln(q) + pa_count_ln_ways(a, n);
            continue;
        }
        for (int64_t k = 0; k < n; k++) product[c] *= (a + (double)k) / (double)(k + 1) * q;
        if (product[c] > 1e-100) continue;
        sum[c] += pa_ln(product[c] > 1e-300 ? product[c] : 1e-300);
        product[c] = 1;
    }
}

/* Log likelihoods of one series by certainty. */
static void score_series(const job *j, size_t i, const pa_count_prior *p,
                         double sum[PA_COUNT_CERTAINTIES])
{
    const pa_count_series *s = j->series;
    size_t season = (size_t)s->season, g = (size_t)s->segment[i], phase = (size_t)s->phase[i];
    const clock_day *day = j->clock[clock_of(s, i)].day;
    const double *factor = j->factor + g * season;
    const uint16_t *count = s->count + s->first[i];
    size_t n = s->first[i + 1] - s->first[i], judged = (size_t)s->judged[i];
    double d = p->discount, back = (1 - d) * PA_COUNT_LEAN * p->strength * p->mean;
    double rows = p->mean * p->strength, product[PA_COUNT_CERTAINTIES];
    for (size_t c = 0; c < PA_COUNT_CERTAINTIES; c++) product[c] = 1;
    for (size_t t = 0; t < n; t++) {
        double w = factor[phase], kept = 0;
        if (t >= judged)
            for (size_t c = 0; c < PA_COUNT_CERTAINTIES; c++) sum[c] += rows * day[t].none[c];
        if (count[t]) {
            if (t >= judged) add_rows(rows, day[t].days, w, count[t], product, sum);
            kept = pa_count_kept(rows, day[t].days, w, count[t]);
        }
        rows = d * (rows + kept) + back;
        phase = phase + 1 == season ? 0 : phase + 1;
    }
    for (size_t c = 0; c < PA_COUNT_CERTAINTIES; c++) sum[c] += pa_ln(product[c]);
}

static void score_all(const job *j, size_t strength, size_t discount, pa_i128 sum[])
{
    const pa_count_series *s = j->series;
    fill_clocks(j, strengths[strength], discounts[discount]);
    for (size_t i = 0; i < s->n; i++) {
        size_t g = (size_t)s->segment[i];
        const pa_count_prior p = {j->mean[g], strengths[strength], discounts[discount], 1};
        double of[PA_COUNT_CERTAINTIES] = {0};
        score_series(j, i, &p, of);
        for (size_t c = 0; c < PA_COUNT_CERTAINTIES; c++)
            sum[g * PA_COUNT_GRID + place(strength, discount, c)] += pa_fixed(of[c], BITS);
    }
}

static void count_judged(const pa_count_series *s, int64_t judged[])
{
    for (size_t i = 0; i < s->n; i++) {
        int64_t n = (int64_t)(s->first[i + 1] - s->first[i]);
        if (n > s->judged[i]) judged[s->segment[i]] += n - s->judged[i];
    }
}

pa_status pa_count_score(const pa_count_series *s, size_t n_segments, const double mean[],
                         const double factor[], pa_i128 sum[], int64_t judged[], pa_error *err)
{
    job j = {
        .series = s, .n_clocks = n_segments * (size_t)s->season, .mean = mean, .factor = factor};
    pa_status st = new_clocks(&j, err);
    for (size_t a = 0; st == PA_OK && a < PA_COUNT_STRENGTHS; a++)
        for (size_t b = 0; b < PA_COUNT_DISCOUNTS; b++) score_all(&j, a, b, sum);
    pa_free(j.clock);
    pa_free(j.days);
    if (st == PA_OK) count_judged(s, judged);
    return st;
}

/* ---- the best ---- */

/* own, all: PA_COUNT_GRID; share: what all count for beside it. */
static size_t best_of(const double own[], const double all[], double share)
{
    size_t best = place(USUAL_STRENGTH, USUAL_DISCOUNT, USUAL_CERTAINTY);
    for (size_t i = 0; i < PA_COUNT_GRID; i++)
        if (own[i] + share * all[i] > own[best] + share * all[best]) best = i;
    return best;
}

static pa_count_prior prior_of(double mean, size_t at)
{
    return (pa_count_prior){mean, strengths[at / (PA_COUNT_DISCOUNTS * PA_COUNT_CERTAINTIES)],
                            discounts[at / PA_COUNT_CERTAINTIES % PA_COUNT_DISCOUNTS],
                            certainties[at % PA_COUNT_CERTAINTIES]};
}

void pa_count_choose(size_t n_segments, const double mean[], const pa_i128 sum[],
                     const int64_t judged[], pa_count_prior prior[], double *log_likelihood)
{
    const double of_all = 1000;
    double all[PA_COUNT_GRID], own[PA_COUNT_GRID], chosen = 0;
    pa_i128 sum_of_all[PA_COUNT_GRID] = {0};
    double days = (double)total(n_segments, judged);
    for (size_t i = 0; i < n_segments * PA_COUNT_GRID; i++) sum_of_all[i % PA_COUNT_GRID] += sum[i];
    for (size_t i = 0; i < PA_COUNT_GRID; i++) all[i] = pa_fixed_to_f64(sum_of_all[i], BITS);
    for (size_t g = 0; g < n_segments; g++) {
        for (size_t i = 0; i < PA_COUNT_GRID; i++)
            own[i] = pa_fixed_to_f64(sum[g * PA_COUNT_GRID + i], BITS);
        size_t at = best_of(own, all, of_all / fmax(days, of_all));
        prior[g] = prior_of(mean[g], at);
        chosen += own[at];
    }
    *log_likelihood = days > 0 ? chosen / days : 0;
}

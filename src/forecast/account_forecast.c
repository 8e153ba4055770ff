#include "paraudit/forecast/account_forecast.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/calendar.h"
#include "paraudit/base/math.h"
#include "paraudit/table/slices.h"

enum { FINISHED = 30, LONGEST_GAP = 60 };

const int pa_cusum_days[2] = {7, FINISHED};

static const double LEAST_TAIL = 1e-37; /* that a float holds */
static const double ALLOWED = .5;       /* of an innovation, before it adds to a cumulative sum */

double pa_log_amount(int64_t amount_minor, double units)
{
    return amount_minor > 0 ? pa_ln((double)amount_minor / units) : NAN;
}

/* An account between two of its days. */
typedef struct {
    const pa_account_model *model;
    const pa_account_rows *rows;
    const pa_account_columns *to;
    const pa_count_prior *count;
    const pa_amount_prior *amount;
    const double *weekday;
    pa_count_state counts;
    pa_amount_state amounts;
    int n_finished;
    double finished[FINISHED]; /* innovations, the last one first */
    int64_t day;               /* that comes next */
} walk;

static walk open_account(const pa_account_model *m, const pa_account_rows *r,
                         const pa_account_columns *to, size_t begin)
{
    size_t g = (size_t)r->segment[begin];
    return (walk){.model = m,
                  .rows = r,
                  .to = to,
                  .count = m->count + g,
                  .amount = m->amount + g,
                  .weekday = m->weekday + g * PA_WEEK_DAYS,
                  .counts = pa_count_start(m->count + g),
                  .day = pa_day_of(r->time[begin])};
}

static double factor_of(const walk *w, int64_t day)
{
    return w->weekday[pa_weekday_of(day * PA_DAY_SECONDS)];
}

/* ---- a day ends ---- */

static void finish_day(walk *w, int64_t count)
{
    double factor = factor_of(w, w->day++);
    memmove(w->finished + 1, w->finished, (FINISHED - 1) * sizeof *w->finished);
    w->finished[0] = pa_count_innovation(w->count, &w->counts, factor, (double)count);
    if (w->n_finished < FINISHED) w->n_finished++;
    pa_count_step(w->count, factor, (double)count, &w->counts);
}

/* Days without a row up to another one. Of a long gap the first days go in together. */
static void finish_until(walk *w, int64_t day)
{
    int64_t gap = day - w->day;
    if (gap > LONGEST_GAP) {
        pa_count_skip(w->count, (double)(gap - LONGEST_GAP), &w->counts);
        w->day += gap - LONGEST_GAP;
    }
    while (w->day < day) finish_day(w, 0);
}

static const pa_amount_category *category_of(const walk *w, size_t row)
{
    return w->model->category + (w->rows->category ? w->rows->category[row] + 1 : 0);
}

/* The residual of a row, whose amount goes into the sums; of one that says nothing NaN. */
static double take_amount(walk *w, size_t row, const pa_amount_expected *e)
{
    double x = pa_log_amount(w->rows->amount_minor[row], w->rows->units);
    if (isnan(x)) return x;
    pa_amount_add(e, category_of(w, row), x, &w->amounts);
    return pa_amount_residual(e, category_of(w, row), x);
}

/* ---- its rows ---- */

static double cusum(const walk *w, int days)
{
    double sum = 0, most = 0;
    for (int k = 0; k < days && k < w->n_finished; k++) {
        sum += w->finished[k] - ALLOWED;
        if (sum > most) most = sum;
    }
    return most;
}

static void tell_count(const walk *w, size_t row, const pa_count_day *day)
{
    double tail = fmax(LEAST_TAIL, pa_count_day_tail(day));
    w->to->expected[row] = (float)day->mean;
    w->to->tail[row] = (float)tail;
    w->to->surprise[row] = (float)-pa_log2(tail);
}

static float bits_of_low(const pa_count_day *opened, double low)
{
    double tail = fmax(LEAST_TAIL, pa_count_day_product_tail(opened, low));
    return (float)(0 - pa_log2(tail));
}

/* The rows of a day; opens: the account has none before. */
static void tell_day(walk *w, size_t begin, size_t end, bool opens, const pa_amount_expected *e)
{
    pa_count_day opened, day;
    double low = 1;
    float sum[2], bits = 0;
    pa_count_day_open(w->count, &w->counts, factor_of(w, w->day), &opened);
    day = opened;
    for (int k = 0; k < 2; k++) sum[k] = (float)cusum(w, pa_cusum_days[k]);
    for (size_t i = begin; i < end; i++) {
        bool counts = !opens || i > begin;
        double residual = take_amount(w, i, e);
        if (counts) pa_count_day_add(&day);
        if (counts && day.n <= PA_LOW_ROWS && !isnan(residual)) {
            low *= pa_low_share(w->model->low_share, residual);
            bits = bits_of_low(&opened, low);
        }
        if (w->rows->time[i] < w->rows->from) continue;
        tell_count(w, i, &day);
        w->to->low[i] = bits;
        w->to->residual[i] = isnan(residual) ? 0 : (float)residual;
        for (int k = 0; k < 2; k++) w->to->cusum[k][i] = sum[k];
    }
}

static void take_amounts(walk *w, size_t begin, size_t end, const pa_amount_expected *e)
{
    for (size_t i = begin; i < end; i++) (void)take_amount(w, i, e);
}

static size_t end_of_day(const pa_account_rows *r, size_t begin, size_t end)
{
    int64_t day = pa_day_of(r->time[begin]);
    size_t i = begin + 1;
    while (i < end && pa_day_of(r->time[i]) == day) i++;
    return i;
}

static void tell_account(walk *w, size_t begin, size_t end)
{
    for (size_t at = begin, next; at < end; at = next) {
        next = end_of_day(w->rows, at, end);
        finish_until(w, pa_day_of(w->rows->time[at]));
        pa_amount_expected e = pa_amount_expect(w->amount, &w->amounts);
        if (w->rows->time[next - 1] < w->rows->from)
            take_amounts(w, at, next, &e);
        else
            tell_day(w, at, next, at == begin, &e);
        if (at == begin)
            w->day++;
        else
            finish_day(w, (int64_t)(next - at));
    }
}

static void tell_residuals(walk *w, size_t begin, size_t end, double residual[])
{
    for (size_t at = begin, next; at < end; at = next) {
        next = end_of_day(w->rows, at, end);
        pa_amount_expected e = pa_amount_expect(w->amount, &w->amounts);
        for (size_t i = at; i < next; i++) {
            residual[i] = take_amount(w, i, &e);
            if (w->rows->time[i] < w->rows->from) residual[i] = NAN;
        }
    }
}

void pa_account_residuals(const pa_account_model *m, const pa_account_rows *r, double residual[])
{
    for (size_t begin = 0, end; begin < r->n; begin = end) {
        end = pa_end_of_slice(r->n, r->account, begin);
        walk w = {.model = m, .rows = r, .amount = m->amount + r->segment[begin]};
        tell_residuals(&w, begin, end, residual);
    }
}

static void tell_nothing(const pa_account_rows *r, const pa_account_columns *to)
{
    float *const column[] = {to->expected, to->tail,     to->surprise, to->low,
                             to->residual, to->cusum[0], to->cusum[1]};
    for (size_t k = 0; k < sizeof column / sizeof *column; k++)
        for (size_t i = 0; i < r->n; i++) column[k][i] = NAN;
}

void pa_account_forecast(const pa_account_model *m, const pa_account_rows *r,
                         const pa_account_columns *to)
{
    tell_nothing(r, to);
    for (size_t begin = 0, end; begin < r->n; begin = end) {
        end = pa_end_of_slice(r->n, r->account, begin);
        walk w = open_account(m, r, to, begin);
        tell_account(&w, begin, end);
    }
}

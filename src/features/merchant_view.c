#include "merchant_view.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/comm/view.h"
#include "paraudit/features/known_fraud.h"
#include "paraudit/features/windows.h"
#include "paraudit/pipeline/time_plan.h"
#include "totals.h"

typedef struct {
    pa_run *run;
    const pa_feature_rows *rows;
    int64_t delay;
    uint64_t stride;
    pa_view view;
    pa_line line;       /* own rows and as far back as any column looks */
    uint64_t *position; /* of the line */
    float *column[2];   /* two columns in view order, on their way back */
} merchant_side;

/* The first position that a look back over `reach` seconds from this rank's first
 * row can see; none where there is no row. */
static uint64_t look_back(const merchant_side *m, int64_t reach)
{
    if (m->view.n == 0) return UINT64_MAX;
    uint64_t first = m->view.key[0], back = (uint64_t)reach - 1;
    return first > back ? first - back : 0;
}

/* *both: the halo and then the own rows of a column that is in view order. */
static pa_status join_halo(const merchant_side *m, uint64_t from, size_t width, const void *own,
                           void **both, size_t *n_halo)
{
    pa_error *err = &m->run->err;
    size_t n = m->view.n;
    *both = NULL;
    PA_TRY(pa_view_halo(m->run->comm, &m->view, from, width, own, both, n_halo, err));
    char *joined = pa_realloc(*both, *n_halo + n, width, err);
    if (joined) {
        if (n) memcpy(joined + *n_halo * width, own, n * width);
        *both = joined;
    }
    return pa_agree(m->run->comm, joined ? PA_OK : PA_E_MEMORY, err);
}

/* The same of a column that is in row order. The caller frees *both, even on
 * failure. */
static pa_status fetch(const merchant_side *m, uint64_t from, size_t width, const void *rows,
                       void **both, size_t *n_halo)
{
    pa_comm *comm = m->run->comm;
    pa_error *err = &m->run->err;
    void *own = pa_alloc(m->view.n, width, err);
    pa_status st = pa_agree(comm, own ? PA_OK : PA_E_MEMORY, err);
    if (st == PA_OK) st = pa_view_send(comm, &m->view, width, rows, own, err);
    if (st == PA_OK) st = join_halo(m, from, width, own, both, n_halo);
    pa_free(own);
    return st;
}

static pa_status give_back(const merchant_side *m, int column, pa_feature feature)
{
    return pa_view_return(m->run->comm, &m->view, sizeof(float), m->column[column],
                          m->rows->out[feature], &m->run->err);
}

static pa_status make_view(merchant_side *m, int64_t first_time)
{
    const pa_feature_rows *rows = m->rows;
    pa_comm *comm = m->run->comm;
    pa_error *err = &m->run->err;
    uint64_t *key = NULL;
    pa_status st = pa_agree(comm, PA_NEW(key, rows->n, err), err);
    if (st == PA_OK) {
        pa_line_place(rows->n, rows->merchant, rows->time, first_time, m->stride, key);
        st = pa_view_make(comm, rows->n, key, rows->tx, &m->view, err);
    }
    pa_free(key);
    return st;
}

static pa_status make_line(merchant_side *m, int64_t reach)
{
    pa_error *err = &m->run->err;
    void *position = NULL;
    m->line.n = m->view.n;
    pa_status st = join_halo(m, look_back(m, reach), sizeof(uint64_t), m->view.key, &position,
                             &m->line.n_halo);
    m->position = position;
    m->line.at = m->position;
    PA_TRY(st);
    for (int i = 0; i < 2 && st == PA_OK; i++) st = PA_NEW(m->column[i], m->view.n, err);
    return pa_agree(m->run->comm, st, err);
}

static pa_status counts(const merchant_side *m)
{
    static const int64_t window[] = {PA_HOUR, PA_DAY, PA_WEEK};
    for (int w = 0; w < 3; w++) {
        pa_window_count(&m->line, window[w], m->column[0]);
        PA_TRY(give_back(m, 0, (pa_feature)(PA_MERCHANT_TX_COUNT_1H + w)));
    }
    return PA_OK;
}

static pa_status known_frauds(const merchant_side *m, int64_t reach)
{
    static const int64_t window[] = {PA_DAY, PA_WEEK, PA_MONTH};
    void *data = NULL;
    size_t n_halo;
    pa_status st = fetch(m, look_back(m, reach), sizeof(int8_t), m->rows->label, &data, &n_halo);
    if (st != PA_OK) goto out;
    const int8_t *label = data;
    for (int w = 0; w < 3; w++) {
        pa_known_rate(&m->line, label, m->delay, window[w], m->column[0], m->column[1]);
        PA_GOTO(give_back(m, 0, (pa_feature)(PA_MERCHANT_TX_COUNT_DELAYED_1D + w)));
        PA_GOTO(give_back(m, 1, (pa_feature)(PA_MERCHANT_FRAUD_RATE_1D + w)));
    }
    pa_known_fraud_recency(&m->line, label, m->delay, PA_FRAUD_MEMORY, m->column[0], m->column[1]);
    PA_GOTO(give_back(m, 0, PA_MERCHANT_FRAUD_AGE_DAYS));
    PA_GOTO(give_back(m, 1, PA_MERCHANT_FRAUD_RUN));
out:
    pa_free(data);
    return st;
}

static pa_status amounts(const merchant_side *m)
{
    void *data = NULL;
    pa_line line = {.n = m->view.n};
    pa_status st = fetch(m, look_back(m, PA_MONTH), sizeof(int64_t), m->rows->amount_minor, &data,
                         &line.n_halo);
    if (st != PA_OK) goto out;
    const int64_t *amount_minor = data;
    line.at = m->position + (m->line.n_halo - line.n_halo);
    pa_window_columns out = {.count = m->column[0], .ratio = m->column[1]};
    pa_window_amount(&line, amount_minor, PA_MONTH, &out);
    PA_GOTO(give_back(m, 0, PA_MERCHANT_TX_COUNT_30D));
    PA_GOTO(give_back(m, 1, PA_AMOUNT_RATIO_MERCHANT_30D));
    PA_GOTO(
        pa_merchant_totals(m->run, m->view.n, m->view.key, m->stride, amount_minor + line.n_halo));
out:
    pa_free(data);
    return st;
}

pa_status pa_merchant_columns(pa_run *run, const pa_feature_rows *rows,
                              const pa_feature_extent *extent)
{
    merchant_side m = {.run = run, .rows = rows, .delay = run->plan->label_delay};
    PA_ASSERT(m.delay >= 0);
    int64_t reach = m.delay + PA_FRAUD_MEMORY; /* longer than any window */
    PA_AGREE(run->comm,
             pa_line_stride(extent->first_time, extent->last_time, reach, extent->n_merchants,
                            "merchants", &m.stride, &run->err),
             &run->err);
    pa_status st = make_view(&m, extent->first_time);
    if (st == PA_OK) st = make_line(&m, reach);
    if (st == PA_OK) st = counts(&m);
    if (st == PA_OK) st = known_frauds(&m, reach);
    if (st == PA_OK) st = amounts(&m);
    for (int i = 0; i < 2; i++) pa_free(m.column[i]);
    pa_free(m.position);
    pa_view_free(&m.view);
    return st;
}

/* The stage `merchants`: each row beside the past of its merchant. */
#include "paraudit/features/features_stage.h"

#include <string.h>

#include "carry.h"
#include "feature_rows.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/view.h"
#include "paraudit/features/fraud_runs.h"
#include "paraudit/features/known_fraud.h"
#include "paraudit/features/windows.h"
#include "paraudit/stage/labels.h"
#include "paraudit/stage/time_plan.h"
#include "past.h"
#include "totals.h"

enum { N_COLUMNS = 9 };

typedef struct {
    pa_run *run;
    const pa_feature_rows *rows;
    int64_t delay;
    uint64_t stride;
    pa_view view;
    float *column[N_COLUMNS]; /* in view order, on their way back */
} merchant_side;

/* Columns 0 .. n - 1, up to all of them, in the same messages. */
static pa_status give_back(const merchant_side *m, size_t n, const pa_feature feature[])
{
    pa_column_move move[N_COLUMNS];
    for (size_t i = 0; i < n; i++)
        move[i] = (pa_column_move){sizeof(float), m->column[i], m->rows->out[feature[i]]};
    return pa_view_return_all(m->run->comm, &m->view, n, move, &m->run->err);
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

static pa_status new_columns(merchant_side *m)
{
    pa_status st = PA_OK;
    for (int i = 0; i < N_COLUMNS && st == PA_OK; i++)
        st = PA_NEW(m->column[i], m->view.n, &m->run->err);
    return pa_agree(m->run->comm, st, &m->run->err);
}

/* What the labels say, of the past and own rows in the order of the line. */
typedef struct {
    pa_past past;
    void *event;         /* int8_t, a pa_fraud_event each; late ones are in the list */
    pa_late_labels late; /* none where the input does not say when labels were found */
} told;

static void told_free(told *t)
{
    pa_past_free(&t->past);
    pa_free(t->event);
    pa_late_labels_free(&t->late);
}

/* Labels of own rows, in their order, and how late each is. */
typedef struct {
    int8_t *event;
    int32_t *late;           /* NULL: the input does not say */
    pa_label_change *change; /* NULL: no label has changed */
} own_labels;

static void own_free(own_labels *own)
{
    pa_free(own->event);
    pa_free(own->late);
    pa_free(own->change);
}

static pa_status own_new(const pa_feature_rows *r, own_labels *own, pa_error *err)
{
    PA_TRY(PA_NEW(own->event, r->n, err));
    if (r->label_time) PA_TRY(PA_NEW(own->late, r->n, err));
    return r->label_before_time ? PA_NEW(own->change, r->n, err) : PA_OK;
}

/* event: the labels. A label that comes later than anything remembers it is none. robust_z: the
 * history stage's; NULL where each row is its own account, and then no fraud is unexplained. */
static void find_events(size_t n, const int32_t late[], const float robust_z[], int8_t event[])
{
    for (size_t i = 0; i < n; i++) {
        bool unexplained = robust_z && robust_z[i] <= PA_OUTLIER_Z;
        bool forgotten = late && late[i] == PA_FRAUD_MEMORY;
        if (event[i] == PA_LABEL_FRAUD && unexplained) event[i] = PA_UNEXPLAINED_FRAUD;
        if (forgotten) event[i] = PA_NO_EVENT;
    }
}

/* The farthest first, behind the delay: of the shares of frauds, and where labels come in. */
static pa_status make_past(const merchant_side *m, int64_t reach, const void *late, told *t)
{
    const int64_t d = m->delay;
    const int64_t border[] = {d + PA_FRAUD_SPAN, d + PA_MONTH, d + PA_WEEK, d + PA_DAY, d};
    const pa_past_needs needs = {.reach = reach,
                                 .n_borders = sizeof border / sizeof *border,
                                 .border = border,
                                 .event = t->event,
                                 .late = late,
                                 .delay = d};
    return pa_past_make(m->run->comm, &m->view, m->stride, &needs, &t->past, &m->run->err);
}

/* Own labels in view order; late and change are NULL where they are not known. */
typedef struct {
    void *late, *change;
} ordered_labels;

static pa_status put_past(const merchant_side *m, ordered_labels *o, told *t)
{
    pa_comm *comm = m->run->comm;
    pa_error *err = &m->run->err;
    PA_TRY(pa_past_values(comm, &t->past, sizeof(int8_t), 0, &t->event, err));
    if (o->late) PA_TRY(pa_past_values(comm, &t->past, sizeof(int32_t), 0, &o->late, err));
    if (o->change)
        PA_TRY(pa_past_values(comm, &t->past, sizeof(pa_label_change), -1, &o->change, err));
    if (!o->late) return PA_OK;
    return pa_agree(
        comm,
        pa_late_labels_make(&t->past.line, o->late, o->change, m->delay, t->event, &t->late, err),
        err);
}

static pa_status order_labels(const merchant_side *m, const own_labels *own, ordered_labels *o,
                              told *t)
{
    pa_error *err = &m->run->err;
    size_t n = m->view.n, n_columns = 1;
    pa_status st = (t->event = pa_alloc(n, sizeof *own->event, err)) ? PA_OK : PA_E_MEMORY;
    if (own->late && !(o->late = pa_alloc(n, sizeof *own->late, err))) st = PA_E_MEMORY;
    if (own->change && !(o->change = pa_alloc(n, sizeof *own->change, err))) st = PA_E_MEMORY;
    PA_AGREE(m->run->comm, st, err);
    pa_column_move move[3] = {{sizeof *own->event, own->event, t->event}};
    if (own->late) move[n_columns++] = (pa_column_move){sizeof *own->late, own->late, o->late};
    if (own->change)
        move[n_columns++] = (pa_column_move){sizeof *own->change, own->change, o->change};
    return pa_view_send_all(m->run->comm, &m->view, n_columns, move, err);
}

static pa_status order_told(const merchant_side *m, int64_t reach, const own_labels *own, told *t)
{
    ordered_labels o = {0};
    pa_status st = order_labels(m, own, &o, t);
    if (st == PA_OK) st = make_past(m, reach, o.late, t);
    if (st == PA_OK) st = put_past(m, &o, t);
    pa_free(o.late);
    pa_free(o.change);
    return st;
}

static void find_labels(const merchant_side *m, const float robust_z[], own_labels *own)
{
    const pa_feature_rows *r = m->rows;
    const pa_labels labels = pa_feature_labels(r, m->delay);
    if (r->n) memcpy(own->event, r->label, r->n * sizeof *own->event);
    if (own->late)
        pa_label_lateness(r->n, r->time, r->label_time, m->delay, PA_FRAUD_MEMORY, own->late);
    if (own->change)
        pa_label_changes(&labels, r->n, PA_FRAUD_MEMORY, own->event, own->late, own->change);
    find_events(r->n, own->late, robust_z, own->event);
}

static pa_status fetch_told(const merchant_side *m, int64_t reach, const float robust_z[], told *t)
{
    pa_error *err = &m->run->err;
    own_labels own = {0};
    pa_status st = pa_agree(m->run->comm, own_new(m->rows, &own, err), err);
    if (st == PA_OK) {
        find_labels(m, robust_z, &own);
        st = order_told(m, reach, &own, t);
    }
    own_free(&own);
    return st;
}

static pa_status known_rates(const merchant_side *m, bool has_accounts, const told *t)
{
    static const pa_feature feature[] = {
        PA_MERCHANT_TX_COUNT_DELAYED_1D,  PA_MERCHANT_FRAUD_RATE_1D,
        PA_MERCHANT_TX_COUNT_DELAYED_7D,  PA_MERCHANT_FRAUD_RATE_7D,
        PA_MERCHANT_TX_COUNT_DELAYED_30D, PA_MERCHANT_FRAUD_RATE_30D,
        PA_MERCHANT_OWN_FRAUD_RATE_35D};
    float *const *c = m->column;
    const pa_known_window window[] = {{PA_DAY, PA_EXPLAINED_FRAUD, c[0], c[1]},
                                      {PA_WEEK, PA_EXPLAINED_FRAUD, c[2], c[3]},
                                      {PA_MONTH, PA_EXPLAINED_FRAUD, c[4], c[5]},
                                      {PA_FRAUD_SPAN, PA_UNEXPLAINED_FRAUD, NULL, c[6]}};
    pa_known_rates(&t->past.line, t->event, &t->late, m->delay, has_accounts ? 4 : 3, window);
    return give_back(m, has_accounts ? 7 : 6, feature);
}

static void recency(const merchant_side *m, const told *t)
{
    pa_known_fraud_recency(&t->past.line, t->event, &t->late, m->delay, PA_FRAUD_MEMORY,
                           m->column[0], m->column[1]);
}

static pa_status fraud_runs(const merchant_side *m, bool has_accounts, const told *t)
{
    float *const *c = m->column + 2;
    pa_fraud_run_columns out = {.start_days = c[0], .last_share = c[1]};
    const pa_fraud_events events = {.line = &t->past.line,
                                    .event = t->event,
                                    .late = &t->late,
                                    .stride = m->stride,
                                    .delay = m->delay,
                                    .gap = PA_FRAUD_GAP};
    pa_fraud_state before;
    PA_TRY(pa_carry_frauds(m->run->comm, &events, &before, &m->run->err));
    if (has_accounts) {
        out.unexplained_start_days = c[2];
        out.unexplained_days = c[3];
        out.unexplained = c[4];
    }
    pa_fraud_runs(&events, &before, PA_FRAUD_MEMORY, &out);
    return PA_OK;
}

/* When the last frauds were. */
static pa_status last_frauds(const merchant_side *m, bool has_accounts, const told *t)
{
    static const pa_feature feature[] = {
        PA_MERCHANT_FRAUD_AGE_DAYS,       PA_MERCHANT_FRAUD_RUN,
        PA_MERCHANT_FRAUD_START_DAYS,     PA_MERCHANT_FRAUD_SHARE_LAST,
        PA_MERCHANT_OWN_FRAUD_START_DAYS, PA_MERCHANT_OWN_FRAUD_AGE_DAYS,
        PA_MERCHANT_OWN_FRAUD_RUN};
    recency(m, t);
    PA_TRY(fraud_runs(m, has_accounts, t));
    return give_back(m, has_accounts ? 7 : 4, feature);
}

static pa_status known_frauds(const merchant_side *m, int64_t reach, const float robust_z[])
{
    told t = {0};
    pa_status st = fetch_told(m, reach, robust_z, &t);
    if (st == PA_OK) st = known_rates(m, robust_z, &t);
    if (st == PA_OK) st = last_frauds(m, robust_z, &t);
    told_free(&t);
    return st;
}

/* amount_minor: of the past and own rows. Columns 0 .. 6: of the windows, and the ratio. */
static void amount_windows(const merchant_side *m, const pa_past *past,
                           const int64_t amount_minor[])
{
    static const int64_t window[] = {PA_DAY, PA_WEEK, PA_MONTH};
    for (int w = 0; w < 3; w++) {
        pa_window_columns out = {.count = m->column[2 * w], .mean = m->column[2 * w + 1]};
        if (window[w] == PA_MONTH) out.ratio = m->column[6];
        pa_window_amount(&past->line, amount_minor, m->rows->units, window[w], &out);
    }
}

static pa_status amounts(const merchant_side *m, const pa_past *past, int64_t **amount_minor)
{
    pa_run *run = m->run;
    PA_TRY(pa_past_sums(run->comm, past, amount_minor, &run->err));
    amount_windows(m, past, *amount_minor);
    return pa_merchant_totals(run, m->view.n, m->view.key, m->stride,
                              *amount_minor + past->line.n_halo);
}

/* Newcomers as amounts of 1: their share is the mean. */
static pa_status newcomers(const merchant_side *m, const pa_past *past, const int8_t ordered[])
{
    pa_run *run = m->run;
    const pa_window_columns share = {.mean = m->column[8]};
    int64_t *amount = NULL;
    pa_status st;
    PA_GOTO(pa_agree(run->comm, PA_NEW(amount, m->view.n, &run->err), &run->err));
    for (size_t i = 0; i < m->view.n; i++) amount[i] = ordered[i] != 0;
    PA_GOTO(pa_past_sums(run->comm, past, &amount, &run->err));
    pa_window_amount(&past->line, amount, 1, PA_WEEK, &share);
out:
    pa_free(amount);
    return st;
}

/* What is read of a month: own rows' amounts in view order, and whether the account is new. */
typedef struct {
    int64_t *amount_minor;
    int8_t *is_new; /* NULL: each row is its own account */
} month;

static pa_status order_month(const merchant_side *m, const float is_new[], month *o)
{
    pa_run *run = m->run;
    size_t n = m->rows->n;
    int8_t *own = NULL;
    pa_status st = PA_NEW(o->amount_minor, m->view.n, &run->err);
    if (st == PA_OK && is_new) st = PA_NEW(o->is_new, m->view.n, &run->err);
    if (st == PA_OK && is_new) st = PA_NEW(own, n, &run->err);
    PA_GOTO(pa_agree(run->comm, st, &run->err));
    for (size_t i = 0; is_new && i < n; i++) own[i] = is_new[i] > 0;
    const pa_column_move move[] = {
        {sizeof *o->amount_minor, m->rows->amount_minor, o->amount_minor},
        {sizeof *own, own, o->is_new}};
    st = pa_view_send_all(run->comm, &m->view, is_new ? 2 : 1, move, &run->err);
out:
    pa_free(own);
    return st;
}

static pa_status fill_month(const merchant_side *m, const pa_past *past, month *o)
{
    static const pa_feature feature[] = {
        PA_MERCHANT_TX_COUNT_1D,      PA_MERCHANT_AMOUNT_MEAN_1D, PA_MERCHANT_TX_COUNT_7D,
        PA_MERCHANT_AMOUNT_MEAN_7D,   PA_MERCHANT_TX_COUNT_30D,   PA_MERCHANT_AMOUNT_MEAN_30D,
        PA_AMOUNT_RATIO_MERCHANT_30D, PA_MERCHANT_TX_COUNT_1H,    PA_MERCHANT_NEW_SHARE_7D};
    float *const *out = m->rows->out;
    pa_window_count(&past->line, PA_HOUR, m->column[7]);
    if (o->is_new) PA_TRY(pa_step(m->run, newcomers(m, past, o->is_new)));
    PA_TRY(pa_step(m->run, amounts(m, past, &o->amount_minor)));
    PA_TRY(give_back(m, o->is_new ? 9 : 8, feature));
    pa_window_burst(m->rows->n, out[PA_MERCHANT_TX_COUNT_1D], out[PA_MERCHANT_TX_COUNT_30D],
                    out[PA_MERCHANT_BURST_1D]);
    return PA_OK;
}

static pa_status last_month(const merchant_side *m, const float is_new[])
{
    static const int64_t border[] = {PA_MONTH, PA_WEEK, PA_DAY, PA_HOUR};
    static const pa_past_needs needs = {
        .reach = PA_MONTH, .n_borders = sizeof border / sizeof *border, .border = border};
    pa_run *run = m->run;
    pa_past past = {0};
    month o = {0};
    pa_status st = order_month(m, is_new, &o);
    if (st == PA_OK) st = pa_past_make(run->comm, &m->view, m->stride, &needs, &past, &run->err);
    if (st == PA_OK) st = fill_month(m, &past, &o);
    pa_past_free(&past);
    pa_free(o.amount_minor);
    pa_free(o.is_new);
    return st;
}

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    PA_TRY(pa_feature_plan(config, "merchants", io, err));
    if (pa_input_lacks(config, "input.merchant")) {
        pa_schema_stands_aside(io, "rows name no merchant (input.merchant is empty)");
    } else if (!pa_input_lacks(config, "input.account")) {
        PA_TRY(pa_schema_reads(io, pa_feature_columns[PA_MERCHANT_IS_NEW].name, err));
        PA_TRY(pa_schema_reads(io, pa_feature_columns[PA_AMOUNT_ROBUST_Z].name, err));
    }
    return PA_OK;
}

/* is_new, robust_z: the history stage's; NULL where each row is its own account. */
static pa_status fill(merchant_side *m, const float is_new[], const float robust_z[])
{
    pa_run *run = m->run;
    int64_t reach = m->delay + PA_FRAUD_MEMORY; /* longer than any window */
    pa_feature_extent extent = pa_feature_extent_of(run->comm, m->rows, m->rows->merchant);
    PA_AGREE(run->comm,
             pa_line_stride(extent.first_time, extent.last_time, reach, extent.n_owners,
                            "merchants", &m->stride, &run->err),
             &run->err);
    PA_TRY(make_view(m, extent.first_time));
    PA_TRY(new_columns(m));
    PA_TRY(pa_step(run, known_frauds(m, reach, robust_z)));
    return last_month(m, is_new);
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    (void)model;
    pa_feature_rows rows;
    PA_AGREE(run->comm, pa_feature_rows_open(run->config, tx, "merchants", &rows, &run->err),
             &run->err);
    merchant_side m = {.run = run, .rows = &rows, .delay = run->plan->label_delay};
    PA_ASSERT(m.delay >= 0);
    bool has_accounts = rows.has & PA_HAS_ACCOUNT;
    const float *is_new =
        has_accounts ? pa_f32(tx, pa_feature_columns[PA_MERCHANT_IS_NEW].name) : NULL;
    const float *robust_z =
        has_accounts ? pa_f32(tx, pa_feature_columns[PA_AMOUNT_ROBUST_Z].name) : NULL;
    pa_status st = fill(&m, is_new, robust_z);
    for (int i = 0; i < N_COLUMNS; i++) pa_free(m.column[i]);
    pa_view_free(&m.view);
    return st;
}

const pa_stage pa_merchants_stage = {
    .name = "merchants", .version = 1, .plan = plan, .apply = apply, .cost = {.apply = 335}};

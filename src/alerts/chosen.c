/* Which account-days raise an alert, and which would but for a rule. */
#include "chosen.h"

#include "paraudit/base/array.h"
#include "paraudit/comm/batch.h"
#include "paraudit/order/ranks.h"

void pa_chosen_free(pa_chosen *c)
{
    pa_free(c->days);
    pa_free(c->held);
    pa_free(c->held_before);
    *c = (pa_chosen){0};
}

/* By row: whether it stands for an account-day that may be alerted, or for one that is held back,
 * and how many of each come before it on its day. */
typedef struct {
    uint8_t *free, *held;
    int64_t *free_before, *held_before;
} marks;

static void free_marks(marks *m)
{
    pa_free(m->free);
    pa_free(m->held);
    pa_free(m->free_before);
    pa_free(m->held_before);
}

/* Keeps the account-days that are among the first per_day of their day; of those held back what
 * would be there: fewer than per_day others, which may be alerted, come before it. */
static void keep_within_budget(int64_t per_day, const marks *m, pa_chosen *c)
{
    size_t n = 0, n_held = 0;
    for (size_t i = 0; i < c->n; i++) {
        int64_t before = m->free_before[c->days[i].best];
        if (before >= per_day) continue;
        c->days[n] = c->days[i];
        c->days[n++].place = before + 1;
    }
    for (size_t i = 0; i < c->n_held; i++) {
        int64_t before = m->free_before[c->held[i].best];
        if (before >= per_day) continue;
        c->held_before[n_held] = m->held_before[c->held[i].best];
        c->held[n_held] = c->held[i];
        c->held[n_held++].place = before + 1;
    }
    c->n = n;
    c->n_held = n_held;
}

static pa_status list_days(const pa_alert_input *in, marks *m, pa_chosen *c, pa_error *err)
{
    const pa_day_rows rows = {in->n, in->account, in->time, in->tx, in->margin, in->audited};
    c->n = pa_account_days(&rows, NULL);
    PA_TRY(PA_NEW(c->days, c->n, err));
    PA_TRY(PA_NEW(m->free, in->n, err));
    PA_TRY(PA_NEW(m->free_before, in->n, err));
    if (in->held_by) {
        PA_TRY(PA_NEW(c->held, c->n, err));
        PA_TRY(PA_NEW(c->held_before, c->n, err));
        PA_TRY(PA_NEW(m->held, in->n, err));
        PA_TRY(PA_NEW(m->held_before, in->n, err));
    }
    pa_account_days(&rows, c->days);
    if (in->held_by) c->n_held = pa_hold_back(&rows, in->held_by, &c->n, c->days, c->held);
    for (size_t i = 0; i < c->n; i++) m->free[c->days[i].best] = 1;
    for (size_t i = 0; i < c->n_held; i++) m->held[c->held[i].best] = 1;
    return PA_OK;
}

pa_status pa_choose(pa_comm *comm, const pa_alert_input *in, int64_t rank[], pa_chosen *c,
                    pa_error *err)
{
    marks m = {0};
    pa_status st = pa_agree(comm, list_days(in, &m, c, err), err);
    const pa_row_order rows = {.n = in->n,
                               .margin = in->margin,
                               .tx = in->tx,
                               .time = in->time,
                               .chosen = in->audited,
                               .item = {m.free, m.held}};
    const pa_row_places places = {rank, {m.free_before, m.held_before}};
    if (st == PA_OK) st = pa_order_rows(comm, &rows, &places, 0, NULL, NULL, err);
    if (st == PA_OK) keep_within_budget(in->per_day, &m, c);
    free_marks(&m);
    return st;
}

/* ---- where they stand ---- */

/* The first and the last day of the alerts of all ranks. */
static void find_span(pa_comm *comm, size_t n, const pa_account_day days[], int64_t *first,
                      size_t *n_days)
{
    int64_t last = INT64_MIN;
    *first = INT64_MAX;
    for (size_t i = 0; i < n; i++) {
        if (days[i].day < *first) *first = days[i].day;
        if (days[i].day > last) last = days[i].day;
    }
    pa_range_i64(comm, first, &last);
    *n_days = *first > last ? 0 : (size_t)(last - *first + 1);
}

pa_status pa_find_positions(pa_comm *comm, size_t n, const pa_account_day days[],
                            const int64_t before[], int64_t position[], int64_t *n_global,
                            pa_error *err)
{
    int64_t first, *count = NULL;
    size_t n_days;
    pa_batch batch = {0};
    find_span(comm, n, days, &first, &n_days);
    pa_status st = PA_NEW(count, n_days, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) count[days[i].day - first]++;
    pa_batch_i64(&batch, count, n_days);
    PA_GOTO(pa_batch_sum(comm, &batch, st, err));
    *n_global = 0;
    for (size_t d = 0; d < n_days; d++) {
        int64_t of_day = count[d];
        count[d] = *n_global;
        *n_global += of_day;
    }
    for (size_t i = 0; i < n; i++) position[i] = count[days[i].day - first] + before[i];
out:
    pa_free(count);
    return st;
}

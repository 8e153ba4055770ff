/* What alerts cost and save, and the threshold that costs least. */
#include <math.h>

#include "evaluate_parts.h"
#include "paraudit/base/sort.h"
#include "paraudit/evaluate/least_cost.h"

/* A fraud that nobody looks at loses a share of its amount; one of a credit loses nothing. */
static pa_i128 loss_of(const pa_judging *j, double amount, bool fraud)
{
    if (!fraud || amount <= 0) return 0;
    return pa_fixed(j->options->loss_miss * amount, PA_AMOUNT_BITS);
}

static double money(pa_i128 cost)
{
    return pa_fixed_to_f64(cost, PA_AMOUNT_BITS);
}

static pa_i128 review_of(const pa_judging *j)
{
    return pa_fixed(j->options->cost_review, PA_AMOUNT_BITS);
}

void pa_count_cost(const pa_judging *j, pa_cost_sums *c, pa_batch *batch)
{
    for (size_t i = 0; i < j->in->n; i++) {
        if (!j->judged[i]) continue;
        pa_i128 own = loss_of(j, j->in->amount[i], j->fraud[i]);
        c->loss[0] += own;
        if (j->in->alert[i]) c->loss[1] += own;
    }
    pa_batch_i128(batch, c->loss, 2);
}

void pa_conclude_cost(const pa_judging *j, const pa_cost_sums *c, pa_evaluation_summary *s)
{
    bool known = j->options->cost_review > 0;
    pa_i128 reviews = review_of(j) * s->alerts;
    s->cost_of_reviews = known ? money(reviews) : (double)NAN;
    s->cost_without_alerts = known ? money(c->loss[0]) : (double)NAN;
    s->cost = known ? money(reviews + c->loss[0] - c->loss[1]) : (double)NAN;
    s->cost_least = s->cost_least_margin = (double)NAN;
}

/* What a rank tells the others about its rows in the order of margins. */
typedef struct {
    pa_i128 loss;
    int64_t n;
    uint64_t first_key;
} part;

/* Fills in what lies before and behind this rank's rows. */
static pa_status place_part(const pa_judging *j, pa_cost_rows *rows, pa_error *err)
{
    part mine = {.n = (int64_t)rows->n, .first_key = rows->n ? rows->key[0] : 0};
    void *gathered;
    size_t bytes;
    for (size_t i = 0; i < rows->n; i++) mine.loss += rows->loss[i];
    PA_TRY(pa_gather_all(j->comm, &mine, sizeof mine, &gathered, &bytes, err));
    const part *all = gathered;
    int rank = pa_comm_rank(j->comm), n_ranks = pa_comm_size(j->comm), next = rank + 1;
    for (int r = 0; r < n_ranks; r++) {
        rows->loss_all += all[r].loss;
        if (r < rank) rows->loss_before += all[r].loss;
    }
    while (next < n_ranks && all[next].n == 0) next++;
    rows->ends = next == n_ranks || rows->n == 0 || all[next].first_key != rows->key[rows->n - 1];
    rows->n_before = j->ordered.view.first;
    pa_free(gathered);
    return PA_OK;
}

static pa_status least_of_all(pa_comm *comm, pa_threshold *least, pa_error *err)
{
    void *gathered;
    size_t bytes;
    PA_TRY(pa_gather_all(comm, least, sizeof *least, &gathered, &bytes, err));
    for (size_t r = 0; r < bytes / sizeof *least; r++)
        *least = pa_cheaper(*least, ((const pa_threshold *)gathered)[r]);
    pa_free(gathered);
    return PA_OK;
}

pa_status pa_judge_least_cost(const pa_judging *j, pa_evaluation_summary *s, pa_error *err)
{
    if (j->options->cost_review <= 0) return PA_OK;
    const pa_ordered_rows *o = &j->ordered;
    pa_i128 *loss = NULL;
    size_t n = o->view.n;
    pa_status st;
    PA_GOTO(pa_agree(j->comm, PA_NEW(loss, n, err), err));
    for (size_t i = 0; i < n; i++) loss[i] = loss_of(j, o->amount[i], o->fraud[i]);
    pa_cost_rows rows = {.n = n, .key = o->view.key, .loss = loss, .review = review_of(j)};
    PA_GOTO(place_part(j, &rows, err));
    pa_threshold least = pa_least_cost(&rows);
    PA_GOTO(least_of_all(j->comm, &least, err));
    s->cost_least = money(least.cost);
    s->cost_least_alerts = least.flagged;
    if (least.flagged) s->cost_least_margin = pa_f64_of_key(~least.key);
out:
    pa_free(loss);
    return st;
}

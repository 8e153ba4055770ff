/* What is judged by episodes: who was found, and how long before it was known. */
#include <math.h>

#include "evaluate_parts.h"
#include "paraudit/base/sort.h"
#include "paraudit/order/select.h"

static const double hour = 3600;

/* From the first fraud to the alert. */
static int64_t delay_of(const pa_evaluation_input *in, const pa_episode *e)
{
    return in->time[e->alert] - in->time[e->first];
}

static pa_lead_time lead_of(const pa_evaluation_input *in, const pa_episode *e)
{
    bool detected = e->state == PA_EPISODE_DETECTED;
    return (pa_lead_time){.tx = in->tx[e->first],
                          .first_time = in->time[e->first],
                          .last_time = in->time[e->last],
                          .alert_tx = detected ? in->tx[e->alert] : -1,
                          .n_frauds = e->n_frauds,
                          .amount = pa_fixed_to_f64(e->amount, PA_AMOUNT_BITS),
                          .caught = pa_fixed_to_f64(e->caught, PA_AMOUNT_BITS),
                          .lead_hours = detected ? (double)e->lead / hour : (double)NAN,
                          .delay_hours = detected ? (double)delay_of(in, e) / hour : (double)NAN,
                          .account = in->account[e->first],
                          .state = (int8_t)e->state};
}

static int ascending(const void *a, const void *b, void *context)
{
    (void)context;
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static pa_episode_input input_of(const pa_judging *j)
{
    const pa_evaluation_input *rows = j->in;
    return (pa_episode_input){.n = rows->n,
                              .account = rows->account,
                              .labels = {.time = rows->time,
                                         .label = rows->label,
                                         .label_time = rows->label_time,
                                         .delay = j->options->plan.label_delay,
                                         .label_before_time = rows->label_before_time,
                                         .label_first_time = rows->label_first_time},
                              .amount = rows->amount,
                              .fraud = j->fraud,
                              .judged = j->judged,
                              .alert = rows->alert,
                              .gap = j->options->episode_gap,
                              .until = j->options->plan.audit_until};
}

void pa_episode_sums_free(pa_episode_sums *s)
{
    pa_free(s->episode);
    pa_free(s->lead);
}

static pa_status list_episodes(const pa_judging *j, pa_episode_sums *s, pa_error *err)
{
    const pa_episode_input in = input_of(j);
    s->n = pa_find_episodes(&in, NULL);
    PA_TRY(PA_NEW(s->episode, s->n, err));
    PA_TRY(PA_NEW(s->lead, s->n, err));
    pa_find_episodes(&in, s->episode);
    return PA_OK;
}

/* What came before the alert, and how long before the label it was. */
static void count_detected(const pa_judging *j, const pa_episode *e, pa_episode_sums *s)
{
    s->lead[s->n_leads++] = e->lead;
    s->sum_of_leads += e->lead;
    s->delay[0] += delay_of(j->in, e);
    s->delay[1] += e->n_before;
    s->delay[2] += e->before;
}

/* Leads are sorted for their median. */
static pa_status count_episodes(const pa_judging *j, pa_episode_sums *s, pa_error *err)
{
    PA_TRY(list_episodes(j, s, err));
    for (size_t i = 0; i < s->n; i++) {
        const pa_episode *e = s->episode + i;
        s->states[e->state]++;
        s->caught += e->caught;
        s->bound += e->known - j->in->time[e->first];
        if (e->state == PA_EPISODE_DETECTED) count_detected(j, e, s);
    }
    return pa_sort(s->lead, s->n_leads, sizeof *s->lead, ascending, NULL, err);
}

pa_status pa_count_episodes(const pa_judging *j, pa_status st, pa_episode_sums *s, pa_batch *batch,
                            pa_error *err)
{
    if (st == PA_OK) st = count_episodes(j, s, err);
    pa_batch_i64(batch, s->states, 3);
    pa_batch_i128(batch, &s->caught, 1);
    pa_batch_i128(batch, &s->bound, 1);
    pa_batch_i128(batch, &s->sum_of_leads, 1);
    pa_batch_i128(batch, s->delay, 3);
    return st;
}

/* Mean and median of the leads of the episodes detected, of all ranks, in seconds; over all
 * episodes those without a lead count as 0. */
static void sum_up_leads(pa_comm *comm, const pa_episode_sums *sums, pa_evaluation_summary *s)
{
    double leads = pa_i128_to_f64(sums->sum_of_leads);
    int64_t n = s->episodes_detected, middle[2] = {(n - 1) / 2, n / 2}, value[2];
    s->lead_hours_mean = s->lead_hours_median = (double)NAN;
    s->lead_hours_mean_all = s->lead_share_of_bound = (double)NAN;
    if (s->episodes) s->lead_hours_mean_all = leads / (double)s->episodes / hour;
    if (sums->bound > 0) s->lead_share_of_bound = leads / pa_i128_to_f64(sums->bound);
    if (n == 0) return;
    pa_select_many_i64(comm, sums->n_leads, sums->lead, 2, middle, value);
    s->lead_hours_mean = leads / (double)n / hour;
    s->lead_hours_median = ((double)value[0] + (double)value[1]) / 2 / hour;
}

/* Of the episodes detected: what came before the alert, on the average. */
static void sum_up_delays(const pa_i128 sum[3], pa_evaluation_summary *s)
{
    double detected = (double)s->episodes_detected; /* 0: NaN */
    s->delay_hours_mean = pa_i128_to_f64(sum[0]) / detected / hour;
    s->delay_frauds_mean = pa_i128_to_f64(sum[1]) / detected;
    s->delay_amount_mean = pa_fixed_to_f64(sum[2], PA_AMOUNT_BITS) / detected;
}

void pa_conclude_episodes(const pa_judging *j, const pa_episode_sums *sums, pa_evaluation *e)
{
    pa_evaluation_summary *s = &e->summary;
    const int64_t *states = sums->states;
    s->episodes_missed = states[PA_EPISODE_MISSED];
    s->episodes_detected = states[PA_EPISODE_DETECTED];
    s->episodes_censored = states[PA_EPISODE_CENSORED];
    s->episodes = states[0] + states[1] + states[2];
    s->amount_caught = pa_fixed_to_f64(sums->caught, PA_AMOUNT_BITS);
    s->lead_hours_bound = s->episodes ? pa_i128_to_f64(sums->bound) / (double)s->episodes / hour
                                      : (double)j->options->plan.label_delay / hour;
    sum_up_delays(sums->delay, s);
    sum_up_leads(j->comm, sums, s);
    e->first_episode = pa_sum_before_i64(j->comm, (int64_t)sums->n);
    e->n_episodes_global = s->episodes;
}

pa_status pa_list_leads(const pa_judging *j, const pa_episode_sums *s, pa_evaluation *e,
                        pa_error *err)
{
    PA_TRY(PA_NEW(e->episodes, s->n, err));
    for (size_t i = 0; i < s->n; i++) e->episodes[i] = lead_of(j->in, s->episode + i);
    e->n_episodes = s->n;
    return PA_OK;
}

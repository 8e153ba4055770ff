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

/* Mean and median of the leads of the episodes detected, of all ranks, in seconds; over all
 * episodes those without a lead count as 0. bound: the sum of an oracle's leads. Sorts `lead`. */
static pa_status sum_up_leads(pa_comm *comm, size_t n, int64_t lead[], pa_i128 bound,
                              pa_evaluation_summary *s, pa_error *err)
{
    PA_AGREE(comm, pa_sort(lead, n, sizeof *lead, ascending, NULL, err), err);
    int64_t n_leads = s->episodes_detected;
    pa_i128 sum = 0;
    for (size_t i = 0; i < n; i++) sum += lead[i];
    pa_sum_i128(comm, &sum, 1);
    s->lead_hours_mean = s->lead_hours_median = (double)NAN;
    s->lead_hours_mean_all = s->lead_share_of_bound = (double)NAN;
    if (s->episodes) s->lead_hours_mean_all = pa_i128_to_f64(sum) / (double)s->episodes / hour;
    if (bound > 0) s->lead_share_of_bound = pa_i128_to_f64(sum) / pa_i128_to_f64(bound);
    if (n_leads == 0) return PA_OK;
    double low = (double)pa_select_i64(comm, n, lead, (n_leads - 1) / 2);
    double high = (double)pa_select_i64(comm, n, lead, n_leads / 2);
    s->lead_hours_mean = pa_i128_to_f64(sum) / (double)n_leads / hour;
    s->lead_hours_median = (low + high) / 2 / hour;
    return PA_OK;
}

/* Of the episodes detected: what came before the alert, on the average. */
static void sum_up_delays(const pa_judging *j, size_t n, const pa_episode episodes[],
                          pa_evaluation_summary *s)
{
    pa_i128 sum[3] = {0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        const pa_episode *e = episodes + i;
        if (e->state != PA_EPISODE_DETECTED) continue;
        sum[0] += delay_of(j->in, e);
        sum[1] += e->n_before;
        sum[2] += e->before;
    }
    pa_sum_i128(j->comm, sum, 3);
    double detected = (double)s->episodes_detected; /* 0: NaN */
    s->delay_hours_mean = pa_i128_to_f64(sum[0]) / detected / hour;
    s->delay_frauds_mean = pa_i128_to_f64(sum[1]) / detected;
    s->delay_amount_mean = pa_fixed_to_f64(sum[2], PA_AMOUNT_BITS) / detected;
}

static pa_status sum_up_episodes(const pa_judging *j, size_t n, const pa_episode episodes[],
                                 int64_t lead[], pa_evaluation_summary *s, pa_error *err)
{
    int64_t states[3] = {0, 0, 0};
    size_t n_leads = 0;
    pa_i128 caught = 0, bound = 0;
    for (size_t i = 0; i < n; i++) {
        states[episodes[i].state]++;
        caught += episodes[i].caught;
        bound += episodes[i].known - j->in->time[episodes[i].first];
        if (episodes[i].state == PA_EPISODE_DETECTED) lead[n_leads++] = episodes[i].lead;
    }
    pa_sum_i64(j->comm, states, 3);
    pa_sum_i128(j->comm, &caught, 1);
    pa_sum_i128(j->comm, &bound, 1);
    s->episodes_missed = states[PA_EPISODE_MISSED];
    s->episodes_detected = states[PA_EPISODE_DETECTED];
    s->episodes_censored = states[PA_EPISODE_CENSORED];
    s->episodes = states[0] + states[1] + states[2];
    s->amount_caught = pa_fixed_to_f64(caught, PA_AMOUNT_BITS);
    s->lead_hours_bound = s->episodes ? pa_i128_to_f64(bound) / (double)s->episodes / hour
                                      : (double)j->options->plan.label_delay / hour;
    sum_up_delays(j, n, episodes, s);
    return sum_up_leads(j->comm, n_leads, lead, bound, s, err);
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

pa_status pa_list_episodes(const pa_judging *j, size_t *n, pa_episode **episode, pa_error *err)
{
    const pa_episode_input in = input_of(j);
    *n = pa_find_episodes(&in, NULL);
    PA_TRY(PA_NEW(*episode, *n, err));
    pa_find_episodes(&in, *episode);
    return PA_OK;
}

pa_status pa_judge_episodes(const pa_judging *j, pa_evaluation *e, pa_error *err)
{
    pa_episode *episodes = NULL;
    int64_t *lead = NULL;
    size_t n = 0;
    pa_status st = pa_list_episodes(j, &n, &episodes, err);
    if (st == PA_OK) st = PA_NEW(lead, n, err);
    if (st == PA_OK) st = PA_NEW(e->episodes, n, err);
    PA_GOTO(pa_agree(j->comm, st, err));
    for (size_t i = 0; i < n; i++) e->episodes[i] = lead_of(j->in, episodes + i);
    e->n_episodes = n;
    e->first_episode = pa_sum_before_i64(j->comm, (int64_t)n);
    st = sum_up_episodes(j, n, episodes, lead, &e->summary, err);
    e->n_episodes_global = e->summary.episodes;
out:
    pa_free(episodes);
    pa_free(lead);
    return st;
}

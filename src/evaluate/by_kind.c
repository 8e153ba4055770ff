/* Which kinds of fraud are found. */
#include <math.h>
#include <string.h>

#include "evaluate_parts.h"

enum { FRAUDS, RIGHT, EPISODES, DETECTED, LEAD, N_SUMS };

/* By code; behind them the frauds without one. */
typedef struct {
    size_t n;
    int64_t (*sum)[N_SUMS];
} kind_sums;

static size_t place_of(const pa_judging *j, size_t row)
{
    int32_t kind = j->in->kind[row];
    return kind < 0 ? (size_t)j->in->n_kinds : (size_t)kind;
}

static void count_rows(const pa_judging *j, kind_sums *k)
{
    for (size_t i = 0; i < j->in->n; i++) {
        if (!j->judged[i] || !j->fraud[i]) continue;
        int64_t *sum = k->sum[place_of(j, i)];
        sum[FRAUDS]++;
        sum[RIGHT] += j->in->alert[i] != 0;
    }
}

/* An episode is of the kind of its first fraud. */
static pa_status count_episodes(const pa_judging *j, kind_sums *k, pa_error *err)
{
    pa_episode *episode = NULL;
    size_t n;
    pa_status st = pa_list_episodes(j, &n, &episode, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) {
        int64_t *sum = k->sum[place_of(j, episode[i].first)];
        sum[EPISODES]++;
        if (episode[i].state != PA_EPISODE_DETECTED) continue;
        sum[DETECTED]++;
        sum[LEAD] += episode[i].lead;
    }
    pa_free(episode);
    return pa_agree(j->comm, st, err);
}

static pa_evaluation_kind describe(const pa_judging *j, const kind_sums *k, size_t place)
{
    const int64_t *sum = k->sum[place];
    const pa_evaluation_input *in = j->in;
    bool named = place < (size_t)in->n_kinds;
    pa_counts flagged = {sum[RIGHT], 0}, all = {sum[FRAUDS], 0};
    double episodes = (double)sum[EPISODES];
    pa_evaluation_kind kind = {
        .kind = named ? (int32_t)place : -1,
        .frauds = sum[FRAUDS],
        .alerts_on_frauds = sum[RIGHT],
        .recall = pa_rates_of(flagged, all).recall,
        .average_precision = (double)NAN,
        .episodes = sum[EPISODES],
        .episodes_detected = sum[DETECTED],
        .lead_hours_mean_all = sum[EPISODES] ? (double)sum[LEAD] / episodes / 3600 : (double)NAN};
    if (in->kind_names && named)
        memcpy(kind.name, in->kind_names + place * in->kind_width,
               in->kind_width < sizeof kind.name ? in->kind_width : sizeof kind.name - 1);
    return kind;
}

/* Kinds that have a fraud, in the order of their codes. */
static pa_status list_kinds(const pa_judging *j, const kind_sums *k, pa_evaluation *e,
                            pa_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++) n += k->sum[i][FRAUDS] > 0;
    PA_TRY(PA_NEW(e->kinds, n, err));
    for (size_t i = 0; i < k->n; i++)
        if (k->sum[i][FRAUDS] > 0) e->kinds[e->n_kinds++] = describe(j, k, i);
    return PA_OK;
}

/* ---- average precision ---- */

/* One kind's frauds and all genuine rows. */
typedef struct {
    const pa_ordered_rows *rows;
    const int32_t *of; /* the kind of each, in the order of their margin */
    int32_t kind;
} kind_rows;

static bool is_beside_kind(const void *of, size_t i)
{
    const kind_rows *k = of;
    int32_t own = k->of[i] < 0 ? -1 : k->of[i];
    return !k->rows->fraud[i] || own == k->kind;
}

static pa_status judge_order(const pa_judging *j, pa_evaluation *e, pa_error *err)
{
    int32_t *ordered = NULL;
    pa_status st;
    PA_GOTO(pa_agree(j->comm, PA_NEW(ordered, j->ordered.view.n, err), err));
    PA_GOTO(pa_put_in_order(j, sizeof *ordered, j->in->kind, ordered, err));
    for (size_t i = 0; i < e->n_kinds && i < PA_MOST_KINDS; i++)
        PA_GOTO(pa_average_precision_of(j, is_beside_kind,
                                        &(kind_rows){&j->ordered, ordered, e->kinds[i].kind},
                                        &e->kinds[i].average_precision, err));
out:
    pa_free(ordered);
    return st;
}

pa_status pa_judge_kinds(const pa_judging *j, pa_evaluation *e, pa_error *err)
{
    if (!j->in->kind) return PA_OK;
    kind_sums k = {.n = (size_t)j->in->n_kinds + 1};
    pa_status st;
    PA_GOTO(pa_agree(j->comm, PA_NEW(k.sum, k.n, err), err));
    count_rows(j, &k);
    PA_GOTO(count_episodes(j, &k, err));
    pa_sum_i64(j->comm, (int64_t *)k.sum, k.n * N_SUMS);
    PA_GOTO(pa_agree(j->comm, list_kinds(j, &k, e, err), err));
    st = judge_order(j, e, err);
out:
    pa_free(k.sum);
    return st;
}

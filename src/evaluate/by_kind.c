/* Which kinds of fraud are found. */
#include <math.h>
#include <string.h>

#include "evaluate_parts.h"

static size_t place_of(const pa_judging *j, size_t row)
{
    int32_t kind = j->in->kind[row];
    return kind < 0 ? (size_t)j->in->n_kinds : (size_t)kind;
}

static void count_rows(const pa_judging *j, pa_kind_sums *k)
{
    for (size_t i = 0; i < j->in->n; i++) {
        if (!j->judged[i] || !j->fraud[i]) continue;
        int64_t *sum = k->sum[place_of(j, i)];
        sum[PA_KIND_FRAUDS]++;
        sum[PA_KIND_RIGHT] += j->in->alert[i] != 0;
    }
}

/* An episode is of the kind of its first fraud. */
static void count_episodes(const pa_judging *j, const pa_episode_sums *e, pa_kind_sums *k)
{
    for (size_t i = 0; i < e->n; i++) {
        const pa_episode *one = e->episode + i;
        int64_t *sum = k->sum[place_of(j, one->first)];
        sum[PA_KIND_EPISODES]++;
        if (one->state != PA_EPISODE_DETECTED) continue;
        sum[PA_KIND_DETECTED]++;
        sum[PA_KIND_LEAD] += one->lead;
    }
}

pa_status pa_count_kinds(const pa_judging *j, pa_status st, const pa_episode_sums *e,
                         pa_kind_sums *k, pa_batch *batch, pa_error *err)
{
    if (!j->in->kind) return st;
    k->n = (size_t)j->in->n_kinds + 1;
    if (st == PA_OK) st = PA_NEW(k->sum, k->n, err);
    if (st == PA_OK) {
        count_rows(j, k);
        count_episodes(j, e, k);
    }
    pa_batch_i64(batch, (int64_t *)k->sum, k->n * PA_KIND_N);
    return st;
}

static pa_evaluation_kind describe(const pa_judging *j, const pa_kind_sums *k, size_t place)
{
    const int64_t *sum = k->sum[place];
    const pa_evaluation_input *in = j->in;
    bool named = place < (size_t)in->n_kinds;
    pa_counts flagged = {sum[PA_KIND_RIGHT], 0}, all = {sum[PA_KIND_FRAUDS], 0};
    double episodes = (double)sum[PA_KIND_EPISODES];
    pa_evaluation_kind kind = {
        .kind = named ? (int32_t)place : -1,
        .frauds = sum[PA_KIND_FRAUDS],
        .alerts_on_frauds = sum[PA_KIND_RIGHT],
        .recall = pa_rates_of(flagged, all).recall,
        .average_precision = (double)NAN,
        .episodes = sum[PA_KIND_EPISODES],
        .episodes_detected = sum[PA_KIND_DETECTED],
        .lead_hours_mean_all =
            sum[PA_KIND_EPISODES] ? (double)sum[PA_KIND_LEAD] / episodes / 3600 : (double)NAN};
    if (in->kind_names && named)
        memcpy(kind.name, in->kind_names + place * in->kind_width,
               in->kind_width < sizeof kind.name ? in->kind_width : sizeof kind.name - 1);
    return kind;
}

/* Kinds that have a fraud, in the order of their codes. */
pa_status pa_conclude_kinds(const pa_judging *j, const pa_kind_sums *k, pa_evaluation *e,
                            pa_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++) n += k->sum[i][PA_KIND_FRAUDS] > 0;
    PA_TRY(PA_NEW(e->kinds, n, err));
    for (size_t i = 0; i < k->n; i++)
        if (k->sum[i][PA_KIND_FRAUDS] > 0) e->kinds[e->n_kinds++] = describe(j, k, i);
    return PA_OK;
}

/* One kind's frauds and all genuine rows. */
static bool is_beside_kind(const void *of, size_t i)
{
    const pa_some_rows *k = of;
    int32_t own = k->rows->kind[i] < 0 ? -1 : k->rows->kind[i];
    return !k->rows->fraud[i] || own == k->which;
}

size_t pa_kind_sets(const pa_judging *j, const pa_evaluation *e, pa_some_rows some[],
                    pa_area_set set[])
{
    size_t n = e->n_kinds < PA_MOST_KINDS ? e->n_kinds : PA_MOST_KINDS;
    for (size_t i = 0; i < n; i++) {
        some[i] = (pa_some_rows){.rows = &j->ordered, .which = e->kinds[i].kind};
        set[i] = (pa_area_set){is_beside_kind, some + i, &e->kinds[i].average_precision};
    }
    return n;
}

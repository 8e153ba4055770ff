#include "paraudit/evaluate/episodes.h"

#include <stdbool.h>

#include "paraudit/base/calendar.h"

static size_t end_of_account(size_t from, size_t n, const int32_t account[])
{
    size_t i = from;
    while (i < n && account[i] == account[from]) i++;
    return i;
}

/* Frauds of the account whose rows end before `end`, from the fraud at `first`
 * on; returns the row after the last of them. */
static size_t gather_frauds(const pa_episode_input *in, size_t first, size_t end, pa_episode *e)
{
    *e = (pa_episode){.first = first, .last = first, .known = INT64_MAX};
    for (size_t i = first; i < end; i++) {
        if (!in->fraud[i]) continue;
        if (in->labels.time[i] - in->labels.time[e->last] > in->gap) break;
        e->last = i;
        int64_t known = pa_fraud_known_from(&in->labels, i);
        if (known < e->known) e->known = known;
        e->n_frauds++;
        e->amount += pa_fixed(in->amount[i], PA_AMOUNT_BITS);
    }
    return e->last + 1;
}

static void look_for_alert(const pa_episode_input *in, size_t end, pa_episode *e)
{
    for (size_t i = e->first; i < end && in->labels.time[i] < e->known; i++) {
        if (e->state != PA_EPISODE_DETECTED && in->alert[i]) {
            e->state = PA_EPISODE_DETECTED;
            e->alert = i;
            e->lead = e->known - in->labels.time[i];
        }
        if (!in->fraud[i] || i > e->last) continue;
        pa_i128 amount = pa_fixed(in->amount[i], PA_AMOUNT_BITS);
        bool caught = e->state == PA_EPISODE_DETECTED;
        *(caught ? &e->caught : &e->before) += amount;
        e->n_before += !caught;
    }
    if (e->state != PA_EPISODE_DETECTED && e->known > in->until) e->state = PA_EPISODE_CENSORED;
}

size_t pa_find_episodes(const pa_episode_input *in, pa_episode out[])
{
    size_t n_episodes = 0;
    for (size_t from = 0, end; from < in->n; from = end) {
        end = end_of_account(from, in->n, in->account);
        for (size_t i = from; i < end;) {
            if (!in->fraud[i]) {
                i++;
                continue;
            }
            pa_episode e;
            i = gather_frauds(in, i, end, &e);
            if (!in->judged[e.first]) continue;
            if (out) {
                look_for_alert(in, end, &e);
                out[n_episodes] = e;
            }
            n_episodes++;
        }
    }
    return n_episodes;
}

/* When the Handbook counts a fraud as known: at once where it lies in training, else when
 * it is due; and not before it was found. */
static int64_t known_at(const pa_known_input *in, size_t row)
{
    const pa_labels *l = &in->labels;
    if (l->time[row] >= in->train_until) return pa_label_known_from(l, row);
    return l->label_time ? l->label_time[row] : INT64_MIN;
}

void pa_known_accounts(const pa_known_input *in, uint8_t known[])
{
    for (size_t from = 0, end; from < in->n; from = end) {
        int64_t first_known = INT64_MAX;
        end = end_of_account(from, in->n, in->account);
        for (size_t i = from; i < end; i++) {
            if (!in->fraud[i] || in->labels.time[i] < in->train_from) continue;
            int64_t at = known_at(in, i);
            if (at < first_known) first_known = at;
        }
        for (size_t i = from; i < end; i++)
            known[i] = first_known < pa_day_of(in->labels.time[i]) * PA_DAY_SECONDS;
    }
}

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
    *e = (pa_episode){.first = first, .last = first};
    for (size_t i = first; i < end; i++) {
        if (!in->fraud[i]) continue;
        if (in->time[i] - in->time[e->last] > in->gap) break;
        e->last = i;
        e->n_frauds++;
        e->amount += pa_fixed(in->amount[i], PA_AMOUNT_BITS);
    }
    return e->last + 1;
}

static void look_for_alert(const pa_episode_input *in, size_t end, pa_episode *e)
{
    int64_t known_at = in->time[e->first] + in->label_delay;
    for (size_t i = e->first; i < end && in->time[i] < known_at; i++) {
        if (e->state != PA_EPISODE_DETECTED && in->alert[i]) {
            e->state = PA_EPISODE_DETECTED;
            e->alert = i;
            e->lead = known_at - in->time[i];
        }
        bool caught = e->state == PA_EPISODE_DETECTED && in->fraud[i] && i <= e->last;
        if (caught) e->caught += pa_fixed(in->amount[i], PA_AMOUNT_BITS);
    }
    if (e->state != PA_EPISODE_DETECTED && known_at > in->until) e->state = PA_EPISODE_CENSORED;
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

static int64_t known_before(const pa_known_input *in, int64_t time)
{
    int64_t day_start = pa_day_of(time) * PA_DAY_SECONDS;
    int64_t limit = day_start - in->label_delay;
    return limit > in->train_until ? limit : in->train_until;
}

void pa_known_accounts(const pa_known_input *in, uint8_t known[])
{
    for (size_t from = 0, end; from < in->n; from = end) {
        end = end_of_account(from, in->n, in->account);
        size_t first = from;
        while (first < end && !(in->fraud[first] && in->time[first] >= in->train_from)) first++;
        for (size_t i = from; i < end; i++) {
            known[i] = first < end && in->time[first] < known_before(in, in->time[i]);
        }
    }
}

/* Accounts day by day: those among the first k of a day that have a fraud are found, and leave
 * later days. */
#include <string.h>

#include "evaluate_parts.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/sort.h"

void pa_cards_free(pa_card_days *c)
{
    pa_free(c->item);
    pa_free(c->place);
    pa_free(c->fraud);
    pa_free(c->alert);
    pa_free(c->account);
    pa_free(c->found);
    pa_free(c->order);
    *c = (pa_card_days){0};
}

static pa_day_rows rows_of(const pa_judging *j)
{
    const pa_evaluation_input *in = j->in;
    return (pa_day_rows){in->n, in->account, in->time, in->tx, in->margin, j->judged};
}

static pa_status new_cards(pa_card_days *c, pa_error *err)
{
    PA_TRY(PA_NEW(c->item, c->n, err));
    PA_TRY(PA_NEW(c->place, c->n, err));
    PA_TRY(PA_NEW(c->fraud, c->n, err));
    PA_TRY(PA_NEW(c->alert, c->n, err));
    PA_TRY(PA_NEW(c->account, c->n, err));
    PA_TRY(PA_NEW(c->found, c->n, err));
    return PA_NEW(c->order, c->n, err);
}

pa_status pa_cards_list(pa_judging *j, pa_error *err)
{
    const pa_day_rows rows = rows_of(j);
    pa_card_days *c = &j->cards;
    c->n = pa_account_days(&rows, NULL);
    PA_TRY(new_cards(c, err));
    pa_account_days(&rows, c->item);
    for (size_t i = 1; i < c->n; i++)
        c->account[i] = c->account[i - 1] + (c->item[i].account != c->item[i - 1].account);
    return PA_OK;
}

/* The rows of account-day i are the judged ones from its first row to the first row of the next
 * account-day. */
void pa_cards_alerts(pa_judging *j)
{
    pa_card_days *c = &j->cards;
    for (size_t i = 0; i < c->n; i++) {
        size_t end = i + 1 < c->n ? c->item[i + 1].first : j->in->n;
        for (size_t row = c->item[i].first; row < end; row++) {
            if (!j->judged[row]) continue;
            c->fraud[i] |= j->fraud[row];
            c->alert[i] |= j->in->alert[row] != 0;
        }
    }
}

static pa_status sort_cards(const pa_card_days *c, pa_error *err)
{
    uint64_t *key = NULL;
    pa_status st = PA_NEW(key, c->n, err);
    for (size_t i = 0; st == PA_OK && i < c->n; i++) key[i] = pa_key_of_i64(c->item[i].day);
    if (st == PA_OK) st = pa_sort_pairs(c->n, key, c->place, c->order, err);
    pa_free(key);
    return st;
}

/* Had one gone down so far on each day: of these accounts those that were found on an earlier
 * day. */
static void count_found(const pa_card_days *c, const pa_day_sums *d, const int64_t depth[],
                        int64_t found[])
{
    memset(c->found, 0, c->n * sizeof *c->found);
    memset(found, 0, d->n_days * sizeof *found);
    for (size_t i = 0; i < c->n; i++) {
        size_t one = c->order[i], day = (size_t)(c->item[one].day - d->first_day);
        uint8_t *known = c->found + c->account[one];
        if (c->place[one] >= depth[day]) continue;
        found[day] += *known;
        *known |= c->fraud[one];
    }
}

/* How far down each day one must go for k accounts that are not found yet. All days come nearer
 * together: once those before it stand, a day goes but one way, and where it stands does not
 * matter beyond its last account that is not found. */
static pa_status find_depths(const pa_judging *j, pa_status st, const pa_day_sums *d,
                             int64_t depth[], int64_t found[], pa_error *err)
{
    bool moves = true;
    for (size_t day = 0; st == PA_OK && day < d->n_days; day++) depth[day] = j->options->k;
    while (moves) {
        pa_batch batch = {0};
        if (st == PA_OK) count_found(&j->cards, d, depth, found);
        pa_batch_i64(&batch, found, d->n_days);
        PA_TRY(pa_batch_sum(j->comm, &batch, st, err));
        moves = false;
        for (size_t day = 0; day < d->n_days; day++) {
            moves |= depth[day] != j->options->k + found[day];
            depth[day] = j->options->k + found[day];
        }
    }
    return PA_OK;
}

/* Takes the first k accounts of each day; those with a fraud leave later days. */
static void count_cards(const pa_card_days *c, const int64_t depth[], pa_day_sums *d)
{
    memset(c->found, 0, c->n * sizeof *c->found);
    for (size_t i = 0; i < c->n; i++) {
        size_t one = c->order[i], day = (size_t)(c->item[one].day - d->first_day);
        int64_t *count = d->count[day];
        uint8_t *found = c->found + c->account[one];
        bool fraud = c->fraud[one], alert = c->alert[one];
        count[PA_DAY_ACCOUNTS]++;
        count[PA_DAY_FRAUD_ACCOUNTS] += fraud;
        d->cards[0] += fraud;
        d->cards[1] += fraud && alert;
        d->cards[2] += !fraud && alert;
        if (*found || !fraud) continue;
        count[PA_DAY_COMPROMISED]++;
        if (c->place[one] >= depth[day]) continue;
        count[PA_DAY_TOP_CARDS]++;
        *found = 1;
    }
}

pa_status pa_count_cards(const pa_judging *j, pa_status st, pa_day_sums *d, pa_error *err)
{
    int64_t *depth = NULL, *found = NULL;
    if (st == PA_OK) st = PA_NEW(depth, d->n_days, err);
    if (st == PA_OK) st = PA_NEW(found, d->n_days, err);
    if (st == PA_OK) st = sort_cards(&j->cards, err);
    st = find_depths(j, st, d, depth, found, err);
    if (st == PA_OK) count_cards(&j->cards, depth, d);
    pa_free(depth);
    pa_free(found);
    return st;
}

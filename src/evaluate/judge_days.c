/* What is judged day by day: the first k rows and accounts, alerts, money. */
#include <math.h>

#include "evaluate_parts.h"
#include "paraudit/alerts/account_days.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/sort.h"
#include "paraudit/order/ranks.h"

/* Exact sums of one day; added over ranks as one array of integers. */
enum {
    ROWS,
    FRAUDS,
    ALERTS,
    TRUE_ALERTS,
    TOP_ROWS,
    COMPROMISED,
    TOP_CARDS,
    ACCOUNTS,
    FRAUD_ACCOUNTS,
    N_COUNTS
};

typedef struct {
    int64_t first_day; /* days since 1970-01-01 */
    size_t n_days;
    int64_t (*count)[N_COUNTS]; /* n_days */
    pa_i128 (*money)[2];        /* n_days: of frauds, of alerted frauds */
} day_sums;

static size_t day_index(const day_sums *d, int64_t time)
{
    return (size_t)(pa_day_of(time) - d->first_day);
}

static pa_status new_day_sums(const pa_time_plan *plan, day_sums *d, pa_error *err)
{
    d->first_day = pa_day_of(plan->audit_from);
    d->n_days = (size_t)(pa_day_of(plan->audit_until - 1) - d->first_day + 1);
    PA_TRY(PA_NEW(d->count, d->n_days, err));
    return PA_NEW(d->money, d->n_days, err);
}

static void add_day_sums(pa_comm *comm, day_sums *d)
{
    pa_sum_i64(comm, (int64_t *)d->count, d->n_days * N_COUNTS);
    pa_sum_i128(comm, (pa_i128 *)d->money, d->n_days * 2);
}

static void count_rows(const pa_judging *j, day_sums *d)
{
    for (size_t i = 0; i < j->in->n; i++) {
        if (!j->judged[i]) continue;
        size_t day = day_index(d, j->in->time[i]);
        bool fraud = j->fraud[i], alert = j->in->alert[i];
        d->count[day][ROWS]++;
        d->count[day][FRAUDS] += fraud;
        d->count[day][ALERTS] += alert;
        d->count[day][TRUE_ALERTS] += fraud && alert;
        if (!fraud) continue;
        pa_i128 money = pa_fixed(j->in->amount[i], PA_AMOUNT_BITS);
        d->money[day][0] += money;
        if (alert) d->money[day][1] += money;
    }
}

/* ---- the first k rows of each day ---- */

static pa_status count_top_rows(const pa_judging *j, day_sums *d, pa_error *err)
{
    int64_t *day = NULL, *rank = NULL, *place = NULL;
    size_t m = 0;
    pa_status st = PA_NEW(day, j->n_judged, err);
    if (st == PA_OK) st = PA_NEW(rank, j->n_judged, err);
    if (st == PA_OK) st = PA_NEW(place, j->n_judged, err);
    PA_GOTO(pa_agree(j->comm, st, err));
    for (size_t i = 0; i < j->in->n; i++) {
        if (!j->judged[i]) continue;
        day[m] = pa_day_of(j->in->time[i]);
        rank[m++] = j->rank[i];
    }
    PA_GOTO(pa_place_in_day(j->comm, m, day, rank, place, err));
    for (size_t i = 0, n = 0; i < j->in->n; i++) {
        if (!j->judged[i]) continue;
        j->top[i] = place[n++] < j->options->k;
        if (j->top[i] && j->fraud[i]) d->count[day_index(d, j->in->time[i])][TOP_ROWS]++;
    }
out:
    pa_free(day);
    pa_free(rank);
    pa_free(place);
    return st;
}

/* ---- accounts day by day ---- */

/* The account-days of this rank. */
typedef struct {
    size_t n;
    pa_account_day *item; /* in table order */
    int64_t *place;       /* in its day, among all ranks */
    uint8_t *fraud;       /* has a judged fraud that day */
    uint8_t *alert;       /* has an alert on a judged row that day */
    size_t *account;      /* ordinal of its account among those here */
    uint8_t *found;       /* by ordinal: in the first k of an earlier day, rightly */
    uint32_t *order;      /* by (day, place) */
} account_days;

static void free_account_days(account_days *a)
{
    pa_free(a->item);
    pa_free(a->place);
    pa_free(a->fraud);
    pa_free(a->alert);
    pa_free(a->account);
    pa_free(a->found);
    pa_free(a->order);
}

static pa_status new_account_days(const pa_judging *j, account_days *a, pa_error *err)
{
    const pa_evaluation_input *in = j->in;
    a->n = pa_account_days(in->n, in->account, in->time, j->rank, NULL);
    PA_TRY(PA_NEW(a->item, a->n, err));
    PA_TRY(PA_NEW(a->place, a->n, err));
    PA_TRY(PA_NEW(a->fraud, a->n, err));
    PA_TRY(PA_NEW(a->alert, a->n, err));
    PA_TRY(PA_NEW(a->account, a->n, err));
    PA_TRY(PA_NEW(a->found, a->n, err));
    return PA_NEW(a->order, a->n, err);
}

/* What the rows of account-day i say: they are the judged ones from its first
 * row to the first row of the next account-day. */
static void describe_account_day(const pa_judging *j, account_days *a, size_t i)
{
    size_t end = i + 1 < a->n ? a->item[i + 1].first : j->in->n;
    for (size_t row = a->item[i].first; row < end; row++) {
        if (!j->judged[row]) continue;
        a->fraud[i] |= j->fraud[row];
        a->alert[i] |= j->in->alert[row] != 0;
    }
    if (i > 0) {
        bool same = a->item[i].account == a->item[i - 1].account;
        a->account[i] = a->account[i - 1] + !same;
    }
}

static pa_status place_account_days(const pa_judging *j, account_days *a, pa_error *err)
{
    int64_t *day = NULL, *rank = NULL;
    uint64_t *key = NULL;
    pa_status st = PA_NEW(day, a->n, err);
    if (st == PA_OK) st = PA_NEW(rank, a->n, err);
    if (st == PA_OK) st = PA_NEW(key, a->n, err);
    PA_GOTO(pa_agree(j->comm, st, err));
    for (size_t i = 0; i < a->n; i++) {
        day[i] = a->item[i].day;
        rank[i] = j->rank[a->item[i].best];
        key[i] = pa_key_of_i64(day[i]);
    }
    PA_GOTO(pa_place_in_day(j->comm, a->n, day, rank, a->place, err));
    PA_GOTO(pa_agree(j->comm, pa_sort_pairs(a->n, key, a->place, a->order, err), err));
out:
    pa_free(day);
    pa_free(rank);
    pa_free(key);
    return st;
}

/* How far down the day one must go for k accounts that are not found yet:
 * `day` is this rank's part of the day, in the order of places. */
static int64_t depth_of_day(pa_comm *comm, const account_days *a, size_t n, const uint32_t day[],
                            int64_t k)
{
    for (int64_t depth = k;;) {
        int64_t found = 0;
        for (size_t i = 0; i < n && a->place[day[i]] < depth; i++) {
            found += a->found[a->account[day[i]]];
        }
        pa_sum_i64(comm, &found, 1);
        if (depth == k + found) return depth;
        depth = k + found;
    }
}

/* Takes the first k accounts of one day; those with a fraud leave later days. */
static void count_day(const pa_judging *j, account_days *a, size_t n, const uint32_t day[],
                      int64_t count[])
{
    int64_t depth = depth_of_day(j->comm, a, n, day, j->options->k);
    count[ACCOUNTS] += (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        count[FRAUD_ACCOUNTS] += a->fraud[day[i]];
        uint8_t *found = a->found + a->account[day[i]];
        if (*found || !a->fraud[day[i]]) continue;
        count[COMPROMISED]++;
        if (a->place[day[i]] >= depth) continue;
        count[TOP_CARDS]++;
        *found = 1;
    }
}

static void count_accounts(const pa_judging *j, account_days *a, day_sums *d)
{
    size_t from = 0;
    for (size_t day = 0; day < d->n_days; day++) {
        size_t end = from;
        while (end < a->n && a->item[a->order[end]].day == d->first_day + (int64_t)day) end++;
        count_day(j, a, end - from, a->order + from, d->count[day]);
        from = end;
    }
}

static void judge_account_days(const pa_judging *j, const account_days *a, pa_evaluation_summary *s)
{
    int64_t n[3] = {0, 0, 0};
    for (size_t i = 0; i < a->n; i++) {
        n[0] += a->fraud[i];
        n[1] += a->fraud[i] && a->alert[i];
        n[2] += !a->fraud[i] && a->alert[i];
    }
    pa_sum_i64(j->comm, n, 3);
    s->compromised_account_days = n[0];
    s->alerts_on_fraud_days = n[1];
    pa_rates rates = pa_rates_of((pa_counts){n[1], n[2]}, (pa_counts){n[0], 0});
    s->account_day_precision = rates.precision;
    s->account_day_recall = rates.recall;
}

static pa_status judge_accounts(const pa_judging *j, day_sums *d, pa_evaluation_summary *s,
                                pa_error *err)
{
    account_days a = {0};
    pa_status st;
    PA_GOTO(pa_agree(j->comm, new_account_days(j, &a, err), err));
    pa_account_days(j->in->n, j->in->account, j->in->time, j->rank, a.item);
    for (size_t i = 0; i < a.n; i++) describe_account_day(j, &a, i);
    PA_GOTO(place_account_days(j, &a, err));
    count_accounts(j, &a, d);
    judge_account_days(j, &a, s);
out:
    free_account_days(&a);
    return st;
}

/* ---- results ---- */

static pa_evaluation_day day_of_sums(const day_sums *d, size_t day, int64_t k)
{
    const int64_t *c = d->count[day];
    bool none = c[ROWS] == 0;
    return (pa_evaluation_day){
        .day = (d->first_day + (int64_t)day) * PA_DAY_SECONDS,
        .rows = c[ROWS],
        .frauds = c[FRAUDS],
        .alerts = c[ALERTS],
        .alerts_on_frauds = c[TRUE_ALERTS],
        .frauds_in_top_k = c[TOP_ROWS],
        .compromised_accounts = c[COMPROMISED],
        .compromised_in_top_k = c[TOP_CARDS],
        .accounts = c[ACCOUNTS],
        .fraud_accounts = c[FRAUD_ACCOUNTS],
        .precision_at_k = none ? (double)NAN : (double)c[TOP_ROWS] / (double)k,
        .card_precision_at_k = none ? (double)NAN : (double)c[TOP_CARDS] / (double)k,
        .amount_fraud = pa_fixed_to_f64(d->money[day][0], PA_AMOUNT_BITS),
        .amount_alerted = pa_fixed_to_f64(d->money[day][1], PA_AMOUNT_BITS)};
}

/* Means over the days that have a judged row, as the Handbook takes them. */
static void sum_up_days(const day_sums *d, int64_t k, pa_evaluation_summary *s)
{
    int64_t rows = 0, cards = 0;
    pa_i128 money[2] = {0, 0};
    for (size_t i = 0; i < d->n_days; i++) {
        s->days += d->count[i][ROWS] > 0;
        rows += d->count[i][TOP_ROWS];
        cards += d->count[i][TOP_CARDS];
        money[0] += d->money[i][0];
        money[1] += d->money[i][1];
    }
    double places = (double)(k * s->days);
    s->precision_at_k = s->days ? (double)rows / places : (double)NAN;
    s->card_precision_at_k = s->days ? (double)cards / places : (double)NAN;
    s->amount_fraud = pa_fixed_to_f64(money[0], PA_AMOUNT_BITS);
    s->amount_alerted = pa_fixed_to_f64(money[1], PA_AMOUNT_BITS);
}

pa_status pa_judge_days(const pa_judging *j, pa_evaluation *e, pa_error *err)
{
    day_sums d = {0};
    pa_status st = new_day_sums(&j->options->plan, &d, err);
    if (st == PA_OK) st = PA_NEW(e->days, d.n_days, err);
    PA_GOTO(pa_agree(j->comm, st, err));
    count_rows(j, &d);
    PA_GOTO(count_top_rows(j, &d, err));
    PA_GOTO(judge_accounts(j, &d, &e->summary, err));
    add_day_sums(j->comm, &d);
    e->n_days = d.n_days;
    for (size_t i = 0; i < d.n_days; i++) e->days[i] = day_of_sums(&d, i, j->options->k);
    sum_up_days(&d, j->options->k, &e->summary);
out:
    pa_free(d.count);
    pa_free(d.money);
    return st;
}

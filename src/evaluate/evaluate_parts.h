/* What the parts of pa_evaluate share. Each counts what lies here and lists its sums in a batch;
 * once they are added over the ranks each concludes from them. */
#ifndef PARAUDIT_EVALUATE_PARTS_H
#define PARAUDIT_EVALUATE_PARTS_H

#include "paraudit/alerts/account_days.h"
#include "paraudit/comm/batch.h"
#include "paraudit/comm/view.h"
#include "paraudit/evaluate/areas.h"
#include "paraudit/evaluate/episodes.h"
#include "paraudit/evaluate/evaluate.h"
#include "paraudit/evaluate/metrics.h"

/* The judged rows in the order of their margin: view.n values each, those that are asked for. */
typedef struct {
    pa_view view;
    uint8_t *fraud;
    int32_t *kind;
    uint32_t *bands;   /* as pa_judging has them */
    uint64_t *account; /* keys */
    double *amount;
} pa_ordered_rows;

void pa_ordered_rows_free(pa_ordered_rows *rows); /* zeroed ones may be freed */

/* The accounts of this rank day by day, in table order. */
typedef struct {
    size_t n;
    pa_account_day *item;
    int64_t *place;  /* in its day, among all ranks, from 0 */
    uint8_t *fraud;  /* has a judged fraud that day */
    uint8_t *alert;  /* has an alert on a judged row that day */
    size_t *account; /* ordinal of its account among those here */
    uint8_t *found;  /* by ordinal: in the first k of a day, rightly */
    uint32_t *order; /* by (day, place) */
} pa_card_days;

typedef struct {
    pa_comm *comm;
    const pa_evaluation_input *in;
    const pa_evaluation_options *options;
    /* in->n values each */
    uint8_t *fraud;     /* known as such */
    uint8_t *judged;    /* counts */
    uint8_t *top;       /* judged and among the first k of its day */
    uint32_t *bands;    /* of each kind of bands 1 + the band, 0: none, in PA_BAND_BITS bits each;
                         * NULL: nobody asks */
    size_t n_judged;    /* local */
    int64_t n_labelled; /* local: rows with a label, known by now or not */
    pa_card_days cards;
    pa_ordered_rows ordered;
} pa_judging;

enum { PA_BAND_BITS = 8 };

/* ---- the order of margins ---- */

/* What an order has beside frauds. */
typedef struct {
    bool kinds, bands, accounts, amounts;
} pa_order_with;

/* j->ordered, j->top, and j->cards but for their alerts. Collective. */
pa_status pa_put_in_order(pa_judging *j, const pa_order_with *with, pa_error *err);

/* ---- areas ---- */

/* Some of the judged rows: of those of j->ordered, numbered in their order, that `keeps` says so
 * of. */
typedef struct {
    bool (*keeps)(const void *of, size_t i);
    const void *of;
    double *average_precision; /* gets theirs */
} pa_area_set;

/* AUROC, average precision and the curve, and the average precision of each set. st: of this rank,
 * whose other arguments do not count where it has failed. Collective. */
pa_status pa_judge_areas(const pa_judging *j, pa_status st, size_t n_sets, const pa_area_set set[],
                         pa_evaluation *e, pa_error *err);

/* ---- what is counted here, and summed ----
 *
 * pa_count_...: st is what this rank has come to; where that is a failure, or becomes one, nothing
 * counts, but the sums are listed all the same. Local, unless said. */

/* Exact sums of one day. */
enum {
    PA_DAY_ROWS,
    PA_DAY_FRAUDS,
    PA_DAY_ALERTS,
    PA_DAY_TRUE_ALERTS,
    PA_DAY_TOP_ROWS,
    PA_DAY_COMPROMISED,
    PA_DAY_TOP_CARDS,
    PA_DAY_ACCOUNTS,
    PA_DAY_FRAUD_ACCOUNTS,
    PA_DAY_COUNTS
};

typedef struct {
    int64_t first_day; /* days since 1970-01-01 */
    size_t n_days;
    int64_t (*count)[PA_DAY_COUNTS]; /* n_days */
    pa_i128 (*money)[2];             /* n_days: of frauds, of alerted frauds */
    int64_t cards[3]; /* account-days with a fraud; with an alert besides; with an alert alone */
} pa_day_sums;

pa_status pa_day_sums_new(const pa_time_plan *plan, pa_day_sums *d, pa_error *err);
void pa_day_sums_free(pa_day_sums *d);
pa_status pa_count_days(const pa_judging *j, pa_status st, pa_day_sums *d, pa_batch *batch);
void pa_conclude_days(const pa_day_sums *d, int64_t k, pa_evaluation *e); /* e->days has room */

/* j->cards: without places and alerts, and then by j->in->alert. Local. */
pa_status pa_cards_list(pa_judging *j, pa_error *err);
void pa_cards_alerts(pa_judging *j);
void pa_cards_free(pa_card_days *cards);
/* The counts of account-days. Accounts that are found leave later days, so ranks talk: collective,
 * and the status is that of all ranks. */
pa_status pa_count_cards(const pa_judging *j, pa_status st, pa_day_sums *d, pa_error *err);

typedef struct {
    size_t n;
    pa_episode *episode; /* here */
    int64_t *lead;       /* of those detected here, ascending */
    size_t n_leads;
    int64_t states[3];
    pa_i128 caught, bound, sum_of_leads, delay[3]; /* bound: of an oracle's leads */
} pa_episode_sums;

void pa_episode_sums_free(pa_episode_sums *s);
pa_status pa_count_episodes(const pa_judging *j, pa_status st, pa_episode_sums *s, pa_batch *batch,
                            pa_error *err);
/* e->episodes. Local. */
pa_status pa_list_leads(const pa_judging *j, const pa_episode_sums *s, pa_evaluation *e,
                        pa_error *err);
void pa_conclude_episodes(const pa_judging *j, const pa_episode_sums *s,
                          pa_evaluation *e); /* collective */

typedef struct {
    pa_i128 loss[2]; /* of all frauds, of those that raised an alert */
} pa_cost_sums;

void pa_count_cost(const pa_judging *j, pa_cost_sums *c, pa_batch *batch);
void pa_conclude_cost(const pa_judging *j, const pa_cost_sums *c, pa_evaluation_summary *s);
/* The threshold that costs least, unset where costs are not known. Collective. */
pa_status pa_judge_least_cost(const pa_judging *j, pa_evaluation_summary *s, pa_error *err);

/* What alerts are worth: all of these together, and the alerts themselves. */
typedef struct {
    pa_day_sums days;
    pa_episode_sums episodes;
    pa_cost_sums cost;
    int64_t alerts, alerts_on_frauds;
} pa_alert_sums;

void pa_alert_sums_free(pa_alert_sums *s);
/* Collective, as pa_count_cards is; fills e->episodes and makes room for e->days. */
pa_status pa_count_alerts(pa_judging *j, pa_alert_sums *s, pa_batch *batch, pa_evaluation *e,
                          pa_error *err);
/* Collective. */
pa_status pa_conclude_alerts(const pa_judging *j, const pa_alert_sums *s, pa_evaluation *e,
                             pa_error *err);

enum { PA_KIND_FRAUDS, PA_KIND_RIGHT, PA_KIND_EPISODES, PA_KIND_DETECTED, PA_KIND_LEAD, PA_KIND_N };

/* By code; behind them the frauds without one. Nothing where the input names no kinds. */
typedef struct {
    size_t n;
    int64_t (*sum)[PA_KIND_N];
} pa_kind_sums;

pa_status pa_count_kinds(const pa_judging *j, pa_status st, const pa_episode_sums *e,
                         pa_kind_sums *k, pa_batch *batch, pa_error *err);
/* e->kinds. Local. */
pa_status pa_conclude_kinds(const pa_judging *j, const pa_kind_sums *k, pa_evaluation *e,
                            pa_error *err);

enum { PA_BANDS = 4, PA_MOST_BANDS = 17 }; /* of amounts and ages; of each */
enum { PA_BAND_ROWS, PA_BAND_FRAUDS, PA_BAND_ALERTS, PA_BAND_RIGHT, PA_BAND_N };

typedef struct {
    double cut[PA_N_BANDINGS][PA_BANDS - 1]; /* where bands but the first begin, but for groups */
    int64_t count[PA_N_BANDINGS][PA_MOST_BANDS][PA_BAND_N];
    pa_i128 money[PA_N_BANDINGS][PA_MOST_BANDS][2]; /* of frauds, of alerted frauds */
} pa_band_sums;

/* b->cut and j->bands, which the caller frees. Collective. */
pa_status pa_find_bands(pa_judging *j, int64_t n_judged, pa_band_sums *b, pa_error *err);
void pa_count_bands(const pa_judging *j, pa_band_sums *b, pa_batch *batch);
/* e->bands. Local. */
pa_status pa_conclude_bands(const pa_judging *j, const pa_band_sums *b, pa_evaluation *e,
                            pa_error *err);

/* ---- kinds and bands in the order of margins ---- */

/* The kind, -1: none; or the band of a kind of bands. */
typedef struct {
    const pa_ordered_rows *rows;
    int32_t of, which;
} pa_some_rows;

/* The sets whose average precision e->kinds and e->bands want, PA_MOST_SETS at most, and what
 * they are of. Return how many. Local. */
enum { PA_MOST_SETS = PA_MOST_KINDS + PA_N_BANDINGS * PA_MOST_BANDS };
size_t pa_kind_sets(const pa_judging *j, const pa_evaluation *e, pa_some_rows some[],
                    pa_area_set set[]);
size_t pa_band_sets(const pa_judging *j, const pa_band_sums *b, const pa_evaluation *e,
                    pa_some_rows some[], pa_area_set set[]);

/* ---- beside the figures ---- */

/* e->low, e->high. Collective. */
pa_status pa_judge_intervals(const pa_judging *j, pa_evaluation *e, pa_error *err);

/* e->by_amount. After all others. Collective. */
pa_status pa_judge_by_amount(const pa_judging *j, pa_evaluation *e, pa_error *err);

#endif

/* How good an audit was, where labels are known: exact figures over every row,
 * the same bits for any number of ranks, no per-row array on one rank. */
#ifndef PARAUDIT_EVALUATE_EVALUATE_H
#define PARAUDIT_EVALUATE_EVALUATE_H

#include <stdbool.h>

#include "paraudit/base/array.h"
#include "paraudit/comm/comm.h"
#include "paraudit/stage/time_plan.h"

typedef enum {
    /* Judges the audit's rows whose label is known at as_of. */
    PA_PROTOCOL_AUDIT,
    /* The Fraud Detection Handbook's: judges all labelled rows of the audit, but
     * no account from the day on which it is known as compromised. */
    PA_PROTOCOL_HANDBOOK
} pa_protocol;

/* All local rows of "transactions" in table order, of all splits: the rows of an
 * account stand on one rank, next to each other, in time order. n values each. */
typedef struct {
    size_t n;
    const int64_t *time, *tx;
    const int32_t *account;
    /* A hash of each account's id, from account first_account on; NULL: no intervals. */
    const uint64_t *account_key;
    int32_t first_account;
    size_t n_accounts;
    const double *amount; /* finite */
    const double *margin; /* NaN: not scored */
    const uint8_t *alert; /* 1: raised an alert */
    const int8_t *label;  /* 1: fraud, 0: not, -1: unknown */
    /* When the label was known: not before the label delay either; INT64_MIN: not said.
     * NULL: said nowhere. */
    const int64_t *label_time;
    /* When the contrary was found before (stage/labels.h); both, or NULL. */
    const int64_t *label_before_time, *label_first_time;
    /* What kind of fraud a row is: below n_kinds, -1: not given; NULL: named nowhere.
     * kind_names: of all n_kinds, kind_width bytes each, zeros behind a shorter one; NULL: not
     * wanted. */
    const int32_t *kind;
    int64_t n_kinds;
    const char *kind_names;
    size_t kind_width;
    /* The account's group (features/segments.h): -1: none; NULL: there are no groups. */
    const int8_t *segment;
} pa_evaluation_input;

/* What account_key wants: key of each of n ids, `width` bytes with zeros behind a shorter one.
 * Local. */
void pa_evaluation_keys(size_t n, size_t width, const char *id, uint64_t key[]);

typedef struct {
    pa_time_plan plan;
    pa_protocol protocol;
    int64_t k;            /* of precision at k, per day */
    int64_t curve_points; /* at most, 2 or more */
    int64_t episode_gap;  /* seconds between two frauds of one episode, at most */
    double cost_review;   /* of an alert, in money; 0: not known, so there are no costs */
    double loss_miss;     /* share of a fraud's amount that is lost where nobody looks */
    int64_t replicates;   /* of the accounts, for intervals; 0: none */
    int64_t below_line;   /* rows of the sample below the line */
    uint64_t seed;
} pa_evaluation_options;

/* Single figures; pa_metrics says what each means. Equal on all ranks. A ratio
 * without a divisor is NaN. */
typedef struct {
    int64_t rows, rows_judged, rows_immature, rows_unknown, rows_removed;
    int64_t frauds, days;
    double auroc, average_precision;
    int64_t alerts, alerts_on_frauds;
    double precision, recall, f1, false_positives_per_1000;
    int64_t compromised_account_days, alerts_on_fraud_days;
    double account_day_precision, account_day_recall;
    int64_t k;
    double precision_at_k, card_precision_at_k;
    int64_t episodes, episodes_detected, episodes_missed, episodes_censored;
    double lead_hours_mean, lead_hours_median, lead_hours_bound;
    double lead_hours_mean_all, lead_share_of_bound;
    double delay_hours_mean, delay_frauds_mean, delay_amount_mean;
    double amount_fraud, amount_alerted, amount_caught;
    double cost, cost_of_reviews, cost_without_alerts, cost_least, cost_least_margin;
    int64_t cost_least_alerts;
} pa_evaluation_summary;

/* What may stand beside a figure. */
typedef enum {
    PA_CHANCE,    /* what as many alerts, drawn at random, reach on average (areas: any order) */
    PA_BEST,      /* the most that anybody could with as many alerts a day */
    PA_BY_AMOUNT, /* what sorting by amount reaches, with as many alerts a day */
    PA_LOW,  /* the middle 95 of 100 of what the figure is with accounts drawn anew: from ... */
    PA_HIGH, /* ... to */
    PA_N_BESIDE
} pa_beside;

extern const char *const pa_beside_meanings[PA_N_BESIDE];

typedef struct {
    const char *name;
    size_t offset; /* in pa_evaluation_summary */
    bool whole;    /* int64_t, else double */
    const char *unit, *meaning;
    const char *beside[PA_N_BESIDE]; /* names of what stands beside it; NULL: there is none */
} pa_metric;

extern const pa_metric pa_metrics[];
extern const size_t pa_n_metrics;

double pa_metric_value(const pa_metric *m, const pa_evaluation_summary *s);

/* One day of the audit. Equal on all ranks. */
typedef struct {
    int64_t day; /* seconds */
    int64_t rows, frauds, alerts, alerts_on_frauds;
    int64_t frauds_in_top_k;      /* rows */
    int64_t compromised_accounts; /* with a fraud that day and not found on an earlier day */
    int64_t compromised_in_top_k; /* accounts */
    int64_t accounts;             /* with a judged row; not in the result */
    int64_t fraud_accounts;       /* of them, with a fraud; not in the result */
    double precision_at_k, card_precision_at_k;
    double amount_fraud, amount_alerted;
} pa_evaluation_day;

/* Alerting all rows with this margin or more. */
typedef struct {
    double margin;
    int64_t flagged, frauds; /* rows, and the frauds among them */
    double precision, recall, false_positive_rate;
} pa_curve_point;

typedef struct {
    int64_t tx, first_time, last_time; /* tx: of its first fraud */
    int64_t alert_tx;                  /* -1: none */
    int64_t n_frauds;
    double amount, caught;
    double lead_hours, delay_hours; /* NaN: not detected */
    int32_t account;
    int8_t state; /* pa_episode_state */
} pa_lead_time;

/* The frauds of one kind. Equal on all ranks. */
typedef struct {
    int32_t kind; /* -1: without one */
    char name[68];
    int64_t frauds, alerts_on_frauds;
    double recall;
    double average_precision; /* among all genuine rows; NaN beyond the first PA_MOST_KINDS */
    int64_t episodes, episodes_detected; /* whose first fraud is of this kind */
    double lead_hours_mean_all;          /* NaN: no episode */
} pa_evaluation_kind;

enum { PA_MOST_KINDS = 100 };

/* Judged transactions whose amount, or the age or the group of whose account, is in
 * [from, until). Equal on all ranks. */
typedef enum { PA_BAND_AMOUNT, PA_BAND_ACCOUNT_AGE, PA_BAND_SEGMENT, PA_N_BANDINGS } pa_band_of;

typedef struct {
    int32_t of;         /* pa_band_of */
    double from, until; /* an amount, or days since the account's first row, infinite at the ends;
                         * the number of a group and the next one */
    int64_t rows, frauds, alerts, alerts_on_frauds;
    double precision, recall;
    double average_precision; /* among the rows of the band */
    double amount_fraud, amount_alerted;
} pa_evaluation_band;

extern const char *const pa_band_names[PA_N_BANDINGS];

typedef struct {
    pa_protocol protocol;
    bool has_labels; /* some row of the book, in the audit or not, has a label */
    pa_evaluation_summary summary;
    pa_evaluation_summary by_amount; /* had the transactions been sorted by amount */
    pa_evaluation_summary low, high; /* intervals; of figures that have none: 0 */
    size_t n_days;
    pa_evaluation_day *days; /* in order, those without a row included */
    size_t n_kinds;
    pa_evaluation_kind *kinds; /* those that a judged fraud has, in the order of their codes */
    size_t n_bands;
    pa_evaluation_band *bands; /* those that have a row: by amount, by age, by group; ascending */
    /* This rank's slice of the curve, by descending margin. */
    int64_t first_point, n_points_global;
    size_t n_points;
    pa_curve_point *curve;
    /* This rank's slice of the episodes, in table order. */
    int64_t first_episode, n_episodes_global;
    size_t n_episodes;
    pa_lead_time *episodes;
} pa_evaluation;

/* Collective. *out needs no set-up. Where no row can be judged, summary.rows_judged
 * is 0 and the figures are NaN. PA_E_DATA: a row to be judged has no margin, or some row a
 * value that no audit writes. On failure *out is empty. */
pa_status pa_evaluate(pa_comm *comm, const pa_evaluation_input *in,
                      const pa_evaluation_options *options, pa_evaluation *out, pa_error *err);
void pa_evaluation_free(pa_evaluation *e); /* local; a zeroed one may be freed */

/* Where nothing is judged: why, and which key mends it. Local. */
pa_status pa_evaluation_explain(const pa_evaluation *e, pa_buffer *text, pa_error *err);

/* What stands beside a figure. NaN: there is none, or it is not known. */
typedef struct {
    double is[PA_N_BESIDE];
} pa_references;

pa_references pa_references_of(const pa_evaluation *e, const pa_metric *m); /* local */

/* Summary, with its references, and days as text for people, or as JSON with sorted keys,
 * null for what is undefined. Local. */
pa_status pa_evaluation_print(const pa_evaluation *e, bool json, pa_buffer *text, pa_error *err);

#endif

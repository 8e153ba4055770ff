/* Runs of fraud on one account, and how long before their label was known an
 * alert named the account. Pure functions on arrays. */
#ifndef PARAUDIT_EVALUATE_EPISODES_H
#define PARAUDIT_EVALUATE_EPISODES_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/exact.h"

typedef enum {
    PA_EPISODE_MISSED,   /* its label was known before any alert */
    PA_EPISODE_DETECTED, /* an alert came first */
    PA_EPISODE_CENSORED  /* neither, when the audit ended */
} pa_episode_state;

/* Frauds of one account, each at most `gap` after the one before. */
typedef struct {
    size_t first, last; /* rows of its first and last fraud */
    size_t alert;       /* the row that raised its first alert, where detected */
    int64_t n_frauds;
    pa_i128 amount; /* of its frauds, PA_AMOUNT_BITS */
    pa_i128 caught; /* of its frauds from the alert on, until the label is known */
    int64_t lead;   /* seconds from the alert to the label, where detected */
    pa_episode_state state;
} pa_episode;

/* Fraction bits of exact sums of money. */
enum { PA_AMOUNT_BITS = 40 };

/* Rows of an account stand next to each other, in time order. fraud: 0 or 1,
 * known frauds only; judged: the rows that count; alert: rows that raised an
 * alert. An episode is reported when its first fraud is judged: one that began
 * before was not the audit's to find. The label of an episode is known
 * label_delay after its first fraud; an alert counts from the row of that fraud
 * on and before the label. An episode is censored where alerts end (`until`,
 * exclusive) before its label is known. */
typedef struct {
    size_t n;
    const int32_t *account;
    const int64_t *time;
    const double *amount;
    const uint8_t *fraud, *judged, *alert;
    int64_t gap, label_delay, until;
} pa_episode_input;

/* out: room for as many as there are; NULL: only counts. Returns how many. */
size_t pa_find_episodes(const pa_episode_input *in, pa_episode out[]);

/* Handbook rule: known[i] = 1 where the account of row i is known as compromised
 * on the row's day: it had a fraud at train_from or later and before the later
 * of train_until and the start of that day minus label_delay. Same order of
 * rows. (Le Borgne et al., Reproducible Machine Learning for Credit Card Fraud
 * Detection, 2022, chapter 3: get_train_test_set.) */
typedef struct {
    size_t n;
    const int32_t *account;
    const int64_t *time;
    const uint8_t *fraud;
    int64_t train_from, train_until, label_delay;
} pa_known_input;

void pa_known_accounts(const pa_known_input *in, uint8_t known[]);

#endif

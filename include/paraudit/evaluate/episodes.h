/* Runs of fraud on one account, and how long before their label was known an
 * alert named the account. Pure functions on arrays. */
#ifndef PARAUDIT_EVALUATE_EPISODES_H
#define PARAUDIT_EVALUATE_EPISODES_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/exact.h"
#include "paraudit/stage/labels.h"

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
    int64_t n_before; /* of them, those before the alert, or until the label is known */
    pa_i128 amount;   /* of its frauds, PA_AMOUNT_BITS */
    pa_i128 before;   /* of those before the alert, or until the label is known */
    pa_i128 caught;   /* of those from the alert on, until the label is known */
    int64_t known;    /* the moment from which it is known */
    int64_t lead;     /* seconds from the alert to that moment, where detected */
    pa_episode_state state;
} pa_episode;

/* Fraction bits of exact sums of money. */
enum { PA_AMOUNT_BITS = 40 };

/* Rows of an account stand next to each other, in time order. fraud: 0 or 1,
 * known frauds only; judged: the rows that count; alert: rows that raised an
 * alert. An episode is reported when its first fraud is judged: one that began
 * before was not the audit's to find. An episode is known when the first label of
 * its frauds is (stage/labels.h; the delay after its first fraud, unless that one's label
 * was found late); an alert counts from the row of the first fraud on and before that
 * moment. An episode is censored where alerts end (`until`, exclusive) before it. */
typedef struct {
    size_t n;
    const int32_t *account;
    pa_labels labels;
    const double *amount;
    const uint8_t *fraud, *judged, *alert;
    int64_t gap, until;
} pa_episode_input;

/* out: room for as many as there are; NULL: only counts. Returns how many. */
size_t pa_find_episodes(const pa_episode_input *in, pa_episode out[]);

/* Handbook rule: known[i] = 1 where the account of row i is known as compromised
 * on the row's day: it had a fraud at train_from or later that lies in training, or whose
 * label was due before the start of that day; and, where the input says when labels were
 * found, that was found before the day as well. Same order of rows. (Le Borgne et al., Reproducible
 * Machine Learning for Credit Card Fraud Detection, 2022, chapter 3: get_train_test_set.) */
typedef struct {
    size_t n;
    const int32_t *account;
    pa_labels labels;
    const uint8_t *fraud;
    int64_t train_from, train_until;
} pa_known_input;

void pa_known_accounts(const pa_known_input *in, uint8_t known[]);

#endif

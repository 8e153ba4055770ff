/* Whom to alert; private to this folder. */
#ifndef PARAUDIT_ALERTS_CHOSEN_H
#define PARAUDIT_ALERTS_CHOSEN_H

#include "paraudit/alerts/account_days.h"
#include "paraudit/alerts/alerts.h"

/* Account-days to alert, and those that rules hold back. */
typedef struct {
    size_t n, n_held;
    pa_account_day *days, *held;
    int64_t *held_before; /* of each held one: others of its day that come before it */
} pa_chosen;

/* Ranks all rows (rank: in->n values) and finds the account-days within the budget. Collective. */
pa_status pa_choose(pa_comm *comm, const pa_alert_input *in, int64_t rank[], pa_chosen *c,
                    pa_error *err);
void pa_chosen_free(pa_chosen *c); /* a zeroed one may be freed */

/* Where n account-days stand in a queue by day and place: those of a day behind those of earlier
 * days. before: how many of the queue and of its day come before each. position: n values from 0;
 * *n_global: the length of the queue. Collective. */
pa_status pa_find_positions(pa_comm *comm, size_t n, const pa_account_day days[],
                            const int64_t before[], int64_t position[], int64_t *n_global,
                            pa_error *err);

#endif

/* The share of false discoveries among all that is tested (Y. Benjamini, Y. Hochberg, Controlling
 * the false discovery rate, JRSS B 57, 1995), over all ranks, exactly.
 *
 * What is known of the tests is how often each p-value was met: whole numbers, which add up to the
 * same whoever has met them. They are cut among the ranks by p, each has a run of values, and with
 * R(p) of m tests at p or below q is the least of m p' / R(p') over all p' from p on. */
#ifndef PARAUDIT_PATTERNS_FALSE_DISCOVERY_H
#define PARAUDIT_PATTERNS_FALSE_DISCOVERY_H

#include "paraudit/comm/comm.h"
#include "paraudit/patterns/value_counts.h"

/* owner: a rank for each of n ascending values of this one, ascending too: all ranks get about as
 * many, smaller ones before larger ones, and equal values the same. Collective. */
pa_status pa_owners_by_value(pa_comm *comm, size_t n, const int64_t sorted[], int32_t owner[],
                             pa_error *err);

/* ln_q of each of ln_p->n values, which are in order (pa_order_counts): at least ln_p, at most 0.
 * Collective. */
pa_status pa_adjust_p(pa_comm *comm, const pa_value_counts *ln_p, double ln_q[], pa_error *err);

#endif

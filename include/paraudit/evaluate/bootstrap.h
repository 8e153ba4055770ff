/* How far figures would move with other customers: accounts are drawn anew, with all their
 * rows, as many as there are and with repetition (the Poisson bootstrap: each is there 0, 1, 2,
 * ... times, once on average, whatever the others are). All sums are integers. Kernel. */
#ifndef PARAUDIT_EVALUATE_BOOTSTRAP_H
#define PARAUDIT_EVALUATE_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"
#include "paraudit/evaluate/metrics.h"

enum { PA_BLOCK = 8 }; /* replicates that are drawn together */

/* How often an account (a hash of its id) is there in the replicates PA_BLOCK * block and on. */
void pa_bootstrap_weights(uint64_t seed, uint64_t account, uint64_t block,
                          uint8_t weight[PA_BLOCK]);

/* Rows from `begin` up to the next slot's: a run of equal score, or several runs without a fraud,
 * which need not be told apart. The first and the last run are slots of their own, because
 * they may go on at other ranks. */
typedef struct {
    uint64_t key; /* of the first of its rows */
    size_t begin;
} pa_slot;

/* key, fraud: n rows in view order. slot: room for n + 1. Returns how many there are; behind
 * them stands one more, which begins at n. */
size_t pa_find_slots(size_t n, const uint64_t key[], const uint8_t fraud[], pa_slot slot[]);

/* The slots as runs, each row counted as often as its account is there. account: of each row,
 * a number in `weight`; run: n_slots for each of the block's replicates. */
void pa_weigh_slots(size_t n_slots, const pa_slot slot[], const uint32_t account[],
                    const uint8_t fraud[], const uint8_t weight[][PA_BLOCK],
                    pa_score_run *const run[PA_BLOCK]);

/* The middle 95 of 100 of n replicates of a figure, those that are NaN left out; NaN where
 * there is none. Sorts `value`. */
typedef struct {
    double low, high;
} pa_interval;

pa_status pa_middle_of(size_t n, double value[], pa_interval *middle, pa_error *err);

#endif

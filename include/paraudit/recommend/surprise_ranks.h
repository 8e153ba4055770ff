/* Conformal p-values of surprises, group by group: of the calibrating rows of a row's group, the
 * share that is at least as surprising, the row itself counted among them (V. Vovk, A. Gammerman,
 * G. Shafer, Algorithmic Learning in a Random World, 2005).
 *
 * Surprises are counted in steps of 2^-5 bits up to 48 of them, so that ranks are exact whatever
 * the order of counting; equal ones within a step count as at least as surprising. Kernel. */
#ifndef PARAUDIT_RECOMMEND_SURPRISE_RANKS_H
#define PARAUDIT_RECOMMEND_SURPRISE_RANKS_H

#include <stddef.h>
#include <stdint.h>

enum { PA_SURPRISE_STEPS = 48 * 32 };

/* 0 .. PA_SURPRISE_STEPS - 1. */
size_t pa_surprise_step(float surprise);

/* From counts of each step to counts of it and all above. count: groups x PA_SURPRISE_STEPS. */
void pa_surprise_rank(size_t groups, int64_t count[]);

/* at_least: of the row's group, by pa_surprise_rank. 1 where the group has no rows. */
float pa_surprise_p_value(const int64_t at_least[], float surprise);

#endif

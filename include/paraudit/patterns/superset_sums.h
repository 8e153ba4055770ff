/* Supports of all sets of a few items at once: the sums over supersets (the zeta transform of the
 * subset lattice: F. Yates, The design and analysis of factorial experiments, 1937). Kernel. */
#ifndef PARAUDIT_PATTERNS_SUPERSET_SUMS_H
#define PARAUDIT_PATTERNS_SUPERSET_SUMS_H

#include <stdint.h>

/* sum: 2^k values, that of mask m the weight of the rows that have exactly the items of m; gets
 * the weight of those that have at least these. */
void pa_superset_sums(int k, uint32_t sum[]);

#endif

/* Shapley values of one leaf of a tree. Kernel. */
#ifndef PARAUDIT_DETECT_BOOSTING_SHAPLEY_H
#define PARAUDIT_DETECT_BOOSTING_SHAPLEY_H

#include <stdint.h>

/* A leaf that pays 1 where d columns agree with it (d up to PA_BOOSTING_MAX_DEPTH). share[i]:
 * the odds that column i agrees where it is not known; bit i of agrees: whether it does in this
 * row. value[i]: what column i adds to what the row is paid, over all orders of the columns;
 * together, what it is paid less the product of the shares. */
void pa_boosting_shapley(int d, const double share[], uint32_t agrees, double value[]);

#endif

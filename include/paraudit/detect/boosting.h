/* Gradient-boosted trees: how much like known frauds a row is.
 *
 * J. H. Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", Annals of
 * Statistics 29(5), 2001, with second-order steps as in T. Chen, C. Guestrin, "XGBoost: A
 * Scalable Tree Boosting System", KDD 2016. The margin of a row is
 *
 *     start + (sum of the leaves that it comes to in all trees) / bags,
 *
 * log-odds of a fraud; larger is odder. At a cut x < threshold goes to the left. NaN: the
 * value is missing; each cut says where that goes. A threshold that is NaN parts known values
 * (left) from missing ones.
 *
 * Trees are complete binary heaps: the root is place 1, the children of p are 2p and 2p + 1,
 * places from 2^depth on are leaves, place 0 is not used.
 *
 * Contributions are the Shapley values of the columns where a column that is not known goes
 * both ways in proportion to the fitting rows (path-dependent TreeSHAP: S. M. Lundberg, G. G.
 * Erion, S.-I. Lee, "Consistent Individualized Feature Attribution for Tree Ensembles",
 * arXiv:1802.03888, algorithm 2). Of a leaf that d columns lead to, they hang on nothing but
 * which of the d a row agrees with: lines of a table, made once, that a row looks up (as in J.
 * Yang, "Fast TreeSHAP", arXiv:2109.09847, version 2; here up to four leaves share a line).
 *
 * Kernel: arrays in, arrays out. */
#ifndef PARAUDIT_DETECT_BOOSTING_H
#define PARAUDIT_DETECT_BOOSTING_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum {
    PA_BOOSTING_MAX_DEPTH = 10,
    PA_BOOSTING_MAX_ROUNDS = 10000,
    PA_BOOSTING_MAX_BAGS = 100,
    PA_BOOSTING_MAX_FEATURES = 32768,
    PA_BOOSTING_MAX_STEP = 64 /* of one leaf, in log-odds: further is never meant */
};

typedef struct {
    int32_t n_rounds, n_bags; /* tree number: round * n_bags + bag */
    int32_t n_features;
    int32_t depth; /* 1 .. PA_BOOSTING_MAX_DEPTH */
} pa_boosting_shape;

/* Grown trees as they are stored; the arrays are borrowed. With n = 2^depth: feature,
 * threshold and missing are trees x n, value and rows trees x 2n.
 *
 * feature    column number of the cut, -1 where the tree does not cut
 * missing    1: a missing value goes to place 2p, 0: to 2p + 1
 * value      what a leaf adds; 0 at other places
 * rows       fitting rows that come to a place */
typedef struct {
    pa_boosting_shape shape;
    double start;
    const int32_t *feature;
    const float *threshold;
    const int8_t *missing;
    const double *value;
    const int64_t *rows;
} pa_boosting_model;

/* PA_E_DATA where the numbers are out of their ranges. */
pa_status pa_boosting_check_shape(const pa_boosting_shape *shape, pa_error *err);

/* The same for the first n_trees trees. */
pa_status pa_boosting_check_trees(const pa_boosting_model *model, size_t n_trees, pa_error *err);

/* Trees laid out for scoring. */
typedef struct pa_boosting pa_boosting;

/* Copies. PA_E_DATA where the arrays are no trees (a result file may have been edited). Freed
 * by pa_boosting_free. *boosting can be used by one caller at a time. */
pa_status pa_boosting_open(const pa_boosting_model *model, pa_boosting **boosting, pa_error *err);
void pa_boosting_free(pa_boosting *boosting);

/* column: n_features pointers to n values each. margin: n values. */
void pa_boosting_score(pa_boosting *boosting, size_t n, const float *const column[],
                       double margin[]);

/* Trees laid out for contributions. As pa_boosting_open, but the model's arrays stay where they
 * are until pa_boosting_parts_free. */
typedef struct pa_boosting_parts pa_boosting_parts;
pa_status pa_boosting_parts_open(const pa_boosting_model *model, pa_boosting_parts **parts,
                                 pa_error *err);
void pa_boosting_parts_free(pa_boosting_parts *parts);

/* part: n_features x n, one feature after the other: what each adds to a row's margin; all of
 * them add up to the margin less its mean over the fitting rows of each tree. */
void pa_boosting_parts_of(pa_boosting_parts *parts, size_t n, const float *const column[],
                          double part[]);

#endif

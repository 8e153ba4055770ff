/* Isolation forest: how few random cuts it takes to set a row apart.
 *
 * F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation Forest", ICDM 2008, and
 * "Isolation-Based Anomaly Detection", TKDD 6(1), 2012. Each tree is grown from
 * `sample` rows. A node draws a feature uniformly among those that are not
 * constant in its rows, and a cut uniform in (lowest, highest]; x < cut goes
 * left, everything else goes right. Growth stops at one row, at rows that are
 * all alike, or at `depth` = ceil(log2(sample)).
 *
 * NaN: the value is missing. Where a tree grows, a cut parts the rows in which it
 * is known, and those in which it is missing are dealt out to both sides in the
 * same proportion. A row that is scored goes on with the side of more rows, but
 * the path length is corrected by what is to be expected of both sides over what
 * is of that one. So a gap adds what it does on the average, and values that are
 * known go on counting: a row does not look odder, or less odd, for its gaps.
 * (In proportion: J. R. Quinlan, C4.5, 1993; for isolation forests D. Cortes,
 * arXiv:1911.06646. Both follow a row down both sides, which takes up to 2^depth
 * times as long and finds no more. Mean AUROC on 17 ODDS sets with a fifth of all
 * cells blanked, and with two fifths of them in every other row: .797 and .795;
 * with the columns' medians in place of gaps .786 and .766; of whole rows .811.)
 *
 * Trees are complete binary heaps: the root is place 1, the children of p are
 * 2p and 2p + 1, places from 2^depth on are leaves, place 0 is not used.
 * Path lengths are integers, multiples of 2^-16, so their sum over trees does
 * not depend on any order: every scoring path gives the same bits.
 *
 * Kernel: arrays in, arrays out. */
#ifndef PARAUDIT_DETECT_IFOREST_H
#define PARAUDIT_DETECT_IFOREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum {
    PA_IFOREST_MAX_SAMPLE = 4096,
    PA_IFOREST_MAX_DEPTH = 12,
    PA_IFOREST_MAX_FEATURES = 32768,
    PA_IFOREST_UNIT = 65536 /* of path lengths: one level */
};

typedef struct {
    int32_t n_trees;
    int32_t n_features; /* 1 .. PA_IFOREST_MAX_FEATURES */
    int32_t sample;     /* rows a tree, 2 .. PA_IFOREST_MAX_SAMPLE */
    int32_t depth;      /* pa_iforest_depth(sample) */
} pa_iforest_shape;

/* A grown forest as it is stored; the arrays are borrowed. With n = 2^depth:
 * feature and threshold are n_trees x n, expected is n_trees x 2n.
 *
 * feature    column number of the cut, -1 where the tree does not cut (then all
 *            places below expect the same)
 * threshold  x < threshold goes to place 2p
 * expected   path length that is to be expected at a place, in PA_IFOREST_UNIT:
 *            its depth + c(rows of its sample that reach it); at a leaf, the
 *            path length of the rows that end there */
typedef struct {
    pa_iforest_shape shape;
    const int32_t *feature;
    const float *threshold;
    const int32_t *expected;
} pa_iforest_model;

/* ceil(log2(sample)). */
int32_t pa_iforest_depth(int32_t sample);

/* c(n) of the paper: mean path length of an unsuccessful search in a binary
 * search tree of n rows, 2 H(n-1) - 2 (n-1)/n with the exact harmonic number. */
double pa_iforest_average_path(int32_t n);

/* Grows tree number `tree`. column: n_features pointers to values; row: which
 * `sample` of them this tree is grown from. feature, threshold: 2^depth values, expected:
 * 2^(depth+1), the slices of this tree. Depends on nothing but the values and the other arguments.
 *
 * Thresholds are float32, moved by less than 64 units in the last place (8e-6
 * of their size) onto a grid wherever a point of it parts the same lowest and
 * highest value, but for nodes of 8 rows or more that span less than 16 steps of
 * it: the vector path keeps the feature number in the free bits. */
void pa_iforest_build_tree(uint64_t seed, int32_t tree, const pa_iforest_shape *shape,
                           const float *const column[], const uint64_t row[], int32_t feature[],
                           float threshold[], int32_t expected[]);

/* PA_E_DATA where the numbers are out of their ranges. */
pa_status pa_iforest_check_shape(const pa_iforest_shape *shape, pa_error *err);

/* A forest laid out for scoring. */
typedef struct pa_iforest pa_iforest;

typedef enum { PA_IFOREST_BEST, PA_IFOREST_PORTABLE, PA_IFOREST_AVX512 } pa_iforest_path;

/* Whether this machine can run a path. */
bool pa_iforest_has_path(pa_iforest_path path);

/* Copies the model into a layout for `path`; its arrays stay where they are until
 * pa_iforest_free, which frees *forest. PA_E_DATA where they are not a forest (a
 * result file may have been edited). *forest can be used by one caller at a time. */
pa_status pa_iforest_open(const pa_iforest_model *model, pa_iforest_path path, pa_iforest **forest,
                          pa_error *err);
void pa_iforest_free(pa_iforest *forest);

/* column: n_features pointers to n values each. path_sum: n sums over all trees
 * of the path length, in PA_IFOREST_UNIT. */
void pa_iforest_score(pa_iforest *forest, size_t n, const float *const column[],
                      int64_t path_sum[]);

/* The anomaly score of the paper, 2^(-E(h) / c(sample)): in (0, 1), about .5
 * for an inconspicuous row, larger is odder. */
double pa_iforest_anomaly(const pa_iforest *forest, int64_t path_sum);

/* A forest for one row at a time. The model's arrays stay where they are until
 * pa_iforest_ways_free. PA_E_DATA as from pa_iforest_open. For one caller at a time. */
typedef struct pa_iforest_ways pa_iforest_ways;
pa_status pa_iforest_ways_open(const pa_iforest_model *model, pa_iforest_ways **ways,
                               pa_error *err);
void pa_iforest_ways_free(pa_iforest_ways *ways);

/* Who made this row's path short: each cut on its way gets the path length that
 * was expected above it less the one expected below it. part: n_features sums
 * in PA_IFOREST_UNIT, positive where the feature set the row apart; together
 * exactly n_trees * (expected at the root) - path sum. row: n_features values.
 * Returns the path sum; part may be NULL. */
int64_t pa_iforest_attribute(pa_iforest_ways *ways, const float row[], int64_t part[]);

/* A forest laid out for the same question about many rows. */
typedef struct pa_iforest_parts pa_iforest_parts;

/* As pa_iforest_open. *parts is freed by pa_iforest_parts_free and can be used by
 * one caller at a time. */
pa_status pa_iforest_parts_open(const pa_iforest_model *model, pa_iforest_parts **parts,
                                pa_error *err);
void pa_iforest_parts_free(pa_iforest_parts *parts);

/* column: n_features pointers to n values each. part: n_features x n, one
 * feature after the other: for each row what pa_iforest_attribute gives. */
void pa_iforest_parts_of(pa_iforest_parts *parts, size_t n, const float *const column[],
                         int64_t part[]);

#endif

/* What a logistic regression reads of a column, so that a straight sum may follow what is
 * odd about it: how far a value lies from the mean, the same on a scale that is short far
 * out, and how few of the fitting rows lie as far down and as far up.
 *
 *     0  (v - mean) / deviation, up to 16 either way
 *     1  sign(v - median) ln(1 + |v - median| / spread)     spread: half of the middle half
 *     2  -ln(share of rows with at most v)
 *     3  -ln(share of rows with at least v)
 *
 * each less its mean over the fitting rows and over its deviation there, 0 where it does not
 * vary. Terms are known at a column's knots and straight between (curves.h), and so are their
 * means: a knot stands for its rows and for half of those between it and the next ones.
 *
 * Average precision where the first half is learned from and the next fifth scored (Kaggle/ULB
 * sample), and of audits with labels (the Handbook's book, 45 features; a generated one, 57),
 * l2 = 1: term 0 alone .830, .709, .232; 2 and 3 .844, .715, .368; 0, 2 and 3 .853, .752, .382;
 * all four .852, .775, .391.
 *
 * Kernel: arrays in, arrays out. */
#ifndef PARAUDIT_DETECT_TERMS_H
#define PARAUDIT_DETECT_TERMS_H

#include <stddef.h>
#include <stdint.h>

enum { PA_TERMS = 4 };

/* Of one column: n_knots values, strictly ascending, with the numbers of fitting rows below
 * and up to each; up_to of the last one is all in which the column is known. term: n_knots x
 * PA_TERMS. */
void pa_terms_of(size_t n_knots, const float value[], const int64_t below[], const int64_t up_to[],
                 double term[]);

#endif

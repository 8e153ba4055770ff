/* What is said of a rule "baskets with the items A have the item c as well", by four counts
 * (R. Agrawal, R. Srikant, Fast algorithms for mining association rules, VLDB 1994). Kernel. */
#ifndef PARAUDIT_PATTERNS_RULE_MEASURES_H
#define PARAUDIT_PATTERNS_RULE_MEASURES_H

#include <stdint.h>

/* Baskets: all, those with A, with c, with both. 1 <= n_ac <= n_a, n_c <= n < 2^32, and
 * n_a + n_c - n_ac <= n. */
typedef struct {
    int64_t n, n_a, n_c, n_ac;
} pa_rule_counts;

/* With P(.) the share of all baskets. All are rounded from whole numbers once or twice: where both
 * terms of a difference are alike nothing is lost. */
typedef struct {
    double support;    /* P(A, c) */
    double confidence; /* P(c | A) */
    double lift;       /* P(A, c) / (P(A) P(c)); 1: as if by chance */
    double leverage;   /* P(A, c) - P(A) P(c) (G. Piatetsky-Shapiro, 1991) */
    double conviction; /* P(A) P(not c) / P(A, not c) (S. Brin, R. Motwani, J. Ullman, S. Tsur,
                          SIGMOD 1997); inf where A is never without c; 1 where no basket is */
    double kulczynski; /* (P(c | A) + P(A | c)) / 2, which empty baskets do not change */
    double imbalance;  /* |P(A) - P(c)| / P(A or c), 0 to below 1 (both: T. Wu, Y. Chen, J. Han,
                          Re-examination of interestingness measures, DMKD 21, 2010) */
} pa_rule_measures;

pa_rule_measures pa_measure_rule(pa_rule_counts counts);

/* Natural logarithm of the one-sided p-value of R. A. Fisher's exact test: the odds that so many
 * baskets or more have both where n_a and n_c are fixed and all ways to deal them are alike
 * (hypergeometric). At most 0. Its relative error is below 1e-9 for any n, near 1 and far below
 * the smallest double too; the same bits where n_a and n_c change places. Takes steps as there are
 * standard deviations of the count, so a few tens, and some thousands where n is 10^8 and the
 * count is what chance gives. */
double pa_fisher_ln_p(pa_rule_counts counts);

/* How odd a basket with A and without c is, in bits: -log2 of the most that P(not c | A) may be,
 * the upper end of E. B. Wilson's interval (JASA 22, 1927) at 1.645 standard deviations (95 %, one
 * side). So a rule that always held in 10 baskets says 2.2, in 1000 baskets 8.5. */
double pa_rule_strength(pa_rule_counts counts);

#endif

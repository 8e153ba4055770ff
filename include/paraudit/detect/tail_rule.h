/* A score from tails, stated beforehand and fitted to nothing but distributions.
 *
 *     0.9: tx_amount | amount_ratio + 0.5 outliers; 0.1: tx_count_1h
 *
 * A rule has families, each with its share of what can be looked at. A family has terms, a
 * term a weight (1 where none is said) and columns; one behind a minus is odd where it is small.
 * Of a row, with t the tail of a value among
 * the fitting rows (order/tail.h),
 *
 *     term   = weight x the largest -ln t of its columns
 *     family = sum of its terms
 *     score  = the largest of ln(share) - ln(tail of the family's value)
 *
 * so that each family fills about its share of the top: L. H. C. Tippett, "The Methods of
 * Statistics", 1931, with the weights of C. R. Genovese, K. Roeder, L. Wasserman, Biometrika
 * 93, 2006. Of one family alone the score is its value. A missing value is the most ordinary.
 *
 * Kernel. */
#ifndef PARAUDIT_DETECT_TAIL_RULE_H
#define PARAUDIT_DETECT_TAIL_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "paraudit/base/status.h"

enum {
    PA_RULE_NAME = 64, /* bytes of a column's name, its end included */
    PA_RULE_COLUMNS = 64,
    PA_RULE_FAMILIES = 16
};

typedef struct {
    size_t n_columns, n_terms, n_families;
    char name[PA_RULE_COLUMNS][PA_RULE_NAME];
    bool falling[PA_RULE_COLUMNS];  /* the column stood behind a minus */
    int term_of[PA_RULE_COLUMNS];   /* of a column; ascending */
    int family_of[PA_RULE_COLUMNS]; /* of a term; ascending */
    double weight[PA_RULE_COLUMNS]; /* of a term; above 0 */
    double share[PA_RULE_FAMILIES]; /* above 0, at most 1 together */
} pa_tail_rule;

/* key: for messages, of the option. PA_E_CONFIG where the text is no rule. */
pa_status pa_tail_rule_read(const char *key, const char *text, pa_tail_rule *rule, pa_error *err);

/* Leaves out the columns that are not kept, and the terms and families that lose all of
 * theirs. */
void pa_tail_rule_keep(pa_tail_rule *rule, const bool keep[]);

/* Whether the numbers are those of a rule (a result file may have been edited); names are
 * not looked at. */
bool pa_tail_rule_is_whole(const pa_tail_rule *rule);

/* n rows: unlikely: n_columns x n, -ln of the tail of each value, column after column. value:
 * n_families x n, of each family. */
void pa_tail_rule_values(const pa_tail_rule *rule, size_t n, const float unlikely[], float value[]);

/* unlikely: n_families x n, -ln of the tail of each family's value. score: n. */
void pa_tail_rule_score(const pa_tail_rule *rule, size_t n, const float unlikely[], float score[]);

#endif

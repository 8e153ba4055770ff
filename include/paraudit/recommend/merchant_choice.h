/* At which merchant an account buys next: what several parts of a mixture say of the merchant that
 * a row names, from earlier rows alone. Each part is a distribution over all merchants: what it
 * says of them adds up to 1.
 *
 * The account's own rows count by their age, half after each half-life; those that are known at
 * the row's time to be frauds do not count, so that what a thief did is no habit once it is known.
 * What other accounts do is counted in the learned rows, which lie before all rows that are told:
 *   N(m)      of them are at merchant m, N in all, N(s, m) of accounts in segment s
 *   N(m, m')  accounts have both, where m and m' differ; R(m') is their sum over all m, R1(m') that
             of those above 1, each less by one: what one account does once is chance
 * As in Lichman and Smyth (KDD 2014) an account and the population are mixed; the customers that
 * merchants share stand between the two. Kernel. */
#ifndef PARAUDIT_RECOMMEND_MERCHANT_CHOICE_H
#define PARAUDIT_RECOMMEND_MERCHANT_CHOICE_H

#include <stdbool.h>

#include "paraudit/embed/merchant_vectors.h"
#include "paraudit/features/segments.h"
#include "paraudit/patterns/account_baskets.h"
#include "paraudit/patterns/pair_list.h"
#include "paraudit/recommend/merchant_rules.h"

typedef enum {
    PA_CHOICE_OWN,      /* share of the account's own rows */
    PA_CHOICE_RETURNED, /* the same, at each merchant less by one row of its mean weight: where an
                           account was once it may never be again */
    PA_CHOICE_COMPANY,  /* mean of N(m, m') / R(m') over the account's last merchants m', weighted
                           by its own rows there */
    PA_CHOICE_LAST,     /* mean of (N(m, m') - 1) / R1(m') over the few used last, each weighing
                           twice what the one before it does; those that are new to the
                           account do not count, so that no thief's row makes the next one
                           expected */
    PA_CHOICE_VECTORS,  /* the same mean as of company of P(m | m') of merchant_vectors.h */
    PA_CHOICE_RULES,    /* among merchants where the account never was, the shares of the rules
                           (merchant_rules.h) from its last merchants to m, but from those that it
                           used first within a few days; added up, of what all add up to */
    PA_CHOICE_SEGMENT,  /* N(s, m) over the segment's rows */
    PA_CHOICE_POPULAR,  /* N(m) / N */
    PA_CHOICE_ROOT,     /* by the root of N(m): less of it for the largest */
    PA_CHOICE_EVEN,     /* each merchant that was seen alike */
    PA_CHOICE_FEW,      /* of merchants with few learned rows, of the classes of N(m) up to
                           PA_CHOICE_FEW_SIZE, by how many accounts went to those of like N(m) for
                           the first time behind the learned rows (held-out estimate; F. Jelinek,
                           R. Mercer, 1980): others have too little to tell of them */
    PA_CHOICE_UNSEEN,   /* each that was not seen alike (of how many: pa_choice_totals); the others
                           never */
    PA_N_CHOICE_PARTS
} pa_choice_part;

enum {
    PA_CHOICE_OTHERS = 40,   /* merchants of an account, the last used, that keep company */
    PA_CHOICE_LAST_USED = 8, /* of them for PA_CHOICE_LAST, used for the first time ... */
    PA_CHOICE_NEW_DAYS = 7,  /* ... longer ago than this */
    PA_CHOICE_RULE_DAYS = 3, /* the same of merchants that rules start from */

    PA_CHOICE_FEW_SIZE = 6, /* 7 rows */
    PA_CHOICE_SIZES = 64, /* classes of N(m), two to an octave: 0 of none, 1 of 1, 3 of 2, 4 of 3 */

    /* Of activity: fewer than 1, 4, 10, 20, 40 decayed rows, and more. At each, how often the
     * account goes to new merchants: in fewer than .1, .2, .35 of its rows, or more, was it at a
     * merchant where it was once (I. J. Good's estimate, 1953). */
    PA_CHOICE_ACTIVITY = 6,
    PA_CHOICE_NEWNESS = 4,
    PA_CHOICE_LEVELS = PA_CHOICE_ACTIVITY * PA_CHOICE_NEWNESS
};

/* What was learned, but for the pairs.
 *
 * Merchants that were not seen are as many as A. Chao estimates (1984) by those that were seen once
 * and twice. Where more than these came up after the learned rows, merchants come up by and by:
 * those beyond the estimate are counted as well, and in longer time more of them in the same
 * measure. */
typedef struct {
    int64_t rows, merchants, once, twice; /* merchants: seen at all, in one row, in two */
    int64_t roots;                        /* of N(m), added up in units of 2^-20 */
    int64_t segment[PA_N_SEGMENTS];       /* rows */
    int64_t size[PA_CHOICE_SIZES];        /* merchants of each class of N(m) */
    int64_t first[PA_CHOICE_SIZES];       /* rows behind the learned ones that are their account's
                                             first at a merchant of this class */
    int64_t late;                    /* merchants of the time behind the learned rows that ... */
    int64_t late_from, late_seconds; /* ... these lack; when it begins, and how long it is */
} pa_choice_totals;

/* The class of N(m). */
int pa_choice_size(uint32_t rows);

/* How many merchants there are beside those that were seen, 1 at least. */
double pa_choice_unseen(const pa_choice_totals *totals, int64_t time);

/* Those of an account together and in the order of time. */
typedef struct {
    size_t n;
    const int32_t *account, *merchant; /* below 0: no merchant */
    const int64_t *time;
    const int8_t *segment;
    const int64_t *fraud_from, *fraud_until; /* when the row is known for a fraud, and no longer;
                                                INT64_MAX: never */
    const bool *wanted;                      /* the row is to be told */
} pa_choice_rows;

/* Adds n learned rows to the pairs, kinds first_kind to first_kind + 4, and to totals->rows and
 * ->segment. Of an account with more than `most` different merchants those keep company that it
 * used last. */
pa_status pa_choice_count(unsigned first_kind, size_t n, const int32_t account[],
                          const int32_t merchant[], const int8_t segment[], size_t most,
                          pa_pair_list *pairs, pa_choice_totals *totals, pa_error *err);

/* The different merchants of each account in n learned rows as a basket, the last used first,
 * `most` of them at most. The list is freed by the caller, on failure as well. */
pa_status pa_choice_baskets(size_t n, const int32_t account[], const int32_t merchant[],
                            size_t most, pa_basket_list *list, pa_error *err);

/* Adds to R1 what a pair of the ranks' sums says, if it is one of N(m, m'). */
pa_status pa_choice_repeat(unsigned first_kind, uint64_t key, int64_t count, pa_pair_list *pairs,
                           pa_error *err);

/* Adds to the rest of the totals what a pair of the ranks' sums says, if it is one of N(m). */
void pa_choice_total(unsigned first_kind, uint64_t key, int64_t count, pa_choice_totals *totals);

/* Walks over the rows of accounts, some at a time. */
typedef struct pa_choice pa_choice;

/* vectors, rules: borrowed; of no merchant where there are none. */
pa_status pa_choice_open(unsigned first_kind, double half_life_days,
                         const pa_merchant_vectors *vectors, const pa_merchant_rules *rules,
                         pa_choice **choice, pa_error *err);
void pa_choice_close(pa_choice *choice); /* takes NULL */

/* Goes on over the next rows, which follow those of the call before. What it must know is then in
 * the questions. */
pa_status pa_choice_ask(pa_choice *choice, const pa_choice_rows *rows,
                        const pa_pair_questions **questions, pa_error *err);

/* A row that is told. */
typedef struct {
    uint32_t row; /* of the rows that were asked about */
    int8_t level; /* activity * PA_CHOICE_NEWNESS + newness; -1: the row has no merchant, and the
                     rest says nothing */
    int8_t rank;  /* 1: the account's other merchants have no more decayed rows; of the last
                     PA_CHOICE_OTHERS; one more than these are where it never was */
    float part[PA_N_CHOICE_PARTS];
} pa_choice_told;

/* Tells row number i of those that the last pa_choice_ask was to tell, in their order; there are
 * pa_choice_n. count: of the questions. */
size_t pa_choice_n(const pa_choice *choice);
void pa_choice_tell(const pa_choice *choice, size_t i, const uint32_t count[],
                    const pa_choice_totals *totals, pa_choice_told *told);

#endif

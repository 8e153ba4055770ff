/* How surprising it is what comes together in a row, in bits: -log2 of a share among earlier
 * rows, in which whoever has few rows leans on those who are like him.
 *
 * With c(x) the rows of the history that have x, of all c() rows, m a merchant, k its category, b
 * the band of the amount, h the part of the day, s the account's segment (features/segments.h),
 * and a(x) the account's own earlier rows with x:
 *
 *     p(b)      = (c(b) + 1/2) / (c() + PA_AMOUNT_BANDS / 2),            p(h) likewise
 *     p(k)      = (c(k) + 1/2) / (c() + (categories + 1) / 2), one not met yet among them
 *     p(b | k)  = (c(k, b) + 10 p(b)) / (c(k) + 10),                      p(h | k) likewise
 *     merchant, amount  = (c(m, b) + 30 p(b | k)) / (c(m) + 30)
 *     p(k, b | s)       = (c(s, k, b) + 50 p(k) p(b | k)) / (c(s) + 50),  p(k, h | s) likewise
 *     category, amount  = (a(k, b) + 5 p(k, b | s)) / (a() + 5)
 *     category, hour    = (a(k, h) + 5 p(k, h | s)) / (a() + 5)
 *
 * That is Jelinek and Mercer's smoothing with Dirichlet weights (Zhai and Lafferty, ACM TOIS 22,
 * 2004), twice. Kernel. */
#ifndef PARAUDIT_PATTERNS_COMBINATIONS_H
#define PARAUDIT_PATTERNS_COMBINATIONS_H

#include <stdbool.h>

#include "paraudit/patterns/pair_list.h"

enum { PA_AMOUNT_BANDS = 64, PA_DAY_PARTS = 6, PA_COMBINED_SEGMENTS = 32 };

/* Half octaves of minor units: band b from 2 on holds the amounts from 2^((b - 1) / 2) on; 0:
 * none or less, 1: one unit; the last takes all that is larger. */
int pa_amount_band(int64_t amount_minor);

/* Four hours each, from midnight on. */
int pa_day_part(int64_t time);

/* Rows of accounts: those of one together, in the order of time. category NULL: there is none;
 * below 0: the row has none, and is in a category of its own. So it is with merchants. */
typedef struct {
    size_t n;
    const int32_t *account, *merchant, *category;
    const int64_t *time, *amount_minor;
    const int8_t *segment; /* below PA_COMBINED_SEGMENTS; -1: of rows that are not told */
} pa_combined_rows;

/* What small tables say: the rest are pairs. */
typedef struct {
    int64_t rows;
    int64_t band[PA_AMOUNT_BANDS], part[PA_DAY_PARTS];
    int64_t segment[PA_COMBINED_SEGMENTS];
    int64_t categories; /* different ones that were met */
} pa_combined_totals;

enum { PA_COMBINED_TOTALS = sizeof(pa_combined_totals) / sizeof(int64_t) };

/* Adds the rows to the pairs and to the totals (categories apart). Kinds of pairs are first_kind
 * .. first_kind + PA_COMBINED_KINDS - 1. */
enum { PA_COMBINED_KINDS = 3 };
pa_status pa_combinations_count(unsigned first_kind, const pa_combined_rows *rows,
                                pa_pair_list *pairs, pa_combined_totals *totals, pa_error *err);

/* Whether a pair is that of a category with all its rows: one for each category that was met. */
bool pa_is_category(uint64_t key, unsigned first_kind);

/* Walks over the rows of accounts, some at a time, as pa_company does. */
typedef struct pa_combinations pa_combinations;

pa_status pa_combinations_open(unsigned first_kind, pa_combinations **combinations, pa_error *err);
void pa_combinations_close(pa_combinations *combinations); /* takes NULL */

pa_status pa_combinations_ask(pa_combinations *combinations, const pa_combined_rows *rows,
                              const pa_pair_questions **questions, pa_error *err);

/* n values each, of the rows of the last pa_combinations_ask; rows without a segment are left
 * alone. A column may be NULL. */
typedef struct {
    float *merchant_amount, *category_amount, *category_hour;
} pa_combination_columns;

void pa_combinations_tell(const pa_combinations *combinations, const uint32_t count[],
                          const pa_combined_totals *totals, const pa_combination_columns *out);

#endif
